//! What schedules later work: 64 of each in a turn of the loop. `cargo ci bench timers`

#![forbid(unsafe_code)]

mod whole;

use coring_bindings::Patience;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use whole::Core;

/// That of rounds.js.
const TIMES: u64 = 64;
const SHAPES: [&str; 6] = [
    "empty turn",
    "setTimeout and clearTimeout",
    "refresh",
    "setImmediate",
    "nextTick",
    "queueMicrotask",
];

fn timers(criterion: &mut Criterion) {
    coring_engine::start(&[], 1);
    let mut group = criterion.benchmark_group("timers");
    for shape in SHAPES {
        group.throughput(Throughput::Elements(TIMES));
        // The core is made only for a benchmark that is run.
        let mut core = None;
        group.bench_function(BenchmarkId::new("64 times", shape), |bencher| {
            let core = core.get_or_insert_with(|| Core::start("rounds.js", &[shape]));
            bencher.iter(|| core.turn(Patience::None));
        });
    }
    group.finish();
}

criterion_group!(benches, timers);
criterion_main!(benches);
