//! The first line of a message: request line or status line. Stops after any byte: `at` in
//! `Fields` says where, `Place` says in what. Inlined as `field` is, and for the same reason.

use super::error::{Fault, HttpError};
use super::field::{Fields, Input};
use super::limits::Lenient;
use super::method::{self, Found, Method};
use super::scan::skip_each;
use super::url::{self, Ended, Part};
use crate::span::Span;

/// Where the reading stopped. Method, protocol and status are a few bytes long and are read from
/// their beginning again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Blank,
    Method,
    /// In the spaces before the url.
    UrlGap,
    Url,
    /// Behind the space that ended the url.
    UrlSpace,
    /// Behind the line end that ended the url.
    UrlLine,
    /// In the spaces before the protocol.
    ProtocolGap,
    Protocol,
    /// In the status line up to the reason.
    Status,
    Reason,
    /// At the LF that ends the line; the error if it is something else.
    Lf,
    Done,
}

/// What the line says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    place: Place,
    part: Part,
    pub(crate) method: Method,
    pub(crate) major: u8,
    pub(crate) minor: u8,
    pub(crate) status: u16,
    pub(crate) line_at: u32,
    /// Url or reason.
    pub(crate) text: Span,
}

impl Default for Start {
    fn default() -> Start {
        Start {
            place: Place::Blank,
            part: Part::Start,
            method: Method::Get,
            major: 0,
            minor: 9,
            status: 0,
            line_at: 0,
            text: Span::default(),
        }
    }
}

/// `Some`: the line is over and the header block begins here.
type Verdict = Result<Option<usize>, Fault>;

impl Start {
    pub(crate) fn is_blank(&self) -> bool {
        self.place == Place::Blank
    }

    pub(crate) fn is_done(&self) -> bool {
        self.place == Place::Done
    }

    /// Reads on from `fields.at`. Blank lines before the line are skipped.
    #[inline]
    pub(crate) fn run(&mut self, input: &Input, fields: &mut Fields) -> Verdict {
        if self.place == Place::Blank {
            return self.blank(input, fields, fields.at as usize);
        }
        self.resume(input, fields)
    }

    /// Goes on where the bytes ran out.
    #[inline(never)]
    fn resume(&mut self, input: &Input, fields: &mut Fields) -> Verdict {
        let at = fields.at as usize;
        match self.place {
            Place::Blank => self.blank(input, fields, at),
            Place::Method => self.method(input, fields, at),
            Place::UrlGap => self.url_gap(input, fields, at),
            Place::Url => self.url(input, fields, at),
            Place::UrlSpace => self.url_space(input, fields, at),
            Place::UrlLine => self.url_line(input, fields, at),
            Place::ProtocolGap => self.protocol_gap(input, fields, at),
            Place::Protocol => self.protocol(input, fields, at),
            Place::Status => self.status(input, fields, at),
            Place::Reason => self.reason(input, fields, at),
            Place::Lf => self.lf(input, fields, at),
            Place::Done => Ok(Some(at)),
        }
    }

    fn wait(&mut self, fields: &mut Fields, place: Place, at: usize) -> Verdict {
        self.place = place;
        fields.at = at as u32;
        Ok(None)
    }

    fn done(&mut self, at: usize) -> Verdict {
        self.place = Place::Done;
        Ok(Some(at))
    }

    #[inline(always)]
    fn blank(&mut self, input: &Input, fields: &mut Fields, at: usize) -> Verdict {
        let at = skip_each(input.bytes, at, |byte| matches!(byte, b'\r' | b'\n'));
        if at == input.bytes.len() {
            return self.wait(fields, Place::Blank, at);
        }
        self.line_at = at as u32;
        if input.request {
            self.method(input, fields, at)
        } else {
            self.status(input, fields, at)
        }
    }

    #[inline(always)]
    fn method(&mut self, input: &Input, fields: &mut Fields, at: usize) -> Verdict {
        let rest = &input.bytes[at..];
        self.method = match rest {
            [b'G', b'E', b'T', b' ', ..] => Method::Get,
            [b'P', b'O', b'S', b'T', b' ', ..] => Method::Post,
            _ => match method::find(rest) {
                Found::Method(method) => method,
                Found::More => return self.wait(fields, Place::Method, at),
                Found::Nothing(fitting) => return fail(HttpError::InvalidMethod, at + fitting),
            },
        };
        let end = at + self.method.name().len();
        if input.bytes[end] != b' ' {
            return fail(HttpError::SpaceAfterMethod, end);
        }
        self.url_gap(input, fields, end + 1)
    }

    #[inline(always)]
    fn url_gap(&mut self, input: &Input, fields: &mut Fields, at: usize) -> Verdict {
        let at = skip_each(input.bytes, at, |byte| byte == b' ');
        if at == input.bytes.len() {
            return self.wait(fields, Place::UrlGap, at);
        }
        self.text = Span::new(at, at);
        self.part = Part::first(self.method == Method::Connect);
        self.url(input, fields, at)
    }

    #[inline(always)]
    fn url(&mut self, input: &Input, fields: &mut Fields, at: usize) -> Verdict {
        let start = self.text.start as usize;
        let mut at = at;
        let ended = url::read(&mut self.part, input.bytes, start, &mut at);
        // A CR that was read already is not the url's.
        let url_bytes = at - start - usize::from(self.part == Part::Lf);
        if !matches!(ended, Ok(Ended::Space(_) | Ended::Line(..)))
            && !fields.within(input, url_bytes)
        {
            // Too long comes first: it would have, had the bytes come in pieces.
            return fail(HttpError::HeaderOverflow, at);
        }
        match ended? {
            Ended::More => self.wait(fields, Place::Url, at),
            Ended::Space(end) => {
                self.text_end(input, fields, end, end + 1)?;
                self.url_space(input, fields, end + 1)
            }
            Ended::Line(end, next) => {
                self.text_end(input, fields, end, end)?;
                self.url_line(input, fields, next)
            }
        }
    }

    /// llhttp still counts the byte behind a url's end as the url's when it is one of these two.
    #[inline(always)]
    fn url_space(&mut self, input: &Input, fields: &mut Fields, at: usize) -> Verdict {
        match input.bytes.get(at) {
            None => self.wait(fields, Place::UrlSpace, at),
            Some(b'\t' | 0x0c) => fail(HttpError::UrlCharacters, at + 1),
            Some(_) => self.protocol_gap(input, fields, at),
        }
    }

    fn url_line(&mut self, input: &Input, fields: &mut Fields, at: usize) -> Verdict {
        match input.bytes.get(at) {
            None => self.wait(fields, Place::UrlLine, at),
            Some(b'\t' | 0x0c) => fail(HttpError::UrlCharacters, at + 1),
            Some(_) => self.done(at),
        }
    }

    /// Url or reason is over; they count as header bytes do.
    #[inline(always)]
    fn text_end(
        &mut self,
        input: &Input,
        fields: &mut Fields,
        end: usize,
        next: usize,
    ) -> Result<(), Fault> {
        self.text = Span::new(self.text.start as usize, end);
        if !fields.within(input, self.text.len()) {
            return Err(Fault::new(HttpError::HeaderOverflow, next));
        }
        fields.counted_bytes += self.text.len() as u32;
        Ok(())
    }

    #[inline(always)]
    fn protocol_gap(&mut self, input: &Input, fields: &mut Fields, at: usize) -> Verdict {
        let at = skip_each(input.bytes, at, |byte| byte == b' ');
        if at == input.bytes.len() {
            return self.wait(fields, Place::ProtocolGap, at);
        }
        self.protocol(input, fields, at)
    }

    #[inline(always)]
    fn protocol(&mut self, input: &Input, fields: &mut Fields, at: usize) -> Verdict {
        if let Some(b"HTTP/1.1\r\n") = input.bytes.get(at..at + 10)
            && self.method.allows_http()
            && self.method != Method::Pri
        {
            (self.major, self.minor) = (1, 1);
            return self.done(at + 10);
        }
        let Some(end) = self.protocol_slow(input, at)? else {
            return self.wait(fields, Place::Protocol, at);
        };
        match input.bytes[end] {
            b'\r' => self.lf(input, fields, end + 1),
            b'\n' if input.has(Lenient::OPTIONAL_CR_BEFORE_LF) => self.lf(input, fields, end + 1),
            b'\n' => fail(HttpError::VersionCrlf, end + 1),
            _ => fail(HttpError::VersionCrlf, end),
        }
    }

    /// Reads protocol and version; `Some` is the place behind them, where a byte is.
    fn protocol_slow(&mut self, input: &Input, at: usize) -> Verdict {
        let Some((end, protocol)) = protocol(input.bytes, at)? else {
            return Ok(None);
        };
        let refused = match protocol {
            "HTTP" if !self.method.allows_http() => Some(HttpError::MethodForHttp),
            "RTSP" if !self.method.allows_rtsp() => Some(HttpError::MethodForRtsp),
            "ICE" if self.method != Method::Source => Some(HttpError::MethodForIce),
            _ => None,
        };
        if let Some(error) = refused {
            return fail(error, end);
        }
        let Some(end) = self.version(input, end)? else {
            return Ok(None);
        };
        if self.method == Method::Pri {
            return preface(input.bytes, end);
        }
        Ok((end < input.bytes.len()).then_some(end))
    }

    /// Reads `/1.1`.
    fn version(&mut self, input: &Input, at: usize) -> Verdict {
        let errors = [
            HttpError::Protocol,
            HttpError::VersionMajor,
            HttpError::VersionDot,
            HttpError::VersionMinor,
        ];
        for (index, error) in errors.into_iter().enumerate() {
            let Some(&byte) = input.bytes.get(at + index) else {
                return Ok(None);
            };
            match (index, byte) {
                (0, b'/') | (2, b'.') => {}
                (1, b'0'..=b'9') => self.major = byte - b'0',
                (3, b'0'..=b'9') => self.minor = byte - b'0',
                _ => return fail(error, at + index),
            }
        }
        let known = matches!((self.major, self.minor), (0, 9) | (1, 0) | (1, 1) | (2, 0));
        if !known && !input.has(Lenient::VERSION) {
            return fail(HttpError::Version, at + 4);
        }
        Ok(Some(at + 4))
    }

    /// At the LF of the line, after its CR. Lenient parsers take a bare LF for the CR and then
    /// look for an LF still, as llhttp does.
    fn lf(&mut self, input: &Input, fields: &mut Fields, at: usize) -> Verdict {
        match input.bytes.get(at) {
            None => self.wait(fields, Place::Lf, at),
            Some(b'\n') => self.done(at + 1),
            Some(_) if input.has(Lenient::OPTIONAL_LF_AFTER_CR) => self.done(at),
            Some(_) if input.request => fail(HttpError::VersionCrlfStrict, at),
            Some(_) => fail(HttpError::LfAfterCr, at),
        }
    }

    /// Reads `HTTP/1.1 200` and the byte behind.
    fn status(&mut self, input: &Input, fields: &mut Fields, at: usize) -> Verdict {
        let Some(end) = self.status_digits(input, at)? else {
            return self.wait(fields, Place::Status, at);
        };
        self.text = Span::new(end + 1, end + 1);
        match input.bytes[end] {
            b' ' => self.reason(input, fields, end + 1),
            b'\r' => self.lf(input, fields, end + 1),
            b'\n' if input.has(Lenient::OPTIONAL_CR_BEFORE_LF) => self.done(end + 1),
            b'\n' => fail(HttpError::StatusEnd, end + 1),
            _ => fail(HttpError::StatusEnd, end),
        }
    }

    fn status_digits(&mut self, input: &Input, at: usize) -> Verdict {
        let Some((end, _)) = protocol(input.bytes, at)? else {
            return Ok(None);
        };
        let Some(end) = self.version(input, end)? else {
            return Ok(None);
        };
        match input.bytes.get(end) {
            None => return Ok(None),
            Some(b' ') => {}
            Some(_) => return fail(HttpError::SpaceAfterVersion, end),
        }
        self.status = 0;
        for place in end + 1..end + 4 {
            match input.bytes.get(place) {
                None => return Ok(None),
                Some(digit @ b'0'..=b'9') => {
                    self.status = self.status * 10 + u16::from(digit - b'0')
                }
                Some(_) => return fail(HttpError::StatusCode, place),
            }
        }
        Ok((end + 4 < input.bytes.len()).then_some(end + 4))
    }

    fn reason(&mut self, input: &Input, fields: &mut Fields, at: usize) -> Verdict {
        let end = skip_each(input.bytes, at, |byte| !matches!(byte, b'\r' | b'\n'));
        match input.bytes.get(end) {
            None if fields.within(input, end - self.text.start as usize) => {
                self.wait(fields, Place::Reason, end)
            }
            None => fail(HttpError::HeaderOverflow, end),
            Some(b'\r') => {
                self.text_end(input, fields, end, end + 1)?;
                self.lf(input, fields, end + 1)
            }
            Some(_) => {
                self.text_end(input, fields, end, end + 1)?;
                if !input.has(Lenient::OPTIONAL_CR_BEFORE_LF) {
                    return fail(HttpError::StatusLineCr, end + 1);
                }
                self.done(end + 1)
            }
        }
    }
}

/// Finds which of the three protocols begins at `at`; `Some` is its end and its name.
fn protocol(bytes: &[u8], at: usize) -> Result<Option<(usize, &'static str)>, Fault> {
    let rest = &bytes[at.min(bytes.len())..];
    let mut fitting = 0;
    for name in ["HTTP", "RTSP", "ICE"] {
        let same = name.bytes().zip(rest).take_while(|(a, b)| a == *b).count();
        if same == name.len() {
            return Ok(Some((at + same, name)));
        }
        if same == rest.len() {
            return Ok(None);
        }
        fitting = fitting.max(same);
    }
    Err(Fault::new(HttpError::Protocol, at + fitting))
}

/// After `PRI * HTTP/2.0`: the rest of HTTP/2's preface is a fault of its own kind, because a
/// server could hand such a connection on.
fn preface(bytes: &[u8], at: usize) -> Verdict {
    const REST: &[u8] = b"\r\n\r\nSM\r\n\r\n";
    let same = REST
        .iter()
        .zip(&bytes[at..])
        .take_while(|(a, b)| a == b)
        .count();
    if same == REST.len() {
        return fail(HttpError::Http2Upgrade, at + same);
    }
    if at + same == bytes.len() {
        return Ok(None);
    }
    fail(HttpError::Http2Preface, at + same)
}

#[cold]
fn fail(error: HttpError, at: usize) -> Verdict {
    Err(Fault::new(error, at))
}
