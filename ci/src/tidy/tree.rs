//! The files of the repository, read once, with their masked text and the two lists of tidy.

use crate::mask;
use std::cell::Cell;
use std::fs;
use std::path::Path;

pub const EXCEPTIONS_PATH: &str = "ci/exceptions.txt";
pub const UNSAFE_PATH: &str = "ci/unsafe.txt";

/// Folders that hold nothing of ours.
const SKIPPED: &[&str] = &["target", "node_modules", ".git"];

/// Rust that a generator wrote: the bindings that belong to the archive of V8.
const GENERATED: &str = "bindings/engine/v8/src_binding_";

/// Files larger than this are archives or generated data, whatever their name says.
const FILE_BYTES_MAX: u64 = 4 << 20;

const TEXT_ENDINGS: &[&str] = &[
    "rs", "js", "mjs", "cjs", "ts", "md", "toml", "txt", "json", "sh", "yml", "lock",
];

pub struct Source {
    /// Relative to the root, with forward slashes.
    pub path: String,
    pub text: String,
    /// The same text without comments and literals; only Rust and JavaScript differ.
    pub masked: String,
}

impl Source {
    pub fn ending(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(_, ending)| ending)
    }

    pub fn is_rust(&self) -> bool {
        self.ending() == "rs"
    }

    pub fn is_javascript(&self) -> bool {
        matches!(self.ending(), "js" | "mjs" | "cjs")
    }

    /// JavaScript of the library itself, its tests left out.
    pub fn is_library(&self) -> bool {
        self.path.starts_with("lib_js/") && self.is_javascript() && !self.path.contains(".test.")
    }

    pub fn lines_count(&self) -> usize {
        self.text.lines().count()
    }
}

/// One line of ci/exceptions.txt: `rule path detail reason`.
pub struct Exception {
    pub line: usize,
    pub rule: String,
    pub path: String,
    pub detail: String,
    /// A rule was broken, and this was asked.
    pub is_used: Cell<bool>,
}

pub struct Tree {
    pub files: Vec<Source>,
    pub exceptions: Vec<Exception>,
    /// `path count` lines of ci/unsafe.txt, in the order of the file.
    pub unsafe_counts: Vec<(String, usize)>,
}

impl Tree {
    pub fn read(root: &Path) -> Result<Tree, String> {
        let mut files = Vec::new();
        walk(root, "", &mut files)?;
        let list = |path: &str| {
            files
                .iter()
                .find(|file| file.path == path)
                .map_or("", |file| file.text.as_str())
        };
        let exceptions = parse_exceptions(list(EXCEPTIONS_PATH))?;
        let unsafe_counts = parse_counts(list(UNSAFE_PATH))?;
        Ok(Tree {
            files,
            exceptions,
            unsafe_counts,
        })
    }

    #[cfg(test)]
    pub fn of(files: &[(&str, &str)], exceptions: &str, counts: &str) -> Tree {
        let files = files
            .iter()
            .map(|(path, text)| source(path.to_string(), text.to_string()));
        let exceptions = parse_exceptions(exceptions).expect("a list of the test");
        let unsafe_counts = parse_counts(counts).expect("a list of the test");
        Tree {
            files: files.collect(),
            exceptions,
            unsafe_counts,
        }
    }

    pub fn rust(&self) -> impl Iterator<Item = &Source> {
        self.files.iter().filter(|file| file.is_rust())
    }

    pub fn library(&self) -> impl Iterator<Item = &Source> {
        self.files.iter().filter(|file| file.is_library())
    }

    pub fn has(&self, path: &str) -> bool {
        self.files.iter().any(|file| file.path == path)
    }

    /// Whether `path` may break `rule`, which it does: only then is this to be asked.
    pub fn excuses(&self, rule: &str, path: &str, detail: Option<&str>) -> bool {
        let found = self.exceptions.iter().find(|exception| {
            exception.rule == rule
                && exception.path == path
                && detail.is_none_or(|detail| exception.detail == detail)
        });
        found.inspect(|it| it.is_used.set(true)).is_some()
    }
}

fn source(path: String, text: String) -> Source {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let masked = match ending {
        "rs" => mask::rust(&text),
        "js" | "mjs" | "cjs" => mask::javascript(&text),
        _ => text.clone(),
    };
    Source { path, text, masked }
}

fn walk(root: &Path, under: &str, files: &mut Vec<Source>) -> Result<(), String> {
    let blame = |error: std::io::Error| format!("{under}: {error}");
    let mut entries = fs::read_dir(root.join(under))
        .map_err(blame)?
        .collect::<Result<Vec<_>, _>>()
        .map_err(blame)?;
    entries.sort_by_key(|entry| entry.file_name());
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if under.is_empty() {
            name.clone()
        } else {
            format!("{under}/{name}")
        };
        let kind = entry.file_type().map_err(blame)?;
        if kind.is_dir() && !SKIPPED.contains(&name.as_str()) {
            walk(root, &path, files)?;
        } else if kind.is_file() && is_text(&path) {
            // A file may vanish while editors and builds are at work: then it has no rules.
            let Ok(meta) = entry.metadata() else { continue };
            if meta.len() > FILE_BYTES_MAX {
                continue;
            }
            match fs::read_to_string(entry.path()) {
                Ok(text) => files.push(source(path, text)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(format!("{path}: {error}")),
            }
        }
    }
    Ok(())
}

fn is_text(path: &str) -> bool {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let by_name = path == ".ci/run" || name == ".gitignore";
    (TEXT_ENDINGS.contains(&ending) || by_name) && !path.starts_with(GENERATED)
}

/// Lines of a list: blank lines and `#` comments are left out.
fn list_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = text
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim()));
    numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

fn parse_exceptions(text: &str) -> Result<Vec<Exception>, String> {
    let parse = |(line, words): (usize, &str)| {
        let words: Vec<&str> = words.split_whitespace().collect();
        if words.len() < 4 {
            return Err(format!(
                "{EXCEPTIONS_PATH}:{line}: want `rule path detail reason`"
            ));
        }
        let own = |index: usize| words[index].to_string();
        Ok(Exception {
            line,
            rule: own(0),
            path: own(1),
            detail: own(2),
            is_used: Cell::new(false),
        })
    };
    list_lines(text).map(parse).collect()
}

fn parse_counts(text: &str) -> Result<Vec<(String, usize)>, String> {
    let parse = |(line, words): (usize, &str)| {
        let (path, count) = words.split_once(' ').unwrap_or((words, ""));
        let count = count.trim().parse::<usize>();
        count
            .map(|count| (path.to_string(), count))
            .map_err(|_| format!("{UNSAFE_PATH}:{line}: want `path count`"))
    };
    list_lines(text).map(parse).collect()
}
