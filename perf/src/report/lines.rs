//! A figure over time: a line for each peer, both axes from zero.

use super::svg::{Anchor, Svg, WIDTH, round_step};

const LEFT: f64 = 80.0;
const RIGHT: f64 = 90.0;
const TOP: f64 = 76.0;
const HEIGHT: f64 = 360.0;
const BOTTOM: f64 = HEIGHT - 50.0;

/// `units`: of the time, and of the figure.
pub fn plot(title: &str, units: [&str; 2], lines: &[(&str, Vec<(f64, f64)>)]) -> String {
    let mut svg = Svg::new(HEIGHT, title, units[1]);
    let points = || lines.iter().flat_map(|(_, points)| points.iter().copied());
    let latest = points().map(|(time, _)| time).fold(0.0, f64::max);
    let most = points().map(|(_, value)| value).fold(0.0, f64::max);
    if latest <= 0.0 || most <= 0.0 {
        svg.label(
            LEFT,
            TOP + 20.0,
            Anchor::Start,
            "#000000",
            "nothing was seen",
        );
        return svg.finish();
    }
    let x = |time: f64| LEFT + (WIDTH - LEFT - RIGHT) * time / latest;
    let y = |value: f64| BOTTOM - (BOTTOM - TOP) * value / most;
    let step = round_step(most, 5.0);
    for index in 0..=(most / step) as u32 {
        let value = step * f64::from(index);
        svg.line((LEFT, y(value)), (WIDTH - RIGHT, y(value)), "#dddddd", 1.0);
        let words = format!("{value}");
        svg.label(LEFT - 8.0, y(value) + 4.0, Anchor::End, "#555555", &words);
    }
    let words = |time: f64| format!("{}", (time * 1000.0).round() / 1000.0);
    svg.across(latest, x, [TOP, BOTTOM], words, units[0]);
    for (name, points) in lines {
        let drawn: Vec<_> = points
            .iter()
            .map(|&(time, value)| (x(time), y(value)))
            .collect();
        svg.peer_line(name, &drawn);
    }
    svg.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_peer_has_a_line() {
        let lines = [
            ("coring", vec![(0.0, 50.0), (30.0, 52.0)]),
            ("bun", vec![(0.0, 40.0)]),
        ];
        let text = plot("t", ["minutes", "MiB"], &lines);
        assert_eq!(text.matches("<polyline").count(), 2);
        assert!(!text.contains("NaN") && !text.contains("inf"));
        assert!(plot("t", ["s", "MiB"], &[("deno", vec![])]).contains("nothing was seen"));
    }
}
