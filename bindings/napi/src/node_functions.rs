//! Threadsafe functions: any thread calls them, and the loop's thread does what they are for.
//!
//! The states and their order are those of Node's `v8impl::ThreadSafeFunction`: open; closing, when
//! the last thread has let go or one has aborted; closed, when it is finalized. What is left of
//! it then belongs to the threads that have not let go.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::ffi::c_void;
use std::rc::Rc;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock};

use crate::addons::Cleanup;
use crate::arena::{Id, Item};
use crate::boundary::{EnvPointer, Finalize, Out, Value, check};
use crate::env::Env;
use crate::host::{Arrival, Arrivals, Callback, Loop};
use crate::node_contexts::{AsyncContext, Policy, resource_and_name};
use crate::status::Status;

/// `napi_threadsafe_function_call_js`.
type CallJs = unsafe extern "C" fn(EnvPointer, Value, *mut c_void, *mut c_void);

/// So many calls are done before others of the turn have theirs, as in Node.
const CALLS_MAX: usize = 1000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Closing,
    Closed,
}

/// An address of the addon's, on its way between threads.
#[derive(Clone, Copy)]
struct Datum(*mut c_void);

// SAFETY: by Node-API's contract the addon's data goes from any thread to the loop's.
unsafe impl Send for Datum {}
// SAFETY: nothing here reads what it points to.
unsafe impl Sync for Datum {}

struct Queue {
    data: VecDeque<Datum>,
    threads_count: usize,
    state: State,
    /// The loop has been told, or looks at the queue now.
    is_told: bool,
}

/// What all threads have.
pub struct Shared {
    queue: Mutex<Queue>,
    has_room: Condvar,
    /// 0: there is always room.
    length_max: usize,
    context: Datum,
    arrivals: Arc<Arrivals>,
    id: OnceLock<Id>,
}

/// What only the loop's thread has.
pub struct Function {
    shared: Arc<Shared>,
    callback: RefCell<Option<v8::Global<v8::Function>>>,
    call_js: Option<CallJs>,
    finalize: Option<Finalize>,
    finalize_data: *mut c_void,
    async_context: AsyncContext,
    keeps_alive: Cell<bool>,
    is_closing: Cell<bool>,
    is_finalized: Cell<bool>,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().expect("no holder of this lock can panic")
    }

    /// Tells the loop, unless it knows.
    fn tell(&self, queue: &mut Queue) {
        if let (false, Some(id)) = (queue.is_told, self.id.get()) {
            queue.is_told = true;
            self.arrivals.push(Arrival::Item(*id));
        }
    }

    fn push(&self, data: *mut c_void, blocks: bool) -> (Status, bool) {
        let mut queue = self.queue();
        while queue.state == State::Open
            && self.length_max > 0
            && queue.data.len() >= self.length_max
        {
            if !blocks {
                return (Status::QueueFull, false);
            }
            let waited = self.has_room.wait(queue);
            queue = waited.expect("no holder of this lock can panic");
        }
        if queue.state == State::Open {
            queue.data.push_back(Datum(data));
            self.tell(&mut queue);
            return (Status::Ok, false);
        }
        if queue.threads_count == 0 {
            return (Status::InvalidArg, false);
        }
        queue.threads_count -= 1;
        (Status::Closing, queue.is_left())
    }

    fn acquire(&self) -> Status {
        let mut queue = self.queue();
        if queue.state != State::Open {
            return Status::Closing;
        }
        queue.threads_count += 1;
        Status::Ok
    }

    fn release(&self, aborts: bool) -> (Status, bool) {
        let mut queue = self.queue();
        if queue.threads_count == 0 {
            return (Status::InvalidArg, false);
        }
        queue.threads_count -= 1;
        if (queue.threads_count == 0 || aborts) && queue.state == State::Open {
            if aborts {
                queue.state = State::Closing;
                self.has_room.notify_all();
            }
            self.tell(&mut queue);
        }
        (Status::Ok, queue.is_left())
    }
}

impl Queue {
    /// Neither the loop nor a thread has it any more.
    fn is_left(&self) -> bool {
        self.state == State::Closed && self.threads_count == 0
    }
}

/// `napi_threadsafe_function`.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct FunctionPointer(*const Shared);

impl FunctionPointer {
    fn get(&self) -> Option<&Shared> {
        // SAFETY: null, or what the addon was given. By Node-API's contract a thread that has let
        // go does not use it again; until the last one has, it lives.
        unsafe { self.0.as_ref() }
    }

    /// Lets go of the count that stands for all threads.
    fn drop_last(self) {
        // SAFETY: made by `Arc::into_raw` when the function was; called once, when `is_left` has
        // become true under the lock.
        drop(unsafe { Arc::from_raw(self.0) });
    }

    fn act(self, act: impl FnOnce(&Shared) -> (Status, bool)) -> Status {
        let Some(shared) = self.get() else {
            return Status::InvalidArg;
        };
        let (status, is_left) = act(shared);
        if is_left {
            self.drop_last();
        }
        status
    }
}

impl Function {
    /// Does what has come in, at most so much at a time.
    pub fn dispatch(&self, env: &Env) {
        for _ in 0..CALLS_MAX {
            if !self.dispatch_one(env) || !env.may_run_js() {
                return;
            }
            if let Some(current) = Loop::current() {
                // Ticks and promises come between two calls.
                env.enter(|scope| current.call(scope, Callback::Settle, &[]).is_some());
            }
        }
        let mut queue = self.shared.queue();
        queue.is_told = false;
        self.shared.tell(&mut queue);
    }

    /// Is there more?
    fn dispatch_one(&self, env: &Env) -> bool {
        let (datum, has_more, closes) = {
            let mut queue = self.shared.queue();
            if queue.state != State::Open {
                queue.is_told = false;
                (None, false, true)
            } else {
                let datum = queue.data.pop_front();
                self.shared.has_room.notify_one();
                let has_more = !queue.data.is_empty();
                let closes = !has_more && queue.threads_count == 0;
                if closes {
                    queue.state = State::Closing;
                    self.shared.has_room.notify_all();
                }
                // What comes from now on, also from within the call, tells the loop anew.
                queue.is_told = has_more;
                (datum, has_more, closes)
            }
        };
        if closes {
            self.close(env);
        }
        if let Some(Datum(datum)) = datum {
            self.call(env, datum);
        }
        has_more && !env.is_ending.get()
    }

    fn call(&self, env: &Env, datum: *mut c_void) {
        let context = self.shared.context.0;
        env.call_back(&self.async_context, Policy::ByVersion, |pointer, scope| {
            let callback = self
                .callback
                .borrow()
                .as_ref()
                .map(|f| v8::Local::new(scope, f));
            let Some(call_js) = self.call_js else {
                if let Some(callback) = callback {
                    call_plainly(env, scope, callback);
                }
                return;
            };
            let callback = callback.map_or(Value::NONE, Value::new);
            // SAFETY: the addon gave the function to be called so.
            unsafe { call_js(pointer, callback, context, datum) }
        });
    }

    /// No call comes any more; it is finalized in the close phase.
    fn close(&self, env: &Env) {
        if self.is_closing.replace(true) {
            return;
        }
        let (Some(id), env) = (self.shared.id.get().copied(), env.shared()) else {
            return;
        };
        coring_engine::guest::set_immediate(Box::new(move || {
            if let Some(function) = function_of(&env, id) {
                function.finish(&env);
            }
        }));
    }

    /// The isolate ends: threads that wait or come later are told that it closes.
    pub fn end(&self) {
        let mut queue = self.shared.queue();
        if queue.state == State::Open {
            queue.state = State::Closing;
        }
        self.shared.has_room.notify_all();
        drop(queue);
        self.is_closing.set(true);
    }

    /// Gives back what was not called, and finalizes it.
    pub fn finish(&self, env: &Env) {
        if self.is_finalized.replace(true) {
            return;
        }
        self.set_keeps_alive(false);
        let context = self.shared.context.0;
        let left = std::mem::take(&mut self.shared.queue().data);
        if let Some(call_js) = self.call_js {
            for Datum(datum) in left {
                let none = EnvPointer::NONE;
                // SAFETY: the addon gave the function; without an environment it frees the data.
                unsafe { call_js(none, Value::NONE, context, datum) };
            }
        }
        if let Some(finalize) = self.finalize {
            let data = self.finalize_data;
            env.call_back(&self.async_context, Policy::ByVersion, |env, _| {
                // SAFETY: the addon gave the function to be called so.
                unsafe { finalize(env, data, context) }
            });
        }
        self.callback.take();
        env.enter(|scope| self.async_context.destroy(scope));
        env.let_go();
        if let Some(id) = self.shared.id.get() {
            env.addons
                .cleanups
                .borrow_mut()
                .retain(|cleanup| !cleanup.is_of(*id));
            env.addons.forget(*id);
        }
        let is_left = {
            let mut queue = self.shared.queue();
            queue.state = State::Closed;
            queue.is_left()
        };
        if is_left {
            FunctionPointer(Arc::as_ptr(&self.shared)).drop_last();
        }
    }

    fn set_keeps_alive(&self, keeps_alive: bool) {
        let Some(current) = Loop::current() else {
            return;
        };
        match (self.keeps_alive.replace(keeps_alive), keeps_alive) {
            (false, true) => current.keep_alive(),
            (true, false) => current.let_go(),
            (false, false) | (true, true) => {}
        }
    }
}

/// What a threadsafe function without a function of its own for that does: it calls JavaScript's,
/// whose exception is kept as of any other call.
fn call_plainly(env: &Env, scope: &mut v8::PinScope<'_, '_>, callback: v8::Local<v8::Function>) {
    v8::tc_scope!(let catch, scope);
    let receiver = v8::undefined(catch).into();
    let given = callback.call(catch, receiver, &[]);
    if let (None, Some(thrown)) = (given, catch.exception()) {
        env.keep_exception(catch, thrown);
    }
}

pub fn function_of(env: &Env, id: Id) -> Option<Rc<Function>> {
    env.addons.with(|arena| match arena.get(id) {
        Some(Item::Function(function)) => Some(function.clone()),
        _ => None,
    })
}

/// The loop's part of a function that the addon names.
fn of_this_loop(env: &Env, function: FunctionPointer) -> Result<Rc<Function>, Status> {
    let shared = function.get().ok_or(Status::InvalidArg)?;
    let id = shared.id.get().copied().ok_or(Status::InvalidArg)?;
    function_of(env, id).ok_or(Status::InvalidArg)
}

exports! {
    /// A function that any thread can call.
    plain fn napi_create_threadsafe_function(
        function: Value,
        resource: Value,
        name: Value,
        length_max: usize,
        threads_count: usize,
        finalize_data: *mut c_void,
        finalize: Option<Finalize>,
        context: *mut c_void,
        call_js: Option<CallJs>,
        result: Out<FunctionPointer>,
    ) |env, scope| {
        check(!name.is_none(), Status::InvalidArg)?;
        check(threads_count > 0, Status::InvalidArg)?;
        let result = result.required()?;
        let callback = match function.is_none() {
            true => {
                check(call_js.is_some(), Status::InvalidArg)?;
                None
            }
            false => Some(function.to_function(scope)?),
        };
        let (resource, name) = resource_and_name(scope, resource, name)?;
        let current = Loop::required()?;
        let queue = Queue {
            data: VecDeque::new(),
            threads_count,
            state: State::Open,
            is_told: false,
        };
        let shared = Arc::new(Shared {
            queue: Mutex::new(queue),
            has_room: Condvar::new(),
            length_max,
            context: Datum(context),
            arrivals: current.arrivals.clone(),
            id: OnceLock::new(),
        });
        let function = Rc::new(Function {
            shared: shared.clone(),
            callback: RefCell::new(callback.map(|callback| v8::Global::new(scope, callback))),
            call_js,
            finalize,
            finalize_data,
            async_context: AsyncContext::strong(scope, resource, name),
            keeps_alive: Cell::default(),
            is_closing: Cell::default(),
            is_finalized: Cell::default(),
        });
        function.set_keeps_alive(true);
        let id = env.addons.insert(env, Item::Function(function));
        shared.id.get_or_init(|| id);
        env.addons.cleanups.borrow_mut().push(Cleanup::Function(id));
        env.hold();
        result.set(FunctionPointer(Arc::into_raw(shared)));
        Ok(())
    };

    /// The loop need not go on for it.
    plain fn napi_unref_threadsafe_function(function: FunctionPointer) |env, _scope| {
        of_this_loop(env, function)?.set_keeps_alive(false);
        Ok(())
    };

    /// The loop goes on for it.
    plain fn napi_ref_threadsafe_function(function: FunctionPointer) |env, _scope| {
        of_this_loop(env, function)?.set_keeps_alive(true);
        Ok(())
    };
}

/// What the addon gave as its context.
///
/// # Safety
/// As Node-API documents the arguments; on any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn napi_get_threadsafe_function_context(
    function: FunctionPointer,
    result: Out<*mut c_void>,
) -> Status {
    let (Some(shared), true) = (function.get(), result.is_wanted()) else {
        return Status::InvalidArg;
    };
    result.set(shared.context.0);
    Status::Ok
}

/// Queues a call; `mode` 1 waits for room.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn napi_call_threadsafe_function(
    function: FunctionPointer,
    data: *mut c_void,
    mode: i32,
) -> Status {
    function.act(|shared| shared.push(data, mode != 0))
}

/// One more thread uses it.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn napi_acquire_threadsafe_function(function: FunctionPointer) -> Status {
    function.act(|shared| (shared.acquire(), false))
}

/// One thread less; `mode` 1: nobody shall use it any more.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn napi_release_threadsafe_function(
    function: FunctionPointer,
    mode: i32,
) -> Status {
    function.act(|shared| shared.release(mode != 0))
}
