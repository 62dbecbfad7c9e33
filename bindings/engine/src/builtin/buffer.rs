//! `buffer`: what Buffer does natively: strings to bytes and back, copy, compare, fill.
//! Slices and some writes are called as methods of the Buffer itself.

use super::buffer_codec::encode_hex;
use super::buffer_write_fast::LENGTH_FAST;
use super::encoding::utf8_string;
use super::{Args, Entry, Return, entry, fast_entry, put, throw_error};
use crate::error::throw;
use crate::store;
use crate::text::{Text, room};
use crate::value::{Bytes, ErrorClass, FromJs, Throw, js_latin1};

/// V8's limit on the length of a string, 64 bit.
const STRING_UNITS_MAX: usize = 536_870_888;
/// Node's `buffer.constants.MAX_LENGTH`: what V8 accepts for a typed array.
const BYTES_MAX: f64 = 9_007_199_254_740_991.0;

pub(crate) fn entries() -> Vec<Entry> {
    let mut entries = vec![
        fast_entry("byteLengthUtf8", 1, byte_length_utf8, LENGTH_FAST),
        entry("copy", 5, copy),
        entry("copyArrayBuffer", 5, copy_array_buffer),
        entry("compare", 2, compare),
        entry("compareOffset", 6, compare_offset),
        entry("fill", 5, fill),
        entry("createUnsafeArrayBuffer", 1, create_unsafe),
        entry("swap16", 1, swap::<2>),
        entry("swap32", 1, swap::<4>),
        entry("swap64", 1, swap::<8>),
        entry("isUtf8", 1, is_utf8),
        entry("isAscii", 1, is_ascii),
        entry("asciiSlice", 2, ascii_slice),
        entry("latin1Slice", 2, latin1_slice),
        entry("utf8Slice", 2, utf8_slice),
        entry("ucs2Slice", 2, ucs2_slice),
        entry("hexSlice", 2, hex_slice),
        entry("base64Slice", 2, base64_slice),
        entry("base64urlSlice", 2, base64url_slice),
        entry("setDetachKey", 2, set_detach_key),
        entry("setBufferPrototype", 1, set_prototype),
    ];
    entries.extend(super::buffer_write::entries());
    entries.extend(super::buffer_search::entries());
    entries
}

pub(super) fn put_constants<'s>(scope: &v8::PinScope<'s, '_>, binding: v8::Local<'s, v8::Object>) {
    let bytes_max = v8::Number::new(scope, BYTES_MAX).into();
    put(scope, binding, "kMaxLength", bytes_max);
    let units_max = v8::Number::new(scope, STRING_UNITS_MAX as f64).into();
    put(scope, binding, "kStringMaxLength", units_max);
}

/// Tells native the prototype of Buffers that it makes itself.
fn set_prototype<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    crate::realm::current().set_root(scope, crate::realm::Root::BufferPrototype, args.get(0));
}

fn byte_length_utf8<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let count = match args.get(0).try_cast::<v8::String>() {
        Ok(string) if string.is_onebyte() || string.length() < 1 << 20 => {
            Text::new(scope, string).utf8_bytes()
        }
        Ok(string) => string.utf8_length(scope),
        Err(_) => 0,
    };
    rv.set_double(count as f64);
}

/// An index argument; NaN and negative numbers are 0.
pub(super) fn index<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: &Args<'s>,
    at: i32,
    absent: usize,
) -> usize {
    let value = args.get(at);
    if value.is_undefined() {
        return absent;
    }
    f64::from_js(scope, value).max(0.0) as usize
}

/// copy(source, target, targetStart, sourceStart, count) -> count
fn copy<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let source = Bytes::from_js(scope, args.get(0));
    let mut target = Bytes::from_js(scope, args.get(1));
    let target_start = index(scope, &args, 2, 0);
    let source_start = index(scope, &args, 3, 0);
    let count = index(scope, &args, 4, 0);
    rv.set_double(copy_within(&source, source_start, &mut target, target_start, count) as f64);
}

/// copyArrayBuffer(target, targetStart, source, sourceStart, count)
fn copy_array_buffer<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let mut target = Bytes::from_js(scope, args.get(0));
    let target_start = index(scope, &args, 1, 0);
    let source = Bytes::from_js(scope, args.get(2));
    let source_start = index(scope, &args, 3, 0);
    let count = index(scope, &args, 4, 0);
    copy_within(&source, source_start, &mut target, target_start, count);
}

/// Both may be views of one buffer and overlap.
fn copy_within(
    source: &Bytes,
    source_start: usize,
    target: &mut Bytes,
    target_start: usize,
    count: usize,
) -> usize {
    let count = count
        .min(source.as_slice().len().saturating_sub(source_start))
        .min(target.as_slice().len().saturating_sub(target_start));
    if count == 0 {
        return 0;
    }
    let from = source.as_slice()[source_start..].as_ptr();
    let to = target.as_mut_slice()[target_start..].as_mut_ptr();
    // SAFETY: both ranges of `count` bytes were checked above; `copy` allows overlap.
    unsafe { std::ptr::copy(from, to, count) };
    count
}

fn order(ordering: std::cmp::Ordering) -> i32 {
    ordering as i32
}

fn compare<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let one = Bytes::from_js(scope, args.get(0));
    let other = Bytes::from_js(scope, args.get(1));
    rv.set_int32(order(one.as_slice().cmp(other.as_slice())));
}

/// compareOffset(source, target, targetStart, sourceStart, targetLength, sourceLength)
fn compare_offset<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let source = Bytes::from_js(scope, args.get(0));
    let target = Bytes::from_js(scope, args.get(1));
    let part = |bytes: &Bytes, start: usize, count: usize| {
        let all = bytes.as_slice();
        let start = start.min(all.len());
        all[start..start.saturating_add(count).min(all.len())].to_vec()
    };
    let target_start = index(scope, &args, 2, 0);
    let source_start = index(scope, &args, 3, 0);
    let target_count = index(scope, &args, 4, 0);
    let source_count = index(scope, &args, 5, 0);
    let source = part(&source, source_start, source_count);
    let target = part(&target, target_start, target_count);
    rv.set_int32(order(source.cmp(&target)));
}

/// fill(buffer, value, start, end, encoding): -1 out of range, -2 nothing to fill with.
fn fill<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let mut buffer = Bytes::from_js(scope, args.get(0));
    let (start, end) = (index(scope, &args, 2, 0), index(scope, &args, 3, 0));
    let length = buffer.as_slice().len();
    if start > end || end > length {
        return rv.set_int32(-1);
    }
    let value = args.get(1);
    let pattern = if let Ok(string) = value.try_cast::<v8::String>() {
        let encoding = args.get(4).to_rust_string_lossy(scope);
        super::buffer_write::encode(&Text::new(scope, string), &encoding)
    } else if value.is_array_buffer_view() {
        Bytes::from_js(scope, value).as_slice().to_vec()
    } else {
        vec![i32::from_js(scope, value) as u8]
    };
    if start == end {
        return;
    }
    let target = &mut buffer.as_mut_slice()[start..end];
    match pattern.as_slice() {
        [] => rv.set_int32(-2),
        [byte] => target.fill(*byte),
        pattern => {
            for chunk in target.chunks_mut(pattern.len()) {
                chunk.copy_from_slice(&pattern[..chunk.len()]);
            }
        }
    }
}

/// Node gives unwritten memory for `allocUnsafe`, too.
fn create_unsafe<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let count = f64::from_js(scope, args.get(0)).max(0.0) as usize;
    let Some(bytes) = store::unwritten(count) else {
        let refusal = Throw {
            class: ErrorClass::RangeError,
            code: "ERR_MEMORY_ALLOCATION_FAILED",
            message: "Failed to allocate memory".to_owned(),
        };
        return throw(scope, &refusal);
    };
    rv.set(store::array_buffer(scope, bytes).into());
}

fn swap<'s, const WIDTH: usize>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    mut rv: Return<'s>,
) {
    let mut bytes = Bytes::from_js(scope, args.get(0));
    for unit in bytes.as_mut_slice().chunks_exact_mut(WIDTH) {
        unit.reverse();
    }
    rv.set(args.get(0));
}

/// Nothing is left in a detached buffer, and nothing is well-formed.
fn is_utf8<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let bytes = Bytes::from_js(scope, args.get(0));
    rv.set_bool(v8::simdutf::validate_utf8(bytes.as_slice()));
}

fn is_ascii<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let bytes = Bytes::from_js(scope, args.get(0));
    rv.set_bool(v8::simdutf::validate_ascii(bytes.as_slice()));
}

/// The buffer that is meant, and where its further arguments begin: called as a method, as Node's
/// natives are, it is `this`; called plainly it is the first argument.
pub(super) fn subject<'s>(args: &Args<'s>) -> (v8::Local<'s, v8::Value>, i32) {
    let this: v8::Local<v8::Value> = args.this().into();
    if this.is_array_buffer_view() {
        (this, 0)
    } else {
        (args.get(0), 1)
    }
}

/// Runs `make` over `buffer[start..end]`; refuses what would be no string any more.
fn slice<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: &Args<'s>,
    rv: &mut Return<'s>,
    units_per_byte: usize,
    make: impl FnOnce(&v8::PinScope<'s, '_>, &[u8]) -> v8::Local<'s, v8::Value>,
) {
    let (buffer, first) = subject(args);
    let bytes = Bytes::from_js(scope, buffer);
    let all = bytes.as_slice();
    let end = index(scope, args, first + 1, all.len()).min(all.len());
    let start = index(scope, args, first, 0).min(end);
    if (end - start).saturating_mul(units_per_byte) > STRING_UNITS_MAX {
        return throw_error(
            scope,
            "ERR_STRING_TOO_LONG",
            "Cannot create a string longer than 0x1fffffe8 characters",
        );
    }
    rv.set(make(scope, &all[start..end]));
}

fn ascii_slice<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    slice(scope, &args, &mut rv, 1, |scope, bytes| {
        if bytes.is_ascii() {
            return js_latin1(scope, bytes).into();
        }
        let stripped: Vec<u8> = bytes.iter().map(|byte| byte & 0x7f).collect();
        js_latin1(scope, &stripped).into()
    });
}

fn latin1_slice<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    slice(scope, &args, &mut rv, 1, |scope, bytes| {
        js_latin1(scope, bytes).into()
    });
}

fn utf8_slice<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    slice(scope, &args, &mut rv, 1, utf8_string);
}

fn ucs2_slice<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    slice(scope, &args, &mut rv, 1, |scope, bytes| {
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        let string = v8::String::new_from_two_byte(scope, &units, v8::NewStringType::Normal);
        string.unwrap_or_else(|| v8::String::empty(scope)).into()
    });
}

fn hex_slice<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    slice(scope, &args, &mut rv, 2, |scope, bytes| {
        js_latin1(scope, &encode_hex(bytes)).into()
    });
}

fn base64<'s>(
    scope: &v8::PinScope<'s, '_>,
    bytes: &[u8],
    options: v8::simdutf::Base64Options,
) -> v8::Local<'s, v8::Value> {
    let count = v8::simdutf::base64_length_from_binary(bytes.len(), options);
    let mut text = room(count);
    // SAFETY: `text` has the length that simdutf asked for.
    let written = unsafe { v8::simdutf::binary_to_base64(bytes, &mut text, options) };
    js_latin1(scope, &text[..written]).into()
}

fn base64_slice<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    slice(scope, &args, &mut rv, 2, |scope, bytes| {
        base64(scope, bytes, v8::simdutf::Base64Options::Default)
    });
}

fn base64url_slice<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    slice(scope, &args, &mut rv, 2, |scope, bytes| {
        base64(scope, bytes, v8::simdutf::Base64Options::Url)
    });
}

fn set_detach_key<'s>(_: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    if let Ok(buffer) = args.get(0).try_cast::<v8::ArrayBuffer>() {
        buffer.set_detach_key(args.get(1));
    }
}
