//! N isolates on N threads of one process, against N processes with one each, on a workload of
//! JSON and Buffers: does V8 still serialise ArrayBuffer work between isolates by a mutex?
//! The figure behind ARCHITECTURE.md's decision. `cargo ci bench isolates`
//!
//! Prints wall and CPU time per round of each; run it on an idle machine.

#![forbid(unsafe_code)]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use coring_engine::{Isolate, IsolateLimits, IsolateOptions, Js, Sources};

// The program's own allocator, for V8's memory too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const REALM: &str = r"
function start(rounds) {
  const record = { id: 1, name: 'coring', tags: ['a', 'b', 'c'], nested: { x: 1.5, y: [1, 2, 3] } };
  let bytes = 0;
  for (let round = 0; round < rounds; round++) {
    record.id = round;
    const text = JSON.stringify(record);
    const buffer = new Uint8Array(new ArrayBuffer(2048 + text.length));
    for (let i = 0; i < text.length; i++) buffer[i] = text.charCodeAt(i);
    bytes += JSON.parse(text).id + new Uint8Array(buffer.buffer, 16, 64).length;
  }
  return bytes;
}
return () => ({ start });
";

const ROUNDS: u32 = 300_000;

fn run_isolate() {
    let name = format!(
        "coring-isolates-{}-{:?}",
        std::process::id(),
        std::thread::current().id()
    );
    let root = std::env::temp_dir().join(name);
    std::fs::create_dir_all(root.join("boot")).expect("a temporary folder");
    for (file, text) in [("primordials", ""), ("realm", REALM), ("node", "")] {
        std::fs::write(root.join(format!("boot/{file}.js")), text).expect("a temporary file");
    }
    let options = IsolateOptions {
        bindings: &[],
        sources: Sources::Folder(root.clone(), &[]),
        snapshot: None,
        limits: IsolateLimits::default(),
        keep_library_code: false,
    };
    let mut isolate = Isolate::new(options, ()).expect("the library boots");
    isolate.start(Js::from(ROUNDS)).expect("the program runs");
    std::fs::remove_dir_all(root).expect("the folder is ours");
}

/// User and system time of this process and its waited-for children, from /proc/self/stat.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .expect("a name")
        .split_whitespace()
        .collect();
    let ticks: u64 = fields[11..15]
        .iter()
        .map(|field| field.parse::<u64>().expect("ticks"))
        .sum();
    Duration::from_millis(ticks * 10)
}

fn measure(name: &str, act: impl FnOnce()) -> (Duration, Duration) {
    let (cpu, wall) = (cpu_time(), Instant::now());
    act();
    let (cpu, wall) = (cpu_time() - cpu, wall.elapsed());
    println!(
        "{name}: wall {} ms, CPU {} ms",
        wall.as_millis(),
        cpu.as_millis()
    );
    (wall, cpu)
}

fn threads(count: usize) {
    let threads: Vec<_> = (0..count)
        .map(|_| std::thread::spawn(run_isolate))
        .collect();
    for thread in threads {
        thread.join().expect("the isolate ran");
    }
}

fn processes(count: usize) {
    let program = std::env::current_exe().expect("the bench itself");
    let start = |_| {
        Command::new(&program)
            .arg("--one")
            .stdout(Stdio::null())
            .spawn()
            .expect("it starts")
    };
    let children: Vec<_> = (0..count).map(start).collect();
    for mut child in children {
        assert!(child.wait().expect("it ends").success());
    }
}

fn main() {
    coring_engine::start(&[], 1);
    if std::env::args().any(|argument| argument == "--one") {
        run_isolate();
        return;
    }
    let count = std::thread::available_parallelism().map_or(2, usize::from);
    let mut ratios = Vec::new();
    for _ in 0..5 {
        let one = measure("1 thread", || threads(1));
        let many = measure(&format!("{count} threads"), || threads(count));
        let apart = measure(&format!("{count} processes"), || processes(count));
        ratios.push((
            many.0.as_secs_f64() / apart.0.as_secs_f64(),
            many.1.as_secs_f64() / apart.1.as_secs_f64(),
            many.1.as_secs_f64() / (one.1.as_secs_f64() * count as f64),
        ));
    }
    ratios.sort_by(|a, b| a.1.total_cmp(&b.1));
    let (wall, cpu, alone) = ratios[ratios.len() / 2];
    println!(
        "median of threads / processes: wall {wall:.2}, CPU {cpu:.2}; \
         CPU of {count} threads / {count} x 1 thread: {alone:.2}"
    );
}
