//! Changed bytes on their way to either end. CORING_FUZZ_TLS says how many inputs a test tries (few
//! by default), CORING_FUZZ_SEED where it begins: the same seed gives the same inputs.

use super::tests::{CLIENT_PFX, TLS12, TLS13, client_context, server_context};
use super::{Connection, Context, event};

const COUNT: u64 = 300;
/// What a leak of a few hundred bytes an input would soon pass.
const GROWTH_BYTES_MAX: usize = 64 << 20;

fn number(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// A small generator: the same numbers each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % count
    }

    /// Changes one place, or cuts, doubles or lengthens.
    fn change(&mut self, wire: &mut Vec<u8>) {
        if wire.is_empty() {
            return;
        }
        let at = self.below(wire.len());
        match self.below(6) {
            0 => wire[at] ^= 1 << self.below(8),
            1 => wire[at] = self.below(256) as u8,
            2 => wire.truncate(at),
            3 => wire.extend_from_within(at..),
            4 => wire.insert(at, self.below(256) as u8),
            _ => drop(wire.remove(at)),
        }
    }
}

/// Memory of this process that is in use.
fn resident_bytes() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").expect("the kernel says");
    let pages = text.split(' ').nth(1).expect("the second word");
    pages.parse::<usize>().expect("a number") * 4096
}

/// Tries each seed, and sees whether memory grows once it is warm.
fn each_seed(mut attempt: impl FnMut(u64, Dice)) {
    let (count, first) = (
        number("CORING_FUZZ_TLS", COUNT),
        number("CORING_FUZZ_SEED", 1),
    );
    let mut before = 0;
    for at in 0..count {
        if at == count / 4 {
            before = resident_bytes();
        }
        let seed = first.wrapping_add(at);
        attempt(seed, Dice(seed));
    }
    let grown = resident_bytes().saturating_sub(before);
    assert!(grown < GROWTH_BYTES_MAX, "{grown} bytes more");
}

fn contexts() -> [[Context; 2]; 2] {
    [TLS12, TLS13].map(|version| [client_context(version), server_context(version)])
}

/// Records are changed on their way, from the first to the last; only what was written comes out.
#[test]
fn nothing_breaks_what_comes_in() {
    let contexts = contexts();
    each_seed(|seed, mut dice| {
        let [client, server] = &contexts[dice.below(2)];
        let mut ends = [open(server, true), open(client, false)];
        let mut wire = ends[1].start().wire;
        let mut reads_bad = false;
        for turn in 0..12 {
            if !wire.is_empty() && dice.below(3) == 0 {
                dice.change(&mut wire);
                reads_bad = true;
            }
            let end = &mut ends[turn % 2];
            let mut out = end.receive(&wire);
            if turn > 4 {
                end.write_into(b"ping", &mut out);
            }
            assert!(reads_bad || out.events & event::FATAL == 0, "seed {seed}");
            assert!(out.plain.len() <= 4 * 12, "seed {seed}");
            let mut chunks = out.plain.chunks(4);
            assert!(chunks.all(|chunk| chunk == b"ping"), "seed {seed}");
            wire = out.wire;
        }
    });
}

fn open(context: &Context, is_server: bool) -> Connection {
    Connection::open(context, is_server).expect("a connection")
}

/// Changed hellos for servers, and changed first flights of servers, which are plain in TLS 1.2,
/// for clients: no handshake comes of them, and nothing else either.
#[test]
fn first_flights_break_nothing() {
    let contexts = contexts();
    let flights = contexts.each_ref().map(|[client, server]| {
        let mut client = open(client, false);
        client.set_servername("a.test").expect("a name");
        client.set_alpn(b"\x02h2\x08http/1.1").expect("protocols");
        client.request_ocsp();
        let hello = client.start().wire;
        let flight = open(server, true).receive(&hello).wire;
        (hello, flight)
    });
    each_seed(|seed, mut dice| {
        let kind = dice.below(2);
        let [client, server] = &contexts[dice.below(2)];
        let is_server = dice.below(4) != 0;
        let (hello, flight) = &flights[kind];
        let mut wire = if is_server { hello } else { flight }.clone();
        for _ in 0..=dice.below(3) {
            dice.change(&mut wire);
        }
        let mut end = open(if is_server { server } else { client }, is_server);
        if is_server {
            end.set_alpn(b"\x08http/1.1").expect("protocols");
            if dice.below(2) == 0 {
                end.pause_on_hello();
            }
        } else {
            end.start();
        }
        let half = dice.below(wire.len() + 1);
        for piece in [&wire[..half], &wire[half..]] {
            let out = end.receive(piece);
            let is_done = out.events & event::HANDSHAKE_DONE != 0;
            assert!(!is_done && out.plain.is_empty(), "seed {seed}");
        }
    });
}

/// An established session takes what was written, whole and in order, or ends.
#[test]
fn sessions_take_nothing_but_what_was_written() {
    let contexts = contexts();
    let mut pairs = [0, 1].map(|kind| established(&contexts[kind]));
    each_seed(|seed, mut dice| {
        let kind = dice.below(2);
        let pair = &mut pairs[kind];
        let from = dice.below(2);
        let bytes = vec![seed as u8; 1 + dice.below(60)];
        let wire = pair[from].write(&bytes).wire;
        let mut changed = wire.clone();
        let is_changed = dice.below(2) == 0;
        if is_changed {
            dice.change(&mut changed);
        }
        let out = pair[1 - from].receive(&changed);
        let is_whole = out.plain == bytes && out.events & event::FATAL == 0;
        if changed == wire {
            assert!(is_whole, "seed {seed}");
        } else {
            assert!(out.plain.is_empty() || out.plain == bytes, "seed {seed}");
            *pair = established(&contexts[kind]);
        }
    });
}

/// Server and client behind their handshake.
fn established([client, server]: &[Context; 2]) -> [Connection; 2] {
    let mut ends = [open(server, true), open(client, false)];
    let mut wire = ends[1].start().wire;
    let mut events = [0; 2];
    for turn in 0..20 {
        let out = ends[turn % 2].receive(&wire);
        events[turn % 2] |= out.events;
        wire = out.wire;
    }
    assert!(events.iter().all(|seen| seen & event::HANDSHAKE_DONE != 0));
    ends
}

#[test]
fn stores_of_keys_break_nothing() {
    let mut context = client_context(TLS13);
    each_seed(|_, mut dice| {
        let mut store = CLIENT_PFX.to_vec();
        for _ in 0..=dice.below(3) {
            dice.change(&mut store);
        }
        // Refused or not: the store is the program's own.
        drop(context.load_pfx(&store, Some(b"secret")));
        if dice.below(64) == 0 {
            context = client_context(TLS13);
        }
    });
}
