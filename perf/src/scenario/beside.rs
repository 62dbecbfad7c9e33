//! What a core that computes does to the one beside it: the same load, with and without, for both
//! halves of a server of two cores.

use super::serve::Sample;
use super::served::Scenario;
use crate::load::new_histogram;
use crate::peers::Peer;
use crate::report::{Record, TAIL_PERCENTS, rounds, show_ratio};
use hdrhistogram::Histogram;

const HEAD: [&str; 10] = [
    "peer",
    "half",
    "of all requests",
    "calm p50 us",
    "p99",
    "p99.9",
    "computing p50 us",
    "p99",
    "p99.9",
    "p99 computing : calm",
];

#[derive(Clone, Copy)]
enum Half {
    Beside,
    Computing,
}

/// Two phases, without and with; nothing where there are no two.
pub fn report(record: &Record, scenario: &Scenario, peers: &[Peer], samples: &[Sample]) {
    if !scenario.two_cores || scenario.phases.len() != 2 {
        return;
    }
    let mut rows = vec![HEAD.map(str::to_string).to_vec()];
    for (peer, who) in peers.iter().enumerate() {
        let own: Vec<&Sample> = samples.iter().filter(|s| s.peer == peer).collect();
        for half in [Half::Beside, Half::Computing] {
            if !own.is_empty() {
                rows.push(row(who.name, half, &own));
            }
        }
    }
    record.table(
        &format!(
            "{}: each half, {} and {}; the ratio round by round",
            scenario.name, scenario.phases[0].name, scenario.phases[1].name
        ),
        rows,
    );
}

fn row(name: &str, half: Half, samples: &[&Sample]) -> Vec<String> {
    let of = |phase: usize| samples.iter().filter(move |sample| sample.phase == phase);
    let merged = |phase: usize| {
        let mut sum = new_histogram();
        for sample in of(phase) {
            sum.add(part(sample, half))
                .expect("all histograms have the same bounds");
        }
        sum
    };
    let p99 = |phase: usize| -> Vec<f64> {
        of(phase)
            .map(|sample| part(sample, half).value_at_quantile(0.99) as f64)
            .collect()
    };
    let both = [merged(0), merged(1)];
    let all: u64 = samples.iter().map(|s| s.outcome.latency.len()).sum();
    let own: u64 = both.iter().map(Histogram::len).sum();
    let mut cells = vec![
        name.to_string(),
        match half {
            Half::Beside => "beside",
            Half::Computing => "computes",
        }
        .into(),
        format!("{:.0} %", own as f64 / all.max(1) as f64 * 100.0),
    ];
    for histogram in &both {
        cells.extend(TAIL_PERCENTS.map(|percent| {
            let ns = histogram.value_at_quantile(percent / 100.0);
            format!("{:.0}", ns as f64 / 1e3)
        }));
    }
    cells.push(show_ratio(rounds(&p99(1), &p99(0))));
    cells
}

fn part(sample: &Sample, half: Half) -> Histogram<u64> {
    let apart = &sample.outcome.apart;
    match half {
        Half::Beside => apart.clone(),
        Half::Computing => {
            let mut rest = sample.outcome.latency.clone();
            rest.subtract(apart).expect("it is a part of the whole");
            rest
        }
    }
}
