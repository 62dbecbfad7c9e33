//! Starting a program. The child borrows our memory until it runs the program (as vfork(2) does),
//! so that the size of our heap costs nothing; every call in between is async-signal-safe and
//! allocates nothing. What fails in the child comes back through a pipe that exec closes.

use crate::errno::Errno;
use crate::fd::Fd;
use crate::flight::close_quietly;
use crate::sync::{call, retried};
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::null_mut;

/// Where execvp(3) looks when the environment has no PATH.
const PATH_DEFAULT: &[u8] = b"/bin:/usr/bin";
const SHELL: &CStr = c"/bin/sh";
/// The child's own calls need little; the C library's execve(2) needs none.
const STACK_WORDS: usize = 4096;
/// Signals whose treatment belongs to the kernel, or to the C library's threads.
const UNTOUCHED: [i32; 4] = [libc::SIGKILL, libc::SIGSTOP, 32, 33];
const SIGNALS_COUNT: i32 = 64;

/// What to start, and how.
#[derive(Debug, Default)]
pub struct Spawn {
    /// A path, or a name to be looked for in the PATH of `environment`.
    pub file: CString,
    /// The name that the program is told first, then its arguments.
    pub arguments: Vec<CString>,
    pub environment: Vec<CString>,
    pub directory: Option<CString>,
    /// What each of the child's descriptors is. Nothing: /dev/null for the first three, closed
    /// beyond.
    pub descriptors: Vec<Option<Fd>>,
    pub user: Option<u32>,
    pub group: Option<u32>,
    /// Leader of a session of its own.
    pub detached: bool,
}

impl Spawn {
    /// Starts it and gives its process number. The child is the caller's to wait for
    /// ([`Op::WaitId`](crate::Op::WaitId) or [`wait`](super::wait)).
    pub fn start(&self) -> Result<i32, Errno> {
        let (read, write) = crate::sync::file::pipe()?;
        let result = self.start_reporting(read, write);
        close_quietly(read);
        result
    }

    fn start_reporting(&self, read: Fd, write: Fd) -> Result<i32, Errno> {
        // The child puts its descriptors at 0, 1, ...: the report's must not be among them.
        let count = self.descriptors.len() as c_int;
        let report = match write.raw() < count {
            true => {
                let moved = call!(fcntl(write.raw(), libc::F_DUPFD_CLOEXEC, count));
                close_quietly(write);
                Fd::new(moved?)
            }
            false => write,
        };
        let candidates = self.candidates();
        let mut plan = Plan::new(self, &candidates, report);
        let started = plan.fork();
        close_quietly(report);
        let pid = started?;
        let mut errno = [0; size_of::<i32>()];
        match crate::sync::file::read(read, &mut errno, None) {
            Ok(count) if count == errno.len() => {
                // It has ended or will at once; its status says nothing that we do not know.
                let _ = super::wait(pid);
                Err(Errno(i32::from_ne_bytes(errno)))
            }
            _ => Ok(pid),
        }
    }

    /// The paths to try, in order.
    fn candidates(&self) -> Vec<CString> {
        let file = self.file.as_bytes();
        if file.is_empty() {
            return Vec::new();
        }
        if file.contains(&b'/') {
            return vec![self.file.clone()];
        }
        let variables = self.environment.iter().map(|variable| variable.as_bytes());
        let path = variables
            .filter_map(|variable| variable.strip_prefix(b"PATH="))
            .next()
            .unwrap_or(PATH_DEFAULT);
        let join = |directory: &[u8]| match directory {
            b"" => self.file.clone(),
            directory => CString::new([directory, b"/", file].concat())
                .expect("its parts came from terminated strings"),
        };
        path.split(|&byte| byte == b':').map(join).collect()
    }
}

/// Everything the child needs, made before it exists.
struct Plan {
    candidates: Vec<*const c_char>,
    arguments: Vec<*const c_char>,
    /// Arguments of a shell that reads the file; the second is set when it comes to that.
    shell_arguments: Vec<*const c_char>,
    environment: Vec<*const c_char>,
    directory: *const c_char,
    /// Numbers, or -1.
    descriptors: Vec<c_int>,
    user: Option<u32>,
    group: Option<u32>,
    detached: bool,
    report: Fd,
}

/// A terminated list of pointers into `strings`.
fn pointers(strings: &[CString]) -> Vec<*const c_char> {
    let ends = std::iter::once(std::ptr::null());
    strings
        .iter()
        .map(|string| string.as_ptr())
        .chain(ends)
        .collect()
}

impl Plan {
    fn new(spawn: &Spawn, candidates: &[CString], report: Fd) -> Plan {
        let arguments = pointers(&spawn.arguments);
        let mut shell_arguments = vec![SHELL.as_ptr(), std::ptr::null()];
        shell_arguments.extend_from_slice(arguments.get(1..).unwrap_or(&[std::ptr::null()]));
        let raw = |fd: &Option<Fd>| fd.map_or(-1, Fd::raw);
        Plan {
            candidates: candidates.iter().map(|path| path.as_ptr()).collect(),
            arguments,
            shell_arguments,
            environment: pointers(&spawn.environment),
            directory: spawn
                .directory
                .as_ref()
                .map_or(std::ptr::null(), |directory| directory.as_ptr()),
            descriptors: spawn.descriptors.iter().map(raw).collect(),
            user: spawn.user,
            group: spawn.group,
            detached: spawn.detached,
            report,
        }
    }

    /// Makes the child and waits until it runs its program, or has reported why not.
    fn fork(&mut self) -> Result<i32, Errno> {
        // A child that takes another identity must not do so while it shares our memory: the
        // kernel would then hide /proc/self from us.
        let shares_memory = self.user.is_none() && self.group.is_none();
        let sharing = if shares_memory { libc::CLONE_VM } else { 0 };
        let flags = libc::CLONE_VFORK | libc::SIGCHLD | sharing;
        let mut stack = vec![0u128; STACK_WORDS];
        let top = stack.as_mut_ptr_range().end;
        let former = block_all()?;
        // SAFETY: the stack is the child's alone and outlives it, since CLONE_VFORK keeps us here
        // until the child has left our memory; the plan does so, too. All signals are blocked, so
        // that no handler of ours runs in the child.
        let pid = unsafe { libc::clone(child, top.cast(), flags, (&raw mut *self).cast()) };
        let result = if pid < 0 { Err(Errno::last()) } else { Ok(pid) };
        set_mask(&former)?;
        result
    }

    /// In the child: becomes the program, or gives the reason why not.
    fn run(&mut self) -> Errno {
        let ready = self.prepare();
        match ready {
            Ok(()) => self.execute(),
            Err(errno) => errno,
        }
    }

    fn prepare(&mut self) -> Result<(), Errno> {
        reset_signals();
        if self.detached {
            call!(setsid())?;
        }
        self.place_descriptors()?;
        if !self.directory.is_null() {
            call!(chdir(self.directory))?;
        }
        // Plain system calls: the C library would tell all our threads to change, too.
        if self.user.is_some() || self.group.is_some() {
            // Only the superuser may, and only for him it matters.
            let _ = call!(syscall(libc::SYS_setgroups, 0, null_mut::<u32>()));
        }
        if let Some(group) = self.group {
            call!(syscall(libc::SYS_setgid, group))?;
        }
        if let Some(user) = self.user {
            call!(syscall(libc::SYS_setuid, user))?;
        }
        set_mask(&empty_set())
    }

    /// Puts every descriptor at its number.
    fn place_descriptors(&mut self) -> Result<(), Errno> {
        let count = self.descriptors.len() as c_int;
        // Whatever we were started with, or a library has opened, ends with exec.
        let beyond = (count, c_int::MAX, libc::CLOSE_RANGE_CLOEXEC);
        call!(syscall(libc::SYS_close_range, beyond.0, beyond.1, beyond.2))?;
        // What stands below its place could be overwritten before it is used.
        for place in 0..count {
            let fd = &mut self.descriptors[place as usize];
            if *fd >= 0 && *fd < place {
                *fd = call!(fcntl(*fd, libc::F_DUPFD_CLOEXEC, count))?;
            }
        }
        for place in 0..count {
            let fd = self.descriptors[place as usize];
            if fd < 0 {
                if place <= 2 {
                    place_null(place)?;
                }
                continue;
            }
            if fd == place {
                let flags = call!(fcntl(fd, libc::F_GETFD))?;
                call!(fcntl(fd, libc::F_SETFD, flags & !libc::FD_CLOEXEC))?;
            } else {
                call!(dup2(fd, place))?;
            }
            if place <= 2 {
                // Programs do not expect standard streams that say "try again".
                let flags = call!(fcntl(place, libc::F_GETFL))?;
                if flags & libc::O_NONBLOCK != 0 {
                    call!(fcntl(place, libc::F_SETFL, flags & !libc::O_NONBLOCK))?;
                }
            }
        }
        Ok(())
    }

    /// As execvp(3): the first candidate that runs.
    fn execute(&mut self) -> Errno {
        let mut result = Errno::ENOENT;
        for index in 0..self.candidates.len() {
            let path = self.candidates[index];
            let (arguments, environment) = (self.arguments.as_ptr(), self.environment.as_ptr());
            let mut outcome = call!(execve(path, arguments, environment));
            if outcome == Err(Errno(libc::ENOEXEC)) {
                self.shell_arguments[1] = path;
                let arguments = self.shell_arguments.as_ptr();
                outcome = call!(execve(SHELL.as_ptr(), arguments, environment));
            }
            match outcome {
                Err(Errno::EACCES) => result = Errno::EACCES,
                Err(Errno::ENOENT | Errno::ENOTDIR | Errno::ENODEV | Errno::ETIMEDOUT) => {}
                Err(Errno(libc::ESTALE)) => {}
                Err(errno) => return errno,
                Ok(_) => unreachable!("exec does not return"),
            }
        }
        result
    }
}

/// The child's first and last function of ours.
extern "C" fn child(plan: *mut c_void) -> c_int {
    // SAFETY: `fork` passes its plan, which nobody else touches before this process has left.
    let plan = unsafe { &mut *plan.cast::<Plan>() };
    let errno = plan.run().0.to_ne_bytes();
    // Four bytes always fit a pipe; without them the parent would take us for started.
    let _ = call!(write(plan.report.raw(), errno.as_ptr().cast(), errno.len()));
    // SAFETY: ends this process without any of the parent's clean-up.
    unsafe { libc::_exit(127) }
}

fn place_null(place: c_int) -> Result<(), Errno> {
    let flags = match place {
        0 => libc::O_RDONLY,
        _ => libc::O_RDWR,
    };
    let fd = retried(|| call!(open(c"/dev/null".as_ptr(), flags)))?;
    if fd != place {
        call!(dup2(fd, place))?;
        call!(close(fd))?;
    }
    Ok(())
}

/// A program starts with the kernel's own treatment of signals; ours ignores two.
fn reset_signals() {
    // SAFETY: plain numbers, for which zero is valid: the default treatment, an empty mask.
    let default: libc::sigaction = unsafe { std::mem::zeroed() };
    for signal in (1..=SIGNALS_COUNT).filter(|signal| !UNTOUCHED.contains(signal)) {
        // No signal that exists can refuse.
        let _ = call!(sigaction(signal, &raw const default, null_mut()));
    }
}

fn empty_set() -> libc::sigset_t {
    // SAFETY: a set of bits, for which zero is valid: empty.
    unsafe { std::mem::zeroed() }
}

/// Blocks all signals for this thread; gives the former mask.
fn block_all() -> Result<libc::sigset_t, Errno> {
    let mut all = empty_set();
    let mut former = empty_set();
    call!(sigfillset(&raw mut all))?;
    call!(sigprocmask(
        libc::SIG_SETMASK,
        &raw const all,
        &raw mut former
    ))?;
    Ok(former)
}

fn set_mask(set: &libc::sigset_t) -> Result<(), Errno> {
    call!(sigprocmask(libc::SIG_SETMASK, &raw const *set, null_mut())).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ChildExit;
    use crate::sync::file;

    fn words(words: &[&str]) -> Vec<CString> {
        words
            .iter()
            .map(|word| CString::new(*word).unwrap())
            .collect()
    }

    fn spawn(words_of: &[&str]) -> Spawn {
        Spawn {
            file: CString::new(words_of[0]).unwrap(),
            arguments: words(words_of),
            environment: words(&["PATH=/nowhere:/bin:/usr/bin", "A=1"]),
            descriptors: vec![None, None, None],
            ..Default::default()
        }
    }

    /// What `script` writes to its standard output.
    fn output(change: impl FnOnce(&mut Spawn), script: &str) -> String {
        let (read, write) = file::pipe().unwrap();
        let mut spawn = spawn(&["sh", "-c", script]);
        spawn.descriptors = vec![None, Some(write), None];
        change(&mut spawn);
        let pid = spawn.start().unwrap();
        file::close(write).unwrap();
        let text = file::read_whole_fd(read).unwrap();
        file::close(read).unwrap();
        super::super::wait(pid).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn exit_codes_and_signals() {
        for (script, code, signal) in [("exit 7", 7, 0), ("kill -9 $$", 0, 9)] {
            let pid = spawn(&["sh", "-c", script]).start().unwrap();
            let expected = ChildExit { code, signal };
            assert_eq!(super::super::wait(pid), Ok(expected), "{script}");
            assert_eq!(super::super::wait(pid), Err(Errno::ECHILD));
        }
    }

    #[test]
    fn what_the_child_is_given() {
        assert_eq!(output(|_| {}, "echo $A"), "1\n");
        let directory = |spawn: &mut Spawn| spawn.directory = Some(c"/".to_owned());
        assert_eq!(output(directory, "pwd"), "/\n");
        let session = |spawn: &mut Spawn| spawn.detached = true;
        let own = "read -r _ _ _ _ _ s _ < /proc/$$/stat; [ $s = $$ ] && echo own";
        assert_eq!(output(session, own), "own\n");
        assert_eq!(output(|_| {}, own), "");
        // We ignore SIGPIPE, since Rust does; signals of the C library's own are not touched.
        let ignored = output(|_| {}, "grep SigIgn /proc/$$/status");
        let ignored = u64::from_str_radix(ignored["SigIgn:".len()..].trim(), 16).unwrap();
        assert_eq!(ignored & 0x7fff_ffff, 0);
        // Nothing else is open: the listing's own descriptor comes behind the three.
        assert_eq!(output(|_| {}, "ls -m /proc/self/fd"), "0, 1, 2, 3\n");
    }

    #[test]
    fn descriptors_may_change_places() {
        let swap = |spawn: &mut Spawn| {
            // The pipe's number is above its place, and copies of it below theirs.
            let pipe = spawn.descriptors[1].unwrap();
            spawn.descriptors.resize(pipe.raw() as usize + 3, None);
            spawn.descriptors[pipe.raw() as usize + 2] = Some(pipe);
        };
        // By number: the pipe has whatever number was free.
        assert!(output(swap, "ls -vm /proc/self/fd").starts_with("0, 1, 2, "));
    }

    #[test]
    fn reasons_not_to_start() {
        let no_directory = Spawn {
            directory: Some(c"/none".to_owned()),
            ..spawn(&["sh"])
        };
        for (spawn, errno) in [
            (spawn(&["none"]), Errno::ENOENT),
            (spawn(&[""]), Errno::ENOENT),
            (spawn(&["/none/none"]), Errno::ENOENT),
            (spawn(&["/etc/passwd"]), Errno::EACCES),
            (no_directory, Errno::ENOENT),
        ] {
            assert_eq!(spawn.start(), Err(errno), "{spawn:?}");
        }
    }
}
