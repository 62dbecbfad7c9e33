//! File descriptors as plain names.
//!
//! An [`Fd`] does not own: descriptors are named by JS programs as integers and are closed through
//! [`Op::Close`](crate::Op::Close) after every flight on them has ended, which a destructor
//! cannot wait for. Whoever holds an `Fd` closes it, exactly once.

/// One open descriptor of this process.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Fd(i32);

impl Fd {
    pub const STDIN: Fd = Fd(0);
    pub const STDOUT: Fd = Fd(1);
    pub const STDERR: Fd = Fd(2);

    /// Any number from 0 on; whether it is open is for the kernel to say.
    #[inline]
    pub const fn new(raw: i32) -> Fd {
        assert!(raw >= 0);
        Fd(raw)
    }

    #[inline]
    pub const fn raw(self) -> i32 {
        self.0
    }
}
