//! Reads HTTP/1.1 responses as they come, in pieces of any size. Called by the connections of
//! the load generator; it keeps no body, only counts it, and it never reads a clock or a socket.

const HEAD_BYTES_MAX: usize = 64 << 10;

/// A whole response.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub struct Response {
    pub status: u16,
    pub body_bytes: u64,
    /// The server will close, or has closed, the connection.
    pub close: bool,
}

#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum State {
    Head,
    Body {
        left: u64,
    },
    /// In the line that says how long the next chunk is.
    ChunkSize {
        size: u64,
        in_digits: bool,
    },
    /// In the data of a chunk and the CRLF after it.
    ChunkData {
        left: u64,
    },
    /// In the trailer section; `line_bytes` of the line so far.
    Trailer {
        line_bytes: u32,
    },
    UntilClose,
}

#[derive(Debug)]
pub struct Reader {
    state: State,
    /// A head that came in pieces. Empty as a rule.
    gathered: Vec<u8>,
    response: Response,
}

impl Reader {
    pub fn new() -> Self {
        let response = Response {
            status: 0,
            body_bytes: 0,
            close: false,
        };
        Reader {
            state: State::Head,
            gathered: Vec::new(),
            response,
        }
    }

    /// Takes bytes off `rest` to the end of one response; what follows stays. `Ok(None)` wants
    /// more. The body must begin with what of `expected` is given, and be no longer.
    pub fn take(
        &mut self,
        rest: &mut &[u8],
        expected: Option<&[u8]>,
    ) -> Result<Option<Response>, &'static str> {
        loop {
            let done = match self.state {
                State::Head => self.feed_head(rest)?,
                State::Body { left } => self.feed_body(rest, left, expected)?,
                State::ChunkSize { size, in_digits } => {
                    self.feed_size(rest, size, in_digits)?;
                    false
                }
                State::ChunkData { left } => self.feed_chunk(rest, left, expected)?,
                State::Trailer { line_bytes } => self.feed_trailer(rest, line_bytes),
                State::UntilClose => {
                    let bytes = std::mem::take(rest);
                    self.count(bytes, expected)?;
                    false
                }
            };
            if done {
                let response = self.response;
                *self = Reader::new();
                return Ok(Some(response));
            }
            if rest.is_empty() {
                return Ok(None);
            }
        }
    }

    /// Counts bytes of the body, and holds them against what they should be.
    fn count(&mut self, bytes: &[u8], expected: Option<&[u8]>) -> Result<(), &'static str> {
        let at = self.response.body_bytes as usize;
        self.response.body_bytes += bytes.len() as u64;
        match expected {
            Some(whole) if whole.get(at..at + bytes.len()) != Some(bytes) => Err("another body"),
            Some(_) | None => Ok(()),
        }
    }

    /// The peer closed. That ends a response that said nothing of its length, and only that.
    pub fn end(&mut self) -> Option<Response> {
        (self.state == State::UntilClose).then_some(self.response)
    }

    fn feed_head(&mut self, rest: &mut &[u8]) -> Result<bool, &'static str> {
        if self.gathered.is_empty()
            && let Some(end) = head_end(rest)
        {
            let head = &rest[..end];
            *rest = &rest[end..];
            return self.begin(head);
        }
        let before = self.gathered.len();
        self.gathered.extend_from_slice(rest);
        let Some(end) = head_end(&self.gathered) else {
            *rest = &[];
            let fits = self.gathered.len() <= HEAD_BYTES_MAX;
            return if fits {
                Ok(false)
            } else {
                Err("head too large")
            };
        };
        assert!(end > before);
        let head = std::mem::take(&mut self.gathered);
        *rest = &rest[end - before..];
        self.begin(&head[..end])
    }

    /// Reads a whole head; true if no body follows.
    fn begin(&mut self, head: &[u8]) -> Result<bool, &'static str> {
        let mut lines = head.split(|&byte| byte == b'\n');
        let first = lines.next().unwrap_or_default();
        if !first.starts_with(b"HTTP/1.") || first.len() < 12 {
            return Err("not HTTP/1");
        }
        let digits = std::str::from_utf8(&first[9..12]).map_err(|_| "no status")?;
        let status = digits.parse().map_err(|_| "no status")?;
        let mut length = None;
        let mut chunked = false;
        let mut close = first.starts_with(b"HTTP/1.0");
        for line in lines {
            if let Some(value) = header(line, b"content-length") {
                length = Some(decimal(value).ok_or("bad content-length")?);
            } else if let Some(value) = header(line, b"transfer-encoding") {
                chunked = value.eq_ignore_ascii_case(b"chunked");
            } else if let Some(value) = header(line, b"connection") {
                close = value.eq_ignore_ascii_case(b"close");
            }
        }
        self.response = Response {
            status,
            body_bytes: 0,
            close,
        };
        let bodiless = status == 204 || status == 304;
        self.state = match (bodiless, chunked, length) {
            (true, _, _) | (false, false, Some(0)) => return Ok(true),
            (false, true, _) => State::ChunkSize {
                size: 0,
                in_digits: true,
            },
            (false, false, Some(left)) => State::Body { left },
            (false, false, None) => State::UntilClose,
        };
        self.response.close |= self.state == State::UntilClose;
        Ok(false)
    }

    fn feed_body(
        &mut self,
        rest: &mut &[u8],
        left: u64,
        expected: Option<&[u8]>,
    ) -> Result<bool, &'static str> {
        let taken = left.min(rest.len() as u64);
        let (bytes, after) = rest.split_at(taken as usize);
        *rest = after;
        self.count(bytes, expected)?;
        self.state = State::Body { left: left - taken };
        Ok(left == taken)
    }

    fn feed_size(
        &mut self,
        rest: &mut &[u8],
        mut size: u64,
        mut in_digits: bool,
    ) -> Result<(), &'static str> {
        while let Some((&byte, after)) = rest.split_first() {
            *rest = after;
            match (byte, char::from(byte).to_digit(16)) {
                (b'\n', _) => {
                    self.state = match size {
                        0 => State::Trailer { line_bytes: 0 },
                        _ => State::ChunkData { left: size + 2 },
                    };
                    return Ok(());
                }
                (_, Some(digit)) if in_digits => size = size * 16 + u64::from(digit),
                (b';' | b'\r' | b' ', _) => in_digits = false,
                _ if in_digits => return Err("bad chunk size"),
                _ => {}
            }
            if size > u64::from(u32::MAX) {
                return Err("chunk too large");
            }
        }
        self.state = State::ChunkSize { size, in_digits };
        Ok(())
    }

    fn feed_chunk(
        &mut self,
        rest: &mut &[u8],
        left: u64,
        expected: Option<&[u8]>,
    ) -> Result<bool, &'static str> {
        let taken = left.min(rest.len() as u64);
        let data_before = left.saturating_sub(2);
        let data_after = (left - taken).saturating_sub(2);
        let (bytes, after) = rest.split_at(taken as usize);
        *rest = after;
        self.count(&bytes[..(data_before - data_after) as usize], expected)?;
        self.state = match left - taken {
            0 => State::ChunkSize {
                size: 0,
                in_digits: true,
            },
            left => State::ChunkData { left },
        };
        Ok(false)
    }

    fn feed_trailer(&mut self, rest: &mut &[u8], mut line_bytes: u32) -> bool {
        while let Some((&byte, after)) = rest.split_first() {
            *rest = after;
            match byte {
                b'\n' if line_bytes == 0 => return true,
                b'\n' => line_bytes = 0,
                b'\r' => {}
                _ => line_bytes += 1,
            }
        }
        self.state = State::Trailer { line_bytes };
        false
    }
}

fn head_end(bytes: &[u8]) -> Option<usize> {
    bytes
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .map(|at| at + 4)
}

fn header<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let rest = line.get(name.len()..)?;
    let named = rest.first() == Some(&b':') && line[..name.len()].eq_ignore_ascii_case(name);
    named.then(|| rest[1..].trim_ascii())
}

fn decimal(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Reader {
        /// One response and nothing behind it.
        fn feed(&mut self, bytes: &[u8]) -> Result<Option<Response>, &'static str> {
            let mut rest = bytes;
            let found = self.take(&mut rest, None)?;
            if rest.is_empty() {
                Ok(found)
            } else {
                Err("bytes after the response")
            }
        }
    }

    const PLAIN: &str = "HTTP/1.1 200 OK\r\nX: y\r\ncontent-LENGTH: 5\r\n\r\nhello";
    const CHUNKED: &str = "HTTP/1.1 201 Ok\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\
                           \r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nT: u\r\n\r\n";
    const EMPTY: &str = "HTTP/1.1 204 No Content\r\n\r\n";

    fn response(status: u16, body_bytes: u64, close: bool) -> Response {
        Response {
            status,
            body_bytes,
            close,
        }
    }

    /// Whole, byte by byte, and in two pieces cut at every place.
    fn check(text: &str, expect: Response) {
        let bytes = text.as_bytes();
        assert_eq!(Reader::new().feed(bytes), Ok(Some(expect)), "for {text}");
        for cut in 1..bytes.len() {
            let mut reader = Reader::new();
            assert_eq!(
                reader.feed(&bytes[..cut]),
                Ok(None),
                "cut at {cut} of {text}"
            );
            assert_eq!(
                reader.feed(&bytes[cut..]),
                Ok(Some(expect)),
                "cut at {cut} of {text}"
            );
        }
        let mut reader = Reader::new();
        for byte in &bytes[..bytes.len() - 1] {
            assert_eq!(reader.feed(&[*byte]), Ok(None));
        }
        assert_eq!(reader.feed(&bytes[bytes.len() - 1..]), Ok(Some(expect)));
    }

    #[test]
    fn framings() {
        check(PLAIN, response(200, 5, false));
        check(CHUNKED, response(201, 13, true));
        check(EMPTY, response(204, 0, false));
        check(
            "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
            response(200, 1, true),
        );
    }

    #[test]
    fn several_in_one_piece() {
        let both = format!("{PLAIN}{CHUNKED}");
        let mut rest = both.as_bytes();
        let mut reader = Reader::new();
        assert_eq!(
            reader.take(&mut rest, None),
            Ok(Some(response(200, 5, false)))
        );
        assert_eq!(
            reader.take(&mut rest, None),
            Ok(Some(response(201, 13, true)))
        );
        assert!(rest.is_empty());
    }

    #[test]
    fn bodies_are_compared() {
        let take = |text: &str, body: &str| {
            Reader::new().take(&mut text.as_bytes(), Some(body.as_bytes()))
        };
        assert_eq!(take(PLAIN, "hello"), Ok(Some(response(200, 5, false))));
        assert_eq!(
            take(CHUNKED, "abc0123456789"),
            Ok(Some(response(201, 13, true)))
        );
        assert!(take(PLAIN, "hellO").is_err());
        assert!(take(PLAIN, "hell").is_err());
        assert!(take(CHUNKED, "abc0123456788").is_err());
    }

    #[test]
    fn until_close() {
        let mut reader = Reader::new();
        assert_eq!(reader.feed(b"HTTP/1.1 200 OK\r\n\r\nabc"), Ok(None));
        assert_eq!(reader.end(), Some(response(200, 3, true)));
        let mut reader = Reader::new();
        assert_eq!(reader.feed(&PLAIN.as_bytes()[..PLAIN.len() - 1]), Ok(None));
        assert_eq!(reader.end(), None);
    }

    #[test]
    fn nonsense() {
        let fails = |text: &str| Reader::new().feed(text.as_bytes()).is_err();
        assert!(fails("SSH-2.0-x\r\n\r\n"));
        assert!(fails("HTTP/1.1 2x0 OK\r\n\r\n"));
        assert!(fails("HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n"));
        assert!(fails(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
        ));
        assert!(fails(&format!("{PLAIN}extra")));
        assert!(Reader::new().feed(&[b'x'; HEAD_BYTES_MAX + 1]).is_err());
    }
}
