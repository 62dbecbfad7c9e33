//! The environment of one loaded module in one isolate: what `napi_env` points to.

use std::cell::{Cell, RefCell, UnsafeCell};
use std::collections::VecDeque;
use std::ffi::CString;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::rc::{Rc, Weak};

use crate::addons::Addons;
use crate::arena::Id;
use crate::boundary::{EnvPointer, local_at};
use crate::scopes::Scopes;
use crate::status::{ErrorInfo, Failure, Outcome, Status, fatal};

/// `NODE_API_DEFAULT_MODULE_API_VERSION`: of modules that do not say.
pub const DEFAULT_VERSION: i32 = 8;

/// `NAPI_VERSION_EXPERIMENTAL`.
pub const EXPERIMENTAL_VERSION: i32 = i32::MAX;

/// Since this version a function that would run JavaScript says `CannotRunJs` where it cannot.
const CANNOT_RUN_JS_VERSION: i32 = 10;

pub struct Env {
    me: Weak<Env>,
    isolate: v8::UnsafeRawIsolatePtr,
    /// Keeps the context; `context_slot` is its slot.
    _context: v8::Global<v8::Context>,
    context_slot: NonNull<v8::Context>,
    /// Copied for each call; never opened itself.
    scope: ManuallyDrop<v8::ScopeStorage<v8::CallbackScope<'static>>>,
    /// The version of Node-API that the module was built for.
    pub version: i32,
    /// The URL of the module's file.
    pub file_url: CString,
    pub addons: Rc<Addons>,
    /// Private properties: what an object wraps, and its tag. All addons share them.
    pub wrap_key: v8::Global<v8::Private>,
    pub tag_key: v8::Global<v8::Private>,
    /// The addon keeps its address.
    last_error: UnsafeCell<ErrorInfo>,
    exception: RefCell<Option<v8::Global<v8::Value>>>,
    pub scopes: Scopes,
    pub open_callback_scopes: Cell<u32>,
    pub instance_data: Cell<Option<Id>>,
    pub is_in_gc_finalizer: Cell<bool>,
    /// Finalizers that wait for the check phase.
    pub finalizers: RefCell<VecDeque<Id>>,
    pub is_drain_scheduled: Cell<bool>,
    pub is_ending: Cell<bool>,
    /// Things to be done that need it.
    pub holds_count: Cell<usize>,
}

fn private_key(scope: &v8::PinScope<'_, '_>, name: &str) -> v8::Global<v8::Private> {
    let name = v8::String::new(scope, name);
    let key = v8::Private::for_api(scope, name);
    v8::Global::new(scope, key)
}

impl Env {
    /// An environment in the current context. It ends with its isolate.
    pub fn new(scope: &mut v8::PinScope<'_, '_>, version: i32, file_url: CString) -> Rc<Env> {
        let global = v8::Global::new(scope, scope.get_current_context());
        let wrap_key = private_key(scope, "node:napi:wrapper");
        let tag_key = private_key(scope, "node:napi:type_tag");
        let isolate: &mut v8::Isolate = scope;
        // SAFETY: the slot is that of `global`, which the environment keeps; the reference is
        // turned into its address at once.
        let context_slot = NonNull::from(unsafe { global.open(isolate) });
        // SAFETY: the pointer is used on this thread and while the isolate lives: the environment
        // ends with it (`Addons::end`).
        let isolate = unsafe { isolate.as_raw_isolate_ptr() };
        // SAFETY: as above.
        let context: v8::Local<'static, v8::Context> = unsafe { local_at(context_slot) };
        // SAFETY: the scope is used while a handle scope is open (`within`).
        let callback_scope = unsafe { v8::CallbackScope::new(context) };
        let addons = Addons::current();
        let env = Rc::new_cyclic(|me| Env {
            me: me.clone(),
            isolate,
            _context: global,
            context_slot,
            scope: ManuallyDrop::new(callback_scope),
            version,
            file_url,
            addons: addons.clone(),
            wrap_key,
            tag_key,
            last_error: UnsafeCell::new(ErrorInfo::new()),
            exception: RefCell::new(None),
            scopes: Scopes::default(),
            open_callback_scopes: Cell::new(0),
            instance_data: Cell::new(None),
            is_in_gc_finalizer: Cell::new(false),
            finalizers: RefCell::default(),
            is_drain_scheduled: Cell::new(false),
            is_ending: Cell::new(false),
            holds_count: Cell::new(0),
        });
        addons.adopt(env.clone());
        env
    }

    pub fn shared(&self) -> Rc<Env> {
        self.me.upgrade().expect("an environment is always shared")
    }

    pub fn pointer(&self) -> EnvPointer {
        EnvPointer::new(self)
    }

    pub fn raw_isolate(&self) -> v8::UnsafeRawIsolatePtr {
        self.isolate
    }

    pub fn is_experimental(&self) -> bool {
        self.version == EXPERIMENTAL_VERSION
    }

    pub fn may_run_js(&self) -> bool {
        coring_engine::guest::may_run_js()
    }

    pub fn adjust_external_memory(&self, change_bytes: i64) -> i64 {
        let mut isolate = self.isolate;
        // SAFETY: the isolate lives as long as its environments, and this is its thread.
        let isolate = unsafe { v8::Isolate::ref_from_raw_isolate_ptr_mut(&mut isolate) };
        isolate.adjust_amount_of_external_allocated_memory(change_bytes)
    }

    /// The context in which the module was loaded.
    fn context<'s>(&self) -> v8::Local<'s, v8::Context> {
        // SAFETY: the slot is that of a global handle, which is kept as long as the environment;
        // callers use the handle within one of its functions.
        unsafe { local_at(self.context_slot) }
    }

    /// Runs `body` in the innermost handle scope, which the caller's callback or finalizer has.
    pub fn within<R>(&self, body: impl FnOnce(&mut v8::PinScope<'_, '_>) -> R) -> R {
        // SAFETY: such a scope opens and closes nothing, it only names the isolate and the context,
        // which live as long as the environment. Making it anew asks V8 for both at each call.
        let scope = unsafe { std::ptr::read(&raw const *self.scope) };
        let scope = std::pin::pin!(scope);
        let mut scope = scope.init();
        body(&mut scope)
    }

    /// Runs `body` in a handle scope of its own: nothing of this module may be on the stack.
    pub fn enter<R>(&self, body: impl FnOnce(&mut v8::PinScope<'_, '_>) -> R) -> R {
        let mut isolate = self.isolate;
        // SAFETY: the isolate lives as long as its environments, and this is its thread.
        let isolate = unsafe { v8::Isolate::ref_from_raw_isolate_ptr_mut(&mut isolate) };
        v8::scope!(let scope, isolate);
        let context = self.context();
        let scope = &mut v8::ContextScope::new(scope, context);
        body(scope)
    }

    pub fn plain(&self, body: impl FnOnce(&Env, &mut v8::PinScope<'_, '_>) -> Outcome) -> Status {
        self.check_collector();
        let outcome = self.within(|scope| body(self, scope));
        self.conclude(outcome)
    }

    pub fn guarded(&self, body: impl FnOnce(&Env, &mut v8::PinScope<'_, '_>) -> Outcome) -> Status {
        self.check_collector();
        if self.has_exception() {
            return self.set_last_error(Status::PendingException);
        }
        if !self.may_run_js() {
            return self.set_last_error(match self.version >= CANNOT_RUN_JS_VERSION {
                true => Status::CannotRunJs,
                false => Status::PendingException,
            });
        }
        self.set_last_error(Status::Ok);
        let outcome = self.within(|scope| {
            v8::tc_scope!(let catch, scope);
            let outcome = body(self, catch);
            if !catch.has_caught() {
                return outcome;
            }
            // What ended JavaScript has no value.
            let thrown = catch.exception();
            let thrown = thrown.unwrap_or_else(|| v8::undefined(catch).into());
            self.keep_exception(catch, thrown);
            match outcome {
                Err(failure) if !failure.yields_to_exception => Err(failure),
                _ => Err(Status::PendingException.into()),
            }
        });
        self.conclude(outcome)
    }

    pub fn conclude(&self, outcome: Outcome) -> Status {
        match outcome {
            Ok(()) => self.set_last_error(Status::Ok),
            Err(Failure { status, .. }) => self.set_last_error(status),
        }
    }

    pub fn set_last_error(&self, status: Status) -> Status {
        // SAFETY: nobody here holds a reference to it; the addon reads it between its calls.
        let last_error = unsafe { &mut *self.last_error.get() };
        last_error.set(status);
        status
    }

    /// The address of what the last function left, with its message looked up.
    pub fn explain_last_error(&self) -> *const ErrorInfo {
        // SAFETY: as above.
        let last_error = unsafe { &mut *self.last_error.get() };
        last_error.explain();
        last_error
    }

    pub fn has_exception(&self) -> bool {
        self.exception.borrow().is_some()
    }

    pub fn take_exception(&self) -> Option<v8::Global<v8::Value>> {
        self.exception.take()
    }

    pub fn keep_exception<'s>(
        &self,
        scope: &v8::PinScope<'s, '_>,
        thrown: v8::Local<'s, v8::Value>,
    ) {
        let thrown = v8::Global::new(scope, thrown);
        self.exception.replace(Some(thrown));
    }

    /// Calls code of the module; gives the exception that it left, too. Scopes that it opened and
    /// forgot are closed.
    pub fn call_module<R>(
        &self,
        call: impl FnOnce(EnvPointer) -> R,
    ) -> (R, Option<v8::Global<v8::Value>>) {
        let scopes_count = self.scopes.count();
        self.set_last_error(Status::Ok);
        let result = call(self.pointer());
        self.scopes.close_above(scopes_count);
        (result, self.take_exception())
    }

    /// The same outside of JavaScript: in a handle scope of its own, and what is thrown is for the
    /// program's handlers of uncaught exceptions.
    pub fn call_module_alone<R>(&self, call: impl FnOnce(EnvPointer) -> R) -> R {
        self.enter(|scope| {
            let (result, thrown) = self.call_module(call);
            if let Some(thrown) = thrown
                && self.may_run_js()
                && !scope.is_execution_terminating()
            {
                let thrown = v8::Local::new(scope, thrown);
                coring_engine::guest::uncaught(scope, thrown);
            }
            result
        })
    }

    /// Finalizers of modules built for the experimental version run while garbage is collected.
    fn check_collector(&self) {
        if self.is_experimental() && self.is_in_gc_finalizer.get() {
            fatal(
                None,
                "Finalizer is calling a function that may affect GC state.\n\
                 The finalizers are run directly from GC and must not affect GC state.\n\
                 Use `node_api_post_finalizer` from inside of the finalizer to work around this \
                 issue.\n\
                 It schedules the call as a new task in the event loop.",
            );
        }
    }
}
