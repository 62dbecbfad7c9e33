//! Why a test did not pass: a class found from its output, and what people wrote in reasons.txt.

use super::corpus::Test;
use super::pattern::regular;
use super::run::{Ended, Outcome};
use super::suites::Verdict;
use std::collections::BTreeSet;

const REASON_CHARS_MAX: usize = 200;

/// The class and the first telling line of a test that did not pass.
pub fn classify(test: &Test, ended: &Ended) -> (String, String) {
    let line = match test.suite.verdict {
        // The output is what it is about, and may well hold errors that are right.
        Verdict::Output | Verdict::Terminal if ended.outcome == Outcome::Fail => None,
        _ => telling_line(&ended.output),
    };
    let reason = match (ended.outcome, line) {
        (Outcome::Pass | Outcome::Skip, _) => return (String::new(), String::new()),
        (Outcome::Fail, Some(line)) => line.to_string(),
        (Outcome::Fail, None) => ended.note.clone(),
        (_, Some(line)) => format!("{}: {line}", ended.note),
        (_, None) => ended.note.clone(),
    };
    let class = match ended.outcome {
        Outcome::Timeout => "time-out".to_string(),
        Outcome::Crash => "crash".to_string(),
        _ if test.header.needs_internals() => "needs --expose-internals".to_string(),
        _ => class_of(&reason),
    };
    let reason = reason.trim().chars().take(REASON_CHARS_MAX).collect();
    (class, reason)
}

/// The first line that looks like an error, or else the last that says anything.
fn telling_line(output: &str) -> Option<&str> {
    let lines = || output.lines().map(str::trim_end);
    lines()
        .find(|line| is_error(line))
        .or_else(|| lines().rev().find(|line| !line.trim().is_empty()))
}

fn is_error(line: &str) -> bool {
    let head = line.trim_start().trim_start_matches("Uncaught ");
    let name: String = head.chars().take_while(|c| c.is_alphanumeric()).collect();
    let rest = &head[name.len()..];
    let is_named = (name.ends_with("Error") || name.ends_with("Exception"))
        && (rest.starts_with(':') || rest.starts_with(" [") || rest.is_empty());
    let is_other = ["bad option", "panicked at", "Mismatched ", "FATAL ERROR"];
    is_named || is_other.iter().any(|words| head.contains(words))
}

/// `module absent: name`, if the line says that one cannot be found.
fn absent_module(line: &str) -> Option<String> {
    const WORDS: &[&str] = &[
        "Cannot find module '",
        "Cannot find package '",
        "No such built-in module: ",
    ];
    let from = WORDS
        .iter()
        .find_map(|words| Some(line.find(words)? + words.len()))?;
    let name = line[from..].split(['\'', ' ', ',']).next()?;
    let name = name.trim_start_matches("node:");
    // A file of the test's own: which one says nothing to the reader of a summary.
    let is_file = name.starts_with(['.', '/']) || name.starts_with("file:");
    Some(format!(
        "module absent: {}",
        if is_file { "a file" } else { name }
    ))
}

/// Classes by words of the line, the most telling first.
fn class_of(line: &str) -> String {
    if let Some(class) = absent_module(line) {
        return class;
    }
    const CLASSES: &[(&str, &str)] = &[
        ("bad option", "option absent"),
        ("is not allowed in NODE_OPTIONS", "option absent"),
        ("No such binding", "binding absent"),
        ("is not a function", "function absent"),
        ("is not a constructor", "function absent"),
        ("is not defined", "global absent"),
        ("not implemented", "not built"),
        ("not built", "not built"),
        ("Mismatched ", "calls counted wrong"),
        ("AssertionError", "assertion"),
        ("SyntaxError", "syntax"),
        ("panicked at", "panic"),
        ("TypeError", "TypeError"),
        ("RangeError", "RangeError"),
        ("expected \"", "output differs"),
        ("lines of output, expected", "output differs"),
        ("Error", "error"),
    ];
    let found = CLASSES.iter().find(|(words, _)| line.contains(words));
    found.map_or("other", |(_, class)| class).to_string()
}

/// reasons.txt: `pattern: reason`, one a line; `#` begins a remark.
pub struct Written(Vec<(String, String)>);

impl Written {
    pub fn parse(text: &str) -> Written {
        let is_remark = |line: &&str| line.starts_with('#');
        let pair = |line: &str| {
            let (pattern, reason) = line.split_once(": ")?;
            Some((pattern.trim().to_string(), reason.trim().to_string()))
        };
        let lines = text.lines().filter(|line| !is_remark(line));
        Written(lines.filter_map(pair).collect())
    }

    /// The first reason whose pattern fits the whole name or a part of it.
    pub fn of(&self, name: &str) -> Option<&str> {
        let found = self.place(name)?;
        Some(&self.0[found].1)
    }

    fn place(&self, name: &str) -> Option<usize> {
        let mut patterns = self.0.iter().map(|(pattern, _)| pattern);
        patterns.position(|pattern| regular(pattern, name))
    }

    /// The patterns that are nobody's of these names.
    pub fn unused<'a>(&self, names: impl Iterator<Item = &'a str>) -> Vec<&str> {
        let used: BTreeSet<usize> = names.filter_map(|name| self.place(name)).collect();
        let all = self.0.iter().enumerate();
        all.filter(|(at, _)| !used.contains(at))
            .map(|(_, (pattern, _))| pattern.as_str())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::header::Header;
    use super::super::suites::SUITES;
    use super::*;

    #[test]
    fn reasons_are_classed() {
        let check = |outcome, output: &str, flags: &str, expect: (&str, &str)| {
            let test = Test {
                name: "parallel/test-a.js".into(),
                suite: &SUITES[0],
                header: Header::parse(flags),
                is_flaky: false,
            };
            let ended = Ended {
                outcome,
                seconds: 0.0,
                output: output.into(),
                note: "noted".into(),
                subtests: None,
            };
            let (class, reason) = classify(&test, &ended);
            assert_eq!((class.as_str(), reason.as_str()), expect, "{output}");
        };
        let fail = Outcome::Fail;
        check(
            fail,
            "node:internal/x:1\n  throw e\n\nAssertionError [ERR_ASSERTION]: a\n    at b\n",
            "",
            ("assertion", "AssertionError [ERR_ASSERTION]: a"),
        );
        check(
            fail,
            "TypeError: x is not a function\n",
            "",
            ("function absent", "TypeError: x is not a function"),
        );
        check(
            fail,
            "TypeError: x\n",
            "// Flags: --expose-internals",
            ("needs --expose-internals", "TypeError: x"),
        );
        check(
            fail,
            "coring: bad option: --y\n",
            "",
            ("option absent", "coring: bad option: --y"),
        );
        check(
            fail,
            "Error: Cannot find module 'node:zlib'\n",
            "",
            (
                "module absent: zlib",
                "Error: Cannot find module 'node:zlib'",
            ),
        );
        check(fail, "", "", ("other", "noted"));
        check(Outcome::Timeout, "", "", ("time-out", "noted"));
        check(Outcome::Crash, "last\n", "", ("crash", "noted: last"));
    }

    #[test]
    fn written_reasons_are_found_by_pattern() {
        let written = Written::parse("# remark: x\nparallel/test-quic-: no QUIC: none\nbad\n");
        assert_eq!(written.of("parallel/test-quic-a.js"), Some("no QUIC: none"));
        assert_eq!(written.of("parallel/test-fs.js"), None);
        let unused = |name: &'static str| written.unused([name].into_iter());
        assert!(unused("parallel/test-quic-a.js").is_empty());
        assert_eq!(unused("parallel/test-fs.js"), ["parallel/test-quic-"]);
    }
}
