//! Names for operations: what the caller calls them, and what we call them towards the kernel.
//!
//! Both are one 64-bit word of the same layout, so that a completion finds its owner by an index,
//! and a late completion of a slot used anew is told apart by its generation.
//!
//! ```text
//!  63      56 55                    32 31                                0
//! +----------+------------------------+-----------------------------------+
//! |  kind: 8 |       index: 24        |          generation: 32           |
//! +----------+------------------------+-----------------------------------+
//! ```

const KIND_BITS: u32 = 8;
const INDEX_BITS: u32 = 24;
const GENERATION_BITS: u32 = 32;
const _: () = assert!(KIND_BITS + INDEX_BITS + GENERATION_BITS == u64::BITS);
const _: () = assert!(size_of::<Token>() == 8);

/// Largest index plus one that a token can carry.
pub const INDEX_COUNT_MAX: u32 = 1 << INDEX_BITS;

/// The caller's name for an operation; comes back in every [`Completion`](crate::Completion).
#[derive(Copy, Clone, PartialEq, Eq, Hash)]
pub struct Token(u64);

impl Token {
    /// `kind` and `generation` are the caller's own; `index` must fit 24 bits.
    #[inline]
    pub const fn new(kind: u8, index: u32, generation: u32) -> Token {
        assert!(index < INDEX_COUNT_MAX);
        let high = ((kind as u64) << INDEX_BITS) | index as u64;
        Token((high << GENERATION_BITS) | generation as u64)
    }

    #[inline]
    pub const fn kind(self) -> u8 {
        (self.0 >> (INDEX_BITS + GENERATION_BITS)) as u8
    }

    #[inline]
    pub const fn index(self) -> u32 {
        ((self.0 >> GENERATION_BITS) as u32) & (INDEX_COUNT_MAX - 1)
    }

    #[inline]
    pub const fn generation(self) -> u32 {
        self.0 as u32
    }

    #[inline]
    pub const fn raw(self) -> u64 {
        self.0
    }

    #[inline]
    pub const fn from_raw(raw: u64) -> Token {
        Token(raw)
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Token({}, {}, {})",
            self.kind(),
            self.index(),
            self.generation()
        )
    }
}

/// Our name for one operation in flight, for [`Ring::cancel`](crate::Ring::cancel). Using it after
/// the flight has ended is harmless.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub struct FlightId {
    pub(crate) slot: u32,
    pub(crate) generation: u32,
}

impl FlightId {
    /// Names no flight, ever: cancelling it does nothing.
    pub const NONE: FlightId = FlightId {
        slot: u32::MAX,
        generation: 0,
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_survive_packing() {
        for (kind, index, generation) in [
            (0, 0, 0),
            (255, INDEX_COUNT_MAX - 1, u32::MAX),
            (1, 2, 3),
            (128, 0, 1),
        ] {
            let token = Token::new(kind, index, generation);
            assert_eq!(token.kind(), kind);
            assert_eq!(token.index(), index);
            assert_eq!(token.generation(), generation);
            assert_eq!(Token::from_raw(token.raw()), token);
        }
    }

    #[test]
    #[should_panic]
    fn index_past_the_limit_is_a_bug() {
        Token::new(0, INDEX_COUNT_MAX, 0);
    }
}
