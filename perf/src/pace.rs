//! How fast a processor is at this moment. A virtual processor is one half of a core whose other
//! half is, as a rule, somebody else's: while that one works all takes up to twice as long, for a
//! second or two, and nobody calls it stolen. A loop of additions that do not wait for each other
//! shows it.

use crate::process;
use std::cell::Cell;
use std::hint::black_box;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A tenth of a millisecond, about; the median of so many is not one that was interrupted.
const ADDITIONS: u64 = 20_000;
const CHUNKS: usize = 11;
/// In which the processor is seen alone at least once, however short.
const CALIBRATION: Duration = Duration::from_millis(300);

pub struct Pace {
    ask: Option<Sender<()>>,
    told: Receiver<Times>,
    thread: Option<JoinHandle<()>>,
    best_ns: Cell<f64>,
}

struct Times {
    least_ns: f64,
    median_ns: f64,
}

impl Pace {
    pub fn of(cpu: u32) -> Result<Pace, String> {
        let (ask, asked) = mpsc::channel();
        let (tell, told) = mpsc::channel();
        let thread = thread::spawn(move || {
            if let Err(error) = process::pin_this_thread(cpu) {
                eprintln!("pace: cannot stay on processor {cpu}: {error}");
                return;
            }
            while asked.recv().is_ok() {
                if tell.send(times()).is_err() {
                    return;
                }
            }
        });
        let pace = Pace {
            ask: Some(ask),
            told,
            thread: Some(thread),
            best_ns: Cell::new(f64::INFINITY),
        };
        let end = Instant::now() + CALIBRATION;
        while Instant::now() < end {
            pace.slowdown()?;
        }
        Ok(pace)
    }

    /// 1 where the processor has its core to itself, 2 where the other half takes all that it can.
    pub fn slowdown(&self) -> Result<f64, String> {
        let gone = "the pace of the processor is not to be had";
        let ask = self.ask.as_ref().ok_or(gone)?;
        ask.send(()).map_err(|_| gone)?;
        let times = self.told.recv().map_err(|_| gone)?;
        let best = self.best_ns.get().min(times.least_ns);
        self.best_ns.set(best);
        Ok(times.median_ns / best)
    }
}

impl Drop for Pace {
    fn drop(&mut self) {
        drop(self.ask.take());
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the loop does not panic");
        }
    }
}

fn times() -> Times {
    let mut chunks: Vec<f64> = (0..CHUNKS).map(|_| chunk_ns()).collect();
    chunks.sort_by(f64::total_cmp);
    Times {
        least_ns: chunks[0],
        median_ns: chunks[CHUNKS / 2],
    }
}

fn chunk_ns() -> f64 {
    let start = Instant::now();
    let mut lanes = black_box([1u64, 2, 3, 4, 5, 6, 7, 8]);
    for turn in 0..ADDITIONS {
        for lane in &mut lanes {
            *lane = (*lane << 1).wrapping_add(*lane ^ turn);
        }
    }
    black_box(lanes);
    start.elapsed().as_nanos() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_told() {
        let pace = Pace::of(0).expect("a processor 0");
        let slowdown = pace.slowdown().expect("the thread lives");
        // Whatever else runs, the median is no less than the least.
        assert!(slowdown >= 1.0, "{slowdown}");
    }
}
