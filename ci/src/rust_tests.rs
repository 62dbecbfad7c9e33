//! The Rust tests: cargo-nextest where it is installed, cargo test where it is not.

use crate::steps::{self, Tally};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

pub fn run(root: &Path) -> Tally {
    let mut tally = Tally::default();
    if has_nextest(root) {
        tally.add(counted(steps::cargo(
            root,
            &["nextest", "run", "--workspace", "--no-fail-fast"],
        )));
        // nextest leaves documentation tests out; the compile_fail ones guard the fences.
        tally.add(counted(steps::cargo(
            root,
            &["test", "--workspace", "--doc", "--no-fail-fast"],
        )));
    } else {
        tally.add(counted(steps::cargo(
            root,
            &["test", "--workspace", "--no-fail-fast"],
        )));
    }
    tally
}

fn has_nextest(root: &Path) -> bool {
    let mut command = steps::cargo(root, &["nextest", "--version"]);
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// Passes the output through and adds up the summaries in it. Both tools print theirs on a
/// line of its own, cargo test on stdout and nextest on stderr, so the two are joined by a shell.
fn counted(command: Command) -> Tally {
    let mut shell = joined(&command);
    let mut child = match shell.stdout(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(error) => {
            println!("cannot run the tests: {error}");
            return Tally::one(false);
        }
    };
    let mut tally = Tally::default();
    let output = child.stdout.take().expect("stdout was asked for as a pipe");
    for line in BufReader::new(output).split(b'\n') {
        let Ok(line) = line else { break };
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        tally.add(summary(&line));
    }
    let succeeded = child.wait().is_ok_and(|status| status.success());
    if !succeeded && tally.failed == 0 {
        // It did not even compile, or died between the tests.
        tally.failed = 1;
    }
    tally
}

fn joined(command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "exec \"$0\" \"$@\" 2>&1"])
        .arg(command.get_program());
    shell.args(command.get_args()).stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    shell
}

/// The counts of one summary line:
/// `test result: ok. 3 passed; 0 failed; ...` or
/// `     Summary [   0.1s] 12 tests run: 11 passed (1 slow), 1 failed, 0 skipped`.
fn summary(line: &str) -> Tally {
    let line = plain(line);
    let is_summary = line.starts_with("test result:") || line.trim_start().starts_with("Summary [");
    if !is_summary {
        return Tally::default();
    }
    let before = |word: &str| {
        let at = line.find(word)?;
        line[..at]
            .trim_end()
            .rsplit([' ', ','])
            .next()?
            .parse::<u32>()
            .ok()
    };
    let timed_out = before("timed out").unwrap_or(0);
    let failed = before("failed").unwrap_or(0) + timed_out;
    Tally {
        passed: before("passed").unwrap_or(0),
        failed,
    }
}

/// The line without terminal colours.
fn plain(line: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in line.chars() {
        match c {
            '\u{1b}' => inside = true,
            'm' if inside => inside = false,
            _ if inside => {}
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_are_read() {
        let check = |line: &str, passed: u32, failed: u32| {
            assert_eq!(summary(line), Tally { passed, failed }, "for {line}");
        };
        check(
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured",
            3,
            0,
        );
        check("test result: FAILED. 3 passed; 2 failed; 0 ignored", 3, 2);
        check(
            "     Summary [   0.103s] 12 tests run: 12 passed, 0 skipped",
            12,
            0,
        );
        check(
            "     Summary [   1.0s] 9 tests run: 7 passed (1 slow), 2 failed, 0 skipped",
            7,
            2,
        );
        check(
            "     Summary [   1.0s] 9 tests run: 7 passed, 1 timed out, 0 skipped",
            7,
            1,
        );
        check(
            "\u{1b}[32;1m     Summary\u{1b}[0m [ 0.1s] 2 tests run: 2 passed",
            2,
            0,
        );
        check("it passed; then failed", 0, 0);
    }
}
