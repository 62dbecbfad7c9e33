//! How long heads take to read, bodies to decode and responses to write. The heads are those of a
//! load generator (40 bytes), of a service behind a proxy (ten lines) and of a browser.
//! Aim: 60 ns for the first, 250 ns for the second.

#![forbid(unsafe_code)]

use coring_codec::date::imf_fixdate;
use coring_codec::http1::{
    Body, Framing, Limits, Method, Step, headers, parse_request_head, parse_response_head, write,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

const HELLO: &str = "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n";
const SERVICE: &str = "GET /api/v1/users/42?full=1 HTTP/1.1\r\n\
    Host: example.com\r\n\
    User-Agent: bench/1.0\r\n\
    Accept: */*\r\n\
    Accept-Encoding: gzip, deflate\r\n\
    Accept-Language: en\r\n\
    Connection: keep-alive\r\n\
    X-Request-Id: 0123456789abcdef\r\n\
    X-Forwarded-For: 10.0.0.1\r\n\
    Cookie: a=b; c=d\r\n\
    Content-Type: application/json\r\n\r\n";
const BROWSER: &str = "GET /articles/2024/how-things-work?utm_source=newsletter HTTP/1.1\r\n\
    Host: www.example.com\r\n\
    Connection: keep-alive\r\n\
    Cache-Control: max-age=0\r\n\
    sec-ch-ua: \"Chromium\";v=\"128\", \"Not;A=Brand\";v=\"24\", \"Google Chrome\";v=\"128\"\r\n\
    sec-ch-ua-mobile: ?0\r\n\
    sec-ch-ua-platform: \"Linux\"\r\n\
    Upgrade-Insecure-Requests: 1\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
    Chrome/128.0.0.0 Safari/537.36\r\n\
    Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,\
    image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7\r\n\
    Sec-Fetch-Site: none\r\n\
    Sec-Fetch-Mode: navigate\r\n\
    Sec-Fetch-User: ?1\r\n\
    Sec-Fetch-Dest: document\r\n\
    Accept-Encoding: gzip, deflate, br, zstd\r\n\
    Accept-Language: en-US,en;q=0.9\r\n\
    Cookie: session=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0; \
    _ga=GA1.2.1234567890.1234567890; theme=dark\r\n\r\n";
const RESPONSE: &str = "HTTP/1.1 200 OK\r\n\
    Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
    Connection: keep-alive\r\n\
    Keep-Alive: timeout=5\r\n\
    Content-Length: 11\r\n\r\n";

fn heads(criterion: &mut Criterion) {
    let limits = Limits::default();
    let mut group = criterion.benchmark_group("head");
    for (name, text) in [("hello", HELLO), ("service", SERVICE), ("browser", BROWSER)] {
        let bytes = text.as_bytes();
        let head = parse_request_head(bytes, &limits)
            .expect("no error")
            .expect("whole");
        assert_eq!(head.head_bytes as usize, bytes.len());
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| parse_request_head(black_box(bytes), &limits));
        });
        let block = head.headers.of(bytes);
        group.bench_function(format!("{name}/headers"), |bencher| {
            bencher.iter(|| {
                headers(black_box(block))
                    .map(|line| line.value.len())
                    .sum::<usize>()
            });
        });
    }
    group.bench_function("response", |bencher| {
        let bytes = RESPONSE.as_bytes();
        bencher.iter(|| parse_response_head(black_box(bytes), Some(Method::Get), &limits));
    });
    group.finish();
}

fn bodies(criterion: &mut Criterion) {
    let limits = Limits::default();
    let mut chunked = Vec::new();
    for _ in 0..16 {
        write::chunk(&mut chunked, &[b'x'; 1024]);
    }
    write::last_chunk(&mut chunked, b"");
    criterion.bench_function("body/16 chunks of 1 KiB", |bencher| {
        bencher.iter(|| {
            let (mut body, mut at) = (Body::new(Framing::Chunked), 0);
            loop {
                match body
                    .decode(&black_box(&chunked)[at..], &limits)
                    .expect("well formed")
                {
                    Step::Data { consumed, .. } => at += consumed as usize,
                    Step::Done { .. } => return at,
                    Step::NeedMore { .. } => panic!("everything is there"),
                }
            }
        });
    });
}

fn responses(criterion: &mut Criterion) {
    let date = imf_fixdate(784_111_777);
    let mut out = Vec::with_capacity(4096);
    criterion.bench_function("write/hello", |bencher| {
        bencher.iter(|| {
            out.clear();
            write::status_line(&mut out, black_box(200), b"OK");
            write::date(&mut out, &date);
            write::connection_keep_alive(&mut out, 5, None);
            write::content_length(&mut out, black_box(11));
            write::blank_line(&mut out);
            out.extend_from_slice(b"hello world");
            out.len()
        });
    });
    criterion.bench_function("date", |bencher| {
        bencher.iter(|| imf_fixdate(black_box(784_111_777)));
    });
}

criterion_group!(benches, heads, bodies, responses);
criterion_main!(benches);
