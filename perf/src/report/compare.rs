//! Whether two runs say the same: their ratios, side by side. Ratios that differ by more than a
//! tenth must have been told as too noisy by one of the runs, or the runs contradict each other.

use super::json::Json;
use super::stats::{ROUNDS_MIN, Spread};
use super::{Record, read, show_ratio};
use crate::options::Options;
use std::fs;
use std::path::{Path, PathBuf};

/// How far the medians of two runs may lie apart.
const TOLERANCE: f64 = 0.1;

struct Ratio {
    what: String,
    figure: String,
    peer: String,
    spread: Spread,
}

impl Ratio {
    fn is_of(&self, other: &Ratio) -> bool {
        (&self.what, &self.figure, &self.peer) == (&other.what, &other.figure, &other.peer)
    }

    fn row(&self, [first, second]: [Option<Spread>; 2], verdict: &str) -> Vec<String> {
        let change = match (first, second) {
            (Some(first), Some(second)) => format!("{:.2}", second.median / first.median),
            (_, _) => "-".into(),
        };
        vec![
            self.what.clone(),
            self.figure.clone(),
            self.peer.clone(),
            show_ratio(first),
            show_ratio(second),
            change,
            verdict.into(),
        ]
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Agree,
    /// One of the runs had said that its rounds differ.
    Noisy,
    Differ,
}

fn verdict(first: &Spread, second: &Spread) -> Verdict {
    let change = second.median / first.median;
    if (1.0 - TOLERANCE..=1.0 / (1.0 - TOLERANCE)).contains(&change) {
        Verdict::Agree
    } else if first.is_noisy() || second.is_noisy() {
        Verdict::Noisy
    } else {
        Verdict::Differ
    }
}

/// Two records by their paths, or the newest two of a scenario.
pub fn run(options: &Options) -> Result<(), String> {
    let record = Record::open(options, "compare")?;
    let [first, second] = match &options.names[..] {
        [first, second] => [first.into(), second.into()],
        [] => newest_two(options, "all")?,
        [scenario] => newest_two(options, scenario)?,
        _ => return Err("compare wants two records".into()),
    };
    let differing = report(&record, &first, &second)?;
    record.write(
        ".html",
        &super::page::html("coring-perf compare", &[&record]),
    )?;
    match differing {
        0 => Ok(()),
        count => Err(format!(
            "{count} ratios differ by more than {:.0} % and neither run called them noisy",
            TOLERANCE * 100.0
        )),
    }
}

/// Names of runs begin with their time.
pub fn newest(options: &Options, scenario: &str) -> Vec<PathBuf> {
    let folder = options.runs.as_deref().map(fs::read_dir);
    let entries = folder.into_iter().flatten().flatten().flatten();
    let is_one = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.split_once('-')
            .is_some_and(|(_, rest)| rest == format!("{scenario}.json"))
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_one).collect();
    paths.sort();
    paths
}

fn newest_two(options: &Options, scenario: &str) -> Result<[PathBuf; 2], String> {
    match &newest(options, scenario)[..] {
        [.., first, second] => Ok([first.clone(), second.clone()]),
        _ => Err(format!("there are no two records of {scenario}")),
    }
}

/// Adds the table; returns how many ratios differ although both runs were sure of them.
pub fn report(record: &Record, first: &Path, second: &Path) -> Result<usize, String> {
    let (before, after) = (ratios(first)?, ratios(second)?);
    let head = [
        "scenario",
        "figure",
        "peer",
        "first",
        "second",
        "second : first",
        "verdict",
    ];
    let mut rows = vec![head.map(str::to_string).to_vec()];
    let mut counts = [0; 3];
    for one in &before {
        let Some(other) = after.iter().find(|other| other.is_of(one)) else {
            rows.push(one.row([Some(one.spread), None], "only in the first"));
            continue;
        };
        let verdict = verdict(&one.spread, &other.spread);
        counts[verdict as usize] += 1;
        let words = match verdict {
            Verdict::Agree => "agree",
            Verdict::Noisy => "differs, and said noisy",
            Verdict::Differ => "DIFFERS",
        };
        rows.push(one.row([Some(one.spread), Some(other.spread)], words));
    }
    for other in after
        .iter()
        .filter(|one| !before.iter().any(|own| own.is_of(one)))
    {
        rows.push(other.row([None, Some(other.spread)], "only in the second"));
    }
    if counts == [0; 3] {
        return Err("the two records have no ratio in common".into());
    }
    let name = |path: &Path| {
        path.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    record.table(&format!("{} and {}", name(first), name(second)), rows);
    let [agree, noisy, differ] = counts;
    let shared = agree + noisy + differ;
    let alone = (before.len() + after.len()).saturating_sub(2 * shared);
    if alone > 0 {
        record.words(&format!("{alone} ratios are in one of the two only."));
    }
    let words = format!(
        "{agree} ratios agree within {:.0} %; {noisy} do not, and had said that they are noisy",
        TOLERANCE * 100.0
    );
    if differ > 0 {
        record.warning(&format!(
            "{words}; {differ} differ though each run was sure: quote none"
        ));
    } else {
        record.words(&format!(
            "{words}; none differs that both runs were sure of."
        ));
    }
    Ok(differ)
}

fn ratios(path: &Path) -> Result<Vec<Ratio>, String> {
    let failed = |error: String| format!("{}: {error}", path.display());
    let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let record = read::parse(&text).map_err(failed)?;
    let Some(Json::List(standings)) = record.get("standings") else {
        return Err(failed("a record without ratios".into()));
    };
    Ok(standings.iter().filter_map(ratio).collect())
}

fn ratio(standing: &Json) -> Option<Ratio> {
    let text = |name: &str| match standing.get(name) {
        Some(Json::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let number = |name: &str| match standing.get(name) {
        Some(Json::Number(number)) if number.is_finite() => Some(*number),
        _ => None,
    };
    let (min, max) = (number("min")?, number("max")?);
    // Records of old have no count; who measured once has no spread.
    let counted = number("rounds").map(|rounds| rounds as usize);
    let rounds = counted.unwrap_or(if min < max { ROUNDS_MIN } else { 1 });
    Some(Ratio {
        what: text("what")?,
        figure: text("figure")?,
        peer: text("peer")?,
        spread: Spread {
            median: number("median")?,
            min,
            max,
            low: number("low")?,
            high: number("high")?,
            rounds,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Standing;
    use crate::report::json::map;

    #[test]
    fn verdicts() {
        let sure = Spread::of([2.0, 2.0, 2.0, 2.05, 2.05]);
        let near = Spread::of([2.15; 5]);
        let far = Spread::of([2.5; 5]);
        let wild = Spread::of([1.0, 2.0, 2.6, 3.0, 4.0]);
        assert_eq!(verdict(&sure, &near), Verdict::Agree);
        assert_eq!(verdict(&sure, &far), Verdict::Differ);
        assert_eq!(verdict(&far, &sure), Verdict::Differ);
        assert_eq!(verdict(&sure, &wild), Verdict::Noisy);
        assert_eq!(verdict(&wild, &sure), Verdict::Noisy);
    }

    /// Two records on disk, as runs leave them.
    #[test]
    fn records_are_compared() {
        let scratch = crate::scratch::Scratch::new("compare").expect("a folder");
        let folder = scratch.path().to_string_lossy().into_owned();
        let words = ["hello", "--runs", &folder].map(String::from);
        let options = Options::parse(words.into_iter()).expect("valid");
        for (name, ratio) in [("1-all", 2.0), ("2-all", 2.05), ("3-all", 3.0)] {
            let record = Record::open(&options, "all").expect("a folder");
            record.standing(Standing {
                what: "hello ceiling".into(),
                figure: "rate",
                peer: "bun",
                ratio: Spread::of([ratio; 5]),
            });
            let json = record.with_standings(&map([("scenario", "all".into())]));
            fs::write(scratch.path().join(format!("{name}.json")), json.pretty()).expect("a file");
        }
        let record = Record::open(&options, "compare").expect("a folder");
        let place = |name: &str| scratch.path().join(name);
        let differing = |second: &str| report(&record, &place("1-all.json"), &place(second));
        assert_eq!(differing("2-all.json"), Ok(0));
        assert_eq!(differing("3-all.json"), Ok(1));
        assert!(differing("4-all.json").is_err());
        let two = newest_two(&options, "all").expect("three are there");
        assert_eq!(two, [place("2-all.json"), place("3-all.json")]);
    }
}
