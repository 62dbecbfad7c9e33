//! The scenarios: what is run, in which order, and what is reported.

mod alone;
mod beside;
mod clients;
mod core;
mod cores;
mod files;
mod idle;
mod serve;
mod serve_report;
mod served;
mod shapes;
mod soak;
mod soak_report;
mod start;
mod tls;
mod wrk;

use crate::options::Options;
use crate::report::json::map;
use crate::report::{Record, compare, page};
use crate::{install, readme};
pub use served::SERVED;
use std::time::{Duration, Instant};

/// What `all` runs beside the servers. The core library and `cores` have reports of their own, and
/// of files and TLS there is more in theirs.
const OTHERS: [&str; 6] = ["clients", "files", "tls", "start", "idle", "soak"];
const CLIENTS_OF_ALL: [&str; 4] = ["dns-1", "http-get-1", "http-get-64", "fetch-16"];
const FILES_OF_ALL: [&str; 3] = ["random-4k-128", "stat-256", "readdir-1"];
const TLS_OF_ALL: [&str; 2] = ["hello", "full-1.3"];
const SOAKED_OF_ALL: [&str; 2] = ["coring", "node26"];
const SOAK_OF_ALL: Duration = Duration::from_secs(10);
/// A whole report may take twenty minutes.
const WHOLE: Duration = Duration::from_secs(18 * 60);
/// Each round of these is a process of its own, which takes longer than a slice does.
const PROCESS_REPS: usize = 8;
const PROCESS_WARM_UP: Duration = Duration::from_millis(250);

pub fn run(options: &Options) -> Result<(), String> {
    match options.scenario.as_str() {
        "load" => return alone::load(options),
        "self" => return alone::own_ceiling(options),
        "readme" => return readme::write(options),
        "compare" => return compare::run(options),
        "install" => return install::install(options),
        _ => {}
    }
    install::if_missing(options)?;
    if options.scenario == "all" {
        return all(options);
    }
    let record = Record::open(options, &options.scenario)?;
    one(options, &options.scenario, &record)?;
    let title = format!("coring-perf {}", options.scenario);
    record.write(".html", &page::html(&title, &[&record]))
}

fn one(options: &Options, name: &str, record: &Record) -> Result<(), String> {
    if options.short {
        record.warning("a short run: too few repetitions to rest a claim on");
    }
    if let Some(scenario) = SERVED.iter().find(|served| served.name == name) {
        return serve::run(options, scenario, record);
    }
    match name {
        "start" => start::run(options, record),
        "idle" => idle::run(options, record),
        "files" => files::run(options, record),
        "clients" => clients::run(options, record),
        "tls" => tls::run(options, record),
        "cores" => cores::run(options, record),
        "core" => core::run(options, record),
        "soak" => soak::run(options, record),
        "wrk" => wrk::run(options, record),
        other => Err(format!("no scenario `{other}`")),
    }
}

/// What `all` asks of a scenario that is none of the servers'.
fn shortened(options: &Options, name: &str) -> Options {
    let mut own = options.clone();
    let only = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
    match name {
        "soak" => {
            own.measured = SOAK_OF_ALL;
            if own.peers.is_empty() {
                own.peers = only(&SOAKED_OF_ALL);
            }
        }
        // Its rounds are long by themselves.
        "idle" => own.reps = 1,
        "clients" | "files" | "tls" | "start" => {
            own.reps = own.reps.min(PROCESS_REPS);
            own.warm_up = own.warm_up.min(PROCESS_WARM_UP);
        }
        _ => {}
    }
    match name {
        "clients" => own.names = only(&CLIENTS_OF_ALL),
        "files" => own.names = only(&FILES_OF_ALL),
        "tls" => own.names = only(&TLS_OF_ALL),
        _ => {}
    }
    own
}

/// Every scenario, shortly, on one page. One that fails is told of, and the others go on.
fn all(options: &Options) -> Result<(), String> {
    let begin = Instant::now();
    let whole = Record::open(options, "all")?;
    let mut records = Vec::new();
    let mut failed = Vec::new();
    let names: Vec<&str> = SERVED.iter().map(|s| s.name).chain(OTHERS).collect();
    for (index, &name) in names.iter().enumerate() {
        println!(
            "\n== {name}, {:.0} s after the start",
            begin.elapsed().as_secs_f64()
        );
        let record = Record::open(options, name)?;
        let mut own = shortened(options, name);
        own.hurry = begin.elapsed() > WHOLE.mul_f64(index as f64 / names.len() as f64);
        if let Err(reason) = one(&own, name, &record) {
            record.warning(&format!("{name} failed: {reason}"));
            failed.push(name);
        }
        records.push(record);
    }
    let minutes = begin.elapsed().as_secs_f64() / 60.0;
    whole.words(&format!(
        "{} scenarios in {minutes:.1} minutes",
        records.len()
    ));
    let references: Vec<&Record> = records.iter().collect();
    let rows = page::summary_rows(&references);
    whole.write("-summary.md", &page::markdown(&rows))?;
    let before = compare::newest(options, "all").pop();
    whole.gather(&references);
    let json = map([("scenario", "all".into()), ("minutes", minutes.into())]);
    whole.write(".json", &whole.with_standings(&json).pretty())?;
    if let (Some(before), Some(after)) = (before, compare::newest(options, "all").pop())
        && let Err(reason) = compare::report(&whole, &before, &after)
    {
        whole.warning(&reason);
    }
    // The whole's own words stand at the end; its ratios are those of the scenarios.
    whole.forget_standings();
    let chapters: Vec<&Record> = references.iter().copied().chain([&whole]).collect();
    whole.write(".html", &page::html("coring-perf all", &chapters))?;
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("failed: {}", failed.join(", ")))
    }
}
