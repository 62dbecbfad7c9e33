//! coring-perf: load scenarios against coring and its peers. See perf/README.md for how to run
//! it and what to believe.
#![forbid(unsafe_code)]

mod echo;
mod install;
mod load;
mod names;
mod options;
mod pace;
mod peers;
mod process;
mod readme;
mod report;
mod scenario;
mod scratch;
mod syscalls;

use options::{HELP, Options};
use std::process::ExitCode;

fn main() -> ExitCode {
    let first = std::env::args().nth(1);
    if matches!(first.as_deref(), None | Some("help" | "--help" | "-h")) {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let outcome = Options::parse(std::env::args().skip(1));
    match outcome.and_then(|options| scenario::run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("coring-perf: {reason}");
            ExitCode::FAILURE
        }
    }
}
