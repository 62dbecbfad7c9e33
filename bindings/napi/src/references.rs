//! References to values: strong while they are counted, weak when the count is zero.

use std::ffi::c_void;

use crate::addons::Addons;
use crate::arena::{Finalizer, Id, Item};
use crate::boundary::{Out, Value, check};
use crate::env::Env;
use crate::status::{Failure, Status};

/// Since this version references may be to any value.
const ANY_VALUE_VERSION: i32 = 10;

/// Who deletes a reference.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    /// It goes with its value.
    Runtime,
    Addon,
}

pub enum Hold {
    Strong(v8::Global<v8::Value>),
    Weak(v8::Weak<v8::Value>),
    Empty,
}

pub struct Reference {
    hold: Hold,
    count: u32,
    pub owner: Owner,
    may_be_weak: bool,
    /// What is wrapped.
    pub data: *mut c_void,
    pub finalizer: Option<Finalizer>,
}

impl Reference {
    fn insert(
        env: &Env,
        scope: &mut v8::PinScope<'_, '_>,
        value: v8::Local<v8::Value>,
        count: u32,
        reference: Reference,
    ) -> Id {
        let weakness = reference.weakness();
        let id = env.addons.insert(env, Item::Reference(reference));
        let hold = match count {
            0 => Hold::weak(scope, value, id, weakness),
            _ => Hold::Strong(v8::Global::new(scope, value)),
        };
        env.addons.with(|arena| {
            if let Some((_, Item::Reference(reference))) = arena.get_mut(id) {
                reference.hold = hold;
            }
        });
        id
    }

    fn new(value: v8::Local<v8::Value>, count: u32, owner: Owner) -> Reference {
        Reference {
            hold: Hold::Empty,
            count,
            owner,
            // V8 cannot tell symbols of the registry, which are never collected, from others.
            may_be_weak: value.is_object() || value.is_symbol(),
            data: std::ptr::null_mut(),
            finalizer: None,
        }
    }

    pub fn with_finalizer(
        env: &Env,
        scope: &mut v8::PinScope<'_, '_>,
        value: v8::Local<v8::Value>,
        owner: Owner,
        finalizer: Finalizer,
    ) -> Id {
        let reference = Reference {
            data: finalizer.data,
            finalizer: Some(finalizer),
            ..Reference::new(value, 0, owner)
        };
        Reference::insert(env, scope, value, 0, reference)
    }

    /// A weak reference of ours that carries `data`.
    pub fn with_data(
        env: &Env,
        scope: &mut v8::PinScope<'_, '_>,
        value: v8::Local<v8::Value>,
        data: *mut c_void,
    ) -> Id {
        let reference = Reference {
            data,
            ..Reference::new(value, 0, Owner::Runtime)
        };
        Reference::insert(env, scope, value, 0, reference)
    }

    /// Lets go of the value; the caller drops the hold when the arena is no longer borrowed.
    pub fn empty(&mut self) -> Hold {
        std::mem::replace(&mut self.hold, Hold::Empty)
    }

    /// None: the value cannot be held weakly. Else whether somebody wants to know when it is gone.
    fn weakness(&self) -> Option<bool> {
        let is_awaited = self.owner == Owner::Runtime || self.finalizer.is_some();
        self.may_be_weak.then_some(is_awaited)
    }

    fn is_empty(&self) -> bool {
        match &self.hold {
            Hold::Strong(_) => false,
            Hold::Weak(weak) => weak.is_empty(),
            Hold::Empty => true,
        }
    }
}

impl Hold {
    /// A hold that lets the value go; what cannot be held weakly is let go of at once, as in Node.
    fn weak(
        scope: &mut v8::PinScope<'_, '_>,
        value: v8::Local<v8::Value>,
        id: Id,
        weakness: Option<bool>,
    ) -> Hold {
        match weakness {
            None => Hold::Empty,
            Some(false) => Hold::Weak(v8::Weak::new(scope, value)),
            Some(true) => {
                let told = Box::new(move |_: &mut v8::Isolate| collected(id));
                Hold::Weak(v8::Weak::with_finalizer(scope, value, told))
            }
        }
    }
}

/// V8 has collected the value of a reference.
fn collected(id: Id) {
    let addons = Addons::current();
    let found = addons.with(|arena| match arena.get_mut(id) {
        Some((env, Item::Reference(reference))) => {
            let hold = reference.empty();
            Some((
                env.clone(),
                reference.finalizer.is_some(),
                reference.owner,
                hold,
            ))
        }
        _ => None,
    });
    let Some((env, has_finalizer, owner, hold)) = found else {
        return;
    };
    drop(hold);
    match (has_finalizer, owner) {
        (true, _) => env.finalize_collected(id),
        (false, Owner::Runtime) => {
            addons.forget(id);
        }
        (false, Owner::Addon) => {}
    }
}

/// Runs `act` on the reference that has this name.
fn with_reference<R>(
    env: &Env,
    pointer: *mut c_void,
    act: impl FnOnce(&mut Reference) -> R,
) -> Result<(Id, R), Failure> {
    let id = Id::from_pointer(pointer).ok_or(Status::InvalidArg)?;
    let result = env.addons.with(|arena| match arena.get_mut(id) {
        Some((_, Item::Reference(reference))) => Some(act(reference)),
        _ => None,
    });
    let result = result.ok_or(Status::InvalidArg)?;
    Ok((id, result))
}

/// Puts another hold in the place of a reference's; the old one is dropped.
fn put_hold(env: &Env, id: Id, hold: Hold) {
    let old = env.addons.with(|arena| match arena.get_mut(id) {
        Some((_, Item::Reference(reference))) => Some(std::mem::replace(&mut reference.hold, hold)),
        _ => None,
    });
    drop(old);
}

fn value_of<'s>(hold: &Hold, scope: &v8::PinScope<'s, '_>) -> Option<v8::Local<'s, v8::Value>> {
    match hold {
        Hold::Strong(global) => Some(v8::Local::new(scope, global)),
        Hold::Weak(weak) => weak.to_local(scope),
        Hold::Empty => None,
    }
}

exports! {
    /// A reference to a value; strong when `count` is not zero.
    plain fn napi_create_reference(
        value: Value,
        count: u32,
        result: Out<*mut c_void>,
    ) |env, scope| {
        let value = value.required(scope)?;
        let result = result.required()?;
        if env.version < ANY_VALUE_VERSION {
            let may_be_weak = value.is_object() || value.is_symbol();
            check(may_be_weak, Status::InvalidArg)?;
        }
        let reference = Reference::new(value, count, Owner::Addon);
        let id = Reference::insert(env, scope, value, count, reference);
        result.set(id.as_pointer());
        Ok(())
    };

    /// Forgets a reference, and with it its finalizer.
    basic fn napi_delete_reference(reference: *mut c_void) |env| {
        let (id, ()) = with_reference(env, reference, |_| ())?;
        env.addons.forget(id);
        Ok(())
    };

    /// Counts one more; of a value that is gone the count stays zero.
    plain fn napi_reference_ref(reference: *mut c_void, result: Out<u32>) |env, scope| {
        let (id, (count, value)) = with_reference(env, reference, |reference| {
            if reference.is_empty() {
                return (0, None);
            }
            reference.count = reference.count.saturating_add(1);
            let becomes_strong = reference.count == 1 && reference.may_be_weak;
            let value = value_of(&reference.hold, scope).filter(|_| becomes_strong);
            (reference.count, value)
        })?;
        if let Some(value) = value {
            put_hold(env, id, Hold::Strong(v8::Global::new(scope, value)));
        }
        result.set(count);
        Ok(())
    };

    /// Counts one less; at zero the reference becomes weak.
    plain fn napi_reference_unref(reference: *mut c_void, result: Out<u32>) |env, scope| {
        let (id, (count, value, weakness)) = with_reference(env, reference, |reference| {
            if reference.count == 0 {
                return (None, None, None);
            }
            if reference.is_empty() {
                return (Some(0), None, None);
            }
            reference.count -= 1;
            let becomes_weak = reference.count == 0;
            let value = value_of(&reference.hold, scope).filter(|_| becomes_weak);
            (Some(reference.count), value, reference.weakness())
        })?;
        let count = count.ok_or(Status::GenericFailure)?;
        if let Some(value) = value {
            let hold = Hold::weak(scope, value, id, weakness);
            put_hold(env, id, hold);
        }
        result.set(count);
        Ok(())
    };

    /// The value, or null when it is gone.
    plain fn napi_get_reference_value(
        reference: *mut c_void,
        result: Out<Value>,
    ) |env, scope| {
        check(!reference.is_null(), Status::InvalidArg)?;
        let result = result.required()?;
        let (_, value) = with_reference(env, reference, |reference| {
            value_of(&reference.hold, scope)
        })?;
        result.set(value.map_or(Value::NONE, Value::new));
        Ok(())
    };
}
