//! Several cores of one process. A core that dies, under load: the other core's connections notice
//! nothing, and the dead one is back in time; prints what it saw (`--nocapture`). Cores that talk.
#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// Each core draws its own name; `/die` allocates until the heap limit ends the core.
const SERVER: &str = "\
    const name = String(Math.random()); \
    require('http').createServer((req, res) => { \
      if (req.url === '/die') { \
        const kept = []; \
        for (;;) kept.push(new Array(1e4).fill(kept.length)); \
      } \
      res.end(name); \
    }).listen(0, '127.0.0.1', function() { console.log(`port ${this.address().port}`); });";

/// So many that a core's share of the memory is no round number and less than V8's default.
const MANY_CORES: usize = 61;

const REBUILD_MAX: Duration = Duration::from_millis(500);
const WAIT_MAX: Duration = Duration::from_secs(20);
const CONNECTIONS_PER_CORE: usize = 4;

fn coring() -> PathBuf {
    match std::env::var_os("CORING_BIN") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/coring"),
    }
}

struct Client(TcpStream);

impl Client {
    fn new(port: u16) -> Client {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("a core listens");
        stream
            .set_read_timeout(Some(WAIT_MAX))
            .expect("a socket takes a time-out");
        Client(stream)
    }

    fn ask(&mut self, path: &str) -> std::io::Result<()> {
        // In one piece: a second write would wait for the first one's acknowledgement.
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        self.0.write_all(request.as_bytes())
    }

    /// The name of the core that answers.
    fn name(&mut self) -> std::io::Result<String> {
        self.ask("/")?;
        let mut seen = Vec::new();
        let mut byte = [0];
        while !seen.ends_with(b"\r\n\r\n") {
            self.0.read_exact(&mut byte)?;
            seen.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&seen).to_lowercase();
        let (_, length) = head.split_once("content-length: ").expect("a length");
        let length = length.split_once("\r\n").expect("a line").0;
        let mut body = vec![0; length.parse().expect("a number")];
        self.0.read_exact(&mut body)?;
        Ok(String::from_utf8(body).expect("a core's name"))
    }
}

/// Lines of the child's stream as they come.
fn lines(stream: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

fn connect_to_both(port: u16) -> HashMap<String, Vec<Client>> {
    let mut by_core: HashMap<String, Vec<Client>> = HashMap::new();
    let enough = |by_core: &HashMap<String, Vec<Client>>| {
        by_core.len() == 2
            && by_core
                .values()
                .all(|all| all.len() >= CONNECTIONS_PER_CORE)
    };
    for _ in 0..1000 {
        if enough(&by_core) {
            return by_core;
        }
        let mut client = Client::new(port);
        let name = client.name().expect("an answer");
        by_core.entry(name).or_default().push(client);
    }
    panic!("1000 connections, and not {CONNECTIONS_PER_CORE} on each of two cores");
}

/// Asks over and over until told to stop: requests answered, the longest wait.
fn ask_until(mut client: Client, name: &str, stop: &AtomicBool) -> (u64, Duration) {
    let mut answered = 0;
    let mut longest = Duration::ZERO;
    while !stop.load(Ordering::Relaxed) {
        let began = Instant::now();
        let answer = client
            .name()
            .expect("the living core answers every request");
        assert_eq!(answer, name, "the living core lives on");
        longest = longest.max(began.elapsed());
        answered += 1;
    }
    (answered, longest)
}

fn milliseconds_to_return(errors: &mpsc::Receiver<String>) -> Duration {
    loop {
        let line = errors.recv_timeout(WAIT_MAX).expect("`core N is back`");
        if let Some((_, rest)) = line.split_once(" is back, ") {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            return Duration::from_millis(digits.parse().expect("milliseconds"));
        }
    }
}

fn start() -> (Child, u16, mpsc::Receiver<String>) {
    let mut child = Command::new(coring())
        .args(["--max-old-space-size=100", "-j", "2", "-e", SERVER])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("coring starts");
    let output = lines(child.stdout.take().expect("stdout is a pipe"));
    let errors = lines(child.stderr.take().expect("stderr is a pipe"));
    let line = output.recv_timeout(WAIT_MAX).expect("`port N`");
    let port = line.strip_prefix("port ").expect("`port N`");
    // The second core prints the same line when it listens, too.
    output
        .recv_timeout(WAIT_MAX)
        .expect("`port N` of the other core");
    let port = port.parse().expect("a number");
    (child, port, errors)
}

#[test]
fn a_core_that_dies_under_load_is_back_and_the_other_never_notices() {
    let (mut child, port, errors) = start();
    let mut by_core = connect_to_both(port).into_iter();
    let (_, mut doomed) = by_core.next().expect("two cores");
    let (living, clients) = by_core.next().expect("two cores");

    let stop = Arc::new(AtomicBool::new(false));
    let askers: Vec<_> = clients
        .into_iter()
        .map(|client| {
            let (living, stop) = (living.clone(), stop.clone());
            thread::spawn(move || ask_until(client, &living, &stop))
        })
        .collect();
    doomed[0].ask("/die").expect("the request goes out");
    let back = milliseconds_to_return(&errors);
    let names = connect_to_both(port);
    stop.store(true, Ordering::Relaxed);

    let mut answered = 0;
    let mut longest = Duration::ZERO;
    for asker in askers {
        let (count, wait) = asker.join().expect("no request on the living core failed");
        answered += count;
        longest = longest.max(wait);
    }
    child.kill().expect("our child");
    child.wait().expect("our child");
    println!("back after {back:?}; {answered} answers of the other core, longest {longest:?}");
    assert!(
        names.contains_key(&living),
        "the living core takes connections"
    );
    assert!(answered > 0);
    assert!(back < REBUILD_MAX, "back only after {back:?}");
}

/// Says its own name until it has heard another one.
const TALKER: &str = "\
    const channel = new BroadcastChannel('names'); \
    const name = Math.random(); \
    const timer = setInterval(() => channel.postMessage(new Map([['name', name]])), 20); \
    channel.onmessage = ({ data }) => { \
      if (data.get('name') === name) return; \
      channel.onmessage = null; \
      console.log('heard'); \
      setTimeout(() => { clearInterval(timer); channel.close(); }, 200); \
    };";

#[test]
fn cores_talk_by_broadcast_channel() {
    let mut child = Command::new(coring())
        .args(["-j", "2", "-e", TALKER])
        .stdout(Stdio::piped())
        .spawn()
        .expect("coring starts");
    let output = lines(child.stdout.take().expect("stdout is a pipe"));
    for _ in 0..2 {
        let line = output.recv_timeout(WAIT_MAX);
        assert_eq!(line.as_deref(), Ok("heard"));
    }
    assert!(child.wait().expect("our child").success());
}

#[test]
fn many_cores_start() {
    let cores = MANY_CORES.to_string();
    let output = Command::new(coring())
        .args(["-j", &cores, "-e", "console.log('alive')"])
        .output()
        .expect("coring starts");
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(text, "alive\n".repeat(MANY_CORES));
    assert!(output.status.success(), "{output:?}");
}
