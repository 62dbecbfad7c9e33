//! Benchmarks whose program is rounds.js: each shape has a core of its own, and a turn is a round.

use coring_bindings::Patience;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Throughput};

use crate::whole::Core;

/// That of rounds.js.
pub const TIMES: u64 = 64;

pub fn measure(
    mut group: BenchmarkGroup<'_, WallTime>,
    throughput: Throughput,
    shapes: &[&'static str],
) {
    coring_engine::start(&[], 1);
    group.throughput(throughput);
    for &shape in shapes {
        // The core is made only for a benchmark that is run.
        let mut core = None;
        group.bench_function(BenchmarkId::new("64 times", shape), |bencher| {
            let core = core.get_or_insert_with(|| Core::start("rounds.js", &[shape]));
            bencher.iter(|| core.turn(Patience::None));
        });
    }
    group.finish();
}
