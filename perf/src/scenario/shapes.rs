//! Programs that measure themselves, operation by operation: perf/files, perf/clients and perf/tls.
//! One process a measurement, on one processor; the peers take turns. The process counts its own
//! time, and what it says is held against what the kernel charged it for its whole life.

use crate::options::{Options, root};
use crate::peers::{self, Peer, REFERENCE};
use crate::process;
use crate::report::json::{Json, map};
use crate::report::stats::Spread;
use crate::report::{Record, Standing, facts, ratio, same_rounds, show_ratio};
use std::process::Stdio;

const RUNNER: &str = "perf/files/run.js";

/// A shape of a shapes.js, and how many times as many operations per second of processor time as
/// node26 are asked for.
pub struct Shape {
    pub name: &'static str,
    pub asked: f64,
    pub says: &'static str,
}

pub const fn shape(name: &'static str, asked: f64, says: &'static str) -> Shape {
    Shape { name, asked, says }
}

/// The program knows all shapes by their names.
#[cfg(test)]
pub fn assert_known(shapes: &[Shape], program: &str) {
    for Shape { name, .. } in shapes {
        assert!(program.contains(&format!("'{name}':")), "{name}");
    }
}

/// Shapes of one file; `place` is what they are told of where to work.
pub struct Suite<'a> {
    pub name: &'static str,
    pub file: &'static str,
    pub shapes: &'static [Shape],
    pub place: &'a str,
}

/// What one process said.
struct Sample {
    peer: usize,
    rep: usize,
    shape: usize,
    operations: f64,
    wall_us: f64,
    user_us: f64,
    system_us: f64,
}

impl Sample {
    fn cpu_per_operation(&self) -> f64 {
        (self.user_us + self.system_us) / self.operations
    }

    fn wall_per_operation(&self) -> f64 {
        self.wall_us / self.operations
    }
}

pub fn run(options: &Options, suite: &Suite, record: &Record) -> Result<(), String> {
    let peers = peers::choose(options)?;
    let facts = facts::facts(options, &peers);
    let shapes = chosen(options, suite)?;
    let mut samples = Vec::new();
    for (index, shape) in shapes.iter().enumerate() {
        for rep in 0..options.reps {
            for (peer, who) in peers.iter().enumerate() {
                let sample = match measure(options, who, suite, shape, [peer, rep, index]) {
                    Ok(sample) => sample,
                    // A peer that cannot do it is left out of the table, and the others go on.
                    Err(reason) if who.name != "coring" => {
                        record.warning(&reason);
                        continue;
                    }
                    Err(reason) => return Err(reason),
                };
                println!(
                    "rep {} {:7} {:20} {:9.2} CPU us, {:9.2} us",
                    rep + 1,
                    who.name,
                    shape.name,
                    sample.cpu_per_operation(),
                    sample.wall_per_operation()
                );
                samples.push(sample);
            }
        }
    }
    Run {
        suite,
        peers: &peers,
        shapes: &shapes,
        samples: &samples,
    }
    .report(facts, record)
}

/// No names are all names; else it is enough to have one of them as a part.
pub fn is_wanted(options: &Options, name: &str) -> bool {
    let names = &options.names;
    names.is_empty() || names.iter().any(|part| name.contains(part.as_str()))
}

fn chosen(options: &Options, suite: &Suite) -> Result<Vec<&'static Shape>, String> {
    let shapes = suite.shapes.iter();
    let shapes: Vec<_> = shapes
        .filter(|shape| is_wanted(options, shape.name))
        .collect();
    if shapes.is_empty() {
        return Err(format!(
            "no shape has {} in its name",
            options.names.join(" or ")
        ));
    }
    Ok(shapes)
}

fn measure(
    options: &Options,
    peer: &Peer,
    suite: &Suite,
    shape: &Shape,
    at: [usize; 3],
) -> Result<Sample, String> {
    let mut command = peer.script(&root().join(RUNNER));
    command.arg(
        root()
            .canonicalize()
            .unwrap_or_else(|_| root())
            .join(suite.file),
    );
    command.arg(shape.name).arg(suite.place);
    command.arg(options.measured.as_secs_f64().to_string());
    command.arg(options.warm_up.as_secs_f64().to_string());
    let mut command = peers::pinned(&command, options.server_cpu);
    let before = process::cpu_time(&[std::process::id()]);
    let output = command
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .and_then(std::process::Child::wait_with_output)
        .map_err(|error| format!("{}: {error}", peer.name))?;
    let charged = process::cpu_time(&[std::process::id()]).since(&before);
    let text = String::from_utf8_lossy(&output.stdout);
    let failed = || format!("{} {}: {} {text}", peer.name, shape.name, output.status);
    let number = |name: &str| field(&text, name).ok_or_else(failed);
    let sample = Sample {
        peer: at[0],
        rep: at[1],
        shape: at[2],
        operations: number("operations")?,
        wall_us: number("wallUs")?,
        user_us: number("userUs")?,
        system_us: number("systemUs")?,
    };
    let told = sample.user_us + sample.system_us;
    if !output.status.success() || told > charged.total_us() + 2.0 * process::TICK_US {
        return Err(format!(
            "{}; the kernel charged {:.0} us",
            failed(),
            charged.total_us()
        ));
    }
    Ok(sample)
}

/// A number of the one flat object that run.js prints.
fn field(text: &str, name: &str) -> Option<f64> {
    let (_, rest) = text.split_once(&format!("\"{name}\":"))?;
    rest.split([',', '}']).next()?.trim().parse().ok()
}

struct Run<'a> {
    suite: &'a Suite<'a>,
    peers: &'a [Peer],
    shapes: &'a [&'static Shape],
    samples: &'a [Sample],
}

impl Run<'_> {
    fn of(&self, peer: usize, shape: usize) -> impl Iterator<Item = &Sample> + Clone {
        self.samples
            .iter()
            .filter(move |sample| sample.peer == peer && sample.shape == shape)
    }

    fn spread(&self, peer: usize, shape: usize, value: fn(&Sample) -> f64) -> Spread {
        Spread::of(self.of(peer, shape).map(value))
    }

    fn report(&self, facts: Json, record: &Record) -> Result<(), String> {
        for (index, shape) in self.shapes.iter().enumerate() {
            let caption = format!("{}: {}; asked: x{}", shape.name, shape.says, shape.asked);
            record.table(&caption, self.rows(index));
            self.stand(record, index);
        }
        record.words(&format!(
            "microseconds an operation, median [least .. greatest]; x is how many times as many \
             operations as {REFERENCE} in the same time."
        ));
        let results = self.samples.iter().map(|sample| {
            map([
                ("peer", self.peers[sample.peer].name.into()),
                ("shape", self.shapes[sample.shape].name.into()),
                ("rep", (sample.rep as u64 + 1).into()),
                ("operations", sample.operations.into()),
                ("wall_us", sample.wall_us.into()),
                ("user_us", sample.user_us.into()),
                ("system_us", sample.system_us.into()),
            ])
        });
        let json = map([
            ("scenario", self.suite.name.into()),
            ("facts", facts.clone()),
            ("results", results.collect::<Vec<_>>().into()),
        ]);
        record.json(&facts, &json)
    }

    fn rows(&self, shape: usize) -> Vec<Vec<String>> {
        let head = ["peer", "CPU us", "x", "wall us", "x", "user", "kernel"];
        let mut rows = vec![head.map(str::to_string).to_vec()];
        for (peer, who) in self.peers.iter().enumerate() {
            if self.of(peer, shape).next().is_none() {
                continue;
            }
            let median = |value| format!("{:.2}", self.spread(peer, shape, value).median);
            rows.push(vec![
                who.name.to_string(),
                self.spread(peer, shape, Sample::cpu_per_operation).show(2),
                self.ratio(peer, shape, Sample::cpu_per_operation),
                self.spread(peer, shape, Sample::wall_per_operation).show(2),
                self.ratio(peer, shape, Sample::wall_per_operation),
                median(|sample| sample.user_us / sample.operations),
                median(|sample| sample.system_us / sample.operations),
            ]);
        }
        rows
    }

    /// How many times as many operations as the reference, round by round.
    fn ratio(&self, peer: usize, shape: usize, value: fn(&Sample) -> f64) -> String {
        let reference = self.peers.iter().position(|peer| peer.name == REFERENCE);
        show_ratio(reference.and_then(|other| self.paired([other, peer], shape, value)))
    }

    /// Of the rounds in which both could do it.
    fn paired(
        &self,
        [over, under]: [usize; 2],
        shape: usize,
        value: fn(&Sample) -> f64,
    ) -> Option<Spread> {
        let samples = [over, under].map(|peer| self.of(peer, shape));
        ratio(&same_rounds(samples, |sample| sample.rep), value)
    }

    fn stand(&self, record: &Record, shape: usize) {
        let Some(own) = self.peers.iter().position(|peer| peer.name == "coring") else {
            return;
        };
        for (peer, who) in self
            .peers
            .iter()
            .enumerate()
            .filter(|(peer, _)| *peer != own)
        {
            let cpu = Sample::cpu_per_operation;
            if let Some(ratio) = self.paired([peer, own], shape, cpu) {
                record.standing(Standing {
                    what: format!("{} {}", self.suite.name, self.shapes[shape].name),
                    figure: "CPU time",
                    peer: who.name,
                    ratio,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_that_one_has_missed_counts_for_neither() {
        let at = |peer: usize, rep: usize, user_us: f64| Sample {
            peer,
            rep,
            shape: 0,
            operations: 1.0,
            wall_us: 0.0,
            user_us,
            system_us: 0.0,
        };
        let suite = Suite {
            name: "",
            file: "",
            shapes: &[],
            place: "",
        };
        let samples = [
            at(0, 0, 2.0),
            at(1, 0, 1.0),
            at(1, 1, 7.0),
            at(0, 2, 9.0),
            at(1, 2, 3.0),
        ];
        let run = Run {
            suite: &suite,
            peers: &[],
            shapes: &[],
            samples: &samples,
        };
        let ratio = run.paired([0, 1], 0, Sample::cpu_per_operation);
        assert_eq!(ratio, Some(Spread::of([2.0, 3.0])));
        assert_eq!(run.paired([0, 2], 0, Sample::cpu_per_operation), None);
    }

    #[test]
    fn fields_of_what_a_process_says() {
        let text = "{\"operations\":12,\"wallUs\":3.5}\n";
        assert_eq!(field(text, "operations"), Some(12.0));
        assert_eq!(field(text, "wallUs"), Some(3.5));
        assert_eq!(field(text, "userUs"), None);
    }
}
