//! Cancelling, closing, and names that are used anew.

use super::*;
use std::io::Write;

const RECEIVE: u8 = 2;

#[test]
fn everything_that_waits_can_be_cancelled() {
    let mut bench = Bench::new();
    let (listener, _) = bench.listen();
    let (fd, _peer) = bench.connection();
    let (out, input) = sync::file::pipe().unwrap();
    let buffer = || Vec::with_capacity(10);
    let duration = Duration::from_secs(1000);
    let readable = libc::POLLIN as u32;
    let ops = [
        Op::AcceptMulti { fd: listener },
        Op::RecvMulti { fd },
        Op::Recv {
            fd,
            buffer: buffer(),
        },
        Op::ReadMulti { fd: out },
        Op::Read {
            fd: out,
            buffer: buffer(),
            offset: None,
        },
        Op::Poll {
            fd,
            events: readable,
        },
        Op::PollMulti {
            fd,
            events: readable,
        },
        Op::Timeout { duration },
    ];
    let ids: Vec<FlightId> = ops.into_iter().map(|op| bench.submit(op, 1)).collect();
    bench.ring.turn(Wait::Poll, &mut bench.told).unwrap();
    for id in ids {
        bench.ring.cancel(id);
        bench.ring.cancel(id);
        let last = bench.last(id);
        assert_eq!(last.result, -libc::ECANCELED);
        assert!(bench.told.is_empty(), "each has one last word");
    }
    assert_eq!((bench.ring.in_flight(), bench.ring.stats().stale), (0, 0));
    for fd in [listener, fd, out, input] {
        sync::file::close(fd).unwrap();
    }
}

#[test]
fn op_cancelled_before_it_was_submitted() {
    let mut bench = Bench::new();
    let (fd, _peer) = bench.connection();
    let receive = bench.submit(Op::RecvMulti { fd }, RECEIVE);
    bench.ring.cancel(receive);
    assert_eq!(bench.last(receive).result, -libc::ECANCELED);
    sync::file::close(fd).unwrap();
}

#[test]
fn bytes_that_came_before_the_cancel_are_told() {
    let mut bench = Bench::new();
    let (fd, mut peer) = bench.connection();
    let receive = bench.submit(Op::RecvMulti { fd }, RECEIVE);
    bench.ring.turn(Wait::Poll, &mut bench.told).unwrap();
    peer.write_all(b"in time").unwrap();
    sync::file::wait_for(fd, libc::POLLIN).unwrap();
    bench.ring.cancel(receive);
    let last = bench.last(receive);
    assert_eq!(last.result, -libc::ECANCELED);
    // The kernel may have cancelled first: then the bytes are still in the socket.
    let mut rest = [0; 16];
    let told: Vec<u8> = bench
        .told
        .iter()
        .flat_map(|told| bytes_of(told).to_vec())
        .collect();
    let rest = match sync::socket::receive_now(fd, &mut rest) {
        Ok(count) => rest[..count].to_vec(),
        Err(_) => Vec::new(),
    };
    assert_eq!([told, rest].concat(), b"in time");
    bench.told.clear();
    sync::file::close(fd).unwrap();
}

#[test]
fn stale_ids_touch_nobody() {
    let mut bench = Bench::new();
    let (fd, mut peer) = bench.connection();
    let old = bench.submit(Op::Nop, 1);
    bench.last(old);
    // The slot is used anew under another generation.
    let receive = bench.submit(Op::RecvMulti { fd }, RECEIVE);
    bench.ring.cancel(old);
    bench.ring.cancel(FlightId::NONE);
    assert_eq!(bench.ring.stats().cancels, 0);
    peer.write_all(b"alive").unwrap();
    let told = bench.expect(|completion| completion.flight == receive);
    assert_eq!(bytes_of(&told), b"alive");
    drop(told);
    sync::file::close(fd).unwrap();
}

#[test]
fn descriptor_used_anew_hears_nothing_of_its_former_life() {
    let mut bench = Bench::new();
    for round in 0..20u8 {
        let (fd, mut peer) = bench.connection();
        let token = Token::new(RECEIVE, 0, u32::from(round));
        let receive = bench.ring.submit(Op::RecvMulti { fd }, token);
        peer.write_all(&[round; 5]).unwrap();
        let told = bench.expect(|completion| completion.flight == receive);
        assert_eq!((told.token, bytes_of(&told)), (token, &[round; 5][..]));
        drop(told);
        bench.ring.cancel(receive);
        assert_eq!(bench.last(receive).result, -libc::ECANCELED);
        assert_eq!(bench.run(Op::Close { fd, waits: false }).result, 0);
        assert!(bench.told.is_empty());
    }
    assert_eq!(bench.ring.stats().stale, 0);
}

#[test]
fn shutdown_ends_a_receive() {
    let mut bench = Bench::new();
    let (fd, _peer) = bench.connection();
    let receive = bench.submit(Op::RecvMulti { fd }, RECEIVE);
    bench.ring.turn(Wait::Poll, &mut bench.told).unwrap();
    let how = coring_uring::Shutdown::Both;
    assert_eq!(bench.run(Op::Shutdown { fd, how }).result, 0);
    assert_eq!(bench.last(receive).result, 0);
    sync::file::close(fd).unwrap();
}

#[test]
fn dropping_a_busy_ring_is_quick_and_keeps_no_descriptor() {
    let mut bench = Bench::new();
    let (listener, address) = bench.listen();
    let (fd, _peer) = bench.connection();
    bench.submit(Op::AcceptMulti { fd: listener }, 1);
    bench.submit(Op::RecvMulti { fd }, 2);
    bench.submit(
        Op::Timeout {
            duration: Duration::from_secs(1000),
        },
        3,
    );
    bench.submit(
        Op::Send {
            fd,
            page: coring_uring::SendPage::of(pattern(20_000_000)),
        },
        4,
    );
    bench.ring.turn(Wait::Poll, &mut bench.told).unwrap();
    // Accepted by the kernel, and never claimed by anybody.
    let mut late = TcpStream::connect(address).unwrap();
    late.set_read_timeout(Some(PATIENCE)).unwrap();
    sync::file::close(listener).unwrap();
    let begin = Instant::now();
    drop(bench);
    assert!(
        begin.elapsed() < Duration::from_millis(1500),
        "{:?}",
        begin.elapsed()
    );
    // Both say that our end is closed.
    match std::io::Read::read(&mut late, &mut [0]) {
        Ok(count) => assert_eq!(count, 0),
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset),
    }
    sync::file::close(fd).unwrap();
}

/// Aim: no state of the kernel's own makes a cancel miss its target for ever. Method: cancel at
/// many moments while a peer floods the connection.
#[test]
fn cancel_under_fire_ends_every_receive() {
    let options = RingOptions {
        buffers_count: 64,
        buffer_bytes: 64,
        ..Default::default()
    };
    let mut bench = Bench::with(options);
    for round in 0..200 {
        let (fd, mut peer) = bench.connection();
        let flood = std::thread::spawn(move || while peer.write_all(&[1; 500]).is_ok() {});
        let receive = bench.submit(Op::RecvMulti { fd }, RECEIVE);
        for _ in 0..round % 5 {
            let wait = Wait::Until(Duration::from_micros(200));
            bench.ring.turn(wait, &mut bench.told).unwrap();
            bench.told.clear();
        }
        bench.ring.cancel(receive);
        loop {
            let told = bench.expect(|completion| completion.flight == receive);
            if !told.more {
                assert_eq!(told.result, -libc::ECANCELED);
                break;
            }
        }
        assert_eq!(bench.run(Op::Close { fd, waits: false }).result, 0);
        flood.join().unwrap();
    }
    assert_eq!((bench.ring.in_flight(), bench.ring.stats().stale), (0, 0));
}

#[test]
fn op_that_blocks_a_kernel_worker_can_be_cancelled() {
    let mut bench = Bench::new();
    let fifo = files::Fifo::new("cancel");
    for flags in [libc::O_RDONLY, libc::O_WRONLY] {
        let open = bench.submit(
            Op::OpenAt {
                path: fifo.0.clone(),
                flags,
                mode: 0,
            },
            1,
        );
        bench.stays_silent();
        bench.ring.cancel(open);
        assert_eq!(bench.last(open).result, -libc::ECANCELED);
    }
}

/// After 33 chunks in a row the kernel puts a receive aside to give others a chance: a cancel ends
/// it there too. A queue of one request makes the kernel start the receive, and no more, before it
/// hears of the cancel.
#[test]
fn receive_that_was_put_aside_can_be_cancelled() {
    const CHUNK_BYTES: usize = 64;
    const CHUNKS_COUNT: usize = 40;
    let buffer_bytes = CHUNK_BYTES as u32;
    let options = RingOptions {
        entries: 1,
        buffers_count: 64,
        buffer_bytes,
        ..Default::default()
    };
    let mut bench = Bench::with(options);
    let (fd, mut peer) = bench.connection();
    peer.write_all(&[1; CHUNK_BYTES * CHUNKS_COUNT]).unwrap();
    sync::file::wait_for(fd, libc::POLLIN).unwrap();
    let receive = bench.submit(Op::RecvMulti { fd }, RECEIVE);
    bench.ring.cancel(receive);
    assert_eq!(bench.last(receive).result, -libc::ECANCELED);
    bench.told.clear();
    sync::file::close(fd).unwrap();
}
