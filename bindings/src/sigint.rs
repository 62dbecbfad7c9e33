//! Binding `sigint`: while a script runs that may be broken, SIGINT breaks it. A thread waits for
//! the signal, since this one is busy with the script.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use coring_engine::{Breaker, ops};
use coring_uring::{Errno, sync};

use crate::Natives;

ops! { sigint(Natives) {
    /// From now on SIGINT breaks the running script. 0 or -errno.
    slow start();
    /// Ends that; true if the signal came while no script could be broken.
    slow stop();
} }

const SIGINT: i32 = 2;
/// Wakes the thread; nobody else sends it, and it is ignored where it is not waited for.
const SIGURG: i32 = 23;
/// Another thread of the process may have taken the signal: it is sent again after this time.
const WAKE_AGAIN: Duration = Duration::from_millis(20);

/// The thread that waits.
pub struct Watch {
    is_over: Arc<AtomicBool>,
    missed: mpsc::Receiver<bool>,
}

fn start(natives: &mut Natives) -> i32 {
    if natives.sigint.is_some() {
        return Errno::EALREADY.result();
    }
    let Some(breaker) = Breaker::here() else {
        return Errno::EINVAL.result();
    };
    if let Err(errno) = sync::signal::block(&[SIGINT, SIGURG]) {
        return errno.result();
    }
    let is_over = Arc::new(AtomicBool::new(false));
    let (sender, missed) = mpsc::channel();
    let over = is_over.clone();
    let thread = std::thread::Builder::new()
        .name("sigint".to_owned())
        .spawn(move || {
            let mut was_missed = false;
            while !over.load(Ordering::Acquire) {
                if sync::signal::wait(&[SIGINT, SIGURG]) == Ok(SIGINT) {
                    was_missed |= !breaker.fire();
                }
            }
            // The other end waits for this.
            let _ = sender.send(was_missed);
        });
    if thread.is_err() {
        return Errno::EAGAIN.result();
    }
    natives.sigint = Some(Watch { is_over, missed });
    0
}

fn stop(natives: &mut Natives) -> bool {
    let Some(watch) = natives.sigint.take() else {
        return false;
    };
    watch.is_over.store(true, Ordering::Release);
    let was_missed = loop {
        if sync::signal::raise(SIGURG).is_err() {
            break false;
        }
        match watch.missed.recv_timeout(WAKE_AGAIN) {
            Ok(was_missed) => break was_missed,
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => break false,
        }
    };
    if !natives.turn.listens_to(SIGINT) {
        // It was blocked a moment ago, so this cannot fail.
        let _ = sync::signal::unblock(&[SIGINT]);
    }
    was_missed
}
