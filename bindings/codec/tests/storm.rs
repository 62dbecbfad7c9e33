//! Very many damaged messages, read whole: nothing panics, spans stay inside the bytes, and every
//! step gets on. `CORING_FUZZ_STORM` sets how many of each kind (200 000).

#![forbid(unsafe_code)]

mod mutation;
#[allow(dead_code)]
mod transcript;

use coring_codec::http1::{Event, Lenient, Limits, Stream, headers};
use mutation::{Random, mutate, runs};
use transcript::vectors;

const STORM_COUNT: u64 = 200_000;
const CHUNKED_HEAD: &[u8] = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
/// Bodies that are right, and that one change makes wrong.
const CHUNKED_BODIES: &[&[u8]] = &[
    b"0\r\n\r\n",
    b"3\r\nabc\r\n0\r\n\r\n",
    b"A;name=value;flag;quoted=\"a\\\"b\"\r\n0123456789\r\n0\r\n\r\n",
    b"1\r\na\r\n2\r\nbc\r\n000\r\nTrailer: yes\r\nOther: \r\n\r\n",
    b"ffffffffffffffff\r\nrest",
    b"5\r\nhello\r\n0\r\n\r\nGET /next HTTP/1.1\r\nHost: b\r\n\r\n",
];

/// Reads all of `bytes`, as events of one stream, and answers how many events there were.
fn walk(mut stream: Stream, limits: &Limits, bytes: &[u8]) -> usize {
    let mut start = 0;
    let mut events_count = 0;
    loop {
        let input = &bytes[start..];
        let Ok(event) = stream.next(input, limits) else {
            return events_count;
        };
        events_count += 1;
        let (consumed, list) = match event {
            Event::NeedMore { consumed } => {
                assert!(consumed as usize <= input.len());
                let _ = stream.finish();
                return events_count;
            }
            Event::Upgrade => return events_count,
            Event::Request { consumed, head } => {
                assert!(head.url.of(input).len() <= consumed as usize);
                (consumed, Some(head.headers))
            }
            Event::Response { consumed, head } => (consumed, Some(head.headers)),
            Event::Data { consumed, data } => {
                assert!(!data.of(input).is_empty());
                (consumed, None)
            }
            Event::End { consumed, trailers } => (consumed, Some(trailers)),
        };
        if let Some(list) = list {
            let block = list.of(input);
            for line in headers(block) {
                assert!(!line.name.of(block).is_empty());
                let _ = line.value.of(block);
            }
        }
        start += consumed as usize;
        // An end may take no bytes; two steps in a row that take none would be a loop.
        assert!(events_count <= 2 * bytes.len() + 2, "no progress");
    }
}

/// One to four changes.
fn damage(random: &mut Random, bytes: &mut Vec<u8>, others: &[Vec<u8>]) {
    for _ in 0..1 + random.below(4) {
        mutate(random, bytes, others);
    }
}

#[test]
fn heads() {
    let (seed, count) = runs("CORING_FUZZ_STORM", STORM_COUNT);
    let mut random = Random::new(seed);
    let vectors = vectors();
    let inputs: Vec<_> = vectors.iter().map(|vector| vector.input.clone()).collect();
    let limits = [Lenient::NONE, Lenient::ALL].map(|lenient| Limits {
        lenient,
        ..Limits::default()
    });
    let mut events_count = 0;
    for _ in 0..count {
        let vector = &vectors[random.below(vectors.len())];
        let mut bytes = vector.input.clone();
        damage(&mut random, &mut bytes, &inputs);
        let limits = &limits[usize::from(random.one_in(4))];
        events_count += walk(vector.kind.stream(), limits, &bytes);
    }
    println!("{count} messages, {events_count} events");
    assert!(
        events_count as u64 > count / 2,
        "most get past their first line"
    );
}

#[test]
fn chunked_bodies() {
    let (seed, count) = runs("CORING_FUZZ_STORM", STORM_COUNT);
    let mut random = Random::new(seed);
    let bodies: Vec<_> = CHUNKED_BODIES.iter().map(|body| body.to_vec()).collect();
    let limits = Limits::default();
    let mut message = CHUNKED_HEAD.to_vec();
    for _ in 0..count {
        let mut body = bodies[random.below(bodies.len())].clone();
        damage(&mut random, &mut body, &bodies);
        message.truncate(CHUNKED_HEAD.len());
        message.extend_from_slice(&body);
        assert!(
            walk(Stream::requests(), &limits, &message) > 0,
            "the head is sound"
        );
    }
    println!("{count} bodies");
}
