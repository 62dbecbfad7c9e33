//! Exceptions on their way out of JavaScript: thrown by ops, uncaught, or unhandled rejections.

use std::io::Write as _;

use crate::realm::{self, Ending, Realm, Root};
use crate::value::{ErrorClass, Throw, js_string};

/// Node's exit code for a handler of uncaught exceptions that throws.
const HANDLER_THREW: i32 = 7;
/// A line with these words of Node's is never shown as the place of an error: what it throws tells
/// of another place itself.
const NO_PLACE: &str = "node-do-not-add-exception-line";

/// As Error.stackTraceLimit begins.
pub(crate) const SHOWN_FRAMES_MAX: usize = 10;
/// So many frames are on the stack where it overflows, and never where a microtask ends.
const OVERFLOWN_FRAMES_MIN: usize = 200;

/// To standard error. Where it cannot be written there is nobody to tell: `eprint!` would panic.
pub(crate) fn tell(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Throws an error with Node's `code` property in the current scope.
pub(crate) fn throw(scope: &mut v8::PinScope, throw: &Throw) {
    let message = js_string(scope, &throw.message);
    let error = match throw.class {
        ErrorClass::Error => v8::Exception::error(scope, message),
        ErrorClass::TypeError => v8::Exception::type_error(scope, message),
        ErrorClass::RangeError => v8::Exception::range_error(scope, message),
    };
    if let (false, Ok(object)) = (throw.code.is_empty(), error.try_cast::<v8::Object>()) {
        let key = js_string(scope, "code").into();
        let code = js_string(scope, throw.code).into();
        object.set(scope, key, code);
    }
    scope.throw_exception(error);
}

pub(crate) fn throw_syntax_error(scope: &mut v8::PinScope, code: &str, message: &str) {
    let message = js_string(scope, message);
    let error = v8::Exception::syntax_error(scope, message);
    if let Ok(object) = error.try_cast::<v8::Object>() {
        let key = js_string(scope, "code").into();
        let code = js_string(scope, code).into();
        object.set(scope, key, code);
    }
    scope.throw_exception(error);
}

/// `file:line`, the source line and carets under the fault, as Node prints them above the stack.
/// Empty when V8 knows no place.
pub(crate) fn arrow(scope: &v8::PinScope, message: Option<v8::Local<v8::Message>>) -> String {
    let Some(message) = message else {
        return String::new();
    };
    let (Some(line), Some(source)) = (
        message.get_line_number(scope),
        message.get_source_line(scope),
    ) else {
        return String::new();
    };
    let name = match message.get_script_resource_name(scope) {
        Some(name) if !name.is_undefined() => name.to_rust_string_lossy(scope),
        // Texts of eval(), JSON.parse() and the like.
        _ => "<anonymous_script>".to_owned(),
    };
    let source = source.to_rust_string_lossy(scope);
    if source.contains(NO_PLACE) {
        return String::new();
    }
    let (start, end) = (message.get_start_column(), message.get_end_column());
    // On a script's first line columns count from its column offset, which is not in the text;
    // the position counts from the script's start.
    let offset = start.saturating_sub(usize::try_from(message.get_start_position()).unwrap_or(0));
    let (start, end) = (start - offset, end.saturating_sub(offset));
    let mut carets = String::new();
    for (column, character) in source.chars().enumerate().take(end) {
        carets.push(match (column < start, character) {
            (true, '\t') => '\t',
            (true, _) => ' ',
            (false, _) => '^',
        });
    }
    // Where the text ends too early, Node's line of carets is of blanks.
    if carets.is_empty() {
        return format!("{name}:{line}\n{source}\n");
    }
    format!("{name}:{line}\n{source}\n{carets}\n")
}

/// Frames of the throw, one a line.
fn thrown_at(scope: &v8::PinScope, message: Option<v8::Local<v8::Message>>) -> String {
    let trace = message.and_then(|message| message.get_stack_trace(scope));
    trace.map_or_else(String::new, |trace| frames_of(scope, trace))
}

/// Frames of what runs now, one a line.
pub(crate) fn current_frames(scope: &v8::PinScope) -> String {
    let trace = v8::StackTrace::current_stack_trace(scope, SHOWN_FRAMES_MAX);
    trace.map_or_else(String::new, |trace| frames_of(scope, trace))
}

fn frames_of(scope: &v8::PinScope, trace: v8::Local<v8::StackTrace>) -> String {
    let mut text = String::new();
    for index in 0..trace.get_frame_count() {
        let Some(frame) = trace.get_frame(scope, index) else {
            break;
        };
        let text_of = |name: Option<v8::Local<v8::String>>| {
            name.map_or_else(String::new, |name| name.to_rust_string_lossy(scope))
        };
        let script = text_of(frame.get_script_name_or_source_url(scope));
        let place = format!(
            "{script}:{}:{}",
            frame.get_line_number(),
            frame.get_column()
        );
        text.push_str(&match text_of(frame.get_function_name(scope)).as_str() {
            "" => format!("    at {place}\n"),
            function => format!("    at {function} ({place})\n"),
        });
    }
    text
}

/// The private symbols under which an error carries its place, and whether its stack begins with
/// it.
const ARROW: &str = "node:arrowMessage";
const DECORATED: &str = "node:decorated";

pub(crate) fn arrow_key<'s>(scope: &v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Private> {
    let name = js_string(scope, ARROW);
    v8::Private::for_api(scope, Some(name))
}

pub(crate) fn decorated_key<'s>(scope: &v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Private> {
    let name = js_string(scope, DECORATED);
    v8::Private::for_api(scope, Some(name))
}

fn is_decorated<'s>(scope: &v8::PinScope<'s, '_>, exception: v8::Local<'s, v8::Value>) -> bool {
    let key = decorated_key(scope);
    exception
        .try_cast::<v8::Object>()
        .ok()
        .and_then(|object| object.get_private(scope, key))
        .is_some_and(|mark| mark.is_true())
}

fn attached_arrow<'s>(
    scope: &v8::PinScope<'s, '_>,
    exception: v8::Local<'s, v8::Value>,
) -> Option<String> {
    let key = arrow_key(scope);
    let place = exception
        .try_cast::<v8::Object>()
        .ok()?
        .get_private(scope, key)?;
    let text = place.try_cast::<v8::String>().ok()?;
    Some(text.to_rust_string_lossy(scope))
}

/// Gives the caught error its place, unless it has one: for those who decorate it later.
pub(crate) fn attach_arrow_caught(
    catch: &mut v8::PinnedRef<'_, v8::TryCatch<'_, '_, v8::HandleScope<'_>>>,
) {
    let Some(Ok(object)) = catch.exception().map(|e| e.try_cast::<v8::Object>()) else {
        return;
    };
    let key = arrow_key(catch);
    if object
        .get_private(catch, key)
        .is_some_and(|arrow| arrow.is_string())
    {
        return;
    }
    let message = catch.message();
    let text = arrow(catch, message);
    if !text.is_empty() {
        let text = js_string(catch, &text).into();
        object.set_private(catch, key, text);
    }
}

/// Puts the place at the head of the caught error's stack, once.
pub(crate) fn decorate_caught(
    catch: &mut v8::PinnedRef<'_, v8::TryCatch<'_, '_, v8::HandleScope<'_>>>,
) {
    attach_arrow_caught(catch);
    let Some(exception) = catch.exception() else {
        return;
    };
    let Ok(object) = exception.try_cast::<v8::Object>() else {
        return;
    };
    if is_decorated(catch, exception) {
        return;
    }
    let key = arrow_key(catch);
    let place = object.get_private(catch, key);
    v8::tc_scope!(let inner, catch);
    let name = js_string(inner, "stack").into();
    let stack = object.get(inner, name);
    let (Some(Ok(place)), Some(Ok(stack))) = (
        place.map(|place| place.try_cast::<v8::String>()),
        stack.map(|stack| stack.try_cast::<v8::String>()),
    ) else {
        return;
    };
    let text = format!(
        "{}\n{}",
        place.to_rust_string_lossy(inner),
        stack.to_rust_string_lossy(inner)
    );
    let text = js_string(inner, &text).into();
    object.set(inner, name, text);
    let key = decorated_key(inner);
    let mark = v8::Boolean::new(inner, true).into();
    object.set_private(inner, key, mark);
}

/// The exception as text, with its place: for errors that JavaScript can no longer print itself.
pub(crate) fn describe(
    scope: &mut v8::PinScope,
    exception: v8::Local<v8::Value>,
    message: Option<v8::Local<v8::Message>>,
) -> String {
    let place = match is_decorated(scope, exception) {
        true => String::new(),
        false => arrow(scope, message),
    };
    v8::tc_scope!(let scope, scope);
    let stack = exception.try_cast::<v8::Object>().ok().and_then(|object| {
        let key = js_string(scope, "stack").into();
        object.get(scope, key).filter(|stack| stack.is_string())
    });
    let text = stack.unwrap_or(exception).to_rust_string_lossy(scope);
    format!("{place}{text}\n")
}

/// Hands an uncaught exception to the library, which asks the program's handlers and, when there
/// are none, prints it. Err: JavaScript has ended.
pub(crate) fn uncaught(
    scope: &mut v8::PinScope,
    realm: &Realm,
    exception: v8::Local<v8::Value>,
    message: Option<v8::Local<v8::Message>>,
    from_promise: bool,
) -> Result<(), Ending> {
    let Some(handler) = realm.root_function(scope, Root::Uncaught) else {
        let text = describe(scope, exception, message);
        tell(&text);
        return Err(end(realm, Ending::Uncaught(1)));
    };
    let place = match is_decorated(scope, exception) {
        true => String::new(),
        false => attached_arrow(scope, exception).unwrap_or_else(|| arrow(scope, message)),
    };
    let place = js_string(scope, &place).into();
    let from_promise = v8::Boolean::new(scope, from_promise).into();
    let first = v8::Boolean::new(scope, false).into();
    let frames = js_string(scope, &thrown_at(scope, message)).into();
    v8::tc_scope!(let catch, scope);
    let receiver = v8::undefined(catch).into();
    let arguments = [exception, from_promise, place, first, frames];
    let verdict = handler.call(catch, receiver, &arguments);
    // What runs next is no part of the failed callback's async context.
    let undefined: v8::Local<v8::Value> = v8::undefined(catch).into();
    catch.set_continuation_preserved_embedder_data(undefined);
    if let Some(ending) = realm.ending.get() {
        return Err(ending);
    }
    match verdict {
        Some(verdict) if verdict.is_true() => Ok(()),
        Some(verdict) => {
            crate::builtin::devtools_remote::tell_of_exception(catch, exception, message);
            let code = verdict
                .int32_value(catch)
                .filter(|_| verdict.is_number())
                .unwrap_or(1);
            Err(end(realm, Ending::Uncaught(code)))
        }
        None if catch.has_terminated() => Err(crate::heap::ending_of_termination(realm)),
        None => {
            let thrown = catch.exception();
            let message = catch.message();
            catch.reset();
            if let Some(thrown) = thrown {
                report_rethrown(catch, handler, thrown, message);
            }
            Err(end(realm, Ending::Uncaught(HANDLER_THREW)))
        }
    }
}

/// The handler of uncaught exceptions threw itself: the library prints that, and nobody is asked.
fn report_rethrown(
    scope: &mut v8::PinScope,
    handler: v8::Local<v8::Function>,
    thrown: v8::Local<v8::Value>,
    message: Option<v8::Local<v8::Message>>,
) {
    let place = js_string(scope, &arrow(scope, message)).into();
    let frames = js_string(scope, &thrown_at(scope, message)).into();
    let no = v8::Boolean::new(scope, false).into();
    let yes = v8::Boolean::new(scope, true).into();
    v8::tc_scope!(let catch, scope);
    let receiver = v8::undefined(catch).into();
    let printed = handler.call(catch, receiver, &[thrown, no, place, yes, frames]);
    if printed.is_none() && !catch.has_terminated() {
        tell(&describe(catch, thrown, message));
    }
}

/// Records why JavaScript ends; the first reason stays.
pub(crate) fn end(realm: &Realm, ending: Ending) -> Ending {
    let ending = realm.ending.get().unwrap_or(ending);
    realm.ending.set(Some(ending));
    ending
}

/// V8 reports here what no one could catch: an exception that left a microtask.
pub(crate) unsafe extern "C" fn reported(
    message: v8::Local<v8::Message>,
    exception: v8::Local<v8::Value>,
) {
    v8::callback_scope!(unsafe scope, message);
    let realm = realm::current();
    if realm.ending.get().is_some() || is_overflow_below(scope, message) {
        return;
    }
    if uncaught(scope, realm, exception, Some(message), false).is_err() {
        scope.terminate_execution();
    }
}

/// The stack overflowed in a hook that V8 calls for a promise. V8 goes on without the hook, and
/// what recurses overflows by itself, where the program can catch it. A microtask that overflowed
/// has left its frames by now.
fn is_overflow_below(scope: &mut v8::PinScope, message: v8::Local<v8::Message>) -> bool {
    let text = message.get(scope).to_rust_string_lossy(scope);
    if !text.ends_with("RangeError: Maximum call stack size exceeded") {
        return false;
    }
    let trace = v8::StackTrace::current_stack_trace(scope, OVERFLOWN_FRAMES_MIN);
    trace.is_some_and(|trace| trace.get_frame_count() == OVERFLOWN_FRAMES_MIN)
}

pub(crate) unsafe extern "C" fn promise_rejected(message: v8::PromiseRejectMessage) {
    v8::callback_scope!(unsafe scope, &message);
    let Some(handler) = realm::current().root_function(scope, Root::PromiseReject) else {
        return;
    };
    let promise = message.get_promise();
    let kind = match message.get_event() {
        v8::PromiseRejectEvent::PromiseRejectWithNoHandler => 0,
        v8::PromiseRejectEvent::PromiseHandlerAddedAfterReject => 1,
        v8::PromiseRejectEvent::PromiseRejectAfterResolved => 2,
        v8::PromiseRejectEvent::PromiseResolveAfterResolved => 3,
    };
    let kind = v8::Integer::new(scope, kind).into();
    let reason = message
        .get_value()
        .unwrap_or_else(|| v8::undefined(scope).into());
    v8::tc_scope!(let catch, scope);
    let receiver = v8::undefined(catch).into();
    // The handler only takes notes: it fails when the stack is exhausted.
    let result = handler.call(catch, receiver, &[kind, promise.into(), reason]);
    if let (None, Some(exception)) = (result, catch.exception()) {
        let message = catch.message();
        catch.reset();
        let text = describe(catch, exception, message);
        tell(&format!("Exception in PromiseRejectCallback:\n{text}"));
    }
}

pub(crate) fn prepare_stack_trace<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    error: v8::Local<'s, v8::Value>,
    trace: v8::Local<'s, v8::Array>,
) -> v8::Local<'s, v8::Value> {
    let prepared = realm::current()
        .root_function(scope, Root::PrepareStackTrace)
        .and_then(|f| {
            let context = scope.get_current_context();
            let is_shadow = crate::contextify::is_shadow_context(context);
            let is_shadow = v8::Boolean::new(scope, is_shadow).into();
            let global = context.global(scope).into();
            let receiver = v8::undefined(scope).into();
            f.call(scope, receiver, &[global, error, trace.into(), is_shadow])
        });
    prepared.unwrap_or_else(|| v8::undefined(scope).into())
}
