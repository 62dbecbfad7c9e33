//! The native half of each builtin, in safe Rust: what JavaScript asks for by `internalBinding`.
//! [`Natives`] is the native state of one core; it owns the ring. It hears of V8 only through
//! `coring_engine`'s `ops!` table, and of the kernel only through `coring_uring`.

#![forbid(unsafe_code)]

mod bulk;
mod channel_wrap;
mod clock;
mod config;
mod constants;
mod crypto;
mod deadlines;
mod deliver;
pub mod dotenv;
mod environment;
mod fleet;
mod fs_dir;
mod fs_ops;
mod fs_plain;
mod fs_ring;
mod fs_watch;
mod histogram;
mod http;
mod http2;
mod inbox;
pub mod inspector;
mod kinds;
mod lane;
mod lexer;
mod limits;
mod locks;
mod moved_fd;
mod napi;
mod network_resources;
pub mod options;
mod os;
mod performance;
mod ports;
mod process_ops;
mod process_wrap;
pub mod sea;
mod slots;
mod socket;
mod spawn_sync;
mod sqlite;
mod stream;
mod tcp_wrap;
mod text_decoder;
mod tls;
mod trace_events;
mod turn;
mod udp_batch;
mod udp_sends;
mod udp_wrap;
mod url;
mod worker;
mod zlib;

use std::sync::Arc;

use coring_codec::date::DateCache;
use coring_engine::Binding;
use coring_uring::sync::clock::monotonic;
use coring_uring::sync::file::Directory;
use coring_uring::{Completion, Errno, Fd, Mailbox, Ring, Shutdown, Token, Wait};

pub use fleet::Fleet;
pub use performance::Milestone;
pub use socket::Farewell;
pub use trace_events::flush as flush_traces;
pub use worker::{Control, How, Process, Start};

use clock::Clock;
use deadlines::Deadlines;
use environment::Environment;
use inbox::{Inbox, Note};
use slots::{Handle, Slots};
use socket::Socket;

/// All bindings of this crate, in the order that the snapshot depends on.
pub const BINDINGS: &[Binding] = &[
    turn::BINDING,
    tcp_wrap::BINDING,
    udp_wrap::BINDING,
    http::BINDING,
    http::parser::BINDING,
    process_ops::BINDING,
    process_wrap::BINDING,
    spawn_sync::BINDING,
    channel_wrap::BINDING,
    fs_ops::BINDING,
    fs_plain::BINDING,
    fs_ring::BINDING,
    fs_dir::BINDING,
    fs_watch::BINDING,
    os::BINDING,
    url::BINDING,
    lexer::BINDING,
    performance::BINDING,
    locks::BINDING,
    constants::BINDING,
    ports::BINDING,
    worker::BINDING,
    options::BINDING,
    dotenv::BINDING,
    config::BINDING,
    moved_fd::BINDING,
    zlib::BINDING,
    crypto::hash::BINDING,
    crypto::hmac::BINDING,
    crypto::random::BINDING,
    crypto::keys::BINDING,
    text_decoder::BINDING,
    crypto::key_wire::BINDING,
    crypto::key_use::BINDING,
    crypto::key_generate::BINDING,
    crypto::certificate::BINDING,
    crypto::cipher::BINDING,
    crypto::kdf::BINDING,
    crypto::exchange::BINDING,
    crypto::spkac::BINDING,
    tls::contexts::BINDING,
    tls::trust::BINDING,
    tls::connections::BINDING,
    tls::inspect::BINDING,
    tls::lane::BINDING,
    http2::BINDING,
    sqlite::BINDING,
    napi::BINDING,
    network_resources::BINDING,
    coring_napi::BINDING,
    inspector::BINDING,
    trace_events::BINDING,
    sea::BINDING,
];

/// How long the loop may wait for the kernel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Patience {
    /// Not at all: JavaScript has something to run.
    None,
    /// So long at most: V8 has something to do then.
    Within(std::time::Duration),
    /// Shortly: V8 works in the background, and its answer wakes nobody.
    Short,
    /// Until something happens.
    Long,
}

/// The native state of one core.
pub struct Natives {
    pub(crate) ring: Ring,
    pub(crate) clock: Clock,
    pub(crate) sockets: Slots<Socket>,
    /// Sockets to look at before the next wait.
    pub(crate) dirty: Vec<Handle>,
    /// Fast-lane connections with input that can be parsed without waiting.
    pub(crate) soon: Vec<Handle>,
    /// Sockets of large pieces that likely have another one.
    pub(crate) bulk_ready: Vec<Handle>,
    /// Room for the next large piece.
    pub(crate) bulk_room: Vec<u8>,
    /// Entries for the next delivery: kind, handle, a, b.
    pub(crate) answers: Vec<(u8, [i32; 3])>,
    /// Sockets whose slot was freed, for the close phase.
    pub(crate) farewells: Vec<(Handle, Farewell)>,
    /// Bytes read and written of connections that JavaScript is being told to be gone.
    pub(crate) gone: Vec<(Handle, [u64; 2])>,
    pub(crate) deadlines: Deadlines,
    pub(crate) date: DateCache,
    pub(crate) field_names: http::fields::Names,
    pub(crate) scratch: Vec<u8>,
    pub(crate) parsers: Slots<http::parser::Parser>,
    pub(crate) udps: Slots<udp_wrap::Udp>,
    pub(crate) udp_sends: udp_sends::State,
    /// Shared datagram sockets whose last message JavaScript has not had yet.
    pub(crate) udps_heard: Vec<Handle>,
    /// Buffers of datagrams that came, for the next ones to be waited for.
    pub(crate) datagram_spares: Vec<Vec<u8>>,
    pub(crate) children: Slots<process_wrap::Child>,
    pub(crate) channels: Slots<channel_wrap::Channel>,
    pub(crate) turn: turn::State,
    pub(crate) performance: performance::State,
    pub(crate) mailbox: Option<Mailbox>,
    pub(crate) fleet: Arc<Fleet>,
    /// This core's index in the fleet.
    pub(crate) core: usize,
    pub(crate) listens_count: usize,
    /// Where the kernel tells of changes of files; closed with the core.
    pub(crate) watch_queue: Option<Fd>,
    /// Directories that programs read in steps.
    pub(crate) directories: Slots<Directory>,
    pub(crate) url_base: url::Base,
    /// File operations in flight.
    pub(crate) tickets_count: usize,
    /// Those among them that change files.
    pub(crate) changes_count: usize,
    /// Whether files may be asked without the ring.
    pub(crate) plain: fs_plain::State,
    pub(crate) environment: Arc<Environment>,
    pub(crate) process: Arc<Process>,
    pub(crate) ports: Slots<ports::Port>,
    /// Ports that this thread has had.
    pub(crate) ports_count: u64,
    pub(crate) workers: Slots<worker::Worker>,
    pub(crate) inbox: Option<Arc<Inbox>>,
    /// What this thread left for itself.
    pub(crate) notes: Vec<Note>,
    /// Of a worker: what it shares with its maker.
    pub(crate) control: Option<Arc<Control>>,
    pub(crate) maker_port: Option<ports::Port>,
    pub(crate) is_asked: bool,
    pub(crate) zlib: zlib::State,
    pub(crate) crypto: crypto::State,
    pub(crate) tls: tls::State,
    pub(crate) http2: http2::State,
    pub(crate) sqlite: sqlite::State,
    /// An addon's file that was just loaded.
    pub(crate) loaded: Option<coring_napi::Loaded>,
    /// What the compute lane has worked out for this core.
    pub(crate) lane_answers: Arc<lane::Answers>,
    pub(crate) decoders: text_decoder::State,
    pub(crate) inspector: inspector::State,
    /// This thread traces what goes on: the file is looked after before it waits.
    pub(crate) traces: bool,
}

impl Natives {
    pub fn new(ring: Ring, fleet: Arc<Fleet>, core: usize) -> Natives {
        let (environment, process) = (fleet.environment.clone(), fleet.process.clone());
        Natives {
            environment,
            process,
            ports: Slots::default(),
            ports_count: 0,
            workers: Slots::default(),
            inbox: None,
            notes: Vec::new(),
            control: None,
            maker_port: None,
            is_asked: false,
            zlib: zlib::State::default(),
            crypto: crypto::State::default(),
            tls: tls::State::default(),
            http2: http2::State::default(),
            sqlite: sqlite::State::default(),
            loaded: None,
            lane_answers: Arc::default(),
            decoders: text_decoder::State::default(),
            inspector: inspector::State::default(),
            traces: false,
            ring,
            clock: Clock::new(),
            sockets: Slots::default(),
            dirty: Vec::new(),
            soon: Vec::new(),
            bulk_ready: Vec::new(),
            bulk_room: Vec::new(),
            answers: Vec::new(),
            farewells: Vec::new(),
            gone: Vec::new(),
            deadlines: Deadlines::default(),
            date: DateCache::default(),
            field_names: http::fields::Names::default(),
            scratch: Vec::new(),
            parsers: Slots::default(),
            udps: Slots::default(),
            udp_sends: udp_sends::State::default(),
            udps_heard: Vec::new(),
            datagram_spares: Vec::new(),
            children: Slots::default(),
            channels: Slots::default(),
            turn: turn::State::default(),
            performance: performance::State::default(),
            mailbox: None,
            fleet,
            core,
            listens_count: 0,
            watch_queue: None,
            directories: Slots::default(),
            url_base: url::Base::default(),
            tickets_count: 0,
            changes_count: 0,
            plain: fs_plain::State::default(),
        }
    }

    /// The natives of a worker's thread.
    pub fn of_worker(ring: Ring, start: Start) -> Result<Natives, Errno> {
        let fleet = Fleet::over(1, start.process, start.environment);
        let mut natives = Natives::new(ring, Arc::new(fleet), 0);
        natives.control = Some(start.control);
        natives.maker_port = start.port;
        natives.open_control()?;
        Ok(natives)
    }

    /// Loop time in ms: reads the clock once, the turn goes by it.
    pub fn update_clock(&mut self) -> u64 {
        self.clock.update()
    }

    /// Ends the turn: submits what it left behind and waits for what comes, one system call.
    pub fn poll(&mut self, patience: Patience, into: &mut Vec<Completion>) {
        self.receive_shared_datagrams();
        self.flush();
        let wait = match (patience, self.next_wait(patience != Patience::None)) {
            (Patience::Within(limit), Wait::Forever) => Wait::Until(limit),
            (Patience::Within(limit), Wait::Until(time)) => Wait::Until(time.min(limit)),
            (Patience::Short, Wait::Forever) => Wait::Until(limits::BACKGROUND_POLL),
            (Patience::Short, Wait::Until(time)) => Wait::Until(time.min(limits::BACKGROUND_POLL)),
            (_, wait) => wait,
        };
        let is_idle = !matches!(wait, Wait::Poll);
        let since_ns = (is_idle || self.performance.is_watched()).then(monotonic);
        if is_idle && self.traces {
            trace_events::flush();
        }
        if let Some(since_ns) = since_ns {
            self.performance.wait_begins(since_ns);
            if let (Some(control), true) = (&self.control, is_idle) {
                control.note_wait(since_ns);
            }
        }
        if let Err(errno) = self.ring.turn(wait, into) {
            panic!("io_uring_enter failed with {errno}: the ring is unusable");
        }
        self.clock.update();
        let idle_since_ns = since_ns.filter(|_| is_idle);
        let now_ns = self.clock.now_ns();
        self.performance
            .wait_ended(now_ns, idle_since_ns, into.len());
        if let (Some(control), Some(since_ns)) = (&self.control, idle_since_ns) {
            control.note_idle(now_ns.saturating_sub(since_ns));
        }
    }

    fn next_wait(&self, idle: bool) -> Wait {
        let pending = !self.soon.is_empty()
            || !self.bulk_ready.is_empty()
            || !self.answers.is_empty()
            || !self.farewells.is_empty()
            || !self.dirty.is_empty()
            || !self.notes.is_empty();
        if !idle || pending {
            return Wait::Poll;
        }
        let timer_ms = self.turn.timer_due_ms();
        let due_ms = match (timer_ms, self.deadlines.next_ms()) {
            (Some(timer), Some(deadline)) => Some(timer.min(deadline)),
            (one, other) => one.or(other),
        };
        let wait = due_ms.map_or(Wait::Forever, |due_ms| self.clock.wait_until(due_ms));
        let Some(due_ns) = self.performance.due_ns() else {
            return wait;
        };
        match (wait, self.clock.wait_until_ns(due_ns)) {
            (Wait::Poll, _) | (_, Wait::Poll) => Wait::Poll,
            (Wait::Until(one), Wait::Until(other)) => Wait::Until(one.min(other)),
            (Wait::Forever, other) => other,
            (one, Wait::Forever) => one,
        }
    }

    /// Does anything native keep the program running?
    pub fn is_alive(&self) -> bool {
        self.turn.is_alive()
            || self.tickets_count > 0
            || self.udp_sends.is_waiting()
            || !self.answers.is_empty()
            || !self.farewells.is_empty()
            || self.sockets.iter().any(|(_, socket)| socket.is_alive())
            || self.udps.iter().any(|(_, udp)| udp.is_alive())
            || self.children.iter().any(|(_, child)| child.refed)
            || self.channels.iter().any(|(_, channel)| channel.is_alive())
            || coring_napi::is_alive()
    }

    /// When a timer is due by now: its time is up and JavaScript should be entered.
    pub fn timers_due(&mut self) -> Option<u64> {
        let due_ms = self.turn.timer_due_ms()?;
        let now_ms = self.clock.update();
        (now_ms >= due_ms).then_some(now_ms)
    }

    /// Keeps what `processTimers` said about the next timer: 0 none, < 0 unref'd.
    pub fn set_next_timer(&mut self, next_ms: f64) {
        self.turn.set_timer(next_ms);
    }

    /// Opens this core's mailbox and starts listening to it.
    pub fn open_mailbox(&mut self) -> Result<(), Errno> {
        let token = Token::new(kinds::token::MAIL, 0, 0);
        let mailbox = self.ring.mailbox(token, limits::MAIL_MESSAGES_MAX)?;
        self.fleet.set_post(self.core, mailbox.post());
        self.mailbox = Some(mailbox);
        Ok(())
    }

    /// Before the process ends at once: what is queued gets one try, nothing waits.
    pub fn send_leftovers(&mut self) {
        if trace_events::is_on() {
            trace_events::flush();
        }
        self.flush_datagrams();
        self.close_databases();
        for handle in self.sockets.handles() {
            self.send_now(handle);
        }
        for handle in self.channels.handles() {
            if let Some(channel) = self.channels.get_mut(handle) {
                channel.end();
            }
        }
        self.stop_listening();
    }

    /// What this turn has written goes to the kernel now: something that does not pass through
    /// the ring is to come behind it.
    pub(crate) fn begin_sends(&mut self) {
        self.flush();
        if let Err(errno) = self.ring.begin() {
            panic!("io_uring_enter failed with {errno}: the ring is unusable");
        }
    }

    /// Frees the ports at once: the kernel takes some ms to let go of a ring's sockets after the
    /// process has ended, and whoever restarts it would find them in use.
    fn stop_listening(&self) {
        for (_, socket) in self.sockets.iter() {
            if matches!(&socket.role, socket::Role::Listener(listener) if !listener.shared) {
                // A listener that is closing already has been shut down.
                let _ = coring_uring::sync::socket::shutdown(socket.fd, Shutdown::Both);
            }
        }
    }

    /// True once after another thread has asked this one something.
    pub fn take_question(&mut self) -> bool {
        std::mem::take(&mut self.is_asked)
    }

    /// True once after a drain was asked for by another thread.
    pub fn take_drain_wish(&mut self) -> bool {
        std::mem::take(&mut self.turn.drain_asked)
    }

    /// Stops taking connections and lets those that are idle go: the start of a drain.
    pub fn drain(&mut self) {
        for handle in self.sockets.handles() {
            let Some(socket) = self.sockets.get_mut(handle) else {
                continue;
            };
            let is_listener = matches!(socket.role, socket::Role::Listener(_));
            let is_idle = socket.conn().is_some_and(|conn| conn.is_idle());
            if let Some(conn) = socket.conn() {
                conn.close_after = true;
            }
            if is_listener {
                self.close(handle, Farewell::Closed);
            } else if is_idle {
                self.close_gracefully(handle, Farewell::Gone(0));
            }
        }
    }
}

impl Drop for Natives {
    /// The core ends: peers get what was queued, if their sockets take it, and every descriptor is
    /// closed. The ring, dropped next, ends what is in flight on them.
    fn drop(&mut self) {
        self.release_locks();
        self.send_leftovers();
        for (_, socket) in self.sockets.iter() {
            if !matches!(
                socket.closing,
                socket::Closing::Begun | socket::Closing::Done
            ) {
                // Nobody is left to hear of a failure.
                let _ = coring_uring::sync::file::close(socket.fd);
            }
        }
        if let Some(queue) = self.watch_queue {
            // As above.
            let _ = coring_uring::sync::file::close(queue);
        }
    }
}
