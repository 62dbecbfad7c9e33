//! The JavaScript tests: each `lib_js/**/*.test.js` (or .mjs) is one program, run by the coring
//! that was built. It passes if it exits with 0 in time.

use crate::steps::{self, Tally};
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// Flags stand at the head of a program or nowhere.
const FLAGS_LINES_MAX: usize = 3;
const TEST_SECONDS_MAX: u64 = 60;
const PARALLEL: usize = 2;
const POLL: Duration = Duration::from_millis(4);

/// Output of a failed test that is shown; the rest is cut off in the middle of nothing.
const OUTPUT_BYTES_MAX: usize = 16 << 10;

struct Outcome {
    passed: bool,
    note: String,
    output: String,
    seconds: f64,
}

/// Runs the tests whose path holds one of `filters`, or all.
pub fn run(root: &Path, filters: &[String]) -> Tally {
    let coring = steps::target(root).join("release/coring");
    if !coring.is_file() {
        println!("no {}: `cargo build --release` first", coring.display());
        return Tally::one(false);
    }
    let mut tests = Vec::new();
    collect(&root.join("lib_js"), &mut tests);
    let wanted = |path: &PathBuf| {
        let path = path.to_string_lossy();
        filters.is_empty() || filters.iter().any(|filter| path.contains(filter.as_str()))
    };
    tests.retain(wanted);
    tests.sort();
    if tests.is_empty() {
        println!("no JavaScript tests match");
        return Tally::one(false);
    }
    let queue = Mutex::new(tests.into_iter());
    let tally = Mutex::new(Tally::default());
    thread::scope(|scope| {
        for lane in 0..PARALLEL {
            let (queue, tally, coring) = (&queue, &tally, &coring);
            scope.spawn(move || work(lane, root, coring, queue, tally));
        }
    });
    tally.into_inner().expect("no lane panicked")
}

fn collect(folder: &Path, tests: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            collect(&path, tests);
        } else if name.ends_with(".test.js") || name.ends_with(".test.mjs") {
            tests.push(path);
        }
    }
}

type Queue = Mutex<std::vec::IntoIter<PathBuf>>;

fn work(lane: usize, root: &Path, coring: &Path, queue: &Queue, tally: &Mutex<Tally>) {
    loop {
        let next = queue.lock().expect("no lane panicked").next();
        let Some(test) = next else { return };
        let outcome = run_one(lane, root, coring, &test);
        let name = test
            .strip_prefix(root)
            .unwrap_or(&test)
            .display()
            .to_string();
        let mut tally = tally.lock().expect("no lane panicked");
        tally.add(Tally::one(outcome.passed));
        if outcome.passed {
            println!("ok    {name} ({:.2} s)", outcome.seconds);
        } else {
            println!("FAIL  {name} ({:.2} s): {}", outcome.seconds, outcome.note);
            println!("{}", outcome.output.trim_end());
        }
    }
}

fn run_one(lane: usize, root: &Path, coring: &Path, test: &Path) -> Outcome {
    let scratch = std::env::temp_dir().join(format!("coring-ci-{}-{lane}", std::process::id()));
    let start = Instant::now();
    let ended = spawn(root, coring, test, &scratch).and_then(|mut child| wait(&mut child));
    let seconds = start.elapsed().as_secs_f64();
    let output = fs::read(&scratch).unwrap_or_default();
    // The scratch file may never have been made; then there is nothing to remove.
    let _ = fs::remove_file(&scratch);
    let (passed, note) = match ended {
        Ok(Some(status)) => (status.success(), status.to_string()),
        Ok(None) => (false, format!("still running after {TEST_SECONDS_MAX} s")),
        Err(error) => (false, error.to_string()),
    };
    let output = String::from_utf8_lossy(&output[..output.len().min(OUTPUT_BYTES_MAX)]);
    Outcome {
        passed,
        note,
        output: output.into_owned(),
        seconds,
    }
}

/// A process group of its own, so that a test that hangs is ended with its children.
fn spawn(root: &Path, coring: &Path, test: &Path, scratch: &Path) -> std::io::Result<Child> {
    let output = File::create(scratch)?;
    let mut command = Command::new(coring);
    command
        .args(flags(&fs::read_to_string(root.join(test))?))
        .arg(test)
        .current_dir(root)
        .stdin(Stdio::null())
        .process_group(0);
    command.stdout(output.try_clone()?).stderr(output).spawn()
}

/// What a program asks to be run with, as Node's tests do: `// Flags: --expose-internals`.
fn flags(program: &str) -> impl Iterator<Item = &str> {
    let line = program
        .lines()
        .take(FLAGS_LINES_MAX)
        .find_map(|line| line.strip_prefix("// Flags: "));
    line.unwrap_or_default().split_whitespace()
}

fn wait(child: &mut Child) -> std::io::Result<Option<ExitStatus>> {
    let end = Instant::now() + Duration::from_secs(TEST_SECONDS_MAX);
    while Instant::now() < end {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(POLL);
    }
    let group = format!("-{}", child.id());
    Command::new("kill")
        .args(["-KILL", "--", &group])
        .status()?;
    child.wait()?;
    Ok(None)
}
