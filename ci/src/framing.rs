//! `cargo ci framing`, `cargo ci behind`: damaged streams of HTTP/1, to coring beside Node, and to
//! coring behind proxies (ci/framing/README.md). Minutes each, so they are no part of a plain
//! `cargo ci`.

use crate::packages;
use crate::steps::{self, Tally, check};
use std::path::Path;
use std::process::Command;

/// As many streams as `rest` says, the same for the same seed, to coring and to Node.
pub fn beside_node(root: &Path, rest: &[String]) -> Tally {
    match packages::node(root) {
        Ok(node) => check(coring(
            root,
            "drive.js",
            &[&[node.display().to_string()], rest].concat(),
        )),
        Err(error) => {
            println!("framing: {error}");
            Tally::one(false)
        }
    }
}

pub fn behind_proxies(root: &Path, rest: &[String]) -> Tally {
    check(coring(root, "behind.js", rest))
}

fn coring(root: &Path, program: &str, arguments: &[String]) -> Command {
    let mut command = Command::new(steps::target(root).join("release/coring"));
    command.arg(root.join("ci/framing").join(program));
    command.args(arguments);
    command
}
