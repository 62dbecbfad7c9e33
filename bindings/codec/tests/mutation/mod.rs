//! Damaged messages, the same for the same seed.

use std::time::{SystemTime, UNIX_EPOCH};

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
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
}

/// One change: bytes removed, put in or replaced, another message's end instead of its own, bytes
/// cut off, or another message behind it.
pub fn mutate(random: &mut Random, bytes: &mut Vec<u8>, others: &[Vec<u8>]) {
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

/// The seed (`CORING_FUZZ_SEED`, else the clock), and as many runs as `variable` says; prints both.
pub fn runs(variable: &str, usual_count: u64) -> (u64, u64) {
    let since_1970 = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    let seed = setting("CORING_FUZZ_SEED").unwrap_or(since_1970.as_nanos() as u64);
    let count = setting(variable).unwrap_or(usual_count);
    println!("CORING_FUZZ_SEED={seed} {variable}={count}");
    (seed, count)
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name)
        .ok()
        .map(|text| text.parse().expect("a number"))
}
