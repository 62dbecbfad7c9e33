//! This process: who it is, where it stands, what it is called.

use crate::completion::ChildExit;
use crate::errno::{Checked, Errno};
use crate::fd::Fd;
use crate::sync::call;
use std::ffi::{CStr, CString};
use std::os::unix::ffi::OsStringExt;
use std::time::Duration;

mod run;
mod spawn;
mod usage;

pub use run::{Limits, Outcome, Stdio, run};
pub use spawn::Spawn;
pub use usage::{
    Usage, affinity, leave_processor, resident_bytes, thread_usage, thread_waits_count, threads,
    usage,
};

/// PR_SET_NAME takes 15 bytes and a terminator.
const NAME_BYTES_MAX: usize = 15;
/// Groups asked for at a time are as many as there are; this only bounds a race.
const GROUPS_ATTEMPTS_MAX: u32 = 8;

pub fn id() -> i32 {
    std::process::id() as i32
}

/// The calling thread's number, as the kernel and other tools know it.
pub fn thread_id() -> i32 {
    call!(gettid()).expect("gettid cannot fail")
}

pub fn parent_id() -> i32 {
    std::os::unix::process::parent_id() as i32
}

/// One number about the process, from a call that cannot fail.
macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident = $call:ident;)*) => { $(
        $(#[$doc])*
        pub fn $name() -> u32 {
            // SAFETY: takes nothing, touches no memory.
            unsafe { libc::$call() }
        }
    )* };
}

facts! {
    user_id = getuid;
    effective_user_id = geteuid;
    group_id = getgid;
    effective_group_id = getegid;
}

/// Changes an identity, in all threads (the C library sees to that).
macro_rules! identities {
    ($($name:ident = $call:ident;)*) => { $(
        pub fn $name(id: u32) -> Result<(), Errno> {
            call!($call(id)).map(|_| ())
        }
    )* };
}

identities! {
    set_user_id = setuid;
    set_effective_user_id = seteuid;
    set_group_id = setgid;
    set_effective_group_id = setegid;
}

/// Supplementary groups.
pub fn groups() -> Result<Vec<u32>, Errno> {
    for _ in 0..GROUPS_ATTEMPTS_MAX {
        let count = call!(getgroups(0, std::ptr::null_mut()))?;
        let mut groups = vec![0; count as usize];
        match call!(getgroups(count, groups.as_mut_ptr())) {
            Ok(count) => {
                groups.truncate(count as usize);
                return Ok(groups);
            }
            Err(Errno::EINVAL) => {} // More groups than a moment ago.
            Err(errno) => return Err(errno),
        }
    }
    Err(Errno::EAGAIN)
}

pub fn set_groups(groups: &[u32]) -> Result<(), Errno> {
    call!(setgroups(groups.len(), groups.as_ptr())).map(|_| ())
}

/// Takes over the groups of a user, plus one.
pub fn init_groups(user: &CStr, extra_group: u32) -> Result<(), Errno> {
    call!(initgroups(user.as_ptr(), extra_group)).map(|_| ())
}

/// Sends a signal; 0 only asks whether the process is there.
pub fn kill(pid: i32, signal: i32) -> Result<(), Errno> {
    call!(kill(pid, signal)).map(|_| ())
}

/// A descriptor that is readable once the process has ended.
pub(crate) fn open(pid: i32) -> Result<Fd, Errno> {
    call!(syscall(libc::SYS_pidfd_open, pid, 0)).map(|fd| Fd::new(fd as i32))
}

/// Waits for a child that ends, however long it takes, and reaps it.
pub fn wait(pid: i32) -> Result<ChildExit, Errno> {
    crate::sync::retried(|| crate::flight::reap(pid, 0))
}

/// Sets the bits that new files do not get, or only asks; returns the former ones. Asking sets
/// and resets them for a moment, in all threads.
pub fn umask(mask: Option<u32>) -> u32 {
    let set = |mask: u32| {
        // SAFETY: touches no memory.
        unsafe { libc::umask(mask) }
    };
    let former = set(mask.unwrap_or(0));
    if mask.is_none() {
        set(former);
    }
    former
}

pub fn working_directory() -> Result<Vec<u8>, Errno> {
    let path = std::env::current_dir().map_err(|error| Errno::of(&error))?;
    Ok(path.into_os_string().into_vec())
}

pub fn change_directory(path: &CStr) -> Result<(), Errno> {
    call!(chdir(path.as_ptr())).map(|_| ())
}

pub fn priority(pid: i32) -> Result<i32, Errno> {
    // SAFETY: errno is this thread's own.
    let errno = unsafe { libc::__errno_location() };
    // getpriority(2) may well return -1: only errno tells an error.
    // SAFETY: the address is valid as long as the thread.
    unsafe { errno.write(0) };
    // SAFETY: touches no memory.
    let priority = unsafe { libc::getpriority(libc::PRIO_PROCESS, pid as libc::id_t) };
    match Errno::last() {
        Errno(0) => Ok(priority),
        errno => Err(errno),
    }
}

pub fn set_priority(pid: i32, priority: i32) -> Result<(), Errno> {
    call!(setpriority(libc::PRIO_PROCESS, pid as libc::id_t, priority)).map(|_| ())
}

/// Puts the calling thread behind others: less of the processor by its niceness, and a slice that
/// is long, so that a thread with a shorter one takes its place as soon as it wakes
/// (sched_setattr(2); slices since Linux 6.12, and ignored before).
pub fn stand_back(niceness: i32, slice: Duration) -> Result<(), Errno> {
    let attributes = libc::sched_attr {
        size: size_of::<libc::sched_attr>() as u32,
        sched_policy: libc::SCHED_OTHER as u32,
        sched_flags: 0,
        sched_nice: niceness,
        sched_priority: 0,
        sched_runtime: slice.as_nanos() as u64,
        sched_deadline: 0,
        sched_period: 0,
    };
    let attributes = &raw const attributes;
    call!(syscall(libc::SYS_sched_setattr, 0, attributes, 0)).map(|_| ())
}

/// Names the calling thread, as far as 15 bytes go.
pub fn set_thread_name(name: &[u8]) -> Result<(), Errno> {
    let mut bytes = [0u8; NAME_BYTES_MAX + 1];
    let count = name.len().min(NAME_BYTES_MAX);
    bytes[..count].copy_from_slice(&name[..count]);
    call!(prctl(libc::PR_SET_NAME, bytes.as_ptr())).map(|_| ())
}

/// Names the process for ps(1): overwrites the bytes of its command line, as far as they go, and
/// names the calling thread. Whoever reads the command line later reads the title, so read it
/// before. Returns how many bytes fit; 0 where /proc hides the command line.
pub fn set_title(title: &[u8]) -> usize {
    // Best effort on both ends: a name is for people who look at lists of processes.
    let _ = set_thread_name(title);
    let Ok((start, end)) = command_line() else {
        return 0;
    };
    assert!(start < end);
    let room = end - start - 1;
    let count = title.len().min(room);
    let area = std::ptr::with_exposed_provenance_mut::<u8>(start);
    // SAFETY: the kernel says that the process's own, writable command line lies at start..end. Its
    // only readers in this process are copies made before (see above).
    unsafe { area.write_bytes(0, end - start) };
    // SAFETY: as above; count < end - start.
    unsafe { area.copy_from_nonoverlapping(title.as_ptr(), count) };
    count
}

/// Fields 48 and 49 of /proc/self/stat; the name in field 2 may hold blanks and brackets.
fn command_line() -> Result<(usize, usize), Errno> {
    let text = std::fs::read_to_string("/proc/self/stat").map_err(|error| Errno::of(&error))?;
    let rest = text
        .rsplit_once(')')
        .map(|(_, rest)| rest)
        .ok_or(Errno::EIO)?;
    let mut fields = rest.split_ascii_whitespace().skip(45);
    let mut next = || {
        fields
            .next()
            .and_then(|field| field.parse().ok())
            .ok_or(Errno::EIO)
    };
    match (next()?, next()?) {
        (start, end) if start < end => Ok((start, end)),
        _ => Err(Errno::EPERM), // Zero for a process that may not be looked at.
    }
}

/// The soft limit of open descriptors, raised to the hard one.
pub fn raise_open_files_limit() -> Result<u64, Errno> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    call!(getrlimit(libc::RLIMIT_NOFILE, &raw mut limit))?;
    if limit.rlim_cur < limit.rlim_max {
        limit.rlim_cur = limit.rlim_max;
        call!(setrlimit(libc::RLIMIT_NOFILE, &raw const limit))?;
    }
    Ok(limit.rlim_cur)
}

/// RLIMIT_MEMLOCK in bytes; nothing for unlimited.
pub(crate) fn memory_lock_limit() -> Option<u64> {
    soft_limit(libc::RLIMIT_MEMLOCK)
}

/// RLIMIT_AS, of all addresses of the process, in bytes; nothing for unlimited.
pub fn address_space_limit() -> Option<u64> {
    soft_limit(libc::RLIMIT_AS)
}

fn soft_limit(which: libc::__rlimit_resource_t) -> Option<u64> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: limit is ours for the time of the call.
    let result = unsafe { libc::getrlimit(which, &raw mut limit) };
    result.checked().ok()?;
    (limit.rlim_cur != libc::RLIM_INFINITY).then_some(limit.rlim_cur)
}

/// Replaces this process by another program (execve(2)), which gets the standard descriptors.
/// Returns only when it fails.
pub fn execute(path: &CStr, arguments: &[CString], environment: &[CString]) -> Errno {
    let pointers = |texts: &[CString]| -> Vec<*const libc::c_char> {
        let ended = std::iter::once(std::ptr::null());
        texts
            .iter()
            .map(|text| text.as_ptr())
            .chain(ended)
            .collect()
    };
    let (arguments, environment) = (pointers(arguments), pointers(environment));
    for fd in 0..=2 {
        // A closed descriptor stays closed.
        let _ = call!(fcntl(fd, libc::F_SETFD, 0));
    }
    let failed = call!(execve(
        path.as_ptr(),
        arguments.as_ptr(),
        environment.as_ptr()
    ));
    failed.expect_err("execve(2) returns only when it fails")
}

/// Soft and hard limit of a resource (getrlimit(2)); nothing for unlimited.
pub fn limits(resource: u32) -> Result<(Option<u64>, Option<u64>), Errno> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    call!(getrlimit(resource as _, &raw mut limit))?;
    let finite = |value: u64| (value != libc::RLIM_INFINITY).then_some(value);
    Ok((finite(limit.rlim_cur), finite(limit.rlim_max)))
}

/// Ends the process at once: no atexit handlers run, whose work (giving memory back, for one) the
/// kernel does faster.
pub fn exit_now(code: i32) -> ! {
    // V8 prints what --trace-gc and its like tell by C's streams, which keep it for a pipe.
    // SAFETY: null stands for all streams; each is locked by C while it is written out.
    unsafe { libc::fflush(std::ptr::null_mut()) };
    // SAFETY: _exit(2) does not return and touches nothing of ours.
    unsafe { libc::_exit(code) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity() {
        assert_eq!(id() as u32, std::process::id());
        assert_eq!(kill(id(), 0), Ok(()));
        assert_eq!(kill(i32::MAX, 0), Err(Errno::ESRCH));
        assert_eq!(set_user_id(user_id()), Ok(()));
        assert_eq!(set_effective_group_id(effective_group_id()), Ok(()));
        assert!(groups().is_ok());
        assert_eq!(
            working_directory().unwrap(),
            std::env::current_dir().unwrap().into_os_string().into_vec()
        );
        assert_eq!(change_directory(c"/none"), Err(Errno::ENOENT));
        assert_eq!(umask(None), umask(None));
    }

    #[test]
    fn a_thread_stands_back_alone() {
        let before = priority(0).unwrap();
        let stand = || (stand_back(10, Duration::from_millis(100)), priority(0));
        let stood = std::thread::spawn(stand).join().unwrap();
        assert_eq!(stood, (Ok(()), Ok(before.max(10))));
        assert_eq!(priority(0), Ok(before));
    }

    #[test]
    fn priorities() {
        let now = priority(0).unwrap();
        assert_eq!(set_priority(0, now), Ok(()));
        assert_eq!(priority(i32::MAX), Err(Errno::ESRCH));
    }

    #[test]
    fn command_line_is_found() {
        let (start, end) = command_line().unwrap();
        let text = std::fs::read("/proc/self/cmdline").unwrap();
        assert_eq!(end - start, text.len());
    }

    #[test]
    fn thread_names() {
        let name = || std::fs::read_to_string("/proc/thread-self/comm").unwrap();
        set_thread_name(b"coring").unwrap();
        assert_eq!(name(), "coring\n");
        set_thread_name(b"longer than fifteen bytes").unwrap();
        assert_eq!(name(), "longer than fif\n");
    }
}
