//! Binding `spawn_sync`: a program run to its end, while JavaScript waits.

use std::time::Duration;

use coring_engine::{Data, Js, ops};
use coring_uring::Fd;
use coring_uring::sync::process::{Limits, Outcome, Stdio, run};

use crate::Natives;
use crate::process_wrap::request;

ops! { spawn_sync(Natives) {
    /// [process number, exit code or null, signal or 0, -errno or 0, outputs].
    /// stdio: a descriptor, -1 nothing, -2 a pipe; inputs: what goes into each pipe.
    slow spawn(
        file: String, arguments: Vec<String>, environment: Vec<String>, directory: Option<String>,
        stdio: Vec<i32>, inputs: Vec<Data>, user: Option<u32>, group: Option<u32>, detached: bool,
        timeout_ms: f64, output_bytes_max: f64, kill_signal: i32
    );
} }

#[allow(clippy::too_many_arguments)]
fn spawn(
    natives: &mut Natives,
    file: String,
    arguments: Vec<String>,
    environment: Vec<String>,
    directory: Option<String>,
    stdio: Vec<i32>,
    inputs: Vec<Data>,
    user: Option<u32>,
    group: Option<u32>,
    detached: bool,
    timeout_ms: f64,
    output_bytes_max: f64,
    kill_signal: i32,
) -> Js {
    // What this turn has written so far shall stand before what the child writes.
    natives.begin_sends();
    let spawn = request(
        file,
        arguments,
        environment,
        directory,
        user,
        group,
        detached,
    );
    let limits = Limits {
        time: (timeout_ms > 0.0 && timeout_ms.is_finite())
            .then(|| Duration::from_secs_f64(timeout_ms.min(1e15) / 1000.0)),
        output_bytes_max: (output_bytes_max > 0.0 && output_bytes_max.is_finite())
            .then_some(output_bytes_max as u64),
        kill_signal,
    };
    let mut inputs = inputs.iter();
    let stdio = stdio.into_iter().map(|kind| {
        let input = inputs.next();
        match kind {
            -2 => Stdio::Pipe(input.map_or_else(Vec::new, bytes_of)),
            fd if fd >= 0 => Stdio::Inherit(Fd::new(fd)),
            _ => Stdio::Ignore,
        }
    });
    let outcome = match spawn {
        Ok(spawn) => run(spawn, stdio.collect(), &limits),
        Err(errno) => Outcome {
            error: Some(errno),
            ..Outcome::default()
        },
    };
    natives.clock.update();
    show(outcome)
}

fn bytes_of(data: &Data) -> Vec<u8> {
    match data {
        Data::None => Vec::new(),
        Data::Text(text) => text.with_utf8(<[u8]>::to_vec),
        Data::Bytes(bytes) => bytes.as_slice().to_vec(),
    }
}

fn show(outcome: Outcome) -> Js {
    let (code, signal) = match outcome.exit {
        Some(exit) if exit.signal == 0 => (Js::from(exit.code), 0),
        Some(exit) => (Js::Null, exit.signal),
        None => (Js::Null, 0),
    };
    let output = outcome
        .output
        .into_iter()
        .map(|bytes| bytes.map_or(Js::Null, Js::Bytes));
    Js::List(vec![
        Js::from(outcome.pid),
        code,
        Js::from(signal),
        Js::from(outcome.error.map_or(0, |errno| errno.result())),
        Js::List(output.collect()),
    ])
}
