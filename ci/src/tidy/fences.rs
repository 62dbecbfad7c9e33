//! Who may enter which room: names, edges between crates, and where unsafe code may live.

use super::{Finding, Source, Tree};
use crate::mask;

/// A name, what makes it a use of that crate, and the only places that may use it.
struct Fence {
    name: &'static str,
    only: &'static [&'static str],
}

const FENCES: &[Fence] = &[
    Fence {
        name: "io_uring",
        only: &["uring/src/kernel/"],
    },
    Fence {
        name: "libc",
        only: &["uring/"],
    },
    Fence {
        name: "v8",
        only: &["bindings/engine/", "bindings/napi/"],
    },
    Fence {
        name: "core_affinity",
        only: &["src/fleet.rs"],
    },
    Fence {
        name: "hdrhistogram",
        only: &["bindings/src/histogram.rs", "perf/"],
    },
    Fence {
        name: "aws_lc_sys",
        only: &["bindings/crypto/"],
    },
    Fence {
        name: "libnghttp2_sys",
        only: &["bindings/http2/"],
    },
    Fence {
        name: "libsqlite3_sys",
        only: &["bindings/sqlite/"],
    },
    Fence {
        name: "argon2",
        only: &["bindings/crypto/"],
    },
    Fence {
        name: "webpki_root_certs",
        only: &["bindings/crypto/"],
    },
    Fence {
        name: "zlib_rs",
        only: &["bindings/src/zlib/"],
    },
    Fence {
        name: "brotli",
        only: &["bindings/src/zlib/"],
    },
    Fence {
        name: "brotlic",
        only: &["bindings/src/zlib/"],
    },
    Fence {
        name: "brotli_decompressor",
        only: &["bindings/src/zlib/"],
    },
    Fence {
        name: "zstd_safe",
        only: &["bindings/src/zlib/"],
    },
];

/// The complete list of edges: folder of the crate, and what of ours it may import.
const EDGES: &[(&str, &[&str])] = &[
    (
        "Cargo.toml",
        &["coring-bindings", "coring-engine", "coring-uring"],
    ),
    (
        "benches/Cargo.toml",
        &[
            "coring-bindings",
            "coring-engine",
            "coring-uring",
            "coring-codec",
        ],
    ),
    ("uring/Cargo.toml", &["coring-buf"]),
    ("uring/buf/Cargo.toml", &[]),
    (
        "bindings/Cargo.toml",
        &[
            "coring-engine",
            "coring-uring",
            "coring-codec",
            "coring-crypto",
            "coring-http2",
            "coring-sqlite",
            "coring-napi",
        ],
    ),
    ("bindings/codec/Cargo.toml", &[]),
    ("bindings/crypto/Cargo.toml", &[]),
    ("bindings/http2/Cargo.toml", &[]),
    ("bindings/sqlite/Cargo.toml", &[]),
    ("bindings/engine/Cargo.toml", &["coring-buf"]),
    ("bindings/napi/Cargo.toml", &["coring-engine"]),
    ("perf/Cargo.toml", &["coring-uring"]),
    ("ci/Cargo.toml", &[]),
];

/// Crates that may hold unsafe code: the fences to kernel, V8 and C libraries, and the contract
/// that two of them sign.
const UNSAFE_CRATES: &[&str] = &[
    "uring/",
    "bindings/engine/",
    "bindings/crypto/",
    "bindings/http2/",
    "bindings/sqlite/",
    "bindings/napi/",
];

pub fn names(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        for fence in FENCES {
            if fence.only.iter().any(|only| file.path.starts_with(only)) {
                continue;
            }
            for at in crate_uses(&file.masked, fence.name) {
                let line = mask::line_of(&file.masked, at);
                let message = format!("`{}` is only for {}", fence.name, fence.only.join(", "));
                findings.push(Finding::new(file, line, "fence", message));
            }
        }
    }
    findings
}

/// Where a crate is used: its name before `::`, or after `use` or `extern crate`.
fn crate_uses(masked: &str, name: &str) -> Vec<usize> {
    let is_use = |&at: &usize| {
        let before = masked[..at].trim_end();
        let after = masked[at + name.len()..].trim_start();
        let imported = ["use", "crate"].iter().any(|word| before.ends_with(word));
        (after.starts_with("::") && !before.ends_with("::")) || imported
    };
    mask::find_words(masked, name)
        .into_iter()
        .filter(is_use)
        .collect()
}

pub fn edges(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree
        .files
        .iter()
        .filter(|file| file.path.ends_with("Cargo.toml"))
    {
        let allowed = EDGES
            .iter()
            .find(|(path, _)| *path == file.path)
            .map(|(_, allowed)| *allowed);
        let Some(allowed) = allowed else {
            let message = "a crate that is not in the list of rooms (ci/src/tidy/fences.rs)".into();
            findings.push(Finding::new(file, 0, "edge", message));
            continue;
        };
        for (line, name) in dependencies(&file.text) {
            if name.starts_with("coring-") && !allowed.contains(&name) {
                let message = format!("no edge to `{name}` is in the list of rooms");
                findings.push(Finding::new(file, line, "edge", message));
            }
        }
    }
    findings
}

/// Lines and names of the dependency tables; the workspace's own table only names versions.
fn dependencies(toml: &str) -> Vec<(usize, &str)> {
    let mut inside = false;
    let mut found = Vec::new();
    for (index, line) in toml.lines().enumerate() {
        if line.starts_with('[') {
            inside = line.contains("dependencies") && !line.starts_with("[workspace");
        } else if inside && let Some(end) = line.find(['.', '=', ' ']) {
            found.push((index + 1, &line[..end]));
        }
    }
    found
}

/// Every crate root outside the fences forbids unsafe code.
pub fn forbid_unsafe(tree: &Tree) -> Vec<Finding> {
    let roots = tree.rust().filter(|file| is_crate_root(&file.path));
    let outside = roots.filter(|file| !UNSAFE_CRATES.iter().any(|at| file.path.starts_with(at)));
    let missing = outside.filter(|file| !file.masked.contains("#![forbid(unsafe_code)]"));
    let message = "wants #![forbid(unsafe_code)] in the crate root";
    missing
        .map(|file| Finding::new(file, 1, "forbid", message.into()))
        .collect()
}

fn is_crate_root(path: &str) -> bool {
    let parts: Vec<&str> = path.rsplitn(3, '/').collect();
    match (parts.get(1), parts[0]) {
        (Some(&"src"), "main.rs" | "lib.rs") => true,
        (Some(&"tests" | &"benches" | &"examples"), _) => true,
        (_, "build.rs") => true,
        _ => path == "src/build/snapshot.rs",
    }
}

/// `forbid(unsafe_code)` does not see unsafe code expanded from another crate's macro.
pub fn unsafe_in_macros(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        for (start, _) in file.masked.match_indices("#[macro_export]") {
            let body = macro_body(file, start);
            for at in mask::find_words(&file.masked[start..body], "unsafe") {
                let line = mask::line_of(&file.masked, start + at);
                let message = "an exported macro must not expand to unsafe code".into();
                findings.push(Finding::new(file, line, "macro", message));
            }
        }
    }
    findings
}

/// End of the first braced body after `start`.
fn macro_body(file: &Source, start: usize) -> usize {
    let rules = file.masked[start..]
        .find('{')
        .map_or(file.masked.len(), |at| start + at);
    super::rust::block_end(&file.masked, rules)
}
