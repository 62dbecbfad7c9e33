//! The seam between what a ring promises and who keeps the promise.
//!
//! Above the seam (`ring.rs`, `settle.rs`, `flight.rs`) live flights, re-arming, leases and
//! continuation of short sends. Below it a back end only starts requests and reports events. The
//! list of back ends is a closed enum and not a type parameter: one predictable branch per request
//! costs less than a parameter in every signature of the layers above. Today it has one member.
//!
//! # What a back end must offer
//! An epoll back end (for containers that forbid the ring) or a seeded simulator joins by offering:
//! 1. `push(key, request)`: start a request now or at the next `enter`; refuse only when full, and
//!    then accept after `flush`. Memory named by the request stays valid until its last event.
//! 2. `enter(wait)`: start everything pushed, and wait if asked until an event is there, the time
//!    is over or a signal came. Never fails for those three.
//! 3. `reap(events)`: all events that are ready, in the order in which they happened per request.
//!    Each request ends with exactly one event whose `more` is false; requests of the multi kind
//!    may end early with a good result, and the ring arms them anew.
//! 4. Reads of the multi kind take buffers from the lease pool in ring order and say ENOBUFS when
//!    it is empty; an end of stream is a result of 0.
//! 5. `Cancel { key }`: ends the request of that key with ECANCELED, or lets it end by itself.
//! 6. `close`: after it, nobody touches memory named by any request.

mod doorbell;
mod ring;

use crate::errno::Errno;
use crate::lease::LeasePool;
use crate::probe::Probe;
use crate::start::StartError;
use crate::{RingOptions, Wait};
pub(crate) use doorbell::Doorbell;
pub(crate) use ring::Uring;

/// A request in the kernel's terms: numbers and addresses, no ownership.
#[derive(Copy, Clone, Debug)]
pub(crate) enum Request {
    Nop,
    Cancel {
        key: u64,
    },
    Accept {
        fd: i32,
        multi: bool,
    },
    /// Into leased buffers.
    RecvMulti {
        fd: i32,
    },
    Recv {
        fd: i32,
        address: *mut u8,
        bytes: u32,
    },
    RecvMessage {
        fd: i32,
        header: *mut libc::msghdr,
    },
    /// Streams: all bytes or an error, as far as the back end can.
    Send {
        fd: i32,
        address: *const u8,
        bytes: u32,
    },
    SendMessage {
        fd: i32,
        header: *const libc::msghdr,
        whole: bool,
    },
    Connect {
        fd: i32,
        address: *const libc::sockaddr,
        bytes: u32,
    },
    Close {
        fd: i32,
        wait: bool,
    },
    Shutdown {
        fd: i32,
        how: i32,
    },
    Poll {
        fd: i32,
        events: u32,
        multi: bool,
    },
    /// Into leased buffers; multi ends early where the descriptor cannot be polled.
    ReadLeased {
        fd: i32,
        multi: bool,
    },
    Read {
        fd: i32,
        address: *mut u8,
        bytes: u32,
        offset: u64,
    },
    Write {
        fd: i32,
        address: *const u8,
        bytes: u32,
        offset: u64,
    },
    WriteGather {
        fd: i32,
        pieces: *const libc::iovec,
        count: u32,
        offset: u64,
    },
    /// `wait`: let a worker do it, which may block for as long as it takes.
    OpenAt {
        path: *const libc::c_char,
        flags: i32,
        mode: u32,
        wait: bool,
    },
    Fsync {
        fd: i32,
        data_only: bool,
    },
    Statx {
        fd: i32,
        path: *const libc::c_char,
        flags: i32,
        into: *mut libc::statx,
    },
    WaitId {
        pid: i32,
        into: *mut libc::siginfo_t,
    },
    Timeout {
        time: *const KernelTime,
    },
    /// `at`: the open directory of a relative path, or AT_FDCWD.
    Unlink {
        at: i32,
        path: *const libc::c_char,
        directory: bool,
    },
    MakeDir {
        path: *const libc::c_char,
        mode: u32,
    },
    Rename {
        from: *const libc::c_char,
        to: *const libc::c_char,
    },
    Symlink {
        target: *const libc::c_char,
        path: *const libc::c_char,
    },
    Link {
        from: *const libc::c_char,
        to: *const libc::c_char,
    },
    Truncate {
        fd: i32,
        length: u64,
    },
}

/// The offset that means "the file's own position".
pub(crate) const OFFSET_CURRENT: u64 = u64::MAX;

/// A duration in the layout of the kernel's `struct __kernel_timespec`.
#[repr(C)]
pub(crate) struct KernelTime {
    seconds: i64,
    nanoseconds: i64,
}

const _: () = assert!(size_of::<KernelTime>() == 16);

impl KernelTime {
    pub(crate) fn new(duration: std::time::Duration) -> KernelTime {
        // The kernel refuses more seconds than an i64 has; nobody waits that long.
        let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        KernelTime {
            seconds,
            nanoseconds: i64::from(duration.subsec_nanos()),
        }
    }
}

/// What became of a request.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Event {
    pub(crate) key: u64,
    pub(crate) result: i32,
    pub(crate) more: bool,
    /// The leased buffer that holds the bytes.
    pub(crate) buffer: Option<u16>,
}

/// The queue of requests is full; flush, then push again.
pub(crate) struct Full;

/// The back ends. See the module's text for what joining takes.
pub(crate) enum Kernel {
    Uring(Uring),
}

impl Kernel {
    pub(crate) fn new(
        options: &RingOptions,
        pool: &LeasePool,
    ) -> Result<(Kernel, Probe), StartError> {
        let (uring, probe) = Uring::new(options, pool)?;
        Ok((Kernel::Uring(uring), probe))
    }

    /// # Safety
    /// Memory named by the request stays valid until the request's last event is reaped.
    #[inline]
    pub(crate) unsafe fn push(&mut self, key: u64, request: &Request) -> Result<(), Full> {
        match self {
            // SAFETY: the caller's promise, handed through.
            Kernel::Uring(uring) => unsafe { uring.push(key, request) },
        }
    }

    /// Whether something was pushed and not started.
    pub(crate) fn has_unbegun(&mut self) -> bool {
        match self {
            Kernel::Uring(uring) => uring.has_unbegun(),
        }
    }

    /// Starts what was pushed, without waiting.
    pub(crate) fn flush(&mut self) -> Result<(), Errno> {
        match self {
            Kernel::Uring(uring) => uring.flush(),
        }
    }

    /// Starts what was pushed, as far as possible; the rest goes with the next `enter`.
    pub(crate) fn begin(&mut self) -> Result<(), Errno> {
        match self {
            Kernel::Uring(uring) => uring.begin(),
        }
    }

    #[inline]
    pub(crate) fn enter(&mut self, wait: Wait) -> Result<(), Errno> {
        match self {
            Kernel::Uring(uring) => uring.enter(wait),
        }
    }

    /// Appends every event that is ready; says whether more were held back for lack of room.
    #[inline]
    pub(crate) fn reap(&mut self, events: &mut Vec<Event>) -> bool {
        match self {
            Kernel::Uring(uring) => uring.reap(events),
        }
    }

    pub(crate) fn counts(&self) -> KernelCounts {
        match self {
            Kernel::Uring(uring) => uring.counts,
        }
    }

    /// What wakes this back end from other threads by an event with this key and a result of 0.
    /// Only where the probe found `messages`.
    pub(crate) fn doorbell(&self, key: u64) -> Doorbell {
        match self {
            Kernel::Uring(uring) => uring.doorbell(key),
        }
    }

    /// Lets go of the thread and of the lease pool; nothing is started any more.
    pub(crate) fn close(&mut self) {
        match self {
            Kernel::Uring(uring) => uring.close(),
        }
    }
}

/// What the back end did so far.
#[derive(Copy, Clone, Default)]
pub(crate) struct KernelCounts {
    pub(crate) enters: u64,
    pub(crate) sqes: u64,
    pub(crate) cqes: u64,
    pub(crate) overflows: u64,
}
