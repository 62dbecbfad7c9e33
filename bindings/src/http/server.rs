//! Binding `http`: the ops of the fast lane but for responses, which are in reply.rs.

use coring_codec::http1::{HttpError, Method};
use coring_engine::{Bytes, Data, Js, Text, ops};

use super::fields::{header_spans, headers};
use super::reply::{self, answered, reply, write_body, write_head, write_raw};
use crate::Natives;
use crate::slots::Handle;
use crate::socket::{Closing, Ending, Farewell, Role, Socket};
use crate::tcp_wrap::{
    bytesRead, bytesWritten, fd, peerName, queuedBytes, r#ref, setKeepAlive, setNoDelay, sockName,
    unref,
};

ops! { http(Natives) {
    constants = constants;
    slow configure(listener: i32, numbers: Bytes);
    slow headers(head: Text);
    slow headerSpans(head: Text, spans: Bytes);
    slow reply(conn: i32, head: Text, body: Data, flags: i32);
    slow writeHead(conn: i32, head: Text, flags: i32);
    slow write(conn: i32, data: Data, flags: i32);
    slow end(conn: i32, data: Data, trailers: Option<Text>, flags: i32);
    slow writeRaw(conn: i32, data: Data, flags: i32);
    slow answered(conn: i32, flags: i32);
    fast writeContinue(conn: i32);
    fast wantDrain(conn: i32);
    /// No further request while `on`.
    slow holdRequests(conn: i32, on: bool);
    /// Requests given and not answered, those that JavaScript did not see yet included.
    fast openRequests(conn: i32);
    /// What comes is given as bytes, too.
    fast tap(conn: i32);
    slow stopInput(conn: i32, on: bool);
    /// The end of what the peer sends is told as entry 2, and not acted on.
    fast watchEnd(conn: i32);
    /// Sends what is queued and ends our half; reading goes on.
    slow shutdown(conn: i32);
    fast bodyPause(conn: i32);
    fast bodyResume(conn: i32);
    fast bodyDump(conn: i32);
    slow close(conn: i32);
    slow destroy(conn: i32);
    fast queuedBytes(conn: i32);
    slow sockName(conn: i32);
    slow peerName(conn: i32);
    fast bytesRead(conn: i32);
    fast bytesWritten(conn: i32);
    fast fd(conn: i32);
    fast r#ref(conn: i32);
    fast unref(conn: i32);
    slow setNoDelay(conn: i32, on: bool);
    slow setKeepAlive(conn: i32, on: bool, delay_s: i32, interval_s: i32, probes_count: i32);
    fast setIdleTimeout(conn: i32, timeout_ms: f64);
    slow takeUnparsed(conn: i32);
    slow detach(conn: i32);
    slow connections(listener: i32);
    /// All idle connections but `except`, whose request is just being answered.
    slow closeIdle(listener: i32, except: i32);
    slow closeAll(listener: i32);
} }

const BAD_HANDLE: i32 = -9;

fn names(methods: &[Method]) -> Js {
    Js::List(
        methods
            .iter()
            .map(|method| Js::from(method.name()))
            .collect(),
    )
}

/// `methods`: names by index of entry 7's method bits; `httpMethods`: those of HTTP itself;
/// `errors`: [code, reason] by index of entry 12.
fn constants() -> Vec<(&'static str, Js)> {
    let errors = HttpError::ALL
        .iter()
        .map(|error| Js::List(vec![Js::from(error.code()), Js::from(error.reason())]))
        .collect();
    vec![
        ("methods", names(&Method::ALL)),
        ("httpMethods", names(&Method::HTTP)),
        ("errors", Js::List(errors)),
    ]
}

fn configure(natives: &mut Natives, listener: i32, numbers: Bytes) -> i32 {
    let Some(socket) = natives.socket(listener) else {
        return BAD_HANDLE;
    };
    let Role::Listener(role) = &socket.role else {
        return BAD_HANDLE;
    };
    let settings = role.http.as_ref().unwrap_or(&role.settings);
    let numbers: Vec<f64> = numbers
        .as_slice()
        .chunks_exact(8)
        .map(|bytes| f64::from_ne_bytes(bytes.try_into().expect("chunks of eight")))
        .collect();
    settings.set(&numbers);
    0
}

#[allow(non_snake_case)]
fn headerSpans(natives: &mut Natives, head: Text, spans: Bytes) -> i32 {
    header_spans(natives, head, spans)
}

#[allow(non_snake_case)]
fn writeHead(natives: &mut Natives, conn: i32, head: Text, flags: i32) -> i32 {
    write_head(natives, conn, head, flags)
}

fn write(natives: &mut Natives, conn: i32, data: Data, flags: i32) -> i32 {
    write_body(natives, conn, data, flags)
}

fn end(natives: &mut Natives, conn: i32, data: Data, trailers: Option<Text>, flags: i32) -> i32 {
    reply::end(natives, conn, data, trailers, flags)
}

#[allow(non_snake_case)]
fn writeRaw(natives: &mut Natives, conn: i32, data: Data, flags: i32) -> i32 {
    write_raw(natives, conn, data, flags)
}

#[allow(non_snake_case)]
fn writeContinue(natives: &mut Natives, conn: i32) -> i32 {
    reply::write_continue(natives, conn)
}

#[allow(non_snake_case)]
fn wantDrain(natives: &mut Natives, conn: i32) -> i32 {
    let Some(socket) = natives.socket(conn) else {
        return BAD_HANDLE;
    };
    socket.drain_wanted = true;
    natives.touch(Handle::from_js(conn));
    0
}

/// Changes what the connection may read, then has it looked at.
fn change_input(natives: &mut Natives, conn: i32, change: impl FnOnce(&mut super::Conn)) -> i32 {
    let handle = Handle::from_js(conn);
    let Some(conn) = natives.sockets.get_mut(handle).and_then(Socket::conn) else {
        return BAD_HANDLE;
    };
    change(conn);
    if conn.has_work() {
        natives.look_again(handle);
    }
    natives.touch(handle);
    0
}

#[allow(non_snake_case)]
fn holdRequests(natives: &mut Natives, conn: i32, on: bool) -> i32 {
    change_input(natives, conn, |conn| conn.held = on)
}

fn tap(natives: &mut Natives, conn: i32) -> i32 {
    change_input(natives, conn, super::Conn::open_tap)
}

#[allow(non_snake_case)]
fn stopInput(natives: &mut Natives, conn: i32, on: bool) -> i32 {
    change_input(natives, conn, |conn| conn.stopped = on)
}

#[allow(non_snake_case)]
fn watchEnd(natives: &mut Natives, conn: i32) -> i32 {
    change_input(natives, conn, super::Conn::watch_end)
}

fn shutdown(natives: &mut Natives, conn: i32) -> i32 {
    let Some(socket) = natives.socket(conn) else {
        return BAD_HANDLE;
    };
    if !socket.is_writable() {
        return BAD_HANDLE;
    }
    let Some(open) = socket.conn() else {
        return BAD_HANDLE;
    };
    open.is_half_ended = true;
    socket.ending = Ending::Wanted;
    natives.touch(Handle::from_js(conn));
    0
}

#[allow(non_snake_case)]
fn openRequests(natives: &mut Natives, conn: i32) -> i32 {
    natives
        .socket(conn)
        .and_then(Socket::conn)
        .map_or(0, |conn| conn.open_requests() as i32)
}

#[allow(non_snake_case)]
fn bodyPause(natives: &mut Natives, conn: i32) -> i32 {
    change_input(natives, conn, |conn| conn.pause_body(true))
}

#[allow(non_snake_case)]
fn bodyResume(natives: &mut Natives, conn: i32) -> i32 {
    change_input(natives, conn, |conn| conn.pause_body(false))
}

#[allow(non_snake_case)]
fn bodyDump(natives: &mut Natives, conn: i32) -> i32 {
    change_input(natives, conn, super::Conn::drop_body)
}

fn close(natives: &mut Natives, conn: i32) -> i32 {
    let handle = Handle::from_js(conn);
    let Some(socket) = natives.sockets.get_mut(handle) else {
        return BAD_HANDLE;
    };
    if let Some(conn) = socket.conn() {
        conn.stop();
    }
    natives.close_gracefully(handle, Farewell::Closed);
    0
}

fn destroy(natives: &mut Natives, conn: i32) -> i32 {
    let handle = Handle::from_js(conn);
    if natives.sockets.get(handle).is_none() {
        return BAD_HANDLE;
    }
    natives.close(handle, Farewell::Closed);
    0
}

#[allow(non_snake_case)]
fn setIdleTimeout(natives: &mut Natives, conn: i32, timeout_ms: f64) -> i32 {
    let handle = Handle::from_js(conn);
    let now_ms = natives.clock.now_ms();
    let Some(conn) = natives.sockets.get_mut(handle).and_then(Socket::conn) else {
        return BAD_HANDLE;
    };
    conn.idle_timeout_ms = super::settings::milliseconds(timeout_ms);
    conn.active_ms = now_ms;
    natives.list_deadline(handle);
    0
}

#[allow(non_snake_case)]
fn takeUnparsed(natives: &mut Natives, conn: i32) -> Option<Vec<u8>> {
    let socket = natives.socket(conn)?;
    let mut rest = socket.conn()?.take_input();
    if socket.tls.is_some() {
        // Plaintext that JavaScript had, and that nobody has looked at.
        socket.inbox.drain(..).for_each(|bytes| rest.extend(bytes));
    }
    (!rest.is_empty()).then_some(rest)
}

/// Takes the connection out of the fast lane: the same handle is a stream of `tcp_wrap` from now.
/// With TLS below it, `takeUnparsed` comes first: the stream gives records from now.
fn detach(natives: &mut Natives, conn: i32) -> i32 {
    let Some(socket) = natives.socket(conn) else {
        return BAD_HANDLE;
    };
    if socket.closing != Closing::Open || socket.ending != Ending::Open {
        return BAD_HANDLE;
    }
    let Some(open) = socket.conn() else {
        return BAD_HANDLE;
    };
    let rest = open.take_input();
    let is_sealed = socket.tls.is_some();
    if !rest.is_empty() && !is_sealed {
        socket.inbox.push_back(rest);
    }
    socket.role = Role::Stream;
    socket.reading = false;
    if is_sealed {
        natives.unseal(Handle::from_js(conn));
    }
    natives.touch(Handle::from_js(conn));
    conn
}

fn of_server(natives: &Natives, listener: i32) -> Vec<(Handle, bool)> {
    let server = Handle::from_js(listener);
    let connections = natives
        .sockets
        .iter()
        .filter_map(|(handle, socket)| match &socket.role {
            Role::Http(conn) if conn.server == server && socket.closing == Closing::Open => {
                Some((handle, conn.is_idle_again()))
            }
            _ => None,
        });
    connections.collect()
}

fn connections(natives: &mut Natives, listener: i32) -> i32 {
    of_server(natives, listener).len() as i32
}

#[allow(non_snake_case)]
fn closeIdle(natives: &mut Natives, listener: i32, except: i32) {
    for (handle, is_idle) in of_server(natives, listener) {
        if is_idle && handle.to_js() != except {
            natives.close_gracefully(handle, Farewell::Gone(0));
        }
    }
}

#[allow(non_snake_case)]
fn closeAll(natives: &mut Natives, listener: i32) {
    for (handle, _) in of_server(natives, listener) {
        natives.close(handle, Farewell::Gone(0));
    }
}
