//! Streams of large pieces. Leases are made for requests and messages: a stream that fills one
//! after the other is read as libuv does, in pieces of 64 KiB to memory that becomes JavaScript's.
//! The ring then only tells that there is something, and nothing is taken before JavaScript wants
//! it. A stream whose pieces have become small is read by leases again, for which whoever waits
//! needs no further operation.

use coring_engine::Delivery;
use coring_uring::{Errno, sync};

use crate::Natives;
use crate::kinds::entry;
use crate::limits::{
    BULK_BYTES_MIN, BULK_KEEP_BYTES_MIN, BULK_READ_BYTES, BULK_SMALL_BYTES_MAX,
    BULK_SMALL_PIECES_MAX,
};
use crate::slots::Handle;
use crate::socket::{Closing, Role};

/// How the bytes of a socket come in.
#[derive(Clone, Copy, Default, Debug)]
pub struct Intake {
    way: Way,
    /// Bytes that came by whole leases, one behind the other.
    row_bytes: u32,
    /// Small pieces that came one behind the other.
    small_pieces: u8,
    /// Bytes come of the operation that is armed, whether they are wanted then or not.
    pub is_taking: bool,
    /// It is in the list of those that likely have more.
    is_listed: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
enum Way {
    #[default]
    Leases,
    /// Plain receives; the ring tells when.
    Bulk,
    /// The same, and likely there is something now.
    BulkReady,
}

impl Intake {
    pub fn is_bulk(&self) -> bool {
        self.way != Way::Leases
    }

    pub fn is_ready(&self) -> bool {
        self.way == Way::BulkReady
    }

    /// Is the operation that is armed one too many? One that only waits may wait on.
    pub fn is_to_be_cancelled(&self, wanted: bool) -> bool {
        self.is_taking && (!wanted || self.is_bulk())
    }

    /// So many bytes came by a lease.
    pub fn note_lease(&mut self, count: usize, lease_bytes_max: usize) {
        if count < lease_bytes_max {
            self.row_bytes = 0;
            return;
        }
        self.row_bytes = self.row_bytes.saturating_add(count as u32);
        if self.row_bytes as usize >= BULK_BYTES_MIN && !self.is_bulk() {
            self.way = Way::BulkReady;
            self.small_pieces = 0;
        }
    }

    /// So many bytes came by a plain receive.
    fn note_piece(&mut self, count: usize) {
        self.way = match count {
            BULK_READ_BYTES.. => Way::BulkReady,
            _ => Way::Bulk,
        };
        self.small_pieces = match count > BULK_SMALL_BYTES_MAX {
            true => 0,
            false => self.small_pieces + 1,
        };
        if self.small_pieces >= BULK_SMALL_PIECES_MAX {
            self.way = Way::Leases;
            self.row_bytes = 0;
        }
    }
}

impl Natives {
    /// Has the socket read in the next poll phase, which then does not wait.
    pub(crate) fn list_ready(&mut self, handle: Handle) {
        if let Some(socket) = self.sockets.get_mut(handle)
            && !socket.intake.is_listed
        {
            socket.intake.is_listed = true;
            self.bulk_ready.push(handle);
        }
    }

    /// One piece of each socket that likely has one.
    pub(crate) fn receive_ready(&mut self, out: &mut Delivery) {
        if self.bulk_ready.is_empty() {
            return;
        }
        let now_ms = self.clock.now_ms();
        for handle in std::mem::take(&mut self.bulk_ready) {
            let Some(socket) = self.sockets.get_mut(handle) else {
                continue;
            };
            socket.intake.is_listed = false;
            if socket.closing == Closing::Open {
                self.receive_bulk(handle, now_ms, out);
            }
        }
    }

    /// One piece, if JavaScript wants it. No operation of the socket takes bytes meanwhile.
    pub(crate) fn receive_bulk(&mut self, handle: Handle, now_ms: u64, out: &mut Delivery) {
        self.touch(handle);
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        if !socket.wants_input() {
            // It is looked at again when it does.
            socket.intake.way = Way::BulkReady;
            return;
        }
        let mut room = std::mem::take(&mut self.bulk_room);
        room.clear();
        room.reserve_exact(BULK_READ_BYTES);
        match sync::socket::receive_onto(socket.fd, &mut room, BULK_READ_BYTES) {
            Ok(0) => self.on_end(handle, 0, out),
            Ok(count) => {
                socket.intake.note_piece(count);
                if let Some(room) = self.on_piece(handle, room, now_ms, out) {
                    self.bulk_room = room;
                }
                return;
            }
            Err(Errno::EAGAIN) => socket.intake.way = Way::Bulk,
            Err(errno) => self.on_end(handle, errno.result(), out),
        }
        self.bulk_room = room;
    }

    /// A piece of a stream. Gives back its memory unless JavaScript has it now.
    fn on_piece(
        &mut self,
        handle: Handle,
        piece: Vec<u8>,
        now_ms: u64,
        out: &mut Delivery,
    ) -> Option<Vec<u8>> {
        let socket = self.sockets.get_mut(handle)?;
        let is_large = piece.len() >= BULK_KEEP_BYTES_MIN && socket.tls.is_none();
        let output_full = socket.is_output_full();
        match &mut socket.role {
            Role::Stream if is_large => {
                socket.bytes_read += piece.len() as u64;
                out.push_memory(entry::READ, handle.to_js(), piece.len() as i32, 0, piece);
                None
            }
            Role::Http(conn) if is_large && conn.is_plain_body(&piece) => {
                socket.bytes_read += piece.len() as u64;
                conn.output_full = output_full;
                conn.receive_piece(piece, now_ms, handle, out);
                if conn.due_ms < conn.listed_ms {
                    self.list_deadline(handle);
                }
                None
            }
            Role::Stream | Role::Http(_) | Role::Listener(_) => {
                self.on_bytes(handle, &piece, now_ms, out);
                Some(piece)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE_BYTES: usize = 4096;

    fn noted(intake: &mut Intake, leases: &[usize]) -> bool {
        for &count in leases {
            intake.note_lease(count, LEASE_BYTES);
        }
        intake.is_bulk()
    }

    #[test]
    fn whole_leases_in_a_row_make_a_stream_of_large_pieces() {
        let mut intake = Intake::default();
        let whole = BULK_BYTES_MIN / LEASE_BYTES;
        assert!(!noted(&mut intake, &vec![LEASE_BYTES; whole - 1]));
        assert!(!noted(&mut intake, &[LEASE_BYTES - 1]));
        assert!(!noted(&mut intake, &vec![LEASE_BYTES; whole - 1]));
        assert!(noted(&mut intake, &[LEASE_BYTES]));
        assert!(intake.is_ready());
    }

    #[test]
    fn small_pieces_in_a_row_end_it() {
        let mut intake = Intake::default();
        noted(&mut intake, &[LEASE_BYTES; BULK_BYTES_MIN / LEASE_BYTES]);
        for _ in 1..BULK_SMALL_PIECES_MAX {
            intake.note_piece(BULK_SMALL_BYTES_MAX);
        }
        assert!(intake.is_bulk());
        intake.note_piece(BULK_READ_BYTES);
        assert!(intake.is_ready());
        for _ in 1..BULK_SMALL_PIECES_MAX {
            intake.note_piece(1);
        }
        assert!(intake.is_bulk() && !intake.is_ready());
        intake.note_piece(BULK_SMALL_BYTES_MAX);
        assert!(!intake.is_bulk());
    }

    #[test]
    fn who_only_waits_is_left_waiting() {
        let mut intake = Intake {
            is_taking: true,
            ..Intake::default()
        };
        assert!(intake.is_to_be_cancelled(false));
        assert!(!intake.is_to_be_cancelled(true));
        intake.way = Way::Bulk;
        assert!(intake.is_to_be_cancelled(true));
        intake.is_taking = false;
        assert!(!intake.is_to_be_cancelled(false));
    }
}
