//! The load generator: open loop (a fixed schedule of arrivals) or closed loop (as fast as the
//! answers come).
//!
//! In the open loop a latency runs from the moment a request was *meant* to be sent. A server
//! that stalls therefore delays every request of the stall, sent or not: nothing is omitted.
//! One thread owns all connections, on one io_uring ring (`coring-uring`, the kernel's fence). It
//! does not sleep, so that the load has no wake-up of its own to be late by, and the server is not
//! charged for waking it; where it shares processors or runs for long, it does (`Plan::sleeps`).
//! What it is late nevertheless is recorded apart (`lateness`).

mod connection;
mod engine;
mod response;
mod sockets;
#[cfg(test)]
mod tests;

pub use engine::{Edge, run};

use hdrhistogram::Histogram;
use std::net::SocketAddr;
use std::time::Duration;

/// Latencies are kept in nanoseconds, to three digits, up to a minute.
const LATENCY_NS_MAX: u64 = 60_000_000_000;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Arrivals {
    /// Each connection sends its next request when it has its answer.
    Closed,
    /// So many requests a second, evenly spaced, whatever the answers do.
    Open { per_second: f64 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Tcp,
    /// Each connection is a socket of its own; a lost datagram is a lost request.
    Udp,
}

/// What the answer to a request must look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Http(Body),
    /// These bytes and no others, without any framing of ours.
    Bytes(Vec<u8>),
}

/// What the body of a response of HTTP must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    Any,
    Long(u64),
    Is(Vec<u8>),
}

#[derive(Clone, Debug)]
pub struct Plan {
    pub address: SocketAddr,
    pub transport: Transport,
    /// Sent on each new connection; the answer, a head of HTTP, must be a 101.
    pub upgrade: Option<Vec<u8>>,
    /// The bytes of one whole request.
    pub request: Vec<u8>,
    pub answer: Answer,
    /// So many requests go out in one piece, and all their answers are waited for.
    pub depth: u32,
    pub connections: usize,
    pub arrivals: Arrivals,
    /// After so many requests a connection is renewed; 0 keeps it for good.
    pub requests_per_connection: u32,
    /// Requests of this time are sent but not counted.
    pub warm_up: Duration,
    pub measured: Duration,
    /// Sleep in the kernel where there is nothing to do, for servers that share our processor and
    /// for long runs. The server is then charged for waking us.
    pub sleeps: bool,
    /// Answers whose bodies are so long are those of a server's other half, and told apart.
    pub apart: Option<u64>,
}

impl Plan {
    /// One request of HTTP at a time on each of 64 connections, as fast as they are answered.
    pub fn http(address: SocketAddr, request: Vec<u8>) -> Plan {
        Plan {
            address,
            transport: Transport::Tcp,
            upgrade: None,
            request,
            answer: Answer::Http(Body::Any),
            depth: 1,
            connections: 64,
            arrivals: Arrivals::Closed,
            requests_per_connection: 0,
            warm_up: Duration::from_millis(500),
            measured: Duration::from_secs(1),
            sleeps: false,
            apart: None,
        }
    }

    /// What one sending puts on the wire.
    pub fn wire(&self) -> Vec<u8> {
        self.request.repeat(self.depth as usize)
    }
}

/// What went wrong, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// A connection could not be made.
    pub connect: u64,
    /// Reading or writing failed: a reset, as a rule.
    pub broken: u64,
    /// The connection ended inside a response, or the body had the wrong length.
    pub short: u64,
    /// The bytes were not a response.
    pub garbled: u64,
    /// The status was not 2xx or 3xx.
    pub status: u64,
    /// Sent, and not answered for a second or more when the run ended.
    pub lost: u64,
    /// Due, and never sent or only in the last moment, because no connection came free in time.
    pub unsent: u64,
}

impl Faults {
    pub fn named(&self) -> [(&'static str, u64); 7] {
        [
            ("connect", self.connect),
            ("broken", self.broken),
            ("short", self.short),
            ("garbled", self.garbled),
            ("status", self.status),
            ("lost", self.lost),
            ("unsent", self.unsent),
        ]
    }

    pub fn add(&mut self, other: &Faults) {
        self.connect += other.connect;
        self.broken += other.broken;
        self.short += other.short;
        self.garbled += other.garbled;
        self.status += other.status;
        self.lost += other.lost;
        self.unsent += other.unsent;
    }

    pub fn total(&self) -> u64 {
        self.named().iter().map(|(_, count)| count).sum()
    }
}

/// One fault and what is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// Since the first request was due.
    pub seconds: f64,
    pub why: String,
}

/// So many faults of a run are told of one by one; the others are only counted.
pub const NOTES_MAX: usize = 100;

pub struct Outcome {
    /// Good responses that arrived inside the measured time.
    pub completed: u64,
    /// The same from the beginning to the end, warm-up included.
    pub answered: u64,
    pub seconds: f64,
    /// From the intended time of sending to the last byte of the response.
    pub latency: Histogram<u64>,
    /// Of these, the answers that the plan wants apart.
    pub apart: Histogram<u64>,
    /// From the real time of sending: what a generator that omits would report.
    pub service: Histogram<u64>,
    /// From when a request was due and a connection was free, to its sending.
    pub lateness: Histogram<u64>,
    pub faults: Faults,
    pub notes: Vec<Note>,
    pub connects: u64,
    /// Share of the time in which the generator had something to do. Near 1 it is the bottleneck.
    pub busy: f64,
    /// Share of the time in which the generator was ready, and others had its processor.
    pub crowded: f64,
}

impl Outcome {
    pub fn per_second(&self) -> f64 {
        self.completed as f64 / self.seconds
    }
}

pub fn new_histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LATENCY_NS_MAX, 3).expect("the bounds are constants")
}

/// The bytes of a request. `Host` and `Content-Length` are added.
pub fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(String, String)],
    body: &[u8],
) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() {
        text.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}
