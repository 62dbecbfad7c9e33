//! The port for debuggers: a thread that listens, reads and writes, so that debuggers are heard
//! while the core is busy. What they say lies on the isolate's desk; what they are told lies here.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, ToSocketAddrs as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use coring_engine::debugger::{Desk, Letter};
use coring_uring::Errno;
use coring_uring::sync::poll::{self, Watched};
use coring_uring::sync::{signal, tell};

use super::connection::{Connection, Event};
use super::handshake::Target;

/// More clients at once are turned away.
const CONNECTIONS_MAX: usize = 64;

/// More bytes than these on their way to debuggers, and the core waits until they were sent.
const OUTPUT_BYTES_MAX: usize = 256 << 20;

/// How soon a full desk is looked at again.
const FULL_STEP: Duration = Duration::from_millis(10);

/// What the core wants of the thread.
enum Order {
    Tell(u32, String),
    /// No further client is taken.
    CloseDoor,
    /// Every client is told of the end.
    End,
}

#[derive(Default)]
struct Outbox {
    orders: VecDeque<Order>,
    /// Of messages among the orders.
    orders_bytes: usize,
    /// In the hands of connections.
    output_bytes: usize,
    is_listening: bool,
    is_over: bool,
}

/// What the core and the thread share.
pub struct Shared {
    outbox: Mutex<Outbox>,
    changed: Condvar,
    waker: UnixStream,
    desk: OnceLock<Arc<Desk>>,
}

impl Shared {
    fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.outbox
            .lock()
            .expect("no holder of this lock can panic")
    }

    fn wait<'a>(&self, outbox: MutexGuard<'a, Outbox>) -> MutexGuard<'a, Outbox> {
        self.changed
            .wait(outbox)
            .expect("no holder of this lock can panic")
    }

    fn order(&self, order: Order) {
        self.outbox().orders.push_back(order);
        // A full pipe wakes as well.
        let _ = (&self.waker).write(&[1]);
    }

    /// Sends a message; waits while too much is on its way.
    pub fn tell(&self, connection: u32, text: String) {
        let mut outbox = self.outbox();
        while outbox.orders_bytes + outbox.output_bytes > OUTPUT_BYTES_MAX && !outbox.is_over {
            outbox = self.wait(outbox);
        }
        outbox.orders_bytes += text.len();
        drop(outbox);
        self.order(Order::Tell(connection, text));
    }

    pub fn close_door(&self) {
        self.order(Order::CloseDoor);
    }

    /// Ends the port: when this returns, nobody listens there any more.
    pub fn end(&self) {
        self.order(Order::End);
        let mut outbox = self.outbox();
        while outbox.is_listening && !outbox.is_over {
            outbox = self.wait(outbox);
        }
    }
}

/// How the port was asked for.
pub struct Wish {
    pub host: String,
    pub port: u16,
    /// Where the address is published.
    pub to_stderr: bool,
    pub to_http: bool,
    pub target: Target,
}

/// A port that is open.
pub struct Port {
    pub shared: Arc<Shared>,
    pub number: u16,
    pub url: String,
}

/// Listens, but hears nobody before [`Listening::serve`]. Err: the text for the user.
pub fn listen(wish: Wish) -> Result<Listening, String> {
    let name = wish.host.trim_start_matches('[').trim_end_matches(']');
    let addresses = (name, wish.port).to_socket_addrs().map_err(|_| {
        let host = &wish.host;
        format!("Unable to resolve \"{host}\": unknown node or service\n")
    })?;
    let mut listeners = Vec::new();
    let mut failure = Errno::EINVAL;
    for address in addresses {
        let listener = TcpListener::bind(address).and_then(|listener| {
            listener.set_nonblocking(true)?;
            Ok(listener)
        });
        match listener {
            Ok(listener) => listeners.push(listener),
            Err(error) => failure = Errno(error.raw_os_error().unwrap_or(0)),
        }
    }
    if listeners.is_empty() {
        let (host, port) = (&wish.host, wish.port);
        let reason = failure.message();
        return Err(format!(
            "Starting inspector on {host}:{port} failed: {reason}\n"
        ));
    }
    let failed = |error: std::io::Error| format!("Starting inspector failed: {error}\n");
    let (waker, woken) = UnixStream::pair().map_err(failed)?;
    waker.set_nonblocking(true).map_err(failed)?;
    woken.set_nonblocking(true).map_err(failed)?;
    let outbox = Outbox {
        is_listening: true,
        ..Outbox::default()
    };
    let shared = Arc::new(Shared {
        outbox: Mutex::new(outbox),
        changed: Condvar::new(),
        waker,
        desk: OnceLock::new(),
    });
    Ok(Listening {
        wish,
        listeners,
        woken,
        shared,
    })
}

/// A port between its birth and its thread's.
pub struct Listening {
    wish: Wish,
    listeners: Vec<TcpListener>,
    woken: UnixStream,
    pub shared: Arc<Shared>,
}

impl Listening {
    /// Starts the thread. Debuggers' letters go to `desk`.
    pub fn serve(self, desk: Arc<Desk>) -> Result<Port, String> {
        // It is empty until now.
        let _ = self.shared.desk.set(desk.clone());
        let local = self.listeners[0].local_addr();
        let number = local.map_or(self.wish.port, |address| address.port());
        let mut server = Server {
            desk,
            shared: self.shared.clone(),
            listeners: self.listeners,
            woken: self.woken,
            connections: Vec::new(),
            last_number: 0,
            wish: self.wish,
            is_ending: false,
        };
        let url = server.urls().into_iter().next().unwrap_or_default();
        server.announce("listening");
        thread::Builder::new()
            .name("debugger port".to_owned())
            .spawn(move || {
                // The program's signals are for its core. Without the mask only the choice of
                // thread is worse.
                let _ = signal::block_all();
                server.run();
            })
            .map_err(|error| format!("Starting inspector failed: {error}\n"))?;
        Ok(Port {
            shared: self.shared,
            number,
            url,
        })
    }
}

struct Server {
    desk: Arc<Desk>,
    shared: Arc<Shared>,
    listeners: Vec<TcpListener>,
    woken: UnixStream,
    connections: Vec<Connection>,
    last_number: u32,
    wish: Wish,
    is_ending: bool,
}

impl Server {
    fn urls(&self) -> Vec<String> {
        let name = match self.wish.host.contains(':') && !self.wish.host.starts_with('[') {
            true => format!("[{}]", self.wish.host),
            false => self.wish.host.clone(),
        };
        let ports = self.listeners.iter().filter_map(|listener| {
            let address = listener.local_addr().ok()?;
            Some(address.port())
        });
        ports
            .map(|port| format!("ws://{name}:{port}/{}", self.wish.target.id))
            .collect()
    }

    /// Tells where the port is: `listening on` at first, `ending on` when nobody is left there.
    fn announce(&self, verb: &str) {
        if !self.wish.to_stderr {
            return;
        }
        let mut text = String::new();
        for url in self.urls() {
            text.push_str(&format!("Debugger {verb} on {url}\n"));
        }
        text.push_str("For help, see: https://nodejs.org/learn/getting-started/debugging\n");
        tell(&text);
    }

    fn run(&mut self) {
        while !(self.is_ending && self.connections.is_empty()) {
            if self.wait().is_err() {
                break;
            }
        }
        for connection in self.connections.iter().filter(|one| one.is_attached()) {
            self.desk.leave(Letter::Left(connection.number));
        }
        let mut outbox = self.shared.outbox();
        outbox.is_over = true;
        outbox.orders.clear();
        self.shared.changed.notify_all();
    }

    /// One wait, and what it brought.
    fn wait(&mut self) -> Result<(), Errno> {
        let is_full = self.desk.is_full();
        let mut list = vec![Watched::new(self.woken.as_fd(), true, false)];
        for listener in &self.listeners {
            list.push(Watched::new(listener.as_fd(), true, false));
        }
        for connection in &self.connections {
            let fd = connection.stream.as_fd();
            list.push(Watched::new(fd, !is_full, connection.has_output()));
        }
        let now = Instant::now();
        let deadlines = self.connections.iter().filter_map(Connection::deadline);
        let limit = deadlines
            .map(|deadline| deadline.saturating_duration_since(now))
            .chain(is_full.then_some(FULL_STEP))
            .min();
        // One more: poll counts whole milliseconds.
        let limit = limit.map(|limit| limit + Duration::from_millis(1));
        poll::wait(&mut list, limit)?;
        let is_woken = list[0].is_readable;
        let (arriving, rest) = list[1..].split_at(self.listeners.len());
        let has_arrivals = arriving.iter().any(|listener| listener.is_readable);
        let ready: Vec<[bool; 2]> = rest
            .iter()
            .map(|client| [client.is_readable && !is_full, client.is_writable])
            .collect();
        for (index, [is_readable, is_writable]) in ready.into_iter().enumerate() {
            if is_writable {
                self.connections[index].send();
            }
            if is_readable {
                self.receive(index);
            }
            self.connections[index].look_at_clock(Instant::now());
        }
        if has_arrivals {
            self.accept();
        }
        if is_woken {
            self.obey();
        }
        self.connections.retain(|connection| !connection.is_over());
        self.count_output();
        Ok(())
    }

    fn count_output(&self) {
        let output_bytes = self.connections.iter().map(Connection::output_bytes).sum();
        let mut outbox = self.shared.outbox();
        if outbox.output_bytes != output_bytes {
            outbox.output_bytes = output_bytes;
            self.shared.changed.notify_all();
        }
    }

    fn accept(&mut self) {
        for listener in &self.listeners {
            while let Ok((stream, _)) = listener.accept() {
                if self.connections.len() >= CONNECTIONS_MAX {
                    continue;
                }
                self.last_number += 1;
                if let Ok(connection) = Connection::new(self.last_number, stream) {
                    self.connections.push(connection);
                }
            }
        }
    }

    fn receive(&mut self, index: usize) {
        let connection = &mut self.connections[index];
        let number = connection.number;
        let events = connection.receive(&self.wish.target, self.wish.to_http);
        for event in events {
            match event {
                Event::Attached => {
                    self.desk.leave(Letter::Joined(number));
                    tell("Debugger attached.\n");
                }
                Event::Said(text) => self.desk.leave(Letter::Said(number, text)),
                Event::Detached => {
                    self.desk.leave(Letter::Left(number));
                    let is_last = !self.connections.iter().any(Connection::is_attached);
                    if is_last && !self.is_ending && !self.listeners.is_empty() {
                        self.announce("ending");
                    }
                }
            }
        }
    }

    fn obey(&mut self) {
        let mut bytes = [0; 64];
        loop {
            match (&self.woken).read(&mut bytes) {
                Ok(count) if count == bytes.len() => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Ok(_) | Err(_) => break,
            }
        }
        let orders = {
            let mut outbox = self.shared.outbox();
            outbox.orders_bytes = 0;
            self.shared.changed.notify_all();
            std::mem::take(&mut outbox.orders)
        };
        for order in orders {
            match order {
                Order::Tell(number, text) => {
                    let mut connections = self.connections.iter_mut();
                    let found = connections.find(|connection| connection.number == number);
                    if let Some(connection) = found {
                        connection.tell(&text);
                    }
                }
                Order::CloseDoor => self.close_door(),
                Order::End => {
                    self.is_ending = true;
                    self.close_door();
                    self.connections.iter_mut().for_each(Connection::leave);
                }
            }
        }
    }

    fn close_door(&mut self) {
        self.listeners.clear();
        self.shared.outbox().is_listening = false;
        self.shared.changed.notify_all();
    }
}
