//! poll(2), for threads that have no ring: which of some descriptors can be read or written.

use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::Duration;

use super::call;
use crate::errno::Errno;

/// What somebody waits for on one descriptor, and what has come.
pub struct Watched<'a> {
    pub fd: BorrowedFd<'a>,
    pub reads: bool,
    pub writes: bool,
    /// There is something to read, or an end or error that reading would tell.
    pub is_readable: bool,
    pub is_writable: bool,
}

impl<'a> Watched<'a> {
    pub fn new(fd: BorrowedFd<'a>, reads: bool, writes: bool) -> Watched<'a> {
        Watched {
            fd,
            reads,
            writes,
            is_readable: false,
            is_writable: false,
        }
    }
}

/// Waits until something of the list is ready, or so long at most; an interruption ends it early.
pub fn wait(list: &mut [Watched], limit: Option<Duration>) -> Result<(), Errno> {
    let mut polls: Vec<libc::pollfd> = list
        .iter()
        .map(|watched| libc::pollfd {
            fd: watched.fd.as_raw_fd(),
            events: match watched.reads {
                true => libc::POLLIN,
                false => 0,
            } | match watched.writes {
                true => libc::POLLOUT,
                false => 0,
            },
            revents: 0,
        })
        .collect();
    let milliseconds = limit.map_or(-1, |limit| {
        i32::try_from(limit.as_millis()).unwrap_or(i32::MAX)
    });
    let (address, count) = (polls.as_mut_ptr(), polls.len() as libc::nfds_t);
    match call!(poll(address, count, milliseconds)) {
        Ok(_) | Err(Errno::EINTR) => {}
        Err(errno) => return Err(errno),
    }
    for (watched, poll) in list.iter_mut().zip(&polls) {
        let is_broken = poll.revents & (libc::POLLERR | libc::POLLHUP | libc::POLLNVAL) != 0;
        watched.is_readable = is_broken || poll.revents & libc::POLLIN != 0;
        watched.is_writable = is_broken || poll.revents & libc::POLLOUT != 0;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use std::os::fd::AsFd as _;
    use std::os::unix::net::UnixStream;

    #[test]
    fn tells_what_is_ready() {
        let (mut one, other) = UnixStream::pair().unwrap();
        let mut list = [
            Watched::new(other.as_fd(), true, false),
            Watched::new(one.as_fd(), true, true),
        ];
        wait(&mut list, Some(Duration::ZERO)).unwrap();
        assert!(!list[0].is_readable && !list[1].is_readable && list[1].is_writable);
        one.write_all(b"x").unwrap();
        let mut list = [Watched::new(other.as_fd(), true, false)];
        wait(&mut list, None).unwrap();
        assert!(list[0].is_readable && !list[0].is_writable);
        drop(one);
    }
}
