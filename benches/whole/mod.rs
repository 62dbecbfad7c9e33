//! A whole core for benchmarks: ring, natives, V8 and the library of lib_js/, and a program that
//! does its work in turns. A benchmark is some turns; what the program does in one is in its file.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use coring_bindings::{BINDINGS, Fleet, Natives, Patience, Process};
use coring_engine::{Isolate, IsolateLimits, IsolateOptions, Js, Sources};
use coring_uring::sync::clock;
use coring_uring::{Completion, Ring, RingOptions};

/// Turns after which V8 has compiled what it will.
const WARM_UP_TURNS: u32 = 2_000;

pub struct Core {
    isolate: Isolate<Natives>,
    completions: Vec<Completion>,
}

impl Core {
    /// Boots the library from its sources, and runs a program of benches/whole with these words.
    pub fn start(program: &str, words: &[&str]) -> Core {
        let ring = Ring::new(RingOptions::default()).unwrap_or_else(|error| panic!("{error}"));
        let no_workers = |_| Err(std::io::ErrorKind::Unsupported.into());
        let process = Process::new(Box::new(no_workers), Box::new(|_, _| Vec::new()), None);
        let fleet = Fleet::new(1, process, BTreeMap::new());
        let benches = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = benches
            .parent()
            .expect("the crate is a folder of the repository");
        let options = IsolateOptions {
            bindings: BINDINGS,
            sources: Sources::Folder(root.join("lib_js"), &[]),
            snapshot: None,
            limits: IsolateLimits::default(),
            keep_library_code: false,
        };
        let natives = Natives::new(ring, Arc::new(fleet), 0);
        let mut isolate = Isolate::new(options, natives).expect("the library boots");
        let script = benches.join("whole").join(program);
        let script = script.to_string_lossy();
        let argv = ["coring", &*script]
            .into_iter()
            .chain(words.iter().copied());
        let fields = [
            ("argv", Js::List(argv.map(Js::from).collect())),
            ("argv0", Js::from("coring")),
            ("execPath", Js::from("coring")),
            ("execArgv", Js::List(Vec::new())),
            ("options", Js::Object(Vec::new())),
            ("hrtimeOrigin", Js::Number(clock::monotonic() as f64)),
            ("timeOriginMs", Js::Number(clock::realtime() as f64 / 1e6)),
            ("core", Js::from(0u32)),
            ("cores", Js::from(1u32)),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value));
        isolate.with(|natives| natives.update_clock());
        isolate
            .start(Js::Object(fields.to_vec()))
            .expect("the program starts");
        let mut core = Core {
            isolate,
            completions: Vec::new(),
        };
        for _ in 0..WARM_UP_TURNS {
            core.turn(Patience::None);
        }
        core
    }

    /// One turn: timers, poll, immediates, close, in the order of src/turn.rs.
    pub fn turn(&mut self, patience: Patience) {
        let isolate = &mut self.isolate;
        if let Some(now_ms) = isolate.with(|natives| natives.timers_due()) {
            let next_ms = isolate.process_timers(now_ms as f64).expect("timers run");
            isolate.with(|natives| natives.set_next_timer(next_ms));
        }
        let completions = &mut self.completions;
        let has_answers = isolate.with(|natives| {
            natives.poll(patience, completions);
            natives.has_answers()
        });
        if !completions.is_empty() || has_answers {
            let deliver = isolate.deliver(|natives, out| natives.poll_phase(completions, out));
            deliver.expect("what came is delivered");
        }
        isolate.pump().expect("V8's own tasks run");
        isolate.process_immediates().expect("immediates run");
        if isolate.with(|natives| natives.has_farewells()) {
            let closed = isolate.deliver(|natives, out| natives.close_phase(out));
            closed.expect("what closed is told");
        }
    }
}
