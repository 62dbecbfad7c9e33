//! Errors: made, thrown, and those that wait to be thrown.

use crate::boundary::{AUTO_LENGTH, Out, Text, Value, check};
use crate::env::Env;
use crate::status::{ErrorInfo, Failure, Outcome, Status};

/// What makes an error of a class.
type Class = for<'s> fn(&v8::PinScope<'s, '_>, v8::Local<v8::String>) -> v8::Local<'s, v8::Value>;

fn error<'s>(
    scope: &v8::PinScope<'s, '_>,
    text: v8::Local<v8::String>,
) -> v8::Local<'s, v8::Value> {
    v8::Exception::error(scope, text)
}

fn type_error<'s>(
    scope: &v8::PinScope<'s, '_>,
    text: v8::Local<v8::String>,
) -> v8::Local<'s, v8::Value> {
    v8::Exception::type_error(scope, text)
}

fn range_error<'s>(
    scope: &v8::PinScope<'s, '_>,
    text: v8::Local<v8::String>,
) -> v8::Local<'s, v8::Value> {
    v8::Exception::range_error(scope, text)
}

fn syntax_error<'s>(
    scope: &v8::PinScope<'s, '_>,
    text: v8::Local<v8::String>,
) -> v8::Local<'s, v8::Value> {
    v8::Exception::syntax_error(scope, text)
}

fn set_code(
    scope: &v8::PinScope<'_, '_>,
    error: v8::Local<v8::Value>,
    code: v8::Local<v8::Value>,
) -> Outcome {
    let error = error
        .try_cast::<v8::Object>()
        .map_err(|_| Status::ObjectExpected)?;
    let key = v8::String::new(scope, "code").ok_or(Status::GenericFailure)?;
    let was_set = error.set(scope, key.into(), code);
    check(was_set == Some(true), Status::GenericFailure)
}

fn create(
    scope: &v8::PinScope<'_, '_>,
    code: Value,
    message: Value,
    result: Out<Value>,
    class: Class,
) -> Outcome {
    let message = message.required(scope)?;
    let result = result.required()?;
    let message = message
        .try_cast::<v8::String>()
        .map_err(|_| Status::StringExpected)?;
    let error = class(scope, message);
    if let Some(code) = code.get(scope) {
        check(code.is_string(), Status::StringExpected)?;
        set_code(scope, error, code)?;
    }
    result.put(error);
    Ok(())
}

/// Nothing here is on V8's stack: what the addon throws waits until its callback returns.
fn throw(
    env: &Env,
    scope: &v8::PinScope<'_, '_>,
    code: Text,
    message: Text,
    class: Class,
) -> Outcome {
    let message = message.name(scope, AUTO_LENGTH)?;
    let error = class(scope, message);
    if !code.is_none() {
        let code = code.name(scope, AUTO_LENGTH)?;
        set_code(scope, error, code.into())?;
    }
    env.keep_exception(scope, error);
    Ok(())
}

/// Throws a RangeError of ours, and gives `status` for the function that fails with it.
pub fn throw_range_error(
    env: &Env,
    scope: &v8::PinScope<'_, '_>,
    code: &str,
    message: &str,
    status: Status,
) -> Failure {
    throw_own(env, scope, range_error, code, message);
    status.into()
}

pub fn throw_type_error(
    env: &Env,
    scope: &v8::PinScope<'_, '_>,
    code: &str,
    message: &str,
    status: Status,
) -> Failure {
    throw_own(env, scope, type_error, code, message);
    status.into()
}

fn throw_own(env: &Env, scope: &v8::PinScope<'_, '_>, class: Class, code: &str, message: &str) {
    let text = |text| v8::String::new(scope, text).unwrap_or_else(|| v8::String::empty(scope));
    let error = class(scope, text(message));
    // A fresh error takes a property.
    let _ = set_code(scope, error, text(code).into());
    env.keep_exception(scope, error);
}

exports! {
    /// `new Error(message)` with a code.
    plain fn napi_create_error(
        code: Value,
        message: Value,
        result: Out<Value>,
    ) |_env, scope| create(scope, code, message, result, error);

    /// `new TypeError(message)` with a code.
    plain fn napi_create_type_error(
        code: Value,
        message: Value,
        result: Out<Value>,
    ) |_env, scope| create(scope, code, message, result, type_error);

    /// `new RangeError(message)` with a code.
    plain fn napi_create_range_error(
        code: Value,
        message: Value,
        result: Out<Value>,
    ) |_env, scope| create(scope, code, message, result, range_error);

    /// `new SyntaxError(message)` with a code.
    plain fn node_api_create_syntax_error(
        code: Value,
        message: Value,
        result: Out<Value>,
    ) |_env, scope| create(scope, code, message, result, syntax_error);

    /// Throws a value.
    guarded fn napi_throw(value: Value) |env, scope| {
        let value = value.required(scope)?;
        env.keep_exception(scope, value);
        Ok(())
    };

    /// Throws an Error.
    guarded fn napi_throw_error(
        code: Text,
        message: Text,
    ) |env, scope| throw(env, scope, code, message, error);

    /// Throws a TypeError.
    guarded fn napi_throw_type_error(
        code: Text,
        message: Text,
    ) |env, scope| throw(env, scope, code, message, type_error);

    /// Throws a RangeError.
    guarded fn napi_throw_range_error(
        code: Text,
        message: Text,
    ) |env, scope| throw(env, scope, code, message, range_error);

    /// Throws a SyntaxError.
    guarded fn node_api_throw_syntax_error(
        code: Text,
        message: Text,
    ) |env, scope| throw(env, scope, code, message, syntax_error);

    /// Is it an error of the language's own?
    plain fn napi_is_error(value: Value, result: Out<bool>) |_env, scope| {
        let value = value.required(scope)?;
        result.required()?.set(value.is_native_error());
        Ok(())
    };

    /// Does an exception wait?
    plain fn napi_is_exception_pending(result: Out<bool>) |env, _scope| {
        result.required()?.set(env.has_exception());
        Ok(())
    };

    /// The exception that waits, which it does no more; undefined when there is none.
    plain fn napi_get_and_clear_last_exception(result: Out<Value>) |env, scope| {
        let result = result.required()?;
        match env.take_exception() {
            Some(thrown) => result.put(v8::Local::new(scope, thrown)),
            None => result.put(v8::undefined(scope)),
        }
        Ok(())
    };

    /// `value instanceof constructor`
    guarded fn napi_instanceof(
        value: Value,
        constructor: Value,
        result: Out<bool>,
    ) |env, scope| {
        let value = value.required(scope)?;
        let result = result.required()?;
        result.set(false);
        let constructor = constructor.to_object(scope)?;
        if !constructor.is_function() {
            let text = "Constructor must be a function";
            let (code, status) = ("ERR_NAPI_CONS_FUNCTION", Status::FunctionExpected);
            return Err(throw_type_error(env, scope, code, text, status));
        }
        let verdict = value.instance_of(scope, constructor);
        result.set(verdict.ok_or(Status::GenericFailure)?);
        Ok(())
    };
}

/// What the last function left. It is the one that does not change it.
///
/// # Safety
/// As Node-API documents the arguments; on the environment's own thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn napi_get_last_error_info(
    env: crate::boundary::EnvPointer,
    result: Out<*const ErrorInfo>,
) -> Status {
    let Some(env) = env.get() else {
        return Status::InvalidArg;
    };
    match result.required() {
        Err(status) => env.set_last_error(status),
        Ok(result) => {
            result.set(env.explain_last_error());
            Status::Ok
        }
    }
}
