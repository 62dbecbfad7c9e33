//! Ends JavaScript that runs for too long: one thread per run that has a limit, which sleeps until
//! the limit or until the run is over.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Armed from `start` to `stop`. Without a limit it costs nothing.
pub(crate) struct Watchdog {
    armed: Option<(Sender<()>, JoinHandle<()>)>,
    has_fired: Arc<AtomicBool>,
}

impl Watchdog {
    /// `timeout_ms` below zero: no limit.
    pub(crate) fn start(isolate: v8::IsolateHandle, timeout_ms: f64) -> Watchdog {
        let has_fired = Arc::new(AtomicBool::new(false));
        if timeout_ms < 0.0 {
            let armed = None;
            return Watchdog { armed, has_fired };
        }
        let (sender, receiver) = channel();
        let fired = has_fired.clone();
        let limit = Duration::from_millis(timeout_ms as u64);
        let thread = std::thread::Builder::new()
            .name("vm timeout".to_owned())
            .spawn(move || {
                if receiver.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                    fired.store(true, Ordering::Release);
                    isolate.terminate_execution();
                }
            });
        // Without a thread there is no limit: the program goes on, as with a slow clock.
        let armed = thread.ok().map(|thread| (sender, thread));
        Watchdog { armed, has_fired }
    }

    /// Was the limit reached? After this no termination comes from here any more.
    pub(crate) fn stop(self) -> bool {
        if let Some((sender, thread)) = self.armed {
            drop(sender);
            // The thread cannot panic, and if it did there would be no limit to report.
            let _ = thread.join();
        }
        self.has_fired.load(Ordering::Acquire)
    }
}
