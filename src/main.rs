//! coring: a JavaScript runtime for Linux servers. One core, one thread, one V8 isolate, one
//! io_uring ring. This crate is the program: command line, cores, and the turn.

#![forbid(unsafe_code)]

mod cli;
mod cli_check;
mod cli_print;
mod config_file;
mod core;
mod env_files;
mod fleet;
mod json;
mod library;
mod runtime;
mod sea;
mod turn;
mod worker;

use std::io::Write as _;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use coring_uring::sync::tell;
use runtime::Variables;

/// Threads that V8 may use beside the cores' own, for compiling and collecting garbage.
const V8_HELPER_THREADS: u32 = 2;

fn main() -> ExitCode {
    let origin = runtime::Origin::now();
    let mut words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    let argv0 = words.next().unwrap_or_else(|| "coring".to_owned());
    let mut arguments: Vec<String> = words.collect();
    let application = match sea::find() {
        // It is in the program's file, and so in memory as long as the process.
        Ok(found) => found.map(|found| &*Box::leak(Box::new(found))),
        Err(text) => {
            tell(&format!("{argv0}: {text}\n"));
            return ExitCode::FAILURE;
        }
    };
    if let Some(application) = application {
        arguments = sea::words(application, &argv0, &arguments);
    }
    let hides_options = sea::ignores_node_options(application);
    let (cli, variables) = match read_command_line(&arguments, hides_options) {
        Ok(read) => read,
        Err(error) => {
            tell(&error.text(&argv0));
            return code(error.exit_code);
        }
    };
    if let Some(wanted) = cli.print {
        print(wanted);
        return ExitCode::SUCCESS;
    }
    if let Some(text) = refusal_of_addresses() {
        tell(&format!("{argv0}: {text}\n"));
        return ExitCode::FAILURE;
    }
    coring_uring::sync::signal::ignore_failed_writes();
    coring_engine::set_interrupt_watch(watch_interrupt);
    start_v8(&cli);
    if let Some(zone) = variables.get("TZ") {
        coring_engine::set_time_zone(zone);
    }
    let cores = match cli.jobs {
        cli::Jobs::Count(count) => fleet::cores_by_count(count as usize),
        cli::Jobs::Auto => fleet::cores_by_machine(),
    };
    let sea_config = cli.text("--experimental-sea-config");
    if !sea_config.is_empty() {
        // Not by `exit`, which would destroy what V8's threads still use.
        coring_uring::sync::process::exit_now(sea::prepare(sea_config));
    }
    let mut program = runtime::Program::new(argv0, cli, variables, cores, origin);
    program.application = application;
    let exit_code = fleet::run(program);
    coring_bindings::flush_traces();
    code(exit_code)
}

/// Prints what the command line asks for instead of a program.
fn print(wanted: cli::Print) {
    match wanted {
        cli::Print::Version => say(&format!("{}\n", runtime::NODE_VERSION)),
        cli::Print::Help => say(&cli_print::help()),
        cli::Print::V8Options => {
            // V8 prints its own list and leaves the process.
            coring_engine::set_flags(&["--help".to_owned()]);
        }
        cli::Print::CompletionBash => say(&cli_print::completion_bash()),
    }
}

/// Why V8 cannot start under this process's limit of addresses: it would end the process.
fn refusal_of_addresses() -> Option<String> {
    let limit = coring_uring::sync::process::address_space_limit()?;
    let needed = coring_engine::ADDRESSES_BYTES_MIN;
    (limit < needed).then(|| {
        format!(
            "the limit of addresses is {} MiB, and V8 reserves {} MiB of them while it starts, \
             of which it uses few: `ulimit -v unlimited`, or LimitAS=infinity in a unit of systemd",
            limit >> 20,
            needed >> 20
        )
    })
}

/// To standard output. Where it cannot be written there is nobody to tell.
fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// The command line with the file of options that it names, and the variables of its --env-files;
/// NODE_OPTIONS may stand in one of those. `hides_options`: it says nothing.
fn read_command_line(
    arguments: &[String],
    hides_options: bool,
) -> Result<(cli::Cli, Variables), cli::CliError> {
    let is_hidden = |name: &str| hides_options && name == "NODE_OPTIONS";
    let given = |name: &str| std::env::var(name).ok().filter(|_| !is_hidden(name));
    let is_v8_option = |word: &str| coring_engine::set_flags(&[word.to_owned()]).is_empty();
    let mut config = cli::Config::default();
    let mut cli = cli::parse(arguments, &config, &given, &is_v8_option)?;
    let config_path = cli.text(cli::CONFIG_FILE);
    if !config_path.is_empty() {
        config = config_file::read(config_path)?;
        cli = cli::parse(arguments, &config, &given, &is_v8_option)?;
    }
    if cli.env_files.is_empty() {
        return Ok((cli, Variables::new()));
    }
    let mut variables = env_files::read(&cli.env_files)?;
    if cli.is_on("--watch") {
        // They are for the program that is watched, which reads them anew each time it starts.
        return Ok((cli, Variables::new()));
    }
    // What is in the environment already wins over the files.
    variables.retain(|name, _| std::env::var_os(name).is_none());
    let of_files = |name: &str| variables.get(name).filter(|_| !is_hidden(name));
    let all = |name: &str| of_files(name).cloned().or_else(|| given(name));
    let cli = cli::parse(arguments, &config, &all, &is_v8_option)?;
    Ok((cli, variables))
}

/// SIGINT ends the process after `act` if `ends`.
fn watch_interrupt(act: Box<dyn Fn() + Send>, ends: bool) -> Option<Box<dyn std::any::Any>> {
    const SIGINT: i32 = 2;
    use coring_uring::sync::{interrupt, signal};
    let interrupt = interrupt::take(Box::new(move || {
        act();
        if ends {
            // Without these the program lives on, and a second signal may end it.
            let _ = signal::restore_default(SIGINT).and_then(|()| signal::raise(SIGINT));
        }
    }));
    Some(Box::new(interrupt.ok()?))
}

/// V8's helper threads must not take the program's signals: they inherit a mask that blocks all
/// that a program can listen to; this thread takes them again.
fn start_v8(cli: &cli::Cli) {
    let signals: Vec<i32> = coring_uring::sync::signal::listenable().collect();
    // Without the mask only the choice of thread is worse; there is nothing to tell the user.
    let blocked = coring_uring::sync::signal::block(&signals).is_ok();
    let mut flags = cli.v8_flags.clone();
    flags.extend(heap_flag(cli));
    if cli.is_on("--experimental-shadow-realm") {
        flags.push("--harmony-shadow-realm".to_owned());
    }
    let threads = match cli.get("--v8-pool-size") {
        cli::Value::Integer(count) => u32::try_from(*count).unwrap_or(V8_HELPER_THREADS),
        _ => V8_HELPER_THREADS,
    };
    coring_engine::start(&flags, threads);
    if blocked {
        // A thread of its own will wait for that one.
        let keeps = !cli.is_on("--disable-sigusr1") && cli.jobs == cli::Jobs::Count(1);
        let is_free = |signal: &i32| !keeps || *signal != coring_bindings::inspector::SIGUSR1;
        let signals: Vec<i32> = signals.into_iter().filter(is_free).collect();
        let _ = coring_uring::sync::signal::unblock(&signals);
    }
}

/// --max-old-space-size-percentage, in V8's unit.
fn heap_flag(cli: &cli::Cli) -> Option<String> {
    let percent = cli_check::percentage(cli.text("--max-old-space-size-percentage"))?;
    let usable = coring_uring::sync::host::usable_memory();
    let megabytes = (usable as f64 / f64::from(1 << 20) * percent / 100.0) as u64;
    Some(format!("--max-old-space-size={megabytes}"))
}

/// Exit codes are a byte to the kernel.
fn code(code: i32) -> ExitCode {
    ExitCode::from(code as u8)
}
