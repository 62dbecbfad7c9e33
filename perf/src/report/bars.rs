//! A bar for each peer, with a whisker from its best to its worst repetition.

use super::stats::Spread;
use super::svg::{Anchor, Svg, WIDTH, colour, round_step};

const LEFT: f64 = 110.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 76.0;
const ROW: f64 = 44.0;

/// Draws bars from the left. `unit` stands at each value.
pub fn chart(title: &str, below: &str, unit: &str, rows: &[(&str, Spread)]) -> String {
    assert!(!rows.is_empty());
    let height = TOP + ROW * rows.len() as f64 + 40.0;
    let mut svg = Svg::new(height, title, below);
    let most = rows
        .iter()
        .map(|(_, spread)| spread.max)
        .fold(f64::MIN_POSITIVE, f64::max);
    let place = |value: f64| LEFT + (WIDTH - LEFT - RIGHT) * value / most;
    let step = round_step(most, 5.0);
    let bottom = height - 34.0;
    for index in 0..=(most / step) as u32 {
        // Rounded, or a tenth of three is written with sixteen digits.
        let tick = (step * f64::from(index) * 1e6).round() / 1e6;
        svg.line(
            (place(tick), TOP - 6.0),
            (place(tick), bottom),
            "#dddddd",
            1.0,
        );
        svg.label(
            place(tick),
            bottom + 18.0,
            Anchor::Middle,
            "#555555",
            &tick.to_string(),
        );
    }
    for (index, (name, spread)) in rows.iter().enumerate() {
        let y = TOP + ROW * index as f64;
        let middle = y + ROW / 2.0 - 4.0;
        svg.label(LEFT - 10.0, middle + 5.0, Anchor::End, "#000000", name);
        svg.bar(
            LEFT,
            y + 4.0,
            place(spread.median) - LEFT,
            ROW - 16.0,
            colour(name),
        );
        svg.line(
            (place(spread.min), middle),
            (place(spread.max), middle),
            "#000000",
            1.5,
        );
        for end in [spread.min, spread.max] {
            svg.line(
                (place(end), middle - 5.0),
                (place(end), middle + 5.0),
                "#000000",
                1.5,
            );
        }
        let value = format!("{} {unit}", short(spread.median));
        svg.label(
            place(spread.max) + 10.0,
            middle + 5.0,
            Anchor::Start,
            "#000000",
            &value,
        );
    }
    svg.finish()
}

/// Three digits that matter, and no decimals that do not.
pub fn short(value: f64) -> String {
    let decimals = match value.abs() {
        0.0 => 0,
        v if v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_peer_has_a_bar() {
        let rows = [
            ("coring", Spread::of([1.0, 2.0])),
            ("bun", Spread::of([3.0])),
        ];
        let text = chart("t", "b", "us", &rows);
        // The background is a rectangle too.
        assert_eq!(text.matches("<rect").count(), 1 + rows.len());
        assert!(text.contains(">1.50 us<") && text.contains(">3.00 us<"));
    }

    #[test]
    fn values_are_short() {
        let check = |value: f64, expect: &str| assert_eq!(short(value), expect);
        check(0.0, "0");
        check(1.234, "1.23");
        check(12.34, "12.3");
        check(1234.5, "1234");
    }
}
