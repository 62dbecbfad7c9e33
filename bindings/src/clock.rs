//! The only reader of the clock: once per turn, then everybody goes by that value.

use std::time::Duration;

use coring_uring::{Wait, sync};

pub struct Clock {
    origin_ns: u64,
    now_ns: u64,
    now_ms: u64,
    unix_seconds: Option<u64>,
}

impl Clock {
    pub fn new() -> Clock {
        Clock {
            origin_ns: sync::clock::monotonic(),
            now_ns: 0,
            now_ms: 0,
            unix_seconds: None,
        }
    }

    /// Reads the clock; ms since this core began, as Node's loop time.
    pub fn update(&mut self) -> u64 {
        self.now_ns = sync::clock::monotonic();
        self.now_ms = (self.now_ns - self.origin_ns) / 1_000_000;
        self.unix_seconds = None;
        self.now_ms
    }

    pub fn now_ms(&self) -> u64 {
        self.now_ms
    }

    /// The clock itself, as it was last read.
    pub fn now_ns(&self) -> u64 {
        self.now_ns
    }

    /// Seconds since 1970, read at most once per turn.
    pub fn unix_seconds(&mut self) -> u64 {
        *self
            .unix_seconds
            .get_or_insert_with(|| sync::clock::realtime() / 1_000_000_000)
    }

    /// How long to wait for something due at `due_ms`.
    pub fn wait_until(&self, due_ms: u64) -> Wait {
        let due_ns = due_ms.saturating_mul(1_000_000);
        self.wait_until_ns(self.origin_ns.saturating_add(due_ns))
    }

    /// The same for a time of the clock itself.
    pub fn wait_until_ns(&self, due_ns: u64) -> Wait {
        match due_ns.checked_sub(sync::clock::monotonic()) {
            None | Some(0) => Wait::Poll,
            Some(left_ns) => Wait::Until(Duration::from_nanos(left_ns)),
        }
    }
}
