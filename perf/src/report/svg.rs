//! The few shapes that the plots are made of, and how peers look in all of them.

use std::fmt::Write;

pub const WIDTH: f64 = 860.0;

/// A peer keeps its colour in every plot. Dark enough on white for text of the same colour.
pub fn colour(peer: &str) -> &'static str {
    match peer {
        "coring" => "#b3261e",
        "node26" => "#2e7d32",
        "node24" => "#6a8f6b",
        "bun" => "#8a5a00",
        "deno" => "#1f5fa8",
        _ => "#444444",
    }
}

pub struct Svg {
    text: String,
}

#[derive(Clone, Copy)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

impl Svg {
    pub fn new(height: f64, title: &str, below: &str) -> Svg {
        let mut svg = Svg {
            text: String::new(),
        };
        svg.push(&format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
             viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"13\">\n\
             <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
        ));
        svg.push(&format!(
            "<text x=\"24\" y=\"30\" font-size=\"18\" font-weight=\"bold\">{}</text>\n",
            escape(title)
        ));
        svg.label(24.0, 50.0, Anchor::Start, "#555555", below);
        svg
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub fn label(&mut self, x: f64, y: f64, anchor: Anchor, fill: &str, words: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let words = escape(words);
        self.push(&format!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{fill}\">\
             {words}</text>\n"
        ));
    }

    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: &str, width: f64) {
        self.push(&format!(
            "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{stroke}\" \
             stroke-width=\"{width}\"/>\n",
            from.0, from.1, to.0, to.1
        ));
    }

    pub fn bar(&mut self, x: f64, y: f64, width: f64, height: f64, fill: &str) {
        self.push(&format!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
             fill=\"{fill}\"/>\n"
        ));
    }

    pub fn path(&mut self, points: &[(f64, f64)], stroke: &str) {
        let mut list = String::new();
        for (x, y) in points {
            write!(list, "{x:.1},{y:.1} ").expect("a String takes what is written");
        }
        self.push(&format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"2\"/>\n",
            list.trim_end()
        ));
    }

    /// A peer's line, in its colour, with its name where the line ends.
    pub fn peer_line(&mut self, peer: &str, points: &[(f64, f64)]) {
        self.path(points, colour(peer));
        if let Some(&(x, y)) = points.last() {
            self.label(x + 8.0, y + 4.0, Anchor::Start, colour(peer), peer);
        }
    }

    /// The axis from 0 to `most`: a line and `words` at each round step, and what it is of.
    pub fn across(
        &mut self,
        most: f64,
        x: impl Fn(f64) -> f64,
        [top, bottom]: [f64; 2],
        words: fn(f64) -> String,
        says: &str,
    ) {
        let grey = "#555555";
        let step = round_step(most, 6.0);
        for index in 0..=(most / step) as u32 {
            let value = step * f64::from(index);
            self.line((x(value), top), (x(value), bottom), "#eeeeee", 1.0);
            let place = (x(value), bottom + 20.0);
            self.label(place.0, place.1, Anchor::Middle, grey, &words(value));
        }
        let middle = (x(0.0) + x(most)) / 2.0;
        self.label(middle, bottom + 40.0, Anchor::Middle, grey, says);
    }

    pub fn finish(mut self) -> String {
        self.push("</svg>\n");
        self.text
    }
}

pub fn escape(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Steps of 1, 2 or 5 times a power of ten, at most `count` of them up to `max`.
pub fn round_step(max: f64, count: f64) -> f64 {
    assert!(max > 0.0);
    let rough = max / count;
    let power = 10f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|factor| factor * power >= rough);
    factor.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_escaped() {
        let mut svg = Svg::new(100.0, "a < b", "c & d");
        svg.path(&[(1.0, 2.0), (3.0, 4.0)], "red");
        let text = svg.finish();
        assert!(text.contains("a &lt; b") && text.contains("c &amp; d"));
        assert!(text.contains("points=\"1.0,2.0 3.0,4.0\""));
        assert!(text.starts_with("<svg ") && text.ends_with("</svg>\n"));
    }

    #[test]
    fn steps_are_round() {
        let check = |max: f64, expect: f64| assert_eq!(round_step(max, 5.0), expect);
        check(10.0, 2.0);
        check(17.0, 5.0);
        check(4.0, 1.0);
        check(0.5, 0.1);
        check(300.0, 100.0);
    }
}
