//! The tables, the record and the plots of a served scenario.

use super::serve::{Phase, REFERENCE, Rate, Sample, Scenario};
use crate::load::new_histogram;
use crate::peers::Peer;
use crate::report::json::{Json, map};
use crate::report::stats::Spread;
use crate::report::{Record, bars, histogram_json, percentiles, percentiles_json, table};
use hdrhistogram::Histogram;

/// Above this share of its time the generator itself limits what is measured.
const GENERATOR_BUSY_MAX: f64 = 0.9;
/// Below this share of its processor the server was not what limited the ceiling.
const SERVER_BUSY_MIN: f64 = 0.95;
const STOLEN_MAX: f64 = 0.01;
const LATENESS_P99_US_MAX: f64 = 100.0;

pub struct Run<'a> {
    pub scenario: &'a Scenario,
    pub peers: &'a [Peer],
    pub samples: &'a [Sample],
    /// Requests a second from which the rates were taken.
    pub ceiling: f64,
    pub facts: Json,
}

impl Run<'_> {
    pub fn report(&self, record: &Record) -> Result<(), String> {
        for (index, phase) in self.scenario.phases.iter().enumerate() {
            println!(
                "\n{}, {}: {}",
                self.scenario.name,
                phase.name,
                self.says(phase)
            );
            print!("{}", table(&self.rows(index, phase)));
        }
        println!("\nmedian [min .. max] of the repetitions; x is the ratio to {REFERENCE}.");
        for warning in self.warnings() {
            println!("warning: {warning}");
        }
        record.write(".json", &self.json().pretty())?;
        for (index, phase) in self.scenario.phases.iter().enumerate() {
            self.write_plots(record, index, phase)?;
        }
        Ok(())
    }

    fn says(&self, phase: &Phase) -> String {
        match phase.rate {
            Rate::Ceiling => phase.says.to_string(),
            Rate::Part(part) => format!("{}, {:.0} req/s", phase.says, self.ceiling * part),
        }
    }

    fn of(&self, peer: usize, phase: usize) -> impl Iterator<Item = &Sample> {
        self.samples
            .iter()
            .filter(move |sample| sample.peer == peer && sample.phase == phase)
    }

    fn spread(&self, peer: usize, phase: usize, value: impl Fn(&Sample) -> f64) -> Spread {
        Spread::of(self.of(peer, phase).map(value))
    }

    /// How a peer's median stands to the reference's.
    fn ratio(&self, peer: usize, phase: usize, value: impl Fn(&Sample) -> f64 + Copy) -> String {
        let reference = self.peers.iter().position(|peer| peer.name == REFERENCE);
        let Some(reference) = reference else {
            return "-".into();
        };
        let own = self.spread(peer, phase, value).median;
        format!("x{:.2}", own / self.spread(reference, phase, value).median)
    }

    fn rows(&self, phase: usize, what: &Phase) -> Vec<Vec<String>> {
        let mut head = vec!["peer", "req/s", "x", "CPU us/req", "x", "user", "kernel"];
        head.extend([
            "p50 us",
            "p99 us",
            "x",
            "p99.9 us",
            "RSS MiB",
            "busy",
            "load busy",
            "faults",
        ]);
        if what.rate != Rate::Ceiling {
            head.push("late p99 us");
        }
        let mut rows = vec![head.into_iter().map(str::to_string).collect()];
        for (peer, who) in self.peers.iter().enumerate() {
            let rate = |sample: &Sample| sample.outcome.per_second();
            let part = |us: f64, sample: &Sample| us / sample.outcome.completed.max(1) as f64;
            let show = |decimals: usize, value: &dyn Fn(&Sample) -> f64| {
                self.spread(peer, phase, value).show(decimals)
            };
            let median = |decimals: usize, value: &dyn Fn(&Sample) -> f64| {
                format!("{:.decimals$}", self.spread(peer, phase, value).median)
            };
            let mut row = vec![
                who.name.to_string(),
                show(0, &rate),
                self.ratio(peer, phase, rate),
                show(2, &Sample::cpu_per_request),
                self.ratio(peer, phase, Sample::cpu_per_request),
                median(2, &|sample| part(sample.cpu.user_us, sample)),
                median(2, &|sample| part(sample.cpu.system_us, sample)),
                median(0, &|sample| latency_us(sample, 50.0)),
                show(0, &|sample| latency_us(sample, 99.0)),
                self.ratio(peer, phase, |sample| latency_us(sample, 99.0)),
                median(0, &|sample| latency_us(sample, 99.9)),
                median(1, &|sample| {
                    sample.memory.resident_bytes as f64 / 1_048_576.0
                }),
                median(2, &|sample| sample.server_busy),
                median(2, &|sample| sample.outcome.busy),
                self.of(peer, phase)
                    .map(|s| s.outcome.faults.total())
                    .sum::<u64>()
                    .to_string(),
            ];
            if what.rate != Rate::Ceiling {
                row.push(median(0, &lateness_us));
            }
            rows.push(row);
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
                    "{words} (worst {value:.2}) in {count} of {all} phases"
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
            "the generator was the bottleneck, busy share",
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
        let stolen = self.samples.iter().map(|sample| sample.stolen);
        let stolen = stolen.filter(|&share| share > STOLEN_MAX).collect();
        warn(
            stolen,
            f64::max,
            "the hypervisor took processor time, share",
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

    fn is_ceiling(&self, sample: &Sample) -> bool {
        self.scenario.phases[sample.phase].rate == Rate::Ceiling
    }

    fn merged(&self, peer: usize, phase: usize) -> Histogram<u64> {
        let mut sum = new_histogram();
        for sample in self.of(peer, phase) {
            sum.add(&sample.outcome.latency)
                .expect("all histograms have the same bounds");
        }
        sum
    }

    fn write_plots(&self, record: &Record, index: usize, phase: &Phase) -> Result<(), String> {
        let below = self.says(phase);
        let peers = || self.peers.iter().enumerate();
        let cpu = peers()
            .map(|(peer, who)| (who.name, self.spread(peer, index, Sample::cpu_per_request)));
        let title = format!("{}: processor time for each request", self.scenario.name);
        let chart = bars::chart(&title, &below, "us", &cpu.collect::<Vec<_>>());
        record.write(&format!("-{}-cpu.svg", phase.name), &chart)?;
        if phase.rate == Rate::Ceiling {
            let rate = peers().map(|(peer, who)| {
                (
                    who.name,
                    self.spread(peer, index, |sample| sample.outcome.per_second()),
                )
            });
            let title = format!("{}: requests a second on one core", self.scenario.name);
            let chart = bars::chart(&title, &below, "", &rate.collect::<Vec<_>>());
            return record.write(&format!("-{}-rate.svg", phase.name), &chart);
        }
        let merged: Vec<_> = peers()
            .map(|(peer, who)| (who.name, self.merged(peer, index)))
            .collect();
        let lines: Vec<_> = merged
            .iter()
            .map(|(name, histogram)| (*name, histogram))
            .collect();
        let title = format!("{}: latency by percentile", self.scenario.name);
        let plot = percentiles::plot(&title, &below, &lines);
        record.write(&format!("-{}-latency.svg", phase.name), &plot)
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
        map([
            ("scenario", self.scenario.name.into()),
            ("facts", self.facts.clone()),
            ("reference_per_second", self.ceiling.into()),
            ("results", results.into()),
            ("histograms", histograms.into()),
        ])
    }
}

fn latency_us(sample: &Sample, percent: f64) -> f64 {
    sample.outcome.latency.value_at_quantile(percent / 100.0) as f64 / 1000.0
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
        ("stolen", sample.stolen.into()),
        ("resident_bytes", sample.memory.resident_bytes.into()),
        (
            "resident_peak_bytes",
            sample.memory.resident_peak_bytes.into(),
        ),
        ("threads", sample.memory.threads.into()),
        ("connects", outcome.connects.into()),
        ("latency_us", percentiles_json(&outcome.latency)),
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
