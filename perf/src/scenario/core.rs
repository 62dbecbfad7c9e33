//! core: what the core library costs: small programs (perf/core), a fixed number of operations
//! each, by the processor time of the whole process less that of the same program without any.

use crate::options::{Options, root};
use crate::peers::{self, Peer, REFERENCE};
use crate::report::json::{Json, map};
use crate::report::stats::Spread;
use crate::report::{Record, bars, facts};
use std::process::Command;

/// A program, what it is told to do, how often, and the least ratio node/coring that we ask for.
struct Program {
    script: &'static str,
    variant: &'static str,
    operations: u64,
    ratio_min: f64,
}

const fn program(script: &'static str, variant: &'static str, operations: u64) -> Program {
    // Where Node's own way is costly (a handle or an event for each), we ask for more.
    let ratio_min = match script.as_bytes() {
        b"pipeline" | b"timers" | b"async-local-storage" => 1.5,
        b"crypto-hash" | b"crypto-random" | b"crypto-cipher" | b"crypto-token" => 1.0,
        b"zlib-stream" => 1.0,
        _ => 0.9,
    };
    Program {
        script,
        variant,
        operations,
        ratio_min,
    }
}

const PROGRAMS: &[Program] = &[
    program("buffer-to-string", "utf8-plain-64", 4_000_000),
    program("buffer-to-string", "utf8-mixed-64", 3_000_000),
    program("buffer-to-string", "utf8-plain-65536", 60_000),
    program("buffer-to-string", "utf8-mixed-65536", 15_000),
    program("buffer-to-string", "latin1-plain-64", 4_000_000),
    program("buffer-to-string", "latin1-plain-65536", 60_000),
    program("buffer-to-string", "base64-plain-64", 4_000_000),
    program("buffer-to-string", "base64-plain-65536", 40_000),
    program("buffer-to-string", "hex-plain-64", 4_000_000),
    program("buffer-to-string", "hex-plain-65536", 20_000),
    program("buffer-from-string", "utf8-plain-64", 5_000_000),
    program("buffer-from-string", "utf8-mixed-64", 4_000_000),
    program("buffer-from-string", "utf8-plain-65536", 40_000),
    program("buffer-from-string", "utf8-mixed-65536", 10_000),
    program("buffer-from-string", "latin1-plain-64", 5_000_000),
    program("buffer-from-string", "latin1-plain-65536", 40_000),
    program("buffer-from-string", "base64-plain-64", 5_000_000),
    program("buffer-from-string", "base64-plain-65536", 40_000),
    program("buffer-from-string", "hex-plain-64", 4_000_000),
    program("buffer-from-string", "hex-plain-65536", 15_000),
    program("buffer-from-string", "utf8-plain-1048576", 2_000),
    program("buffer-json", "64", 150_000),
    program("buffer-json", "4096", 4_000),
    program("events-emit", "1", 60_000_000),
    program("events-emit", "3", 20_000_000),
    program("pipeline", "memory", 4_194_304),
    program("pipeline", "transform", 4_194_304),
    program("pipeline", "through", 4_194_304),
    program("pipeline", "generator", 1_048_576),
    program("pipeline", "file", 16_384),
    program("inspect", "plain", 200_000),
    program("inspect", "nested", 40_000),
    program("inspect", "class", 80_000),
    program("inspect", "array", 15_000),
    program("inspect", "map", 150_000),
    program("inspect", "error", 200_000),
    program("url-parse", "parse", 800_000),
    program("url-parse", "base", 800_000),
    program("url-parse", "query", 800_000),
    program("text-encoder", "encode-plain-64", 3_000_000),
    program("text-encoder", "encode-mixed-64", 2_000_000),
    program("text-encoder", "encode-plain-65536", 40_000),
    program("text-encoder", "encode-plain-1048576", 2_000),
    program("text-encoder", "into-plain-64", 5_000_000),
    program("text-decoder", "utf8-plain-64", 4_000_000),
    program("text-decoder", "utf8-mixed-64", 2_500_000),
    program("text-decoder", "utf8-plain-65536", 60_000),
    program("text-decoder", "utf8-mixed-65536", 15_000),
    program("text-decoder", "utf8-plain-64-stream", 2_000_000),
    program("text-decoder", "latin1-plain-65536", 60_000),
    program("structured-clone", "plain", 300_000),
    program("structured-clone", "nested", 20_000),
    program("structured-clone", "map", 200_000),
    program("timers", "timeout", 2_000_000),
    program("timers", "clear", 3_000_000),
    program("timers", "immediate", 6_000_000),
    program("timers", "tick", 10_000_000),
    program("timers", "argument", 10_000_000),
    program("timers", "microtask", 5_000_000),
    program("timers", "chain-immediate", 1_000_000),
    program("timers", "chain-tick", 10_000_000),
    program("async-local-storage", "run", 10_000_000),
    program("async-local-storage", "get", 100_000_000),
    program("async-local-storage", "await", 2_000_000),
    program("async-local-storage", "request", 500_000),
    program("web-streams", "create", 300_000),
    program("web-streams", "pipe", 400_000),
    program("performance", "now", 10_000_000),
    program("performance", "mark", 1_500_000),
    program("events-target", "dispatch", 6_000_000),
    program("events-target", "abort", 200_000),
    program("crypto-hash", "once-sha256-64", 3_000_000),
    program("crypto-hash", "made-sha256-64", 3_000_000),
    program("crypto-hash", "once-sha256-1024", 1_000_000),
    program("crypto-hash", "made-sha256-1048576", 1_000),
    program("crypto-hash", "once-sha512-64", 2_000_000),
    program("crypto-hash", "made-sha512-64", 2_000_000),
    program("crypto-hash", "once-sha512-1024", 500_000),
    program("crypto-hash", "made-sha512-1048576", 500),
    program("crypto-random", "uuid", 5_000_000),
    program("crypto-random", "uuid-read", 1_000_000),
    program("crypto-random", "16", 1_000_000),
    program("crypto-cipher", "seal-64", 300_000),
    program("crypto-cipher", "seal-16384", 100_000),
    program("crypto-cipher", "open-16384", 100_000),
    program("crypto-token", "hs256-sign", 300_000),
    program("crypto-token", "hs256-verify", 300_000),
    program("crypto-token", "es256-sign", 20_000),
    program("crypto-token", "es256-verify", 15_000),
    program("zlib-stream", "Gzip", 500),
    program("zlib-stream", "Gunzip", 3_000),
    program("zlib-stream", "Deflate", 500),
    program("zlib-stream", "Inflate", 3_000),
    program("zlib-stream", "BrotliCompress", 500),
    program("zlib-stream", "BrotliDecompress", 3_000),
    program("zlib-stream", "ZstdCompress", 2_000),
    program("zlib-stream", "ZstdDecompress", 3_000),
];

impl Program {
    fn name(&self) -> String {
        format!("{} {}", self.script, self.variant)
    }
}

/// Seconds of processor time of one peer, round by round.
#[derive(Default)]
struct Times {
    start: Vec<f64>,
    whole: Vec<f64>,
}

impl Times {
    /// Nanoseconds an operation in each round.
    fn operation_ns(&self, operations: u64) -> Vec<f64> {
        let rounds = self.whole.iter().zip(&self.start);
        // Of a program that does next to nothing a hundredth is what the clock can tell apart.
        let seconds = rounds.map(|(whole, start)| (whole - start).max(whole / 100.0));
        seconds.map(|s| s * 1e9 / operations as f64).collect()
    }
}

pub fn run(options: &Options, record: &Record) -> Result<(), String> {
    let peers = peers::choose(options)?;
    let facts = facts::facts(options, &peers);
    let asked = |program: &&Program| {
        let name = program.name();
        options.names.is_empty() || options.names.iter().any(|part| name.contains(part))
    };
    let programs: Vec<&Program> = PROGRAMS.iter().filter(asked).collect();
    if programs.is_empty() {
        return Err("no program has such a name".into());
    }
    let mut rows = vec![vec![
        "program".to_string(),
        format!("{} ns/op", peers[0].name),
    ]];
    let others = peers[1..].iter().map(|peer| peer.name);
    rows[0].extend(others.map(|name| format!("{name} / {}", peers[0].name)));
    rows[0].push("asked".into());
    let mut results = Vec::new();
    for program in programs {
        let times = measure(options, &peers, program)?;
        let (row, result) = compare(&peers, program, &times);
        println!("{}", row.join("  "));
        rows.push(row);
        results.push(result);
    }
    record.table("core, ratios of processor time: median [min .. max]", rows);
    let json = map([
        ("scenario", "core".into()),
        ("facts", facts.clone()),
        ("results", results.into()),
    ]);
    record.json(&facts, &json)
}

/// All peers in turn, round after round.
fn measure(options: &Options, peers: &[Peer], program: &Program) -> Result<Vec<Times>, String> {
    let mut times: Vec<Times> = peers.iter().map(|_| Times::default()).collect();
    for _ in 0..options.reps {
        for (peer, times) in peers.iter().zip(&mut times) {
            times.start.push(once(peer, program, 0)?);
            times.whole.push(once(peer, program, program.operations)?);
        }
    }
    Ok(times)
}

/// One process: its processor time with all its threads, in seconds. Its answer is the number of
/// operations; a program with a wrong result gives none.
fn once(peer: &Peer, program: &Program, operations: u64) -> Result<f64, String> {
    let script = root().join(format!("perf/core/{}.js", program.script));
    let mut inner = peer.script(&script);
    inner.arg(program.variant).arg(operations.to_string());
    // The shell's `time` is getrusage of what it waited for: microseconds, where /proc has ticks.
    let mut outer = Command::new("bash");
    outer
        .args(["-c", "TIMEFORMAT='%3U %3S'; time \"$@\"", "time"])
        .arg(inner.get_program())
        .args(inner.get_args())
        .env("NO_COLOR", "1");
    let failed = |what: &str| format!("{}: {}: {what}", peer.name, program.name());
    let output = outer.output().map_err(|error| failed(&error.to_string()))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(failed(&errors));
    }
    let answer = String::from_utf8_lossy(&output.stdout);
    if answer.trim() != operations.to_string() {
        return Err(failed(&format!("answered {answer:?}")));
    }
    let last = errors.lines().last().unwrap_or_default();
    seconds(last).ok_or_else(|| failed("the shell gave no times"))
}

/// User and system time together, from a line such as `0.012 0.034`.
fn seconds(line: &str) -> Option<f64> {
    let (user, system) = line.split_once(' ')?;
    Some(user.parse::<f64>().ok()? + system.parse::<f64>().ok()?)
}

/// A row for the table and an entry of the record. Ratios are of one round each.
fn compare(peers: &[Peer], program: &Program, times: &[Times]) -> (Vec<String>, Json) {
    let all: Vec<Vec<f64>> = times
        .iter()
        .map(|times| times.operation_ns(program.operations))
        .collect();
    let own = Spread::of(all[0].iter().copied());
    let mut row = vec![program.name(), bars::short(own.median)];
    let mut entries = Vec::new();
    for (index, (peer, ns)) in peers.iter().zip(&all).enumerate() {
        let ratios = ns.iter().zip(&all[0]).map(|(other, own)| other / own);
        let ratio = Spread::of(ratios);
        if index > 0 {
            row.push(ratio.show(2));
        }
        let list = |values: &[f64]| Json::List(values.iter().map(|&v| v.into()).collect());
        entries.push(map([
            ("peer", peer.name.into()),
            ("ratio", ratio.median.into()),
            ("operation_ns", list(ns)),
            ("start_seconds", list(&times[index].start)),
        ]));
    }
    row.push(asked(peers, program, &all));
    let result = map([
        ("program", program.name().into()),
        ("operations", program.operations.into()),
        ("asked", program.ratio_min.into()),
        ("peers", entries.into()),
    ]);
    (row, result)
}

/// What is asked of the ratio to the reference, and whether it is below.
fn asked(peers: &[Peer], program: &Program, all: &[Vec<f64>]) -> String {
    let bound = program.ratio_min;
    let Some(node) = peers.iter().position(|peer| peer.name == REFERENCE) else {
        return format!("{bound}");
    };
    let ratios = all[node].iter().zip(&all[0]).map(|(node, own)| node / own);
    match Spread::of(ratios).median {
        ratio if ratio < bound => format!("{bound}: below"),
        _ => format!("{bound}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_the_shell_are_read() {
        assert_eq!(seconds("0.250 0.500"), Some(0.75));
        assert_eq!(seconds("bash: no such file"), None);
    }

    #[test]
    fn operations_are_measured_without_the_start() {
        let times = Times {
            start: vec![0.5, 2.0],
            whole: vec![1.5, 2.0],
        };
        assert_eq!(times.operation_ns(1000), [1e6, 2e4]);
    }
}
