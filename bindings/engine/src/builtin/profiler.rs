//! `profiler`: V8's own DevTools domains, spoken to in JSON without any debugger outside: CPU and
//! heap profiles, coverage, and the objects that inherit from another.

use std::cell::Cell;

use v8::inspector::StringView;

use super::devtools::{self, Inbound, Listener, ask, close, open, session};
use super::devtools_remote::attended;
use super::{Args, Entry, Return, entry};
use crate::value::{FromJs, js_string};

const QUERY_GROUP: &[u8] = b"queryObjects";

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        entry("openSession", 0, open_session),
        entry("closeSession", 1, close_session),
        entry("dispatch", 2, dispatch),
        entry("queryObjects", 1, query_objects),
        entry("consoleCall", 2, console_call),
    ]
}

/// openSession(listener, name) -> session. A listener gets every message of it.
fn open_session<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let listener = args.get(0).try_cast::<v8::Function>().ok();
    let listener = listener.map(|listener| Inbound::Listener(Listener::new(scope, listener)));
    let name = args.get(1);
    let name = name.is_string().then(|| String::from_js(scope, name));
    rv.set_int32(devtools::open_with(scope, listener, name));
}

fn close_session<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    close(i32::from_js(scope, args.get(0)));
}

/// dispatch(session, message) -> answer
fn dispatch<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let number = i32::from_js(scope, args.get(0));
    let message = String::from_js(scope, args.get(1));
    let answer = attended(scope, number, &message, || ask(number, &message));
    rv.set(js_string(scope, &answer).into());
}

thread_local! {
    /// What one console prints may print by another: DevTools hear of the outer one.
    static IS_PRINTING: Cell<bool> = const { Cell::new(false) };
}

/// consoleCall(v8's method, ours, ...args): prints in both ways. No frame of JavaScript lies
/// between them and the program.
fn console_call<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let functions = (
        args.get(0).try_cast::<v8::Function>(),
        args.get(1).try_cast::<v8::Function>(),
    );
    let (Ok(theirs), Ok(ours)) = functions else {
        return;
    };
    let rest: Vec<_> = (2..args.length()).map(|index| args.get(index)).collect();
    let receiver = args.this().into();
    if devtools::has_sessions() && !IS_PRINTING.replace(true) {
        let told = theirs.call(scope, receiver, &rest);
        IS_PRINTING.set(false);
        if told.is_none() {
            return; // With what was thrown.
        }
    }
    if let Some(result) = ours.call(scope, receiver, &rest) {
        rv.set(result);
    }
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
