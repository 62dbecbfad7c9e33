//! What a run leaves behind: a record in JSON with the facts of the machine, and plots in SVG.

pub mod bars;
pub mod compare;
pub mod facts;
pub mod json;
pub mod lines;
pub mod page;
pub mod percentiles;
pub mod rates;
mod read;
pub mod stats;
mod svg;

use crate::options::Options;
use hdrhistogram::Histogram;
use hdrhistogram::iterators::IterationValue;
use json::{Json, map};
use stats::Spread;
use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;

/// Percentiles that every record holds, in per cent.
pub const PERCENTILES: [f64; 6] = [50.0, 90.0, 99.0, 99.9, 99.99, 100.0];

type Step = IterationValue<u64>;

/// The longest time that a recorded histogram tells apart.
const RECORDED_US_MAX: u64 = 60_000_000;

/// What a run shows, part by part, in the order in which it is read.
pub enum Part {
    Words(String),
    Warning(String),
    Table(String, Vec<Vec<String>>),
    /// A plot in SVG.
    Plot(String),
}

/// How coring stands to one peer, in one figure of one scenario: above 1 coring does better.
#[derive(Clone)]
pub struct Standing {
    pub what: String,
    pub figure: &'static str,
    pub peer: &'static str,
    pub ratio: Spread,
}

/// The percentiles of the table of tails.
pub const TAIL_PERCENTS: [f64; 3] = [50.0, 99.0, 99.9];

/// Latency of one peer under a load that does not wait for answers, all rounds together.
#[derive(Clone)]
pub struct Tail {
    pub what: String,
    pub load: String,
    pub peer: &'static str,
    pub per_second: f64,
    /// In microseconds, at TAIL_PERCENTS.
    pub us: [f64; TAIL_PERCENTS.len()],
}

/// One run's place in perf/runs: every file of it begins with the same time and name. What is
/// reported goes to the terminal at once, and onto the page of the run.
pub struct Record {
    pub name: String,
    stem: Option<PathBuf>,
    parts: RefCell<Vec<Part>>,
    facts: RefCell<Option<Json>>,
    standings: RefCell<Vec<Standing>>,
    tails: RefCell<Vec<Tail>>,
}

impl Record {
    pub fn open(options: &Options, name: &str) -> Result<Record, String> {
        let stem = match &options.runs {
            None => None,
            Some(folder) => {
                fs::create_dir_all(folder)
                    .map_err(|error| format!("{}: {error}", folder.display()))?;
                let time = facts::utc_now().replace(['-', ':'], "");
                Some(folder.join(format!("{time}-{name}")))
            }
        };
        Ok(Record {
            name: name.to_string(),
            stem,
            parts: RefCell::default(),
            facts: RefCell::default(),
            standings: RefCell::default(),
            tails: RefCell::default(),
        })
    }

    pub fn words(&self, words: &str) {
        println!("{words}");
        self.parts.borrow_mut().push(Part::Words(words.to_string()));
    }

    pub fn warning(&self, words: &str) {
        println!("warning: {words}");
        self.parts
            .borrow_mut()
            .push(Part::Warning(words.to_string()));
    }

    pub fn table(&self, caption: &str, rows: Vec<Vec<String>>) {
        print!("\n{caption}\n{}", table(&rows));
        self.parts
            .borrow_mut()
            .push(Part::Table(caption.to_string(), rows));
    }

    pub fn plot(&self, svg: String) {
        self.parts.borrow_mut().push(Part::Plot(svg));
    }

    pub fn standing(&self, standing: Standing) {
        self.standings.borrow_mut().push(standing);
    }

    pub fn tail(&self, tail: Tail) {
        self.tails.borrow_mut().push(tail);
    }

    /// Takes over what other records showed, as a whole report does.
    pub fn gather(&self, others: &[&Record]) {
        for other in others {
            self.standings
                .borrow_mut()
                .extend(other.standings.borrow().iter().cloned());
        }
    }

    pub fn forget_standings(&self) {
        self.standings.borrow_mut().clear();
    }

    /// Writes the record in JSON; `facts` are those of the machine and the peers.
    pub fn json(&self, facts: &Json, json: &Json) -> Result<(), String> {
        *self.facts.borrow_mut() = Some(facts.clone());
        self.write(".json", &self.with_standings(json).pretty())
    }

    /// The ratios go with the samples that they were taken from, for `compare`.
    pub fn with_standings(&self, json: &Json) -> Json {
        let standings = self.standings.borrow();
        let list = standings.iter().map(|standing| {
            map([
                ("what", standing.what.as_str().into()),
                ("figure", standing.figure.into()),
                ("peer", standing.peer.into()),
                ("median", standing.ratio.median.into()),
                ("min", standing.ratio.min.into()),
                ("max", standing.ratio.max.into()),
                ("low", standing.ratio.low.into()),
                ("high", standing.ratio.high.into()),
                ("rounds", (standing.ratio.rounds as u64).into()),
            ])
        });
        let Json::Map(mut pairs) = json.clone() else {
            return json.clone();
        };
        pairs.push(("standings".into(), Json::List(list.collect())));
        Json::Map(pairs)
    }

    /// Writes one file of the run, with an ending such as `.json`.
    pub fn write(&self, ending: &str, text: &str) -> Result<(), String> {
        let Some(stem) = &self.stem else {
            return Ok(());
        };
        let path = format!("{}{ending}", stem.display());
        fs::write(&path, text).map_err(|error| format!("{path}: {error}"))?;
        println!("written: {path}");
        Ok(())
    }

    /// The name of a file of this run, as a page beside it refers to it.
    fn file(&self, ending: &str) -> Option<String> {
        let name = self
            .stem
            .as_ref()?
            .file_name()?
            .to_string_lossy()
            .into_owned();
        Some(name + ending)
    }
}

/// Percentiles in microseconds.
pub fn percentiles_json(histogram: &Histogram<u64>) -> Json {
    let value = |percent: f64| histogram.value_at_quantile(percent / 100.0) as f64 / 1000.0;
    let pairs = PERCENTILES
        .iter()
        .map(|&percent| (format!("p{percent}"), value(percent).into()));
    Json::Map(
        pairs
            .chain([("count".to_string(), histogram.len().into())])
            .collect(),
    )
}

/// The whole histogram, to two digits: pairs of microseconds and how many requests took that
/// long, as two lists.
pub fn histogram_json(histogram: &Histogram<u64>) -> Json {
    let mut coarse = Histogram::<u64>::new_with_max(RECORDED_US_MAX, 2).expect("constant bounds");
    for step in histogram.iter_recorded() {
        let us = step.value_iterated_to().div_ceil(1000).min(RECORDED_US_MAX);
        coarse.saturating_record_n(us, step.count_at_value());
    }
    let steps: Vec<_> = coarse.iter_recorded().collect();
    let list = |value: &dyn Fn(&Step) -> u64| {
        Json::List(steps.iter().map(|step| value(step).into()).collect())
    };
    map([
        ("us", list(&|step| step.value_iterated_to())),
        ("requests", list(&|step| step.count_at_value())),
    ])
}

/// The ratio of two peers, round by round: what both did in the same minute is compared.
pub fn rounds(over: &[f64], under: &[f64]) -> Option<Spread> {
    let ratios: Vec<f64> = over
        .iter()
        .zip(under)
        .map(|(over, under)| over / under)
        .filter(|ratio| ratio.is_finite())
        .collect();
    (!ratios.is_empty()).then(|| Spread::of(ratios))
}

/// Samples of two peers from the same rounds; a round that one has missed is left out.
pub fn same_rounds<'a, S>(
    [over, under]: [impl Iterator<Item = &'a S> + Clone; 2],
    round: fn(&S) -> usize,
) -> Vec<[&'a S; 2]> {
    over.filter_map(|one| {
        let other = under.clone().find(|other| round(other) == round(one))?;
        Some([one, other])
    })
    .collect()
}

/// The ratio of a figure of two peers, pair by pair.
pub fn ratio<S>(pairs: &[[&S; 2]], value: fn(&S) -> f64) -> Option<Spread> {
    let values = |at: usize| -> Vec<f64> { pairs.iter().map(|pair| value(pair[at])).collect() };
    rounds(&values(0), &values(1))
}

/// A ratio with its spread, and a mark if the rounds do not agree.
pub fn show_ratio(ratio: Option<Spread>) -> String {
    match ratio {
        None => "-".into(),
        Some(ratio) => {
            let mark = if ratio.is_noisy() { " ?" } else { "" };
            format!("x{}{mark}", ratio.show(2))
        }
    }
}

/// A table whose columns are as wide as they must be.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for row in rows {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, &width)| format!("{cell:<width$}"));
        out.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_line_up() {
        let row = |cells: &[&str]| {
            cells
                .iter()
                .map(|cell| cell.to_string())
                .collect::<Vec<_>>()
        };
        let rows = [row(&["a", "bbb"]), row(&["cc", "d"])];
        assert_eq!(table(&rows), "a   bbb\ncc  d\n");
    }

    #[test]
    fn histograms_are_whole() {
        let mut histogram = crate::load::new_histogram();
        histogram.saturating_record(1000);
        histogram.saturating_record(1000);
        histogram.saturating_record(3001);
        let text = histogram_json(&histogram).pretty();
        assert!(text.contains("[1,4]") && text.contains("[2,1]"), "{text}");
        assert!(
            percentiles_json(&histogram)
                .pretty()
                .contains("\"count\": 3")
        );
    }
}
