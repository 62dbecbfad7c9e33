//! Whether microtasks wait, known without entering V8. Between two callbacks of a turn there are
//! mostly none, and a checkpoint that finds nothing costs more than many a callback.

use std::cell::Cell;
use std::ptr;

unsafe extern "C" {
    /// `v8::internal::MicrotaskQueue::kSizeOffset` (v8/src/execution/microtask-queue.h): where in a
    /// queue V8's own generated code reads how many microtasks are in it.
    #[link_name = "_ZN2v88internal14MicrotaskQueue11kSizeOffsetE"]
    static SIZE_OFFSET: usize;
}

thread_local! {
    /// The count in the queue of this thread's isolate; null without an isolate.
    static COUNT: Cell<*const isize> = const { Cell::new(ptr::null()) };
}

/// From now on [`wait`] answers for the queue of this context.
pub(crate) fn watch(context: v8::Local<v8::Context>) {
    // SAFETY: a constant of V8, written by no one.
    let offset = unsafe { ptr::read(&raw const SIZE_OFFSET) };
    let count = context.get_microtask_queue().map(|queue| {
        let queue: *const v8::MicrotaskQueue = queue;
        queue.cast::<isize>().wrapping_byte_add(offset)
    });
    COUNT.set(count.unwrap_or(ptr::null()));
}

/// The isolate ends.
pub(crate) fn forget() {
    COUNT.set(ptr::null());
}

/// May there be microtasks? True when nobody knows.
pub(crate) fn wait() -> bool {
    let count = COUNT.get();
    // SAFETY: the queue lives as long as its isolate, and `forget` is called before that ends. Only
    // this thread writes the count: V8's code while it runs, which it does not now.
    count.is_null() || unsafe { ptr::read_volatile(count) } != 0
}
