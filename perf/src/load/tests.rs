//! The generator against servers that are known: fast, stalled, lying, large, silent.

use super::*;
use crate::echo::Echo;
use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};

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
    let outcome =
        run(&plan(&echo, Arrivals::Closed), &mut |edge| edges.push(edge)).expect("a ring");
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
    )
    .expect("a ring");
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
    let outcome = run(&plan, &mut |_| {}).expect("a ring");
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
    let outcome = run(&plan, &mut |_| {}).expect("a ring");
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
    let outcome = run(&plan, &mut |_| {}).expect("a ring");
    assert_eq!(outcome.completed, 0);
    assert!(outcome.faults.connect >= 5);
}

/// Serves so many connections, one after the other, and ends.
fn serve_tcp(
    connections: usize,
    each: impl Fn(std::net::TcpStream) -> std::io::Result<()> + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten().take(connections) {
            // The client may go first.
            let _ = each(stream);
        }
    });
    address
}

fn bytes_plan(address: SocketAddr, bytes: usize) -> Plan {
    let message: Vec<u8> = (0..bytes).map(|at| (at % 251) as u8).collect();
    Plan {
        answer: Answer::Bytes(message.clone()),
        connections: 1,
        warm_up: Duration::ZERO,
        measured: Duration::from_millis(200),
        ..Plan::http(address, message)
    }
}

/// What does not fit the socket goes on when there is room, and each byte is looked at.
#[test]
fn large_bodies_come_back_whole() {
    let address = serve_tcp(1, |mut stream| {
        let mut scratch = vec![0; 100_000];
        loop {
            let count = stream.read(&mut scratch)?;
            if count == 0 {
                return Ok(());
            }
            stream.write_all(&scratch[..count])?;
        }
    });
    let outcome = run(&bytes_plan(address, 5_000_000), &mut |_| {}).expect("a ring");
    assert_eq!(outcome.faults, Faults::default());
    assert!(outcome.answered > 0);
}

#[test]
fn another_byte_is_garbled() {
    let address = serve_tcp(usize::MAX, |mut stream| {
        let mut scratch = [0; 64];
        let count = stream.read(&mut scratch)?;
        if count == 64 {
            scratch[63] ^= 1;
        }
        stream.write_all(&scratch[..count])?;
        stream.write_all(&scratch[..count])
    });
    let outcome = run(&bytes_plan(address, 64), &mut |_| {}).expect("a ring");
    assert_eq!(outcome.completed, 0);
    assert!(outcome.faults.garbled > 0);
    assert_eq!(outcome.faults.garbled, outcome.faults.total());
    // What comes behind it is no fault of its own.
    assert!(outcome.faults.garbled <= outcome.connects);
}

/// An answer that is cut off, and a server that closes as it said.
#[test]
fn ends_of_connections_are_told_apart() {
    let reply = |text: &'static str| {
        move |mut stream: std::net::TcpStream| match stream.read(&mut [0; 512])? {
            0 => Ok(()),
            _ => stream.write_all(text.as_bytes()),
        }
    };
    let ask = |text: &'static str| {
        let address = serve_tcp(usize::MAX, reply(text));
        let plan = Plan {
            connections: 1,
            warm_up: Duration::ZERO,
            measured: Duration::from_millis(50),
            ..Plan::http(address, request(address, "GET", "/", &[], b""))
        };
        run(&plan, &mut |_| {}).expect("a ring")
    };
    let cut = ask("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort");
    assert!(cut.faults.short > 0 && cut.completed == 0);
    let closed = ask("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
    assert_eq!(closed.faults, Faults::default());
    assert!(closed.completed > 1 && closed.connects >= closed.completed);
    let refused = ask("HTTP/1.1 500 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    assert!(refused.faults.status > 0 && refused.completed == 0);
}

#[test]
fn datagrams_come_back_or_are_lost() {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let address = socket.local_addr().expect("it is bound");
    let dropped = 7;
    std::thread::spawn(move || {
        let mut scratch = [0; 512];
        let mut seen = 0;
        while let Ok((count, from)) = socket.recv_from(&mut scratch) {
            seen += 1;
            if seen != dropped {
                // Nobody waits for the answers to the last ones.
                let _ = socket.send_to(&scratch[..count], from);
            }
        }
    });
    let plan = Plan {
        transport: Transport::Udp,
        connections: 2,
        ..bytes_plan(address, 64)
    };
    let outcome = run(&plan, &mut |_| {}).expect("a ring");
    assert!(outcome.completed > 10);
    assert_eq!(outcome.faults.lost, 1);
    assert_eq!(outcome.faults.total(), 1);
}

/// Where it sleeps between requests it wakes for each, and has next to nothing of its processor.
#[test]
fn sleeping_keeps_the_schedule() {
    let echo = Echo::start(None).expect("a free port");
    let mut plan = plan(&echo, Arrivals::Open { per_second: 100.0 });
    plan.sleeps = true;
    let outcome = run(&plan, &mut |_| {}).expect("a ring");
    assert_eq!(outcome.faults, Faults::default());
    assert_eq!(outcome.latency.len(), 20);
    assert!(outcome.busy < 0.5, "{}", outcome.busy);
}

/// Answers of one length are told apart, and of no other.
#[test]
fn halves_are_told_apart() {
    let echo = Echo::start(None).expect("a free port");
    let mut plan = plan(&echo, Arrivals::Open { per_second: 100.0 });
    plan.apart = Some(crate::echo::BODY_BYTES);
    let outcome = run(&plan, &mut |_| {}).expect("a ring");
    assert_eq!(outcome.apart.len(), outcome.latency.len());
    plan.apart = Some(1);
    let outcome = run(&plan, &mut |_| {}).expect("a ring");
    assert_eq!(outcome.apart.len(), 0);
}
