//! Two sessions of one process talk to each other; then bytes that no session would send.

use crate::code;
use crate::{Ending, Event, Options, Padding, Session};

const WITH_DATA: Ending = Ending {
    at_fields: false,
    by_trailers: false,
};
const FIELDS_ONLY: Ending = Ending {
    at_fields: true,
    by_trailers: false,
};
const WITH_TRAILERS: Ending = Ending {
    at_fields: false,
    by_trailers: true,
};

const GET: &[&str] = &[
    ":method",
    "GET",
    ":scheme",
    "http",
    ":authority",
    "a",
    ":path",
    "/",
];
const OK: &[&str] = &[":status", "200"];

fn text(pairs: &[&str]) -> (Vec<u8>, usize) {
    let pairs = pairs
        .chunks(2)
        .map(|pair| format!("{}\0{}\0\0", pair[0], pair[1]));
    let pairs: Vec<String> = pairs.collect();
    (pairs.concat().into_bytes(), pairs.len())
}

fn open(options: &Options) -> Session {
    Session::open(options).expect("there is memory")
}

/// Client and server, and what they told.
struct Pair {
    client: Session,
    server: Session,
    client_events: Vec<Event>,
    server_events: Vec<Event>,
    /// DATA as the receivers got it, by stream.
    data: Vec<(i32, Vec<u8>)>,
    consumes: bool,
}

impl Pair {
    fn new() -> Pair {
        Pair::of(Options::new(true), Options::new(false))
    }

    fn of(server: Options, client: Options) -> Pair {
        let (mut client, mut server) = (open(&client), open(&server));
        assert_eq!(client.settings(&[]), 0);
        assert_eq!(server.settings(&[]), 0);
        Pair {
            client,
            server,
            client_events: Vec::new(),
            server_events: Vec::new(),
            data: Vec::new(),
            consumes: true,
        }
    }

    /// Bytes go to and fro until nobody has any.
    fn talk(&mut self) {
        for _ in 0..100_000 {
            let (up, result) = self.client.send();
            assert_eq!(result, Ok(()));
            self.client_events.extend(self.client.take_events());
            let heard = deliver(&mut self.server, &up, &mut self.data, self.consumes);
            self.server_events.extend(heard);
            let (down, result) = self.server.send();
            assert_eq!(result, Ok(()));
            self.server_events.extend(self.server.take_events());
            let heard = deliver(&mut self.client, &down, &mut self.data, self.consumes);
            self.client_events.extend(heard);
            if up.is_empty() && down.is_empty() {
                return;
            }
        }
        panic!("they never stop");
    }

    fn get(&mut self, ending: Ending) -> i32 {
        let (get, count) = text(GET);
        let stream = self.client.request(&get, count, ending);
        assert!(stream > 0);
        self.talk();
        stream
    }

    fn respond(&mut self, stream: i32, ending: Ending) {
        let (ok, count) = text(OK);
        assert_eq!(self.server.respond(stream, &ok, count, ending), 0);
    }

    fn data_of(&self, stream: i32) -> Vec<u8> {
        let parts = self.data.iter().filter(|(of, _)| *of == stream);
        parts.flat_map(|(_, bytes)| bytes.clone()).collect()
    }
}

fn deliver(
    to: &mut Session,
    bytes: &[u8],
    data: &mut Vec<(i32, Vec<u8>)>,
    consumes: bool,
) -> Vec<Event> {
    assert_eq!(to.receive(bytes), Ok(bytes.len()));
    let events = to.take_events();
    for event in &events {
        if let Event::Data {
            stream,
            start,
            count,
        } = *event
        {
            data.push((stream, bytes[start..start + count].to_vec()));
            if consumes {
                assert_eq!(to.consume(stream, count), 0);
            }
        }
    }
    events
}

fn fields(events: &[Event]) -> Vec<(i32, u32, String)> {
    let list = events.iter().filter_map(|event| match event {
        Event::Headers {
            stream,
            category,
            fields,
            ..
        } => {
            let pairs = fields
                .pairs()
                .map(|(name, value)| format!("{}={}", name.escape_ascii(), value.escape_ascii()));
            let pairs: Vec<String> = pairs.collect();
            Some((*stream, *category, pairs.join(" ")))
        }
        _ => None,
    });
    list.collect()
}

#[test]
fn a_request_is_answered() {
    let mut pair = Pair::new();
    let stream = pair.get(FIELDS_ONLY);
    assert_eq!(stream, 1);
    let heard = ":method=GET :scheme=http :authority=a :path=/".to_owned();
    assert_eq!(fields(&pair.server_events), [(1, 0, heard)]);
    pair.respond(stream, WITH_DATA);
    assert_eq!(pair.server.write(stream, b"hello".to_vec()), 0);
    assert_eq!(pair.server.end(stream), 0);
    pair.talk();
    assert_eq!(fields(&pair.client_events), [(1, 1, ":status=200".into())]);
    assert_eq!(pair.data_of(stream), b"hello");
    let closed = Event::Closed { stream, code: 0 };
    assert!(pair.client_events.contains(&Event::End { stream }));
    assert!(pair.client_events.contains(&closed));
    assert!(pair.server_events.contains(&closed));
    assert!(
        pair.server_events
            .contains(&Event::Written { stream, count: 5 })
    );
    assert!(pair.client_events.contains(&Event::SettingsAck));
    assert_eq!(pair.server.write(stream, vec![1]), code::STREAM_CLOSED);
    assert_eq!(pair.server.end(stream), code::STREAM_CLOSED);
}

#[test]
fn a_large_body_passes_small_windows_in_order() {
    for padding in [Padding::None, Padding::Aligned, Padding::Max] {
        let mut server = Options::new(true);
        server.padding = padding;
        let mut pair = Pair::of(server, Options::new(false));
        assert_eq!(pair.client.settings(&[(4, 1000)]), 0);
        let stream = pair.get(FIELDS_ONLY);
        pair.respond(stream, WITH_DATA);
        let body: Vec<u8> = (0..300_000u32).map(|at| ((at * 7) >> 3) as u8).collect();
        for chunk in body.chunks(7777) {
            assert_eq!(pair.server.write(stream, chunk.to_vec()), 0);
        }
        assert_eq!(pair.server.counters().queued_bytes, body.len());
        pair.server.end(stream);
        pair.talk();
        assert!(pair.data_of(stream) == body, "{padding:?}");
        assert_eq!(pair.server.counters().queued_bytes, 0);
        assert_eq!(pair.server.counters().bytes_written, body.len() as u64);
        assert_eq!(pair.client.counters().bytes_read, body.len() as u64);
        assert!(pair.data.iter().all(|(_, bytes)| bytes.len() <= 1000));
    }
}

#[test]
fn who_does_not_consume_gets_no_more_than_the_window() {
    let mut pair = Pair::new();
    pair.consumes = false;
    let stream = pair.get(FIELDS_ONLY);
    pair.respond(stream, WITH_DATA);
    pair.server.write(stream, vec![7; 200_000]);
    pair.talk();
    assert_eq!(pair.data_of(stream).len(), 65_535);
    assert_eq!(pair.client.consume(stream, 65_535), 0);
    pair.talk();
    assert_eq!(pair.data_of(stream).len(), 131_070);
    // The session's own window is open: another stream is not stopped.
    let other = pair.get(FIELDS_ONLY);
    pair.respond(other, WITH_DATA);
    pair.server.write(other, vec![8; 1000]);
    pair.talk();
    assert_eq!(pair.data_of(other).len(), 1000);
}

#[test]
fn trailers_follow_the_data() {
    for trailers in [&["x-sum", "1"][..], &[]] {
        let mut pair = Pair::new();
        let stream = pair.get(FIELDS_ONLY);
        let (early, count) = text(&[":status", "103"]);
        assert_eq!(pair.server.info(stream, &early, count), 0);
        pair.respond(stream, WITH_TRAILERS);
        pair.server.write(stream, b"body".to_vec());
        pair.server.end(stream);
        pair.talk();
        assert!(pair.server_events.contains(&Event::WantTrailers { stream }));
        assert!(!pair.client_events.contains(&Event::End { stream }));
        let (sum, count) = text(trailers);
        assert_eq!(pair.server.trailers(stream, &sum, count), 0);
        pair.talk();
        let mut expect = vec![(1, 1, ":status=103".into()), (1, 3, ":status=200".into())];
        match trailers.is_empty() {
            true => assert!(pair.client_events.contains(&Event::End { stream })),
            false => expect.push((1, 3, "x-sum=1".into())),
        }
        assert_eq!(fields(&pair.client_events), expect);
        assert!(
            pair.client_events
                .contains(&Event::Closed { stream, code: 0 })
        );
    }
}

/// The end comes when all data has gone: no frame is left that could tell.
#[test]
fn trailers_follow_a_late_end() {
    for body in [&b"body"[..], b""] {
        let mut pair = Pair::new();
        let stream = pair.get(FIELDS_ONLY);
        pair.respond(stream, WITH_TRAILERS);
        pair.server.write(stream, body.to_vec());
        pair.talk();
        let wish = Event::WantTrailers { stream };
        assert!(!pair.server_events.contains(&wish));
        pair.server.end(stream);
        pair.talk();
        let wishes = pair.server_events.iter().filter(|event| **event == wish);
        assert_eq!(wishes.count(), 1);
        assert_eq!(pair.server.trailers(stream, b"", 0), 0);
        pair.talk();
        assert!(pair.client_events.contains(&Event::End { stream }));
    }
}

#[test]
fn a_promise_is_kept() {
    let mut pair = Pair::new();
    let stream = pair.get(FIELDS_ONLY);
    let (get, count) = text(GET);
    let promised = pair.server.push(stream, &get, count);
    assert_eq!(promised, 2);
    pair.respond(promised, WITH_DATA);
    pair.server.write(promised, b"pushed".to_vec());
    pair.server.end(promised);
    pair.talk();
    let promise = pair.client_events.iter().find(|event| {
        matches!(
            event,
            Event::PushPromise {
                stream: 1,
                promised: 2,
                ..
            }
        )
    });
    assert!(promise.is_some());
    assert_eq!(fields(&pair.client_events), [(2, 2, ":status=200".into())]);
    assert_eq!(pair.data_of(promised), b"pushed");
}

#[test]
fn each_settings_frame_is_told_with_what_it_makes() {
    let mut pair = Pair::new();
    assert_eq!(pair.server.settings(&[(3, 7)]), 0);
    assert_eq!(pair.server.settings(&[(3, 9)]), 0);
    pair.talk();
    let told = pair.client_events.iter().filter_map(|event| match event {
        Event::Settings { settings, .. } => Some(settings[2]),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), [u32::MAX, 7, 9]);
}

#[test]
fn a_session_says_if_nghttp2_gave_it_up() {
    let mut pair = Pair::new();
    pair.talk();
    assert!(!pair.server.has_given_up());
    assert_eq!(
        pair.server.goaway(0, 0, &[0; 20_000]),
        code::INVALID_ARGUMENT
    );
    // A frame that is longer than any may be: no callback tells of it.
    let head = [0, 0x40, 1, 1, 4, 0, 0, 0, 1];
    assert_eq!(pair.server.receive(&head), Ok(head.len()));
    assert_eq!(pair.server.send().1, Ok(()));
    assert!(pair.server.has_given_up());
    assert!(!pair.server.wants_read() && !pair.server.wants_write());
    // Here it is the program that ends the session.
    assert_eq!(pair.client.goaway(0, 0, b""), 0);
    assert_eq!(pair.client.terminate(2), 0);
    assert_eq!(pair.client.send().1, Ok(()));
    assert!(!pair.client.has_given_up());
}

#[test]
fn small_frames_reach_the_other_side() {
    let mut pair = Pair::new();
    let stream = pair.get(WITH_DATA);
    assert_eq!(pair.client.ping(b"12345678"), 0);
    assert_eq!(pair.server.altsvc(0, b"http://a", b"h2=\":1\""), 0);
    assert_eq!(
        pair.server
            .origin(&[b"http://a".to_vec(), b"http://b".to_vec()]),
        0
    );
    assert_eq!(pair.server.settings(&[(3, 7), (0xf000, 9)]), 0);
    assert_eq!(pair.server.set_local_window(100_000), 0);
    pair.talk();
    assert!(pair.server_events.contains(&Event::Ping(*b"12345678")));
    assert!(pair.client_events.contains(&Event::Pong(*b"12345678")));
    let altsvc = Event::Altsvc {
        stream: 0,
        origin: b"http://a".to_vec(),
        value: b"h2=\":1\"".to_vec(),
    };
    assert!(pair.client_events.contains(&altsvc));
    let origins = vec![b"http://a".to_vec(), b"http://b".to_vec()];
    assert!(pair.client_events.contains(&Event::Origin(origins)));
    let told = pair.client_events.iter().any(|event| {
        matches!(event, Event::Settings { settings, custom }
            if settings[2] == 7 && *custom == [(0xf000, 9)])
    });
    assert!(told);
    assert_eq!(pair.client.settings_of(crate::Side::Remote)[2], 7);
    assert_eq!(pair.server.session_state().local_window, 100_000);
    assert_eq!(
        pair.server.stream_state(stream).expect("it is open").state,
        2
    );
    assert_eq!(pair.client.rst(stream, 8), 0);
    pair.talk();
    assert!(
        pair.server_events
            .contains(&Event::Closed { stream, code: 8 })
    );
    assert!(pair.server.stream_state(stream).is_none());
    assert_eq!(pair.server.goaway(0, 0, b"bye"), 0);
    pair.talk();
    let goaway = Event::Goaway {
        code: 0,
        last_stream: 1,
        opaque: b"bye".to_vec(),
    };
    assert!(pair.client_events.contains(&goaway));
    assert!(!pair.client.wants_read() && !pair.client.wants_write());
    assert!(!pair.server.wants_read() && !pair.server.wants_write());
}

#[test]
fn too_many_fields_end_their_stream_only() {
    let mut options = Options::new(true);
    options.header_pairs_max = 5;
    let mut pair = Pair::of(options, Options::new(false));
    let (many, count) = text(&[GET, &["x-a", "1", "x-b", "2"]].concat());
    let stream = pair.client.request(&many, count, FIELDS_ONLY);
    pair.talk();
    assert_eq!(fields(&pair.server_events), []);
    assert!(
        pair.client_events
            .contains(&Event::Closed { stream, code: 11 })
    );
    let next = pair.get(FIELDS_ONLY);
    assert_eq!(fields(&pair.server_events).len(), 1);
    assert_eq!(next, 3);
}

/// What they count stays with their stream: a few bytes of a peer's may stand for many.
#[test]
fn fields_count_as_memory_of_the_session() {
    let mut options = Options::new(true);
    options.session_bytes_max = 10_000;
    let mut pair = Pair::of(options, Options::new(false));
    let value = "v".repeat(3000);
    let (long, count) = text(&[GET, &["x-long", &value]].concat());
    let ask = |pair: &mut Pair| {
        let stream = pair.client.request(&long, count, FIELDS_ONLY);
        pair.talk();
        let refused = Event::Closed { stream, code: 11 };
        (stream, !pair.client_events.contains(&refused))
    };
    let (first, is_heard) = ask(&mut pair);
    assert!(is_heard && ask(&mut pair).1 && !ask(&mut pair).1);
    pair.respond(first, FIELDS_ONLY);
    pair.talk();
    assert!(ask(&mut pair).1);
    assert_eq!(fields(&pair.server_events).len(), 3);
}

#[test]
fn long_values_that_are_repeated_lie_once() {
    let mut client = Options::new(false);
    client.send_header_block_bytes_max = Some(1 << 20);
    let mut pair = Pair::of(Options::new(true), client);
    let values = ["a".repeat(1000), "b".repeat(1000), "c".repeat(20)];
    let mut many = GET.to_vec();
    for _ in 0..30 {
        many.extend(values.iter().flat_map(|value| ["x", value.as_str()]));
    }
    let (many, count) = text(&many);
    pair.client.request(&many, count, FIELDS_ONLY);
    pair.talk();
    let heard = pair.server_events.iter().find_map(|event| match event {
        Event::Headers { fields, .. } => Some(fields),
        _ => None,
    });
    let heard = heard.expect("the request came");
    assert!(heard.text.len() < 3000, "{}", heard.text.len());
    let told = heard.pairs().skip(4).map(|(_, value)| value.to_vec());
    let told: Vec<Vec<u8>> = told.collect();
    assert_eq!(told.len(), 90);
    for (told, value) in told.iter().zip(values.iter().cycle()) {
        assert_eq!(told, value.as_bytes());
    }
}

#[test]
fn sensitive_fields_are_told() {
    let mut pair = Pair::new();
    let (mut get, count) = text(GET);
    get.extend_from_slice(b"x-key\0secret\0\x01");
    pair.client.request(&get, count + 1, FIELDS_ONLY);
    pair.talk();
    let told = pair.server_events.iter().find_map(|event| match event {
        Event::Headers { fields, .. } => Some(fields.clone()),
        _ => None,
    });
    let told = told.expect("the request came");
    assert_eq!(told.sensitive, [4]);
    assert_eq!(told.name(4), b"x-key");
}

/// A peer that speaks HTTP/1, one that breaks the rules, and one that asks for nothing but trouble:
/// the session ends, and says so.
#[test]
fn bad_peers_end_their_session() {
    let mut server = open(&Options::new(true));
    assert_eq!(
        server.receive(b"GET / HTTP/1.1\r\n\r\nGET / HTT"),
        Err(code::BAD_CLIENT_MAGIC)
    );
    let mut client = open(&Options::new(false));
    assert!(client.receive(b"HTTP/1.1 400 Bad Request\r\n\r\n").is_ok());
    assert!(
        client
            .take_events()
            .contains(&Event::ProtocolError(code::PROTO))
    );
    // WINDOW_UPDATE of the session beyond 2^31 - 1.
    let mut pair = Pair::new();
    pair.talk();
    let update = b"\0\0\x04\x08\0\0\0\0\0\x7f\xff\xff\xff";
    assert!(pair.server.receive(update).is_ok());
    let (goodbye, result) = pair.server.send();
    assert_eq!(result, Ok(()));
    assert_eq!(goodbye[3], 7, "GOAWAY");
    assert!(!pair.server.wants_read() && !pair.server.wants_write());
    // After its GOAWAY, a session hears nothing more.
    let (get, count) = text(GET);
    pair.client.request(&get, count, FIELDS_ONLY);
    let (request, _) = pair.client.send();
    pair.server.take_events();
    assert!(pair.server.receive(&request).is_ok());
    assert_eq!(pair.server.take_events(), []);
}

#[test]
fn empty_frames_are_counted() {
    let mut options = Options::new(true);
    options.invalid_frames_max = 3;
    let mut pair = Pair::of(options, Options::new(false));
    let stream = pair.get(WITH_DATA);
    let frame = [0, 0, 0, 0, 0, 0, 0, 0, stream as u8];
    for _ in 0..4 {
        assert_eq!(pair.server.receive(&frame), Ok(frame.len()));
    }
    let callback_failure = -902;
    assert_eq!(pair.server.receive(&frame), Err(callback_failure));
    assert!(pair.server.is_over_invalid_frames());
}

/// Resets faster than any client needs end the session (CVE-2023-44487).
#[test]
fn rapid_resets_end_the_session() {
    let mut options = Options::new(true);
    options.stream_reset_limit = Some((20, 1));
    let mut pair = Pair::of(options, Options::new(false));
    for _ in 0..50 {
        let (get, count) = text(GET);
        let stream = pair.client.request(&get, count, FIELDS_ONLY);
        if stream < 0 {
            break;
        }
        pair.talk();
        pair.client.rst(stream, 8);
        pair.talk();
    }
    assert!(!pair.server.wants_read());
}

/// What a client says in a short life, in the frames of one exchange.
fn recorded() -> Vec<u8> {
    let mut client = open(&Options::new(false));
    client.settings(&[(4, 100_000)]);
    let (get, count) = text(&[GET, &["x-long", "abcdefghijklmnopqrstuvwxyz"]].concat());
    for ending in [FIELDS_ONLY, WITH_DATA, WITH_DATA] {
        let stream = client.request(&get, count, ending);
        client.write(stream, b"some bytes of a body".to_vec());
        client.end(stream);
    }
    client.ping(b"abcdefgh");
    let mut bytes = client.send().0;
    client.rst(3, 8);
    client.goaway(0, 0, b"end");
    bytes.extend(client.send().0);
    bytes
}

#[test]
fn cuts_change_nothing_and_drops_are_safe_anywhere() {
    let bytes = recorded();
    let hear = |step: usize, until: usize| {
        let mut server = open(&Options::new(true));
        let mut heard = Vec::new();
        for part in bytes[..until].chunks(step) {
            assert_eq!(server.receive(part), Ok(part.len()));
            let events = server.take_events().into_iter();
            heard.extend(events.filter(|event| !matches!(event, Event::Data { .. })));
        }
        heard
    };
    let whole = hear(bytes.len(), bytes.len());
    assert!(whole.len() > 6);
    for step in [1, 2, 3, 10, 100] {
        assert_eq!(hear(step, bytes.len()), whole);
    }
    for until in 0..bytes.len() {
        let heard = hear(until.max(1), until);
        assert_eq!(heard, whole[..heard.len()]);
    }
}

/// Changed bytes end in an error or in other events; never in a crash, and never in data that lies
/// outside what was received. `HTTP2_MUTATIONS` says how many are tried.
#[test]
fn mutated_bytes_do_no_harm() {
    let rounds = std::env::var("HTTP2_MUTATIONS").ok();
    let rounds: u64 = rounds.and_then(|text| text.parse().ok()).unwrap_or(3000);
    let bytes = recorded();
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |limit: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % limit as u64) as usize
    };
    for _ in 0..rounds {
        let mut changed = bytes.clone();
        for _ in 0..=next(4) {
            // Behind the magic of 24 bytes, which would only be refused.
            let at = 24 + next(changed.len() - 24);
            match next(3) {
                0 => changed[at] ^= 1 << next(8),
                1 => changed[at] = next(256) as u8,
                _ => drop(changed.remove(at)),
            }
        }
        abuse(&changed, 1 + next(80));
    }
}

/// A server that answers whatever it understands.
fn abuse(bytes: &[u8], step: usize) {
    let mut server = open(&Options::new(true));
    let (ok, count) = text(OK);
    server.settings(&[]);
    for part in bytes.chunks(step) {
        if server.receive(part).is_err() {
            return;
        }
        for event in server.take_events() {
            match event {
                Event::Headers { stream, .. } => {
                    server.respond(stream, &ok, count, WITH_DATA);
                    server.write(stream, vec![1; 50]);
                    server.end(stream);
                }
                Event::Data {
                    stream,
                    start,
                    count,
                } => {
                    assert!(start + count <= part.len());
                    server.consume(stream, count);
                }
                _ => {}
            }
        }
        if server.send().1.is_err() {
            return;
        }
    }
}
