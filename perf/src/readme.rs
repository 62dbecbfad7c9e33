//! The table of the README: the summary of the newest whole report, put there by this command and
//! never by hand.

use crate::options::{Options, root};
use std::fs;
use std::path::PathBuf;

const BEGIN: &str = "<!-- perf: written by `cargo ci perf readme` -->";
const END: &str = "<!-- perf: end -->";
const SUMMARY: &str = "-all-summary.md";

pub fn write(options: &Options) -> Result<(), String> {
    let runs = options.runs.clone().ok_or("readme reads --runs")?;
    let newest = newest(&runs)?;
    let text = |path: &PathBuf| {
        fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let readme = root().join("README.md");
    let name = newest
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let record = name.trim_end_matches("-summary.md");
    let body = format!(
        "How many times as well coring does as each peer, median [least .. greatest] of the \
         rounds; `?`: too noisy, another run may differ by more than 10 %. Record: \
         `perf/runs/{record}.html`.\n\n{}",
        text(&newest)?
    );
    let changed = between_marks(&text(&readme)?, &body)?;
    fs::write(&readme, changed).map_err(|error| format!("{}: {error}", readme.display()))?;
    println!("README.md has the table of {name}");
    Ok(())
}

/// Names of runs begin with their time.
fn newest(runs: &PathBuf) -> Result<PathBuf, String> {
    let entries = fs::read_dir(runs).map_err(|error| format!("{}: {error}", runs.display()))?;
    let paths = entries.flatten().map(|entry| entry.path());
    let summaries = paths.filter(|path| path.to_string_lossy().ends_with(SUMMARY));
    summaries
        .max()
        .ok_or("no report yet: `cargo ci perf all` writes one".to_string())
}

fn between_marks(readme: &str, body: &str) -> Result<String, String> {
    let (before, rest) = readme
        .split_once(BEGIN)
        .ok_or("README.md has no mark to begin at")?;
    let (_, after) = rest
        .split_once(END)
        .ok_or("README.md has no mark to end at")?;
    Ok(format!(
        "{before}{BEGIN}\n{}\n{END}{after}",
        body.trim_end()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let readme = format!("a\n{BEGIN}\nold\n{END}\nb\n");
        let once = between_marks(&readme, "new\n").expect("marks");
        assert_eq!(once, format!("a\n{BEGIN}\nnew\n{END}\nb\n"));
        assert_eq!(between_marks(&once, "new\n"), Ok(once));
        assert!(between_marks("a", "new").is_err());
        assert!(between_marks(BEGIN, "new").is_err());
    }
}
