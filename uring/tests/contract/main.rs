//! Aim: what a ring promises holds on a real kernel, with real sockets on loopback.
//! Method: one ring per test on the test's own thread; peers are plain blocking std sockets on
//! other threads. No fixed ports, no sleeps: every wait is for an event, and a test that waits
//! longer than `PATIENCE` fails.

mod cancel;
mod echo;
mod files;
mod mail;
mod pressure;
mod processes;
mod sends;
mod waits;

use coring_uring::{
    Completion, Fd, FlightId, Op, Payload, Probe, Ring, RingOptions, SocketAddress, Token, Wait,
    sync,
};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(20);

/// A ring and what it has told so far.
struct Bench {
    ring: Ring,
    told: Vec<Completion>,
}

impl Bench {
    fn new() -> Bench {
        Bench::with(RingOptions::default())
    }

    fn with(options: RingOptions) -> Bench {
        Bench::limited(options, |_| {})
    }

    fn limited(options: RingOptions, limit: impl FnOnce(&mut Probe)) -> Bench {
        let ring = Ring::with_probe(options, limit).unwrap_or_else(|error| panic!("{error}"));
        Bench {
            ring,
            told: Vec::new(),
        }
    }

    /// Submits under a token of the given kind.
    fn submit(&mut self, op: Op, kind: u8) -> FlightId {
        self.ring.submit(op, Token::new(kind, 0, 0))
    }

    /// Turns until one completion matches, which is taken out.
    fn expect(&mut self, is_wanted: impl Fn(&Completion) -> bool) -> Completion {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(index) = self.told.iter().position(&is_wanted) {
                return self.told.remove(index);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited too long; told {}", self.told.len());
            self.ring.turn(Wait::Until(left), &mut self.told).unwrap();
        }
    }

    /// Turns for a while, in which nothing may be told.
    fn stays_silent(&mut self) {
        let end = Instant::now() + Duration::from_millis(20);
        while Instant::now() < end {
            let left = end.saturating_duration_since(Instant::now());
            self.ring.turn(Wait::Until(left), &mut self.told).unwrap();
        }
        let early: Vec<i32> = self.told.iter().map(|told| told.result).collect();
        assert_eq!(early, [] as [i32; 0]);
    }

    /// Turns until the flight's last completion, which is taken out.
    fn last(&mut self, id: FlightId) -> Completion {
        self.expect(|completion| completion.flight == id && !completion.more)
    }

    /// Submits and waits for the end.
    fn run(&mut self, op: Op) -> Completion {
        let id = self.submit(op, 99);
        self.last(id)
    }

    /// A listener on loopback and where it is.
    fn listen(&self) -> (Fd, SocketAddr) {
        let any = SocketAddress::V4("127.0.0.1:0".parse().unwrap());
        let fd = sync::socket::listen_tcp(&any, &Default::default()).unwrap();
        let SocketAddress::V4(address) = sync::socket::local_address(fd).unwrap() else {
            panic!("not IPv4")
        };
        (fd, SocketAddr::V4(address))
    }

    /// A connection: our end, and the peer's as a blocking std socket.
    fn connection(&self) -> (Fd, TcpStream) {
        let (listener, address) = self.listen();
        let peer = TcpStream::connect(address).unwrap();
        peer.set_read_timeout(Some(PATIENCE)).unwrap();
        sync::file::wait_for(listener, libc::POLLIN).unwrap();
        let fd = sync::socket::accept(listener).unwrap();
        sync::file::close(listener).unwrap();
        (fd, peer)
    }
}

/// The bytes that a completion carries.
fn bytes_of(completion: &Completion) -> &[u8] {
    match &completion.payload {
        Payload::Lease(lease) => lease,
        Payload::Bytes(bytes) | Payload::Datagram(bytes, _) => bytes,
        Payload::Held(_) | Payload::None | Payload::Stat(_) | Payload::Exit(_) => &[],
    }
}

/// Bytes that tell their own position, so that a lost or swapped part shows.
fn pattern(count: usize) -> Vec<u8> {
    (0..count)
        .map(|index| ((index * 31) ^ (index >> 8)) as u8)
        .collect()
}
