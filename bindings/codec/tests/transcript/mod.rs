//! Writes down, as lines of text, what a stream makes of bytes that come in given pieces.

use coring_codec::Span;
use coring_codec::http1::{Event, HttpError, Limits, Method, Stream, headers};

/// Which direction is read, in the words of vectors.txt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Request,
    Response,
    ResponseToHead,
}

impl Kind {
    pub fn stream(self) -> Stream {
        match self {
            Kind::Request => Stream::requests(),
            Kind::Response => Stream::responses(),
            Kind::ResponseToHead => {
                let mut stream = Stream::responses();
                stream.set_request_method(Some(Method::Head));
                stream
            }
        }
    }
}

/// Reads all of `bytes`. `piece` is asked how many more of the remaining ones arrive each time.
pub fn transcript(
    kind: Kind,
    limits: &Limits,
    bytes: &[u8],
    mut piece: impl FnMut(usize) -> usize,
) -> Vec<String> {
    let mut page = Page::default();
    let mut stream = kind.stream();
    let (mut start, mut end) = (0, 0);
    loop {
        let input = &bytes[start..end];
        let event = match stream.next(input, limits) {
            Ok(event) => event,
            Err(fault) => return page.error(start + fault.at as usize, fault.error),
        };
        let consumed = page.event(event, input, start);
        assert!(consumed <= input.len());
        start += consumed;
        match event {
            Event::NeedMore { .. } => {
                assert!(
                    end - start <= limits.head_buffer_bytes_max(),
                    "more is kept than said"
                );
            }
            Event::Upgrade if end == bytes.len() => return page.over(),
            Event::Upgrade => {}
            _ => continue,
        }
        if end == bytes.len() {
            return match stream.finish() {
                Ok(complete) => page.finish(complete),
                Err(error) => page.error(end, error),
            };
        }
        end += piece(bytes.len() - end).clamp(1, bytes.len() - end);
    }
}

/// Lines so far; the data of a body is gathered into one.
#[derive(Default)]
struct Page {
    lines: Vec<String>,
    body: Vec<u8>,
    upgraded: bool,
}

impl Page {
    fn event(&mut self, event: Event, input: &[u8], start: usize) -> usize {
        match event {
            Event::NeedMore { consumed } => consumed as usize,
            Event::Request { consumed, head } => {
                assert_eq!(
                    head.headers_count as usize,
                    headers(head.headers.of(input)).count()
                );
                let start_line =
                    format!("{} \"{}\"", head.method.name(), escape(head.url.of(input)));
                let flags = flags(head.major, head.minor, head.keep_alive, head.upgrade);
                self.line(start_line + &flags + &list(head.headers, input));
                consumed as usize
            }
            Event::Response { consumed, head } => {
                assert_eq!(
                    head.headers_count as usize,
                    headers(head.headers.of(input)).count()
                );
                let start_line = format!("{} \"{}\"", head.status, escape(head.reason.of(input)));
                let flags = flags(head.major, head.minor, head.keep_alive, head.upgrade);
                self.line(start_line + &flags + &list(head.headers, input));
                consumed as usize
            }
            Event::Data { consumed, data } => {
                assert!(!data.is_empty());
                self.body.extend_from_slice(data.of(input));
                consumed as usize
            }
            Event::End { consumed, trailers } => {
                self.line("end".to_string() + &list(trailers, input));
                consumed as usize
            }
            Event::Upgrade => {
                if !self.upgraded {
                    self.line(format!("upgrade {start}"));
                }
                self.upgraded = true;
                0
            }
        }
    }

    fn line(&mut self, line: String) {
        if !self.body.is_empty() {
            self.lines.push(format!("body \"{}\"", escape(&self.body)));
            self.body.clear();
        }
        self.lines.push(line);
    }

    fn error(mut self, at: usize, error: HttpError) -> Vec<String> {
        self.line(format!("error {at} {} {}", error.code(), error.reason()));
        self.lines
    }

    fn finish(mut self, complete: bool) -> Vec<String> {
        if complete {
            self.line("end".to_string());
        }
        self.over()
    }

    fn over(self) -> Vec<String> {
        assert!(self.body.is_empty());
        self.lines
    }
}

fn flags(major: u8, minor: u8, keep_alive: bool, upgrade: bool) -> String {
    let keep_alive = if keep_alive { " keep-alive" } else { "" };
    let upgrade = if upgrade { " upgrade" } else { "" };
    format!(" {major}.{minor}{keep_alive}{upgrade}")
}

/// Folded values are written without their line ends, as Node joins them.
fn list(block: Span, input: &[u8]) -> String {
    let block = block.of(input);
    let text = |span: Span| {
        let bytes = span.of(block).iter().copied();
        escape(
            &bytes
                .filter(|byte| !matches!(byte, b'\r' | b'\n'))
                .collect::<Vec<_>>(),
        )
    };
    headers(block)
        .map(|line| format!(" \"{}\"=\"{}\"", text(line.name), text(line.value)))
        .collect()
}

pub fn escape(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        match byte {
            b'\\' => text += "\\\\",
            b'"' => text += "\\\"",
            b'\r' => text += "\\r",
            b'\n' => text += "\\n",
            b'\t' => text += "\\t",
            b' '..=b'~' => text.push(*byte as char),
            _ => text += &format!("\\x{byte:02x}"),
        }
    }
    text
}

pub fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        bytes.push(match rest.next() {
            Some(b'r') => b'\r',
            Some(b'n') => b'\n',
            Some(b't') => b'\t',
            Some(b'x') => {
                let digits = [
                    rest.next().expect("two digits"),
                    rest.next().expect("two digits"),
                ];
                let digits = std::str::from_utf8(&digits).expect("ASCII");
                u8::from_str_radix(digits, 16).expect("hexadecimal")
            }
            other => other.expect("a character behind a backslash"),
        });
    }
    bytes
}

/// One case of vectors.txt. Not every test asks for everything.
#[allow(dead_code)]
pub struct Vector {
    pub title: &'static str,
    pub kind: Kind,
    pub lenient_bits: u32,
    pub input: Vec<u8>,
    pub node: Vec<&'static str>,
    /// Our lines where they are not Node's.
    pub ours: Vec<&'static str>,
    pub has_reason: bool,
}

pub fn vectors() -> Vec<Vector> {
    let blocks = include_str!("../vectors.txt").split("\n\n").skip(1);
    blocks.map(vector).collect()
}

fn vector(block: &'static str) -> Vector {
    let mut lines = block.trim_end().lines();
    let title = lines
        .next()
        .and_then(|line| line.strip_prefix("# "))
        .expect("a title");
    let (kind, rest) = lines
        .next()
        .expect("an input")
        .split_once(' ')
        .expect("a kind");
    let (lenient_bits, input) = rest.split_once(' ').expect("lenient bits");
    let input = input
        .strip_prefix('"')
        .and_then(|input| input.strip_suffix('"'));
    let lines: Vec<_> = lines.collect();
    let with = |mark: &str| {
        lines
            .iter()
            .filter_map(|line| line.strip_prefix(mark))
            .collect()
    };
    let vector = Vector {
        title,
        kind: match kind {
            "request" => Kind::Request,
            "response" => Kind::Response,
            "response-to-head" => Kind::ResponseToHead,
            other => panic!("unknown kind {other}"),
        },
        lenient_bits: lenient_bits.parse().expect("a number"),
        input: unescape(input.expect("quotes")),
        node: with("  "),
        ours: with("! "),
        has_reason: lines.iter().any(|line| line.starts_with("? ")),
    };
    let marked = lines.iter().filter(|line| line.starts_with("? ")).count();
    assert_eq!(
        vector.node.len() + vector.ours.len() + marked,
        lines.len(),
        "{title}: odd lines"
    );
    vector
}
