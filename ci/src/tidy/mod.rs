//! Tidy: the rules of this house that a machine can check. `cargo ci tidy`, also a test.
//!
//! Each rule is one function over the whole tree that returns findings. What is allowed to
//! break a rule is named in ci/exceptions.txt, one line each, and nowhere else.

mod fences;
mod javascript;
mod rust;
mod text;
mod tree;
mod unsafe_count;

use std::path::Path;
pub use tree::{Source, Tree};

/// One broken rule at one place.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    pub path: String,
    /// From 1; 0 is the file as a whole.
    pub line: usize,
    pub rule: &'static str,
    pub message: String,
}

impl Finding {
    pub fn new(file: &Source, line: usize, rule: &'static str, message: String) -> Self {
        Finding {
            path: file.path.clone(),
            line,
            rule,
            message,
        }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "{}:{}: [{}] {}",
            self.path, self.line, self.rule, self.message
        )
    }
}

type Rule = fn(&Tree) -> Vec<Finding>;

const RULES: &[Rule] = &[
    fences::names,
    fences::edges,
    fences::forbid_unsafe,
    fences::unsafe_in_macros,
    rust::function_length,
    rust::safety_comments,
    rust::names,
    unsafe_count::ratchet,
    javascript::strict_first,
    javascript::debugging_left,
    javascript::required_ids,
    javascript::names,
    text::file_length,
    text::lines,
    text::machine_paths,
    text::unused_exceptions,
];

/// Checks the repository at `root`.
pub fn check(root: &Path) -> Result<Vec<Finding>, String> {
    Ok(check_tree(&Tree::read(root)?))
}

fn check_tree(tree: &Tree) -> Vec<Finding> {
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(tree)).collect();
    findings.sort();
    findings
}

/// Lowers the counts of ci/unsafe.txt to what stands; never raises one.
pub fn tighten(root: &Path) -> Result<(), String> {
    let tree = Tree::read(root)?;
    let path = root.join(tree::UNSAFE_PATH);
    std::fs::write(&path, unsafe_count::tightened(&tree)).map_err(|error| format!("{error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The repository itself is tidy.
    #[test]
    fn repository_is_tidy() {
        let findings = check(&crate::steps::root()).expect("the tree can be read");
        let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
        assert!(lines.is_empty(), "{}", lines.join("\n"));
    }

    /// Every rule finds what it is for, in a tree that breaks it once.
    #[test]
    fn each_rule_bites() {
        let long = format!("fn f() {{\n{}}}\n", "    g();\n".repeat(80));
        let now = concat!("// TODO", "(now): x\n");
        let place = concat!("// see /wo", "rk/main\n");
        let rows: &[(&str, &str, &str)] = &[
            ("src/turn.rs", "use libc::read;\n", "fence"),
            ("uring/src/op.rs", "use io_uring::IoUring;\n", "fence"),
            ("bindings/src/os.rs", "fn f(x: v8::Value) {}\n", "fence"),
            (
                "bindings/codec/Cargo.toml",
                "[dependencies]\ncoring-uring = 1\n",
                "edge",
            ),
            ("src/main.rs", "fn main() {}\n", "forbid"),
            (
                "uring/src/op.rs",
                "#[macro_export]\nmacro_rules! m { () => { unsafe {} } }\n",
                "macro",
            ),
            ("uring/src/op.rs", &long, "function"),
            (
                "uring/src/op.rs",
                "fn f() {\n    unsafe { g() };\n}\n",
                "safety",
            ),
            ("uring/src/op.rs", "struct RingManager;\n", "name"),
            ("uring/src/misc.rs", "struct A;\n", "name"),
            (
                "uring/src/op.rs",
                "// SAFETY: why\nunsafe impl A for B {}\n",
                "unsafe",
            ),
            ("lib_js/node/x.js", "module.exports = {};\n", "strict"),
            (
                "lib_js/node/x.js",
                "'use strict';\nconsole.log(1);\n",
                "debug",
            ),
            (
                "lib_js/node/x.js",
                "'use strict';\nrequire('internal/none');\n",
                "require",
            ),
            (
                "lib_js/node/x.js",
                "'use strict';\nclass SocketHelper {}\n",
                "name",
            ),
            ("src/turn.rs", &"// x\n".repeat(1001), "length"),
            (
                "src/turn.rs",
                &format!("// {}\n", "x".repeat(98)),
                "columns",
            ),
            ("src/turn.rs", "let x = 1; \n", "spaces"),
            ("src/turn.rs", "let x = 1;", "newline"),
            ("src/turn.rs", now, "todo"),
            ("src/turn.rs", place, "machine"),
            ("src/README.md", &"x\n".repeat(61), "length"),
        ];
        for (path, text, rule) in rows {
            let findings = check_tree(&Tree::of(&[(path, text)], "", ""));
            let hit = findings.iter().any(|finding| finding.rule == *rule);
            assert!(hit, "{rule} says nothing about {path}: {findings:?}");
        }
    }

    /// What is allowed stays unnoticed.
    #[test]
    fn good_files_pass() {
        let rows: &[(&str, &str)] = &[
            (
                "uring/src/kernel/ring.rs",
                "use io_uring::IoUring;\n// libc v8:: in words\n",
            ),
            (
                "uring/src/sync.rs",
                "fn f() {\n    let a = libc::getpid;\n}\n",
            ),
            ("bindings/engine/src/value.rs", "use v8::Local;\n"),
            (
                "lib_js/node/x.js",
                "// Why.\n'use strict';\nrequire('node:y'); // console.log(1)\n",
            ),
            (
                "lib_js/node/y.js",
                "'use strict';\nrequire('x');\nrequire('internal/z');\n",
            ),
            (
                "lib_js/internal/z.js",
                "'use strict';\nconst a = `${require('x')} console.log`;\n",
            ),
            (
                "lib_js/node/y.test.js",
                "'use strict';\nconsole.log(require('never'));\n",
            ),
            ("src/main.rs", "#![forbid(unsafe_code)]\nfn main() {}\n"),
            ("src/README.md", "x  y\n"),
        ];
        assert_eq!(check_tree(&Tree::of(rows, "", "")), vec![]);
    }

    /// The ratchet holds, and exceptions that excuse nothing are themselves findings.
    #[test]
    fn lists_are_obeyed() {
        let text = "// SAFETY: why\nunsafe impl A for B {}\n";
        let files = [("uring/src/op.rs", text)];
        assert_eq!(
            check_tree(&Tree::of(&files, "", "uring/src/op.rs 1\n")),
            vec![]
        );
        assert_eq!(
            check_tree(&Tree::of(&files, "", "uring/src/op.rs 2\n")),
            vec![]
        );
        assert_eq!(
            check_tree(&Tree::of(&files, "", "uring/src/op.rs 0\n")).len(),
            1
        );
        let long = "// x\n".repeat(1001);
        let files = [("src/turn.rs", long.as_str())];
        let excuse = "length src/turn.rs 1001 tables\n";
        assert_eq!(check_tree(&Tree::of(&files, excuse, "")), vec![]);
        assert_eq!(check_tree(&Tree::of(&[], excuse, "")).len(), 1);
        let files = [("src/turn.rs", "// x\n")];
        assert_eq!(check_tree(&Tree::of(&files, excuse, "")).len(), 1);
    }
}
