//! Copying a file, with the kernel's help where it can be had.

use super::{change_mode_fd, close, fstat, open, read, truncate, unlink, write_all};
use crate::errno::Errno;
use crate::fd::Fd;
use crate::sync::{call, retried};
use std::ffi::CStr;

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
    let source = open(from, libc::O_RDONLY, 0)?;
    let outcome = copy_open(source, to, mode & EXCLUSIVE != 0, mode & CLONE_ONLY != 0);
    close(source)?;
    outcome
}

fn copy_open(source: Fd, to: &CStr, exclusive: bool, clone_only: bool) -> Result<(), Errno> {
    let facts = fstat(source)?;
    let mode = facts.mode & 0o7777;
    let exclude = if exclusive { libc::O_EXCL } else { 0 };
    let target = open(to, libc::O_WRONLY | libc::O_CREAT | exclude, mode)?;
    let made = || {
        let there = fstat(target)?;
        if (there.device, there.inode) == (facts.device, facts.inode) {
            return Ok(()); // Truncating it would lose the bytes to copy.
        }
        truncate(target, 0)?;
        change_mode_fd(target, mode)?;
        match call!(ioctl(target.raw(), libc::FICLONE, source.raw())) {
            Ok(_) => Ok(()),
            Err(errno) if clone_only => Err(errno),
            Err(_) => copy_bytes(source, target),
        }
    };
    let outcome = made();
    close(target)?;
    if outcome.is_err() && exclusive {
        // Best effort: a half file that we made ourselves is of no use to anybody.
        let _ = unlink(to);
    }
    outcome
}

fn copy_bytes(source: Fd, target: Fd) -> Result<(), Errno> {
    let (none, step) = (std::ptr::null_mut(), CALL_BYTES);
    loop {
        let copied = retried(|| {
            call!(copy_file_range(
                source.raw(),
                none,
                target.raw(),
                none,
                step,
                0
            ))
        });
        match copied {
            Ok(0) => return copy_rest(source, target),
            Ok(_) => {}
            // File systems without it, or across two of them on older kernels.
            Err(Errno::EXDEV | Errno::EINVAL | Errno::ENOSYS | Errno::EOPNOTSUPP) => {
                return copy_rest(source, target);
            }
            Err(errno) => return Err(errno),
        }
    }
}

/// By hand, from where the file's position stands; files of /proc say 0 to the call above.
fn copy_rest(source: Fd, target: Fd) -> Result<(), Errno> {
    let mut bytes = vec![0; STEP_BYTES];
    loop {
        match read(source, &mut bytes, None)? {
            0 => return Ok(()),
            count => write_all(target, &bytes[..count])?,
        }
    }
}
