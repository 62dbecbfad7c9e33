//! What addons have of their thread's loop: functions of the library's, what other threads leave
//! for them, and what keeps the program running.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use crate::arena::Id;
use crate::env::Env;
use crate::node_works::Work;
use crate::status::Status;
use crate::uv_loop::Uv;

/// Something for a thread that may take long.
pub type Job = Box<dyn FnOnce() + Send>;

/// What the program gives this thread's addons.
pub struct Host {
    /// Has the loop ask for [`arrivals_count`]. Called by any thread.
    pub wake: Arc<dyn Fn() + Send + Sync>,
    /// Has another thread do a job; false: there is none.
    pub lane: Box<dyn Fn(Job) -> bool>,
}

/// Functions of `internal/process/addons`, in the order in which it gives them.
#[derive(Clone, Copy)]
pub enum Callback {
    AsyncInit,
    AsyncDestroy,
    Enter,
    Leave,
    Settle,
    WarnOfException,
    MarkAsUntransferable,
}

/// What it is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// What has this name in the arena.
    Item(Id),
    /// A handle or a request of libuv's, by its number.
    Uv(u64),
}

/// What other threads leave for this one.
pub struct Arrivals {
    list: Mutex<List>,
    came: Condvar,
    wake: Arc<dyn Fn() + Send + Sync>,
}

#[derive(Default)]
struct List {
    waiting: VecDeque<Arrival>,
    /// The loop knows that there is something.
    is_told: bool,
    /// The isolate has ended.
    is_closed: bool,
}

impl Arrivals {
    fn list(&self) -> MutexGuard<'_, List> {
        self.list.lock().expect("no holder of this lock can panic")
    }

    pub fn push(&self, arrival: Arrival) {
        let mut list = self.list();
        if list.is_closed {
            return;
        }
        list.waiting.push_back(arrival);
        let was_told = std::mem::replace(&mut list.is_told, true);
        drop(list);
        self.came.notify_one();
        if !was_told {
            (self.wake)();
        }
    }

    fn pop(&self) -> Option<Arrival> {
        self.list().waiting.pop_front()
    }

    /// Blocks until there is something.
    fn wait(&self) -> Arrival {
        let mut list = self.list();
        loop {
            if let Some(arrival) = list.waiting.pop_front() {
                return arrival;
            }
            let waited = self.came.wait(list);
            list = waited.expect("no holder of this lock can panic");
        }
    }
}

/// Work on its way.
pub struct InFlight {
    pub id: Id,
    pub env: Rc<Env>,
    pub work: Rc<Work>,
}

/// One thread's.
pub struct Loop {
    host: Host,
    pub arrivals: Arc<Arrivals>,
    callbacks: RefCell<Vec<v8::Global<v8::Function>>>,
    /// --force-node-api-uncaught-exceptions-policy
    pub is_strict: Cell<bool>,
    /// Things that keep the program running.
    alive_count: Cell<usize>,
    /// Work that the lane has, or that has arrived from there.
    pub works: RefCell<Vec<InFlight>>,
    /// Asynchronous hooks of the end that are not done.
    pub hooks_count: Cell<usize>,
    /// Functions of other threads to be finalized when the end's hooks have run.
    pub closing: RefCell<Vec<Id>>,
    pub uv: Uv,
}

thread_local! {
    static LOOP: RefCell<Option<Rc<Loop>>> = const { RefCell::new(None) };
}

/// Connects this thread's addons with its loop, once for an isolate.
pub fn start(host: Host) {
    let arrivals = Arc::new(Arrivals {
        list: Mutex::default(),
        came: Condvar::new(),
        wake: host.wake.clone(),
    });
    let made = Loop {
        host,
        arrivals,
        callbacks: RefCell::default(),
        is_strict: Cell::default(),
        alive_count: Cell::default(),
        works: RefCell::default(),
        hooks_count: Cell::default(),
        closing: RefCell::default(),
        uv: Uv::default(),
    };
    LOOP.set(Some(Rc::new(made)));
}

/// How many entries the loop is to make, each of which takes one arrival.
pub fn arrivals_count() -> usize {
    let Some(current) = Loop::current() else {
        return 0;
    };
    let mut list = current.arrivals.list();
    list.is_told = false;
    list.waiting.len()
}

/// Does an addon keep the program running?
pub fn is_alive() -> bool {
    LOOP.with_borrow(|current| current.as_ref().is_some_and(|l| l.alive_count.get() > 0))
}

impl Loop {
    pub fn current() -> Option<Rc<Loop>> {
        LOOP.with_borrow(Clone::clone)
    }

    /// For functions of Node-API: a module cannot call them before `start`.
    pub fn required() -> Result<Rc<Loop>, Status> {
        Loop::current().ok_or(Status::GenericFailure)
    }

    /// The isolate ends: what other threads still bring is dropped.
    pub fn close() {
        if let Some(current) = LOOP.take() {
            current.arrivals.list().is_closed = true;
        }
    }

    pub fn keep_alive(&self) {
        self.alive_count.set(self.alive_count.get() + 1);
    }

    pub fn let_go(&self) {
        self.alive_count
            .set(self.alive_count.get().saturating_sub(1));
    }

    pub fn run_in_lane(&self, job: Job) -> bool {
        (self.host.lane)(job)
    }

    /// The work of this name, which is over.
    pub fn take_work(&self, id: Id) -> Option<(Rc<Env>, Rc<Work>)> {
        let mut works = self.works.borrow_mut();
        let index = works.iter().position(|each| each.id == id)?;
        let InFlight { env, work, .. } = works.swap_remove(index);
        Some((env, work))
    }

    pub fn next_arrival(&self) -> Option<Arrival> {
        self.arrivals.pop()
    }

    pub fn wait_for_arrival(&self) -> Arrival {
        self.arrivals.wait()
    }

    pub fn set_callbacks(&self, callbacks: Vec<v8::Global<v8::Function>>) {
        self.callbacks.replace(callbacks);
    }

    /// Calls a function of the library's. None: it may not run any more, or has failed, which is
    /// not for the addon to hear.
    pub fn call<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        callback: Callback,
        arguments: &[v8::Local<'s, v8::Value>],
    ) -> Option<v8::Local<'s, v8::Value>> {
        if !coring_engine::guest::may_run_js() || scope.is_execution_terminating() {
            return None;
        }
        let function = {
            let callbacks = self.callbacks.borrow();
            v8::Local::new(scope, callbacks.get(callback as usize)?)
        };
        v8::tc_scope!(let catch, scope);
        let receiver = v8::undefined(catch).into();
        function.call(catch, receiver, arguments)
    }
}
