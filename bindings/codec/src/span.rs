//! A place inside a slice: two offsets that are kept while the slice itself is not.

use std::ops::Range;

/// Bytes `start..end` of the slice that was parsed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    /// Both offsets come from a scan of a slice that is at most `u32::MAX` long. Checked in debug
    /// builds only: three spans are made for every head (benches/codec.rs).
    pub(crate) fn new(start: usize, end: usize) -> Span {
        debug_assert!(start <= end);
        debug_assert!(end <= u32::MAX as usize);
        Span {
            start: start as u32,
            end: end as u32,
        }
    }

    pub const fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    pub const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The bytes of `slice` at this place. Panics if `slice` is not the one that was parsed.
    pub fn of(self, slice: &[u8]) -> &[u8] {
        &slice[self.range()]
    }
}
