//! Being told of changes, inotify(7). The descriptor is read through the ring; what it gives are
//! records of `struct inotify_event`.

use crate::errno::Errno;
use crate::fd::Fd;
use crate::sync::call;
use std::ffi::CStr;

/// A new queue of events, close-on-exec. It blocks, since the ring waits by polling it and a
/// non-blocking one would only say EAGAIN.
pub fn open_watch() -> Result<Fd, Errno> {
    call!(inotify_init1(libc::IN_CLOEXEC)).map(Fd::new)
}

/// Watches a path for the events of `mask`; the number names the watch. A second watch of the
/// same file is the first one, with the new mask.
pub fn add_watch(queue: Fd, path: &CStr, mask: u32) -> Result<i32, Errno> {
    call!(inotify_add_watch(queue.raw(), path.as_ptr(), mask))
}

/// Ends a watch; an IN_IGNORED event follows.
pub fn remove_watch(queue: Fd, watch: i32) -> Result<(), Errno> {
    call!(inotify_rm_watch(queue.raw(), watch)).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::file::{
        close, make_temporary_directory, open, read, remove_directory, unlink,
    };
    use std::ffi::CString;

    #[test]
    fn changes_are_told() {
        let prefix = std::env::temp_dir().join("coring-watch-");
        let prefix = CString::new(prefix.into_os_string().into_encoded_bytes()).unwrap();
        let home = make_temporary_directory(&prefix).unwrap();
        let file = CString::new([&home[..], b"/a"].concat()).unwrap();
        let home = CString::new(home).unwrap();
        let queue = open_watch().unwrap();
        let watch = add_watch(queue, &home, libc::IN_CREATE).unwrap();
        assert_eq!(add_watch(queue, &home, libc::IN_CREATE), Ok(watch));
        close(open(&file, libc::O_CREAT | libc::O_WRONLY, 0o600).unwrap()).unwrap();
        let mut bytes = [0; 256];
        let count = read(queue, &mut bytes, None).unwrap();
        assert!(count >= 16);
        assert_eq!(bytes[..4], watch.to_ne_bytes());
        assert_eq!(bytes[4..8], libc::IN_CREATE.to_ne_bytes());
        assert_eq!(&bytes[16..18], b"a\0");
        remove_watch(queue, watch).unwrap();
        assert_eq!(remove_watch(queue, watch), Err(Errno::EINVAL));
        assert_eq!(add_watch(queue, &file, 0), Err(Errno::EINVAL));
        unlink(&file).unwrap();
        remove_directory(&home).unwrap();
        assert_eq!(add_watch(queue, &home, libc::IN_CREATE), Err(Errno::ENOENT));
        close(queue).unwrap();
    }
}
