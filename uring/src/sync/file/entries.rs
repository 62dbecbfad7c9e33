//! The names in a directory as getdents64(2) gives them, without an allocation for each.

use super::close;
use crate::errno::Errno;
use crate::fd::Fd;
use crate::sync::{call, retried};

/// As much as one call gives; a directory of some hundred names is read at once.
const STEP_BYTES: usize = 32 * 1024;

// Offsets in struct linux_dirent64.
const LENGTH_AT: usize = 16;
const KIND_AT: usize = 18;
const NAME_AT: usize = 19;

/// An open directory, closed with it.
pub(super) struct Entries {
    pub(super) fd: Fd,
    buffer: Vec<u8>,
    at: usize,
    filled: usize,
}

impl Entries {
    pub(super) fn new(fd: Fd) -> Entries {
        Entries {
            fd,
            buffer: vec![0; STEP_BYTES],
            at: 0,
            filled: 0,
        }
    }

    /// The next name but `.` and `..`, ended by a zero byte that is not part of it, and what it is,
    /// as a number of <dirent.h>.
    pub(super) fn next(&mut self) -> Result<Option<(&[u8], u8)>, Errno> {
        loop {
            if self.at == self.filled {
                let (address, room) = (self.buffer.as_mut_ptr(), self.buffer.len());
                let number = libc::SYS_getdents64;
                let filled = retried(|| call!(syscall(number, self.fd.raw(), address, room)))?;
                self.at = 0;
                self.filled = filled as usize;
                if filled == 0 {
                    return Ok(None);
                }
            }
            let start = self.at;
            let length = [
                self.buffer[start + LENGTH_AT],
                self.buffer[start + LENGTH_AT + 1],
            ];
            self.at += usize::from(u16::from_ne_bytes(length));
            assert!(self.at > start && self.at <= self.filled);
            let name = &self.buffer[start + NAME_AT..self.at];
            let end = name.iter().position(|&byte| byte == 0);
            let end = end.expect("the kernel ends names");
            if !matches!(&name[..end], b"." | b"..") {
                let kind = self.buffer[start + KIND_AT];
                return Ok(Some((
                    &self.buffer[start + NAME_AT..start + NAME_AT + end],
                    kind,
                )));
            }
        }
    }
}

impl Drop for Entries {
    fn drop(&mut self) {
        // Nothing was written to it that closing could lose.
        let _ = close(self.fd);
    }
}

/// Node's number for what <dirent.h> calls so; see `DirectoryEntry`.
pub(super) fn kind_of_type(kind: u8) -> u8 {
    match kind {
        libc::DT_REG => 1,
        libc::DT_DIR => 2,
        libc::DT_LNK => 3,
        libc::DT_FIFO => 4,
        libc::DT_SOCK => 5,
        libc::DT_CHR => 6,
        libc::DT_BLK => 7,
        _ => 0,
    }
}
