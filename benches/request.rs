//! Requests through the whole of a core, from bytes to bytes: a client's sockets in the same
//! thread, one turn for what they sent. One at a time, and as many as come together under load;
//! the client's own two system calls a request are in the figure. `cargo ci bench request`
//! They go over the kernel's loopback, since the ring has no simulated back end; counts of
//! instructions (`--instructions`) leave the kernel out, and agree within 0.2 per cent.

#![forbid(unsafe_code)]

mod whole;

use coring_bindings::Patience;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use whole::Core;

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
const BODY: &[u8] = b"Hello World";

/// Starts the server; gives the port that it listens on.
fn serve() -> (Core, u16) {
    let path = std::env::temp_dir().join(format!("coring-request-{}", std::process::id()));
    let mut core = Core::start("server.js", &[&path.to_string_lossy()]);
    let port = loop {
        core.turn(Patience::Short);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        if let Ok(port) = text.parse() {
            break port;
        }
    };
    std::fs::remove_file(&path).expect("the file is ours");
    (core, port)
}

/// Asks on every connection, and turns until each has its answer.
fn ask(core: &mut Core, clients: &mut [TcpStream]) {
    for client in clients.iter_mut() {
        client.write_all(REQUEST).expect("room for a request");
    }
    let mut scratch = [0; 1024];
    for client in clients {
        loop {
            match client.read(&mut scratch) {
                Ok(count) => {
                    assert!(scratch[..count].ends_with(BODY));
                    break;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => core.turn(Patience::Short),
                Err(error) => panic!("{error}"),
            }
        }
    }
}

fn requests(criterion: &mut Criterion) {
    coring_engine::start(&[], 1);
    let mut server = None;
    let mut group = criterion.benchmark_group("request");
    for count in [1usize, 20, 64] {
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new("together", count), |bencher| {
            let (core, port) = server.get_or_insert_with(serve);
            let connect = |_| {
                let client = TcpStream::connect(("127.0.0.1", *port)).expect("it listens");
                client.set_nodelay(true).expect("a TCP socket");
                client.set_nonblocking(true).expect("a socket");
                client
            };
            let mut clients: Vec<TcpStream> = (0..count).map(connect).collect();
            for _ in 0..1_000 / count {
                ask(core, &mut clients);
            }
            bencher.iter(|| ask(core, &mut clients));
        });
    }
    group.finish();
}

criterion_group!(benches, requests);
criterion_main!(benches);
