//! Binding `text_decoder`: text of the encodings that need large tables, those of Chinese, Japanese
//! and Korean. JavaScript checks names and keeps decoders alive only between the chunks of a stream
//! (lib_js/internal/encoding/legacy.js).

use coring_engine::{Bytes, Js, ops};
use encoding_rs::{Decoder, DecoderResult, Encoding};

use crate::Natives;
use crate::slots::{Handle, Slots};

/// Decoders in the middle of a stream.
pub type State = Slots<Decoder>;

ops! { text_decoder(Natives) {
    /// All of a text -> it, or undefined if `fatal` and something in it is no character.
    slow decode(encoding: String, bytes: Bytes, fatal: bool);
    /// Begins a stream -> its handle, or undefined if there are too many.
    slow open(encoding: String);
    /// The next chunk of a stream, as decode(). The last one ends the stream, as does undefined.
    slow write(handle: i32, bytes: Bytes, is_last: bool, fatal: bool);
    slow close(handle: i32);
} }

fn decoder(encoding: &str) -> Option<Decoder> {
    let encoding = Encoding::for_label(encoding.as_bytes())?;
    Some(encoding.new_decoder_without_bom_handling())
}

fn decode(_: &mut Natives, encoding: String, bytes: Bytes, fatal: bool) -> Js {
    match decoder(&encoding) {
        Some(mut decoder) => step(&mut decoder, bytes.as_slice(), true, fatal),
        None => Js::Undefined,
    }
}

fn open(natives: &mut Natives, encoding: String) -> Js {
    let handle = decoder(&encoding).and_then(|decoder| natives.decoders.insert(decoder).ok());
    handle.map_or(Js::Undefined, |handle| handle.to_js().into())
}

fn write(natives: &mut Natives, handle: i32, bytes: Bytes, is_last: bool, fatal: bool) -> Js {
    let handle = Handle::from_js(handle);
    let Some(decoder) = natives.decoders.get_mut(handle) else {
        return Js::Undefined;
    };
    let text = step(decoder, bytes.as_slice(), is_last, fatal);
    if is_last || matches!(text, Js::Undefined) {
        natives.decoders.remove(handle);
    }
    text
}

fn close(natives: &mut Natives, handle: i32) {
    natives.decoders.remove(Handle::from_js(handle));
}

fn step(decoder: &mut Decoder, bytes: &[u8], is_last: bool, fatal: bool) -> Js {
    // Never too small: the decoder says so itself. None: the text would not fit in memory.
    let room = match fatal {
        true => decoder.max_utf8_buffer_length_without_replacement(bytes.len()),
        false => decoder.max_utf8_buffer_length(bytes.len()),
    };
    let Some(room) = room else {
        return Js::Undefined;
    };
    let mut text = String::with_capacity(room);
    if !fatal {
        let (_, read_count, _) = decoder.decode_to_string(bytes, &mut text, is_last);
        assert_eq!(read_count, bytes.len());
        return Js::Text(text);
    }
    match decoder.decode_to_string_without_replacement(bytes, &mut text, is_last) {
        (DecoderResult::InputEmpty, _) => Js::Text(text),
        (DecoderResult::OutputFull | DecoderResult::Malformed(..), _) => Js::Undefined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(js: Js) -> Option<String> {
        match js {
            Js::Text(text) => Some(text),
            _ => None,
        }
    }

    #[test]
    fn texts_are_decoded_in_any_pieces() {
        let check = |encoding: &str, bytes: &[u8], expect: &str| {
            let mut whole = decoder(encoding).expect("it is known");
            assert_eq!(
                text(step(&mut whole, bytes, true, true)).as_deref(),
                Some(expect)
            );
            let mut parts = decoder(encoding).expect("it is known");
            let mut joined = String::new();
            for byte in bytes {
                joined += &text(step(&mut parts, &[*byte], false, true)).expect("no error");
            }
            joined += &text(step(&mut parts, &[], true, true)).expect("no error");
            assert_eq!(joined, expect, "{encoding}");
        };
        check("shift_jis", b"a\x82\xa0\xb1", "a\u{3042}\u{ff71}");
        check("euc-jp", b"\xa4\xa2", "\u{3042}");
        check("iso-2022-jp", b"\x1b$B$\"\x1b(Bz", "\u{3042}z");
        check("gb18030", b"\xb0\xa1\x81\x30\x81\x30", "\u{554a}\u{80}");
        check("big5", b"\xa4\xa4", "\u{4e2d}");
        check("euc-kr", b"\xb0\xa1", "\u{ac00}");
    }

    #[test]
    fn what_is_no_character_is_replaced_or_refused() {
        let step = |bytes: &[u8], is_last, fatal| {
            let mut decoder = decoder("gbk").expect("it is known");
            text(step(&mut decoder, bytes, is_last, fatal))
        };
        assert_eq!(step(b"a\xff", true, false).as_deref(), Some("a\u{fffd}"));
        assert_eq!(step(b"a\xff", true, true), None);
        assert_eq!(step(b"\xb0", true, true), None);
        assert_eq!(step(b"\xb0", false, true).as_deref(), Some(""));
        assert!(decoder("no such thing").is_none());
    }
}
