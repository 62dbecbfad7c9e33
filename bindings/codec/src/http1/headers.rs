//! The lines of an accepted block, one by one: used when a program asks for its headers.

use super::scan::{skip_each, skip_token, skip_value};
use super::value::is_space;
use crate::span::Span;

/// One line; both spans count from the start of the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub name: Span,
    /// Without white space around it.
    pub value: Span,
    /// The value goes on over line ends (`Lenient::HEADERS`), and may hold some.
    pub is_folded: bool,
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

    #[inline] // Three spans through memory are a stall for each line.
    fn next(&mut self) -> Option<Header> {
        let block = self.block;
        // A lenient parser lets one space stand before the first name.
        let start = skip_each(block, self.at, |byte| byte == b' ');
        let colon = skip_each(block, skip_token(block, start), |byte| byte != b':');
        if colon == block.len() {
            return None;
        }
        let (value, next, is_folded) = value(block, colon + 1);
        self.at = next;
        Some(Header {
            name: Span::new(start, colon),
            value,
            is_folded,
        })
    }
}

/// The value that begins at `from`, where the next line begins, and whether it is folded.
#[inline]
fn value(block: &[u8], from: usize) -> (Span, usize, bool) {
    let mut at = from;
    let mut is_folded = false;
    // White space in front; with folding, line ends too. Each line end may be the value's.
    loop {
        at = skip_each(block, at, is_space);
        let next = match block.get(at..) {
            Some([b'\r', b'\n', ..]) => at + 2,
            Some([b'\r' | b'\n', ..]) => at + 1,
            Some(_) | None => break,
        };
        if !goes_on(block, next) {
            return (Span::new(at, at), next, is_folded);
        }
        at = next;
        is_folded = true;
    }
    let first = line_feed(block, at);
    let line_feed = last_line_feed(block, first);
    is_folded |= line_feed != first;
    let is_blank = |byte: &u8| is_space(*byte) || matches!(byte, b'\r' | b'\n');
    let value = &block[at..line_feed];
    let bytes_count = value
        .iter()
        .rposition(|byte| !is_blank(byte))
        .map_or(0, |last| last + 1);
    let next = block.len().min(line_feed + 1);
    (Span::new(at, at + bytes_count), next, is_folded)
}

/// The place of the LF behind the line, or the end of the block.
fn line_feed(block: &[u8], from: usize) -> usize {
    skip_each(block, skip_value(block, from), |byte| byte != b'\n')
}

/// The same behind the value's last line.
fn last_line_feed(block: &[u8], first: usize) -> usize {
    let mut at = first;
    while goes_on(block, at + 1) {
        at = skip_each(block, at + 1, |byte| byte != b'\n');
    }
    at
}

/// Does the line at `at` belong to the value before it?
fn goes_on(block: &[u8], at: usize) -> bool {
    block.get(at).is_some_and(|byte| is_space(*byte))
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
        check("a:\rb:\r\n\r\n c\r\n", &[("a", ""), ("b", "")]);
        check(" a: b\r\n", &[("a", "b")]);
    }

    #[test]
    fn other_bytes_make_no_panic() {
        check("no line", &[]);
        check("a:", &[("a", "")]);
        check(":", &[("", "")]);
        check("a: b", &[("a", "b")]);
    }
}
