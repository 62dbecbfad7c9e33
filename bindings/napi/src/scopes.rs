//! Handle scopes that an addon opens and closes by calls, in the order of a stack.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::pin::Pin;

use crate::boundary::{Out, Value, check};
use crate::env::Env;
use crate::status::Status;

/// Of any handle: what V8's collector finds in its slot.
type Word = usize;

/// An open scope. V8 knows its address.
struct Open {
    number: usize,
    /// Dropping it closes it.
    _scope: Pin<Box<v8::ScopeStorage<v8::HandleScope<'static, ()>>>>,
    escape: Escape,
}

/// Whether one value may leave the scope.
#[derive(Clone, Copy)]
enum Escape {
    Closed,
    /// The slot in the scope around it that waits for the value.
    Waiting(*mut Word),
    Used,
}

#[derive(Default)]
pub struct Scopes {
    open: RefCell<Vec<Open>>,
    opened_count: Cell<usize>,
}

impl Scopes {
    pub fn count(&self) -> usize {
        self.open.borrow().len()
    }

    /// Closes what was opened since `count` were open, the newest first.
    pub fn close_above(&self, count: usize) {
        let mut open = self.open.borrow_mut();
        while open.len() > count {
            open.pop();
        }
    }

    fn push(&self, env: &Env, escape: Escape) -> *mut c_void {
        let mut isolate = env.raw_isolate();
        // SAFETY: the isolate lives as long as its environments, and this is its thread.
        let isolate = unsafe { v8::Isolate::ref_from_raw_isolate_ptr_mut(&mut isolate) };
        let scope: v8::ScopeStorage<v8::HandleScope<'_, ()>> = v8::HandleScope::new(isolate);
        // SAFETY: only the lifetime changes: the isolate outlives its environments, and they
        // close their scopes when a call of the addon's ends.
        let scope: v8::ScopeStorage<v8::HandleScope<'static, ()>> =
            unsafe { std::mem::transmute(scope) };
        let mut scope = Box::pin(scope);
        scope.as_mut().init();
        let number = self.opened_count.get() + 1;
        self.opened_count.set(number);
        self.open.borrow_mut().push(Open {
            number,
            _scope: scope,
            escape,
        });
        std::ptr::without_provenance_mut(number)
    }

    fn escape(&self, scope: *mut c_void, escapee: v8::Local<v8::Value>) -> Result<Value, Status> {
        let mut open = self.open.borrow_mut();
        let found = open.iter_mut().find(|open| open.number == scope.addr());
        let found = found.ok_or(Status::InvalidArg)?;
        let slot = match found.escape {
            Escape::Waiting(slot) => slot,
            Escape::Used => return Err(Status::EscapeCalledTwice),
            Escape::Closed => return Err(Status::InvalidArg),
        };
        found.escape = Escape::Used;
        let from: *const Word = std::ptr::from_ref::<v8::Value>(&escapee).cast();
        // SAFETY: a handle is the address of a slot of one word.
        let word = unsafe { from.read() };
        // SAFETY: the slot is in the scope around this one, which is open as long as this one.
        unsafe { slot.write(word) };
        Ok(Value::of_slot(slot.cast()))
    }

    /// V8's scopes are a stack, so only the newest can be closed.
    fn pop(&self, scope: *mut c_void) -> Result<(), Status> {
        let mut open = self.open.borrow_mut();
        match open.last() {
            Some(newest) if newest.number == scope.addr() => {
                open.pop();
                Ok(())
            }
            _ => Err(Status::HandleScopeMismatch),
        }
    }
}

/// A slot in the innermost handle scope.
fn fresh_slot(scope: &v8::PinScope<'_, '_>) -> *mut Word {
    let undefined = v8::undefined(scope);
    let fresh = v8::Local::new(scope, undefined);
    Value::new(fresh).slot().cast()
}

exports! {
    /// Opens a handle scope.
    plain fn napi_open_handle_scope(result: Out<*mut c_void>) |env, _scope| {
        let result = result.required()?;
        result.set(env.scopes.push(env, Escape::Closed));
        Ok(())
    };

    /// Closes it.
    plain fn napi_close_handle_scope(handle_scope: *mut c_void) |env, _scope| {
        check(!handle_scope.is_null(), Status::InvalidArg)?;
        Ok(env.scopes.pop(handle_scope)?)
    };

    /// Opens a handle scope that one value may leave.
    plain fn napi_open_escapable_handle_scope(result: Out<*mut c_void>) |env, scope| {
        let result = result.required()?;
        let slot = fresh_slot(scope);
        result.set(env.scopes.push(env, Escape::Waiting(slot)));
        Ok(())
    };

    /// Closes it.
    plain fn napi_close_escapable_handle_scope(handle_scope: *mut c_void) |env, _scope| {
        check(!handle_scope.is_null(), Status::InvalidArg)?;
        Ok(env.scopes.pop(handle_scope)?)
    };

    /// Lets a value live in the scope around this one, once.
    plain fn napi_escape_handle(
        handle_scope: *mut c_void,
        escapee: Value,
        result: Out<Value>,
    ) |env, scope| {
        check(!handle_scope.is_null(), Status::InvalidArg)?;
        let escapee = escapee.required(scope)?;
        let result = result.required()?;
        result.set(env.scopes.escape(handle_scope, escapee)?);
        Ok(())
    };
}
