//! What schedules later work: 64 of each in a turn of the loop. `cargo ci bench timers`

#![forbid(unsafe_code)]

#[path = "whole/rounds.rs"]
mod rounds;
mod whole;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const SHAPES: [&str; 6] = [
    "empty turn",
    "setTimeout and clearTimeout",
    "refresh",
    "setImmediate",
    "nextTick",
    "queueMicrotask",
];

fn timers(criterion: &mut Criterion) {
    let throughput = Throughput::Elements(rounds::TIMES);
    rounds::measure(criterion.benchmark_group("timers"), throughput, &SHAPES);
}

criterion_group!(benches, timers);
criterion_main!(benches);
