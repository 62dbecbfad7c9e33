//! Binding `udp_wrap`: datagram sockets for `node:dgram` and the resolver. Sends answer by a
//! ticket (entry 20); what comes is entry 30, the end of the handle entry 31.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4};

use coring_engine::{Bytes, Data, Delivery, Js, ops};
use coring_uring::sync::datagram::{self, Family, Group};
use coring_uring::{
    Completion, Errno, Fd, FlightId, Op, Payload, SendPage, SocketAddress, Token, sync,
};

use crate::Natives;
use crate::kinds::{entry, token};
use crate::slots::Handle;
use crate::tcp_wrap::{parse_address, show_address};
use crate::udp_sends::Sending;

ops! { udp_wrap(Natives) {
    /// kind: 4 or 6. The handle, or -errno.
    slow open(kind: i32);
    /// A descriptor from elsewhere; it is closed with the handle.
    slow openFd(fd: i32);
    /// flags: 1 IPv6 only, 4 others may have the same address, 8 the kernel spreads over them.
    slow bind(handle: i32, address: String, port: i32, flags: i32);
    slow connect(handle: i32, address: String, port: i32);
    slow disconnect(handle: i32);
    /// One datagram of all the pieces; address "" is where the socket is connected to.
    /// result: bytes.
    slow send(handle: i32, pieces: Vec<Data>, address: String, port: i32, ticket: u32);
    /// The same without waiting: bytes, or -errno; -EAGAIN when it would have to wait. With
    /// `SOON` or `ASKED` it may be held (`udp_sends`): below -4095, and `outcome` knows more.
    slow trySend(handle: i32, pieces: Vec<Data>, address: String, port: i32, flags: i32);
    /// The same of one piece to an IPv4 address as a number, or to where it is connected to.
    /// `place`: port and flags.
    view trySendTo(handle: i32, bytes: Bytes, address: u32, place: i32);
    /// What became of a datagram that was held and is `ASKED` for: 0 or -errno; -EAGAIN: it waits.
    fast outcome(number: u32);
    /// Answers the ticket when it waits no more. result: bytes.
    fast answerLate(number: u32, ticket: u32);
    /// What waits for room in the kernel.
    fast lateBytes(handle: i32);
    fast lateCount(handle: i32);
    fast receiveStart(handle: i32);
    fast receiveStop(handle: i32);
    /// `at_once`: its address is free when this returns.
    fast close(handle: i32, at_once: bool);
    fast r#ref(handle: i32);
    fast unref(handle: i32);
    fast hasRef(handle: i32);
    fast fd(handle: i32);
    /// [kind, address, port] or -errno.
    slow sockName(handle: i32);
    slow peerName(handle: i32);
    fast setBroadcast(handle: i32, on: bool);
    fast setTTL(handle: i32, hops: i32);
    fast setMulticastTTL(handle: i32, hops: i32);
    fast setMulticastLoopback(handle: i32, on: bool);
    slow setMulticastInterface(handle: i32, address: String);
    slow setMembership(handle: i32, group: String, interface: String, join: bool);
    slow setSourceMembership(
        handle: i32, source: String, group: String, interface: String, join: bool);
    /// 16 unpredictable bits, for questions to name servers.
    slow randomId();
    /// The size in bytes of the kernel's buffer; sets it first unless 0.
    slow bufferSize(handle: i32, bytes: u32, of_sends: bool);
} }

/// Above a port of 16 bits.
mod send_flag {
    pub const CONNECTED: i32 = 1 << 16;
    pub const SOON: i32 = 1 << 17;
    /// SOON, and JavaScript will ask what became of it.
    pub const ASKED: i32 = 1 << 18;
}

mod flag {
    pub const IPV6_ONLY: i32 = 1;
    pub const REUSE_ADDRESS: i32 = 4;
    pub const REUSE_PORT: i32 = 8;
}

/// The longest datagram of IPv4 and IPv6 without jumbograms.
const DATAGRAM_BYTES_MAX: usize = 65535;

/// Datagrams taken at one completion, so that one socket does not keep a turn for itself.
const DATAGRAMS_PER_TURN_MAX: usize = 64;

/// Buffers kept for datagrams to come: a resolver has a socket for each question under way, and
/// only the first page of a buffer is touched by most datagrams.
const SPARES_MAX: usize = 64;

pub struct Udp {
    pub(crate) fd: Fd,
    family: Family,
    /// The receive that waits in the kernel.
    receive: Option<FlightId>,
    reading: bool,
    refed: bool,
    pub(crate) closing: bool,
    pub(crate) sending: Sending,
    /// The descriptor is closed, and somebody else's may have its number.
    closed: bool,
    /// It came from elsewhere, and others may receive on it, too: no more is taken than JavaScript
    /// has had the time to refuse.
    shared: bool,
}

impl Udp {
    fn new(fd: Fd, family: Family) -> Udp {
        Udp {
            fd,
            family,
            receive: None,
            reading: false,
            refed: true,
            closing: false,
            sending: Sending::default(),
            closed: false,
            shared: false,
        }
    }

    /// Does it keep the program running?
    pub fn is_alive(&self) -> bool {
        self.closing || (self.reading && self.refed)
    }

    fn kind(&self) -> i32 {
        match self.family {
            Family::V4 => 4,
            Family::V6 => 6,
        }
    }
}

fn answer(result: Result<(), Errno>) -> i32 {
    result.map_or_else(|errno| errno.result(), |()| 0)
}

impl Natives {
    /// What is done to a socket comes behind what was sent before.
    fn udp(&mut self, handle: i32) -> Result<&mut Udp, Errno> {
        self.flush_datagrams();
        let udp = self.udps.get_mut(Handle::from_js(handle));
        udp.filter(|udp| !udp.closing).ok_or(Errno::EBADF)
    }

    fn adopt_udp(&mut self, fd: Fd, family: Family, shared: bool) -> i32 {
        let udp = Udp {
            shared,
            ..Udp::new(fd, family)
        };
        match self.udps.insert(udp) {
            Ok(handle) => handle.to_js(),
            Err(_) => {
                // It is open and ours: nothing can fail.
                let _ = sync::file::close(fd);
                Errno::EMFILE.result()
            }
        }
    }

    fn receive_datagrams(&mut self, handle: Handle) {
        let Some(udp) = self.udps.get_mut(handle) else {
            return;
        };
        if udp.receive.is_some() || !udp.reading || udp.closing {
            return;
        }
        let mut buffer = self.datagram_spares.pop().unwrap_or_default();
        buffer.clear();
        buffer.reserve_exact(DATAGRAM_BYTES_MAX);
        let op = Op::RecvFrom { fd: udp.fd, buffer };
        let token = Token::new(token::UDP_IN, handle.slot(), handle.generation());
        udp.receive = Some(self.ring.submit(op, token));
    }

    /// The end of a turn: shared sockets that JavaScript still reads receive again.
    pub(crate) fn receive_shared_datagrams(&mut self) {
        for handle in std::mem::take(&mut self.udps_heard) {
            self.receive_datagrams(handle);
        }
    }

    pub(crate) fn on_datagram(&mut self, completion: Completion, out: &mut Delivery) {
        let handle = Handle::new(completion.token.index(), completion.token.generation());
        let Some(udp) = self.udps.get_mut(handle) else {
            return;
        };
        udp.receive = None;
        let (fd, shared) = (udp.fd, udp.shared);
        let (reading, closing) = (udp.reading && !udp.closing, udp.closing);
        if let Payload::Datagram(bytes, from) = completion.payload {
            let from = from.filter(|_| completion.result >= 0 && reading);
            if let Some(from) = &from {
                deliver(handle, &bytes, from, out);
            }
            if self.datagram_spares.len() < SPARES_MAX {
                self.datagram_spares.push(bytes);
            }
            match from {
                Some(_) if shared => return self.udps_heard.push(handle),
                Some(_) => self.receive_more(handle, fd, out),
                None => {}
            }
        }
        if closing {
            return self.close_udp(handle);
        }
        let failed = completion.result < 0 && completion.result != Errno::ECANCELED.result();
        if reading && failed {
            out.push(entry::UDP_MESSAGE, handle.to_js(), completion.result, 0);
        }
        self.receive_datagrams(handle);
    }

    /// What else waits already.
    fn receive_more(&mut self, handle: Handle, fd: Fd, out: &mut Delivery) {
        self.scratch.resize(DATAGRAM_BYTES_MAX, 0);
        for _ in 1..DATAGRAMS_PER_TURN_MAX {
            let Ok((count, from)) = datagram::receive_now(fd, &mut self.scratch) else {
                break;
            };
            let count = count.min(DATAGRAM_BYTES_MAX);
            deliver(handle, &self.scratch[..count], &from, out);
        }
    }

    /// The descriptor is closed behind everything that was submitted before.
    fn close_udp(&mut self, handle: Handle) {
        if let Some(udp) = self.udps.get(handle) {
            let token = Token::new(token::UDP_CLOSE, handle.slot(), handle.generation());
            let op = match udp.closed {
                true => Op::Nop,
                false => Op::Close {
                    fd: udp.fd,
                    waits: false,
                },
            };
            self.ring.submit(op, token);
        }
    }

    /// Closes the descriptor now, so that its address is free at once. What waits in the kernel
    /// holds the socket, and what is submitted names it by number: the kernel hears of both first.
    fn close_udp_now(&mut self, handle: Handle) {
        if self.ring.begin().is_err() || self.ring.has_unbegun() {
            return; // It is closed by its turn.
        }
        if let Some(udp) = self.udps.get_mut(handle) {
            udp.closed = true;
            // It is open and ours: nothing can fail.
            let _ = sync::file::close(udp.fd);
        }
    }

    pub(crate) fn on_udp_closed(&mut self, completion: &Completion, out: &mut Delivery) {
        let handle = Handle::new(completion.token.index(), completion.token.generation());
        self.udps.remove(handle);
        out.push(entry::UDP_CLOSED, handle.to_js(), 0, 0);
    }
}

/// value = the datagram; b = the sender's port * 2, a = his address as a number. From IPv6: b has 1
/// more, his address is text behind the datagram, a = bytes of the datagram.
fn deliver(handle: Handle, bytes: &[u8], from: &SocketAddress, out: &mut Delivery) {
    let (kind, handle) = (entry::UDP_MESSAGE, handle.to_js());
    let v6 = match from {
        SocketAddress::V4(v4) => {
            let (address, port) = (v4.ip().to_bits() as i32, i32::from(v4.port()));
            return out.push_memory(kind, handle, address, port * 2, bytes.to_vec());
        }
        SocketAddress::V6(v6) => v6,
        // A descriptor from elsewhere is of the internet, too: `openFd` has looked.
        SocketAddress::Unix(_) => return,
    };
    let address = match v6.scope_id() {
        0 => v6.ip().to_string(),
        index => {
            let name = sync::host::interface_name(index);
            format!("{}%{}", v6.ip(), name.unwrap_or_else(|| index.to_string()))
        }
    };
    let both = [bytes, address.as_bytes()].concat();
    let b = i32::from(v6.port()) * 2 + 1;
    out.push_memory(kind, handle, bytes.len() as i32, b, both);
}

fn open(natives: &mut Natives, kind: i32) -> i32 {
    let family = match kind {
        6 => Family::V6,
        _ => Family::V4,
    };
    let anywhere = match family {
        Family::V4 => parse_address(4, "0.0.0.0", 0),
        Family::V6 => parse_address(6, "::", 0),
    };
    match anywhere.and_then(|address| sync::socket::datagram_socket(&address)) {
        Ok(fd) => natives.adopt_udp(fd, family, false),
        Err(errno) => errno.result(),
    }
}

#[allow(non_snake_case)]
fn openFd(natives: &mut Natives, fd: i32) -> i32 {
    let fd = Fd::new(fd.max(0));
    match sync::socket::local_address(fd) {
        Ok(SocketAddress::V4(_)) => natives.adopt_udp(fd, Family::V4, true),
        Ok(SocketAddress::V6(_)) => natives.adopt_udp(fd, Family::V6, true),
        Ok(SocketAddress::Unix(_)) => Errno::EINVAL.result(),
        Err(errno) => errno.result(),
    }
}

fn bind(natives: &mut Natives, handle: i32, address: String, port: i32, flags: i32) -> i32 {
    answer(natives.udp(handle).and_then(|udp| {
        let address = parse_address(udp.kind(), &address, port)?;
        if flags & flag::REUSE_ADDRESS != 0 {
            sync::socket::set_reuse_address(udp.fd, true)?;
        }
        if flags & flag::REUSE_PORT != 0 {
            sync::socket::set_reuse_port(udp.fd, true)?;
        }
        if flags & flag::IPV6_ONLY != 0 {
            datagram::set_ipv6_only(udp.fd, true)?;
        }
        sync::socket::bind(udp.fd, &address)
    }))
}

fn connect(natives: &mut Natives, handle: i32, address: String, port: i32) -> i32 {
    answer(natives.udp(handle).and_then(|udp| {
        let address = parse_address(udp.kind(), &address, port)?;
        sync::socket::connect(udp.fd, &address)
    }))
}

fn disconnect(natives: &mut Natives, handle: i32) -> i32 {
    answer(
        natives
            .udp(handle)
            .and_then(|udp| datagram::disconnect(udp.fd)),
    )
}

fn send(
    natives: &mut Natives,
    handle: i32,
    pieces: Vec<Data>,
    address: String,
    port: i32,
    ticket: u32,
) {
    let page = gathered(natives, &pieces);
    let to = natives.udp(handle).and_then(|udp| match address.as_str() {
        "" => Ok(None),
        text => parse_address(udp.kind(), text, port).map(Some),
    });
    match to {
        Ok(to) => natives.send_in_line(Handle::from_js(handle), page.to_vec(), to, ticket),
        Err(errno) => {
            let entry = [ticket as i32, errno.result(), 0];
            natives.answers.push((entry::TICKET, entry));
        }
    }
}

/// The pieces of one datagram as a page.
fn gathered(natives: &mut Natives, pieces: &[Data]) -> SendPage {
    let mut page = natives.ring.page();
    for piece in pieces {
        match piece {
            Data::None => {}
            Data::Bytes(bytes) => page.extend_from_slice(bytes.as_slice()),
            Data::Text(text) => text.with_utf8(|bytes| page.extend_from_slice(bytes)),
        }
    }
    page
}

impl Natives {
    fn try_send(
        &mut self,
        handle: i32,
        bytes: &[u8],
        to: Option<SocketAddress>,
        flags: i32,
    ) -> i32 {
        let handle = Handle::from_js(handle);
        let sent = match flags & (send_flag::SOON | send_flag::ASKED) {
            0 => self.send_at_once(handle, bytes, to.as_ref()),
            how => self.send_soon(handle, bytes, to, how & send_flag::ASKED != 0),
        };
        sent.unwrap_or_else(Errno::result)
    }
}

#[allow(non_snake_case)]
fn trySend(
    natives: &mut Natives,
    handle: i32,
    pieces: Vec<Data>,
    address: String,
    port: i32,
    flags: i32,
) -> i32 {
    let page = gathered(natives, &pieces);
    let to = match address.as_str() {
        "" => Ok(None),
        text => match natives.udps.get(Handle::from_js(handle)) {
            Some(udp) => parse_address(udp.kind(), text, port).map(Some),
            None => Err(Errno::EBADF),
        },
    };
    match to {
        Ok(to) => natives.try_send(handle, &page, to, flags),
        Err(errno) => errno.result(),
    }
}

#[allow(non_snake_case)]
fn trySendTo(
    natives: &mut Natives,
    handle: i32,
    bytes: Bytes<'_>,
    address: u32,
    place: i32,
) -> i32 {
    let to = match place & send_flag::CONNECTED {
        0 => Some(SocketAddress::V4(SocketAddrV4::new(
            Ipv4Addr::from_bits(address),
            (place & 0xffff) as u16,
        ))),
        _ => None,
    };
    natives.try_send(handle, bytes.as_slice(), to, place)
}

fn outcome(natives: &mut Natives, number: u32) -> i32 {
    answer(natives.outcome_of(number))
}

#[allow(non_snake_case)]
fn answerLate(natives: &mut Natives, number: u32, ticket: u32) {
    natives.answer_late(number, ticket);
}

#[allow(non_snake_case)]
fn lateBytes(natives: &mut Natives, handle: i32) -> i32 {
    let udp = natives.udp(handle);
    udp.map_or(0, |udp| udp.sending.late_bytes as i32)
}

#[allow(non_snake_case)]
fn lateCount(natives: &mut Natives, handle: i32) -> i32 {
    let udp = natives.udp(handle);
    udp.map_or(0, |udp| udp.sending.late_count as i32)
}

#[allow(non_snake_case)]
fn receiveStart(natives: &mut Natives, handle: i32) -> i32 {
    let started = natives.udp(handle).map(|udp| udp.reading = true);
    natives.receive_datagrams(Handle::from_js(handle));
    answer(started)
}

#[allow(non_snake_case)]
fn receiveStop(natives: &mut Natives, handle: i32) -> i32 {
    let receive = match natives.udp(handle) {
        Ok(udp) => {
            udp.reading = false;
            udp.receive
        }
        Err(errno) => return errno.result(),
    };
    if let Some(receive) = receive {
        natives.ring.cancel(receive);
    }
    0
}

fn close(natives: &mut Natives, handle: i32, at_once: bool) -> i32 {
    let receive = match natives.udp(handle) {
        Ok(udp) => {
            udp.closing = true;
            udp.receive
        }
        Err(errno) => return errno.result(),
    };
    if let Some(receive) = receive {
        natives.ring.cancel(receive);
    }
    natives.dissolve_line(Handle::from_js(handle));
    if at_once {
        natives.close_udp_now(Handle::from_js(handle));
    }
    if receive.is_none() {
        natives.close_udp(Handle::from_js(handle));
    }
    0
}

fn r#ref(natives: &mut Natives, handle: i32) -> i32 {
    answer(natives.udp(handle).map(|udp| udp.refed = true))
}

fn unref(natives: &mut Natives, handle: i32) -> i32 {
    answer(natives.udp(handle).map(|udp| udp.refed = false))
}

#[allow(non_snake_case)]
fn hasRef(natives: &mut Natives, handle: i32) -> i32 {
    natives.udp(handle).map_or(0, |udp| i32::from(udp.refed))
}

fn fd(natives: &mut Natives, handle: i32) -> i32 {
    natives
        .udp(handle)
        .map_or_else(|errno| errno.result(), |udp| udp.fd.raw())
}

#[allow(non_snake_case)]
fn sockName(natives: &mut Natives, handle: i32) -> Js {
    let address = natives
        .udp(handle)
        .and_then(|udp| sync::socket::local_address(udp.fd));
    address.map_or_else(
        |errno| Js::from(errno.result()),
        |address| show_address(&address),
    )
}

#[allow(non_snake_case)]
fn peerName(natives: &mut Natives, handle: i32) -> Js {
    let address = natives
        .udp(handle)
        .and_then(|udp| sync::socket::peer_address(udp.fd));
    address.map_or_else(
        |errno| Js::from(errno.result()),
        |address| show_address(&address),
    )
}

#[allow(non_snake_case)]
fn setBroadcast(natives: &mut Natives, handle: i32, on: bool) -> i32 {
    answer(natives.udp(handle).and_then(|udp| {
        udp.sending.may_merge(!on);
        sync::socket::set_broadcast(udp.fd, on)
    }))
}

#[allow(non_snake_case)]
fn setTTL(natives: &mut Natives, handle: i32, hops: i32) -> i32 {
    answer(
        natives
            .udp(handle)
            .and_then(|udp| datagram::set_ttl(udp.fd, udp.family, hops)),
    )
}

#[allow(non_snake_case)]
fn setMulticastTTL(natives: &mut Natives, handle: i32, hops: i32) -> i32 {
    answer(
        natives
            .udp(handle)
            .and_then(|udp| datagram::set_multicast_ttl(udp.fd, udp.family, hops)),
    )
}

#[allow(non_snake_case)]
fn setMulticastLoopback(natives: &mut Natives, handle: i32, on: bool) -> i32 {
    answer(
        natives
            .udp(handle)
            .and_then(|udp| datagram::set_multicast_loopback(udp.fd, udp.family, on)),
    )
}

#[allow(non_snake_case)]
fn setMulticastInterface(natives: &mut Natives, handle: i32, address: String) -> i32 {
    if address.is_empty() {
        return Errno::EINVAL.result();
    }
    answer(natives.udp(handle).and_then(|udp| match udp.family {
        Family::V4 => datagram::set_multicast_interface_v4(udp.fd, ipv4(&address)?),
        Family::V6 => datagram::set_multicast_interface_v6(udp.fd, scope_of(&address)?),
    }))
}

#[allow(non_snake_case)]
fn setMembership(
    natives: &mut Natives,
    handle: i32,
    group: String,
    interface: String,
    join: bool,
) -> i32 {
    answer(natives.udp(handle).and_then(|udp| {
        let group = match udp.family {
            Family::V4 => Group::V4(ipv4(&group)?, ipv4(&interface)?),
            Family::V6 => Group::V6(ipv6(&group)?, scope_of(&interface)?),
        };
        datagram::set_membership(udp.fd, group, join)
    }))
}

#[allow(non_snake_case)]
fn setSourceMembership(
    natives: &mut Natives,
    handle: i32,
    source: String,
    group: String,
    interface: String,
    join: bool,
) -> i32 {
    answer(natives.udp(handle).and_then(|udp| {
        let (source, group) = (ipv4(&source)?, ipv4(&group)?);
        datagram::set_source_membership(udp.fd, group, ipv4(&interface)?, source, join)
    }))
}

#[allow(non_snake_case)]
fn bufferSize(natives: &mut Natives, handle: i32, bytes: u32, of_sends: bool) -> i32 {
    let size = natives.udp(handle).and_then(|udp| {
        if i32::try_from(bytes).is_err() {
            return Err(Errno::EINVAL);
        }
        if bytes != 0 && of_sends {
            sync::socket::set_send_buffer_bytes(udp.fd, bytes)?;
        } else if bytes != 0 {
            sync::socket::set_receive_buffer_bytes(udp.fd, bytes)?;
        }
        match of_sends {
            true => sync::socket::send_buffer_bytes(udp.fd),
            false => sync::socket::receive_buffer_bytes(udp.fd),
        }
    });
    size.map_or_else(|errno| errno.result(), |bytes| bytes as i32)
}

#[allow(non_snake_case)]
fn randomId(_: &mut Natives) -> u32 {
    let mut bytes = [0; 2];
    // A kernel without its generator gives zeros: the port of each question is drawn, too.
    let _ = sync::random::fill(&mut bytes);
    u32::from(u16::from_ne_bytes(bytes))
}

/// "" lets the kernel choose.
fn ipv4(text: &str) -> Result<Ipv4Addr, Errno> {
    match text {
        "" => Ok(Ipv4Addr::UNSPECIFIED),
        text => text.parse().map_err(|_| Errno::EINVAL),
    }
}

fn ipv6(text: &str) -> Result<Ipv6Addr, Errno> {
    let address = text.split('%').next().unwrap_or(text);
    address.parse().map_err(|_| Errno::EINVAL)
}

/// The interface behind the % of an address; 0 when there is none.
fn scope_of(text: &str) -> Result<u32, Errno> {
    if text.is_empty() {
        return Ok(0);
    }
    match parse_address(6, text, 0)? {
        SocketAddress::V6(address) => Ok(address.scope_id()),
        _ => Err(Errno::EINVAL),
    }
}
