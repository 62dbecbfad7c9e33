//! Build step: rehearses a start, boots lib_js with what V8 compiled in it, and keeps V8's heap as
//! the start-up snapshot; embeds the sources and compiled code of what the snapshot leaves lazy.

#![forbid(unsafe_code)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

use coring_engine::{LibraryCode, Sources, library_files, snapshot};

mod npm;
mod rehearsal;
// A rehearsal starts as the program does.
#[allow(dead_code)]
#[path = "../cli.rs"]
mod cli;
#[allow(dead_code)]
#[path = "../cli_check.rs"]
mod cli_check;
#[allow(dead_code)]
#[path = "../runtime.rs"]
mod runtime;
#[path = "../turn.rs"]
mod turn;

fn main() {
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    let library = Path::new(&root).join("lib_js");
    println!("cargo:rerun-if-changed=lib_js");
    println!("cargo:rerun-if-changed=src/build");
    // At a fixed address the program starts faster: V8 has tens of thousands of addresses that the
    // loader would otherwise patch at every start.
    println!("cargo:rustc-link-arg-bins=-no-pie");
    // Tools that put an application into a copy of the program, such as postject, move its table
    // of segments into the room between two of them: on pages of 64 KiB there is some.
    for rule in ["separate-loadable-segments", "max-page-size=65536"] {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,{rule}");
    }
    // Native addons find the functions of Node-API in the program itself.
    for names in ["napi_*", "node_api_*", "uv_*"] {
        println!("cargo:rustc-link-arg-bins=-Wl,--export-dynamic-symbol={names}");
    }

    let out = Path::new(&out);
    let packages = npm::files(Path::new(&root), out).unwrap_or_else(|text| fail(&text));
    let mut files = library_files(&library);
    files.extend(packages);
    files.sort();

    coring_engine::start(&[], 1);
    let start = rehearse(Sources::load(&files, LibraryCode::new()), None, "0");
    let blob = snapshot::create(coring_bindings::BINDINGS, Sources::load(&files, start));
    let blob =
        blob.unwrap_or_else(|text| fail(&format!("lib_js does not boot into a snapshot:\n{text}")));
    fs::write(out.join("snapshot.bin"), &blob).expect("OUT_DIR can be written");

    let sources = Sources::load(&files, LibraryCode::new());
    let code = rehearsal::program(Path::new(&root));
    let code = rehearse(sources, Some(Vec::leak(blob)), &code);
    write_table(&files, out, &code);
    // The platform's threads and V8's statics end with the process; nothing here needs them more.
    process::exit(0);
}

fn fail(text: &str) -> ! {
    eprintln!("{text}");
    process::exit(1);
}

/// The library's compiled code after a rehearsal; nothing where none is possible, which costs the
/// program some milliseconds at every start.
fn rehearse(sources: Sources, snapshot: Option<&'static [u8]>, code: &str) -> LibraryCode {
    rehearsal::run(sources, snapshot, code).unwrap_or_else(|text| {
        println!("cargo:warning=coring will start more slowly: {text}");
        LibraryCode::new()
    })
}

/// `library.rs`: every file of the library with its text and its compiled code.
fn write_table(files: &[(String, PathBuf)], out: &Path, code: &LibraryCode) {
    let mut table = String::from("[\n");
    for (index, (id, path)) in files.iter().enumerate() {
        let compiled = out.join(format!("code-{index}.bin"));
        let bytes = code.get(id).map_or(&[][..], |bytes| bytes);
        fs::write(&compiled, bytes).expect("OUT_DIR can be written");
        writeln!(
            table,
            "    LibraryFile::new({id:?}, include_str!({path:?}), include_bytes!({compiled:?})),"
        )
        .expect("a String takes all");
    }
    table.push_str("]\n");
    fs::write(out.join("library.rs"), table).expect("OUT_DIR can be written");
}
