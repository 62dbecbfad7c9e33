//! Puts the packages and the programs into `target/packages`, where nothing of the repository's own
//! is written: npm installs what the lock file names, and checks it.

use std::fs;
use std::path::Path;
use std::process::Command;

const DEFINITIONS: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

pub fn install(root: &Path, folder: &Path) -> Result<(), String> {
    let from = root.join("ci/packages");
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(folder).map_err(failed)?;
    copy_folder(&from.join("programs"), &folder.join("programs")).map_err(failed)?;
    put(&from, folder)
}

/// Has npm install what the lock file in `from` names, unless `folder` has it already.
pub fn put(from: &Path, folder: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(folder).map_err(failed)?;
    // npm writes this file last.
    let is_done = folder.join("node_modules/.package-lock.json").exists();
    let is_same = |name: &&str| match (fs::read(from.join(name)), fs::read(folder.join(name))) {
        (Ok(one), Ok(other)) => one == other,
        (one, other) => one.is_err() && other.is_err(),
    };
    if is_done && DEFINITIONS.iter().all(is_same) {
        return Ok(());
    }
    for name in DEFINITIONS.iter().filter(|name| from.join(name).exists()) {
        fs::copy(from.join(name), folder.join(name)).map_err(failed)?;
    }
    println!("installing the packages into {}", folder.display());
    let mut npm = Command::new("npm");
    npm.args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]);
    match npm.current_dir(folder).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("npm ci: {status}")),
        Err(error) => Err(format!("npm: {error}")),
    }
}

/// Makes `to` hold exactly what `from` holds.
fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
