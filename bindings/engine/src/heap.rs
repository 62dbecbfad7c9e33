//! The heap limit: reaching it ends this isolate's JavaScript, never the process.

use std::ffi::c_void;

use crate::realm::{Ending, Realm};

/// Room for V8 to unwind the JavaScript stack and build the report after the limit was reached.
const UNWIND_BYTES: usize = 64 << 20;

/// Arms the limit. The realm outlives the isolate (see `Isolate`'s field order).
pub(crate) fn guard(v8: &mut v8::OwnedIsolate, realm: &Realm) {
    let data = std::ptr::from_ref(realm).cast_mut().cast::<c_void>();
    v8.add_near_heap_limit_callback(near_heap_limit, data);
}

unsafe extern "C" fn near_heap_limit(data: *mut c_void, current: usize, _initial: usize) -> usize {
    // SAFETY: `guard` passed the realm, which outlives the isolate that calls this.
    let realm = unsafe { &*data.cast::<Realm>() };
    if !realm.heap_limit_reached.replace(true) {
        crate::builtin::terminate_current();
    }
    let extra = realm.heap_extra_bytes.get();
    realm.heap_extra_bytes.set(extra + UNWIND_BYTES);
    current + UNWIND_BYTES
}

/// Why V8 stopped, when it was not by an exception.
pub(crate) fn ending_of_termination(realm: &Realm) -> Ending {
    let ending = match realm.ending.get() {
        Some(ending) => ending,
        None if realm.heap_limit_reached.get() => Ending::HeapLimit,
        None => Ending::Terminated,
    };
    realm.ending.set(Some(ending));
    ending
}
