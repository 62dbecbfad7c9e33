//! What fuzzers share: changed bytes from a seed, and a bound on memory. CORING_FUZZ_COUNT says how
//! many inputs a test tries (few by default), CORING_FUZZ_SEED where it begins: the same seed gives
//! the same inputs.

use std::time::Instant;

const COUNT: u64 = 300;
/// What a leak of a few hundred bytes an input would soon pass.
const GROWTH_BYTES_MAX: usize = 64 << 20;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// A small generator: the same numbers each time.
pub struct Dice(u64);

impl Dice {
    pub fn below(&mut self, count: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % count
    }

    /// Changes one place, or cuts, doubles or lengthens.
    pub fn change(&mut self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let at = self.below(bytes.len());
        match self.below(6) {
            0 => bytes[at] ^= 1 << self.below(8),
            1 => bytes[at] = self.below(256) as u8,
            2 => bytes.truncate(at),
            3 => bytes.extend_from_within(at..),
            4 => bytes.insert(at, self.below(256) as u8),
            _ => drop(bytes.remove(at)),
        }
    }

    /// A copy with one to three changes.
    pub fn changed(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(3) {
            self.change(&mut bytes);
        }
        bytes
    }
}

/// Memory of this process that is in use.
fn resident_bytes() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").expect("the kernel says");
    let pages = text.split(' ').nth(1).expect("the second word");
    pages.parse::<usize>().expect("a number") * 4096
}

/// Tries each seed, and sees whether memory grows once it is warm. `attempt` says whether its input
/// was taken for good.
pub fn each_seed(name: &str, mut attempt: impl FnMut(u64, Dice) -> bool) {
    let asked = number("CORING_FUZZ_COUNT");
    let (count, first) = (
        asked.unwrap_or(COUNT),
        number("CORING_FUZZ_SEED").unwrap_or(1),
    );
    let (begin, mut before, mut taken) = (Instant::now(), 0, 0);
    for at in 0..count {
        if at == count / 4 {
            before = resident_bytes();
        }
        let seed = first.wrapping_add(at);
        taken += u64::from(attempt(seed, Dice(seed)));
    }
    let grown = resident_bytes().saturating_sub(before);
    if asked.is_some() {
        let seconds = begin.elapsed().as_secs();
        println!("{name}: {count} from {first}, {taken} taken, {seconds} s, {grown} bytes more");
    }
    assert!(grown < GROWTH_BYTES_MAX, "{grown} bytes more");
}
