//! `buffer`: strings into bytes, and `atob`/`btoa`.

use super::buffer::{index, subject};
use super::buffer_codec::{
    base64_value, decode_base64, decode_base64_into, decode_hex, decode_hex_into,
};
use super::buffer_write_fast::{BASE64_FAST, HEX_FAST, LATIN1_FAST, UTF8_FAST};
use super::{Args, Entry, Return, entry, fast_entry};
use crate::store;
use crate::text::{Text, room};
use crate::value::{Bytes, FromJs, js_latin1};

/// One-byte strings up to this length V8 writes as fast itself.
const SHORT_UNITS: usize = 32;

pub(super) fn entries() -> Vec<Entry> {
    vec![
        fast_entry("latin1WriteStatic", 4, latin1_write_static, LATIN1_FAST),
        fast_entry("utf8WriteStatic", 4, utf8_write_static, UTF8_FAST),
        fast_entry("base64WriteStatic", 4, base64_write_static, BASE64_FAST),
        fast_entry("hexWriteStatic", 4, hex_write_static, HEX_FAST),
        entry("latin1WriteInHeap", 4, latin1_write_static),
        entry("utf8WriteInHeap", 4, utf8_write_static),
        entry("ucs2Write", 3, ucs2_write),
        entry("hexWrite", 3, hex_write),
        entry("stringBuffer", 2, string_buffer),
        entry("base64Write", 3, base64_write),
        entry("base64urlWrite", 3, base64_write),
        entry("atob", 1, atob),
        entry("btoa", 1, btoa),
    ]
}

/// The bytes of `text` in one of Node's encodings, in any of their spellings.
pub(super) fn encode(text: &Text, encoding: &str) -> Vec<u8> {
    match encoding.to_ascii_lowercase().as_str() {
        "latin1" | "binary" | "ascii" => text.with_latin1(<[u8]>::to_vec),
        "ucs2" | "ucs-2" | "utf16le" | "utf-16le" => text.to_utf16(),
        "hex" => text.with_latin1(decode_hex),
        "base64" | "base64url" => text.with_latin1(decode_base64),
        _ => text.to_utf8(),
    }
}

/// stringBuffer(string, encoding) -> ArrayBuffer
fn string_buffer<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let encoding = args.get(1).to_rust_string_lossy(scope);
    let bytes = encode(&Text::from_js(scope, args.get(0)), &encoding);
    rv.set(store::array_buffer(scope, bytes).into());
}

/// Writes `text` at `first`.. of the arguments (offset, length) as `encode` gives it; only whole
/// units of `unit_bytes` fit.
fn write<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: &Args<'s>,
    rv: &mut Return<'s>,
    buffer: v8::Local<'s, v8::Value>,
    first: i32,
    unit_bytes: usize,
    encode: impl FnOnce(&Text, &mut [u8]) -> usize,
) {
    let text = Text::from_js(scope, args.get(first));
    let mut buffer = Bytes::from_js(scope, buffer);
    let all = buffer.as_mut_slice();
    let offset = index(scope, args, first + 1, 0).min(all.len());
    let room = index(scope, args, first + 2, all.len()).min(all.len() - offset);
    let room = room / unit_bytes * unit_bytes;
    let written = encode(&text, &mut all[offset..offset + room]);
    rv.set_double(written as f64);
}

/// As many of `bytes` as fit.
pub(super) fn put(bytes: &[u8], target: &mut [u8]) -> usize {
    let count = bytes.len().min(target.len());
    target[..count].copy_from_slice(&bytes[..count]);
    count
}

fn latin1_write_static<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    write(scope, &args, &mut rv, args.get(0), 1, 1, |text, target| {
        text.with_latin1(|bytes| put(bytes, target))
    });
}

/// Writes whole characters only.
fn utf8_write_static<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Ok(string) = args.get(1).try_cast::<v8::String>() else {
        return rv.set_int32(0);
    };
    let mut buffer = Bytes::from_js(scope, args.get(0));
    let all = buffer.as_mut_slice();
    let offset = index(scope, &args, 2, 0).min(all.len());
    let room = index(scope, &args, 3, all.len()).min(all.len() - offset);
    let target = &mut all[offset..offset + room];
    if (!string.is_onebyte() || string.length() > SHORT_UNITS)
        && let Some(written) = Text::new(scope, string).write_utf8(target)
    {
        return rv.set_int32(written as i32);
    }
    let written = string.write_utf8_v2(scope, target, v8::WriteFlags::kReplaceInvalidUtf8, None);
    rv.set_int32(written as i32);
}

fn ucs2_write<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let (buffer, first) = subject(&args);
    write(scope, &args, &mut rv, buffer, first, 2, |text, target| {
        put(&text.to_utf16(), target)
    });
}

fn hex_write<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let (buffer, first) = subject(&args);
    write(scope, &args, &mut rv, buffer, first, 1, |text, target| {
        text.with_latin1(|digits| decode_hex_into(digits, target))
    });
}

fn base64_write<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let (buffer, first) = subject(&args);
    write(scope, &args, &mut rv, buffer, first, 1, |text, target| {
        text.with_latin1(|text| decode_base64_into(text, target))
    });
}

fn base64_write_static<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    write(scope, &args, &mut rv, args.get(0), 1, 1, |text, target| {
        text.with_latin1(|text| decode_base64_into(text, target))
    });
}

fn hex_write_static<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    write(scope, &args, &mut rv, args.get(0), 1, 1, |text, target| {
        text.with_latin1(|digits| decode_hex_into(digits, target))
    });
}

/// WHATWG forgiving-base64 decode: a string of bytes, -1 one character left over, -2 invalid
/// character.
fn atob<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let text = Text::from_js(scope, args.get(0));
    let mut characters = match text.units() {
        0 => Vec::new(),
        _ => text.with_utf8(|bytes| {
            bytes
                .iter()
                .copied()
                .filter(|b| !b"\t\n\x0c\r ".contains(b))
                .collect::<Vec<u8>>()
        }),
    };
    if characters.len() % 4 == 0 {
        for _ in 0..2 {
            if characters.last() == Some(&b'=') {
                characters.pop();
            }
        }
    }
    let foreign = |b: &u8| matches!(b, b'-' | b'_') || base64_value(*b).is_none();
    if characters.iter().any(foreign) {
        return rv.set_int32(-2);
    }
    if characters.len() % 4 == 1 {
        return rv.set_int32(-1);
    }
    rv.set(js_latin1(scope, &decode_base64(&characters)).into());
}

/// -1 when a character is beyond Latin-1.
fn btoa<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Ok(string) = args.get(0).try_cast::<v8::String>() else {
        return;
    };
    if !string.contains_only_onebyte() {
        return rv.set_int32(-1);
    }
    let text = Text::new(scope, string);
    let bytes = text.with_latin1(<[u8]>::to_vec);
    let options = v8::simdutf::Base64Options::Default;
    let mut encoded = room(v8::simdutf::base64_length_from_binary(bytes.len(), options));
    // SAFETY: `encoded` has the length that simdutf asked for.
    let count = unsafe { v8::simdutf::binary_to_base64(&bytes, &mut encoded, options) };
    rv.set(js_latin1(scope, &encoded[..count]).into());
}
