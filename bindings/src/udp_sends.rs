//! Datagrams that a turn sends one after the other to one place wait for each other, and the
//! kernel takes them together (UDP_SEGMENT, udp(7)): one way through its network for 64 of them.
//! Who receives them cannot tell. Nothing else of UDP may overtake what is held here: `udp_wrap`
//! sends it first. What JavaScript is told of each is what it would be told had it gone alone.
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

/// Results from here down say that the datagram is held, and its number: `HELD - number`.
pub const HELD: i32 = -4096;

/// UDP_MAX_SEGMENTS of kernels before 6.9.
const COUNT_MAX: usize = 64;
const _: () = assert!(COUNT_MAX <= u64::BITS as usize);

/// A batch is one datagram to the kernel until it cuts it: its length must fit the IP header's.
const BYTES_MAX: usize = 65_000;

/// Datagrams above this never find company.
const EACH_BYTES_MAX: usize = BYTES_MAX / 2;

/// Datagrams that leave the line at once, so that one socket does not keep a turn for itself.
const LINE_PER_TURN_MAX: usize = 64;

/// Numbers are indexes of tokens, too. So many are never on their way.
const NUMBERS_COUNT: u32 = 1 << 24;

#[derive(Default)]
pub struct State {
    /// Where this turn's last datagram went.
    last: Option<Place>,
    /// How many have gone there, one after the other.
    run_count: usize,
    batch: Batch,
    /// Failures that JavaScript will ask for on a later tick.
    failed: Vec<(u32, Errno)>,
    /// Those that wait for room in the kernel.
    late: HashMap<u32, Late>,
}

/// A socket, and an address unless it is connected.
#[derive(PartialEq)]
struct Place {
    handle: Handle,
    to: Option<SocketAddress>,
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
    /// The last datagrams to one place were several.
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

/// Datagrams of one length, but the last one, which may be shorter.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    each_bytes: usize,
    count: usize,
    /// The number of the first.
    number: u32,
    /// A bit for each: JavaScript asks what became of it.
    asked: u64,
}

/// What became of a batch that did not go as it should.
#[derive(Default, Debug, PartialEq)]
struct Outcome {
    /// Why the kernel does not take these together.
    refusal: Option<Errno>,
    failed: Vec<(usize, Errno)>,
}

impl State {
    /// Does anything wait for room in the kernel?
    pub fn is_waiting(&self) -> bool {
        !self.late.is_empty()
    }
}

impl Batch {
    fn fits(&self, bytes_count: usize) -> bool {
        self.count == 0
            || (bytes_count <= self.each_bytes && self.bytes.len() + bytes_count <= BYTES_MAX)
    }

    /// Its number.
    fn push(&mut self, bytes: &[u8], is_asked: bool) -> u32 {
        assert!(self.fits(bytes.len()) && !bytes.is_empty());
        if self.count == 0 {
            self.each_bytes = bytes.len();
        }
        let number = self.number_of(self.count);
        self.asked |= u64::from(is_asked) << self.count;
        self.bytes.extend_from_slice(bytes);
        self.count += 1;
        number
    }

    fn is_full(&self) -> bool {
        self.count == COUNT_MAX || self.bytes.len() < self.count * self.each_bytes
    }

    fn number_of(&self, index: usize) -> u32 {
        (self.number + index as u32) % NUMBERS_COUNT
    }

    fn has(&self, number: u32) -> bool {
        let index = (number + NUMBERS_COUNT - self.number) % NUMBERS_COUNT;
        (index as usize) < self.count
    }

    fn datagram(&self, index: usize) -> &[u8] {
        let start = index * self.each_bytes;
        &self.bytes[start..self.bytes.len().min(start + self.each_bytes)]
    }

    /// A number for one that does not go with it.
    fn take_number(&mut self) -> u32 {
        assert!(self.count == 0);
        let number = self.number;
        self.number = self.number_of(1);
        number
    }

    /// Empties it and keeps its memory.
    fn clear(&mut self) {
        self.number = self.number_of(self.count);
        (self.count, self.asked) = (0, 0);
        self.bytes.clear();
    }

    /// Sends it `together`, or what cannot go so `alone`, in order. Behind one that must wait
    /// (-EAGAIN) all wait.
    fn send(
        &self,
        together: impl FnOnce(&[u8], usize) -> Result<(), Errno>,
        mut alone: impl FnMut(&[u8]) -> Result<(), Errno>,
    ) -> Outcome {
        let mut outcome = Outcome::default();
        if self.count > 1 {
            match together(&self.bytes, self.each_bytes) {
                Ok(()) => return outcome,
                // Longer than the path takes whole, no checksums by the device, or IPsec on it.
                Err(errno @ (Errno::EINVAL | Errno::EMSGSIZE | Errno::EIO)) => {
                    outcome.refusal = Some(errno);
                }
                Err(Errno::EAGAIN | Errno::ENOBUFS | Errno::ENOMEM) => {}
                // The first would have met it: what an earlier one came back with, or all would.
                Err(errno) => outcome.failed.push((0, errno)),
            }
        }
        let mut waits = false;
        for index in outcome.failed.len()..self.count {
            let sent = match waits {
                true => Err(Errno::EAGAIN),
                false => alone(self.datagram(index)),
            };
            if let Err(errno) = sent {
                waits |= errno == Errno::EAGAIN;
                outcome.failed.push((index, errno));
            }
        }
        outcome
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

    /// Sockets that may broadcast hold nothing: which addresses are whole networks' only the kernel
    /// knows.
    pub fn may_hold(&mut self, may: bool) {
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
        let last = self.udp_sends.last.as_ref();
        let follows = last.is_some_and(|last| last.handle == handle && last.to == to);
        if !follows {
            self.flush_datagrams();
        }
        let udp = self.udps.get_mut(handle).filter(|udp| !udp.closing);
        let udp = udp.ok_or(Errno::EBADF)?;
        let (fd, sending) = (udp.fd, &mut udp.sending);
        if sending.late_count > 0 {
            return Err(Errno::EAGAIN);
        }
        let holds = (follows || (sending.has_bursts && to.is_some()))
            && !to.as_ref().is_some_and(is_group)
            && sending.takes_together(fd, bytes.len());
        if !holds || !self.udp_sends.batch.fits(bytes.len()) {
            self.send_batch();
        }
        let sends = &mut self.udp_sends;
        sends.run_count += 1;
        let last = match follows {
            true => sends.last.as_ref(),
            false => Some(&*sends.last.insert(Place { handle, to })),
        };
        if !holds {
            let to = last.and_then(|last| last.to.as_ref());
            return send_alone(fd, bytes, to).map(|()| bytes.len() as i32);
        }
        let number = sends.batch.push(bytes, is_asked);
        if sends.batch.is_full() {
            self.send_batch();
        }
        Ok(HELD - number as i32)
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
        let udp = udp.ok_or(Errno::EBADF)?;
        if udp.sending.late_count > 0 {
            return Err(Errno::EAGAIN);
        }
        send_alone(udp.fd, bytes, to).map(|()| bytes.len() as i32)
    }

    /// Sends what is held. Called at the end of a turn, and before whatever must not overtake it.
    pub(crate) fn flush_datagrams(&mut self) {
        self.send_batch();
        if let Some(last) = self.udp_sends.last.take() {
            let run_count = std::mem::take(&mut self.udp_sends.run_count);
            if let Some(udp) = self.udps.get_mut(last.handle) {
                udp.sending.has_bursts = run_count > 1;
            }
        }
    }

    fn send_batch(&mut self) {
        if self.udp_sends.batch.count == 0 {
            return;
        }
        let mut batch = std::mem::take(&mut self.udp_sends.batch);
        let last = self.udp_sends.last.as_ref();
        let Place { handle, to } = last.expect("what is held goes somewhere");
        let handle = *handle;
        // A socket's datagrams leave before it begins to close.
        let udp = self.udps.get_mut(handle).expect("its slot is taken");
        let fd = udp.fd;
        let outcome = batch.send(
            |bytes, each_bytes| datagram::send_segments_now(fd, bytes, each_bytes, to.as_ref()),
            |bytes| send_alone(fd, bytes, to.as_ref()),
        );
        if let Some(errno) = outcome.refusal
            && outcome.failed.len() < batch.count
        {
            udp.sending.refuse(errno, batch.each_bytes);
        }
        let to = to.clone();
        for (index, errno) in outcome.failed {
            let number = batch.number_of(index);
            let is_asked = batch.asked >> index & 1 == 1;
            if errno == Errno::EAGAIN {
                let (bytes, to) = (batch.datagram(index).to_vec(), to.clone());
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

    /// Sends datagrams of these lengths, the kernel taking them together or not, and those of some
    /// indexes alone not. Gives the outcome and the lengths that went alone.
    fn sent(
        lengths: &[usize],
        together: Result<(), Errno>,
        refused: &[(usize, Errno)],
    ) -> (Outcome, Vec<usize>) {
        let mut batch = Batch::default();
        for length in lengths {
            batch.push(&vec![*length as u8; *length], false);
        }
        let (mut tries, mut alone) = (0, Vec::new());
        let outcome = batch.send(
            |bytes, each_bytes| {
                assert_eq!(
                    (bytes.len(), each_bytes),
                    (lengths.iter().sum(), lengths[0])
                );
                together
            },
            |bytes| {
                assert!(bytes.iter().all(|byte| usize::from(*byte) == bytes.len()));
                tries += 1;
                if let Some((_, errno)) = refused.iter().find(|(nth, _)| *nth == tries) {
                    return Err(*errno);
                }
                alone.push(bytes.len());
                Ok(())
            },
        );
        (outcome, alone)
    }

    fn failed(refusal: Option<Errno>, failed: &[(usize, Errno)]) -> Outcome {
        let failed = failed.to_vec();
        Outcome { refusal, failed }
    }

    #[test]
    fn a_batch_goes_together_or_one_by_one() {
        const LENGTHS: &[usize] = &[9, 9, 9, 4];
        assert_eq!(sent(LENGTHS, Ok(()), &[]), (failed(None, &[]), vec![]));
        for errno in [Errno::EINVAL, Errno::EMSGSIZE, Errno::EIO] {
            let (outcome, alone) = sent(LENGTHS, Err(errno), &[]);
            assert_eq!(
                (outcome, alone),
                (failed(Some(errno), &[]), LENGTHS.to_vec())
            );
        }
        // No room for all, and then none behind the second: those that follow do not overtake it.
        let (outcome, alone) = sent(LENGTHS, Err(Errno::EAGAIN), &[(2, Errno::EAGAIN)]);
        let waiting = [1, 2, 3].map(|index| (index, Errno::EAGAIN));
        assert_eq!((outcome, alone), (failed(None, &waiting), vec![9]));
        // A refusal that came back is the first one's; the second is sent, and meets none.
        let (outcome, alone) = sent(
            LENGTHS,
            Err(Errno::ECONNREFUSED),
            &[(2, Errno::ECONNREFUSED)],
        );
        let refused = [0, 2].map(|index| (index, Errno::ECONNREFUSED));
        assert_eq!((outcome, alone), (failed(None, &refused), vec![9, 4]));
        // One alone is not tried together.
        let (outcome, alone) = sent(&[5], Err(Errno::EIO), &[]);
        assert_eq!((outcome, alone), (failed(None, &[]), vec![5]));
    }

    #[test]
    fn a_batch_is_full_behind_a_shorter_one_and_at_its_bounds() {
        let mut batch = Batch::default();
        batch.push(&[0; 8], false);
        assert!(!batch.fits(9) && batch.fits(8) && batch.fits(7) && !batch.is_full());
        batch.push(&[0; 7], true);
        assert!(batch.is_full());
        assert_eq!(batch.asked, 0b10);
        batch.clear();
        for nth in 0..COUNT_MAX {
            assert!(!batch.is_full(), "{nth}");
            batch.push(&[0; 8], false);
        }
        assert!(batch.is_full());
        batch.clear();
        for _ in 0..2 {
            assert!(batch.fits(EACH_BYTES_MAX));
            batch.push(&[0; EACH_BYTES_MAX], false);
        }
        assert!(!batch.fits(1));
    }

    #[test]
    fn numbers_go_round() {
        let mut batch = Batch {
            number: NUMBERS_COUNT - 1,
            ..Batch::default()
        };
        assert!(!batch.has(NUMBERS_COUNT - 1));
        assert_eq!(batch.push(b"a", false), NUMBERS_COUNT - 1);
        assert_eq!(batch.push(b"b", false), 0);
        assert!(batch.has(NUMBERS_COUNT - 1) && batch.has(0) && !batch.has(1));
        batch.clear();
        assert!(!batch.has(0));
        assert_eq!(batch.push(b"c", false), 1);
    }

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
        sending.may_hold(false);
        assert!(!sending.takes_together(fd, 1));
    }
}
