//! Values that carry an address of the addon's, and tags that say what an object or such a value
//! is.

use std::ffi::c_void;

use crate::addons::Addons;
use crate::arena::{Finalizer, Id, Item};
use crate::boundary::{Finalize, Many, Out, Value, check};
use crate::env::Env;
use crate::references::{Owner, Reference};
use crate::status::{Failure, Status};

/// `napi_type_tag`.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TypeTag {
    lower: u64,
    upper: u64,
}

/// What a value of V8's type External stands for: its own address is a name in the arena.
pub struct External {
    data: *mut c_void,
    tag: Option<TypeTag>,
    /// Tells when the value is gone.
    _weak: Option<v8::Weak<v8::External>>,
}

impl External {
    fn create<'s>(
        env: &Env,
        scope: &mut v8::PinScope<'s, '_>,
        data: *mut c_void,
    ) -> v8::Local<'s, v8::External> {
        let external = External {
            data,
            tag: None,
            _weak: None,
        };
        let id = env.addons.insert(env, Item::External(external));
        let value = v8::External::new(scope, id.as_pointer());
        let told = Box::new(move |_: &mut v8::Isolate| {
            Addons::current().forget(id);
        });
        let weak = v8::Weak::with_finalizer(scope, value, told);
        env.addons.with(|arena| {
            if let Some((_, Item::External(external))) = arena.get_mut(id) {
                external._weak = Some(weak);
            }
        });
        value
    }
}

/// Runs `act` on what an external value stands for. Err: another's external.
fn with_external<R>(
    env: &Env,
    value: v8::Local<v8::External>,
    act: impl FnOnce(&mut External) -> R,
) -> Result<R, Status> {
    let id = Id::from_pointer(value.value()).ok_or(Status::InvalidArg)?;
    env.addons.with(|arena| match arena.get_mut(id) {
        Some((_, Item::External(external))) => Ok(act(external)),
        _ => Err(Status::InvalidArg),
    })
}

/// The private property that holds an object's tag.
fn tag_key<'s>(env: &Env, scope: &v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Private> {
    v8::Local::new(scope, &env.tag_key)
}

fn tag_object(
    env: &Env,
    scope: &v8::PinScope<'_, '_>,
    object: v8::Local<v8::Object>,
    tag: TypeTag,
) -> Result<(), Failure> {
    let failed = Status::GenericFailure.or_exception();
    let key = tag_key(env, scope);
    let is_tagged = object.has_private(scope, key).ok_or(failed)?;
    if is_tagged {
        return Err(Status::InvalidArg.or_exception());
    }
    let words = [tag.lower, tag.upper];
    let number = v8::BigInt::new_from_words(scope, false, &words).ok_or(failed)?;
    match object.set_private(scope, key, number.into()) {
        Some(true) => Ok(()),
        _ => Err(failed),
    }
}

fn tag_of(
    env: &Env,
    scope: &v8::PinScope<'_, '_>,
    object: v8::Local<v8::Object>,
) -> Option<TypeTag> {
    let key = tag_key(env, scope);
    let number = object.get_private(scope, key)?;
    let number: v8::Local<v8::BigInt> = number.try_cast().ok()?;
    let mut words = [0; 2];
    let (is_negative, _) = number.to_words_array(&mut words);
    let [lower, upper] = words;
    (!is_negative && number.word_count() <= 2).then_some(TypeTag { lower, upper })
}

exports! {
    /// A value that carries `data`.
    guarded fn napi_create_external(
        data: *mut c_void,
        callback: Option<Finalize>,
        hint: *mut c_void,
        result: Out<Value>,
    ) |env, scope| {
        let result = result.required()?;
        let external = External::create(env, scope, data);
        if let Some(callback) = callback {
            let finalizer = Finalizer { callback, data, hint };
            let value = external.into();
            Reference::with_finalizer(env, scope, value, Owner::Runtime, finalizer);
        }
        result.put(external);
        Ok(())
    };

    /// What it carries.
    plain fn napi_get_value_external(value: Value, result: Out<*mut c_void>) |env, scope| {
        let value = value.required(scope)?;
        let result = result.required()?;
        let external = value.try_cast().map_err(|_| Status::InvalidArg)?;
        result.set(with_external(env, external, |external| external.data)?);
        Ok(())
    };

    /// Marks an object or an external, once.
    guarded fn napi_type_tag_object(value: Value, tag: Many<TypeTag>) |env, scope| {
        let value = value.required(scope)?;
        if let Ok(external) = value.try_cast::<v8::External>() {
            let tag = tag.slice(1)?[0];
            let is_new = with_external(env, external, |external| {
                let is_new = external.tag.is_none();
                external.tag.get_or_insert(tag);
                is_new
            })?;
            return check(is_new, Status::InvalidArg);
        }
        let object = value.to_object(scope).ok_or(Status::ObjectExpected.or_exception())?;
        let tag = tag.slice(1).map_err(Status::or_exception)?[0];
        tag_object(env, scope, object, tag)
    };

    /// Is it marked so?
    guarded fn napi_check_object_type_tag(
        value: Value,
        tag: Many<TypeTag>,
        result: Out<bool>,
    ) |env, scope| {
        let value = value.required(scope)?;
        if let Ok(external) = value.try_cast::<v8::External>() {
            let tag = tag.slice(1)?[0];
            result.set(with_external(env, external, |external| external.tag == Some(tag))?);
            return Ok(());
        }
        let object = value.to_object(scope).ok_or(Status::ObjectExpected.or_exception())?;
        let tag = tag.slice(1).map_err(Status::or_exception)?[0];
        let result = result.required().map_err(Status::or_exception)?;
        result.set(tag_of(env, scope, object) == Some(tag));
        Ok(())
    };
}
