//! Native data that an object carries.

use std::ffi::c_void;

use crate::arena::{Finalizer, Id, Item};
use crate::boundary::{Finalize, Out, Value, check};
use crate::env::Env;
use crate::references::{Owner, Reference};
use crate::status::{Failure, Status};

/// The private property that holds the name of the reference to what is wrapped. All addons of an
/// isolate share it: an object is wrapped once.
fn wrap_key<'s>(env: &Env, scope: &v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Private> {
    v8::Local::new(scope, &env.wrap_key)
}

fn wrapped_id(
    env: &Env,
    scope: &v8::PinScope<'_, '_>,
    object: v8::Local<v8::Object>,
) -> Option<Id> {
    let key = wrap_key(env, scope);
    let value = object.get_private(scope, key)?;
    let external: v8::Local<v8::External> = value.try_cast().ok()?;
    Id::from_pointer(external.value())
}

/// The object, the name of its wrap and what is wrapped.
fn find<'s>(
    env: &Env,
    scope: &v8::PinScope<'s, '_>,
    object: Value,
) -> Result<(v8::Local<'s, v8::Object>, Id, *mut c_void), Failure> {
    let object = object.required(scope)?;
    let object: v8::Local<v8::Object> = object.try_cast().map_err(|_| Status::InvalidArg)?;
    let id = wrapped_id(env, scope, object).ok_or(Status::InvalidArg)?;
    let data = env.addons.with(|arena| match arena.get(id) {
        Some(Item::Reference(reference)) => Some(reference.data),
        _ => None,
    });
    Ok((object, id, data.ok_or(Status::InvalidArg)?))
}

exports! {
    /// Lets an object carry `native`.
    guarded fn napi_wrap(
        object: Value,
        native: *mut c_void,
        callback: Option<Finalize>,
        hint: *mut c_void,
        result: Out<*mut c_void>,
    ) |env, scope| {
        let object = object.required(scope)?;
        let object: v8::Local<v8::Object> = object.try_cast().map_err(|_| Status::InvalidArg)?;
        let key = wrap_key(env, scope);
        check(object.has_private(scope, key) == Some(false), Status::InvalidArg)?;
        let finalizer = callback.map(|callback| Finalizer { callback, data: native, hint });
        let value = object.into();
        let id = match (result.is_wanted(), finalizer) {
            // Who gets the reference deletes it when the finalizer runs, so there must be one.
            (true, None) => return Err(Status::InvalidArg.into()),
            (true, Some(finalizer)) => {
                Reference::with_finalizer(env, scope, value, Owner::Addon, finalizer)
            }
            (false, Some(finalizer)) => {
                Reference::with_finalizer(env, scope, value, Owner::Runtime, finalizer)
            }
            (false, None) => Reference::with_data(env, scope, value, native),
        };
        let name = v8::External::new(scope, id.as_pointer()).into();
        let was_set = object.set_private(scope, key, name);
        check(was_set == Some(true), Status::GenericFailure)?;
        result.set(id.as_pointer());
        Ok(())
    };

    /// What an object carries.
    guarded fn napi_unwrap(object: Value, result: Out<*mut c_void>) |env, scope| {
        check(!object.is_none(), Status::InvalidArg)?;
        let result = result.required()?;
        let (_, _, data) = find(env, scope, object)?;
        result.set(data);
        Ok(())
    };

    /// The same, and the object carries it no more; the finalizer does not run.
    guarded fn napi_remove_wrap(object: Value, result: Out<*mut c_void>) |env, scope| {
        let (object, id, data) = find(env, scope, object)?;
        result.set(data);
        let key = wrap_key(env, scope);
        object.delete_private(scope, key);
        let is_ours = env.addons.with(|arena| match arena.get_mut(id) {
            Some((_, Item::Reference(reference))) => {
                reference.finalizer = None;
                reference.owner == Owner::Runtime
            }
            _ => false,
        });
        if is_ours {
            env.addons.forget(id);
        }
        Ok(())
    };
}
