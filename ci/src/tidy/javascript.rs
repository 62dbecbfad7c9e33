//! Rules for the JavaScript library.

use super::rust::{NODES_WORDS, empty_word, word_after};
use super::{Finding, Source, Tree};
use crate::mask;

/// Ids without a file: boot/realm.js answers them itself.
const REALM_IDS: &[&str] = &["internal/bootstrap/realm"];

/// The first statement of a file of the library is 'use strict'.
pub fn strict_first(tree: &Tree) -> Vec<Finding> {
    let message = "the first statement must be 'use strict';";
    let lax = tree.library().filter(|file| !starts_strict(file));
    lax.map(|file| Finding::new(file, 1, "strict", message.into()))
        .collect()
}

fn starts_strict(file: &Source) -> bool {
    let start = file.masked.find(|c: char| !c.is_whitespace());
    start.is_some_and(|start| file.text[start..].starts_with("'use strict';"))
}

/// Nothing is printed for its author alone.
pub fn debugging_left(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.library() {
        for call in [
            "console.log(",
            "console.error(",
            "process._rawDebug(",
            "debugger;",
        ] {
            for (at, _) in file.masked.match_indices(call) {
                if !tree.excuses("debug", &file.path, None) {
                    let message = format!("`{call}` left behind");
                    let line = mask::line_of(&file.masked, at);
                    findings.push(Finding::new(file, line, "debug", message));
                }
            }
        }
    }
    findings
}

/// Every id that a file of the library requires has a file.
pub fn required_ids(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.library() {
        for (at, id) in required(file) {
            // Files of npm packages are there only after a build.
            let known = tree.has(&file_of(id)) || REALM_IDS.contains(&id) || id.starts_with("npm/");
            if !known && !tree.excuses("require", &file.path, Some(id)) {
                let line = mask::line_of(&file.masked, at);
                let message = format!("require('{id}'): no {}", file_of(id));
                findings.push(Finding::new(file, line, "require", message));
            }
        }
    }
    findings
}

/// Places and ids of calls `require('id')`; computed ids are nobody's business here.
fn required(file: &Source) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for at in mask::find_words(&file.masked, "require") {
        let rest = &file.text[at + "require".len()..];
        let is_method = file.masked[..at].ends_with('.');
        let Some(literal) = rest.strip_prefix("('") else {
            continue;
        };
        if let Some(end) = literal.find("')")
            && !is_method
        {
            found.push((at, &literal[..end]));
        }
    }
    found
}

fn file_of(id: &str) -> String {
    let id = id.strip_prefix("node:").unwrap_or(id);
    if let Some(ours) = id.strip_prefix("coring:") {
        return format!("lib_js/coring/{ours}.js");
    }
    let private = ["internal/", "web/", "boot/"]
        .iter()
        .any(|room| id.starts_with(room));
    if private {
        format!("lib_js/{id}.js")
    } else {
        format!("lib_js/node/{id}.js")
    }
}

/// Classes and files of ours are not called Manager, Helper and the like.
pub fn names(tree: &Tree) -> Vec<Finding> {
    let says_nothing = |name: &str| empty_word(name).filter(|word| !NODES_WORDS.contains(word));
    let mut findings = Vec::new();
    for file in tree.library() {
        let stem = file
            .path
            .rsplit('/')
            .next()
            .unwrap_or("")
            .trim_end_matches(".js");
        if let Some(word) = says_nothing(stem) {
            let message = format!("`{word}` in a file name says nothing");
            findings.push(Finding::new(file, 0, "name", message));
        }
        for at in mask::find_words(&file.masked, "class") {
            let name = word_after(&file.masked, at + "class".len());
            if let Some(word) = says_nothing(name) {
                let line = mask::line_of(&file.masked, at);
                let message = format!("`{word}` in `{name}` says nothing");
                findings.push(Finding::new(file, line, "name", message));
            }
        }
    }
    findings.retain(|finding| !tree.excuses("name", &finding.path, None));
    findings
}
