//! Files when things go wrong: what never answers, kills while something is written, a full disk,
//! no descriptor left. Each test runs a program of tests/files with the coring that was built
//! (CORING_BIN, or target/release/coring). Figures are printed (`--nocapture`); with CORING_STRICT
//! they are held against what is asked of an idle machine.
#![forbid(unsafe_code)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Kills of one run; CORING_KILLS says otherwise.
const KILLS: usize = 25;
/// A program is killed so long after its first word, at most.
const KILL_AFTER_MS_MAX: u64 = 40;
const FILE_LINES: usize = 4096;

/// Asked of an idle machine, and of a loaded one.
const READ_P99_MS: [f64; 2] = [2.0, 40.0];
const DRIFT_P99_MS: [f64; 2] = [5.0, 100.0];

fn coring() -> PathBuf {
    match std::env::var_os("CORING_BIN") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/coring"),
    }
}

fn program(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/files")
        .join(name)
}

/// A folder for the files of one test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("coring-files-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("the temporary folder can be written");
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left in the temporary folder is no failure of the test.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{said}{errors}", output.status);
    said
}

/// A number of the one object that a program prints.
fn number(said: &str, name: &str) -> f64 {
    let rest = said
        .split_once(&format!("\"{name}\":"))
        .map(|(_, rest)| rest);
    let value = rest.and_then(|rest| rest.split([',', '}']).next());
    let value = value.and_then(|value| value.parse().ok());
    value.unwrap_or_else(|| panic!("no {name} in {said}"))
}

#[test]
fn what_never_answers_stalls_nobody_and_takes_no_thread() {
    let folder = Folder::new("stalls");
    let silent = UdpSocket::bind("127.0.0.1:0").expect("a port is free");
    let port = silent.local_addr().expect("it is bound").port();
    let output = Command::new(coring())
        .arg(program("stalls.js"))
        .arg(&folder.0)
        .args([&port.to_string(), "3000"])
        .output()
        .expect("coring starts");
    let said = text(&output);
    println!("{said}");
    assert_eq!(number(&said, "answers"), 0.0, "nothing answers: {said}");
    assert!(number(&said, "reads") > 100.0, "{said}");
    let strict = usize::from(std::env::var_os("CORING_STRICT").is_none());
    assert!(number(&said, "readP99Ms") < READ_P99_MS[strict], "{said}");
    assert!(number(&said, "driftP99Ms") < DRIFT_P99_MS[strict], "{said}");
    let threads = said.split_once("\"threads\":[").expect("it lists them").1;
    let threads = threads.split(']').next().expect("a list ends");
    for name in threads.split(',').map(|name| name.trim_matches('"')) {
        // The core, V8's helpers, what the kernel works with, and who sleeps until a debugger is
        // asked for; V8 names a thread by 15 letters.
        let known = [
            "coring",
            "V8 DefaultWorke",
            "iou-wrk-",
            "iou-sqp-",
            "SIGUSR1",
        ];
        let own = coring()
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let own = own.is_some_and(|own| own.starts_with(name));
        assert!(
            own || known.iter().any(|known| name.starts_with(known)),
            "thread {name}"
        );
    }
}

/// Mounts a FUSE whose other end never reads, in a mount namespace of its own, runs what follows,
/// and says 77 where that cannot be.
const STUCK: &str = "\
    stuck=$1; shift; \
    exec 3<>/dev/fuse || exit 77; \
    mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 coring-stuck $stuck || exit 77; \
    \"$@\"; umount -l $stuck; exit 0";

#[test]
fn a_file_system_that_never_answers_keeps_no_local_file_waiting() {
    let (folder, stuck) = (Folder::new("near"), Folder::new("stuck"));
    let output = Command::new("unshare")
        .args(["-m", "sh", "-c", STUCK, "sh"])
        .arg(&stuck.0)
        .arg(coring())
        .arg(program("stuck.js"))
        .args([&folder.0, &stuck.0])
        .arg("2000")
        .output();
    let said = match output {
        Ok(output) if output.status.success() => text(&output),
        _ => {
            println!("skipped: FUSE cannot be mounted, which takes root");
            return;
        }
    };
    println!("{said}");
    assert_eq!(number(&said, "answers"), 0.0, "nothing answers: {said}");
    assert!(number(&said, "rounds") > 50.0, "{said}");
    let strict = usize::from(std::env::var_os("CORING_STRICT").is_none());
    assert!(number(&said, "p99Ms") < READ_P99_MS[strict], "{said}");
}

/// What `current` holds: all lines must be one number.
fn whole(folder: &Path) -> u64 {
    let Ok(text) = fs::read_to_string(folder.join("current")) else {
        return 0;
    };
    let first = text.lines().next().expect("a file has lines");
    assert_eq!(text.lines().count(), FILE_LINES, "a torn file");
    assert!(
        text.ends_with('\n') && text.lines().all(|line| line == first),
        "a torn file"
    );
    first.trim().parse().expect("a number")
}

/// Lets the program write, kills it, and gives the last number that it acknowledged.
fn kill_after(mut child: Child, wait: Duration) -> u64 {
    let mut said = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut last = String::new();
    said.read_line(&mut last)
        .expect("the program says something");
    std::thread::sleep(wait);
    child
        .kill()
        .and_then(|()| child.wait())
        .expect("the child is ours");
    // A line that the kill cut off was acknowledged to nobody.
    for line in said.lines().map_while(Result::ok) {
        last = line;
    }
    last.trim()
        .parse()
        .unwrap_or_else(|_| panic!("no number: {last}"))
}

#[test]
fn kills_tear_no_file_and_lose_no_acknowledged_write() {
    let folder = Folder::new("kills");
    let kills = std::env::var("CORING_KILLS")
        .ok()
        .and_then(|kills| kills.parse().ok());
    let kills = kills.unwrap_or(KILLS);
    let (start, mut random) = (Instant::now(), 1_u64);
    for _ in 0..kills {
        let child = Command::new(coring())
            .arg(program("acknowledge.js"))
            .arg(&folder.0)
            .stdout(Stdio::piped())
            .spawn()
            .expect("coring starts");
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let wait_us = (random >> 33) % (KILL_AFTER_MS_MAX * 1000);
        let acknowledged = kill_after(child, Duration::from_micros(wait_us));
        let found = whole(&folder.0);
        assert!(
            found >= acknowledged,
            "{acknowledged} was said, {found} is there"
        );
    }
    let written = whole(&folder.0);
    println!(
        "{kills} kills, {written} files written, {:?}",
        start.elapsed()
    );
}

#[test]
fn a_full_disk_is_told_and_recovered_from() {
    let folder = Folder::new("full");
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=1m", "coring-full"])
        .arg(&folder.0)
        .stderr(Stdio::null())
        .status();
    if !mounted.is_ok_and(|status| status.success()) {
        println!("skipped: a file system of 1 MiB cannot be mounted, which takes root");
        return;
    }
    let output = Command::new(coring())
        .arg(program("full.js"))
        .arg(&folder.0)
        .output();
    let unmounted = Command::new("umount").arg(&folder.0).status();
    assert!(unmounted.is_ok_and(|status| status.success()));
    assert_eq!(text(&output.expect("coring starts")), "recovered\n");
}

#[test]
fn no_descriptor_left_is_told_and_recovered_from() {
    let folder = Folder::new("descriptors");
    let output = Command::new("sh")
        .args(["-c", "ulimit -n 64; exec \"$@\"", "sh"])
        .arg(coring())
        .arg(program("descriptors.js"))
        .arg(&folder.0)
        .output();
    assert_eq!(text(&output.expect("coring starts")), "recovered\n");
}
