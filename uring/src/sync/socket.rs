//! Sockets: making, asking, setting. What moves bytes is in the ring.

use super::call;
use crate::address::{RawAddress, SocketAddress};
use crate::errno::Errno;
use crate::fd::Fd;
use crate::gather::Gather;
use crate::op::Shutdown;
use coring_buf::Stable;
use std::ffi::CString;

const FLAGS: i32 = libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
/// Seconds and number of keep-alive probes once they have begun, as Node sets them.
const KEEP_ALIVE_INTERVAL_SECONDS: u32 = 1;
const KEEP_ALIVE_PROBES_COUNT: u32 = 10;

/// How to listen.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct ListenOptions {
    /// Connections the kernel keeps waiting; it cuts the number at net.core.somaxconn.
    pub backlog: i32,
    /// For IPv6: leave IPv4 to others.
    pub ipv6_only: bool,
    /// Let several sockets listen at one address; the kernel spreads connections over them.
    pub reuse_port: bool,
}

impl Default for ListenOptions {
    fn default() -> ListenOptions {
        ListenOptions {
            backlog: 511,
            ipv6_only: false,
            reuse_port: false,
        }
    }
}

/// A listening TCP socket.
pub fn listen_tcp(address: &SocketAddress, options: &ListenOptions) -> Result<Fd, Errno> {
    let fd = bind_tcp(address, options)?;
    closed_on_error(fd, listen_fd(fd, options.backlog))
}

/// A TCP socket with an address of its own, which does not listen yet.
pub fn bind_tcp(address: &SocketAddress, options: &ListenOptions) -> Result<Fd, Errno> {
    let fd = stream_socket(address)?;
    let made = || {
        set_flag(fd, libc::SOL_SOCKET, libc::SO_REUSEADDR, true)?;
        if options.reuse_port {
            set_flag(fd, libc::SOL_SOCKET, libc::SO_REUSEPORT, true)?;
        }
        if matches!(address, SocketAddress::V6(_)) {
            set_flag(fd, libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, options.ipv6_only)?;
        }
        bind(fd, address)
    };
    closed_on_error(fd, made())
}

/// A listening unix socket; a path that starts with a zero byte is an abstract name.
pub fn listen_unix(path: &[u8], backlog: i32) -> Result<Fd, Errno> {
    let fd = bind_unix(path)?;
    closed_on_error(fd, listen_fd(fd, backlog))
}

/// A unix socket with a path, which does not listen yet.
pub fn bind_unix(path: &[u8]) -> Result<Fd, Errno> {
    let address = SocketAddress::Unix(path.to_vec());
    let fd = stream_socket(&address)?;
    closed_on_error(fd, bind(fd, &address))
}

/// Makes a socket that exists and is bound listen.
pub fn listen_fd(fd: Fd, backlog: i32) -> Result<(), Errno> {
    call!(listen(fd.raw(), backlog)).map(|_| ())
}

/// Removes the path of a unix listener that is closed. Abstract names go away by themselves.
pub fn remove_path(path: &[u8]) {
    if path.first().is_none_or(|&byte| byte == 0) {
        return;
    }
    if let Ok(path) = CString::new(path) {
        // Somebody else may have removed it, which is as good.
        let _ = crate::sync::file::unlink(&path);
    }
}

/// A stream socket of the address's family, for connecting.
pub fn stream_socket(address: &SocketAddress) -> Result<Fd, Errno> {
    call!(socket(address.family(), libc::SOCK_STREAM | FLAGS, 0)).map(Fd::new)
}

/// A datagram socket of the address's family.
pub fn datagram_socket(address: &SocketAddress) -> Result<Fd, Errno> {
    call!(socket(address.family(), libc::SOCK_DGRAM | FLAGS, 0)).map(Fd::new)
}

/// Two connected unix stream sockets.
pub fn pair() -> Result<(Fd, Fd), Errno> {
    let mut fds = [0; 2];
    call!(socketpair(
        libc::AF_UNIX,
        libc::SOCK_STREAM | FLAGS,
        0,
        fds.as_mut_ptr()
    ))?;
    Ok((Fd::new(fds[0]), Fd::new(fds[1])))
}

pub fn bind(fd: Fd, address: &SocketAddress) -> Result<(), Errno> {
    let raw = RawAddress::new(address)?;
    call!(bind(fd.raw(), raw.pointer(), raw.count)).map(|_| ())
}

/// Starts connecting and does not wait: EINPROGRESS is no error here. For datagram sockets, and
/// for tests; streams connect through the ring.
pub fn connect(fd: Fd, address: &SocketAddress) -> Result<(), Errno> {
    let raw = RawAddress::new(address)?;
    match call!(connect(fd.raw(), raw.pointer(), raw.count)) {
        Ok(_) | Err(Errno::EINPROGRESS) => Ok(()),
        Err(errno) => Err(errno),
    }
}

/// Takes one waiting connection, or EAGAIN.
pub fn accept(fd: Fd) -> Result<Fd, Errno> {
    let (address, count) = (std::ptr::null_mut(), std::ptr::null_mut());
    call!(accept4(fd.raw(), address, count, FLAGS)).map(Fd::new)
}

/// The socket's own address.
pub fn local_address(fd: Fd) -> Result<SocketAddress, Errno> {
    let mut raw = RawAddress::empty();
    let mut count = raw.count;
    call!(getsockname(fd.raw(), raw.pointer_mut(), &raw mut count))?;
    raw.count = count;
    raw.decode()
}

/// The other end's address.
pub fn peer_address(fd: Fd) -> Result<SocketAddress, Errno> {
    let mut raw = RawAddress::empty();
    let mut count = raw.count;
    call!(getpeername(fd.raw(), raw.pointer_mut(), &raw mut count))?;
    raw.count = count;
    raw.decode()
}

pub fn shutdown(fd: Fd, how: Shutdown) -> Result<(), Errno> {
    call!(shutdown(fd.raw(), how.raw())).map(|_| ())
}

/// Sends without waiting: for the common case of room in the socket. EAGAIN when there is none.
pub fn send_now(fd: Fd, bytes: &[u8]) -> Result<usize, Errno> {
    let flags = libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT;
    let (address, count) = (bytes.as_ptr().cast(), bytes.len());
    super::retried(|| call!(send(fd.raw(), address, count, flags))).map(|count| count as usize)
}

/// As `send_now`, two pieces as one message.
pub fn send_both_now(fd: Fd, first: &[u8], second: &[u8]) -> Result<usize, Errno> {
    let piece = |bytes: &[u8]| libc::iovec {
        iov_base: bytes.as_ptr().cast_mut().cast(),
        iov_len: bytes.len(),
    };
    let mut pieces = [piece(first), piece(second)];
    let header = libc::msghdr {
        msg_name: std::ptr::null_mut(),
        msg_namelen: 0,
        msg_iov: pieces.as_mut_ptr(),
        msg_iovlen: pieces.len(),
        msg_control: std::ptr::null_mut(),
        msg_controllen: 0,
        msg_flags: 0,
    };
    let flags = libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT;
    let sent = super::retried(|| call!(sendmsg(fd.raw(), &raw const header, flags)));
    sent.map(|count| count as usize)
}

/// Sends what the socket takes at once of memory that the kernel may hold, and lets go of it.
pub fn send_pieces_now(fd: Fd, pieces: Vec<Box<dyn Stable>>) -> u64 {
    let mut gather = Gather::new(&[], &pieces);
    let flags = libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT;
    let header = gather.header();
    let sent = super::retried(|| call!(sendmsg(fd.raw(), header, flags)));
    sent.map_or(0, |count| count as u64)
}

/// Receives without waiting; 0 is the end of the stream, EAGAIN nothing yet.
pub fn receive_now(fd: Fd, bytes: &mut [u8]) -> Result<usize, Errno> {
    let (address, count) = (bytes.as_mut_ptr().cast(), bytes.len());
    let flags = libc::MSG_DONTWAIT;
    super::retried(|| call!(recv(fd.raw(), address, count, flags))).map(|count| count as usize)
}

/// As `receive_now`, at most `bytes_max` behind what the buffer holds; it has the room.
pub fn receive_onto(fd: Fd, buffer: &mut Vec<u8>, bytes_max: usize) -> Result<usize, Errno> {
    let room = buffer.spare_capacity_mut();
    let (address, count) = (room.as_mut_ptr().cast(), room.len().min(bytes_max));
    let flags = libc::MSG_DONTWAIT;
    let received = super::retried(|| call!(recv(fd.raw(), address, count, flags)))? as usize;
    assert!(received <= count);
    let len = buffer.len() + received;
    // SAFETY: within the capacity, and the kernel has written `received` bytes behind the old end.
    unsafe { buffer.set_len(len) };
    Ok(received)
}

/// TCP_NODELAY: small writes leave at once.
pub fn set_no_delay(fd: Fd, on: bool) -> Result<(), Errno> {
    set_flag(fd, libc::IPPROTO_TCP, libc::TCP_NODELAY, on)
}

/// How a silent peer is probed; None: as usual.
#[derive(Clone, Copy, Debug)]
pub struct KeepAlive {
    pub idle_s: u32,
    pub interval_s: Option<u32>,
    pub probes_count: Option<u32>,
}

impl KeepAlive {
    pub fn after(idle_s: u32) -> KeepAlive {
        KeepAlive {
            idle_s,
            interval_s: None,
            probes_count: None,
        }
    }
}

/// Probes a silent peer, or not at all.
pub fn set_keep_alive(fd: Fd, probes: Option<KeepAlive>) -> Result<(), Errno> {
    set_flag(fd, libc::SOL_SOCKET, libc::SO_KEEPALIVE, probes.is_some())?;
    let Some(probes) = probes else {
        return Ok(());
    };
    let number = |value: u32| i32::try_from(value).map_err(|_| Errno::EINVAL);
    let interval_s = probes.interval_s.unwrap_or(KEEP_ALIVE_INTERVAL_SECONDS);
    let probes_count = probes.probes_count.unwrap_or(KEEP_ALIVE_PROBES_COUNT);
    let set = |option: i32, value: u32| set_number(fd, libc::IPPROTO_TCP, option, number(value)?);
    set(libc::TCP_KEEPIDLE, probes.idle_s)?;
    set(libc::TCP_KEEPINTVL, interval_s)?;
    set(libc::TCP_KEEPCNT, probes_count)
}

/// SO_LINGER of zero: the close that follows sends RST and drops unsent bytes.
pub fn set_reset_on_close(fd: Fd) -> Result<(), Errno> {
    let linger = libc::linger {
        l_onoff: 1,
        l_linger: 0,
    };
    let count = size_of::<libc::linger>() as u32;
    let address = (&raw const linger).cast();
    call!(setsockopt(
        fd.raw(),
        libc::SOL_SOCKET,
        libc::SO_LINGER,
        address,
        count
    ))
    .map(|_| ())
}

/// The error the kernel keeps for this socket, and forgets when asked.
pub fn take_error(fd: Fd) -> Result<(), Errno> {
    match number(fd, libc::SOL_SOCKET, libc::SO_ERROR)? {
        0 => Ok(()),
        errno => Err(Errno(errno)),
    }
}

/// Bytes sent and not yet acknowledged by the peer.
pub fn unsent_bytes(fd: Fd) -> Result<u32, Errno> {
    let mut bytes: i32 = 0;
    call!(ioctl(fd.raw(), libc::TIOCOUTQ, &raw mut bytes))?;
    Ok(bytes as u32)
}

pub fn send_buffer_bytes(fd: Fd) -> Result<u32, Errno> {
    number(fd, libc::SOL_SOCKET, libc::SO_SNDBUF).map(|bytes| bytes as u32)
}

pub fn set_send_buffer_bytes(fd: Fd, bytes: u32) -> Result<(), Errno> {
    set_number(fd, libc::SOL_SOCKET, libc::SO_SNDBUF, bytes as i32)
}

pub fn receive_buffer_bytes(fd: Fd) -> Result<u32, Errno> {
    number(fd, libc::SOL_SOCKET, libc::SO_RCVBUF).map(|bytes| bytes as u32)
}

pub fn set_receive_buffer_bytes(fd: Fd, bytes: u32) -> Result<(), Errno> {
    set_number(fd, libc::SOL_SOCKET, libc::SO_RCVBUF, bytes as i32)
}

/// Lets a datagram socket send to broadcast addresses.
pub fn set_broadcast(fd: Fd, on: bool) -> Result<(), Errno> {
    set_flag(fd, libc::SOL_SOCKET, libc::SO_BROADCAST, on)
}

/// Lets another socket bind to the same address.
pub fn set_reuse_address(fd: Fd, on: bool) -> Result<(), Errno> {
    set_flag(fd, libc::SOL_SOCKET, libc::SO_REUSEADDR, on)
}

pub fn set_reuse_port(fd: Fd, on: bool) -> Result<(), Errno> {
    set_flag(fd, libc::SOL_SOCKET, libc::SO_REUSEPORT, on)
}

/// How many hops a datagram may take.
pub fn set_hops_max(fd: Fd, hops: u8, address: &SocketAddress) -> Result<(), Errno> {
    match address {
        SocketAddress::V6(_) => set_number(
            fd,
            libc::IPPROTO_IPV6,
            libc::IPV6_UNICAST_HOPS,
            i32::from(hops),
        ),
        _ => set_number(fd, libc::IPPROTO_IP, libc::IP_TTL, i32::from(hops)),
    }
}

/// The byte of the IP header that tells routers of urgency: DSCP and ECN.
pub fn set_type_of_service(fd: Fd, value: u8) -> Result<(), Errno> {
    let value = i32::from(value);
    match local_address(fd)? {
        SocketAddress::V4(_) => set_number(fd, libc::IPPROTO_IP, libc::IP_TOS, value),
        SocketAddress::V6(_) => {
            set_number(fd, libc::IPPROTO_IPV6, libc::IPV6_TCLASS, value)?;
            // The peer may be one of IPv4 whose address is mapped; with others it means nothing.
            set_number(fd, libc::IPPROTO_IP, libc::IP_TOS, value)
        }
        SocketAddress::Unix(_) => Err(Errno::EOPNOTSUPP),
    }
}

pub fn type_of_service(fd: Fd) -> Result<u8, Errno> {
    let value = match local_address(fd)? {
        SocketAddress::V4(_) => number(fd, libc::IPPROTO_IP, libc::IP_TOS)?,
        SocketAddress::V6(_) => number(fd, libc::IPPROTO_IPV6, libc::IPV6_TCLASS)?,
        SocketAddress::Unix(_) => return Err(Errno::EOPNOTSUPP),
    };
    Ok(value as u8)
}

fn set_flag(fd: Fd, level: i32, name: i32, on: bool) -> Result<(), Errno> {
    set_number(fd, level, name, i32::from(on))
}

fn set_number(fd: Fd, level: i32, name: i32, value: i32) -> Result<(), Errno> {
    let count = size_of::<i32>() as u32;
    call!(setsockopt(
        fd.raw(),
        level,
        name,
        (&raw const value).cast(),
        count
    ))
    .map(|_| ())
}

fn number(fd: Fd, level: i32, name: i32) -> Result<i32, Errno> {
    let mut value: i32 = 0;
    let mut count = size_of::<i32>() as u32;
    call!(getsockopt(
        fd.raw(),
        level,
        name,
        (&raw mut value).cast(),
        &raw mut count
    ))?;
    Ok(value)
}

fn closed_on_error(fd: Fd, outcome: Result<(), Errno>) -> Result<Fd, Errno> {
    match outcome {
        Ok(()) => Ok(fd),
        Err(errno) => {
            crate::flight::close_quietly(fd);
            Err(errno)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::file::close;

    fn any(address: &str) -> SocketAddress {
        SocketAddress::from(address.parse::<std::net::SocketAddr>().unwrap())
    }

    #[test]
    fn listeners_know_where_they_are() {
        let options = ListenOptions {
            reuse_port: true,
            ipv6_only: true,
            ..Default::default()
        };
        let unix = format!("\0coring-test-{}", std::process::id()).into_bytes();
        for (fd, is_v6) in [
            (
                listen_tcp(&any("127.0.0.1:0"), &options).unwrap(),
                Some(false),
            ),
            (listen_tcp(&any("[::1]:0"), &options).unwrap(), Some(true)),
            (listen_unix(&unix, 10).unwrap(), None),
        ] {
            match (local_address(fd).unwrap(), is_v6) {
                (SocketAddress::V4(v4), Some(false)) => assert!(v4.port() > 0),
                (SocketAddress::V6(v6), Some(true)) => assert!(v6.port() > 0),
                (SocketAddress::Unix(path), None) => assert_eq!(path, unix),
                (other, _) => panic!("{other:?}"),
            }
            assert_eq!(accept(fd), Err(Errno::EAGAIN));
            close(fd).unwrap();
        }
    }

    #[test]
    fn errors_of_a_taken_address_close_the_socket() {
        let options = ListenOptions::default();
        let first = listen_tcp(&any("127.0.0.1:0"), &options).unwrap();
        let address = local_address(first).unwrap();
        assert_eq!(listen_tcp(&address, &options), Err(Errno::EADDRINUSE));
        assert_eq!(peer_address(first), Err(Errno::ENOTCONN));
        close(first).unwrap();
    }

    #[test]
    fn options_are_taken() {
        let fd = stream_socket(&any("127.0.0.1:0")).unwrap();
        set_no_delay(fd, true).unwrap();
        set_keep_alive(fd, Some(KeepAlive::after(30))).unwrap();
        assert_eq!(number(fd, libc::IPPROTO_TCP, libc::TCP_KEEPIDLE), Ok(30));
        set_keep_alive(fd, None).unwrap();
        assert_eq!(number(fd, libc::SOL_SOCKET, libc::SO_KEEPALIVE), Ok(0));
        set_reset_on_close(fd).unwrap();
        set_send_buffer_bytes(fd, 8192).unwrap();
        assert_eq!(send_buffer_bytes(fd), Ok(16384), "Linux doubles it");
        assert_eq!(take_error(fd), Ok(()));
        close(fd).unwrap();
    }

    #[test]
    fn unsent_bytes_are_counted() {
        let (a, b) = pair().unwrap();
        assert_eq!(send_now(a, b"hello"), Ok(5));
        assert!(unsent_bytes(a).unwrap() > 0);
        let mut bytes = [0; 8];
        assert_eq!(receive_now(b, &mut bytes), Ok(5));
        assert_eq!(receive_now(b, &mut bytes), Err(Errno::EAGAIN));
        let mut buffer = Vec::with_capacity(8);
        buffer.push(b'-');
        assert_eq!(send_now(a, b"world"), Ok(5));
        assert_eq!(receive_onto(b, &mut buffer, 3), Ok(3));
        assert_eq!(receive_onto(b, &mut buffer, 100), Ok(2));
        assert_eq!(buffer, b"-world");
        assert_eq!(receive_onto(b, &mut buffer, 100), Err(Errno::EAGAIN));
        shutdown(a, Shutdown::Write).unwrap();
        assert_eq!(receive_now(b, &mut bytes), Ok(0));
        close(a).unwrap();
        close(b).unwrap();
    }
}
