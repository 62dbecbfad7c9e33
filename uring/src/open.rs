//! Opening a fifo as open(2) does: the call waits for the other end.
//!
//! The kernel's ring first tries every open without blocking, and a fifo takes that at its word: a
//! reader is let in although nobody writes, and would read an end of file; a writer is told ENXIO
//! [measured on 6.18]. So both are opened a second time by a worker that may block: a reader by way
//! of the descriptor it already has, so that writers see a reader all the while.

use crate::errno::Errno;
use crate::fd::Fd;
use crate::flight::{Extra, Flight, close_quietly};
use crate::op::Op;
use crate::settle::Next;
use crate::sync::file::{self, FdKind};
use std::ffi::CString;

/// The descriptor that keeps the reader's place, and its name; closed when the flight is over.
pub(crate) struct Fifo {
    place: Fd,
    pub(crate) path: CString,
}

impl Fifo {
    fn new(place: Fd) -> Box<Fifo> {
        let path = format!("/proc/self/fd/{}", place.raw());
        Box::new(Fifo {
            place,
            path: CString::new(path).expect("digits have no zero byte"),
        })
    }
}

impl Drop for Fifo {
    fn drop(&mut self) {
        close_quietly(self.place);
    }
}

/// Decides what an open's result means.
pub(crate) fn settle_open(flight: &mut Flight, result: i32) -> Next {
    let Op::OpenAt { flags, .. } = flight.op else {
        unreachable!("only for opens")
    };
    // Opens that may create or cut a file go to a worker at once, and block there as they should.
    let never = libc::O_NONBLOCK | libc::O_CREAT | libc::O_TRUNC | libc::O_PATH | libc::O_DIRECTORY;
    if flags & never != 0 || matches!(flight.extra, Extra::Fifo(_)) {
        return Next::End(result);
    }
    let again = match flags & libc::O_ACCMODE {
        libc::O_RDONLY if result >= 0 && lacks_writer(Fd::new(result)) => {
            Some(Fifo::new(Fd::new(result)))
        }
        libc::O_WRONLY if result == Errno(libc::ENXIO).result() => None,
        _ => return Next::End(result),
    };
    flight.extra = Extra::Fifo(again);
    Next::Arm
}

/// Whether it is a fifo that nobody has written to, and perhaps nobody has open for writing. A
/// fifo that had a writer since it was opened says so (POLLHUP), whether or not bytes came.
fn lacks_writer(fd: Fd) -> bool {
    file::kind_by_mode(fd) == FdKind::Pipe && !file::is_ready(fd, libc::POLLIN)
}
