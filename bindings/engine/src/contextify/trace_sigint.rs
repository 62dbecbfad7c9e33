//! --trace-sigint and util.setTraceSigInt(): SIGINT shows where the program is, then ends it.

use std::any::Any;
use std::cell::RefCell;
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::watchdog::watch_interrupt;
use crate::builtin::{Args, Return};

/// So long JavaScript has to show its stack; what waits for the kernel has none.
const SHOW_STEP: Duration = Duration::from_millis(5);
const SHOW_STEPS: u32 = 40;

static SHOWN: AtomicBool = AtomicBool::new(false);

thread_local! {
    static WATCH: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
}

/// traceSigInt(on): false if SIGINT cannot be watched.
pub(super) fn trace_sigint<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    mut rv: Return<'s>,
) {
    let watch = args.get(0).is_true().then(|| {
        let isolate = scope.thread_safe_handle();
        watch_interrupt(Box::new(move || show(&isolate)), true)
    });
    rv.set_bool(!matches!(watch, Some(None)));
    let former = WATCH.replace(watch.flatten());
    drop(former);
}

/// Runs on the thread that watches the signal.
fn show(isolate: &v8::IsolateHandle) {
    SHOWN.store(false, Ordering::Release);
    isolate.request_interrupt(interrupted, std::ptr::null_mut());
    for _ in 0..SHOW_STEPS {
        if SHOWN.load(Ordering::Acquire) {
            return;
        }
        std::thread::sleep(SHOW_STEP);
    }
    if !SHOWN.swap(true, Ordering::AcqRel) {
        say("");
    }
}

fn say(frames: &str) {
    let first = "KEYBOARD_INTERRUPT: Script execution was interrupted by `SIGINT`\n";
    crate::error::tell(&format!("{first}{frames}"));
}

extern "C" fn interrupted(mut pointer: v8::UnsafeRawIsolatePtr, _: *mut c_void) {
    // SAFETY: V8 calls with the isolate of this thread, which is alive.
    let isolate = unsafe { v8::Isolate::ref_from_raw_isolate_ptr_mut(&mut pointer) };
    if SHOWN.load(Ordering::Acquire) {
        return;
    }
    let context = crate::realm::current().context.borrow();
    if let Some(context) = &*context {
        v8::scope_with_context!(let scope, isolate, context);
        let frames = crate::error::current_frames(scope);
        say(&frames);
    }
    SHOWN.store(true, Ordering::Release);
}
