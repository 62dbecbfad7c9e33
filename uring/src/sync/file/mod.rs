//! Files and paths. Paths are terminated bytes, as the kernel takes them.

use crate::errno::Errno;
use crate::fd::Fd;
use crate::stat::FileStat;
use crate::sync::{call, retried};
use std::ffi::{CStr, OsStr};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

mod cached;
mod copy;
mod directory;
mod entries;
mod position;
mod removal;
mod space;
#[cfg(test)]
mod tests;
mod times;
mod watch;

pub use cached::{
    WholeFile, WholeWrite, is_writable, mount_of, mount_of_path, open_cached, open_to_write,
    read_cached, read_new_cached, read_whole_cached, stat_cached, truncates, write_whole,
};
pub use copy::{Begun, Copying, copy};
pub use directory::{
    Directory, DirectoryEntry, Names, make_directory, make_temporary_directory, read_directory,
    remove_directory,
};
pub use position::{claim, give_back};
pub use removal::{Left, Removal};
pub use space::file_system;
pub use times::{copy_times, set_times, set_times_fd};
pub use watch::{add_watch, open_watch, remove_watch};

/// First size of the buffer of a whole read when the file does not tell its own.
const READ_STEP_BYTES: usize = 64 * 1024;

/// Node reads no larger file at once; such are refused with EFBIG.
const WHOLE_BYTES_MAX: usize = (1 << 31) - 1;

/// What a descriptor is, as far as a program's standard streams care.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum FdKind {
    File,
    Pipe,
    /// A stream socket, TCP or unix.
    Stream,
    Terminal,
    Datagram,
    Unknown,
}

/// open(2); O_CLOEXEC is added.
pub fn open(path: &CStr, flags: i32, mode: u32) -> Result<Fd, Errno> {
    let flags = flags | libc::O_CLOEXEC;
    retried(|| call!(open(path.as_ptr(), flags, mode))).map(Fd::new)
}

/// Closes it. Never tried again after a signal: Linux has freed the number by then.
pub fn close(fd: Fd) -> Result<(), Errno> {
    match call!(close(fd.raw())) {
        Ok(_) | Err(Errno::EINTR | Errno::EINPROGRESS) => Ok(()),
        Err(errno) => Err(errno),
    }
}

/// One read, at an offset or at the file's position; 0 is the end.
pub fn read(fd: Fd, bytes: &mut [u8], offset: Option<u64>) -> Result<usize, Errno> {
    let (address, count) = (bytes.as_mut_ptr().cast(), bytes.len());
    let result = retried(|| match offset {
        Some(offset) => call!(pread(fd.raw(), address, count, offset as i64)),
        None => call!(read(fd.raw(), address, count)),
    });
    result.map(|count| count as usize)
}

/// One write, at an offset or at the file's position.
pub fn write(fd: Fd, bytes: &[u8], offset: Option<u64>) -> Result<usize, Errno> {
    let (address, count) = (bytes.as_ptr().cast(), bytes.len());
    let result = retried(|| match offset {
        Some(offset) => call!(pwrite(fd.raw(), address, count, offset as i64)),
        None => call!(write(fd.raw(), address, count)),
    });
    result.map(|count| count as usize)
}

/// Writes all bytes at the file's position, and waits where a pipe or terminal has no room.
pub fn write_all(fd: Fd, mut bytes: &[u8]) -> Result<(), Errno> {
    while !bytes.is_empty() {
        match write(fd, bytes, None) {
            Ok(count) => bytes = &bytes[count..],
            Err(Errno::EAGAIN) => wait_for(fd, libc::POLLOUT)?,
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

/// Blocks until the descriptor has one of the poll(2) events.
pub fn wait_for(fd: Fd, events: i16) -> Result<(), Errno> {
    let mut poll = libc::pollfd {
        fd: fd.raw(),
        events,
        revents: 0,
    };
    retried(|| call!(poll(&raw mut poll, 1, -1))).map(|_| ())
}

/// Whether the descriptor has one of the poll(2) events now, or was hung up.
pub(crate) fn is_ready(fd: Fd, events: i16) -> bool {
    let mut poll = libc::pollfd {
        fd: fd.raw(),
        events,
        revents: 0,
    };
    retried(|| call!(poll(&raw mut poll, 1, 0))).is_ok_and(|count| count > 0)
}

fn statx(at: i32, path: &CStr, flags: i32) -> Result<FileStat, Errno> {
    let mask = libc::STATX_BASIC_STATS | libc::STATX_BTIME;
    // SAFETY: plain numbers, for which zero is valid.
    let mut raw: libc::statx = unsafe { std::mem::zeroed() };
    retried(|| call!(statx(at, path.as_ptr(), flags, mask, &raw mut raw)))?;
    Ok(FileStat::from_statx(&raw))
}

pub fn fstat(fd: Fd) -> Result<FileStat, Errno> {
    statx(fd.raw(), c"", libc::AT_EMPTY_PATH)
}

pub fn stat(path: &CStr) -> Result<FileStat, Errno> {
    statx(libc::AT_FDCWD, path, 0)
}

/// As `stat`, of a link itself.
pub fn lstat(path: &CStr) -> Result<FileStat, Errno> {
    statx(libc::AT_FDCWD, path, libc::AT_SYMLINK_NOFOLLOW)
}

/// 0 for anything but a directory, 1 for a directory, negative errno for nothing there.
pub fn kind_of(path: &CStr) -> i32 {
    stat(path).map_or_else(Errno::result, |facts| i32::from(facts.is_directory()))
}

/// The target of a link.
pub fn read_link(path: &CStr) -> Result<Vec<u8>, Errno> {
    let target = std::fs::read_link(as_path(path)).map_err(|error| Errno::of(&error))?;
    Ok(target.into_os_string().into_vec())
}

/// The path without links, dots and double slashes.
pub fn real_path(path: &CStr) -> Result<Vec<u8>, Errno> {
    let path = std::fs::canonicalize(as_path(path)).map_err(|error| Errno::of(&error))?;
    Ok(path.into_os_string().into_vec())
}

pub fn unlink(path: &CStr) -> Result<(), Errno> {
    call!(unlink(path.as_ptr())).map(|_| ())
}

pub fn rename(from: &CStr, to: &CStr) -> Result<(), Errno> {
    call!(rename(from.as_ptr(), to.as_ptr())).map(|_| ())
}

pub fn symlink(target: &CStr, path: &CStr) -> Result<(), Errno> {
    call!(symlink(target.as_ptr(), path.as_ptr())).map(|_| ())
}

pub fn link(from: &CStr, to: &CStr) -> Result<(), Errno> {
    call!(link(from.as_ptr(), to.as_ptr())).map(|_| ())
}

pub fn change_mode(path: &CStr, mode: u32) -> Result<(), Errno> {
    call!(chmod(path.as_ptr(), mode)).map(|_| ())
}

pub fn change_mode_fd(fd: Fd, mode: u32) -> Result<(), Errno> {
    call!(fchmod(fd.raw(), mode)).map(|_| ())
}

/// Not following means: of a link itself.
pub fn change_owner(path: &CStr, user: u32, group: u32, follow: bool) -> Result<(), Errno> {
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    call!(fchownat(libc::AT_FDCWD, path.as_ptr(), user, group, flags)).map(|_| ())
}

pub fn change_owner_fd(fd: Fd, user: u32, group: u32) -> Result<(), Errno> {
    call!(fchown(fd.raw(), user, group)).map(|_| ())
}

/// May the process (its real user) read, write, execute it (bits of access(2))?
pub fn access(path: &CStr, mode: i32) -> Result<(), Errno> {
    call!(access(path.as_ptr(), mode)).map(|_| ())
}

pub fn truncate(fd: Fd, length: u64) -> Result<(), Errno> {
    retried(|| call!(ftruncate(fd.raw(), length as i64))).map(|_| ())
}

/// fsync(2).
pub fn sync(fd: Fd) -> Result<(), Errno> {
    retried(|| call!(fsync(fd.raw()))).map(|_| ())
}

/// fdatasync(2).
pub fn sync_data(fd: Fd) -> Result<(), Errno> {
    retried(|| call!(fdatasync(fd.raw()))).map(|_| ())
}

/// Reads a file from its beginning to its end.
pub fn read_whole(path: &CStr) -> Result<Vec<u8>, Errno> {
    let fd = open(path, libc::O_RDONLY, 0)?;
    let bytes = read_whole_fd(fd);
    close(fd)?;
    bytes
}

/// Reads from the descriptor's position to the end.
pub fn read_whole_fd(fd: Fd) -> Result<Vec<u8>, Errno> {
    let told = fstat(fd)?.size_bytes as usize;
    if told > WHOLE_BYTES_MAX {
        return Err(Errno::EFBIG);
    }
    // One byte more than told lets the read that finds the end fit without growing.
    let mut bytes = vec![0; if told == 0 { READ_STEP_BYTES } else { told + 1 }];
    let mut filled = 0;
    loop {
        if filled == bytes.len() {
            bytes.resize(filled * 2, 0);
        }
        match read(fd, &mut bytes[filled..], None) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(Errno::EAGAIN) => wait_for(fd, libc::POLLIN)?,
            Err(errno) => return Err(errno),
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

/// Two ends of a pipe, reading end first. Blocking, close-on-exec.
pub fn pipe() -> Result<(Fd, Fd), Errno> {
    let mut fds = [0; 2];
    call!(pipe2(fds.as_mut_ptr(), libc::O_CLOEXEC))?;
    Ok((Fd::new(fds[0]), Fd::new(fds[1])))
}

/// A counter whose reader waits until it is written to.
pub(crate) fn event() -> Result<Fd, Errno> {
    call!(eventfd(0, libc::EFD_CLOEXEC)).map(Fd::new)
}

/// Another number for the same open file, close-on-exec.
pub fn duplicate(fd: Fd) -> Result<Fd, Errno> {
    call!(fcntl(fd.raw(), libc::F_DUPFD_CLOEXEC, 0)).map(Fd::new)
}

/// Keeps it from programs that are started later.
pub fn set_close_on_exec(fd: Fd) -> Result<(), Errno> {
    call!(fcntl(fd.raw(), libc::F_SETFD, libc::FD_CLOEXEC)).map(|_| ())
}

/// Switches O_NONBLOCK, which all holders of the open file share.
pub fn set_nonblocking(fd: Fd, on: bool) -> Result<(), Errno> {
    let flags = call!(fcntl(fd.raw(), libc::F_GETFL))?;
    let wanted = if on {
        flags | libc::O_NONBLOCK
    } else {
        flags & !libc::O_NONBLOCK
    };
    if wanted != flags {
        call!(fcntl(fd.raw(), libc::F_SETFL, wanted))?;
    }
    Ok(())
}

/// Opens /dev/null at every standard descriptor that is closed: a file opened later must not
/// become the program's output.
pub fn open_standard_streams() -> Result<(), Errno> {
    for fd in [Fd::STDIN, Fd::STDOUT, Fd::STDERR] {
        if fstat(fd) == Err(Errno::EBADF) {
            // The lowest free number is this one, and it must survive an exec: no O_CLOEXEC.
            let opened = call!(open(c"/dev/null".as_ptr(), libc::O_RDWR))?;
            assert!(opened == fd.raw());
        }
    }
    Ok(())
}

/// What kind of thing a descriptor is; `Unknown` if it is not open.
pub fn kind_of_fd(fd: Fd) -> FdKind {
    if crate::sync::terminal::is_terminal(fd) {
        return FdKind::Terminal;
    }
    kind_by_mode(fd)
}

/// Is this a pipe of the file system, not one of pipe(2)?
pub fn is_fifo(fd: Fd) -> bool {
    let target = std::fs::read_link(format!("/proc/self/fd/{}", fd.raw()));
    kind_by_mode(fd) == FdKind::Pipe && target.is_ok_and(|path| path.starts_with("/"))
}

/// As `kind_of_fd`, but a terminal passes for a file.
pub(crate) fn kind_by_mode(fd: Fd) -> FdKind {
    match fstat(fd).map_or(0, |facts| facts.mode & libc::S_IFMT) {
        libc::S_IFREG | libc::S_IFCHR | libc::S_IFBLK => FdKind::File,
        libc::S_IFIFO => FdKind::Pipe,
        libc::S_IFSOCK => socket_kind(fd).unwrap_or(FdKind::Unknown),
        _ => FdKind::Unknown,
    }
}

fn socket_kind(fd: Fd) -> Result<FdKind, Errno> {
    let mut kind: i32 = 0;
    let mut count = size_of::<i32>() as u32;
    let value = (&raw mut kind).cast();
    call!(getsockopt(
        fd.raw(),
        libc::SOL_SOCKET,
        libc::SO_TYPE,
        value,
        &raw mut count
    ))?;
    Ok(match kind {
        libc::SOCK_STREAM => FdKind::Stream,
        libc::SOCK_DGRAM => FdKind::Datagram,
        _ => FdKind::Unknown,
    })
}

fn as_path(path: &CStr) -> &Path {
    Path::new(OsStr::from_bytes(path.to_bytes()))
}
