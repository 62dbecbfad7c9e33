//! The lines of an accepted block, one by one: used when a program asks for its headers.

use super::value::is_space;
use crate::span::Span;

/// One line; both spans count from the start of the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub name: Span,
    /// Without white space around it.
    pub value: Span,
}

/// Iterates over the lines of `block`: `head.headers.of(bytes)`, or the trailers of a body.
///
/// The block must have been accepted; of any other bytes it makes some list, never a panic. Where
/// folded lines are allowed (`Lenient::HEADERS`), a value may hold line ends: drop them.
pub fn headers(block: &[u8]) -> Headers<'_> {
    Headers { block, at: 0 }
}

/// See `headers`.
#[derive(Clone, Debug)]
pub struct Headers<'a> {
    block: &'a [u8],
    at: usize,
}

impl Iterator for Headers<'_> {
    type Item = Header;

    fn next(&mut self) -> Option<Header> {
        let block = self.block;
        let start = self.at;
        let colon = start + block.get(start..)?.iter().position(|byte| *byte == b':')?;
        let line_end = line_end(block, colon + 1);
        self.at = block.len().min(line_end + 1);
        let value = trimmed(block, colon + 1, line_end);
        Some(Header {
            name: Span::new(start, colon),
            value,
        })
    }
}

/// The place of the LF that ends the line, or the end of the block.
fn line_end(block: &[u8], from: usize) -> usize {
    let mut at = from;
    loop {
        at = match block[at..].iter().position(|byte| *byte == b'\n') {
            None => return block.len(),
            Some(index) => at + index,
        };
        if !block.get(at + 1).is_some_and(|byte| is_space(*byte)) {
            return at;
        }
        at += 1;
    }
}

fn trimmed(block: &[u8], from: usize, to: usize) -> Span {
    let is_blank = |byte: &u8| is_space(*byte) || matches!(byte, b'\r' | b'\n');
    let value = &block[from..to];
    let end = from
        + value
            .iter()
            .rposition(|byte| !is_blank(byte))
            .map_or(0, |last| last + 1);
    let start = block[from..end]
        .iter()
        .position(|byte| !is_blank(byte))
        .map_or(end, |n| from + n);
    Span::new(start, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(block: &str, expect: &[(&str, &str)]) {
        let bytes = block.as_bytes();
        let text = |span: Span| std::str::from_utf8(span.of(bytes)).expect("UTF-8");
        let list: Vec<_> = headers(bytes)
            .map(|h| (text(h.name), text(h.value)))
            .collect();
        assert_eq!(list, expect, "{block:?}");
    }

    #[test]
    fn lines() {
        check("", &[]);
        check("Host: a\r\n", &[("Host", "a")]);
        check("a:b\r\nc: \t d e \t\r\n", &[("a", "b"), ("c", "d e")]);
        check(
            "a:\r\nb: \r\nc:\t:\r\n",
            &[("a", ""), ("b", ""), ("c", ":")],
        );
        check(
            "a: b\r\n c\r\n\td\r\ne:\r\n f\r\n",
            &[("a", "b\r\n c\r\n\td"), ("e", "f")],
        );
        check("a: b\nc: d\n", &[("a", "b"), ("c", "d")]);
    }

    #[test]
    fn other_bytes_make_no_panic() {
        check("no line", &[]);
        check("a:", &[("a", "")]);
        check(":", &[("", "")]);
        check("a: b", &[("a", "b")]);
    }
}
