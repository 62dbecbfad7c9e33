//! One core's life: boot, turns, and its end, whatever the reason.

use std::sync::Arc;
use std::time::Instant;

use coring_bindings::{BINDINGS, Fleet, Milestone, Natives};
use coring_engine::{Ending, Isolate, IsolateLimits, IsolateOptions};
use coring_uring::sync::{clock, tell};
use coring_uring::{Ring, RingOptions};

use crate::runtime::Program;
use crate::{library, turn};

/// How one life of a core ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// Nothing was left to do, or `process.exit` was called: the exit code.
    Exit(i32),
    /// An uncaught error; it was printed. The exit code.
    Uncaught(i32),
    HeapLimit,
    /// Another thread ended it.
    Terminated,
    /// It could not begin; the reason was printed.
    Unstarted,
}

impl From<Ending> for End {
    fn from(ending: Ending) -> End {
        match ending {
            Ending::Exit(code) => End::Exit(code),
            Ending::Uncaught(code) => End::Uncaught(code),
            Ending::HeapLimit => End::HeapLimit,
            Ending::Terminated => End::Terminated,
        }
    }
}

/// Runs the program once on this thread. `died`: when the core's former life ended.
pub fn live(program: &Program, fleet: &Arc<Fleet>, core: usize, died: Option<Instant>) -> End {
    let mut isolate = match begin(program, fleet, core) {
        Ok(isolate) => isolate,
        Err(text) => {
            tell(&format!("{}: {text}\n", program.argv0));
            return End::Unstarted;
        }
    };
    if let Some(died) = died {
        let milliseconds = died.elapsed().as_millis();
        let text = format!("coring: core {core} is back, {milliseconds} ms after its end\n");
        tell(&text);
    }
    let end = match turn::run(&mut isolate, program.runtime(core)) {
        Ok(code) => End::Exit(code),
        Err(ending) => End::from(ending),
    };
    if end == End::HeapLimit {
        isolate.tell_heap_limit();
    } else {
        isolate.part();
    }
    if program.cores.len() == 1 {
        leave(isolate, end);
    }
    end
}

fn begin(program: &Program, fleet: &Arc<Fleet>, core: usize) -> Result<Isolate<Natives>, String> {
    let ring = Ring::new(RingOptions::default()).map_err(|error| error.to_string())?;
    let mut natives = Natives::new(ring, fleet.clone(), core);
    if fleet.is_many() {
        natives
            .open_mailbox()
            .map_err(|errno| format!("cannot open the core's mailbox: {errno}"))?;
    }
    let limits = IsolateLimits {
        memory_bytes: memory_share(program),
        ..IsolateLimits::default()
    };
    natives.mark(Milestone::NodeStart, program.node_start_ns);
    // The outer process of a watched program is none to debug.
    let is_outer = program.cli.is_on("--watch");
    if !fleet.is_many() && !is_outer && !program.cli.is_on("--disable-sigusr1") {
        natives.hear_debugger_signal();
    }
    boot(natives, limits)
}

/// An isolate with the library in it.
pub fn boot(mut natives: Natives, limits: IsolateLimits) -> Result<Isolate<Natives>, String> {
    let (sources, snapshot) = library::choose();
    let options = IsolateOptions {
        bindings: BINDINGS,
        sources,
        snapshot,
        limits,
        keep_library_code: false,
    };
    natives.mark(Milestone::V8Start, clock::monotonic());
    let mut isolate = Isolate::new(options, natives)
        .map_err(|text| format!("the library does not boot:\n{text}"))?;
    isolate.with(|natives| natives.mark(Milestone::Environment, clock::monotonic()));
    Ok(isolate)
}

/// A lone core ends with the process: nothing is freed piece by piece, the kernel is quicker.
fn leave(mut isolate: Isolate<Natives>, end: End) -> ! {
    // As in Node: only a program that ends by itself winds up its native addons.
    if matches!(end, End::Exit(_)) {
        isolate.wind_up();
    }
    isolate.with(Natives::send_leftovers);
    if matches!(end, End::Exit(_) | End::Uncaught(_)) {
        isolate.with(Natives::finish_changes);
    }
    coring_uring::sync::terminal::restore_all();
    coring_uring::sync::process::exit_now(exit_code(end))
}

/// The process's exit code for this end.
pub fn exit_code(end: End) -> i32 {
    match end {
        End::Exit(code) | End::Uncaught(code) => code,
        End::HeapLimit => {
            tell(
                "\nFATAL ERROR: Reached heap limit Allocation failed - \
                 JavaScript heap out of memory\n",
            );
            134
        }
        End::Terminated => 143,
        End::Unstarted => 1,
    }
}

/// What one core may count on of the memory that this process may have.
pub fn memory_share(program: &Program) -> Option<u64> {
    let usable = coring_uring::sync::host::usable_memory();
    (usable > 0).then(|| usable / program.cores.len() as u64)
}
