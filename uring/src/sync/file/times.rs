//! Setting the times of files.

use crate::errno::Errno;
use crate::fd::Fd;
use crate::stat::FileTime;
use crate::sync::call;
use std::ffi::CStr;

/// Seconds since 1970, before it if negative, as the kernel wants them. Rounds to microseconds'
/// neighbourhood as far as a double can tell; not a number and the infinities mean "now" and
/// "leave as it is".
fn timespec(seconds: f64) -> libc::timespec {
    if seconds.is_nan() {
        return libc::timespec {
            tv_sec: 0,
            tv_nsec: libc::UTIME_OMIT,
        };
    }
    if seconds.is_infinite() {
        return libc::timespec {
            tv_sec: 0,
            tv_nsec: libc::UTIME_NOW,
        };
    }
    let whole = seconds.floor();
    // A double near the present has steps of a quarter microsecond: round what lies below.
    let microseconds = ((seconds - whole) * 1e6).round() as i64;
    let (carry, rest) = (microseconds / 1_000_000, microseconds % 1_000_000);
    libc::timespec {
        tv_sec: whole as i64 + carry,
        tv_nsec: rest * 1000,
    }
}

/// Sets access and modification time. Not following means: of a link itself. NaN leaves a time as
/// it is, an infinity means now.
pub fn set_times(path: &CStr, accessed: f64, modified: f64, follow: bool) -> Result<(), Errno> {
    let times = [timespec(accessed), timespec(modified)];
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
    let times = [timespec(accessed), timespec(modified)];
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
            (1_700_000_000.123, (1_700_000_000, 123_000_000)),
            (0.9999999, (1, 0)),
        ] {
            let time = timespec(seconds);
            assert_eq!((time.tv_sec, time.tv_nsec), expected, "{seconds}");
        }
        assert_eq!(timespec(f64::NAN).tv_nsec, libc::UTIME_OMIT);
        assert_eq!(timespec(f64::INFINITY).tv_nsec, libc::UTIME_NOW);
    }
}
