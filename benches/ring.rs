//! What a turn of the ring costs: one operation that is complete at once, a natural batch of them,
//! and a large one. `cargo ci bench ring`

#![forbid(unsafe_code)]

use coring_uring::{Completion, Op, Ring, RingOptions, Token, Wait};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

const KIND: u8 = 1;

fn turns(criterion: &mut Criterion) {
    let mut ring = Ring::new(RingOptions::default()).unwrap_or_else(|error| panic!("{error}"));
    let mut told: Vec<Completion> = Vec::new();
    let mut group = criterion.benchmark_group("ring");
    for count in [1u32, 20, 64] {
        group.throughput(Throughput::Elements(u64::from(count)));
        group.bench_function(BenchmarkId::new("nops in a turn", count), |bencher| {
            bencher.iter(|| {
                for slot in 0..count {
                    ring.submit(Op::Nop, Token::new(KIND, slot, 0));
                }
                let mut left = count as usize;
                while left > 0 {
                    ring.turn(Wait::Forever, &mut told).expect("a turn");
                    left -= told.drain(..).count();
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, turns);
criterion_main!(benches);
