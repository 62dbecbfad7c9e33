//! Changed bytes on their way to either end (`crate::fuzz`).

use super::tests::{CLIENT_PFX, TLS12, TLS13, client_context, server_context};
use super::{Connection, Context, event};
use crate::fuzz::each_seed;

fn contexts() -> [[Context; 2]; 2] {
    [TLS12, TLS13].map(|version| [client_context(version), server_context(version)])
}

/// Records are changed on their way, from the first to the last; only what was written comes out.
#[test]
fn nothing_breaks_what_comes_in() {
    let contexts = contexts();
    each_seed("whole sessions", |seed, mut dice| {
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
        !reads_bad
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
    each_seed("first flights", |seed, mut dice| {
        let kind = dice.below(2);
        let [client, server] = &contexts[dice.below(2)];
        let is_server = dice.below(4) != 0;
        let (hello, flight) = &flights[kind];
        let wire = dice.changed(if is_server { hello } else { flight });
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
        false
    });
}

/// How many sessions of TLS 1.2 are tried for one of 1.3, whose handshakes take four times as long.
const SHORT_FOR_A_LONG: usize = 15;

/// An established session takes what was written, whole and in order, or ends.
#[test]
fn sessions_take_nothing_but_what_was_written() {
    let contexts = contexts();
    let sessions = contexts.each_ref().map(session_of);
    let again = |kind: usize| established(&contexts[kind], Some(&sessions[kind]));
    let mut pairs = [0, 1].map(again);
    each_seed("records of sessions", |seed, mut dice| {
        let kind = usize::from(dice.below(SHORT_FOR_A_LONG + 1) == 0);
        let pair = &mut pairs[kind];
        let from = dice.below(2);
        let bytes = vec![seed as u8; 1 + dice.below(60)];
        let wire = pair[from].write(&bytes).wire;
        let mut changed = wire.clone();
        if dice.below(8) != 0 {
            dice.change(&mut changed);
        }
        let out = pair[1 - from].receive(&changed);
        let is_whole = out.plain == bytes && out.events & event::FATAL == 0;
        if changed == wire {
            assert!(is_whole, "seed {seed}");
        } else {
            assert!(out.plain.is_empty() || out.plain == bytes, "seed {seed}");
            *pair = again(kind);
        }
        is_whole
    });
}

/// Server and client behind their handshake, of which a session spares the most.
fn established([client, server]: &[Context; 2], session: Option<&[u8]>) -> [Connection; 2] {
    let mut ends = [open(server, true), open(client, false)];
    match session {
        Some(session) => ends[1].set_session(session).expect("a session"),
        None => ends[1].keep_sessions(),
    }
    let mut wire = ends[1].start().wire;
    let mut events = [0; 2];
    let mut turn = 0;
    while !wire.is_empty() {
        let out = ends[turn % 2].receive(&wire);
        events[turn % 2] |= out.events;
        wire = out.wire;
        turn += 1;
    }
    assert!(events.iter().all(|seen| seen & event::HANDSHAKE_DONE != 0));
    assert_eq!(ends[0].is_session_reused(), session.is_some());
    ends
}

/// What a client may take up again. In TLS 1.3 it comes with what the server writes.
fn session_of(contexts: &[Context; 2]) -> Vec<u8> {
    let mut ends = established(contexts, None);
    let wire = ends[0].write(b"ping").wire;
    assert_eq!(ends[1].receive(&wire).plain, b"ping");
    let (_, session) = ends[1].take_sessions().pop().expect("a session");
    session
}

#[test]
fn stores_of_keys_break_nothing() {
    let mut context = client_context(TLS13);
    each_seed("stores of keys", |_, mut dice| {
        let store = dice.changed(CLIENT_PFX);
        // Refused or not: the store is the program's own.
        let is_taken = context.load_pfx(&store, Some(b"secret")).is_ok();
        if dice.below(64) == 0 {
            context = client_context(TLS13);
        }
        is_taken
    });
}
