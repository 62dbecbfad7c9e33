//! V8's own tasks for an isolate's thread: parts of collections, finalisers, answers of
//! Atomics.waitAsync(). They come from any thread, some for later; the loop runs them between its
//! turns, and is woken when another thread leaves one.

use std::collections::BTreeMap;
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use crate::realm;

/// How another thread wakes the loop of this one.
pub type Wake = Box<dyn Fn() + Send + Sync>;

/// The tasks of one isolate.
#[derive(Default)]
pub(crate) struct Queue {
    tasks: Mutex<Vec<(Instant, v8::Task)>>,
    has_any: AtomicBool,
    wake: OnceLock<(ThreadId, Wake)>,
}

/// By the address of their isolate, which is all that V8 tells.
static QUEUES: Mutex<BTreeMap<usize, Arc<Queue>>> = Mutex::new(BTreeMap::new());

fn queues() -> MutexGuard<'static, BTreeMap<usize, Arc<Queue>>> {
    QUEUES.lock().expect("no holder of this lock can panic")
}

/// The queue of an isolate, made when first asked for.
pub(crate) fn queue_of(isolate: usize) -> Arc<Queue> {
    queues().entry(isolate).or_default().clone()
}

/// The isolate is gone, and its last tasks with it.
pub(crate) fn forget(isolate: usize) {
    let queue = queues().remove(&isolate);
    if let Some(queue) = queue {
        queue.clear();
    }
}

/// From now on tasks of other threads wake this thread's loop. Once per isolate; nothing happens
/// while the thread has none.
pub fn wake_by(wake: Wake) {
    if !realm::is_installed() {
        return;
    }
    if let Some(queue) = &*realm::current().tasks.borrow() {
        // A second way to wake is no better than the first.
        let _ = queue.wake.set((thread::current().id(), wake));
    }
}

impl Queue {
    fn tasks(&self) -> MutexGuard<'_, Vec<(Instant, v8::Task)>> {
        self.tasks.lock().expect("no holder of this lock can panic")
    }

    fn push(&self, task: v8::Task, delay_seconds: f64) {
        let delay = Duration::try_from_secs_f64(delay_seconds).unwrap_or(Duration::ZERO);
        let due = Instant::now() + delay.min(Duration::from_secs(86_400));
        let mut tasks = self.tasks();
        tasks.push((due, task));
        self.has_any.store(true, Ordering::Release);
        drop(tasks);
        if let Some((owner, wake)) = self.wake.get()
            && *owner != thread::current().id()
        {
            wake();
        }
    }

    /// How long until a task is due: zero when one is.
    pub(crate) fn next_in(&self) -> Option<Duration> {
        if !self.has_any.load(Ordering::Acquire) {
            return None;
        }
        let next = self.tasks().iter().map(|(due, _)| *due).min()?;
        Some(next.saturating_duration_since(Instant::now()))
    }

    /// What is due now, without what these leave behind.
    pub(crate) fn take_due(&self) -> Vec<v8::Task> {
        if !self.has_any.load(Ordering::Acquire) {
            return Vec::new();
        }
        let now = Instant::now();
        let mut tasks = self.tasks();
        let all = std::mem::take(&mut *tasks);
        let (due, later): (Vec<_>, Vec<_>) = all.into_iter().partition(|(due, _)| *due <= now);
        self.has_any.store(!later.is_empty(), Ordering::Release);
        *tasks = later;
        due.into_iter().map(|(_, task)| task).collect()
    }

    /// Drops every task unrun.
    pub(crate) fn clear(&self) {
        let tasks = std::mem::take(&mut *self.tasks());
        self.has_any.store(false, Ordering::Release);
        drop(tasks);
    }
}

/// V8's platform gives every foreground task to the queue of its isolate.
pub(crate) struct Foreground;

impl v8::PlatformImpl for Foreground {
    fn post_task(&self, isolate: *mut c_void, task: v8::Task) {
        queue_of(isolate.addr()).push(task, 0.0);
    }

    fn post_non_nestable_task(&self, isolate: *mut c_void, task: v8::Task) {
        queue_of(isolate.addr()).push(task, 0.0);
    }

    fn post_delayed_task(&self, isolate: *mut c_void, task: v8::Task, delay_in_seconds: f64) {
        queue_of(isolate.addr()).push(task, delay_in_seconds);
    }

    fn post_non_nestable_delayed_task(
        &self,
        isolate: *mut c_void,
        task: v8::Task,
        delay_in_seconds: f64,
    ) {
        queue_of(isolate.addr()).push(task, delay_in_seconds);
    }

    /// V8 is told that there is no idle time: none comes.
    fn post_idle_task(&self, _: *mut c_void, task: v8::IdleTask) {
        drop(task);
    }
}
