//! From an operation to what the kernel is asked for, at first and every time anew.

use crate::fd::Fd;
use crate::flight::{Extra, Flight, Stage};
use crate::kernel::{OFFSET_CURRENT, Request};
use crate::op::Op;

/// MAX_RW_COUNT: the kernel moves no more bytes in one call.
const BYTES_MAX: usize = 0x7fff_f000;

impl Flight {
    /// What to ask of the kernel now. The addresses in it are good until the flight is removed.
    pub(crate) fn request(&mut self) -> Request {
        if self.stage == Stage::Polling {
            let (fd, events) = self.op.readiness().expect("only descriptors are polled");
            return Request::Poll {
                fd: fd.raw(),
                events,
                multi: false,
            };
        }
        let done = self.done_bytes as usize;
        match &mut self.op {
            Op::RecvMulti { fd } => Request::RecvMulti {
                fd: fd.raw(),
                poll_first: false,
            },
            Op::Send { fd, page } => {
                let rest = &page[done..];
                let bytes = rest.len().min(BYTES_MAX) as u32;
                Request::Send {
                    fd: fd.raw(),
                    address: rest.as_ptr(),
                    bytes,
                }
            }
            Op::AcceptMulti { fd } => Request::Accept {
                fd: fd.raw(),
                multi: !self.single,
            },
            Op::ReadMulti { fd } => Request::ReadLeased {
                fd: fd.raw(),
                multi: !self.single,
            },
            Op::Recv { fd, buffer } => {
                let (address, bytes) = spare(buffer);
                Request::Recv {
                    fd: fd.raw(),
                    address,
                    bytes,
                }
            }
            Op::Connect { fd, .. } => {
                let address = self.extra.address();
                let (pointer, bytes) = (address.pointer(), address.count);
                Request::Connect {
                    fd: fd.raw(),
                    address: pointer,
                    bytes,
                }
            }
            Op::Close { fd } => Request::Close { fd: fd.raw() },
            Op::Shutdown { fd, how } => Request::Shutdown {
                fd: fd.raw(),
                how: how.raw(),
            },
            Op::Poll { fd, events } => Request::Poll {
                fd: fd.raw(),
                events: *events,
                multi: false,
            },
            Op::PollMulti { fd, events } => Request::Poll {
                fd: fd.raw(),
                events: *events,
                multi: true,
            },
            Op::Nop => Request::Nop,
            Op::Timeout { .. } => Request::Timeout {
                time: self.extra.time(),
            },
            _ => self.rare_request(),
        }
    }

    fn rare_request(&mut self) -> Request {
        let done = self.done_bytes;
        match &mut self.op {
            Op::SendHeld { fd, .. } => {
                let header = self.extra.gather().header();
                Request::SendMessage {
                    fd: fd.raw(),
                    header,
                    whole: true,
                }
            }
            Op::SendTo { fd, page, .. } => {
                let header = self.extra.datagram().header(page.as_ptr(), page.len());
                Request::SendMessage {
                    fd: fd.raw(),
                    header,
                    whole: false,
                }
            }
            Op::RecvFrom { fd, buffer } => {
                let (address, bytes) = spare(buffer);
                let header = self.extra.datagram().header(address, bytes as usize);
                Request::RecvMessage {
                    fd: fd.raw(),
                    header,
                }
            }
            Op::Event { fd } => {
                let address = self.extra.counter().cast();
                Request::Read {
                    fd: fd.raw(),
                    address,
                    bytes: 8,
                    offset: 0,
                }
            }
            Op::Read { fd, buffer, offset } => {
                let (address, bytes) = spare(buffer);
                let offset = offset.unwrap_or(OFFSET_CURRENT);
                Request::Read {
                    fd: fd.raw(),
                    address,
                    bytes,
                    offset,
                }
            }
            Op::ReadHeld {
                fd,
                memory,
                start,
                bytes,
                offset,
            } => {
                assert!(
                    start
                        .checked_add(*bytes)
                        .is_some_and(|end| end <= memory.bytes_count())
                );
                let address = memory.address_mut().wrapping_add(*start);
                let bytes = (*bytes).min(BYTES_MAX) as u32;
                let offset = offset.unwrap_or(OFFSET_CURRENT);
                Request::Read {
                    fd: fd.raw(),
                    address,
                    bytes,
                    offset,
                }
            }
            Op::Write { fd, page, offset } => {
                let rest = &page[done as usize..];
                let bytes = rest.len().min(BYTES_MAX) as u32;
                let offset = offset.map_or(OFFSET_CURRENT, |offset| offset + done);
                Request::Write {
                    fd: fd.raw(),
                    address: rest.as_ptr(),
                    bytes,
                    offset,
                }
            }
            Op::WriteHeld { fd, offset, .. } => {
                let (pieces, count) = self.extra.gather().window();
                let offset = offset.map_or(OFFSET_CURRENT, |offset| offset + done);
                Request::WriteGather {
                    fd: fd.raw(),
                    pieces,
                    count,
                    offset,
                }
            }
            Op::Fsync { fd, data_only } => Request::Fsync {
                fd: fd.raw(),
                data_only: *data_only,
            },
            Op::WaitId { pid } => match &mut self.extra {
                Extra::Process(process) => {
                    let events = libc::POLLIN as u32;
                    Request::Poll {
                        fd: process.raw(),
                        events,
                        multi: false,
                    }
                }
                extra => Request::WaitId {
                    pid: *pid,
                    into: extra.child(),
                },
            },
            _ => self.path_request(),
        }
    }

    fn path_request(&mut self) -> Request {
        match &self.op {
            Op::OpenAt { path, flags, mode } => {
                let (path, wait) = match &self.extra {
                    Extra::Fifo(Some(fifo)) => (fifo.path.as_ptr(), true),
                    Extra::Fifo(None) => (path.as_ptr(), true),
                    _ => (path.as_ptr(), false),
                };
                Request::OpenAt {
                    path,
                    flags: *flags,
                    mode: *mode,
                    wait,
                }
            }
            Op::Statx { path, follow } => {
                let flags = if *follow {
                    0
                } else {
                    libc::AT_SYMLINK_NOFOLLOW
                };
                let into = self.extra.stat();
                Request::Statx {
                    fd: libc::AT_FDCWD,
                    path: path.as_ptr(),
                    flags,
                    into,
                }
            }
            Op::FileStatx { fd } => {
                let (flags, path) = (libc::AT_EMPTY_PATH, c"".as_ptr());
                Request::Statx {
                    fd: fd.raw(),
                    path,
                    flags,
                    into: self.extra.stat(),
                }
            }
            Op::Unlink { path } => Request::Unlink {
                path: path.as_ptr(),
                directory: false,
            },
            Op::RemoveDir { path } => Request::Unlink {
                path: path.as_ptr(),
                directory: true,
            },
            Op::MakeDir { path, mode } => Request::MakeDir {
                path: path.as_ptr(),
                mode: *mode,
            },
            Op::Rename { from, to } => Request::Rename {
                from: from.as_ptr(),
                to: to.as_ptr(),
            },
            Op::Symlink { target, path } => Request::Symlink {
                target: target.as_ptr(),
                path: path.as_ptr(),
            },
            Op::Link { from, to } => Request::Link {
                from: from.as_ptr(),
                to: to.as_ptr(),
            },
            Op::Truncate { fd, length } => Request::Truncate {
                fd: fd.raw(),
                length: *length,
            },
            other => unreachable!("kind {} is a request of another function", other.kind()),
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
