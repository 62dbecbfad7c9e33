//! `errors`: hooks of V8's error machinery.

use super::{Args, Entry, Return, entry, put};
use crate::error::SHOWN_FRAMES_MAX;
use crate::realm::{self, Root};

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        entry("setPrepareStackTraceCallback", 1, set_prepare_stack_trace),
        entry("triggerUncaughtException", 2, trigger_uncaught),
        entry("noSideEffectsToString", 1, no_side_effects_to_string),
        entry("getErrorSourcePositions", 1, error_source_positions),
        entry("traceUncaught", 0, trace_uncaught),
    ]
}

fn set_prepare_stack_trace<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    realm::current().set_root(scope, Root::PrepareStackTrace, args.get(0));
}

/// triggerUncaughtException(error, fromPromise): as if `error` had left the outermost callback.
fn trigger_uncaught<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let exception = args.get(0);
    let from_promise = args.get(1).is_true();
    let message = v8::Exception::create_message(scope, exception);
    let realm = realm::current();
    if crate::error::uncaught(scope, realm, exception, Some(message), from_promise).is_err() {
        scope.terminate_execution();
    }
}

/// Messages of exceptions have the frames of the throw from now on. Asked for only: each error that
/// is made looks up the places of its frames then, which takes longer than making it.
fn trace_uncaught<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, _: Return<'s>) {
    scope.set_capture_stack_trace_for_uncaught_exceptions(true, SHOWN_FRAMES_MAX as i32);
}

/// { sourceLine, scriptResourceName, lineNumber, startColumn } of where an error was made.
fn error_source_positions<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    mut rv: Return<'s>,
) {
    let message = v8::Exception::create_message(scope, args.get(0));
    let (Some(source), Some(line)) = (
        message.get_source_line(scope),
        message.get_line_number(scope),
    ) else {
        return;
    };
    let name = message.get_script_resource_name(scope);
    let name = name.unwrap_or_else(|| v8::undefined(scope).into());
    let line = v8::Integer::new(scope, line as i32).into();
    let column = v8::Integer::new(scope, message.get_start_column() as i32).into();
    let place = v8::Object::new(scope);
    put(scope, place, "sourceLine", source.into());
    put(scope, place, "scriptResourceName", name);
    put(scope, place, "lineNumber", line);
    put(scope, place, "startColumn", column);
    rv.set(place.into());
}

fn no_side_effects_to_string<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    mut rv: Return<'s>,
) {
    if let Some(text) = args.get(0).to_detail_string(scope) {
        rv.set(text.into());
    }
}
