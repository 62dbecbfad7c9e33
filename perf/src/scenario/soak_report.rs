//! What a soak shows: the slope of memory once it has settled, and what stayed open.

use super::soak::{Look, PER_CONNECTION, Soaked};
use crate::load::Note;
use crate::options::Options;
use crate::report::json::{Json, map};
use crate::report::{Record, lines};

const MIB: f64 = 1_048_576.0;
/// A run shorter than this says nothing of an hour.
const SECONDS_MIN: f64 = 600.0;

/// Memory that changes by more from one look to the next is V8's, which sizes its young generation
/// in steps: what leaks does so by little.
const STEP_BYTES: f64 = 2.0 * MIB;

const HEAD: [&str; 13] = [
    "peer",
    "req/s",
    "requests",
    "CPU share",
    "RSS MiB at a third",
    "at last",
    "MiB an hour",
    "descriptors before",
    "most",
    "after",
    "ring operations before, after",
    "sockets after",
    "faults",
];

pub fn report(
    options: &Options,
    all: &[(&'static str, Soaked)],
    facts: Json,
    record: &Record,
) -> Result<(), String> {
    let mut rows = vec![HEAD.map(str::to_string).to_vec()];
    rows.extend(all.iter().map(|(name, soaked)| row(name, soaked)));
    let seconds = options.measured.as_secs_f64();
    let caption = format!(
        "soak, {seconds:.0} s, {PER_CONNECTION} requests a connection; the slope is that of the \
         last two thirds, by least squares, with its standard error"
    );
    record.table(&caption, rows);
    if seconds < SECONDS_MIN {
        record.warning("a short soak: the slope is that of heaps that still grow");
    }
    for (name, soaked) in all {
        for (kind, count) in soaked.faults.named() {
            if count > 0 {
                record.warning(&format!("{name}: {count} faults `{kind}`"));
            }
        }
        record.words(&format!(
            "{name}: least resident memory of each sixth of the time, MiB: {}",
            least_of_sixths(&soaked.looks).join(", ")
        ));
        record.words(&format!("{name}: {}", flat(&soaked.looks)));
        for words in grouped(&soaked.notes) {
            record.words(&format!("{name}: {words}"));
        }
    }
    let busy = all.iter().map(|(_, soaked)| soaked.generator_busy);
    record.words(&format!(
        "The generator slept in the kernel; it had at most {:.0} % of its processor.",
        busy.fold(0.0, f64::max) * 100.0
    ));
    let curves = all.iter().map(|(name, soaked)| {
        let points = soaked.looks.iter();
        let points = points.map(|look| (look.seconds / 60.0, look.resident_bytes / MIB));
        (*name, points.collect())
    });
    let curves: Vec<(&str, Vec<(f64, f64)>)> = curves.collect();
    record.plot(lines::plot(
        "soak: resident memory",
        ["minutes", "MiB"],
        &curves,
    ));
    let json = map([
        ("scenario", "soak".into()),
        ("facts", facts.clone()),
        (
            "results",
            Json::List(
                all.iter()
                    .map(|(name, soaked)| json(name, soaked))
                    .collect(),
            ),
        ),
    ]);
    record.json(&facts, &json)
}

/// Heaps go up and down as they are collected: what is left when they are small does not.
fn least_of_sixths(looks: &[Look]) -> Vec<String> {
    let edge = |sixths: usize| looks.len() * sixths / 6;
    let least = (0..6).filter_map(|sixth| {
        let part = looks[edge(sixth)..edge(sixth + 1)].iter();
        let bytes = part.map(|look| look.resident_bytes).reduce(f64::min)?;
        Some(format!("{:.1}", bytes / MIB))
    });
    least.collect()
}

/// The looks since memory last changed by a step.
fn behind_last_step(looks: &[Look]) -> &[Look] {
    let is_step = |pair: &[Look]| {
        let change = pair[1].resident_bytes - pair[0].resident_bytes;
        change.abs() > STEP_BYTES
    };
    let last = looks.windows(2).rposition(is_step);
    &looks[last.map_or(0, |at| at + 1)..]
}

fn flat(looks: &[Look]) -> String {
    let flat = behind_last_step(looks);
    let (slope, error) = slope(flat);
    let seconds = |look: Option<&Look>| look.map_or(0.0, |look| look.seconds);
    format!(
        "behind the last step of more than {:.0} MiB, from {:.0} s to {:.0} s: {} MiB an hour",
        STEP_BYTES / MIB,
        seconds(flat.first()),
        seconds(flat.last()),
        hourly(slope, error)
    )
}

/// MiB an hour, of bytes a second.
fn hourly(slope: f64, error: f64) -> String {
    let hourly = |bytes_per_second: f64| bytes_per_second * 3600.0 / MIB;
    format!("{:+.1} +- {:.1}", hourly(slope), hourly(error))
}

/// How often each reason is among the notes, and when; what is behind the comma differs.
fn grouped(notes: &[Note]) -> Vec<String> {
    let reason = |note: &Note| note.why.split(',').next().unwrap_or_default().to_string();
    let mut reasons: Vec<String> = notes.iter().map(reason).collect();
    reasons.sort();
    reasons.dedup();
    let told = reasons.into_iter().map(|wanted| {
        let same: Vec<&Note> = notes.iter().filter(|n| reason(n) == wanted).collect();
        let (first, last) = (same[0].seconds, same[same.len() - 1].seconds);
        let count = same.len();
        let when = format!("from {first:.1} s to {last:.1} s of the load");
        format!("{wanted}: {count} of the first notes, {when}")
    });
    told.collect()
}

fn row(name: &str, soaked: &Soaked) -> Vec<String> {
    let settled = settled(&soaked.looks);
    let (slope, error) = slope(settled);
    let mib = |look: Option<&Look>| {
        look.map_or("-".into(), |look| {
            format!("{:.1}", look.resident_bytes / MIB)
        })
    };
    let most = soaked.looks.iter().map(|look| look.descriptors);
    let told = |number: Option<f64>| number.map_or("-".into(), |number| format!("{number:.0}"));
    vec![
        name.to_string(),
        format!("{:.0}", soaked.rate),
        soaked.completed.to_string(),
        format!("{:.2}", cpu_share(soaked)),
        mib(settled.first()),
        mib(settled.last()),
        hourly(slope, error),
        format!("{:.0}", soaked.before.descriptors),
        format!("{:.0}", most.fold(0.0, f64::max)),
        format!("{:.0}", soaked.after.descriptors),
        format!(
            "{}, {}",
            told(soaked.before.in_flight),
            told(soaked.after.in_flight)
        ),
        told(soaked.after.sockets),
        soaked.faults.total().to_string(),
    ]
}

fn cpu_share(soaked: &Soaked) -> f64 {
    let (Some(first), Some(last)) = (soaked.looks.first(), soaked.looks.last()) else {
        return 0.0;
    };
    (last.cpu_us - first.cpu_us) / 1e6 / (last.seconds - first.seconds).max(0.001)
}

/// Heaps grow at first: the last two thirds count.
fn settled(looks: &[Look]) -> &[Look] {
    &looks[looks.len() / 3..]
}

/// Bytes a second, by least squares, and the standard error of that.
fn slope(looks: &[Look]) -> (f64, f64) {
    let count = looks.len().max(1) as f64;
    let mean = |value: fn(&Look) -> f64| looks.iter().map(value).sum::<f64>() / count;
    let time = mean(|look| look.seconds);
    let bytes = mean(|look| look.resident_bytes);
    let moments = looks
        .iter()
        .map(|look| (look.seconds - time, look.resident_bytes - bytes));
    let squares: f64 = moments.clone().map(|(seconds, _)| seconds.powi(2)).sum();
    if squares <= 0.0 {
        return (0.0, 0.0);
    }
    let products: f64 = moments
        .clone()
        .map(|(seconds, bytes)| seconds * bytes)
        .sum();
    let slope = products / squares;
    let rest: f64 = moments
        .map(|(seconds, bytes)| (bytes - slope * seconds).powi(2))
        .sum();
    let freedom = (looks.len() as f64 - 2.0).max(1.0);
    (slope, (rest / freedom / squares).sqrt())
}

fn note(note: &Note) -> Json {
    map([
        ("seconds", note.seconds.into()),
        ("why", note.why.as_str().into()),
    ])
}

fn json(name: &str, soaked: &Soaked) -> Json {
    let list = |value: fn(&Look) -> f64| {
        Json::List(soaked.looks.iter().map(|look| value(look).into()).collect())
    };
    let (slope, error) = slope(settled(&soaked.looks));
    let missing = f64::NAN;
    map([
        ("peer", name.into()),
        ("per_second", soaked.rate.into()),
        ("completed", soaked.completed.into()),
        (
            "faults",
            Json::Map(
                soaked
                    .faults
                    .named()
                    .map(|(kind, count)| (kind.to_string(), count.into()))
                    .into(),
            ),
        ),
        ("notes", Json::List(soaked.notes.iter().map(note).collect())),
        ("cpu_share", cpu_share(soaked).into()),
        ("generator_busy", soaked.generator_busy.into()),
        ("slope_bytes_per_second", slope.into()),
        ("slope_standard_error", error.into()),
        ("descriptors_before", soaked.before.descriptors.into()),
        ("descriptors_after", soaked.after.descriptors.into()),
        (
            "in_flight_before",
            soaked.before.in_flight.unwrap_or(missing).into(),
        ),
        (
            "in_flight_after",
            soaked.after.in_flight.unwrap_or(missing).into(),
        ),
        ("seconds", list(|look| look.seconds)),
        ("resident_bytes", list(|look| look.resident_bytes)),
        ("descriptors", list(|look| look.descriptors)),
        ("in_flight", list(|look| look.in_flight.unwrap_or(f64::NAN))),
        ("sockets", list(|look| look.sockets.unwrap_or(f64::NAN))),
        (
            "heap_bytes",
            list(|look| look.heap_bytes.unwrap_or(f64::NAN)),
        ),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_of_each_sixth() {
        let look = |mib: f64| Look {
            resident_bytes: mib * MIB,
            ..Look::default()
        };
        let looks = [5.0, 4.0, 6.0, 7.0, 3.0, 9.0, 8.0, 8.0].map(look);
        let least = ["5.0", "4.0", "6.0", "3.0", "9.0", "8.0"];
        assert_eq!(least_of_sixths(&looks), least);
        assert_eq!(least_of_sixths(&looks[..2]), ["5.0", "4.0"]);
        assert!(least_of_sixths(&[]).is_empty());
    }

    #[test]
    fn slopes_begin_behind_the_last_step() {
        let at = |(seconds, mib): (usize, f64)| Look {
            seconds: seconds as f64,
            resident_bytes: mib * MIB,
            ..Look::default()
        };
        let looks =
            |mib: &[f64]| -> Vec<Look> { mib.iter().copied().enumerate().map(at).collect() };
        let from = |mib: &[f64]| behind_last_step(&looks(mib)).len();
        assert_eq!(from(&[]), 0);
        assert_eq!(from(&[5.0, 6.0, 7.9]), 3);
        assert_eq!(from(&[5.0, 9.0, 9.0, 5.0, 5.5, 6.0]), 3);
        assert_eq!(from(&[5.0, 9.0]), 1);
        let words = flat(&looks(&[5.0, 9.0, 9.5, 10.0]));
        assert!(
            words.ends_with("from 1 s to 3 s: +1800.0 +- 0.0 MiB an hour"),
            "{words}"
        );
    }

    #[test]
    fn reasons_are_counted() {
        let note = |seconds: f64, why: &str| Note {
            seconds,
            why: why.into(),
        };
        let notes = [note(1.0, "a, 3 ms"), note(2.0, "b"), note(4.0, "a, 5 ms")];
        let expected = [
            "a: 2 of the first notes, from 1.0 s to 4.0 s of the load",
            "b: 1 of the first notes, from 2.0 s to 2.0 s of the load",
        ];
        assert_eq!(grouped(&notes), expected);
        assert!(grouped(&[]).is_empty());
    }

    #[test]
    fn slopes() {
        assert_eq!(slope(&[]), (0.0, 0.0));
        let line = |bytes: fn(f64) -> f64| -> Vec<Look> {
            (0..10)
                .map(|at| Look {
                    seconds: f64::from(at),
                    resident_bytes: bytes(f64::from(at)),
                    ..Look::default()
                })
                .collect()
        };
        assert_eq!(slope(&line(|_| 1.0)[..1]), (0.0, 0.0));
        let (steep, error) = slope(&line(|at| at * 3.0));
        assert!((steep - 3.0).abs() < 1e-9 && error < 1e-9);
        let (flat, error) = slope(&line(|at| (at % 2.0) * 8.0));
        assert!(flat.abs() < 2.0 * error, "{flat} {error}");
        assert_eq!(settled(&line(|at| at)).len(), 7);
    }
}
