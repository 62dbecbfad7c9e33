//! The scenarios: what is run, in which order, and what is reported.

mod alone;
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
use std::time::{Duration, Instant};

/// What `all` runs beside the servers. The core library, files, TLS and `cores` have reports of
/// their own.
const OTHERS: [&str; 4] = ["clients", "start", "idle", "soak"];
const SOAK_OF_ALL: Duration = Duration::from_secs(10);

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
    if let Some(scenario) = served::SERVED.iter().find(|served| served.name == name) {
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

/// Every scenario, shortly, on one page. One that fails is told of, and the others go on.
fn all(options: &Options) -> Result<(), String> {
    let begin = Instant::now();
    let whole = Record::open(options, "all")?;
    let mut records = Vec::new();
    let mut failed = Vec::new();
    let names = served::SERVED.iter().map(|served| served.name);
    for name in names.chain(OTHERS) {
        println!(
            "\n== {name}, {:.0} s after the start",
            begin.elapsed().as_secs_f64()
        );
        let record = Record::open(options, name)?;
        let mut own = options.clone();
        match name {
            "soak" => own.measured = SOAK_OF_ALL,
            // Its rounds are long by themselves.
            "idle" => own.reps = 1,
            "clients" => own.warm_up = Duration::from_millis(300),
            _ => {}
        }
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
