//! Base64 and hexadecimal digits, as Node reads and writes them.

use v8::simdutf::{self, Base64Options, LastChunkHandling};

/// Either alphabet; what belongs to neither is skipped, `=` ends it, as Node reads base64.
pub(super) fn decode_base64(text: &[u8]) -> Vec<u8> {
    // Not any(): a loop that never ends early is done many bytes at a time.
    let is_url = text.iter().fold(false, |found, byte| {
        found | (*byte == b'-') | (*byte == b'_')
    });
    let options = match is_url {
        true => Base64Options::Url,
        false => Base64Options::Default,
    };
    let mut bytes = vec![0; simdutf::maximal_binary_length_from_base64(text)];
    // SAFETY: `bytes` has the length that simdutf asked for.
    let result =
        unsafe { simdutf::base64_to_binary(text, &mut bytes, options, LastChunkHandling::Loose) };
    if !result.is_ok() {
        return decode_loosely(text);
    }
    bytes.truncate(result.count);
    bytes
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

/// What a byte is as a digit; `NONE` for one that is none.
const DIGIT_VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut value = 0;
    while value < 10 {
        values[b'0' as usize + value] = value as u8;
        value += 1;
    }
    while value < 16 {
        values[b'a' as usize + value - 10] = value as u8;
        values[b'A' as usize + value - 10] = value as u8;
        value += 1;
    }
    values
};
const NONE: u8 = 0xff;

/// Pairs of digits up to the first that is none.
pub(super) fn decode_hex(digits: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; digits.len() / 2];
    let mut count = 0;
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let high = DIGIT_VALUES[usize::from(pair[0])];
        let low = DIGIT_VALUES[usize::from(pair[1])];
        if (high | low) == NONE {
            break;
        }
        *byte = high << 4 | low;
        count += 1;
    }
    bytes.truncate(count);
    bytes
}

/// Both digits of each byte. Free of branches and tables, so that the compiler does many at once.
pub(super) fn encode_hex(bytes: &[u8]) -> Vec<u8> {
    let mut hex = vec![0; bytes.len() * 2];
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
    }

    #[test]
    fn hex_goes_both_ways() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(decode_hex(&encode_hex(&all)), all);
        assert_eq!(encode_hex(&[0x09, 0xaf]), b"09af");
    }
}
