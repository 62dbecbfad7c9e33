//! Messages from core to core: the only way for one core to reach another.
//!
//! A mailbox is a bounded queue behind a mutex and an eventfd that its ring reads. The first
//! message after a quiet time writes the eventfd; the ones behind it only queue. A poster needs no
//! ring, so the main thread and the lanes of `src/` post like everybody else.
//!
//! MSG_RING, which posts a completion straight into another ring, was left out: it needs a ring on
//! the sending side, cannot be sent from a thread without one, delays the message to the sender's
//! next turn, and its latency is reported on both sides of the eventfd's. One way is simpler to
//! get right, and no request path goes through here.

use crate::completion::Completion;
use crate::errno::{Checked, Errno};
use crate::fd::Fd;
use crate::flight::close_quietly;
use crate::op::Op;
use crate::ring::Ring;
use crate::token::{FlightId, Token};
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard};

/// The receiving end. Its ring tells of mail by a completion with the mailbox's token.
pub struct Mailbox {
    shared: Arc<Shared>,
    flight: FlightId,
    /// Stays on its core.
    not_send: PhantomData<*const ()>,
}

/// The sending end, for any thread.
#[derive(Clone)]
pub struct Post {
    shared: Arc<Shared>,
}

/// A message that was not taken, and comes back.
#[derive(Debug, PartialEq, Eq)]
pub enum PostError {
    /// The mailbox holds as many messages as it may.
    Full(Vec<u8>),
    /// The mailbox is gone.
    Closed(Vec<u8>),
}

pub(crate) struct Shared {
    queue: Mutex<Queue>,
    messages_max: usize,
    event: Fd,
}

struct Queue {
    messages: VecDeque<Vec<u8>>,
    /// The eventfd has been written to and the mailbox not been emptied since.
    told: bool,
    closed: bool,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().expect("no holder of this lock can panic")
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        close_quietly(self.event);
    }
}

impl Ring {
    /// Opens a mailbox of this core. Completions with `token` say that there is mail.
    pub fn mailbox(&mut self, token: Token, messages_max: usize) -> Result<Mailbox, Errno> {
        assert!(messages_max > 0);
        // SAFETY: no memory is involved.
        let event = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC) }.checked()?;
        let event = Fd::new(event);
        let queue = Queue {
            messages: VecDeque::new(),
            told: false,
            closed: false,
        };
        let shared = Arc::new(Shared {
            queue: Mutex::new(queue),
            messages_max,
            event,
        });
        self.keep_mailbox(Arc::clone(&shared));
        let flight = self.submit(Op::Event { fd: event }, token);
        Ok(Mailbox {
            shared,
            flight,
            not_send: PhantomData,
        })
    }

    /// Closes a mailbox: its waiting ends with a last completion, unread messages are dropped.
    pub fn close_mailbox(&mut self, mailbox: Mailbox) {
        self.cancel(mailbox.flight);
    }
}

impl Mailbox {
    /// Moves all messages out, oldest first.
    pub fn take(&mut self, into: &mut Vec<Vec<u8>>) {
        let mut queue = self.shared.queue();
        queue.told = false;
        into.extend(queue.messages.drain(..));
    }

    /// Another sending end for this mailbox.
    pub fn post(&self) -> Post {
        Post {
            shared: Arc::clone(&self.shared),
        }
    }

    /// Whether a completion is of this mailbox's flight.
    pub fn owns(&self, completion: &Completion) -> bool {
        completion.flight == self.flight
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        let mut queue = self.shared.queue();
        queue.closed = true;
        queue.messages.clear();
    }
}

impl Post {
    /// Queues a message and wakes the receiver if it may be asleep. Never blocks for long.
    pub fn send(&self, message: Vec<u8>) -> Result<(), PostError> {
        let mut queue = self.shared.queue();
        if queue.closed {
            return Err(PostError::Closed(message));
        }
        if queue.messages.len() >= self.shared.messages_max {
            return Err(PostError::Full(message));
        }
        queue.messages.push_back(message);
        let wake = !queue.told;
        queue.told = true;
        drop(queue);
        if wake {
            self.wake();
        }
        Ok(())
    }

    fn wake(&self) {
        let one = 1u64.to_ne_bytes();
        let written = crate::sync::file::write(self.shared.event, &one, None);
        // The counter cannot overflow: one write per emptied mailbox.
        assert!(written == Ok(one.len()));
    }
}
