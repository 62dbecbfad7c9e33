//! Running one step: a command, its time, and how many tests it says it ran.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// What a step found: tests that passed and tests that failed. A plain check counts as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u32,
    pub failed: u32,
}

impl Tally {
    pub fn one(passed: bool) -> Tally {
        Tally {
            passed: passed.into(),
            failed: (!passed).into(),
        }
    }

    pub fn add(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// The root of the repository. Cargo says where this crate is; a bare binary asks the folder.
pub fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    match here.as_deref().and_then(Path::parent) {
        Some(root) => root.to_path_buf(),
        None => PathBuf::from("."),
    }
}

/// Where cargo puts what it builds.
pub fn target(root: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(target) => root.join(target),
        None => root.join("target"),
    }
}

/// Prints the line that opens a step, and the line that closes it with its seconds.
pub fn timed(name: &str, run: impl FnOnce() -> Tally) -> Tally {
    println!("=== {name}");
    let start = Instant::now();
    let tally = run();
    let seconds = start.elapsed().as_secs_f64();
    let verdict = if tally.failed == 0 { "ok" } else { "FAILED" };
    println!("=== {name}: {verdict}, {seconds:.1} s");
    tally
}

/// The cargo that runs us, without what it told us about our own crate.
pub fn cargo(root: &Path, arguments: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .current_dir(root)
        .args(arguments)
        .stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&*name);
        }
    }
    command
}

/// Runs a command whose output goes straight to ours; it is one check.
pub fn check(mut command: Command) -> Tally {
    Tally::one(match command.status() {
        Ok(status) => status.success(),
        Err(error) => {
            println!("cannot run {:?}: {error}", command.get_program());
            false
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tallies_add_up() {
        let mut sum = Tally::one(true);
        sum.add(Tally::one(false));
        sum.add(Tally {
            passed: 2,
            failed: 3,
        });
        assert_eq!(
            sum,
            Tally {
                passed: 3,
                failed: 4
            }
        );
    }

    #[test]
    fn a_command_that_is_missing_fails() {
        assert_eq!(
            check(Command::new("no-such-program-here")),
            Tally::one(false)
        );
        assert_eq!(check(Command::new("true")), Tally::one(true));
        assert_eq!(check(Command::new("false")), Tally::one(false));
    }
}
