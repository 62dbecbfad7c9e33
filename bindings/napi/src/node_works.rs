//! Asynchronous work: native code that a thread of the lane runs, and what is called here when it
//! is done.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::arena::{Id, Item};
use crate::boundary::{EnvPointer, Out, Value, check};
use crate::env::Env;
use crate::host::{Arrival, InFlight, Loop};
use crate::node_contexts::{AsyncContext, Policy, resource_and_name};
use crate::status::Status;

/// `napi_async_execute_callback`.
type Execute = unsafe extern "C" fn(EnvPointer, *mut c_void);
/// `napi_async_complete_callback`.
type Complete = unsafe extern "C" fn(EnvPointer, Status, *mut c_void);

/// Of the time between queueing and completion.
const QUEUED: u8 = 0;
const RUNNING: u8 = 1;
const CANCELLED: u8 = 2;

pub struct Work {
    context: AsyncContext,
    execute: Execute,
    complete: Option<Complete>,
    data: *mut c_void,
    /// Of the last time it was queued.
    state: RefCell<Option<Arc<AtomicU8>>>,
    is_deleted: Cell<bool>,
}

/// What a thread of the lane takes along.
struct Call {
    execute: Execute,
    env: EnvPointer,
    data: *mut c_void,
}

// SAFETY: the addon says by Node-API's contract that `execute` may run on another thread with this
// data. The environment outlives all work (`Addons::end` waits for it).
unsafe impl Send for Call {}

impl Call {
    fn run(self) {
        // SAFETY: as above; the addon gave the function to be called so.
        unsafe { (self.execute)(self.env, self.data) };
    }
}

impl Work {
    fn queue(self: &Rc<Self>, env: &Env, id: Id) -> Result<(), Status> {
        let current = Loop::required()?;
        let state = Arc::new(AtomicU8::new(QUEUED));
        self.state.replace(Some(state.clone()));
        let arrivals = current.arrivals.clone();
        let call = Call {
            execute: self.execute,
            env: env.pointer(),
            data: self.data,
        };
        let job = Box::new(move || {
            let begun =
                state.compare_exchange(QUEUED, RUNNING, Ordering::AcqRel, Ordering::Acquire);
            if begun.is_ok() {
                call.run();
                arrivals.push(Arrival::Item(id));
            }
        });
        if !current.run_in_lane(job) {
            return Err(Status::GenericFailure);
        }
        current.works.borrow_mut().push(InFlight {
            id,
            env: env.shared(),
            work: self.clone(),
        });
        current.keep_alive();
        Ok(())
    }

    /// Work that has begun cannot be cancelled.
    fn cancel(&self, id: Id) -> Result<(), Status> {
        let state = self.state.borrow().clone().ok_or(Status::InvalidArg)?;
        let (from, to) = (QUEUED, CANCELLED);
        let cancelled = state.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire);
        cancelled.map_err(|_| Status::GenericFailure)?;
        Loop::required()?.arrivals.push(Arrival::Item(id));
        Ok(())
    }

    /// It was done, or cancelled. The addon may delete it meanwhile.
    pub fn completed(&self, env: &Env) {
        if let Some(current) = Loop::current() {
            current.let_go();
        }
        let state = self.state.take().map(|state| state.load(Ordering::Acquire));
        let status = match state {
            Some(CANCELLED) => Status::Cancelled,
            // At the isolate's end Node says that all is well; what addons then do of JavaScript
            // fails, and wrappers for C++ end the process over it.
            _ if !env.may_run_js() => Status::Cancelled,
            _ => Status::Ok,
        };
        let complete = self.complete.filter(|_| !self.is_deleted.get());
        let Some(complete) = complete else {
            return;
        };
        let data = self.data;
        env.call_back(&self.context, Policy::Uncaught, |env, _| {
            // SAFETY: the addon gave the function to be called so.
            unsafe { complete(env, status, data) }
        });
    }
}

fn work_of(env: &Env, pointer: *mut c_void) -> Result<(Id, Rc<Work>), Status> {
    let id = Id::from_pointer(pointer).ok_or(Status::InvalidArg)?;
    let found = env.addons.with(|arena| match arena.get(id) {
        Some(Item::Work(work)) => Some(work.clone()),
        _ => None,
    });
    Ok((id, found.ok_or(Status::InvalidArg)?))
}

exports! {
    /// Work to be queued.
    plain fn napi_create_async_work(
        resource: Value,
        name: Value,
        execute: Option<Execute>,
        complete: Option<Complete>,
        data: *mut c_void,
        result: Out<*mut c_void>,
    ) |env, scope| {
        let execute = execute.ok_or(Status::InvalidArg)?;
        let result = result.required()?;
        let (resource, name) = resource_and_name(scope, resource, name)?;
        let work = Work {
            context: AsyncContext::strong(scope, resource, name),
            execute,
            complete,
            data,
            state: RefCell::default(),
            is_deleted: Cell::default(),
        };
        let id = env.addons.insert(env, Item::Work(Rc::new(work)));
        result.set(id.as_pointer());
        Ok(())
    };

    /// Forgets work that is not queued.
    plain fn napi_delete_async_work(work: *mut c_void) |env, scope| {
        check(!work.is_null(), Status::InvalidArg)?;
        let (id, work) = work_of(env, work)?;
        env.addons.forget(id);
        work.is_deleted.set(true);
        work.context.destroy(scope);
        Ok(())
    };

    /// Has a thread of the lane run it.
    basic fn napi_queue_async_work(work: *mut c_void) |env| {
        check(!work.is_null(), Status::InvalidArg)?;
        let (id, work) = work_of(env, work)?;
        work.queue(env, id)?;
        Ok(())
    };

    /// Takes it back, if it has not begun.
    basic fn napi_cancel_async_work(work: *mut c_void) |env| {
        check(!work.is_null(), Status::InvalidArg)?;
        let (id, work) = work_of(env, work)?;
        work.cancel(id)?;
        Ok(())
    };
}
