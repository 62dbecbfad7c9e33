//! The table of operations in flight: it owns every byte that the kernel may still touch.
//!
//! An entry stays from submit until the last event of its request, whatever its caller has
//! forgotten meanwhile; a cancelled one too. Entries may move when the table grows, so everything
//! the kernel has an address of lives in heap blocks of its own.

use crate::address::RawAddress;
use crate::completion::{ChildExit, Payload};
use crate::errno::{Checked, Errno};
use crate::fd::Fd;
use crate::gather::{Datagram, Gather};
use crate::kernel::KernelTime;
use crate::op::Op;
use crate::open::Fifo;
use crate::probe::Probe;
use crate::stat::FileStat;
use crate::token::{FlightId, INDEX_COUNT_MAX, Token};
use slab::Slab;

/// Where an operation stands.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Stage {
    /// The kernel has its request.
    Armed,
    /// The kernel has a poll request instead: the descriptor said EAGAIN.
    Polling,
    /// The kernel has nothing: there was no buffer to read into.
    Starved,
    /// The kernel has nothing: others put events into our queue.
    Listening,
}

/// One operation and all memory it needs.
pub(crate) struct Flight {
    pub(crate) token: Token,
    generation: u32,
    pub(crate) stage: Stage,
    pub(crate) cancelled: bool,
    /// For the multi kinds: one request per event, since the kernel refused the multi form.
    pub(crate) single: bool,
    /// Bytes that earlier requests of this operation have moved.
    pub(crate) done_bytes: u64,
    pub(crate) op: Op,
    pub(crate) extra: Extra,
}

/// Memory that an operation needs besides what its caller gave.
pub(crate) enum Extra {
    None,
    Address(Box<RawAddress>),
    Gather(Box<Gather>),
    Datagram(Box<Datagram>),
    Time(Box<KernelTime>),
    Stat(Box<libc::statx>),
    Child(Box<libc::siginfo_t>),
    /// A descriptor of a child, closed with the flight.
    Process(Fd),
    Counter(Box<u64>),
    /// A fifo that is opened for the second time; see `open.rs`.
    Fifo(Option<Box<Fifo>>),
}

impl Flight {
    pub(crate) fn new(op: Op, token: Token, probe: &Probe) -> Result<Flight, Errno> {
        let extra = extra(&op, probe)?;
        let single = match op {
            Op::AcceptMulti { .. } => !probe.accept_multi,
            Op::ReadMulti { .. } => !probe.read_multi,
            _ => false,
        };
        let (generation, done_bytes) = (0, 0);
        let stage = match op {
            Op::Mail => Stage::Listening,
            _ => Stage::Armed,
        };
        let cancelled = false;
        Ok(Flight {
            token,
            generation,
            stage,
            cancelled,
            single,
            done_bytes,
            op,
            extra,
        })
    }

    /// Bytes still to send or write, for the kinds that must move all of theirs.
    pub(crate) fn remaining_bytes(&self) -> u64 {
        match (&self.op, &self.extra) {
            (Op::Send { page, .. } | Op::Write { page, .. }, _) => {
                page.len() as u64 - self.done_bytes
            }
            (_, Extra::Gather(gather)) => gather.remaining_bytes(),
            _ => 0,
        }
    }

    /// Notes that a request has moved this many bytes of the whole.
    pub(crate) fn advance(&mut self, bytes: u64) {
        assert!(bytes <= self.remaining_bytes());
        self.done_bytes += bytes;
        if let Extra::Gather(gather) = &mut self.extra {
            gather.advance(bytes);
        }
    }

    /// Ends the flight: the final result and what goes back to the caller. The kernel is done.
    pub(crate) fn finish(self, result: i32) -> (i32, Payload) {
        let count = result.max(0) as usize;
        match (self.op, self.extra) {
            (Op::Recv { buffer, .. } | Op::Read { buffer, .. }, _) => {
                (result, Payload::Bytes(filled(buffer, count)))
            }
            (Op::RecvFrom { buffer, .. }, Extra::Datagram(mut datagram)) => {
                let from = if result < 0 { None } else { datagram.sender() };
                (result, Payload::Datagram(filled(buffer, count), from))
            }
            (Op::ReadHeld { memory, .. }, _) => (result, Payload::Held(memory)),
            (Op::Statx { .. } | Op::FileStatx { .. }, Extra::Stat(raw)) if result == 0 => {
                (0, Payload::Stat(Box::new(FileStat::from_statx(&raw))))
            }
            (Op::WaitId { pid }, Extra::Child(_)) if result == 0 => exit_payload(pid),
            (Op::WaitId { pid }, Extra::Process(process)) => {
                close_quietly(process);
                if result < 0 {
                    (result, Payload::None)
                } else {
                    exit_payload(pid)
                }
            }
            _ => (result, Payload::None),
        }
    }
}

fn extra(op: &Op, probe: &Probe) -> Result<Extra, Errno> {
    Ok(match op {
        Op::Connect { address, .. } => Extra::Address(Box::new(RawAddress::new(address)?)),
        Op::SendHeld { page, held, .. } => Extra::Gather(Gather::new(page, held)),
        Op::WriteHeld { held, .. } => Extra::Gather(Gather::new(&[], held)),
        Op::SendTo { address, .. } => Extra::Datagram(Datagram::new(RawAddress::new(address)?)),
        Op::RecvFrom { .. } => Extra::Datagram(Datagram::new(RawAddress::empty())),
        Op::Timeout { duration } => Extra::Time(Box::new(KernelTime::new(*duration))),
        Op::Statx { .. } | Op::FileStatx { .. } => Extra::Stat(Box::new(empty_stat())),
        Op::WaitId { pid } if !probe.wait_id => Extra::Process(crate::sync::process::open(*pid)?),
        Op::WaitId { .. } => Extra::Child(Box::new(empty_info())),
        Op::Event { .. } => Extra::Counter(Box::new(0)),
        _ => Extra::None,
    })
}

/// Each op's own kind of extra memory; any other is a bug of `extra` above.
impl Extra {
    pub(crate) fn address(&self) -> &RawAddress {
        match self {
            Extra::Address(address) => address,
            _ => unreachable!("connect has an address"),
        }
    }

    pub(crate) fn gather(&mut self) -> &mut Gather {
        match self {
            Extra::Gather(gather) => gather,
            _ => unreachable!("held pieces have a gather"),
        }
    }

    pub(crate) fn datagram(&mut self) -> &mut Datagram {
        match self {
            Extra::Datagram(datagram) => datagram,
            _ => unreachable!("datagrams have a header"),
        }
    }

    pub(crate) fn time(&self) -> *const KernelTime {
        match self {
            Extra::Time(time) => &raw const **time,
            _ => unreachable!("timeouts have a time"),
        }
    }

    pub(crate) fn stat(&mut self) -> *mut libc::statx {
        match self {
            Extra::Stat(stat) => &raw mut **stat,
            _ => unreachable!("statx has a place to write to"),
        }
    }

    pub(crate) fn child(&mut self) -> *mut libc::siginfo_t {
        match self {
            Extra::Child(info) => &raw mut **info,
            _ => unreachable!("waiting has a place to write to"),
        }
    }

    pub(crate) fn counter(&mut self) -> *mut u64 {
        match self {
            Extra::Counter(counter) => &raw mut **counter,
            _ => unreachable!("events have a counter"),
        }
    }
}

fn filled(mut buffer: Vec<u8>, count: usize) -> Vec<u8> {
    let len = buffer.len() + count;
    assert!(len <= buffer.capacity());
    // SAFETY: within the capacity, and the kernel reported to have written `count` bytes from the
    // old length on; the request is over.
    unsafe { buffer.set_len(len) };
    buffer
}

fn empty_stat() -> libc::statx {
    // SAFETY: plain numbers, for which zero is valid.
    unsafe { std::mem::zeroed() }
}

fn empty_info() -> libc::siginfo_t {
    // SAFETY: plain numbers, for which zero is valid.
    unsafe { std::mem::zeroed() }
}

fn child_exit(info: &libc::siginfo_t) -> ChildExit {
    // SAFETY: waitid(2) fills in the fields of SIGCHLD; all zero is valid too.
    let status = unsafe { info.si_status() };
    match info.si_code {
        libc::CLD_EXITED => ChildExit {
            code: status,
            signal: 0,
        },
        _ => ChildExit {
            code: 0,
            signal: status,
        },
    }
}

/// The end of a child that the kernel told of. It is reaped only now, so that until the caller
/// hears of its end nobody else has its number, and no signal for it can hit another.
fn exit_payload(pid: i32) -> (i32, Payload) {
    match reap(pid, libc::WNOHANG) {
        Ok(exit) => (0, Payload::Exit(exit)),
        Err(errno) => (errno.result(), Payload::None),
    }
}

/// Takes the status of a child that has ended.
pub(crate) fn reap(pid: i32, options: i32) -> Result<ChildExit, Errno> {
    let mut info = empty_info();
    let options = libc::WEXITED | options;
    // SAFETY: info is ours for the time of the call.
    let result = unsafe { libc::waitid(libc::P_PID, pid as libc::id_t, &raw mut info, options) };
    result.checked().map(|_| child_exit(&info))
}

pub(crate) fn close_quietly(fd: Fd) {
    // Nothing can be done about a failure, and Linux frees the number in any case.
    let _ = crate::sync::file::close(fd);
}

/// All flights of one ring.
pub(crate) struct Flights {
    slots: Slab<Flight>,
    /// Counts flights, wrapping: a slot used anew has another generation.
    next_generation: u32,
}

impl Flights {
    pub(crate) fn new() -> Flights {
        Flights {
            slots: Slab::new(),
            next_generation: 1,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    #[inline]
    pub(crate) fn insert(&mut self, mut flight: Flight) -> FlightId {
        let generation = self.next_generation;
        self.next_generation = generation.wrapping_add(1);
        flight.generation = generation;
        let slot = self.slots.insert(flight) as u32;
        assert!(slot < INDEX_COUNT_MAX);
        FlightId { slot, generation }
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, id: FlightId) -> Option<&mut Flight> {
        let flight = self.slots.get_mut(id.slot as usize)?;
        (flight.generation == id.generation).then_some(flight)
    }

    #[inline]
    pub(crate) fn remove(&mut self, id: FlightId) -> Flight {
        let flight = self.slots.remove(id.slot as usize);
        assert!(flight.generation == id.generation);
        flight
    }

    pub(crate) fn ids(&self) -> Vec<FlightId> {
        let id = |(slot, flight): (usize, &Flight)| FlightId {
            slot: slot as u32,
            generation: flight.generation,
        };
        self.slots.iter().map(id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flight() -> Flight {
        let (stage, extra) = (Stage::Armed, Extra::None);
        let token = Token::new(1, 2, 3);
        let (generation, done_bytes, op) = (0, 0, Op::Nop);
        let (cancelled, single) = (false, false);
        Flight {
            token,
            generation,
            stage,
            cancelled,
            single,
            done_bytes,
            op,
            extra,
        }
    }

    #[test]
    fn slot_used_anew_has_another_generation() {
        let mut flights = Flights::new();
        let first = flights.insert(flight());
        flights.remove(first);
        let second = flights.insert(flight());
        assert_eq!(first.slot, second.slot);
        assert!(flights.get_mut(first).is_none());
        assert!(flights.get_mut(second).is_some());
        assert!(flights.get_mut(FlightId::NONE).is_none());
        assert_eq!(flights.ids(), [second]);
    }
}
