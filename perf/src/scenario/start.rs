//! start: how long an empty program takes, and how long it is from start to the first answer.
//! Nothing is pinned: a start-up that uses two cores is faster for its user too.

use crate::options::{Options, root};
use crate::peers::{self, Peer, Server};
use crate::process;
use crate::report::json::{Json, map};
use crate::report::stats::Spread;
use crate::report::{Record, Standing, bars, facts, rounds};
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Instant;

const EMPTY_RUNS_PER_REP: usize = 8;
const SERVER_RUNS_PER_REP: usize = 4;
const HELLO: &str = "examples/hello.js";
const HELLO_PORT: u16 = 3000;

/// What one peer took, run by run.
#[derive(Default)]
struct Times {
    empty_ms: Vec<f64>,
    first_answer_ms: Vec<f64>,
    resident_mib: Vec<f64>,
}

pub fn run(options: &Options, record: &Record) -> Result<(), String> {
    let peers = peers::choose(options)?;
    let facts = facts::facts(options, &peers);
    let mut times: Vec<Times> = peers.iter().map(|_| Times::default()).collect();
    // Once for the files: what is measured is a start from the page cache.
    for peer in &peers {
        empty(peer)?;
    }
    for _ in 0..options.reps * EMPTY_RUNS_PER_REP {
        for (peer, times) in peers.iter().zip(&mut times) {
            times.empty_ms.push(empty(peer)?);
        }
    }
    for _ in 0..options.reps * SERVER_RUNS_PER_REP {
        for (peer, times) in peers.iter().zip(&mut times) {
            let (ms, mib) = first_answer(peer)?;
            times.first_answer_ms.push(ms);
            times.resident_mib.push(mib);
        }
    }
    report(&peers, &times, facts, record)
}

fn empty(peer: &Peer) -> Result<f64, String> {
    let mut command = peer.code("0");
    let start = Instant::now();
    let status = command.stderr(Stdio::null()).status();
    let ms = start.elapsed().as_secs_f64() * 1000.0;
    match status {
        Ok(status) if status.success() => Ok(ms),
        Ok(status) => Err(format!(
            "{}: an empty program ended with {status}",
            peer.name
        )),
        Err(error) => Err(format!("{}: {error}", peer.name)),
    }
}

fn first_answer(peer: &Peer) -> Result<(f64, f64), String> {
    let command = peer.script(&root().join(HELLO));
    // That the port of the one before is free again is waited for, and not counted.
    let server = Server::start(command, SocketAddr::from(([127, 0, 0, 1], HELLO_PORT)))?;
    let ms = server.ready.as_secs_f64() * 1000.0;
    let memory = process::memory(&server.pids());
    Ok((ms, memory.resident_bytes as f64 / 1_048_576.0))
}

fn report(peers: &[Peer], times: &[Times], facts: Json, record: &Record) -> Result<(), String> {
    let spread = |values: &[f64]| Spread::of(values.iter().copied());
    let mut rows = vec![
        [
            "peer",
            "empty program ms",
            "first answer ms",
            "RSS MiB then",
        ]
        .map(str::to_string)
        .to_vec(),
    ];
    let mut results = Vec::new();
    for (peer, times) in peers.iter().zip(times) {
        rows.push(vec![
            peer.name.to_string(),
            spread(&times.empty_ms).show(1),
            spread(&times.first_answer_ms).show(1),
            spread(&times.resident_mib).show(1),
        ]);
        let list = |values: &[f64]| Json::List(values.iter().map(|&v| v.into()).collect());
        results.push(map([
            ("peer", peer.name.into()),
            ("empty_ms", list(&times.empty_ms)),
            ("first_answer_ms", list(&times.first_answer_ms)),
            ("resident_mib", list(&times.resident_mib)),
        ]));
    }
    record.table("start, median [min .. max], unpinned", rows);
    stand(peers, times, record);
    let json = map([
        ("scenario", "start".into()),
        ("facts", facts.clone()),
        ("results", results.into()),
    ]);
    record.json(&facts, &json)?;
    let bars: Vec<_> = peers
        .iter()
        .zip(times)
        .map(|(peer, t)| (peer.name, spread(&t.empty_ms)))
        .collect();
    let chart = bars::chart(
        "start: an empty program",
        "wall time, from the page cache",
        "ms",
        &bars,
    );
    record.plot(chart);
    Ok(())
}

fn stand(peers: &[Peer], times: &[Times], record: &Record) {
    let Some(own) = peers.iter().position(|peer| peer.name == "coring") else {
        return;
    };
    for (peer, theirs) in peers.iter().zip(times) {
        let figures: [(&'static str, &[f64], &[f64]); 2] = [
            ("empty program", &theirs.empty_ms, &times[own].empty_ms),
            (
                "first answer",
                &theirs.first_answer_ms,
                &times[own].first_answer_ms,
            ),
        ];
        for (figure, theirs, ours) in figures {
            if let (true, Some(ratio)) = (peer.name != "coring", rounds(theirs, ours)) {
                record.standing(Standing {
                    what: "start".into(),
                    figure,
                    peer: peer.name,
                    ratio,
                });
            }
        }
    }
}
