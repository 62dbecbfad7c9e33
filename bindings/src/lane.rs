//! The compute lane: a few threads for what takes long and cannot be cut (key derivation, prime
//! numbers, keys), and for the work of addons. They start when the first such call is made, are
//! those of the whole process, and yield to the cores. No I/O goes here.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;

use coring_engine::{Delivery, Js};
use coring_uring::Errno;
use coring_uring::sync;

use crate::Natives;
use crate::inbox::Note;
use crate::kinds::entry;
use crate::limits;
use crate::trace_events::{self, LaneWork};

/// Runs in the lane.
pub type Job = Box<dyn FnOnce() + Send>;

/// What work gives runs on the core that asked: result and value of its ticket.
type Answer = Box<dyn FnOnce(&mut Natives) -> (i32, Js) + Send>;

/// What waits for one core.
#[derive(Default)]
pub struct Answers(Mutex<Vec<(i32, Answer)>>);

impl Answers {
    fn list(&self) -> MutexGuard<'_, Vec<(i32, Answer)>> {
        self.0.lock().expect("no holder of this lock can panic")
    }
}

#[derive(Default)]
pub struct Lane {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    arrived: Condvar,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    threads_count: usize,
    /// Threads that wait for a job.
    idle_count: usize,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().expect("no holder of this lock can panic")
    }

    fn work(&self) {
        // A lane that may not be nicer than the cores, or run beside them, is still a lane.
        let _ = sync::process::stand_back(limits::LANE_NICENESS, limits::LANE_SLICE);
        let _ = sync::process::leave_processor();
        // The cores take the signals.
        let _ = sync::signal::block_all();
        loop {
            let mut queue = self.queue();
            let job = loop {
                if let Some(job) = queue.jobs.pop_front() {
                    break job;
                }
                queue.idle_count += 1;
                let waited = self.arrived.wait(queue);
                queue = waited.expect("no holder of this lock can panic");
                queue.idle_count -= 1;
            };
            drop(queue);
            job();
        }
    }
}

impl Lane {
    /// `threads_max`: so many threads the lane may have.
    pub(crate) fn push(&self, job: Job, threads_max: usize) -> Result<(), Errno> {
        let mut queue = self.shared.queue();
        let waiting_count = queue.jobs.len() + 1;
        if waiting_count > queue.idle_count && queue.threads_count < threads_max {
            let shared = self.shared.clone();
            let name = "coring-lane".to_owned();
            let started = thread::Builder::new()
                .name(name)
                .spawn(move || shared.work());
            match started {
                Ok(_) => queue.threads_count += 1,
                Err(_) if queue.threads_count == 0 => return Err(Errno::EAGAIN),
                Err(_) => {}
            }
        }
        queue.jobs.push_back(job);
        drop(queue);
        self.shared.arrived.notify_one();
        Ok(())
    }
}

/// The answer, whose arrival is traced.
fn told(traced: LaneWork, answer: Answer) -> Answer {
    Box::new(move |natives| {
        let (result, value) = answer(natives);
        traced.end(result);
        (result, value)
    })
}

impl Natives {
    /// Has the lane do `work`. Its answer comes by `ticket` and keeps the program running until
    /// then.
    /// `name`: what it is, for traces.
    pub(crate) fn compute(
        &mut self,
        name: &'static str,
        ticket: i32,
        work: impl FnOnce() -> Answer + Send + 'static,
    ) -> Result<(), Errno> {
        let answers = self.lane_answers.clone();
        let inbox = self.inbox()?;
        let traced = trace_events::is_on().then(|| LaneWork::begin(name, ticket));
        let job = Box::new(move || {
            let answer = match traced {
                None => work(),
                Some(traced) => told(traced, traced.run(work)),
            };
            answers.list().push((ticket, answer));
            inbox.leave(Note::Lane);
        });
        self.process.lane.push(job, self.lane_threads_max())?;
        self.tickets_count += 1;
        Ok(())
    }

    /// As many as Node has threads in its pool.
    pub(crate) fn lane_threads_max(&self) -> usize {
        let asked = self.environment.get("UV_THREADPOOL_SIZE");
        let asked = asked.and_then(|text| text.trim().parse().ok());
        asked
            .unwrap_or(limits::LANE_THREADS)
            .clamp(1, limits::LANE_THREADS_MAX)
    }

    pub(crate) fn deliver_lane(&mut self, out: &mut Delivery) {
        let answers = std::mem::take(&mut *self.lane_answers.list());
        for (ticket, answer) in answers {
            self.tickets_count -= 1;
            let (result, value) = answer(self);
            out.push_value(entry::TICKET, ticket, result, 0, value);
        }
    }
}
