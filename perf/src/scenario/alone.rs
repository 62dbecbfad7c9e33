//! The generator without peers: against any server, and against its own limits.

use crate::echo::{BODY_BYTES, Echo};
use crate::load::{self, Answer, Arrivals, Body, Outcome, Plan};
use crate::options::Options;
use crate::process;
use crate::report::percentiles::time;
use hdrhistogram::Histogram;
use std::net::{SocketAddr, ToSocketAddrs};

/// Rates at which the generator is asked to be on time.
const OWN_RATES: [f64; 4] = [10_000.0, 40_000.0, 70_000.0, 100_000.0];

pub fn load(options: &Options) -> Result<(), String> {
    let (address, path) = parse_url(&options.url)?;
    process::pin_this_thread(options.load_cpu).map_err(|error| format!("taskset: {error}"))?;
    let body = options.body.as_bytes();
    let arrivals = match options.rate {
        Some(per_second) => Arrivals::Open { per_second },
        None => Arrivals::Closed,
    };
    let request = load::request(address, &options.method, &path, &options.headers, body);
    let plan = Plan {
        answer: Answer::Http(options.expect_bytes.map_or(Body::Any, Body::Long)),
        depth: options.depth.max(1),
        connections: options.connections,
        arrivals,
        requests_per_connection: options.per_connection,
        warm_up: options.warm_up,
        measured: options.measured,
        sleeps: options.sleep,
        ..Plan::http(address, request)
    };
    print(&load::run(&plan, &mut |_| {})?);
    Ok(())
}

/// `http://host:port/path`.
fn parse_url(url: &str) -> Result<(SocketAddr, String), String> {
    let rest = url
        .strip_prefix("http://")
        .ok_or("load wants http://HOST:PORT/PATH")?;
    let end = rest.find('/').unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let with_port = if host.contains(':') {
        host.to_string()
    } else {
        format!("{host}:80")
    };
    let mut found = with_port
        .to_socket_addrs()
        .map_err(|error| format!("{host}: {error}"))?;
    let address = found.next().ok_or(format!("{host} has no address"))?;
    Ok((
        address,
        if path.is_empty() {
            "/".into()
        } else {
            path.into()
        },
    ))
}

fn print(outcome: &Outcome) {
    println!(
        "{:.0} req/s, {} in {:.2} s, {} connections made, generator busy {:.2}",
        outcome.per_second(),
        outcome.completed,
        outcome.seconds,
        outcome.connects,
        outcome.busy
    );
    print_times("latency from the intended sending", &outcome.latency);
    print_times("latency from the real sending    ", &outcome.service);
    if !outcome.lateness.is_empty() {
        print_times("lateness of the generator        ", &outcome.lateness);
    }
    for (name, count) in outcome.faults.named() {
        if count > 0 {
            println!("faults: {count} {name}");
        }
    }
    for note in &outcome.notes {
        println!("{:.3} s: {}", note.seconds, note.why);
    }
}

fn print_times(name: &str, histogram: &Histogram<u64>) {
    let at = |percent: f64| time(histogram.value_at_quantile(percent / 100.0) as f64 / 1000.0);
    let most = time(histogram.max() as f64 / 1000.0);
    println!(
        "{name}: p50 {}, p99 {}, p99.9 {}, max {most}",
        at(50.0),
        at(99.0),
        at(99.9)
    );
}

/// What the generator can do against a server that does nothing.
pub fn own_ceiling(options: &Options) -> Result<(), String> {
    let echo = Echo::start_on(options.server_cpu).map_err(|error| format!("echo: {error}"))?;
    process::pin_this_thread(options.load_cpu).map_err(|error| format!("taskset: {error}"))?;
    let rates = OWN_RATES.map(|per_second| Arrivals::Open { per_second });
    for arrivals in [Arrivals::Closed].into_iter().chain(rates) {
        println!("\n{arrivals:?}");
        let request = load::request(echo.address, "GET", "/", &[], b"");
        let plan = Plan {
            answer: Answer::Http(Body::Long(BODY_BYTES)),
            connections: options.connections,
            arrivals,
            warm_up: options.warm_up,
            measured: options.measured,
            ..Plan::http(echo.address, request)
        };
        print(&load::run(&plan, &mut |_| {})?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read() {
        let check = |url: &str, address: &str, path: &str| {
            let (found, rest) = parse_url(url).expect("valid");
            assert_eq!((found.to_string().as_str(), rest.as_str()), (address, path));
        };
        check("http://127.0.0.1:3000/a?b", "127.0.0.1:3000", "/a?b");
        check("http://127.0.0.1", "127.0.0.1:80", "/");
        assert!(parse_url("https://127.0.0.1/").is_err());
        assert!(parse_url("").is_err());
    }
}
