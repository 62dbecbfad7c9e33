//! A worker: one more thread with an isolate, a ring and a turn, made while the program runs.
//! Unlike a core it is pinned nowhere, takes no signals, and its end is news for its maker.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use coring_bindings::options::{Kind, OPTIONS};
use coring_bindings::{Control, How, Milestone, Natives, Process, Start};
use coring_engine::{Ending, Isolate, IsolateLimits, Js, Parcel};
use coring_uring::{Ring, RingOptions, sync};

use crate::cli::{self, Cli, Config};
use crate::core;
use crate::runtime::Program;
use crate::sea;
use crate::turn;

/// Stack of a worker's JavaScript unless `resourceLimits.stackSizeMb` says otherwise, as in Node.
const STACK_MB: f64 = 4.0;

/// Of a worker's stack, kept for native code that V8 does not count.
const STACK_RESERVE_BYTES: usize = 192 << 10;

/// Beside the stack that the program asked for: what a thread needs before and after JavaScript.
const STACK_EXTRA_BYTES: usize = 1 << 20;

/// A worker's ring: most have few connections, and a program may have many workers.
fn ring_options() -> RingOptions {
    RingOptions {
        entries: 64,
        cq_entries: 1024,
        buffers_count: 128,
        ..RingOptions::default()
    }
}

/// What the threads of this process share.
pub fn process(program: &Arc<Program>) -> Arc<Process> {
    let application = program.application;
    let program = program.clone();
    let start = move |start| spawn(&program, start);
    Process::new(Box::new(start), Box::new(refused_options), application)
}

fn spawn(program: &Arc<Program>, start: Start) -> io::Result<JoinHandle<()>> {
    let program = program.clone();
    let stack_mb = stack_mb(&start);
    // The kernel shows 15 bytes of a thread's name.
    let name: String = start.name.chars().filter(|c| *c != '\0').take(15).collect();
    thread::Builder::new()
        .name(name)
        .stack_size((stack_mb * 1048576.0) as usize + STACK_EXTRA_BYTES)
        .spawn(move || {
            // A signal that the main thread will listen to must not end the process from here.
            // Without the mask only the choice of thread is worse.
            let signals: Vec<i32> = sync::signal::listenable().collect();
            let _ = sync::signal::block(&signals);
            let control = start.control.clone();
            let (code, how) = live(&program, start, &control);
            control.finish(code, how);
        })
}

fn stack_mb(start: &Start) -> f64 {
    match start.limits.stack_mb {
        asked if asked > 0.0 => asked,
        _ => STACK_MB,
    }
}

fn live(program: &Program, start: Start, control: &Arc<Control>) -> (i32, How) {
    let runtime = runtime(program, &start);
    let limits = limits(program, &start);
    let isolate = begin(program, start, limits);
    let Ok(mut isolate) = isolate else {
        control.disarm();
        return (1, How::Unstarted);
    };
    let answers = control.clone();
    isolate.on_interrupt(Box::new(move |look| {
        answers.answer(&mut |what, option| Parcel::new(answer(what, option, look)));
    }));
    isolate.with(|natives| natives.wake_by_tasks());
    control.arm(isolate.remote());
    let end = match control.is_stopping() {
        true => Err(isolate.end()),
        false => turn::run(&mut isolate, runtime),
    };
    control.disarm();
    match end {
        Ok(code) => (code, How::Itself),
        Err(Ending::Exit(code) | Ending::Uncaught(code)) => (code, How::Itself),
        Err(Ending::HeapLimit) => (1, How::OutOfMemory),
        Err(Ending::Terminated) => (1, How::Stopped),
    }
}

/// Numbers of questions that V8 has no part in; see `coring_engine::question` for the others.
const THREAD_CPU_USAGE: i32 = 100;

fn answer(what: i32, option: i32, look: &mut dyn FnMut(i32, i32) -> Js) -> Js {
    match what {
        THREAD_CPU_USAGE => Js::Doubles(sync::process::thread_usage()[..2].to_vec()),
        _ => look(what, option),
    }
}

fn begin(
    program: &Program,
    start: Start,
    limits: IsolateLimits,
) -> Result<Isolate<Natives>, String> {
    let ring = Ring::new(ring_options()).map_err(|error| error.to_string())?;
    let mut natives = Natives::of_worker(ring, start).map_err(|errno| errno.to_string())?;
    natives.mark(Milestone::NodeStart, program.node_start_ns);
    core::boot(natives, limits)
}

fn limits(program: &Program, start: &Start) -> IsolateLimits {
    let bytes = |mb: f64| (mb > 0.0).then_some((mb * 1048576.0) as usize);
    let stack_bytes = (stack_mb(start) * 1048576.0) as usize;
    IsolateLimits {
        memory_bytes: core::memory_share(program),
        old_bytes_max: bytes(start.limits.old_mb),
        young_bytes_max: bytes(start.limits.young_mb),
        code_bytes_max: bytes(start.limits.code_mb),
        stack_bytes_max: Some(
            stack_bytes
                .saturating_sub(STACK_RESERVE_BYTES)
                .max(64 << 10),
        ),
    }
}

fn runtime(program: &Program, start: &Start) -> Js {
    // What its maker was given went through the same parser, and new words were asked about.
    let hides_options = sea::ignores_node_options(program.application);
    let variable = |name: &str| match name {
        "NODE_OPTIONS" if hides_options => None,
        _ => start.variable(name),
    };
    let parsed = parse(&start.exec_argv, &variable, true).ok();
    let cli = parsed.as_ref().unwrap_or(&program.cli);
    let limits = &start.limits;
    let asked = [
        limits.young_mb,
        limits.old_mb,
        limits.code_mb,
        limits.stack_mb,
    ];
    let worker = vec![
        ("threadId".to_owned(), Js::from(start.id)),
        ("threadName".to_owned(), Js::from(start.name.as_str())),
        ("limits".to_owned(), Js::Doubles(asked.to_vec())),
    ];
    program.runtime_of_worker(cli, worker)
}

/// `lenient`: words that are V8's were meant for the process, and are kept.
fn parse(
    words: &[String],
    environment: &dyn Fn(&str) -> Option<String>,
    lenient: bool,
) -> Result<Cli, cli::CliError> {
    let mut cli = cli::parse(words, &Config::default(), environment, &|_| lenient)?;
    cli.exec_argv = words.to_vec();
    if words.last().is_some_and(|word| word == "--") {
        cli.exec_argv.pop();
    }
    cli.arguments = Vec::new();
    Ok(cli)
}

/// Words that belong to the process or to V8, and not to one of its threads.
fn refused_options(words: &[String], node_options: Option<&str>) -> Vec<String> {
    let is_of_process = |word: &&String| {
        let name = word.split('=').next().unwrap_or(word);
        let row = OPTIONS.iter().find(|spec| spec.name == name);
        PER_PROCESS.contains(&name) || row.is_some_and(|spec| spec.v8 || spec.kind == Kind::Print)
    };
    let refused: Vec<String> = words.iter().filter(is_of_process).cloned().collect();
    if !refused.is_empty() {
        return refused;
    }
    let environment = |name: &str| match name {
        "NODE_OPTIONS" => node_options.map(str::to_owned),
        _ => None,
    };
    match parse(words, &environment, false) {
        Ok(_) => Vec::new(),
        Err(error) => error.messages,
    }
}

/// Options of the whole process in Node's table.
const PER_PROCESS: [&str; 9] = [
    "--title",
    "--jobs",
    "--zero-fill-buffers",
    "--disable-proto",
    "--v8-options",
    "--security-revert",
    "--trace-event-categories",
    "--trace-event-file-pattern",
    "--trace-events-enabled",
];
