//! Exceptions on their way out of JavaScript: thrown by ops, uncaught, or unhandled rejections.

use crate::realm::{self, Ending, Realm, Root};
use crate::value::{ErrorClass, Throw, js_string};

/// Node's exit code for a handler of uncaught exceptions that throws.
const HANDLER_THREW: i32 = 7;

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
        _ => return String::new(),
    };
    let source = source.to_rust_string_lossy(scope);
    let (start, end) = (message.get_start_column(), message.get_end_column());
    let mut carets = String::new();
    for (column, character) in source.chars().enumerate().take(end.max(start + 1)) {
        carets.push(match (column < start, character) {
            (true, '\t') => '\t',
            (true, _) => ' ',
            (false, _) => '^',
        });
    }
    format!("{name}:{line}\n{source}\n{carets}\n")
}

/// The exception as text, with its place: for errors that JavaScript can no longer print itself.
pub(crate) fn describe(
    scope: &mut v8::PinScope,
    exception: v8::Local<v8::Value>,
    message: Option<v8::Local<v8::Message>>,
) -> String {
    let place = arrow(scope, message);
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
        eprint!("{text}");
        return Err(end(realm, Ending::Uncaught(1)));
    };
    let place = js_string(scope, &arrow(scope, message)).into();
    let from_promise = v8::Boolean::new(scope, from_promise).into();
    v8::tc_scope!(let catch, scope);
    let receiver = v8::undefined(catch).into();
    let verdict = handler.call(catch, receiver, &[exception, from_promise, place]);
    // What runs next is no part of the failed callback's async context.
    let undefined: v8::Local<v8::Value> = v8::undefined(catch).into();
    catch.set_continuation_preserved_embedder_data(undefined);
    if let Some(ending) = realm.ending.get() {
        return Err(ending);
    }
    match verdict {
        Some(verdict) if verdict.is_true() => Ok(()),
        Some(verdict) => {
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
    let no = v8::Boolean::new(scope, false).into();
    let yes = v8::Boolean::new(scope, true).into();
    v8::tc_scope!(let catch, scope);
    let receiver = v8::undefined(catch).into();
    let printed = handler.call(catch, receiver, &[thrown, no, place, yes]);
    if printed.is_none() && !catch.has_terminated() {
        eprint!("{}", describe(catch, thrown, message));
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
    if realm.ending.get().is_some() {
        return;
    }
    if uncaught(scope, realm, exception, Some(message), false).is_err() {
        scope.terminate_execution();
    }
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
    // The handler only takes notes; if the stack is exhausted there is nothing better to do.
    let _ = handler.call(catch, receiver, &[kind, promise.into(), reason]);
}

pub(crate) fn prepare_stack_trace<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    error: v8::Local<'s, v8::Value>,
    trace: v8::Local<'s, v8::Array>,
) -> v8::Local<'s, v8::Value> {
    let prepared = realm::current()
        .root_function(scope, Root::PrepareStackTrace)
        .and_then(|f| {
            let global = scope.get_current_context().global(scope);
            let receiver = v8::undefined(scope).into();
            f.call(scope, receiver, &[global.into(), error, trace.into()])
        });
    prepared.unwrap_or_else(|| v8::undefined(scope).into())
}
