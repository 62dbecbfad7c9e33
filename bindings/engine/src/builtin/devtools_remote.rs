//! Debuggers outside, as the isolate sees them: who is connected, what is waited for, and the loop
//! in which a paused isolate hears them.

use std::cell::RefCell;
use std::sync::Arc;

use v8::inspector::{StringView, V8InspectorSession};

use super::devtools::{self, Inbound};
use crate::debugger::{self, Desk, Letter};
use crate::error::tell;
use crate::realm::{self, Root};
use crate::value::js_string;

/// One debugger.
struct Remote {
    connection: u32,
    /// The number of its session.
    session: i32,
    /// It wants to know that the program waits for it (NodeRuntime.enable).
    hears_of_waiting: bool,
    /// The context is kept for it at the end (NodeRuntime.notifyWhenWaitingForDisconnect).
    retains_context: bool,
}

/// Why the isolate reads letters and runs no JavaScript.
#[derive(Default)]
struct Waits {
    for_start: bool,
    for_resume: bool,
    for_end: bool,
}

#[derive(Default)]
struct State {
    remotes: Vec<Remote>,
    waits: Waits,
    is_looping: bool,
    is_parted: bool,
    retains_context: bool,
    /// Sessions that asked for asynchronous stacks.
    deep_sessions: Vec<i32>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

fn with<R>(act: impl FnOnce(&mut State) -> R) -> R {
    STATE.with_borrow_mut(act)
}

pub(super) fn forget_all() {
    drop(STATE.take());
}

/// What a message asks for that V8 leaves to its embedder.
struct Asked {
    id: f64,
    method: String,
    has_command_line: bool,
    is_enabling: bool,
    depth: f64,
}

/// Takes a message apart; None: it is no request.
fn read_request(scope: &mut v8::PinScope, text: &str) -> Option<Asked> {
    v8::tc_scope!(let scope, scope);
    let text = js_string(scope, text);
    let message = v8::json::parse(scope, text)?;
    let message = message.try_cast::<v8::Object>().ok()?;
    let get = |object: v8::Local<v8::Object>, name: &str| {
        let key = js_string(scope, name).into();
        object.get(scope, key)
    };
    let method = get(message, "method").filter(|method| method.is_string())?;
    let id = get(message, "id").and_then(|id| id.number_value(scope));
    let params = get(message, "params").and_then(|params| params.try_cast::<v8::Object>().ok());
    let param = |name: &str| params.and_then(|params| get(params, name));
    Some(Asked {
        id: id.unwrap_or(0.0),
        method: method.to_rust_string_lossy(scope),
        has_command_line: param("includeCommandLineAPI").is_some_and(|asked| asked.is_true()),
        is_enabling: param("enabled").is_some_and(|enabled| enabled.is_true()),
        depth: param("maxDepth")
            .and_then(|depth| depth.number_value(scope))
            .unwrap_or(0.0),
    })
}

/// Calls a function of a library file without arguments. It throws nothing, or nobody is told.
fn call_library(scope: &mut v8::PinScope, file: &str, name: &str) {
    ask_library(scope, file, name, None, None);
}

/// The same, of a connection that may say something; whether it gives true.
fn ask_library(
    scope: &mut v8::PinScope,
    file: &str,
    name: &str,
    connection: Option<u32>,
    text: Option<&str>,
) -> Option<bool> {
    let require = realm::current().root_function(scope, Root::Require)?;
    v8::tc_scope!(let scope, scope);
    let receiver = v8::undefined(scope).into();
    let file = js_string(scope, file).into();
    let exports = require.call(scope, receiver, &[file])?;
    let exports = exports.try_cast::<v8::Object>().ok()?;
    let key = js_string(scope, name).into();
    let function = exports.get(scope, key)?.try_cast::<v8::Function>().ok()?;
    let connection = connection.map(|number| v8::Number::new(scope, number.into()).into());
    let text = text.map(|text| js_string(scope, text).into());
    let arguments: Vec<v8::Local<v8::Value>> = connection.into_iter().chain(text).collect();
    let result = function.call(scope, receiver, &arguments)?;
    Some(result.is_true())
}

/// The file that has Node's own domains for debuggers.
const DOMAINS: &str = "internal/inspector/remote_domains";

/// A domain of the library's answers this message, or V8 does.
fn is_answered_by_library(scope: &mut v8::PinScope, connection: u32, text: &str) -> bool {
    const NAMES: [&str; 4] = ["\"Network.", "\"IO.", "\"DOMStorage.", "\"Storage."];
    NAMES.iter().any(|name| text.contains(name))
        && ask_library(scope, DOMAINS, "hear", Some(connection), Some(text)) == Some(true)
}

/// Says something to a debugger, for the library.
pub(super) fn tell_debugger(connection: u32, text: String) {
    if let Some(desk) = debugger::desk() {
        (desk.outside.tell)(connection, text);
    }
}

/// A signal has asked for the port.
pub(crate) fn open_port(isolate: &mut v8::Isolate) {
    in_main_context(isolate, |scope| {
        call_library(scope, "internal/inspector/port", "openBySignal");
    });
}

fn in_main_context(isolate: &mut v8::Isolate, act: impl FnOnce(&mut v8::PinScope)) {
    let Some(context) = realm::current().context.borrow().clone() else {
        return;
    };
    v8::scope!(let scope, isolate);
    let context = v8::Local::new(scope, context);
    let scope = &mut v8::ContextScope::new(scope, context);
    act(scope);
}

/// Does what a letter asks for.
pub(crate) fn read(isolate: &mut v8::Isolate, desk: &Arc<Desk>, letter: Letter) {
    in_main_context(isolate, |scope| match letter {
        Letter::Joined(connection) => join(scope, desk, connection),
        Letter::Said(connection, text) => hear(scope, desk, connection, &text),
        Letter::Left(connection) => leave(scope, connection),
    });
}

fn join(scope: &mut v8::PinScope, desk: &Arc<Desk>, connection: u32) {
    let inbound = Inbound::Remote(desk.clone(), connection);
    let session = devtools::open_with(scope, Some(inbound), None);
    with(|state| {
        state.remotes.push(Remote {
            connection,
            session,
            hears_of_waiting: false,
            retains_context: false,
        });
    });
    ask_library(scope, DOMAINS, "join", Some(connection), None);
}

fn leave(scope: &mut v8::PinScope, connection: u32) {
    let left = with(|state| {
        let index = state
            .remotes
            .iter()
            .position(|remote| remote.connection == connection)?;
        Some(state.remotes.remove(index))
    });
    let Some(left) = left else {
        return;
    };
    devtools::close(left.session);
    if !with(|state| state.is_parted) {
        ask_library(scope, DOMAINS, "leave", Some(connection), None);
    }
    follow_depth(scope);
    let is_last_to_retain = with(|state| {
        state.retains_context
            && left.retains_context
            && !state.remotes.iter().any(|remote| remote.retains_context)
    });
    if is_last_to_retain {
        end_context(scope);
    }
}

fn end_context(scope: &v8::PinScope) {
    let context = scope.get_current_context();
    devtools::with_inspector(|v8| v8.context_destroyed(context));
}

fn hear(scope: &mut v8::PinScope, desk: &Arc<Desk>, connection: u32, text: &str) {
    let number = with(|state| {
        let mut remotes = state.remotes.iter();
        remotes
            .find(|remote| remote.connection == connection)
            .map(|remote| remote.session)
    });
    let Some(number) = number else {
        return;
    };
    if let Some(asked) = text
        .contains("NodeRuntime.")
        .then(|| read_request(scope, text))
        .flatten()
        && let Some(answer) = answer_runtime(desk, connection, &asked)
    {
        (desk.outside.tell)(connection, answer);
        return;
    }
    if is_answered_by_library(scope, connection, text) {
        return;
    }
    let dispatch = || devtools::ask(number, text);
    if text.contains("Profiler.start") {
        // V8 makes a thread for its samples.
        let mut dispatch = || {
            dispatch();
        };
        (desk.outside.without_signals)(&mut dispatch);
        return;
    }
    attended(scope, number, text, dispatch);
}

const WAITING: &str = "{\"method\":\"NodeRuntime.waitingForDebugger\",\"params\":{}}";

/// The domain NodeRuntime. None: it has no such method, as V8 will say.
fn answer_runtime(desk: &Arc<Desk>, connection: u32, asked: &Asked) -> Option<String> {
    let is_waiting = with(|state| {
        let for_start = state.waits.for_start;
        let mut remotes = state.remotes.iter_mut();
        let remote = remotes.find(|remote| remote.connection == connection)?;
        match asked.method.as_str() {
            "NodeRuntime.enable" => remote.hears_of_waiting = true,
            "NodeRuntime.disable" => remote.hears_of_waiting = false,
            "NodeRuntime.notifyWhenWaitingForDisconnect" => {
                remote.retains_context = asked.is_enabling;
            }
            _ => return None,
        }
        Some(for_start && asked.method == "NodeRuntime.enable")
    })?;
    if is_waiting {
        (desk.outside.tell)(connection, WAITING.to_owned());
    }
    Some(format!("{{\"id\":{},\"result\":{{}}}}", asked.id))
}

/// Dispatches a message with what V8 leaves to its embedder around it: `require` on the command
/// line, and asynchronous stacks of more than promises.
pub(super) fn attended<R>(
    scope: &mut v8::PinScope,
    session: i32,
    text: &str,
    dispatch: impl FnOnce() -> R,
) -> R {
    const WORDS: [&str; 3] = [
        "includeCommandLineAPI",
        "setAsyncCallStackDepth",
        "Debugger.disable",
    ];
    let asked = WORDS
        .iter()
        .any(|word| text.contains(word))
        .then(|| read_request(scope, text))
        .flatten();
    let Some(asked) = asked else {
        return dispatch();
    };
    match asked.method.as_str() {
        "Debugger.setAsyncCallStackDepth" => {
            forget_depth(session);
            if asked.depth > 0.0 {
                with(|state| state.deep_sessions.push(session));
            }
            follow_depth(scope);
        }
        "Debugger.disable" => {
            forget_depth(session);
            follow_depth(scope);
        }
        _ => {}
    }
    if !asked.has_command_line {
        return dispatch();
    }
    const FILE: &str = "internal/inspector/command_line";
    call_library(scope, FILE, "install");
    let result = dispatch();
    call_library(scope, FILE, "remove");
    result
}

pub(super) fn forget_depth(session: i32) {
    with(|state| state.deep_sessions.retain(|deep| *deep != session));
}

/// The library is told whether somebody wants asynchronous stacks.
fn follow_depth(scope: &mut v8::PinScope) {
    if with(|state| state.is_parted) {
        return;
    }
    let name = match with(|state| state.deep_sessions.is_empty()) {
        true => "disable",
        false => "enable",
    };
    call_library(scope, "internal/inspector/async_stacks", name);
}

/// JavaScript has paused: whoever is connected is heard until it goes on.
pub(super) fn pause(isolate: &mut v8::Isolate) {
    with(|state| state.waits.for_resume = true);
    run_loop(isolate);
}

/// V8 says that the pause is over.
pub(super) fn resume() {
    with(|state| state.waits.for_resume = false);
}

/// A debugger says that the program may begin.
pub(super) fn go_on() {
    with(|state| state.waits.for_start = false);
}

/// Waits until a debugger has come and says that the program may go on.
pub(super) fn wait_for_start(isolate: &mut v8::Isolate) {
    let Some(desk) = debugger::desk() else {
        return;
    };
    let waiting: Vec<u32> = with(|state| {
        state.waits.for_start = true;
        let hearing = state
            .remotes
            .iter()
            .filter(|remote| remote.hears_of_waiting);
        hearing.map(|remote| remote.connection).collect()
    });
    for connection in waiting {
        (desk.outside.tell)(connection, WAITING.to_owned());
    }
    run_loop(isolate);
}

fn is_waiting() -> bool {
    with(|state| {
        let waits = &state.waits;
        waits.for_start || (waits.for_resume || waits.for_end) && !state.remotes.is_empty()
    })
}

fn run_loop(isolate: &mut v8::Isolate) {
    if with(|state| std::mem::replace(&mut state.is_looping, true)) {
        return;
    }
    while is_waiting() {
        let Some(desk) = debugger::desk() else {
            break;
        };
        let letter = desk.wait();
        debugger::read(isolate, &desk, letter);
    }
    with(|state| state.is_looping = false);
    if let Some(desk) = debugger::desk() {
        desk.interrupt_for_rest();
    }
}

/// The program has ended: debuggers look at what there is until they go.
pub(crate) fn part(isolate: &mut v8::Isolate) {
    let Some(desk) = debugger::desk() else {
        return;
    };
    if with(|state| std::mem::replace(&mut state.is_parted, true)) {
        return;
    }
    // Those who are about to come, or about to have gone.
    debugger::hear(isolate);
    if with(|state| !state.remotes.is_empty()) {
        tell("Waiting for the debugger to disconnect...\n");
    }
    let retaining: Vec<u32> = with(|state| {
        let retaining = state.remotes.iter().filter(|remote| remote.retains_context);
        let retaining: Vec<u32> = retaining.map(|remote| remote.connection).collect();
        state.retains_context = !retaining.is_empty();
        state.waits.for_end = true;
        retaining
    });
    (desk.outside.close_door)();
    // Sessions of the program itself.
    const FILE: &str = "internal/inspector/node_runtime_domain";
    in_main_context(isolate, |scope| {
        call_library(scope, FILE, "tellWaitingForDisconnect")
    });
    for connection in &retaining {
        let text = "{\"method\":\"NodeRuntime.waitingForDisconnect\",\"params\":{}}";
        (desk.outside.tell)(*connection, text.to_owned());
    }
    if retaining.is_empty() {
        in_main_context(isolate, |scope| end_context(scope));
    }
    run_loop(isolate);
}

/// Every debugger is gone: the port was closed.
pub(super) fn leave_all(scope: &mut v8::PinScope) {
    let connections: Vec<u32> = with(|state| {
        let remotes = state.remotes.iter();
        remotes.map(|remote| remote.connection).collect()
    });
    for connection in connections {
        leave(scope, connection);
    }
}

/// JavaScript pauses where it runs next.
pub(super) fn pause_on_next_statement(reason: &str) {
    for session in devtools::sessions() {
        let session: &V8InspectorSession = &session.v8;
        let reason = StringView::from(reason.as_bytes());
        session.schedule_pause_on_next_statement(reason, reason);
    }
}

/// Tells debuggers of an exception that ends the program.
pub(crate) fn tell_of_exception(
    scope: &v8::PinScope,
    exception: v8::Local<v8::Value>,
    message: Option<v8::Local<v8::Message>>,
) {
    let Some(message) = message.filter(|_| debugger::desk().is_some()) else {
        return;
    };
    let Some(context) = realm::current().context.borrow().clone() else {
        return;
    };
    let context = v8::Local::new(scope, context);
    let units = |text: String| text.encode_utf16().collect::<Vec<u16>>();
    let text = units(message.get(scope).to_rust_string_lossy(scope));
    let url = message.get_script_resource_name(scope);
    let url = units(url.map_or_else(String::new, |url| url.to_rust_string_lossy(scope)));
    let line = message.get_line_number(scope).unwrap_or(0);
    let column = message.get_start_column();
    let trace = message.get_stack_trace(scope);
    let has_frames = trace.is_some_and(|trace| trace.get_frame_count() > 0);
    devtools::with_inspector(|v8| {
        let trace = v8.create_stack_trace(trace.filter(|_| has_frames));
        v8.exception_thrown(
            context,
            StringView::from(&b"Uncaught"[..]),
            exception,
            StringView::from(&text[..]),
            StringView::from(&url[..]),
            u32::try_from(line).unwrap_or(0),
            u32::try_from(column).unwrap_or(0),
            trace,
            0,
        );
    });
}
