//! Build step: boots lib_js once and keeps V8's heap as the start-up snapshot; embeds the sources
//! for what the snapshot leaves lazy.

#![forbid(unsafe_code)]

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, process};

use coring_engine::{Sources, library_ids, snapshot};

fn main() {
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    let library = Path::new(&root).join("lib_js");
    println!("cargo:rerun-if-changed=lib_js");
    println!("cargo:rerun-if-changed=src/build/snapshot.rs");
    // At a fixed address the program starts faster: V8 has tens of thousands of addresses that the
    // loader would otherwise patch at every start.
    println!("cargo:rustc-link-arg-bins=-no-pie");

    let mut table = String::from("[\n");
    for id in library_ids(&library) {
        let path = library.join(format!("{id}.js"));
        writeln!(
            table,
            "    LibraryFile::new({id:?}, include_str!({path:?})),"
        )
        .expect("a String takes all");
    }
    table.push_str("]\n");
    let out = Path::new(&out);
    fs::write(out.join("library.rs"), table).expect("OUT_DIR can be written");

    coring_engine::start(&[], 1);
    let blob = match snapshot::create(coring_bindings::BINDINGS, Sources::load(&library)) {
        Ok(blob) => blob,
        Err(text) => {
            eprintln!("lib_js does not boot into a snapshot:\n{text}");
            process::exit(1);
        }
    };
    fs::write(out.join("snapshot.bin"), blob).expect("OUT_DIR can be written");
    // The platform's threads and V8's statics end with the process; nothing here needs them more.
    process::exit(0);
}
