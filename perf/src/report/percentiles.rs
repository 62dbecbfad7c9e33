//! Latency by percentile, the way HdrHistogram plots it: each nine takes the same width, both
//! axes are logarithmic, and a tail that is far away is seen to be.

use super::bars::short;
use super::svg::{Anchor, Svg, WIDTH, colour};
use hdrhistogram::Histogram;

const LEFT: f64 = 70.0;
const RIGHT: f64 = 90.0;
const TOP: f64 = 76.0;
const HEIGHT: f64 = 460.0;
const BOTTOM: f64 = HEIGHT - 56.0;

/// How many nines the axis shows: 99.99 %.
const NINES: f64 = 4.0;

/// Points a line has for each nine.
const POINTS_PER_NINE: u32 = 20;

pub fn plot(title: &str, below: &str, lines: &[(&str, &Histogram<u64>)]) -> String {
    let drawn: Vec<_> = lines
        .iter()
        .filter(|(_, histogram)| !histogram.is_empty())
        .collect();
    let value = |histogram: &Histogram<u64>, nines: f64| {
        let quantile = 1.0 - 10f64.powf(-nines);
        histogram.value_at_quantile(quantile) as f64 / 1000.0
    };
    let least = drawn
        .iter()
        .map(|(_, h)| value(h, 0.1))
        .fold(f64::MAX, f64::min);
    let most = drawn
        .iter()
        .map(|(_, h)| value(h, NINES))
        .fold(0.0, f64::max);
    let mut svg = Svg::new(HEIGHT, title, below);
    if drawn.is_empty() || most <= 0.0 {
        svg.label(LEFT, TOP + 20.0, Anchor::Start, "#000000", "no answers");
        return svg.finish();
    }
    let (low, high) = (least.max(1.0).log10().floor(), most.log10().ceil());
    let x = |nines: f64| LEFT + (WIDTH - LEFT - RIGHT) * nines / NINES;
    let y = |us: f64| BOTTOM - (BOTTOM - TOP) * (us.max(1.0).log10() - low) / (high - low).max(1.0);
    draw_axes(&mut svg, &x, &y, low, high);
    let mut ends = Vec::new();
    for (name, histogram) in drawn {
        let steps = POINTS_PER_NINE * NINES as u32;
        let nines = (1..=steps).map(|step| f64::from(step) / f64::from(POINTS_PER_NINE));
        let points: Vec<_> = nines
            .map(|nines| (x(nines), y(value(histogram, nines))))
            .collect();
        svg.path(&points, colour(name));
        ends.push((points[points.len() - 1].1, *name));
    }
    label_ends(&mut svg, ends);
    svg.finish()
}

fn draw_axes(svg: &mut Svg, x: &dyn Fn(f64) -> f64, y: &dyn Fn(f64) -> f64, low: f64, high: f64) {
    let mut decade = low;
    while decade <= high {
        for factor in [1.0, 2.0, 5.0] {
            let us = factor * 10f64.powf(decade);
            if us > 10f64.powf(high) {
                break;
            }
            let grey = if factor == 1.0 { "#bbbbbb" } else { "#eeeeee" };
            svg.line((LEFT, y(us)), (WIDTH - RIGHT, y(us)), grey, 1.0);
            svg.label(LEFT - 8.0, y(us) + 4.0, Anchor::End, "#555555", &mark(us));
        }
        decade += 1.0;
    }
    let marks = [
        (0.301, "50 %"),
        (1.0, "90 %"),
        (2.0, "99 %"),
        (3.0, "99.9 %"),
        (4.0, "99.99 %"),
    ];
    for (nines, words) in marks {
        svg.line((x(nines), TOP), (x(nines), BOTTOM), "#dddddd", 1.0);
        svg.label(x(nines), BOTTOM + 20.0, Anchor::Middle, "#555555", words);
    }
    let middle = (LEFT + WIDTH - RIGHT) / 2.0;
    let words = "share of requests answered within the time, from the intended sending";
    svg.label(middle, BOTTOM + 42.0, Anchor::Middle, "#555555", words);
}

/// Names at the ends of the lines, moved apart where they would lie on each other.
fn label_ends(svg: &mut Svg, mut ends: Vec<(f64, &str)>) {
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut above = f64::MIN;
    for (end, name) in ends {
        let place = end.max(above + 15.0);
        svg.label(
            WIDTH - RIGHT + 8.0,
            place + 4.0,
            Anchor::Start,
            colour(name),
            name,
        );
        above = place;
    }
}

/// A round time at the axis: no decimals.
fn mark(us: f64) -> String {
    match us {
        us if us >= 1e6 => format!("{} s", us / 1e6),
        us if us >= 1e3 => format!("{} ms", us / 1e3),
        us => format!("{us} us"),
    }
}

/// Microseconds, in the unit that reads best.
pub fn time(us: f64) -> String {
    match us {
        us if us >= 1e6 => format!("{} s", short(us / 1e6)),
        us if us >= 1e3 => format!("{} ms", short(us / 1e3)),
        us => format!("{} us", short(us)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::new_histogram;

    #[test]
    fn each_peer_has_a_line() {
        let (mut fast, mut slow) = (new_histogram(), new_histogram());
        for index in 1..=10_000 {
            fast.saturating_record(index * 10);
            slow.saturating_record(index * 1000);
        }
        let empty = new_histogram();
        let text = plot(
            "t",
            "b",
            &[("coring", &fast), ("bun", &slow), ("deno", &empty)],
        );
        assert_eq!(text.matches("<polyline").count(), 2);
        assert!(!text.contains("NaN") && !text.contains("inf"));
        assert!(plot("t", "b", &[("deno", &empty)]).contains("no answers"));
    }

    #[test]
    fn times_read_well() {
        let check = |us: f64, expect: &str| assert_eq!(time(us), expect);
        assert_eq!(
            [mark(5.0), mark(20_000.0), mark(1e6)],
            ["5 us", "20 ms", "1 s"]
        );
        check(5.0, "5.00 us");
        check(1500.0, "1.50 ms");
        check(2e6, "2.00 s");
    }
}
