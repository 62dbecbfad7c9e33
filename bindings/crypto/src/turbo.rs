//! TurboSHAKE and KangarooTwelve (RFC 9861), which libcrypto has not: Keccak with 12 rounds.

/// Strength of security, in bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    Of128,
    Of256,
}

impl Strength {
    /// Bytes that go into the state before it is mixed.
    fn rate(self) -> usize {
        match self {
            Strength::Of128 => 168,
            Strength::Of256 => 136,
        }
    }

    /// Bytes that stand for a chunk in KangarooTwelve.
    fn chunk_value_bytes(self) -> usize {
        match self {
            Strength::Of128 => 32,
            Strength::Of256 => 64,
        }
    }
}

/// Constants of the last 12 of Keccak's 24 rounds.
const ROUNDS: [u64; 12] = [
    0x0000_0000_8000_808b,
    0x8000_0000_0000_008b,
    0x8000_0000_0000_8089,
    0x8000_0000_0000_8003,
    0x8000_0000_0000_8002,
    0x8000_0000_0000_0080,
    0x0000_0000_0000_800a,
    0x8000_0000_8000_000a,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8080,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8008,
];

/// The path of the lanes: where each goes to, and how far it is rotated.
const PATH: [(usize, u32); 24] = [
    (10, 1),
    (7, 3),
    (11, 6),
    (17, 10),
    (18, 15),
    (3, 21),
    (5, 28),
    (16, 36),
    (8, 45),
    (21, 55),
    (24, 2),
    (4, 14),
    (15, 27),
    (23, 41),
    (19, 56),
    (13, 8),
    (12, 25),
    (2, 43),
    (20, 62),
    (14, 18),
    (22, 39),
    (9, 61),
    (6, 20),
    (1, 44),
];

fn permute(lanes: &mut [u64; 25]) {
    for constant in ROUNDS {
        let mut columns = [0; 5];
        for (x, column) in columns.iter_mut().enumerate() {
            *column = (0..5).fold(0, |sum, y| sum ^ lanes[x + 5 * y]);
        }
        for x in 0..5 {
            let change = columns[(x + 4) % 5] ^ columns[(x + 1) % 5].rotate_left(1);
            for y in 0..5 {
                lanes[x + 5 * y] ^= change;
            }
        }
        let mut moving = lanes[1];
        for (target, turns) in PATH {
            let next = lanes[target];
            lanes[target] = moving.rotate_left(turns);
            moving = next;
        }
        for row in lanes.chunks_mut(5) {
            let old = [row[0], row[1], row[2], row[3], row[4]];
            for x in 0..5 {
                row[x] = old[x] ^ (!old[(x + 1) % 5] & old[(x + 2) % 5]);
            }
        }
        lanes[0] ^= constant;
    }
}

/// Takes bytes, and gives as many as are wanted.
struct Sponge {
    lanes: [u64; 25],
    rate: usize,
    at: usize,
}

impl Sponge {
    fn new(strength: Strength) -> Sponge {
        Sponge {
            lanes: [0; 25],
            rate: strength.rate(),
            at: 0,
        }
    }

    fn push(&mut self, byte: u8) {
        self.lanes[self.at / 8] ^= u64::from(byte) << (8 * (self.at % 8));
    }

    fn absorb(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.push(byte);
            self.at += 1;
            if self.at == self.rate {
                permute(&mut self.lanes);
                self.at = 0;
            }
        }
    }

    fn squeeze(mut self, domain: u8, out: &mut [u8]) {
        self.push(domain);
        self.at = self.rate - 1;
        self.push(0x80);
        for block in out.chunks_mut(self.rate) {
            permute(&mut self.lanes);
            let bytes = self.lanes.iter().flat_map(|lane| lane.to_le_bytes());
            block
                .iter_mut()
                .zip(bytes)
                .for_each(|(to, byte)| *to = byte);
        }
    }
}

/// Fills `out`. `domain` is 1 to 0x7f.
pub fn turbo_shake(strength: Strength, domain: u8, bytes: &[u8], out: &mut [u8]) {
    let mut sponge = Sponge::new(strength);
    sponge.absorb(bytes);
    sponge.squeeze(domain, out);
}

/// A length: its bytes, and how many they are.
fn length(number: usize) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let digits = crate::der::trimmed(&bytes);
    let mut encoded = digits.to_vec();
    encoded.push(digits.len() as u8);
    encoded
}

const CHUNK_BYTES: usize = 8192;

/// Fills `out`.
pub fn kangaroo_twelve(strength: Strength, message: &[u8], customization: &[u8], out: &mut [u8]) {
    let all = [message, customization, &length(customization.len())].concat();
    if all.len() <= CHUNK_BYTES {
        return turbo_shake(strength, 0x07, &all, out);
    }
    let (first, rest) = all.split_at(CHUNK_BYTES);
    let mut sponge = Sponge::new(strength);
    sponge.absorb(first);
    sponge.absorb(&[3, 0, 0, 0, 0, 0, 0, 0]);
    let mut chunks_count = 0;
    let mut value = vec![0; strength.chunk_value_bytes()];
    for chunk in rest.chunks(CHUNK_BYTES) {
        turbo_shake(strength, 0x0b, chunk, &mut value);
        sponge.absorb(&value);
        chunks_count += 1;
    }
    sponge.absorb(&length(chunks_count));
    sponge.absorb(&[0xff, 0xff]);
    sponge.squeeze(0x06, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// RFC 9861, section 5.
    #[test]
    fn agrees_with_the_standard() {
        let mut out = [0; 32];
        turbo_shake(Strength::Of128, 0x1f, b"", &mut out);
        assert_eq!(
            hex(&out),
            "1e415f1c5983aff2169217277d17bb538cd945a397ddec541f1ce41af2c1b74c"
        );
        kangaroo_twelve(Strength::Of128, b"", b"", &mut out);
        assert_eq!(
            hex(&out),
            "1ac2d450fc3b4205d19da7bfca1b37513c0803577ac7167f06fe2ce1f0ef39e5"
        );
        let pattern: Vec<u8> = (0..17usize.pow(4)).map(|at| (at % 251) as u8).collect();
        kangaroo_twelve(Strength::Of128, &pattern, b"", &mut out);
        assert_eq!(
            hex(&out),
            "8701045e22205345ff4dda05555cbb5c3af1a771c2b89baef37db43d9998b9fe"
        );
    }
}
