//! Breaks the script that runs now from another thread (`breakOnSigint` of vm and the REPL).

use std::sync::{Arc, Mutex, MutexGuard};

use crate::builtin::current_handle;

#[derive(Default)]
struct State {
    /// Scripts on the stack that may be broken.
    runs_count: usize,
    has_fired: bool,
}

thread_local! {
    static STATE: Arc<Mutex<State>> = Arc::default();
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    // Nobody panics while holding it, and the two words are right at any time.
    state
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// For the thread that watches for the signal.
pub struct Breaker {
    isolate: v8::IsolateHandle,
    state: Arc<Mutex<State>>,
}

impl Breaker {
    /// For the isolate of this thread; None if it has none.
    pub fn here() -> Option<Breaker> {
        let isolate = current_handle()?;
        let state = STATE.with(Arc::clone);
        Some(Breaker { isolate, state })
    }

    /// Breaks the running script; false if none runs that may be broken.
    pub fn fire(&self) -> bool {
        let mut state = lock(&self.state);
        if state.runs_count == 0 {
            return false;
        }
        state.has_fired = true;
        // Under the lock: once the run is over it must not come any more.
        self.isolate.terminate_execution();
        true
    }
}

/// One run of a script, from `start` to `stop`.
pub(crate) struct BreakableRun(bool);

impl BreakableRun {
    pub(crate) fn start(is_breakable: bool) -> BreakableRun {
        if is_breakable {
            STATE.with(|state| lock(state).runs_count += 1);
        }
        BreakableRun(is_breakable)
    }

    /// Was it broken?
    pub(crate) fn stop(self) -> bool {
        self.0
            && STATE.with(|state| {
                let mut state = lock(state);
                state.runs_count -= 1;
                std::mem::take(&mut state.has_fired)
            })
    }
}
