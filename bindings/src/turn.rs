//! Binding `turn`, the part that needs no V8: time, timers, what keeps the loop alive, signals,
//! and messages between cores. (`coring_engine` adds the page, microtasks and callbacks.)

use coring_engine::{Js, ops};
use coring_uring::{Errno, Fd, Op, Token, sync};

use crate::Natives;
use crate::inspector::SIGUSR1;
use crate::kinds::token;

ops! { turn(Natives) {
    /// Loop time in ms, as of the last wait.
    fast now();
    /// Reads the clock; loop time in ms.
    fast updateNow();
    /// The next timer's absolute loop time, and whether it keeps the loop alive.
    fast scheduleTimer(expiry_ms: f64, keeps_alive: bool);
    /// Counts things of JavaScript's own that keep the loop alive.
    fast refAdd(count: i32);
    slow signalStart(signal: i32);
    slow signalStop(signal: i32);
    /// While V8 makes a thread: it must not take signals that the program will listen to.
    slow holdSignals(hold: bool);
    /// Index of this core, and how many there are.
    fast core();
    fast cores();
    /// 0 or -errno; -EAGAIN: the other core's mailbox is full.
    /// What the ring has done: enters, sqes, cqes, stale, starved, rearmed, short sends, overflows;
    /// and what there is now: operations in flight, sockets.
    slow ringStats();
} }

/// SIGKILL and SIGSTOP, signal(7).
const UNCATCHABLE: [i32; 2] = [9, 19];

/// What the loop must know to wait or to end.
#[derive(Default)]
pub struct State {
    timer_ms: f64,
    timer_keeps_alive: bool,
    refs_count: i64,
    /// Signals JavaScript listens to.
    signals: Vec<i32>,
    /// Signals that the program sent itself while an equal one waited. The kernel keeps one of
    /// them; each is told, as if a handler had run for it.
    pub(crate) signals_merged: Vec<i32>,
    signal_fd: Option<Fd>,
    signal_armed: bool,
    /// Another thread asked this core to drain.
    pub drain_asked: bool,
}

impl State {
    pub fn timer_due_ms(&self) -> Option<u64> {
        (self.timer_ms > 0.0).then_some(self.timer_ms as u64)
    }

    pub fn set_timer(&mut self, next_ms: f64) {
        self.timer_ms = next_ms.abs();
        self.timer_keeps_alive = next_ms > 0.0;
    }

    pub fn is_alive(&self) -> bool {
        self.timer_keeps_alive || self.refs_count > 0
    }

    pub(crate) fn would_merge(&self, signal: i32) -> bool {
        self.signals.contains(&signal) && sync::signal::is_pending(signal)
    }

    pub fn signal_ended(&mut self) {
        self.signal_armed = false;
    }
}

#[allow(non_snake_case)]
fn now(natives: &mut Natives) -> f64 {
    natives.clock.now_ms() as f64
}

#[allow(non_snake_case)]
fn updateNow(natives: &mut Natives) -> f64 {
    natives.clock.update() as f64
}

#[allow(non_snake_case)]
fn scheduleTimer(natives: &mut Natives, expiry_ms: f64, keeps_alive: bool) {
    natives.turn.timer_ms = expiry_ms;
    natives.turn.timer_keeps_alive = keeps_alive && expiry_ms > 0.0;
}

#[allow(non_snake_case)]
fn refAdd(natives: &mut Natives, count: i32) {
    natives.turn.refs_count += i64::from(count);
}

#[allow(non_snake_case)]
fn signalStart(natives: &mut Natives, signal: i32) -> i32 {
    if UNCATCHABLE.contains(&signal) {
        return Errno::EINVAL.result();
    }
    if natives.core == 0 {
        natives.fleet.listen(signal, true);
    }
    if !natives.turn.signals.contains(&signal) {
        natives.turn.signals.push(signal);
        return natives.change_signals();
    }
    0
}

#[allow(non_snake_case)]
fn signalStop(natives: &mut Natives, signal: i32) -> i32 {
    if natives.core == 0 {
        natives.fleet.listen(signal, false);
    }
    natives.turn.signals.retain(|known| *known != signal);
    if natives.fleet.is_many() {
        return 0;
    }
    if natives.inspector.hears_signal && signal == SIGUSR1 {
        return natives.change_signals();
    }
    if let Err(errno) = sync::signal::unblock(&[signal]) {
        return errno.result();
    }
    natives.change_signals()
}

/// A thread inherits the mask of its maker; one that blocks nothing would be killed by the default
/// action of a signal that the program takes by its descriptor (signal(7)). Cores of a fleet block
/// all that matter from their birth.
#[allow(non_snake_case)]
fn holdSignals(natives: &mut Natives, hold: bool) -> i32 {
    if natives.fleet.is_many() {
        return 0;
    }
    let listened = &natives.turn.signals;
    let hears = natives.inspector.hears_signal;
    let is_held = |signal: &i32| listened.contains(signal) || hears && *signal == SIGUSR1;
    let others = sync::signal::listenable().filter(|signal| !is_held(signal));
    let signals: Vec<i32> = others.collect();
    let changed = match hold {
        true => sync::signal::block(&signals),
        false => sync::signal::unblock(&signals),
    };
    changed.map_or_else(Errno::result, |()| 0)
}

fn core(natives: &mut Natives) -> i32 {
    natives.core as i32
}

fn cores(natives: &mut Natives) -> i32 {
    natives.fleet.cores_count as i32
}

#[allow(non_snake_case)]
fn ringStats(natives: &mut Natives) -> Js {
    let stats = natives.ring.stats();
    Js::Doubles(
        [
            stats.enters,
            stats.sqes,
            stats.cqes,
            stats.stale,
            stats.starved,
            stats.rearmed,
            stats.short_sends,
            stats.overflows,
            natives.ring.in_flight() as u64,
            natives.sockets.iter().count() as u64,
        ]
        .map(|count| count as f64)
        .to_vec(),
    )
}

impl Natives {
    fn change_signals(&mut self) -> i32 {
        if self.fleet.is_many() {
            // The fleet's main thread takes signals for all cores.
            return 0;
        }
        if let Err(errno) = sync::signal::block(&self.turn.signals) {
            return errno.result();
        }
        let result = match self.turn.signal_fd {
            Some(fd) => sync::signal::change_descriptor(fd, &self.turn.signals),
            None => sync::signal::descriptor(&self.turn.signals).map(|fd| {
                self.turn.signal_fd = Some(fd);
            }),
        };
        if let Err(errno) = result {
            return errno.result();
        }
        self.watch_signals();
        0
    }

    /// Arms the read of the signal descriptor.
    pub(crate) fn watch_signals(&mut self) {
        if let (Some(fd), false) = (self.turn.signal_fd, self.turn.signal_armed) {
            self.turn.signal_armed = true;
            self.ring
                .submit(Op::ReadMulti { fd }, Token::new(token::SIGNAL, 0, 0));
        }
    }
}
