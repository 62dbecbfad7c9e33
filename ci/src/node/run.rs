//! Running one test: the command and surroundings that Node's test.py gives it, its end, and
//! what that end means. Its whole process group is ended with it.

use super::corpus::Test;
use super::expect;
use super::subtests::Subtests;
use super::suites::Verdict;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Pass,
    /// It says itself that it cannot run here; counted as neither.
    Skip,
    Fail,
    Timeout,
    Crash,
}

/// How one test ended.
#[derive(Clone, Debug)]
pub struct Ended {
    pub outcome: Outcome,
    pub seconds: f64,
    /// Both streams, the middle of long ones left out; empty for a pass.
    pub output: String,
    /// What the program did not print: a signal, the time-out, the first line that differs.
    pub note: String,
    /// What a runner of web platform tests counted.
    pub subtests: Option<Subtests>,
}

/// What all tests of a run share.
pub struct Surroundings {
    /// The folder that holds `test/`; tests run in it.
    pub root: PathBuf,
    pub binary: PathBuf,
    pub scratch: PathBuf,
    pub timeout: Duration,
    pub error_reporter: bool,
}

const OUTPUT_BYTES_MAX: u64 = 32 << 10;
const POLL_FIRST: Duration = Duration::from_millis(2);
const POLL_LAST: Duration = Duration::from_millis(25);

/// Runs `test` as number `serial` on `lane`. `slow` is called once if it takes long.
pub fn run(
    around: &Surroundings,
    test: &Test,
    lane: usize,
    serial: usize,
    slow: &mut dyn FnMut(Duration),
) -> Ended {
    let start = Instant::now();
    let timeout = around.timeout * test.suite.timeout_factor;
    let path = |stream: &str| around.scratch.join(format!("{serial}.{stream}"));
    let (out, err) = (path("out"), path("err"));
    let ended = command(around, test, lane, serial)
        .and_then(|command| spawn(command, &out, &err))
        .and_then(|mut child| wait(&mut child, timeout, slow));
    let seconds = start.elapsed().as_secs_f64();
    let (out_text, err_text) = (text(&out), text(&err));
    for file in [&out, &err] {
        // It is not there if the test could not be started.
        let _ = fs::remove_file(file);
    }
    let (outcome, note) = match ended {
        Ok(Some(status)) => judge(around, test, status, &out_text, &err_text),
        Ok(None) => (
            Outcome::Timeout,
            format!("still running after {} s", timeout.as_secs()),
        ),
        Err(error) => (Outcome::Fail, format!("cannot be run: {error}")),
    };
    let subtests = Subtests::find(&out_text).filter(|_| test.suite.name == "wpt");
    let output = match outcome {
        Outcome::Pass | Outcome::Skip => String::new(),
        Outcome::Fail | Outcome::Timeout | Outcome::Crash => out_text + &err_text,
    };
    Ended {
        outcome,
        seconds,
        output,
        note,
        subtests,
    }
}

fn judge(
    around: &Surroundings,
    test: &Test,
    status: ExitStatus,
    out: &str,
    err: &str,
) -> (Outcome, String) {
    if let Some(signal) = status.signal() {
        return (Outcome::Crash, format!("ended by signal {signal}"));
    }
    let code = status.code().unwrap_or(-1);
    let by = |passed: bool| {
        if passed {
            (Outcome::Pass, String::new())
        } else {
            (Outcome::Fail, format!("exit code {code}"))
        }
    };
    match test.suite.verdict {
        Verdict::ExitCode if code == 0 && out.contains("1..0 # Skipped") => {
            (Outcome::Skip, String::new())
        }
        Verdict::ExitCode => by(code == 0),
        Verdict::MustFail if code == 0 && out.contains("1..0 # Skipped") => {
            (Outcome::Skip, String::new())
        }
        Verdict::MustFail => by(code != 0),
        Verdict::Output | Verdict::Terminal => {
            let expected = around.root.join("test").join(&test.name);
            let expected = fs::read(expected.with_extension("out")).unwrap_or_default();
            let expected = String::from_utf8_lossy(&expected);
            match expect::difference(&expected, &format!("{out}{err}"), test.file()) {
                None => (Outcome::Pass, String::new()),
                Some(difference) => (Outcome::Fail, difference),
            }
        }
    }
}

fn command(
    around: &Surroundings,
    test: &Test,
    lane: usize,
    serial: usize,
) -> std::io::Result<Command> {
    let file = around.root.join("test").join(&test.name);
    let mut command = match limits(test) {
        Some(limits) => {
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("{limits} exec \"$0\" \"$@\"")]);
            shell.arg(&around.binary);
            shell
        }
        None => Command::new(&around.binary),
    };
    let input = match test.suite.verdict {
        Verdict::Terminal => {
            command = Command::new("python3");
            command.arg(around.root.join("tools/pseudo-tty.py"));
            command.arg(&around.binary);
            File::open(file.with_extension("in")).ok()
        }
        Verdict::ExitCode | Verdict::MustFail | Verdict::Output => None,
    };
    command.stdin(input.map_or_else(Stdio::null, Stdio::from));
    command.args(&test.header.flags);
    if around.error_reporter && test.header.uses_node_test {
        command.args([
            "--test-reporter=./test/common/test-error-reporter.js",
            "--test-reporter-destination=stdout",
        ]);
    }
    command.arg(file).current_dir(&around.root);
    for name in ["NODE_OPTIONS", "NODE_PATH", "NODE_REPL_EXTERNAL_MODULE"] {
        command.env_remove(name);
    }
    command
        .env("NODE_SKIP_FLAG_CHECK", "true")
        .env("NODE_TEST_DIR", &around.scratch)
        .env("TEST_SERIAL_ID", serial.to_string())
        .env("TEST_THREAD_ID", lane.to_string())
        .env(
            "TEST_PARALLEL",
            if test.suite.is_parallel { "1" } else { "0" },
        )
        .env("GITHUB_STEP_SUMMARY", "")
        .envs(test.header.env.iter().map(|(name, value)| (name, value)));
    Ok(command)
}

/// Limits that only a shell can set for a child from safe Rust.
fn limits(test: &Test) -> Option<String> {
    let space = test.header.address_space_bytes;
    let space = space.map(|bytes| format!("ulimit -v {};", bytes >> 10));
    let no_core = space.is_some() || test.suite.forbids_core_files;
    no_core.then(|| format!("ulimit -c 0; {}", space.unwrap_or_default()))
}

fn spawn(mut command: Command, out: &Path, err: &Path) -> std::io::Result<Child> {
    command
        .stdout(File::create(out)?)
        .stderr(File::create(err)?);
    command.process_group(0).spawn()
}

/// Waits for the end, or until the time is over; then nothing of its group is left.
fn wait(
    child: &mut Child,
    timeout: Duration,
    slow: &mut dyn FnMut(Duration),
) -> std::io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    let mut pause = POLL_FIRST;
    let mut status = child.try_wait()?;
    while status.is_none() && start.elapsed() < timeout {
        thread::sleep(pause);
        pause = (pause * 5 / 4).min(POLL_LAST);
        slow(start.elapsed());
        status = child.try_wait()?;
    }
    let group = format!("-{}", child.id());
    // Mostly the group is empty by now, and kill says so on its standard error.
    let _ = Command::new("kill")
        .args(["-KILL", "--", &group])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if status.is_none() {
        child.wait()?;
    }
    Ok(status)
}

/// Ends what tests have left behind in process groups of its own: known by our scratch folder in
/// its environment.
pub fn end_strays(around: &Surroundings) {
    let mark = format!("NODE_TEST_DIR={}", around.scratch.display());
    let Ok(processes) = fs::read_dir("/proc") else {
        return;
    };
    for process in processes.flatten() {
        let name = process.file_name();
        let environment = fs::read(process.path().join("environ")).unwrap_or_default();
        let is_number = name.to_string_lossy().parse::<u32>().is_ok();
        if is_number
            && environment
                .split(|byte| *byte == 0)
                .any(|pair| pair == mark.as_bytes())
        {
            // It may have ended by itself in between.
            let _ = Command::new("kill").arg("-KILL").arg(&name).status();
        }
    }
}

/// The start and the end of a file of output.
fn text(path: &Path) -> String {
    let Ok(mut file) = File::open(path) else {
        return String::new();
    };
    let bytes_count = file.metadata().map_or(0, |metadata| metadata.len());
    let mut bytes = Vec::new();
    let mut read = |file: &mut File| {
        // What cannot be read is not shown; the outcome does not depend on it.
        let _ = file.take(OUTPUT_BYTES_MAX).read_to_end(&mut bytes);
    };
    read(&mut file);
    if bytes_count > 2 * OUTPUT_BYTES_MAX {
        let from = SeekFrom::Start(bytes_count - OUTPUT_BYTES_MAX);
        if file.seek(from).is_ok() {
            read(&mut file);
        }
    } else {
        read(&mut file);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::header::Header;
    use super::super::suites::SUITES;
    use super::*;

    /// Runs a script of sh as if it were a test of `suite`.
    fn ended(suite: &str, script: &str, seconds: u64) -> Ended {
        let name = format!("{suite}/test-{}.js", script.len());
        let root = std::env::temp_dir().join(format!("coring-ci-run-{}", std::process::id()));
        let root = root.join(&name);
        fs::create_dir_all(root.join("test").join(suite)).expect("made");
        fs::write(root.join("test").join(&name), script).expect("written");
        let around = Surroundings {
            binary: "sh".into(),
            scratch: root.clone(),
            root: root.clone(),
            timeout: Duration::from_secs(seconds),
            error_reporter: false,
        };
        let suite = SUITES.iter().find(|each| each.name == suite);
        let test = Test {
            name,
            suite: suite.expect("it is in the list"),
            header: Header::parse(script),
            is_flaky: false,
        };
        let ended = run(&around, &test, 0, 1, &mut |_| {});
        fs::remove_dir_all(&root).expect("removed");
        ended
    }

    #[test]
    fn ends_are_told_apart() {
        let check = |suite, script, expect| {
            let ended = ended(suite, script, 30);
            assert_eq!(ended.outcome, expect, "{script}: {ended:?}");
        };
        check("parallel", "exit 0", Outcome::Pass);
        check("parallel", "exit 3", Outcome::Fail);
        check("parallel", "kill -SEGV $$ ", Outcome::Crash);
        check("parallel", "echo '1..0 # Skipped: x'", Outcome::Skip);
        check(
            "parallel",
            "echo '1..0 # Skipped: x'; exit 1",
            Outcome::Fail,
        );
        check("known_issues", "exit 1 ", Outcome::Pass);
        check("known_issues", "exit 0  ", Outcome::Fail);
        check(
            "parallel",
            "test \"$TEST_PARALLEL$A\" = 1b  # // Env: A=b",
            Outcome::Pass,
        );
        check("sequential", "test $TEST_PARALLEL = 0", Outcome::Pass);
        check("abort", "test $(ulimit -c) = 0", Outcome::Pass);
    }

    #[test]
    fn what_a_test_leaves_behind_is_found() {
        let scratch = std::env::temp_dir().join(format!("coring-ci-stray-{}", std::process::id()));
        let around = Surroundings {
            root: "/".into(),
            binary: "true".into(),
            scratch: scratch.clone(),
            timeout: Duration::from_secs(1),
            error_reporter: false,
        };
        let mut stray = Command::new("sleep");
        stray.arg("60").env("NODE_TEST_DIR", &scratch);
        let mut stray = stray.spawn().expect("it starts");
        // For a moment after its start the kernel shows no environment yet.
        let end = Instant::now() + Duration::from_secs(10);
        let status = loop {
            end_strays(&around);
            match stray.try_wait().expect("it is a child of ours") {
                Some(status) => break status,
                None => assert!(Instant::now() < end, "it lives on"),
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        assert_eq!(status.signal(), Some(9));
    }

    #[test]
    fn what_hangs_is_ended_with_its_children() {
        let start = Instant::now();
        let ended = ended("parallel", "echo said; sleep 60 & wait", 1);
        assert_eq!(ended.outcome, Outcome::Timeout);
        assert_eq!(ended.output, "said\n");
        assert!(start.elapsed() < Duration::from_secs(30));
    }
}
