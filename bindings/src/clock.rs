//! The only reader of the clock: once per turn, then everybody goes by that value.

use std::time::Duration;

use coring_uring::{Wait, sync};

pub struct Clock {
    origin_ns: u64,
    now_ms: u64,
    unix_seconds: Option<u64>,
}

impl Clock {
    pub fn new() -> Clock {
        Clock {
            origin_ns: sync::clock::monotonic(),
            now_ms: 0,
            unix_seconds: None,
        }
    }

    /// Reads the clock; ms since this core began, as Node's loop time.
    pub fn update(&mut self) -> u64 {
        self.now_ms = (sync::clock::monotonic() - self.origin_ns) / 1_000_000;
        self.unix_seconds = None;
        self.now_ms
    }

    pub fn now_ms(&self) -> u64 {
        self.now_ms
    }

    /// Seconds since 1970, read at most once per turn.
    pub fn unix_seconds(&mut self) -> u64 {
        *self
            .unix_seconds
            .get_or_insert_with(|| sync::clock::realtime() / 1_000_000_000)
    }

    /// How long to wait for something due at `due_ms`.
    pub fn wait_until(&self, due_ms: u64) -> Wait {
        let elapsed_ns = sync::clock::monotonic() - self.origin_ns;
        let due_ns = due_ms.saturating_mul(1_000_000);
        match due_ns.checked_sub(elapsed_ns) {
            None | Some(0) => Wait::Poll,
            Some(left_ns) => Wait::Until(Duration::from_nanos(left_ns)),
        }
    }
}
