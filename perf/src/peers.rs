//! The programs that are compared: where they are, how each is told to run a script, and one
//! running server of them.

use crate::options::Options;
use crate::process;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const READY_TIMEOUT: Duration = Duration::from_secs(15);
/// A server that cannot listen ends within this time.
const LISTEN_FAILURE: Duration = Duration::from_millis(100);
/// How long the former server's port may stay taken.
const FREE_TIMEOUT: Duration = Duration::from_secs(1);

/// Name, place inside node_modules, arguments before a script, arguments before code.
type Known = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const KNOWN: &[Known] = &[
    ("coring", "", &[], &["-e"]),
    ("node26", "node26/bin/node", &[], &["-e"]),
    ("node24", "node24/bin/node", &[], &["-e"]),
    ("bun", "@oven/bun-linux-x64/bin/bun", &[], &["-e"]),
    // The scripts are CommonJS, which Deno takes from .js files only when told to look.
    (
        "deno",
        "@deno/linux-x64-glibc/deno",
        &["run", "-A", "--unstable-detect-cjs"],
        &["eval"],
    ),
];

/// Whose ceiling sets the rates, and to whom ratios in tables refer.
pub const REFERENCE: &str = "node26";
/// The Node whose behaviour coring has; the newer one is the one to be measured against.
const ON_REQUEST: &str = "node24";

#[derive(Clone, Debug)]
pub struct Peer {
    pub name: &'static str,
    pub program: PathBuf,
    pub version: String,
    run: &'static [&'static str],
    eval: &'static [&'static str],
}

/// The peers that were asked for, or all that are there but the one on request.
pub fn choose(options: &Options) -> Result<Vec<Peer>, String> {
    let mut peers = Vec::new();
    for &(name, place, run, eval) in KNOWN {
        let asked = options.peers.iter().any(|peer| peer == name);
        if !asked && (!options.peers.is_empty() || name == ON_REQUEST) {
            continue;
        }
        let program = match name {
            "coring" => installed(&options.coring),
            _ => options.peers_folder.join(place),
        };
        match version(&program) {
            Some(version) => peers.push(Peer {
                name,
                program,
                version,
                run,
                eval,
            }),
            None if asked => return Err(format!("{name}: {} does not run", program.display())),
            None => eprintln!("left out: {name}, for {} does not run", program.display()),
        }
    }
    let unknown = |name: &&String| !KNOWN.iter().any(|known| known.0 == **name);
    if let Some(name) = options.peers.iter().find(unknown) {
        return Err(format!("no peer is called {name}"));
    }
    if peers.is_empty() {
        return Err("no peer to measure: see perf/README.md".into());
    }
    Ok(peers)
}

/// The peers were installed, by copying; so is coring before it is measured. The file that the
/// linker wrote lies in the page cache in small pieces, and starts up to a tenth slower.
fn installed(program: &Path) -> PathBuf {
    let copy = program.with_extension("installed");
    match std::fs::copy(program, &copy) {
        Ok(_) => copy,
        Err(_) => program.to_path_buf(),
    }
}

fn version(program: &Path) -> Option<String> {
    let output = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let first = text.lines().next().unwrap_or_default().trim();
    output.status.success().then(|| first.to_string())
}

impl Peer {
    /// The command that runs `script`.
    pub fn script(&self, script: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.args(self.run).arg(script);
        quiet(&mut command);
        command
    }

    /// The same with flags of the peer's own, such as `-j 2` of coring.
    pub fn flagged(&self, flags: &[&str], script: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.args(flags).args(self.run).arg(script);
        quiet(&mut command);
        command
    }

    /// The command that runs `code`.
    pub fn code(&self, code: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.args(self.eval).arg(code);
        quiet(&mut command);
        command
    }
}

fn quiet(command: &mut Command) {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .env("NO_COLOR", "1");
}

/// The same command, kept on one processor. taskset becomes the program: same pid.
pub fn pinned(command: &Command, cpu: u32) -> Command {
    on_processors(command, &cpu.to_string())
}

fn on_processors(command: &Command, list: &str) -> Command {
    let mut outer = Command::new("taskset");
    outer
        .args(["-c", list])
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        outer.env(name, value.unwrap_or_default());
    }
    quiet(&mut outer);
    outer
}

/// The same command on all processors, wherever we are kept ourselves.
pub fn unpinned(command: &Command) -> Command {
    let count = std::fs::read_to_string("/proc/cpuinfo").map_or(1, |text| {
        text.lines()
            .filter(|line| line.starts_with("processor"))
            .count()
    });
    on_processors(command, &format!("0-{}", count.max(1) - 1))
}

/// A running server; dropping it ends it.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// From its start to its first answer.
    pub ready: Duration,
}

impl Server {
    /// Starts a server and waits until it answers a request.
    pub fn start(mut command: Command, address: SocketAddr) -> Result<Server, String> {
        // A server on io_uring that was killed leaves its port some ms after its process is gone.
        let end = Instant::now() + FREE_TIMEOUT;
        while TcpStream::connect(address).is_ok() {
            if Instant::now() > end {
                return Err(format!("something else already listens on {address}"));
            }
            thread::sleep(Duration::from_millis(1));
        }
        let program = command.get_program().to_string_lossy().into_owned();
        let begin = Instant::now();
        let child = command
            .spawn()
            .map_err(|error| format!("{program}: {error}"))?;
        let mut server = Server {
            child,
            address,
            ready: Duration::ZERO,
        };
        let end = begin + READY_TIMEOUT;
        while ask(address, "/", "").is_err() {
            if let Ok(Some(status)) = server.child.try_wait() {
                return Err(format!("{program} ended before it answered: {status}"));
            }
            if Instant::now() > end {
                return Err(format!("{program} does not answer on {address}"));
            }
            thread::sleep(Duration::from_micros(200));
        }
        server.ready = begin.elapsed();
        Ok(server)
    }

    /// The server, unless somebody else had taken the port meanwhile, and it was not ours that
    /// answered.
    pub fn confirmed(mut self) -> Result<Server, String> {
        thread::sleep(LISTEN_FAILURE);
        match self.child.try_wait() {
            Ok(None) => Ok(self),
            Ok(Some(_)) | Err(_) => Err(format!("something else answers on {}", self.address)),
        }
    }

    /// Nothing of it runs until it goes on: its timers and collectors are not to be another's
    /// noise.
    pub fn stop(&self) -> Result<(), String> {
        self.signal("-STOP")
    }

    pub fn go_on(&self) -> Result<(), String> {
        self.signal("-CONT")
    }

    fn signal(&self, name: &str) -> Result<(), String> {
        let mut command = Command::new("kill");
        command.arg(name);
        command.args(self.pids().iter().map(u32::to_string));
        let failed = |words: String| format!("kill {name} {}: {words}", self.child.id());
        match command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(failed(status.to_string())),
            Err(error) => Err(failed(error.to_string())),
        }
    }

    /// The process and its descendants.
    pub fn pids(&self) -> Vec<u32> {
        process::tree(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for pid in self.pids().into_iter().skip(1) {
            // A child may be gone before its turn.
            let _ = Command::new("kill")
                .args(["-KILL", &pid.to_string()])
                .status();
        }
        // It may have ended by itself; `wait` says the same either way.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One request on a connection of its own; the whole response, head and all.
pub fn ask(address: SocketAddr, path: &str, headers: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{headers}");
    stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes())?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    if response.starts_with("HTTP/1.1 200 ") {
        Ok(response)
    } else {
        Err(std::io::Error::other("no 200"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;
    use std::net::TcpListener;

    const HELD: Duration = Duration::from_millis(500);

    /// Who had the port before is given time to leave it, which is no part of the next one's start.
    #[test]
    fn a_start_begins_when_the_port_is_free() {
        let scratch = Scratch::new("port").expect("a folder");
        let started = scratch.path().join("started");
        let former = TcpListener::bind("127.0.0.1:0").expect("a port");
        former.set_nonblocking(true).expect("a socket");
        let address = former.local_addr().expect("it is bound");
        let mut command = Command::new("sh");
        command.args(["-c", "echo > \"$0\"; exec sleep 60"]);
        command.arg(&started);
        let answering = thread::spawn(move || {
            let begin = Instant::now();
            while begin.elapsed() < HELD {
                drop(former.accept());
            }
            drop(former);
            while !started.exists() {
                thread::yield_now();
            }
            let (mut stream, _) = TcpListener::bind(address)?.accept()?;
            let count = stream.read(&mut [0; 1024])?;
            assert!(count > 0);
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")
        });
        let server = Server::start(command, address).expect("it is answered");
        answering.join().expect("no panic").expect("no failure");
        assert!(server.ready < HELD, "{:?}", server.ready);
    }
}
