//! The JavaScript library inside the program: its start-up snapshot and its sources.

use coring_engine::{LibraryFile, Sources};

/// Sorted by id. The compiler looks at every word of it, whether that is ASCII.
#[allow(long_running_const_eval)]
static FILES: &[LibraryFile] = &include!(concat!(env!("OUT_DIR"), "/library.rs"));

static SNAPSHOT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/snapshot.bin"));

/// The library to run with: the built-in one, or for work on it the folder named by CORING_LIB,
/// which is booted from its sources at every start.
pub fn choose() -> (Sources, Option<&'static [u8]>) {
    match std::env::var_os("CORING_LIB") {
        Some(folder) => (Sources::Folder(folder.into(), FILES), None),
        None => (Sources::Embedded(FILES), Some(SNAPSHOT)),
    }
}
