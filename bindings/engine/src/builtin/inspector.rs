//! `inspector`, the part that needs V8: waiting for debuggers, pausing where the program begins,
//! and tasks whose stacks are joined. (Crate coring-bindings adds the port.)

use v8::inspector::StringView;

use super::devtools;
use super::devtools_remote as remote;
use super::{Args, Entry, Return, entry};
use crate::value::FromJs;

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        entry("prepare", 1, prepare),
        entry("waitForDebugger", 0, wait_for_debugger),
        entry("callAndPauseOnStart", 2, call_and_pause_on_start),
        entry("leaveAll", 0, leave_all),
        entry("part", 0, part),
        entry("tell", 2, tell),
        entry("asyncTaskScheduled", 3, task_scheduled),
        entry("asyncTaskCanceled", 1, task_canceled),
        entry("asyncTaskStarted", 1, task_started),
        entry("asyncTaskFinished", 1, task_finished),
    ]
}

/// prepare(name): V8 notes from now on what it compiles. The name is the main context's.
fn prepare<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let name = args.get(0);
    let name = name.is_string().then(|| String::from_js(scope, name));
    devtools::prepare(scope, name);
}

/// Blocks until a debugger says that the program may go on.
fn wait_for_debugger<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, _: Return<'s>) {
    remote::wait_for_start(scope);
}

/// callAndPauseOnStart(function, receiver, ...args): pauses before its first statement.
fn call_and_pause_on_start<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    mut rv: Return<'s>,
) {
    let Ok(function) = args.get(0).try_cast::<v8::Function>() else {
        return;
    };
    let rest: Vec<_> = (2..args.length()).map(|index| args.get(index)).collect();
    remote::pause_on_next_statement("Break on start");
    if let Some(result) = function.call(scope, args.get(1), &rest) {
        rv.set(result);
    }
}

/// The port was closed, and with it every connection.
fn leave_all<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, _: Return<'s>) {
    remote::leave_all(scope);
    crate::debugger::close();
}

/// The process ends: debuggers are told, and go.
fn part<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, _: Return<'s>) {
    remote::part(scope);
}

/// tell(connection, message): says something to a debugger, for the library.
fn tell<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let connection = u32::from_js(scope, args.get(0));
    let message = String::from_js(scope, args.get(1));
    remote::tell_debugger(connection, message);
}

/// V8's key of a task. Its own are odd.
fn key<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    id: v8::Local<'s, v8::Value>,
) -> *const std::ffi::c_void {
    let id = f64::from_js(scope, id) as usize;
    std::ptr::without_provenance(id << 1)
}

fn task_scheduled<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let name = String::from_js(scope, args.get(0));
    let name: Vec<u16> = name.encode_utf16().collect();
    let task = key(scope, args.get(1));
    let is_recurring = args.get(2).is_true();
    devtools::with_inspector(|v8| {
        // SAFETY: a number that V8 compares and never follows.
        unsafe { v8.async_task_scheduled(StringView::from(&name[..]), task, is_recurring) }
    });
}

fn task_canceled<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let task = key(scope, args.get(0));
    // SAFETY: as above.
    devtools::with_inspector(|v8| unsafe { v8.async_task_canceled(task) });
}

fn task_started<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let task = key(scope, args.get(0));
    // SAFETY: as above.
    devtools::with_inspector(|v8| unsafe { v8.async_task_started(task) });
}

fn task_finished<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let task = key(scope, args.get(0));
    // SAFETY: as above.
    devtools::with_inspector(|v8| unsafe { v8.async_task_finished(task) });
}
