//! The program from outside: what it prints, its exit codes, signals, and several cores. Each row
//! starts the coring that was built (CORING_BIN, or target/release/coring) and looks at what comes
//! out. Expected are Node 24's words and codes; where the two may differ only the part that must
//! agree is compared.
#![forbid(unsafe_code)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

const RUN_MAX: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(5);

const SIGTERM: i32 = 15;
const SIGINT: i32 = 2;

const SERVER: &str = "\
    const http = require('http'); \
    const server = http.createServer((req, res) => { \
      if (req.url === '/throw') throw new Error('thrown'); \
      if (req.url === '/slow') { console.log('slow'); setTimeout(() => res.end('late'), 300); } \
      else res.end(`pid ${process.pid}`); \
    }); \
    server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));";

fn coring() -> PathBuf {
    let path = match std::env::var_os("CORING_BIN") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/coring"),
    };
    assert!(
        path.is_file(),
        "no {}: `cargo build --release` first, or set CORING_BIN",
        path.display()
    );
    path
}

/// A folder for the files of one test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("coring-cli-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("the temporary folder can be written");
        Folder(path)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).expect("the temporary folder can be written");
        path.to_str().expect("a path in UTF-8").to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left in the temporary folder is no failure of the test.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(coring());
    command
        .args(arguments)
        .env_remove("NODE_OPTIONS")
        .env_remove("FORCE_COLOR")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs to the end, with `input` on stdin.
fn run_with(mut command: Command, input: &str) -> Output {
    let mut child = command.spawn().expect("coring starts");
    let mut stdin = child.stdin.take().expect("stdin is a pipe");
    // A program that does not read may be gone already.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let id = child.id();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait_with_output()));
    match receiver.recv_timeout(RUN_MAX) {
        Ok(output) => output.expect("its output can be read"),
        Err(_) => {
            send_signal(id, "KILL");
            panic!("still running after {} s", RUN_MAX.as_secs());
        }
    }
}

fn run(arguments: &[&str]) -> Output {
    run_with(command(arguments), "")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
fn check(output: &Output, code: i32, stdout: &str) {
    let shown = format!(
        "{:?}\n{}\n{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
    assert_eq!(output.status.code(), Some(code), "{shown}");
    assert_eq!(text(&output.stdout), stdout, "{shown}");
}

#[track_caller]
fn check_error(output: &Output, code: i32, parts: &[&str]) {
    check(output, code, "");
    let stderr = text(&output.stderr);
    for part in parts {
        assert!(stderr.contains(part), "{part:?} is not in:\n{stderr}");
    }
}

fn send_signal(id: u32, name: &str) {
    let status = Command::new("kill")
        .args([&format!("-{name}"), &id.to_string()])
        .status()
        .expect("`kill` runs");
    assert!(status.success(), "kill -{name} {id}");
}

#[test]
fn prints_and_exits() {
    let rows: &[(&[&str], i32, &str)] = &[
        (&["-p", "1 + 1"], 0, "2\n"),
        (&["-pe", "[1, 'a']"], 0, "[ 1, 'a' ]\n"),
        (
            &["-e", "console.log(process.argv.length)", "a", "b"],
            0,
            "3\n",
        ),
        (&["-v"], 0, "v24.21.0\n"),
        (&["--version"], 0, "v24.21.0\n"),
        (&["-p", "process.version"], 0, "v24.21.0\n"),
        (&["-e", "process.exit(7)"], 7, ""),
        (&["-e", "process.exitCode = 9"], 9, ""),
        (
            &[
                "-e",
                "process.on('exit', (c) => console.log(c)); process.exit(3)",
            ],
            3,
            "3\n",
        ),
        (
            &["-e", "process.on('beforeExit', () => process.exit(4))"],
            4,
            "",
        ),
        (&["-e", "setTimeout(() => {}, 1e9).unref()"], 0, ""),
        (
            &[
                "-e",
                "process.exitCode = 2; process.on('exit', () => { process.exitCode = 5 })",
            ],
            5,
            "",
        ),
        (&["-e", "await 1; console.log('tla')"], 0, "tla\n"),
        (
            &["--input-type=module", "-e", "console.log(typeof require)"],
            0,
            "undefined\n",
        ),
        (
            &["-p", "process.execArgv.join()"],
            0,
            "-p,process.execArgv.join()\n",
        ),
        (&["-e", "await new Promise(() => {})"], 13, ""),
    ];
    for (arguments, code, stdout) in rows {
        check(&run(arguments), *code, stdout);
    }
}

#[test]
fn bad_options_exit_with_9() {
    let rows: &[&[&str]] = &[
        &["--nope"],
        &["--stack-size-of", "x.js"],
        &["-r"],
        &["--eval"],
    ];
    for arguments in rows {
        let output = run(arguments);
        check_error(&output, 9, &[arguments[0]]);
    }
}

#[test]
fn too_few_addresses_are_told_with_the_cure() {
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -v 2000000; exec \"$0\" -p 1"])
        .arg(coring());
    let output = command.output().expect("there is a shell");
    let parts = ["the limit of addresses is 1953 MiB", "ulimit -v unlimited"];
    check_error(&output, 1, &parts);
}

#[test]
fn node_options_are_read_and_checked() {
    let folder = Folder::new("options");
    let first = folder.file("first.js", "globalThis.first = 'preloaded';");
    let rows: &[(String, i32, &str, &str)] = &[
        (format!("--require={first}"), 0, "preloaded\n", ""),
        (format!("--require \"{first}\""), 0, "preloaded\n", ""),
        (
            "--nope".into(),
            9,
            "",
            "--nope is not allowed in NODE_OPTIONS",
        ),
        ("-e 1".into(), 9, "", "is not allowed in NODE_OPTIONS"),
        ("--require \"open".into(), 9, "", "unterminated string"),
    ];
    for (options, code, stdout, stderr) in rows {
        let mut command = command(&["-p", "globalThis.first"]);
        command.env("NODE_OPTIONS", options);
        let output = run_with(command, "");
        check(&output, *code, stdout);
        assert!(
            text(&output.stderr).contains(stderr),
            "{}",
            text(&output.stderr)
        );
    }
}

#[test]
fn programs_come_from_files_stdin_and_preloads() {
    let folder = Folder::new("files");
    let main = folder.file("main.js", "console.log(process.argv[2], globalThis.order);");
    let one = folder.file("one.js", "globalThis.order = 'one';");
    let two = folder.file("two.mjs", "globalThis.order += ' two'; await 1;");
    let esm = folder.file(
        "esm.mjs",
        "import fs from 'fs'; console.log(typeof fs.readFile);",
    );
    check(&run(&[&main, "a"]), 0, "a undefined\n");
    check(&run(&[&main[..main.len() - 3], "a"]), 0, "a undefined\n");
    check(
        &run(&["-r", &one, "--import", &two, &main, "a"]),
        0,
        "a one two\n",
    );
    check(&run(&[&esm]), 0, "function\n");
    check(&run(&["--", &main, "--x"]), 0, "--x undefined\n");
    check(
        &run_with(command(&["-", "a"]), "console.log('in', process.argv[2])"),
        0,
        "in a\n",
    );
    check(
        &run_with(command(&[]), "console.log(__filename)"),
        0,
        "[stdin]\n",
    );
    let echo = folder.file("echo.js", "process.stdin.pipe(process.stdout);");
    check(&run_with(command(&[&echo]), "through\n"), 0, "through\n");
}

#[test]
fn syntax_is_checked_without_running() {
    let folder = Folder::new("check");
    let good = folder.file("good.js", "console.log('ran');");
    let bad = folder.file("bad.js", "let a = ;\n");
    let module = folder.file("bad.mjs", "export default ;;(\n");
    check(&run(&["-c", &good]), 0, "");
    check_error(
        &run(&["--check", &bad]),
        1,
        &[&format!("{bad}:1"), "let a = ;", "SyntaxError"],
    );
    check_error(&run(&["-c", &module]), 1, &["SyntaxError"]);
    check_error(&run(&["-c", "/none.js"]), 1, &["Cannot find module"]);
}

#[test]
fn uncaught_errors_are_printed_as_node_does() {
    let folder = Folder::new("errors");
    let file = folder.file("throws.js", "const a = 1;\nthrow new TypeError('no');\n");
    let output = run(&[&file]);
    let head = format!("{file}:2\nthrow new TypeError('no');\n^\n\nTypeError: no\n    at ");
    check_error(&output, 1, &["\n\nNode.js v24.21.0\n"]);
    assert!(
        text(&output.stderr).starts_with(&head),
        "{}",
        text(&output.stderr)
    );

    let rows: &[(&str, &[&str])] = &[
        ("throw 5", &["throw 5\n^\n5\n(Use `", "Node.js v24"]),
        ("throw null", &["throw null\n^\nnull\n"]),
        (
            "Promise.reject(new Error('lost'))",
            &["Error: lost\n    at ", "Node.js v24"],
        ),
        (
            "Promise.reject(5)",
            &[
                "This error originated either by throwing",
                "reason \"5\"",
                "ERR_UNHANDLED_REJECTION",
            ],
        ),
        (
            "new (require('events'))().emit('error', new Error('ev'))",
            &["throw er; // Unhandled 'error' event", "Error: ev"],
        ),
        (
            "require('./none')",
            &["Cannot find module './none'", "MODULE_NOT_FOUND"],
        ),
        (
            "let a = ;",
            &["[eval]:1", "let a = ;", "SyntaxError: Unexpected token ';'"],
        ),
        (
            "throw Object.assign(new Error('x', { cause: new Error('deep') }), { code: 'E' })",
            &["code: 'E'", "[cause]: Error: deep"],
        ),
    ];
    for (program, parts) in rows {
        check_error(&run(&["-e", program]), 1, parts);
    }
    check_error(
        &run(&[&folder.0.join("none.js").display().to_string()]),
        1,
        &[
            "Error: Cannot find module '",
            "code: 'MODULE_NOT_FOUND'",
            "requireStack: []",
        ],
    );
    let program = "process.on('uncaughtException', () => { throw new Error('again') }); throw 1";
    check_error(&run(&["-e", program]), 7, &["Error: again"]);
}

/// A program whose stdout is read line by line while it runs.
struct Running {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Running {
    fn start(arguments: &[&str]) -> Running {
        let mut child = command(arguments)
            .stderr(Stdio::null())
            .spawn()
            .expect("coring starts");
        let (sender, lines) = mpsc::channel();
        let stdout: ChildStdout = child.stdout.take().expect("stdout is a pipe");
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                // The test may have what it wanted.
                let _ = sender.send(line);
            }
        });
        Running { child, lines }
    }

    fn line(&self) -> String {
        let line = self.lines.recv_timeout(RUN_MAX);
        line.expect("the program prints a line")
    }

    fn port(&self) -> u16 {
        let line = self.line();
        let port = line.strip_prefix("port ").expect("`port N`");
        port.parse().expect("a number")
    }

    /// The end: exit code or signal.
    fn wait(&mut self) -> (Option<i32>, Option<i32>) {
        let end = Instant::now() + RUN_MAX;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().expect("our child") {
                return (status.code(), status.signal());
            }
            thread::sleep(POLL);
        }
        panic!("still running after {} s", RUN_MAX.as_secs());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has usually ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn begin(port: u16, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the server accepts");
    stream
        .set_read_timeout(Some(RUN_MAX))
        .expect("a time that is not zero");
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream
        .write_all(request.as_bytes())
        .expect("the request is sent");
    stream
}

/// Everything until the end; a connection that was reset ends, too.
fn finish(mut stream: TcpStream) -> String {
    let mut reply = Vec::new();
    let _ = stream.read_to_end(&mut reply);
    text(&reply)
}

fn get(port: u16, path: &str) -> String {
    finish(begin(port, path))
}

#[test]
fn signals_end_a_program_or_reach_it() {
    for (name, number) in [("TERM", SIGTERM), ("INT", SIGINT)] {
        let mut program = Running::start(&["-e", "console.log('up'); setInterval(() => {}, 1e6)"]);
        assert_eq!(program.line(), "up");
        send_signal(program.child.id(), name);
        assert_eq!(program.wait(), (None, Some(number)), "SIG{name}");

        let listens = format!(
            "process.on('SIG{name}', (signal, number) => {{ console.log(signal, number); \
             process.exit(5); }}); setInterval(() => {{}}, 1e6); console.log('up');"
        );
        let mut program = Running::start(&["-e", &listens]);
        assert_eq!(program.line(), "up");
        send_signal(program.child.id(), name);
        assert_eq!(program.line(), format!("SIG{name} {number}"));
        assert_eq!(program.wait(), (Some(5), None), "SIG{name}");
    }
}

#[test]
fn one_core_dies_of_an_uncaught_error_as_node_does() {
    let mut program = Running::start(&["-e", SERVER]);
    let port = program.port();
    assert!(get(port, "/").ends_with(&format!("pid {}", program.child.id())));
    assert_eq!(get(port, "/throw"), "");
    assert_eq!(program.wait(), (Some(1), None));
}

#[test]
fn two_cores_serve_one_port_and_drain_at_sigterm() {
    let folder = Folder::new("cores");
    let file = folder.file("server.js", SERVER);
    let mut program = Running::start(&["-j", "2", &file]);
    let port = program.port();
    assert_eq!(program.port(), port, "both cores listen on the same port");
    for _ in 0..50 {
        let reply = get(port, "/");
        assert!(reply.starts_with("HTTP/1.1 200 OK\r\n"), "{reply}");
        assert!(
            reply.ends_with(&format!("pid {}", program.child.id())),
            "{reply}"
        );
    }
    let slow: Vec<TcpStream> = (0..6).map(|_| begin(port, "/slow")).collect();
    for _ in &slow {
        assert_eq!(program.line(), "slow");
    }
    send_signal(program.child.id(), "TERM");
    for stream in slow {
        let reply = finish(stream);
        assert!(reply.ends_with("late"), "cut off by SIGTERM: {reply:?}");
    }
    assert_eq!(program.wait(), (Some(0), None));
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn a_core_that_dies_comes_back() {
    let folder = Folder::new("rebirth");
    let file = folder.file("server.js", SERVER);
    let program = Running::start(&["-j", "2", &file]);
    let port = program.port();
    assert_eq!(program.port(), port);
    // Cores that die within half a second of their birth are given up after the third time.
    thread::sleep(Duration::from_millis(700));
    assert_eq!(get(port, "/throw"), "");
    assert_eq!(program.port(), port, "the core listens again");
    for _ in 0..20 {
        assert!(get(port, "/").starts_with("HTTP/1.1 200 OK\r\n"));
    }
}

/// A full disk stands for a log that nobody reads any more.
#[test]
fn what_cannot_be_printed_ends_nothing_else() {
    for (words, expect) in [
        (&["--version"][..], 0),
        (&["--help"], 0),
        (&["--no-such-option"], 9),
    ] {
        let full = || fs::File::create("/dev/full").expect("every Linux has it");
        let status = Command::new(coring())
            .args(words)
            .stdout(full())
            .stderr(full())
            .status()
            .expect("coring starts");
        assert_eq!(status.code(), Some(expect), "{words:?}");
    }
}
