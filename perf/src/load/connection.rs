//! One connection of the generator: one sending under way, never blocks but to be opened.

use super::response::{Reader, Response};
use super::{Answer, Body, Plan, Transport};
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const UPGRADE_BYTES_MAX: usize = 4096;

/// What a look at a connection showed.
#[derive(Debug, PartialEq, Eq)]
pub enum Seen {
    Nothing,
    /// Bytes went one way or the other, but not all answers are complete.
    Progress,
    /// All that was asked is answered; `bad`: an answer of the wrong status, and of the wrong
    /// length.
    Answers {
        close: bool,
        bad_status: bool,
        bad_length: bool,
    },
    /// The connection ended between responses, as was agreed.
    Closed,
    Broken,
    Short,
    Garbled,
}

enum Stream {
    Tcp(TcpStream),
    Udp(UdpSocket),
}

impl Stream {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize> {
        match self {
            Stream::Tcp(stream) => stream.read(bytes),
            Stream::Udp(socket) => socket.recv(bytes),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        match self {
            Stream::Tcp(stream) => stream.write(bytes),
            Stream::Udp(socket) => socket.send(bytes),
        }
    }
}

pub struct Connection {
    stream: Option<Stream>,
    reader: Reader,
    /// Bytes of an answer without framing that have come.
    matched: usize,
    /// Bytes of the sending that are on their way, and answers that are still to come.
    written: usize,
    left: u32,
    bad_status: bool,
    bad_length: bool,
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
            matched: 0,
            written: 0,
            left: 0,
            bad_status: false,
            bad_length: false,
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

    pub fn open(&mut self, plan: &Plan) -> Result<()> {
        self.stream = Some(match plan.transport {
            Transport::Tcp => Stream::Tcp(connect(plan.address, plan.upgrade.as_deref())?),
            Transport::Udp => {
                let socket = UdpSocket::bind("127.0.0.1:0")?;
                socket.connect(plan.address)?;
                socket.set_nonblocking(true)?;
                Stream::Udp(socket)
            }
        });
        self.reader = Reader::new();
        self.matched = 0;
        self.requests = 0;
        self.closing = false;
        Ok(())
    }

    pub fn drop_stream(&mut self) {
        self.stream = None;
        self.closing = false;
    }

    /// Starts a sending of `depth` requests. What the socket does not take now, `look` sends.
    pub fn send(&mut self, wire: &[u8], depth: u32) -> Result<()> {
        self.written = 0;
        self.left = depth;
        self.bad_status = false;
        self.bad_length = false;
        self.requests += depth;
        self.write_rest(wire).map(|_| ())
    }

    fn write_rest(&mut self, wire: &[u8]) -> Result<bool> {
        let stream = self.stream.as_mut().expect("only open connections send");
        match stream.write(&wire[self.written..]) {
            Ok(count) => {
                self.written += count;
                Ok(count > 0)
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Reads what has come, into `scratch`, which is shared by all connections.
    pub fn look(&mut self, wire: &[u8], answer: &Answer, scratch: &mut [u8]) -> Seen {
        let mut progress = false;
        if self.written < wire.len() {
            match self.write_rest(wire) {
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
            Ok(0) => self.ended(answer),
            Ok(_) if self.closing => Seen::Garbled,
            Ok(count) => self.take(&scratch[..count], answer),
            Err(error) if error.kind() == ErrorKind::WouldBlock && progress => Seen::Progress,
            Err(error) if error.kind() == ErrorKind::WouldBlock => Seen::Nothing,
            Err(_) => Seen::Broken,
        }
    }

    fn take(&mut self, bytes: &[u8], answer: &Answer) -> Seen {
        match answer {
            Answer::Http(body) => self.take_http(bytes, body),
            Answer::Bytes(expected) => self.take_bytes(bytes, expected),
        }
    }

    fn take_http(&mut self, bytes: &[u8], body: &Body) -> Seen {
        let expected = match body {
            Body::Is(bytes) => Some(&bytes[..]),
            Body::Any | Body::Long(_) => None,
        };
        let mut rest = bytes;
        loop {
            match self.reader.take(&mut rest, expected) {
                Ok(Some(response)) => {
                    self.note(&response, body);
                    if response.close || self.left == 0 {
                        return self.all(response.close, rest.is_empty());
                    }
                }
                Ok(None) => return Seen::Progress,
                Err(_) => return Seen::Garbled,
            }
            if rest.is_empty() {
                return Seen::Progress;
            }
        }
    }

    fn note(&mut self, response: &Response, body: &Body) {
        self.left -= 1;
        self.bad_status |= !(200..400).contains(&response.status);
        self.bad_length |= match body {
            Body::Any => false,
            Body::Long(bytes) => *bytes != response.body_bytes,
            Body::Is(bytes) => bytes.len() as u64 != response.body_bytes,
        };
    }

    fn take_bytes(&mut self, bytes: &[u8], expected: &[u8]) -> Seen {
        let mut rest = bytes;
        while !rest.is_empty() && self.left > 0 {
            let count = rest.len().min(expected.len() - self.matched);
            if rest[..count] != expected[self.matched..self.matched + count] {
                return Seen::Garbled;
            }
            self.matched += count;
            rest = &rest[count..];
            if self.matched == expected.len() {
                self.matched = 0;
                self.left -= 1;
            }
        }
        match (self.left, rest.is_empty()) {
            (0, is_whole) => self.all(false, is_whole),
            (_, _) => Seen::Progress,
        }
    }

    /// Every answer is there. Bytes behind the last one were asked for by nobody; a server that
    /// closes with answers outstanding has cut them off.
    fn all(&self, close: bool, is_whole: bool) -> Seen {
        match (is_whole, self.left) {
            (false, _) => Seen::Garbled,
            (true, 0) => Seen::Answers {
                close,
                bad_status: self.bad_status,
                bad_length: self.bad_length,
            },
            (true, _) => Seen::Short,
        }
    }

    fn ended(&mut self, answer: &Answer) -> Seen {
        let (Answer::Http(body), Some(response)) = (answer, self.reader.end()) else {
            return Seen::Short;
        };
        self.note(&response, body);
        self.all(true, true)
    }
}

fn connect(address: SocketAddr, upgrade: Option<&[u8]>) -> Result<TcpStream> {
    let mut stream = TcpStream::connect_timeout(&address, CONNECT_TIMEOUT)?;
    stream.set_nodelay(true)?;
    if let Some(request) = upgrade {
        stream.set_read_timeout(Some(CONNECT_TIMEOUT))?;
        stream.write_all(request)?;
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") && head.len() < UPGRADE_BYTES_MAX {
            stream.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        if !head.starts_with(b"HTTP/1.1 101 ") {
            return Err(Error::other("no upgrade"));
        }
    }
    stream.set_nonblocking(true)?;
    Ok(stream)
}
