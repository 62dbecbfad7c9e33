//! Mutated messages: the same bytes give the same events in whatever pieces they come.
//! `CORING_FUZZ_HEADS` sets how many (200 000), `CORING_FUZZ_SEED` replays a run.

#![forbid(unsafe_code)]

mod mutation;
mod transcript;

use coring_codec::http1::{Lenient, Limits};
use mutation::{Random, mutate, runs};
use transcript::{Kind, escape, transcript, vectors};

const HEADS_COUNT: u64 = 200_000;

fn limits(random: &mut Random, lenient_bits: u32) -> Limits {
    let lenient = match random.below(8) {
        0 => Lenient::from_bits(random.next() as u32),
        1 => Lenient::ALL,
        2 => Lenient::from_bits(lenient_bits),
        _ => Lenient::NONE,
    };
    if random.one_in(4) {
        return Limits {
            head_bytes_max: 1 + random.below(100) as u32,
            headers_count_max: random.below(5) as u32,
            chunk_extension_bytes_max: random.below(10) as u32,
            lenient,
        };
    }
    Limits {
        lenient,
        ..Limits::default()
    }
}

/// Where a block is found too large depends on the pieces; that it is does not.
fn comparable(mut lines: Vec<String>) -> Vec<String> {
    if let Some(last) = lines.last_mut()
        && last.contains("HPE_HEADER_OVERFLOW")
    {
        *last = "overflow".to_string();
    }
    lines
}

#[test]
fn pieces_do_not_matter() {
    let (seed, heads_count) = runs("CORING_FUZZ_HEADS", HEADS_COUNT);
    let mut random = Random::new(seed);
    let vectors = vectors();
    let inputs: Vec<_> = vectors.iter().map(|vector| vector.input.clone()).collect();
    for _ in 0..heads_count {
        let vector = &vectors[random.below(vectors.len())];
        let mut bytes = vector.input.clone();
        for _ in 0..1 + random.below(4) {
            mutate(&mut random, &mut bytes, &inputs);
        }
        let kind = if random.one_in(16) {
            Kind::Response
        } else {
            vector.kind
        };
        let limits = limits(&mut random, vector.lenient_bits);
        let whole = comparable(transcript(kind, &limits, &bytes, |rest| rest));
        let longest = 1 + random.below(20);
        let pieces = transcript(kind, &limits, &bytes, |_| 1 + random.below(longest));
        let text = escape(&bytes);
        assert_eq!(
            comparable(pieces),
            whole,
            "seed {seed}, {kind:?}, {limits:?}\n\"{text}\""
        );
    }
}
