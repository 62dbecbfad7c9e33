//! Promises, dates and scripts.

use std::ffi::c_void;

use crate::arena::{Id, Item};
use crate::boundary::{Out, Value, check};
use crate::env::Env;
use crate::status::{Outcome, Status};

/// Settles a promise; its name is good once.
fn conclude(
    env: &Env,
    scope: &mut v8::PinScope<'_, '_>,
    deferred: *mut c_void,
    value: Value,
    is_resolved: bool,
) -> Outcome {
    let value = value.required(scope)?;
    let id = Id::from_pointer(deferred).ok_or(Status::InvalidArg)?;
    let is_deferred = env
        .addons
        .with(|arena| matches!(arena.get(id), Some(Item::Deferred(_))));
    check(is_deferred, Status::InvalidArg)?;
    let Some((_, Item::Deferred(resolver))) = env.addons.with(|arena| arena.remove(id)) else {
        return Err(Status::InvalidArg.into());
    };
    let resolver = v8::Local::new(scope, resolver);
    let done = match is_resolved {
        true => resolver.resolve(scope, value),
        false => resolver.reject(scope, value),
    };
    check(done == Some(true), Status::GenericFailure)
}

exports! {
    /// A promise and the name by which it is settled.
    guarded fn napi_create_promise(
        deferred: Out<*mut c_void>,
        promise: Out<Value>,
    ) |env, scope| {
        let (deferred, promise) = (deferred.required()?, promise.required()?);
        let resolver = v8::PromiseResolver::new(scope).ok_or(Status::GenericFailure)?;
        let kept = v8::Global::new(scope, resolver);
        let id = env.addons.insert(env, Item::Deferred(kept));
        deferred.set(id.as_pointer());
        promise.put(resolver.get_promise(scope));
        Ok(())
    };

    /// Resolves it.
    guarded fn napi_resolve_deferred(
        deferred: *mut c_void,
        value: Value,
    ) |env, scope| conclude(env, scope, deferred, value, true);

    /// Rejects it.
    guarded fn napi_reject_deferred(
        deferred: *mut c_void,
        value: Value,
    ) |env, scope| conclude(env, scope, deferred, value, false);

    /// Is it a promise of the language's own?
    plain fn napi_is_promise(value: Value, result: Out<bool>) |_env, scope| {
        let value = value.required(scope)?;
        result.required()?.set(value.is_promise());
        Ok(())
    };

    /// `new Date(time)`
    guarded fn napi_create_date(time: f64, result: Out<Value>) |_env, scope| {
        let result = result.required()?;
        result.put(v8::Date::new(scope, time).ok_or(Status::GenericFailure)?);
        Ok(())
    };

    /// Is it a date?
    plain fn napi_is_date(value: Value, result: Out<bool>) |_env, scope| {
        let value = value.required(scope)?;
        result.required()?.set(value.is_date());
        Ok(())
    };

    /// Milliseconds since 1970.
    guarded fn napi_get_date_value(value: Value, result: Out<f64>) |_env, scope| {
        let value = value.required(scope)?;
        let result = result.required()?;
        let date = value.try_cast::<v8::Date>().map_err(|_| Status::DateExpected)?;
        result.set(date.value_of());
        Ok(())
    };

    /// Runs a text as a script.
    guarded fn napi_run_script(script: Value, result: Out<Value>) |_env, scope| {
        let script = script.required(scope)?;
        let result = result.required()?;
        let source = script.try_cast::<v8::String>().map_err(|_| Status::StringExpected)?;
        let script = v8::Script::compile(scope, source, None).ok_or(Status::GenericFailure)?;
        result.put(script.run(scope).ok_or(Status::GenericFailure)?);
        Ok(())
    };

    /// Tells V8 of native memory that values hold; how much that is now.
    basic fn napi_adjust_external_memory(change_bytes: i64, result: Out<i64>) |env| {
        let result = result.required()?;
        result.set(env.adjust_external_memory(change_bytes));
        Ok(())
    };
}
