//! The others and the packages, from npm into a folder outside the repository. The lists with their
//! hashes are perf/peers and perf/packages.

use crate::options::{Options, root};
use std::fs;
use std::path::Path;
use std::process::Command;

/// What is installed: the folder in perf, a file that is there afterwards.
fn wanted(options: &Options) -> [(&'static str, &Path, &'static str); 2] {
    let peers = options.peers_folder.parent().unwrap_or(Path::new("."));
    [
        ("peers", peers, "node_modules/node26/bin/node"),
        (
            "packages",
            &options.packages_folder,
            "node_modules/express/package.json",
        ),
    ]
}

pub fn if_missing(options: &Options) -> Result<(), String> {
    for (name, folder, sign) in wanted(options) {
        if !folder.join(sign).exists() {
            put(name, folder)?;
        }
    }
    Ok(())
}

pub fn install(options: &Options) -> Result<(), String> {
    for (name, folder, _) in wanted(options) {
        put(name, folder)?;
    }
    Ok(())
}

fn put(name: &str, folder: &Path) -> Result<(), String> {
    println!("npm ci of perf/{name} in {}", folder.display());
    let wrong = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(folder).map_err(wrong)?;
    for file in ["package.json", "package-lock.json"] {
        let from = root().join("perf").join(name).join(file);
        fs::copy(&from, folder.join(file)).map_err(wrong)?;
    }
    let status = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        .current_dir(folder)
        .status()
        .map_err(|error| format!("npm: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!(
            "npm ci in {} ended with {status}",
            folder.display()
        ))
    }
}
