//! Native addons beyond Node's own tests of them: misuse, ends of threads, and what the program
//! offers by name. Addons are compiled with `cc`; they run in the coring that was built
//! (CORING_BIN, or target/release/coring).
#![forbid(unsafe_code)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What the functions of Node-API are called by, and those of libuv.
const PREFIXES: [&str; 3] = ["napi_", "node_api_", "uv_"];

/// Of ELF's table of sections: (sh_type of a dynamic symbol table, bytes of one symbol).
const DYNAMIC_SYMBOLS: u32 = 11;
const SYMBOL_BYTES: usize = 24;

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn coring() -> PathBuf {
    match std::env::var_os("CORING_BIN") {
        Some(path) => PathBuf::from(path),
        None => here().join("../target/release/coring"),
    }
}

/// A folder for the files of one test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path =
            std::env::temp_dir().join(format!("coring-addons-{name}-{}", std::process::id()));
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

/// Runs tests/addons/limits.js with two copies of its addon.
fn run_limits(what: &str) -> Output {
    let folder = Folder::new(what);
    let sources = here().join("tests/addons");
    let addons = [folder.0.join("one.node"), folder.0.join("two.node")];
    for addon in &addons {
        let status = Command::new("cc")
            .args(["-std=gnu11", "-Wall", "-Werror", "-shared", "-fPIC", "-o"])
            .args([addon, &sources.join("limits.c")])
            .status();
        assert!(status.expect("there is a C compiler").success());
    }
    let mut command = Command::new(coring());
    command.arg("--expose-gc").arg(sources.join("limits.js"));
    command.args(&addons).arg(what);
    command.output().expect("coring was built")
}

/// Runs tests/addons/threads.js with its addon.
fn run_threads(what: &str) -> Output {
    let folder = Folder::new(&format!("threads-{what}"));
    let sources = here().join("tests/addons");
    let addon = folder.0.join("threads.node");
    let status = Command::new("cc")
        .args(["-std=gnu11", "-Wall", "-Werror", "-pthread"])
        .args(["-shared", "-fPIC", "-o"])
        .args([&addon, &sources.join("threads.c")])
        .status();
    assert!(status.expect("there is a C compiler").success());
    let mut command = Command::new(coring());
    command.arg(sources.join("threads.js")).arg(addon).arg(what);
    command.output().expect("coring was built")
}

fn said(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{said}{errors}", output.status);
    assert_eq!(errors, "");
    said
}

#[test]
fn misuse_is_a_status() {
    let told = said(&run_limits("all"));
    // Of two modules, at the end of the program.
    assert_eq!(told, "instance\ninstance\n");
}

#[test]
fn finalizers_run_at_the_end_the_newest_first() {
    assert_eq!(said(&run_limits("end")), "external\nwrap\ninstance\n");
}

#[test]
fn exit_runs_no_finalizers() {
    assert_eq!(said(&run_limits("exit")), "");
}

#[test]
fn a_worker_ends_its_own() {
    let told = said(&run_limits("worker"));
    assert_eq!(told, "external\nwrap\ninstance\ninstance\n");
}

#[test]
fn a_terminated_worker_does_so_too() {
    let told = said(&run_limits("terminated"));
    assert_eq!(told, "external\nwrap\ninstance\ninstance\n");
}

#[test]
fn each_work_has_its_ticks_and_its_exception() {
    assert_eq!(said(&run_threads("works")), "tick 1\ntick 2\ntick 3\n");
}

#[test]
fn calls_of_other_threads_come_in_order_and_settle_one_by_one() {
    assert_eq!(said(&run_threads("calls")), "finalized\ncalls 3000\n");
}

#[test]
fn work_of_a_terminated_worker_is_cancelled() {
    let told = said(&run_threads("terminated"));
    // napi_cancelled, and napi_pending_exception of who calls nevertheless.
    assert_eq!(told, "work 11, call 10\n".repeat(8) + "ended\n");
}

#[test]
fn threads_are_told_of_the_end_of_a_worker() {
    assert_eq!(
        said(&run_threads("closing")),
        "thread: 16\nfinalized\nended\n"
    );
}

fn number(bytes: &[u8], at: usize, width: usize) -> usize {
    let field = &bytes[at..at + width];
    let digits = field.iter().rev();
    digits.fold(0, |sum, byte| sum << 8 | usize::from(*byte))
}

/// Names that an ELF file of 64 bits has for others (System V ABI, "Symbol Table").
fn offered(file: &[u8]) -> BTreeSet<String> {
    let (sections, each, count) = (
        number(file, 40, 8),
        number(file, 58, 2),
        number(file, 60, 2),
    );
    let section = |index: usize| sections + index * each;
    let symbols = (0..count).map(section);
    let symbols = symbols
        .into_iter()
        .find(|at| number(file, at + 4, 4) as u32 == DYNAMIC_SYMBOLS);
    let symbols = symbols.expect("a program that offers something");
    let names = number(file, section(number(file, symbols + 40, 4)) + 24, 8);
    let (start, bytes_count) = (number(file, symbols + 24, 8), number(file, symbols + 32, 8));
    let mut found = BTreeSet::new();
    for at in (start..start + bytes_count).step_by(SYMBOL_BYTES) {
        let is_defined = number(file, at + 6, 2) != 0;
        let name = &file[names + number(file, at, 4)..];
        let length = name.iter().position(|byte| *byte == 0).unwrap_or(0);
        if is_defined {
            found.insert(String::from_utf8_lossy(&name[..length]).into_owned());
        }
    }
    found
}

#[test]
fn the_program_offers_what_is_listed() {
    let file = fs::read(coring()).expect("coring was built");
    let is_ours = |name: &String| PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    let offered: BTreeSet<String> = offered(&file).into_iter().filter(is_ours).collect();
    let list = fs::read_to_string(here().join("../bindings/napi/symbols.txt"));
    let list = list.expect("the list is in the repository");
    let asked: BTreeSet<String> = list.lines().map(str::to_owned).collect();
    let missing: Vec<_> = asked.difference(&offered).collect();
    let unknown: Vec<_> = offered.difference(&asked).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "{missing:?} {unknown:?}"
    );
}
