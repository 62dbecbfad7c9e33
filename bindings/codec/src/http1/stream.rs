//! A whole connection's worth of messages from one direction: head, body, end, and what may come
//! after. For the slow lane (any Duplex) and for clients; the fast lane puts `head` and `body`
//! together itself. Holds no bytes: what was not consumed must be passed again.

use super::body::{Body, Step};
use super::error::{Fault, HttpError};
use super::head::{
    Framing, HeadScan, RequestHead, ResponseHead, blank_prefix, resume_request_head,
    resume_response_head,
};
use super::limits::{Lenient, Limits};
use super::method::Method;
use crate::span::Span;

/// What comes next in the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Head,
    Body,
    /// Another protocol.
    Upgraded,
    /// Nothing: the last message said so.
    Closed,
}

/// What `next` found. All spans lie in the input; go on with `&input[consumed..]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Keep what was not consumed (an unfinished head or trailer block) and append to it.
    NeedMore {
        consumed: u32,
    },
    Request {
        consumed: u32,
        head: RequestHead,
    },
    Response {
        consumed: u32,
        head: ResponseHead,
    },
    Data {
        consumed: u32,
        data: Span,
    },
    /// The message is complete.
    End {
        consumed: u32,
        trailers: Span,
    },
    /// All of the input is another protocol's.
    Upgrade,
}

/// The reading of one direction of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    place: Place,
    requests: bool,
    request_method: Option<Method>,
    scan: HeadScan,
    body: Body,
    /// Another message may follow this one.
    keep_alive: bool,
    /// Another protocol follows this message.
    upgrade: bool,
    /// What `keep_alive` is if there is no body after all.
    persistent: bool,
}

impl Stream {
    pub fn requests() -> Stream {
        Stream::new(true)
    }

    pub fn responses() -> Stream {
        Stream::new(false)
    }

    fn new(requests: bool) -> Stream {
        Stream {
            place: Place::Head,
            requests,
            request_method: None,
            scan: HeadScan::default(),
            body: Body::default(),
            keep_alive: false,
            upgrade: false,
            persistent: false,
        }
    }

    /// Requests, or responses?
    pub fn is_of_requests(&self) -> bool {
        self.requests
    }

    /// The request that the next response answers.
    pub fn set_request_method(&mut self, method: Option<Method>) {
        assert!(!self.requests);
        self.request_method = method;
    }

    /// After a head: there is no body, whatever the head says (Node's `return 1`).
    pub fn skip_body(&mut self) {
        assert!(self.place == Place::Body);
        self.body = Body::default();
        self.keep_alive = self.persistent;
    }

    /// After a head: the bytes behind it are another protocol's (Node's `return 2`).
    pub fn take_upgrade(&mut self) {
        self.skip_body();
        self.upgrade = true;
    }

    /// After a head that asks for an upgrade: read on as if it had not.
    pub fn refuse_upgrade(&mut self) {
        assert!(self.place == Place::Body);
        self.upgrade = false;
    }

    /// Takes the next event from the front of `input`. An error is final.
    pub fn next(&mut self, input: &[u8], limits: &Limits) -> Result<Event, Fault> {
        match self.place {
            Place::Head if self.requests => self.request(input, limits),
            Place::Head => self.response(input, limits),
            Place::Body => self.body(input, limits),
            Place::Upgraded => Ok(Event::Upgrade),
            Place::Closed => closed(input, limits),
        }
    }

    /// The peer has closed. True: that ends a message, which is complete now.
    pub fn finish(&mut self) -> Result<bool, HttpError> {
        match self.place {
            Place::Head if !self.scan.is_idle() => Err(HttpError::InvalidEofState),
            Place::Head | Place::Upgraded | Place::Closed => Ok(false),
            Place::Body => {
                self.body.finish()?;
                self.place = Place::Closed;
                Ok(true)
            }
        }
    }

    fn request(&mut self, input: &[u8], limits: &Limits) -> Result<Event, Fault> {
        let Some(head) = resume_request_head(&mut self.scan, input, limits)? else {
            return Ok(self.unfinished_head(input));
        };
        self.begin(head.framing, head.keep_alive, head.upgrade);
        Ok(Event::Request {
            consumed: head.head_bytes,
            head,
        })
    }

    fn response(&mut self, input: &[u8], limits: &Limits) -> Result<Event, Fault> {
        let method = self.request_method;
        let Some(head) = resume_response_head(&mut self.scan, input, method, limits)? else {
            return Ok(self.unfinished_head(input));
        };
        let switches = head.status == 101 || method == Some(Method::Connect);
        self.begin(head.framing, head.persistent, switches);
        Ok(Event::Response {
            consumed: head.head_bytes,
            head,
        })
    }

    /// Blank lines alone need not be kept.
    fn unfinished_head(&mut self, input: &[u8]) -> Event {
        if !self.scan.is_idle() {
            return Event::NeedMore { consumed: 0 };
        }
        self.scan = HeadScan::default();
        Event::NeedMore {
            consumed: blank_prefix(input) as u32,
        }
    }

    fn begin(&mut self, framing: Framing, persistent: bool, upgrade: bool) {
        self.place = Place::Body;
        self.body = match self.requests {
            true => Body::new(framing),
            false => Body::of_response(framing),
        };
        self.persistent = persistent;
        self.keep_alive = persistent && framing != Framing::UntilClose;
        self.upgrade = upgrade;
    }

    fn body(&mut self, input: &[u8], limits: &Limits) -> Result<Event, Fault> {
        match self.body.decode(input, limits)? {
            Step::Data { consumed, data } => Ok(Event::Data { consumed, data }),
            Step::NeedMore { consumed } => Ok(Event::NeedMore { consumed }),
            Step::Done {
                consumed,
                trailers,
                close,
            } => {
                let keep_alive = self.keep_alive && !close;
                self.place = if self.upgrade {
                    Place::Upgraded
                } else if keep_alive || limits.lenient.has(Lenient::KEEP_ALIVE) {
                    Place::Head
                } else {
                    Place::Closed
                };
                Ok(Event::End { consumed, trailers })
            }
        }
    }
}

/// After the last message only blank lines may come.
fn closed(input: &[u8], limits: &Limits) -> Result<Event, Fault> {
    let blank_bytes = blank_prefix(input);
    if blank_bytes == input.len() || limits.lenient.has(Lenient::DATA_AFTER_CLOSE) {
        return Ok(Event::NeedMore {
            consumed: input.len() as u32,
        });
    }
    Err(Fault::new(HttpError::ClosedConnection, blank_bytes + 1))
}
