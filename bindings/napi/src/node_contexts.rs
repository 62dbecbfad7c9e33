//! Async contexts: what JavaScript that is called from outside of it runs in, for async_hooks and
//! AsyncLocalStorage; and callbacks in one.

use std::cell::RefCell;
use std::ffi::c_void;
use std::rc::Rc;

use crate::arena::{Id, Item};
use crate::boundary::{EnvPointer, Many, Out, Value, check, handles};
use crate::env::Env;
use crate::host::{Callback, Loop};
use crate::status::{Failure, Status};

/// Modules built for this version or a later one have their exceptions handled as uncaught.
const UNCAUGHT_VERSION: i32 = 10;

/// Whether an exception of a callback is the program's to handle in modules of old versions, too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    Uncaught,
    /// Modules of old versions get a warning.
    ByVersion,
}

enum Resource {
    Strong(v8::Global<v8::Object>),
    Weak(v8::Weak<v8::Object>),
}

pub struct AsyncContext {
    /// What the library knows of it; none where it may not run.
    holder: Option<v8::Global<v8::Value>>,
    resource: RefCell<Resource>,
}

impl AsyncContext {
    pub fn strong<'s>(
        scope: &mut v8::PinScope<'s, '_>,
        resource: v8::Local<'s, v8::Object>,
        name: v8::Local<'s, v8::String>,
    ) -> AsyncContext {
        let kept = Resource::Strong(v8::Global::new(scope, resource));
        AsyncContext::new(scope, resource, name, kept)
    }

    fn weak<'s>(
        scope: &mut v8::PinScope<'s, '_>,
        resource: v8::Local<'s, v8::Object>,
        name: v8::Local<'s, v8::String>,
    ) -> AsyncContext {
        let kept = Resource::Weak(v8::Weak::new(scope, resource));
        AsyncContext::new(scope, resource, name, kept)
    }

    fn new<'s>(
        scope: &mut v8::PinScope<'s, '_>,
        resource: v8::Local<'s, v8::Object>,
        name: v8::Local<'s, v8::String>,
        kept: Resource,
    ) -> AsyncContext {
        let current = Loop::current();
        let arguments = [resource.into(), name.into()];
        let holder = current.and_then(|l| l.call(scope, Callback::AsyncInit, &arguments));
        AsyncContext {
            holder: holder.map(|holder| v8::Global::new(scope, holder)),
            resource: RefCell::new(kept),
        }
    }

    /// The resource; another object where the program has forgotten its own.
    fn resource<'s>(&self, scope: &mut v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Object> {
        let known = match &*self.resource.borrow() {
            Resource::Strong(resource) => Some(v8::Local::new(scope, resource)),
            Resource::Weak(resource) => resource.to_local(scope),
        };
        known.unwrap_or_else(|| {
            let other = v8::Object::new(scope);
            let kept = Resource::Strong(v8::Global::new(scope, other));
            self.resource.replace(kept);
            other
        })
    }

    /// What runs until `leave` runs in this context. `has_frame`: in what AsyncLocalStorage held
    /// when it was made, too; else it holds nothing, as in Node.
    pub fn enter(&self, scope: &mut v8::PinScope<'_, '_>, has_frame: bool) {
        let (Some(current), Some(holder)) = (Loop::current(), &self.holder) else {
            return;
        };
        let resource = self.resource(scope).into();
        let holder = v8::Local::new(scope, holder);
        let has_frame = v8::Boolean::new(scope, has_frame).into();
        current.call(scope, Callback::Enter, &[holder, resource, has_frame]);
    }

    /// `failed`: an exception has left it.
    pub fn leave(&self, scope: &mut v8::PinScope<'_, '_>, failed: bool) {
        if let (Some(current), true) = (Loop::current(), self.holder.is_some()) {
            let failed = v8::Boolean::new(scope, failed).into();
            current.call(scope, Callback::Leave, &[failed]);
        }
    }

    /// Nothing runs in this context any more.
    pub fn destroy(&self, scope: &mut v8::PinScope<'_, '_>) {
        if let (Some(current), Some(holder)) = (Loop::current(), &self.holder) {
            let holder = v8::Local::new(scope, holder);
            current.call(scope, Callback::AsyncDestroy, &[holder]);
        }
    }

    /// The same where no JavaScript may run now.
    fn destroy_later(self: Rc<Self>, env: &Env) {
        let env = env.shared();
        coring_engine::guest::set_immediate(Box::new(move || {
            env.enter(|scope| self.destroy(scope));
        }));
    }
}

impl Env {
    /// Calls native code that the loop has something for, in an async context.
    pub fn call_back(
        &self,
        context: &AsyncContext,
        policy: Policy,
        call: impl FnOnce(EnvPointer, &mut v8::PinScope<'_, '_>),
    ) {
        self.enter(|scope| {
            context.enter(scope, false);
            let ((), thrown) = self.call_module(|env| call(env, scope));
            let failed = thrown.is_some();
            if let Some(thrown) = thrown
                && self.may_run_js()
                && !scope.is_execution_terminating()
            {
                self.tell_exception(scope, &thrown, policy);
            }
            context.leave(scope, failed);
        });
    }

    fn tell_exception(
        &self,
        scope: &mut v8::PinScope<'_, '_>,
        thrown: &v8::Global<v8::Value>,
        policy: Policy,
    ) {
        let current = Loop::current();
        let is_strict = current
            .as_ref()
            .is_none_or(|current| current.is_strict.get());
        if policy == Policy::ByVersion && self.version < UNCAUGHT_VERSION && !is_strict {
            if let Some(current) = current {
                current.call(scope, Callback::WarnOfException, &[]);
            }
            return;
        }
        let thrown = v8::Local::new(scope, thrown);
        coring_engine::guest::uncaught(scope, thrown);
    }
}

/// Resource and name of something asynchronous, as its maker gives them.
pub fn resource_and_name<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    resource: Value,
    name: Value,
) -> Result<(v8::Local<'s, v8::Object>, v8::Local<'s, v8::String>), Failure> {
    let resource = match resource.is_none() {
        true => v8::Object::new(scope),
        false => resource.to_object(scope)?,
    };
    let name = name.required(scope)?;
    let name = name.to_string(scope).ok_or(Status::StringExpected)?;
    Ok((resource, name))
}

/// The async context that an addon names.
fn context_of(env: &Env, pointer: *mut c_void) -> Result<Rc<AsyncContext>, Status> {
    let id = Id::from_pointer(pointer).ok_or(Status::InvalidArg)?;
    let found = env.addons.with(|arena| match arena.get(id) {
        Some(Item::AsyncContext(context)) => Some(context.clone()),
        _ => None,
    });
    found.ok_or(Status::InvalidArg)
}

exports! {
    /// Begins an async context.
    plain fn napi_async_init(
        resource: Value,
        name: Value,
        result: Out<*mut c_void>,
    ) |env, scope| {
        check(!name.is_none(), Status::InvalidArg)?;
        let result = result.required()?;
        let is_the_programs = !resource.is_none();
        let (resource, name) = resource_and_name(scope, resource, name)?;
        let context = match is_the_programs {
            true => AsyncContext::weak(scope, resource, name),
            false => AsyncContext::strong(scope, resource, name),
        };
        let id = env.addons.insert(env, Item::AsyncContext(Rc::new(context)));
        result.set(id.as_pointer());
        Ok(())
    };

    /// Ends it. May be called while garbage is collected.
    basic fn napi_async_destroy(context: *mut c_void) |env| {
        let found = context_of(env, context)?;
        if let Some(id) = Id::from_pointer(context) {
            env.addons.forget(id);
        }
        if env.is_ending.get() {
            return Ok(());
        }
        if env.is_in_gc_finalizer.get() {
            found.destroy_later(env);
        } else {
            env.enter(|scope| found.destroy(scope));
        }
        Ok(())
    };

    /// Calls a function in an async context, or in none.
    guarded fn napi_make_callback(
        context: *mut c_void,
        receiver: Value,
        function: Value,
        count: usize,
        arguments: Many<Value>,
        result: Out<Value>,
    ) |env, scope| {
        check(!receiver.is_none(), Status::InvalidArg)?;
        let arguments = arguments.slice(count)?;
        let receiver = receiver.to_object(scope)?;
        let function = function.to_function(scope)?;
        let context = match context.is_null() {
            true => None,
            false => Some(context_of(env, context)?),
        };
        let arguments = handles(arguments, scope)?;
        if let Some(context) = &context {
            context.enter(scope, true);
        }
        let (given, thrown) = {
            v8::tc_scope!(let catch, scope);
            let given = function.call(catch, receiver.into(), arguments);
            (given, catch.exception())
        };
        if let Some(context) = &context {
            context.leave(scope, given.is_none());
        }
        let Some(given) = given else {
            if let Some(thrown) = thrown {
                scope.throw_exception(thrown);
            }
            return Err(Status::PendingException.into());
        };
        result.put(given);
        Ok(())
    };

    /// From now on what is called runs in this async context.
    plain fn napi_open_callback_scope(
        _resource: Value,
        context: *mut c_void,
        result: Out<*mut c_void>,
    ) |env, scope| {
        let result = result.required()?;
        let context = context_of(env, context)?;
        context.enter(scope, false);
        env.open_callback_scopes.set(env.open_callback_scopes.get() + 1);
        let id = env.addons.insert(env, Item::CallbackScope(context));
        result.set(id.as_pointer());
        Ok(())
    };

    /// No longer.
    plain fn napi_close_callback_scope(callback_scope: *mut c_void) |env, scope| {
        check(!callback_scope.is_null(), Status::InvalidArg)?;
        let open_count = env.open_callback_scopes.get();
        check(open_count > 0, Status::CallbackScopeMismatch)?;
        let id = Id::from_pointer(callback_scope).ok_or(Status::InvalidArg)?;
        let removed = env.addons.with(|arena| match arena.get(id) {
            Some(Item::CallbackScope(_)) => arena.remove(id),
            _ => None,
        });
        let Some((_, Item::CallbackScope(context))) = removed else {
            return Err(Status::InvalidArg.into());
        };
        env.open_callback_scopes.set(open_count - 1);
        context.leave(scope, env.has_exception());
        Ok(())
    };
}
