//! libuv's threads, locks and clocks, as far as addons use them: thin names for those of C, whose
//! types libuv's are on Linux.

use std::ffi::{c_int, c_ulong, c_void};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// `uv_mutex_t`, `uv_cond_t`, `uv_once_t` and `uv_sem_t` are those of C; only their addresses are
/// seen here.
type Place = *mut c_void;
/// `uv_thread_cb`, as pthread_create(3) wants it: what it gives is not looked at.
type Entry = extern "C" fn(*mut c_void) -> *mut c_void;

unsafe extern "C" {
    fn pthread_mutex_init(mutex: Place, attributes: *const c_void) -> c_int;
    fn pthread_mutex_destroy(mutex: Place) -> c_int;
    fn pthread_mutex_lock(mutex: Place) -> c_int;
    fn pthread_mutex_trylock(mutex: Place) -> c_int;
    fn pthread_mutex_unlock(mutex: Place) -> c_int;
    fn pthread_cond_init(condition: Place, attributes: *const c_void) -> c_int;
    fn pthread_cond_destroy(condition: Place) -> c_int;
    fn pthread_cond_signal(condition: Place) -> c_int;
    fn pthread_cond_broadcast(condition: Place) -> c_int;
    fn pthread_cond_wait(condition: Place, mutex: Place) -> c_int;
    fn pthread_once(once: Place, function: extern "C" fn()) -> c_int;
    fn pthread_create(
        thread: *mut c_ulong,
        attributes: *const c_void,
        entry: Entry,
        argument: *mut c_void,
    ) -> c_int;
    fn pthread_join(thread: c_ulong, result: *mut *mut c_void) -> c_int;
    fn pthread_self() -> c_ulong;
}

/// Declares functions of libuv's that are one call of C's each.
macro_rules! thin {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) $(-> $given:ty)? =
        $call:ident($($value:expr),*);)*) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        /// As libuv documents the arguments; on any thread.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($argument: $type),*) $(-> $given)? {
            // SAFETY: the caller's arguments go on as they are; the types are those of C.
            let result = unsafe { $call($($value),*) };
            thin!(@give result $(, $given)?)
        }
    )*};
    (@give $result:ident, $given:ty) => { -$result };
    // It fails only where the caller has broken its rules.
    (@give $result:ident) => {{
        let _ = $result;
    }};
}

thin! {
    /// Makes a lock.
    uv_mutex_init(mutex: Place) -> c_int = pthread_mutex_init(mutex, std::ptr::null());
    /// Its end.
    uv_mutex_destroy(mutex: Place) = pthread_mutex_destroy(mutex);
    /// Waits for the lock.
    uv_mutex_lock(mutex: Place) = pthread_mutex_lock(mutex);
    /// Takes the lock if it is free.
    uv_mutex_trylock(mutex: Place) -> c_int = pthread_mutex_trylock(mutex);
    /// Gives it back.
    uv_mutex_unlock(mutex: Place) = pthread_mutex_unlock(mutex);
    /// Makes a condition.
    uv_cond_init(condition: Place) -> c_int = pthread_cond_init(condition, std::ptr::null());
    /// Its end.
    uv_cond_destroy(condition: Place) = pthread_cond_destroy(condition);
    /// Wakes one that waits.
    uv_cond_signal(condition: Place) = pthread_cond_signal(condition);
    /// Wakes all.
    uv_cond_broadcast(condition: Place) = pthread_cond_broadcast(condition);
    /// Waits for it.
    uv_cond_wait(condition: Place, mutex: Place) = pthread_cond_wait(condition, mutex);
    /// Calls the function, once for all threads.
    uv_once(once: Place, function: extern "C" fn()) = pthread_once(once, function);
    /// Starts a thread.
    uv_thread_create(thread: *mut c_ulong, entry: Entry, argument: *mut c_void) -> c_int =
        pthread_create(thread, std::ptr::null(), entry, argument);
}

/// Waits for a thread's end.
///
/// # Safety
/// `thread` is what `uv_thread_create` has set, of a thread that nobody has waited for.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uv_thread_join(thread: *const c_ulong) -> c_int {
    // SAFETY: as above.
    let thread = unsafe { thread.read() };
    // SAFETY: as above; its result is not asked for.
    -unsafe { pthread_join(thread, std::ptr::null_mut()) }
}

/// This thread.
#[unsafe(no_mangle)]
pub extern "C" fn uv_thread_self() -> c_ulong {
    // SAFETY: takes nothing and always succeeds.
    unsafe { pthread_self() }
}

/// Sleeps.
#[unsafe(no_mangle)]
pub extern "C" fn uv_sleep(milliseconds: u32) {
    std::thread::sleep(Duration::from_millis(milliseconds.into()));
}

/// Nanoseconds since some time.
#[unsafe(no_mangle)]
pub extern "C" fn uv_hrtime() -> u64 {
    static BEGIN: OnceLock<Instant> = OnceLock::new();
    // Never zero, which programs take for "not yet".
    1 + BEGIN.get_or_init(Instant::now).elapsed().as_nanos() as u64
}
