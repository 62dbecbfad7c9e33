//! Binding `process_wrap`: child processes. The end of each comes as an entry, through the ring.

use std::ffi::CString;

use coring_engine::{Delivery, Js, ops};
use coring_uring::sync::process::Spawn;
use coring_uring::{Completion, Errno, Fd, Op, Payload, sync};

use crate::Natives;
use crate::channel_wrap::Channel;
use crate::kinds::{entry, token};
use crate::slots::Handle;
use crate::socket::{Role, Socket};
use crate::stream::{socket_token, token_handle};

ops! { process_wrap(Natives) {
    /// [0 or -errno, child's handle, process number, handles of pipes and channels by descriptor].
    /// stdio: a descriptor, -1 nothing, -2 a pipe, -3 a channel for messages.
    slow spawn(
        file: String, arguments: Vec<String>, environment: Vec<String>, directory: Option<String>,
        stdio: Vec<i32>, user: Option<u32>, group: Option<u32>, detached: bool
    );
    slow kill(handle: i32, signal: i32);
    fast r#ref(handle: i32);
    fast unref(handle: i32);
    fast hasRef(handle: i32);
} }

const PIPE: i32 = -2;
const CHANNEL: i32 = -3;
/// Descriptors below are no listeners but in strange programs.
const STANDARD_COUNT: i32 = 3;

/// A program that was started and has not ended.
pub struct Child {
    pid: i32,
    /// Does it keep the loop alive?
    pub refed: bool,
}

/// Strings for the kernel, which cannot hold a zero byte: JavaScript has refused those.
pub(crate) fn terminated(words: Vec<String>) -> Result<Vec<CString>, Errno> {
    words.into_iter().map(terminated_word).collect()
}

fn terminated_word(word: String) -> Result<CString, Errno> {
    CString::new(word).map_err(|_| Errno::EINVAL)
}

/// What is to be started, but for its descriptors.
pub(crate) fn request(
    file: String,
    arguments: Vec<String>,
    environment: Vec<String>,
    directory: Option<String>,
    user: Option<u32>,
    group: Option<u32>,
    detached: bool,
) -> Result<Spawn, Errno> {
    Ok(Spawn {
        file: terminated_word(file)?,
        arguments: terminated(arguments)?,
        environment: terminated(environment)?,
        directory: directory.map(terminated_word).transpose()?,
        user,
        group,
        detached,
        ..Spawn::default()
    })
}

/// One of the child's descriptors: what the child gets, and our end of it.
struct Stdio {
    theirs: Option<Fd>,
    ours: Option<Fd>,
    is_channel: bool,
}

impl Stdio {
    fn new(kind: i32) -> Result<Stdio, Errno> {
        let (theirs, ours) = match kind {
            PIPE | CHANNEL => {
                let (ours, theirs) = sync::socket::pair()?;
                (Some(theirs), Some(ours))
            }
            fd if fd >= 0 => (Some(Fd::new(fd)), None),
            _ => (None, None),
        };
        Ok(Stdio {
            theirs,
            ours,
            is_channel: kind == CHANNEL,
        })
    }
}

/// Closes an end that was made here and that nobody has seen.
fn close(fd: Fd) {
    // It is open and ours: nothing can fail.
    let _ = sync::file::close(fd);
}

#[allow(clippy::too_many_arguments)]
fn spawn(
    natives: &mut Natives,
    file: String,
    arguments: Vec<String>,
    environment: Vec<String>,
    directory: Option<String>,
    stdio: Vec<i32>,
    user: Option<u32>,
    group: Option<u32>,
    detached: bool,
) -> Js {
    let spawn = request(
        file,
        arguments,
        environment,
        directory,
        user,
        group,
        detached,
    );
    match spawn {
        Ok(spawn) => natives.spawn(spawn, &stdio),
        Err(errno) => Js::List(vec![Js::from(Errno::result(errno))]),
    }
}

impl Natives {
    fn spawn(&mut self, mut spawn: Spawn, kinds: &[i32]) -> Js {
        let mut stdio: Vec<Stdio> = Vec::with_capacity(kinds.len());
        for kind in kinds {
            match Stdio::new(*kind) {
                Ok(item) => stdio.push(item),
                Err(errno) => {
                    for item in stdio.iter().filter(|item| item.ours.is_some()) {
                        item.ours.into_iter().chain(item.theirs).for_each(close);
                    }
                    return Js::List(vec![Js::from(errno.result())]);
                }
            }
        }
        spawn.descriptors = stdio.iter().map(|item| item.theirs).collect();
        if kinds.iter().any(|kind| *kind >= STANDARD_COUNT) {
            self.share_listeners(kinds);
        }
        let started = spawn.start();
        for item in stdio.iter().filter(|item| item.ours.is_some()) {
            item.theirs.into_iter().for_each(close);
        }
        let ends = stdio.iter().map(|item| Js::from(self.adopt_end(item)));
        let ends = Js::List(ends.collect());
        let (result, handle, pid) = match started.and_then(|pid| self.watch_child(pid)) {
            Ok((handle, pid)) => (0, handle.to_js(), pid),
            Err(errno) => (errno.result(), -1, 0),
        };
        Js::List(vec![
            Js::from(result),
            Js::from(handle),
            Js::from(pid),
            ends,
        ])
    }

    /// A child that gets a listener goes on with it when it is closed here.
    fn share_listeners(&mut self, kinds: &[i32]) {
        for handle in self.sockets.handles() {
            if let Some(socket) = self.sockets.get_mut(handle)
                && let Role::Listener(listener) = &mut socket.role
                && kinds.contains(&socket.fd.raw())
            {
                listener.shared = true;
            }
        }
    }

    /// Our end of a pipe or channel: its handle, or -1.
    fn adopt_end(&mut self, item: &Stdio) -> i32 {
        let Some(fd) = item.ours else { return -1 };
        let adopted = match item.is_channel {
            true => self.adopt_channel(Channel::new(fd)),
            false => self.adopt(Socket::new(fd, Role::Stream)),
        };
        adopted.map_or(-1, Handle::to_js)
    }

    /// A child without a slot has no owner and is ended.
    fn watch_child(&mut self, pid: i32) -> Result<(Handle, i32), Errno> {
        let child = Child { pid, refed: true };
        let Ok(handle) = self.children.insert(child) else {
            let _ = sync::process::kill(pid, 9);
            let _ = sync::process::wait(pid);
            return Err(Errno::EAGAIN);
        };
        let token = socket_token(token::CHILD, handle);
        self.ring.submit(Op::WaitId { pid }, token);
        Ok((handle, pid))
    }

    pub(crate) fn on_child(&mut self, completion: &Completion, out: &mut Delivery) {
        let handle = token_handle(completion.token);
        self.children.remove(handle);
        let (code, signal) = match completion.payload {
            Payload::Exit(exit) => (exit.code, exit.signal),
            // Somebody else has taken the status: all that is known is that it has ended.
            _ => (0, 0),
        };
        out.push(entry::CHILD, handle.to_js(), code, signal);
    }
}

fn kill(natives: &mut Natives, handle: i32, signal: i32) -> i32 {
    let Some(child) = natives.children.get(Handle::from_js(handle)) else {
        return Errno::ESRCH.result();
    };
    match sync::process::kill(child.pid, signal) {
        Ok(()) => 0,
        Err(errno) => errno.result(),
    }
}

fn set_refed(natives: &mut Natives, handle: i32, refed: bool) -> i32 {
    if let Some(child) = natives.children.get_mut(Handle::from_js(handle)) {
        child.refed = refed;
    }
    0
}

fn r#ref(natives: &mut Natives, handle: i32) -> i32 {
    set_refed(natives, handle, true)
}

fn unref(natives: &mut Natives, handle: i32) -> i32 {
    set_refed(natives, handle, false)
}

#[allow(non_snake_case)]
fn hasRef(natives: &mut Natives, handle: i32) -> bool {
    let child = natives.children.get(Handle::from_js(handle));
    child.is_some_and(|child| child.refed)
}
