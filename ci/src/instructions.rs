//! `cargo ci bench ROOM --instructions`: how many instructions one iteration of each benchmark
//! takes, by callgrind. Times are noisy where others work; these are not. What is counted is all
//! inside criterion's `iter`, which runs its closure once in test mode: caches are cold, counts are
//! not.

use crate::steps::{Tally, cargo, target};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const INSIDE: &str = "--toggle-collect=criterion::bencher::Bencher*::iter*";

pub fn run(root: &Path, room: &str) -> Tally {
    match count_all(root, room) {
        Ok(counted) => {
            println!("{:>14}  benchmark", "instructions");
            for (name, count) in &counted {
                let count = count.map_or("-".to_string(), |count| count.to_string());
                println!("{count:>14}  {name}");
            }
            Tally::one(counted.iter().any(|(_, count)| count.is_some()))
        }
        Err(reason) => {
            println!("bench: {reason}");
            Tally::one(false)
        }
    }
}

fn count_all(root: &Path, room: &str) -> Result<Vec<(String, Option<u64>)>, String> {
    let program = build(root, room)?;
    let listed = Command::new(&program)
        .args(["--bench", "--list"])
        .output()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    let names = names(&String::from_utf8_lossy(&listed.stdout));
    let counted = names.into_iter().map(|name| {
        let count = count(root, &program, &name)?;
        Ok((name, count))
    });
    counted.collect()
}

/// The newest program that cargo has made of the room.
fn build(root: &Path, room: &str) -> Result<PathBuf, String> {
    let words = ["bench", "-p", "coring-benches", "--bench", room, "--no-run"];
    let mut command = cargo(root, &words);
    let output = command.stderr(Stdio::piped()).output();
    let output = output.map_err(|error| format!("cargo: {error}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(text.into_owned());
    }
    executable(&text)
        .map(|path| root.join(path))
        .ok_or(text.into_owned())
}

/// Of cargo's line `Executable benches/x.rs (target/release/deps/x-0123)`.
fn executable(text: &str) -> Option<PathBuf> {
    let line = text
        .lines()
        .rev()
        .find(|line| line.contains("Executable"))?;
    let (_, rest) = line.rsplit_once('(')?;
    Some(PathBuf::from(rest.trim_end().strip_suffix(')')?))
}

/// Lines of criterion such as `head/hello: benchmark`.
fn names(list: &str) -> Vec<String> {
    let names = list
        .lines()
        .filter_map(|line| line.strip_suffix(": benchmark"));
    names.map(str::to_string).collect()
}

fn count(root: &Path, program: &Path, name: &str) -> Result<Option<u64>, String> {
    let out = target(root).join("callgrind.out");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", INSIDE])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(program)
        .args(["--bench", "--test", "--exact", name])
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    Ok(collected(&String::from_utf8_lossy(&output.stderr)))
}

/// Of callgrind's last line `==1== Collected : 1234`: those before it are of children, for
/// criterion asks whether there is a gnuplot. Nothing collected: valgrind does not know a system
/// call that the benchmark makes, as those of the ring.
fn collected(text: &str) -> Option<u64> {
    let line = text
        .lines()
        .rev()
        .find(|line| line.contains("Collected :"))?;
    let count = line.rsplit(':').next()?.trim().parse().ok()?;
    (count > 0).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tools_print_is_read() {
        let cargo =
            "   Compiling x\n  Executable benches/codec.rs (target/release/deps/codec-1f)\n";
        assert_eq!(
            executable(cargo),
            Some(PathBuf::from("target/release/deps/codec-1f"))
        );
        assert_eq!(executable("error: no bench"), None);
        assert_eq!(
            names("a/b: benchmark\nc d: benchmark\n2 benchmarks\n"),
            ["a/b", "c d"]
        );
        let child = "==8== Collected : 0\n";
        let both = format!("{child}==9== Collected : 4711\n");
        assert_eq!(collected(&both), Some(4711));
        assert_eq!(collected("==9== Collected : 0\n"), None);
        assert_eq!(collected(""), None);
    }
}
