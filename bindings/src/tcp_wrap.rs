//! Binding `tcp_wrap`: TCP and Unix sockets, and pipes, as handles for `node:net`.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};

use coring_engine::{Bytes, Data, Js, Text, ops};
use coring_uring::sync::socket::KeepAlive;
use coring_uring::{Errno, Fd, Op, SocketAddress, sync};

use crate::Natives;
use crate::http::Settings;
use crate::kinds::{entry, token};
use crate::slots::Handle;
use crate::socket::{Closing, Ending, Farewell, Listener, Role, Socket};
use crate::stream::socket_token;

ops! { tcp_wrap(Natives) {
    slow listen(kind: i32, address: String, port: i32, backlog: i32, flags: i32);
    /// Other processes may have the descriptor, too.
    slow listenFd(fd: i32, backlog: i32, flags: i32);
    /// A descriptor that listens already.
    slow adoptListener(fd: i32, flags: i32);
    /// A descriptor that has the address and does not listen yet.
    slow bind(kind: i32, address: String, port: i32, flags: i32);
    /// A listener that accepts nothing by itself: connections come by `acceptFd`.
    slow listenIdle(flags: i32);
    slow acceptFd(listener: i32, fd: i32);
    /// Other processes are about to get the listener.
    slow share(listener: i32);
    /// Who may connect to a unix listener beside its owner. mode: 1 all may read, 2 write.
    slow pipeChmod(listener: i32, mode: i32);
    slow sockName(handle: i32);
    slow peerName(handle: i32);
    slow connect(kind: i32, address: String, port: i32, local: Option<String>, local_port: i32);
    /// As connect, by a descriptor that is bound already.
    slow connectFd(fd: i32, kind: i32, address: String, port: i32);
    slow openFd(fd: i32);
    /// 4 and 6 for internet sockets, 1 for unix ones, else -errno.
    slow familyOfFd(fd: i32);
    /// The own address of a socket that has no handle.
    slow fdName(fd: i32);
    fast readStart(handle: i32);
    fast readStop(handle: i32);
    slow writeString(handle: i32, text: Text, encoding: i32);
    slow writeBuffer(handle: i32, bytes: Bytes);
    /// As writeBuffer, for less than is sent at once from where it lies.
    view writeSmall(handle: i32, bytes: Bytes);
    slow writeBuffers(handle: i32, list: Vec<Data>);
    fast wantDrain(handle: i32);
    fast shutdown(handle: i32);
    slow close(handle: i32);
    slow reset(handle: i32);
    slow setNoDelay(handle: i32, on: bool);
    /// interval_s, probes_count: 0 stands for the usual ones.
    slow setKeepAlive(handle: i32, on: bool, delay_s: i32, interval_s: i32, probes_count: i32);
    slow setTypeOfService(handle: i32, value: i32);
    slow getTypeOfService(handle: i32);
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

    /// Bytes read and written.
    fn bytes_counts(&mut self, handle: i32) -> [u64; 2] {
        if let Some(socket) = self.socket(handle) {
            let written = socket.bytes_written + socket.queued_bytes() as u64;
            return [socket.bytes_read, written];
        }
        let handle = Handle::from_js(handle);
        let gone = self.gone.iter().find(|(gone, _)| *gone == handle);
        gone.map_or([0; 2], |(_, counts)| *counts)
    }
}

/// `fe80::1%eth0` names its interface behind the address; one that there is not counts as none, as
/// in libuv.
fn parse_v6(address: &str, port: u16) -> Option<SocketAddress> {
    let (address, scope) = address.split_once('%').unwrap_or((address, ""));
    let ip: Ipv6Addr = address.parse().ok()?;
    let index = || sync::host::interface_index(scope).unwrap_or(0);
    let scope = scope.parse().unwrap_or_else(|_| index());
    Some(SocketAddress::V6(SocketAddrV6::new(ip, port, 0, scope)))
}

pub(crate) fn parse_address(kind: i32, address: &str, port: i32) -> Result<SocketAddress, Errno> {
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

pub(crate) fn show_address(address: &SocketAddress) -> Js {
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
        let options = self.listen_options(backlog, flags);
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

    fn listen_options(&self, backlog: i32, flags: i32) -> sync::socket::ListenOptions {
        sync::socket::ListenOptions {
            backlog,
            ipv6_only: flags & flag::IPV6_ONLY != 0,
            reuse_port: flags & flag::REUSE_PORT != 0 || self.fleet.is_many(),
        }
    }

    fn add_listener(
        &mut self,
        fd: Fd,
        flags: i32,
        unix_path: Option<Vec<u8>>,
    ) -> Result<i32, Errno> {
        let listener = Listener {
            unix_path,
            ..Listener::new(flags & flag::HTTP != 0)
        };
        self.start_listener(fd, listener)
    }

    fn start_listener(&mut self, fd: Fd, listener: Listener) -> Result<i32, Errno> {
        let handle = self.adopt(Socket::new(fd, Role::Listener(listener)))?;
        self.rearm_accept(handle);
        Ok(handle.to_js())
    }

    fn bind(&self, kind: i32, address: &str, port: i32, flags: i32) -> Result<i32, Errno> {
        let fd = match kind {
            1 => sync::socket::bind_unix(&unix_path(address))?,
            kind => {
                let target = parse_address(kind, address, port)?;
                sync::socket::bind_tcp(&target, &self.listen_options(0, flags))?
            }
        };
        Ok(fd.raw())
    }

    fn listen_fd(&mut self, fd: Fd, backlog: i32, flags: i32) -> Result<i32, Errno> {
        sync::socket::listen_fd(fd, backlog)?;
        self.adopt_listener(fd, flags)
    }

    fn adopt_listener(&mut self, fd: Fd, flags: i32) -> Result<i32, Errno> {
        let listener = Listener {
            shared: true,
            ..Listener::new(flags & flag::HTTP != 0)
        };
        self.start_listener(fd, listener)
    }

    fn listen_idle(&mut self, flags: i32) -> Result<i32, Errno> {
        let fd = sync::file::open(c"/dev/null", 0, 0)?;
        let listener = Listener {
            shared: true,
            idle: true,
            ..Listener::new(flags & flag::HTTP != 0)
        };
        self.start_listener(fd, listener)
    }
}

impl Listener {
    fn new(is_http: bool) -> Listener {
        Listener {
            http: is_http.then(Settings::default),
            settings: Settings::default(),
            unix_path: None,
            shared: false,
            idle: false,
            starved: false,
        }
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
    answer(natives.listen_fd(Fd::new(fd), backlog, flags))
}

#[allow(non_snake_case)]
fn adoptListener(natives: &mut Natives, fd: i32, flags: i32) -> i32 {
    if fd < 0 {
        return BAD_HANDLE;
    }
    answer(natives.adopt_listener(Fd::new(fd), flags))
}

fn bind(natives: &mut Natives, kind: i32, address: String, port: i32, flags: i32) -> i32 {
    answer(natives.bind(kind, &address, port, flags))
}

#[allow(non_snake_case)]
fn listenIdle(natives: &mut Natives, flags: i32) -> i32 {
    answer(natives.listen_idle(flags))
}

/// The connection is the listener's, as if it had accepted it; no entry tells of it.
#[allow(non_snake_case)]
fn acceptFd(natives: &mut Natives, listener: i32, fd: i32) -> i32 {
    if fd < 0 {
        return BAD_HANDLE;
    }
    let adopted = natives.adopt_connection(Handle::from_js(listener), Fd::new(fd));
    answer(adopted.map(Handle::to_js))
}

fn share(natives: &mut Natives, listener: i32) -> i32 {
    let Some(socket) = natives.socket(listener) else {
        return BAD_HANDLE;
    };
    if let Role::Listener(role) = &mut socket.role {
        role.shared = true;
    }
    0
}

#[allow(non_snake_case)]
fn pipeChmod(natives: &mut Natives, listener: i32, mode: i32) -> i32 {
    let Some(socket) = natives.socket(listener) else {
        return BAD_HANDLE;
    };
    let Ok(SocketAddress::Unix(path)) = sync::socket::local_address(socket.fd) else {
        return Errno::EINVAL.result();
    };
    let readable = if mode & 1 != 0 { 0o444 } else { 0 };
    let writable = if mode & 2 != 0 { 0o222 } else { 0 };
    let change = || {
        let path = std::ffi::CString::new(path).map_err(|_| Errno::EINVAL)?;
        let former = sync::file::stat(&path)?.mode & 0o7777;
        sync::file::change_mode(&path, former | readable | writable)
    };
    done(change())
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
            let bound = parse_address(kind, local.unwrap_or(any), local_port).and_then(|local| {
                // As libuv: connections that ended there a moment ago do not count.
                sync::socket::set_reuse_address(fd, true)?;
                sync::socket::bind(fd, &local)
            });
            if let Err(errno) = bound {
                let _ = sync::file::close(fd);
                return Err(errno);
            }
        }
        self.begin_connect(fd, address)
    }

    fn begin_connect(&mut self, fd: Fd, address: SocketAddress) -> Result<i32, Errno> {
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
fn connectFd(natives: &mut Natives, fd: i32, kind: i32, address: String, port: i32) -> i32 {
    if fd < 0 {
        return BAD_HANDLE;
    }
    let begun = parse_address(kind, &address, port)
        .and_then(|address| natives.begin_connect(Fd::new(fd), address));
    answer(begun)
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
fn fdName(_: &mut Natives, fd: i32) -> Js {
    if fd < 0 {
        return Js::from(BAD_HANDLE);
    }
    match sync::socket::local_address(Fd::new(fd)) {
        Ok(address) => show_address(&address),
        Err(errno) => Js::from(errno.result()),
    }
}

#[allow(non_snake_case)]
fn familyOfFd(_: &mut Natives, fd: i32) -> i32 {
    if fd < 0 {
        return BAD_HANDLE;
    }
    match sync::socket::local_address(Fd::new(fd)) {
        Ok(SocketAddress::V4(_)) => 4,
        Ok(SocketAddress::V6(_)) => 6,
        Ok(SocketAddress::Unix(_)) => 1,
        Err(errno) => errno.result(),
    }
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
    pub(crate) fn write(&mut self, handle: i32, append: impl FnOnce(&mut Socket)) -> i32 {
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
        append(socket);
        let queued = socket.queued_bytes();
        self.touch(handle);
        i32::try_from(queued).unwrap_or(i32::MAX)
    }
}

#[allow(non_snake_case)]
fn writeString(natives: &mut Natives, handle: i32, text: Text, encoding: i32) -> i32 {
    natives.write(handle, |socket| match encoding {
        1 => text.with_latin1(|bytes| socket.put(bytes, |_| None)),
        2 => socket.put(&text.to_utf16(), |_| None),
        _ => text.with_utf8(|bytes| socket.put(bytes, |_| None)),
    })
}

#[allow(non_snake_case)]
fn writeBuffer(natives: &mut Natives, handle: i32, bytes: Bytes) -> i32 {
    natives.write(handle, |socket| {
        socket.put(bytes.as_slice(), |from| bytes.hold(from));
    })
}

#[allow(non_snake_case)]
fn writeSmall(natives: &mut Natives, handle: i32, bytes: Bytes<'_>) -> i32 {
    natives.write(handle, |socket| socket.put(bytes.as_slice(), |_| None))
}

#[allow(non_snake_case)]
fn writeBuffers(natives: &mut Natives, handle: i32, list: Vec<Data>) -> i32 {
    natives.write(handle, |socket| {
        for data in &list {
            match data {
                Data::Bytes(bytes) => socket.put(bytes.as_slice(), |from| bytes.hold(from)),
                Data::Text(text) => text.with_utf8(|bytes| socket.put(bytes, |_| None)),
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
fn setTypeOfService(natives: &mut Natives, handle: i32, value: i32) -> i32 {
    let (Some(socket), Ok(value)) = (natives.socket(handle), u8::try_from(value)) else {
        return BAD_HANDLE;
    };
    done(sync::socket::set_type_of_service(socket.fd, value))
}

#[allow(non_snake_case)]
fn getTypeOfService(natives: &mut Natives, handle: i32) -> i32 {
    let Some(socket) = natives.socket(handle) else {
        return BAD_HANDLE;
    };
    answer(sync::socket::type_of_service(socket.fd).map(i32::from))
}

#[allow(non_snake_case)]
pub fn setKeepAlive(
    natives: &mut Natives,
    handle: i32,
    on: bool,
    delay_s: i32,
    interval_s: i32,
    probes_count: i32,
) -> i32 {
    let Some(socket) = natives.socket(handle) else {
        return BAD_HANDLE;
    };
    let positive = |number: i32| u32::try_from(number).ok().filter(|number| *number > 0);
    let probes = on.then(|| KeepAlive {
        idle_s: u32::try_from(delay_s).unwrap_or(0),
        interval_s: positive(interval_s),
        probes_count: positive(probes_count),
    });
    done(sync::socket::set_keep_alive(socket.fd, probes))
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
    natives.bytes_counts(handle)[0] as f64
}

#[allow(non_snake_case)]
pub fn bytesWritten(natives: &mut Natives, handle: i32) -> f64 {
    natives.bytes_counts(handle)[1] as f64
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
