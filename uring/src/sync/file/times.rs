//! Setting the times of files.

use crate::errno::Errno;
use crate::fd::Fd;
use crate::stat::FileTime;
use crate::sync::call;
use std::ffi::CStr;

/// 2^63: the first number of seconds that is too large for the kernel.
const SECONDS_END: f64 = 9_223_372_036_854_775_808.0;

/// Seconds since 1970, before it if negative, as the kernel wants them: cut, not rounded, to
/// nanoseconds, as libuv's uv__fs_to_timespec. Not a number and the infinities mean "leave as it
/// is" and "now"; what no clock can show is refused.
fn timespec(seconds: f64) -> Result<libc::timespec, Errno> {
    let special = |tv_nsec| Ok(libc::timespec { tv_sec: 0, tv_nsec });
    if seconds.is_nan() {
        return special(libc::UTIME_OMIT);
    }
    if seconds.is_infinite() {
        return special(libc::UTIME_NOW);
    }
    if seconds.abs() >= SECONDS_END {
        return Err(Errno::EINVAL);
    }
    let whole = seconds.trunc();
    let nanoseconds = ((seconds - whole) * 1e9) as i64;
    let borrow = i64::from(nanoseconds < 0);
    Ok(libc::timespec {
        tv_sec: whole as i64 - borrow,
        tv_nsec: nanoseconds + borrow * 1_000_000_000,
    })
}

/// Sets access and modification time. Not following means: of a link itself. NaN leaves a time as
/// it is, an infinity means now.
pub fn set_times(path: &CStr, accessed: f64, modified: f64, follow: bool) -> Result<(), Errno> {
    let times = [timespec(accessed)?, timespec(modified)?];
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    call!(utimensat(
        libc::AT_FDCWD,
        path.as_ptr(),
        times.as_ptr(),
        flags
    ))
    .map(|_| ())
}

pub fn set_times_fd(fd: Fd, accessed: f64, modified: f64) -> Result<(), Errno> {
    let times = [timespec(accessed)?, timespec(modified)?];
    call!(futimens(fd.raw(), times.as_ptr())).map(|_| ())
}

/// Gives a file the times of access and modification of another one, to the nanosecond.
pub fn copy_times(from: &CStr, to: &CStr) -> Result<(), Errno> {
    let facts = super::stat(from)?;
    let exact = |time: FileTime| libc::timespec {
        tv_sec: time.seconds,
        tv_nsec: time.nanoseconds.into(),
    };
    let times = [exact(facts.accessed), exact(facts.modified)];
    call!(utimensat(libc::AT_FDCWD, to.as_ptr(), times.as_ptr(), 0)).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_split() {
        for (seconds, expected) in [
            (0.0, (0, 0)),
            (1.5, (1, 500_000_000)),
            (-0.5, (-1, 500_000_000)),
            (-1234.567, (-1235, 433_000_000)),
            (1_700_000_000.123, (1_700_000_000, 122_999_906)),
            (0.9999999, (0, 999_999_900)),
        ] {
            let time = timespec(seconds).unwrap();
            assert_eq!((time.tv_sec, time.tv_nsec), expected, "{seconds}");
        }
        assert_eq!(timespec(f64::NAN).unwrap().tv_nsec, libc::UTIME_OMIT);
        assert_eq!(timespec(f64::INFINITY).unwrap().tv_nsec, libc::UTIME_NOW);
        for seconds in [1e20, -1e20, SECONDS_END, -SECONDS_END] {
            assert_eq!(timespec(seconds).err(), Some(Errno::EINVAL));
        }
    }
}
