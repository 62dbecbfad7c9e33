//! Strings whose characters stay the addon's memory until V8 lets go of them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::{c_char, c_void};
use std::rc::Weak;

use crate::arena::{Finalizer, Item};
use crate::boundary::{EnvPointer, Finalize, Out, Text, Value, WideText, check};
use crate::env::Env;
use crate::status::{Outcome, Status};

/// What to do when V8 lets go of one string.
struct Owed {
    env: Weak<Env>,
    finalizer: Finalizer,
}

thread_local! {
    /// By the address of the characters, which may be those of several strings.
    static OWED: RefCell<HashMap<usize, Vec<Owed>>> = RefCell::default();
}

fn owe(env: &Env, data: *mut c_void, callback: Option<Finalize>, hint: *mut c_void) {
    let Some(callback) = callback else {
        return;
    };
    let owed = Owed {
        env: std::rc::Rc::downgrade(&env.shared()),
        finalizer: Finalizer {
            callback,
            data,
            hint,
        },
    };
    OWED.with_borrow_mut(|all| all.entry(data.addr()).or_default().push(owed));
}

fn forget(data: *mut c_void) -> Option<Owed> {
    OWED.with_borrow_mut(|all| {
        let at_address = all.get_mut(&data.addr())?;
        let owed = at_address.pop();
        if at_address.is_empty() {
            all.remove(&data.addr());
        }
        owed
    })
}

/// V8 lets go of characters: while it collects, or when the isolate ends.
fn released(data: *mut c_void) {
    let Some(Owed { env, finalizer }) = forget(data) else {
        return;
    };
    match env.upgrade().filter(|env| !env.is_ending.get()) {
        Some(env) => {
            let (data, finalizer) = (finalizer.data, Some(finalizer));
            let id = env.addons.insert(&env, Item::Finalizer { data, finalizer });
            env.enqueue_finalizer(id);
        }
        // As in Node, the environment is gone and its finalizer gets none.
        None => finalizer.call(EnvPointer::NONE),
    }
}

unsafe extern "C" fn released_latin1(data: *mut c_char, _: usize) {
    released(data.cast());
}

unsafe extern "C" fn released_utf16(data: *mut u16, _: usize) {
    released(data.cast());
}

/// Gives the string, or takes back what was owed for it.
fn finish(
    made: Option<v8::Local<v8::String>>,
    data: *mut c_void,
    result: Out<Value>,
    copied: Out<bool>,
) -> Outcome {
    match made {
        Some(made) => {
            result.put(made);
            copied.set(false);
            Ok(())
        }
        None => {
            forget(data);
            Err(Status::GenericFailure.into())
        }
    }
}

exports! {
    /// A string of Latin-1 in the addon's memory.
    plain fn node_api_create_external_string_latin1(
        text: Text,
        length: usize,
        callback: Option<Finalize>,
        hint: *mut c_void,
        result: Out<Value>,
        copied: Out<bool>,
    ) |env, scope| {
        let bytes = text.bytes(length)?;
        let result = result.required()?;
        check(bytes.len() <= v8::String::MAX_LENGTH, Status::GenericFailure)?;
        let data: *mut c_char = bytes.as_ptr().cast_mut().cast();
        owe(env, data.cast(), callback, hint);
        // SAFETY: the addon leaves the characters as they are until its finalizer is called.
        let made = unsafe {
            v8::String::new_external_onebyte_raw(scope, data, bytes.len(), released_latin1)
        };
        finish(made, data.cast(), result, copied)
    };

    /// A string of UTF-16 in the addon's memory.
    plain fn node_api_create_external_string_utf16(
        text: WideText,
        length: usize,
        callback: Option<Finalize>,
        hint: *mut c_void,
        result: Out<Value>,
        copied: Out<bool>,
    ) |env, scope| {
        let units = text.units(length)?;
        let result = result.required()?;
        check(units.len() <= v8::String::MAX_LENGTH, Status::GenericFailure)?;
        let data = units.as_ptr().cast_mut();
        owe(env, data.cast(), callback, hint);
        // SAFETY: the addon leaves the characters as they are until its finalizer is called.
        let made = unsafe {
            v8::String::new_external_twobyte_raw(scope, data, units.len(), released_utf16)
        };
        finish(made, data.cast(), result, copied)
    };
}
