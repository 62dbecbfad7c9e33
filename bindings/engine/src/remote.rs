//! An isolate seen from another thread: it can be ended, and interrupted to be asked something.

use std::ffi::c_void;

use crate::realm;
use crate::value::Js;

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

unsafe extern "C" fn interrupted(mut pointer: v8::UnsafeRawIsolatePtr, _: *mut c_void) {
    // SAFETY: V8 calls with the isolate of this thread, which is alive.
    let isolate = unsafe { v8::Isolate::ref_from_raw_isolate_ptr_mut(&mut pointer) };
    answer(isolate);
}

/// Does what `on_interrupt` set.
pub(crate) fn answer(isolate: &mut v8::Isolate) {
    let hook = realm::current().interrupted.borrow();
    if let Some(hook) = &*hook {
        hook(&mut |what, _option| look(isolate, what));
    }
}

/// Answers one question.
fn look(isolate: &mut v8::Isolate, what: i32) -> Js {
    match what {
        question::HEAP_STATISTICS => crate::builtin::heap_figures(isolate),
        question::HEAP_SNAPSHOT => {
            let mut bytes = Vec::new();
            isolate.take_heap_snapshot(|chunk| {
                bytes.extend_from_slice(chunk);
                true
            });
            Js::Bytes(bytes)
        }
        _ => Js::Undefined,
    }
}
