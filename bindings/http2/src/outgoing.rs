//! What a program has written to a stream and nghttp2 has not put into frames.

use std::collections::VecDeque;

#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    chunks: VecDeque<Vec<u8>>,
    /// What of the first chunk is gone.
    start: usize,
    bytes_count: usize,
    /// Nothing more will be written.
    pub(crate) is_ended: bool,
    pub(crate) waits_for_trailers: bool,
    /// nghttp2 was told that there is nothing for now, and waits for `resume`.
    pub(crate) is_deferred: bool,
    /// The last data frame is made; trailers are wanted when it is out.
    pub(crate) is_at_trailers: bool,
}

impl Outgoing {
    pub(crate) fn bytes_count(&self) -> usize {
        self.bytes_count
    }

    pub(crate) fn push(&mut self, chunk: Vec<u8>) {
        if !chunk.is_empty() {
            self.bytes_count += chunk.len();
            self.chunks.push_back(chunk);
        }
    }

    /// Moves the next `count` bytes behind `out`.
    pub(crate) fn take(&mut self, count: usize, out: &mut Vec<u8>) {
        assert!(count <= self.bytes_count);
        let mut left = count;
        while left > 0 {
            let chunk = self.chunks.front().expect("the count is of these chunks");
            let part = left.min(chunk.len() - self.start);
            out.extend_from_slice(&chunk[self.start..self.start + part]);
            left -= part;
            self.start += part;
            if self.start == chunk.len() {
                self.chunks.pop_front();
                self.start = 0;
            }
        }
        self.bytes_count -= count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_leave_in_order_whatever_the_cuts() {
        for cut in 1..8 {
            let mut outgoing = Outgoing::default();
            for chunk in ["ab", "", "cdef", "g"] {
                outgoing.push(chunk.as_bytes().to_vec());
            }
            let mut out = Vec::new();
            while outgoing.bytes_count() > 0 {
                outgoing.take(cut.min(outgoing.bytes_count()), &mut out);
            }
            assert_eq!(out, b"abcdefg");
        }
    }
}
