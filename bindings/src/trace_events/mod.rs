//! Binding `trace_events`: what goes on, for those who read it with a viewer of traces. JavaScript
//! emits what it knows of by [`emit`]; the loop's milestones, collections of garbage and the
//! compute lane are told from here.
//!
//! Events wait in memory, for all threads in one place, and are written by plain calls: when a
//! thread has nothing left to do in its turn, when 64 KiB wait, and when the process ends. The ring
//! would not do: it belongs to a thread, while the file is the process's, and its answers come too
//! late for a process that ends.

mod file;
mod recorder;

use std::cell::Cell;

use coring_engine::{Js, ops};
use coring_uring::sync::{clock, process};

use crate::Natives;
use crate::performance::Milestone;
use recorder::Event;
pub use recorder::{flush, is_on};

ops! { trace_events(Natives) {
    constants = constants;
    /// `phase`: a letter's code; `id` < 0: it has none; `arguments`: JSON of an object, or ''.
    slow emit(phase: u32, group: String, name: String, id: f64, arguments: String);
    /// The same at a time in ns of the monotonic clock.
    slow emitAt(phase: u32, group: String, name: String, id: f64, arguments: String, at_ns: f64);
    /// What went on from then, as the clocks below told it, to now.
    slow emitSpan(group: String, name: String, arguments: String, at_ns: f64, thread_ns: f64);
    /// Processor time of this thread, in ns.
    fast threadNow();
    slow isOn();
    slow isTraceCategoryEnabled(group: String);
    /// The categories with commas between them, or undefined.
    slow getEnabledCategories();
    slow want(categories: Vec<String>);
    slow wantNoMore(categories: Vec<String>);
    /// Events go to a file of this pattern, unless they do already.
    slow writeFile(pattern: String);
    /// Whether this thread's turns look after the file.
    slow watch(on: bool);
    slow describe(name: String, arguments: String);
    /// Names the threads of V8's platform.
    slow describeHelpers();
    /// Events for the program itself: a number to ask by.
    slow listen();
    /// Events as JSON, so many at most.
    slow hear(number: u32, count_max: u32);
    slow stopListening(number: u32);
    slow flushFile();
} }

/// What V8's platform calls the threads that help it, as far as the kernel keeps names.
const HELPER_NAME: &str = "V8 DefaultWorke";

const BOOTSTRAP: &str = "node,node.bootstrap";
const TIMELINE: &str = "devtools.timeline,v8";
const LANE: &str = "node,node.threadpoolwork,node.threadpoolwork.async";
const LANE_WORK: &str = "node,node.threadpoolwork,node.threadpoolwork.sync";

fn constants() -> Vec<(&'static str, Js)> {
    vec![("available", Js::Bool(true))]
}

fn event<'a>(phase: u32, group: &'a str, name: &'a str, id: f64, arguments: &'a str) -> Event<'a> {
    Event {
        id: (id >= 0.0).then_some(id as u64),
        arguments,
        ..Event::now(char::from_u32(phase).unwrap_or('I'), group, name)
    }
}

fn emit(_: &mut Natives, phase: u32, group: String, name: String, id: f64, arguments: String) {
    recorder::record(&event(phase, &group, &name, id, &arguments));
}

#[allow(non_snake_case)]
fn emitAt(
    _: &mut Natives,
    phase: u32,
    group: String,
    name: String,
    id: f64,
    arguments: String,
    at_ns: f64,
) {
    recorder::record(&Event {
        at_ns: at_ns as u64,
        ..event(phase, &group, &name, id, &arguments)
    });
}

#[allow(non_snake_case)]
fn emitSpan(
    _: &mut Natives,
    group: String,
    name: String,
    arguments: String,
    at_ns: f64,
    thread_ns: f64,
) {
    recorder::record(&Event {
        arguments: &arguments,
        ..Event::span(&group, &name, at_ns as u64, thread_ns as u64)
    });
}

#[allow(non_snake_case)]
fn threadNow(_: &mut Natives) -> f64 {
    clock::thread_time() as f64
}

#[allow(non_snake_case)]
fn isOn(_: &mut Natives) -> bool {
    is_on()
}

#[allow(non_snake_case)]
fn isTraceCategoryEnabled(_: &mut Natives, group: String) -> bool {
    recorder::is_wanted(&group)
}

#[allow(non_snake_case)]
fn getEnabledCategories(_: &mut Natives) -> Js {
    recorder::wanted().map_or(Js::Undefined, Js::Text)
}

fn want(_: &mut Natives, categories: Vec<String>) {
    coring_engine::trace_collections(trace_collection);
    recorder::want(&categories);
}

#[allow(non_snake_case)]
fn wantNoMore(_: &mut Natives, categories: Vec<String>) {
    recorder::want_no_more(&categories);
}

#[allow(non_snake_case)]
fn writeFile(_: &mut Natives, pattern: String) {
    recorder::write_file(&pattern);
}

fn watch(natives: &mut Natives, on: bool) {
    natives.traces = on;
}

fn describe(_: &mut Natives, name: String, arguments: String) {
    recorder::describe(&name, &arguments);
}

#[allow(non_snake_case)]
fn describeHelpers(_: &mut Natives) {
    for (thread_id, name) in process::threads() {
        if name == HELPER_NAME {
            recorder::describe_thread(thread_id, "PlatformWorkerThread");
        }
    }
}

fn listen(_: &mut Natives) -> u32 {
    recorder::listen()
}

fn hear(_: &mut Natives, number: u32, count_max: u32) -> Js {
    let events = recorder::hear(number, count_max as usize);
    Js::List(events.into_iter().map(Js::Text).collect())
}

#[allow(non_snake_case)]
fn stopListening(_: &mut Natives, number: u32) {
    recorder::stop_listening(number);
}

#[allow(non_snake_case)]
fn flushFile(_: &mut Natives) {
    flush();
}

/// A milestone of this core was reached.
pub fn milestone(milestone: Milestone) {
    let name = match milestone {
        Milestone::Environment => "environment",
        Milestone::NodeStart => "nodeStart",
        Milestone::V8Start => "v8Start",
        Milestone::LoopStart => "loopStart",
        Milestone::LoopExit => "loopExit",
        Milestone::BootstrapComplete => "bootstrapComplete",
    };
    recorder::record(&Event::now('I', BOOTSTRAP, name));
}

thread_local! {
    /// When the collection began that goes on: clock, and processor time of the thread.
    static COLLECTION: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
}

/// V8's collector begins or has ended on this thread; `kind` as v8::GCType. It may not enter
/// JavaScript, nor does it.
fn trace_collection(kind: u32, is_over: bool) {
    let (timeline, name) = match kind {
        1 => (Some("MinorGC"), "V8.GCScavenger"),
        2 => (Some("MinorGC"), "V8.GCMinorMS"),
        4 => (Some("MajorGC"), "V8.GCFinalizeMC"),
        8 => (None, "V8.GCIncrementalMarkingStart"),
        _ => return,
    };
    if !is_over {
        COLLECTION.set((clock::monotonic(), clock::thread_time()));
    }
    if is_over {
        let (at_ns, thread_ns) = COLLECTION.get();
        recorder::record(&Event::span("v8", name, at_ns, thread_ns));
    }
    if let Some(timeline) = timeline {
        let phase = if is_over { 'E' } else { 'B' };
        recorder::record(&Event::now(phase, TIMELINE, timeline));
    }
}

/// Work that the compute lane is given while something is traced.
#[derive(Clone, Copy)]
pub struct LaneWork {
    name: &'static str,
    /// Tickets are the thread's own: viewers pair by id within a process.
    id: u64,
}

impl LaneWork {
    /// On the core that asks.
    pub fn begin(name: &'static str, ticket: i32) -> LaneWork {
        let id = ((process::thread_id() as u64) << 32) | ticket as u64;
        recorder::record(&Event {
            id: Some(id),
            ..Event::now('b', LANE, name)
        });
        LaneWork { name, id }
    }

    /// In the lane: it is done by `act`.
    pub fn run<R>(self, act: impl FnOnce() -> R) -> R {
        recorder::record(&Event::now('B', LANE_WORK, self.name));
        let result = act();
        recorder::record(&Event::now('E', LANE_WORK, self.name));
        result
    }

    /// On the core that asked.
    pub fn end(self, result: i32) {
        recorder::record(&Event {
            id: Some(self.id),
            arguments: &format!("{{\"result\":{result}}}"),
            ..Event::now('e', LANE, self.name)
        });
    }
}
