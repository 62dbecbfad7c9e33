//! What process and thread use of the machine.

use crate::Errno;
use crate::sync::call;

const PAGE_BYTES: u64 = 4096;
/// Linux knows at most 8192 processors (NR_CPUS).
const CPU_WORDS: usize = 8192 / 64;

/// What a process or thread has used, in the order of Node's `process.resourceUsage()`: user and
/// system microseconds, largest memory in KiB, three numbers Linux does not keep, minor and major
/// page faults, swaps, blocks in and out, messages sent and received, signals, voluntary and
/// forced context switches.
pub type Usage = [f64; 16];

pub fn usage() -> Usage {
    usage_of(libc::RUSAGE_SELF)
}

pub fn thread_usage() -> Usage {
    usage_of(libc::RUSAGE_THREAD)
}

/// How often this thread has waited for something: not how often others took its processor.
pub fn thread_waits_count() -> u64 {
    usage_of(libc::RUSAGE_THREAD)[14] as u64
}

fn usage_of(whose: i32) -> Usage {
    // SAFETY: plain numbers, for which zero is valid.
    let mut raw: libc::rusage = unsafe { std::mem::zeroed() };
    call!(getrusage(whose, &raw mut raw)).expect("both are known to every Linux");
    let microseconds = |time: libc::timeval| time.tv_sec as f64 * 1e6 + time.tv_usec as f64;
    [
        microseconds(raw.ru_utime),
        microseconds(raw.ru_stime),
        raw.ru_maxrss as f64,
        raw.ru_ixrss as f64,
        raw.ru_idrss as f64,
        raw.ru_isrss as f64,
        raw.ru_minflt as f64,
        raw.ru_majflt as f64,
        raw.ru_nswap as f64,
        raw.ru_inblock as f64,
        raw.ru_oublock as f64,
        raw.ru_msgsnd as f64,
        raw.ru_msgrcv as f64,
        raw.ru_nsignals as f64,
        raw.ru_nvcsw as f64,
        raw.ru_nivcsw as f64,
    ]
}

/// The threads of this process: number and name, of which the kernel keeps 15 bytes. Those that
/// end meanwhile may be missing.
pub fn threads() -> Vec<(i32, String)> {
    let Ok(folder) = std::fs::read_dir("/proc/self/task") else {
        return Vec::new();
    };
    let numbers = folder.flatten().filter_map(|entry| {
        let name = std::fs::read_to_string(entry.path().join("comm")).ok()?;
        let number = entry.file_name().to_str()?.parse().ok()?;
        Some((number, name.trim_end().to_owned()))
    });
    numbers.collect()
}

/// Memory of this process that is in RAM; 0 where /proc is missing.
pub fn resident_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: Option<u64> = text.split(' ').nth(1).and_then(|field| field.parse().ok());
    pages.unwrap_or(0) * PAGE_BYTES
}

/// Numbers of the processors on which the calling thread may run.
pub fn affinity() -> Vec<usize> {
    let mask = affinity_mask(0).expect("the mask holds more processors than Linux can have");
    let is_set = |&cpu: &usize| mask[cpu / 64] & (1 << (cpu % 64)) != 0;
    (0..CPU_WORDS * 64).filter(is_set).collect()
}

/// Lets the calling thread run wherever the process's first thread may: it was perhaps started by
/// one that is bound to a processor.
pub fn leave_processor() -> Result<(), Errno> {
    let mask = affinity_mask(std::process::id())?;
    call!(syscall(
        libc::SYS_sched_setaffinity,
        0,
        size_of_val(&mask),
        mask.as_ptr()
    ))
    .map(|_| ())
}

/// Of thread `id`, 0: of the calling one. The raw call: the C library's own mask ends at 1024
/// processors.
fn affinity_mask(id: u32) -> Result<[u64; CPU_WORDS], Errno> {
    let mut mask = [0u64; CPU_WORDS];
    let bytes = size_of_val(&mask);
    call!(syscall(
        libc::SYS_sched_getaffinity,
        id,
        bytes,
        mask.as_mut_ptr()
    ))?;
    Ok(mask)
}
