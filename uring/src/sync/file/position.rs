//! Where a descriptor stands, for writes of the ring that go on from there.
//!
//! The ring's own way (offset -1) is not used for them: when the disk becomes full in the midst of
//! such a write, the kernel tells of the part that it wrote, but leaves the descriptor before that
//! part, and the next write destroys it [measured on 6.18]. So the place is taken before, which
//! also gives writes that are in flight together their places in the order they were asked for.

use crate::errno::Errno;
use crate::fd::Fd;
use crate::sync::call;

/// Moves the descriptor behind the next `bytes`, and tells where these begin. None where there are
/// no places (pipes), or the kernel finds them itself (O_APPEND).
pub fn claim(fd: Fd, bytes: u32) -> Option<u64> {
    let flags = call!(fcntl(fd.raw(), libc::F_GETFL)).ok()?;
    if flags & libc::O_APPEND != 0 {
        return None;
    }
    let start = move_by(fd, 0).ok()?;
    // What may not stand so far may not be written to there either.
    move_by(fd, i64::from(bytes)).ok()?;
    u64::try_from(start).ok()
}

/// Moves the descriptor back behind the `used` bytes of a claim, unless somebody moved it since.
pub fn give_back(fd: Fd, start: u64, claimed: u32, used: u32) {
    let end = start as i64 + i64::from(claimed);
    if move_by(fd, 0) == Ok(end) {
        // It stood there a moment ago; should that have changed, nothing is to be given back.
        let _ = move_by(fd, i64::from(used) - i64::from(claimed));
    }
}

/// lseek(2), from where it stands.
pub(super) fn move_by(fd: Fd, bytes: i64) -> Result<i64, Errno> {
    call!(lseek(fd.raw(), bytes, libc::SEEK_CUR))
}

#[cfg(test)]
mod tests {
    use super::super::{close, open, pipe, unlink, write};
    use super::*;
    use std::ffi::CString;

    #[test]
    fn claims_follow_each_other_and_are_given_back() {
        let name = format!("coring-position-{}", std::process::id());
        let path = std::env::temp_dir().join(name).into_os_string();
        let path = CString::new(path.into_encoded_bytes()).unwrap();
        let flags = libc::O_CREAT | libc::O_RDWR | libc::O_TRUNC;
        let fd = open(&path, flags, 0o600).unwrap();
        assert_eq!(write(fd, b"abc", None), Ok(3));
        assert_eq!((claim(fd, 10), claim(fd, 5)), (Some(3), Some(13)));
        give_back(fd, 3, 10, 0);
        assert_eq!(
            move_by(fd, 0),
            Ok(18),
            "the second claim stands behind the first"
        );
        give_back(fd, 13, 5, 2);
        assert_eq!(move_by(fd, 0), Ok(15));
        let behind = open(&path, libc::O_WRONLY | libc::O_APPEND, 0).unwrap();
        assert_eq!(claim(behind, 5), None);
        for fd in [fd, behind] {
            close(fd).unwrap();
        }
        assert_eq!(claim(fd, 5), None);
        unlink(&path).unwrap();
        let (out, input) = pipe().unwrap();
        assert_eq!(claim(input, 5), None);
        for fd in [out, input] {
            close(fd).unwrap();
        }
    }
}
