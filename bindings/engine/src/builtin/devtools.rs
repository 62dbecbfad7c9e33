//! Sessions of V8's own DevTools: what is said to them and what they answer, in JSON, without any
//! debugger outside. Some only answer; others tell JavaScript whatever happens.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use v8::inspector::{
    Channel, ChannelImpl, StringBuffer, StringView, V8Inspector, V8InspectorClient,
    V8InspectorClientImpl, V8InspectorClientTrustLevel, V8InspectorSession,
};

use super::devtools_remote as remote;
use crate::debugger::Desk;
use crate::realm;

const CONTEXT_GROUP: i32 = 1;

thread_local! {
    // An isolate has its thread for itself.
    static INSPECTOR: RefCell<Option<Inspector>> = const { RefCell::new(None) };
    /// Messages and their deliveries that are under way: V8 works in some session.
    static BUSY_COUNT: Cell<u32> = const { Cell::new(0) };
    /// Sessions that were closed meanwhile. V8 may not have left them.
    static CLOSED: RefCell<Vec<Rc<Session>>> = const { RefCell::new(Vec::new()) };
}

/// Where the messages of a session go.
pub(super) enum Inbound {
    /// The last answer is kept for whoever asked.
    Answer(Rc<RefCell<String>>),
    /// Every message is told at once.
    Listener(Listener),
    /// Every message goes to a debugger outside, to the connection of this number.
    Remote(Arc<Desk>, u32),
}

pub(super) struct Session {
    pub(super) v8: V8InspectorSession,
    answer: Rc<RefCell<String>>,
}

/// A function of JavaScript that hears messages.
pub(super) struct Listener {
    isolate: v8::UnsafeRawIsolatePtr,
    function: v8::Global<v8::Function>,
}

impl Listener {
    pub(super) fn new(scope: &v8::PinScope, function: v8::Local<v8::Function>) -> Listener {
        Listener {
            // SAFETY: it is followed in `hear` only, in a session, which ends before its isolate.
            isolate: unsafe { scope.as_raw_isolate_ptr() },
            function: v8::Global::new(scope, function),
        }
    }

    fn hear(&self, text: &str) {
        let Some(context) = realm::current().context.borrow().clone() else {
            return;
        };
        let mut pointer = self.isolate;
        // SAFETY: V8 calls from within this isolate, in its thread.
        let isolate = unsafe { v8::Isolate::ref_from_raw_isolate_ptr_mut(&mut pointer) };
        // Of our own: for the pieces of a heap snapshot V8 has none open.
        v8::scope!(let scope, isolate);
        let context = v8::Local::new(scope, context);
        let scope = &mut v8::ContextScope::new(scope, context);
        let function = v8::Local::new(scope, &self.function);
        let receiver = v8::undefined(scope).into();
        let text = crate::value::js_string(scope, text).into();
        let _busy = Busy::new();
        // It throws nothing; None means that the isolate is being ended.
        let _ = function.call(scope, receiver, &[text]);
    }
}

/// V8 works in a session for as long as this lives.
struct Busy;

impl Busy {
    fn new() -> Busy {
        BUSY_COUNT.set(BUSY_COUNT.get() + 1);
        Busy
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        BUSY_COUNT.set(BUSY_COUNT.get() - 1);
    }
}

impl Inbound {
    fn take(&self, message: &v8::UniquePtr<StringBuffer>) {
        let Some(message) = message.as_ref() else {
            return;
        };
        let text = message.string().to_string();
        match self {
            Inbound::Answer(answer) => *answer.borrow_mut() = text,
            Inbound::Listener(listener) => listener.hear(&text),
            Inbound::Remote(desk, connection) => (desk.outside.tell)(*connection, text),
        }
    }
}

impl ChannelImpl for Inbound {
    fn send_response(&self, _: i32, message: v8::UniquePtr<StringBuffer>) {
        self.take(&message);
    }

    fn send_notification(&self, message: v8::UniquePtr<StringBuffer>) {
        match self {
            Inbound::Answer(_) => {}
            Inbound::Listener(_) | Inbound::Remote(..) => self.take(&message),
        }
    }

    fn flush_protocol_notifications(&self) {}
}

struct Client {
    isolate: v8::UnsafeRawIsolatePtr,
}

impl V8InspectorClientImpl for Client {
    fn run_message_loop_on_pause(&self, _: i32) {
        let mut pointer = self.isolate;
        // SAFETY: V8 calls from within this isolate, in its thread.
        let isolate = unsafe { v8::Isolate::ref_from_raw_isolate_ptr_mut(&mut pointer) };
        remote::pause(isolate);
    }

    fn quit_message_loop_on_pause(&self) {
        remote::resume();
    }

    fn run_if_waiting_for_debugger(&self, _: i32) {
        remote::go_on();
    }

    /// CommonJS files are named by their paths; DevTools speaks of URLs.
    fn resource_name_to_url(&self, name: &StringView) -> Option<v8::UniquePtr<StringBuffer>> {
        let url = file_url(&name.to_string())?;
        Some(StringBuffer::create(StringView::from(url.as_bytes())))
    }

    /// Where `Runtime.evaluate` evaluates when nobody says where.
    fn ensure_default_context_in_group(&self, _: i32) -> Option<v8::Local<'_, v8::Context>> {
        let context = realm::current().context.borrow().clone()?;
        let mut pointer = self.isolate;
        // SAFETY: V8 calls from within this isolate, in its thread.
        let isolate = unsafe { v8::Isolate::ref_from_raw_isolate_ptr_mut(&mut pointer) };
        v8::callback_scope!(unsafe scope, isolate);
        let context = v8::Local::new(scope, context);
        // SAFETY: V8 has a scope for handles of its own around the call.
        Some(unsafe { context.extend_lifetime_unchecked() })
    }
}

/// The URL of an absolute path; None for what is none.
fn file_url(path: &str) -> Option<String> {
    if !path.starts_with('/') {
        return None;
    }
    let mut url = "file://".to_owned();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => url.push(byte.into()),
            b'/' | b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*'
            | b'+' | b',' | b';' | b'=' | b':' | b'@' => url.push(byte.into()),
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    Some(url)
}

struct Inspector {
    // Sessions go before the inspector that they belong to.
    sessions: Vec<Option<Rc<Session>>>,
    v8: Rc<V8Inspector>,
}

/// Before the isolate ends.
pub(crate) fn close_all() {
    crate::debugger::close();
    remote::forget_all();
    CLOSED.take().clear();
    let inspector = INSPECTOR.take();
    drop(inspector);
}

/// What DevTools calls the main context: the program and its process.
fn context_name() -> String {
    let program = std::env::args().next().unwrap_or_default();
    format!("{program}[{}]", std::process::id())
}

/// Of an inspector that nobody uses.
struct Nobody;

impl V8InspectorClientImpl for Nobody {}

/// Gives the context the number that the first inspector will give it. Scripts note their context's
/// number when they are compiled, and those without one take no breakpoints later.
pub(crate) fn number(scope: &mut v8::PinScope) {
    let context = scope.get_current_context();
    let global = context.global(scope);
    let key = crate::value::js_string(scope, "console");
    let console = global.get(scope, key.into());
    // A console that is there would get a property with an address, which no snapshot can hold.
    global.delete(scope, key.into());
    let client = V8InspectorClient::new(Box::new(Nobody));
    let v8 = V8Inspector::create(scope, client);
    let (name, data) = (StringView::empty(), StringView::empty());
    v8.context_created(context, CONTEXT_GROUP, name, data);
    drop(v8);
    if let Some(console) = console {
        let hidden = v8::PropertyAttribute::DONT_ENUM;
        global.define_own_property(scope, key.into(), console, hidden);
    }
}

/// Makes the inspector unless there is one. `name` is the main context's.
pub(super) fn prepare(scope: &mut v8::PinScope, name: Option<String>) {
    if is_prepared() {
        return;
    }
    let context = scope.get_current_context();
    // SAFETY: the client lives as long as the inspector, which ends before the isolate.
    let isolate = unsafe { scope.as_raw_isolate_ptr() };
    let client = V8InspectorClient::new(Box::new(Client { isolate }));
    let v8 = V8Inspector::create(scope, client);
    let name: Vec<u16> = name.unwrap_or_else(context_name).encode_utf16().collect();
    let data = StringView::from(&b"{\"isDefault\":true}"[..]);
    v8.context_created(context, CONTEXT_GROUP, StringView::from(&name[..]), data);
    INSPECTOR.set(Some(Inspector {
        sessions: Vec::new(),
        v8: Rc::new(v8),
    }));
}

/// Does something with the inspector, if there is one. Sessions may hear of it.
pub(super) fn with_inspector<R>(act: impl FnOnce(&V8Inspector) -> R) -> Option<R> {
    let v8 = INSPECTOR.with_borrow(|cell| cell.as_ref().map(|inspector| inspector.v8.clone()))?;
    let _busy = Busy::new();
    Some(act(&v8))
}

/// Whether there is an inspector.
pub(crate) fn is_prepared() -> bool {
    INSPECTOR.with_borrow(Option::is_some)
}

/// A context of vm was made.
pub(crate) fn tell_of_context(context: v8::Local<v8::Context>, name: &str) {
    let name: Vec<u16> = name.encode_utf16().collect();
    let data = StringView::from(&b"{\"isDefault\":false}"[..]);
    let name = StringView::from(&name[..]);
    with_inspector(|v8| v8.context_created(context, CONTEXT_GROUP, name, data));
}

/// Opens a session in the isolate's main context, which tells `inbound` if there is one; its
/// number. `name` is the context's if this is the first session.
pub(super) fn open_with(
    scope: &mut v8::PinScope,
    inbound: Option<Inbound>,
    name: Option<String>,
) -> i32 {
    bury();
    prepare(scope, name);
    INSPECTOR.with_borrow_mut(|cell| {
        let inspector = cell.as_mut().expect("it was made above");
        let answer = Rc::<RefCell<String>>::default();
        let inbound = inbound.unwrap_or_else(|| Inbound::Answer(answer.clone()));
        let channel = Channel::new(Box::new(inbound));
        let state = StringView::from(&b"{}"[..]);
        let trust = V8InspectorClientTrustLevel::FullyTrusted;
        let v8 = inspector.v8.connect(CONTEXT_GROUP, channel, state, trust);
        let session = Some(Rc::new(Session { v8, answer }));
        match inspector.sessions.iter().position(Option::is_none) {
            Some(free) => {
                inspector.sessions[free] = session;
                free as i32
            }
            None => {
                inspector.sessions.push(session);
                inspector.sessions.len() as i32 - 1
            }
        }
    })
}

/// Opens a session that only answers.
pub(crate) fn open(scope: &mut v8::PinScope) -> i32 {
    open_with(scope, None, None)
}

pub(super) fn session(number: i32) -> Option<Rc<Session>> {
    INSPECTOR.with_borrow(|cell| {
        let sessions = &cell.as_ref()?.sessions;
        sessions
            .get(usize::try_from(number).ok()?)
            .cloned()
            .flatten()
    })
}

/// Every session that is open.
pub(super) fn sessions() -> Vec<Rc<Session>> {
    INSPECTOR.with_borrow(|cell| {
        let sessions = cell.iter().flat_map(|inspector| &inspector.sessions);
        sessions.flatten().cloned().collect()
    })
}

/// Whether anybody is there to be told of what the program prints, or may come and ask for it.
pub(super) fn has_sessions() -> bool {
    if crate::debugger::desk().is_some() {
        return true;
    }
    INSPECTOR.with_borrow(|cell| {
        cell.as_ref()
            .is_some_and(|inspector| inspector.sessions.iter().any(Option::is_some))
    })
}

pub(crate) fn close(number: i32) {
    remote::forget_depth(number);
    let closed = INSPECTOR.with_borrow_mut(|cell| {
        let sessions = &mut cell.as_mut()?.sessions;
        sessions.get_mut(usize::try_from(number).ok()?)?.take()
    });
    CLOSED.with_borrow_mut(|list| list.extend(closed));
    bury();
}

/// Lets go of the sessions that were closed, unless V8 may still be in one of them.
fn bury() {
    if BUSY_COUNT.get() == 0 {
        let closed = CLOSED.take();
        drop(closed);
    }
}

/// Sends one message and gives the answer, which V8 has ready at once; empty without a session.
pub(crate) fn ask(number: i32, message: &str) -> String {
    bury();
    let Some(session) = session(number) else {
        return String::new();
    };
    session.answer.borrow_mut().clear();
    let units: Vec<u16> = message.encode_utf16().collect();
    let _busy = Busy::new();
    session
        .v8
        .dispatch_protocol_message(StringView::from(&units[..]));
    session.answer.take()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_urls() {
        let url = file_url("/a b/\u{e9}.js");
        assert_eq!(url, Some("file:///a%20b/%C3%A9.js".to_owned()));
        assert_eq!(file_url("node:fs"), None);
    }
}
