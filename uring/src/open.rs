//! Opening a fifo as open(2) does: the call waits for the other end.
//!
//! The kernel's ring first tries every open without blocking, and a fifo takes that at its word: a
//! reader is let in although nobody writes, and would read an end of file; a writer is told ENXIO
//! [measured on 6.18]. A writer's open is made a second time by a worker that may block. A reader
//! keeps the descriptor it has, so that writers see a reader, and waits until one of them came: a
//! second open would miss a writer that came, wrote and went meanwhile. inotify(7) tells when to
//! look; only where it cannot be had a worker opens the fifo again.

use crate::errno::Errno;
use crate::fd::Fd;
use crate::flight::{Extra, Flight, close_quietly};
use crate::op::Op;
use crate::settle::Next;
use crate::sync::call;
use crate::sync::file::{self, FdKind};
use std::ffi::CString;

/// What a writer does: each is a reason to look again.
const WRITERS_DEEDS: u32 = libc::IN_OPEN | libc::IN_MODIFY | libc::IN_CLOSE_WRITE;
const EVENTS_BYTES: usize = 4096;

/// A reader that waits; what it still has is closed when the flight is over.
pub(crate) struct Fifo {
    place: Option<Fd>,
    pub(crate) watch: Option<Fd>,
    /// A name of `place`.
    pub(crate) path: CString,
}

impl Fifo {
    fn new(place: Fd) -> Box<Fifo> {
        let path = format!("/proc/self/fd/{}", place.raw());
        let path = CString::new(path).expect("digits have no zero byte");
        let watch = file::open_watch().ok().filter(|watch| {
            let added = file::add_watch(*watch, &path, WRITERS_DEEDS);
            if added.is_err() {
                close_quietly(*watch);
            }
            added.is_ok()
        });
        Box::new(Fifo {
            place: Some(place),
            watch,
            path,
        })
    }

    /// The reader's descriptor, if a writer is there or was.
    fn take_ready(&mut self) -> Option<Fd> {
        self.place.take_if(|place| !lacks_writer(*place))
    }

    /// Takes what inotify has said: the next poll shall wait for news.
    fn forget_events(&self) {
        let mut events = [0; EVENTS_BYTES];
        if let Some(watch) = self
            .watch
            .filter(|watch| file::is_ready(*watch, libc::POLLIN))
        {
            // It says only that something happened, which is looked at in any case.
            let _ = file::read(watch, &mut events, None);
        }
    }
}

impl Drop for Fifo {
    fn drop(&mut self) {
        for fd in [self.place, self.watch].into_iter().flatten() {
            close_quietly(fd);
        }
    }
}

/// Decides what an open's result means.
pub(crate) fn settle_open(flight: &mut Flight, result: i32) -> Next {
    let Op::OpenAt { flags, .. } = flight.op else {
        unreachable!("only for opens")
    };
    if let Extra::Fifo(fifo) = &mut flight.extra {
        return match fifo {
            Some(fifo) if fifo.watch.is_some() && result >= 0 => settle_reader(fifo),
            Some(_) | None => Next::End(result),
        };
    }
    // Opens that may create or cut a file go to a worker at once, and block there as they should.
    let never = libc::O_NONBLOCK | libc::O_CREAT | libc::O_TRUNC | libc::O_PATH | libc::O_DIRECTORY;
    if flags & never != 0 {
        return Next::End(result);
    }
    match flags & libc::O_ACCMODE {
        libc::O_RDONLY if result >= 0 && lacks_writer(Fd::new(result)) => {
            let mut fifo = Fifo::new(Fd::new(result));
            let next = settle_reader(&mut fifo);
            flight.extra = Extra::Fifo(Some(fifo));
            next
        }
        libc::O_WRONLY if result == Errno(libc::ENXIO).result() => {
            flight.extra = Extra::Fifo(None);
            Next::Arm
        }
        _ => Next::End(result),
    }
}

fn settle_reader(fifo: &mut Fifo) -> Next {
    fifo.forget_events();
    match fifo.take_ready() {
        Some(fd) => Next::End(fd.raw()),
        None => Next::Arm,
    }
}

/// Whether it is a fifo that nobody has written to, nor has open for writing. A fifo that had a
/// writer since it was opened says so (POLLHUP), whether or not bytes came.
fn lacks_writer(fd: Fd) -> bool {
    let is_quiet = file::kind_by_mode(fd) == FdKind::Pipe && !file::is_ready(fd, libc::POLLIN);
    is_quiet && !has_writer(fd)
}

/// Whether a writer is there who has written nothing yet. tee(2) takes nothing out, and tells an
/// end of file (0) from no bytes yet (EAGAIN).
fn has_writer(fd: Fd) -> bool {
    let Ok((input, output)) = file::pipe() else {
        return false;
    };
    let seen = call!(tee(fd.raw(), output.raw(), 1, libc::SPLICE_F_NONBLOCK));
    close_quietly(input);
    close_quietly(output);
    seen != Ok(0)
}
