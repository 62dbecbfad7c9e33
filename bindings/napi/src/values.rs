//! Primitive values: made, read, compared, converted.

use std::ffi::c_int;

use crate::boundary::{Many, Out, Room, Text, Value, check};
use crate::status::Status;

/// `NODE_API_SUPPORTED_VERSION_MAX`
pub const VERSION_MAX: u32 = 10;

/// `napi_valuetype`
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ValueType {
    Undefined,
    Null,
    Boolean,
    Number,
    String,
    Symbol,
    Object,
    Function,
    External,
    Bigint,
}

fn type_of(value: v8::Local<v8::Value>) -> Option<ValueType> {
    let types = [
        (value.is_number(), ValueType::Number),
        (value.is_big_int(), ValueType::Bigint),
        (value.is_string(), ValueType::String),
        // Functions and externals are objects, too.
        (value.is_function(), ValueType::Function),
        (value.is_external(), ValueType::External),
        (value.is_object(), ValueType::Object),
        (value.is_boolean(), ValueType::Boolean),
        (value.is_undefined(), ValueType::Undefined),
        (value.is_symbol(), ValueType::Symbol),
        (value.is_null(), ValueType::Null),
    ];
    types.iter().find(|(is, _)| *is).map(|(_, name)| *name)
}

exports! {
    /// `undefined`
    plain fn napi_get_undefined(result: Out<Value>) |_env, scope| {
        result.required()?.put(v8::undefined(scope));
        Ok(())
    };

    /// `null`
    plain fn napi_get_null(result: Out<Value>) |_env, scope| {
        result.required()?.put(v8::null(scope));
        Ok(())
    };

    /// `globalThis`
    plain fn napi_get_global(result: Out<Value>) |_env, scope| {
        let result = result.required()?;
        let context = scope.get_current_context();
        result.put(context.global(scope));
        Ok(())
    };

    /// `true` or `false`
    plain fn napi_get_boolean(value: bool, result: Out<Value>) |_env, scope| {
        result.required()?.put(v8::Boolean::new(scope, value));
        Ok(())
    };

    /// A number.
    plain fn napi_create_double(value: f64, result: Out<Value>) |_env, scope| {
        result.required()?.put(v8::Number::new(scope, value));
        Ok(())
    };

    /// A number.
    plain fn napi_create_int32(value: i32, result: Out<Value>) |_env, scope| {
        result.required()?.put(v8::Integer::new(scope, value));
        Ok(())
    };

    /// A number.
    plain fn napi_create_uint32(value: u32, result: Out<Value>) |_env, scope| {
        result.required()?.put(v8::Integer::new_from_unsigned(scope, value));
        Ok(())
    };

    /// The number that is nearest.
    plain fn napi_create_int64(value: i64, result: Out<Value>) |_env, scope| {
        result.required()?.put(v8::Number::new(scope, value as f64));
        Ok(())
    };

    /// A BigInt.
    plain fn napi_create_bigint_int64(value: i64, result: Out<Value>) |_env, scope| {
        result.required()?.put(v8::BigInt::new_from_i64(scope, value));
        Ok(())
    };

    /// A BigInt.
    plain fn napi_create_bigint_uint64(value: u64, result: Out<Value>) |_env, scope| {
        result.required()?.put(v8::BigInt::new_from_u64(scope, value));
        Ok(())
    };

    /// A BigInt of words, the lowest first.
    guarded fn napi_create_bigint_words(
        sign: c_int,
        count: usize,
        words: Many<u64>,
        result: Out<Value>,
    ) |_env, scope| {
        check(!words.is_none(), Status::InvalidArg)?;
        let result = result.required()?;
        check(count <= c_int::MAX as usize, Status::InvalidArg)?;
        let made = v8::BigInt::new_from_words(scope, sign != 0, words.slice(count)?);
        result.put(made.ok_or(Status::GenericFailure.or_exception())?);
        Ok(())
    };

    /// A symbol; `description` may be null.
    plain fn napi_create_symbol(description: Value, result: Out<Value>) |_env, scope| {
        let result = result.required()?;
        let description = match description.get(scope) {
            None => None,
            Some(text) => {
                let text = text.try_cast::<v8::String>();
                Some(text.map_err(|_| Status::StringExpected)?)
            }
        };
        result.put(v8::Symbol::new(scope, description));
        Ok(())
    };

    /// `Symbol.for(description)`
    plain fn node_api_symbol_for(
        description: Text,
        length: usize,
        result: Out<Value>,
    ) |_env, scope| {
        let result = result.required()?;
        let bytes = description.bytes(length)?;
        let text = v8::String::new_from_utf8(scope, bytes, v8::NewStringType::Normal);
        let text = text.ok_or(Status::GenericFailure)?;
        result.put(v8::Symbol::for_key(scope, text));
        Ok(())
    };

    /// What `typeof` says, and whether it is null or an external.
    plain fn napi_typeof(value: Value, result: Out<ValueType>) |_env, scope| {
        let value = value.required(scope)?;
        let result = result.required()?;
        result.set(type_of(value).ok_or(Status::InvalidArg)?);
        Ok(())
    };

    /// The number.
    plain fn napi_get_value_double(value: Value, result: Out<f64>) |_env, scope| {
        let value = value.required(scope)?;
        let result = result.required()?;
        let number = value.try_cast::<v8::Number>().map_err(|_| Status::NumberExpected)?;
        result.set(number.value());
        Ok(())
    };

    /// The number, as `| 0` makes it.
    plain fn napi_get_value_int32(value: Value, result: Out<i32>) |_env, scope| {
        let value = value.required(scope)?;
        let result = result.required()?;
        check(value.is_number(), Status::NumberExpected)?;
        result.set(value.int32_value(scope).ok_or(Status::NumberExpected)?);
        Ok(())
    };

    /// The number, as `>>> 0` makes it.
    plain fn napi_get_value_uint32(value: Value, result: Out<u32>) |_env, scope| {
        let value = value.required(scope)?;
        let result = result.required()?;
        check(value.is_number(), Status::NumberExpected)?;
        result.set(value.uint32_value(scope).ok_or(Status::NumberExpected)?);
        Ok(())
    };

    /// The number without its fraction, at the limits where it is beyond; 0 when it is not finite.
    plain fn napi_get_value_int64(value: Value, result: Out<i64>) |_env, scope| {
        let value = value.required(scope)?;
        let result = result.required()?;
        let number = value.try_cast::<v8::Number>().map_err(|_| Status::NumberExpected)?;
        let number = number.value();
        result.set(if number.is_finite() { number as i64 } else { 0 });
        Ok(())
    };

    /// The lowest 64 bits, and whether that was all.
    plain fn napi_get_value_bigint_int64(
        value: Value,
        result: Out<i64>,
        lossless: Out<bool>,
    ) |_env, scope| {
        let value = value.required(scope)?;
        let (result, lossless) = (result.required()?, lossless.required()?);
        let number = value.try_cast::<v8::BigInt>().map_err(|_| Status::BigintExpected)?;
        let (number, is_all) = number.i64_value();
        result.set(number);
        lossless.set(is_all);
        Ok(())
    };

    /// The lowest 64 bits, and whether that was all.
    plain fn napi_get_value_bigint_uint64(
        value: Value,
        result: Out<u64>,
        lossless: Out<bool>,
    ) |_env, scope| {
        let value = value.required(scope)?;
        let (result, lossless) = (result.required()?, lossless.required()?);
        let number = value.try_cast::<v8::BigInt>().map_err(|_| Status::BigintExpected)?;
        let (number, is_all) = number.u64_value();
        result.set(number);
        lossless.set(is_all);
        Ok(())
    };

    /// The words, the lowest first, as many as fit; how many there are.
    plain fn napi_get_value_bigint_words(
        value: Value,
        sign: Out<c_int>,
        count: Out<usize>,
        words: Room<u64>,
    ) |_env, scope| {
        let value = value.required(scope)?;
        let room = count.held().ok_or(Status::InvalidArg)?;
        let number = value.try_cast::<v8::BigInt>().map_err(|_| Status::BigintExpected)?;
        if sign.is_wanted() || !words.is_none() {
            let sign = sign.required()?;
            check(!words.is_none(), Status::InvalidArg)?;
            let mut words = words;
            let words = words.zeroed(room.min(number.word_count()));
            let (is_negative, _) = number.to_words_array(words);
            sign.set(is_negative.into());
        }
        count.set(number.word_count());
        Ok(())
    };

    /// The boolean.
    plain fn napi_get_value_bool(value: Value, result: Out<bool>) |_env, scope| {
        let value = value.required(scope)?;
        let result = result.required()?;
        check(value.is_boolean(), Status::BooleanExpected)?;
        result.set(value.is_true());
        Ok(())
    };

    /// `Boolean(value)`
    guarded fn napi_coerce_to_bool(value: Value, result: Out<Value>) |_env, scope| {
        let value = value.required(scope)?;
        result.required()?.put(value.to_boolean(scope));
        Ok(())
    };

    /// `Number(value)`
    guarded fn napi_coerce_to_number(value: Value, result: Out<Value>) |_env, scope| {
        let value = value.required(scope)?;
        let result = result.required()?;
        result.put(value.to_number(scope).ok_or(Status::NumberExpected)?);
        Ok(())
    };

    /// `Object(value)`
    guarded fn napi_coerce_to_object(value: Value, result: Out<Value>) |_env, scope| {
        let value = value.required(scope)?;
        let result = result.required()?;
        result.put(value.to_object(scope).ok_or(Status::ObjectExpected)?);
        Ok(())
    };

    /// `String(value)`
    guarded fn napi_coerce_to_string(value: Value, result: Out<Value>) |_env, scope| {
        let value = value.required(scope)?;
        let result = result.required()?;
        result.put(value.to_string(scope).ok_or(Status::StringExpected)?);
        Ok(())
    };

    /// `left === right`
    guarded fn napi_strict_equals(left: Value, right: Value, result: Out<bool>) |_env, scope| {
        let (left, right) = (left.required(scope)?, right.required(scope)?);
        result.required()?.set(left.strict_equals(right));
        Ok(())
    };

    /// The highest version of Node-API.
    basic fn napi_get_version(result: Out<u32>) |_env| {
        result.required()?.set(VERSION_MAX);
        Ok(())
    };
}
