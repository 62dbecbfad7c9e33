//! `encoding_binding`: TextEncoder and TextDecoder's UTF-8.

use super::buffer_write_fast::ENCODE_INTO_FAST;
use super::{Args, Entry, Return, entry, fast_entry};
use crate::value::{Bytes, ErrorClass, FromJs, Throw, js_latin1};

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        fast_entry("encodeInto", 3, encode_into, ENCODE_INTO_FAST),
        entry("encodeIntoInHeap", 3, encode_into),
        entry("encodeUtf8String", 1, encode_utf8),
        entry("decodeUTF8", 3, decode_utf8),
        entry("decodeSingleByte", 3, decode_single_byte),
    ]
}

/// Longest UTF-8 that is decoded on the stack.
const SHORT_UTF8_BYTES: usize = 256;

/// encodeInto(source, target: Uint8Array, counts: Uint32Array): counts = [units read, bytes].
fn encode_into<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    // As the fast entry: optimised code traps on any other type.
    rv.set_int32(0);
    let Ok(source) = args.get(0).try_cast::<v8::String>() else {
        return;
    };
    let mut target = Bytes::from_js(scope, args.get(1));
    let mut counts = Bytes::from_js(scope, args.get(2));
    let mut read = 0;
    let written = source.write_utf8_v2(
        scope,
        target.as_mut_slice(),
        v8::WriteFlags::kReplaceInvalidUtf8,
        Some(&mut read),
    );
    let counts = counts.as_mut_slice();
    if counts.len() >= 8 {
        counts[..4].copy_from_slice(&(read as u32).to_ne_bytes());
        counts[4..8].copy_from_slice(&(written as u32).to_ne_bytes());
    }
}

fn encode_utf8<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let bytes = crate::text::Text::from_js(scope, args.get(0)).to_utf8();
    let count = bytes.len();
    let buffer = crate::store::array_buffer(scope, bytes);
    if let Some(array) = v8::Uint8Array::new(scope, buffer, 0, count) {
        rv.set(array.into());
    }
}

/// decodeSingleByte(bytes, table: Uint16Array(256), refused) -> string; undefined if the text has
/// the character `refused`, which stands for bytes without one.
fn decode_single_byte<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let bytes = Bytes::from_js(scope, args.get(0));
    let bytes = bytes.as_slice();
    if bytes.is_ascii() {
        rv.set(js_latin1(scope, bytes).into());
        return;
    }
    let table = Bytes::from_js(scope, args.get(1));
    let (table, _) = table.as_slice().as_chunks::<2>();
    if table.len() != 256 {
        return;
    }
    let table: Vec<u16> = table.iter().map(|unit| u16::from_ne_bytes(*unit)).collect();
    let units: Vec<u16> = bytes.iter().map(|byte| table[usize::from(*byte)]).collect();
    let refused = u32::from_js(scope, args.get(2));
    if units.iter().any(|unit| u32::from(*unit) == refused) {
        return;
    }
    let text = v8::String::new_from_two_byte(scope, &units, v8::NewStringType::Normal);
    if let Some(text) = text {
        rv.set(text.into());
    }
}

/// decodeUTF8(bytes, ignoreBom, fatal) -> string. A byte order mark is dropped unless ignored.
fn decode_utf8<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let bytes = Bytes::from_js(scope, args.get(0));
    let mut bytes = bytes.as_slice();
    if args.get(2).is_true() && !v8::simdutf::validate_utf8(bytes) {
        return crate::error::throw(
            scope,
            &Throw {
                class: ErrorClass::TypeError,
                code: "ERR_ENCODING_INVALID_ENCODED_DATA",
                message: "The encoded data was not valid for encoding utf-8".to_owned(),
            },
        );
    }
    if !args.get(1).is_true() {
        bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    }
    rv.set(utf8_string(scope, bytes));
}

/// V8's own decoder measures first and is slower for short texts. None: the text is long, or no
/// UTF-8.
fn short_utf8<'s>(scope: &v8::PinScope<'s, '_>, bytes: &[u8]) -> Option<v8::Local<'s, v8::String>> {
    let mut units = [0; SHORT_UTF8_BYTES];
    if bytes.len() > units.len() {
        return None;
    }
    // SAFETY: no text has more units than bytes.
    let count = unsafe { v8::simdutf::convert_utf8_to_utf16le(bytes, &mut units) };
    let units = units.get(..count).filter(|units| !units.is_empty())?;
    if units.iter().fold(0, |all, unit| all | unit) < 0x100 {
        // Shorter in memory, and equal to what V8 would make.
        let mut latin1 = [0; SHORT_UTF8_BYTES];
        for (byte, unit) in latin1.iter_mut().zip(units) {
            *byte = *unit as u8;
        }
        return Some(js_latin1(scope, &latin1[..count]));
    }
    v8::String::new_from_two_byte(scope, units, v8::NewStringType::Normal)
}

/// A string from UTF-8 bytes; what is not UTF-8 becomes U+FFFD.
pub(super) fn utf8_string<'s>(
    scope: &v8::PinScope<'s, '_>,
    bytes: &[u8],
) -> v8::Local<'s, v8::Value> {
    if v8::simdutf::validate_ascii(bytes) {
        return js_latin1(scope, bytes).into();
    }
    let string = match short_utf8(scope, bytes) {
        None => v8::String::new_from_utf8(scope, bytes, v8::NewStringType::Normal),
        string => string,
    };
    match string {
        Some(string) => string.into(),
        None => v8::undefined(scope).into(),
    }
}
