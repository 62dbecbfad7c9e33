//! What the cores of one process share: how many they are, the ports they agreed on, and where
//! each receives messages. Locks here are taken at start and when a message is sent, never on a
//! request's way.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use coring_uring::Post;

use crate::environment::Environment;
use crate::worker::Process;

/// A letter to a core is the number of a signal; this one only wakes.
pub(crate) const WAKE: i32 = 0;

/// The signal that a letter carries.
pub(crate) fn signal_of(letter: &[u8]) -> Option<i32> {
    let number = i32::from_le_bytes(letter.try_into().ok()?);
    (number != WAKE).then_some(number)
}

pub struct Fleet {
    pub cores_count: usize,
    /// The n-th listen on port 0 of any core -> the port that the first core got.
    ports: Mutex<HashMap<usize, u16>>,
    posts: Mutex<Vec<Option<Post>>>,
    draining: AtomicBool,
    /// Bit n: core 0's JavaScript listens to signal n.
    listening: AtomicU64,
    exit_code: AtomicI32,
    pub(crate) environment: Arc<Environment>,
    pub(crate) process: Arc<Process>,
}

impl Fleet {
    /// `variables` join the environment that the process was started with.
    pub fn new(
        cores_count: usize,
        process: Arc<Process>,
        variables: BTreeMap<String, String>,
    ) -> Fleet {
        let environment = Arc::new(Environment::with(variables));
        Fleet::over(cores_count, process, environment)
    }

    /// A worker is a fleet of one: it shares no ports and no signals with its maker.
    pub(crate) fn over(
        cores_count: usize,
        process: Arc<Process>,
        environment: Arc<Environment>,
    ) -> Fleet {
        assert!(cores_count > 0);
        Fleet {
            cores_count,
            ports: Mutex::default(),
            posts: Mutex::new((0..cores_count).map(|_| None).collect()),
            draining: AtomicBool::new(false),
            listening: AtomicU64::new(0),
            exit_code: AtomicI32::new(0),
            environment,
            process,
        }
    }

    pub fn is_many(&self) -> bool {
        self.cores_count > 1
    }

    /// Runs `bind(port)` for the n-th listen on port 0 with the agreed port, or with 0 on the
    /// first core, whose answer the others then use.
    pub fn agree<E>(&self, nth: usize, bind: impl FnOnce(u16) -> Result<u16, E>) -> Result<u16, E> {
        let mut ports = self
            .ports
            .lock()
            .expect("no core panics while it holds the lock");
        let port = bind(ports.get(&nth).copied().unwrap_or(0))?;
        ports.insert(nth, port);
        Ok(port)
    }

    pub fn set_post(&self, core: usize, post: Post) {
        self.posts
            .lock()
            .expect("no core panics while it holds the lock")[core] = Some(post);
    }

    pub fn post(&self, core: usize) -> Option<Post> {
        self.posts
            .lock()
            .expect("no core panics while it holds the lock")
            .get(core)?
            .clone()
    }

    /// Has every core stop taking connections and end when its last request is answered.
    pub fn start_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
        for core in 0..self.cores_count {
            self.write_to(core, WAKE);
        }
    }

    pub(crate) fn listen(&self, signal: i32, on: bool) {
        let bit = 1 << (signal as u32 & 63);
        match on {
            true => self.listening.fetch_or(bit, Ordering::Relaxed),
            false => self.listening.fetch_and(!bit, Ordering::Relaxed),
        };
    }

    /// Does the program listen to this signal?
    pub fn is_listening(&self, signal: i32) -> bool {
        self.listening.load(Ordering::Relaxed) & (1 << (signal as u32 & 63)) != 0
    }

    /// Gives a signal to the program, on core 0.
    pub fn send_signal(&self, signal: i32) {
        self.write_to(0, signal);
    }

    fn write_to(&self, core: usize, letter: i32) {
        if let Some(post) = self.post(core) {
            // A full or closed mailbox belongs to a core that is busy dying.
            let _ = post.send(letter.to_le_bytes().to_vec());
        }
    }

    /// The highest exit code of any core is the process's.
    pub fn note_exit_code(&self, code: i32) {
        self.exit_code.fetch_max(code, Ordering::Relaxed);
    }

    pub fn exit_code(&self) -> i32 {
        self.exit_code.load(Ordering::Relaxed)
    }

    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}
