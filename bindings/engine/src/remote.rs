//! An isolate seen from another thread: it can be ended, and interrupted to be asked something.

use std::ffi::c_void;

use crate::value::Js;
use crate::{builtin, realm};

/// One isolate, for any thread. It may be gone: then nothing happens.
#[derive(Clone)]
pub struct Remote(v8::IsolateHandle);

/// What an interrupted isolate does: it is handed a function that answers questions about V8's
/// heap by their number and an option (see [`look`]).
pub type Interrupted = Box<dyn Fn(&mut dyn FnMut(i32, i32) -> Js)>;

/// Questions about V8's heap.
pub mod question {
    /// The figures of `v8.heapStatistics()`.
    pub const HEAP_STATISTICS: i32 = 0;
    /// A heap snapshot as JSON, in bytes.
    pub const HEAP_SNAPSHOT: i32 = 1;
    /// Begins a CPU profile; the number of its session.
    pub const CPU_PROFILE_START: i32 = 2;
    /// Ends the profile of the session that the option names; DevTools' answer.
    pub const CPU_PROFILE_STOP: i32 = 3;
    /// As above, of what is allocated.
    pub const HEAP_PROFILE_START: i32 = 4;
    pub const HEAP_PROFILE_STOP: i32 = 5;
}

impl Remote {
    pub(crate) fn new(isolate: &v8::OwnedIsolate) -> Remote {
        Remote(isolate.thread_safe_handle())
    }

    /// Ends its JavaScript at the next opportunity, also in a loop without end or while it waits
    /// in Atomics.wait().
    pub fn terminate(&self) {
        self.0.terminate_execution();
    }

    /// Has JavaScript that runs there stop for what the isolate was told to do (`on_interrupt`).
    pub fn interrupt(&self) {
        self.0.request_interrupt(interrupted, std::ptr::null_mut());
    }
}

extern "C" fn interrupted(mut pointer: v8::UnsafeRawIsolatePtr, _: *mut c_void) {
    // SAFETY: V8 calls with the isolate of this thread, which is alive.
    let isolate = unsafe { v8::Isolate::ref_from_raw_isolate_ptr_mut(&mut pointer) };
    answer(isolate);
}

/// Does what `on_interrupt` set.
pub(crate) fn answer(isolate: &mut v8::Isolate) {
    let hook = realm::current().interrupted.borrow();
    if let Some(hook) = &*hook {
        hook(&mut |what, option| look(isolate, what, option));
    }
}

/// Answers one question.
fn look(isolate: &mut v8::Isolate, what: i32, option: i32) -> Js {
    match what {
        question::HEAP_STATISTICS => builtin::heap_figures(isolate),
        question::HEAP_SNAPSHOT => {
            let mut bytes = Vec::new();
            isolate.take_heap_snapshot(|chunk| {
                bytes.extend_from_slice(chunk);
                true
            });
            Js::Bytes(bytes)
        }
        question::CPU_PROFILE_START => {
            start_profile(isolate, &["Profiler.enable", "Profiler.start"])
        }
        question::CPU_PROFILE_STOP => stop_profile(option, "Profiler.stop"),
        question::HEAP_PROFILE_START => start_profile(
            isolate,
            &["HeapProfiler.enable", "HeapProfiler.startSampling"],
        ),
        question::HEAP_PROFILE_STOP => stop_profile(option, "HeapProfiler.stopSampling"),
        _ => Js::Undefined,
    }
}

fn message(method: &str) -> String {
    format!("{{\"id\":1,\"method\":\"{method}\"}}")
}

fn start_profile(isolate: &mut v8::Isolate, methods: &[&str]) -> Js {
    let context = realm::current().context.borrow();
    let Some(context) = &*context else {
        return Js::Undefined;
    };
    v8::scope_with_context!(let scope, isolate, context);
    let session = builtin::open_profiler(scope);
    for method in methods {
        builtin::ask_profiler(session, &message(method));
    }
    Js::from(session)
}

fn stop_profile(session: i32, method: &str) -> Js {
    let answer = builtin::ask_profiler(session, &message(method));
    builtin::close_profiler(session);
    Js::Text(answer)
}
