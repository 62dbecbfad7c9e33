//! The names in a directory as getdents64(2) gives them, without an allocation for each.

use super::close;
use crate::errno::Errno;
use crate::fd::Fd;
use crate::sync::{call, retried};
use std::ffi::CStr;

/// As much as one call gives; a directory of some hundred names is read at once.
const STEP_BYTES: usize = 32 * 1024;

/// More than the largest record, which the kernel refuses to cut.
const ROOM_BYTES_MIN: usize = 8 * 1024;

// Offsets in struct linux_dirent64.
const LENGTH_AT: usize = 16;
const KIND_AT: usize = 18;
const NAME_AT: usize = 19;

/// One name.
pub(super) struct Record<'a> {
    pub(super) name: &'a CStr,
    /// A number of <dirent.h>.
    pub(super) kind: u8,
    /// Where the next one begins.
    pub(super) end: usize,
}

impl Record<'_> {
    /// The one that begins at `start` of what getdents64 gave.
    pub(super) fn at(records: &[u8], start: usize) -> Record<'_> {
        let length = [records[start + LENGTH_AT], records[start + LENGTH_AT + 1]];
        let end = start + usize::from(u16::from_ne_bytes(length));
        assert!(end > start + NAME_AT && end <= records.len());
        // To the first zero: names of a FUSE server may have more of them.
        let name = CStr::from_bytes_until_nul(&records[start + NAME_AT..end]);
        Record {
            name: name.expect("the kernel ends names"),
            kind: records[start + KIND_AT],
            end,
        }
    }

    /// Of the directory itself, or of the one it is in.
    pub(super) fn is_dots(&self) -> bool {
        matches!(self.name.to_bytes(), b"." | b"..")
    }
}

/// An open directory, closed with it.
pub(super) struct Entries {
    pub(super) fd: Fd,
    buffer: Vec<u8>,
    /// Bytes of the buffer that are records.
    filled: usize,
    at: usize,
}

impl Entries {
    pub(super) fn new(fd: Fd) -> Entries {
        Entries {
            fd,
            buffer: vec![0; STEP_BYTES],
            filled: 0,
            at: 0,
        }
    }

    /// Takes more records; whether there were any.
    fn fill(&mut self) -> Result<bool, Errno> {
        if self.buffer.len() - self.filled < ROOM_BYTES_MIN {
            self.buffer.resize(self.filled + STEP_BYTES, 0);
        }
        let room = &mut self.buffer[self.filled..];
        let (fd, address, bytes) = (self.fd.raw(), room.as_mut_ptr(), room.len());
        let number = libc::SYS_getdents64;
        let count = retried(|| call!(syscall(number, fd, address, bytes)))?;
        self.filled += count as usize;
        Ok(count > 0)
    }

    /// All records, for `Record::at`.
    pub(super) fn all(mut self) -> Result<Vec<u8>, Errno> {
        while self.fill()? {}
        self.buffer.truncate(self.filled);
        Ok(std::mem::take(&mut self.buffer))
    }

    /// The next name but `.` and `..`, and what it is, as a number of <dirent.h>.
    pub(super) fn next(&mut self) -> Result<Option<(&CStr, u8)>, Errno> {
        loop {
            if self.at == self.filled {
                (self.at, self.filled) = (0, 0);
                if !self.fill()? {
                    return Ok(None);
                }
            }
            let start = self.at;
            let record = Record::at(&self.buffer[..self.filled], start);
            self.at = record.end;
            if !record.is_dots() {
                // Looked at anew: a record that is given on some way is borrowed on all.
                let Record { name, kind, .. } = Record::at(&self.buffer, start);
                return Ok(Some((name, kind)));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_ends_at_its_first_zero() {
        let mut records = vec![0; NAME_AT];
        records.extend_from_slice(b"a\0longer than padding\0");
        let end = records.len();
        records[LENGTH_AT] = end as u8;
        let record = Record::at(&records, 0);
        assert_eq!((record.name.to_bytes(), record.end), (&b"a"[..], end));
    }
}
