//! Runs a scenario of `served.rs`: each peer serves the same program under the same load, in turn.

use super::serve_report;
use super::served::{BESIDE_BYTES, Phase, Rate, Scenario};
use crate::load::{self, Arrivals, Edge, Outcome, Plan};
use crate::options::{Options, root};
use crate::peers::{self, Peer, Server};
use crate::process::{self, CpuTime, Memory, Switches};
use crate::report::Record;
use crate::report::facts;
use crate::scratch::Scratch;
use crate::syscalls;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Time in which the ceiling of the reference is found before the run proper.
const CALIBRATION: Duration = Duration::from_secs(2);
const PHASE_WARM_UP_MAX: Duration = Duration::from_millis(300);
const SYSCALLS_WATCHED: Duration = Duration::from_millis(500);
const PORT: u16 = 3000;

/// The peer whose ceiling sets the rates, and to whom ratios refer.
pub const REFERENCE: &str = "node26";

const TAIL_ROUNDS_OF_ALL: usize = 3;

/// Latencies at its own loads are asked of those that the table of tails has room for.
pub const TAILS: [&str; 4] = ["coring", "node26", "node24", "bun"];

/// One phase of one peer in one repetition.
pub struct Sample {
    pub peer: usize,
    pub rep: usize,
    pub phase: usize,
    pub outcome: Outcome,
    pub cpu: CpuTime,
    pub memory: Memory,
    pub switches: Switches,
    /// Share of the processor that the server had, and that the hypervisor took.
    pub server_busy: f64,
    pub stolen: f64,
}

impl Sample {
    /// Microseconds of processor time, user and kernel, for each completed request.
    pub fn cpu_per_request(&self) -> f64 {
        self.cpu.total_us() / self.outcome.completed.max(1) as f64
    }

    pub fn switches_per_request(&self) -> f64 {
        self.switches.total() as f64 / self.outcome.completed.max(1) as f64
    }
}

/// What one running server is measured with.
struct Course<'a> {
    options: &'a Options,
    scenario: &'a Scenario,
    scratch: &'a Scratch,
}

pub fn run(options: &Options, scenario: &Scenario, record: &Record) -> Result<(), String> {
    let mut peers = peers::choose(options)?;
    let takes_part = |name: &str| scenario.peers.is_empty() || scenario.peers.contains(&name);
    peers.retain(|peer| peer.name == "coring" || takes_part(peer.name));
    let facts = facts::facts(options, &peers);
    process::pin_this_thread(options.load_cpu).map_err(|error| format!("taskset: {error}"))?;
    let scratch = Scratch::new("serve")?;
    let course = Course {
        options,
        scenario,
        scratch: &scratch,
    };
    let reference = course.calibrate(&peers)?;
    let mut samples = Vec::new();
    let mut syscalls: Vec<Option<f64>> = vec![None; peers.len()];
    for rep in 0..options.reps {
        for (peer, who) in peers.iter().enumerate() {
            let server = course.start(who)?;
            course.warm_up(&server)?;
            let mut own = 0.0;
            for (index, phase) in scenario.phases.iter().enumerate() {
                if !takes_part_in(who.name, phase) || skips(options, phase, rep) {
                    continue;
                }
                let plan = course.plan(phase, server.address, reference, own);
                let sample = course.measure(&server, &plan, [peer, rep, index])?;
                if phase.rate == Rate::Ceiling {
                    own = sample.outcome.per_second();
                }
                tell(who, phase, &sample);
                samples.push(sample);
            }
            if rep == 0 {
                let phase = &scenario.phases[0];
                let mut plan = course.plan(phase, server.address, reference, own);
                plan.measured = SYSCALLS_WATCHED;
                syscalls[peer] = syscalls::for_each_request(&server.pids(), &plan);
            }
        }
    }
    let run = serve_report::Run {
        scenario,
        peers: &peers,
        samples: &samples,
        syscalls: &syscalls,
        reference,
        facts,
    };
    run.report(record)
}

fn takes_part_in(name: &str, phase: &Phase) -> bool {
    !matches!(phase.rate, Rate::Own(_)) || TAILS.contains(&name)
}

/// A whole report has twenty minutes: latencies, whose rounds are put together, have fewer of them
/// than what ratios are taken of.
fn skips(options: &Options, phase: &Phase, rep: usize) -> bool {
    matches!(phase.rate, Rate::Own(_)) && options.scenario == "all" && rep >= TAIL_ROUNDS_OF_ALL
}

fn tell(who: &Peer, phase: &Phase, sample: &Sample) {
    println!(
        "rep {} {:7} {:8} {:9.0} req/s {:6.1} CPU us/req, {} faults",
        sample.rep + 1,
        who.name,
        phase.name,
        sample.outcome.per_second(),
        sample.cpu_per_request(),
        sample.outcome.faults.total()
    );
}

impl Course<'_> {
    fn start(&self, peer: &Peer) -> Result<Server, String> {
        let script = root().join(self.scenario.script);
        let mut command = match (self.scenario.two_cores, peer.name) {
            (true, "coring") => peer.flagged(&["-j", "2"], &script),
            (true, _) => {
                let mut command = peer.script(&script);
                command.arg("cluster");
                command
            }
            (false, _) => peer.script(&script),
        };
        command.env("PORT", PORT.to_string());
        command.env("TMPDIR", self.scratch.path());
        command.env("PACKAGES", &self.options.packages_folder);
        let address = SocketAddr::from(([127, 0, 0, 1], PORT));
        if self.scenario.two_cores {
            // The generator keeps to one processor; what it starts is to have both.
            return Server::start(peers::unpinned(&command), address)?.confirmed();
        }
        Server::start(peers::pinned(&command, self.options.server_cpu), address)?.confirmed()
    }

    fn plan(&self, phase: &Phase, address: SocketAddr, reference: f64, own: f64) -> Plan {
        let per_second = match phase.rate {
            Rate::Ceiling => 0.0,
            Rate::Equal(part) => reference * part,
            Rate::Own(part) => own * part,
            Rate::Fixed(rate) => rate,
        };
        let connections = match phase.connections {
            0 => self.options.connections,
            count => count,
        };
        Plan {
            connections,
            // A server that answers nothing has no rate of its own: one request is waited for.
            arrivals: match phase.rate {
                Rate::Ceiling => Arrivals::Closed,
                _ => Arrivals::Open {
                    per_second: per_second.max(1.0),
                },
            },
            warm_up: PHASE_WARM_UP_MAX.min(self.options.measured / 4),
            measured: self.options.measured.max(phase.measured_min),
            sleeps: self.scenario.two_cores || self.options.sleep,
            apart: self.scenario.two_cores.then_some(BESIDE_BYTES),
            ..phase.ask.plan(address)
        }
    }

    /// The first phase's load, as fast as it is answered, until the program is compiled as far as
    /// it will be.
    fn warm_up(&self, server: &Server) -> Result<Outcome, String> {
        let first = &self.scenario.phases[0];
        let plan = Plan {
            connections: self.options.connections.min(64),
            warm_up: Duration::ZERO,
            measured: self.options.warm_up,
            sleeps: self.scenario.two_cores || self.options.sleep,
            ..first.ask.plan(server.address)
        };
        load::run(&plan, &mut |_| {})
    }

    /// The ceiling of the reference, if a phase needs it.
    fn calibrate(&self, peers: &[Peer]) -> Result<f64, String> {
        let needs = |phase: &Phase| matches!(phase.rate, Rate::Equal(_));
        if let Some(rate) = self.options.rate {
            return Ok(rate);
        }
        if !self.scenario.phases.iter().any(needs) {
            return Ok(0.0);
        }
        let reference = peers
            .iter()
            .find(|peer| peer.name == REFERENCE)
            .unwrap_or(&peers[0]);
        let server = self.start(reference)?;
        self.warm_up(&server)?;
        let mut plan = self.plan(&self.scenario.phases[0], server.address, 0.0, 0.0);
        plan.measured = CALIBRATION;
        let ceiling = load::run(&plan, &mut |_| {})?.per_second();
        println!("reference {}: {ceiling:.0} req/s", reference.name);
        if ceiling > 0.0 {
            Ok(ceiling)
        } else {
            Err(format!("{} answers nothing", reference.name))
        }
    }

    fn measure(&self, server: &Server, plan: &Plan, at: [usize; 3]) -> Result<Sample, String> {
        let pids = server.pids();
        let mut clocks = Vec::new();
        let outcome = load::run(plan, &mut |_: Edge| {
            let stolen = process::stolen_us(self.options.server_cpu);
            let switches = process::switches(&pids);
            clocks.push((Instant::now(), process::cpu_time(&pids), stolen, switches));
        })?;
        assert_eq!(clocks.len(), 2);
        let cpu = clocks[1].1.since(&clocks[0].1);
        let wall_us = (clocks[1].0 - clocks[0].0).as_secs_f64() * 1e6;
        Ok(Sample {
            peer: at[0],
            rep: at[1],
            phase: at[2],
            outcome,
            cpu,
            memory: process::memory(&server.pids()),
            switches: clocks[1].3.since(&clocks[0].3),
            server_busy: cpu.total_us() / wall_us,
            stolen: (clocks[1].2 - clocks[0].2) / wall_us,
        })
    }
}
