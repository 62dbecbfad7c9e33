//! One connection of the generator: at most one request under way, never blocks.

use super::response::{Reader, Response};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// What a look at a connection showed.
#[derive(Debug, PartialEq, Eq)]
pub enum Seen {
    Nothing,
    /// Bytes went one way or the other, but no response is complete.
    Progress,
    Answer(Response),
    /// The connection ended between responses, as was agreed.
    Closed,
    Broken,
    Short,
    Garbled,
}

pub struct Connection {
    stream: Option<TcpStream>,
    reader: Reader,
    /// Bytes of the request that are on their way.
    written: usize,
    pub requests: u32,
    /// When the request under way was meant to go, and when it went.
    pub intended: Instant,
    pub sent: Instant,
    /// Since when the connection has had nothing to do.
    pub free_since: Instant,
    /// The response is complete; the server is to close now.
    pub closing: bool,
    /// The request under way counts for the measurement.
    pub counts: bool,
}

impl Connection {
    pub fn new(now: Instant) -> Self {
        Connection {
            stream: None,
            reader: Reader::new(),
            written: 0,
            requests: 0,
            intended: now,
            sent: now,
            free_since: now,
            closing: false,
            counts: false,
        }
    }

    pub fn is_open(&self) -> bool {
        self.stream.is_some()
    }

    pub fn open(&mut self, address: SocketAddr) -> std::io::Result<()> {
        let stream = TcpStream::connect_timeout(&address, CONNECT_TIMEOUT)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        self.stream = Some(stream);
        self.reader = Reader::new();
        self.requests = 0;
        self.closing = false;
        Ok(())
    }

    pub fn drop_stream(&mut self) {
        self.stream = None;
        self.closing = false;
    }

    /// Starts a request. What the socket does not take now, `look` sends later.
    pub fn send(&mut self, request: &[u8]) -> std::io::Result<()> {
        self.written = 0;
        self.requests += 1;
        self.write_rest(request).map(|_| ())
    }

    fn write_rest(&mut self, request: &[u8]) -> std::io::Result<bool> {
        let stream = self.stream.as_mut().expect("only open connections send");
        match stream.write(&request[self.written..]) {
            Ok(count) => {
                self.written += count;
                Ok(count > 0)
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Reads what has come, into `scratch`, which is shared by all connections.
    pub fn look(&mut self, request: &[u8], scratch: &mut [u8]) -> Seen {
        let mut progress = false;
        if self.written < request.len() {
            match self.write_rest(request) {
                Ok(moved) => progress = moved,
                Err(_) => return Seen::Broken,
            }
        }
        let stream = self
            .stream
            .as_mut()
            .expect("only open connections are looked at");
        match stream.read(scratch) {
            Ok(0) if self.closing => Seen::Closed,
            Ok(0) => self.reader.end().map_or(Seen::Short, Seen::Answer),
            Ok(_) if self.closing => Seen::Garbled,
            Ok(count) => match self.reader.feed(&scratch[..count]) {
                Ok(Some(response)) => Seen::Answer(response),
                Ok(None) => Seen::Progress,
                Err(_) => Seen::Garbled,
            },
            Err(error) if error.kind() == ErrorKind::WouldBlock && progress => Seen::Progress,
            Err(error) if error.kind() == ErrorKind::WouldBlock => Seen::Nothing,
            Err(_) => Seen::Broken,
        }
    }
}
