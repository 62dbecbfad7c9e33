//! Binding `performance`, the part that needs no V8: milestones of this core's life, how long its
//! loop was idle, histograms, and watching how late the loop is. (`coring_engine` adds the garbage
//! collector.)

use std::sync::{Arc, Mutex, MutexGuard};

use coring_engine::{Js, ops};
use coring_uring::sync::clock::monotonic;

use crate::Natives;
use crate::histogram::Recorder;
use crate::kinds::entry;
use crate::slots::{Handle, Slots};
use crate::trace_events;

ops! { performance(Natives) {
    constants = constants;
    /// Monotonic times in ns, by the constants; 0: not yet.
    slow milestones();
    /// The clock of the milestones, in ns.
    fast monotonicNow();
    fast markBootstrapComplete();
    /// Time in ms that the loop waited with nothing to do.
    fast idleTime();
    /// Turns, completions, and those of the last wait.
    slow loopMetrics();
    /// Handle, or 0: no room, or bounds that make no histogram.
    fast histogramCreate(lowest: f64, highest: f64, figures: u32);
    fast histogramSmooth(handle: i32, half_life: f64, threshold: f64);
    fast histogramFree(handle: i32);
    /// A number by which another thread gets the same histogram, once; 0: there is none.
    slow histogramShare(handle: i32);
    /// Handle, or 0: nobody shares it any more.
    slow histogramAdopt(number: f64);
    fast histogramRecord(handle: i32, value: f64);
    fast histogramRecordCorrected(handle: i32, value: f64, interval: f64);
    fast histogramRecordDelta(handle: i32);
    fast histogramAdd(handle: i32, other: i32);
    fast histogramSubtract(handle: i32, other: i32);
    fast histogramReset(handle: i32);
    /// `question`: a place in histogram.rs's list.
    fast histogramAnswer(handle: i32, question: u32);
    fast histogramPercentile(handle: i32, percentile: f64);
    fast histogramCountAt(handle: i32, value: f64);
    fast histogramLowest(handle: i32, value: f64);
    /// Lowest, highest and middle value and count of every bucket that has something in it.
    slow histogramBuckets(handle: i32);
    /// Lets the loop record how late it is: every `resolution_ms`, or once a turn if that is 0.
    fast watchDelay(handle: i32, resolution_ms: f64);
    fast unwatchDelay(handle: i32);
} }

/// Places in `milestones`, as Node numbers them.
const MILESTONES: [(&str, usize); 8] = [
    ("NODE_PERFORMANCE_MILESTONE_TIME_ORIGIN_TIMESTAMP", 0),
    ("NODE_PERFORMANCE_MILESTONE_TIME_ORIGIN", 1),
    ("NODE_PERFORMANCE_MILESTONE_ENVIRONMENT", 2),
    ("NODE_PERFORMANCE_MILESTONE_NODE_START", 3),
    ("NODE_PERFORMANCE_MILESTONE_V8_START", 4),
    ("NODE_PERFORMANCE_MILESTONE_LOOP_START", 5),
    ("NODE_PERFORMANCE_MILESTONE_LOOP_EXIT", 6),
    ("NODE_PERFORMANCE_MILESTONE_BOOTSTRAP_COMPLETE", 7),
];

/// Kinds of entries that Node's native side counts observers of.
const OBSERVED: [&str; 5] = [
    "NODE_PERFORMANCE_ENTRY_TYPE_GC",
    "NODE_PERFORMANCE_ENTRY_TYPE_HTTP",
    "NODE_PERFORMANCE_ENTRY_TYPE_HTTP2",
    "NODE_PERFORMANCE_ENTRY_TYPE_NET",
    "NODE_PERFORMANCE_ENTRY_TYPE_DNS",
];

/// A point of a core's life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Milestone {
    Environment = 2,
    NodeStart = 3,
    V8Start = 4,
    LoopStart = 5,
    LoopExit = 6,
    BootstrapComplete = 7,
}

/// A histogram, perhaps of several threads.
type Shared = Arc<Mutex<Recorder>>;

fn locked(shared: &Shared) -> MutexGuard<'_, Recorder> {
    shared.lock().expect("no holder of this lock can panic")
}

/// Histograms on their way from thread to thread; the oldest go when there are too many.
struct Travelling {
    last_number: u64,
    histograms: Vec<(u64, Shared)>,
}

const TRAVELLING_MAX: usize = 1 << 16;

static TRAVELLING: Mutex<Travelling> = Mutex::new(Travelling {
    last_number: 0,
    histograms: Vec::new(),
});

/// A histogram that the loop records its delay in.
struct Watch {
    histogram: Handle,
    /// 0: once a turn, how long it worked.
    resolution_ns: u64,
    due_ns: u64,
}

#[derive(Default)]
pub struct State {
    milestones: [u64; MILESTONES.len()],
    idle_ns: u64,
    turns_count: u64,
    events_count: u64,
    events_last_count: usize,
    histograms: Slots<Shared>,
    watches: Vec<Watch>,
    /// When the last wait ended.
    woke_ns: u64,
}

impl State {
    /// When the loop must wake up to record how late it is.
    pub fn due_ns(&self) -> Option<u64> {
        let timed = self.watches.iter().filter(|watch| watch.resolution_ns > 0);
        timed.map(|watch| watch.due_ns).min()
    }

    /// The turn's work is done, the wait begins.
    pub fn wait_begins(&mut self, now_ns: u64) {
        for watch in self.watches.iter().filter(|watch| watch.resolution_ns == 0) {
            if let Some(shared) = self.histograms.get(watch.histogram)
                && self.woke_ns != 0
            {
                locked(shared).record(now_ns.saturating_sub(self.woke_ns).max(1));
            }
        }
    }

    /// The wait is over; it was idle since `idle_since_ns`.
    pub fn wait_ended(&mut self, now_ns: u64, idle_since_ns: Option<u64>, events_count: usize) {
        if let Some(since_ns) = idle_since_ns {
            self.idle_ns += now_ns.saturating_sub(since_ns);
        }
        self.turns_count += 1;
        self.events_count += events_count as u64;
        self.events_last_count = events_count;
        self.woke_ns = now_ns;
        for watch in &mut self.watches {
            if watch.resolution_ns > 0 && now_ns >= watch.due_ns {
                watch.due_ns = now_ns + watch.resolution_ns;
                if let Some(shared) = self.histograms.get(watch.histogram) {
                    locked(shared).record_delta(now_ns);
                }
            }
        }
    }

    pub fn is_watched(&self) -> bool {
        !self.watches.is_empty()
    }
}

impl Natives {
    /// Keeps the time of a milestone; the first time counts.
    pub fn mark(&mut self, milestone: Milestone, now_ns: u64) {
        let kept = &mut self.performance.milestones[milestone as usize];
        if *kept != 0 {
            return;
        }
        *kept = now_ns;
        if self.traces {
            trace_events::milestone(milestone);
        }
        if let (Milestone::LoopStart, Some(control)) = (milestone, &self.control) {
            control.note_loop_start(now_ns);
        }
    }

    /// The loop is about to turn, or to end.
    pub fn mark_now(&mut self, milestone: Milestone) {
        if self.performance.milestones[milestone as usize] == 0 {
            self.mark(milestone, monotonic());
        }
    }

    /// Tells JavaScript that the garbage collector has done something, with the next delivery.
    pub fn tell_collections(&mut self) {
        let is_told = |(kind, _): &(u8, [i32; 3])| *kind == entry::COLLECTIONS;
        if !self.answers.iter().any(is_told) {
            self.answers.push((entry::COLLECTIONS, [0, 0, 0]));
        }
    }

    fn histogram(&self, handle: i32) -> Option<MutexGuard<'_, Recorder>> {
        let shared = self.performance.histograms.get(Handle::from_js(handle))?;
        Some(locked(shared))
    }

    fn keep_histogram(&mut self, shared: Shared) -> i32 {
        match self.performance.histograms.insert(shared) {
            Ok(handle) => handle.to_js(),
            Err(_) => 0,
        }
    }
}

fn constants() -> Vec<(&'static str, Js)> {
    let milestones = MILESTONES.iter().map(|(name, at)| (*name, *at));
    let observed = OBSERVED.iter().enumerate().map(|(at, name)| (*name, at));
    let named = milestones.chain(observed);
    let numbers = named.map(|(name, at)| (name.to_owned(), Js::Number(at as f64)));
    let counts = OBSERVED.iter().map(|_| Js::Number(0.0)).collect();
    vec![
        ("constants", Js::Object(numbers.collect())),
        ("observerCounts", Js::List(counts)),
    ]
}

fn milestones(natives: &mut Natives) -> Js {
    let times = natives.performance.milestones.iter();
    Js::Doubles(times.map(|ns| *ns as f64).collect())
}

#[allow(non_snake_case)]
fn monotonicNow(_: &mut Natives) -> f64 {
    monotonic() as f64
}

#[allow(non_snake_case)]
fn markBootstrapComplete(natives: &mut Natives) {
    natives.mark_now(Milestone::BootstrapComplete);
}

#[allow(non_snake_case)]
fn idleTime(natives: &mut Natives) -> f64 {
    natives.performance.idle_ns as f64 / 1e6
}

#[allow(non_snake_case)]
fn loopMetrics(natives: &mut Natives) -> Js {
    let state = &natives.performance;
    Js::Doubles(vec![
        state.turns_count as f64,
        state.events_count as f64,
        state.events_last_count as f64,
    ])
}

#[allow(non_snake_case)]
fn histogramCreate(natives: &mut Natives, lowest: f64, highest: f64, figures: u32) -> i32 {
    let figures = figures.min(5) as u8;
    let Ok(recorder) = Recorder::new(lowest as u64, highest as u64, figures) else {
        return 0;
    };
    natives.keep_histogram(Arc::new(Mutex::new(recorder)))
}

#[allow(non_snake_case)]
fn histogramShare(natives: &mut Natives, handle: i32) -> f64 {
    let handle = Handle::from_js(handle);
    let Some(shared) = natives.performance.histograms.get(handle) else {
        return 0.0;
    };
    let mut travelling = TRAVELLING.lock().expect("no holder of this lock can panic");
    if travelling.histograms.len() == TRAVELLING_MAX {
        travelling.histograms.remove(0);
    }
    travelling.last_number += 1;
    let number = travelling.last_number;
    travelling.histograms.push((number, shared.clone()));
    number as f64
}

#[allow(non_snake_case)]
fn histogramAdopt(natives: &mut Natives, number: f64) -> i32 {
    let mut travelling = TRAVELLING.lock().expect("no holder of this lock can panic");
    let is_it = |(known, _): &(u64, Shared)| *known as f64 == number;
    let Some(at) = travelling.histograms.iter().rposition(is_it) else {
        return 0;
    };
    let (_, shared) = travelling.histograms.remove(at);
    drop(travelling);
    natives.keep_histogram(shared)
}

#[allow(non_snake_case)]
fn histogramSmooth(natives: &mut Natives, handle: i32, half_life: f64, threshold: f64) {
    if let Some(mut recorder) = natives.histogram(handle) {
        recorder.smooth(half_life, threshold);
    }
}

#[allow(non_snake_case)]
fn histogramFree(natives: &mut Natives, handle: i32) {
    unwatchDelay(natives, handle);
    let handle = Handle::from_js(handle);
    natives.performance.histograms.remove(handle);
}

#[allow(non_snake_case)]
fn histogramRecord(natives: &mut Natives, handle: i32, value: f64) {
    if let Some(mut recorder) = natives.histogram(handle) {
        recorder.record(value as u64);
    }
}

#[allow(non_snake_case)]
fn histogramRecordCorrected(natives: &mut Natives, handle: i32, value: f64, interval: f64) {
    if let Some(mut recorder) = natives.histogram(handle) {
        recorder.record_corrected(value as u64, interval as u64);
    }
}

#[allow(non_snake_case)]
fn histogramRecordDelta(natives: &mut Natives, handle: i32) {
    if let Some(mut recorder) = natives.histogram(handle) {
        recorder.record_delta(monotonic());
    }
}

/// Both histograms, which may be one; None if one of them is gone.
fn pair(
    natives: &Natives,
    handle: i32,
    other: i32,
) -> Option<(MutexGuard<'_, Recorder>, Recorder)> {
    // A copy, made first: the two may be one.
    let other = natives.histogram(other)?.clone();
    Some((natives.histogram(handle)?, other))
}

#[allow(non_snake_case)]
fn histogramAdd(natives: &mut Natives, handle: i32, other: i32) {
    if let Some((mut recorder, other)) = pair(natives, handle, other) {
        recorder.add(&other);
    }
}

#[allow(non_snake_case)]
fn histogramSubtract(natives: &mut Natives, handle: i32, other: i32) {
    if let Some((mut recorder, other)) = pair(natives, handle, other) {
        recorder.subtract(&other);
    }
}

#[allow(non_snake_case)]
fn histogramReset(natives: &mut Natives, handle: i32) {
    if let Some(mut recorder) = natives.histogram(handle) {
        recorder.reset();
    }
}

#[allow(non_snake_case)]
fn histogramAnswer(natives: &mut Natives, handle: i32, question: u32) -> f64 {
    let recorder = natives.histogram(handle);
    recorder.map_or(f64::NAN, |recorder| recorder.answer(question))
}

#[allow(non_snake_case)]
fn histogramPercentile(natives: &mut Natives, handle: i32, percentile: f64) -> f64 {
    let recorder = natives.histogram(handle);
    recorder.map_or(f64::NAN, |recorder| recorder.percentile(percentile))
}

#[allow(non_snake_case)]
fn histogramCountAt(natives: &mut Natives, handle: i32, value: f64) -> f64 {
    let recorder = natives.histogram(handle);
    recorder.map_or(0.0, |recorder| recorder.count_at(value as u64))
}

#[allow(non_snake_case)]
fn histogramLowest(natives: &mut Natives, handle: i32, value: f64) -> f64 {
    let recorder = natives.histogram(handle);
    recorder.map_or(0.0, |recorder| recorder.lowest_equivalent(value as u64))
}

#[allow(non_snake_case)]
fn histogramBuckets(natives: &mut Natives, handle: i32) -> Js {
    Js::Doubles(
        natives
            .histogram(handle)
            .map_or_else(Vec::new, |recorder| recorder.buckets()),
    )
}

#[allow(non_snake_case)]
fn watchDelay(natives: &mut Natives, handle: i32, resolution_ms: f64) {
    unwatchDelay(natives, handle);
    let now_ns = monotonic();
    match natives.histogram(handle) {
        Some(mut recorder) => recorder.restart(Some(now_ns)),
        None => return,
    }
    let resolution_ns = (resolution_ms * 1e6) as u64;
    natives.performance.watches.push(Watch {
        histogram: Handle::from_js(handle),
        resolution_ns,
        due_ns: now_ns.saturating_add(resolution_ns),
    });
    natives.performance.woke_ns = 0;
}

#[allow(non_snake_case)]
fn unwatchDelay(natives: &mut Natives, handle: i32) {
    let histogram = Handle::from_js(handle);
    let watches = &mut natives.performance.watches;
    watches.retain(|watch| watch.histogram != histogram);
}
