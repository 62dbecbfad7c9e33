//! Every limit: the last that is allowed, the first that is not, and the code that says so. The
//! sizes are those at which Node 24.21 answers 431.

#![forbid(unsafe_code)]

use coring_codec::http1::{
    Body, Framing, HeadScan, HttpError, Limits, Method, RequestHead, Step, parse_request_head,
    parse_response_head, resume_request_head,
};

const LINE: &str = "GET / HTTP/1.1\r\n";

fn parse(text: &str, limits: &Limits) -> Result<Option<RequestHead>, HttpError> {
    parse_request_head(text.as_bytes(), limits).map_err(|fault| fault.error)
}

#[track_caller]
fn accepts(text: &str, limits: &Limits) -> RequestHead {
    let head = parse(text, limits).expect("no error").expect("whole");
    assert_eq!(head.head_bytes as usize, text.len());
    head
}

#[track_caller]
fn overflows(text: &str, limits: &Limits) {
    assert_eq!(parse(text, limits), Err(HttpError::HeaderOverflow));
}

#[test]
fn url_names_and_values_count_together() {
    let limits = Limits::default();
    // 1 for the url, 4 + 1 for Host, 1 for the name.
    let value = |bytes| format!("{LINE}Host: x\r\na: {}\r\n\r\n", "b".repeat(bytes));
    accepts(&value(16_384 - 7 - 1), &limits);
    overflows(&value(16_384 - 7), &limits);
    let name = |bytes| format!("{LINE}{}: x\r\n\r\n", "b".repeat(bytes));
    accepts(&name(16_384 - 2 - 1), &limits);
    overflows(&name(16_384 - 2), &limits);
    let url = |bytes| format!("GET {} HTTP/1.1\r\n\r\n", "/".repeat(bytes));
    accepts(&url(16_383), &limits);
    overflows(&url(16_384), &limits);
    let spaces = |bytes| format!("{LINE}a: b{}\r\n\r\n", " ".repeat(bytes));
    accepts(&spaces(16_384 - 3 - 1), &limits);
    overflows(&spaces(16_384 - 3), &limits);
}

#[test]
fn an_unfinished_head_is_refused_as_early() {
    let limits = Limits {
        head_bytes_max: 100,
        ..Limits::default()
    };
    for text in [
        format!("{LINE}a: "),
        format!("{LINE}a"),
        "GET /".to_string(),
    ] {
        let counted = 1 + text.matches('a').count();
        let long = |bytes| format!("{text}{}", "b".repeat(bytes));
        assert_eq!(parse(&long(100 - counted - 1), &limits), Ok(None), "{text}");
        overflows(&long(100 - counted), &limits);
    }
}

#[test]
fn lines_are_counted() {
    let limits = Limits::default();
    let lines = |count| format!("{LINE}{}\r\n", "a:\r\n".repeat(count));
    assert_eq!(accepts(&lines(1000), &limits).headers_count, 1000);
    overflows(&lines(1001), &limits);
    let endless = Limits {
        headers_count_max: 0,
        ..limits
    };
    assert_eq!(accepts(&lines(3000), &endless).headers_count, 3000);
    let none = Limits {
        headers_count_max: 1,
        ..limits
    };
    assert_eq!(accepts(&lines(1), &none).headers_count, 1);
    overflows(&lines(2), &none);
}

#[test]
fn what_is_not_counted_is_bounded_too() {
    let limits = Limits::default();
    let bytes_max = limits.head_buffer_bytes_max();
    let spaces = |bytes| format!("{LINE}a:{}b\r\n\r\n", " ".repeat(bytes));
    let rest_bytes = spaces(0).len();
    accepts(&spaces(bytes_max - rest_bytes), &limits);
    overflows(&spaces(bytes_max - rest_bytes + 1), &limits);
    for endless in ["\r\n", "\n", "GET  ", "GET /  "] {
        let filler = &endless[endless.len() - 1..];
        let text = |bytes: usize| format!("{endless}{}", filler.repeat(bytes - endless.len()));
        assert_eq!(
            parse(&text(bytes_max - 1), &limits),
            Ok(None),
            "{endless:?}"
        );
        overflows(&text(bytes_max), &limits);
    }
    // The largest head that counts less than is allowed still fits.
    let lines = format!("{LINE}{}\r\n", "a: b\r\n".repeat(1000));
    assert!(lines.len() < bytes_max);
    accepts(&lines, &limits);
}

#[test]
fn a_reason_counts_too() {
    let limits = Limits {
        head_bytes_max: 10,
        ..Limits::default()
    };
    let parse = |reason: usize| {
        let text = format!("HTTP/1.1 200 {}\r\n\r\n", "r".repeat(reason));
        let head = parse_response_head(text.as_bytes(), Some(Method::Get), &limits);
        head.map(|head| head.expect("whole").reason.len())
            .map_err(|fault| fault.error)
    };
    assert_eq!(parse(9), Ok(9));
    assert_eq!(parse(10), Err(HttpError::HeaderOverflow));
}

#[test]
fn a_head_is_refused_at_every_missing_byte() {
    let text = "POST /path?query HTTP/1.1\r\nHost: example.com\r\nContent-Length: 3\r\n\r\n";
    let limits = Limits::default();
    for cut in 0..text.len() {
        assert_eq!(parse(&text[..cut], &limits), Ok(None), "cut at {cut}");
    }
    let head = accepts(text, &limits);
    assert_eq!(head.framing, Framing::Length(3));
    assert_eq!(head.url.of(text.as_bytes()), b"/path?query");
    assert!(head.has_host && head.keep_alive && !head.upgrade);
}

/// A head that trickles in is not read again and again: what a call sees twice is bounded by the
/// longest thing read as a whole, the preface of HTTP/2.
#[test]
fn a_trickling_head_is_resumed() {
    let text = format!("{LINE}Host: x\r\nCookie: {}\r\n\r\n", "c".repeat(15_000));
    let limits = Limits::default();
    let mut scan = HeadScan::default();
    for end in 0..text.len() {
        let head = resume_request_head(&mut scan, &text.as_bytes()[..end], &limits);
        assert_eq!(head, Ok(None));
        assert_eq!(scan.is_idle(), end == 0);
        assert!(end - scan.read_bytes() <= 32, "{end}");
    }
    let head = resume_request_head(&mut scan, text.as_bytes(), &limits).expect("no error");
    assert_eq!(head, parse(&text, &limits).expect("no error"));
    assert!(scan.is_idle());
}

/// Decodes until the end or an error.
fn decode(framing: Framing, text: &str, limits: &Limits) -> Result<(usize, bool), HttpError> {
    let (mut body, mut at) = (Body::new(framing), 0);
    loop {
        match body
            .decode(&text.as_bytes()[at..], limits)
            .map_err(|fault| fault.error)?
        {
            Step::Data { consumed, .. } => at += consumed as usize,
            Step::NeedMore { consumed } => return Ok((at + consumed as usize, false)),
            Step::Done { consumed, .. } => return Ok((at + consumed as usize, true)),
        }
    }
}

#[test]
fn extensions_are_bounded_for_each_chunk() {
    let limits = Limits {
        chunk_extension_bytes_max: 10,
        ..Limits::default()
    };
    let chunk =
        |extensions: &str| decode(Framing::Chunked, &format!("1{extensions}\r\na"), &limits);
    for fits in [
        ";123456789=0",
        ";1=345;678901",
        ";1=\"4567890\"",
        ";1234567890",
    ] {
        assert!(chunk(fits).is_ok(), "{fits}");
    }
    for longer in [
        ";1234567890=1",
        ";1=345;6789012",
        ";1=\"45678901\"",
        ";12345678901",
    ] {
        assert_eq!(chunk(longer), Err(HttpError::ExtensionOverflow), "{longer}");
    }
    // Semicolons alone weigh something too, here as in the next chunk, which counts anew.
    assert!(chunk(&";".repeat(11)).is_err_and(|e| e == HttpError::ExtensionChar));
    assert_eq!(chunk(&";".repeat(12)), Err(HttpError::ExtensionOverflow));
    let text = "1;123456789=0\r\na\r\n1;123456789=0\r\na\r\n0\r\n\r\n";
    assert_eq!(
        decode(Framing::Chunked, text, &limits),
        Ok((text.len(), true))
    );
}

#[test]
fn chunk_sizes_stop_at_64_bits() {
    let limits = Limits::default();
    let size = |text: &str| decode(Framing::Chunked, &format!("{text}\r\n"), &limits);
    assert_eq!(size("ffffffffffffffff"), Ok((18, false)));
    assert_eq!(size("0000000000000000001"), Ok((21, false)));
    assert_eq!(size("10000000000000000"), Err(HttpError::ChunkSizeOverflow));
}

#[test]
fn trailers_have_the_heads_limits() {
    let limits = Limits {
        head_bytes_max: 10,
        headers_count_max: 2,
        ..Limits::default()
    };
    let trailers = |text: &str| decode(Framing::Chunked, &format!("0\r\n{text}\r\n"), &limits);
    assert_eq!(trailers("a: 345\r\nb: 789\r\n"), Ok((21, true)));
    assert_eq!(trailers("a: 345\r\nb: 7890\r\n"), Ok((22, true)));
    assert_eq!(
        trailers("a: 345\r\nb: 78901\r\n"),
        Err(HttpError::HeaderOverflow)
    );
    assert_eq!(
        trailers("a:\r\nb:\r\nc:\r\n"),
        Err(HttpError::HeaderOverflow)
    );
    let spaces = " ".repeat(limits.head_buffer_bytes_max());
    assert_eq!(
        trailers(&format!("a:{spaces}")),
        Err(HttpError::HeaderOverflow)
    );
}

#[test]
fn lengths_are_exact() {
    let limits = Limits::default();
    assert_eq!(decode(Framing::None, "abc", &limits), Ok((0, true)));
    assert_eq!(decode(Framing::Length(0), "abc", &limits), Ok((0, true)));
    assert_eq!(decode(Framing::Length(3), "abcd", &limits), Ok((3, true)));
    assert_eq!(decode(Framing::Length(3), "ab", &limits), Ok((2, false)));
    assert_eq!(
        decode(Framing::Length(u64::MAX), "ab", &limits),
        Ok((2, false))
    );
    assert_eq!(decode(Framing::UntilClose, "ab", &limits), Ok((2, false)));
}

#[test]
fn the_end_of_input_ends_what_may_end_so() {
    let error = Err(HttpError::InvalidEofState);
    assert_eq!(Body::new(Framing::None).finish(), Ok(()));
    assert_eq!(Body::new(Framing::UntilClose).finish(), Ok(()));
    assert_eq!(Body::new(Framing::Length(1)).finish(), error);
    assert_eq!(Body::new(Framing::Chunked).finish(), error);
}
