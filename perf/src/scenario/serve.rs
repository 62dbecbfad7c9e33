//! hello, json and churn: each peer serves the same program under the same load, in turn.

use super::serve_report;
use crate::load::{self, Arrivals, Edge, Outcome, Plan};
use crate::options::{Options, root};
use crate::peers::{self, Peer, Server};
use crate::process::{self, CpuTime, Memory};
use crate::report::Record;
use crate::report::facts;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Time in which the ceiling of the reference is found before the run proper.
const CALIBRATION: Duration = Duration::from_secs(4);

/// The peer whose ceiling sets the rates, and to whom ratios refer.
pub const REFERENCE: &str = "node26";

pub struct Scenario {
    pub name: &'static str,
    pub script: &'static str,
    port: u16,
    path: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body_bytes: Option<u64>,
    pub phases: &'static [Phase],
}

pub struct Phase {
    pub name: &'static str,
    pub says: &'static str,
    pub rate: Rate,
    /// The request asks the server to close, so each request has its own connection.
    close: bool,
    requests_per_connection: u32,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Rate {
    Ceiling,
    /// A part of the ceiling of the reference.
    Part(f64),
}

const fn phase(name: &'static str, says: &'static str, rate: Rate) -> Phase {
    Phase {
        name,
        says,
        rate,
        close: false,
        requests_per_connection: 0,
    }
}

const KEEP_ALIVE: &[Phase] = &[
    phase("ceiling", "as fast as it answers", Rate::Ceiling),
    phase(
        "half",
        "at 50 % of the reference's ceiling",
        Rate::Part(0.5),
    ),
    phase(
        "eighty",
        "at 80 % of the reference's ceiling",
        Rate::Part(0.8),
    ),
];

const CHURNING: &[Phase] = &[
    Phase {
        close: true,
        ..phase("each", "a new connection for each request", Rate::Ceiling)
    },
    Phase {
        requests_per_connection: 10,
        ..phase(
            "tenth",
            "a new connection for each tenth request",
            Rate::Ceiling,
        )
    },
];

pub const HELLO: Scenario = Scenario {
    name: "hello",
    script: "examples/hello.js",
    port: 3000,
    path: "/",
    headers: &[],
    body_bytes: Some(11),
    phases: KEEP_ALIVE,
};

pub const JSON: Scenario = Scenario {
    name: "json",
    script: "perf/apps/json.js",
    port: 3001,
    path: "/items?page=2&size=8",
    headers: JSON_HEADERS,
    body_bytes: None,
    phases: KEEP_ALIVE,
};

pub const CHURN: Scenario = Scenario {
    name: "churn",
    phases: CHURNING,
    ..HELLO
};

/// What a browser sends, more or less: the program reads all ten.
const JSON_HEADERS: &[(&str, &str)] = &[
    (
        "User-Agent",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)",
    ),
    ("Accept", "application/json, text/plain, */*"),
    ("Accept-Language", "en-GB,en;q=0.9,de;q=0.7"),
    ("Accept-Encoding", "gzip, deflate, br, zstd"),
    ("Referer", "https://example.org/catalogue?page=1"),
    (
        "Cookie",
        "session=5f1c8a7e9b2d4c60a3e1f7b8d9c0e2a4; theme=dark; seen=1",
    ),
    ("X-Request-Id", "0d9f2a52-6d0e-4c53-9d55-6f2d1b8f0c1e"),
    ("X-Forwarded-For", "203.0.113.7, 198.51.100.2"),
    (
        "Authorization",
        "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl",
    ),
    ("Cache-Control", "no-cache"),
];

/// One phase of one peer in one repetition.
pub struct Sample {
    pub peer: usize,
    pub rep: usize,
    pub phase: usize,
    pub outcome: Outcome,
    pub cpu: CpuTime,
    pub memory: Memory,
    /// Share of the processor that the server had, and that the hypervisor took.
    pub server_busy: f64,
    pub stolen: f64,
}

impl Sample {
    /// Microseconds of processor time, user and kernel, for each completed request.
    pub fn cpu_per_request(&self) -> f64 {
        self.cpu.total_us() / self.outcome.completed.max(1) as f64
    }
}

pub fn run(options: &Options, scenario: &Scenario) -> Result<(), String> {
    let peers = peers::choose(options)?;
    let facts = facts::facts(options, &peers);
    let record = Record::open(options, scenario.name)?;
    process::pin_this_thread(options.load_cpu).map_err(|error| format!("taskset: {error}"))?;
    let ceiling = match options.rate {
        Some(rate) => rate,
        None => calibrate(options, scenario, &peers)?,
    };
    let mut samples = Vec::new();
    for rep in 0..options.reps {
        for (peer, who) in peers.iter().enumerate() {
            let server = start(options, scenario, who)?;
            warm_up(options, scenario, &server);
            for (phase, what) in scenario.phases.iter().enumerate() {
                let plan = plan(options, scenario, what, server.address, ceiling);
                let sample = measure(options, &server, &plan, [peer, rep, phase]);
                println!(
                    "rep {} {:7} {:8} {:9.0} req/s {:6.1} CPU us/req, {} faults",
                    rep + 1,
                    who.name,
                    what.name,
                    sample.outcome.per_second(),
                    sample.cpu_per_request(),
                    sample.outcome.faults.total()
                );
                samples.push(sample);
            }
        }
    }
    let run = serve_report::Run {
        scenario,
        peers: &peers,
        samples: &samples,
        ceiling,
        facts,
    };
    run.report(&record)
}

fn start(options: &Options, scenario: &Scenario, peer: &Peer) -> Result<Server, String> {
    let mut command = peer.script(&root().join(scenario.script));
    command.env("PORT", scenario.port.to_string());
    let address = SocketAddr::from(([127, 0, 0, 1], scenario.port));
    Server::start(peers::pinned(&command, options.server_cpu), address)
}

fn plan(
    options: &Options,
    scenario: &Scenario,
    phase: &Phase,
    address: SocketAddr,
    ceiling: f64,
) -> Plan {
    let own = |(name, value): &(&str, &str)| (name.to_string(), value.to_string());
    let mut headers: Vec<(String, String)> = scenario.headers.iter().map(own).collect();
    if phase.close {
        headers.push(("Connection".into(), "close".into()));
    }
    Plan {
        address,
        request: load::request(address, "GET", scenario.path, &headers, b""),
        connections: options.connections,
        arrivals: match phase.rate {
            Rate::Ceiling => Arrivals::Closed,
            Rate::Part(part) => Arrivals::Open {
                per_second: ceiling * part,
            },
        },
        requests_per_connection: phase.requests_per_connection,
        warm_up: Duration::from_millis(500),
        measured: options.measured,
        body_bytes: scenario.body_bytes,
    }
}

/// The closed loop until the program is compiled as far as it will be.
fn warm_up(options: &Options, scenario: &Scenario, server: &Server) {
    let phase = phase("warm", "", Rate::Ceiling);
    let mut plan = plan(options, scenario, &phase, server.address, 0.0);
    plan.measured = options.warm_up;
    load::run(&plan, &mut |_| {});
}

fn calibrate(options: &Options, scenario: &Scenario, peers: &[Peer]) -> Result<f64, String> {
    let reference = peers
        .iter()
        .find(|peer| peer.name == REFERENCE)
        .unwrap_or(&peers[0]);
    let server = start(options, scenario, reference)?;
    warm_up(options, scenario, &server);
    let mut plan = plan(options, scenario, &scenario.phases[0], server.address, 0.0);
    plan.measured = CALIBRATION;
    let ceiling = load::run(&plan, &mut |_| {}).per_second();
    println!("reference {}: {ceiling:.0} req/s", reference.name);
    if ceiling > 0.0 {
        Ok(ceiling)
    } else {
        Err(format!("{} answers nothing", reference.name))
    }
}

fn measure(options: &Options, server: &Server, plan: &Plan, at: [usize; 3]) -> Sample {
    let pids = server.pids();
    let mut clocks = Vec::new();
    let outcome = load::run(plan, &mut |_: Edge| {
        let stolen = process::stolen_us(options.server_cpu);
        clocks.push((Instant::now(), process::cpu_time(&pids), stolen));
    });
    assert_eq!(clocks.len(), 2);
    let cpu = clocks[1].1.since(&clocks[0].1);
    let wall_us = (clocks[1].0 - clocks[0].0).as_secs_f64() * 1e6;
    Sample {
        peer: at[0],
        rep: at[1],
        phase: at[2],
        outcome,
        cpu,
        memory: process::memory(&server.pids()),
        server_busy: cpu.total_us() / wall_us,
        stolen: (clocks[1].2 - clocks[0].2) / wall_us,
    }
}
