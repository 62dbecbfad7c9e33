//! Buffers that run out, queues that overflow, leases that are held too long.

use super::*;
use std::io::Write;

const RECEIVE: u8 = 2;

/// Receives on `fd` until so many bytes are there.
fn gather(bench: &mut Bench, receive: FlightId, bytes_count: usize) -> Vec<u8> {
    let mut all = Vec::new();
    while all.len() < bytes_count {
        let told = bench.expect(|completion| completion.flight == receive);
        assert!(told.more, "{:?}", told.outcome());
        all.extend_from_slice(bytes_of(&told));
    }
    all
}

#[test]
fn starved_receives_go_on_in_order() {
    let options = RingOptions {
        buffers_count: 2,
        buffer_bytes: 16,
        ..Default::default()
    };
    let mut bench = Bench::with(options);
    let (fd, mut peer) = bench.connection();
    let receive = bench.submit(Op::RecvMulti { fd }, RECEIVE);
    let text = pattern(1000);
    peer.write_all(&text).unwrap();
    assert_eq!(gather(&mut bench, receive, text.len()), text);
    assert!(bench.ring.stats().starved > 0);
    drop(peer);
    assert_eq!(bench.last(receive).result, 0);
    sync::file::close(fd).unwrap();
}

#[test]
fn receive_armed_without_any_free_buffer() {
    let options = RingOptions {
        buffers_count: 1,
        buffer_bytes: 16,
        ..Default::default()
    };
    let mut bench = Bench::with(options);
    let (first, mut first_peer) = bench.connection();
    let (second, mut second_peer) = bench.connection();
    let one = bench.submit(Op::RecvMulti { fd: first }, RECEIVE);
    first_peer.write_all(b"held").unwrap();
    let held = bench.expect(|completion| completion.flight == one);
    let other = bench.submit(Op::RecvMulti { fd: second }, RECEIVE);
    second_peer.write_all(b"waits").unwrap();
    let mut told = Vec::new();
    bench
        .ring
        .turn(Wait::Until(Duration::from_millis(20)), &mut told)
        .unwrap();
    assert!(told.is_empty(), "no buffer is free");
    assert_eq!(
        bytes_of(&held),
        b"held",
        "a lease keeps its bytes over turns"
    );
    drop(held);
    let told = bench.expect(|completion| completion.flight == other);
    assert_eq!(bytes_of(&told), b"waits");
    drop(told);
    for fd in [first, second] {
        sync::file::close(fd).unwrap();
    }
}

#[test]
fn starved_receive_can_be_cancelled() {
    let options = RingOptions {
        buffers_count: 1,
        buffer_bytes: 16,
        ..Default::default()
    };
    let mut bench = Bench::with(options);
    let (fd, mut peer) = bench.connection();
    let receive = bench.submit(Op::RecvMulti { fd }, RECEIVE);
    peer.write_all(&[1; 64]).unwrap();
    let held = bench.expect(|completion| completion.flight == receive);
    // Until the receive has found no buffer.
    while bench.ring.stats().starved == 0 {
        bench
            .ring
            .turn(Wait::Until(Duration::from_millis(5)), &mut bench.told)
            .unwrap();
    }
    bench.ring.cancel(receive);
    assert_eq!(bench.last(receive).result, -libc::ECANCELED);
    drop(held);
    bench.ring.turn(Wait::Poll, &mut bench.told).unwrap();
    assert_eq!((bench.told.len(), bench.ring.in_flight()), (0, 0));
    sync::file::close(fd).unwrap();
}

#[test]
fn lease_outlives_its_ring() {
    let mut bench = Bench::new();
    let (fd, mut peer) = bench.connection();
    let receive = bench.submit(Op::RecvMulti { fd }, RECEIVE);
    peer.write_all(b"kept").unwrap();
    let kept = bench.expect(|completion| completion.flight == receive);
    drop(bench);
    assert_eq!(bytes_of(&kept), b"kept");
    drop(kept);
    sync::file::close(fd).unwrap();
}

#[test]
fn overflowing_completion_queue_loses_nothing() {
    const PEERS_COUNT: usize = 40;
    let options = RingOptions {
        entries: 2,
        cq_entries: 4,
        ..Default::default()
    };
    let mut bench = Bench::with(options);
    let mut ends: Vec<(Fd, TcpStream)> = (0..PEERS_COUNT).map(|_| bench.connection()).collect();
    let receives: Vec<FlightId> = ends
        .iter()
        .map(|(fd, _)| bench.submit(Op::RecvMulti { fd: *fd }, RECEIVE))
        .collect();
    bench.ring.turn(Wait::Poll, &mut bench.told).unwrap();
    for (index, (_, peer)) in ends.iter_mut().enumerate() {
        peer.write_all(&[index as u8; 3]).unwrap();
    }
    for (index, &receive) in receives.iter().enumerate() {
        assert_eq!(gather(&mut bench, receive, 3), [index as u8; 3]);
    }
    assert!(bench.ring.stats().overflows > 0);
    assert_eq!(bench.ring.stats().stale, 0);
    for (fd, _) in ends {
        sync::file::close(fd).unwrap();
    }
}

/// The kernel hands out 20 deferred completions at a time and lets its flag forget the rest.
#[test]
fn polling_alone_finds_a_large_batch() {
    const PEERS_COUNT: usize = 100;
    let mut bench = Bench::new();
    let mut ends: Vec<(Fd, TcpStream)> = (0..PEERS_COUNT).map(|_| bench.connection()).collect();
    for (fd, _) in &ends {
        bench.submit(Op::RecvMulti { fd: *fd }, RECEIVE);
    }
    bench.ring.turn(Wait::Poll, &mut bench.told).unwrap();
    for (_, peer) in &mut ends {
        peer.write_all(b"x").unwrap();
    }
    let deadline = Instant::now() + PATIENCE;
    while bench.told.len() < PEERS_COUNT {
        assert!(
            Instant::now() < deadline,
            "{} of {PEERS_COUNT}",
            bench.told.len()
        );
        bench.ring.turn(Wait::Poll, &mut bench.told).unwrap();
    }
    bench.told.clear();
    for (fd, _) in ends {
        sync::file::close(fd).unwrap();
    }
}

#[test]
fn full_submission_queue_is_flushed() {
    let mut bench = Bench::with(RingOptions {
        entries: 2,
        ..Default::default()
    });
    for _ in 0..100 {
        bench.submit(Op::Nop, 1);
    }
    for _ in 0..100 {
        bench.expect(|completion| completion.token.kind() == 1 && completion.result == 0);
    }
    assert_eq!(bench.ring.in_flight(), 0);
}
