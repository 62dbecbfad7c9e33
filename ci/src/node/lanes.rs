//! Running many tests: the parallel ones on as many lanes as there are jobs, the others one at a
//! time. A test that takes long gives its place to another, since mostly it only waits.

use super::corpus::Test;
use super::run::{self, Ended, Outcome, Surroundings};
use std::io::{IsTerminal, Write};
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// After this long a test no longer counts as one that uses a processor.
const SLOW: Duration = Duration::from_secs(8);
/// Slow tests that may run beside the jobs.
const SLOW_MAX: usize = 16;
/// Progress on something that is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(30);

/// Runs `tests` and gives how each ended, in their order. `jobs` is at least 1.
pub fn run_all(around: &Surroundings, tests: &[&Test], jobs: usize) -> Vec<Ended> {
    assert!(jobs > 0);
    let shared = Shared::new(tests.len(), jobs);
    let (parallel, alone): (Vec<usize>, Vec<usize>) =
        (0..tests.len()).partition(|&index| tests[index].suite.is_parallel);
    let next = Mutex::new(parallel.into_iter());
    let lanes = if jobs == 1 { 1 } else { jobs + SLOW_MAX };
    thread::scope(|scope| {
        for lane in 0..lanes {
            let (shared, next) = (&shared, &next);
            scope.spawn(move || {
                loop {
                    shared.enter();
                    let index = next.lock().expect("no lane panicked").next();
                    let Some(index) = index else {
                        shared.leave();
                        return;
                    };
                    shared.one(around, tests[index], lane, index, jobs > 1);
                }
            });
        }
    });
    // They might hold ports that are asked for by number now.
    run::end_strays(around);
    for index in alone {
        shared.enter();
        shared.one(around, tests[index], 0, index, false);
    }
    shared.finish()
}

struct Shared {
    places: Mutex<usize>,
    freed: Condvar,
    progress: Mutex<Progress>,
    ended: Mutex<Vec<Option<Ended>>>,
}

impl Shared {
    fn new(tests_count: usize, jobs: usize) -> Shared {
        Shared {
            places: Mutex::new(jobs),
            freed: Condvar::new(),
            progress: Mutex::new(Progress::new(tests_count)),
            ended: Mutex::new((0..tests_count).map(|_| None).collect()),
        }
    }

    fn enter(&self) {
        let mut places = self.places.lock().expect("no lane panicked");
        while *places == 0 {
            places = self.freed.wait(places).expect("no lane panicked");
        }
        *places -= 1;
    }

    fn leave(&self) {
        *self.places.lock().expect("no lane panicked") += 1;
        self.freed.notify_one();
    }

    /// Runs one test on the place that the caller has entered, and leaves the place.
    fn one(&self, around: &Surroundings, test: &Test, lane: usize, index: usize, yields: bool) {
        let mut holds_place = true;
        let mut slow = |elapsed: Duration| {
            if holds_place && yields && elapsed > SLOW {
                holds_place = false;
                self.leave();
            }
        };
        let ended = run::run(around, test, lane, index, &mut slow);
        if holds_place {
            self.leave();
        }
        let mut progress = self.progress.lock().expect("no lane panicked");
        progress.count(ended.outcome);
        self.ended.lock().expect("no lane panicked")[index] = Some(ended);
    }

    fn finish(self) -> Vec<Ended> {
        self.progress
            .into_inner()
            .expect("no lane panicked")
            .close();
        let ended = self.ended.into_inner().expect("no lane panicked");
        let all = ended.into_iter().map(|ended| ended.expect("each was run"));
        all.collect()
    }
}

struct Progress {
    tests_count: usize,
    done: usize,
    passed: usize,
    skipped: usize,
    start: Instant,
    last_line: Instant,
    is_terminal: bool,
}

impl Progress {
    fn new(tests_count: usize) -> Progress {
        let now = Instant::now();
        Progress {
            tests_count,
            done: 0,
            passed: 0,
            skipped: 0,
            start: now,
            last_line: now,
            is_terminal: std::io::stdout().is_terminal(),
        }
    }

    fn count(&mut self, outcome: Outcome) {
        self.done += 1;
        self.passed += usize::from(outcome == Outcome::Pass);
        self.skipped += usize::from(outcome == Outcome::Skip);
        if self.is_terminal {
            print!("\r{}\x1b[K", self.line());
            // A progress line that cannot be written is no reason to stop.
            let _ = std::io::stdout().flush();
        } else if self.last_line.elapsed() >= LINE_EVERY {
            self.last_line = Instant::now();
            println!("{}", self.line());
        }
    }

    fn line(&self) -> String {
        let failed = self.done - self.passed - self.skipped;
        format!(
            "[{}/{}] passed {}, skipped themselves {}, did not pass {failed}, {} s",
            self.done,
            self.tests_count,
            self.passed,
            self.skipped,
            self.start.elapsed().as_secs()
        )
    }

    fn close(self) {
        let line = self.line();
        if self.is_terminal {
            println!("\r{line}\x1b[K");
        } else {
            println!("{line}");
        }
    }
}
