//! One client of the port: HTTP until it shakes hands, then WebSocket. Sockets never wait here;
//! what does not go out at once stays until poll(2) says that it can.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::frames::{self, Reader, Said};
use super::handshake::{self, Reply, Target};

/// Read at once.
const PIECE_BYTES: usize = 64 << 10;

/// How long a client that was told of the end may take to answer.
const FAREWELL: Duration = Duration::from_secs(1);

enum Phase {
    /// The bytes of a head that is not whole yet.
    Http(Vec<u8>),
    /// A debugger.
    WebSocket(Reader),
    /// It was told of the end, and has until then to say goodbye; what else it says is forgotten.
    Leaving(Reader, Instant),
    /// The rest goes out, then it is over.
    Last(Instant),
    Over,
}

/// What a client's bytes have brought about.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    Attached,
    Said(String),
    /// The debugger has gone, or has broken the rules.
    Detached,
}

pub struct Connection {
    pub number: u32,
    pub stream: TcpStream,
    phase: Phase,
    out: Vec<u8>,
    /// Bytes of `out` that are on their way.
    sent_bytes: usize,
}

impl Connection {
    pub fn new(number: u32, stream: TcpStream) -> std::io::Result<Connection> {
        stream.set_nonblocking(true)?;
        // Without it answers are a little later.
        let _ = stream.set_nodelay(true);
        Ok(Connection {
            number,
            stream,
            phase: Phase::Http(Vec::new()),
            out: Vec::new(),
            sent_bytes: 0,
        })
    }

    pub fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Over)
    }

    pub fn is_attached(&self) -> bool {
        matches!(self.phase, Phase::WebSocket(_))
    }

    pub fn has_output(&self) -> bool {
        self.sent_bytes < self.out.len()
    }

    pub fn output_bytes(&self) -> usize {
        self.out.len() - self.sent_bytes
    }

    /// When it is given up.
    pub fn deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::Leaving(_, until) | Phase::Last(until) => Some(until),
            Phase::Http(_) | Phase::WebSocket(_) | Phase::Over => None,
        }
    }

    /// Sends a message to a debugger.
    pub fn tell(&mut self, text: &str) {
        if self.is_attached() {
            frames::write_text(text, &mut self.out);
            self.send();
        }
    }

    /// Tells a debugger of the end, and cuts off whoever is none.
    pub fn leave(&mut self) {
        match &mut self.phase {
            Phase::WebSocket(reader) => {
                let reader = std::mem::take(reader);
                frames::write_close(None, &mut self.out);
                self.phase = Phase::Leaving(reader, Instant::now() + FAREWELL);
                self.send();
            }
            Phase::Http(_) => self.phase = Phase::Over,
            Phase::Leaving(..) | Phase::Last(_) | Phase::Over => {}
        }
    }

    /// Sends what can be sent now.
    pub fn send(&mut self) {
        while self.has_output() {
            match self.stream.write(&self.out[self.sent_bytes..]) {
                Ok(count) => self.sent_bytes += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => {
                    // The end is read, too, where a debugger's going is told.
                    self.sent_bytes = self.out.len();
                }
            }
        }
        self.out.clear();
        self.out.shrink_to(PIECE_BYTES);
        self.sent_bytes = 0;
        if let Phase::Last(_) = self.phase {
            self.phase = Phase::Over;
        }
    }

    /// Gives up who takes too long.
    pub fn look_at_clock(&mut self, now: Instant) {
        if self.deadline().is_some_and(|deadline| now >= deadline) {
            self.phase = Phase::Over;
        }
    }

    /// Reads what has come.
    pub fn receive(&mut self, target: &Target, is_listed: bool) -> Vec<Event> {
        let mut piece = [0; PIECE_BYTES];
        let count = match self.stream.read(&mut piece) {
            Ok(0) => return self.end(),
            Ok(count) => count,
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) =>
            {
                return Vec::new();
            }
            Err(_) => return self.end(),
        };
        let piece = &piece[..count];
        let mut events = Vec::new();
        match &mut self.phase {
            Phase::Http(head) => {
                head.extend_from_slice(piece);
                self.read_heads(target, is_listed, &mut events);
            }
            Phase::WebSocket(reader) => {
                reader.feed(piece);
                self.read_frames(&mut events);
            }
            Phase::Leaving(reader, _) => {
                reader.feed(piece);
                if is_goodbye(reader) {
                    self.phase = Phase::Over;
                }
            }
            Phase::Last(_) | Phase::Over => {}
        }
        self.send();
        events
    }

    fn end(&mut self) -> Vec<Event> {
        let was_attached = self.is_attached();
        self.phase = Phase::Over;
        match was_attached {
            true => vec![Event::Detached],
            false => Vec::new(),
        }
    }

    fn last(&mut self) {
        self.phase = Phase::Last(Instant::now() + FAREWELL);
    }

    fn read_heads(&mut self, target: &Target, is_listed: bool, events: &mut Vec<Event>) {
        while let Phase::Http(bytes) = &mut self.phase {
            let Some(end) = handshake::head_end(bytes) else {
                if bytes.len() > handshake::HEAD_BYTES_MAX {
                    self.refuse(handshake::refusal());
                }
                return;
            };
            let head: Vec<u8> = bytes.drain(..end).collect();
            let request = match end <= handshake::HEAD_BYTES_MAX {
                true => handshake::read(&head),
                false => None,
            };
            let reply = request.map_or_else(handshake::refusal, |request| {
                let here = self.stream.local_addr();
                let here = here.map_or_else(|_| String::new(), |here| here.to_string());
                handshake::answer(&request, target, &here, is_listed)
            });
            match reply {
                Reply::Answer(text) => self.out.extend_from_slice(text.as_bytes()),
                Reply::Refusal(_) => return self.refuse(reply),
                Reply::Switch(text) => {
                    self.out.extend_from_slice(text.as_bytes());
                    let mut reader = Reader::default();
                    if let Phase::Http(rest) = &self.phase {
                        reader.feed(rest);
                    }
                    self.phase = Phase::WebSocket(reader);
                    events.push(Event::Attached);
                    return self.read_frames(events);
                }
            }
        }
    }

    fn refuse(&mut self, reply: Reply) {
        if let Reply::Refusal(text) = reply {
            self.out.extend_from_slice(text.as_bytes());
        }
        self.last();
    }

    fn read_frames(&mut self, events: &mut Vec<Event>) {
        while let Phase::WebSocket(reader) = &mut self.phase {
            match reader.next() {
                Ok(None) => return,
                Ok(Some(Said::Text(text))) => events.push(Event::Said(text)),
                Ok(Some(Said::Ping(payload))) => frames::write_pong(&payload, &mut self.out),
                Ok(Some(Said::Close)) => {
                    frames::write_close(None, &mut self.out);
                    self.last();
                    events.push(Event::Detached);
                }
                Err(fault) => {
                    frames::write_close(Some(fault), &mut self.out);
                    self.last();
                    events.push(Event::Detached);
                }
            }
        }
    }
}

/// Whether a client that was told of the end has agreed, or speaks no longer as it should.
fn is_goodbye(reader: &mut Reader) -> bool {
    loop {
        match reader.next() {
            Ok(None) => return false,
            Ok(Some(Said::Close)) | Err(_) => return true,
            Ok(Some(Said::Text(_) | Said::Ping(_))) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn pair() -> (TcpStream, Connection) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (stream, _) = listener.accept().unwrap();
        (client, Connection::new(1, stream).unwrap())
    }

    fn target() -> Target {
        Target {
            id: "id".to_owned(),
            title: String::new(),
            url: String::new(),
            browser: String::new(),
        }
    }

    /// Receives until something happens or the connection is over.
    fn receive(connection: &mut Connection, count: usize) -> Vec<Event> {
        let mut events = Vec::new();
        while events.len() < count && !connection.is_over() {
            events.extend(connection.receive(&target(), true));
        }
        events
    }

    const HELLO: &[u8] = b"GET /id HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Key: x\r\n\r\n";

    #[test]
    fn a_debugger_comes_and_goes() {
        let (mut client, mut connection) = pair();
        // What follows the handshake at once is heard.
        let hi = [0x81, 0x82, 0, 0, 0, 0, b'h', b'i'];
        client.write_all(&[HELLO, &hi].concat()).unwrap();
        let events = receive(&mut connection, 2);
        assert_eq!(events, [Event::Attached, Event::Said("hi".to_owned())]);
        connection.tell("yes");
        client.write_all(&[0x88, 0x80, 0, 0, 0, 0]).unwrap();
        assert_eq!(receive(&mut connection, 1), [Event::Detached]);
        assert!(connection.is_over());
        drop(connection);
        let mut text = Vec::new();
        client.read_to_end(&mut text).unwrap();
        assert!(text.starts_with(b"HTTP/1.1 101 "));
        assert!(text.ends_with(&[0x81, 3, b'y', b'e', b's', 0x88, 0]));
    }

    #[test]
    fn the_end_of_the_port_is_told() {
        let (mut client, mut connection) = pair();
        client.write_all(HELLO).unwrap();
        receive(&mut connection, 1);
        connection.leave();
        assert!(!connection.is_attached() && connection.deadline().is_some());
        connection.look_at_clock(Instant::now());
        assert!(!connection.is_over());
        let text = [0x81, 0x80, 0, 0, 0, 0];
        let close = [0x88, 0x80, 0, 0, 0, 0];
        client.write_all(&[text, close].concat()).unwrap();
        assert_eq!(receive(&mut connection, 1), []);
        assert!(connection.is_over());
    }

    #[test]
    fn long_heads_are_refused() {
        let (mut client, mut connection) = pair();
        let text = vec![b'x'; handshake::HEAD_BYTES_MAX + 1];
        client.write_all(&text).unwrap();
        assert_eq!(receive(&mut connection, 1), []);
        drop(connection);
        let mut answer = String::new();
        // The rest of what it sent was not read: its end may be a reset.
        let _ = client.read_to_string(&mut answer);
        assert!(answer.starts_with("HTTP/1.0 400 "), "{answer}");
    }
}
