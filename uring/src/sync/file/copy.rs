//! Copying a file, with the kernel's help where it can be had, in steps or at once.

use super::{change_mode_fd, close, fstat, open, read, truncate, unlink, write_all};
use crate::errno::Errno;
use crate::fd::Fd;
use crate::sync::{call, retried};
use std::ffi::{CStr, CString};

/// COPYFILE_EXCL and COPYFILE_FICLONE_FORCE of Node's `fs.constants`.
const EXCLUSIVE: i32 = 1;
const CLONE_ONLY: i32 = 4;
/// Most that one call copies inside the kernel.
const CALL_BYTES: usize = 1 << 30;
/// Step of copying by hand.
const STEP_BYTES: usize = 64 * 1024;

/// Copies a file's bytes and permission bits. Bits of `mode` are Node's: 1 the target must not
/// exist, 2 share the blocks if the file system can (which is tried in any case), 4 or else fail.
pub fn copy(from: &CStr, to: &CStr, mode: i32) -> Result<(), Errno> {
    if let Begun::Going(mut copying) = Copying::begin(from, to, mode, u64::MAX)? {
        while !copying.step(CALL_BYTES)? {}
    }
    Ok(())
}

/// A copy that is under way. Dropped before its end it leaves what it has copied.
pub struct Copying {
    source: Fd,
    target: Fd,
    /// The target's name, for a copy that fails: half a file is of no use to anybody. It goes even
    /// if something lay there before, which is lost already, as libuv has it.
    name: Option<CString>,
    /// The kernel copies by itself.
    is_easy: bool,
    copied_bytes: u64,
    is_over: bool,
}

pub enum Begun {
    /// Nothing is left to copy: the file system shares the blocks, or both are one file.
    Done,
    Going(Copying),
    /// Nothing was done: the target is larger than said, and would have to be emptied first.
    LargeTarget,
}

impl Copying {
    /// `emptied_bytes_max`: a target that is larger takes too long to empty.
    pub fn begin(
        from: &CStr,
        to: &CStr,
        mode: i32,
        emptied_bytes_max: u64,
    ) -> Result<Begun, Errno> {
        let source = open(from, libc::O_RDONLY, 0)?;
        let begun = open_target(source, to, mode & EXCLUSIVE != 0);
        let (target, old_bytes) = match begun {
            Ok(begun) => begun,
            Err(errno) => {
                close(source)?;
                return Err(errno);
            }
        };
        let mut copying = Copying {
            source,
            target,
            name: Some(to.to_owned()),
            is_easy: true,
            copied_bytes: 0,
            is_over: false,
        };
        let Some(old_bytes) = old_bytes else {
            return Ok(Begun::Done); // Truncating it would lose the bytes to copy.
        };
        if old_bytes > emptied_bytes_max {
            return Ok(Begun::LargeTarget);
        }
        match copying.clone_blocks(old_bytes, mode & CLONE_ONLY != 0) {
            Ok(true) => Ok(Begun::Done),
            Ok(false) => Ok(Begun::Going(copying)),
            Err(errno) => {
                copying.give_up();
                Err(errno)
            }
        }
    }

    /// Empties the target and lets it share the source's blocks; says whether it can.
    fn clone_blocks(&mut self, old_bytes: u64, or_fail: bool) -> Result<bool, Errno> {
        let mode = fstat(self.source)?.mode & 0o7777;
        // ext4 writes out what is written to an emptied file when it is closed; not so a new one.
        if old_bytes > 0 {
            truncate(self.target, 0)?;
        }
        change_mode_fd(self.target, mode)?;
        match call!(ioctl(self.target.raw(), libc::FICLONE, self.source.raw())) {
            Ok(_) => Ok(true),
            Err(errno) if or_fail => Err(errno),
            Err(_) => Ok(false),
        }
    }

    /// Copies at most so many bytes; says whether all is copied.
    pub fn step(&mut self, bytes_max: usize) -> Result<bool, Errno> {
        let outcome = if self.is_easy {
            self.step_easily(bytes_max)
        } else {
            self.step_by_hand(bytes_max)
        };
        match outcome {
            Ok(is_over) => self.is_over = is_over,
            Err(_) => self.give_up(),
        }
        outcome
    }

    /// Nothing is left but to close it.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    pub fn copied_bytes(&self) -> u64 {
        self.copied_bytes
    }

    fn step_easily(&mut self, bytes_max: usize) -> Result<bool, Errno> {
        let none = std::ptr::null_mut();
        let (source, target) = (self.source.raw(), self.target.raw());
        let mut left = bytes_max;
        while left > 0 {
            let copied = retried(|| call!(copy_file_range(source, none, target, none, left, 0)));
            match copied {
                Ok(count) if count > 0 => {
                    left -= count as usize;
                    self.copied_bytes += count as u64;
                }
                // File systems without it, or across two of them on older kernels; and files of
                // /proc say 0, as all do at their end.
                Ok(_) | Err(Errno::EXDEV | Errno::EINVAL | Errno::ENOSYS | Errno::EOPNOTSUPP) => {
                    self.is_easy = false;
                    return self.step_by_hand(left);
                }
                Err(errno) => return Err(errno),
            }
        }
        Ok(false)
    }

    /// From where the file's position stands.
    fn step_by_hand(&mut self, bytes_max: usize) -> Result<bool, Errno> {
        let mut bytes = vec![0; STEP_BYTES];
        let mut left = bytes_max;
        while left > 0 {
            let room = left.min(STEP_BYTES);
            match read(self.source, &mut bytes[..room], None)? {
                0 => return Ok(true),
                count => {
                    write_all(self.target, &bytes[..count])?;
                    left -= count;
                    self.copied_bytes += count as u64;
                }
            }
        }
        Ok(false)
    }

    /// Source and target, which stand where the copy stands and are closed by whoever has them.
    pub fn into_parts(mut self) -> (Fd, Fd) {
        let parts = (self.source, self.target);
        drop(self.name.take());
        std::mem::forget(self);
        parts
    }

    fn give_up(&mut self) {
        if let Some(name) = self.name.take() {
            // Best effort; why there is no copy is told already.
            let _ = unlink(&name);
        }
    }
}

impl Drop for Copying {
    fn drop(&mut self) {
        for fd in [self.source, self.target] {
            // What was written is in the page cache; nothing that closing says could be undone.
            let _ = close(fd);
        }
    }
}

/// The target, open, and the bytes that are in it; none if it is the source itself.
fn open_target(source: Fd, to: &CStr, exclusive: bool) -> Result<(Fd, Option<u64>), Errno> {
    let facts = fstat(source)?;
    let exclude = if exclusive { libc::O_EXCL } else { 0 };
    let flags = libc::O_WRONLY | libc::O_CREAT | exclude;
    let target = open(to, flags, facts.mode & 0o7777)?;
    let there = fstat(target)?;
    let is_same = (there.device, there.inode) == (facts.device, facts.inode);
    Ok((target, (!is_same).then_some(there.size_bytes)))
}
