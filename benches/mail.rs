//! Waking another core's ring by a completion put into it, against an eventfd that it reads.
//! The figure behind ARCHITECTURE.md's decision. `cargo ci bench mail`
//!
//! A message goes to the other core and back; each core sleeps in its ring meanwhile. Beside the
//! time stands the CPU time of both threads for one such round.

#![forbid(unsafe_code)]

use std::cell::Cell;
use std::time::{Duration, Instant};

use coring_uring::{Mailbox, Post, Ring, RingOptions, Token, Wait, sync};
use criterion::{Criterion, criterion_group, criterion_main};

const PATIENCE: Duration = Duration::from_secs(10);
const MAIL: u8 = 1;
const STOP: &[u8] = b"stop";

struct Core {
    ring: Ring,
    mailbox: Mailbox,
    letters: Vec<Vec<u8>>,
}

impl Core {
    fn new(messages: bool) -> Core {
        let mut ring = Ring::with_probe(RingOptions::default(), |probe| {
            assert!(probe.messages, "needs Linux 6.13");
            probe.messages = messages;
        })
        .unwrap_or_else(|error| panic!("{error}"));
        let mailbox = ring.mailbox(Token::new(MAIL, 0, 0), 8).expect("a mailbox");
        Core {
            ring,
            mailbox,
            letters: Vec::new(),
        }
    }

    fn receive(&mut self) -> Vec<u8> {
        let mut told = Vec::new();
        while self.letters.is_empty() {
            self.ring
                .turn(Wait::Until(PATIENCE), &mut told)
                .expect("a turn");
            assert!(
                told.drain(..).any(|completion| completion.more),
                "nothing came"
            );
            self.mailbox.take(&mut self.letters);
        }
        self.letters.pop().expect("it is not empty")
    }
}

/// Sends back whatever comes, until it is told to stop.
fn echo(messages: bool, to: &Post, post: &std::sync::mpsc::Sender<Post>) {
    let mut core = Core::new(messages);
    post.send(core.mailbox.post())
        .expect("the bench waits for it");
    loop {
        let letter = core.receive();
        if letter == STOP {
            return;
        }
        to.send(letter).expect("the bench receives");
    }
}

/// User and system microseconds of the whole process.
fn cpu_micros() -> f64 {
    let usage = sync::process::usage();
    usage[0] + usage[1]
}

fn rounds(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("mail");
    for (name, messages) in [("message", true), ("eventfd", false)] {
        let mut core = Core::new(messages);
        let post = core.mailbox.post();
        let (sender, receiver) = std::sync::mpsc::channel();
        let other = std::thread::spawn(move || echo(messages, &post, &sender));
        let post = receiver.recv().expect("the other core's post");
        let (busy, count) = (Cell::new(0.0), Cell::new(0));
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|rounds_count| {
                let (began, cpu) = (Instant::now(), cpu_micros());
                for _ in 0..rounds_count {
                    post.send(vec![0; 8]).expect("room for one");
                    core.receive();
                }
                busy.set(busy.get() + (cpu_micros() - cpu));
                count.set(count.get() + rounds_count);
                began.elapsed()
            });
        });
        let micros = busy.get() / count.get() as f64;
        println!("{name}: {micros:.2} CPU microseconds a round, both cores");
        post.send(STOP.to_vec()).expect("room for one");
        other.join().expect("the other core ends well");
    }
    group.finish();
}

criterion_group!(benches, rounds);
criterion_main!(benches);
