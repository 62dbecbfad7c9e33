//! The command line: one scenario and its flags.

use crate::scenario::SERVED;
use std::path::PathBuf;
use std::time::Duration;

pub const HELP: &str = "\
coring-perf SCENARIO [flags]

servers, each the same program for all:
  hello json express fastify churn pipelined upload static tcp udp websocket mixed neighbour
others:
  start     time of an empty program, and from start to the first answer
  idle      memory of an idle server and of idle connections, CPU time while idle
  cores     coring -j 2: which core answers 1 000 new connections
  soak      connections that come and go for a long time: memory and descriptors
  core [NAME...]     processor time of the core library's parts, by small programs (perf/core);
            names, or parts of them, select
  files [NAME...]    CPU and wall time of reading, writing and naming files (perf/files)
  clients [NAME...]  the same of DNS, http.get and fetch (perf/clients)
  tls [NAME...]      the same of servers of TLS: answers, bodies, handshakes (perf/tls)
reports:
  all       every scenario but core and cores, shortly, and of clients, files and tls a part: one
            page, and its summary
  compare [A B]  two records (perf/runs/*.json), or the newest two of a scenario, of `all`: which
            ratios agree within 10 %, which were too noisy, which contradict each other
  readme    puts the summary of the newest `all` of perf/runs between the marks of README.md
  install   the others and the packages from npm, which every scenario does if they are missing
the generator:
  load URL  alone, against any server
  self      its own ceiling and lateness
  wrk       beside wrk, closed loop: both must count the same

  --peers a,b        of coring node26 node24 bun deno; all that are installed, node24 only by name
  --reps N           interleaved rounds (servers 15; all 11; others 5), at least 5 unless
                     `--short true`
  --short true       takes fewer repetitions, for trying things out; the report says so
  --seconds N        measured time of each phase (servers, files, clients 1; all 0.25; soak 60;
                     others 5)
  --warm-up N        seconds before each server is measured (2; all 0.4; files and clients 0.5)
  --connections N    (64)
  --coring PATH      the coring to measure (target/release/coring)
  --peers-folder P   a node_modules with the others (in ~/.cache/coring-perf)
  --packages-folder P  the folder with express, fastify and ws (in ~/.cache/coring-perf)
  --runs PATH        where results are written (perf/runs); `none` writes nothing
  --server-cpu N     (0)       --load-cpu N  (1)
  --rate N           `load` and `soak`: open loop at N requests a second; servers: of which the
                     equal loads are parts, in the place of node26's ceiling
  --sleep true       the generator of servers and `load` sleeps where there is nothing to do, as wrk

load only:
  --method M --header 'N: V' --body TEXT --per-connection N --depth N --expect-bytes N";

const REPS_MIN: usize = 5;
/// Scenarios of which a part may be named; `compare` is told of records.
const NAMED: [&str; 5] = ["core", "files", "clients", "tls", "compare"];

#[derive(Clone, Debug)]
pub struct Options {
    pub scenario: String,
    /// The address of `load`.
    pub url: String,
    /// Parts of the names of programs of `core`, of shapes of `files` and the like.
    pub names: Vec<String>,
    pub peers: Vec<String>,
    pub reps: usize,
    pub measured: Duration,
    pub warm_up: Duration,
    pub connections: usize,
    pub coring: PathBuf,
    pub peers_folder: PathBuf,
    pub packages_folder: PathBuf,
    /// Fewer repetitions than a report rests on.
    pub short: bool,
    /// A whole report is behind its time: nothing is measured again.
    pub hurry: bool,
    pub runs: Option<PathBuf>,
    pub server_cpu: u32,
    pub load_cpu: u32,
    pub rate: Option<f64>,
    pub method: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub per_connection: u32,
    pub depth: u32,
    pub sleep: bool,
    pub expect_bytes: Option<u64>,
}

impl Options {
    fn new(scenario: String) -> Options {
        let root = root();
        let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        let is_served = SERVED.iter().any(|served| served.name == scenario);
        let (reps, measured, warm_up) = match scenario.as_str() {
            // One operation is short, and there are many shapes.
            "files" | "clients" => (5, 1.0, 0.5),
            // Many short rounds say more than few long ones: MEASURING.md.
            "all" => (11, 0.25, 0.4),
            "soak" => (5, 60.0, 2.0),
            _ if is_served => (15, 1.0, 2.0),
            _ => (5, 5.0, 2.0),
        };
        let cache = cache();
        Options {
            scenario,
            url: String::new(),
            names: Vec::new(),
            peers: Vec::new(),
            reps,
            measured: Duration::from_secs_f64(measured),
            warm_up: Duration::from_secs_f64(warm_up),
            connections: 64,
            coring: root.join(target).join("release/coring"),
            peers_folder: cache.join("peers/node_modules"),
            packages_folder: cache.join("packages"),
            short: false,
            hurry: false,
            runs: Some(root.join("perf/runs")),
            server_cpu: 0,
            load_cpu: 1,
            rate: None,
            method: "GET".into(),
            headers: Vec::new(),
            body: String::new(),
            per_connection: 0,
            depth: 1,
            sleep: false,
            expect_bytes: None,
        }
    }

    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Options, String> {
        let mut arguments = arguments;
        let scenario = arguments.next().ok_or("which scenario?")?;
        let mut options = Options::new(scenario);
        while let Some(flag) = arguments.next() {
            if !flag.starts_with("--") && options.scenario == "load" {
                options.url = flag;
                continue;
            }
            if !flag.starts_with("--") && NAMED.contains(&options.scenario.as_str()) {
                options.names.push(flag);
                continue;
            }
            let value = arguments.next().ok_or(format!("{flag} wants a value"))?;
            options.set(&flag, &value)?;
        }
        if options.reps == 0 || options.connections == 0 || options.measured.is_zero() {
            return Err("reps, connections and seconds are at least 1".into());
        }
        if options.reps < REPS_MIN && !options.short {
            return Err(format!(
                "fewer than {REPS_MIN} repetitions need `--short true`"
            ));
        }
        Ok(options)
    }

    fn set(&mut self, flag: &str, value: &str) -> Result<(), String> {
        match flag {
            "--peers" => self.peers = value.split(',').map(str::to_string).collect(),
            "--reps" => self.reps = number(flag, value)?,
            "--seconds" => self.measured = seconds(flag, value)?,
            "--warm-up" => self.warm_up = seconds(flag, value)?,
            "--connections" => self.connections = number(flag, value)?,
            "--coring" => self.coring = value.into(),
            "--peers-folder" => self.peers_folder = value.into(),
            "--packages-folder" => self.packages_folder = value.into(),
            "--short" => self.short = value == "true",
            "--runs" if value == "none" => self.runs = None,
            "--runs" => self.runs = Some(value.into()),
            "--server-cpu" => self.server_cpu = number(flag, value)?,
            "--load-cpu" => self.load_cpu = number(flag, value)?,
            "--rate" => self.rate = Some(positive(flag, value)?),
            "--method" => self.method = value.into(),
            "--header" => {
                let (name, value) = value
                    .split_once(':')
                    .ok_or("--header wants 'name: value'")?;
                self.headers.push((name.trim().into(), value.trim().into()));
            }
            "--body" => self.body = value.into(),
            "--per-connection" => self.per_connection = number(flag, value)?,
            "--sleep" => self.sleep = value == "true",
            "--depth" => self.depth = number(flag, value)?,
            "--expect-bytes" => self.expect_bytes = Some(number(flag, value)?),
            _ => return Err(format!("no flag {flag}")),
        }
        Ok(())
    }
}

fn number<T: std::str::FromStr>(flag: &str, value: &str) -> Result<T, String> {
    value
        .parse()
        .map_err(|_| format!("{flag}: {value} is not a number"))
}

fn positive(flag: &str, value: &str) -> Result<f64, String> {
    let number: f64 = number(flag, value)?;
    if number.is_finite() && number > 0.0 {
        Ok(number)
    } else {
        Err(format!("{flag}: above 0"))
    }
}

fn seconds(flag: &str, value: &str) -> Result<Duration, String> {
    positive(flag, value).map(Duration::from_secs_f64)
}

/// Where what comes from npm is kept: outside the repository.
fn cache() -> PathBuf {
    let home = std::env::var_os("HOME")
        .map(PathBuf::from)
        .unwrap_or_default();
    let base = std::env::var_os("XDG_CACHE_HOME").map_or(home.join(".cache"), PathBuf::from);
    base.join("coring-perf")
}

/// The root of the repository. Cargo says where this crate is; a bare binary asks the folder.
pub fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    match here.as_deref().and_then(std::path::Path::parent) {
        Some(root) => root.to_path_buf(),
        None => PathBuf::from("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(line.split(' ').map(str::to_string))
    }

    #[test]
    fn flags_are_read() {
        let options = parse("hello --peers coring,bun --seconds 0.5 --runs none").expect("valid");
        assert_eq!(options.peers, ["coring", "bun"]);
        assert_eq!(options.measured, Duration::from_millis(500));
        assert_eq!(options.runs, None);
        let options = parse("load http://127.0.0.1:1/x --rate 10 --header A:b").expect("valid");
        assert_eq!(options.url, "http://127.0.0.1:1/x");
        assert_eq!(options.headers, [("A".to_string(), "b".to_string())]);
        let options = parse("core timers --reps 3 --short true url").expect("valid");
        assert_eq!(options.names, ["timers", "url"]);
        for named in NAMED {
            assert_eq!(parse(&format!("{named} a")).expect("valid").names, ["a"]);
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for line in [
            "hello --reps",
            "hello --reps x",
            "hello --reps 0",
            "hello --reps 4",
            "hello --seconds 0",
            "hello --seconds -1",
            "hello --what 1",
            "hello stray 1",
            "load x --header nocolon",
        ] {
            assert!(parse(line).is_err(), "for {line}");
        }
    }
}
