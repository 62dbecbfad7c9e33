//! The loop of the generator: send what is due, take what has come, again. One turn of the ring
//! carries all that is sent, and brings all that came meanwhile.

use super::connection::{Connection, Seen, Stage};
use super::sockets::{Event, Sockets};
use super::{Arrivals, Faults, NOTES_MAX, Note, Outcome, Plan, new_histogram};
use crate::process;
use coring_uring::Wait;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// How long answers may still come after the measured time.
const DRAIN: Duration = Duration::from_secs(5);

/// The pause after a round in which nothing moved: the processor's other half is spared.
const PAUSE: Duration = Duration::from_micros(1);

/// How long a connection may take to open, a server to close one that it said it closes, and to
/// answer what is asked in the last moment.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often they are looked at.
const GLANCE: Duration = Duration::from_millis(100);

/// Connections that are opened at once before the start: fewer than a server lets wait.
const OPENED_AT_ONCE: usize = 128;

/// Where the measured time begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    Begin,
    End,
}

/// Runs a plan. `at_edge` is called once at each end of the measured time, to read the clocks
/// of the server.
pub fn run(plan: &Plan, at_edge: &mut dyn FnMut(Edge)) -> Result<Outcome, String> {
    assert!(plan.connections > 0);
    assert!(!plan.request.is_empty() && plan.depth > 0);
    Engine::new(plan)?.run(at_edge)
}

struct Engine<'a> {
    plan: &'a Plan,
    wire: Rc<[u8]>,
    upgrade: Option<Rc<[u8]>>,
    sockets: Sockets,
    events: Vec<(usize, Event)>,
    connections: Vec<Connection>,
    /// Connections with nothing to do, the longest idle first.
    free: VecDeque<usize>,
    busy: usize,
    outcome: Outcome,
    begin: Instant,
    end: Instant,
    glance: Instant,
    interval: Option<Duration>,
    /// Requests that the schedule has sent or given up so far, and the time of the next.
    scheduled: u64,
    start: Instant,
}

impl<'a> Engine<'a> {
    fn new(plan: &'a Plan) -> Result<Self, String> {
        let start = Instant::now();
        let outcome = Outcome {
            completed: 0,
            answered: 0,
            seconds: 0.0,
            latency: new_histogram(),
            apart: new_histogram(),
            service: new_histogram(),
            lateness: new_histogram(),
            faults: Faults::default(),
            notes: Vec::new(),
            connects: 0,
            busy: 0.0,
            crowded: 0.0,
        };
        let interval = match plan.arrivals {
            Arrivals::Closed => None,
            Arrivals::Open { per_second } => {
                assert!(per_second > 0.0);
                Some(Duration::from_secs_f64(f64::from(plan.depth) / per_second))
            }
        };
        Ok(Engine {
            plan,
            wire: plan.wire().into(),
            upgrade: plan.upgrade.as_deref().map(Rc::from),
            sockets: Sockets::new(plan)?,
            events: Vec::new(),
            connections: (0..plan.connections)
                .map(|_| Connection::new(start))
                .collect(),
            free: VecDeque::new(),
            busy: 0,
            outcome,
            begin: start,
            end: start,
            glance: start,
            interval,
            scheduled: 0,
            start,
        })
    }

    fn run(mut self, at_edge: &mut dyn FnMut(Edge)) -> Result<Outcome, String> {
        self.open_all()?;
        self.start = Instant::now();
        for connection in &mut self.connections {
            connection.free_since = self.start;
        }
        self.begin = self.start + self.plan.warm_up;
        self.end = self.begin + self.plan.measured;
        self.spin_until(self.begin, true)?;
        at_edge(Edge::Begin);
        let (opened, before) = (Instant::now(), process::own_thread());
        let idle = self.spin_until(self.end, true)?;
        let (closed, after) = (Instant::now(), process::own_thread());
        at_edge(Edge::End);
        self.outcome.seconds = (closed - opened).as_secs_f64();
        let share = |us: f64| us / 1e6 / self.outcome.seconds;
        self.outcome.crowded = share(after.waited_us - before.waited_us);
        self.outcome.busy = if self.plan.sleeps {
            share(after.ran_us - before.ran_us)
        } else {
            1.0 - idle.as_secs_f64() / self.outcome.seconds
        };
        self.drain()?;
        Ok(self.outcome)
    }

    fn open_all(&mut self) -> Result<(), String> {
        let mut at = 0;
        while at < self.connections.len() {
            let end = self.connections.len().min(at + OPENED_AT_ONCE);
            for index in at..end {
                self.open(index);
                self.free.push_back(index);
            }
            let late = Instant::now() + PATIENCE;
            while Instant::now() < late && (at..end).any(|index| self.is_opening(index)) {
                self.turn(Wait::Until(GLANCE))?;
            }
            at = end;
        }
        Ok(())
    }

    fn is_opening(&self, index: usize) -> bool {
        matches!(
            self.connections[index].stage,
            Stage::Connecting | Stage::Upgrading(_)
        )
    }

    /// Turns until `until`; returns the time in which nothing was to be done.
    fn spin_until(&mut self, until: Instant, sending: bool) -> Result<Duration, String> {
        let mut idle = Duration::ZERO;
        loop {
            let now = Instant::now();
            if now >= until || (!sending && self.busy == 0 && !self.is_due()) {
                return Ok(idle);
            }
            if now >= self.glance {
                self.glance = now + GLANCE;
                self.give_up_on_late(now);
            }
            let sent = self.send_due(now, sending);
            let wait = match self.plan.sleeps && !sent {
                true => Wait::Until(self.pause(now, until)),
                false => Wait::Poll,
            };
            let moved = self.turn(wait)?;
            if !sent && !moved {
                while now.elapsed() < PAUSE {
                    std::hint::spin_loop();
                }
                idle += now.elapsed();
            }
        }
    }

    /// How long nothing is to be done unless something comes.
    fn pause(&self, now: Instant, until: Instant) -> Duration {
        let is_waiting = !self.free.is_empty() && self.is_due();
        let next = if is_waiting {
            self.next_intended()
        } else {
            until
        };
        next.min(until)
            .min(self.glance)
            .saturating_duration_since(now)
    }

    fn turn(&mut self, wait: Wait) -> Result<bool, String> {
        let mut events = std::mem::take(&mut self.events);
        self.sockets
            .turn(wait, &mut events)
            .map_err(|errno| format!("the generator's ring: {errno:?}"))?;
        let moved = !events.is_empty();
        for (index, event) in events.drain(..) {
            self.happened(index, event);
        }
        self.events = events;
        Ok(moved)
    }

    /// After the end: what was due before it is still sent, and answers may come.
    fn drain(&mut self) -> Result<(), String> {
        self.spin_until(Instant::now() + DRAIN, false)?;
        let unsent = self.outcome.faults.unsent;
        for index in 0..self.connections.len() {
            let connection = &self.connections[index];
            if !connection.busy || !connection.counts || connection.stage == Stage::Closing {
                continue;
            }
            // Who was asked this moment, since the schedule was behind, has lost nothing.
            if connection.stage == Stage::Open && connection.sent.elapsed() >= PATIENCE {
                self.outcome.faults.lost += 1;
                self.note(index, "lost: asked a second ago and not answered");
            } else {
                self.outcome.faults.unsent += 1;
            }
        }
        while self.is_due() {
            self.outcome.faults.unsent += u64::from(self.next_intended() >= self.begin);
            self.scheduled += 1;
        }
        if self.outcome.faults.unsent > unsent {
            let count = self.outcome.faults.unsent - unsent;
            let words = "requests were due, and all connections busy to the end";
            self.write_down(format!("unsent: {count} {words}"));
        }
        Ok(())
    }

    /// When the next request of the schedule is meant to go. From the start each time, so that
    /// rounding does not add up.
    fn next_intended(&self) -> Instant {
        let interval = self.interval.expect("only the open loop has a schedule");
        self.start + interval.mul_f64(self.scheduled as f64)
    }

    fn is_due(&self) -> bool {
        self.interval.is_some() && self.next_intended() < self.end
    }

    fn send_due(&mut self, now: Instant, sending: bool) -> bool {
        let mut sent = false;
        // As often as there are free connections: one that fails is free again at once.
        for _ in 0..self.free.len() {
            let index = self.free[0];
            let intended = match self.interval {
                None if sending => Instant::now(),
                None => break,
                Some(_) => self.next_intended(),
            };
            if intended > now && self.interval.is_some() || intended >= self.end {
                break;
            }
            self.free.pop_front();
            self.scheduled += 1;
            self.send(index, intended);
            sent = true;
        }
        sent
    }

    /// Gives a request to a connection, which opens for it if it must.
    fn send(&mut self, index: usize, intended: Instant) {
        let counts = intended >= self.begin;
        let connection = &mut self.connections[index];
        let ready = intended.max(connection.free_since);
        connection.intended = intended;
        connection.counts = counts;
        connection.busy = true;
        self.busy += 1;
        if counts && self.interval.is_some() {
            record(
                &mut self.outcome.lateness,
                Instant::now().saturating_duration_since(ready),
            );
        }
        match connection.stage {
            Stage::Open => self.write(index),
            Stage::Shut => self.open(index),
            // It goes when the connection is open.
            Stage::Connecting | Stage::Upgrading(_) | Stage::Closing => {}
        }
    }

    fn write(&mut self, index: usize) {
        let connection = &mut self.connections[index];
        connection.ask(self.plan.depth);
        connection.sent = Instant::now();
        let place = connection.place.expect("only open connections send");
        self.sockets.send(place, &self.wire);
    }

    fn open(&mut self, index: usize) {
        match self.sockets.open(index, self.plan) {
            Ok(place) => self.connections[index].begin(place, Instant::now()),
            Err(errno) => self.fail(
                index,
                |faults| &mut faults.connect,
                &format!("connect: no socket, {}", errno.name()),
            ),
        }
    }

    fn happened(&mut self, index: usize, event: Event) {
        match event {
            Event::Connected => self.connected(index),
            Event::Refused(errno) => self.fail(
                index,
                |faults| &mut faults.connect,
                &format!("connect: {}", errno.name()),
            ),
            Event::Sent => {
                let connection = &mut self.connections[index];
                connection.sending = false;
                if let Some(seen) = connection.early.take() {
                    self.saw(index, seen);
                }
            }
            Event::Bytes(bytes) => self.came(index, &bytes),
            Event::End => self.ended(index),
            Event::Broken(errno) if self.is_opening(index) => self.fail(
                index,
                |faults| &mut faults.connect,
                &format!("connect: {} before it was open", errno.name()),
            ),
            Event::Broken(_) if !self.connections[index].busy => self.shut(index),
            Event::Broken(errno) => self.fail(
                index,
                |faults| &mut faults.broken,
                &format!("broken: {}", errno.name()),
            ),
        }
    }

    fn connected(&mut self, index: usize) {
        let connection = &mut self.connections[index];
        let place = connection.place.expect("only sockets connect");
        self.sockets.receive(place);
        match &self.upgrade {
            Some(upgrade) => {
                connection.stage = Stage::Upgrading(Vec::new());
                self.sockets.send(place, upgrade);
            }
            None => self.opened(index),
        }
    }

    fn opened(&mut self, index: usize) {
        self.outcome.connects += 1;
        self.connections[index].stage = Stage::Open;
        if self.connections[index].busy {
            self.write(index);
        }
    }

    fn came(&mut self, index: usize, bytes: &[u8]) {
        let connection = &mut self.connections[index];
        match connection.stage {
            Stage::Upgrading(_) => match connection.upgraded(bytes) {
                None => {}
                Some(true) => self.opened(index),
                Some(false) => self.fail(
                    index,
                    |faults| &mut faults.connect,
                    "connect: the upgrade was not answered by 101",
                ),
            },
            Stage::Open if connection.busy && connection.early.is_none() => {
                let seen = connection.take(bytes, &self.plan.answer);
                self.saw(index, seen);
            }
            // Nobody asked.
            Stage::Open | Stage::Closing | Stage::Connecting | Stage::Shut => {
                self.fail(
                    index,
                    |faults| &mut faults.garbled,
                    "garbled: bytes that nobody asked for",
                );
            }
        }
    }

    fn ended(&mut self, index: usize) {
        if self.is_opening(index) {
            self.fail(
                index,
                |faults| &mut faults.connect,
                "connect: ended before it was open",
            );
        } else if self.connections[index].busy {
            let seen = self.connections[index].ended(&self.plan.answer);
            self.saw(index, seen);
        } else {
            // A server may end what is idle; the next request opens another.
            self.shut(index);
        }
    }

    fn saw(&mut self, index: usize, seen: Seen) {
        match seen {
            Seen::Progress => {}
            Seen::Answers { .. } if self.connections[index].sending => {
                self.connections[index].early = Some(seen);
            }
            Seen::Answers {
                close,
                bad_status,
                bad_length,
            } => self.answered(index, close, bad_status, bad_length),
            Seen::Closed => {
                self.shut(index);
                self.release(index);
            }
            Seen::Short => self.fail(
                index,
                |faults| &mut faults.short,
                "short: ended inside an answer",
            ),
            Seen::Garbled => self.fail(
                index,
                |faults| &mut faults.garbled,
                "garbled: not the answer that was due",
            ),
        }
    }

    /// Counts the answers to a sending.
    fn answered(&mut self, index: usize, close: bool, bad_status: bool, bad_length: bool) {
        let now = Instant::now();
        let connection = &mut self.connections[index];
        let depth = u64::from(self.plan.depth);
        if bad_status {
            self.outcome.faults.status += 1;
            self.note(index, "status: not 2xx or 3xx");
        } else if bad_length {
            self.outcome.faults.short += 1;
            self.note(index, "short: a body of another length");
        } else {
            if connection.counts {
                record(&mut self.outcome.latency, now - connection.intended);
                if self.plan.apart == Some(connection.body_bytes) {
                    record(&mut self.outcome.apart, now - connection.intended);
                }
                record(&mut self.outcome.service, now - connection.sent);
            }
            self.outcome.answered += depth;
            self.outcome.completed += depth * u64::from(now >= self.begin && now < self.end);
        }
        let worn = self.plan.requests_per_connection;
        let connection = &mut self.connections[index];
        if close {
            // The server closes first: its side keeps the port waiting, and ours is free again.
            connection.stage = Stage::Closing;
            connection.free_since = now;
            return;
        }
        if worn > 0 && connection.requests >= worn {
            self.shut(index);
        }
        self.release(index);
    }

    /// Connections that do not open, and those that the server does not close as it said.
    fn give_up_on_late(&mut self, now: Instant) {
        for index in 0..self.connections.len() {
            let connection = &self.connections[index];
            if now.saturating_duration_since(connection.free_since) < PATIENCE {
                continue;
            }
            if self.is_opening(index) {
                self.fail(
                    index,
                    |faults| &mut faults.connect,
                    "connect: not open after a second",
                );
            } else if connection.stage == Stage::Closing {
                self.fail(
                    index,
                    |faults| &mut faults.broken,
                    "broken: not closed a second after it was told",
                );
            }
        }
    }

    fn fail(&mut self, index: usize, kind: fn(&mut Faults) -> &mut u64, why: &str) {
        *kind(&mut self.outcome.faults) += 1;
        self.note(index, why);
        self.shut(index);
        self.release(index);
    }

    /// Why a request failed, on which of its connection's requests, and how long it was due.
    fn note(&mut self, index: usize, why: &str) {
        let connection = &self.connections[index];
        let due = connection.intended.elapsed().as_millis();
        let words = match connection.busy {
            true => format!(
                "{why}, request {}, {due} ms after it was due",
                connection.requests
            ),
            false => format!("{why}, of a connection that was not in use"),
        };
        self.write_down(words);
    }

    fn write_down(&mut self, why: String) {
        if self.outcome.notes.len() < NOTES_MAX {
            let seconds = self.start.elapsed().as_secs_f64();
            self.outcome.notes.push(Note { seconds, why });
        }
    }

    fn shut(&mut self, index: usize) {
        let connection = &mut self.connections[index];
        connection.stage = Stage::Shut;
        if let Some(place) = connection.place.take() {
            self.sockets.retire(place);
        }
    }

    /// The connection has nothing to do. One that fails while it is idle is free already.
    fn release(&mut self, index: usize) {
        let connection = &mut self.connections[index];
        if connection.busy {
            connection.busy = false;
            connection.free_since = Instant::now();
            self.busy -= 1;
            self.free.push_back(index);
        }
    }
}

fn record(histogram: &mut hdrhistogram::Histogram<u64>, time: Duration) {
    histogram.saturating_record((time.as_nanos() as u64).max(1));
}
