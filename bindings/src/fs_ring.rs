//! Binding `fs_ring`: file operations that complete through the ring. Every op takes a ticket
//! and answers with entry 20: the result (>= 0 or -errno) and, where said, a value.

use coring_engine::{Data, Delivery, ops};
use coring_uring::sync::file::{FdKind, kind_of_fd};
use coring_uring::{Completion, Errno, Fd, Op, Payload, Token, Wait};

use crate::Natives;
use crate::fs_ops::kernel_path;
use crate::fs_plain::closes_slowly;
use crate::kinds::{entry, token};

ops! { fs_ring(Natives) {
    /// result: the descriptor.
    slow open(path: Data, flags: i32, mode: u32, ticket: u32);
    /// result: bytes; value: a Buffer of exactly those.
    slow read(fd: i32, length: u32, position: i64, ticket: u32);
    /// result: bytes; fewer than there are if what is behind those was refused.
    slow write(fd: i32, data: Data, position: i64, ticket: u32);
    /// As read, of a descriptor that may have nothing for ever: the program may end meanwhile.
    slow readIdle(fd: i32, length: u32, ticket: u32);
    slow close(fd: i32, ticket: u32);
    slow fsync(fd: i32, data_only: bool, ticket: u32);
    /// value: 18 doubles in the order of fs_ops.stat.
    slow stat(path: Data, follow: bool, ticket: u32);
    slow fstat(fd: i32, ticket: u32);
    slow unlink(path: Data, ticket: u32);
    slow mkdir(path: Data, mode: u32, ticket: u32);
    slow rmdir(path: Data, ticket: u32);
    slow rename(from: Data, to: Data, ticket: u32);
    slow symlink(target: Data, path: Data, ticket: u32);
    slow link(from: Data, to: Data, ticket: u32);
    slow ftruncate(fd: i32, length: i64, ticket: u32);
} }

/// Tokens have 24 bits for the ticket.
const TICKETS_MAX: u32 = 1 << 24;

/// Generations of tokens: whether the operation keeps the program running.
const BUSY: u32 = 0;
const IDLE: u32 = 1;
/// Busy, and done even if the program leaves meanwhile.
const CHANGE: u32 = 2;

/// Whether files are others afterwards: who logs and leaves counts on it.
fn is_change(op: &Op) -> bool {
    matches!(
        op,
        Op::Write { .. }
            | Op::WriteHeld { .. }
            | Op::Fsync { .. }
            | Op::Unlink { .. }
            | Op::UnlinkIn { .. }
            | Op::RemoveDir { .. }
            | Op::MakeDir { .. }
            | Op::Rename { .. }
            | Op::Symlink { .. }
            | Op::Link { .. }
            | Op::Truncate { .. }
    )
}

impl Natives {
    pub(crate) fn submit_ticket(&mut self, ticket: u32, op: Result<Op, Errno>) {
        assert!(ticket < TICKETS_MAX, "lib_js hands out tickets densely");
        match op {
            Ok(op) => {
                self.tickets_count += 1;
                let is_change = is_change(&op);
                self.changes_count += usize::from(is_change);
                let kind = if is_change { CHANGE } else { BUSY };
                self.ring
                    .submit(op, Token::new(token::TICKET, ticket, kind));
            }
            Err(errno) => {
                self.answers
                    .push((entry::TICKET, [ticket as i32, errno.result(), 0]));
            }
        }
    }

    pub(crate) fn on_ticket(&mut self, completion: Completion, out: &mut Delivery) {
        let kind = completion.token.generation();
        if kind != IDLE {
            self.tickets_count -= 1;
        }
        if kind == CHANGE {
            self.changes_count -= 1;
        }
        let ticket = completion.token.index() as i32;
        let result = completion.result;
        match completion.payload {
            Payload::Bytes(bytes) if result >= 0 => {
                out.push_buffer(entry::TICKET, ticket, result, 0, bytes);
            }
            Payload::Stat(stat) if result >= 0 => {
                let figures = stat.to_array();
                let bytes = figures
                    .iter()
                    .flat_map(|figure| figure.to_ne_bytes())
                    .collect();
                out.push_buffer(entry::TICKET, ticket, result, 0, bytes);
            }
            _ => out.push(entry::TICKET, ticket, result, 0),
        }
    }
}

impl Natives {
    /// What was asked of the ring and changes files is begun before something outside it that must
    /// come behind.
    pub(crate) fn begin_changes(&mut self) {
        if self.changes_count > 0
            && let Err(errno) = self.ring.begin()
        {
            panic!("io_uring_enter failed with {errno}: the ring is unusable");
        }
    }

    /// Waits until the changes of files that were asked for are done, as Node's threads do theirs
    /// before its process ends. Nobody hears of what else comes meanwhile.
    pub fn finish_changes(&mut self) {
        let mut completions = Vec::new();
        while self.changes_count > 0 {
            if let Err(errno) = self.ring.turn(Wait::Forever, &mut completions) {
                panic!("io_uring_enter failed with {errno}: the ring is unusable");
            }
            let ends = completions.drain(..).filter(|completion| {
                completion.token.kind() == token::TICKET && completion.token.generation() == CHANGE
            });
            self.changes_count -= ends.count();
        }
    }
}

fn descriptor(fd: i32) -> Result<Fd, Errno> {
    if fd < 0 {
        Err(Errno::EBADF)
    } else {
        Ok(Fd::new(fd))
    }
}

/// Where to read or write. What has no positions refuses them, as pread(2) does: the ring reads
/// there as if none was given.
fn place(fd: i32, position: i64) -> Result<(Fd, Option<u64>), Errno> {
    let fd = descriptor(fd)?;
    let offset = u64::try_from(position).ok();
    match offset.map(|_| kind_of_fd(fd)) {
        None | Some(FdKind::File | FdKind::Unknown) => Ok((fd, offset)),
        Some(FdKind::Pipe | FdKind::Stream | FdKind::Terminal | FdKind::Datagram) => {
            Err(Errno::ESPIPE)
        }
    }
}

fn open(natives: &mut Natives, name: Data, flags: i32, mode: u32, ticket: u32) {
    let op = kernel_path(&name).map(|path| Op::OpenAt { path, flags, mode });
    natives.submit_ticket(ticket, op);
}

fn read(natives: &mut Natives, fd: i32, length: u32, position: i64, ticket: u32) {
    if length == 0 {
        natives.answers.push((entry::TICKET, [ticket as i32, 0, 0]));
        return;
    }
    let op = place(fd, position).map(|(fd, offset)| {
        let buffer = Vec::with_capacity(length as usize);
        Op::Read { fd, buffer, offset }
    });
    natives.submit_ticket(ticket, op);
}

#[allow(non_snake_case)]
fn readIdle(natives: &mut Natives, fd: i32, length: u32, ticket: u32) {
    assert!(ticket < TICKETS_MAX, "lib_js hands out tickets densely");
    let buffer = Vec::with_capacity(length as usize);
    let fd = Fd::new(fd.max(0));
    let op = Op::Read {
        fd,
        buffer,
        offset: None,
    };
    natives
        .ring
        .submit(op, Token::new(token::TICKET, ticket, IDLE));
}

fn write(natives: &mut Natives, fd: i32, data: Data, position: i64, ticket: u32) {
    let mut page = natives.ring.page();
    match &data {
        Data::None => {}
        Data::Bytes(bytes) => page.extend_from_slice(bytes.as_slice()),
        Data::Text(text) => text.with_utf8(|bytes| page.extend_from_slice(bytes)),
    }
    let op = place(fd, position).map(|(fd, offset)| Op::Write {
        fd,
        page,
        offset,
        tells_part: true,
    });
    natives.submit_ticket(ticket, op);
}

fn close(natives: &mut Natives, fd: i32, ticket: u32) {
    let op = descriptor(fd).map(|fd| Op::Close {
        fd,
        waits: closes_slowly(fd),
    });
    natives.submit_ticket(ticket, op);
}

fn fsync(natives: &mut Natives, fd: i32, data_only: bool, ticket: u32) {
    natives.submit_ticket(ticket, descriptor(fd).map(|fd| Op::Fsync { fd, data_only }));
}

fn stat(natives: &mut Natives, name: Data, follow: bool, ticket: u32) {
    natives.submit_ticket(
        ticket,
        kernel_path(&name).map(|path| Op::Statx { path, follow }),
    );
}

fn fstat(natives: &mut Natives, fd: i32, ticket: u32) {
    natives.submit_ticket(ticket, descriptor(fd).map(|fd| Op::FileStatx { fd }));
}

fn unlink(natives: &mut Natives, name: Data, ticket: u32) {
    natives.submit_ticket(ticket, kernel_path(&name).map(|path| Op::Unlink { path }));
}

fn mkdir(natives: &mut Natives, name: Data, mode: u32, ticket: u32) {
    natives.submit_ticket(
        ticket,
        kernel_path(&name).map(|path| Op::MakeDir { path, mode }),
    );
}

fn rmdir(natives: &mut Natives, name: Data, ticket: u32) {
    natives.submit_ticket(
        ticket,
        kernel_path(&name).map(|path| Op::RemoveDir { path }),
    );
}

fn rename(natives: &mut Natives, from: Data, to: Data, ticket: u32) {
    let op = kernel_path(&from).and_then(|from| {
        Ok(Op::Rename {
            from,
            to: kernel_path(&to)?,
        })
    });
    natives.submit_ticket(ticket, op);
}

fn symlink(natives: &mut Natives, target: Data, name: Data, ticket: u32) {
    let op = kernel_path(&target).and_then(|target| {
        Ok(Op::Symlink {
            target,
            path: kernel_path(&name)?,
        })
    });
    natives.submit_ticket(ticket, op);
}

fn link(natives: &mut Natives, from: Data, to: Data, ticket: u32) {
    let op = kernel_path(&from).and_then(|from| {
        Ok(Op::Link {
            from,
            to: kernel_path(&to)?,
        })
    });
    natives.submit_ticket(ticket, op);
}

fn ftruncate(natives: &mut Natives, fd: i32, length: i64, ticket: u32) {
    let length = u64::try_from(length).unwrap_or(0);
    natives.submit_ticket(ticket, descriptor(fd).map(|fd| Op::Truncate { fd, length }));
}
