//! Binding `addons`: what native addons need of the machine. Files are loaded here; crate
//! coring-napi calls what is in them, and has the binding `napi`.

use std::ffi::CString;
use std::sync::Arc;

use coring_engine::{Js, Parcel, ops};
use coring_napi::{Host, Loaded};
use coring_uring::sync::library::Library;

use crate::Natives;
use crate::inbox::Note;

ops! { addons(Natives) {
    /// Connects addons with this thread's loop and with the lane: 0 or -errno. Before the first is
    /// loaded.
    slow start();
    /// Loads the file, whose constructors run: why that cannot be, else undefined, and `loaded`
    /// gives what it is.
    slow load(path: String, flags: i32);
    slow loaded();
} }

/// What an undefined symbol of V8's or Node's own API for C++ begins with; the last is what
/// addons of old versions register themselves by.
const FOREIGN_SYMBOLS: [&str; 3] = [
    "undefined symbol: _ZN2v8",
    "undefined symbol: _ZN4node",
    "undefined symbol: node_module_register",
];

/// By this name V8's own API has the entry of an addon built for Node 24.
const FOREIGN_ENTRY: &str = "node_register_module_v137";

const FOREIGN: &str =
    "it is written against V8's C++ API, and only addons of Node-API are supported";

fn start(natives: &mut Natives) -> i32 {
    let inbox = match natives.inbox() {
        Ok(inbox) => inbox,
        Err(errno) => return errno.result(),
    };
    let process = natives.process.clone();
    let threads_max = natives.lane_threads_max();
    coring_napi::start(Host {
        wake: Arc::new(move || inbox.leave(Note::Addon)),
        lane: Box::new(move |job| process.lane.push(job, threads_max).is_ok()),
    });
    0
}

fn load(natives: &mut Natives, path: String, flags: i32) -> Js {
    match open(&path, flags) {
        Ok(loaded) => {
            natives.loaded = Some(loaded);
            Js::Undefined
        }
        Err(text) => Js::Text(text),
    }
}

fn loaded(natives: &mut Natives) -> Parcel {
    natives.loaded.take().map_or(Parcel::EMPTY, Parcel::new)
}

fn open(path: &str, flags: i32) -> Result<Loaded, String> {
    let name = CString::new(path).map_err(|_| format!("{path}: file name too long"))?;
    let library = Library::open(&name, flags).map_err(|text| {
        match FOREIGN_SYMBOLS.iter().any(|symbol| text.contains(symbol)) {
            true => format!("{path}: {FOREIGN}"),
            false => text,
        }
    });
    // What registered itself meanwhile belongs to this file, or to none.
    let registered = coring_napi::take_registered();
    let library = library?;
    let symbol = |name: &str| library.symbol(name);
    match Loaded::find(library.key(), registered, &symbol) {
        Some(loaded) => Ok(loaded),
        None if symbol(FOREIGN_ENTRY).is_some() => Err(format!("{path}: {FOREIGN}")),
        None => Err(format!("Module did not self-register: '{path}'.")),
    }
}
