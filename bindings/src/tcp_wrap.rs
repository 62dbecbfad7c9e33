//! Binding `tcp_wrap`: TCP and Unix sockets, and pipes, as handles for `node:net`.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};

use coring_engine::{Bytes, Data, Js, Text, ops};
use coring_uring::{Errno, Fd, Op, SocketAddress, sync};

use crate::Natives;
use crate::http::Settings;
use crate::kinds::{entry, token};
use crate::slots::Handle;
use crate::socket::{Closing, Ending, Farewell, Listener, Role, Socket};
use crate::stream::socket_token;

ops! { tcp_wrap(Natives) {
    slow listen(kind: i32, address: String, port: i32, backlog: i32, flags: i32);
    slow listenFd(fd: i32, backlog: i32, flags: i32);
    slow sockName(handle: i32);
    slow peerName(handle: i32);
    slow connect(kind: i32, address: String, port: i32, local: Option<String>, local_port: i32);
    slow openFd(fd: i32);
    slow isListening(fd: i32);
    fast readStart(handle: i32);
    fast readStop(handle: i32);
    slow writeString(handle: i32, text: Text, encoding: i32);
    slow writeBuffer(handle: i32, bytes: Bytes);
    slow writeBuffers(handle: i32, list: Vec<Data>);
    fast wantDrain(handle: i32);
    fast shutdown(handle: i32);
    slow close(handle: i32);
    slow reset(handle: i32);
    slow setNoDelay(handle: i32, on: bool);
    slow setKeepAlive(handle: i32, on: bool, delay_s: i32);
    fast r#ref(handle: i32);
    fast unref(handle: i32);
    fast hasRef(handle: i32);
    fast bytesRead(handle: i32);
    fast bytesWritten(handle: i32);
    fast fd(handle: i32);
    fast queuedBytes(handle: i32);
} }

mod flag {
    pub const REUSE_PORT: i32 = 1;
    pub const IPV6_ONLY: i32 = 2;
    pub const HTTP: i32 = 4;
}

const BAD_HANDLE: i32 = -9;

impl Natives {
    /// The socket behind JavaScript's handle, unless its descriptor is closed.
    pub(crate) fn socket(&mut self, handle: i32) -> Option<&mut Socket> {
        let socket = self.sockets.get_mut(Handle::from_js(handle))?;
        (socket.closing != Closing::Done).then_some(socket)
    }
}

/// `fe80::1%eth0` names its interface by index behind the address.
fn parse_v6(address: &str, port: u16) -> Option<SocketAddress> {
    let (address, scope) = address.split_once('%').unwrap_or((address, ""));
    let ip: Ipv6Addr = address.parse().ok()?;
    let scope = match scope {
        "" => 0,
        name => name
            .parse()
            .ok()
            .or_else(|| sync::host::interface_index(name))?,
    };
    Some(SocketAddress::V6(SocketAddrV6::new(ip, port, 0, scope)))
}

fn parse_address(kind: i32, address: &str, port: i32) -> Result<SocketAddress, Errno> {
    let port = u16::try_from(port).map_err(|_| Errno::EINVAL)?;
    let parsed = match kind {
        4 => address
            .parse::<Ipv4Addr>()
            .ok()
            .map(|ip| SocketAddress::V4(SocketAddrV4::new(ip, port))),
        6 => parse_v6(address, port),
        1 => Some(SocketAddress::Unix(address.as_bytes().to_vec())),
        _ => None,
    };
    parsed.ok_or(Errno::EINVAL)
}

fn show_address(address: &SocketAddress) -> Js {
    let (kind, text, port) = match address {
        SocketAddress::V4(v4) => (4, v4.ip().to_string(), v4.port()),
        SocketAddress::V6(v6) if v6.scope_id() != 0 => {
            (6, format!("{}%{}", v6.ip(), v6.scope_id()), v6.port())
        }
        SocketAddress::V6(v6) => (6, v6.ip().to_string(), v6.port()),
        SocketAddress::Unix(path) => (1, String::from_utf8_lossy(path).into_owned(), 0),
    };
    Js::List(vec![
        Js::from(kind),
        Js::Text(text),
        Js::from(u32::from(port)),
    ])
}

fn answer(result: Result<i32, Errno>) -> i32 {
    result.unwrap_or_else(|errno| errno.result())
}

fn done(result: Result<(), Errno>) -> i32 {
    answer(result.map(|()| 0))
}

fn bound_port(fd: Fd) -> Result<u16, Errno> {
    Ok(match sync::socket::local_address(fd)? {
        SocketAddress::V4(v4) => v4.port(),
        SocketAddress::V6(v6) => v6.port(),
        SocketAddress::Unix(_) => 0,
    })
}

fn listen(
    natives: &mut Natives,
    kind: i32,
    address: String,
    port: i32,
    backlog: i32,
    flags: i32,
) -> i32 {
    answer(natives.listen(kind, &address, port, backlog, flags))
}

impl Natives {
    fn listen(
        &mut self,
        kind: i32,
        address: &str,
        port: i32,
        backlog: i32,
        flags: i32,
    ) -> Result<i32, Errno> {
        if kind == 1 {
            let path = unix_path(address);
            let fd = sync::socket::listen_unix(&path, backlog)?;
            return self.add_listener(fd, flags, Some(path));
        }
        let options = sync::socket::ListenOptions {
            backlog,
            ipv6_only: flags & flag::IPV6_ONLY != 0,
            reuse_port: flags & flag::REUSE_PORT != 0 || self.fleet.is_many(),
        };
        let target = parse_address(kind, address, port)?;
        if port != 0 || !self.fleet.is_many() {
            let fd = sync::socket::listen_tcp(&target, &options)?;
            return self.add_listener(fd, flags, None);
        }
        // Every core listens on the port that the first of them was given.
        let nth = self.listens_count;
        self.listens_count += 1;
        let mut bound = None;
        self.fleet.clone().agree(nth, |agreed| {
            let target = parse_address(kind, address, i32::from(agreed))?;
            let fd = sync::socket::listen_tcp(&target, &options)?;
            bound = Some(fd);
            bound_port(fd)
        })?;
        self.add_listener(bound.expect("agree has bound it"), flags, None)
    }

    fn add_listener(
        &mut self,
        fd: Fd,
        flags: i32,
        unix_path: Option<Vec<u8>>,
    ) -> Result<i32, Errno> {
        let http = (flags & flag::HTTP != 0).then(Settings::default);
        let listener = Listener {
            http,
            unix_path,
            starved: false,
        };
        let handle = self.adopt(Socket::new(fd, Role::Listener(listener)))?;
        self.rearm_accept(handle);
        Ok(handle.to_js())
    }
}

/// lib_js writes abstract names with a leading NUL, as Node does.
fn unix_path(address: &str) -> Vec<u8> {
    address.as_bytes().to_vec()
}

#[allow(non_snake_case)]
fn listenFd(natives: &mut Natives, fd: i32, backlog: i32, flags: i32) -> i32 {
    if fd < 0 {
        return BAD_HANDLE;
    }
    let fd = Fd::new(fd);
    answer(
        sync::socket::listen_fd(fd, backlog).and_then(|()| natives.add_listener(fd, flags, None)),
    )
}

#[allow(non_snake_case)]
pub fn sockName(natives: &mut Natives, handle: i32) -> Js {
    match natives
        .socket(handle)
        .map(|socket| sync::socket::local_address(socket.fd))
    {
        Some(Ok(address)) => show_address(&address),
        Some(Err(errno)) => Js::from(errno.result()),
        None => Js::from(BAD_HANDLE),
    }
}

#[allow(non_snake_case)]
pub fn peerName(natives: &mut Natives, handle: i32) -> Js {
    match natives
        .socket(handle)
        .map(|socket| sync::socket::peer_address(socket.fd))
    {
        Some(Ok(address)) => show_address(&address),
        Some(Err(errno)) => Js::from(errno.result()),
        None => Js::from(BAD_HANDLE),
    }
}

fn connect(
    natives: &mut Natives,
    kind: i32,
    address: String,
    port: i32,
    local: Option<String>,
    local_port: i32,
) -> i32 {
    answer(natives.connect(kind, &address, port, local.as_deref(), local_port))
}

impl Natives {
    fn connect(
        &mut self,
        kind: i32,
        address: &str,
        port: i32,
        local: Option<&str>,
        local_port: i32,
    ) -> Result<i32, Errno> {
        let address = parse_address(kind, address, port)?;
        let fd = sync::socket::stream_socket(&address)?;
        if local.is_some() || local_port > 0 {
            let any = if kind == 6 { "::" } else { "0.0.0.0" };
            let bound = parse_address(kind, local.unwrap_or(any), local_port)
                .and_then(|local| sync::socket::bind(fd, &local));
            if let Err(errno) = bound {
                let _ = sync::file::close(fd);
                return Err(errno);
            }
        }
        let mut socket = Socket::new(fd, Role::Stream);
        socket.connecting = true;
        socket.flights_count = 1;
        let handle = self.adopt(socket)?;
        self.ring.submit(
            Op::Connect { fd, address },
            socket_token(token::CONNECT, handle),
        );
        Ok(handle.to_js())
    }
}

#[allow(non_snake_case)]
fn openFd(natives: &mut Natives, fd: i32) -> i32 {
    if fd < 0 {
        return BAD_HANDLE;
    }
    let fd = Fd::new(fd);
    let is_socket = match sync::file::kind_of_fd(fd) {
        sync::file::FdKind::Stream | sync::file::FdKind::Datagram => true,
        sync::file::FdKind::Pipe | sync::file::FdKind::Terminal => false,
        sync::file::FdKind::File | sync::file::FdKind::Unknown => {
            return Errno::EINVAL.result();
        }
    };
    let mut socket = Socket::new(fd, Role::Stream);
    socket.is_socket = is_socket;
    socket.is_fifo = !is_socket && sync::file::is_fifo(fd);
    answer(natives.adopt(socket).map(Handle::to_js))
}

#[allow(non_snake_case)]
fn isListening(_: &mut Natives, fd: i32) -> bool {
    fd >= 0 && sync::socket::is_listening(Fd::new(fd))
}

#[allow(non_snake_case)]
fn readStart(natives: &mut Natives, handle: i32) -> i32 {
    let Some(socket) = natives.socket(handle) else {
        return BAD_HANDLE;
    };
    if socket.closing != Closing::Open {
        return BAD_HANDLE;
    }
    socket.reading = true;
    if !socket.inbox.is_empty() || socket.inbox_end.is_some() {
        natives.look_again(Handle::from_js(handle));
    }
    natives.touch(Handle::from_js(handle));
    0
}

#[allow(non_snake_case)]
fn readStop(natives: &mut Natives, handle: i32) -> i32 {
    let Some(socket) = natives.socket(handle) else {
        return BAD_HANDLE;
    };
    socket.reading = false;
    natives.touch(Handle::from_js(handle));
    0
}

impl Natives {
    fn write(&mut self, handle: i32, append: impl FnOnce(&mut coring_uring::SendPage)) -> i32 {
        let handle = Handle::from_js(handle);
        let Some(socket) = self.sockets.get_mut(handle) else {
            return BAD_HANDLE;
        };
        if !socket.is_writable() {
            return BAD_HANDLE;
        }
        if socket.out.is_none() {
            socket.out = Some(self.ring.page());
        }
        append(socket.out.as_mut().expect("made above"));
        let queued = socket.queued_bytes();
        self.touch(handle);
        i32::try_from(queued).unwrap_or(i32::MAX)
    }
}

#[allow(non_snake_case)]
fn writeString(natives: &mut Natives, handle: i32, text: Text, encoding: i32) -> i32 {
    natives.write(handle, |page| match encoding {
        1 => text.with_latin1(|bytes| page.extend_from_slice(bytes)),
        2 => page.extend_from_slice(&text.to_utf16()),
        _ => text.with_utf8(|bytes| page.extend_from_slice(bytes)),
    })
}

#[allow(non_snake_case)]
fn writeBuffer(natives: &mut Natives, handle: i32, bytes: Bytes) -> i32 {
    natives.write(handle, |page| page.extend_from_slice(bytes.as_slice()))
}

#[allow(non_snake_case)]
fn writeBuffers(natives: &mut Natives, handle: i32, list: Vec<Data>) -> i32 {
    natives.write(handle, |page| {
        for data in &list {
            match data {
                Data::Bytes(bytes) => page.extend_from_slice(bytes.as_slice()),
                Data::Text(text) => text.with_utf8(|bytes| page.extend_from_slice(bytes)),
                Data::None => {}
            }
        }
    })
}

#[allow(non_snake_case)]
fn wantDrain(natives: &mut Natives, handle: i32) -> i32 {
    let Some(socket) = natives.socket(handle) else {
        return BAD_HANDLE;
    };
    socket.drain_wanted = true;
    natives.touch(Handle::from_js(handle));
    0
}

fn shutdown(natives: &mut Natives, handle: i32) -> i32 {
    let Some(socket) = natives.socket(handle) else {
        return BAD_HANDLE;
    };
    if socket.ending == Ending::Open && socket.closing == Closing::Open {
        socket.ending = Ending::Wanted;
        natives.touch(Handle::from_js(handle));
        return 0;
    }
    natives
        .answers
        .push((entry::SHUTDOWN, [handle, Errno::ENOTCONN.result(), 0]));
    0
}

fn close(natives: &mut Natives, handle: i32) -> i32 {
    if natives.socket(handle).is_none() {
        return BAD_HANDLE;
    }
    natives.close(Handle::from_js(handle), Farewell::Closed);
    0
}

fn reset(natives: &mut Natives, handle: i32) -> i32 {
    let Some(socket) = natives.socket(handle) else {
        return BAD_HANDLE;
    };
    socket.out = None;
    let result = done(sync::socket::set_reset_on_close(socket.fd));
    natives.close(Handle::from_js(handle), Farewell::Closed);
    result
}

#[allow(non_snake_case)]
pub fn setNoDelay(natives: &mut Natives, handle: i32, on: bool) -> i32 {
    let Some(socket) = natives.socket(handle) else {
        return BAD_HANDLE;
    };
    done(sync::socket::set_no_delay(socket.fd, on))
}

#[allow(non_snake_case)]
pub fn setKeepAlive(natives: &mut Natives, handle: i32, on: bool, delay_s: i32) -> i32 {
    let Some(socket) = natives.socket(handle) else {
        return BAD_HANDLE;
    };
    let delay = on.then_some(u32::try_from(delay_s).unwrap_or(0));
    done(sync::socket::set_keep_alive(socket.fd, delay))
}

pub fn r#ref(natives: &mut Natives, handle: i32) -> i32 {
    set_refed(natives, handle, true)
}

pub fn unref(natives: &mut Natives, handle: i32) -> i32 {
    set_refed(natives, handle, false)
}

fn set_refed(natives: &mut Natives, handle: i32, refed: bool) -> i32 {
    let Some(socket) = natives.socket(handle) else {
        return BAD_HANDLE;
    };
    socket.refed = refed;
    0
}

#[allow(non_snake_case)]
fn hasRef(natives: &mut Natives, handle: i32) -> bool {
    natives.socket(handle).is_some_and(|socket| socket.refed)
}

#[allow(non_snake_case)]
pub fn bytesRead(natives: &mut Natives, handle: i32) -> f64 {
    natives
        .socket(handle)
        .map_or(0.0, |socket| socket.bytes_read as f64)
}

#[allow(non_snake_case)]
pub fn bytesWritten(natives: &mut Natives, handle: i32) -> f64 {
    natives.socket(handle).map_or(0.0, |socket| {
        (socket.bytes_written + socket.queued_bytes() as u64) as f64
    })
}

pub fn fd(natives: &mut Natives, handle: i32) -> i32 {
    natives
        .socket(handle)
        .map_or(BAD_HANDLE, |socket| socket.fd.raw())
}

#[allow(non_snake_case)]
pub fn queuedBytes(natives: &mut Natives, handle: i32) -> f64 {
    natives
        .socket(handle)
        .map_or(0.0, |socket| socket.queued_bytes() as f64)
}
