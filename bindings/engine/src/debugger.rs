//! Where debuggers outside and an isolate meet: a desk, on which the thread that serves the
//! debuggers leaves letters. The isolate reads them when it is idle, in the midst of JavaScript
//! (V8 is interrupted), and while JavaScript is paused. What it has to say goes out through
//! functions that it was given.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use crate::builtin;
use crate::builtin::devtools_remote as remote;

/// What is left for the isolate. Numbers are of connections, and are never used twice.
pub enum Letter {
    /// A debugger has come.
    Joined(u32),
    /// It says something: a message of DevTools' protocol, in JSON.
    Said(u32, String),
    /// It has gone.
    Left(u32),
}

type WithoutSignals = dyn Fn(&mut dyn FnMut()) + Send + Sync;

/// How the isolate reaches the world of the debuggers. Each is called on the isolate's own thread.
pub struct Outside {
    /// Sends a message to a connection; one that is gone takes none.
    pub tell: Box<dyn Fn(u32, String) + Send + Sync>,
    /// No further debugger shall come: the program is about to end.
    pub close_door: Box<dyn Fn() + Send + Sync>,
    /// Calls its argument, which may make threads: they shall take no signals.
    pub without_signals: Box<WithoutSignals>,
    /// Wakes the loop, from any thread, so that it calls [`crate::Isolate::answer`].
    pub wake: Box<dyn Fn() + Send + Sync>,
}

/// More bytes than these on a desk, and it is full.
const LETTERS_BYTES_MAX: usize = 64 << 20;

pub struct Desk {
    letters: Mutex<VecDeque<Letter>>,
    letters_bytes: AtomicUsize,
    arrived: Condvar,
    isolate: v8::IsolateHandle,
    /// V8 was asked to interrupt JavaScript, and has not done it yet.
    is_interrupting: AtomicBool,
    pub(crate) outside: Outside,
}

impl Desk {
    fn letters(&self) -> MutexGuard<'_, VecDeque<Letter>> {
        self.letters
            .lock()
            .expect("no holder of this lock can panic")
    }

    /// Leaves a letter, from any thread.
    pub fn leave(&self, letter: Letter) {
        if let Letter::Said(_, text) = &letter {
            self.letters_bytes.fetch_add(text.len(), Ordering::Relaxed);
        }
        self.letters().push_back(letter);
        self.arrived.notify_one();
        self.interrupt();
        (self.outside.wake)();
    }

    /// Has the isolate read in the midst of JavaScript.
    fn interrupt(&self) {
        if !self.is_interrupting.swap(true, Ordering::AcqRel) {
            self.isolate
                .request_interrupt(interrupted, std::ptr::null_mut());
        }
    }

    /// What is left when a pause ends is read soon.
    pub(crate) fn interrupt_for_rest(&self) {
        if !self.letters().is_empty() {
            self.interrupt();
        }
    }

    /// Whether whoever has more to leave shall wait.
    pub fn is_full(&self) -> bool {
        self.letters_bytes.load(Ordering::Relaxed) > LETTERS_BYTES_MAX
    }

    fn note_taken(&self, letter: &Letter) {
        if let Letter::Said(_, text) = letter {
            self.letters_bytes.fetch_sub(text.len(), Ordering::Relaxed);
        }
    }

    /// The next letter, if there is one.
    pub(crate) fn take(&self) -> Option<Letter> {
        let letter = self.letters().pop_front()?;
        self.note_taken(&letter);
        Some(letter)
    }

    /// Waits for the next letter.
    pub(crate) fn wait(&self) -> Letter {
        let mut letters = self.letters();
        loop {
            if let Some(letter) = letters.pop_front() {
                self.note_taken(&letter);
                return letter;
            }
            letters = self
                .arrived
                .wait(letters)
                .expect("no holder of this lock can panic");
        }
    }
}

thread_local! {
    static DESK: RefCell<Option<Arc<Desk>>> = const { RefCell::new(None) };
    /// A letter is being read.
    static IS_READING: Cell<bool> = const { Cell::new(false) };
}

/// This thread's desk, if debuggers can come.
pub(crate) fn desk() -> Option<Arc<Desk>> {
    DESK.with_borrow(Clone::clone)
}

/// Sets up this thread's desk. None: the thread has no isolate.
pub fn open(outside: Outside) -> Option<Arc<Desk>> {
    let desk = Arc::new(Desk {
        letters: Mutex::default(),
        letters_bytes: AtomicUsize::new(0),
        arrived: Condvar::new(),
        isolate: builtin::current_handle()?,
        is_interrupting: AtomicBool::new(false),
        outside,
    });
    DESK.set(Some(desk.clone()));
    Some(desk)
}

/// Takes the desk away.
pub fn close() {
    DESK.set(None);
}

/// A debugger was asked for by a signal.
static IS_WANTED: AtomicBool = AtomicBool::new(false);

/// Has the isolate of another thread open its port for debuggers, also in the midst of JavaScript.
#[derive(Clone)]
pub struct Call(v8::IsolateHandle);

/// This thread's isolate, to be called.
pub fn call_for_here() -> Option<Call> {
    builtin::current_handle().map(Call)
}

impl Call {
    /// The loop must be woken besides.
    pub fn call(&self) {
        IS_WANTED.store(true, Ordering::Release);
        self.0.request_interrupt(interrupted, std::ptr::null_mut());
    }
}

/// True once after a call.
pub(crate) fn take_call() -> bool {
    IS_WANTED.load(Ordering::Acquire) && IS_WANTED.swap(false, Ordering::AcqRel)
}

extern "C" fn interrupted(mut pointer: v8::UnsafeRawIsolatePtr, _: *mut c_void) {
    // SAFETY: V8 calls with the isolate of this thread, which is alive.
    let isolate = unsafe { v8::Isolate::ref_from_raw_isolate_ptr_mut(&mut pointer) };
    hear(isolate);
}

/// Reads what lies on the desk.
pub(crate) fn hear(isolate: &mut v8::Isolate) {
    if take_call() {
        remote::open_port(isolate);
    }
    let Some(desk) = desk() else {
        return;
    };
    desk.is_interrupting.store(false, Ordering::Release);
    if IS_READING.get() {
        return; // Whoever reads will read the rest, in its order.
    }
    while let Some(letter) = desk.take() {
        read(isolate, &desk, letter);
    }
}

/// Reads one letter. JavaScript that this runs is interrupted by further ones, which wait then;
/// only where it pauses are they read at once.
pub(crate) fn read(isolate: &mut v8::Isolate, desk: &Arc<Desk>, letter: Letter) {
    let was_reading = IS_READING.replace(true);
    remote::read(isolate, desk, letter);
    IS_READING.set(was_reading);
}
