//! The loop of the generator: send what is due, look at what is under way, again.

use super::connection::{Connection, Seen};
use super::{Arrivals, Faults, Outcome, Plan, new_histogram};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How long answers may still come after the measured time.
const DRAIN: Duration = Duration::from_secs(5);

/// The pause after a round in which nothing moved. A tight loop of empty reads would hold the
/// socket locks that the server's packets need.
const PAUSE: Duration = Duration::from_micros(2);

/// How long a server may take to close a connection that it said it closes.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// The pause where the server may be in need of our processor.
const SLEEP: Duration = Duration::from_micros(50);

const READ_BYTES_MAX: usize = 256 << 10;

/// Where the measured time begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    Begin,
    End,
}

/// Runs a plan. `at_edge` is called once at each end of the measured time, to read the clocks
/// of the server.
pub fn run(plan: &Plan, at_edge: &mut dyn FnMut(Edge)) -> Outcome {
    assert!(plan.connections > 0);
    assert!(!plan.request.is_empty() && plan.depth > 0);
    Engine::new(plan).run(at_edge)
}

struct Engine<'a> {
    plan: &'a Plan,
    wire: Vec<u8>,
    connections: Vec<Connection>,
    /// Connections with nothing to do, the longest idle first.
    free: VecDeque<usize>,
    busy: Vec<usize>,
    scratch: Vec<u8>,
    outcome: Outcome,
    begin: Instant,
    end: Instant,
    interval: Option<Duration>,
    /// Requests that the schedule has sent or given up so far, and the time of the next.
    scheduled: u64,
    start: Instant,
}

impl<'a> Engine<'a> {
    fn new(plan: &'a Plan) -> Self {
        let start = Instant::now();
        let outcome = Outcome {
            completed: 0,
            answered: 0,
            seconds: 0.0,
            latency: new_histogram(),
            service: new_histogram(),
            lateness: new_histogram(),
            faults: Faults::default(),
            connects: 0,
            busy: 0.0,
        };
        let interval = match plan.arrivals {
            Arrivals::Closed => None,
            Arrivals::Open { per_second } => {
                assert!(per_second > 0.0);
                Some(Duration::from_secs_f64(f64::from(plan.depth) / per_second))
            }
        };
        Engine {
            plan,
            wire: plan.wire(),
            connections: (0..plan.connections)
                .map(|_| Connection::new(start))
                .collect(),
            free: VecDeque::new(),
            busy: Vec::with_capacity(plan.connections),
            scratch: vec![0; READ_BYTES_MAX],
            outcome,
            begin: start,
            end: start,
            interval,
            scheduled: 0,
            start,
        }
    }

    fn run(mut self, at_edge: &mut dyn FnMut(Edge)) -> Outcome {
        for index in 0..self.connections.len() {
            self.ensure_open(index);
            self.free.push_back(index);
        }
        self.start = Instant::now();
        for connection in &mut self.connections {
            connection.free_since = self.start;
        }
        self.begin = self.start + self.plan.warm_up;
        self.end = self.begin + self.plan.measured;
        self.spin_until(self.begin, true);
        at_edge(Edge::Begin);
        let opened = Instant::now();
        let idle = self.spin_until(self.end, true);
        let closed = Instant::now();
        at_edge(Edge::End);
        self.outcome.seconds = (closed - opened).as_secs_f64();
        self.outcome.busy = 1.0 - idle.as_secs_f64() / self.outcome.seconds;
        self.drain();
        self.outcome
    }

    /// Turns until `until`; returns the time in which nothing was to be done.
    fn spin_until(&mut self, until: Instant, sending: bool) -> Duration {
        let mut idle = Duration::ZERO;
        loop {
            let now = Instant::now();
            if now >= until || (!sending && self.busy.is_empty() && !self.is_due()) {
                return idle;
            }
            let sent = self.send_due(now, sending);
            let moved = self.look_at_all();
            if !sent && !moved {
                if self.plan.sleeps {
                    std::thread::sleep(SLEEP);
                }
                while now.elapsed() < PAUSE {
                    std::hint::spin_loop();
                }
                idle += now.elapsed();
            }
        }
    }

    /// After the end: what was due before it is still sent, and answers may come.
    fn drain(&mut self) {
        self.spin_until(Instant::now() + DRAIN, false);
        for &index in &self.busy {
            let connection = &self.connections[index];
            self.outcome.faults.lost += u64::from(connection.counts && !connection.closing);
        }
        while self.is_due() {
            self.outcome.faults.unsent += u64::from(self.next_intended() >= self.begin);
            self.scheduled += 1;
        }
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

    fn send(&mut self, index: usize, intended: Instant) {
        let counts = intended >= self.begin;
        if !self.ensure_open(index) {
            self.free.push_back(index);
            return;
        }
        let connection = &mut self.connections[index];
        let sent = Instant::now();
        let ready = intended.max(connection.free_since);
        connection.intended = intended;
        connection.sent = sent;
        connection.counts = counts;
        if counts && self.interval.is_some() {
            record(
                &mut self.outcome.lateness,
                sent.saturating_duration_since(ready),
            );
        }
        match connection.send(&self.wire, self.plan.depth) {
            Ok(()) => self.busy.push(index),
            Err(_) => {
                self.outcome.faults.broken += 1;
                self.release(index, true);
            }
        }
    }

    /// Opens the connection if it is not. A failure is a fault, and costs the request.
    fn ensure_open(&mut self, index: usize) -> bool {
        if self.connections[index].is_open() {
            return true;
        }
        let opened = self.connections[index].open(self.plan).is_ok();
        self.outcome.connects += u64::from(opened);
        self.outcome.faults.connect += u64::from(!opened);
        opened
    }

    fn look_at_all(&mut self) -> bool {
        let mut moved = false;
        let mut at = 0;
        while at < self.busy.len() {
            let index = self.busy[at];
            let connection = &mut self.connections[index];
            let seen = connection.look(&self.wire, &self.plan.answer, &mut self.scratch);
            let late = connection.closing && connection.free_since.elapsed() > CLOSE_TIMEOUT;
            moved |= seen != Seen::Nothing;
            let finished = match seen {
                Seen::Nothing if late => self.fail(index, |faults| &mut faults.broken),
                Seen::Nothing | Seen::Progress => false,
                Seen::Answers {
                    close,
                    bad_status,
                    bad_length,
                } => self.answered(index, close, bad_status, bad_length),
                Seen::Closed => self.release(index, true),
                Seen::Broken => self.fail(index, |faults| &mut faults.broken),
                Seen::Short => self.fail(index, |faults| &mut faults.short),
                Seen::Garbled => self.fail(index, |faults| &mut faults.garbled),
            };
            if finished {
                self.busy.swap_remove(at);
            } else {
                at += 1;
            }
        }
        moved
    }

    /// Counts the answers to a sending; true if the connection has nothing more to do.
    fn answered(&mut self, index: usize, close: bool, bad_status: bool, bad_length: bool) -> bool {
        let now = Instant::now();
        let connection = &mut self.connections[index];
        let depth = u64::from(self.plan.depth);
        connection.free_since = now;
        if bad_status {
            self.outcome.faults.status += 1;
        } else if bad_length {
            self.outcome.faults.short += 1;
        } else {
            if connection.counts {
                record(&mut self.outcome.latency, now - connection.intended);
                record(&mut self.outcome.service, now - connection.sent);
            }
            self.outcome.answered += depth;
            self.outcome.completed += depth * u64::from(now >= self.begin && now < self.end);
        }
        let worn = self.plan.requests_per_connection;
        if close {
            // The server closes first: its side keeps the port waiting, and ours is free again.
            connection.closing = true;
            return false;
        }
        let renew = worn > 0 && connection.requests >= worn;
        self.release(index, renew)
    }

    fn fail(&mut self, index: usize, kind: fn(&mut Faults) -> &mut u64) -> bool {
        *kind(&mut self.outcome.faults) += 1;
        self.release(index, true)
    }

    fn release(&mut self, index: usize, drop_stream: bool) -> bool {
        let connection = &mut self.connections[index];
        if drop_stream {
            connection.drop_stream();
        }
        connection.free_since = Instant::now();
        self.free.push_back(index);
        true
    }
}

fn record(histogram: &mut hdrhistogram::Histogram<u64>, time: Duration) {
    histogram.saturating_record((time.as_nanos() as u64).max(1));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::echo::Echo;
    use crate::load::{Answer, Body, request};

    fn plan(echo: &Echo, arrivals: Arrivals) -> Plan {
        Plan {
            answer: Answer::Http(Body::Long(crate::echo::BODY_BYTES)),
            connections: 4,
            arrivals,
            warm_up: Duration::from_millis(20),
            measured: Duration::from_millis(200),
            ..Plan::http(echo.address, request(echo.address, "GET", "/", &[], b""))
        }
    }

    #[test]
    fn closed_loop_counts_every_answer() {
        let echo = Echo::start(None).expect("a free port");
        let mut edges = Vec::new();
        let outcome = run(&plan(&echo, Arrivals::Closed), &mut |edge| edges.push(edge));
        assert_eq!(edges, [Edge::Begin, Edge::End]);
        assert_eq!(outcome.faults, Faults::default());
        assert!(outcome.completed > 0);
        assert_eq!(outcome.connects, 4);
    }

    #[test]
    fn open_loop_keeps_the_schedule() {
        let echo = Echo::start(None).expect("a free port");
        let outcome = run(
            &plan(&echo, Arrivals::Open { per_second: 500.0 }),
            &mut |_| {},
        );
        assert_eq!(outcome.faults, Faults::default());
        // 200 ms at 500 a second: the schedule does not depend on the machine.
        assert_eq!(outcome.latency.len(), 100);
        assert!(outcome.latency.max() >= outcome.service.max());
    }

    /// A server that stalls delays what was due in the stall, and the latency says so although
    /// each answer came at once after its sending.
    #[test]
    fn a_stall_is_not_omitted() {
        let stall = Duration::from_millis(100);
        let echo = Echo::start(Some(stall)).expect("a free port");
        let mut plan = plan(&echo, Arrivals::Open { per_second: 1000.0 });
        plan.connections = 1;
        let outcome = run(&plan, &mut |_| {});
        let over_half = |ns: u64| ns > stall.as_nanos() as u64 / 2;
        let corrected = outcome.latency.iter_recorded().map(|step| {
            if over_half(step.value_iterated_to()) {
                step.count_at_value()
            } else {
                0
            }
        });
        let omitted = outcome.service.iter_recorded().map(|step| {
            if over_half(step.value_iterated_to()) {
                step.count_at_value()
            } else {
                0
            }
        });
        let (corrected, omitted) = (corrected.sum::<u64>(), omitted.sum::<u64>());
        assert!(omitted <= 5, "{omitted}");
        assert!(corrected >= 20, "{corrected}");
    }

    #[test]
    fn connections_are_renewed() {
        let echo = Echo::start(None).expect("a free port");
        let mut plan = plan(&echo, Arrivals::Open { per_second: 500.0 });
        plan.requests_per_connection = 10;
        let outcome = run(&plan, &mut |_| {});
        assert_eq!(outcome.faults, Faults::default());
        assert!(
            (10..=20).contains(&outcome.connects),
            "{}",
            outcome.connects
        );
    }

    #[test]
    fn nobody_there_is_a_fault() {
        let echo = Echo::start(None).expect("a free port");
        let mut plan = plan(&echo, Arrivals::Open { per_second: 100.0 });
        drop(echo);
        plan.measured = Duration::from_millis(50);
        let outcome = run(&plan, &mut |_| {});
        assert_eq!(outcome.completed, 0);
        assert!(outcome.faults.connect >= 5);
    }
}
