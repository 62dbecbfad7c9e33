//! cores: two cores of one coring, a thousand new connections, and which core answered each.
//! The generator shares the machine with both, so this is about fairness and not about speed.

use crate::options::{Options, root};
use crate::peers::{self, Peer, Server};
use crate::report::json::{Json, map};
use crate::report::{Record, facts};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::thread;

const SCRIPT: &str = "perf/apps/cores.js";
const PORT: u16 = 3003;
const CORES: &str = "2";
const CONNECTIONS: usize = 1_000;
/// Clients that ask at the same time.
const LANES: usize = 8;

pub fn run(options: &Options, record: &Record) -> Result<(), String> {
    let peers = peers::choose(options)?;
    let coring = peers.iter().find(|peer| peer.name == "coring");
    let coring = coring.ok_or("cores is a scenario of coring alone")?;
    let facts = facts::facts(options, std::slice::from_ref(coring));
    let mut results = Vec::new();
    for rep in 0..options.reps {
        let counts = measure(coring)?;
        let (most, least) = (counts.values().max(), counts.values().min());
        let ratio = match (most, least) {
            (Some(&most), Some(&least)) if counts.len() > 1 => most as f64 / least as f64,
            _ => f64::INFINITY,
        };
        let told: Vec<String> = counts
            .iter()
            .map(|(core, count)| format!("{count} by {core}"))
            .collect();
        record.words(&format!(
            "round {}: of {CONNECTIONS} connections {}; most / least {ratio:.2}",
            rep + 1,
            told.join(", ")
        ));
        let counts = counts
            .into_iter()
            .map(|(core, count)| (core, (count as u64).into()));
        results.push(map([
            ("ratio", ratio.into()),
            ("answers", Json::Map(counts.collect())),
        ]));
    }
    let json = map([
        ("scenario", "cores".into()),
        ("facts", facts.clone()),
        ("results", results.into()),
    ]);
    record.json(&facts, &json)
}

/// How many answers came from each core.
fn measure(coring: &Peer) -> Result<BTreeMap<String, usize>, String> {
    let mut command = coring.flagged(&["-j", CORES], &root().join(SCRIPT));
    command.env("PORT", PORT.to_string());
    let server = Server::start(command, SocketAddr::from(([127, 0, 0, 1], PORT)))?;
    let address = server.address;
    let lanes: Vec<_> = (0..LANES)
        .map(|_| thread::spawn(move || ask_often(address, CONNECTIONS / LANES)))
        .collect();
    let mut counts = BTreeMap::new();
    for lane in lanes {
        let answers = lane.join().map_err(|_| "a client panicked")??;
        for core in answers {
            *counts.entry(core).or_insert(0) += 1;
        }
    }
    Ok(counts)
}

fn ask_often(address: SocketAddr, times: usize) -> Result<Vec<String>, String> {
    let ask = |_| {
        let response = peers::ask(address, "/", "").map_err(|error| error.to_string())?;
        let body = response
            .split_once("\r\n\r\n")
            .map(|(_, body)| body.trim().to_string());
        body.ok_or("an answer without a body".to_string())
    };
    (0..times).map(ask).collect()
}
