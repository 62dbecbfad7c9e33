//! `cargo ci`: everything that must hold, in the order that fails fastest, by one command.
//!
//! Run by people before a commit and by CI. It changes no file, except by `tidy --tighten` and
//! `fmt --write`. The last line is `N passed, M failed`; the exit code is 0 if nothing failed.
#![forbid(unsafe_code)]

mod addons;
mod hostile;
mod instructions;
mod js_tests;
mod mask;
mod node;
mod packages;
mod rust_tests;
mod smoke;
mod steps;
mod tidy;
mod vectors;

use std::path::Path;
use std::process::ExitCode;
use steps::{Tally, cargo, check};

const HELP: &str = "\
cargo ci                    everything: fmt tidy clippy build test js smoke node addons
cargo ci --fail-fast        the same, but stop at the first step that fails
cargo ci fmt [--write]      formatting of the Rust code
cargo ci tidy [--tighten]   the rules of ci/STYLE.md; --tighten lowers ci/unsafe.txt
cargo ci clippy             lints, warnings denied
cargo ci build              the release build of coring
cargo ci test               Rust tests of the workspace
cargo ci js [PART OF PATH]  JavaScript tests, lib_js/**/*.test.js
cargo ci smoke              examples/hello.js answers
cargo ci node ...           Node's own tests (`cargo ci node --help`)
cargo ci addons ...         Node's own tests of Node-API (`cargo ci addons --help`)
cargo ci packages ...       npm packages on coring and Node (`cargo ci packages --help`)
cargo ci vectors [FILTER]   Wycheproof's vectors through node:crypto
cargo ci framing [COUNT [SEED]]  damaged HTTP streams to coring and Node (ci/framing/README.md)
cargo ci responses [COUNT [SEED]]  random calls on HTTP responses (ci/responses/README.md)
cargo ci behind [COUNT [SEED]]   the same through nginx and haproxy
cargo ci attack slow|crowd|mixed [COUNT]  a server among bad clients (ci/attack/README.md)
cargo ci bench ROOM         one benchmark of benches/; --instructions counts by callgrind
cargo ci perf SCENARIO ...  one load scenario of perf/, or all (perf/README.md)
cargo ci help               this text";

/// The steps of a whole run. The cheap and likely failures come first.
const EVERYTHING: &[&str] = &[
    "fmt", "tidy", "clippy", "build", "test", "js", "smoke", "node", "addons",
];

/// Steps that take long or need more than a clone: never part of a whole run.
const BY_NAME_ONLY: &[&str] = &[
    "attack",
    "behind",
    "bench",
    "framing",
    "packages",
    "perf",
    "responses",
    "vectors",
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let root = steps::root();
    let (name, rest) = match arguments.split_first() {
        Some((name, rest)) if name != "--fail-fast" => (name.as_str(), rest),
        first => return everything(&root, first.is_some()),
    };
    if matches!(name, "help" | "--help" | "-h") {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let asks_help = rest
        .iter()
        .any(|word| matches!(word.as_str(), "--help" | "-h"));
    let help = match name {
        "node" => Some(node::HELP),
        "addons" => Some(addons::HELP),
        "packages" => Some(packages::HELP),
        _ => None,
    };
    if let Some(help) = help.filter(|_| asks_help) {
        println!("{help}");
        return ExitCode::SUCCESS;
    }
    if !EVERYTHING.contains(&name) && !BY_NAME_ONLY.contains(&name) {
        eprintln!("cargo ci: no part `{name}`\n{HELP}");
        return ExitCode::from(2);
    }
    close(steps::timed(name, || step(&root, name, rest)))
}

fn everything(root: &Path, fail_fast: bool) -> ExitCode {
    let mut sum = Tally::default();
    for name in EVERYTHING {
        let tally = steps::timed(name, || match *name {
            "node" => node::ratchet(root),
            "addons" => addons::ratchet(root),
            name => step(root, name, &[]),
        });
        sum.add(tally);
        if fail_fast && tally.failed > 0 {
            break;
        }
    }
    close(sum)
}

fn close(tally: Tally) -> ExitCode {
    println!("{} passed, {} failed", tally.passed, tally.failed);
    if tally.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn step(root: &Path, name: &str, rest: &[String]) -> Tally {
    let has = |flag: &str| rest.iter().any(|argument| argument == flag);
    match name {
        "fmt" if has("--write") => check(cargo(root, &["fmt", "--all"])),
        "fmt" => check(cargo(root, &["fmt", "--all", "--", "--check"])),
        "tidy" => tidy_step(root, has("--tighten")),
        "clippy" => {
            let lints = ["clippy", "--quiet", "--workspace", "--all-targets", "--"];
            check(cargo(root, &[&lints[..], &["-D", "warnings"]].concat()))
        }
        "build" => check(cargo(root, &["build", "--release"])),
        "test" => rust_tests::run(root),
        "js" => js_tests::run(root, rest),
        "smoke" => smoke::run(root),
        "node" => node::run(root, rest),
        "addons" => addons::run(root, rest),
        "packages" => packages::run(root, rest),
        "framing" | "responses" => hostile::beside_node(root, name, rest),
        "attack" => hostile::attack(root, rest),
        "behind" => hostile::behind_proxies(root, rest),
        "bench" if has("--instructions") => instructions::run(root, &rest[0]),
        "vectors" => vectors::run(root, rest),
        "bench" => forward(root, &["bench", "-p", "coring-benches", "--bench"], rest),
        "perf" => forward(
            root,
            &["run", "--release", "--package", "coring-perf", "--"],
            rest,
        ),
        _ => unreachable!("main has looked the name up"),
    }
}

fn forward(root: &Path, first: &[&str], rest: &[String]) -> Tally {
    if rest.is_empty() {
        println!("{HELP}");
        return Tally::one(false);
    }
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    check(cargo(root, &[first, &rest].concat()))
}

fn tidy_step(root: &Path, tighten: bool) -> Tally {
    if tighten && let Err(error) = tidy::tighten(root) {
        println!("tidy: {error}");
        return Tally::one(false);
    }
    match tidy::check(root) {
        Ok(findings) => {
            for finding in &findings {
                println!("{finding}");
            }
            Tally::one(findings.is_empty())
        }
        Err(error) => {
            println!("tidy: {error}");
            Tally::one(false)
        }
    }
}
