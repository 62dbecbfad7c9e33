//! The scenarios: what is run, in which order, and what is reported.

mod alone;
mod core;
mod cores;
mod files;
mod idle;
mod serve;
mod serve_report;
mod start;

use crate::options::Options;

pub fn run(options: &Options) -> Result<(), String> {
    match options.scenario.as_str() {
        "hello" => serve::run(options, &serve::HELLO),
        "json" => serve::run(options, &serve::JSON),
        "churn" => serve::run(options, &serve::CHURN),
        "start" => start::run(options),
        "idle" => idle::run(options),
        "files" => files::run(options),
        "cores" => cores::run(options),
        "core" => core::run(options),
        "load" => alone::load(options),
        "self" => alone::own_ceiling(options),
        other => Err(format!("no scenario `{other}`")),
    }
}
