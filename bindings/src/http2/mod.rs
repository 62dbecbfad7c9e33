//! Binding `http2`: ops over sessions of nghttp2 (`coring_http2`). README.md here says what each
//! takes and gives. No I/O: JavaScript moves the bytes between session and transport.

mod events;

use coring_engine::{Bytes, Data, Js, Text, ops};
use coring_http2::{Ending, Options, Padding, Session, Side, code, error_text};

use crate::Natives;
use crate::slots::{Handle, Slots};

/// Sessions by handle.
#[derive(Default)]
pub struct State {
    sessions: Slots<Session>,
}

/// A list of numbers, from an array.
type Numbers = Vec<f64>;

ops! { http2(Natives) {
    constants = events::constants;
    slow open(is_server: bool, numbers: Numbers);
    slow close(session: i32);
    slow receive(session: i32, bytes: Bytes);
    slow send(session: i32);
    slow wants(session: i32);
    slow request(session: i32, fields: Text, count: u32, options: i32);
    slow respond(session: i32, stream: i32, fields: Text, count: u32, options: i32);
    slow info(session: i32, stream: i32, fields: Text, count: u32);
    slow push(session: i32, stream: i32, fields: Text, count: u32);
    slow trailers(session: i32, stream: i32, fields: Text, count: u32);
    slow write(session: i32, stream: i32, data: Data);
    slow end(session: i32, stream: i32);
    slow rst(session: i32, stream: i32, code: u32);
    slow consume(session: i32, stream: i32, count: u32);
    slow settings(session: i32, numbers: Numbers);
    slow localSettings(session: i32);
    slow remoteSettings(session: i32);
    slow ping(session: i32, opaque: Bytes);
    slow goaway(session: i32, code: u32, last: i32, opaque: Option<Bytes>);
    slow terminate(session: i32, code: u32);
    slow altsvc(session: i32, stream: i32, origin: Text, value: Text);
    slow origin(session: i32, origins: Vec<Text>);
    slow setNextStream(session: i32, stream: i32);
    slow setLocalWindow(session: i32, bytes: i32);
    slow streamState(session: i32, stream: i32);
    slow sessionState(session: i32);
    slow counters(session: i32);
    slow errorText(code: i32);
} }

/// A stale handle, as everywhere.
const EBADF: i32 = -9;

fn with<R>(
    natives: &mut Natives,
    session: i32,
    act: impl FnOnce(&mut Session) -> R,
) -> Result<R, i32> {
    let session = natives.http2.sessions.get_mut(Handle::from_js(session));
    session.map(act).ok_or(EBADF)
}

/// An op that answers with a code of nghttp2's.
fn coded(natives: &mut Natives, session: i32, act: impl FnOnce(&mut Session) -> i32) -> i32 {
    with(natives, session, act).unwrap_or_else(|errno| errno)
}

/// By their place in the array; what is no number of 0 or more is as if it were not there.
fn options(is_server: bool, numbers: &[f64]) -> Options {
    let number = |at: usize| numbers.get(at).copied().filter(|&number| number >= 0.0);
    let mut options = Options::new(is_server);
    options.deflate_table_bytes_max = number(0).map(|number| number as usize);
    options.reserved_remote_streams_max = number(1).map(|number| number as u32);
    options.padding = match number(3) {
        Some(1.0) => Padding::Aligned,
        Some(2.0) => Padding::Max,
        _ => Padding::None,
    };
    options.settings_max = number(4).map(|number| number as usize);
    options.stream_reset_limit = number(8).zip(number(9)).map(|(a, b)| (a as u64, b as u64));
    options.checks_white_space = number(10) != Some(0.0);
    options.send_header_block_bytes_max = number(13).map(|number| number as usize);
    let set = |field: &mut u32, at| *field = number(at).map_or(*field, |number| number as u32);
    set(&mut options.peer_concurrent_streams_max, 2);
    set(&mut options.invalid_frames_max, 11);
    set(&mut options.rejected_streams_max, 12);
    let set = |field: &mut usize, at| *field = number(at).map_or(*field, |number| number as usize);
    set(&mut options.session_bytes_max, 5);
    set(&mut options.header_pairs_max, 6);
    options
}

fn open(natives: &mut Natives, is_server: bool, numbers: Numbers) -> i32 {
    const ENOMEM: i32 = -12;
    let Some(session) = Session::open(&options(is_server, &numbers)) else {
        return ENOMEM;
    };
    match natives.http2.sessions.insert(session) {
        Ok(handle) => handle.to_js(),
        Err(_) => ENOMEM,
    }
}

fn close(natives: &mut Natives, session: i32) {
    natives.http2.sessions.remove(Handle::from_js(session));
}

fn receive(natives: &mut Natives, session: i32, bytes: Bytes) -> Js {
    let received = with(natives, session, |session| {
        let result = session.receive(bytes.as_slice());
        let custom = match session.is_over_invalid_frames() {
            true => Js::from("ERR_HTTP2_TOO_MANY_INVALID_FRAMES"),
            false => Js::Undefined,
        };
        (result, session.take_events(), custom)
    });
    let (result, events, custom) = received.unwrap_or_else(|errno| (Err(errno), vec![], Js::Null));
    let consumed = Js::Number(result.unwrap_or(0) as f64);
    let code = Js::from(result.err().unwrap_or(0));
    Js::List(vec![consumed, events::list(events), code, custom])
}

fn send(natives: &mut Natives, session: i32) -> Js {
    let sent = with(natives, session, |session| {
        let (bytes, result) = session.send();
        (bytes, session.take_events(), result.err().unwrap_or(0))
    });
    let (bytes, events, code) = sent.unwrap_or_else(|errno| (vec![], vec![], errno));
    if bytes.is_empty() && events.is_empty() && code == 0 {
        return Js::Undefined;
    }
    let bytes = match bytes.is_empty() {
        true => Js::Undefined,
        false => Js::Bytes(bytes),
    };
    Js::List(vec![bytes, events::list(events), code.into()])
}

fn wants(natives: &mut Natives, session: i32) -> i32 {
    coded(natives, session, |session| {
        i32::from(session.wants_read())
            | i32::from(session.wants_write()) << 1
            | i32::from(session.has_given_up()) << 2
    })
}

fn ending(options: i32) -> Ending {
    Ending {
        at_fields: options & 1 != 0,
        by_trailers: options & 2 != 0,
    }
}

fn request(natives: &mut Natives, session: i32, fields: Text, count: u32, options: i32) -> i32 {
    coded(natives, session, |session| {
        fields.with_latin1(|text| session.request(text, count as usize, ending(options)))
    })
}

fn respond(
    natives: &mut Natives,
    session: i32,
    stream: i32,
    fields: Text,
    count: u32,
    options: i32,
) -> i32 {
    coded(natives, session, |session| {
        fields.with_latin1(|text| session.respond(stream, text, count as usize, ending(options)))
    })
}

fn info(natives: &mut Natives, session: i32, stream: i32, fields: Text, count: u32) -> i32 {
    coded(natives, session, |session| {
        fields.with_latin1(|text| session.info(stream, text, count as usize))
    })
}

fn push(natives: &mut Natives, session: i32, stream: i32, fields: Text, count: u32) -> i32 {
    coded(natives, session, |session| {
        fields.with_latin1(|text| session.push(stream, text, count as usize))
    })
}

fn trailers(natives: &mut Natives, session: i32, stream: i32, fields: Text, count: u32) -> i32 {
    coded(natives, session, |session| {
        fields.with_latin1(|text| session.trailers(stream, text, count as usize))
    })
}

fn write(natives: &mut Natives, session: i32, stream: i32, data: Data) -> i32 {
    let bytes = match data {
        Data::None => Vec::new(),
        Data::Text(text) => text.with_utf8(<[u8]>::to_vec),
        Data::Bytes(bytes) => bytes.as_slice().to_vec(),
    };
    coded(natives, session, |session| session.write(stream, bytes))
}

fn end(natives: &mut Natives, session: i32, stream: i32) -> i32 {
    coded(natives, session, |session| session.end(stream))
}

fn rst(natives: &mut Natives, session: i32, stream: i32, code: u32) -> i32 {
    coded(natives, session, |session| session.rst(stream, code))
}

fn consume(natives: &mut Natives, session: i32, stream: i32, count: u32) -> i32 {
    coded(natives, session, |session| {
        session.consume(stream, count as usize)
    })
}

fn settings(natives: &mut Natives, session: i32, numbers: Numbers) -> i32 {
    let entries = numbers.chunks_exact(2);
    let entries: Vec<(u16, u32)> = entries
        .map(|pair| (pair[0] as u16, pair[1] as u32))
        .collect();
    coded(natives, session, |session| session.settings(&entries))
}

#[allow(non_snake_case)]
fn localSettings(natives: &mut Natives, session: i32) -> Js {
    settings_of(natives, session, Side::Local)
}

#[allow(non_snake_case)]
fn remoteSettings(natives: &mut Natives, session: i32) -> Js {
    settings_of(natives, session, Side::Remote)
}

fn settings_of(natives: &mut Natives, session: i32, side: Side) -> Js {
    doubles(with(natives, session, |session| {
        session.settings_of(side).map(f64::from).to_vec()
    }))
}

fn doubles(numbers: Result<Numbers, i32>) -> Js {
    numbers.map_or_else(Js::from, Js::Doubles)
}

fn ping(natives: &mut Natives, session: i32, opaque: Bytes) -> i32 {
    let Ok(opaque) = opaque.as_slice().try_into() else {
        return code::INVALID_ARGUMENT;
    };
    coded(natives, session, |session| session.ping(opaque))
}

fn goaway(natives: &mut Natives, session: i32, code: u32, last: i32, opaque: Option<Bytes>) -> i32 {
    let opaque = opaque.as_ref().map_or(&[][..], |bytes| bytes.as_slice());
    coded(natives, session, |session| {
        session.goaway(code, last, opaque)
    })
}

fn terminate(natives: &mut Natives, session: i32, code: u32) -> i32 {
    coded(natives, session, |session| session.terminate(code))
}

fn altsvc(natives: &mut Natives, session: i32, stream: i32, origin: Text, value: Text) -> i32 {
    coded(natives, session, |session| {
        origin
            .with_latin1(|origin| value.with_latin1(|value| session.altsvc(stream, origin, value)))
    })
}

fn origin(natives: &mut Natives, session: i32, origins: Vec<Text>) -> i32 {
    let origins = origins
        .iter()
        .map(|origin| origin.with_latin1(<[u8]>::to_vec));
    let origins: Vec<Vec<u8>> = origins.collect();
    coded(natives, session, |session| session.origin(&origins))
}

#[allow(non_snake_case)]
fn setNextStream(natives: &mut Natives, session: i32, stream: i32) -> i32 {
    coded(natives, session, |session| session.set_next_stream(stream))
}

#[allow(non_snake_case)]
fn setLocalWindow(natives: &mut Natives, session: i32, bytes: i32) -> i32 {
    coded(natives, session, |session| session.set_local_window(bytes))
}

#[allow(non_snake_case)]
fn streamState(natives: &mut Natives, session: i32, stream: i32) -> Js {
    const IDLE: f64 = 1.0;
    doubles(with(natives, session, |session| {
        let Some(state) = session.stream_state(stream) else {
            return vec![IDLE, 0.0, 0.0, 0.0, 0.0, 0.0];
        };
        vec![
            state.state.into(),
            state.weight.into(),
            state.sum_dependency_weight.into(),
            state.is_local_closed.into(),
            state.is_remote_closed.into(),
            state.local_window.into(),
        ]
    }))
}

#[allow(non_snake_case)]
fn sessionState(natives: &mut Natives, session: i32) -> Js {
    doubles(with(natives, session, |session| {
        let state = session.session_state();
        vec![
            state.effective_local_window.into(),
            state.effective_received.into(),
            state.next_stream.into(),
            state.local_window.into(),
            state.last_processed_stream.into(),
            state.remote_window.into(),
            state.outbound_queue as f64,
            state.deflate_table_bytes as f64,
            state.inflate_table_bytes as f64,
        ]
    }))
}

fn counters(natives: &mut Natives, session: i32) -> Js {
    doubles(with(natives, session, |session| {
        let counters = session.counters();
        vec![
            counters.frames_received as f64,
            counters.frames_sent as f64,
            counters.streams as f64,
            counters.streams_at_once_max as f64,
            counters.bytes_written as f64,
            counters.bytes_read as f64,
            counters.queued_bytes as f64,
        ]
    }))
}

#[allow(non_snake_case)]
fn errorText(_: &mut Natives, code: i32) -> &'static str {
    error_text(code)
}
