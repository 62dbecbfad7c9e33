//! What V8 has one of per process: its platform, its flags, its version.

use std::hash::{BuildHasher, Hasher, RandomState};

use crate::tasks::Foreground;

/// V8's version, as `process.versions.v8` shows it.
pub fn version() -> &'static str {
    v8::V8::get_version()
}

/// What differs from V8's defaults.
const OWN_FLAGS: [&str; 3] = [
    // The language of Node 24: it has `import source`, and no `Temporal` yet.
    "--js-source-phase-imports",
    "--no-harmony-temporal",
    // Baseline code is compiled in batches of this size (V8: 4 KiB), on a helper thread. A start
    // would wake that thread for code that is then run no more: a fifth of the time of `-e 0`.
    "--baseline-batch-compilation-threshold=32768",
];

/// Addresses that V8 reserves for a moment while it starts: twice the 16 GiB of its heap of C++
/// objects, to cut an aligned piece out of them, and the same again (VmPeak of `-e 0`: 49.2 GiB).
pub const ADDRESSES_BYTES_MIN: u64 = 50 << 30;

/// Starts V8 once for the process. `flags` are V8 options such as `--expose-gc`;
/// `helper_threads` bounds the threads for compilation and collection (0: V8 decides).
pub fn start(flags: &[String], helper_threads: u32) {
    set_flags(&OWN_FLAGS.map(str::to_owned));
    v8::V8::set_entropy_source(fill_randomly);
    set_flags(flags);
    // v8.setFlagsFromString() changes flags while the program runs.
    v8::V8::set_flags_from_string("--no-freeze-flags-after-init");
    // Protected memory keys would bind V8 to threads that descend from this one: all do.
    let platform = v8::new_custom_platform(helper_threads, false, false, Foreground).make_shared();
    v8::V8::initialize_platform(platform);
    v8::V8::initialize();
}

/// Seeds for V8's hashes and for Math.random, which want to be unpredictable and no more. By itself
/// V8 opens and reads /dev/urandom for each.
fn fill_randomly(bytes: &mut [u8]) -> bool {
    for chunk in bytes.chunks_mut(size_of::<u64>()) {
        let word = RandomState::new().build_hasher().finish();
        chunk.copy_from_slice(&word.to_ne_bytes()[..chunk.len()]);
    }
    true
}

/// The zone that Date and Intl show, for isolates that are still to come.
pub fn set_time_zone(name: &str) {
    // An unknown name leaves the machine's zone.
    let _ = v8::icu::set_default_time_zone(name);
}

/// Gives options to V8 and returns those it does not know.
pub fn set_flags(flags: &[String]) -> Vec<String> {
    let mut arguments = vec!["coring".to_owned()];
    arguments.extend_from_slice(flags);
    let mut unknown = v8::V8::set_flags_from_command_line(arguments);
    if !unknown.is_empty() {
        unknown.remove(0);
    }
    unknown
}
