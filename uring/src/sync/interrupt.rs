//! SIGINT, taken for a while: whoever runs a program's code for too long can be told that somebody
//! pressed Ctrl-C. Outside of that time the signal does what it did before.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::errno::Errno;

/// How soon the watcher sees that a signal came, or that nobody waits for one any more.
const STEP: Duration = Duration::from_millis(5);

/// Signals that came. All that a signal handler may safely do is to count.
static SIGNALS_COUNT: AtomicU32 = AtomicU32::new(0);

extern "C" fn count_signal(_: libc::c_int) {
    SIGNALS_COUNT.fetch_add(1, Ordering::Relaxed);
}

/// SIGINT is taken as long as this lives.
pub struct Interrupt {
    former: libc::sigaction,
    is_over: Arc<AtomicBool>,
    watcher: Option<JoinHandle<()>>,
}

/// Calls `act`, on a thread of its own and at most once, when SIGINT comes.
pub fn take(act: Box<dyn Fn() + Send>) -> Result<Interrupt, Errno> {
    let seen_count = SIGNALS_COUNT.load(Ordering::Relaxed);
    let former = set_handler()?;
    let is_over = Arc::new(AtomicBool::new(false));
    let over = is_over.clone();
    let watch = move || {
        // The signal is for the program's thread. Not to block it here only delays it.
        let _ = super::signal::block(&[libc::SIGINT]);
        while !over.load(Ordering::Acquire) {
            if SIGNALS_COUNT.load(Ordering::Relaxed) != seen_count {
                act();
                return;
            }
            std::thread::sleep(STEP);
        }
    };
    let watcher = std::thread::Builder::new().name("SIGINT".to_owned());
    let watcher = watcher.spawn(watch).ok();
    let interrupt = Interrupt {
        former,
        is_over,
        watcher,
    };
    match interrupt.watcher {
        Some(_) => Ok(interrupt),
        None => Err(Errno::EAGAIN),
    }
}

fn set_handler() -> Result<libc::sigaction, Errno> {
    // SAFETY: plain numbers, for which zero is valid: no flags, and an empty mask.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    let mut former = action;
    action.sa_sigaction = count_signal as extern "C" fn(libc::c_int) as usize;
    action.sa_flags = libc::SA_RESTART;
    // SAFETY: the handler only counts, and both pointers are to locals.
    let result = unsafe { libc::sigaction(libc::SIGINT, &raw const action, &raw mut former) };
    if result == 0 {
        Ok(former)
    } else {
        Err(Errno::last())
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Release);
        if let Some(watcher) = self.watcher.take() {
            // A watcher that panicked has nothing more to tell.
            let _ = watcher.join();
        }
        // SAFETY: what was in force before is in force again.
        unsafe { libc::sigaction(libc::SIGINT, &raw const self.former, std::ptr::null_mut()) };
    }
}
