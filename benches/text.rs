//! Text between V8 and bytes: 64 conversions of a kilobyte in a turn of the loop, called by
//! optimised code. `empty turn` is what the turn itself costs. `cargo ci bench text`

#![forbid(unsafe_code)]

#[path = "whole/rounds.rs"]
mod rounds;
mod whole;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// Of each text in rounds.js.
const BYTES: u64 = 1024;
const SHAPES: [&str; 12] = [
    "empty turn",
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
    let throughput = Throughput::Bytes(rounds::TIMES * BYTES);
    rounds::measure(criterion.benchmark_group("text"), throughput, &SHAPES);
}

criterion_group!(benches, text);
criterion_main!(benches);
