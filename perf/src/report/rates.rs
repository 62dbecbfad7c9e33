//! Rate against latency: a line for each peer through the loads that it was given, the last point
//! its ceiling's share. Both axes are logarithmic in time only.

use super::bars::short;
use super::percentiles::time;
use super::svg::{Anchor, Svg, WIDTH, colour};

const LEFT: f64 = 80.0;
const RIGHT: f64 = 90.0;
const TOP: f64 = 76.0;
const HEIGHT: f64 = 400.0;
const BOTTOM: f64 = HEIGHT - 50.0;

/// `lines`: for each peer (requests a second, microseconds), in the order of the rate.
pub fn plot(title: &str, below: &str, lines: &[(&str, Vec<(f64, f64)>)]) -> String {
    let mut svg = Svg::new(HEIGHT, title, below);
    let points = || lines.iter().flat_map(|(_, points)| points.iter().copied());
    let most = points().map(|(rate, _)| rate).fold(0.0, f64::max);
    let slowest = points().map(|(_, us)| us).fold(1.0, f64::max);
    let fastest = points().map(|(_, us)| us).fold(f64::MAX, f64::min);
    if most <= 0.0 {
        svg.label(LEFT, TOP + 20.0, Anchor::Start, "#000000", "no answers");
        return svg.finish();
    }
    let (low, high) = (fastest.max(1.0).log10().floor(), slowest.log10().ceil());
    let x = |rate: f64| LEFT + (WIDTH - LEFT - RIGHT) * rate / most;
    let y = |us: f64| BOTTOM - (BOTTOM - TOP) * (us.max(1.0).log10() - low) / (high - low).max(1.0);
    let mut decade = low;
    while decade <= high {
        let us = 10f64.powf(decade);
        svg.line((LEFT, y(us)), (WIDTH - RIGHT, y(us)), "#dddddd", 1.0);
        svg.label(LEFT - 8.0, y(us) + 4.0, Anchor::End, "#555555", &time(us));
        decade += 1.0;
    }
    svg.across(most, x, [TOP, BOTTOM], short, "requests a second");
    for (name, points) in lines {
        let drawn: Vec<_> = points.iter().map(|&(rate, us)| (x(rate), y(us))).collect();
        svg.peer_line(name, &drawn);
        for &(x, y) in &drawn {
            svg.bar(x - 3.0, y - 3.0, 6.0, 6.0, colour(name));
        }
    }
    svg.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_peer_has_a_line() {
        let lines = [
            ("coring", vec![(100.0, 50.0), (200.0, 900.0)]),
            ("bun", vec![(90.0, 60.0)]),
        ];
        let text = plot("t", "b", &lines);
        assert_eq!(text.matches("<polyline").count(), 2);
        assert!(!text.contains("NaN") && !text.contains("inf"));
        assert!(plot("t", "b", &[("deno", vec![])]).contains("no answers"));
    }
}
