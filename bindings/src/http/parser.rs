//! Binding `http_parser`: the codec over any stream, for servers on other transports and for
//! clients. Events come back as one flat array; see the README of lib_js/internal/http.

use coring_codec::http1::stream::{Event, Stream};
use coring_codec::http1::{Framing, HttpError, Limits, Method, ResponseHead};
use coring_engine::{Bytes, Js, ops};

use super::conn::{head_text, request_flags};
use super::settings::lenient;
use crate::Natives;
use crate::kinds::entry;
use crate::slots::{Handle, Slots};

ops! { http_parser(Natives) {
    /// kind 1: requests, 2: responses.
    slow create(kind: i32, head_bytes_max: u32, lenient_word: u32, headers_count_max: u32);
    slow free(parser: i32);
    slow setRequestMethod(parser: i32, method: i32);
    slow execute(parser: i32, bytes: Bytes, offset: u32, length: u32);
    slow finish(parser: i32);
    /// Does the unfinished begin of a head (or trailer) wait for more?
    fast hasRest(parser: i32);
} }

pub struct Parser {
    stream: Stream,
    limits: Limits,
    /// The unfinished end of the last input.
    rest: Vec<u8>,
    failed: bool,
    /// The last head asked for another protocol; being called again means that it was declined.
    undecided: bool,
}

const BAD_HANDLE: i32 = -9;
/// Event of the flat array that has no page entry: another protocol begins.
const UPGRADE: i32 = 11;

fn create(
    natives: &mut Natives,
    kind: i32,
    head_bytes_max: u32,
    lenient_word: u32,
    headers_count_max: u32,
) -> i32 {
    let limits = Limits {
        head_bytes_max,
        headers_count_max,
        lenient: lenient(lenient_word),
        ..Limits::default()
    };
    let stream = if kind == 1 {
        Stream::requests()
    } else {
        Stream::responses()
    };
    let parser = Parser {
        stream,
        limits,
        rest: Vec::new(),
        failed: false,
        undecided: false,
    };
    natives
        .parsers
        .insert(parser)
        .map_or(BAD_HANDLE, Handle::to_js)
}

fn free(natives: &mut Natives, parser: i32) {
    natives.parsers.remove(Handle::from_js(parser));
}

#[allow(non_snake_case)]
fn setRequestMethod(natives: &mut Natives, parser: i32, method: i32) -> i32 {
    let Some(parser) = find(&mut natives.parsers, parser) else {
        return BAD_HANDLE;
    };
    if parser.stream.is_of_requests() {
        return BAD_HANDLE;
    }
    let method = u8::try_from(method).ok().and_then(Method::from_index);
    parser.stream.set_request_method(method);
    0
}

fn find(parsers: &mut Slots<Parser>, handle: i32) -> Option<&mut Parser> {
    parsers.get_mut(Handle::from_js(handle))
}

fn execute(natives: &mut Natives, parser: i32, bytes: Bytes, offset: u32, length: u32) -> Js {
    let Some(parser) = find(&mut natives.parsers, parser) else {
        return Js::from(BAD_HANDLE);
    };
    let all = bytes.as_slice();
    let start = (offset as usize).min(all.len());
    let end = start.saturating_add(length as usize).min(all.len());
    Js::List(parser.execute(&all[start..end], start))
}

#[allow(non_snake_case)]
fn hasRest(natives: &mut Natives, parser: i32) -> i32 {
    find(&mut natives.parsers, parser).map_or(0, |parser| i32::from(!parser.rest.is_empty()))
}

fn finish(natives: &mut Natives, parser: i32) -> Js {
    let Some(parser) = find(&mut natives.parsers, parser) else {
        return Js::from(BAD_HANDLE);
    };
    let mut events = Vec::new();
    if !parser.failed {
        match parser.stream.finish() {
            Ok(true) => events.extend([kind(entry::HTTP_BODY_END), Js::Undefined]),
            Ok(false) => {}
            Err(error) => push_error(&mut events, error, 0),
        }
    }
    events.push(Js::from(0));
    Js::List(events)
}

fn kind(kind: u8) -> Js {
    Js::from(i32::from(kind))
}

fn push_error(events: &mut Vec<Js>, error: HttpError, at: usize) {
    events.extend([kind(entry::HTTP_ERROR), Js::from(i32::from(error.index()))]);
    events.push(Js::Number(at as f64));
}

impl Parser {
    /// Runs over `input`, which begins at `offset` of JavaScript's buffer.
    fn execute(&mut self, input: &[u8], offset: usize) -> Vec<Js> {
        let mut events = Vec::new();
        if self.failed {
            events.push(Js::from(0));
            return events;
        }
        if std::mem::take(&mut self.undecided) {
            self.stream.refuse_upgrade();
        }
        // An unfinished head or trailer of the last call comes first.
        let kept_bytes = self.rest.len();
        let joined = std::mem::take(&mut self.rest);
        let joined = match kept_bytes {
            0 => None,
            _ => Some([joined.as_slice(), input].concat()),
        };
        let bytes = joined.as_deref().unwrap_or(input);
        let consumed = self.run(bytes, kept_bytes, offset, &mut events);
        events.push(Js::Number(consumed as f64));
        events
    }

    /// Gives the count of bytes of the new input that were used.
    fn run(
        &mut self,
        bytes: &[u8],
        kept_bytes: usize,
        offset: usize,
        events: &mut Vec<Js>,
    ) -> usize {
        let new_bytes = bytes.len() - kept_bytes;
        let mut at = 0;
        loop {
            let rest = &bytes[at..];
            match self.stream.next(rest, &self.limits) {
                Ok(Event::NeedMore { consumed }) => {
                    self.rest = rest[consumed as usize..].to_vec();
                    return new_bytes;
                }
                Ok(Event::Request { consumed, head }) => {
                    let text = head_text(&head, rest);
                    push_head(events, request_flags(&head), head.framing, &text);
                    at += consumed as usize;
                    if head.upgrade {
                        self.undecided = true;
                        return at.saturating_sub(kept_bytes);
                    }
                }
                Ok(Event::Response { consumed, head }) => {
                    let text = &rest[head.start as usize..head.head_bytes as usize];
                    push_head(events, response_flags(&head), head.framing, text);
                    at += consumed as usize;
                    if head.upgrade {
                        self.undecided = true;
                        return at.saturating_sub(kept_bytes);
                    }
                }
                Ok(Event::Data { consumed, data }) => {
                    let start = at + data.start as usize;
                    push_data(events, bytes, start, data.len(), kept_bytes, offset);
                    at += consumed as usize;
                }
                Ok(Event::End { consumed, trailers }) => {
                    let text = match trailers.is_empty() {
                        true => Js::Undefined,
                        false => Js::Latin1(trailers.of(rest).to_vec()),
                    };
                    events.extend([kind(entry::HTTP_BODY_END), text]);
                    at += consumed as usize;
                }
                Ok(Event::Upgrade) => {
                    events.extend([Js::from(UPGRADE), Js::Number(at as f64)]);
                    return at.saturating_sub(kept_bytes);
                }
                Err(fault) => {
                    self.failed = true;
                    let place = (at + fault.at as usize).saturating_sub(kept_bytes);
                    push_error(events, fault.error, place);
                    return place;
                }
            }
        }
    }
}

fn push_head(events: &mut Vec<Js>, flags: i32, framing: Framing, text: &[u8]) {
    let length = match framing {
        Framing::Length(bytes) => bytes as f64,
        Framing::None | Framing::Chunked | Framing::UntilClose | Framing::Unknown => -1.0,
    };
    events.extend([
        kind(entry::HTTP_REQUEST),
        Js::from(flags),
        Js::Number(length),
    ]);
    events.push(Js::Latin1(text.to_vec()));
}

/// A slice of JavaScript's own buffer where possible; kept bytes are handed over as a copy.
fn push_data(
    events: &mut Vec<Js>,
    bytes: &[u8],
    start: usize,
    count: usize,
    kept_bytes: usize,
    offset: usize,
) {
    events.push(kind(entry::HTTP_BODY));
    if start >= kept_bytes {
        let begin = start - kept_bytes + offset;
        events.extend([Js::Number(begin as f64), Js::Number((begin + count) as f64)]);
    } else {
        events.extend([
            Js::Bytes(bytes[start..start + count].to_vec()),
            Js::Undefined,
        ]);
    }
}

/// The word of a response's head: bits 0-9 status, 10 HTTP/1.1, 11 keep-alive, 12 upgrade,
/// 13 has a body, 14 chunked, 15 body until the end of the stream.
fn response_flags(head: &ResponseHead) -> i32 {
    let flag = |set: bool, bit: u32| i32::from(set) << bit;
    i32::from(head.status & 0x3ff)
        | flag(head.minor == 1, 10)
        | flag(head.keep_alive, 11)
        | flag(head.upgrade, 12)
        | flag(head.framing.has_body(), 13)
        | flag(head.framing == Framing::Chunked, 14)
        | flag(head.framing == Framing::UntilClose, 15)
}
