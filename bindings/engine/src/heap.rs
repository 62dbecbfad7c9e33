//! The heap limit: reaching it ends this isolate's JavaScript, never the process.

use std::ffi::c_void;

use crate::realm::{Ending, Realm};

/// Room for V8 to unwind the JavaScript stack and build the report after the limit was reached.
const UNWIND_BYTES: usize = 64 << 20;

/// So often the limit is raised for that. V8 has loops without a place where it would notice that
/// it shall end (it elides the check where it has inlined all that is called): they must not eat
/// the machine, and the process ends with them, as it would under Node.
const UNWINDS_MAX: u32 = 8;

/// Arms the limit. The realm outlives the isolate (see `Isolate`'s field order).
pub(crate) fn guard(v8: &mut v8::OwnedIsolate, realm: &Realm) {
    let data = std::ptr::from_ref(realm).cast_mut().cast::<c_void>();
    v8.add_near_heap_limit_callback(near_heap_limit, data);
}

unsafe extern "C" fn near_heap_limit(data: *mut c_void, current: usize, _initial: usize) -> usize {
    // SAFETY: `guard` passed the realm, which outlives the isolate that calls this.
    let realm = unsafe { &*data.cast::<Realm>() };
    realm.heap_limit_reached.set(true);
    crate::builtin::terminate_current();
    let unwinds_count = realm.unwinds_count.get() + 1;
    realm.unwinds_count.set(unwinds_count);
    match unwinds_count {
        0..=UNWINDS_MAX => current + UNWIND_BYTES,
        _ => current,
    }
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
