//! Header lines of a head that a program asks for, from the head's text.

use coring_codec::http1;
use coring_engine::{Bytes, Text, TextPairs};

use crate::Natives;

/// Words that `headerSpans` writes for a line: the name's number, start and end of name and value.
const SPAN_WORDS: usize = 5;
const NAMES_MAX: usize = 512;
const NAME_BYTES_MAX: usize = 47;
/// Twice the names, so that a look finds a free place soon.
const PLACES: usize = 1024;
const LOOKS_MAX: usize = 8;
const UNNUMBERED: i32 = -1;
const NOT_BY_SPANS: i32 = -1;

/// headers(head) -> [name, value, ...] of a request or response head, or of a trailer block.
pub fn headers(_: &mut Natives, head: Text) -> TextPairs {
    head.with_latin1(|bytes| {
        let block = &bytes[header_lines_start(bytes)..];
        let (found, is_folded) = pairs(block);
        if is_folded {
            return pairs(&unfold(block)).0;
        }
        found
    })
}

/// The lines of `block`, and whether one of them is folded.
fn pairs(block: &[u8]) -> (TextPairs, bool) {
    let mut spans = Vec::with_capacity(16);
    let mut is_folded = false;
    for header in http1::headers(block) {
        is_folded |= header.is_folded;
        let (name, value) = (header.name, header.value);
        spans.push([name.start, name.end, value.start, value.end]);
    }
    let text = block.to_vec();
    (TextPairs { spans, text }, is_folded)
}

/// headerSpans(head, spans) -> how many lines the head has: `spans` gets five numbers for each, for
/// JavaScript to cut names and values out of the head. -1: ask `headers`, since there are too many
/// for `spans`, or a value is folded.
pub fn header_spans(natives: &mut Natives, head: Text, mut spans: Bytes) -> i32 {
    let names = &mut natives.field_names;
    head.with_latin1(|bytes| {
        let start = header_lines_start(bytes);
        let block = &bytes[start..];
        let mut rows = spans.as_mut_slice().chunks_exact_mut(4 * SPAN_WORDS);
        let mut count = 0;
        for header in http1::headers(block) {
            let Some(row) = rows.next().filter(|_| !header.is_folded) else {
                return NOT_BY_SPANS;
            };
            let at = |place: u32| start as i32 + place as i32;
            let (name, value) = (header.name, header.value);
            let number = names.number(name.of(block));
            let words = [
                number,
                at(name.start),
                at(name.end),
                at(value.start),
                at(value.end),
            ];
            for (word, value) in row.chunks_exact_mut(4).zip(words) {
                word.copy_from_slice(&value.to_ne_bytes());
            }
            count += 1;
        }
        count
    })
}

/// Header names as they were written, by number. They come from the network, so there is an end
/// to them; what comes later has no number, and JavaScript looks at the name itself.
#[derive(Default)]
pub struct Names {
    names: Vec<Name>,
    /// One more than an index into `names`; 0 is a free place.
    places: Vec<u16>,
}

struct Name {
    length: u8,
    bytes: [u8; NAME_BYTES_MAX],
}

impl Names {
    fn number(&mut self, name: &[u8]) -> i32 {
        if name.is_empty() || name.len() > NAME_BYTES_MAX {
            return UNNUMBERED;
        }
        if self.places.is_empty() {
            self.places.resize(PLACES, 0);
        }
        let first = hash(name);
        for look in 0..LOOKS_MAX {
            let place = &mut self.places[(first + look) % PLACES];
            if let Some(index) = usize::from(*place).checked_sub(1) {
                let known = &self.names[index];
                if &known.bytes[..usize::from(known.length)] == name {
                    return index as i32;
                }
                continue;
            }
            if self.names.len() == NAMES_MAX {
                return UNNUMBERED;
            }
            let mut bytes = [0; NAME_BYTES_MAX];
            bytes[..name.len()].copy_from_slice(name);
            let length = name.len() as u8;
            self.names.push(Name { length, bytes });
            *place = self.names.len() as u16;
            return self.names.len() as i32 - 1;
        }
        UNNUMBERED
    }
}

/// Of the length, the first bytes and the last ones: names that collide go unnumbered.
fn hash(name: &[u8]) -> usize {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let ends = match (name.first_chunk::<8>(), name.last_chunk::<8>()) {
        (Some(first), Some(last)) => {
            u64::from_le_bytes(*first).rotate_left(29) ^ u64::from_le_bytes(*last)
        }
        _ => name.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
    };
    ((ends ^ name.len() as u64).wrapping_mul(FACTOR) >> 54) as usize
}

/// The block without the line ends that a lenient parser lets stand within values.
fn unfold(block: &[u8]) -> Vec<u8> {
    let is_fold = |at: usize| matches!(block.get(at + 1), Some(b' ' | b'\t'));
    let mut unfolded = Vec::with_capacity(block.len());
    let mut from = 0;
    for at in line_feeds(block).filter(|at| is_fold(*at)) {
        let line = &block[from..at];
        unfolded.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        from = at + 1;
    }
    unfolded.extend_from_slice(&block[from..]);
    unfolded
}

fn line_feeds(block: &[u8]) -> impl Iterator<Item = usize> {
    block
        .iter()
        .enumerate()
        .filter_map(|(at, byte)| (*byte == b'\n').then_some(at))
}

/// A head begins with a request or status line, a trailer block does not: its first line has a
/// colon behind a token.
fn header_lines_start(bytes: &[u8]) -> usize {
    let is_end = |byte: &u8| matches!(byte, b':' | b' ' | b'\n');
    let token_end = bytes.iter().position(is_end);
    match token_end.map(|at| (at, bytes[at])) {
        None => bytes.len(),
        Some((_, b':')) => 0,
        Some((at, _)) => {
            let line_end = bytes[at..].iter().position(|byte| *byte == b'\n');
            line_end.map_or(bytes.len(), |length| at + length + 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_numbers_of_their_own() {
        let mut names = Names::default();
        assert_eq!(names.number(b"Host"), 0);
        assert_eq!(names.number(b"host"), 1);
        assert_eq!(names.number(b"Access-Control-Request-Headers"), 2);
        assert_eq!(names.number(b"Access-Control-Request-Method"), 3);
        assert_eq!(names.number(b"Host"), 0);
        assert_eq!(names.number(b""), UNNUMBERED);
        assert_eq!(names.number(&[b'x'; NAME_BYTES_MAX + 1]), UNNUMBERED);
        let longest = [b'x'; NAME_BYTES_MAX];
        assert_eq!(names.number(&longest), names.number(&longest));
    }

    #[test]
    fn names_of_the_network_have_an_end() {
        let mut names = Names::default();
        let numbers: Vec<i32> = (0..20_000)
            .map(|n| names.number(format!("x-{n}").as_bytes()))
            .collect();
        assert_eq!(numbers.iter().max(), Some(&(NAMES_MAX as i32 - 1)));
        assert_eq!(names.names.len(), NAMES_MAX);
        for (n, number) in numbers.iter().enumerate().filter(|(_, n)| **n >= 0) {
            assert_eq!(names.number(format!("x-{n}").as_bytes()), *number);
        }
    }

    #[test]
    fn lines_start_behind_the_first_line_of_a_head() {
        let check = |block: &[u8], start| assert_eq!(header_lines_start(block), start);
        check(b"GET / HTTP/1.1\r\nA: b\r\n", 16);
        check(b"A: b\r\n", 0);
        check(b"GET /:a HTTP/1.1\r\n", 18);
        check(b"none", 4);
        check(b"none\nA: b", 5);
        check(b"a b", 3);
    }
}
