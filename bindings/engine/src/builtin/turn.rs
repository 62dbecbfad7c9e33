//! `turn`: the loop's callbacks, the page, microtasks, and leaving.

use std::cell::RefCell;

use super::{Args, Entry, Return, entry, fast_entry};
use crate::realm::{self, Ending, Root};
use crate::value::{FromJs, js_string};
use v8::fast_api::{CFunction, CFunctionInfo, Int64Representation, Type};

thread_local! {
    static ISOLATE: RefCell<Option<v8::IsolateHandle>> = const { RefCell::new(None) };
}

/// Lets V8's callbacks end this thread's JavaScript.
pub(crate) fn arm_termination(handle: Option<v8::IsolateHandle>) {
    ISOLATE.with(|cell| *cell.borrow_mut() = handle);
}
/// This thread's isolate, for other threads.
pub(crate) fn current_handle() -> Option<v8::IsolateHandle> {
    ISOLATE.with(|cell| cell.borrow().clone())
}

pub(crate) fn terminate_current() {
    ISOLATE.with(|cell| {
        if let Some(handle) = cell.borrow().as_ref() {
            handle.terminate_execution();
        }
    });
}

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        entry("setCallbacks", 1, set_callbacks),
        entry("getPage", 0, get_page),
        entry("runMicrotasks", 0, run_microtasks),
        fast_entry("hasMicrotasks", 0, has_microtasks, HAS_MICROTASKS_FAST),
        entry("enqueueMicrotask", 1, enqueue_microtask),
        entry("endExecution", 1, end_execution),
    ]
}

fn set_callbacks<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    const NAMES: [(&str, Root); 9] = [
        ("deliver", Root::Deliver),
        ("processTimers", Root::ProcessTimers),
        ("processImmediate", Root::ProcessImmediate),
        ("processTicks", Root::ProcessTicks),
        ("uncaught", Root::Uncaught),
        ("promiseReject", Root::PromiseReject),
        ("beforeExit", Root::BeforeExit),
        ("exit", Root::Exit),
        ("heapLimit", Root::HeapLimit),
    ];
    let Ok(object) = args.get(0).try_cast::<v8::Object>() else {
        return;
    };
    for (name, root) in NAMES {
        let key = js_string(scope, name).into();
        if let Some(function) = object.get(scope, key).filter(|value| value.is_function()) {
            realm::current().set_root(scope, root, function);
        }
    }
}

fn get_page<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, mut rv: Return<'s>) {
    rv.set(realm::current().page.view(scope).into());
}

fn run_microtasks<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, _: Return<'s>) {
    scope.perform_microtask_checkpoint();
}

/// (receiver) -> boolean
const HAS_MICROTASKS_INFO: &CFunctionInfo = &CFunctionInfo::new(
    Type::Bool.as_info(),
    &[Type::V8Value.as_info()],
    Int64Representation::Number,
);
const HAS_MICROTASKS_FAST: &[CFunction] = &[CFunction::new(
    has_microtasks_fast as *const _,
    HAS_MICROTASKS_INFO,
)];

extern "C" fn has_microtasks_fast(_receiver: v8::Local<v8::Value>) -> bool {
    crate::microtasks::wait()
}

fn has_microtasks<'s>(_: &mut v8::PinScope<'s, '_>, _: Args<'s>, mut rv: Return<'s>) {
    rv.set_bool(crate::microtasks::wait());
}

fn enqueue_microtask<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    if let Ok(function) = args.get(0).try_cast::<v8::Function>() {
        scope.enqueue_microtask(function);
    }
}

/// endExecution(code): `process.reallyExit` of one core among many: no JavaScript runs after it.
fn end_execution<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let code = i32::from_js(scope, args.get(0));
    crate::error::end(realm::current(), Ending::Exit(code));
    scope.terminate_execution();
}
