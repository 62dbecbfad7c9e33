//! A start of coring inside the build, whose only result is what V8 compiled on the way.

use std::io;
use std::path::Path;
use std::sync::Arc;

use coring_bindings::{BINDINGS, Fleet, Natives, Process};
use coring_engine::{Isolate, IsolateLimits, IsolateOptions, LibraryCode, Sources};
use coring_uring::{Ring, RingOptions};

use crate::runtime::{Origin, Program, Variables};
use crate::{cli, turn};

/// Runs `coring -e CODE` and gives the library's compiled code.
///
/// # Errors
/// Why it could not run: a machine without io_uring can build coring, but not rehearse it.
pub fn run(
    sources: Sources,
    snapshot: Option<&'static [u8]>,
    code: &str,
) -> Result<LibraryCode, String> {
    let ring = Ring::new(RingOptions::default()).map_err(|error| error.to_string())?;
    let no_workers = |_| Err(io::ErrorKind::Unsupported.into());
    let process = Process::new(Box::new(no_workers), Box::new(|_, _| Vec::new()), None);
    let natives = Natives::new(ring, Arc::new(Fleet::new(1, process, Variables::new())), 0);
    let options = IsolateOptions {
        bindings: BINDINGS,
        sources,
        snapshot,
        limits: IsolateLimits::default(),
        keep_library_code: true,
    };
    let mut isolate = Isolate::new(options, natives)?;
    let words = ["-e".to_owned(), code.to_owned()];
    let cli = cli::parse(&words, &cli::Config::default(), &|_| None, &|_| false)
        .map_err(|error| error.text("coring"))?;
    let program = Program::new(
        "coring".to_owned(),
        cli,
        Variables::new(),
        vec![0],
        Origin::now(),
    );
    match turn::run(&mut isolate, program.runtime(0)) {
        Ok(0) => Ok(isolate.library_code()),
        end => Err(format!("the rehearsal of {code:?} ended with {end:?}")),
    }
}

/// The program that the second rehearsal runs, as code for `-e`.
pub fn program(root: &Path) -> String {
    let path = root.join("src/build/rehearsal.js");
    format!("require({:?})", path.to_string_lossy())
}
