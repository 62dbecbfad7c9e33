//! Collects young ArrayBuffers sooner than V8 does by itself.
//!
//! V8 lets 64 MiB of them gather between two collections of the young generation, whatever its
//! flags (`Heap::AllocateExternalBackingStore`, v8/src/heap/heap.cc), and more than that while it
//! marks the old one. A program that makes Buffers and drops them so writes through 128 MiB round
//! after round: each page is touched for the first time, and nothing is in the cache. So natives
//! collect when less than that was given out, as long as collections stay cheap.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::time::{Duration, Instant};

use crate::realm;
use crate::value::js_string;

/// So many bytes fit into most processors' caches, and collecting after them costs a hundredth of
/// writing them (`cargo ci perf core buffer-from-string`).
const BOUND_MIN: usize = 8 << 20;

/// From here on V8 collects by itself.
const BOUND_MAX: usize = 64 << 20;

/// A collection is dear if it takes a nanosecond for less than so many bytes of the bound: by then
/// the kernel has given as many new ones.
const BYTES_PER_NS_MIN: usize = 8;

/// After so many collections it is judged whether the bound was right.
const WINDOW_COUNT: u32 = 16;

/// So many collections of the whole heap meanwhile are too many: perhaps of buffers that were still
/// in use whenever we collected, and grew old by that.
const WHOLE_COUNT: u32 = 2;

unsafe extern "C" {
    /// `v8::internal::GCExtension::GC` (v8/src/extensions/gc-extension.h), what `gc()` calls under
    /// --expose-gc: the only way to tell V8 to collect the young generation and no more.
    #[link_name = "_ZN2v88internal11GCExtension2GCERKNS_20FunctionCallbackInfoINS_5ValueEEE"]
    fn collect_garbage(info: *const v8::FunctionCallbackInfo);
}

thread_local! {
    static WATCH: Watch = const { Watch::new() };
}

/// What this thread's isolate does with ArrayBuffers.
struct Watch {
    /// Since the last collection, by whomever.
    given_bytes: Cell<usize>,
    bound_bytes: Cell<usize>,
    /// Since the bound was judged: collections of the young generation, and of the whole heap.
    young_count: Cell<u32>,
    whole_count: Cell<u32>,
    /// The shortest of ours since then: any other may have waited for a processor.
    shortest: Cell<Duration>,
    /// V8 marks the old generation. A collection would first have to do all of that.
    is_marking: Cell<bool>,
    is_ours: Cell<bool>,
}

impl Watch {
    const fn new() -> Watch {
        Watch {
            given_bytes: Cell::new(0),
            bound_bytes: Cell::new(BOUND_MAX),
            young_count: Cell::new(0),
            whole_count: Cell::new(0),
            shortest: Cell::new(Duration::MAX),
            is_marking: Cell::new(false),
            is_ours: Cell::new(false),
        }
    }

    fn is_due(&self) -> bool {
        let bound = self.bound_bytes.get();
        self.given_bytes.get() >= bound && bound < BOUND_MAX && !self.is_marking.get()
    }

    fn took(&self, time: Duration) {
        self.shortest.set(self.shortest.get().min(time));
    }

    /// A collection of the young generation, or of the whole heap.
    fn collected(&self, is_whole: bool) {
        self.given_bytes.set(0);
        if is_whole {
            self.is_marking.set(false);
            self.whole_count.update(|count| count + 1);
            return;
        }
        self.young_count.update(|count| count + 1);
        if self.young_count.get() == WINDOW_COUNT {
            self.judge();
        }
    }

    fn judge(&self) {
        let bound = self.bound_bytes.get();
        let limit = Duration::from_nanos((bound / BYTES_PER_NS_MIN) as u64);
        let shortest = self.shortest.replace(Duration::MAX);
        let is_dear = shortest > limit && shortest != Duration::MAX;
        let bound = match is_dear || self.whole_count.get() >= WHOLE_COUNT {
            true => bound * 2,
            false => bound / 2,
        };
        self.bound_bytes.set(bound.clamp(BOUND_MIN, BOUND_MAX));
        self.young_count.set(0);
        self.whole_count.set(0);
    }
}

/// The function that collects and what it is called with, once they were needed.
pub(crate) type Collector = RefCell<Option<(v8::Global<v8::Function>, v8::Global<v8::Object>)>>;

/// From now on [`collect_if_due`] does so for this thread's isolate.
pub(crate) fn watch(v8: &mut v8::OwnedIsolate) {
    let nothing = std::ptr::null_mut();
    v8.add_gc_prologue_callback(
        marking_begins,
        nothing,
        v8::GCType::kGCTypeIncrementalMarking,
    );
    let whole = v8::GCType::kGCTypeScavenge | v8::GCType::kGCTypeMarkSweepCompact;
    v8.add_gc_epilogue_callback(collected, nothing, whole);
    WATCH.with(|watch| {
        watch.given_bytes.set(0);
        watch.bound_bytes.set(BOUND_MIN);
        watch.young_count.set(0);
        watch.whole_count.set(0);
        watch.shortest.set(Duration::MAX);
        watch.is_marking.set(false);
    });
}

/// V8's allocator gave so many bytes to an ArrayBuffer.
pub(crate) fn given(count: usize) {
    WATCH.with(|watch| {
        watch
            .given_bytes
            .update(|bytes| bytes.saturating_add(count))
    });
}

/// Is the collection that V8 tells of one that it did not choose?
pub(crate) fn is_ours() -> bool {
    WATCH.with(|watch| watch.is_ours.get())
}

extern "C" fn marking_begins(
    _: v8::UnsafeRawIsolatePtr,
    _: v8::GCType,
    _: v8::GCCallbackFlags,
    _: *mut c_void,
) {
    WATCH.with(|watch| watch.is_marking.set(true));
}

extern "C" fn collected(
    _: v8::UnsafeRawIsolatePtr,
    kind: v8::GCType,
    _: v8::GCCallbackFlags,
    _: *mut c_void,
) {
    let is_whole = kind == v8::GCType::kGCTypeMarkSweepCompact;
    WATCH.with(|watch| watch.collected(is_whole));
}

/// Collects the young generation when enough was given out. Nobody holds a view of a string.
pub(crate) fn collect_if_due(scope: &mut v8::PinScope) {
    if WATCH.with(Watch::is_due) {
        collect(scope);
    }
}

#[cold]
fn collect(scope: &mut v8::PinScope) {
    let realm = realm::current();
    let Some(context) = realm.context.borrow().clone() else {
        return; // The library boots.
    };
    let context = v8::Local::new(scope, context);
    let scope = &mut v8::ContextScope::new(scope, context);
    let mut collector = realm.collector.borrow_mut();
    if collector.is_none() {
        *collector = make_collector(scope);
    }
    let Some((function, options)) = collector.as_ref() else {
        return;
    };
    let function = v8::Local::new(scope, function);
    let options = v8::Local::new(scope, options);
    let started = Instant::now();
    WATCH.with(|watch| watch.is_ours.set(true));
    v8::tc_scope!(let catch, scope);
    let receiver = v8::undefined(catch).into();
    // It fails where the stack ends, and when JavaScript shall: then it is V8's to collect.
    if function.call(catch, receiver, &[options.into()]).is_none() && catch.has_terminated() {
        catch.rethrow();
    }
    WATCH.with(|watch| {
        watch.is_ours.set(false);
        watch.took(started.elapsed());
    });
}

/// An object that inherits nothing: V8 reads all of these properties.
fn make_collector(
    scope: &mut v8::PinScope,
) -> Option<(v8::Global<v8::Function>, v8::Global<v8::Object>)> {
    let function = v8::Function::builder_raw(collect_garbage).build(scope)?;
    let names = ["type", "execution", "flavor"].map(|name| js_string(scope, name).into());
    let values = ["minor", "sync", "regular"].map(|value| js_string(scope, value).into());
    let nothing = v8::null(scope).into();
    let options = v8::Object::with_prototype_and_properties(scope, nothing, &names, &values);
    Some((
        v8::Global::new(scope, function),
        v8::Global::new(scope, options),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch(bound_bytes: usize, given_bytes: usize) -> Watch {
        let watch = Watch::new();
        watch.bound_bytes.set(bound_bytes);
        watch.given_bytes.set(given_bytes);
        watch
    }

    /// A window of collections that take so long; the last time of all belongs to the next one.
    fn window(watch: &Watch, times_ms: &[u64]) {
        for at in 0..WINDOW_COUNT as usize {
            watch.took(Duration::from_millis(times_ms[at % times_ms.len()]));
            watch.collected(false);
        }
    }

    #[test]
    fn dear_collections_come_later_and_cheap_ones_sooner() {
        let watch = watch(BOUND_MIN, BOUND_MIN);
        assert!(watch.is_due());
        window(&watch, &[5, 7]);
        watch.given_bytes.set(BOUND_MIN);
        assert!(!watch.is_due());
        watch.given_bytes.set(BOUND_MIN * 2);
        assert!(watch.is_due());
        window(&watch, &[9, 1]);
        assert_eq!(watch.bound_bytes.get(), BOUND_MIN);
    }

    #[test]
    fn collections_of_the_whole_heap_raise_the_bound() {
        let watch = watch(BOUND_MIN, BOUND_MIN);
        for _ in 0..WHOLE_COUNT {
            watch.collected(true);
        }
        window(&watch, &[0]);
        assert_eq!(watch.bound_bytes.get(), BOUND_MIN * 2);
        watch.collected(true);
        window(&watch, &[0]);
        assert_eq!(watch.bound_bytes.get(), BOUND_MIN);
    }

    #[test]
    fn at_its_own_bound_v8_collects() {
        let watch = watch(BOUND_MAX / 2, BOUND_MAX * 2);
        assert!(watch.is_due());
        window(&watch, &[50]);
        watch.given_bytes.set(BOUND_MAX * 2);
        assert!(!watch.is_due());
        // Nobody measured those: ours are tried again.
        for _ in 0..WINDOW_COUNT {
            watch.collected(false);
        }
        assert_eq!(watch.bound_bytes.get(), BOUND_MAX / 2);
    }

    #[test]
    fn marking_is_not_disturbed() {
        let watch = watch(BOUND_MIN, BOUND_MIN);
        watch.is_marking.set(true);
        assert!(!watch.is_due());
    }
}
