//! Rules for Rust files: length of functions, reasons at unsafe blocks, words in names.

use super::{Finding, Source, Tree};
use crate::mask;

const FUNCTION_LINES_MAX: usize = 70;

/// Words that say nothing about what a thing is.
pub const EMPTY_WORDS: &[&str] = &[
    "manager", "helper", "helpers", "util", "utils", "common", "context", "wrapper", "misc",
];

/// Words that Node and V8 use in names of their own. Bindings share those names.
pub const NODES_WORDS: &[&str] = &["context", "util", "utils", "common"];

/// Position just after the brace that closes the one at or after `start`.
pub fn block_end(masked: &str, start: usize) -> usize {
    let mut depth = 0u32;
    for (offset, byte) in masked.as_bytes()[start..].iter().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return start + offset + 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    masked.len()
}

/// Name, first byte and end of every function that has a body.
fn functions(file: &Source) -> Vec<(&str, usize, usize)> {
    let masked = &file.masked;
    let mut found = Vec::new();
    for at in mask::find_words(masked, "fn") {
        let rest = &masked[at + 2..];
        let name = rest.trim_start();
        let name_end = name
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(0);
        if name_end == 0 {
            continue;
        }
        let open = rest
            .find(['{', ';'])
            .filter(|&open| rest.as_bytes()[open] == b'{');
        if let Some(open) = open {
            found.push((&name[..name_end], at, block_end(masked, at + 2 + open)));
        }
    }
    found
}

pub fn function_length(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        for (name, start, end) in functions(file) {
            let first = mask::line_of(&file.masked, start);
            let lines = mask::line_of(&file.masked, end) - first + 1;
            let is_long = lines > FUNCTION_LINES_MAX;
            if is_long && !tree.excuses("function", &file.path, Some(name)) {
                let message = format!("fn {name}: {lines} lines, at most {FUNCTION_LINES_MAX}");
                findings.push(Finding::new(file, first, "function", message));
            }
        }
    }
    findings
}

/// Every unsafe block and unsafe impl has its `// SAFETY:` right above.
pub fn safety_comments(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        let raw: Vec<&str> = file.text.lines().collect();
        let masked: Vec<&str> = file.masked.lines().collect();
        for at in mask::find_words(&file.masked, "unsafe") {
            let after = file.masked[at + "unsafe".len()..].trim_start();
            let line = mask::line_of(&file.masked, at);
            let counts = after.starts_with('{') || after.starts_with("impl");
            if counts && !has_reason(&raw, &masked, line - 1) {
                let message = "unsafe without a `// SAFETY:` above it".into();
                findings.push(Finding::new(file, line, "safety", message));
            }
        }
    }
    findings
}

/// Looks upwards from `index`, through comments, attributes and the same statement.
fn has_reason(raw: &[&str], masked: &[&str], index: usize) -> bool {
    if raw[index].contains("SAFETY:") {
        return true;
    }
    for above in (0..index).rev() {
        if raw[above].contains("SAFETY:") {
            return true;
        }
        let code = masked[above].trim();
        let is_comment = code.is_empty() && !raw[above].trim().is_empty();
        let is_attribute = code.starts_with("#[");
        let same_statement = !code.is_empty() && !code.ends_with([';', '{', '}', ',']);
        if !is_comment && !is_attribute && !same_statement {
            return false;
        }
    }
    false
}

/// Types, traits, modules and files are not called Manager, Helper, Util and the like.
pub fn names(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        let says_nothing = |name: &str| {
            let binds = file.path.starts_with("bindings/");
            empty_word(name).filter(|word| !binds || !NODES_WORDS.contains(word))
        };
        let stem = file
            .path
            .rsplit('/')
            .next()
            .unwrap_or("")
            .trim_end_matches(".rs");
        if let Some(word) = says_nothing(stem) {
            let message = format!("`{word}` in a file name says nothing");
            findings.push(Finding::new(file, 0, "name", message));
        }
        for keyword in ["struct", "enum", "trait", "type", "mod", "union"] {
            for at in mask::find_words(&file.masked, keyword) {
                let name = word_after(&file.masked, at + keyword.len());
                if let Some(word) = says_nothing(name) {
                    let message = format!("`{word}` in `{name}` says nothing");
                    let line = mask::line_of(&file.masked, at);
                    findings.push(Finding::new(file, line, "name", message));
                }
            }
        }
    }
    findings.retain(|finding| !tree.excuses("name", &finding.path, None));
    findings
}

pub fn word_after(masked: &str, at: usize) -> &str {
    let rest = masked[at..].trim_start();
    let end = rest
        .bytes()
        .position(|byte| !mask::is_word(byte))
        .unwrap_or(rest.len());
    &rest[..end]
}

/// The first empty word among the parts of a snake_case, kebab-case or CamelCase name.
pub fn empty_word(name: &str) -> Option<&'static str> {
    let mut parts = Vec::new();
    let mut part = String::new();
    for c in name.chars() {
        if !c.is_alphanumeric() || c.is_uppercase() {
            parts.push(std::mem::take(&mut part));
        }
        if c.is_alphanumeric() {
            part.extend(c.to_lowercase());
        }
    }
    parts.push(part);
    EMPTY_WORDS
        .iter()
        .copied()
        .find(|word| parts.iter().any(|part| part == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_words_are_parts_of_names() {
        assert_eq!(empty_word("RingManager"), Some("manager"));
        assert_eq!(empty_word("fs_util"), Some("util"));
        assert_eq!(empty_word("utility"), None);
        assert_eq!(empty_word("Contextual"), None);
    }

    #[test]
    fn function_bodies_are_measured() {
        let text = "trait T {\n    fn a();\n    fn b() {\n    }\n}\nfn c(f: fn(u8) -> u8) {}\n";
        let tree = Tree::of(&[("src/a.rs", text)], "", "");
        let found: Vec<&str> = functions(&tree.files[0]).iter().map(|f| f.0).collect();
        assert_eq!(found, ["b", "c"]);
    }

    #[test]
    fn reasons_stand_above_the_statement() {
        let check = |text: &str, expect: usize| {
            let tree = Tree::of(&[("uring/src/a.rs", text)], "", "");
            assert_eq!(safety_comments(&tree).len(), expect, "for {text}");
        };
        check("// SAFETY: it lives.\nlet x = unsafe { y };\n", 0);
        check(
            "// SAFETY: it lives\n// for long.\n#[inline]\nunsafe impl A for B {}\n",
            0,
        );
        check("// SAFETY: it lives.\nlet x =\n    unsafe { y };\n", 0);
        check(
            "// SAFETY: it lives.\nlet z = 1;\nlet x = unsafe { y };\n",
            1,
        );
        check("let x = unsafe { y };\n", 1);
        check("unsafe fn f() {}\n", 0);
    }
}
