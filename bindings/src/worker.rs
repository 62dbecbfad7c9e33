//! Binding `worker`: threads of the program's own, each with an isolate and a ring. A worker and
//! its maker share a [`Control`]; values go between them through ports. The thread itself is made
//! by the program (`src/worker.rs`), through [`Process`].

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;

use coring_engine::{Js, Parcel, Remote, ops};
use coring_uring::Errno;
use coring_uring::sync::clock;

use crate::Natives;
use crate::environment::Environment;
use crate::inbox::{Inbox, Note};
use crate::lane::Lane;
use crate::ports::{Broadcasts, Port};
use crate::sea::blob::Application;
use crate::slots::Handle;

ops! { worker(Natives) {
    /// Words that a worker's execArgv or NODE_OPTIONS may not hold; null NODE_OPTIONS: not asked.
    slow refusedOptions(words: Vec<String>, node_options: Option<String>);
    /// The id of the next worker, and of no other thread.
    slow nextThreadId();
    /// A worker's handle, or -errno. environment: name, value, name, value..., null: shared with
    /// this thread. limits: young, old, code, stack in MB.
    slow start(id: u32, name: String, exec_argv: Vec<String>,
        environment: Option<Vec<String>>, limits: Vec<f64>, port: Parcel);
    /// Ends its JavaScript, wherever it is.
    slow stop(worker: i32);
    /// The worker has ended: [exit code, how]. Frees the handle.
    slow join(worker: i32);
    /// Asks for something that `what` names (see `answer`); a news entry brings the answer.
    slow ask(worker: i32, what: i32, ticket: i32, option: i32);
    /// [ticket, answer, ticket, answer, ...] of those that have come.
    slow answers(worker: i32);
    /// When its loop began (0: not yet) and how long it has waited since, in ms.
    slow loopTimes(worker: i32);
    /// Of a worker itself: the port that its maker gave it.
    slow takePort();
} }

/// How a worker ended, beside its exit code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// By itself, by process.exit or an uncaught error.
    Itself,
    OutOfMemory,
    /// Its maker ended it.
    Stopped,
    /// It could not begin.
    Unstarted,
}

/// What all threads of the process share.
pub struct Process {
    pub(crate) broadcasts: Broadcasts,
    threads_count: AtomicU32,
    /// Threads for what takes long and cannot be cut.
    pub(crate) lane: Lane,
    /// Makes a thread for a worker.
    start: Starter,
    refused_options: OptionsCheck,
    pub(crate) application: Option<&'static Application<'static>>,
}

type Starter = Box<dyn Fn(Start) -> std::io::Result<JoinHandle<()>> + Send + Sync>;
type OptionsCheck = Box<dyn Fn(&[String], Option<&str>) -> Vec<String> + Send + Sync>;

impl Process {
    pub fn new(
        start: Starter,
        refused_options: OptionsCheck,
        application: Option<&'static Application<'static>>,
    ) -> Arc<Process> {
        Arc::new(Process {
            broadcasts: Broadcasts::default(),
            threads_count: AtomicU32::new(0),
            lane: Lane::default(),
            start,
            refused_options,
            application,
        })
    }
}

/// Bounds of a worker's memory in MB; 0 leaves V8's default.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub young_mb: f64,
    pub old_mb: f64,
    pub code_mb: f64,
    pub stack_mb: f64,
}

/// Everything that a worker begins with.
pub struct Start {
    pub id: u32,
    pub name: String,
    pub exec_argv: Vec<String>,
    pub limits: Limits,
    pub control: Arc<Control>,
    pub(crate) environment: Arc<Environment>,
    pub(crate) process: Arc<Process>,
    pub(crate) port: Option<Port>,
}

impl Start {
    /// A variable of the environment as the worker sees it.
    pub fn variable(&self, name: &str) -> Option<String> {
        self.environment.get(name)
    }
}

/// What a worker's maker may ask it, at any time.
pub(crate) struct Ask {
    pub(crate) what: i32,
    pub(crate) ticket: i32,
    pub(crate) option: i32,
}

/// What a worker and its maker share.
pub struct Control {
    stopping: AtomicBool,
    /// Of the worker, while it lives.
    remote: Mutex<Option<Remote>>,
    inbox: Mutex<Option<Arc<Inbox>>>,
    asks: Mutex<Vec<Ask>>,
    answers: Mutex<Vec<(i32, Parcel)>>,
    loop_start_ns: AtomicU64,
    idle_ns: AtomicU64,
    /// When its present wait began; 0 while it runs.
    waits_since_ns: AtomicU64,
    end: Mutex<Option<(i32, How)>>,
    maker: Arc<Inbox>,
    maker_handle: AtomicU32,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no holder of this lock can panic")
}

impl Control {
    fn new(maker: Arc<Inbox>) -> Arc<Control> {
        Arc::new(Control {
            stopping: AtomicBool::new(false),
            remote: Mutex::default(),
            inbox: Mutex::default(),
            asks: Mutex::default(),
            answers: Mutex::default(),
            loop_start_ns: AtomicU64::new(0),
            idle_ns: AtomicU64::new(0),
            waits_since_ns: AtomicU64::new(0),
            end: Mutex::default(),
            maker,
            maker_handle: AtomicU32::new(0),
        })
    }

    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    /// The worker's isolate lives from now on: it can be ended from outside.
    pub fn arm(&self, remote: Remote) {
        *locked(&self.remote) = Some(remote);
    }

    /// The worker's isolate is about to go.
    pub fn disarm(&self) {
        *locked(&self.remote) = None;
        *locked(&self.inbox) = None;
    }

    /// The worker is gone: its thread does nothing more.
    pub fn finish(&self, code: i32, how: How) {
        *locked(&self.end) = Some((code, how));
        self.tell_maker();
    }

    fn tell_maker(&self) {
        let handle = self.maker_handle.load(Ordering::Acquire);
        self.maker.leave(Note::Worker(handle as i32));
    }

    fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
        if let Some(remote) = &*locked(&self.remote) {
            remote.terminate();
        }
        self.wake();
    }

    fn wake(&self) {
        if let Some(inbox) = &*locked(&self.inbox) {
            inbox.leave(Note::Asked);
        }
    }

    fn ask(&self, ask: Ask) {
        locked(&self.asks).push(ask);
        if let Some(remote) = &*locked(&self.remote) {
            remote.interrupt();
        }
        self.wake();
    }

    pub(crate) fn note_loop_start(&self, now_ns: u64) {
        self.loop_start_ns.store(now_ns, Ordering::Relaxed);
    }

    pub(crate) fn note_wait(&self, since_ns: u64) {
        self.waits_since_ns.store(since_ns, Ordering::Relaxed);
    }

    /// ns that the loop has waited, up to now.
    fn idle_ns(&self) -> u64 {
        let waiting_ns = match self.waits_since_ns.load(Ordering::Relaxed) {
            0 => 0,
            since_ns => clock::monotonic().saturating_sub(since_ns),
        };
        self.idle_ns.load(Ordering::Relaxed) + waiting_ns
    }

    pub(crate) fn note_idle(&self, idle_ns: u64) {
        self.waits_since_ns.store(0, Ordering::Relaxed);
        self.idle_ns.fetch_add(idle_ns, Ordering::Relaxed);
    }

    /// Answers what was asked: by the worker itself, or in an interrupt of its JavaScript.
    pub fn answer(&self, answer: &mut dyn FnMut(i32, i32) -> Parcel) {
        let asks = std::mem::take(&mut *locked(&self.asks));
        let told = !asks.is_empty();
        for ask in asks {
            let given = answer(ask.what, ask.option);
            locked(&self.answers).push((ask.ticket, given));
        }
        if told {
            self.tell_maker();
        }
    }
}

/// A worker as its maker holds it.
pub(crate) struct Worker {
    control: Arc<Control>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Worker {
    /// The maker ends before its worker does, or the worker has ended: either way its thread does
    /// not outlive this.
    fn drop(&mut self) {
        self.control.stop();
        if let Some(thread) = self.thread.take() {
            // A panic in there was printed by its thread.
            let _ = thread.join();
        }
    }
}

#[allow(non_snake_case)]
fn refusedOptions(
    natives: &mut Natives,
    words: Vec<String>,
    node_options: Option<String>,
) -> Vec<Js> {
    let refused = (natives.process.refused_options)(&words, node_options.as_deref());
    refused.into_iter().map(Js::Text).collect()
}

#[allow(non_snake_case)]
fn nextThreadId(natives: &mut Natives) -> u32 {
    natives
        .process
        .threads_count
        .fetch_add(1, Ordering::Relaxed)
        + 1
}

fn start(
    natives: &mut Natives,
    id: u32,
    name: String,
    exec_argv: Vec<String>,
    environment: Option<Vec<String>>,
    limits: Vec<f64>,
    port: Parcel,
) -> i32 {
    let maker = match natives.inbox() {
        Ok(maker) => maker,
        Err(errno) => return errno.result(),
    };
    let limit = |index: usize| limits.get(index).copied().unwrap_or(0.0).max(0.0);
    let limits = Limits {
        young_mb: limit(0),
        old_mb: limit(1),
        code_mb: limit(2),
        stack_mb: limit(3),
    };
    let environment = match environment {
        None => natives.environment.clone(),
        Some(words) => Arc::new(Environment::of(&words)),
    };
    let control = Control::new(maker);
    let worker = Worker {
        control: control.clone(),
        thread: None,
    };
    let Ok(handle) = natives.workers.insert(worker) else {
        return Errno::EAGAIN.result();
    };
    control
        .maker_handle
        .store(handle.to_js() as u32, Ordering::Release);
    let start = Start {
        id,
        name,
        exec_argv,
        limits,
        control,
        environment,
        process: natives.process.clone(),
        port: port.open::<Port>(),
    };
    match (natives.process.start)(start) {
        Ok(thread) => {
            let worker = natives.workers.get_mut(handle).expect("inserted above");
            worker.thread = Some(thread);
            handle.to_js()
        }
        Err(_) => {
            drop(natives.workers.remove(handle));
            Errno::EAGAIN.result()
        }
    }
}

fn control(natives: &Natives, worker: i32) -> Option<&Arc<Control>> {
    let worker = natives.workers.get(Handle::from_js(worker))?;
    Some(&worker.control)
}

fn stop(natives: &mut Natives, worker: i32) {
    if let Some(control) = control(natives, worker) {
        control.stop();
    }
}

fn join(natives: &mut Natives, worker: i32) -> Option<Vec<Js>> {
    let (code, how) = (*locked(&control(natives, worker)?.end))?;
    // Its thread has nothing left to do but to end.
    drop(natives.workers.remove(Handle::from_js(worker)));
    let how = match how {
        How::Itself => 0,
        How::OutOfMemory => 1,
        How::Stopped => 2,
        How::Unstarted => 3,
    };
    Some(vec![Js::from(code), Js::from(how)])
}

fn ask(natives: &mut Natives, worker: i32, what: i32, ticket: i32, option: i32) {
    if let Some(control) = control(natives, worker) {
        control.ask(Ask {
            what,
            ticket,
            option,
        });
    }
}

fn answers(natives: &mut Natives, worker: i32) -> Vec<Js> {
    let Some(control) = control(natives, worker) else {
        return Vec::new();
    };
    let answers = std::mem::take(&mut *locked(&control.answers));
    let mut list = Vec::new();
    for (ticket, answer) in answers {
        list.push(Js::from(ticket));
        list.push(answer.open::<Js>().unwrap_or(Js::Undefined));
    }
    list
}

#[allow(non_snake_case)]
fn loopTimes(natives: &mut Natives, worker: i32) -> Js {
    let times = control(natives, worker).map_or([0.0, 0.0], |control| {
        let loop_start_ns = control.loop_start_ns.load(Ordering::Relaxed);
        [loop_start_ns, control.idle_ns()].map(|ns| ns as f64 / 1e6)
    });
    Js::Doubles(times.to_vec())
}

#[allow(non_snake_case)]
fn takePort(natives: &mut Natives) -> Parcel {
    match natives.maker_port.take() {
        Some(port) => Parcel::new(port),
        None => Parcel::EMPTY,
    }
}

impl Natives {
    /// Whether this thread is a worker that shall end.
    pub fn is_stopping(&self) -> bool {
        self.control
            .as_ref()
            .is_some_and(|control| control.is_stopping())
    }

    /// Makes this thread reachable for its maker.
    pub(crate) fn open_control(&mut self) -> Result<(), Errno> {
        let inbox = self.inbox()?;
        if let Some(control) = &self.control {
            *locked(&control.inbox) = Some(inbox);
        }
        Ok(())
    }
}
