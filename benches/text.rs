//! Text between V8 and bytes: 64 conversions of a kilobyte in a turn of the loop, called by
//! optimised code. `empty turn` is what the turn itself costs. `cargo ci bench text`

#![forbid(unsafe_code)]

mod whole;

use coring_bindings::Patience;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use whole::Core;

/// Those of rounds.js.
const TIMES: u64 = 64;
const BYTES: u64 = 1024;
const SHAPES: [&str; 11] = [
    "write latin1 1 KiB",
    "write utf8 1 KiB of ASCII",
    "write utf8 1 Ki of many scripts",
    "toString utf8 1 KiB of ASCII",
    "toString utf8 1 Ki of many scripts",
    "toString latin1 1 KiB",
    "toString base64 1 KiB",
    "toString hex 1 KiB",
    "byteLength of many scripts",
    "TextDecoder 1 KiB of ASCII",
    "TextEncoder 1 KiB of ASCII",
];

fn text(criterion: &mut Criterion) {
    coring_engine::start(&[], 1);
    let mut group = criterion.benchmark_group("text");
    for shape in ["empty turn"].into_iter().chain(SHAPES) {
        group.throughput(Throughput::Bytes(TIMES * BYTES));
        // The core is made only for a benchmark that is run.
        let mut core = None;
        group.bench_function(BenchmarkId::new("64 times", shape), |bencher| {
            let core = core.get_or_insert_with(|| Core::start("rounds.js", &[shape]));
            bencher.iter(|| core.turn(Patience::None));
        });
    }
    group.finish();
}

criterion_group!(benches, text);
criterion_main!(benches);
