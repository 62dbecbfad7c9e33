//! Accepting, receiving and sending: the path of every request.

use super::*;
use std::io::{Read, Write};
use std::net::SocketAddr;

const ACCEPT: u8 = 1;
const RECEIVE: u8 = 2;
const SEND: u8 = 3;
const CLOSE: u8 = 4;

/// Serves echo until so many connections have ended; token index = descriptor.
fn serve(bench: &mut Bench, listener: Fd, connections_count: usize) {
    let accept = bench.submit(Op::AcceptMulti { fd: listener }, ACCEPT);
    let mut closed_count = 0;
    let mut told = Vec::new();
    let deadline = Instant::now() + PATIENCE;
    while closed_count < connections_count {
        assert!(
            Instant::now() < deadline,
            "{closed_count} of {connections_count} ended"
        );
        bench.ring.turn(Wait::Until(PATIENCE), &mut told).unwrap();
        for completion in told.drain(..) {
            let index = completion.token.index();
            let fd = Fd::new(index as i32);
            match completion.token.kind() {
                ACCEPT => {
                    assert!(completion.more, "{:?}", completion.outcome());
                    let fd = Fd::new(completion.result);
                    let token = Token::new(RECEIVE, fd.raw() as u32, 0);
                    bench.ring.submit(Op::RecvMulti { fd }, token);
                }
                RECEIVE if completion.more => {
                    assert_eq!(completion.result as usize, bytes_of(&completion).len());
                    let mut page = bench.ring.page();
                    page.extend_from_slice(bytes_of(&completion));
                    bench
                        .ring
                        .submit(Op::Send { fd, page }, Token::new(SEND, index, 0));
                }
                RECEIVE => {
                    assert_eq!(completion.result, 0, "end of stream");
                    bench
                        .ring
                        .submit(Op::Close { fd, waits: false }, Token::new(CLOSE, index, 0));
                }
                SEND => assert!(completion.result > 0 && !completion.more),
                CLOSE => {
                    assert_eq!(completion.result, 0);
                    closed_count += 1;
                }
                other => panic!("kind {other}"),
            }
        }
    }
    bench.ring.cancel(accept);
    assert_eq!(bench.last(accept).result, -libc::ECANCELED);
    assert_eq!(bench.ring.in_flight(), 0);
    assert_eq!(bench.ring.stats().stale, 0);
    sync::file::close(listener).unwrap();
}

/// Opens all connections, then sends and checks so many rounds on each.
fn clients(address: SocketAddr, connections_count: usize, rounds_count: usize, bytes: usize) {
    let mut peers: Vec<TcpStream> = (0..connections_count)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    let text = pattern(bytes);
    let mut back = vec![0; bytes];
    for _ in 0..rounds_count {
        for peer in &mut peers {
            peer.write_all(&text).unwrap();
        }
        for peer in &mut peers {
            peer.set_read_timeout(Some(PATIENCE)).unwrap();
            peer.read_exact(&mut back).unwrap();
            assert!(back == text, "echo differs");
        }
    }
}

fn check(bench: &mut Bench, connections_count: usize, rounds_count: usize, bytes: usize) {
    let (listener, address) = bench.listen();
    let peers =
        std::thread::spawn(move || clients(address, connections_count, rounds_count, bytes));
    serve(bench, listener, connections_count);
    peers.join().unwrap();
}

#[test]
fn one_connection() {
    check(&mut Bench::new(), 1, 100, 10);
}

#[test]
fn many_connections() {
    let mut bench = Bench::new();
    check(&mut bench, 200, 5, 300);
    let stats = bench.ring.stats();
    assert!(
        stats.enters < stats.cqes,
        "turns handle more than one completion: {stats:?}"
    );
}

#[test]
fn without_multishot_accept() {
    let limit = |probe: &mut Probe| probe.accept_multi = false;
    check(
        &mut Bench::limited(RingOptions::default(), limit),
        20,
        2,
        100,
    );
}

#[test]
fn tiny_queues() {
    let options = RingOptions {
        entries: 2,
        cq_entries: 4,
        ..Default::default()
    };
    check(&mut Bench::with(options), 50, 5, 300);
}

#[test]
fn few_buffers() {
    let options = RingOptions {
        buffers_count: 2,
        buffer_bytes: 64,
        ..Default::default()
    };
    let mut bench = Bench::with(options);
    check(&mut bench, 50, 3, 60);
    assert!(bench.ring.stats().starved > 0);
}

#[test]
fn connecting_through_the_ring() {
    let mut bench = Bench::new();
    let (listener, address) = bench.listen();
    let address = SocketAddress::from(address);
    let fd = sync::socket::stream_socket(&address).unwrap();
    assert_eq!(
        bench
            .run(Op::Connect {
                fd,
                address: address.clone()
            })
            .result,
        0
    );
    assert_eq!(sync::socket::peer_address(fd).unwrap(), address);
    let there = sync::socket::accept(listener).unwrap();
    sync::file::close(there).unwrap();
    sync::file::close(fd).unwrap();
    sync::file::close(listener).unwrap();

    let fd = sync::socket::stream_socket(&address).unwrap();
    assert_eq!(
        bench.run(Op::Connect { fd, address }).result,
        -libc::ECONNREFUSED
    );
    sync::file::close(fd).unwrap();
    let too_long = SocketAddress::Unix(vec![b'x'; 200]);
    let refused = bench.run_immediate(Op::Connect {
        fd: Fd::STDIN,
        address: too_long,
    });
    assert_eq!(refused, -libc::ENAMETOOLONG);
}

impl Bench {
    /// An op that never flies has no flight id, and ends all the same.
    fn run_immediate(&mut self, op: Op) -> i32 {
        assert_eq!(self.submit(op, 98), FlightId::NONE);
        let last = self.expect(|completion| completion.token.kind() == 98);
        assert!(!last.more);
        last.result
    }
}

#[test]
fn unix_listeners() {
    let mut bench = Bench::new();
    let name = format!("\0coring-echo-{}", std::process::id()).into_bytes();
    let listener = sync::socket::listen_unix(&name, 16).unwrap();
    let accept = bench.submit(Op::AcceptMulti { fd: listener }, ACCEPT);
    let address = SocketAddress::Unix(name);
    let fd = sync::socket::stream_socket(&address).unwrap();
    assert_eq!(bench.run(Op::Connect { fd, address }).result, 0);
    let there = Fd::new(
        bench
            .expect(|completion| completion.flight == accept)
            .result,
    );
    let receive = bench.submit(Op::RecvMulti { fd: there }, RECEIVE);
    let mut page = bench.ring.page();
    page.extend_from_slice(b"over unix");
    assert_eq!(bench.run(Op::Send { fd, page }).result, 9);
    let told = bench.expect(|completion| completion.flight == receive);
    assert_eq!(bytes_of(&told), b"over unix");
    for fd in [fd, there, listener] {
        sync::file::close(fd).unwrap();
    }
}

#[test]
fn accepting_where_nobody_listens_ends() {
    let mut bench = Bench::new();
    let (fd, _peer) = bench.connection();
    let last = bench.run(Op::AcceptMulti { fd });
    assert_eq!(last.result, -libc::EINVAL);
    assert_eq!(
        bench
            .run(Op::AcceptMulti {
                fd: Fd::new(100_000)
            })
            .result,
        -libc::EBADF
    );
    sync::file::close(fd).unwrap();
}

#[test]
fn peers_that_reset_are_told() {
    let mut bench = Bench::new();
    let (fd, mut peer) = bench.connection();
    let receive = bench.submit(Op::RecvMulti { fd }, RECEIVE);
    let mut page = bench.ring.page();
    page.extend_from_slice(b"unread");
    assert_eq!(bench.run(Op::Send { fd, page }).result, 6);
    peer.read_exact(&mut [0]).unwrap();
    // Closing with unread bytes sends a reset.
    drop(peer);
    assert_eq!(bench.last(receive).result, -libc::ECONNRESET);
    let page = bench.ring.page_of(b"x");
    assert_eq!(bench.run(Op::Send { fd, page }).result, -libc::EPIPE);
    sync::file::close(fd).unwrap();
}

trait PageOf {
    fn page_of(&mut self, bytes: &[u8]) -> coring_uring::SendPage;
}

impl PageOf for Ring {
    fn page_of(&mut self, bytes: &[u8]) -> coring_uring::SendPage {
        let mut page = self.page();
        page.extend_from_slice(bytes);
        page
    }
}
