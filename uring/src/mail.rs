//! Messages from core to core: the only way for one core to reach another.
//!
//! A mailbox is a bounded queue behind a mutex, and a doorbell. The first message after a quiet
//! time rings it, which puts a completion straight into the receiving ring (MSG_RING); the ones
//! behind it only queue. The kernel takes such a message from any thread, with a ring or without
//! (6.13), so the main thread and the lanes of `src/` post like everybody else, and nobody's
//! message waits for its sender's next turn. On older kernels the doorbell is an eventfd that the
//! ring reads. `cargo ci bench mail` compares the two.

use crate::completion::Completion;
use crate::errno::Errno;
use crate::flight::close_quietly;
use crate::kernel::Doorbell;
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
    /// The mailbox holds as many messages as it may, or the kernel had no memory to tell of it.
    Full(Vec<u8>),
    /// The mailbox is gone.
    Closed(Vec<u8>),
}

pub(crate) struct Shared {
    queue: Mutex<Queue>,
    messages_max: usize,
    doorbell: Doorbell,
}

struct Queue {
    messages: VecDeque<Vec<u8>>,
    /// The doorbell was rung and the mailbox not been emptied since.
    told: bool,
    closed: bool,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().expect("no holder of this lock can panic")
    }

    /// From here on nobody rings: the ring may go.
    pub(crate) fn close(&self) {
        let mut queue = self.queue();
        queue.closed = true;
        queue.messages.clear();
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Doorbell::Event(event) = self.doorbell {
            close_quietly(event);
        }
    }
}

impl Ring {
    /// Opens a mailbox of this core. Completions with `token` say that there is mail.
    pub fn mailbox(&mut self, token: Token, messages_max: usize) -> Result<Mailbox, Errno> {
        assert!(messages_max > 0);
        let (flight, doorbell) = self.listen(token)?;
        let queue = Queue {
            messages: VecDeque::new(),
            told: false,
            closed: false,
        };
        let shared = Arc::new(Shared {
            queue: Mutex::new(queue),
            messages_max,
            doorbell,
        });
        self.keep_mailbox(Arc::clone(&shared));
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
        self.shared.close();
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
        if !queue.told {
            // Under the lock: the ring is there as long as its mailbox is not closed.
            match self.shared.doorbell.ring() {
                Ok(()) => queue.told = true,
                // Its thread has ended.
                Err(Errno::EOWNERDEAD) => return Err(PostError::Closed(message)),
                Err(_) => return Err(PostError::Full(message)),
            }
        }
        queue.messages.push_back(message);
        Ok(())
    }
}
