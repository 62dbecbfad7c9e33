//! Datagram sockets: what is set on them, and what can be had without waiting. ip(7), ipv6(7),
//! udp(7).

use super::call;
use crate::address::{RawAddress, SocketAddress};
use crate::errno::Errno;
use crate::fd::Fd;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Which options of a socket: those of IPv4 or of IPv6.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Family {
    V4,
    V6,
}

/// A group to listen to, and the interface to do it on.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Group {
    /// Group, the interface's own address (unspecified: the kernel chooses).
    V4(Ipv4Addr, Ipv4Addr),
    /// Group, the interface's index (0: the kernel chooses).
    V6(Ipv6Addr, u32),
}

/// One datagram that waits already, and who sent it. The count is the datagram's own length, which
/// may be more than there was room for. -EAGAIN: none waits.
pub fn receive_now(fd: Fd, room: &mut [u8]) -> Result<(usize, SocketAddress), Errno> {
    let mut from = RawAddress::empty();
    let count = call!(recvfrom(
        fd.raw(),
        room.as_mut_ptr().cast(),
        room.len(),
        libc::MSG_DONTWAIT | libc::MSG_TRUNC,
        from.pointer_mut(),
        &raw mut from.count
    ))?;
    Ok((count as usize, from.decode()?))
}

/// Sends one datagram without waiting: -EAGAIN when there is no room. `to` None is where the socket
/// is connected to.
pub fn send_now(fd: Fd, bytes: &[u8], to: Option<&SocketAddress>) -> Result<usize, Errno> {
    let flags = libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT;
    let to = to.map(RawAddress::new).transpose()?;
    let (name, name_bytes) = match &to {
        Some(raw) => (raw.pointer(), raw.count),
        None => (std::ptr::null(), 0),
    };
    let (start, count) = (bytes.as_ptr().cast(), bytes.len());
    let sent = super::retried(|| call!(sendto(fd.raw(), start, count, flags, name, name_bytes)));
    sent.map(|count| count as usize)
}

/// The entry of a message's header that says how long each datagram is (cmsg(3)).
#[repr(C)]
struct SegmentEntry {
    head: libc::cmsghdr,
    each_bytes: u16,
    /// CMSG_SPACE ends at the alignment of the head.
    rest: [u16; 3],
}

/// CMSG_LEN: what of it is said to be there.
const SEGMENT_ENTRY_BYTES: usize = size_of::<libc::cmsghdr>() + size_of::<u16>();
const _: () = assert!(size_of::<SegmentEntry>() == SEGMENT_ENTRY_BYTES.next_multiple_of(8));

/// Whether the kernel cuts what is sent into datagrams: one that does not know how would send it
/// as one. UDP_SEGMENT of udp(7), Linux 4.18.
pub fn can_segment(fd: Fd) -> bool {
    let (mut each_bytes, mut count) = (0i32, size_of::<i32>() as u32);
    let (into, count) = ((&raw mut each_bytes).cast(), &raw mut count);
    call!(getsockopt(
        fd.raw(),
        libc::SOL_UDP,
        libc::UDP_SEGMENT,
        into,
        count
    ))
    .is_ok()
}

/// Bytes for one place (None: where the socket is connected to).
pub struct Message<'a> {
    pub bytes: &'a [u8],
    /// None: one datagram. Else datagrams of that length, the last one of what is left.
    pub each_bytes: Option<usize>,
    pub to: Option<&'a SocketAddress>,
}

/// Sends messages in order without waiting, and gives how many went: those behind them met an
/// error, which the next call may tell. An error: the first did not go. A message of several
/// datagrams goes as far as the path takes datagrams of that length whole and its device makes
/// their checksums: else -EMSGSIZE, -EINVAL or -EIO, and none of it is sent.
pub fn send_many_now(fd: Fd, messages: &[Message<'_>]) -> Result<usize, Errno> {
    let count = messages.len();
    let mut names: Vec<RawAddress> = Vec::with_capacity(count);
    let mut pieces: Vec<libc::iovec> = Vec::with_capacity(count);
    let mut entries: Vec<SegmentEntry> = Vec::with_capacity(count);
    for message in messages {
        names.push(match message.to {
            Some(to) => RawAddress::new(to)?,
            None => RawAddress::empty(),
        });
        pieces.push(libc::iovec {
            iov_base: message.bytes.as_ptr().cast_mut().cast(),
            iov_len: message.bytes.len(),
        });
        let each_bytes = message.each_bytes.unwrap_or(0);
        entries.push(SegmentEntry {
            head: libc::cmsghdr {
                cmsg_len: SEGMENT_ENTRY_BYTES,
                cmsg_level: libc::SOL_UDP,
                cmsg_type: libc::UDP_SEGMENT,
            },
            each_bytes: u16::try_from(each_bytes).map_err(|_| Errno::EMSGSIZE)?,
            rest: [0; 3],
        });
    }
    // From here on these vectors neither move nor grow: the headers point into them.
    let headers = messages.iter().enumerate().map(|(at, message)| {
        let (name, entry) = (&mut names[at], &raw mut entries[at]);
        let (msg_name, msg_namelen) = match message.to {
            Some(_) => (name.pointer_mut().cast(), name.count),
            None => (std::ptr::null_mut(), 0),
        };
        let (msg_control, msg_controllen) = match message.each_bytes {
            Some(_) => (entry.cast(), size_of::<SegmentEntry>()),
            None => (std::ptr::null_mut(), 0),
        };
        let msg_hdr = libc::msghdr {
            msg_name,
            msg_namelen,
            msg_iov: &raw mut pieces[at],
            msg_iovlen: 1,
            msg_control,
            msg_controllen,
            msg_flags: 0,
        };
        libc::mmsghdr {
            msg_hdr,
            msg_len: 0,
        }
    });
    let mut headers: Vec<libc::mmsghdr> = headers.collect();
    let flags = libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT;
    let (first, count) = (headers.as_mut_ptr(), headers.len() as u32);
    let sent = super::retried(|| call!(sendmmsg(fd.raw(), first, count, flags)));
    sent.map(|count| count as usize)
}

/// Takes back a `connect`.
pub fn disconnect(fd: Fd) -> Result<(), Errno> {
    let nobody = libc::sockaddr {
        sa_family: libc::AF_UNSPEC as libc::sa_family_t,
        sa_data: [0; 14],
    };
    let count = size_of::<libc::sockaddr>() as u32;
    call!(connect(fd.raw(), &raw const nobody, count)).map(|_| ())
}

/// The largest number of hops of what is sent to one receiver.
pub fn set_ttl(fd: Fd, family: Family, hops: i32) -> Result<(), Errno> {
    match family {
        Family::V4 => set(fd, libc::IPPROTO_IP, libc::IP_TTL, &hops),
        Family::V6 => set(fd, libc::IPPROTO_IPV6, libc::IPV6_UNICAST_HOPS, &hops),
    }
}

/// The same of what is sent to a group.
pub fn set_multicast_ttl(fd: Fd, family: Family, hops: i32) -> Result<(), Errno> {
    match family {
        Family::V4 => set(fd, libc::IPPROTO_IP, libc::IP_MULTICAST_TTL, &hops),
        Family::V6 => set(fd, libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_HOPS, &hops),
    }
}

/// Whether this machine hears what it sends to a group.
pub fn set_multicast_loopback(fd: Fd, family: Family, on: bool) -> Result<(), Errno> {
    let on = i32::from(on);
    match family {
        Family::V4 => set(fd, libc::IPPROTO_IP, libc::IP_MULTICAST_LOOP, &on),
        Family::V6 => set(fd, libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_LOOP, &on),
    }
}

/// Where what is sent to a group leaves the machine: an address for IPv4.
pub fn set_multicast_interface_v4(fd: Fd, interface: Ipv4Addr) -> Result<(), Errno> {
    let interface = in_addr(interface);
    set(fd, libc::IPPROTO_IP, libc::IP_MULTICAST_IF, &interface)
}

/// The same by an interface's index, for IPv6.
pub fn set_multicast_interface_v6(fd: Fd, index: u32) -> Result<(), Errno> {
    set(fd, libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_IF, &index)
}

pub fn set_ipv6_only(fd: Fd, on: bool) -> Result<(), Errno> {
    set(fd, libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, &i32::from(on))
}

/// Joins a group, or leaves it.
pub fn set_membership(fd: Fd, group: Group, join: bool) -> Result<(), Errno> {
    match group {
        Group::V4(group, interface) => {
            let request = libc::ip_mreq {
                imr_multiaddr: in_addr(group),
                imr_interface: in_addr(interface),
            };
            let name = match join {
                true => libc::IP_ADD_MEMBERSHIP,
                false => libc::IP_DROP_MEMBERSHIP,
            };
            set(fd, libc::IPPROTO_IP, name, &request)
        }
        Group::V6(group, interface) => {
            let request = libc::ipv6_mreq {
                ipv6mr_multiaddr: in6_addr(group),
                ipv6mr_interface: interface,
            };
            let name = match join {
                true => libc::IPV6_ADD_MEMBERSHIP,
                false => libc::IPV6_DROP_MEMBERSHIP,
            };
            set(fd, libc::IPPROTO_IPV6, name, &request)
        }
    }
}

/// The same for what one source sends to an IPv4 group.
pub fn set_source_membership(
    fd: Fd,
    group: Ipv4Addr,
    interface: Ipv4Addr,
    source: Ipv4Addr,
    join: bool,
) -> Result<(), Errno> {
    let request = libc::ip_mreq_source {
        imr_multiaddr: in_addr(group),
        imr_interface: in_addr(interface),
        imr_sourceaddr: in_addr(source),
    };
    let name = match join {
        true => libc::IP_ADD_SOURCE_MEMBERSHIP,
        false => libc::IP_DROP_SOURCE_MEMBERSHIP,
    };
    set(fd, libc::IPPROTO_IP, name, &request)
}

fn in_addr(address: Ipv4Addr) -> libc::in_addr {
    libc::in_addr {
        s_addr: u32::from_ne_bytes(address.octets()),
    }
}

fn in6_addr(address: Ipv6Addr) -> libc::in6_addr {
    libc::in6_addr {
        s6_addr: address.octets(),
    }
}

fn set<T>(fd: Fd, level: i32, name: i32, value: &T) -> Result<(), Errno> {
    let count = size_of::<T>() as u32;
    let value = std::ptr::from_ref(value).cast();
    call!(setsockopt(fd.raw(), level, name, value, count)).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::file::close;
    use crate::sync::socket::{bind, connect, datagram_socket, local_address};

    fn localhost() -> SocketAddress {
        SocketAddress::V4("127.0.0.1:0".parse().unwrap())
    }

    #[test]
    fn a_datagram_keeps_its_length_when_it_is_cut() {
        let receiver = datagram_socket(&localhost()).unwrap();
        bind(receiver, &localhost()).unwrap();
        let sender = datagram_socket(&localhost()).unwrap();
        // Else `disconnect` would take its address along.
        bind(sender, &localhost()).unwrap();
        connect(sender, &local_address(receiver).unwrap()).unwrap();
        assert_eq!(receive_now(receiver, &mut [0; 4]), Err(Errno::EAGAIN));
        assert_eq!(send_now(sender, b"twelve bytes", None), Ok(12));
        let mut room = [0; 6];
        let (count, from) = receive_now(receiver, &mut room).unwrap();
        assert_eq!((count, &room), (12, b"twelve"));
        assert_eq!(from, local_address(sender).unwrap());
        disconnect(sender).unwrap();
        assert_eq!(send_now(sender, b"nobody", None), Err(Errno::EDESTADDRREQ));
        let to = local_address(receiver).unwrap();
        assert_eq!(send_now(sender, b"", Some(&to)), Ok(0));
        let (count, from) = receive_now(receiver, &mut room).unwrap();
        assert_eq!((count, from), (0, local_address(sender).unwrap()));
        assert_eq!(
            send_now(sender, &[0; 70_000], Some(&to)),
            Err(Errno::EMSGSIZE)
        );
        set_ttl(sender, Family::V4, 7).unwrap();
        assert_eq!(set_ttl(sender, Family::V4, 300), Err(Errno::EINVAL));
        close(receiver).unwrap();
        close(sender).unwrap();
    }

    fn received(receiver: Fd) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        let mut room = [0; 2000];
        while let Ok((count, _)) = receive_now(receiver, &mut room) {
            all.push(room[..count].to_vec());
        }
        all
    }

    fn send_segments(
        fd: Fd,
        bytes: &[u8],
        each_bytes: usize,
        to: Option<&SocketAddress>,
    ) -> Result<usize, Errno> {
        let each_bytes = Some(each_bytes);
        let message = Message {
            bytes,
            each_bytes,
            to,
        };
        send_many_now(fd, &[message])
    }

    #[test]
    fn messages_go_until_one_meets_an_error() {
        let [one, other, sender] = [0, 1, 2].map(|_| {
            let fd = datagram_socket(&localhost()).unwrap();
            bind(fd, &localhost()).unwrap();
            fd
        });
        let [to_one, to_other] = [one, other].map(|fd| local_address(fd).unwrap());
        let long = [0; 65_508];
        let messages = [
            (&b"abcde"[..], Some(2), &to_one),
            (b"", None, &to_other),
            (b"f", None, &to_one),
            (&long, None, &to_one),
            (b"g", None, &to_other),
        ];
        let messages = messages.map(|(bytes, each_bytes, to)| Message {
            bytes,
            each_bytes,
            to: Some(to),
        });
        assert_eq!(send_many_now(sender, &messages), Ok(3));
        assert_eq!(send_many_now(sender, &messages[3..]), Err(Errno::EMSGSIZE));
        assert_eq!(send_many_now(sender, &messages[4..]), Ok(1));
        assert_eq!(received(one), [&b"ab"[..], b"cd", b"e", b"f"]);
        assert_eq!(received(other), [&b""[..], b"g"]);
        for fd in [one, other, sender] {
            close(fd).unwrap();
        }
    }

    #[test]
    fn segments_arrive_as_datagrams() {
        for anywhere in ["127.0.0.1:0", "[::1]:0"] {
            let anywhere: std::net::SocketAddr = anywhere.parse().unwrap();
            let anywhere = anywhere.into();
            let [receiver, sender] = [0, 1].map(|_| {
                let fd = datagram_socket(&anywhere).unwrap();
                bind(fd, &anywhere).unwrap();
                fd
            });
            assert!(can_segment(sender));
            let to = local_address(receiver).unwrap();
            for (count, each_bytes) in [(1, 1), (10, 4), (12, 4), (64, 1), (3000, 1400)] {
                let bytes: Vec<u8> = (0..count).map(|at| at as u8).collect();
                assert_eq!(send_segments(sender, &bytes, each_bytes, Some(&to)), Ok(1));
                let expected: Vec<_> = bytes.chunks(each_bytes).map(<[u8]>::to_vec).collect();
                assert_eq!(received(receiver), expected);
            }
            connect(sender, &to).unwrap();
            assert_eq!(send_segments(sender, b"abc", 2, None), Ok(1));
            assert_eq!(received(receiver), [b"ab".to_vec(), b"c".to_vec()]);
            for each_bytes in [1, 70_000] {
                assert!(send_segments(sender, &[0; 70_000], each_bytes, None).is_err());
            }
            close(receiver).unwrap();
            close(sender).unwrap();
        }
    }

    #[test]
    fn a_kernel_that_refuses_segments_has_sent_none() {
        let [receiver, sender] = [0, 1].map(|_| {
            let fd = datagram_socket(&localhost()).unwrap();
            bind(fd, &localhost()).unwrap();
            fd
        });
        let to = local_address(receiver).unwrap();
        // Without checksums it does not cut (udp_send_skb, net/ipv4/udp.c).
        set(sender, libc::SOL_SOCKET, libc::SO_NO_CHECK, &1).unwrap();
        let refused = send_segments(sender, b"abcd", 2, Some(&to));
        assert!(matches!(refused, Err(Errno::EINVAL | Errno::EIO)));
        assert_eq!(send_now(sender, b"ab", Some(&to)), Ok(2));
        assert_eq!(received(receiver), [b"ab".to_vec()]);
        close(receiver).unwrap();
        close(sender).unwrap();
    }
}
