//! Rules for every text file: length, width, spaces, and words that must not be committed.

use super::tree::EXCEPTIONS_PATH;
use super::{Finding, Source, Tree};

const COLUMNS_MAX: usize = 100;
const RUST_LINES_MAX: usize = 1_000;
const JAVASCRIPT_LINES_MAX: usize = 1_200;
const README_LINES_MAX: usize = 60;

/// Written in two halves, so that this file does not break its own rules.
const NOW: &str = concat!("TODO", "(now)");
const MACHINE_PATHS: &[&str] = &[concat!("/wo", "rk/"), concat!("/tmp/", "brief")];

pub fn file_length(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        let Some(max) = lines_max(file) else { continue };
        let lines = file.lines_count();
        if lines > max && !tree.excuses("length", &file.path, None) {
            let message = format!("{lines} lines, at most {max}");
            findings.push(Finding::new(file, 0, "length", message));
        }
    }
    findings
}

fn lines_max(file: &Source) -> Option<usize> {
    match file.ending() {
        "rs" => Some(RUST_LINES_MAX),
        "js" | "mjs" | "cjs" => Some(JAVASCRIPT_LINES_MAX),
        "md" if file.path.ends_with("/README.md") => Some(README_LINES_MAX),
        _ => None,
    }
}

/// Width, trailing spaces, the last newline, and work that was meant to be done at once.
pub fn lines(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        if is_made_by_tools(file) {
            continue;
        }
        let code = file.is_rust() || file.is_javascript();
        for (index, line) in file.text.lines().enumerate() {
            let mut find = |rule, message: &str| {
                findings.push(Finding::new(file, index + 1, rule, message.into()));
            };
            if code && is_wide(line, columns_max(&file.path)) {
                find("columns", "more columns than a line may have");
            }
            if line.ends_with([' ', '\t']) {
                find("spaces", "ends in a space");
            }
            if line.contains(NOW) {
                find("todo", "to be done before the commit");
            }
        }
        if !file.text.is_empty() && !file.text.ends_with('\n') {
            let message = "the last line has no newline".into();
            findings.push(Finding::new(file, file.lines_count(), "newline", message));
        }
    }
    findings.retain(|finding| !tree.excuses("lines", &finding.path, None));
    findings
}

/// A line may be wide for one word that cannot be broken: an address.
fn is_wide(line: &str, columns_max: usize) -> bool {
    let unbreakable = line.contains("http://") || line.contains("https://");
    line.chars().count() > columns_max && !unbreakable
}

/// Rows of test data may be wider: broken up they are harder to read, not easier.
fn columns_max(path: &str) -> usize {
    let is_test = path.ends_with(".test.js") || path.ends_with(".test.cjs");
    if is_test {
        COLUMNS_MAX + 20
    } else {
        COLUMNS_MAX
    }
}

fn is_made_by_tools(file: &Source) -> bool {
    let is_record = file.path.starts_with("perf/runs/") && file.ending() == "json";
    is_record || file.ending() == "lock"
}

/// Paths of the machine where something was written do not belong to the project.
pub fn machine_paths(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        for (index, line) in file.text.lines().enumerate() {
            if let Some(path) = MACHINE_PATHS.iter().find(|path| line.contains(**path)) {
                let message = format!("`{path}` is a path of one machine");
                findings.push(Finding::new(file, index + 1, "machine", message));
            }
        }
    }
    findings
}

/// An exception that nothing needs any more is a hole for what comes. To be asked behind all rules.
pub fn unused_exceptions(tree: &Tree) -> Vec<Finding> {
    let exceptions = tree.exceptions.iter();
    let unused = exceptions.filter(|exception| !exception.is_used.get());
    let find = |exception: &super::tree::Exception| Finding {
        path: EXCEPTIONS_PATH.into(),
        line: exception.line,
        rule: "exception",
        message: format!("{} does not break `{}`", exception.path, exception.rule),
    };
    unused.map(find).collect()
}
