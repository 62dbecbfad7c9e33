//! Entries by which optimised code measures one-byte strings, and writes them into Buffers, without
//! making handles.
//! V8 takes them for flat strings of its heap only; all else goes the ordinary way.

use super::buffer_codec::{decode_base64_into, decode_hex_into};
use super::buffer_write::put;
use crate::value::Bytes;
use v8::fast_api::{CFunction, CFunctionInfo, FastApiOneByteString, Int64Representation, Type};
use v8::simdutf;

/// The bytes lie in V8's heap: write them the ordinary way.
const IN_HEAP: i32 = -1;

/// (receiver, buffer, string, offset, room) -> count of bytes
const INFO: &CFunctionInfo = &CFunctionInfo::new(
    Type::Int32.as_info(),
    &[
        Type::V8Value.as_info(),
        Type::V8Value.as_info(),
        Type::SeqOneByteString.as_info(),
        // Offsets beyond 4 GiB are no Uint32.
        Type::Float64.as_info(),
        Type::Float64.as_info(),
    ],
    Int64Representation::Number,
);

pub(super) const LATIN1_FAST: &[CFunction] = &[CFunction::new(latin1 as *const _, INFO)];
pub(super) const UTF8_FAST: &[CFunction] = &[CFunction::new(utf8 as *const _, INFO)];
pub(super) const BASE64_FAST: &[CFunction] = &[CFunction::new(base64 as *const _, INFO)];
pub(super) const HEX_FAST: &[CFunction] = &[CFunction::new(hex as *const _, INFO)];

/// (receiver, string, target, counts) -> 0, or IN_HEAP
const INTO_INFO: &CFunctionInfo = &CFunctionInfo::new(
    Type::Int32.as_info(),
    &[
        Type::V8Value.as_info(),
        Type::SeqOneByteString.as_info(),
        Type::V8Value.as_info(),
        Type::V8Value.as_info(),
    ],
    Int64Representation::Number,
);

pub(super) const ENCODE_INTO_FAST: &[CFunction] =
    &[CFunction::new(encode_into as *const _, INTO_INFO)];

/// (receiver, string) -> count of bytes
pub(super) const LENGTH_FAST: &[CFunction] = &[CFunction::new(
    utf8_length as *const _,
    &CFunctionInfo::new(
        Type::Int32.as_info(),
        &[Type::V8Value.as_info(), Type::SeqOneByteString.as_info()],
        Int64Representation::Number,
    ),
)];

type Value<'a> = v8::Local<'a, v8::Value>;

/// `put(text, target)` writes as much of the text as fits, and gives the count of bytes.
macro_rules! writers {
    ($($name:ident: $put:expr),* $(,)?) => {
        $(extern "C" fn $name(
            _receiver: Value,
            buffer: Value,
            text: &FastApiOneByteString,
            offset: f64,
            room: f64,
        ) -> i32 {
            write(buffer, offset, room, |target| $put(text.as_bytes(), target))
        })*
    };
}

writers! {
    latin1: put,
    utf8: |text, target| put_utf8(text, target).1,
    base64: decode_base64_into,
    hex: decode_hex_into,
}

extern "C" fn utf8_length(_receiver: Value, text: &FastApiOneByteString) -> i32 {
    simdutf::utf8_length_from_latin1(text.as_bytes()) as i32
}

/// As TextEncoder.encodeInto: counts = [characters read, bytes written].
extern "C" fn encode_into(
    _receiver: Value,
    text: &FastApiOneByteString,
    target: Value,
    counts: Value,
) -> i32 {
    let Some(mut counts) = outside_heap(counts) else {
        return IN_HEAP;
    };
    let Some(mut target) = outside_heap(target) else {
        return IN_HEAP;
    };
    let [read, written, ..] = counts.as_mut_slice().as_chunks_mut::<4>().0 else {
        return IN_HEAP;
    };
    let (taken, count) = put_utf8(text.as_bytes(), target.as_mut_slice());
    *read = (taken as u32).to_ne_bytes();
    *written = (count as u32).to_ne_bytes();
    0
}

fn outside_heap<'a>(value: Value<'a>) -> Option<Bytes<'a>> {
    Bytes::outside_heap(value.try_cast::<v8::ArrayBufferView>().ok()?)
}

fn write(buffer: Value, offset: f64, room: f64, put: impl FnOnce(&mut [u8]) -> usize) -> i32 {
    let Some(mut bytes) = outside_heap(buffer) else {
        return IN_HEAP;
    };
    let all = bytes.as_mut_slice();
    // A number that is negative or none becomes 0.
    let start = (offset as usize).min(all.len());
    let count = (room as usize).min(all.len() - start);
    // A string has fewer than 2^30 characters; of two bytes each at most.
    put(&mut all[start..start + count]) as i32
}

/// Whole characters only; gives how many, and how many bytes they are.
fn put_utf8(text: &[u8], target: &mut [u8]) -> (usize, usize) {
    if text.len() <= target.len() && simdutf::validate_ascii(text) {
        target[..text.len()].copy_from_slice(text);
        return (text.len(), text.len());
    }
    let mut taken = text.len().min(target.len());
    while simdutf::utf8_length_from_latin1(&text[..taken]) > target.len() {
        // Each character takes at most two bytes: half of what is too much can go at once.
        let over = simdutf::utf8_length_from_latin1(&text[..taken]) - target.len();
        taken -= over.div_ceil(2);
    }
    // SAFETY: `target` has room for these characters, as was just asked.
    let count = unsafe { simdutf::convert_latin1_to_utf8(&text[..taken], target) };
    (taken, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_never_cut() {
        let check = |text: &[u8], room: usize, expected: &str| {
            let mut target = vec![0; room];
            let (taken, count) = put_utf8(text, &mut target);
            assert_eq!(taken, expected.chars().count());
            assert_eq!(&target[..count], expected.as_bytes(), "{text:?} in {room}");
        };
        check(b"abc", 3, "abc");
        check(b"abc", 2, "ab");
        check(b"", 0, "");
        check(b"a\xe9", 2, "a");
        check(b"a\xe9", 3, "a\u{e9}");
        check(b"\xe9\xe9\xe9", 5, "\u{e9}\u{e9}");
        check(b"\xe9a\xe9a", 1, "");
        check(b"a\xe9bcd", 4, "a\u{e9}b");
        check(b"\xe9", 0, "");
    }
}
