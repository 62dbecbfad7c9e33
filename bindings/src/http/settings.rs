//! What a server was configured with. Connections share it with their listener, so that a change
//! counts for what comes next on all of them.

use std::cell::Cell;
use std::rc::Rc;

use coring_codec::http1::{Lenient, Limits};

#[derive(Clone, Copy, Debug)]
pub struct Values {
    pub limits: Limits,
    pub headers_timeout_ms: u64,
    pub request_timeout_ms: u64,
    pub keep_alive_timeout_ms: u64,
    /// Added to the keep-alive timeout that clients are told.
    pub keep_alive_buffer_ms: u64,
    pub requests_max: u32,
    pub idle_timeout_ms: u64,
    pub no_delay: bool,
    pub keep_alive_probe: bool,
    pub keep_alive_probe_s: u32,
    /// A peer that has sent all it will still gets its answers.
    pub half_open: bool,
}

/// Shared [`Values`].
#[derive(Clone, Debug)]
pub struct Settings(Rc<Cell<Values>>);

impl Default for Settings {
    /// Node's defaults.
    fn default() -> Settings {
        Settings(Rc::new(Cell::new(Values {
            limits: Limits::default(),
            headers_timeout_ms: 60_000,
            request_timeout_ms: 300_000,
            keep_alive_timeout_ms: 5_000,
            keep_alive_buffer_ms: 1_000,
            requests_max: 0,
            idle_timeout_ms: 0,
            no_delay: true,
            keep_alive_probe: false,
            keep_alive_probe_s: 0,
            half_open: false,
        })))
    }
}

/// No clock gets there, and sums of such times cannot overflow.
const MILLISECONDS_MAX: f64 = (1_u64 << 53) as f64;

/// A time of JavaScript's, which may be any number.
pub fn milliseconds(number: f64) -> u64 {
    number.clamp(0.0, MILLISECONDS_MAX) as u64
}

impl Settings {
    pub fn get(&self) -> Values {
        self.0.get()
    }

    /// Takes the numbers of op `configure`, in its order.
    pub fn set(&self, numbers: &[f64]) {
        let at = |index: usize| numbers.get(index).copied().unwrap_or(0.0).max(0.0);
        let milliseconds = |index: usize| milliseconds(at(index));
        let mut values = self.0.get();
        values.limits.head_bytes_max = at(0) as u32;
        values.headers_timeout_ms = milliseconds(1);
        values.request_timeout_ms = milliseconds(2);
        values.keep_alive_timeout_ms = milliseconds(3);
        values.keep_alive_buffer_ms = milliseconds(4);
        values.requests_max = at(5) as u32;
        values.idle_timeout_ms = milliseconds(6);
        values.limits.lenient = lenient(at(7) as u32);
        values.limits.headers_count_max = at(10) as u32;
        values.no_delay = at(11) != 0.0;
        values.keep_alive_probe = at(12) != 0.0;
        values.keep_alive_probe_s = at(13) as u32;
        values.half_open = at(14) != 0.0;
        self.0.set(values);
    }
}

/// lib_js's word for leniency: 0 strict, 1 all that `insecureHTTPParser` allows, 2 only relaxed
/// header values.
pub fn lenient(word: u32) -> Lenient {
    match word {
        0 => Lenient::NONE,
        2 => Lenient::HEADER_VALUE_RELAXED,
        _ => Lenient::ALL,
    }
}
