//! Connections: settings, answers, and bytes on their way.

use coring_crypto::Failure;
use coring_crypto::tls::{Connection, Outcome};
use coring_engine::{Bytes, Data, Js, ops};

use super::{bytes_list, stale};
use crate::Natives;
use crate::crypto::{failure_js, text::with_bytes};
use crate::slots::Handle;

ops! { tls(Natives) {
    slow open(context: i32, is_server: bool);
    slow close(connection: i32);
    slow setServername(connection: i32, name: String);
    slow setAlpn(connection: i32, list: Bytes);
    slow setSession(connection: i32, session: Bytes);
    slow requestOcsp(connection: i32);
    slow setVerifyMode(connection: i32, requests: bool, rejects: bool);
    slow pauseOnHello(connection: i32);
    slow enableSessionEvents(connection: i32);
    slow enableKeylog(connection: i32);
    slow enablePsk(connection: i32, hint: Option<String>);
    slow setMaxSendFragment(connection: i32, bytes: i32);
    slow disableRenegotiation(connection: i32);
    slow renegotiate(connection: i32);
    slow start(connection: i32);
    slow receive(connection: i32, bytes: Bytes);
    /// These three as those without the word: the wire goes to a stream of `tcp_wrap` at once. Of
    /// plaintext and nothing else the first gives the ArrayBuffer; the others, where nothing
    /// happened, give the bytes that wait there, or -errno.
    slow receiveThrough(connection: i32, stream: i32, bytes: Bytes);
    slow writeThrough(connection: i32, stream: i32, data: Data, encoding: i32);
    slow writevThrough(connection: i32, stream: i32, list: Vec<Bytes>);
    slow write(connection: i32, data: Data, encoding: i32);
    slow writev(connection: i32, list: Vec<Bytes>);
    slow shutdown(connection: i32);
    slow resume(connection: i32);
    slow refuse(connection: i32, alert: i32);
    slow hello(connection: i32);
    slow answerSession(connection: i32, session: Bytes);
    slow answerContext(connection: i32, context: i32);
    slow answerOcsp(connection: i32, response: Bytes);
    slow answerAlpn(connection: i32, name: Option<String>);
    slow pskAsked(connection: i32);
    slow answerPsk(connection: i32, identity: Bytes, key: Option<Bytes>);
    slow takeSessions(connection: i32);
    slow takeKeylog(connection: i32);
} }

fn open(natives: &mut Natives, context: i32, is_server: bool) -> Js {
    let Some(context) = natives.tls.context(context) else {
        return stale();
    };
    let connection = match Connection::open(context, is_server) {
        Ok(connection) => connection,
        Err(failure) => return natives.crypto_answer::<Js>(Err(failure)),
    };
    match natives.tls.connections.insert(connection) {
        Ok(handle) => handle.to_js().into(),
        Err(_) => natives.crypto_answer::<Js>(Err(Failure::plain("", "Too many connections"))),
    }
}

fn close(natives: &mut Natives, connection: i32) {
    natives.tls.connections.remove(Handle::from_js(connection));
}

#[allow(non_snake_case)]
fn setServername(natives: &mut Natives, connection: i32, name: String) -> Js {
    natives.with_connection(connection, |connection| connection.set_servername(&name))
}

#[allow(non_snake_case)]
fn setAlpn(natives: &mut Natives, connection: i32, list: Bytes) -> Js {
    natives.with_connection(connection, |connection| {
        connection.set_alpn(list.as_slice())
    })
}

#[allow(non_snake_case)]
fn setSession(natives: &mut Natives, connection: i32, session: Bytes) -> Js {
    natives.with_connection(connection, |connection| {
        connection.set_session(session.as_slice())
    })
}

#[allow(non_snake_case)]
fn requestOcsp(natives: &mut Natives, connection: i32) -> Js {
    natives.set_connection(connection, Connection::request_ocsp)
}

#[allow(non_snake_case)]
fn setVerifyMode(natives: &mut Natives, connection: i32, requests: bool, rejects: bool) -> Js {
    natives.set_connection(connection, |connection| {
        connection.set_verify(requests, rejects);
    })
}

#[allow(non_snake_case)]
fn pauseOnHello(natives: &mut Natives, connection: i32) -> Js {
    natives.set_connection(connection, Connection::pause_on_hello)
}

#[allow(non_snake_case)]
fn enableSessionEvents(natives: &mut Natives, connection: i32) -> Js {
    natives.set_connection(connection, Connection::keep_sessions)
}

#[allow(non_snake_case)]
fn enableKeylog(natives: &mut Natives, connection: i32) -> Js {
    natives.set_connection(connection, Connection::keep_keylog)
}

#[allow(non_snake_case)]
fn enablePsk(natives: &mut Natives, connection: i32, hint: Option<String>) -> Js {
    natives.with_connection(connection, |connection| {
        connection.enable_psk(hint.as_deref())
    })
}

#[allow(non_snake_case)]
fn setMaxSendFragment(natives: &mut Natives, connection: i32, bytes: i32) -> Js {
    let bytes = usize::try_from(bytes).unwrap_or(0);
    natives.ask_connection(connection, |connection| {
        Js::Bool(connection.set_max_send_fragment(bytes))
    })
}

#[allow(non_snake_case)]
fn disableRenegotiation(natives: &mut Natives, connection: i32) -> Js {
    natives.set_connection(connection, |connection| {
        connection.set_renegotiation(false);
    })
}

/// libssl begins none.
fn renegotiate(_: &mut Natives, _: i32) -> Js {
    Js::Null
}

impl Natives {
    /// What moves bytes: a number of events, or [events, wire, plain, failure].
    fn move_bytes(&mut self, number: i32, act: impl FnOnce(&mut Connection) -> Outcome) -> Js {
        match self.tls.connection(number) {
            Some(connection) => outcome_js(act(connection)),
            None => stale(),
        }
    }

    /// As `move_bytes` for what writes; the wire goes to a stream.
    fn write_through(
        &mut self,
        number: i32,
        stream: i32,
        act: impl FnOnce(&mut Connection) -> Outcome,
    ) -> Js {
        let Some(connection) = self.tls.connection(number) else {
            return stale();
        };
        let mut outcome = act(connection);
        let wire = std::mem::take(&mut outcome.wire);
        let queued = self.send_wire(stream, &wire);
        if queued >= 0 && (outcome.events != 0 || outcome.failure.is_some()) {
            let events = Js::from(outcome.events);
            let failure = outcome.failure.as_ref().map_or(Js::Undefined, failure_js);
            return Js::List(vec![events, Js::Undefined, Js::Undefined, failure]);
        }
        queued.into()
    }

    /// A setting that cannot fail.
    fn set_connection(&mut self, number: i32, act: impl FnOnce(&mut Connection)) -> Js {
        self.ask_connection(number, |connection| {
            act(connection);
            Js::Undefined
        })
    }
}

fn outcome_js(outcome: Outcome) -> Js {
    let events = Js::from(outcome.events);
    if outcome.wire.is_empty() && outcome.plain.is_empty() && outcome.failure.is_none() {
        return events;
    }
    let failure = outcome.failure.as_ref().map_or(Js::Undefined, failure_js);
    Js::List(vec![
        events,
        memory_or_none(outcome.wire),
        memory_or_none(outcome.plain),
        failure,
    ])
}

fn memory_or_none(bytes: Vec<u8>) -> Js {
    match bytes.is_empty() {
        true => Js::Undefined,
        false => Js::Memory(bytes),
    }
}

fn start(natives: &mut Natives, connection: i32) -> Js {
    natives.move_bytes(connection, Connection::start)
}

fn receive(natives: &mut Natives, connection: i32, bytes: Bytes) -> Js {
    natives.move_bytes(connection, |connection| {
        connection.receive(bytes.as_slice())
    })
}

fn write(natives: &mut Natives, connection: i32, data: Data, encoding: i32) -> Js {
    natives.move_bytes(connection, |connection| {
        with_bytes(&data, encoding, |bytes| connection.write(bytes))
    })
}

/// Pieces up to this size become one: a record has 29 bytes and a tag's work of its own.
const JOIN_BYTES_MAX: usize = 16 * 1024;

fn written(connection: &mut Connection, list: &[Bytes]) -> Outcome {
    let mut out = Outcome::default();
    let mut joined = Vec::new();
    for bytes in list {
        let bytes = bytes.as_slice();
        if joined.len() + bytes.len() > JOIN_BYTES_MAX && !joined.is_empty() {
            connection.write_into(&joined, &mut out);
            joined.clear();
        }
        match bytes.len() > JOIN_BYTES_MAX {
            true => connection.write_into(bytes, &mut out),
            false => joined.extend_from_slice(bytes),
        }
    }
    if !joined.is_empty() {
        connection.write_into(&joined, &mut out);
    }
    out
}

fn writev(natives: &mut Natives, connection: i32, list: Vec<Bytes>) -> Js {
    natives.move_bytes(connection, |connection| written(connection, &list))
}

#[allow(non_snake_case)]
fn receiveThrough(natives: &mut Natives, connection: i32, stream: i32, bytes: Bytes) -> Js {
    let Some(connection) = natives.tls.connection(connection) else {
        return stale();
    };
    let mut outcome = connection.receive(bytes.as_slice());
    let wire = std::mem::take(&mut outcome.wire);
    if !wire.is_empty() {
        natives.send_wire(stream, &wire);
    }
    if outcome.events == 0 && outcome.failure.is_none() && !outcome.plain.is_empty() {
        return Js::Memory(outcome.plain);
    }
    outcome_js(outcome)
}

#[allow(non_snake_case)]
fn writeThrough(
    natives: &mut Natives,
    connection: i32,
    stream: i32,
    data: Data,
    encoding: i32,
) -> Js {
    natives.write_through(connection, stream, |connection| {
        with_bytes(&data, encoding, |bytes| connection.write(bytes))
    })
}

#[allow(non_snake_case)]
fn writevThrough(natives: &mut Natives, connection: i32, stream: i32, list: Vec<Bytes>) -> Js {
    natives.write_through(connection, stream, |connection| written(connection, &list))
}

fn shutdown(natives: &mut Natives, connection: i32) -> Js {
    natives.move_bytes(connection, Connection::shutdown)
}

fn resume(natives: &mut Natives, connection: i32) -> Js {
    natives.move_bytes(connection, Connection::resume)
}

fn refuse(natives: &mut Natives, connection: i32, alert: i32) -> Js {
    const HANDSHAKE_FAILURE: u8 = 40;
    let alert = u8::try_from(alert).unwrap_or(HANDSHAKE_FAILURE);
    natives.move_bytes(connection, |connection| connection.refuse(alert))
}

fn hello(natives: &mut Natives, connection: i32) -> Js {
    natives.ask_connection(connection, |connection| {
        let Some(hello) = connection.hello() else {
            return Js::Undefined;
        };
        let name = hello.servername.clone();
        let alpn = hello.alpn.clone();
        Js::List(vec![
            Js::Bytes(hello.session_id.clone()),
            name.map_or(Js::Undefined, Js::Text),
            Js::Bool(hello.has_ticket),
            Js::Bool(hello.wants_ocsp),
            alpn.map_or(Js::Undefined, Js::Bytes),
            i32::from(hello.version).into(),
        ])
    })
}

#[allow(non_snake_case)]
fn answerSession(natives: &mut Natives, connection: i32, session: Bytes) -> Js {
    natives.ask_connection(connection, |connection| {
        Js::Bool(connection.answer_session(session.as_slice()))
    })
}

#[allow(non_snake_case)]
fn answerContext(natives: &mut Natives, connection: i32, context: i32) -> Js {
    let state = &mut natives.tls;
    let connection = state.connections.get_mut(Handle::from_js(connection));
    let context = state.contexts.get(Handle::from_js(context));
    let (Some(connection), Some(context)) = (connection, context) else {
        return stale();
    };
    let done = connection.answer_context(context);
    natives.crypto_answer(done)
}

#[allow(non_snake_case)]
fn answerOcsp(natives: &mut Natives, connection: i32, response: Bytes) -> Js {
    natives.set_connection(connection, |connection| {
        connection.answer_ocsp(response.as_slice());
    })
}

#[allow(non_snake_case)]
fn answerAlpn(natives: &mut Natives, connection: i32, name: Option<String>) -> Js {
    natives.set_connection(connection, |connection| {
        connection.answer_alpn(name.as_deref());
    })
}

#[allow(non_snake_case)]
fn pskAsked(natives: &mut Natives, connection: i32) -> Js {
    natives.ask_connection(connection, |connection| match connection.psk_asked() {
        None => Js::Undefined,
        Some(None) => Js::Null,
        Some(Some(text)) => Js::Text(String::from_utf8_lossy(text).into_owned()),
    })
}

#[allow(non_snake_case)]
fn answerPsk(natives: &mut Natives, connection: i32, identity: Bytes, key: Option<Bytes>) -> Js {
    natives.set_connection(connection, |connection| {
        if let Some(key) = key {
            connection.answer_psk(identity.as_slice(), key.as_slice());
        }
    })
}

#[allow(non_snake_case)]
fn takeSessions(natives: &mut Natives, connection: i32) -> Js {
    natives.ask_connection(connection, |connection| {
        let sessions = connection.take_sessions().into_iter();
        let pair = |(id, bytes)| Js::List(vec![Js::Bytes(id), Js::Bytes(bytes)]);
        Js::List(sessions.map(pair).collect())
    })
}

#[allow(non_snake_case)]
fn takeKeylog(natives: &mut Natives, connection: i32) -> Js {
    natives.ask_connection(connection, |connection| {
        bytes_list(connection.take_keylog())
    })
}
