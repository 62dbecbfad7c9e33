//! The ring of one core: ops go in, completions come out, memory in flight is kept.

use crate::completion::{Completion, Payload};
use crate::errno::Errno;
use crate::fd::Fd;
use crate::flight::{Flight, Flights, Stage, close_quietly};
use crate::kernel::{Doorbell, Event, Kernel, Request};
use crate::lease::{Lease, LeasePool};
use crate::mail;
use crate::op::{KIND_ACCEPT, KIND_INTERNAL, KIND_MAIL, KIND_OPEN, Op};
use crate::open::settle_open;
use crate::probe::Probe;
use crate::send::{PagePool, SendPage};
use crate::settle::{Next, settle, without_arming};
use crate::start::StartError;
use crate::token::{FlightId, Token};
use std::collections::VecDeque;
use std::ffi::CString;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Attempts to make room in a full queue before an op is told EAGAIN.
const FLUSH_ATTEMPTS_MAX: u32 = 8;
/// Rounds in which one turn empties an overflowing completion queue; the rest comes next turn.
const OVERFLOW_ROUNDS_MAX: u32 = 64;
/// How long a dropped ring waits for the kernel to let go of its memory.
const DRAIN_MAX: Duration = Duration::from_secs(2);

/// Sizes and limits of one ring.
#[derive(Clone, Debug)]
pub struct RingOptions {
    /// Requests that fit the queue to the kernel; a full queue is flushed, so this bounds batches.
    pub entries: u32,
    /// Completions that fit the queue from the kernel; at least twice the busy connections.
    pub cq_entries: u32,
    /// Size of one leased buffer: a typical request fits.
    pub buffer_bytes: u32,
    /// Leased buffers; a power of two.
    pub buffers_count: u16,
    /// Kernel workers for files, at most (0 keeps the kernel's own limit). They are made when all
    /// others wait; each that a dead file system holds is one that local files do not have.
    pub bounded_workers: u32,
    /// Kernel workers for everything that may block for ever, at most (0 as above).
    pub unbounded_workers: u32,
    /// Send pages kept for use anew.
    pub pages_max: usize,
    /// Starting size of a send page.
    pub page_bytes: usize,
}

impl Default for RingOptions {
    fn default() -> RingOptions {
        RingOptions {
            entries: 256,
            cq_entries: 4096,
            buffer_bytes: 4096,
            buffers_count: 1024,
            bounded_workers: 128,
            unbounded_workers: 16,
            pages_max: 256,
            page_bytes: 4096,
        }
    }
}

/// How long a turn may wait for the first completion.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Wait {
    /// Not at all.
    Poll,
    /// At most this long from now.
    Until(Duration),
    Forever,
}

/// What a ring has done since it was made.
#[derive(Copy, Clone, Default, Debug, PartialEq, Eq)]
pub struct RingStats {
    /// Calls into the kernel.
    pub enters: u64,
    pub sqes: u64,
    pub cqes: u64,
    /// Events whose flight is over. More than zero is a bug, ours or the kernel's.
    pub stale: u64,
    /// Receives that found no free buffer.
    pub starved: u64,
    /// Requests made anew without the caller's doing.
    pub rearmed: u64,
    /// Sends and writes of which the kernel took a part.
    pub short_sends: u64,
    /// Times the completion queue was too small.
    pub overflows: u64,
    pub cancels: u64,
}

/// One core's way to the kernel. Stays on the thread that made it:
///
/// ```compile_fail
/// fn send<T: Send>() {}
/// send::<coring_uring::Ring>();
/// ```
pub struct Ring {
    // Declared, hence dropped, before the memory it points at.
    kernel: Kernel,
    flights: Flights,
    leases: Rc<LeasePool>,
    pages: Rc<PagePool>,
    /// Receives without a buffer, oldest first. May name flights that are over.
    starved: VecDeque<FlightId>,
    /// Flights which a cancel did not find, or could not be told of, though they live. Mostly their
    /// last event is on its way already; asking once more costs less than one that never ends.
    uncancelled: Vec<FlightId>,
    /// Events reaped and not yet settled.
    events: Vec<Event>,
    /// Completions that no event of the kernel brings.
    ready: Vec<Completion>,
    /// Told when this ring ends; and a flight may read an eventfd after its mailbox is gone.
    mailboxes: Vec<Arc<mail::Shared>>,
    probe: Probe,
    stats: RingStats,
}

impl Ring {
    /// Makes a ring for the calling thread. The error says what is wrong with the machine.
    pub fn new(options: RingOptions) -> Result<Ring, StartError> {
        Ring::with_probe(options, |_| {})
    }

    /// As `new`, pretending that the kernel can do less: for tests of the ways around.
    pub fn with_probe(
        options: RingOptions,
        limit: impl FnOnce(&mut Probe),
    ) -> Result<Ring, StartError> {
        assert!(options.entries > 0);
        assert!(options.buffers_count.is_power_of_two());
        let leases = LeasePool::new(options.buffers_count, options.buffer_bytes)
            .map_err(|errno| StartError::now("buffer pool", errno))?;
        let (kernel, mut probe) = Kernel::new(&options, &leases)?;
        limit(&mut probe);
        Ok(Ring {
            kernel,
            flights: Flights::new(),
            leases,
            pages: PagePool::new(options.pages_max, options.page_bytes),
            starved: VecDeque::new(),
            uncancelled: Vec::new(),
            events: Vec::new(),
            ready: Vec::new(),
            mailboxes: Vec::new(),
            probe,
            stats: RingStats::default(),
        })
    }

    /// What the running kernel can do.
    pub fn probe(&self) -> &Probe {
        &self.probe
    }

    /// The most that one lease holds.
    pub fn lease_bytes_max(&self) -> usize {
        self.leases.buffer_bytes() as usize
    }

    /// Operations whose last completion has not been told yet, mailboxes included.
    pub fn in_flight(&self) -> usize {
        self.flights.len()
    }

    pub fn stats(&self) -> RingStats {
        let counts = self.kernel.counts();
        let (enters, sqes, cqes) = (counts.enters, counts.sqes, counts.cqes);
        RingStats {
            enters,
            sqes,
            cqes,
            overflows: counts.overflows,
            ..self.stats
        }
    }

    /// An empty page of the pool, to be filled and sent.
    #[inline]
    pub fn page(&mut self) -> SendPage {
        self.pages.page()
    }

    /// Takes an operation over. Never fails: what goes wrong arrives as its completion. The kernel
    /// hears of it at the next turn, or now if its queue is full.
    pub fn submit(&mut self, op: Op, token: Token) -> FlightId {
        let op = match op {
            Op::Truncate { fd, length } if !self.probe.truncate => {
                let done = crate::sync::file::truncate(fd, length);
                return self.answer(token, done.map_or_else(Errno::result, |()| 0));
            }
            op => op,
        };
        match Flight::new(op, token, &self.probe) {
            Ok(flight) => {
                let listening = flight.stage == Stage::Listening;
                let id = self.flights.insert(flight);
                if !listening {
                    self.arm(id);
                }
                id
            }
            Err(errno) => self.answer(token, errno.result()),
        }
    }

    /// Goes on with an open that the caller has begun: `opened` is what `sync::file`'s first try
    /// gave, as the kernel's own would have. Of a fifo without a writer it waits for one.
    pub fn go_on_opening(&mut self, opened: Fd, flags: i32, token: Token) -> FlightId {
        let (path, mode) = (CString::default(), 0);
        let op = Op::OpenAt { path, flags, mode };
        let mut flight = match Flight::new(op, token, &self.probe) {
            Ok(flight) => flight,
            Err(errno) => {
                close_quietly(opened);
                return self.answer(token, errno.result());
            }
        };
        match settle_open(&mut flight, opened.raw()) {
            Next::End(result) => self.answer(token, result),
            Next::Arm | Next::Starve | Next::Tell(_) | Next::TellAndArm(_) => {
                let id = self.flights.insert(flight);
                self.arm(id);
                id
            }
        }
    }

    /// Asks the kernel to end an operation. Its last completion still comes: usually -ECANCELED,
    /// but a result if it was faster (a descriptor then belongs to the caller). Ids of flights
    /// that are over are ignored.
    pub fn cancel(&mut self, id: FlightId) {
        let Some(flight) = self.flights.get_mut(id) else {
            return;
        };
        if flight.cancelled {
            return;
        }
        flight.cancelled = true;
        self.stats.cancels += 1;
        if matches!(flight.stage, Stage::Starved | Stage::Listening) {
            let last = self.end(id, Errno::ECANCELED.result());
            self.ready.push(last);
            return;
        }
        self.push_cancel(id);
    }

    fn push_cancel(&mut self, id: FlightId) {
        let Some(flight) = self.flights.get_mut(id) else {
            return;
        };
        let key = Token::new(flight.op.kind(), id.slot, id.generation).raw();
        let internal = Token::new(KIND_INTERNAL, id.slot, id.generation).raw();
        if self.push(internal, &Request::Cancel { key }).is_err() {
            self.uncancelled.push(id);
        }
    }

    /// Tries once more to cancel what the kernel could not find, unless it has ended meanwhile.
    fn cancel_again(&mut self) {
        for id in std::mem::take(&mut self.uncancelled) {
            self.push_cancel(id);
        }
    }

    /// One pass: submits everything, waits as told, and appends whatever completed to `out`, which
    /// may be nothing (time over, signal). Enters the kernel once, or not at all when there is
    /// nothing to submit and nothing to fetch. An error means that the ring is unusable.
    pub fn turn(&mut self, wait: Wait, out: &mut Vec<Completion>) -> Result<(), Errno> {
        self.leases.publish();
        self.feed_starved();
        self.cancel_again();
        let idle = self.ready.is_empty() && self.events.is_empty();
        self.kernel.enter(if idle { wait } else { Wait::Poll })?;
        out.append(&mut self.ready);
        for _ in 0..OVERFLOW_ROUNDS_MAX {
            let overflow = self.kernel.reap(&mut self.events);
            self.settle_all(out);
            if !overflow {
                break;
            }
            self.kernel.enter(Wait::Poll)?;
        }
        out.append(&mut self.ready);
        Ok(())
    }

    /// Whether the kernel has not heard of some operation yet.
    pub fn has_unbegun(&mut self) -> bool {
        self.kernel.has_unbegun()
    }

    /// Has the kernel begin what was submitted, now instead of in the next turn: for whoever does
    /// something outside the ring that must come behind it.
    pub fn begin(&mut self) -> Result<(), Errno> {
        self.kernel.begin()
    }

    fn settle_all(&mut self, out: &mut Vec<Completion>) {
        // Arming may reap more events into self.events, behind the ones taken out here.
        while !self.events.is_empty() {
            let mut events = std::mem::take(&mut self.events);
            for event in events.drain(..) {
                self.settle_one(&event, out);
            }
            if self.events.is_empty() {
                self.events = events;
            }
        }
    }

    #[inline]
    fn settle_one(&mut self, event: &Event, out: &mut Vec<Completion>) {
        let key = Token::from_raw(event.key);
        let bytes_count = event.result.max(0) as u32;
        let mut lease = event.buffer.map(|id| self.leases.lease(id, bytes_count));
        if key.kind() == KIND_INTERNAL {
            return;
        }
        let id = FlightId {
            slot: key.index(),
            generation: key.generation(),
        };
        let Some(flight) = self.flights.get_mut(id) else {
            self.stats.stale += u64::from(key.kind() != KIND_MAIL);
            close_unclaimed(key.kind(), event.result);
            return;
        };
        let mut next = settle(flight, event);
        let token = flight.token;
        if flight.cancelled {
            let (told, last) = without_arming(next);
            if let Some(result) = told {
                out.push(told_of(token, id, result, lease.take()));
            }
            next = last;
        }
        match next {
            Next::Tell(result) => out.push(told_of(token, id, result, lease)),
            Next::TellAndArm(result) => {
                out.push(told_of(token, id, result, lease));
                self.arm_again(id);
            }
            Next::Arm => {
                self.stats.short_sends += u64::from(event.result > 0);
                self.arm_again(id);
            }
            Next::Starve => {
                flight.stage = Stage::Starved;
                self.stats.starved += 1;
                self.starved.push_back(id);
            }
            Next::End(result) => {
                let last = self.end(id, result);
                out.push(last);
            }
        }
    }

    /// A mailbox's flight, and what wakes it.
    pub(crate) fn listen(&mut self, token: Token) -> Result<(FlightId, Doorbell), Errno> {
        if !self.probe.messages {
            let fd = crate::sync::file::event()?;
            return Ok((self.submit(Op::Event { fd }, token), Doorbell::Event(fd)));
        }
        let id = self.submit(Op::Mail, token);
        let key = Token::new(KIND_MAIL, id.slot, id.generation).raw();
        Ok((id, self.kernel.doorbell(key)))
    }

    /// Keeps what belongs to a mailbox as long as the ring.
    pub(crate) fn keep_mailbox(&mut self, shared: Arc<mail::Shared>) {
        self.mailboxes.push(shared);
    }

    /// Arms as many starved receives as there are free buffers, those waiting longest first.
    fn feed_starved(&mut self) {
        let mut free_count = self.leases.free_count();
        while free_count > 0 {
            let Some(id) = self.starved.pop_front() else {
                return;
            };
            let Some(flight) = self.flights.get_mut(id) else {
                continue;
            };
            if flight.stage == Stage::Starved {
                flight.stage = Stage::Armed;
                free_count -= 1;
                self.arm_again(id);
            }
        }
    }

    fn arm_again(&mut self, id: FlightId) {
        self.stats.rearmed += 1;
        self.arm(id);
    }

    /// Gives the flight's present request to the kernel; if that fails, the flight ends.
    fn arm(&mut self, id: FlightId) {
        let flight = self
            .flights
            .get_mut(id)
            .expect("only flights of the table are armed");
        let request = flight.request();
        let key = Token::new(flight.op.kind(), id.slot, id.generation).raw();
        if let Err(errno) = self.push(key, &request) {
            let last = self.end(id, errno.result());
            self.ready.push(last);
        }
    }

    fn push(&mut self, key: u64, request: &Request) -> Result<(), Errno> {
        for _ in 0..FLUSH_ATTEMPTS_MAX {
            // SAFETY: the memory belongs to a flight of our table, or is none (cancel). Flights
            // leave the table with their last event only, and a dropped ring waits for that or
            // leaks the table.
            let pushed = unsafe { self.kernel.push(key, request) };
            if pushed.is_ok() {
                return Ok(());
            }
            match self.kernel.flush() {
                Ok(()) => {}
                // The completion queue is full too: make room there first.
                Err(Errno::EBUSY | Errno::EAGAIN | Errno::EINTR) => {
                    self.kernel.reap(&mut self.events);
                    self.kernel.enter(Wait::Poll)?;
                }
                Err(errno) => return Err(errno),
            }
        }
        Err(Errno::EAGAIN)
    }

    fn end(&mut self, id: FlightId, result: i32) -> Completion {
        let flight = self.flights.remove(id);
        let token = flight.token;
        let (result, payload) = flight.finish(result);
        Completion {
            token,
            flight: id,
            result,
            more: false,
            payload,
        }
    }

    /// A completion for an op that never flew.
    fn answer(&mut self, token: Token, result: i32) -> FlightId {
        let (flight, more, payload) = (FlightId::NONE, false, Payload::None);
        self.ready.push(Completion {
            token,
            flight,
            result,
            more,
            payload,
        });
        flight
    }

    /// Cancels everything and waits for the kernel to let go; says whether it did.
    fn drain(&mut self) -> bool {
        let deadline = Instant::now() + DRAIN_MAX;
        let ids = self.flights.ids();
        let openers: Vec<FlightId> = ids.iter().copied().filter(|&id| self.opens(id)).collect();
        for id in ids {
            self.cancel(id);
        }
        let mut out = Vec::new();
        while self.flights.len() > 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || self.turn(Wait::Until(left), &mut out).is_err() {
                return false;
            }
            // Nobody is left to claim a descriptor that came in spite of the cancel.
            for late in out.drain(..).filter(|late| openers.contains(&late.flight)) {
                if let Ok(fd) = late.outcome() {
                    close_quietly(Fd::new(fd as i32));
                }
            }
        }
        true
    }

    /// Whether the flight's results are descriptors.
    fn opens(&mut self, id: FlightId) -> bool {
        let kind = self.flights.get_mut(id).map(|flight| flight.op.kind());
        kind.is_some_and(|kind| [KIND_ACCEPT, KIND_OPEN].contains(&kind))
    }
}

fn told_of(token: Token, flight: FlightId, result: i32, lease: Option<Lease>) -> Completion {
    let payload = lease.map_or(Payload::None, Payload::Lease);
    Completion {
        token,
        flight,
        result,
        more: true,
        payload,
    }
}

/// A descriptor that nobody waits for any more must not stay open.
fn close_unclaimed(kind: u8, result: i32) {
    if (kind == KIND_ACCEPT || kind == KIND_OPEN) && result >= 0 {
        close_quietly(Fd::new(result));
    }
}

impl Drop for Ring {
    /// Memory is never freed under the kernel: what it has not let go of within two seconds (a
    /// write to a dead network file system, say) is leaked, and told.
    fn drop(&mut self) {
        for mailbox in &self.mailboxes {
            mailbox.close();
        }
        let drained = self.drain();
        self.leases.close();
        self.kernel.close();
        if !drained {
            let count = self.flights.len();
            crate::sync::tell(&format!(
                "coring: {count} operations did not end within {DRAIN_MAX:?}; leaking them\n"
            ));
            std::mem::forget(std::mem::replace(&mut self.flights, Flights::new()));
            std::mem::forget(Rc::clone(&self.leases));
        }
    }
}
