//! idle: what a server costs that has nothing to do, alone and with connections that are open
//! and silent. Each connection has made one request, as a browser's would have.

use crate::options::{Options, root};
use crate::peers::{self, Peer, Server};
use crate::process;
use crate::report::json::{Json, map};
use crate::report::stats::Spread;
use crate::report::{Record, Standing, bars, facts, rounds};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

const SCRIPT: &str = "perf/apps/idle.js";
const PORT: u16 = 3002;
const STEPS: [usize; 2] = [1_000, 10_000];
/// Files of our own that are not connections.
const OTHER_FILES: usize = 64;
const SETTLE: Duration = Duration::from_secs(2);
const WATCHED: Duration = Duration::from_secs(5);

/// What one server showed.
struct Sample {
    peer: usize,
    idle_mib: f64,
    /// Bytes of resident memory for each connection, at each step.
    per_connection: Vec<f64>,
    /// Processor time in milliseconds for ten seconds, with all connections open.
    cpu_ms: f64,
    /// Connections that were still open at the end.
    alive: usize,
}

pub fn run(options: &Options, record: &Record) -> Result<(), String> {
    let peers = peers::choose(options)?;
    let facts = facts::facts(options, &peers);
    let room = process::open_files_max().saturating_sub(OTHER_FILES);
    let steps: Vec<usize> = STEPS.iter().map(|&step| step.min(room)).collect();
    if room < STEPS[1] {
        println!("note: only {room} connections, for `ulimit -n` allows no more");
    }
    process::pin_this_thread(options.load_cpu).map_err(|error| format!("taskset: {error}"))?;
    let mut samples = Vec::new();
    for _ in 0..options.reps {
        for (index, peer) in peers.iter().enumerate() {
            let sample = measure(options, index, peer, &steps)?;
            println!(
                "{:7} idle {:.1} MiB, {:.0} bytes a connection, {:.0} ms CPU in 10 s, {} alive",
                peer.name,
                sample.idle_mib,
                sample.per_connection[steps.len() - 1],
                sample.cpu_ms,
                sample.alive
            );
            samples.push(sample);
        }
    }
    report(&peers, &samples, &steps, facts, record)
}

fn measure(
    options: &Options,
    index: usize,
    peer: &Peer,
    steps: &[usize],
) -> Result<Sample, String> {
    let mut command = peer.script(&root().join(SCRIPT));
    command.env("PORT", PORT.to_string());
    let address = SocketAddr::from(([127, 0, 0, 1], PORT));
    let server = Server::start(peers::pinned(&command, options.server_cpu), address)?;
    thread::sleep(SETTLE);
    let resident = || process::memory(&server.pids()).resident_bytes as f64;
    let idle = resident();
    let mut streams: Vec<TcpStream> = Vec::new();
    let mut per_connection = Vec::new();
    for &step in steps {
        while streams.len() < step {
            let stream = open(address).map_err(|error| format!("{}: {error}", peer.name))?;
            streams.push(stream);
        }
        thread::sleep(SETTLE);
        per_connection.push((resident() - idle) / step as f64);
    }
    let pids = server.pids();
    let before = process::cpu_time(&pids);
    let start = Instant::now();
    thread::sleep(WATCHED);
    let used = process::cpu_time(&pids).since(&before).total_us();
    let cpu_ms = used / 1000.0 * 10.0 / start.elapsed().as_secs_f64();
    let alive = streams
        .iter_mut()
        .filter_map(|stream| is_open(stream).then_some(()))
        .count();
    let idle_mib = idle / 1_048_576.0;
    Ok(Sample {
        peer: index,
        idle_mib,
        per_connection,
        cpu_ms,
        alive,
    })
}

/// Opens a connection and has one request answered on it.
fn open(address: SocketAddr) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(2))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(format!("GET / HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes())?;
    let mut scratch = [0; 1024];
    let mut answer = Vec::new();
    while !answer.ends_with(b"Hello World") {
        match stream.read(&mut scratch)? {
            0 => return Err(std::io::Error::other("closed instead of an answer")),
            count => answer.extend_from_slice(&scratch[..count]),
        }
    }
    stream.set_nonblocking(true)?;
    Ok(stream)
}

fn is_open(stream: &mut TcpStream) -> bool {
    let read = stream.read(&mut [0; 16]);
    matches!(read, Err(error) if error.kind() == ErrorKind::WouldBlock)
}

fn report(
    peers: &[Peer],
    samples: &[Sample],
    steps: &[usize],
    facts: Json,
    record: &Record,
) -> Result<(), String> {
    let of = |peer: usize, value: &dyn Fn(&Sample) -> f64| {
        Spread::of(
            samples
                .iter()
                .filter(|sample| sample.peer == peer)
                .map(value),
        )
    };
    let mut head = vec!["peer".to_string(), "idle MiB".into()];
    head.extend(steps.iter().map(|step| format!("bytes each of {step}")));
    head.extend(["CPU ms in 10 s".to_string(), "alive".into()]);
    let mut rows = vec![head];
    for (index, peer) in peers.iter().enumerate() {
        let mut row = vec![peer.name.to_string(), of(index, &|s| s.idle_mib).show(1)];
        for step in 0..steps.len() {
            row.push(of(index, &|sample| sample.per_connection[step]).show(0));
        }
        row.push(of(index, &|sample| sample.cpu_ms).show(0));
        row.push(of(index, &|sample| sample.alive as f64).show(0));
        rows.push(row);
    }
    let caption = "idle, median [min .. max]; kernel memory of the sockets is not in it";
    record.table(caption, rows);
    stand(peers, samples, record);
    let results: Vec<Json> = samples
        .iter()
        .map(|sample| sample_json(peers, sample))
        .collect();
    let counts = Json::List(steps.iter().map(|&step| (step as u64).into()).collect());
    let json = map([
        ("scenario", "idle".into()),
        ("facts", facts.clone()),
        ("connections", counts),
        ("results", results.into()),
    ]);
    record.json(&facts, &json)?;
    let last = steps.len() - 1;
    let bar = |(index, peer): (usize, &Peer)| {
        (peer.name, of(index, &|sample| sample.per_connection[last]))
    };
    let bars: Vec<_> = peers.iter().enumerate().map(bar).collect();
    let below = format!(
        "resident memory for each of {} silent connections",
        steps[last]
    );
    record.plot(bars::chart("idle: a connection", &below, "bytes", &bars));
    Ok(())
}

fn stand(peers: &[Peer], samples: &[Sample], record: &Record) {
    let Some(own) = peers.iter().position(|peer| peer.name == "coring") else {
        return;
    };
    let of = |peer: usize, value: fn(&Sample) -> f64| -> Vec<f64> {
        let own = samples.iter().filter(|sample| sample.peer == peer);
        own.map(value).collect()
    };
    let last = |sample: &Sample| sample.per_connection[sample.per_connection.len() - 1];
    type Figure = (&'static str, fn(&Sample) -> f64);
    let figures: [Figure; 2] = [
        ("memory", |sample| sample.idle_mib),
        ("memory a connection", last),
    ];
    for (index, peer) in peers.iter().enumerate().filter(|(index, _)| *index != own) {
        for (figure, value) in figures {
            if let Some(ratio) = rounds(&of(index, value), &of(own, value)) {
                record.standing(Standing {
                    what: "idle".into(),
                    figure,
                    peer: peer.name,
                    ratio,
                });
            }
        }
    }
}

fn sample_json(peers: &[Peer], sample: &Sample) -> Json {
    let each = sample
        .per_connection
        .iter()
        .map(|&bytes| bytes.into())
        .collect();
    map([
        ("peer", peers[sample.peer].name.into()),
        ("idle_mib", sample.idle_mib.into()),
        ("bytes_per_connection", Json::List(each)),
        ("cpu_ms_in_10_s", sample.cpu_ms.into()),
        ("alive", (sample.alive as u64).into()),
    ])
}
