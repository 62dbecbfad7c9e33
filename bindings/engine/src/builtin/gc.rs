//! `performance`, the part that needs V8: what the garbage collector did, for those who observe it
//! or trace it.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::sync::OnceLock;
use std::time::Instant;

use super::{Args, Entry, Return, entry};
use crate::{realm, young};

/// Most collections that are kept until somebody takes them; later ones are not told.
const COLLECTIONS_MAX: usize = 1024;

/// One collection, as V8 numbers its kinds and flags.
struct Collection {
    kind: u32,
    flags: u32,
    started: Instant,
    ended: Instant,
}

/// What was seen since it was last taken.
#[derive(Default)]
pub(crate) struct Log {
    observers_count: Cell<u32>,
    tracers_count: Cell<u32>,
    started: Cell<Option<Instant>>,
    collections: RefCell<Vec<Collection>>,
}

impl Log {
    pub(crate) fn is_empty(&self) -> bool {
        self.collections.borrow().is_empty()
    }
}

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        entry("observeCollections", 1, observe),
        entry("takeCollections", 0, take),
        entry("traceCollections", 1, trace),
    ]
}

/// What is told at the begin of each collection (false) and at its end (true), with its v8::GCType,
/// while a thread traces.
pub type CollectionTracer = fn(kind: u32, is_over: bool);

static TRACER: OnceLock<CollectionTracer> = OnceLock::new();

/// Names the tracer of the process. It must not touch JavaScript.
pub fn trace_collections(tracer: CollectionTracer) {
    TRACER.get_or_init(|| tracer);
}

/// observeCollections(on): counted; the collector pays only while somebody observes.
fn observe<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let log = &realm::current().collections;
    count(scope, &log.observers_count, args.get(0).is_true());
    if log.observers_count.get() == 0 {
        log.collections.borrow_mut().clear();
    }
}

/// traceCollections(on): the same for the tracer.
fn trace<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let log = &realm::current().collections;
    count(scope, &log.tracers_count, args.get(0).is_true());
}

/// One more, or one less, who wants to know; V8 tells as long as there are any.
fn count(scope: &mut v8::PinScope<'_, '_>, who: &Cell<u32>, is_more: bool) {
    let log = &realm::current().collections;
    let all = || log.observers_count.get() + log.tracers_count.get();
    let before_count = all();
    who.set(match is_more {
        true => who.get() + 1,
        false => who.get().saturating_sub(1),
    });
    let nothing = std::ptr::null_mut();
    let kinds = v8::GCType::kGCTypeAll;
    match (before_count, all()) {
        (0, 1) => {
            scope.add_gc_prologue_callback(begins, nothing, kinds);
            scope.add_gc_epilogue_callback(ended, nothing, kinds);
        }
        (1, 0) => {
            scope.remove_gc_prologue_callback(begins, nothing);
            scope.remove_gc_epilogue_callback(ended, nothing);
        }
        _ => {}
    }
}

/// takeCollections() -> Float64Array of kind, flags, ms since the start, duration in ms
fn take<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, mut rv: Return<'s>) {
    let collections = std::mem::take(&mut *realm::current().collections.collections.borrow_mut());
    let now = Instant::now();
    let numbers = collections.iter().flat_map(|one| {
        [
            f64::from(one.kind),
            f64::from(one.flags),
            (now - one.started).as_secs_f64() * 1e3,
            (one.ended - one.started).as_secs_f64() * 1e3,
        ]
    });
    let numbers = crate::value::Js::Doubles(numbers.collect());
    rv.set(crate::value::IntoJs::into_js(numbers, scope));
}

extern "C" fn begins(
    _: v8::UnsafeRawIsolatePtr,
    kind: v8::GCType,
    _: v8::GCCallbackFlags,
    _: *mut c_void,
) {
    let log = &realm::current().collections;
    log.started.set(Some(Instant::now()));
    if log.tracers_count.get() > 0
        && let Some(tracer) = TRACER.get()
    {
        tracer(kind.0, false);
    }
}

extern "C" fn ended(
    _: v8::UnsafeRawIsolatePtr,
    kind: v8::GCType,
    flags: v8::GCCallbackFlags,
    _: *mut c_void,
) {
    let log = &realm::current().collections;
    if log.tracers_count.get() > 0
        && let Some(tracer) = TRACER.get()
    {
        tracer(kind.0, true);
    }
    let mut collections = log.collections.borrow_mut();
    let Some(started) = log.started.take() else {
        return;
    };
    if log.observers_count.get() > 0 && collections.len() < COLLECTIONS_MAX {
        collections.push(Collection {
            kind: kind.0,
            // What we tell V8 to do is not what a program's gc() does.
            flags: if young::is_ours() { 0 } else { flags.0 },
            started,
            ended: Instant::now(),
        });
    }
}
