//! The cores of one process: which, pinned where, and what happens when one of them ends.
//! A core dies alone: an uncaught error or the heap limit ends that core's isolate, which is
//! rebuilt, while the others go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use coring_bindings::Fleet;
use coring_uring::sync::{self, tell};

use crate::core::{self, End};
use crate::runtime::Program;
use crate::worker;

/// A core that dies this soon after its birth, this often in a row, is not rebuilt any more: the
/// program itself fails at start.
const EARLY_DEATH: Duration = Duration::from_millis(500);
const EARLY_DEATHS_MAX: u32 = 3;

/// How long SIGTERM lets open requests go on.
const DRAIN_MAX: Duration = Duration::from_secs(30);

const SIGHUP: i32 = 1;
const SIGINT: i32 = 2;
const SIGUSR2: i32 = 12;
const SIGTERM: i32 = 15;
const SIGWINCH: i32 = 28;

/// Every core of this machine that the process may use, bounded by the cgroup's quota.
pub fn cores_by_machine() -> Vec<usize> {
    let allowed = sync::process::affinity();
    let quota = sync::host::cpu_quota().map_or(allowed.len(), |quota| quota.floor() as usize);
    let count = allowed.len().min(quota).max(1);
    allowed.into_iter().take(count).collect()
}

/// `count` cores; more than the machine has share its processors in turn.
pub fn cores_by_count(count: usize) -> Vec<usize> {
    let allowed = sync::process::affinity();
    (0..count.max(1))
        .map(|index| allowed[index % allowed.len()])
        .collect()
}

/// Signals that the fleet takes for all its cores.
const SIGNALS: [i32; 5] = [SIGHUP, SIGINT, SIGUSR2, SIGTERM, SIGWINCH];

/// Runs the program on its cores; gives the exit code of the process.
pub fn run(program: Program) -> i32 {
    let program = Arc::new(program);
    let variables = program.variables.clone();
    let process = worker::process(&program);
    let fleet = Arc::new(Fleet::new(program.cores.len(), process, variables));
    if !fleet.is_many() {
        return core::exit_code(core::live(&program, &fleet, 0, None));
    }
    // Before any core starts: every thread inherits the mask, and only this one waits for signals.
    if let Err(errno) = sync::signal::block(&SIGNALS) {
        tell(&format!("coring: cannot block signals: {errno}\n"));
        return 1;
    }
    let living = Arc::new(AtomicUsize::new(program.cores.len()));
    for core in 0..program.cores.len() {
        let (program, fleet, living) = (program.clone(), fleet.clone(), living.clone());
        let body = move || {
            let end = keep_alive(&program, &fleet, core);
            fleet.note_exit_code(core::exit_code(end));
            if living.fetch_sub(1, Ordering::AcqRel) == 1 {
                sync::terminal::restore_all();
                sync::process::exit_now(fleet.exit_code());
            }
        };
        if let Err(error) = thread::Builder::new()
            .name(format!("core {core}"))
            .spawn(body)
        {
            tell(&format!(
                "coring: cannot start core {core}: {error} (see ulimit -u)\n"
            ));
            return 1;
        }
    }
    take_signals(&fleet)
}

/// The main thread's work: a signal that the program listens to goes to core 0; otherwise SIGTERM
/// drains every core, and the others end the process as they always do.
fn take_signals(fleet: &Fleet) -> i32 {
    loop {
        let Ok(signal) = sync::signal::wait(&SIGNALS) else {
            return 1;
        };
        if fleet.is_listening(signal) {
            fleet.send_signal(signal);
        } else if signal == SIGTERM && !fleet.is_draining() {
            fleet.start_draining();
            spawn_deadline();
        } else if signal != SIGWINCH {
            return 128 + signal;
        }
    }
}

/// Connections that do not end within the limit end with the process.
fn spawn_deadline() {
    let wait = || {
        thread::sleep(DRAIN_MAX);
        let seconds = DRAIN_MAX.as_secs();
        tell(&format!(
            "coring: still busy {seconds} s after SIGTERM; ending now\n"
        ));
        std::process::exit(128 + SIGTERM);
    };
    if thread::Builder::new()
        .name("drain limit".to_owned())
        .spawn(wait)
        .is_err()
    {
        std::process::exit(128 + SIGTERM);
    }
}

/// One core: lives again after each death that is not the program's own end.
fn keep_alive(program: &Program, fleet: &Arc<Fleet>, core: usize) -> End {
    let cpu = program.cores[core];
    if !core_affinity::set_for_current(core_affinity::CoreId { id: cpu }) {
        tell(&format!(
            "coring: core {core} could not be pinned to CPU {cpu}; it runs unpinned\n"
        ));
    }
    let mut early_deaths_count = 0;
    let mut died = None;
    loop {
        let born_at = Instant::now();
        let end = core::live(program, fleet, core, died);
        died = Some(Instant::now());
        let reason = match end {
            End::Exit(_) | End::Unstarted | End::Terminated => return end,
            End::Uncaught(_) => "an uncaught error",
            End::HeapLimit => "its heap limit",
        };
        early_deaths_count = match born_at.elapsed() < EARLY_DEATH {
            true => early_deaths_count + 1,
            false => 0,
        };
        if early_deaths_count == EARLY_DEATHS_MAX {
            tell(&format!(
                "coring: core {core} ended by {reason} {EARLY_DEATHS_MAX} times at start\n"
            ));
            return end;
        }
        tell(&format!(
            "coring: core {core} ended by {reason}; rebuilding it\n"
        ));
    }
}
