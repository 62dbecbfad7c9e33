//! wrk: the generator against wrk, both in the closed loop, in turn, with one server. Both sleep
//! where they have nothing to do, so that a server pays the same for waking them. Against a server
//! that takes a known time they must agree; one at its ceiling is shown beside it.

use crate::load::{self, Plan};
use crate::options::{Options, root};
use crate::peers::{self, REFERENCE, Server};
use crate::process;
use crate::report::json::{Json, map};
use crate::report::stats::Spread;
use crate::report::{Record, facts, rounds};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// The example knows no other.
const PORT: u16 = 3000;
const TOLERANCE: f64 = 0.05;
/// The script, what it says, and whether the two must agree.
const SERVERS: [(&str, &str, bool); 2] = [
    ("perf/apps/slow.js", "answers after 10 ms", true),
    ("examples/hello.js", "answers at once", false),
];

pub fn run(options: &Options, record: &Record) -> Result<(), String> {
    let peers = peers::choose(options)?;
    let facts = facts::facts(options, &peers);
    let server = peers.iter().find(|peer| peer.name == REFERENCE);
    let peer = server.unwrap_or(&peers[0]);
    process::pin_this_thread(options.load_cpu).map_err(|error| format!("taskset: {error}"))?;
    let mut rows = vec![
        ["server", "ours, req/s", "wrk, req/s", "ours / wrk"]
            .map(String::from)
            .to_vec(),
    ];
    let mut results = Vec::new();
    let mut wrong = Vec::new();
    for (script, says, must_agree) in SERVERS {
        let mut command = peer.script(&root().join(script));
        command.env("PORT", PORT.to_string());
        let address = SocketAddr::from(([127, 0, 0, 1], PORT));
        let server = Server::start(peers::pinned(&command, options.server_cpu), address)?;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..options.reps {
            ours.push(own(options, server.address)?);
            theirs.push(wrk(options, server.address)?);
        }
        let ratio = rounds(&ours, &theirs).ok_or("nobody was answered")?;
        if must_agree && (ratio.median - 1.0).abs() > TOLERANCE {
            wrong.push(script);
        }
        let show = |values: &[f64]| Spread::of(values.iter().copied()).show(0);
        let name = Path::new(script)
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        rows.push(vec![
            format!("{name} on {}, {says}", peer.name),
            show(&ours),
            show(&theirs),
            ratio.show(3),
        ]);
        let list = |values: &[f64]| Json::List(values.iter().map(|&v| v.into()).collect());
        results.push(map([
            ("script", script.into()),
            ("own_per_second", list(&ours)),
            ("wrk_per_second", list(&theirs)),
        ]));
    }
    let caption = format!(
        "the generator and wrk, {} connections, closed loop",
        options.connections
    );
    record.table(&caption, rows);
    let json = map([
        ("scenario", "wrk".into()),
        ("facts", facts.clone()),
        ("results", results.into()),
    ]);
    record.json(&facts, &json)?;
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "the generator and wrk differ by more than {:.0} % at {}",
            TOLERANCE * 100.0,
            wrong.join(", ")
        ))
    }
}

fn own(options: &Options, address: SocketAddr) -> Result<f64, String> {
    let plan = Plan {
        connections: options.connections,
        warm_up: Duration::from_millis(500),
        sleeps: true,
        measured: options.measured,
        ..Plan::http(address, load::request(address, "GET", "/", &[], b""))
    };
    Ok(load::run(&plan, &mut |_| {})?.per_second())
}

fn wrk(options: &Options, address: SocketAddr) -> Result<f64, String> {
    let output = Command::new("taskset")
        .args(["-c", &options.load_cpu.to_string(), "wrk", "-t1"])
        .arg(format!("-c{}", options.connections))
        .arg(format!("-d{}", options.measured.as_secs().max(1)))
        .arg(format!("http://{address}/"))
        .output()
        .map_err(|error| format!("wrk: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    rate(&text).ok_or_else(|| format!("wrk said {text}"))
}

fn rate(text: &str) -> Option<f64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Requests/sec:"))?;
    line.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_of_wrk_is_read() {
        let text = "Running 1s test\n  64 requests in 1.00s\nRequests/sec:   6123.45\n";
        assert_eq!(rate(text), Some(6123.45));
        assert_eq!(rate("unable to connect"), None);
    }
}
