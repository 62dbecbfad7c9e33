//! System errors as numbers, with the names and texts a Node user knows.

mod table;

/// A positive error number. Errors travel as this type and reach JS as its negative
/// ([`Errno::result`]).
#[derive(Copy, Clone, PartialEq, Eq, Hash)]
pub struct Errno(pub i32);

macro_rules! named {
    ($($name:ident)*) => { $(pub const $name: Errno = Errno(libc::$name);)* };
}

impl Errno {
    named! {
        EPERM ENOENT ESRCH EINTR EIO ENXIO EBADF ECHILD EAGAIN ENOMEM EACCES EBUSY EEXIST EXDEV
        ENODEV ENOTDIR EISDIR EINVAL EDESTADDRREQ ENFILE EMFILE ENOTTY EFBIG ENOSPC ESPIPE EROFS
        EPIPE ERANGE ENAMETOOLONG ENOSYS ENOTEMPTY ELOOP EBADFD EBADR ETIME EOVERFLOW EILSEQ
        ENOTSOCK EMSGSIZE EOPNOTSUPP EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETUNREACH ECONNABORTED
        ECONNRESET ENOBUFS EISCONN ENOTCONN ETIMEDOUT ECONNREFUSED EHOSTUNREACH EALREADY
        EINPROGRESS ECANCELED EOWNERDEAD
    }

    /// What the last failed call of this thread left behind.
    pub(crate) fn last() -> Errno {
        Errno(
            std::io::Error::last_os_error()
                .raw_os_error()
                .unwrap_or(libc::EIO),
        )
    }

    pub(crate) fn of(error: &std::io::Error) -> Errno {
        Errno(error.raw_os_error().unwrap_or(libc::EIO))
    }

    /// The negative number, as results and completions carry it.
    #[inline]
    pub const fn result(self) -> i32 {
        -self.0
    }

    /// Splits a result (0 and up, or a negative error number).
    #[inline]
    pub const fn split(result: i32) -> Result<u32, Errno> {
        if result >= 0 {
            Ok(result as u32)
        } else {
            Err(Errno(-result))
        }
    }

    /// `ECONNRESET` and the like; `UNKNOWN` for numbers that no table has.
    pub fn name(self) -> &'static str {
        self.row().map_or("UNKNOWN", |row| row.1)
    }

    /// Node's text for it, for example `connection reset by peer`.
    pub fn message(self) -> &'static str {
        self.row().map_or("unknown error", |row| row.2)
    }

    /// Number, name and text of every error Node lists in `util.getSystemErrorMap()`.
    pub fn all() -> impl Iterator<Item = (i32, &'static str, &'static str)> {
        table::ROWS
            .iter()
            .filter(|row| row.3)
            .map(|row| (row.0, row.1, row.2))
    }

    fn row(self) -> Option<&'static table::Row> {
        let found = table::ROWS.binary_search_by_key(&self.0, |row| row.0);
        found.ok().map(|index| &table::ROWS[index])
    }
}

impl std::fmt::Display for Errno {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.name(), self.message())
    }
}

impl std::fmt::Debug for Errno {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Errno({} {})", self.0, self.name())
    }
}

impl std::error::Error for Errno {}

/// Turns a C library result into ours: negative means "see errno".
pub(crate) trait Checked: Sized {
    fn checked(self) -> Result<Self, Errno>;
}

macro_rules! checked {
    ($($kind:ty)*) => { $(
        impl Checked for $kind {
            #[inline]
            fn checked(self) -> Result<$kind, Errno> {
                if self < 0 { Err(Errno::last()) } else { Ok(self) }
            }
        }
    )* };
}
checked! { i32 i64 isize }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_sorted_and_complete() {
        assert!(table::ROWS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        // 41 and 58 are holes in Linux's own numbering.
        for number in (1..=133).filter(|number| ![41, 58].contains(number)) {
            assert_ne!(Errno(number).name(), "UNKNOWN", "{number}");
        }
    }

    #[test]
    fn names_and_texts() {
        for (errno, name, message) in [
            (Errno::ECONNRESET, "ECONNRESET", "connection reset by peer"),
            (
                Errno(libc::EOPNOTSUPP),
                "ENOTSUP",
                "operation not supported on socket",
            ),
            (Errno(4095), "EOF", "end of file"),
            (Errno(777), "UNKNOWN", "unknown error"),
        ] {
            assert_eq!((errno.name(), errno.message()), (name, message));
        }
        assert_eq!(Errno::split(-104), Err(Errno::ECONNRESET));
        assert_eq!(Errno::split(3), Ok(3));
    }
}
