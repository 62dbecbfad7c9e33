//! Signals as data: blocked in every thread, and read from a descriptor by one ring.

use super::call;
use crate::errno::Errno;
use crate::fd::Fd;

/// struct signalfd_siginfo: signo:4 errno:4 code:4 pid:4 uid:4 .. 128 bytes in all.
const INFO_BYTES: usize = size_of::<libc::signalfd_siginfo>();
const _: () = assert!(INFO_BYTES == 128);

/// One signal that came.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct SignalInfo {
    pub signal: i32,
    /// Who sent it, if somebody did.
    pub pid: u32,
    pub user: u32,
}

/// Keeps the signals from interrupting the calling thread and all threads it starts from now on.
/// Call it before any thread is started.
pub fn block(signals: &[i32]) -> Result<(), Errno> {
    mask(libc::SIG_BLOCK, signals)
}

/// Leaves every signal to other threads; those that tell a fault of this one cannot be left.
pub fn block_all() -> Result<(), Errno> {
    let faults = [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL];
    let all = (1..32).filter(|signal| !faults.contains(signal));
    block(&all.collect::<Vec<i32>>())
}

/// The signals that a program may listen to: all but those that tell a fault of the thread itself,
/// those that cannot be caught, and SIGPROF, by which V8 takes its samples.
pub fn listenable() -> impl Iterator<Item = i32> {
    let others = [
        libc::SIGILL,
        libc::SIGTRAP,
        libc::SIGABRT,
        libc::SIGBUS,
        libc::SIGFPE,
        libc::SIGKILL,
        libc::SIGSEGV,
        libc::SIGSTOP,
        libc::SIGPROF,
    ];
    (1..32).filter(move |signal| !others.contains(signal))
}

/// Undoes `block`, for the calling thread.
pub fn unblock(signals: &[i32]) -> Result<(), Errno> {
    mask(libc::SIG_UNBLOCK, signals)
}

/// Calls `act` with all signals left to other threads: a thread that it makes inherits that.
pub fn blocked_while(act: &mut dyn FnMut()) {
    let former = set_of(&[]).and_then(|mut former| {
        let all = set_of(&listenable().collect::<Vec<i32>>())?;
        call!(sigprocmask(
            libc::SIG_BLOCK,
            &raw const all,
            &raw mut former
        ))?;
        Ok(former)
    });
    act();
    if let Ok(former) = former {
        let nothing = std::ptr::null_mut();
        // What was in force before can be in force again.
        let _ = call!(sigprocmask(libc::SIG_SETMASK, &raw const former, nothing));
    }
}

/// A descriptor from which blocked signals are read ([`Op::ReadMulti`](crate::Op::ReadMulti), then
/// [`decode`]).
pub fn descriptor(signals: &[i32]) -> Result<Fd, Errno> {
    let set = set_of(signals)?;
    let flags = libc::SFD_CLOEXEC | libc::SFD_NONBLOCK;
    call!(signalfd(-1, &raw const set, flags)).map(Fd::new)
}

/// Changes what an existing descriptor listens to.
pub fn change_descriptor(fd: Fd, signals: &[i32]) -> Result<(), Errno> {
    let set = set_of(signals)?;
    call!(signalfd(fd.raw(), &raw const set, 0)).map(|_| ())
}

/// Whether a blocked signal waits already: a second one of the same kind would be lost.
pub fn is_pending(signal: i32) -> bool {
    let Ok(mut set) = set_of(&[]) else {
        return false;
    };
    call!(sigpending(&raw mut set)).is_ok()
        && call!(sigismember(&raw const set, signal)).is_ok_and(|found| found == 1)
}

/// The signals in bytes read from a descriptor.
pub fn decode(bytes: &[u8]) -> impl Iterator<Item = SignalInfo> + '_ {
    let word =
        |info: &[u8], at: usize| u32::from_ne_bytes(info[at..at + 4].try_into().expect("4 bytes"));
    bytes.chunks_exact(INFO_BYTES).map(move |info| SignalInfo {
        signal: word(info, 0) as i32,
        pid: word(info, 12),
        user: word(info, 16),
    })
}

/// Waits until one of these blocked signals comes; gives its number (sigwait(3)).
pub fn wait(signals: &[i32]) -> Result<i32, Errno> {
    let set = set_of(signals)?;
    let mut signal = 0;
    // SAFETY: both pointers are to locals that outlive the call.
    let error = unsafe { libc::sigwait(&raw const set, &raw mut signal) };
    if error == 0 {
        Ok(signal)
    } else {
        Err(Errno(error))
    }
}

/// Writing to a closed pipe or socket, or beyond the limit of a file's size, shall be an error,
/// not the end of the process.
pub fn ignore_failed_writes() {
    for signal in [libc::SIGPIPE, libc::SIGXFSZ] {
        // SAFETY: ignoring a signal runs no code of ours.
        let former = unsafe { libc::signal(signal, libc::SIG_IGN) };
        assert!(former != libc::SIG_ERR);
    }
}

/// Gives a signal back to the kernel's own treatment (ending the process, mostly).
pub fn restore_default(signal: i32) -> Result<(), Errno> {
    // SAFETY: the default treatment runs no code of ours.
    let former = unsafe { libc::signal(signal, libc::SIG_DFL) };
    if former == libc::SIG_ERR {
        Err(Errno::last())
    } else {
        Ok(())
    }
}

/// Sends a signal to the calling thread's process, to be taken by the default treatment.
pub fn raise(signal: i32) -> Result<(), Errno> {
    call!(kill(std::process::id() as i32, signal)).map(|_| ())
}

fn set_of(signals: &[i32]) -> Result<libc::sigset_t, Errno> {
    // SAFETY: plain numbers, for which zero is valid.
    let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
    call!(sigemptyset(&raw mut set))?;
    for &signal in signals {
        call!(sigaddset(&raw mut set, signal))?;
    }
    Ok(set)
}

fn mask(how: i32, signals: &[i32]) -> Result<(), Errno> {
    let set = set_of(signals)?;
    // SAFETY: the set is ours; the former mask is not asked for.
    let result = unsafe { libc::pthread_sigmask(how, &raw const set, std::ptr::null_mut()) };
    if result == 0 {
        Ok(())
    } else {
        Err(Errno(result))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocked_signals_are_read() {
        block(&[libc::SIGUSR2]).unwrap();
        assert!(!is_pending(libc::SIGUSR2));
        let fd = descriptor(&[libc::SIGUSR2]).unwrap();
        let mut bytes = [0; 2 * INFO_BYTES];
        assert_eq!(
            crate::sync::file::read(fd, &mut bytes, None),
            Err(Errno::EAGAIN)
        );
        // SAFETY: the signal is blocked in this thread, which is the one it goes to.
        assert_eq!(unsafe { libc::raise(libc::SIGUSR2) }, 0);
        assert!(is_pending(libc::SIGUSR2));
        let count = crate::sync::file::read(fd, &mut bytes, None).unwrap();
        let infos: Vec<SignalInfo> = decode(&bytes[..count]).collect();
        assert_eq!(infos.len(), 1);
        assert_eq!(
            (infos[0].signal, infos[0].pid),
            (libc::SIGUSR2, std::process::id())
        );
        crate::sync::file::close(fd).unwrap();
        unblock(&[libc::SIGUSR2]).unwrap();
    }

    #[test]
    fn no_such_signal() {
        assert_eq!(block(&[1000]), Err(Errno::EINVAL));
        assert!(decode(&[0; INFO_BYTES - 1]).next().is_none());
    }
}
