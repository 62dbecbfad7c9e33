//! Calls that do what needs no waiting and refuse the rest with EAGAIN: a path whose names the
//! kernel remembers, bytes that lie in memory. Whoever is refused asks the ring, whose workers may
//! wait. Such a call costs a third of the way through the ring and a tenth of a worker's.

use super::position::move_by;
use super::{close, fstat, open, read, statx, truncate, write};
use crate::errno::Errno;
use crate::fd::Fd;
use crate::stat::FileStat;
use crate::sync::{call, retried};
use std::ffi::{CStr, CString};
use std::mem::MaybeUninit;

/// openat(2) as the ring's first try of it: nothing is looked up that the kernel does not remember,
/// and nothing waits for the other end of a fifo. O_NONBLOCK stays set; O_CLOEXEC is added.
pub fn open_cached(path: &CStr, flags: i32) -> Result<Fd, Errno> {
    // SAFETY: plain numbers, for which zero is valid.
    let mut how: libc::open_how = unsafe { std::mem::zeroed() };
    how.flags = (flags | libc::O_CLOEXEC) as u64;
    if flags & libc::O_PATH == 0 {
        how.flags |= libc::O_NONBLOCK as u64;
    }
    how.resolve = libc::RESOLVE_CACHED;
    let bytes = size_of::<libc::open_how>();
    let (number, here) = (libc::SYS_openat2, libc::AT_FDCWD);
    call!(syscall(number, here, path.as_ptr(), &raw const how, bytes)).map(|fd| Fd::new(fd as i32))
}

/// open(2) for writing, which may make the file, but does not wait for a fifo's reader: that is
/// ENXIO. The descriptor blocks, as it would from open(2).
pub fn open_to_write(path: &CStr, flags: i32, mode: u32) -> Result<Fd, Errno> {
    let fd = open(path, flags | libc::O_NONBLOCK, mode)?;
    if flags & libc::O_NONBLOCK != 0 {
        return Ok(fd);
    }
    let settable = flags & (libc::O_APPEND | libc::O_DIRECT | libc::O_NOATIME);
    match call!(fcntl(fd.raw(), libc::F_SETFL, settable)) {
        Ok(_) => Ok(fd),
        Err(errno) => {
            close(fd)?;
            Err(errno)
        }
    }
}

/// Whether an open file may be written to.
pub fn is_writable(fd: Fd) -> bool {
    call!(fcntl(fd.raw(), libc::F_GETFL))
        .is_ok_and(|flags| flags & libc::O_ACCMODE != libc::O_RDONLY)
}

/// Whether opening a file so empties it.
pub fn truncates(flags: i32) -> bool {
    flags & libc::O_TRUNC != 0
}

/// Facts about a path whose names the kernel remembers: what it names is in memory then too.
pub fn stat_cached(path: &CStr, follow: bool) -> Result<FileStat, Errno> {
    let link = if follow { 0 } else { libc::O_NOFOLLOW };
    let place = open_cached(path, libc::O_PATH | link)?;
    let facts = statx(place.raw(), c"", libc::AT_EMPTY_PATH);
    close(place)?;
    facts
}

/// The mount that an open file is on. Asks nobody: a slow file system is not told.
pub fn mount_of(fd: Fd) -> Result<u64, Errno> {
    // SAFETY: plain numbers, for which zero is valid.
    let mut raw: libc::statx = unsafe { std::mem::zeroed() };
    let flags = libc::AT_EMPTY_PATH | libc::AT_STATX_DONT_SYNC;
    let (empty, mask) = (c"".as_ptr(), libc::STATX_MNT_ID);
    call!(statx(fd.raw(), empty, flags, mask, &raw mut raw))?;
    Ok(raw.stx_mnt_id)
}

/// The mount of what a path names or, where nothing is known to be there, of the directory that it
/// would be in; from what the kernel remembers.
pub fn mount_of_path(path: &CStr) -> Result<u64, Errno> {
    let place = open_cached(path, libc::O_PATH).or_else(|_| {
        let bytes = path.to_bytes();
        let parent = match bytes.iter().rposition(|&byte| byte == b'/') {
            Some(at) => &bytes[..=at],
            None => b".",
        };
        let parent = CString::new(parent).expect("a part of a path has no zero byte");
        open_cached(&parent, libc::O_PATH | libc::O_DIRECTORY)
    })?;
    let mount = mount_of(place);
    close(place)?;
    mount
}

/// One read of bytes that are in memory. May give fewer than there are: see `read_cached`.
fn read_once(fd: Fd, bytes: &mut [MaybeUninit<u8>], offset: Option<u64>) -> Result<usize, Errno> {
    let piece = libc::iovec {
        iov_base: bytes.as_mut_ptr().cast(),
        iov_len: bytes.len(),
    };
    let offset = offset.map_or(-1, |offset| offset as i64);
    let flags = libc::RWF_NOWAIT;
    retried(|| call!(preadv2(fd.raw(), &raw const piece, 1, offset, flags)))
        .map(|count| count as usize)
}

/// One read as read(2) would do it, if all that it gives is in memory already.
///
/// A short answer is an end of file, all that a pipe has, or a page that is not there; of a file,
/// another read tells. Refused, the file stands where it stood.
pub fn read_cached(fd: Fd, bytes: &mut [u8], offset: Option<u64>) -> Result<usize, Errno> {
    let (start, count) = (bytes.as_mut_ptr().cast(), bytes.len());
    // SAFETY: the same bytes, which are only written to, and only with bytes.
    let bytes = unsafe { std::slice::from_raw_parts_mut(start, count) };
    read_into(fd, bytes, offset)
}

/// As `read_cached`. As many bytes as it gives are written.
fn read_into(fd: Fd, bytes: &mut [MaybeUninit<u8>], offset: Option<u64>) -> Result<usize, Errno> {
    let mut filled = match read_once(fd, bytes, offset) {
        Err(Errno::EOPNOTSUPP) => return read_of_memory(fd, bytes, offset),
        outcome => outcome?,
    };
    while filled > 0 && filled < bytes.len() {
        let at = offset.map(|start| start + filled as u64);
        if at.is_none() && move_by(fd, 0).is_err() {
            break; // No file: what there is is the answer.
        }
        match read_once(fd, &mut bytes[filled..], at) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(errno) => {
                if at.is_none() {
                    move_by(fd, -(filled as i64))?;
                }
                return Err(errno);
            }
        }
    }
    Ok(filled)
}

/// A file system that keeps its files in memory has no other way to read them.
fn read_of_memory(
    fd: Fd,
    bytes: &mut [MaybeUninit<u8>],
    offset: Option<u64>,
) -> Result<usize, Errno> {
    // SAFETY: plain numbers, for which zero is valid.
    let mut facts: libc::statfs = unsafe { std::mem::zeroed() };
    call!(fstatfs(fd.raw(), &raw mut facts))?;
    let is_memory = facts.f_type == libc::TMPFS_MAGIC && fstat(fd)?.is_file();
    if !is_memory {
        return Err(Errno::EAGAIN);
    }
    bytes.fill(MaybeUninit::new(0));
    let (start, count) = (bytes.as_mut_ptr().cast(), bytes.len());
    // SAFETY: the same bytes, all of them written above.
    let bytes = unsafe { std::slice::from_raw_parts_mut(start, count) };
    read(fd, bytes, offset)
}

/// A whole regular file from its beginning, of at most `bytes_max`, if it is in memory.
pub enum WholeFile {
    Bytes(Vec<u8>),
    /// Something else, now open: a large file, one whose size says nothing, no file at all.
    Opened(Fd),
}

/// EAGAIN, and any refusal but ENOENT, are for the ring to find out about.
///
/// Where its end is, lseek(2) says in half the time of a statx(2) or of another read.
pub fn read_whole_cached(path: &CStr, flags: i32, bytes_max: usize) -> Result<WholeFile, Errno> {
    let fd = open_cached(path, flags)?;
    let size_bytes = call!(lseek(fd.raw(), 0, libc::SEEK_END)).map(usize::try_from);
    match size_bytes {
        Ok(Ok(size)) if size > 0 && size <= bytes_max => {
            let outcome = read_new_cached(fd, size, Some(0));
            close(fd)?;
            outcome.map(WholeFile::Bytes)
        }
        // A fifo, a folder, a large file, or what may have a size of 0 and still something to read.
        _ => {
            // What has no position stands nowhere else.
            let _ = call!(lseek(fd.raw(), 0, libc::SEEK_SET));
            super::set_nonblocking(fd, flags & libc::O_NONBLOCK != 0)?;
            Ok(WholeFile::Opened(fd))
        }
    }
}

/// As `read_cached`, into new memory of `bytes_max`: a short answer does not hold on to all of it.
pub fn read_new_cached(fd: Fd, bytes_max: usize, offset: Option<u64>) -> Result<Vec<u8>, Errno> {
    let mut bytes = Vec::with_capacity(bytes_max);
    append_cached(fd, &mut bytes, bytes_max, offset)?;
    bytes.shrink_to_fit();
    Ok(bytes)
}

/// Reads at most `count` bytes behind those of `bytes`, which has room for them.
fn append_cached(
    fd: Fd,
    bytes: &mut Vec<u8>,
    count: usize,
    offset: Option<u64>,
) -> Result<(), Errno> {
    let filled = read_into(fd, &mut bytes.spare_capacity_mut()[..count], offset)?;
    let len = bytes.len() + filled;
    // SAFETY: within the capacity, and `read_into` has written what it says.
    unsafe { bytes.set_len(len) };
    Ok(())
}

/// A whole file written at once.
pub enum WholeWrite {
    /// With what closing it said.
    Written(Result<(), Errno>),
    Refused(Errno),
    /// No regular file, now open; nothing was written.
    Opened(Fd),
    /// Nothing was written: more than `cut_bytes_max` would have to be cut off.
    TooLarge,
}

/// open(2), write(2) and close(2) of a regular file; an error is open's.
///
/// A file that is to be truncated is written over instead, and cut off behind the new bytes: ext4
/// writes a file that was truncated and written out to the disk when it is closed, waiting for
/// room in the disk's queue (`auto_da_alloc`), and its blocks need not be found anew. One that is
/// appended to cannot be written over.
pub fn write_whole(
    path: &CStr,
    bytes: &[u8],
    flags: i32,
    mode: u32,
    cut_bytes_max: u64,
) -> Result<WholeWrite, Errno> {
    let keeps = truncates(flags) && flags & libc::O_APPEND == 0;
    let opening = if keeps { flags & !libc::O_TRUNC } else { flags };
    let fd = open_to_write(path, opening, mode)?;
    let old_bytes = match fstat(fd) {
        Ok(facts) if facts.is_file() => facts.size_bytes,
        _ => return Ok(WholeWrite::Opened(fd)),
    };
    if keeps && old_bytes > cut_bytes_max.saturating_add(bytes.len() as u64) {
        close(fd)?;
        return Ok(WholeWrite::TooLarge);
    }
    let mut done = 0;
    let mut refused = None;
    while done < bytes.len() && refused.is_none() {
        match write(fd, &bytes[done..], None) {
            Ok(count) => done += count,
            Err(errno) => refused = Some(errno),
        }
    }
    // Nothing over nothing: only truncating it tells that the file was written.
    if keeps && (old_bytes > done as u64 || bytes.is_empty()) {
        let cut = truncate(fd, done as u64);
        refused = refused.or(cut.err());
    }
    let closed = close(fd);
    Ok(refused.map_or(WholeWrite::Written(closed), WholeWrite::Refused))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::file::{FdKind, kind_by_mode, make_temporary_directory, unlink, write_all};

    fn scratch(name: &str) -> CString {
        let prefix = format!("{}/coring-cached-", std::env::temp_dir().display());
        let home = make_temporary_directory(&CString::new(prefix).unwrap()).unwrap();
        CString::new([&home[..], b"/", name.as_bytes()].concat()).unwrap()
    }

    fn forget(path: &CStr) {
        unlink(path).unwrap();
        std::fs::remove_dir(super::super::as_path(path).parent().unwrap()).unwrap();
    }

    #[test]
    fn what_is_in_memory_is_read_and_the_rest_refused() {
        let path = scratch("a");
        let fd = open_to_write(&path, libc::O_CREAT | libc::O_RDWR, 0o644).unwrap();
        write_all(fd, &[7; 10_000]).unwrap();
        let mut bytes = [0; 4096];
        assert_eq!(read_cached(fd, &mut bytes, Some(9_000)), Ok(1_000));
        assert_eq!(read_cached(fd, &mut bytes, Some(10_000)), Ok(0));
        assert_eq!(bytes[..1_000], [7; 1_000]);
        assert_eq!(stat_cached(&path, true).unwrap(), fstat(fd).unwrap());
        assert_eq!(mount_of_path(&path), mount_of(fd));
        let missing = CString::new([path.to_bytes(), b"-missing"].concat()).unwrap();
        assert_eq!(mount_of_path(&missing), mount_of(fd));
        close(fd).unwrap();
        let whole = |max| read_whole_cached(&path, libc::O_RDONLY, max).unwrap();
        assert!(matches!(whole(10_000), WholeFile::Bytes(bytes) if bytes == [7; 10_000]));
        let WholeFile::Opened(large) = whole(9_999) else {
            panic!("it is larger than that");
        };
        assert_eq!(move_by(large, 0), Ok(0), "to be read from its beginning");
        close(large).unwrap();
        std::fs::write(super::super::as_path(&path), b"").unwrap();
        let WholeFile::Opened(empty) = whole(1) else {
            panic!("it may have something to read");
        };
        close(empty).unwrap();
        forget(&path);
        let refused = read_whole_cached(&path, libc::O_RDONLY, 1);
        assert!(matches!(refused, Err(Errno::ENOENT | Errno::EAGAIN)));
    }

    #[test]
    fn whole_files_are_written_over() {
        let path = scratch("a");
        let flags = libc::O_CREAT | libc::O_WRONLY | libc::O_TRUNC;
        let check = |bytes: &[u8], flags: i32, expect: &[u8]| {
            let outcome = write_whole(&path, bytes, flags, 0o644, 100).unwrap();
            assert!(matches!(outcome, WholeWrite::Written(Ok(()))));
            assert_eq!(super::super::read_whole(&path).unwrap(), expect);
        };
        check(b"0123456789", flags, b"0123456789");
        check(b"abc", flags, b"abc");
        check(b"defgh", flags, b"defgh");
        check(b"ij", libc::O_WRONLY | libc::O_APPEND, b"defghij");
        check(b"kl", libc::O_WRONLY, b"klfghij");
        check(b"mn", flags | libc::O_APPEND, b"mn");
        check(b"opq", flags | libc::O_APPEND, b"opq");
        check(b"", flags, b"");
        let device = write_whole(c"/dev/null", b"a", flags, 0, 0).unwrap();
        let WholeWrite::Opened(fd) = device else {
            panic!("it is no file");
        };
        close(fd).unwrap();
        forget(&path);
    }

    #[test]
    fn nothing_waits_for_the_other_end_of_a_fifo() {
        let path = scratch("fifo");
        call!(mkfifo(path.as_ptr(), 0o600)).unwrap();
        let nobody = open_to_write(&path, libc::O_WRONLY, 0);
        assert_eq!(nobody, Err(Errno(libc::ENXIO)));
        let opened = read_whole_cached(&path, libc::O_RDONLY, 100).unwrap();
        let WholeFile::Opened(reader) = opened else {
            panic!("a fifo has no size");
        };
        assert_eq!(kind_by_mode(reader), FdKind::Pipe);
        let writer = open_to_write(&path, libc::O_WRONLY, 0).unwrap();
        assert_eq!(read_cached(reader, &mut [0; 8], None), Err(Errno::EAGAIN));
        write_all(writer, b"abc").unwrap();
        // Pipes of pipe(2) can be read so; a fifo of the file system is left to the ring.
        let outcome = read_cached(reader, &mut [0; 8], None);
        assert!(matches!(outcome, Ok(3) | Err(Errno::EAGAIN)));
        for fd in [reader, writer] {
            close(fd).unwrap();
        }
        forget(&path);
    }
}
