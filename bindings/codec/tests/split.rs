//! Mutated messages: nothing panics, and the same bytes give the same events in whatever pieces
//! they come. `CORING_FUZZ_HEADS` sets how many (200 000), `CORING_FUZZ_SEED` replays a run.

#![forbid(unsafe_code)]

mod transcript;

use coring_codec::http1::{Lenient, Limits};
use std::time::{SystemTime, UNIX_EPOCH};
use transcript::{Kind, escape, transcript, vectors};

const HEADS_COUNT: u64 = 200_000;
/// Bytes that begin or end something.
const MARKS: &[&[u8]] = &[
    b"\r",
    b"\n",
    b"\r\n",
    b"\r\n\r\n",
    b" ",
    b"\t",
    b":",
    b";",
    b",",
    b"=",
    b"\"",
    b"\\",
    b"\0",
    b"\x7f",
    b"\xff",
    b"\x0c",
    b"?",
    b"#",
    b"@",
    b"/",
    b"0",
    b"9",
    b"a",
    b"F",
    b"\r\n ",
    b"\n\n",
    b"chunked",
    b"close",
    b"keep-alive",
    b"upgrade",
    b"HTTP/1.1",
    b"Content-Length: 3\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Connection: close\r\n",
    b"0\r\n\r\n",
    b"3\r\nabc\r\n",
];

/// SplitMix64: small, and good enough to choose places.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name)
        .ok()
        .map(|text| text.parse().expect("a number"))
}

fn mutate(random: &mut Random, bytes: &mut Vec<u8>, others: &[Vec<u8>]) {
    let place = random.below(bytes.len() + 1);
    let rest_bytes = bytes.len() - place;
    match random.below(6) {
        0 => drop(bytes.drain(place..place + rest_bytes.min(1 + random.below(4)))),
        1 => drop(bytes.splice(
            place..place,
            MARKS[random.below(MARKS.len())].iter().copied(),
        )),
        2 if rest_bytes > 0 => bytes[place] = random.next() as u8,
        3 if rest_bytes > 0 => {
            let mark = MARKS[random.below(MARKS.len())];
            drop(bytes.splice(place..place + 1, mark.iter().copied()));
        }
        4 => {
            let other = &others[random.below(others.len())];
            let from = random.below(other.len() + 1);
            drop(bytes.splice(place.., other[from..].iter().copied()));
        }
        _ if random.one_in(8) => bytes.truncate(place),
        _ => bytes.extend_from_slice(&others[random.below(others.len())]),
    }
}

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
    let clock = || {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("after 1970")
            .as_nanos()
    };
    let seed = setting("CORING_FUZZ_SEED").unwrap_or_else(|| clock() as u64);
    let heads_count = setting("CORING_FUZZ_HEADS").unwrap_or(HEADS_COUNT);
    println!("CORING_FUZZ_SEED={seed} CORING_FUZZ_HEADS={heads_count}");
    let mut random = Random(seed);
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
