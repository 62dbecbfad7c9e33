//! The clocks.

fn nanoseconds(clock: libc::clockid_t) -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    super::call!(clock_gettime(clock, &raw mut time)).expect("these clocks exist on every Linux");
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// Nanoseconds that only go up; the origin means nothing.
pub fn monotonic() -> u64 {
    nanoseconds(libc::CLOCK_MONOTONIC)
}

/// Nanoseconds of processor time that this thread has had.
pub fn thread_time() -> u64 {
    nanoseconds(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// Nanoseconds since 1970, as the wall clock is set.
pub fn realtime() -> u64 {
    nanoseconds(libc::CLOCK_REALTIME)
}
