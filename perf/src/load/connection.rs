//! One connection of the generator: what it was asked, and what of the answer has come. It sees
//! bytes and reads no socket and no clock.

use super::response::{Reader, Response};
use super::sockets::Place;
use super::{Answer, Body};
use std::time::Instant;

const UPGRADE_BYTES_MAX: usize = 4096;

/// What a piece of an answer, or its end, showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Not all answers are complete.
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
    Short,
    Garbled,
}

/// How far a connection is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    Shut,
    Connecting,
    /// What of the answer to the upgrade has come.
    Upgrading(Vec<u8>),
    Open,
    /// The response is complete; the server is to close now.
    Closing,
}

pub struct Connection {
    pub place: Option<Place>,
    pub stage: Stage,
    reader: Reader,
    /// Bytes of an answer without framing that have come.
    matched: usize,
    /// Answers that are still to come.
    left: u32,
    bad_status: bool,
    bad_length: bool,
    /// Of the last response of HTTP.
    pub body_bytes: u64,
    pub requests: u32,
    /// A request is under way, or waits for the connection to open.
    pub busy: bool,
    /// The kernel has not taken all of the last sending.
    pub sending: bool,
    /// The answers came before that.
    pub early: Option<Seen>,
    /// When the request under way was meant to go, and when it went.
    pub intended: Instant,
    pub sent: Instant,
    /// Since when the connection has had nothing to do, or is in its stage.
    pub free_since: Instant,
    /// The request under way counts for the measurement.
    pub counts: bool,
}

impl Connection {
    pub fn new(now: Instant) -> Self {
        Connection {
            place: None,
            stage: Stage::Shut,
            reader: Reader::new(),
            matched: 0,
            left: 0,
            bad_status: false,
            bad_length: false,
            body_bytes: 0,
            requests: 0,
            busy: false,
            sending: false,
            early: None,
            intended: now,
            sent: now,
            free_since: now,
            counts: false,
        }
    }

    pub fn begin(&mut self, place: Place, now: Instant) {
        self.place = Some(place);
        self.stage = Stage::Connecting;
        self.reader = Reader::new();
        self.matched = 0;
        self.requests = 0;
        self.sending = false;
        self.early = None;
        self.free_since = now;
    }

    /// `depth` requests are being sent.
    pub fn ask(&mut self, depth: u32) {
        assert!(!self.sending);
        self.left = depth;
        self.bad_status = false;
        self.bad_length = false;
        self.requests += depth;
        self.sending = true;
    }

    /// Takes a piece of the answer to the upgrade: None wants more, true is a 101.
    pub fn upgraded(&mut self, bytes: &[u8]) -> Option<bool> {
        let Stage::Upgrading(head) = &mut self.stage else {
            return Some(false);
        };
        head.extend_from_slice(bytes);
        if head.len() > UPGRADE_BYTES_MAX {
            return Some(false);
        }
        // A server that speaks before it is asked is none of ours.
        let whole = head.windows(4).position(|four| four == b"\r\n\r\n");
        whole.map(|at| at + 4 == head.len() && head.starts_with(b"HTTP/1.1 101 "))
    }

    pub fn take(&mut self, bytes: &[u8], answer: &Answer) -> Seen {
        match answer {
            Answer::Http(_) if self.left == 0 => Seen::Garbled,
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
        self.body_bytes = response.body_bytes;
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

    /// The stream ended while an answer was awaited.
    pub fn ended(&mut self, answer: &Answer) -> Seen {
        if self.stage == Stage::Closing {
            return Seen::Closed;
        }
        let (Answer::Http(body), Some(response)) = (answer, self.reader.end()) else {
            return Seen::Short;
        };
        self.note(&response, body);
        self.all(true, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(depth: u32) -> Connection {
        let mut connection = Connection::new(Instant::now());
        connection.stage = Stage::Open;
        connection.ask(depth);
        connection
    }

    #[test]
    fn bytes_are_matched_in_pieces() {
        let answer = Answer::Bytes(b"abc".to_vec());
        let mut connection = asked(2);
        assert_eq!(connection.take(b"ab", &answer), Seen::Progress);
        assert_eq!(connection.take(b"cab", &answer), Seen::Progress);
        assert!(matches!(
            connection.take(b"c", &answer),
            Seen::Answers { .. }
        ));
        assert_eq!(connection.take(b"a", &answer), Seen::Garbled);
        assert_eq!(asked(1).take(b"abd", &answer), Seen::Garbled);
        assert_eq!(asked(1).take(b"abca", &answer), Seen::Garbled);
    }

    #[test]
    fn ends() {
        let answer = Answer::Http(Body::Any);
        assert_eq!(asked(1).ended(&answer), Seen::Short);
        let mut connection = asked(1);
        assert_eq!(
            connection.take(b"HTTP/1.1 200 OK\r\n\r\nx", &answer),
            Seen::Progress
        );
        assert!(matches!(
            connection.ended(&answer),
            Seen::Answers { close: true, .. }
        ));
        let mut connection = asked(1);
        connection.stage = Stage::Closing;
        assert_eq!(connection.ended(&answer), Seen::Closed);
        let mut nobody_asked = Connection::new(Instant::now());
        assert_eq!(
            nobody_asked.take(b"HTTP/1.1 200 OK\r\n\r\n", &answer),
            Seen::Garbled
        );
    }

    #[test]
    fn upgrades() {
        let check = |pieces: &[&[u8]], expect: Option<bool>| {
            let mut connection = Connection::new(Instant::now());
            connection.stage = Stage::Upgrading(Vec::new());
            let last = pieces.iter().map(|piece| connection.upgraded(piece)).last();
            assert_eq!(last, Some(expect));
        };
        check(&[b"HTTP/1.1 101 Go\r\n", b"\r\n"], Some(true));
        check(&[b"HTTP/1.1 101 Go\r\n"], None);
        check(&[b"HTTP/1.1 200 OK\r\n\r\n"], Some(false));
        check(&[b"HTTP/1.1 101 Go\r\n\r\nx"], Some(false));
        check(&[&[b'x'; UPGRADE_BYTES_MAX + 1]], Some(false));
    }
}
