//! Ends JavaScript that runs for too long: one thread per run that has a limit, which sleeps until
//! the limit or until the run is over. The same for a run that SIGINT may end; who can see signals
//! is told by the program (`set_interrupt_watch`).

use std::any::Any;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

/// Calls its argument when SIGINT comes, until the result is dropped; then ends the process by that
/// signal if `true`. None when it cannot.
pub type InterruptWatch = fn(Box<dyn Fn() + Send>, bool) -> Option<Box<dyn Any>>;

static INTERRUPT_WATCH: OnceLock<InterruptWatch> = OnceLock::new();

/// Says how SIGINT is watched; the first word counts.
pub fn set_interrupt_watch(watch: InterruptWatch) {
    // A second program in one process would say the same.
    let _ = INTERRUPT_WATCH.set(watch);
}

pub(super) fn watch_interrupt(act: Box<dyn Fn() + Send>, ends: bool) -> Option<Box<dyn Any>> {
    INTERRUPT_WATCH.get()?(act, ends)
}

const BY_TIMEOUT: u8 = 1;
const BY_SIGNAL: u8 = 2;

/// What ended a run from outside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fired {
    No,
    Timeout,
    Interrupt,
}

/// Armed from `start` to `stop`. Without a limit it costs nothing.
pub(crate) struct Watchdog {
    timer: Option<(Sender<()>, JoinHandle<()>)>,
    interrupt: Option<Box<dyn Any>>,
    fired: Arc<AtomicU8>,
}

impl Watchdog {
    /// `timeout_ms` below zero: no limit. None: SIGINT cannot be watched.
    pub(crate) fn start(
        isolate: &v8::IsolateHandle,
        timeout_ms: f64,
        breaks_on_sigint: bool,
    ) -> Option<Watchdog> {
        let fired = Arc::new(AtomicU8::new(0));
        let end = |by: u8| {
            let (fired, isolate) = (fired.clone(), isolate.clone());
            move || {
                // The first reason stays.
                let _ = fired.compare_exchange(0, by, Ordering::AcqRel, Ordering::Acquire);
                isolate.terminate_execution();
            }
        };
        let interrupt = match breaks_on_sigint {
            true => Some(watch_interrupt(Box::new(end(BY_SIGNAL)), false)?),
            false => None,
        };
        let timer = match timeout_ms < 0.0 {
            true => None,
            // Without a thread there is no limit: the program goes on, as with a slow clock.
            false => start_timer(timeout_ms, end(BY_TIMEOUT)),
        };
        Some(Watchdog {
            timer,
            interrupt,
            fired,
        })
    }

    /// Was the run ended? After this no termination comes from here any more.
    pub(crate) fn stop(self) -> Fired {
        drop(self.interrupt);
        if let Some((sender, thread)) = self.timer {
            drop(sender);
            // The thread cannot panic, and if it did there would be no limit to report.
            let _ = thread.join();
        }
        match self.fired.load(Ordering::Acquire) {
            BY_TIMEOUT => Fired::Timeout,
            BY_SIGNAL => Fired::Interrupt,
            _ => Fired::No,
        }
    }
}

fn start_timer(
    timeout_ms: f64,
    end: impl Fn() + Send + 'static,
) -> Option<(Sender<()>, JoinHandle<()>)> {
    let (sender, receiver) = channel();
    let limit = Duration::from_millis(timeout_ms as u64);
    let thread = std::thread::Builder::new()
        .name("vm timeout".to_owned())
        .spawn(move || {
            if receiver.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                end();
            }
        });
    thread.ok().map(|thread| (sender, thread))
}

/// Throws what Node throws for a run that was ended; false when it was not, or when all of
/// JavaScript ends and nobody could catch it.
pub(crate) fn throw_if_fired(
    catch: &mut v8::PinnedRef<'_, v8::TryCatch<'_, '_, v8::HandleScope<'_>>>,
    fired: Fired,
    timeout_ms: f64,
) -> bool {
    if fired == Fired::No || crate::realm::current().ending.get().is_some() {
        return false;
    }
    catch.cancel_terminate_execution();
    catch.reset();
    let (code, message) = match fired {
        Fired::Interrupt => (
            "ERR_SCRIPT_EXECUTION_INTERRUPTED",
            "Script execution was interrupted by `SIGINT`".to_owned(),
        ),
        Fired::Timeout | Fired::No => (
            "ERR_SCRIPT_EXECUTION_TIMEOUT",
            format!("Script execution timed out after {timeout_ms}ms"),
        ),
    };
    crate::builtin::throw_error(catch, code, &message);
    catch.rethrow();
    true
}
