//! Events of a session as one flat array: a kind, its values, the next kind.

use coring_engine::{Js, TextPairs};
use coring_http2::{Event, Fields};

/// Numbers of the kinds, and their names in the binding.
mod kind {
    pub const HEADERS: i32 = 1;
    pub const PUSH_PROMISE: i32 = 2;
    pub const DATA: i32 = 3;
    pub const END: i32 = 4;
    pub const CLOSED: i32 = 5;
    pub const SETTINGS: i32 = 6;
    pub const SETTINGS_ACK: i32 = 7;
    pub const PING: i32 = 8;
    pub const PONG: i32 = 9;
    pub const GOAWAY: i32 = 10;
    pub const ALTSVC: i32 = 11;
    pub const ORIGIN: i32 = 12;
    pub const PRIORITY: i32 = 13;
    pub const PROTOCOL_ERROR: i32 = 14;
    pub const FRAME_ERROR: i32 = 15;
    pub const WRITTEN: i32 = 16;
    pub const WANT_TRAILERS: i32 = 17;
}

pub fn constants() -> Vec<(&'static str, Js)> {
    vec![
        ("HEADERS", kind::HEADERS.into()),
        ("PUSH_PROMISE", kind::PUSH_PROMISE.into()),
        ("DATA", kind::DATA.into()),
        ("END", kind::END.into()),
        ("CLOSED", kind::CLOSED.into()),
        ("SETTINGS", kind::SETTINGS.into()),
        ("SETTINGS_ACK", kind::SETTINGS_ACK.into()),
        ("PING", kind::PING.into()),
        ("PONG", kind::PONG.into()),
        ("GOAWAY", kind::GOAWAY.into()),
        ("ALTSVC", kind::ALTSVC.into()),
        ("ORIGIN", kind::ORIGIN.into()),
        ("PRIORITY", kind::PRIORITY.into()),
        ("PROTOCOL_ERROR", kind::PROTOCOL_ERROR.into()),
        ("FRAME_ERROR", kind::FRAME_ERROR.into()),
        ("WRITTEN", kind::WRITTEN.into()),
        ("WANT_TRAILERS", kind::WANT_TRAILERS.into()),
    ]
}

/// Undefined where nothing happened.
pub fn list(events: Vec<Event>) -> Js {
    if events.is_empty() {
        return Js::Undefined;
    }
    let mut flat = Vec::with_capacity(events.len() * 4);
    for event in events {
        push(&mut flat, event);
    }
    Js::List(flat)
}

fn push(flat: &mut Vec<Js>, event: Event) {
    match event {
        Event::Headers {
            stream,
            category,
            flags,
            fields,
        } => {
            let sensitive = sensitive(&fields);
            let fields = pairs(fields);
            flat.extend([kind::HEADERS.into(), stream.into(), category.into()]);
            flat.extend([i32::from(flags).into(), fields, sensitive]);
        }
        Event::PushPromise {
            stream,
            promised,
            flags,
            fields,
        } => {
            let sensitive = sensitive(&fields);
            let fields = pairs(fields);
            flat.extend([kind::PUSH_PROMISE.into(), stream.into(), promised.into()]);
            flat.extend([i32::from(flags).into(), fields, sensitive]);
        }
        Event::Data {
            stream,
            start,
            count,
        } => {
            let [start, count] = [start, count].map(|number| Js::Number(number as f64));
            flat.extend([kind::DATA.into(), stream.into(), start, count]);
        }
        Event::End { stream } => flat.extend([kind::END.into(), stream.into()]),
        Event::Closed { stream, code } => {
            flat.extend([kind::CLOSED.into(), stream.into(), code.into()]);
        }
        Event::Written { stream, count } => {
            let count = Js::Number(count as f64);
            flat.extend([kind::WRITTEN.into(), stream.into(), count]);
        }
        Event::WantTrailers { stream } => {
            flat.extend([kind::WANT_TRAILERS.into(), stream.into()]);
        }
        rare => push_rare(flat, rare),
    }
}

/// What does not come with every request.
fn push_rare(flat: &mut Vec<Js>, event: Event) {
    match event {
        Event::Settings { settings, custom } => {
            let values = custom.iter().flat_map(|&(id, value)| [id.into(), value]);
            let values: Vec<Js> = values.map(Js::from).collect();
            let custom = match values.is_empty() {
                true => Js::Undefined,
                false => Js::List(values),
            };
            let settings = Js::Doubles(settings.map(f64::from).to_vec());
            flat.extend([kind::SETTINGS.into(), settings, custom]);
        }
        Event::SettingsAck => flat.push(kind::SETTINGS_ACK.into()),
        Event::Ping(opaque) => flat.extend([kind::PING.into(), opaque.to_vec().into()]),
        Event::Pong(opaque) => flat.extend([kind::PONG.into(), opaque.to_vec().into()]),
        Event::Goaway {
            code,
            last_stream,
            opaque,
        } => {
            let opaque = match opaque.is_empty() {
                true => Js::Undefined,
                false => opaque.into(),
            };
            flat.extend([kind::GOAWAY.into(), code.into(), last_stream.into(), opaque]);
        }
        Event::Altsvc {
            stream,
            origin,
            value,
        } => {
            let (origin, value) = (Js::Latin1(origin), Js::Latin1(value));
            flat.extend([kind::ALTSVC.into(), stream.into(), origin, value]);
        }
        Event::Origin(origins) => {
            let origins = origins.into_iter().map(Js::Latin1).collect();
            flat.extend([kind::ORIGIN.into(), Js::List(origins)]);
        }
        Event::Priority {
            stream,
            parent,
            weight,
            is_exclusive,
        } => {
            flat.extend([kind::PRIORITY.into(), stream.into(), parent.into()]);
            flat.extend([weight.into(), is_exclusive.into()]);
        }
        Event::ProtocolError(code) => flat.extend([kind::PROTOCOL_ERROR.into(), code.into()]),
        Event::FrameError {
            stream,
            kind: frame,
            code,
        } => {
            let frame = i32::from(frame).into();
            flat.extend([kind::FRAME_ERROR.into(), stream.into(), frame, code.into()]);
        }
        Event::Headers { .. }
        | Event::PushPromise { .. }
        | Event::Data { .. }
        | Event::End { .. }
        | Event::Closed { .. }
        | Event::Written { .. }
        | Event::WantTrailers { .. } => push(flat, event),
    }
}

fn pairs(fields: Fields) -> Js {
    Js::Pairs(TextPairs {
        text: fields.text,
        spans: fields.spans,
    })
}

/// Names of the fields that are never indexed.
fn sensitive(fields: &Fields) -> Js {
    if fields.sensitive.is_empty() {
        return Js::Undefined;
    }
    let names = fields.sensitive.iter();
    Js::List(
        names
            .map(|&index| Js::Latin1(fields.name(index).to_vec()))
            .collect(),
    )
}
