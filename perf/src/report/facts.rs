//! What a number means nothing without: the machine, the versions, the command, and whether
//! anything else was running.

use super::json::{Json, map};
use crate::options::{Options, root};
use crate::peers::Peer;
use std::fs;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

/// Load above this, before we start, means that the machine is doing something else.
const IDLE_LOAD_MAX: f64 = 0.5;

pub fn facts(options: &Options, peers: &[Peer]) -> Json {
    let load = load_average();
    if load > IDLE_LOAD_MAX {
        println!("warning: load average {load:.2} before the run: do not believe these numbers");
    }
    let versions = peers
        .iter()
        .map(|peer| (peer.name.to_string(), peer.version.as_str().into()));
    let command: Vec<String> = std::env::args().skip(1).map(without_folders).collect();
    map([
        ("date", utc_now().into()),
        ("commit", commit().into()),
        (
            "command",
            format!("coring-perf {}", command.join(" ")).into(),
        ),
        ("kernel", read("/proc/sys/kernel/osrelease").into()),
        ("cpu", cpu_model().into()),
        (
            "cpus",
            (std::thread::available_parallelism().map_or(0, |n| n.get()) as u64).into(),
        ),
        ("memory", memory_total().into()),
        ("load_average_before", load.into()),
        (
            "clocksource",
            read("/sys/devices/system/clocksource/clocksource0/current_clocksource").into(),
        ),
        ("loopback_mtu", read("/sys/class/net/lo/mtu").into()),
        (
            "port_range",
            read("/proc/sys/net/ipv4/ip_local_port_range").into(),
        ),
        (
            "tcp_tw_reuse",
            read("/proc/sys/net/ipv4/tcp_tw_reuse").into(),
        ),
        // BBR keeps a timer for each connection, also on loopback.
        (
            "tcp_congestion_control",
            read("/proc/sys/net/ipv4/tcp_congestion_control").into(),
        ),
        ("somaxconn", read("/proc/sys/net/core/somaxconn").into()),
        ("server_cpu", u64::from(options.server_cpu).into()),
        ("load_cpu", u64::from(options.load_cpu).into()),
        ("connections", (options.connections as u64).into()),
        ("reps", (options.reps as u64).into()),
        ("seconds", options.measured.as_secs_f64().into()),
        ("warm_up_seconds", options.warm_up.as_secs_f64().into()),
        ("versions", Json::Map(versions.collect())),
    ])
}

/// Where things lie on this machine is nobody else's concern.
fn without_folders(word: String) -> String {
    match word.rsplit_once('/') {
        Some((_, name)) => format!(".../{name}"),
        None => word,
    }
}

fn read(path: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn field(path: &str, name: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let line = text
        .lines()
        .find(|line| line.starts_with(name))
        .unwrap_or_default();
    line.split_once(':')
        .map_or("", |(_, value)| value)
        .trim()
        .to_string()
}

fn cpu_model() -> String {
    field("/proc/cpuinfo", "model name")
}

fn memory_total() -> String {
    field("/proc/meminfo", "MemTotal")
}

fn load_average() -> f64 {
    let text = read("/proc/loadavg");
    text.split(' ')
        .next()
        .and_then(|first| first.parse().ok())
        .unwrap_or(0.0)
}

/// The commit, with a mark if the tree differs from it.
fn commit() -> String {
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .current_dir(root())
            .args(arguments)
            .output();
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_string())
    };
    let hash = git(&["rev-parse", "--short=12", "HEAD"]).unwrap_or_default();
    let changed = git(&["status", "--porcelain", "--untracked-files=no"]).unwrap_or_default();
    if changed.is_empty() {
        hash
    } else {
        format!("{hash} and changes")
    }
}

/// `2026-01-31T23:59:58Z`.
pub fn utc_now() -> String {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs());
    utc(seconds)
}

fn utc(seconds: u64) -> String {
    let (year, month, day) = date_of(seconds / 86_400);
    let rest = seconds % 86_400;
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Year, month and day of a day since 1970, counted year by year and month by month.
fn date_of(mut days: u64) -> (u64, u64, u64) {
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_left_out() {
        assert_eq!(without_folders("/a/b/coring".into()), ".../coring");
        assert_eq!(without_folders("hello".into()), "hello");
    }

    #[test]
    fn dates() {
        let check = |seconds: u64, expect: &str| assert_eq!(utc(seconds), expect);
        check(0, "1970-01-01T00:00:00Z");
        check(951_782_400, "2000-02-29T00:00:00Z");
        check(1_704_067_199, "2023-12-31T23:59:59Z");
        check(1_735_689_600, "2025-01-01T00:00:00Z");
    }
}
