//! soak: connections come and go for a long time, at a part of what the server can do, or at
//! `--rate`. Memory that grows is seen, and descriptors and operations of the ring that stay;
//! `--seconds 1800` is the half hour of a release. The generator sleeps, so that a long run leaves
//! the processors to others; no latency is read off it.

use super::served::Ask;
use super::soak_report;
use crate::load::{self, Arrivals, Faults, Note, Plan};
use crate::options::{Options, root};
use crate::peers::{self, Peer, Server};
use crate::process;
use crate::report::{Record, facts};
use crate::scratch::Scratch;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const SCRIPT: &str = "perf/apps/idle.js";
/// Nobody else's, so that other scenarios can run meanwhile.
const PORT: u16 = 3004;
pub const PER_CONNECTION: u32 = 10;
/// Of the ceiling, where no rate is asked for.
const PART: f64 = 0.7;
/// Looks at the server, each at least so long after the last one.
const LOOKS: u32 = 600;
const WATCH: Duration = Duration::from_millis(500);
/// After the load, until what is closed is closed.
const SETTLE: Duration = Duration::from_secs(1);
const ASK_TIMEOUT: Duration = Duration::from_secs(1);

/// A look at the server.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    pub seconds: f64,
    pub resident_bytes: f64,
    pub descriptors: f64,
    pub cpu_us: f64,
    /// What coring counts itself; others do not say.
    pub in_flight: Option<f64>,
    pub sockets: Option<f64>,
    pub heap_bytes: Option<f64>,
}

pub struct Soaked {
    pub rate: f64,
    pub completed: u64,
    pub faults: Faults,
    pub notes: Vec<Note>,
    pub looks: Vec<Look>,
    /// Before the load, and when it was over.
    pub before: Look,
    pub after: Look,
    pub generator_busy: f64,
}

pub fn run(options: &Options, record: &Record) -> Result<(), String> {
    let peers = peers::choose(options)?;
    let facts = facts::facts(options, &peers);
    process::pin_this_thread(options.load_cpu).map_err(|error| format!("taskset: {error}"))?;
    let mut all = Vec::new();
    for peer in &peers {
        all.push((peer.name, soak(options, peer)?));
    }
    soak_report::report(options, &all, facts, record)
}

fn soak(options: &Options, peer: &Peer) -> Result<Soaked, String> {
    let scratch = Scratch::new("soak")?;
    let socket = (peer.name == "coring").then(|| scratch.path().join("metrics"));
    let flag = socket
        .as_ref()
        .map(|path| format!("--metrics={}", path.display()));
    let flags: Vec<&str> = flag.as_deref().into_iter().collect();
    let mut command = peer.flagged(&flags, &root().join(SCRIPT));
    command.env("PORT", PORT.to_string());
    let address = SocketAddr::from(([127, 0, 0, 1], PORT));
    let server =
        Server::start(peers::pinned(&command, options.server_cpu), address)?.confirmed()?;
    let begin = Instant::now();
    let watcher = Watcher {
        pids: server.pids(),
        socket,
        begin,
        pause: WATCH.max(options.measured / LOOKS),
    };
    let before = watcher.look();
    let mut plan = Plan {
        connections: options.connections,
        warm_up: Duration::ZERO,
        measured: options.warm_up,
        ..Ask::Churn {
            per_connection: PER_CONNECTION,
        }
        .plan(address)
    };
    let rate = match options.rate {
        Some(rate) => rate,
        None => load::run(&plan, &mut |_| {})?.per_second() * PART,
    };
    plan.arrivals = Arrivals::Open {
        per_second: rate.max(1.0),
    };
    plan.measured = options.measured;
    plan.sleeps = true;
    let stop = AtomicBool::new(false);
    let (outcome, looks) = std::thread::scope(|scope| {
        let watching = scope.spawn(|| watcher.watch(&stop));
        let outcome = load::run(&plan, &mut |_| {});
        stop.store(true, Ordering::Relaxed);
        (
            outcome,
            watching.join().expect("the watcher does not panic"),
        )
    });
    let outcome = outcome?;
    std::thread::sleep(SETTLE);
    Ok(Soaked {
        rate,
        completed: outcome.completed,
        faults: outcome.faults,
        notes: outcome.notes,
        looks,
        before,
        after: watcher.look(),
        generator_busy: outcome.busy,
    })
}

struct Watcher {
    pids: Vec<u32>,
    socket: Option<PathBuf>,
    begin: Instant,
    pause: Duration,
}

impl Watcher {
    fn watch(&self, stop: &AtomicBool) -> Vec<Look> {
        let mut looks = Vec::new();
        let mut next = Instant::now();
        while !stop.load(Ordering::Relaxed) {
            if Instant::now() >= next {
                looks.push(self.look());
                next += self.pause;
            }
            std::thread::sleep(WATCH / 5);
        }
        looks
    }

    fn look(&self) -> Look {
        let text = self.socket.as_deref().and_then(metrics).unwrap_or_default();
        Look {
            seconds: self.begin.elapsed().as_secs_f64(),
            resident_bytes: process::memory(&self.pids).resident_bytes as f64,
            descriptors: process::open_descriptors(&self.pids) as f64,
            cpu_us: process::cpu_time(&self.pids).total_us(),
            in_flight: metric(&text, "coring_ring_in_flight"),
            sockets: metric(&text, "coring_sockets_open"),
            heap_bytes: metric(&text, "coring_heap_used_bytes"),
        }
    }
}

/// What the socket of `--metrics` says; None if it does not answer.
fn metrics(path: &Path) -> Option<String> {
    let mut stream = UnixStream::connect(path).ok()?;
    stream.set_read_timeout(Some(ASK_TIMEOUT)).ok()?;
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    Some(text)
}

/// The value of the first core.
fn metric(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_read() {
        let text = "# TYPE coring_ring_in_flight gauge\ncoring_ring_in_flight{core=\"0\"} 12\n";
        assert_eq!(metric(text, "coring_ring_in_flight"), Some(12.0));
        assert_eq!(metric(text, "coring_sockets_open"), None);
        assert_eq!(metrics(Path::new("/nowhere/at/all")), None);
    }
}
