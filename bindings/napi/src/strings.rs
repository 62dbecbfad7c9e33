//! Strings: made of Latin-1, UTF-8 and UTF-16, and copied out as these.

use std::mem::MaybeUninit;

use crate::boundary::{Out, Room, Text, Value, WideText};
use crate::status::{Outcome, Status};

/// UTF-8 has no more bytes for a unit of UTF-16.
const UTF8_BYTES_PER_UNIT_MAX: usize = 3;

fn latin1(
    scope: &v8::PinScope<'_, '_>,
    (text, length): (Text, usize),
    result: Out<Value>,
    kind: v8::NewStringType,
) -> Outcome {
    let bytes = text.bytes(length)?;
    let result = result.required()?;
    let made = v8::String::new_from_one_byte(scope, bytes, kind);
    result.put(made.ok_or(Status::GenericFailure)?);
    Ok(())
}

fn utf8(
    scope: &v8::PinScope<'_, '_>,
    (text, length): (Text, usize),
    result: Out<Value>,
    kind: v8::NewStringType,
) -> Outcome {
    let bytes = text.bytes(length)?;
    let result = result.required()?;
    let made = v8::String::new_from_utf8(scope, bytes, kind);
    result.put(made.ok_or(Status::GenericFailure)?);
    Ok(())
}

fn utf16(
    scope: &v8::PinScope<'_, '_>,
    (text, length): (WideText, usize),
    result: Out<Value>,
    kind: v8::NewStringType,
) -> Outcome {
    let units = text.units(length)?;
    let result = result.required()?;
    let made = v8::String::new_from_two_byte(scope, units, kind);
    result.put(made.ok_or(Status::GenericFailure)?);
    Ok(())
}

/// What all that copy a string out have in common: without a place for it they tell its length;
/// `copy` gets what fits before the closing zero and says how much of it it has filled.
fn copy_out<T: Copy>(
    (mut room, size): (Room<T>, usize),
    result: Out<usize>,
    length: impl FnOnce() -> usize,
    copy: impl FnOnce(&mut Room<T>, usize) -> usize,
    zero: T,
) -> Outcome {
    if room.is_none() {
        result.required()?.set(length());
        return Ok(());
    }
    let Some(space) = size.checked_sub(1) else {
        result.set(0);
        return Ok(());
    };
    let copied = copy(&mut room, space);
    room.slice(copied + 1)[copied].write(zero);
    result.set(copied);
    Ok(())
}

fn string_of<'s>(
    value: Value,
    scope: &v8::PinScope<'s, '_>,
) -> Result<v8::Local<'s, v8::String>, Status> {
    let value = value.required(scope)?;
    value.try_cast().map_err(|_| Status::StringExpected)
}

exports! {
    /// A string of Latin-1.
    plain fn napi_create_string_latin1(
        text: Text,
        length: usize,
        result: Out<Value>,
    ) |_env, scope| latin1(scope, (text, length), result, v8::NewStringType::Normal);

    /// A string of UTF-8; what is none becomes U+FFFD.
    plain fn napi_create_string_utf8(
        text: Text,
        length: usize,
        result: Out<Value>,
    ) |_env, scope| utf8(scope, (text, length), result, v8::NewStringType::Normal);

    /// A string of UTF-16.
    plain fn napi_create_string_utf16(
        text: WideText,
        length: usize,
        result: Out<Value>,
    ) |_env, scope| utf16(scope, (text, length), result, v8::NewStringType::Normal);

    /// A string that names a property.
    plain fn node_api_create_property_key_latin1(
        text: Text,
        length: usize,
        result: Out<Value>,
    ) |_env, scope| latin1(scope, (text, length), result, v8::NewStringType::Internalized);

    /// A string that names a property.
    plain fn node_api_create_property_key_utf8(
        text: Text,
        length: usize,
        result: Out<Value>,
    ) |_env, scope| utf8(scope, (text, length), result, v8::NewStringType::Internalized);

    /// A string that names a property.
    plain fn node_api_create_property_key_utf16(
        text: WideText,
        length: usize,
        result: Out<Value>,
    ) |_env, scope| utf16(scope, (text, length), result, v8::NewStringType::Internalized);

    /// Copies a string out as Latin-1.
    plain fn napi_get_value_string_latin1(
        value: Value,
        buffer: Room<u8>,
        size: usize,
        result: Out<usize>,
    ) |_env, scope| {
        let string = string_of(value, scope)?;
        let copy = |room: &mut Room<u8>, space: usize| {
            let count = space.min(string.length());
            let flags = v8::WriteFlags::empty();
            string.write_one_byte_uninit_v2(scope, 0, room.slice(count), flags);
            count
        };
        copy_out((buffer, size), result, || string.length(), copy, 0)
    };

    /// Copies a string out as UTF-8, whole characters only.
    plain fn napi_get_value_string_utf8(
        value: Value,
        buffer: Room<u8>,
        size: usize,
        result: Out<usize>,
    ) |_env, scope| {
        let string = string_of(value, scope)?;
        let copy = |room: &mut Room<u8>, space: usize| {
            let space = space.min(string.length() * UTF8_BYTES_PER_UNIT_MAX);
            let place: &mut [MaybeUninit<u8>] = room.slice(space);
            let flags = v8::WriteFlags::kReplaceInvalidUtf8;
            string.write_utf8_uninit_v2(scope, place, flags, None)
        };
        copy_out((buffer, size), result, || string.utf8_length(scope), copy, 0)
    };

    /// Copies a string out as UTF-16.
    plain fn napi_get_value_string_utf16(
        value: Value,
        buffer: Room<u16>,
        size: usize,
        result: Out<usize>,
    ) |_env, scope| {
        let string = string_of(value, scope)?;
        let copy = |room: &mut Room<u16>, space: usize| {
            let count = space.min(string.length());
            string.write_v2(scope, 0, room.zeroed(count), v8::WriteFlags::empty());
            count
        };
        copy_out((buffer, size), result, || string.length(), copy, 0)
    };
}
