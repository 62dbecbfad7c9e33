//! Every request that can be made of the kernel. The list is closed: a new word for the kernel is
//! a new variant here, and the compiler then points at `flight.rs` and `settle.rs`.
//!
//! An op owns the memory it names. It moves into the flight table on submit and leaves it, if at
//! all, in the payload of its last completion. Exactly one completion with `more == false` ends
//! each flight.

use crate::address::SocketAddress;
use crate::fd::Fd;
use crate::send::SendPage;
use coring_buf::{Stable, StableMut};
use std::ffi::CString;
use std::os::fd::OwnedFd;
use std::time::Duration;

/// Which half of a connection to end, as shutdown(2).
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Shutdown {
    Read,
    Write,
    Both,
}

impl Shutdown {
    pub(crate) fn raw(self) -> i32 {
        match self {
            Shutdown::Read => libc::SHUT_RD,
            Shutdown::Write => libc::SHUT_WR,
            Shutdown::Both => libc::SHUT_RDWR,
        }
    }
}

/// One request. See the table in README.md for what each completes with.
pub enum Op {
    /// Nothing, by way of the kernel.
    Nop,
    /// Takes connections until it fails: result is each new descriptor (close-on-exec and
    /// non-blocking), `more`. An error ends it, EMFILE included: the caller knows when to try anew.
    AcceptMulti {
        fd: Fd,
    },
    /// Reads a stream socket until its end: a [`Lease`](crate::Lease) per chunk, `more`. Ends with
    /// 0 at end of stream, or an error. Stop it with `cancel`: what was read before still comes.
    RecvMulti {
        fd: Fd,
    },
    /// One read of a socket, appended to the buffer: at most `capacity - len` bytes. The buffer
    /// comes back as `Payload::Bytes`, after an error too.
    Recv {
        fd: Fd,
        buffer: Vec<u8>,
    },
    /// One datagram, appended to the buffer; comes back as `Payload::Datagram` with its sender.
    RecvFrom {
        fd: Fd,
        buffer: Vec<u8>,
    },
    /// Sends the whole page. Never two sends in flight on one socket: their bytes may swap.
    Send {
        fd: Fd,
        page: SendPage,
    },
    /// Sends the page, then each held piece in order, as one message; keeps all until the end.
    SendHeld {
        fd: Fd,
        page: SendPage,
        held: Vec<Box<dyn Stable>>,
    },
    /// One datagram to an address.
    SendTo {
        fd: Fd,
        address: SocketAddress,
        page: SendPage,
    },
    Connect {
        fd: Fd,
        address: SocketAddress,
    },
    /// Closes the descriptor. Does not end other flights on it: cancel those first, and wait.
    Close {
        fd: Fd,
        /// It may take long, as the last of a large file without a name does, whose blocks it
        /// frees: a worker of the kernel does it.
        waits: bool,
    },
    Shutdown {
        fd: Fd,
        how: Shutdown,
    },
    /// Waits for poll(2) events once; result is the bits.
    Poll {
        fd: Fd,
        events: u32,
    },
    /// Tells of every edge of the events, `more`.
    PollMulti {
        fd: Fd,
        events: u32,
    },
    /// Reads a pipe, terminal, signalfd or inotify descriptor until its end, as `RecvMulti` does.
    ReadMulti {
        fd: Fd,
    },
    /// Waits on an eventfd again and again: result 1, `more`, for each time it was written to.
    Event {
        fd: Fd,
    },
    /// Nothing of the kernel's: other threads ring our [`Doorbell`](crate::kernel::Doorbell), and
    /// each time comes as a result of 0, `more`.
    Mail,
    /// openat(2) from the working directory; O_CLOEXEC is added.
    OpenAt {
        path: CString,
        flags: i32,
        mode: u32,
    },
    /// One read, appended to the buffer as `Recv` does. No offset means the file's own position.
    Read {
        fd: Fd,
        buffer: Vec<u8>,
        offset: Option<u64>,
    },
    /// One read into somebody's memory, `bytes` from `start` on; comes back as `Payload::Held`.
    ReadHeld {
        fd: Fd,
        memory: Box<dyn StableMut>,
        start: usize,
        bytes: usize,
        offset: Option<u64>,
    },
    /// Writes the whole page.
    Write {
        fd: Fd,
        page: SendPage,
        offset: Option<u64>,
        /// What is refused behind a part that was written is told as the count of that part, as
        /// write(2) tells of a disk that becomes full: whoever goes on hears of the refusal then.
        tells_part: bool,
    },
    /// Writes all held pieces in order.
    WriteHeld {
        fd: Fd,
        held: Vec<Box<dyn Stable>>,
        offset: Option<u64>,
    },
    /// fsync(2), or fdatasync(2).
    Fsync {
        fd: Fd,
        data_only: bool,
    },
    /// Facts about a path (`follow`: of what a link points to); `Payload::Stat`.
    Statx {
        path: CString,
        follow: bool,
    },
    /// Facts about an open file; `Payload::Stat`.
    FileStatx {
        fd: Fd,
    },
    /// Waits for a child to end and reaps it; `Payload::Exit`.
    WaitId {
        pid: i32,
    },
    /// Completes with -ETIME when the time is over.
    Timeout {
        duration: Duration,
    },
    Unlink {
        path: CString,
    },
    /// A name in a directory that stays open until the kernel is done.
    UnlinkIn {
        directory: OwnedFd,
        name: CString,
    },
    RemoveDir {
        path: CString,
    },
    MakeDir {
        path: CString,
        mode: u32,
    },
    Rename {
        from: CString,
        to: CString,
    },
    Symlink {
        target: CString,
        path: CString,
    },
    Link {
        from: CString,
        to: CString,
    },
    Truncate {
        fd: Fd,
        length: u64,
    },
}

/// User data of cancellations, with slot and generation of the flight to cancel.
pub(crate) const KIND_INTERNAL: u8 = 0;

impl Op {
    /// The kind byte of our user data: what a completion without a flight must have been.
    #[inline]
    pub(crate) fn kind(&self) -> u8 {
        match self {
            Op::Nop => 1,
            Op::AcceptMulti { .. } => KIND_ACCEPT,
            Op::RecvMulti { .. } => 3,
            Op::Recv { .. } => 4,
            Op::RecvFrom { .. } => 5,
            Op::Send { .. } => 6,
            Op::SendHeld { .. } => 7,
            Op::SendTo { .. } => 8,
            Op::Connect { .. } => 9,
            Op::Close { .. } => 10,
            Op::Shutdown { .. } => 11,
            Op::Poll { .. } => 12,
            Op::PollMulti { .. } => 13,
            Op::ReadMulti { .. } => 14,
            Op::Event { .. } => 15,
            Op::OpenAt { .. } => KIND_OPEN,
            Op::Read { .. } => 17,
            Op::ReadHeld { .. } => 18,
            Op::Write { .. } => 19,
            Op::WriteHeld { .. } => 20,
            Op::Fsync { .. } => 21,
            Op::Statx { .. } => 22,
            Op::FileStatx { .. } => 23,
            Op::WaitId { .. } => 24,
            Op::Timeout { .. } => 25,
            Op::Unlink { .. } => 26,
            Op::UnlinkIn { .. } => 34,
            Op::RemoveDir { .. } => 27,
            Op::MakeDir { .. } => 28,
            Op::Rename { .. } => 29,
            Op::Symlink { .. } => 30,
            Op::Link { .. } => 31,
            Op::Truncate { .. } => 32,
            Op::Mail => KIND_MAIL,
        }
    }
}

/// Kinds whose result is a descriptor, which must not be lost.
pub(crate) const KIND_ACCEPT: u8 = 2;
pub(crate) const KIND_OPEN: u8 = 16;
/// Others send these events, so one may come after the flight is over.
pub(crate) const KIND_MAIL: u8 = 33;
