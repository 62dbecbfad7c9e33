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

/// Records are whole words; the name begins in this one, behind length and kind.
const WORD_BYTES: usize = size_of::<u64>();
const FIRST_WORD_AT: usize = LENGTH_AT;

/// One name.
pub(super) struct Record<'a> {
    /// Without the zero that is behind it.
    pub(super) name: &'a [u8],
    pub(super) name_at: usize,
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
        let name_at = start + NAME_AT;
        Record {
            name: &records[name_at..name_at + name_bytes(&records[start..end])],
            name_at,
            kind: records[start + KIND_AT],
            end,
        }
    }

    /// Of the directory itself, or of the one it is in.
    pub(super) fn is_dots(&self) -> bool {
        matches!(self.name, b"." | b"..")
    }
}

/// Length of a record's name: to the first zero, since names of a FUSE server may have more.
/// By words, since a directory has many names.
fn name_bytes(record: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; WORD_BYTES]);
    const HIGHS: u64 = ONES << 7;
    const NO_ZEROES: u64 = u64::from_le_bytes([1, 1, 1, 0, 0, 0, 0, 0]);
    let mut no_zeroes = NO_ZEROES;
    let mut at = FIRST_WORD_AT;
    for word in record[FIRST_WORD_AT..].chunks_exact(WORD_BYTES) {
        let word = u64::from_le_bytes(word.try_into().expect("chunks are words")) | no_zeroes;
        // The lowest bit that is set belongs to the first zero byte.
        let zeroes = word.wrapping_sub(ONES) & !word & HIGHS;
        if zeroes != 0 {
            return at + zeroes.trailing_zeros() as usize / 8 - NAME_AT;
        }
        no_zeroes = 0;
        at += WORD_BYTES;
    }
    panic!("the kernel ends names");
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

    /// All records, for `Record::at`: at most as many bytes as a u32 counts, else EOVERFLOW.
    pub(super) fn all(mut self) -> Result<Vec<u8>, Errno> {
        while self.fill()? {
            u32::try_from(self.filled).map_err(|_| Errno::EOVERFLOW)?;
        }
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
                let kind = record.kind;
                let name = CStr::from_bytes_until_nul(&self.buffer[start + NAME_AT..self.at]);
                return Ok(Some((name.expect("the kernel ends names"), kind)));
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

    fn check(name: &[u8], expect: &[u8]) {
        let mut records = vec![0xff; LENGTH_AT];
        records.extend_from_slice(&[0, 0, 8]);
        records.extend_from_slice(name);
        records.resize(records.len().next_multiple_of(WORD_BYTES), 0xff);
        let end = records.len();
        records[LENGTH_AT..KIND_AT].copy_from_slice(&(end as u16).to_ne_bytes());
        records.push(0);
        let record = Record::at(&records, 0);
        assert_eq!((record.name, record.kind, record.end), (expect, 8, end));
    }

    #[test]
    fn a_name_ends_at_its_first_zero() {
        check(b"a\0longer than padding\0", b"a");
        check(b"\0", b"");
        for byte in [1, 0x80, 0xff] {
            for length in 1..=255 {
                let name = vec![byte; length];
                check(&[&name[..], b"\0"].concat(), &name);
                check(&[&name[..], b"\0\x01\0"].concat(), &name);
            }
        }
    }
}
