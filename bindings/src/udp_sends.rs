//! Datagrams that a socket sends one after the other in a turn wait for each other, and the kernel
//! takes them with one call; those of one length to one place, up to 64, as one message, which it
//! cuts (UDP_SEGMENT, udp(7)): one way through its network. Who receives them cannot tell. Nothing
//! else of UDP may overtake what is held here: `udp_wrap` sends it first. What JavaScript is told
//! of each is what it would be told had it gone alone.
//!
//! Held are those behind the first of a turn, so that whoever sends one at a time waits for
//! nothing; the first, too, on a socket whose last ones were several. On connected sockets the
//! first always goes alone: a refusal that it comes back with belongs to the second.
//!
//! Where the kernel has no room, a socket's datagrams wait in line, as libuv's: the ring has the
//! first of them, and tells when it is gone.

use std::collections::{HashMap, VecDeque};

use coring_engine::Delivery;
use coring_uring::sync::datagram;
use coring_uring::{Completion, Errno, Fd, FlightId, Op, SocketAddress, Token};

use crate::Natives;
use crate::kinds::{entry, token};
use crate::slots::Handle;
use crate::udp_batch::{Batch, EACH_BYTES_MAX};

/// Results from here down say that the datagram is held, and its number: `HELD - number`.
pub const HELD: i32 = -4096;

/// Datagrams that leave the line at once, so that one socket does not keep a turn for itself.
const LINE_PER_TURN_MAX: usize = 64;

#[derive(Default)]
pub struct State {
    /// The socket of this turn's last datagram.
    last: Option<Handle>,
    /// How many it has sent, one after the other.
    run_count: usize,
    batch: Batch,
    /// Failures that JavaScript will ask for on a later tick.
    failed: Vec<(u32, Errno)>,
    /// Those that wait for room in the kernel.
    late: HashMap<u32, Late>,
}

/// One that waits for room.
struct Late {
    handle: Handle,
    bytes_count: usize,
    /// JavaScript will ask for its outcome, and then give a ticket.
    is_asked: bool,
    /// Who is told of its end.
    ticket: Option<u32>,
}

/// One that waits for those before it, too.
struct Waiting {
    number: u32,
    bytes: Vec<u8>,
    to: Option<SocketAddress>,
}

/// What a socket knows of its sending.
#[derive(Default)]
pub struct Sending {
    /// In the last turn it sent several.
    has_bursts: bool,
    /// The longest datagrams that the kernel takes together; None: it was not asked yet.
    each_bytes_max: Option<usize>,
    /// What waits for room in the kernel.
    pub late_bytes: usize,
    pub late_count: usize,
    /// The first of it, which the ring has.
    flight: Option<FlightId>,
    /// The others.
    line: VecDeque<Waiting>,
}

impl State {
    /// Does anything wait for room in the kernel?
    pub fn is_waiting(&self) -> bool {
        !self.late.is_empty()
    }
}

impl Sending {
    fn takes_together(&mut self, fd: Fd, bytes_count: usize) -> bool {
        let most = self
            .each_bytes_max
            .get_or_insert_with(|| match datagram::can_segment(fd) {
                true => EACH_BYTES_MAX,
                false => 0,
            });
        (1..=*most).contains(&bytes_count)
    }

    /// Sockets that may broadcast merge nothing: which addresses are whole networks' only the
    /// kernel knows.
    pub fn may_merge(&mut self, may: bool) {
        self.each_bytes_max = if may { None } else { Some(0) };
    }

    /// Those of `each_bytes` go alone from now on.
    fn refuse(&mut self, errno: Errno, each_bytes: usize) {
        self.each_bytes_max = Some(match errno {
            Errno::EIO => 0,
            _ => each_bytes - 1,
        });
    }
}

/// Many hear what is sent there, by other ways through the kernel.
fn is_group(to: &SocketAddress) -> bool {
    match to {
        SocketAddress::V4(v4) => v4.ip().is_multicast() || v4.ip().is_broadcast(),
        SocketAddress::V6(v6) => v6.ip().is_multicast(),
        SocketAddress::Unix(_) => true,
    }
}

fn send_alone(fd: Fd, bytes: &[u8], to: Option<&SocketAddress>) -> Result<(), Errno> {
    match datagram::send_now(fd, bytes, to) {
        Ok(_) => Ok(()),
        // The device's queue is full: the kernel will say when there is room.
        Err(Errno::ENOBUFS) => Err(Errno::EAGAIN),
        Err(errno) => Err(errno),
    }
}

impl Natives {
    /// Sends a datagram, or holds it for others to come: bytes, or `HELD - number`. -EAGAIN: it
    /// would have to wait.
    pub(crate) fn send_soon(
        &mut self,
        handle: Handle,
        bytes: &[u8],
        to: Option<SocketAddress>,
        is_asked: bool,
    ) -> Result<i32, Errno> {
        let follows = self.udp_sends.last == Some(handle);
        if !follows {
            self.flush_datagrams();
        }
        let udp = self.udps.get_mut(handle).filter(|udp| !udp.closing);
        let udp = udp.ok_or(Errno::EBADF)?;
        let (fd, sending) = (udp.fd, &mut udp.sending);
        let is_common = follows || (sending.has_bursts && to.is_some());
        let holds = is_common && bytes.len() <= EACH_BYTES_MAX;
        let merges =
            holds && !to.as_ref().is_some_and(is_group) && sending.takes_together(fd, bytes.len());
        if !holds || !self.udp_sends.batch.fits(bytes.len()) {
            self.send_batch();
        }
        if self.is_late(handle) {
            return Err(Errno::EAGAIN);
        }
        let sends = &mut self.udp_sends;
        sends.last = Some(handle);
        sends.run_count += 1;
        if !holds {
            return send_alone(fd, bytes, to.as_ref()).map(|()| bytes.len() as i32);
        }
        let number = sends.batch.push(bytes, to, merges, is_asked);
        Ok(HELD - number as i32)
    }

    /// Does anything of the socket's wait for room?
    fn is_late(&self, handle: Handle) -> bool {
        let udp = self.udps.get(handle);
        udp.is_some_and(|udp| udp.sending.late_count > 0)
    }

    /// Sends a datagram behind all that is held: bytes. -EAGAIN: it would have to wait.
    pub(crate) fn send_at_once(
        &mut self,
        handle: Handle,
        bytes: &[u8],
        to: Option<&SocketAddress>,
    ) -> Result<i32, Errno> {
        self.flush_datagrams();
        let udp = self.udps.get(handle).filter(|udp| !udp.closing);
        let fd = udp.ok_or(Errno::EBADF)?.fd;
        if self.is_late(handle) {
            return Err(Errno::EAGAIN);
        }
        send_alone(fd, bytes, to).map(|()| bytes.len() as i32)
    }

    /// Sends what is held. Called at the end of a turn, and before whatever must not overtake it.
    pub(crate) fn flush_datagrams(&mut self) {
        self.send_batch();
        if let Some(last) = self.udp_sends.last.take() {
            let run_count = std::mem::take(&mut self.udp_sends.run_count);
            if let Some(udp) = self.udps.get_mut(last) {
                udp.sending.has_bursts = run_count > 1;
            }
        }
    }

    fn send_batch(&mut self) {
        if self.udp_sends.batch.count == 0 {
            return;
        }
        let mut batch = std::mem::take(&mut self.udp_sends.batch);
        let handle = self.udp_sends.last.expect("what is held is somebody's");
        // A socket's datagrams leave before it begins to close.
        let udp = self.udps.get_mut(handle).expect("its slot is taken");
        let fd = udp.fd;
        let outcome = batch.send(
            |messages| match messages {
                [lone] if lone.each_bytes.is_none() => {
                    send_alone(fd, lone.bytes, lone.to).map(|()| 1)
                }
                _ => datagram::send_many_now(fd, messages),
            },
            |bytes, to| send_alone(fd, bytes, to),
        );
        if let Some((errno, each_bytes)) = outcome.refusal {
            udp.sending.refuse(errno, each_bytes);
        }
        for (index, errno) in outcome.failed {
            let number = batch.number_of(index);
            let is_asked = batch.asked >> index & 1 == 1;
            if errno == Errno::EAGAIN {
                let (bytes, to) = batch.datagrams().nth(index).expect("it has that many");
                let (bytes, to) = (bytes.to_vec(), to.cloned());
                self.wait_in_line(handle, Waiting { number, bytes, to }, is_asked, None);
            } else if is_asked {
                self.udp_sends.failed.push((number, errno));
            }
        }
        batch.clear();
        self.udp_sends.batch = batch;
    }

    /// Sends it behind all that waits; the ticket is answered when it is gone: bytes, or an error.
    pub(crate) fn send_in_line(
        &mut self,
        handle: Handle,
        bytes: Vec<u8>,
        to: Option<SocketAddress>,
        ticket: u32,
    ) {
        self.flush_datagrams();
        let number = self.udp_sends.batch.take_number();
        self.wait_in_line(handle, Waiting { number, bytes, to }, false, Some(ticket));
    }

    fn wait_in_line(
        &mut self,
        handle: Handle,
        waiting: Waiting,
        is_asked: bool,
        ticket: Option<u32>,
    ) {
        let udp = self.udps.get_mut(handle).expect("its slot is taken");
        let bytes_count = waiting.bytes.len();
        let late = Late {
            handle,
            bytes_count,
            is_asked,
            ticket,
        };
        udp.sending.late_bytes += bytes_count;
        udp.sending.late_count += 1;
        self.udp_sends.late.insert(waiting.number, late);
        udp.sending.line.push_back(waiting);
        self.submit_first(handle);
    }

    /// The ring waits for room for the first of the line.
    fn submit_first(&mut self, handle: Handle) {
        let udp = self.udps.get_mut(handle).expect("its slot is taken");
        if udp.sending.flight.is_some() {
            return;
        }
        let Some(Waiting { number, bytes, to }) = udp.sending.line.pop_front() else {
            return;
        };
        let fd = udp.fd;
        let mut page = self.ring.page();
        page.extend_from_slice(&bytes);
        let op = match to {
            Some(address) => Op::SendTo { fd, address, page },
            None => Op::Send { fd, page },
        };
        let token = Token::new(token::UDP_OUT, number, 0);
        udp.sending.flight = Some(self.ring.submit(op, token));
    }

    pub(crate) fn on_late_datagram(&mut self, completion: &Completion, out: &mut Delivery) {
        let number = completion.token.index();
        let Some(handle) = self.udp_sends.late.get(&number).map(|late| late.handle) else {
            return;
        };
        if let Some(ticket) = self.leave_line(number, completion.result) {
            out.push(entry::TICKET, ticket as i32, completion.result, 0);
        }
        let Some(udp) = self.udps.get_mut(handle) else {
            return;
        };
        udp.sending.flight = None;
        for _ in 0..LINE_PER_TURN_MAX {
            let Some(udp) = self.udps.get_mut(handle) else {
                return;
            };
            let Some(first) = udp.sending.line.front() else {
                return;
            };
            let sent = send_alone(udp.fd, &first.bytes, first.to.as_ref());
            if sent == Err(Errno::EAGAIN) {
                break;
            }
            let result = sent.map_or_else(Errno::result, |()| first.bytes.len() as i32);
            let number = first.number;
            udp.sending.line.pop_front();
            if let Some(ticket) = self.leave_line(number, result) {
                out.push(entry::TICKET, ticket as i32, result, 0);
            }
        }
        self.submit_first(handle);
    }

    /// The ticket of one that waits no more.
    fn leave_line(&mut self, number: u32, result: i32) -> Option<u32> {
        let late = self.udp_sends.late.remove(&number)?;
        if let Some(udp) = self.udps.get_mut(late.handle) {
            udp.sending.late_bytes -= late.bytes_count;
            udp.sending.late_count -= 1;
        }
        if let (true, None, Err(errno)) = (late.is_asked, late.ticket, Errno::split(result)) {
            self.udp_sends.failed.push((number, errno));
        }
        late.ticket
    }

    /// The socket closes: what waits is not sent any more, as in Node.
    pub(crate) fn dissolve_line(&mut self, handle: Handle) {
        let Some(udp) = self.udps.get_mut(handle) else {
            return;
        };
        if let Some(flight) = udp.sending.flight {
            self.ring.cancel(flight);
        }
        for waiting in std::mem::take(&mut udp.sending.line) {
            let result = Errno::ECANCELED.result();
            if let Some(ticket) = self.leave_line(waiting.number, result) {
                self.answers
                    .push((entry::TICKET, [ticket as i32, result, 0]));
            }
        }
    }

    /// What became of a datagram that was held, asked once: 0, or an error; -EAGAIN: it waits.
    pub(crate) fn outcome_of(&mut self, number: u32) -> Result<(), Errno> {
        if self.udp_sends.batch.has(number) {
            self.send_batch();
        }
        let failed = &mut self.udp_sends.failed;
        if let Some(at) = failed.iter().position(|(known, _)| *known == number) {
            return Err(failed.remove(at).1);
        }
        match self.udp_sends.late.contains_key(&number) {
            true => Err(Errno::EAGAIN),
            false => Ok(()),
        }
    }

    /// The ticket is answered when the datagram that waits is gone.
    pub(crate) fn answer_late(&mut self, number: u32, ticket: u32) {
        if let Some(late) = self.udp_sends.late.get_mut(&number) {
            late.ticket = Some(ticket);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_refuses_is_remembered() {
        let mut sending = Sending {
            each_bytes_max: Some(EACH_BYTES_MAX),
            ..Sending::default()
        };
        let fd = Fd::new(0);
        assert!(sending.takes_together(fd, 1400) && !sending.takes_together(fd, 0));
        assert!(!sending.takes_together(fd, EACH_BYTES_MAX + 1));
        sending.refuse(Errno::EMSGSIZE, 1400);
        assert!(!sending.takes_together(fd, 1400) && sending.takes_together(fd, 1399));
        sending.refuse(Errno::EIO, 64);
        assert!(!sending.takes_together(fd, 1));
        sending.each_bytes_max = Some(EACH_BYTES_MAX);
        sending.may_merge(false);
        assert!(!sending.takes_together(fd, 1));
    }
}
