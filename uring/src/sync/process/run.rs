//! Running a program to its end while nothing else happens: Node's `spawnSync`.

use super::Spawn;
use crate::ChildExit;
use crate::errno::Errno;
use crate::fd::Fd;
use crate::flight::close_quietly;
use crate::op::Shutdown;
use crate::sync::{call, socket};
use std::time::{Duration, Instant};

/// Bytes taken from a pipe at a time, as Node does.
const CHUNK_BYTES: usize = 64 * 1024;

/// One of the child's descriptors, as `run` makes it.
#[derive(Debug)]
pub enum Stdio {
    Ignore,
    Inherit(Fd),
    /// As standard input we write these bytes; from the others we read what comes.
    Pipe(Vec<u8>),
}

/// How long, how much, and what happens then.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub time: Option<Duration>,
    /// Of all pipes' output together.
    pub output_bytes_max: Option<u64>,
    /// What ends a child that goes beyond.
    pub kill_signal: i32,
}

/// What became of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// 0 if it was not started.
    pub pid: i32,
    pub exit: Option<ChildExit>,
    /// Why it could not start, was ended, or could not be written to.
    pub error: Option<Errno>,
    /// By descriptor: what came out of the pipes.
    pub output: Vec<Option<Vec<u8>>>,
}

/// Our end of a pipe to the child.
struct Pipe {
    fd: Option<Fd>,
    /// It is not read from: a child that leaves its input alone resets the connection.
    is_input: bool,
    input: Vec<u8>,
    written_bytes: usize,
    /// Its input is written, or nobody reads it.
    is_ended: bool,
    output: Vec<u8>,
}

/// Starts the program, feeds it, collects its output, waits for its end.
/// `spawn.descriptors` is filled in from `stdio`.
pub fn run(mut spawn: Spawn, stdio: Vec<Stdio>, limits: &Limits) -> Outcome {
    let mut pipes: Vec<Option<Pipe>> = Vec::new();
    let mut theirs = Vec::new();
    for item in stdio {
        let (descriptor, pipe) = match item {
            Stdio::Ignore => (None, None),
            Stdio::Inherit(fd) => (Some(fd), None),
            Stdio::Pipe(input) => match socket::pair() {
                Ok((our, their)) => {
                    theirs.push(their);
                    (Some(their), Some(Pipe::new(our, pipes.is_empty(), input)))
                }
                Err(errno) => return fail(&theirs, pipes, errno),
            },
        };
        spawn.descriptors.push(descriptor);
        pipes.push(pipe);
    }
    let pid = match spawn.start() {
        Ok(pid) => pid,
        Err(errno) => return fail(&theirs, pipes, errno),
    };
    theirs.iter().copied().for_each(close_quietly);
    let process = match super::open(pid) {
        Ok(process) => process,
        Err(errno) => {
            // Without a descriptor nobody would tell of its end.
            let _ = super::kill(pid, libc::SIGKILL);
            let _ = super::wait(pid);
            return fail(&[], pipes, errno);
        }
    };
    let mut run = Run {
        pid,
        process,
        pipes,
        limits: *limits,
        deadline: limits.time.map(|time| Instant::now() + time),
        exit: None,
        error: None,
        pipe_error: None,
        is_killed: false,
    };
    run.until_ended();
    run.finish()
}

fn fail(theirs: &[Fd], pipes: Vec<Option<Pipe>>, errno: Errno) -> Outcome {
    theirs.iter().copied().for_each(close_quietly);
    for pipe in pipes.into_iter().flatten() {
        pipe.fd.into_iter().for_each(close_quietly);
    }
    Outcome {
        error: Some(errno),
        ..Outcome::default()
    }
}

struct Run {
    pid: i32,
    process: Fd,
    pipes: Vec<Option<Pipe>>,
    limits: Limits,
    deadline: Option<Instant>,
    exit: Option<ChildExit>,
    error: Option<Errno>,
    pipe_error: Option<Errno>,
    is_killed: bool,
}

impl Pipe {
    fn new(fd: Fd, is_input: bool, input: Vec<u8>) -> Pipe {
        Pipe {
            fd: Some(fd),
            is_input,
            input,
            written_bytes: 0,
            is_ended: false,
            output: Vec::new(),
        }
    }

    /// The descriptor, while something is to be done with it.
    fn open(&self) -> Option<Fd> {
        self.fd.filter(|_| !self.is_input || !self.is_ended)
    }

    fn close(&mut self) {
        self.fd.take().into_iter().for_each(close_quietly);
    }

    /// Writes what fits; ends the stream behind the last byte.
    fn write(&mut self, fd: Fd) -> Result<(), Errno> {
        while self.written_bytes < self.input.len() {
            match socket::send_now(fd, &self.input[self.written_bytes..]) {
                Ok(count) => self.written_bytes += count,
                Err(Errno::EAGAIN) => return Ok(()),
                Err(errno) => {
                    self.is_ended = true;
                    return Err(errno);
                }
            }
        }
        self.is_ended = true;
        match socket::shutdown(fd, Shutdown::Write) {
            // Gone already.
            Err(Errno::ENOTCONN) => Ok(()),
            result => result,
        }
    }

    /// Reads what is there; true while more may come.
    fn read(&mut self, fd: Fd, chunk: &mut [u8]) -> Result<bool, Errno> {
        match socket::receive_now(fd, chunk) {
            Ok(0) => Ok(false),
            Ok(count) => {
                self.output.extend_from_slice(&chunk[..count]);
                Ok(true)
            }
            Err(Errno::EAGAIN) => Ok(true),
            Err(errno) => Err(errno),
        }
    }
}

impl Run {
    fn until_ended(&mut self) {
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let mut pipes = self.pipes.iter().flatten();
            let is_piping = pipes.any(|pipe| pipe.open().is_some());
            if self.exit.is_some() && !is_piping {
                return;
            }
            let mut polls = self.polls();
            match self.wait(&mut polls) {
                Ok(0) | Err(Errno::EINTR) => {}
                Ok(_) => self.look(&polls, &mut chunk),
                Err(errno) => {
                    self.error.get_or_insert(errno);
                    self.kill();
                }
            }
            if self
                .deadline
                .is_some_and(|deadline| Instant::now() >= deadline)
            {
                self.deadline = None;
                self.error.get_or_insert(Errno::ETIMEDOUT);
                self.kill();
            }
        }
    }

    /// The process first, unless it has ended, then every pipe.
    fn polls(&self) -> Vec<libc::pollfd> {
        let poll = |fd: Option<Fd>, events| libc::pollfd {
            fd: fd.map_or(-1, Fd::raw),
            events,
            revents: 0,
        };
        let process = self.exit.is_none().then_some(self.process);
        let mut polls = vec![poll(process, libc::POLLIN)];
        for pipe in self.pipes.iter().flatten() {
            let writes = if pipe.is_ended { 0 } else { libc::POLLOUT };
            let reads = if pipe.is_input { 0 } else { libc::POLLIN };
            polls.push(poll(pipe.open(), reads | writes));
        }
        polls
    }

    fn wait(&self, polls: &mut [libc::pollfd]) -> Result<u32, Errno> {
        let left = self
            .deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let time = left.map(|left| libc::timespec {
            tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(left.subsec_nanos()),
        });
        let time = time
            .as_ref()
            .map_or(std::ptr::null(), |time| &raw const *time);
        let (address, count) = (polls.as_mut_ptr(), polls.len() as libc::nfds_t);
        call!(ppoll(address, count, time, std::ptr::null())).map(|count| count as u32)
    }

    fn look(&mut self, polls: &[libc::pollfd], chunk: &mut [u8]) {
        for (pipe, poll) in self.pipes.iter_mut().flatten().zip(&polls[1..]) {
            let Some(fd) = pipe.open().filter(|_| poll.revents != 0) else {
                continue;
            };
            // A peer that is gone shows with the write.
            if (poll.revents & libc::POLLOUT != 0 || pipe.is_input) && !pipe.is_ended {
                let result = pipe.write(fd);
                self.pipe_error = self.pipe_error.or(result.err());
            }
            if pipe.is_input {
                continue;
            }
            if poll.revents & (libc::POLLIN | libc::POLLHUP | libc::POLLERR) == 0 {
                continue;
            }
            match pipe.read(fd, chunk) {
                Ok(true) => {}
                Ok(false) => pipe.close(),
                Err(errno) => {
                    self.pipe_error = self.pipe_error.or(Some(errno));
                    pipe.close();
                }
            }
        }
        let outputs = self.pipes.iter().flatten().map(|pipe| pipe.output.len());
        let output_bytes: usize = outputs.sum();
        let bytes_max = self.limits.output_bytes_max.unwrap_or(u64::MAX);
        if polls[0].revents != 0 {
            self.exit = super::wait(self.pid).ok().or(Some(ChildExit::default()));
        }
        if output_bytes as u64 > bytes_max {
            self.error.get_or_insert(Errno::ENOBUFS);
            self.kill();
        }
    }

    /// Ends the child, once, and listens to it no more.
    fn kill(&mut self) {
        if std::mem::replace(&mut self.is_killed, true) {
            return;
        }
        if self.exit.is_none() {
            match super::kill(self.pid, self.limits.kill_signal) {
                Ok(()) | Err(Errno::ESRCH) => {}
                Err(errno) => {
                    self.error = Some(errno);
                    // The signal was none: this one cannot fail.
                    let _ = super::kill(self.pid, libc::SIGKILL);
                }
            }
        }
        self.pipes.iter_mut().flatten().for_each(Pipe::close);
        self.deadline = None;
    }

    fn finish(mut self) -> Outcome {
        self.pipes.iter_mut().flatten().for_each(Pipe::close);
        close_quietly(self.process);
        Outcome {
            pid: self.pid,
            exit: self.exit,
            error: self.error.or(self.pipe_error),
            output: self
                .pipes
                .into_iter()
                .map(|pipe| pipe.map(|pipe| pipe.output))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CString;

    const FREE: Limits = Limits {
        time: None,
        output_bytes_max: None,
        kill_signal: libc::SIGTERM,
    };

    fn shell(script: &str, input: &[u8], limits: &Limits) -> Outcome {
        let words = ["sh", "-c", script].map(|word| CString::new(word).unwrap());
        let spawn = Spawn {
            file: c"/bin/sh".to_owned(),
            arguments: words.to_vec(),
            ..Spawn::default()
        };
        let stdio = vec![
            Stdio::Pipe(input.to_vec()),
            Stdio::Pipe(Vec::new()),
            Stdio::Ignore,
        ];
        run(spawn, stdio, limits)
    }

    #[test]
    fn input_goes_through() {
        let input = vec![b'x'; 3 << 20];
        let outcome = shell("cat; exit 3", &input, &FREE);
        assert_eq!(outcome.exit, Some(ChildExit { code: 3, signal: 0 }));
        assert_eq!(outcome.error, None);
        assert!(outcome.output[1].as_deref() == Some(&input[..]));
        assert_eq!(outcome.output[2], None);
    }

    #[test]
    fn input_may_stay_unread() {
        let outcome = shell("exec sleep 0.1", b"abc", &FREE);
        assert_eq!(outcome.exit, Some(ChildExit { code: 0, signal: 0 }));
        assert_eq!(outcome.error, None);
    }

    #[test]
    fn limits_end_it() {
        let time = Limits {
            time: Some(Duration::from_millis(20)),
            ..FREE
        };
        let bytes = Limits {
            output_bytes_max: Some(5),
            kill_signal: libc::SIGKILL,
            ..FREE
        };
        for (limits, errno, signal, output) in [
            (time, Errno::ETIMEDOUT, libc::SIGTERM, ""),
            (bytes, Errno::ENOBUFS, libc::SIGKILL, "123456789\n"),
        ] {
            let script = match errno {
                Errno::ENOBUFS => "echo 123456789; exec sleep 9",
                _ => "exec sleep 9",
            };
            let outcome = shell(script, b"", &limits);
            assert_eq!(outcome.error, Some(errno));
            assert_eq!(outcome.exit, Some(ChildExit { code: 0, signal }));
            assert_eq!(outcome.output[1].as_deref(), Some(output.as_bytes()));
        }
    }

    #[test]
    fn no_program() {
        let spawn = Spawn {
            file: c"/none".to_owned(),
            ..Spawn::default()
        };
        let outcome = run(spawn, vec![Stdio::Pipe(Vec::new())], &FREE);
        assert_eq!((outcome.pid, outcome.error), (0, Some(Errno::ENOENT)));
    }
}
