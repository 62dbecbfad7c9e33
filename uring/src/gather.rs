//! The small structures that point the kernel at memory: message headers, vectors, addresses.
//!
//! Each lives in a box of its own, because the flight table may move its entries while the kernel
//! holds an address. What they point at (pages, held pieces, names) is owned by the same flight.

use crate::address::{RawAddress, SocketAddress};
use coring_buf::Stable;
use std::ptr::null_mut;

/// UIO_MAXIOV: the kernel takes no more pieces in one call.
const PIECES_MAX: usize = 1024;

/// A list of pieces to send or write in order, and how far the kernel has come.
pub(crate) struct Gather {
    header: libc::msghdr,
    pieces: Vec<libc::iovec>,
    /// Pieces before this one are done; the one here may be partly done.
    cursor: usize,
    remaining_bytes: u64,
}

impl Gather {
    /// Empty pieces are left out. The pieces must outlive the gather: the flight owns both.
    pub(crate) fn new(first: &[u8], held: &[Box<dyn Stable>]) -> Box<Gather> {
        let mut pieces = Vec::with_capacity(held.len() + 1);
        let mut add = |address: *const u8, bytes: usize| {
            if bytes > 0 {
                pieces.push(libc::iovec {
                    iov_base: address.cast_mut().cast(),
                    iov_len: bytes,
                });
            }
            bytes as u64
        };
        let mut remaining_bytes = add(first.as_ptr(), first.len());
        for piece in held {
            remaining_bytes += add(piece.address(), piece.bytes_count());
        }
        Box::new(Gather {
            header: empty_header(),
            pieces,
            cursor: 0,
            remaining_bytes,
        })
    }

    pub(crate) fn remaining_bytes(&self) -> u64 {
        self.remaining_bytes
    }

    /// The vectors of the next call: address and count.
    pub(crate) fn window(&self) -> (*const libc::iovec, u32) {
        let rest = &self.pieces[self.cursor..];
        (rest.as_ptr(), rest.len().min(PIECES_MAX) as u32)
    }

    /// The message header of the next call.
    pub(crate) fn header(&mut self) -> *const libc::msghdr {
        let (pieces, count) = self.window();
        self.header.msg_iov = pieces.cast_mut();
        self.header.msg_iovlen = count as usize;
        &raw const self.header
    }

    /// Steps over bytes which the kernel has taken.
    pub(crate) fn advance(&mut self, mut bytes: u64) {
        assert!(bytes <= self.remaining_bytes);
        self.remaining_bytes -= bytes;
        while bytes > 0 {
            let piece = &mut self.pieces[self.cursor];
            let step = bytes.min(piece.iov_len as u64) as usize;
            piece.iov_base = piece.iov_base.wrapping_byte_add(step);
            piece.iov_len -= step;
            bytes -= step as u64;
            self.cursor += usize::from(piece.iov_len == 0);
        }
    }
}

/// One datagram: where it goes or came from, and its bytes.
pub(crate) struct Datagram {
    header: libc::msghdr,
    piece: libc::iovec,
    address: RawAddress,
}

impl Datagram {
    pub(crate) fn new(address: RawAddress) -> Box<Datagram> {
        let piece = libc::iovec {
            iov_base: null_mut(),
            iov_len: 0,
        };
        Box::new(Datagram {
            header: empty_header(),
            piece,
            address,
        })
    }

    /// Points the header at the address and at the given bytes. Address and piece lie in the same
    /// box as the header, so they move with it.
    pub(crate) fn header(&mut self, bytes: *const u8, bytes_count: usize) -> *mut libc::msghdr {
        self.piece = libc::iovec {
            iov_base: bytes.cast_mut().cast(),
            iov_len: bytes_count,
        };
        self.header.msg_name = self.address.pointer_mut().cast();
        self.header.msg_namelen = self.address.count;
        self.header.msg_iov = &raw mut self.piece;
        self.header.msg_iovlen = 1;
        &raw mut self.header
    }

    /// After a receive: who sent it, if that can be told (an unnamed unix socket is told as such).
    pub(crate) fn sender(&mut self) -> Option<Box<SocketAddress>> {
        self.address.count = self.header.msg_namelen;
        self.address.decode().ok().map(Box::new)
    }
}

fn empty_header() -> libc::msghdr {
    libc::msghdr {
        msg_name: null_mut(),
        msg_namelen: 0,
        msg_iov: null_mut(),
        msg_iovlen: 0,
        msg_control: null_mut(),
        msg_controllen: 0,
        msg_flags: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advance_steps_over_pieces_at_any_cut() {
        let held: Vec<Box<dyn Stable>> = vec![
            Box::new(&b"bc"[..]),
            Box::new(&b""[..]),
            Box::new(vec![b'd'; 3].into_boxed_slice()),
        ];
        for cut in 0..=6 {
            let mut gather = Gather::new(b"a", &held);
            assert_eq!(gather.remaining_bytes(), 6);
            gather.advance(cut);
            assert_eq!(gather.remaining_bytes(), 6 - cut);
            let left: usize = gather.pieces[gather.cursor..]
                .iter()
                .map(|p| p.iov_len)
                .sum();
            assert_eq!(left as u64, 6 - cut);
        }
    }

    #[test]
    fn windows_are_bounded() {
        let held: Vec<Box<dyn Stable>> = (0..2000)
            .map(|_| Box::new(&b"x"[..]) as Box<dyn Stable>)
            .collect();
        let mut gather = Gather::new(b"", &held);
        assert_eq!(gather.window().1, PIECES_MAX as u32);
        gather.advance(1500);
        assert_eq!(gather.window().1, 500);
    }
}
