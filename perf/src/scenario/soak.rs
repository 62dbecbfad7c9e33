//! soak: connections come and go for a long time, at half of what the server can do. Memory that
//! grows and descriptors that stay are seen; `--seconds 1800` is the half hour of a release.

use super::served::Ask;
use crate::load::{self, Arrivals, Plan};
use crate::options::{Options, root};
use crate::peers::{self, Peer, Server};
use crate::process;
use crate::report::json::{Json, map};
use crate::report::{Record, facts};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const SCRIPT: &str = "examples/hello.js";
/// The example knows no other.
const PORT: u16 = 3000;
const PER_CONNECTION: u32 = 10;
const WATCH: Duration = Duration::from_millis(500);
/// After the load, until what is closed is closed.
const SETTLE: Duration = Duration::from_secs(1);

/// A look at the server: seconds since the start, resident bytes, open descriptors.
type Look = (f64, f64, f64);

struct Soaked {
    rate: f64,
    faults: u64,
    looks: Vec<Look>,
    descriptors_before: usize,
    descriptors_after: usize,
}

pub fn run(options: &Options, record: &Record) -> Result<(), String> {
    let peers = peers::choose(options)?;
    let facts = facts::facts(options, &peers);
    process::pin_this_thread(options.load_cpu).map_err(|error| format!("taskset: {error}"))?;
    let mut rows = vec![HEAD.map(str::to_string).to_vec()];
    let mut results = Vec::new();
    for peer in &peers {
        let soaked = soak(options, peer)?;
        let slope = slope(settled(&soaked.looks));
        let mib = |look: Option<&Look>| {
            look.map_or("-".into(), |look| format!("{:.1}", look.1 / 1_048_576.0))
        };
        rows.push(vec![
            peer.name.to_string(),
            format!("{:.0}", soaked.rate),
            mib(soaked.looks.first()),
            mib(soaked.looks.last()),
            format!("{:.1}", slope / 1024.0 * 60.0),
            soaked.descriptors_before.to_string(),
            soaked.descriptors_after.to_string(),
            soaked.faults.to_string(),
        ]);
        results.push(json(peer, &soaked, slope));
    }
    let seconds = options.measured.as_secs_f64();
    let caption = format!(
        "soak, {seconds:.0} s at half the ceiling, {PER_CONNECTION} requests a connection; the \
         slope is that of the last two thirds"
    );
    record.table(&caption, rows);
    let json = map([
        ("scenario", "soak".into()),
        ("facts", facts.clone()),
        ("results", results.into()),
    ]);
    record.json(&facts, &json)
}

const HEAD: [&str; 8] = [
    "peer",
    "req/s",
    "RSS MiB at first",
    "at last",
    "KiB a minute",
    "descriptors before",
    "after",
    "faults",
];

fn soak(options: &Options, peer: &Peer) -> Result<Soaked, String> {
    let mut command = peer.script(&root().join(SCRIPT));
    command.env("PORT", PORT.to_string());
    let address = SocketAddr::from(([127, 0, 0, 1], PORT));
    let server = Server::start(peers::pinned(&command, options.server_cpu), address)?;
    let descriptors_before = process::open_descriptors(&server.pids());
    let mut plan = Plan {
        connections: options.connections,
        warm_up: Duration::ZERO,
        measured: options.warm_up,
        ..Ask::Churn {
            per_connection: PER_CONNECTION,
        }
        .plan(address)
    };
    let rate = load::run(&plan, &mut |_| {}).per_second() / 2.0;
    plan.arrivals = Arrivals::Open {
        per_second: rate.max(1.0),
    };
    plan.measured = options.measured;
    let pids = server.pids();
    let stop = AtomicBool::new(false);
    let (outcome, looks) = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| watch(&pids, &stop));
        let outcome = load::run(&plan, &mut |_| {});
        stop.store(true, Ordering::Relaxed);
        (outcome, watcher.join().expect("the watcher does not panic"))
    });
    std::thread::sleep(SETTLE);
    Ok(Soaked {
        rate,
        faults: outcome.faults.total(),
        looks,
        descriptors_before,
        descriptors_after: process::open_descriptors(&server.pids()),
    })
}

fn watch(pids: &[u32], stop: &AtomicBool) -> Vec<Look> {
    let begin = Instant::now();
    let mut looks = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let resident = process::memory(pids).resident_bytes as f64;
        let descriptors = process::open_descriptors(pids) as f64;
        looks.push((begin.elapsed().as_secs_f64(), resident, descriptors));
        std::thread::sleep(WATCH);
    }
    looks
}

/// Heaps grow at first: the last two thirds count.
fn settled(looks: &[Look]) -> &[Look] {
    &looks[looks.len() / 3..]
}

/// Bytes a second, by least squares.
fn slope(looks: &[Look]) -> f64 {
    let count = looks.len().max(1) as f64;
    let mean = |value: fn(&Look) -> f64| looks.iter().map(value).sum::<f64>() / count;
    let (time, bytes) = (mean(|look| look.0), mean(|look| look.1));
    let products = looks.iter().map(|look| (look.0 - time) * (look.1 - bytes));
    let squares = looks
        .iter()
        .map(|look| (look.0 - time).powi(2))
        .sum::<f64>();
    if squares > 0.0 {
        products.sum::<f64>() / squares
    } else {
        0.0
    }
}

fn json(peer: &Peer, soaked: &Soaked, slope: f64) -> Json {
    let list = |value: fn(&Look) -> f64| {
        Json::List(soaked.looks.iter().map(|look| value(look).into()).collect())
    };
    map([
        ("peer", peer.name.into()),
        ("per_second", soaked.rate.into()),
        ("faults", soaked.faults.into()),
        ("slope_bytes_per_second", slope.into()),
        (
            "descriptors_before",
            (soaked.descriptors_before as u64).into(),
        ),
        (
            "descriptors_after",
            (soaked.descriptors_after as u64).into(),
        ),
        ("seconds", list(|look| look.0)),
        ("resident_bytes", list(|look| look.1)),
        ("descriptors", list(|look| look.2)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes() {
        assert_eq!(slope(&[]), 0.0);
        assert_eq!(slope(&[(1.0, 5.0, 0.0)]), 0.0);
        let looks: Vec<Look> = (0..10)
            .map(|at| (f64::from(at), f64::from(at) * 3.0, 0.0))
            .collect();
        assert!((slope(&looks) - 3.0).abs() < 1e-9);
        assert_eq!(settled(&looks).len(), 7);
    }
}
