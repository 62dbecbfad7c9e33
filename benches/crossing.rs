//! One call into JavaScript per turn with a page of entries, against one call per entry.
//! The figure behind ARCHITECTURE.md's decision. `cargo ci bench crossing`
//!
//! Both ways give every entry its own microtask checkpoint, as Node does after each callback.

#![forbid(unsafe_code)]

use std::path::PathBuf;

use coring_engine::{Isolate, IsolateLimits, IsolateOptions, Js, Sources};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// The smallest library that boots: a deliver loop like lib_js/boot/turn.js.
const REALM: &str = r"
const turn = getInternalBinding('turn');
function start() {
  const page = turn.getPage();
  let sum = 0;
  function receive(handle, a, b, value) { sum = (sum + handle + a + b) | 0; }
  turn.setCallbacks({
    deliver(count, values) {
      let index = page[4096];
      while (index < count) {
        const at = index << 2;
        const value = values[index];
        page[4096] = ++index;
        receive(page[at + 1], page[at + 2], page[at + 3], value);
        turn.runMicrotasks();
      }
    },
    processTicks() {},
    uncaught() { return false; },
  });
}
return () => ({ start });
";

fn library() -> PathBuf {
    let root = std::env::temp_dir().join(format!("coring-crossing-{}", std::process::id()));
    std::fs::create_dir_all(root.join("boot")).expect("a temporary folder");
    for (name, text) in [("primordials", ""), ("realm", REALM), ("node", "")] {
        std::fs::write(root.join(format!("boot/{name}.js")), text).expect("a temporary file");
    }
    root
}

fn crossing(criterion: &mut Criterion) {
    coring_engine::start(&[], 1);
    let root = library();
    let options = IsolateOptions {
        bindings: &[],
        sources: Sources::Folder(root.clone(), &[]),
        snapshot: None,
        limits: IsolateLimits::default(),
        keep_library_code: false,
    };
    let mut isolate = Isolate::new(options, ()).expect("the library boots");
    isolate.start(Js::Undefined).expect("the program starts");

    let mut group = criterion.benchmark_group("crossing");
    for count in [1usize, 4, 20, 64] {
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new("page per turn", count), |bencher| {
            bencher.iter(|| {
                let gather = |_: &mut (), out: &mut coring_engine::Delivery| {
                    for entry in 0..count {
                        out.push_latin1(7, entry as i32, 1, 2, b"GET / HTTP/1.1\r\n\r\n");
                    }
                };
                isolate.deliver(gather).expect("it goes on");
            });
        });
        group.bench_function(BenchmarkId::new("call per entry", count), |bencher| {
            bencher.iter(|| {
                for entry in 0..count {
                    let gather = |_: &mut (), out: &mut coring_engine::Delivery| {
                        out.push_latin1(7, entry as i32, 1, 2, b"GET / HTTP/1.1\r\n\r\n");
                    };
                    isolate.deliver(gather).expect("it goes on");
                }
            });
        });
    }
    group.finish();
    std::fs::remove_dir_all(root).expect("the folder is ours");
}

criterion_group!(benches, crossing);
criterion_main!(benches);
