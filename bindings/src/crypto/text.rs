//! Text to bytes and bytes to text, for the encodings that need no detour through a Buffer.

use coring_engine::{Data, Js, SHORT_MAX, Short};

/// Numbers of encodings, shared with lib_js/internal/crypto/encodings.js.
pub mod encoding {
    // 0: a Buffer.
    pub const UTF8: i32 = 1;
    pub const LATIN1: i32 = 2;
    pub const UTF16: i32 = 3;
    pub const HEX: i32 = 4;
    pub const BASE64: i32 = 5;
    pub const BASE64URL: i32 = 6;
}

/// The bytes of data; of text, in its encoding.
pub fn with_bytes<R>(data: &Data, encoding: i32, act: impl FnOnce(&[u8]) -> R) -> R {
    match data {
        Data::None => act(&[]),
        Data::Bytes(bytes) => act(bytes.as_slice()),
        Data::Text(text) => match encoding {
            encoding::LATIN1 => text.with_latin1(act),
            encoding::UTF16 => act(&text.to_utf16()),
            _ => text.with_utf8(act),
        },
    }
}

/// Bytes as a Buffer or as text.
pub fn encode(bytes: &[u8], encoding: i32) -> Js {
    let mut text = Vec::new();
    match encoding {
        encoding::HEX => {
            text.resize(bytes.len() * 2, 0);
            hex(bytes, &mut text);
        }
        encoding::BASE64 | encoding::BASE64URL => {
            text.resize(bytes.len().div_ceil(3) * 4, 0);
            let count = base64(bytes, encoding == encoding::BASE64, &mut text);
            text.truncate(count);
        }
        encoding::LATIN1 => text.extend_from_slice(bytes),
        _ => return Js::Bytes(bytes.to_vec()),
    }
    Js::Latin1(text)
}

/// The same of a digest, whose text is short.
pub fn encode_digest(digest: &[u8], encoding: i32) -> Short {
    assert!(digest.len() * 2 <= SHORT_MAX);
    let mut text = [0; SHORT_MAX];
    let count = match encoding {
        encoding::HEX => hex(digest, &mut text),
        encoding::BASE64 => base64(digest, true, &mut text),
        encoding::BASE64URL => base64(digest, false, &mut text),
        _ => return Short::Other(encode(digest, encoding)),
    };
    Short::Latin1(text, count)
}

/// The two digits of each byte.
const HEX_PAIRS: [[u8; 2]; 256] = {
    let digits = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [digits[byte >> 4], digits[byte & 15]];
        byte += 1;
    }
    pairs
};

/// Bytes whose digits are made at once: of so few in a row the compiler makes vectors.
const HEX_AT_ONCE: usize = 16;

/// Writes two digits a byte; gives their count.
pub fn hex(bytes: &[u8], text: &mut [u8]) -> usize {
    let (rows, rest) = bytes.as_chunks::<HEX_AT_ONCE>();
    let (row_texts, _) = text.as_chunks_mut::<{ 2 * HEX_AT_ONCE }>();
    for (row_text, row) in row_texts.iter_mut().zip(rows) {
        let digit = |four: u8| b'0' + four + if four > 9 { b'a' - b'9' - 1 } else { 0 };
        let (high, low) = (
            row.map(|byte| digit(byte >> 4)),
            row.map(|byte| digit(byte & 15)),
        );
        for at in 0..HEX_AT_ONCE {
            row_text[2 * at] = high[at];
            row_text[2 * at + 1] = low[at];
        }
    }
    let rest_text = &mut text[2 * HEX_AT_ONCE * rows.len()..];
    for (pair, &byte) in rest_text.as_chunks_mut().0.iter_mut().zip(rest) {
        *pair = HEX_PAIRS[usize::from(byte)];
    }
    bytes.len() * 2
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// RFC 4648: the standard's letters, padded, or those of URLs, which are not. Writes whole groups
/// of four letters; gives the count of those that belong to it.
pub(crate) fn base64(bytes: &[u8], is_standard: bool, text: &mut [u8]) -> usize {
    let letters = if is_standard { STANDARD } else { URL_SAFE };
    let groups = bytes.chunks(3);
    let padding = groups.len() * 3 - bytes.len();
    let whole = groups.len() * 4;
    for (four, group) in text.as_chunks_mut().0.iter_mut().zip(groups) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        *four = [18, 12, 6, 0].map(|shift| letters[(bits >> shift) as usize & 63]);
    }
    text[whole - padding..whole].fill(b'=');
    if is_standard { whole } else { whole - padding }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4648, section 10.
    #[test]
    fn base64_agrees_with_the_standard() {
        for (bytes, expect) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
        ] {
            let text = |number| match encode_digest(bytes.as_bytes(), number) {
                Short::Latin1(text, count) => text[..count].to_vec(),
                Short::Other(_) => Vec::new(),
            };
            assert_eq!(text(encoding::BASE64), expect.as_bytes());
            let bare = expect.trim_end_matches('=');
            assert_eq!(text(encoding::BASE64URL), bare.as_bytes());
        }
        for (bytes, number, expect) in [
            (&[0xfb, 0xff][..], encoding::BASE64URL, "-_8"),
            (&[0xfb, 0xff], encoding::BASE64, "+/8="),
            (&[0, 0xff, 0x1a], encoding::HEX, "00ff1a"),
            (&[0x9a; 16], encoding::HEX, &"9a".repeat(16)),
            (
                b"\x01\x23\x45\x67\x89\xab\xcd\xef0123456789",
                encoding::HEX,
                "0123456789abcdef30313233343536373839",
            ),
            (&[0xe9; 100], encoding::HEX, &"e9".repeat(100)),
            (b"abc", encoding::LATIN1, "abc"),
        ] {
            let Js::Latin1(text) = encode(bytes, number) else {
                panic!("a text");
            };
            assert_eq!(text, expect.as_bytes());
        }
    }
}
