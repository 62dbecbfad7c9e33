//! Memory of ArrayBuffers: what V8 asks for, and what natives bring.
//!
//! V8 collects young buffers by how many bytes its own allocator gave out since the last time; of
//! memory that is brought to it ready it takes no such notice, and hundreds of megabytes of
//! garbage gather, each page of it touched for the first time. So the allocator is ours, and a
//! native's bytes lie ready when V8 asks for as many: it cannot tell the difference.

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc};
use std::cell::Cell;
use std::ffi::c_void;
use std::sync::atomic::{AtomicIsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use crate::young;

thread_local! {
    /// What the next request of this thread is answered with.
    static READY: Cell<Option<Box<[u8]>>> = const { Cell::new(None) };
    /// The last request of this thread was refused.
    static WAS_REFUSED: Cell<bool> = const { Cell::new(false) };
    /// Of this thread's isolate; compared, never followed.
    static OWN_TALLY: Cell<*const Tally> = const { Cell::new(std::ptr::null()) };
    static TALLY: Cell<Weak<Tally>> = const { Cell::new(Weak::new()) };
}

/// Bytes that an allocator has given and not got back.
#[derive(Default)]
struct Tally {
    /// Written by the isolate's own thread only: that costs no more than a plain number.
    here: AtomicIsize,
    /// By V8's helpers, which free most, and by isolates that a buffer moved to.
    elsewhere: AtomicIsize,
}

impl Tally {
    fn add(&self, bytes: isize) {
        if std::ptr::eq(OWN_TALLY.get(), self) {
            let sum = self.here.load(Ordering::Relaxed) + bytes;
            self.here.store(sum, Ordering::Relaxed);
        } else {
            self.elsewhere.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    fn sum(&self) -> usize {
        let sum = self.here.load(Ordering::Relaxed) + self.elsewhere.load(Ordering::Relaxed);
        sum.max(0) as usize
    }
}

/// Bytes of the ArrayBuffers of this thread's isolate, those included that have moved to another.
pub(crate) fn array_buffer_bytes() -> usize {
    let tally = TALLY.take();
    let sum = tally.upgrade().map_or(0, |tally| tally.sum());
    TALLY.set(tally);
    sum
}

/// What is less than this the allocator may judge.
const LARGE_BYTES: usize = 1 << 30;

/// Whether one buffer may be so large: not larger than all of the machine's memory, as malloc has
/// it. Our allocator would promise it, and V8 ends the process over what it cannot count.
pub(crate) fn may_have(count: usize) -> bool {
    static MEMORY_BYTES: OnceLock<usize> = OnceLock::new();
    count < LARGE_BYTES || count <= *MEMORY_BYTES.get_or_init(memory_bytes)
}

/// Of /proc/meminfo: memory and swap; where it cannot be read, a terabyte's half.
fn memory_bytes() -> usize {
    const UNKNOWN_KIB: usize = 1 << 29;
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_ascii_whitespace().next()?.parse::<usize>().ok()
    };
    let total = kib("MemTotal:").unwrap_or(UNKNOWN_KIB);
    total.saturating_add(kib("SwapTotal:").unwrap_or(0)) << 10
}

/// Whether V8 has just been told that there is not so much memory; it collects garbage then, and
/// asks again. Says so once.
pub(crate) fn was_refused() -> bool {
    WAS_REFUSED.take()
}

static TABLE: v8::RustAllocatorVtable<Tally> = v8::RustAllocatorVtable {
    allocate,
    allocate_uninitialized,
    free,
    drop: drop_tally,
};

/// The allocator of the ArrayBuffers of an isolate, which this thread is about to make. It lives
/// as long as the last of them, which may be longer than the isolate.
pub(crate) fn allocator() -> v8::UniqueRef<v8::Allocator> {
    let tally = Arc::new(Tally::default());
    OWN_TALLY.set(Arc::as_ptr(&tally));
    TALLY.set(Arc::downgrade(&tally));
    // SAFETY: the allocator owns a count of the tally until V8 calls `drop_tally`.
    unsafe { v8::new_rust_allocator(Arc::into_raw(tally), &TABLE) }
}

fn layout(count: usize) -> Option<Layout> {
    Layout::array::<u8>(count.max(1)).ok()
}

unsafe extern "C" fn allocate(tally: &Tally, count: usize) -> *mut c_void {
    match READY.take() {
        Some(bytes) if bytes.len() == count => {
            young::given(count);
            tally.add(count as isize);
            return Box::into_raw(bytes).cast();
        }
        other => READY.set(other),
    }
    // SAFETY: the layout is not empty.
    given(tally, count, |layout| unsafe { alloc_zeroed(layout) })
}

unsafe extern "C" fn allocate_uninitialized(tally: &Tally, count: usize) -> *mut c_void {
    // SAFETY: the layout is not empty.
    given(tally, count, |layout| unsafe { alloc(layout) })
}

fn given(tally: &Tally, count: usize, allocate: impl FnOnce(Layout) -> *mut u8) -> *mut c_void {
    let layout = layout(count).filter(|_| may_have(count));
    let memory = layout.map_or(std::ptr::null_mut(), allocate);
    WAS_REFUSED.set(memory.is_null());
    young::given(count);
    if !memory.is_null() {
        tally.add(count as isize);
    }
    memory.cast()
}

unsafe extern "C" fn free(tally: &Tally, data: *mut c_void, count: usize) {
    let layout = layout(count).expect("it was allocated with it");
    tally.add(-(count as isize));
    // SAFETY: V8 gives back what a function above gave it, once, with the count that it asked
    // for; a boxed slice of bytes has the same layout.
    unsafe { dealloc(data.cast(), layout) };
}

unsafe extern "C" fn drop_tally(tally: *const Tally) {
    // SAFETY: V8 calls this once, with the count that `allocator` gave away.
    drop(unsafe { Arc::from_raw(tally) });
}

/// An ArrayBuffer that owns `bytes`. May collect garbage: nobody holds a view of a string.
pub(crate) fn array_buffer<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    bytes: Vec<u8>,
) -> v8::Local<'s, v8::ArrayBuffer> {
    young::collect_if_due(scope);
    let count = bytes.len();
    READY.set(Some(bytes.into_boxed_slice()));
    let store = v8::ArrayBuffer::new_backing_store(scope, count).make_shared();
    let left = READY.take();
    assert!(
        left.is_none_or(|bytes| bytes.is_empty()),
        "V8 asked another allocator"
    );
    v8::ArrayBuffer::with_backing_store(scope, &store)
}

/// Memory that is not cleared: what it held before is the caller's to overwrite. None: there is
/// not so much.
pub(crate) fn unwritten(count: usize) -> Option<Vec<u8>> {
    if !may_have(count) {
        return None;
    }
    let mut bytes = Vec::<u8>::new();
    bytes.try_reserve_exact(count).ok()?;
    // SAFETY: every bit pattern is a u8, and the capacity was reserved above.
    unsafe { bytes.set_len(count) };
    Some(bytes)
}
