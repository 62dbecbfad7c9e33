//! Base64 and hexadecimal digits, as Node reads and writes them.

use crate::text::room;
use v8::simdutf::{self, Base64Options, LastChunkHandling};

/// Longest base64 text that is decoded on the stack.
const SHORT_BASE64: usize = 256;

/// Reads base64 into `target`; as much as fits. Gives the count.
pub(super) fn decode_base64_into(text: &[u8], target: &mut [u8]) -> usize {
    // Not into `target` itself: simdutf may write there behind the end of the text.
    let mut short = [0; SHORT_BASE64];
    let long;
    let bytes = if text.len() > SHORT_BASE64 {
        long = decode_base64(text);
        &long
    } else if let Some(count) = decode_strictly(text, &mut short) {
        &short[..count]
    } else {
        long = decode_loosely(text);
        &long
    };
    let count = bytes.len().min(target.len());
    target[..count].copy_from_slice(&bytes[..count]);
    count
}

/// Either alphabet; what belongs to neither is skipped, `=` ends it, as Node reads base64.
pub(super) fn decode_base64(text: &[u8]) -> Vec<u8> {
    let mut bytes = room(simdutf::maximal_binary_length_from_base64(text));
    match decode_strictly(text, &mut bytes) {
        Some(count) => {
            bytes.truncate(count);
            bytes
        }
        None => decode_loosely(text),
    }
}

/// What is base64 throughout, in one alphabet. `target` has room for all that such a text may be.
fn decode_strictly(text: &[u8], target: &mut [u8]) -> Option<usize> {
    assert!(target.len() >= simdutf::maximal_binary_length_from_base64(text));
    let mut alphabets = [Base64Options::Default, Base64Options::Url].into_iter();
    alphabets.find_map(|alphabet| {
        // SAFETY: `target` has the length that simdutf asked for.
        let result =
            unsafe { simdutf::base64_to_binary(text, target, alphabet, LastChunkHandling::Loose) };
        result.is_ok().then_some(result.count)
    })
}

/// Text that is not quite base64.
fn decode_loosely(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut bits, mut count) = (0u32, 0);
    for character in text {
        let Some(value) = base64_value(*character) else {
            if *character == b'=' {
                break;
            }
            continue;
        };
        bits = bits << 6 | value;
        count += 1;
        if count == 4 {
            bytes.extend_from_slice(&bits.to_be_bytes()[1..]);
            (bits, count) = (0, 0);
        }
    }
    match count {
        2 => bytes.push((bits >> 4) as u8),
        3 => bytes.extend_from_slice(&((bits >> 2) as u16).to_be_bytes()),
        _ => {}
    }
    bytes
}

pub(super) fn base64_value(character: u8) -> Option<u32> {
    Some(u32::from(match character {
        b'A'..=b'Z' => character - b'A',
        b'a'..=b'z' => character - b'a' + 26,
        b'0'..=b'9' => character - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    }))
}

/// How many pairs of digits are looked at together.
const PAIRS: usize = 16;

fn is_digit(character: u8) -> bool {
    character.wrapping_sub(b'0') < 10 || (character | 32).wrapping_sub(b'a') < 6
}

/// The byte of two digits, the first in the low half of `pair`.
fn byte_of(pair: u16) -> u8 {
    let values = (pair & 0x0f0f) + ((pair >> 6) & 0x0101) * 9;
    (values << 4 | values >> 8) as u8
}

/// Pairs of digits up to the first that is none, as many as fit. Gives the count of bytes.
pub(super) fn decode_hex_into(digits: &[u8], target: &mut [u8]) -> usize {
    let (pairs, _) = digits.as_chunks::<2>();
    let count = target.len().min(pairs.len());
    let (blocks, rest) = target[..count].as_chunks_mut::<PAIRS>();
    let (pair_blocks, pairs_left) = pairs[..count].as_chunks::<PAIRS>();
    for (index, (bytes, pairs)) in blocks.iter_mut().zip(pair_blocks).enumerate() {
        // No branch in it: the compiler looks at many characters at once.
        let bad = pairs
            .as_flattened()
            .iter()
            .fold(0, |bad, character| bad | u8::from(!is_digit(*character)));
        if bad != 0 {
            return index * PAIRS + decode_pairs(pairs, bytes);
        }
        for (byte, pair) in bytes.iter_mut().zip(pairs) {
            *byte = byte_of(u16::from_le_bytes(*pair));
        }
    }
    count - rest.len() + decode_pairs(pairs_left, rest)
}

fn decode_pairs(pairs: &[[u8; 2]], target: &mut [u8]) -> usize {
    let good = pairs
        .iter()
        .take_while(|pair| is_digit(pair[0]) && is_digit(pair[1]));
    let mut count = 0;
    for (byte, pair) in target.iter_mut().zip(good) {
        *byte = byte_of(u16::from_le_bytes(*pair));
        count += 1;
    }
    count
}

/// The same in memory of its own.
pub(super) fn decode_hex(digits: &[u8]) -> Vec<u8> {
    let mut bytes = room(digits.len() / 2);
    let count = decode_hex_into(digits, &mut bytes);
    bytes.truncate(count);
    bytes
}

/// Both digits of each byte. Free of branches and tables, so that the compiler does many at once.
pub(super) fn encode_hex(bytes: &[u8]) -> Vec<u8> {
    let mut hex = room(bytes.len() * 2);
    for (pair, byte) in hex.chunks_exact_mut(2).zip(bytes) {
        let nibbles = u16::from(byte >> 4) | u16::from(byte & 15) << 8;
        // 10 to 15 get over 16 with 6 more: those are letters, 39 places behind the digits.
        let letters = ((nibbles + 0x0606) >> 4) & 0x0101;
        pair.copy_from_slice(&(nibbles + 0x3030 + letters * 39).to_le_bytes());
    }
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_as_node_reads_it() {
        for (text, bytes) in [
            ("aGk=", b"hi".as_slice()),
            ("aGk", b"hi"),
            ("aG k\n", b"hi"),
            ("_-8=", &[0xff, 0xef]),
            ("/+8", &[0xff, 0xef]),
            ("/-8", &[0xff, 0xef]),
            ("a", b""),
            ("aGk=aGk=", b"hi"),
            ("", b""),
        ] {
            assert_eq!(decode_base64(text.as_bytes()), bytes, "{text:?}");
            assert_eq!(decode_loosely(text.as_bytes()), bytes, "{text:?}");
        }
    }

    #[test]
    fn hex_stops_at_the_first_character_that_is_no_digit() {
        assert_eq!(decode_hex(b"0aFf"), [0x0a, 0xff]);
        assert_eq!(decode_hex(b"0azz11"), [0x0a]);
        assert_eq!(decode_hex(b"f\xff11"), [0u8; 0]);
        assert_eq!(decode_hex(b"abc"), [0xab]);
        let long = "0aFf".repeat(20);
        for end in 0..long.len() {
            let mut text = long.clone().into_bytes();
            text[end] = b'g';
            let pairs: Vec<u8> = [0x0a, 0xff].repeat(20)[..end / 2].to_vec();
            assert_eq!(decode_hex(&text), pairs, "{end}");
        }
        for character in 0..=255u8 {
            let byte = decode_hex(&[b'0', character]);
            let expected = (character as char).to_digit(16);
            assert_eq!(
                byte.first().copied().map(u32::from),
                expected,
                "{character}"
            );
        }
    }

    #[test]
    fn hex_goes_both_ways() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(decode_hex(&encode_hex(&all)), all);
        assert_eq!(encode_hex(&[0x09, 0xaf]), b"09af");
    }
}
