//! Text to bytes and bytes to text, for the encodings that need no detour through a Buffer.

use coring_engine::{Data, Js};

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
    match encoding {
        encoding::HEX => Js::Latin1(hex(bytes)),
        encoding::BASE64 => Js::Latin1(base64(bytes, STANDARD, true)),
        encoding::BASE64URL => Js::Latin1(base64(bytes, URL_SAFE, false)),
        encoding::LATIN1 => Js::Latin1(bytes.to_vec()),
        _ => Js::Bytes(bytes.to_vec()),
    }
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn hex(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = vec![0; bytes.len() * 2];
    for (pair, &byte) in text.chunks_exact_mut(2).zip(bytes) {
        pair[0] = DIGITS[byte as usize >> 4];
        pair[1] = DIGITS[byte as usize & 15];
    }
    text
}

/// RFC 4648.
fn base64(bytes: &[u8], letters: &[u8; 64], is_padded: bool) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let all = [18, 12, 6, 0].map(|shift| letters[(bits >> shift) as usize & 63]);
        text.extend_from_slice(&all[..=group.len()]);
        if is_padded {
            text.extend(std::iter::repeat_n(b'=', 3 - group.len()));
        }
    }
    text
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
            assert_eq!(base64(bytes.as_bytes(), STANDARD, true), expect.as_bytes());
            let bare = expect.trim_end_matches('=');
            assert_eq!(base64(bytes.as_bytes(), URL_SAFE, false), bare.as_bytes());
        }
        assert_eq!(base64(&[0xfb, 0xff], URL_SAFE, false), b"-_8");
        assert_eq!(hex(&[0, 0xff, 0x1a]), b"00ff1a");
    }
}
