//! Runs a scenario of `served.rs`: each peer serves the same program under the same load, in turn.

use super::serve_report;
use super::served::{BESIDE_BYTES, Phase, Rate, Scenario};
use crate::load::{self, Arrivals, Edge, Outcome, Plan};
use crate::options::{Options, root};
use crate::pace::Pace;
use crate::peers::{self, Peer, REFERENCE, Server};
use crate::process::{self, CpuTime, Memory, Switches, Thread};
use crate::report::Record;
use crate::report::facts;
use crate::report::stats::Spread;
use crate::scratch::Scratch;
use crate::syscalls;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Time in which the ceiling of the reference is found before the run proper.
const CALIBRATION: Duration = Duration::from_secs(2);
const PHASE_WARM_UP_MAX: Duration = Duration::from_millis(300);
const SYSCALLS_WATCHED: Duration = Duration::from_millis(250);
/// That of the first peer; all servers of a round live at the same time.
const PORT: u16 = 3000;

/// So many rounds with the same processes, then new ones: what a process owes to the chance of its
/// addresses and its compiler is not to decide a run, and starting them costs more than a round.
const ROUNDS_OF_A_LIFE: usize = 4;
/// Latencies at own loads are put together from one round of each life in a whole report, and are
/// measured at least so long.
const TAIL_MIN: Duration = Duration::from_millis(300);

/// What others may have of a processor while something is measured on it, and how much slower than
/// alone it may be. Above it the slice is measured again, so often in a row, and not more than a
/// quarter of all slices of a scenario.
const TAKEN_MAX: f64 = 0.03;
const SLOWDOWN_MAX: f64 = 1.25;
const TRIES_MAX: usize = 3;
/// How long a slice waits until the processor has its pace; all of a scenario together not longer
/// than a quarter of what is measured.
const CALM: Duration = Duration::from_millis(300);
const GLANCE: Duration = Duration::from_millis(5);

/// Latencies at its own loads are asked of those that the table of tails has room for.
pub const TAILS: [&str; 4] = ["coring", "node26", "node24", "bun"];

/// One phase of one peer in one round.
pub struct Sample {
    pub peer: usize,
    pub rep: usize,
    pub phase: usize,
    pub outcome: Outcome,
    pub cpu: CpuTime,
    pub memory: Memory,
    pub switches: Switches,
    /// Share of the processor that the server had.
    pub server_busy: f64,
    pub taken: Taken,
    pub tries: usize,
}

/// Shares of the time in which others had the server's processor, and the generator's: the
/// hypervisor, and programs that are not part of the run. And how much slower than alone the
/// server's processor was before and after.
#[derive(Clone, Copy, Debug, Default)]
pub struct Taken {
    pub stolen: [f64; 2],
    pub crowded: [f64; 2],
    pub slowdown: [f64; 2],
}

impl Taken {
    pub fn most(&self) -> f64 {
        let shares = self.stolen.iter().chain(&self.crowded);
        shares.copied().fold(0.0, f64::max)
    }

    pub fn slowest(&self) -> f64 {
        self.slowdown[0].max(self.slowdown[1])
    }

    /// Above 1 it is too much.
    fn weight(&self) -> f64 {
        let slower = (self.slowest() - 1.0) / (SLOWDOWN_MAX - 1.0);
        (self.most() / TAKEN_MAX).max(slower)
    }

    pub fn is_much(&self) -> bool {
        self.weight() > 1.0
    }
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

/// What the servers are measured with.
struct Course<'a> {
    options: &'a Options,
    scenario: &'a Scenario,
    scratch: &'a Scratch,
    /// Requests a second from which the equal rates are taken.
    reference: f64,
}

pub fn run(options: &Options, scenario: &Scenario, record: &Record) -> Result<(), String> {
    let mut peers = peers::choose(options)?;
    let takes_part = |name: &str| scenario.peers.is_empty() || scenario.peers.contains(&name);
    peers.retain(|peer| peer.name == "coring" || takes_part(peer.name));
    let facts = facts::facts(options, &peers);
    process::pin_this_thread(options.load_cpu).map_err(|error| format!("taskset: {error}"))?;
    let scratch = Scratch::new("serve")?;
    let mut course = Course {
        options,
        scenario,
        scratch: &scratch,
        reference: 0.0,
    };
    course.reference = course.calibrate(&peers)?;
    let quarter = match options.hurry {
        true => 0,
        false => options.reps * peers.len() * scenario.phases.len() / 4,
    };
    let mut rounds = Rounds {
        course: &course,
        peers: &peers,
        again: quarter,
        calm: options.measured * quarter as u32,
        pace: Pace::of(options.server_cpu)?,
        samples: Vec::new(),
    };
    let mut syscalls: Vec<Option<f64>> = Vec::new();
    for first in (0..options.reps).step_by(ROUNDS_OF_A_LIFE) {
        let servers = course.start_all(&peers)?;
        for rep in first..options.reps.min(first + ROUNDS_OF_A_LIFE) {
            rounds.run(&servers, rep)?;
        }
        if first == 0 {
            for server in &servers {
                syscalls.push(course.count_calls(server)?);
            }
        }
    }
    let samples = rounds.samples;
    let run = serve_report::Run {
        scenario,
        peers: &peers,
        samples: &samples,
        syscalls: &syscalls,
        reference: course.reference,
        facts,
    };
    run.report(record)
}

/// The slices that have been measured so far.
struct Rounds<'a> {
    course: &'a Course<'a>,
    peers: &'a [Peer],
    /// How many slices may still be measured again, and how long they may wait for their pace.
    again: usize,
    calm: Duration,
    pace: Pace,
    samples: Vec<Sample>,
}

impl Rounds<'_> {
    /// Each phase of all peers, one short slice after the other; every second time backwards, so
    /// that a machine that grows slower is no advantage of who comes first.
    fn run(&mut self, servers: &[Server], rep: usize) -> Result<(), String> {
        let course = self.course;
        for (index, phase) in course.scenario.phases.iter().enumerate() {
            if skips(course.options, phase, rep) {
                continue;
            }
            for place in 0..self.peers.len() {
                let peer = match rep % 2 {
                    0 => place,
                    _ => self.peers.len() - 1 - place,
                };
                let who = &self.peers[peer];
                if !takes_part_in(who.name, phase) {
                    continue;
                }
                let plan = course.plan(phase, servers[peer].address, self.ceiling(peer, index));
                let sample = self.slice(&servers[peer], &plan, [peer, rep, index])?;
                tell(who, phase, &sample);
                self.samples.push(sample);
            }
        }
        Ok(())
    }

    /// The peer's own ceiling, as the rounds so far tell it: that of the last ceiling phase before
    /// this one.
    fn ceiling(&self, peer: usize, phase: usize) -> f64 {
        let before = &self.course.scenario.phases[..phase];
        let asked = before.iter().rposition(|phase| phase.rate == Rate::Ceiling);
        let samples = self.samples.iter();
        let is_one = |sample: &&Sample| sample.peer == peer && Some(sample.phase) == asked;
        let mut rates = samples
            .filter(is_one)
            .map(|s| s.outcome.per_second())
            .peekable();
        match rates.peek() {
            Some(_) => Spread::of(rates).median,
            None => 0.0,
        }
    }

    /// Measured again where others took too much of it. Which of them counts is decided by what
    /// others took and by nothing else; faults of all of them count.
    fn slice(&mut self, server: &Server, plan: &Plan, at: [usize; 3]) -> Result<Sample, String> {
        let mut best = self.attempt(server, plan, at)?;
        for tries in 2..=TRIES_MAX {
            if !best.taken.is_much() || self.again == 0 {
                break;
            }
            self.again -= 1;
            let mut other = self.attempt(server, plan, at)?;
            if other.taken.weight() < best.taken.weight() {
                std::mem::swap(&mut best, &mut other);
            }
            best.outcome.faults.add(&other.outcome.faults);
            best.tries = tries;
        }
        Ok(best)
    }

    /// The server is stopped before and after, so that the pace is the processor's own.
    fn attempt(&mut self, server: &Server, plan: &Plan, at: [usize; 3]) -> Result<Sample, String> {
        let before = self.await_calm()?;
        server.go_on()?;
        let mut sample = self.course.measure(server, plan, at)?;
        server.stop()?;
        sample.taken.slowdown = [before, self.pace.slowdown()?];
        Ok(sample)
    }

    /// Waits for a moment in which the processor has its core to itself; gives the slowdown.
    fn await_calm(&mut self) -> Result<f64, String> {
        let begin = Instant::now();
        let most = CALM.min(self.calm);
        let mut slowdown = self.pace.slowdown()?;
        while slowdown > SLOWDOWN_MAX && begin.elapsed() < most {
            std::thread::sleep(GLANCE);
            slowdown = self.pace.slowdown()?;
        }
        self.calm = self.calm.saturating_sub(begin.elapsed());
        Ok(slowdown)
    }
}

fn takes_part_in(name: &str, phase: &Phase) -> bool {
    !matches!(phase.rate, Rate::Own(_)) || TAILS.contains(&name)
}

/// A whole report has twenty minutes: latencies, whose rounds are put together, have fewer of them
/// than what ratios are taken of.
fn skips(options: &Options, phase: &Phase, rep: usize) -> bool {
    let is_tail = matches!(phase.rate, Rate::Own(_));
    is_tail && options.scenario == "all" && !rep.is_multiple_of(ROUNDS_OF_A_LIFE)
}

fn tell(who: &Peer, phase: &Phase, sample: &Sample) {
    println!(
        "round {:2} {:7} {:8} {:9.0} req/s {:6.1} CPU us/req, others had {:.2}, slower {:.2} ({}), \
         {} faults",
        sample.rep + 1,
        who.name,
        phase.name,
        sample.outcome.per_second(),
        sample.cpu_per_request(),
        sample.taken.most(),
        sample.taken.slowest(),
        sample.tries,
        sample.outcome.faults.total()
    );
}

impl Course<'_> {
    /// All servers, each warmed by what it will be asked, and stopped until its turn comes.
    fn start_all(&self, peers: &[Peer]) -> Result<Vec<Server>, String> {
        let start = |(index, peer): (usize, &Peer)| {
            let server = self.start(peer, PORT + index as u16)?;
            self.warm_up(&server)?;
            server.stop()?;
            Ok(server)
        };
        peers.iter().enumerate().map(start).collect()
    }

    fn start(&self, peer: &Peer, port: u16) -> Result<Server, String> {
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
        command.env("PORT", port.to_string());
        command.env("TMPDIR", self.scratch.path());
        command.env("PACKAGES", &self.options.packages_folder);
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if self.scenario.two_cores {
            // The generator keeps to one processor; what it starts is to have both.
            return Server::start(peers::unpinned(&command), address)?.confirmed();
        }
        Server::start(peers::pinned(&command, self.options.server_cpu), address)?.confirmed()
    }

    fn plan(&self, phase: &Phase, address: SocketAddr, own: f64) -> Plan {
        let per_second = match phase.rate {
            Rate::Ceiling => 0.0,
            Rate::Equal(part) => self.reference * part,
            Rate::Own(part) => own * part,
            Rate::Fixed(rate) => rate,
        };
        let connections = match phase.connections {
            0 => self.options.connections,
            count => count,
        };
        let least = match phase.rate {
            Rate::Own(_) => phase.measured_min.max(TAIL_MIN),
            Rate::Ceiling | Rate::Equal(_) | Rate::Fixed(_) => phase.measured_min,
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
            measured: self.options.measured.max(least),
            sleeps: self.scenario.two_cores || self.options.sleep,
            apart: self.scenario.two_cores.then_some(BESIDE_BYTES),
            ..phase.ask.plan(address)
        }
    }

    /// What each ceiling asks, as fast as it is answered, until the program is compiled as far as
    /// it will be.
    fn warm_up(&self, server: &Server) -> Result<(), String> {
        let first = &self.scenario.phases[0];
        let mut asked = vec![first.ask];
        for phase in self.scenario.phases {
            if phase.rate == Rate::Ceiling && !asked.contains(&phase.ask) {
                asked.push(phase.ask);
            }
        }
        for ask in asked {
            let plan = Plan {
                connections: self.options.connections.min(64),
                warm_up: Duration::ZERO,
                measured: self.options.warm_up,
                sleeps: self.scenario.two_cores || self.options.sleep,
                ..ask.plan(server.address)
            };
            load::run(&plan, &mut |_| {})?;
        }
        Ok(())
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
        let server = self.start(reference, PORT)?;
        self.warm_up(&server)?;
        let mut plan = self.plan(&self.scenario.phases[0], server.address, 0.0);
        plan.measured = CALIBRATION;
        let ceiling = load::run(&plan, &mut |_| {})?.per_second();
        println!("reference {}: {ceiling:.0} req/s", reference.name);
        if ceiling > 0.0 {
            Ok(ceiling)
        } else {
            Err(format!("{} answers nothing", reference.name))
        }
    }

    fn count_calls(&self, server: &Server) -> Result<Option<f64>, String> {
        let mut plan = self.plan(&self.scenario.phases[0], server.address, 0.0);
        plan.measured = SYSCALLS_WATCHED;
        server.go_on()?;
        let count = syscalls::for_each_request(&server.pids(), &plan);
        server.stop()?;
        Ok(count)
    }

    fn measure(&self, server: &Server, plan: &Plan, at: [usize; 3]) -> Result<Sample, String> {
        let pids = server.pids();
        let cpus = [self.options.server_cpu, self.options.load_cpu];
        let mut clocks = Vec::new();
        let outcome = load::run(plan, &mut |_: Edge| {
            clocks.push(Clocks {
                stolen: cpus.map(process::stolen_us),
                switches: process::switches(&pids),
                threads: process::threads(&pids),
                cpu: process::cpu_time(&pids),
                at: Instant::now(),
            });
        })?;
        let [before, after] = &clocks[..] else {
            unreachable!("a run has two edges")
        };
        let cpu = after.cpu.since(&before.cpu);
        let wall_us = (after.at - before.at).as_secs_f64() * 1e6;
        let stolen = [0, 1].map(|at| (after.stolen[at] - before.stolen[at]) / wall_us);
        // Where all share two processors nobody is a stranger.
        let crowded = match self.scenario.two_cores {
            true => [0.0; 2],
            false => [
                process::crowded_us(&before.threads, &after.threads) / wall_us,
                outcome.crowded,
            ],
        };
        Ok(Sample {
            peer: at[0],
            rep: at[1],
            phase: at[2],
            outcome,
            cpu,
            memory: process::memory(&server.pids()),
            switches: after.switches.since(&before.switches),
            server_busy: cpu.total_us() / wall_us,
            taken: Taken {
                stolen,
                crowded,
                slowdown: [1.0; 2],
            },
            tries: 1,
        })
    }
}

/// What the kernel says at one end of the measured time.
struct Clocks {
    at: Instant,
    cpu: CpuTime,
    stolen: [f64; 2],
    switches: Switches,
    threads: Vec<Thread>,
}
