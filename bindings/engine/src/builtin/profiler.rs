//! `profiler`: V8's own DevTools domains, spoken to in JSON without any debugger outside: CPU and
//! heap profiles, coverage, and the objects that inherit from another.

use std::cell::RefCell;
use std::rc::Rc;

use v8::inspector::{
    Channel, ChannelImpl, StringBuffer, StringView, V8Inspector, V8InspectorClient,
    V8InspectorClientImpl, V8InspectorClientTrustLevel, V8InspectorSession,
};

use super::{Args, Entry, Return, entry};
use crate::value::{FromJs, js_string};

const CONTEXT_GROUP: i32 = 1;
const QUERY_GROUP: &[u8] = b"queryObjects";

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        entry("openSession", 0, open_session),
        entry("closeSession", 1, close_session),
        entry("dispatch", 2, dispatch),
        entry("queryObjects", 1, query_objects),
    ]
}

/// The last answer of a session.
type Answer = Rc<RefCell<String>>;

struct Session {
    v8: V8InspectorSession,
    answer: Answer,
}

struct Inbound(Answer);

impl ChannelImpl for Inbound {
    fn send_response(&self, _: i32, message: v8::UniquePtr<StringBuffer>) {
        let text = message.as_ref().map(|message| message.string().to_string());
        *self.0.borrow_mut() = text.unwrap_or_default();
    }

    fn send_notification(&self, _: v8::UniquePtr<StringBuffer>) {}

    fn flush_protocol_notifications(&self) {}
}

struct Client;

impl V8InspectorClientImpl for Client {
    /// CommonJS files are named by their paths; DevTools speaks of URLs.
    fn resource_name_to_url(&self, name: &StringView) -> Option<v8::UniquePtr<StringBuffer>> {
        let url = file_url(&name.to_string())?;
        Some(StringBuffer::create(StringView::from(url.as_bytes())))
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
    v8: V8Inspector,
}

thread_local! {
    // An isolate has its thread for itself.
    static INSPECTOR: RefCell<Option<Inspector>> = const { RefCell::new(None) };
}

/// Before the isolate ends.
pub(crate) fn close_all() {
    let inspector = INSPECTOR.take();
    drop(inspector);
}

/// Opens a session in the isolate's main context; its number.
pub(crate) fn open(scope: &mut v8::PinScope) -> i32 {
    let context = scope.get_current_context();
    INSPECTOR.with_borrow_mut(|cell| {
        let inspector = cell.get_or_insert_with(|| {
            let client = V8InspectorClient::new(Box::new(Client));
            let v8 = V8Inspector::create(scope, client);
            let name = StringView::from(&b"main"[..]);
            v8.context_created(context, CONTEXT_GROUP, name, StringView::from(&b"{}"[..]));
            Inspector {
                sessions: Vec::new(),
                v8,
            }
        });
        let answer = Answer::default();
        let channel = Channel::new(Box::new(Inbound(answer.clone())));
        let state = StringView::from(&b"{}"[..]);
        let trust = V8InspectorClientTrustLevel::FullyTrusted;
        let v8 = inspector.v8.connect(CONTEXT_GROUP, channel, state, trust);
        inspector
            .sessions
            .push(Some(Rc::new(Session { v8, answer })));
        inspector.sessions.len() as i32 - 1
    })
}

fn session(number: i32) -> Option<Rc<Session>> {
    INSPECTOR.with_borrow(|cell| {
        let sessions = &cell.as_ref()?.sessions;
        sessions
            .get(usize::try_from(number).ok()?)
            .cloned()
            .flatten()
    })
}

pub(crate) fn close(number: i32) {
    let closed = INSPECTOR.with_borrow_mut(|cell| {
        let sessions = &mut cell.as_mut()?.sessions;
        sessions.get_mut(usize::try_from(number).ok()?)?.take()
    });
    drop(closed);
}

/// Sends one message and gives the answer, which V8 has ready at once; empty without a session.
pub(crate) fn ask(number: i32, message: &str) -> String {
    let Some(session) = session(number) else {
        return String::new();
    };
    session.answer.borrow_mut().clear();
    let units: Vec<u16> = message.encode_utf16().collect();
    session
        .v8
        .dispatch_protocol_message(StringView::from(&units[..]));
    session.answer.take()
}

fn open_session<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, mut rv: Return<'s>) {
    rv.set_int32(open(scope));
}

fn close_session<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    close(i32::from_js(scope, args.get(0)));
}

/// dispatch(session, message) -> answer
fn dispatch<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let number = i32::from_js(scope, args.get(0));
    let message = String::from_js(scope, args.get(1));
    let answer = ask(number, &message);
    rv.set(js_string(scope, &answer).into());
}

/// The text of `"name":"..."` in JSON of V8's own making, from `at` on, and where it ends.
fn text_after<'a>(json: &'a str, name: &str, at: usize) -> Option<(&'a str, usize)> {
    let key = format!("\"{name}\":\"");
    let start = at + json.get(at..)?.find(&key)? + key.len();
    let end = start + json[start..].find('"')?;
    Some((&json[start..end], end))
}

/// The id in the CBOR of a remote object: behind its key, a string with its length before it.
fn object_id(cbor: &[u8]) -> Option<String> {
    const KEY: &[u8] = b"objectId";
    let key = cbor.windows(KEY.len()).position(|window| window == KEY)?;
    let rest = &cbor[key + KEY.len()..];
    let (start, count) = match *rest.first()? {
        0x60..=0x77 => (1, usize::from(rest[0] - 0x60)),
        0x78 => (2, usize::from(*rest.get(1)?)),
        _ => return None,
    };
    let bytes = rest.get(start..start + count)?;
    Some(String::from_utf8_lossy(bytes).into_owned())
}

/// JSON's escapes that V8's ids could need: they hold digits, dots and minus signs only.
fn quoted(id: &str) -> Option<String> {
    id.chars()
        .all(|character| character.is_ascii_digit() || ".-".contains(character))
        .then(|| format!("\"{id}\""))
}

/// queryObjects(prototype) -> every object of this context that inherits from it.
fn query_objects<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let number = open(scope);
    if let Some(found) = query(scope, number, args.get(0)) {
        rv.set(found);
    }
    close(number);
}

fn query<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    number: i32,
    prototype: v8::Local<'s, v8::Value>,
) -> Option<v8::Local<'s, v8::Value>> {
    let session = session(number)?;
    let context = scope.get_current_context();
    let group = StringView::from(QUERY_GROUP);
    let remote = session
        .v8
        .wrap_object(scope, context, prototype, group, false)?;
    let id = quoted(&object_id(&remote.to_bytes())?)?;
    let message = format!(
        "{{\"id\":1,\"method\":\"Runtime.queryObjects\",\"params\":\
         {{\"prototypeObjectId\":{id},\"objectGroup\":\"queryObjects\"}}}}"
    );
    let answer = ask(number, &message);
    let (list, _) = text_after(&answer, "objectId", 0)?;
    let unwrapped = session
        .v8
        .unwrap_object(scope, StringView::from(list.as_bytes()));
    session
        .v8
        .release_object_group(StringView::from(QUERY_GROUP));
    unwrapped.ok().map(|(value, _, _)| value)
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

    #[test]
    fn ids_are_found_and_checked() {
        assert_eq!(object_id(b"xobjectId\x65-1.23y"), Some("-1.23".to_owned()));
        assert_eq!(object_id(b"xobjectId\x78\x031.2"), Some("1.2".to_owned()));
        assert_eq!(object_id(b"xobjectId\x78\x091.2"), None);
        assert_eq!(object_id(b"nothing"), None);
        assert_eq!(quoted("1.2.-3"), Some("\"1.2.-3\"".to_owned()));
        assert_eq!(quoted("1\""), None);
        let json = "{\"objectId\":\"1.2\"}";
        assert_eq!(text_after(json, "objectId", 0), Some(("1.2", 16)));
    }
}
