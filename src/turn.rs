//! The turn: Node's phases in Node's order. timers, poll, check, close; nextTicks and microtasks
//! settle after every callback, inside `Isolate`.

use std::time::Duration;

use coring_bindings::{Milestone, Natives, Patience};
use coring_engine::{Ending, Isolate, Js};
use coring_uring::Completion;

/// Runs the program until nothing keeps it alive; gives its exit code.
pub fn run(isolate: &mut Isolate<Natives>, runtime: Js) -> Result<i32, Ending> {
    isolate.with(|natives| natives.update_clock());
    isolate.start(runtime)?;
    loop {
        turns(isolate)?;
        // What V8 wants done on this thread, such as telling of collected objects, may be new work.
        isolate.pump()?;
        if is_alive(isolate) {
            continue;
        }
        isolate.before_exit()?;
        if !is_alive(isolate) {
            isolate.with(|natives| natives.mark_now(Milestone::LoopExit));
            return isolate.exit();
        }
    }
}

/// Turns as long as something keeps the loop alive.
fn turns(isolate: &mut Isolate<Natives>) -> Result<(), Ending> {
    let mut completions: Vec<Completion> = Vec::new();
    isolate.with(|natives| natives.update_clock());
    if is_alive(isolate) {
        isolate.with(|natives| {
            natives.mark_now(Milestone::LoopStart);
            natives.watch_debugger_signal();
        });
    }
    while is_alive(isolate) {
        if isolate.with(|natives| natives.is_stopping()) {
            return Err(isolate.end());
        }
        timers(isolate)?;
        poll(isolate, &mut completions)?;
        isolate.process_immediates()?;
        if isolate.with(|natives| natives.has_farewells()) {
            isolate.deliver(|natives, out| natives.close_phase(out))?;
        }
        if isolate.with(|natives| natives.take_question()) {
            isolate.answer()?;
        }
        if isolate.with(|natives| natives.take_drain_wish()) {
            isolate.with(Natives::drain);
        }
    }
    Ok(())
}

fn timers(isolate: &mut Isolate<Natives>) -> Result<(), Ending> {
    let Some(now_ms) = isolate.with(|natives| natives.timers_due()) else {
        return Ok(());
    };
    let next_ms = isolate.process_timers(now_ms as f64)?;
    isolate.with(|natives| natives.set_next_timer(next_ms));
    Ok(())
}

/// Submits, waits unless something is to be done at once, delivers what came.
fn poll(isolate: &mut Isolate<Natives>, completions: &mut Vec<Completion>) -> Result<(), Ending> {
    let background = isolate.background_tasks();
    let (_, immediates_alive) = isolate.immediates();
    let task_in = isolate.next_task_in();
    let patience = match (immediates_alive || !is_alive(isolate), background, task_in) {
        (true, _, _) => Patience::None,
        (false, _, Some(Duration::ZERO)) => Patience::None,
        (false, true, _) => Patience::Short,
        (false, false, Some(limit)) => Patience::Within(limit),
        (false, false, None) => Patience::Long,
    };
    let has_collections = isolate.has_collections();
    let has_answers = isolate.with(|natives| {
        if has_collections {
            natives.tell_collections();
        }
        natives.poll(patience, completions);
        natives.has_answers()
    });
    if !completions.is_empty() || has_answers {
        isolate.deliver(|natives, out| natives.poll_phase(completions, out))?;
    }
    isolate.pump()
}

fn is_alive(isolate: &mut Isolate<Natives>) -> bool {
    let (_, immediates_alive) = isolate.immediates();
    immediates_alive || isolate.with(|natives| natives.is_alive()) || isolate.background_tasks()
}
