//! coring: a JavaScript runtime for Linux servers. One core, one thread, one V8 isolate, one
//! io_uring ring. This crate is the program: command line, cores, and the turn.

#![forbid(unsafe_code)]

mod cli;
mod core;
mod fleet;
mod library;
mod options_table;
mod runtime;
mod turn;
mod worker;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Threads that V8 may use beside the cores' own, for compiling and collecting garbage.
const V8_HELPER_THREADS: u32 = 2;

fn main() -> ExitCode {
    let mut words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    let argv0 = words.next().unwrap_or_else(|| "coring".to_owned());
    let arguments: Vec<String> = words.collect();
    let environment = |name: &str| std::env::var(name).ok();
    let is_v8_option = |word: &str| coring_engine::set_flags(&[word.to_owned()]).is_empty();
    let cli = match cli::parse(&arguments, &environment, &is_v8_option) {
        Ok(cli) => cli,
        Err(error) => {
            eprint!("{}", error.text(&argv0));
            return code(cli::CliError::EXIT_CODE);
        }
    };
    match cli.print {
        Some(cli::Print::Version) => {
            println!("{}", runtime::NODE_VERSION);
            return ExitCode::SUCCESS;
        }
        Some(cli::Print::Help) => {
            print!("{}", cli::help());
            return ExitCode::SUCCESS;
        }
        Some(cli::Print::V8Options) => {
            // V8 prints its own list and leaves the process.
            coring_engine::set_flags(&["--help".to_owned()]);
            return ExitCode::SUCCESS;
        }
        None => {}
    }
    coring_uring::sync::signal::ignore_broken_pipe();
    start_v8(&cli.v8_flags);
    let cores = match cli.jobs {
        cli::Jobs::Count(count) => fleet::cores_by_count(count as usize),
        cli::Jobs::Auto => fleet::cores_by_machine(),
    };
    let program = runtime::Program::new(argv0, cli, cores);
    code(fleet::run(program))
}

/// V8's helper threads must not take the program's signals: they inherit a mask that blocks all
/// that a program can listen to; this thread takes them again.
fn start_v8(flags: &[String]) {
    const SYNCHRONOUS: [i32; 8] = [4, 5, 7, 8, 9, 11, 19, 27];
    let signals: Vec<i32> = (1..32)
        .filter(|signal| !SYNCHRONOUS.contains(signal))
        .collect();
    // Without the mask only the choice of thread is worse; there is nothing to tell the user.
    let blocked = coring_uring::sync::signal::block(&signals).is_ok();
    coring_engine::start(flags, V8_HELPER_THREADS);
    if blocked {
        let _ = coring_uring::sync::signal::unblock(&signals);
    }
}

/// Exit codes are a byte to the kernel.
fn code(code: i32) -> ExitCode {
    ExitCode::from(code as u8)
}
