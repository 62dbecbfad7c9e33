//! Terminals: size, and the raw mode that a line editor needs.

use super::call;
use crate::errno::Errno;
use crate::fd::Fd;
use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI32, Ordering};

/// The terminal that is in raw mode, as it was before. One per process, as a process has one
/// controlling terminal; `restore_all` gives it back at exit.
static BEFORE: Mutex<Option<(Fd, libc::termios)>> = Mutex::new(None);

pub fn is_terminal(fd: Fd) -> bool {
    // SAFETY: touches no memory of ours.
    (unsafe { libc::isatty(fd.raw()) }) == 1
}

/// Columns and rows.
pub fn window_size(fd: Fd) -> Result<(u16, u16), Errno> {
    let mut size = libc::winsize {
        ws_row: 0,
        ws_col: 0,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    super::retried(|| call!(ioctl(fd.raw(), libc::TIOCGWINSZ, &raw mut size)))?;
    Ok((size.ws_col, size.ws_row))
}

/// How a terminal treats keys.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum RawMode {
    /// As it was found.
    Normal,
    /// Every key arrives at once, unechoed, Ctrl-C too; output still turns \n into \r\n.
    Raw,
    /// As `Raw`, and output goes out as it is.
    Io,
}

pub fn raw_mode(fd: Fd, wanted: RawMode) -> Result<(), Errno> {
    let on = wanted != RawMode::Normal;
    let mut before = BEFORE.lock().expect("no holder of this lock can panic");
    match (*before, on) {
        (None, true) => {
            let mode = attributes(fd)?;
            set_attributes(fd, &raw(mode, wanted))?;
            guard(fd, mode);
            *before = Some((fd, mode));
            Ok(())
        }
        (Some((_, mode)), false) => {
            set_attributes(fd, &mode)?;
            GUARDED_FD.store(NOT_GUARDED, Ordering::Release);
            *before = None;
            Ok(())
        }
        (Some((_, mode)), true) => set_attributes(fd, &raw(mode, wanted)),
        (None, false) => attributes(fd).map(|_| ()),
    }
}

/// Gives the terminal back as it was found; for every exit of the process.
pub fn restore_all() {
    // A thread that died with the lock is no reason to leave the terminal raw.
    let mut before = BEFORE
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some((fd, mode)) = before.take() {
        // The terminal may be gone by now, and nobody is left to tell.
        let _ = set_attributes(fd, &mode);
    }
}

const NOT_GUARDED: i32 = -1;

/// What a signal that ends the process gives back: `BEFORE` again, for a handler that may take no
/// lock. The mode is valid while the descriptor is.
static GUARDED_FD: AtomicI32 = AtomicI32::new(NOT_GUARDED);
static GUARDED_MODE: GuardedMode = GuardedMode(UnsafeCell::new(MaybeUninit::uninit()));

struct GuardedMode(UnsafeCell<MaybeUninit<libc::termios>>);

// SAFETY: written only under the lock of BEFORE while GUARDED_FD says that nobody reads it.
unsafe impl Sync for GuardedMode {}

/// Has SIGINT and SIGTERM give the terminal back before they end the process.
fn guard(fd: Fd, mode: libc::termios) {
    GUARDED_FD.store(NOT_GUARDED, Ordering::Release);
    // SAFETY: the caller holds the lock of BEFORE, and a handler reads only behind a descriptor.
    unsafe { (*GUARDED_MODE.0.get()).write(mode) };
    GUARDED_FD.store(fd.raw(), Ordering::Release);
    let handler: extern "C" fn(libc::c_int) = give_back;
    for signal in [libc::SIGINT, libc::SIGTERM] {
        // Whoever started the process wants it to ignore the signal.
        if take_course(signal, handler as libc::sighandler_t) == libc::SIG_IGN {
            take_course(signal, libc::SIG_IGN);
        }
    }
}

/// What a signal does from now on; gives what it did.
fn take_course(signal: libc::c_int, course: libc::sighandler_t) -> libc::sighandler_t {
    // SAFETY: a course of the kernel's own, or `give_back`, which makes only calls that
    // signal-safety(7) allows.
    unsafe { libc::signal(signal, course) }
}

extern "C" fn give_back(signal: libc::c_int) {
    let fd = GUARDED_FD.swap(NOT_GUARDED, Ordering::AcqRel);
    if fd != NOT_GUARDED {
        // SAFETY: the mode was written before the descriptor, and nobody writes while it is set.
        let mode = unsafe { &*GUARDED_MODE.0.get() };
        // SAFETY: an initialised mode, which the call only reads.
        unsafe { libc::tcsetattr(fd, libc::TCSANOW, mode.as_ptr()) };
    }
    // Blocked while this handler runs, the signal takes its default course afterwards.
    take_course(signal, libc::SIG_DFL);
    // SAFETY: no memory is involved.
    unsafe { libc::raise(signal) };
}

fn raw(mut mode: libc::termios, wanted: RawMode) -> libc::termios {
    mode.c_iflag &= !(libc::BRKINT | libc::ICRNL | libc::INPCK | libc::ISTRIP | libc::IXON);
    match wanted {
        RawMode::Io => mode.c_oflag &= !libc::OPOST,
        RawMode::Raw | RawMode::Normal => mode.c_oflag |= libc::ONLCR,
    }
    mode.c_cflag |= libc::CS8;
    mode.c_lflag &= !(libc::ECHO | libc::ICANON | libc::IEXTEN | libc::ISIG);
    mode.c_cc[libc::VMIN] = 1;
    mode.c_cc[libc::VTIME] = 0;
    mode
}

fn attributes(fd: Fd) -> Result<libc::termios, Errno> {
    // SAFETY: plain numbers, for which zero is valid.
    let mut mode: libc::termios = unsafe { std::mem::zeroed() };
    call!(tcgetattr(fd.raw(), &raw mut mode))?;
    Ok(mode)
}

fn set_attributes(fd: Fd, mode: &libc::termios) -> Result<(), Errno> {
    super::retried(|| call!(tcsetattr(fd.raw(), libc::TCSADRAIN, mode))).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::file;

    /// A terminal of our own: both ends.
    fn terminal() -> (Fd, Fd) {
        let main = file::open(c"/dev/ptmx", libc::O_RDWR | libc::O_NOCTTY, 0).unwrap();
        let mut locked: i32 = 0;
        call!(ioctl(main.raw(), libc::TIOCSPTLCK, &raw mut locked)).unwrap();
        let flags = libc::O_RDWR | libc::O_NOCTTY;
        let other = call!(ioctl(main.raw(), libc::TIOCGPTPEER, flags)).unwrap();
        (main, Fd::new(other))
    }

    #[test]
    fn raw_mode_comes_and_goes() {
        let (main, tty) = terminal();
        assert!(is_terminal(tty));
        assert_eq!(file::kind_of_fd(tty), file::FdKind::Terminal);
        assert_eq!(window_size(tty), Ok((0, 0)));
        let lines = |fd| attributes(fd).unwrap().c_lflag & (libc::ICANON | libc::ECHO);
        let before = lines(tty);
        assert_ne!(before, 0);
        raw_mode(tty, RawMode::Raw).unwrap();
        raw_mode(tty, RawMode::Raw).unwrap();
        assert_eq!(lines(tty), 0);
        restore_all();
        assert_eq!(lines(tty), before);
        raw_mode(tty, RawMode::Normal).unwrap();
        file::close(main).unwrap();
        file::close(tty).unwrap();
        let (out, input) = file::pipe().unwrap();
        assert_eq!(raw_mode(out, RawMode::Raw), Err(Errno::ENOTTY));
        assert_eq!(window_size(out), Err(Errno::ENOTTY));
        file::close(out).unwrap();
        file::close(input).unwrap();
    }
}
