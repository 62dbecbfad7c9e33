//! What hostile clients do, and programs of any kind, as programs that coring runs against itself:
//! `cargo ci framing`, `cargo ci behind` (ci/framing/README.md), `cargo ci responses`
//! (ci/responses/README.md), `cargo ci attack` (ci/attack/README.md). Minutes each, so they are no
//! part of a plain `cargo ci`.

use crate::packages;
use crate::steps::{self, Tally, check};
use std::path::Path;
use std::process::Command;

/// Runs ci/`folder`/drive.js, which holds coring against Node; `rest`: how much, from which seed.
pub fn beside_node(root: &Path, folder: &str, rest: &[String]) -> Tally {
    match packages::node(root) {
        Ok(node) => check(coring(
            root,
            &format!("{folder}/drive.js"),
            &[&[node.display().to_string()], rest].concat(),
        )),
        Err(error) => {
            println!("{folder}: {error}");
            Tally::one(false)
        }
    }
}

pub fn behind_proxies(root: &Path, rest: &[String]) -> Tally {
    check(coring(root, "framing/behind.js", rest))
}

/// `rest`: which attack, and how much of it.
pub fn attack(root: &Path, rest: &[String]) -> Tally {
    match rest.split_first() {
        Some((name, rest)) if name == "slow" => check(coring(root, "attack/slow.js", rest)),
        Some((name, rest)) if name == "crowd" => check(coring(root, "attack/crowd.js", rest)),
        Some((name, rest)) if name == "mixed" => check(coring(root, "attack/mixed.js", rest)),
        _ => {
            println!("cargo ci attack slow|crowd|mixed [COUNT]");
            Tally::one(false)
        }
    }
}

fn coring(root: &Path, program: &str, arguments: &[String]) -> Command {
    let mut command = Command::new(steps::target(root).join("release/coring"));
    command.arg(root.join("ci").join(program));
    command.args(arguments);
    command
}
