//! The tables, the record and the plots of a served scenario, and what it refuses to say.

use super::beside;
use super::serve::{Sample, TAILS};
use super::served::{Phase, Rate, Scenario};
use crate::load::{Outcome, new_histogram};
use crate::peers::{Peer, REFERENCE};
use crate::report::json::{Json, map};
use crate::report::stats::Spread;
use crate::report::{
    Record, Standing, TAIL_PERCENTS, Tail, bars, histogram_json, percentiles, percentiles_json,
    rates, ratio, same_rounds, show_ratio,
};
use hdrhistogram::Histogram;

/// Above this share of its time the generator itself limits what is measured.
const GENERATOR_BUSY_MAX: f64 = 0.9;
/// Below this share of its processor the server was not what limited the ceiling.
const SERVER_BUSY_MIN: f64 = 0.95;
/// So many rounds without others are enough to leave out the rest.
const CALM_MIN: usize = 8;
const LATENESS_P99_US_MAX: f64 = 100.0;

/// The columns of every table. `sent p99.9` runs from the real sending: what a generator that
/// waits for answers would have said.
const HEAD: [&str; 20] = [
    "peer",
    "req/s",
    "x",
    "CPU us/req",
    "x",
    "user",
    "kernel",
    "syscalls/req",
    "switches/req",
    "p50 us",
    "p99 us",
    "x",
    "p99.9 us",
    "sent p99.9",
    "RSS MiB",
    "peak",
    "busy",
    "load busy",
    "late p99 us",
    "faults",
];

pub struct Run<'a> {
    pub scenario: &'a Scenario,
    pub peers: &'a [Peer],
    pub samples: &'a [Sample],
    /// System calls a request, by peer; None where nobody could count them.
    pub syscalls: &'a [Option<f64>],
    /// Requests a second from which the equal rates were taken.
    pub reference: f64,
    pub facts: Json,
}

impl Run<'_> {
    pub fn report(&self, record: &Record) -> Result<(), String> {
        record.words(&format!("{}: {}", self.scenario.script, self.scenario.says));
        record.words(&format!(
            "A column x has the figure before it by {REFERENCE}'s, round by round."
        ));
        if self.scenario.two_cores {
            record.words("Two cores, or processes, of the server, and the generator beside them.");
        }
        for (index, phase) in self.scenario.phases.iter().enumerate() {
            let caption = format!(
                "{}, {}: {}",
                self.scenario.name,
                phase.name,
                self.says(phase)
            );
            record.table(&caption, self.rows(index, phase));
            self.stand(record, index, phase);
            self.tails(record, index, phase);
            self.plot(record, index, phase);
        }
        beside::report(record, self.scenario, self.peers, self.samples);
        self.plot_curve(record);
        for warning in self.warnings() {
            record.warning(&warning);
        }
        record.json(&self.facts, &self.json())
    }

    fn says(&self, phase: &Phase) -> String {
        match phase.rate {
            Rate::Equal(part) => format!("{}, {:.0} req/s", phase.says, self.reference * part),
            Rate::Ceiling | Rate::Own(_) | Rate::Fixed(_) => phase.says.to_string(),
        }
    }

    /// At a ceiling somebody must be the limit. If that was the generator, or nobody, rates and
    /// latencies are its own, and are not told.
    fn refusal(&self, peer: usize, phase: usize) -> Option<&'static str> {
        let busy = |value: fn(&Sample) -> f64| self.spread(peer, phase, value).median;
        if self.scenario.phases[phase].rate != Rate::Ceiling {
            return None;
        }
        let generator = busy(|sample| sample.outcome.busy);
        let server = busy(|sample| sample.server_busy);
        (generator > GENERATOR_BUSY_MAX && server < SERVER_BUSY_MIN).then_some("refused")
    }

    /// coring against each peer, round by round.
    fn stand(&self, record: &Record, phase: usize, what: &Phase) {
        let coring = self.peers.iter().position(|peer| peer.name == "coring");
        // Where each has a rate of its own the tables show them side by side: no ratio means much.
        let (Some(own), false) = (coring, matches!(what.rate, Rate::Own(_))) else {
            return;
        };
        let paired = |over: usize, under: usize, value: fn(&Sample) -> f64| {
            self.paired([over, under], phase, value)
        };
        let refused = |peer: usize| self.refusal(peer, phase).is_some();
        for (peer, who) in self
            .peers
            .iter()
            .enumerate()
            .filter(|(peer, _)| *peer != own)
        {
            let tell = |figure: &'static str, ratio: Option<Spread>| {
                if let Some(ratio) = ratio {
                    record.standing(Standing {
                        what: format!("{} {}", self.scenario.name, what.name),
                        figure,
                        peer: who.name,
                        ratio,
                    });
                }
            };
            let cpu = Sample::cpu_per_request;
            tell("CPU time", paired(peer, own, cpu));
            let p99 = |sample: &Sample| latency_us(sample, 99.0);
            match what.rate {
                Rate::Ceiling if refused(own) || refused(peer) => {}
                Rate::Ceiling => {
                    let rate = |sample: &Sample| sample.outcome.per_second();
                    tell("rate", paired(own, peer, rate));
                }
                Rate::Equal(_) | Rate::Own(_) | Rate::Fixed(_) => {
                    tell("p99", paired(peer, own, p99));
                    if self.scenario.two_cores {
                        let beside = |sample: &Sample| {
                            sample.outcome.apart.value_at_quantile(0.99) as f64 / 1000.0
                        };
                        tell("p99 of the core beside", paired(peer, own, beside));
                    }
                }
            }
        }
    }

    /// Rows of the table of tails, which all scenarios share; of two cores, those beside the one
    /// that computes have rows of their own.
    fn tails(&self, record: &Record, index: usize, phase: &Phase) {
        let load = match phase.rate {
            Rate::Ceiling | Rate::Equal(_) => return,
            Rate::Own(part) => format!("{:.0} %", part * 100.0),
            Rate::Fixed(rate) => format!("{rate:.0}/s"),
        };
        for (peer, who) in self.peers.iter().enumerate() {
            if self.of(peer, index).next().is_none() || !TAILS.contains(&who.name) {
                continue;
            }
            let tell = |what: String, histogram: &Histogram<u64>| {
                let us = |percent: f64| histogram.value_at_quantile(percent / 100.0) as f64 / 1e3;
                record.tail(Tail {
                    what,
                    load: load.clone(),
                    peer: who.name,
                    per_second: self.spread(peer, index, |s| s.outcome.per_second()).median,
                    us: TAIL_PERCENTS.map(us),
                });
            };
            let name = self.scenario.name;
            let mut before = self.scenario.phases[..index].iter();
            let asked = before.rfind(|phase| phase.rate == Rate::Ceiling);
            let what = match asked {
                Some(ceiling) if ceiling.name != "ceiling" => format!("{name} {}", ceiling.name),
                None if self.scenario.phases.len() > 1 => format!("{name} {}", phase.name),
                Some(_) | None => name.to_string(),
            };
            if self.scenario.two_cores {
                let apart = self.sum(peer, index, |outcome| &outcome.apart);
                tell(format!("{what}, the core beside"), &apart);
                tell(format!("{what}, both"), &self.merged(peer, index));
            } else {
                tell(what, &self.merged(peer, index));
            }
        }
    }

    fn of(&self, peer: usize, phase: usize) -> impl Iterator<Item = &Sample> + Clone {
        self.samples
            .iter()
            .filter(move |sample| sample.peer == peer && sample.phase == phase)
    }

    fn spread(&self, peer: usize, phase: usize, value: impl Fn(&Sample) -> f64) -> Spread {
        Spread::of(self.of(peer, phase).map(value))
    }

    /// How a peer stands to the reference, round by round.
    fn ratio(&self, peer: usize, phase: usize, value: fn(&Sample) -> f64) -> String {
        let reference = self.peers.iter().position(|peer| peer.name == REFERENCE);
        let ratio = reference.and_then(|other| self.paired([peer, other], phase, value));
        show_ratio(ratio)
    }

    /// Round by round; without those in which others were there, if enough remain.
    fn paired(
        &self,
        [over, under]: [usize; 2],
        phase: usize,
        value: fn(&Sample) -> f64,
    ) -> Option<Spread> {
        let samples = [over, under].map(|peer| self.of(peer, phase));
        let all = same_rounds(samples, |sample| sample.rep);
        let is_calm = |pair: &&[&Sample; 2]| pair.iter().all(|s| !s.taken.is_much());
        let calm: Vec<[&Sample; 2]> = all.iter().filter(is_calm).copied().collect();
        ratio(if calm.len() >= CALM_MIN { &calm } else { &all }, value)
    }

    fn rows(&self, phase: usize, what: &Phase) -> Vec<Vec<String>> {
        let mut rows = vec![HEAD.map(str::to_string).to_vec()];
        for (peer, who) in self.peers.iter().enumerate() {
            if self.of(peer, phase).next().is_none() {
                continue;
            }
            let part = |us: f64, sample: &Sample| us / sample.outcome.completed.max(1) as f64;
            let median = |decimals: usize, value: &dyn Fn(&Sample) -> f64| {
                format!("{:.decimals$}", self.spread(peer, phase, value).median)
            };
            let rate = |sample: &Sample| sample.outcome.per_second();
            let p99 = |sample: &Sample| latency_us(sample, 99.0);
            let told = |words: String| match self.refusal(peer, phase) {
                Some(refused) => refused.to_string(),
                None => words,
            };
            let syscalls = match (phase, self.syscalls[peer]) {
                (0, Some(count)) => format!("{count:.2}"),
                (_, _) => "-".into(),
            };
            let faults = self.of(peer, phase).map(|s| s.outcome.faults.total());
            rows.push(vec![
                who.name.to_string(),
                told(self.spread(peer, phase, rate).show(0)),
                told(self.ratio(peer, phase, rate)),
                self.spread(peer, phase, Sample::cpu_per_request).show(2),
                self.ratio(peer, phase, Sample::cpu_per_request),
                median(2, &|sample| part(user_us(sample), sample)),
                median(2, &|sample| {
                    part(sample.cpu.total_us() - user_us(sample), sample)
                }),
                syscalls,
                median(3, &Sample::switches_per_request),
                told(median(0, &|sample| latency_us(sample, 50.0))),
                told(self.spread(peer, phase, p99).show(0)),
                told(self.ratio(peer, phase, p99)),
                told(median(0, &|sample| latency_us(sample, 99.9))),
                median(0, &|sample| omitted_us(sample, 99.9)),
                median(1, &|sample| mib(sample.memory.resident_bytes)),
                median(1, &|sample| mib(sample.memory.resident_peak_bytes)),
                median(2, &|sample| sample.server_busy),
                median(2, &|sample| sample.outcome.busy),
                if what.rate == Rate::Ceiling {
                    "-".into()
                } else {
                    median(0, &lateness_us)
                },
                faults.sum::<u64>().to_string(),
            ]);
        }
        rows
    }

    /// What makes numbers doubtful, each kind once, with how often and the worst.
    fn warnings(&self) -> Vec<String> {
        let all = self.samples.len();
        let mut warnings = Vec::new();
        let mut warn = |values: Vec<f64>, worst: fn(f64, f64) -> f64, words: &str| {
            if let Some(value) = values.iter().copied().reduce(worst) {
                let count = values.len();
                warnings.push(format!(
                    "{words} (worst {value:.2}) in {count} of {all} slices"
                ));
            }
        };
        let ceilings = || self.samples.iter().filter(|sample| self.is_ceiling(sample));
        let paced = || {
            self.samples
                .iter()
                .filter(|sample| !self.is_ceiling(sample))
        };
        let busy = ceilings().map(|sample| sample.outcome.busy);
        let busy = busy.filter(|&share| share > GENERATOR_BUSY_MAX).collect();
        warn(
            busy,
            f64::max,
            "the generator was busy; where the server was not, rates are refused; share",
        );
        let server = ceilings().map(|sample| sample.server_busy);
        let server = server.filter(|&share| share < SERVER_BUSY_MIN).collect();
        warn(
            server,
            f64::min,
            "the server did not have its whole processor, share",
        );
        let late = paced()
            .map(lateness_us)
            .filter(|&us| us > LATENESS_P99_US_MAX)
            .collect();
        warn(late, f64::max, "the generator itself was late, p99 in us");
        let disturbed = || self.samples.iter().filter(|s| s.taken.is_much());
        warn(
            disturbed().map(|sample| sample.taken.most()).collect(),
            f64::max,
            "others were there, also when it was measured again; share of a processor",
        );
        warn(
            disturbed().map(|sample| sample.taken.slowest()).collect(),
            f64::max,
            "of these the processor was slower than alone, times",
        );
        let kinds = self.samples.iter().flat_map(|sample| {
            let counts = sample.outcome.faults.named().into_iter();
            counts
                .filter(|(_, count)| *count > 0)
                .map(move |(name, count)| {
                    let who = self.peers[sample.peer].name;
                    let phase = self.scenario.phases[sample.phase].name;
                    format!(
                        "{who} {phase} rep {}: {count} faults `{name}`",
                        sample.rep + 1
                    )
                })
        });
        let faults: Vec<String> = kinds.collect();
        warnings.extend(faults);
        warnings
    }

    /// One connection waits for its answers: nobody's limit is reached.
    fn is_ceiling(&self, sample: &Sample) -> bool {
        let phase = &self.scenario.phases[sample.phase];
        phase.rate == Rate::Ceiling && phase.connections != 1
    }

    /// The latencies of all rounds together.
    fn merged(&self, peer: usize, phase: usize) -> Histogram<u64> {
        self.sum(peer, phase, |outcome| &outcome.latency)
    }

    fn sum(
        &self,
        peer: usize,
        phase: usize,
        of: fn(&Outcome) -> &Histogram<u64>,
    ) -> Histogram<u64> {
        let mut sum = new_histogram();
        for sample in self.of(peer, phase) {
            sum.add(of(&sample.outcome))
                .expect("all histograms have the same bounds");
        }
        sum
    }

    fn plot(&self, record: &Record, index: usize, phase: &Phase) {
        let below = self.says(phase);
        let takes_part = |(peer, _): &(usize, &Peer)| self.of(*peer, index).next().is_some();
        let peers = || self.peers.iter().enumerate().filter(takes_part);
        let spread = |peer: usize, value: fn(&Sample) -> f64| self.spread(peer, index, value);
        if !matches!(phase.rate, Rate::Own(_)) {
            let cpu = peers().map(|(peer, who)| (who.name, spread(peer, Sample::cpu_per_request)));
            let title = format!("{}: processor time for each request", self.scenario.name);
            record.plot(bars::chart(&title, &below, "us", &cpu.collect::<Vec<_>>()));
        }
        if phase.rate == Rate::Ceiling {
            let rate = |sample: &Sample| sample.outcome.per_second();
            let told = peers().filter(|(peer, _)| self.refusal(*peer, index).is_none());
            let rates: Vec<_> = told
                .map(|(peer, who)| (who.name, spread(peer, rate)))
                .collect();
            if !rates.is_empty() {
                let title = format!("{}: requests a second on one core", self.scenario.name);
                record.plot(bars::chart(&title, &below, "", &rates));
            }
            return;
        }
        let merged: Vec<_> = peers()
            .map(|(peer, who)| (who.name, self.merged(peer, index)))
            .collect();
        let lines: Vec<_> = merged
            .iter()
            .map(|(name, histogram)| (*name, histogram))
            .collect();
        let title = format!("{}: latency by percentile", self.scenario.name);
        record.plot(percentiles::plot(&title, &below, &lines));
    }

    /// Rate against the 99th percentile, where peers had loads of their own.
    fn plot_curve(&self, record: &Record) {
        let phases: Vec<usize> = self
            .scenario
            .phases
            .iter()
            .enumerate()
            .filter(|(_, phase)| matches!(phase.rate, Rate::Own(_)))
            .map(|(index, _)| index)
            .collect();
        if phases.len() < 2 {
            return;
        }
        let point = |peer: usize, phase: usize| {
            let rate = self.spread(peer, phase, |sample| sample.outcome.per_second());
            let p99 = self.spread(peer, phase, |sample| latency_us(sample, 99.0));
            (rate.median, p99.median)
        };
        let takes_part = |peer: usize| self.of(peer, phases[0]).next().is_some();
        let peers = self.peers.iter().enumerate();
        let peers = peers.filter(|(peer, _)| takes_part(*peer));
        let lines: Vec<(&str, Vec<(f64, f64)>)> = peers
            .map(|(peer, who)| {
                let points = phases.iter().map(|&phase| point(peer, phase));
                (who.name, points.collect())
            })
            .collect();
        let title = format!("{}: rate against latency", self.scenario.name);
        let below = "99th percentile, at 20, 50 and 80 % of each one's own ceiling";
        record.plot(rates::plot(&title, below, &lines));
    }

    fn json(&self) -> Json {
        let mut results = Vec::new();
        let mut histograms = Vec::new();
        for (peer, who) in self.peers.iter().enumerate() {
            for (index, phase) in self.scenario.phases.iter().enumerate() {
                results.extend(self.of(peer, index).map(|sample| {
                    let place = [("peer", who.name.into()), ("phase", phase.name.into())];
                    sample_json(place, sample)
                }));
                histograms.push(map([
                    ("peer", who.name.into()),
                    ("phase", phase.name.into()),
                    ("latency", histogram_json(&self.merged(peer, index))),
                ]));
            }
        }
        let syscalls = self.peers.iter().zip(self.syscalls).map(|(peer, count)| {
            let count = count.unwrap_or(f64::NAN);
            (peer.name.to_string(), count.into())
        });
        map([
            ("scenario", self.scenario.name.into()),
            ("facts", self.facts.clone()),
            ("reference_per_second", self.reference.into()),
            ("syscalls_per_request", Json::Map(syscalls.collect())),
            ("results", results.into()),
            ("histograms", histograms.into()),
        ])
    }
}

fn latency_us(sample: &Sample, percent: f64) -> f64 {
    sample.outcome.latency.value_at_quantile(percent / 100.0) as f64 / 1000.0
}

/// The same from the real sending.
fn omitted_us(sample: &Sample, percent: f64) -> f64 {
    sample.outcome.service.value_at_quantile(percent / 100.0) as f64 / 1000.0
}

/// The kernel's ticks say which part was the program's own; the sum is known better than they are.
fn user_us(sample: &Sample) -> f64 {
    let ticks = sample.cpu.user_us + sample.cpu.system_us;
    if ticks > 0.0 {
        sample.cpu.total_us() * sample.cpu.user_us / ticks
    } else {
        0.0
    }
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / 1_048_576.0
}

fn lateness_us(sample: &Sample) -> f64 {
    sample.outcome.lateness.value_at_quantile(0.99) as f64 / 1000.0
}

fn sample_json(place: [(&str, Json); 2], sample: &Sample) -> Json {
    let outcome = &sample.outcome;
    let faults = outcome
        .faults
        .named()
        .map(|(name, count)| (name.to_string(), count.into()));
    let Json::Map(mut pairs) = map(place) else {
        unreachable!("map makes a Map")
    };
    let Json::Map(numbers) = map([
        ("rep", (sample.rep as u64 + 1).into()),
        ("per_second", outcome.per_second().into()),
        ("completed", outcome.completed.into()),
        ("seconds", outcome.seconds.into()),
        ("cpu_us_per_request", sample.cpu_per_request().into()),
        ("cpu_user_us", sample.cpu.user_us.into()),
        ("cpu_system_us", sample.cpu.system_us.into()),
        ("cpu_scheduled_us", sample.cpu.scheduled_us.into()),
        ("server_busy", sample.server_busy.into()),
        ("generator_busy", outcome.busy.into()),
        ("stolen", sample.taken.stolen[0].into()),
        ("stolen_from_generator", sample.taken.stolen[1].into()),
        ("crowded", sample.taken.crowded[0].into()),
        ("crowded_generator", sample.taken.crowded[1].into()),
        ("slowdown_before", sample.taken.slowdown[0].into()),
        ("slowdown_after", sample.taken.slowdown[1].into()),
        ("tries", (sample.tries as u64).into()),
        ("resident_bytes", sample.memory.resident_bytes.into()),
        (
            "resident_peak_bytes",
            sample.memory.resident_peak_bytes.into(),
        ),
        ("switches_voluntary", sample.switches.voluntary.into()),
        ("switches_involuntary", sample.switches.involuntary.into()),
        ("threads", sample.memory.threads.into()),
        ("connects", outcome.connects.into()),
        ("latency_us", percentiles_json(&outcome.latency)),
        ("latency_apart_us", percentiles_json(&outcome.apart)),
        (
            "latency_from_sending_us",
            percentiles_json(&outcome.service),
        ),
        ("lateness_us", percentiles_json(&outcome.lateness)),
        ("faults", Json::Map(faults.into())),
    ]) else {
        unreachable!("map makes a Map")
    };
    pairs.extend(numbers);
    Json::Map(pairs)
}
