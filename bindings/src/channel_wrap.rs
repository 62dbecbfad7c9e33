//! Binding `channel_wrap`: the unix socket over which parent and child exchange messages, and
//! descriptors beside them. The ring tells when there is something to take or room to write.

use std::collections::VecDeque;

use coring_engine::{Data, Delivery, ops};
use coring_uring::sync::descriptors;
use coring_uring::{Completion, Errno, Fd, FlightId, Op, Shutdown, sync};

use crate::Natives;
use crate::kinds::{entry, token};
use crate::limits::{CHANNEL_CHUNK_BYTES, CHANNEL_READS_MAX};
use crate::slots::Handle;
use crate::stream::{socket_token, token_handle};

ops! { channel_wrap(Natives) {
    /// Takes over a descriptor: handle or -errno.
    slow open(fd: i32);
    fast readStart(handle: i32);
    fast readStop(handle: i32);
    /// 0: sent. 1: an entry will tell of it. -errno. `fd`: a descriptor to go along, or -1.
    slow write(handle: i32, data: Data, fd: i32);
    /// The oldest descriptor that came, which is the caller's from now on, or -1.
    fast takeDescriptor(handle: i32);
    fast close(handle: i32);
    fast r#ref(handle: i32);
    fast unref(handle: i32);
    fast hasRef(handle: i32);
    fast fd(handle: i32);
    fast queuedBytes(handle: i32);
} }

const POLLIN: u32 = 1;
const POLLOUT: u32 = 4;
const POLLHUP: i32 = 16;
const BAD_HANDLE: i32 = Errno::EBADF.result();

/// A message that the socket had no room for.
struct Letter {
    bytes: Vec<u8>,
    sent_bytes: usize,
    /// Ours to close.
    descriptor: Option<Fd>,
}

pub struct Channel {
    fd: Fd,
    /// What the ring polls for input instead of `fd`.
    watcher: Option<Fd>,
    refed: bool,
    reading: bool,
    closing: bool,
    /// Waiting for something to read, for room to write.
    polls: [Option<FlightId>; 2],
    queue: VecDeque<Letter>,
    descriptors: VecDeque<Fd>,
}

const IN: usize = 0;
const OUT: usize = 1;

impl Channel {
    pub fn new(fd: Fd) -> Channel {
        Channel {
            fd,
            watcher: None,
            refed: true,
            reading: false,
            closing: false,
            polls: [None; 2],
            queue: VecDeque::new(),
            descriptors: VecDeque::new(),
        }
    }

    /// Does it keep the program running?
    pub fn is_alive(&self) -> bool {
        self.closing || (self.refed && self.reading) || !self.queue.is_empty()
    }

    /// Sends what the socket takes of the letter in front; true once it is gone.
    fn send_first(&mut self) -> Result<bool, Errno> {
        let Some(letter) = self.queue.front_mut() else {
            return Ok(false);
        };
        let rest = &letter.bytes[letter.sent_bytes..];
        match descriptors::send(self.fd, rest, letter.descriptor) {
            Ok(count) => {
                // The descriptor went with the first byte.
                letter.descriptor.take().into_iter().for_each(close_now);
                letter.sent_bytes += count;
                Ok(letter.sent_bytes == letter.bytes.len())
            }
            Err(Errno::EAGAIN) => Ok(false),
            Err(errno) => Err(errno),
        }
    }

    /// Takes what has come; false once nothing more will. A channel that is ending is read to its
    /// end: that of the child itself may be the next completion.
    fn receive(
        &mut self,
        handle: Handle,
        is_ending: bool,
        chunk: &mut [u8],
        out: &mut Delivery,
    ) -> bool {
        for _ in 0..CHANNEL_READS_MAX {
            if !self.reading {
                return false;
            }
            let mut taken = Vec::new();
            let result = descriptors::receive(self.fd, chunk, &mut taken);
            self.descriptors.extend(taken);
            match result {
                Err(Errno::EAGAIN) => return true,
                Ok(count) if count > 0 => {
                    let bytes = &chunk[..count];
                    out.push_bytes(entry::CHANNEL_READ, handle.to_js(), count as i32, 0, bytes);
                    if count < chunk.len() && !is_ending {
                        return true; // Nothing was left.
                    }
                }
                ended => {
                    self.reading = false;
                    let result = ended.map_or_else(|errno| errno.result(), |_| 0);
                    out.push(entry::CHANNEL_READ, handle.to_js(), result, 0);
                    return false;
                }
            }
        }
        true
    }

    /// Before the process ends: the peer shall hear of it now, not when the ring is gone.
    pub fn end(&mut self) {
        while let Ok(true) = self.send_first() {
            self.queue.pop_front();
        }
        // A peer that is gone needs to hear nothing.
        let _ = sync::socket::shutdown(self.fd, Shutdown::Both);
    }
}

fn close_now(fd: Fd) {
    // It is open and ours: nothing can fail.
    let _ = sync::file::close(fd);
}

impl Natives {
    pub(crate) fn adopt_channel(&mut self, channel: Channel) -> Result<Handle, Errno> {
        self.channels.insert(channel).map_err(|channel| {
            close_now(channel.fd);
            channel.watcher.into_iter().for_each(close_now);
            Errno::EMFILE
        })
    }

    fn channel(&mut self, handle: i32) -> Option<&mut Channel> {
        let channel = self.channels.get_mut(Handle::from_js(handle))?;
        (!channel.closing).then_some(channel)
    }

    fn poll_channel(&mut self, handle: Handle, side: usize) {
        let Some(channel) = self.channels.get_mut(handle) else {
            return;
        };
        if channel.polls[side].is_some() {
            return;
        }
        let (fd, kind, events) = match side {
            IN => (
                channel.watcher.unwrap_or(channel.fd),
                token::CHANNEL_IN,
                POLLIN,
            ),
            _ => (channel.fd, token::CHANNEL_OUT, POLLOUT),
        };
        let flight = self
            .ring
            .submit(Op::Poll { fd, events }, socket_token(kind, handle));
        channel.polls[side] = Some(flight);
    }

    pub(crate) fn on_channel(&mut self, completion: &Completion, out: &mut Delivery) {
        let handle = token_handle(completion.token);
        let Some(channel) = self.channels.get_mut(handle) else {
            return;
        };
        let is_input = completion.token.kind() == token::CHANNEL_IN;
        channel.polls[if is_input { IN } else { OUT }] = None;
        if channel.closing {
            self.finish_closing(handle);
        } else if is_input {
            self.receive_messages(handle, completion.result, out);
        } else {
            self.send_letters(handle, out);
        }
    }

    fn receive_messages(&mut self, handle: Handle, events: i32, out: &mut Delivery) {
        let Some(channel) = self.channels.get_mut(handle) else {
            return;
        };
        let mut chunk = std::mem::take(&mut self.scratch);
        chunk.resize(chunk.len().max(CHANNEL_CHUNK_BYTES), 0);
        let is_ending = events & POLLHUP != 0;
        let goes_on = channel.receive(handle, is_ending, &mut chunk, out);
        self.scratch = chunk;
        if goes_on {
            self.poll_channel(handle, IN);
        }
    }

    fn send_letters(&mut self, handle: Handle, out: &mut Delivery) {
        let Some(channel) = self.channels.get_mut(handle) else {
            return;
        };
        loop {
            let status = match channel.send_first() {
                Ok(true) => 0,
                Ok(false) => break,
                Err(errno) => errno.result(),
            };
            if let Some(letter) = channel.queue.pop_front() {
                letter.descriptor.into_iter().for_each(close_now);
            }
            out.push(entry::CHANNEL_SENT, handle.to_js(), status, 0);
        }
        if !channel.queue.is_empty() {
            self.poll_channel(handle, OUT);
        }
    }

    /// Closes once nothing is in flight.
    fn finish_closing(&mut self, handle: Handle) {
        let Some(channel) = self.channels.get_mut(handle) else {
            return;
        };
        if channel.polls.iter().any(Option::is_some) {
            return;
        }
        close_now(channel.fd);
        channel.watcher.into_iter().for_each(close_now);
        channel.descriptors.drain(..).for_each(close_now);
        for letter in channel.queue.drain(..) {
            letter.descriptor.into_iter().for_each(close_now);
        }
        self.channels.remove(handle);
        self.answers
            .push((entry::CHANNEL_CLOSED, [handle.to_js(), 0, 0]));
    }
}

fn open(natives: &mut Natives, fd: i32) -> i32 {
    if fd < 0 || sync::file::kind_of_fd(Fd::new(fd)) == sync::file::FdKind::Unknown {
        return BAD_HANDLE;
    }
    let fd = Fd::new(fd);
    // Programs that this one starts shall not hold it open.
    let _ = sync::file::set_close_on_exec(fd);
    let channel = Channel {
        // Without one all goes on; only our sudden death is heard of a little later.
        watcher: descriptors::watcher(fd).ok(),
        ..Channel::new(fd)
    };
    match natives.adopt_channel(channel) {
        Ok(handle) => handle.to_js(),
        Err(errno) => errno.result(),
    }
}

#[allow(non_snake_case)]
fn readStart(natives: &mut Natives, handle: i32) -> i32 {
    let Some(channel) = natives.channel(handle) else {
        return BAD_HANDLE;
    };
    channel.reading = true;
    natives.poll_channel(Handle::from_js(handle), IN);
    0
}

#[allow(non_snake_case)]
fn readStop(natives: &mut Natives, handle: i32) -> i32 {
    let Some(channel) = natives.channel(handle) else {
        return BAD_HANDLE;
    };
    channel.reading = false;
    0
}

fn write(natives: &mut Natives, handle: i32, data: Data, fd: i32) -> i32 {
    let bytes = match &data {
        Data::None => Vec::new(),
        Data::Text(text) => text.with_utf8(<[u8]>::to_vec),
        Data::Bytes(bytes) => bytes.as_slice().to_vec(),
    };
    // Who hears of it here may look at what was written elsewhere before.
    natives.begin_sends();
    let Some(channel) = natives.channel(handle) else {
        return BAD_HANDLE;
    };
    // A copy: the program may close its own before the message leaves.
    let descriptor = match fd {
        0.. => match sync::file::duplicate(Fd::new(fd)) {
            Ok(copy) => Some(copy),
            Err(errno) => return errno.result(),
        },
        _ => None,
    };
    channel.queue.push_back(Letter {
        bytes,
        sent_bytes: 0,
        descriptor,
    });
    if channel.queue.len() == 1 {
        let outcome = channel.send_first();
        if outcome != Ok(false) {
            let letter = channel.queue.pop_front();
            let descriptor = letter.and_then(|letter| letter.descriptor);
            descriptor.into_iter().for_each(close_now);
            return outcome.map_or_else(|errno| errno.result(), |_| 0);
        }
    }
    natives.poll_channel(Handle::from_js(handle), OUT);
    1
}

#[allow(non_snake_case)]
fn takeDescriptor(natives: &mut Natives, handle: i32) -> i32 {
    let descriptor = natives
        .channel(handle)
        .and_then(|channel| channel.descriptors.pop_front());
    descriptor.map_or(-1, Fd::raw)
}

fn close(natives: &mut Natives, handle: i32) -> i32 {
    let Some(channel) = natives.channel(handle) else {
        return BAD_HANDLE;
    };
    channel.closing = true;
    // What waits gets one try, as far as the socket has room.
    while let Ok(true) = channel.send_first() {
        channel.queue.pop_front();
    }
    for flight in channel.polls.into_iter().flatten() {
        natives.ring.cancel(flight);
    }
    natives.finish_closing(Handle::from_js(handle));
    0
}

fn set_refed(natives: &mut Natives, handle: i32, refed: bool) -> i32 {
    match natives.channel(handle) {
        Some(channel) => {
            channel.refed = refed;
            0
        }
        None => BAD_HANDLE,
    }
}

fn r#ref(natives: &mut Natives, handle: i32) -> i32 {
    set_refed(natives, handle, true)
}

fn unref(natives: &mut Natives, handle: i32) -> i32 {
    set_refed(natives, handle, false)
}

#[allow(non_snake_case)]
fn hasRef(natives: &mut Natives, handle: i32) -> bool {
    natives.channel(handle).is_some_and(|channel| channel.refed)
}

fn fd(natives: &mut Natives, handle: i32) -> i32 {
    natives
        .channel(handle)
        .map_or(BAD_HANDLE, |channel| channel.fd.raw())
}

#[allow(non_snake_case)]
fn queuedBytes(natives: &mut Natives, handle: i32) -> f64 {
    let Some(channel) = natives.channel(handle) else {
        return 0.0;
    };
    let rest = |letter: &Letter| letter.bytes.len() - letter.sent_bytes;
    channel.queue.iter().map(rest).sum::<usize>() as f64
}
