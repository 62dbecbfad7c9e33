//! Pieces of responses, appended to a byte vector. Nothing here checks what it writes: status
//! texts, names and values were validated in JavaScript, where the user can be told.

/// Enough for the size line and the line end of any chunk.
pub const CHUNK_OVERHEAD_BYTES_MAX: usize = 16 + 2 + 2;
/// An answer to `Expect: 100-continue`.
pub const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
const DIGITS_BYTES: usize = 20;

/// A number as text, on the stack.
#[derive(Clone, Copy, Debug)]
pub struct Digits {
    text: [u8; DIGITS_BYTES],
    start: u8,
}

impl Digits {
    pub fn decimal(value: u64) -> Digits {
        Digits::of(value, 10)
    }

    pub fn hex(value: u64) -> Digits {
        Digits::of(value, 16)
    }

    #[inline]
    fn of(value: u64, base: u64) -> Digits {
        let mut text = [0; DIGITS_BYTES];
        let mut start = DIGITS_BYTES;
        let mut rest = value;
        loop {
            start -= 1;
            text[start] = b"0123456789abcdef"[(rest % base) as usize];
            rest /= base;
            if rest == 0 {
                return Digits {
                    text,
                    start: start as u8,
                };
            }
        }
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.text[usize::from(self.start)..]
    }
}

pub fn decimal(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(Digits::decimal(value).as_bytes());
}

pub fn hex(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(Digits::hex(value).as_bytes());
}

/// `HTTP/1.1 200 OK`. Responses are always written as HTTP/1.1, as Node does.
pub fn status_line(out: &mut Vec<u8>, status: u16, reason: &[u8]) {
    assert!((100..=999).contains(&status));
    out.extend_from_slice(b"HTTP/1.1 ");
    decimal(out, u64::from(status));
    out.push(b' ');
    out.extend_from_slice(reason);
    blank_line(out);
}

/// The text is `date::imf_fixdate`'s.
pub fn date(out: &mut Vec<u8>, date: &[u8; 29]) {
    out.extend_from_slice(b"Date: ");
    out.extend_from_slice(date);
    blank_line(out);
}

pub fn content_length(out: &mut Vec<u8>, bytes: u64) {
    out.extend_from_slice(b"Content-Length: ");
    decimal(out, bytes);
    blank_line(out);
}

pub fn transfer_encoding_chunked(out: &mut Vec<u8>) {
    out.extend_from_slice(b"Transfer-Encoding: chunked\r\n");
}

pub fn connection_close(out: &mut Vec<u8>) {
    out.extend_from_slice(b"Connection: close\r\n");
}

/// Two lines: `Connection: keep-alive` and `Keep-Alive: timeout=5, max=100`.
pub fn connection_keep_alive(out: &mut Vec<u8>, timeout_s: u32, requests_max: Option<u32>) {
    out.extend_from_slice(b"Connection: keep-alive\r\nKeep-Alive: timeout=");
    decimal(out, u64::from(timeout_s));
    if let Some(requests_max) = requests_max {
        out.extend_from_slice(b", max=");
        decimal(out, u64::from(requests_max));
    }
    blank_line(out);
}

/// CR and LF: ends a line, and after a line a head.
pub fn blank_line(out: &mut Vec<u8>) {
    out.extend_from_slice(b"\r\n");
}

/// A whole chunk. An empty one would end the body and is not written.
pub fn chunk(out: &mut Vec<u8>, data: &[u8]) {
    if data.is_empty() {
        return;
    }
    out.reserve(data.len() + CHUNK_OVERHEAD_BYTES_MAX);
    chunk_open(out, data.len() as u64);
    out.extend_from_slice(data);
    chunk_close(out);
}

/// The size line, for callers that send the data from elsewhere.
pub fn chunk_open(out: &mut Vec<u8>, bytes: u64) {
    assert!(bytes > 0);
    hex(out, bytes);
    blank_line(out);
}

pub fn chunk_close(out: &mut Vec<u8>) {
    blank_line(out);
}

/// The end of a chunked body. Trailers are whole lines, each with CR and LF.
pub fn last_chunk(out: &mut Vec<u8>, trailers: &[u8]) {
    assert!(trailers.is_empty() || trailers.ends_with(b"\r\n"));
    out.extend_from_slice(b"0\r\n");
    out.extend_from_slice(trailers);
    blank_line(out);
}

#[cfg(test)]
mod tests {
    //! Each piece against its text, and a response with everything against our own reader.
    use super::*;
    use crate::date::imf_fixdate;
    use crate::http1::{Event, Limits, Stream};

    #[track_caller]
    fn check(write: impl Fn(&mut Vec<u8>), expect: &str) {
        let mut out = Vec::new();
        write(&mut out);
        assert_eq!(std::str::from_utf8(&out).expect("ASCII"), expect);
    }

    #[test]
    fn numbers() {
        for value in [
            0,
            1,
            9,
            10,
            15,
            16,
            99,
            255,
            4096,
            u64::from(u32::MAX),
            u64::MAX,
        ] {
            check(|out| decimal(out, value), &value.to_string());
            check(|out| hex(out, value), &format!("{value:x}"));
        }
    }

    #[test]
    fn lines() {
        check(
            |out| status_line(out, 404, b"Not Found"),
            "HTTP/1.1 404 Not Found\r\n",
        );
        check(|out| status_line(out, 200, b""), "HTTP/1.1 200 \r\n");
        check(|out| content_length(out, 13), "Content-Length: 13\r\n");
        check(connection_close, "Connection: close\r\n");
        let keep_alive = "Connection: keep-alive\r\nKeep-Alive: timeout=5";
        check(
            |out| connection_keep_alive(out, 5, None),
            &format!("{keep_alive}\r\n"),
        );
        check(
            |out| connection_keep_alive(out, 5, Some(7)),
            &format!("{keep_alive}, max=7\r\n"),
        );
        check(
            |out| date(out, &imf_fixdate(0)),
            "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n",
        );
    }

    #[test]
    fn chunks() {
        check(|out| chunk(out, b""), "");
        check(
            |out| chunk(out, b"hello, chunk of 26 bytes.."),
            "1a\r\nhello, chunk of 26 bytes..\r\n",
        );
        check(|out| last_chunk(out, b""), "0\r\n\r\n");
        check(|out| last_chunk(out, b"a: b\r\n"), "0\r\na: b\r\n\r\n");
        let mut out = Vec::new();
        chunk_open(&mut out, u64::MAX);
        chunk_close(&mut out);
        assert_eq!(out.len(), CHUNK_OVERHEAD_BYTES_MAX);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut out = CONTINUE.to_vec();
        status_line(&mut out, 200, b"OK");
        date(&mut out, &imf_fixdate(784_111_777));
        connection_keep_alive(&mut out, 5, None);
        transfer_encoding_chunked(&mut out);
        blank_line(&mut out);
        chunk(&mut out, b"hello");
        last_chunk(&mut out, b"x: y\r\n");
        let (mut stream, mut at, mut seen) = (Stream::responses(), 0, String::new());
        loop {
            let input = &out[at..];
            at += match stream.next(input, &Limits::default()).expect("well formed") {
                Event::NeedMore { consumed } => {
                    assert_eq!(consumed as usize, input.len());
                    break;
                }
                Event::Response { consumed, head } => {
                    seen += &format!("{} {} ", head.status, head.headers_count);
                    consumed
                }
                Event::Data { consumed, data } => {
                    seen += &String::from_utf8_lossy(data.of(input));
                    consumed
                }
                Event::End { consumed, trailers } => {
                    seen += &format!(" end{} ", trailers.len());
                    consumed
                }
                Event::Request { .. } | Event::Upgrade => panic!("a response was written"),
            } as usize;
        }
        assert_eq!(seen, "100 0  end0 200 4 hello end6 ");
    }
}
