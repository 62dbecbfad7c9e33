//! SIGUSR1, by which a process is asked to let debuggers in. A thread waits for it, so that a busy
//! core can be asked; it begins with the loop, and programs that end before pay nothing. Until then
//! the signal is blocked and waits.

use std::sync::Arc;
use std::thread;

use coring_engine::debugger;
use coring_uring::sync::signal;

use crate::Natives;
use crate::inbox::Note;

pub const SIGUSR1: i32 = 10;

/// It only waits.
const STACK_BYTES: usize = 64 << 10;

impl Natives {
    /// Begins to wait for the signal, once, if this is the thread that shall.
    pub fn watch_debugger_signal(&mut self) {
        if self.inspector.is_watched || !self.inspector.hears_signal {
            return;
        }
        self.inspector.is_watched = true;
        // Without these a debugger cannot be asked for, and the program runs as well.
        let (Ok(inbox), Some(call)) = (self.inbox(), debugger::call_for_here()) else {
            return;
        };
        let fleet = Arc::clone(&self.fleet);
        let watch = move || {
            let _ = signal::block_all();
            while signal::wait(&[SIGUSR1]).is_ok() {
                match fleet.is_listening(SIGUSR1) {
                    // The program takes it itself, by its own descriptor, but this was faster.
                    true => fleet.send_signal(SIGUSR1),
                    false => {
                        call.call();
                        inbox.leave(Note::Asked);
                    }
                }
            }
        };
        let thread = thread::Builder::new().name("SIGUSR1".to_owned());
        let _ = thread.stack_size(STACK_BYTES).spawn(watch);
    }
}
