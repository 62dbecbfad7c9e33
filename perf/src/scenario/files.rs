//! files: what programs do with files (perf/files/shapes.js), operation by operation. One process a
//! measurement, on one processor; the peers take turns. The process counts its own time, and what
//! it says is held against what the kernel charged it for its whole life.

use crate::options::{Options, root};
use crate::peers::{self, Peer};
use crate::process;
use crate::report::json::{Json, map};
use crate::report::stats::Spread;
use crate::report::{Record, facts, table};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

const REFERENCE: &str = "node26";
const RUNNER: &str = "perf/files/run.js";

/// A shape of perf/files/shapes.js, and how many times as many operations per second of processor
/// time as node26 are asked for.
struct Shape {
    name: &'static str,
    asked: f64,
    says: &'static str,
}

const SHAPES: &[Shape] = &[
    shape("read-4k-1", 2.5, "readFile of 4 KiB, one after the other"),
    shape("read-4k-16", 2.5, "readFile of 4 KiB, 16 at once"),
    shape("read-4k-128", 2.5, "readFile of 4 KiB, 128 at once"),
    shape(
        "read-4k-callback-16",
        2.5,
        "the same, 16 at once, with callbacks",
    ),
    shape("read-text-16", 2.5, "readFile of 4 KiB as text, 16 at once"),
    shape("read-1m-4", 1.6, "readFile of 1 MiB, 4 at once"),
    shape(
        "random-4k-128",
        4.5,
        "4 KiB anywhere of an open file, 128 at once",
    ),
    shape("write-4k-16", 3.0, "writeFile of 4 KiB, 16 at once"),
    shape("stat-256", 2.5, "stat of 256 files at once"),
    shape("readdir-1", 1.5, "readdir of 256 names"),
    shape("readdir-32", 1.5, "readdir of 32 names"),
    shape(
        "readdir-types-1",
        1.5,
        "readdir of 256 names with their types",
    ),
    shape(
        "copy-1g",
        1.0,
        "1 GiB through two streams; an operation is 64 KiB",
    ),
    shape(
        "rm-10k",
        1.0,
        "rm -r of 10 000 files; an operation is a file",
    ),
];

const fn shape(name: &'static str, asked: f64, says: &'static str) -> Shape {
    Shape { name, asked, says }
}

/// What one process said.
struct Sample {
    peer: usize,
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

pub fn run(options: &Options) -> Result<(), String> {
    let peers = peers::choose(options)?;
    let facts = facts::facts(options, &peers);
    let record = Record::open(options, "files")?;
    let shapes = chosen(options)?;
    let folder = Folder::new()?;
    let mut samples = Vec::new();
    for (index, shape) in shapes.iter().enumerate() {
        for rep in 0..options.reps {
            for (peer, who) in peers.iter().enumerate() {
                let sample = measure(options, who, shape, &folder.0, [peer, index])?;
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
        peers: &peers,
        shapes: &shapes,
        samples: &samples,
    }
    .report(facts, &record)
}

fn chosen(options: &Options) -> Result<Vec<&'static Shape>, String> {
    let wanted = |shape: &&Shape| {
        options.names.is_empty()
            || options
                .names
                .iter()
                .any(|part| shape.name.contains(part.as_str()))
    };
    let shapes: Vec<_> = SHAPES.iter().filter(wanted).collect();
    if shapes.is_empty() {
        return Err(format!(
            "no shape has {} in its name",
            options.names.join(" or ")
        ));
    }
    Ok(shapes)
}

/// The files that all peers read, see shapes.js; removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Folder, String> {
        let path = std::env::temp_dir().join(format!("coring-perf-files-{}", std::process::id()));
        let folder = Folder(path);
        folder
            .fill()
            .map_err(|error| format!("{}: {error}", folder.0.display()))?;
        Ok(folder)
    }

    fn fill(&self) -> std::io::Result<()> {
        for (name, count) in [("small", 256), ("few", 32)] {
            fs::create_dir_all(self.0.join(name))?;
            for index in 0..count {
                fs::write(self.0.join(format!("{name}/file-{index}")), vec![7; 4096])?;
            }
        }
        let mebibyte = vec![7; 1 << 20];
        for (name, mebibytes) in [("large", 1), ("wide", 64), ("huge", 1024)] {
            let mut file = fs::File::create(self.0.join(name))?;
            for _ in 0..mebibytes {
                file.write_all(&mebibyte)?;
            }
            // Written out now: the disk is not to be busy with it while something is measured.
            file.sync_all()?;
        }
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("left behind: {}: {error}", self.0.display());
        }
    }
}

fn measure(
    options: &Options,
    peer: &Peer,
    shape: &Shape,
    folder: &Path,
    [peer_index, shape_index]: [usize; 2],
) -> Result<Sample, String> {
    let mut command = peer.script(&root().join(RUNNER));
    command.arg(shape.name).arg(folder);
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
        peer: peer_index,
        shape: shape_index,
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
    peers: &'a [Peer],
    shapes: &'a [&'static Shape],
    samples: &'a [Sample],
}

impl Run<'_> {
    fn of(&self, peer: usize, shape: usize) -> impl Iterator<Item = &Sample> {
        self.samples
            .iter()
            .filter(move |sample| sample.peer == peer && sample.shape == shape)
    }

    fn spread(&self, peer: usize, shape: usize, value: fn(&Sample) -> f64) -> Spread {
        Spread::of(self.of(peer, shape).map(value))
    }

    fn report(&self, facts: Json, record: &Record) -> Result<(), String> {
        for (index, shape) in self.shapes.iter().enumerate() {
            println!("\n{}: {}; asked: x{}", shape.name, shape.says, shape.asked);
            print!("{}", table(&self.rows(index)));
        }
        println!(
            "\nmicroseconds an operation, median [least .. greatest]; x is how many times as many \
             operations as {REFERENCE} in the same time."
        );
        let results = self.samples.iter().map(|sample| {
            map([
                ("peer", self.peers[sample.peer].name.into()),
                ("shape", self.shapes[sample.shape].name.into()),
                ("operations", sample.operations.into()),
                ("wall_us", sample.wall_us.into()),
                ("user_us", sample.user_us.into()),
                ("system_us", sample.system_us.into()),
            ])
        });
        let json = map([
            ("scenario", "files".into()),
            ("facts", facts),
            ("results", results.collect::<Vec<_>>().into()),
        ]);
        record.write(".json", &json.pretty())
    }

    fn rows(&self, shape: usize) -> Vec<Vec<String>> {
        let head = ["peer", "CPU us", "x", "wall us", "x", "user", "kernel"];
        let mut rows = vec![head.map(str::to_string).to_vec()];
        for (peer, who) in self.peers.iter().enumerate() {
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

    fn ratio(&self, peer: usize, shape: usize, value: fn(&Sample) -> f64) -> String {
        let reference = self.peers.iter().position(|peer| peer.name == REFERENCE);
        let Some(reference) = reference else {
            return "-".into();
        };
        let own = self.spread(peer, shape, value).median;
        format!("x{:.2}", self.spread(reference, shape, value).median / own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_what_a_process_says() {
        let text = "{\"operations\":12,\"wallUs\":3.5}\n";
        assert_eq!(field(text, "operations"), Some(12.0));
        assert_eq!(field(text, "wallUs"), Some(3.5));
        assert_eq!(field(text, "userUs"), None);
    }

    #[test]
    fn each_shape_is_in_the_program() {
        let program = include_str!("../../files/shapes.js");
        for shape in SHAPES {
            assert!(
                program.contains(&format!("'{}':", shape.name)),
                "{}",
                shape.name
            );
        }
    }
}
