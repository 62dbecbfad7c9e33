//! What other threads leave for this one: that a port has messages, that a worker has news.
//! Notes are few and small; what they speak of stands elsewhere.

use std::sync::{Arc, Mutex, MutexGuard};

use coring_uring::{Errno, Post};

use crate::Natives;
use crate::fleet::WAKE;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Note {
    /// The port with this handle has something in its queue.
    Port(i32),
    /// The worker with this handle has answers, or has ended.
    Worker(i32),
    /// The request for a lock with this id is granted, or (false) the lock was stolen.
    Lock(i32, bool),
    /// This thread is asked for something, or to stop.
    Asked,
    /// The compute lane has an answer for this thread.
    Lane,
    /// Another thread has left something for this one's addons.
    Addon,
    /// V8 has something to do here.
    Wake,
}

pub struct Inbox {
    notes: Mutex<Vec<Note>>,
    post: Post,
}

impl Inbox {
    fn notes(&self) -> MutexGuard<'_, Vec<Note>> {
        self.notes.lock().expect("no holder of this lock can panic")
    }

    pub fn leave(&self, note: Note) {
        let mut notes = self.notes();
        let is_first = notes.is_empty();
        notes.push(note);
        drop(notes);
        if is_first {
            // A full mailbox is about to be looked at, and the notes with it; a closed one is of a
            // thread that has ended.
            let _ = self.post.send(WAKE.to_le_bytes().to_vec());
        }
    }

    pub fn take(&self) -> Vec<Note> {
        std::mem::take(&mut self.notes())
    }
}

impl Natives {
    /// This thread's inbox, opened with its mailbox when first needed.
    pub(crate) fn inbox(&mut self) -> Result<Arc<Inbox>, Errno> {
        if let Some(inbox) = &self.inbox {
            return Ok(inbox.clone());
        }
        if self.mailbox.is_none() {
            self.open_mailbox()?;
        }
        let mailbox = self.mailbox.as_ref().expect("it was opened");
        let inbox = Arc::new(Inbox {
            notes: Mutex::default(),
            post: mailbox.post(),
        });
        self.inbox = Some(inbox.clone());
        self.wake_by_tasks();
        Ok(inbox)
    }

    /// Has V8's tasks wake the loop by the inbox, if there are both. Threads that could leave a
    /// task here at any time are workers and those that have some: all of these have an inbox.
    pub fn wake_by_tasks(&self) {
        if let Some(inbox) = self.inbox.clone() {
            coring_engine::wake_by(Box::new(move || inbox.leave(Note::Wake)));
        }
    }

    /// Tells the owner of a port or worker; this thread tells itself without the kernel.
    pub(crate) fn tell(&mut self, inbox: &Arc<Inbox>, note: Note) {
        let is_own = self
            .inbox
            .as_ref()
            .is_some_and(|own| Arc::ptr_eq(own, inbox));
        match is_own {
            true => self.notes.push(note),
            false => inbox.leave(note),
        }
    }
}
