//! From an operation to what the kernel is asked for, at first and every time anew.

use crate::fd::Fd;
use crate::flight::{Extra, Flight, Stage};
use crate::kernel::{OFFSET_CURRENT, Request};
use crate::op::Op;
use std::ffi::CStr;
use std::os::fd::AsRawFd;

/// MAX_RW_COUNT: the kernel moves no more bytes in one call.
const BYTES_MAX: usize = 0x7fff_f000;

impl Flight {
    /// What to ask of the kernel now. The addresses in it are good until the flight is removed.
    pub(crate) fn request(&mut self) -> Request {
        if self.stage == Stage::Polling {
            let (fd, events) = self.op.readiness().expect("only descriptors are polled");
            return poll(fd, events, false);
        }
        match &mut self.op {
            Op::RecvMulti { fd } => Request::RecvMulti { fd: fd.raw() },
            Op::Send { fd, page } => {
                let fd = fd.raw();
                let (address, bytes) = bounded(&page[self.done_bytes as usize..]);
                Request::Send { fd, address, bytes }
            }
            Op::Mail => unreachable!("the kernel is asked for nothing"),
            Op::Nop
            | Op::AcceptMulti { .. }
            | Op::Connect { .. }
            | Op::Close { .. }
            | Op::Shutdown { .. }
            | Op::Poll { .. }
            | Op::PollMulti { .. }
            | Op::Timeout { .. } => self.control_request(),
            Op::Recv { .. }
            | Op::RecvFrom { .. }
            | Op::SendHeld { .. }
            | Op::SendTo { .. }
            | Op::Event { .. } => self.transfer_request(),
            Op::ReadMulti { .. }
            | Op::Read { .. }
            | Op::ReadHeld { .. }
            | Op::Write { .. }
            | Op::WriteHeld { .. }
            | Op::Fsync { .. }
            | Op::FileStatx { .. }
            | Op::Truncate { .. } => self.file_request(),
            Op::WaitId { .. }
            | Op::OpenAt { .. }
            | Op::Statx { .. }
            | Op::Unlink { .. }
            | Op::UnlinkIn { .. }
            | Op::RemoveDir { .. }
            | Op::MakeDir { .. }
            | Op::Rename { .. }
            | Op::Symlink { .. }
            | Op::Link { .. } => self.name_request(),
        }
    }

    /// Requests that move no bytes.
    fn control_request(&mut self) -> Request {
        match &mut self.op {
            Op::Nop => Request::Nop,
            Op::AcceptMulti { fd } => {
                let (fd, multi) = (fd.raw(), !self.single);
                Request::Accept { fd, multi }
            }
            Op::Connect { fd, .. } => {
                let raw = self.extra.address();
                let (fd, address, bytes) = (fd.raw(), raw.pointer(), raw.count);
                Request::Connect { fd, address, bytes }
            }
            Op::Close { fd, waits } => {
                let (fd, wait) = (fd.raw(), *waits);
                Request::Close { fd, wait }
            }
            Op::Shutdown { fd, how } => {
                let (fd, how) = (fd.raw(), how.raw());
                Request::Shutdown { fd, how }
            }
            Op::Poll { fd, events } => poll(*fd, *events, false),
            Op::PollMulti { fd, events } => poll(*fd, *events, true),
            Op::Timeout { .. } => {
                let time = self.extra.time();
                Request::Timeout { time }
            }
            other => unreachable!("kind {} moves bytes", other.kind()),
        }
    }

    /// Requests that move bytes through sockets and eventfds.
    fn transfer_request(&mut self) -> Request {
        match &mut self.op {
            Op::Recv { fd, buffer } => {
                let fd = fd.raw();
                let (address, bytes) = spare(buffer);
                Request::Recv { fd, address, bytes }
            }
            Op::RecvFrom { fd, buffer } => {
                let fd = fd.raw();
                let (address, bytes) = spare(buffer);
                let header = self.extra.datagram().header(address, bytes as usize);
                Request::RecvMessage { fd, header }
            }
            Op::SendHeld { fd, .. } => {
                let (fd, whole) = (fd.raw(), true);
                let header = self.extra.gather().header();
                Request::SendMessage { fd, header, whole }
            }
            Op::SendTo { fd, page, .. } => {
                let (fd, whole) = (fd.raw(), false);
                let header = self.extra.datagram().header(page.as_ptr(), page.len());
                Request::SendMessage { fd, header, whole }
            }
            Op::Event { fd } => {
                let (fd, address) = (fd.raw(), self.extra.counter().cast());
                read(fd, address, size_of::<u64>() as u32, Some(0))
            }
            other => unreachable!("kind {} is no transfer", other.kind()),
        }
    }

    /// Requests about open files.
    fn file_request(&mut self) -> Request {
        let done = self.done_bytes;
        let after = |offset: &Option<u64>| offset.map_or(OFFSET_CURRENT, |offset| offset + done);
        match &mut self.op {
            Op::ReadMulti { fd } => {
                let (fd, multi) = (fd.raw(), !self.single);
                Request::ReadLeased { fd, multi }
            }
            Op::Read { fd, buffer, offset } => {
                let (address, bytes) = spare(buffer);
                read(fd.raw(), address, bytes, *offset)
            }
            Op::ReadHeld {
                fd,
                memory,
                start,
                bytes,
                offset,
            } => {
                let end = start.checked_add(*bytes).expect("a range of memory");
                assert!(end <= memory.bytes_count());
                let address = memory.address_mut().wrapping_add(*start);
                let bytes = (*bytes).min(BYTES_MAX) as u32;
                read(fd.raw(), address, bytes, *offset)
            }
            Op::Write {
                fd, page, offset, ..
            } => {
                let (fd, offset) = (fd.raw(), after(offset));
                let (address, bytes) = bounded(&page[done as usize..]);
                Request::Write {
                    fd,
                    address,
                    bytes,
                    offset,
                }
            }
            Op::WriteHeld { fd, offset, .. } => {
                let (fd, offset) = (fd.raw(), after(offset));
                let (pieces, count) = self.extra.gather().window();
                Request::WriteGather {
                    fd,
                    pieces,
                    count,
                    offset,
                }
            }
            Op::Fsync { fd, data_only } => {
                let (fd, data_only) = (fd.raw(), *data_only);
                Request::Fsync { fd, data_only }
            }
            Op::FileStatx { fd } => {
                let fd = fd.raw();
                statx(fd, c"", libc::AT_EMPTY_PATH, self.extra.stat())
            }
            Op::Truncate { fd, length } => {
                let (fd, length) = (fd.raw(), *length);
                Request::Truncate { fd, length }
            }
            other => unreachable!("kind {} is not about an open file", other.kind()),
        }
    }

    /// Requests about paths and children.
    fn name_request(&mut self) -> Request {
        match &mut self.op {
            Op::WaitId { pid } => match &mut self.extra {
                Extra::Process(process) => poll(*process, libc::POLLIN as u32, false),
                extra => {
                    let (pid, into) = (*pid, extra.child());
                    Request::WaitId { pid, into }
                }
            },
            Op::OpenAt { path, flags, mode } => {
                let (path, wait) = match &self.extra {
                    Extra::Fifo(Some(fifo)) => match fifo.watch {
                        Some(watch) => return poll(watch, libc::POLLIN as u32, false),
                        None => (fifo.path.as_ptr(), true),
                    },
                    Extra::Fifo(None) => (path.as_ptr(), true),
                    _ => (path.as_ptr(), false),
                };
                let (flags, mode) = (*flags, *mode);
                Request::OpenAt {
                    path,
                    flags,
                    mode,
                    wait,
                }
            }
            Op::Statx { path, follow } => {
                let flags = if *follow {
                    0
                } else {
                    libc::AT_SYMLINK_NOFOLLOW
                };
                statx(libc::AT_FDCWD, path, flags, self.extra.stat())
            }
            Op::Unlink { path } => unlink(libc::AT_FDCWD, path, false),
            Op::UnlinkIn { directory, name } => unlink(directory.as_raw_fd(), name, false),
            Op::RemoveDir { path } => unlink(libc::AT_FDCWD, path, true),
            Op::MakeDir { path, mode } => {
                let (path, mode) = (path.as_ptr(), *mode);
                Request::MakeDir { path, mode }
            }
            Op::Rename { from, to } => {
                let (from, to) = (from.as_ptr(), to.as_ptr());
                Request::Rename { from, to }
            }
            Op::Symlink { target, path } => {
                let (target, path) = (target.as_ptr(), path.as_ptr());
                Request::Symlink { target, path }
            }
            Op::Link { from, to } => {
                let (from, to) = (from.as_ptr(), to.as_ptr());
                Request::Link { from, to }
            }
            other => unreachable!("kind {} is not about a name", other.kind()),
        }
    }
}

impl Op {
    /// The descriptor and the poll events that say it can go on, for ops that may meet EAGAIN.
    pub(crate) fn readiness(&self) -> Option<(Fd, u32)> {
        let (readable, writable) = (libc::POLLIN as u32, libc::POLLOUT as u32);
        match self {
            Op::AcceptMulti { fd }
            | Op::RecvMulti { fd }
            | Op::Recv { fd, .. }
            | Op::RecvFrom { fd, .. }
            | Op::ReadMulti { fd }
            | Op::Event { fd }
            | Op::Read { fd, .. }
            | Op::ReadHeld { fd, .. } => Some((*fd, readable)),
            Op::Send { fd, .. }
            | Op::SendHeld { fd, .. }
            | Op::SendTo { fd, .. }
            | Op::Write { fd, .. }
            | Op::WriteHeld { fd, .. } => Some((*fd, writable)),
            Op::Nop
            | Op::Mail
            | Op::Connect { .. }
            | Op::Close { .. }
            | Op::Shutdown { .. }
            | Op::Poll { .. }
            | Op::PollMulti { .. }
            | Op::OpenAt { .. }
            | Op::Fsync { .. }
            | Op::Statx { .. }
            | Op::FileStatx { .. }
            | Op::WaitId { .. }
            | Op::Timeout { .. }
            | Op::Unlink { .. }
            | Op::UnlinkIn { .. }
            | Op::RemoveDir { .. }
            | Op::MakeDir { .. }
            | Op::Rename { .. }
            | Op::Symlink { .. }
            | Op::Link { .. }
            | Op::Truncate { .. } => None,
        }
    }
}

/// The unused end of a vector. Reading into no room at all would look like an end of file.
fn spare(buffer: &mut Vec<u8>) -> (*mut u8, u32) {
    let spare = buffer.spare_capacity_mut();
    assert!(!spare.is_empty());
    (spare.as_mut_ptr().cast(), spare.len().min(BYTES_MAX) as u32)
}

fn bounded(bytes: &[u8]) -> (*const u8, u32) {
    (bytes.as_ptr(), bytes.len().min(BYTES_MAX) as u32)
}

fn poll(fd: Fd, events: u32, multi: bool) -> Request {
    let fd = fd.raw();
    Request::Poll { fd, events, multi }
}

fn read(fd: i32, address: *mut u8, bytes: u32, offset: Option<u64>) -> Request {
    let offset = offset.unwrap_or(OFFSET_CURRENT);
    Request::Read {
        fd,
        address,
        bytes,
        offset,
    }
}

fn statx(fd: i32, path: &CStr, flags: i32, into: *mut libc::statx) -> Request {
    let path = path.as_ptr();
    Request::Statx {
        fd,
        path,
        flags,
        into,
    }
}

fn unlink(at: i32, path: &CStr, directory: bool) -> Request {
    let path = path.as_ptr();
    Request::Unlink {
        at,
        path,
        directory,
    }
}
