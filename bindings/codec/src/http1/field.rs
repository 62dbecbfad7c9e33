//! The lines of a header or trailer block, read in one pass that can stop after any byte.
//!
//! ```text
//! Line -> Name -> Lead -> Value -> ValueLf -> Next -> Line ... Line -> EndLf -> end
//! ```
//! Each step has a function which, when its part is over, goes straight on to the next one: the
//! step is only stored when the bytes run out. The steps of a whole line are inlined into one
//! function, going on in the middle is a cold one: 52 ns became 33 ns for the shortest head
//! (benches/codec.rs). Used by `head` and by `body` (trailers).

use super::error::{Fault, HttpError};
use super::limits::{Lenient, Limits};
use super::scan::{skip_each, skip_token, skip_value};
use super::value::{self, Facts, Name};

/// Where the reading stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Step {
    /// Behind the start line: the only place where llhttp words a leading space on its own.
    #[default]
    First,
    Line,
    /// In a name.
    Name,
    /// In spaces behind a name that llhttp knows (lenient).
    NameSpaces,
    /// In a name that went on after such spaces.
    NameOdd,
    /// In white space before a value.
    Lead,
    /// After a CR in that white space.
    LeadLf,
    /// After an empty value's line end.
    LeadNext,
    Value,
    /// In a value with a forbidden character (lenient).
    ValueLenient,
    /// In a value that may hold control characters (lenient).
    ValueRelaxed,
    /// At the LF behind a value.
    ValueLf,
    /// At the byte that tells whether the line goes on.
    Next,
    /// After the CR of the closing blank line.
    EndLf,
}

/// What came of reading.
pub(crate) enum Flow {
    /// A line is over; the next one begins here.
    Line(usize),
    /// The bytes ran out.
    More,
    /// The block ends here, behind its blank line.
    End(usize),
}

type Verdict = Result<Flow, Fault>;

/// Bytes and bounds of one call.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) limits: &'a Limits,
    /// Requests may not name a coding after chunked.
    pub(crate) request: bool,
}

impl Input<'_> {
    pub(crate) fn has(&self, lenient: Lenient) -> bool {
        self.limits.lenient.has(lenient)
    }
}

/// The reading of one block. `head` also counts the url or reason against the same bound.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fields {
    /// The first byte that was not read yet.
    pub(crate) at: u32,
    /// Bytes of finished tokens.
    pub(crate) counted_bytes: u32,
    pub(crate) headers_count: u32,
    pub(crate) facts: Facts,
    /// What the line says if it ends as it should.
    pending: Facts,
    token_at: u32,
    pub(crate) content_length: u64,
    step: Step,
    name: Name,
}

impl Fields {
    /// Trailers come after a head that was chunked: another `Transfer-Encoding` or a
    /// `Content-Length` is refused by the same rules. They have no start line.
    pub(crate) fn trailers() -> Fields {
        let facts = Facts::ENCODING.with(Facts::CHUNKED);
        Fields {
            facts,
            step: Step::Line,
            ..Fields::default()
        }
    }

    /// Reads on. `Some` is the place behind the blank line.
    #[inline]
    pub(crate) fn run(&mut self, input: &Input) -> Result<Option<usize>, Fault> {
        let at = self.at as usize;
        let mut flow = match (self.step, input.bytes.get(at)) {
            (Step::First, Some(byte)) if *byte != b' ' => Flow::Line(at),
            _ => self.resume(input)?,
        };
        loop {
            match flow {
                Flow::Line(at) => flow = self.line(input, at)?,
                Flow::More => return Ok(None),
                Flow::End(at) => return Ok(Some(at)),
            }
        }
    }

    /// Where the closing blank line begins, once the block is over.
    pub(crate) fn blank_line_at(&self) -> usize {
        self.token_at as usize
    }

    /// Do these lines, trailers of a response or of a request, forbid another message?
    pub(crate) fn ends_connection(&self, response: bool) -> bool {
        let endless = self.facts.has(Facts::ENCODING) && !self.facts.has(Facts::CHUNKED);
        self.facts.has(Facts::CLOSE) || (response && endless)
    }

    /// Is there room for a token of so many bytes, finished or not?
    pub(crate) fn within(&self, input: &Input, token_bytes: usize) -> bool {
        self.counted_bytes as usize + token_bytes < input.limits.head_bytes_max as usize
    }

    #[inline(never)]
    fn resume(&mut self, input: &Input) -> Verdict {
        let at = self.at as usize;
        match self.step {
            Step::First => self.first(input, at),
            Step::Line => Ok(Flow::Line(at)),
            Step::Name => self.name(input, at),
            Step::NameSpaces => self.name_spaces(input, at),
            Step::NameOdd => self.name_odd(input, at),
            Step::Lead => self.lead(input, at),
            Step::LeadLf => self.lead_lf(input, at),
            Step::LeadNext => self.lead_next(input, at),
            Step::Value => self.value(input, at),
            Step::ValueLenient => self.value_lenient(input, at),
            Step::ValueRelaxed => self.value_relaxed(input, at),
            Step::ValueLf => self.value_lf(input, at),
            Step::Next => self.next(input, at),
            Step::EndLf => self.end_lf(input, at),
        }
    }

    fn wait(&mut self, step: Step, at: usize) -> Verdict {
        self.step = step;
        self.at = at as u32;
        Ok(Flow::More)
    }

    /// As `wait`, inside a token: what is there of it must be within bounds already.
    fn wait_in_token(&mut self, input: &Input, step: Step, at: usize) -> Verdict {
        if !self.within(input, at - self.token_at as usize) {
            return fail(HttpError::HeaderOverflow, at);
        }
        self.wait(step, at)
    }

    fn first(&mut self, input: &Input, at: usize) -> Verdict {
        match input.bytes.get(at) {
            None => self.wait(Step::First, at),
            Some(b' ') if input.has(Lenient::HEADERS) => self.line(input, at + 1),
            Some(b' ') => fail(HttpError::SpaceAfterStartLine, at + 1),
            Some(_) => self.line(input, at),
        }
    }

    #[inline(always)]
    fn line(&mut self, input: &Input, at: usize) -> Verdict {
        self.token_at = at as u32;
        match input.bytes.get(at) {
            None => self.wait(Step::Line, at),
            Some(b'\r') => self.end_lf(input, at + 1),
            Some(b'\n') if input.has(Lenient::OPTIONAL_CR_BEFORE_LF) => Ok(Flow::End(at + 1)),
            Some(b'\n') => fail(HttpError::HeaderNameChar, at + 1),
            Some(b':') => fail(HttpError::HeaderName, at),
            Some(_) => self.name(input, at),
        }
    }

    fn end_lf(&mut self, input: &Input, at: usize) -> Verdict {
        match input.bytes.get(at) {
            None => self.wait(Step::EndLf, at),
            Some(b'\n') => Ok(Flow::End(at + 1)),
            Some(_) if input.has(Lenient::OPTIONAL_LF_AFTER_CR) => Ok(Flow::End(at)),
            Some(_) => fail(HttpError::HeadersLf, at),
        }
    }

    #[inline(always)]
    fn name(&mut self, input: &Input, at: usize) -> Verdict {
        let end = skip_token(input.bytes, at);
        let Some(&byte) = input.bytes.get(end) else {
            return self.wait_in_token(input, Step::Name, end);
        };
        self.name = Name::of(&input.bytes[self.token_at as usize..end]);
        if byte == b':' {
            return self.name_end(input, end);
        }
        match byte {
            b' ' if self.name.is_llhttps() && input.has(Lenient::HEADERS) => {
                self.name_spaces(input, end)
            }
            b' ' if self.name.is_llhttps() => {
                Err(self.fault_behind(input, HttpError::HeaderNameChar, end))
            }
            _ => Err(self.fault(input, HttpError::HeaderName, end)),
        }
    }

    fn name_spaces(&mut self, input: &Input, at: usize) -> Verdict {
        let end = skip_each(input.bytes, at, |byte| byte == b' ');
        match input.bytes.get(end) {
            None => self.wait_in_token(input, Step::NameSpaces, end),
            Some(b':') => self.name_end(input, end),
            Some(_) => {
                self.name = Name::Other;
                self.name_odd(input, end)
            }
        }
    }

    fn name_odd(&mut self, input: &Input, at: usize) -> Verdict {
        let end = skip_token(input.bytes, at);
        match input.bytes.get(end) {
            None => self.wait_in_token(input, Step::NameOdd, end),
            Some(b':') => self.name_end(input, end),
            Some(_) => Err(self.fault(input, HttpError::HeaderName, end)),
        }
    }

    /// At the colon.
    #[inline(always)]
    fn name_end(&mut self, input: &Input, colon: usize) -> Verdict {
        let limits = input.limits;
        self.counted_bytes += (colon - self.token_at as usize) as u32;
        self.headers_count += 1;
        let too_many =
            limits.headers_count_max != 0 && self.headers_count > limits.headers_count_max;
        if self.counted_bytes >= limits.head_bytes_max || too_many {
            return fail(HttpError::HeaderOverflow, colon + 1);
        }
        match self.name {
            Name::Other | Name::Upgrade | Name::Connection => {}
            Name::Host => self.facts = self.facts.with(Facts::HOST),
            Name::Expect => self.facts = self.facts.with(Facts::EXPECT),
            Name::ContentLength if input.has(Lenient::CHUNKED_LENGTH) => {}
            Name::ContentLength if !self.facts.has(Facts::ENCODING) => {}
            Name::ContentLength => return fail(HttpError::LengthWithEncoding, colon + 1),
            Name::TransferEncoding if input.has(Lenient::CHUNKED_LENGTH) => {}
            Name::TransferEncoding if !self.facts.has(Facts::LENGTH) => {}
            Name::TransferEncoding => return fail(HttpError::EncodingWithLength, colon + 1),
        }
        self.lead(input, colon + 1)
    }

    #[inline(always)]
    fn lead(&mut self, input: &Input, at: usize) -> Verdict {
        let end = skip_each(input.bytes, at, value::is_space);
        match input.bytes.get(end) {
            None => self.wait(Step::Lead, end),
            Some(b'\r') => self.lead_lf(input, end + 1),
            Some(b'\n') if input.has(Lenient::OPTIONAL_CR_BEFORE_LF) => {
                self.lead_next(input, end + 1)
            }
            Some(b'\n') => fail(HttpError::HeaderValueChar, end + 1),
            Some(_) => self.value_start(input, end),
        }
    }

    fn lead_lf(&mut self, input: &Input, at: usize) -> Verdict {
        match input.bytes.get(at) {
            None => self.wait(Step::LeadLf, at),
            Some(b'\n') => self.lead_next(input, at + 1),
            Some(_) if input.has(Lenient::HEADERS) => self.lead_next(input, at),
            Some(_) => fail(HttpError::LfAfterCr, at),
        }
    }

    fn lead_next(&mut self, input: &Input, at: usize) -> Verdict {
        match input.bytes.get(at) {
            None => self.wait(Step::LeadNext, at),
            Some(b' ' | b'\t') if input.has(Lenient::HEADERS) => self.lead(input, at + 1),
            Some(b' ' | b'\t') => fail(HttpError::HeaderValueChar, at + 1),
            Some(_) => match self.name {
                Name::ContentLength => fail(HttpError::LengthEmpty, at),
                Name::TransferEncoding => fail(HttpError::EncodingEmpty, at),
                Name::Other | Name::Host | Name::Expect | Name::Upgrade | Name::Connection => {
                    Ok(Flow::Line(at))
                }
            },
        }
    }

    #[inline(always)]
    fn value_start(&mut self, input: &Input, at: usize) -> Verdict {
        self.token_at = at as u32;
        match self.name {
            Name::Other | Name::Host | Name::Expect | Name::Connection => {}
            Name::Upgrade => self.facts = self.facts.with(Facts::UPGRADE),
            Name::ContentLength if self.facts.has(Facts::LENGTH) => {
                return fail(HttpError::LengthTwice, at);
            }
            Name::ContentLength => {}
            Name::TransferEncoding => {
                let strict = input.request && !input.has(Lenient::TRANSFER_ENCODING);
                if self.facts.has(Facts::CHUNKED) && strict {
                    return fail(HttpError::EncodingAfterChunked, at + 1);
                }
                self.facts = self.facts.with(Facts::ENCODING).without(Facts::CHUNKED);
            }
        }
        self.value(input, at)
    }

    #[inline(always)]
    fn value(&mut self, input: &Input, at: usize) -> Verdict {
        let end = skip_value(input.bytes, at);
        let Some(&byte) = input.bytes.get(end) else {
            return self.value_unfinished(input, end);
        };
        if self.name.is_heeded() {
            self.heed(input, end)?;
        }
        match byte {
            b'\r' | b'\n' => self.value_end(input, end, byte),
            _ => self.value_odd(input, end),
        }
    }

    fn value_unfinished(&mut self, input: &Input, at: usize) -> Verdict {
        let from = self.token_at as usize;
        if self.within(input, at - from) {
            return self.wait(Step::Value, at);
        }
        // Too long; but a fault that lies further in front was there first.
        let value = &input.bytes[from..at];
        match self.name {
            Name::Other | Name::Host | Name::Expect | Name::Upgrade | Name::Connection => {}
            Name::ContentLength => {
                if let Err((error, offset)) = value::content_length(value) {
                    return Err(self.fault(input, error, from + offset));
                }
            }
            Name::TransferEncoding => self.heed_encoding(input, at)?,
        }
        fail(HttpError::HeaderOverflow, at)
    }

    /// At a byte that no value may hold.
    fn value_odd(&mut self, input: &Input, at: usize) -> Verdict {
        if self.name == Name::Connection || self.pending.has(Facts::CHUNKED) {
            // The word that the byte belongs to was not what it seemed.
            self.name = Name::Other;
            self.pending = Facts::NONE;
        }
        if input.has(Lenient::HEADERS) {
            self.value_lenient(input, at)
        } else if input.has(Lenient::HEADER_VALUE_RELAXED) {
            self.value_relaxed(input, at)
        } else {
            Err(self.fault(input, HttpError::HeaderValueChar, at))
        }
    }

    /// A fault at a place in a token. Is the token too long already, then that comes first: it
    /// would have, had the bytes come in pieces.
    #[cold]
    fn fault(&self, input: &Input, error: HttpError, at: usize) -> Fault {
        if self.within(input, at - self.token_at as usize) {
            return Fault::new(error, at);
        }
        Fault::new(HttpError::HeaderOverflow, at)
    }

    /// The same, for errors that llhttp reports behind the byte.
    #[cold]
    fn fault_behind(&self, input: &Input, error: HttpError, at: usize) -> Fault {
        Fault::new(self.fault(input, error, at).error, at + 1)
    }

    fn value_lenient(&mut self, input: &Input, at: usize) -> Verdict {
        let end = skip_each(input.bytes, at, |byte| !matches!(byte, b'\r' | b'\n'));
        match input.bytes.get(end) {
            None => self.wait_in_token(input, Step::ValueLenient, end),
            Some(b'\r') => self.value_end(input, end, b'\r'),
            Some(_) => self.value_counted(input, end, end),
        }
    }

    fn value_relaxed(&mut self, input: &Input, at: usize) -> Verdict {
        let end = skip_each(input.bytes, at, |byte| !matches!(byte, b'\r' | b'\n' | 0));
        match input.bytes.get(end) {
            None => self.wait_in_token(input, Step::ValueRelaxed, end),
            Some(0) => Err(self.fault(input, HttpError::HeaderValueChar, end)),
            Some(&byte) => self.value_end(input, end, byte),
        }
    }

    /// At the CR or LF that ends a value.
    #[inline(always)]
    fn value_end(&mut self, input: &Input, end: usize, byte: u8) -> Verdict {
        if byte == b'\r' {
            return self.value_counted(input, end, end + 1);
        }
        if input.has(Lenient::OPTIONAL_CR_BEFORE_LF) {
            return self.value_counted(input, end, end);
        }
        Err(self.fault(input, HttpError::HeaderValueCr, end))
    }

    #[inline(always)]
    fn value_counted(&mut self, input: &Input, end: usize, next: usize) -> Verdict {
        self.counted_bytes += (end - self.token_at as usize) as u32;
        if self.counted_bytes >= input.limits.head_bytes_max {
            return fail(HttpError::HeaderOverflow, next);
        }
        self.value_lf(input, next)
    }

    #[inline(always)]
    fn value_lf(&mut self, input: &Input, at: usize) -> Verdict {
        match input.bytes.get(at) {
            None => self.wait(Step::ValueLf, at),
            Some(b'\n') => self.next(input, at + 1),
            Some(_) => fail(HttpError::HeaderValueLf, at),
        }
    }

    #[inline(always)]
    fn next(&mut self, input: &Input, at: usize) -> Verdict {
        match input.bytes.get(at) {
            None => self.wait(Step::Next, at),
            Some(b' ' | b'\t') => self.fold(input, at),
            Some(_) => {
                self.facts = self.facts.with(self.pending);
                self.pending = Facts::NONE;
                Ok(Flow::Line(at))
            }
        }
    }

    /// A value that goes on in the next line: refused, or (lenient) read as one more piece.
    fn fold(&mut self, input: &Input, at: usize) -> Verdict {
        if !input.has(Lenient::HEADERS) {
            return fail(HttpError::HeaderFold, at);
        }
        if self.pending != Facts::NONE {
            // `chunked` is not the end any more; what Connection said stays said.
            self.pending = self.pending.without(Facts::CHUNKED);
            self.name = Name::Other;
        }
        self.value_start(input, at)
    }

    /// Takes from a value what decides about framing and the connection.
    fn heed(&mut self, input: &Input, end: usize) -> Result<(), Fault> {
        let value = &input.bytes[self.token_at as usize..end];
        match self.name {
            Name::Other | Name::Host | Name::Upgrade => {}
            Name::Expect if value::expects_continue(value) => {
                self.facts = self.facts.with(Facts::EXPECT_CONTINUE);
            }
            Name::Expect => {}
            Name::Connection => {
                let (said, last) = value::connection(value);
                self.facts = self.facts.with(said);
                self.pending = last;
            }
            Name::ContentLength => return self.heed_length(input, end),
            Name::TransferEncoding => return self.heed_encoding(input, end),
        }
        Ok(())
    }

    fn heed_length(&mut self, input: &Input, end: usize) -> Result<(), Fault> {
        let from = self.token_at as usize;
        let (error, at) = match value::content_length(&input.bytes[from..end]) {
            Ok(length) if matches!(input.bytes[end], b'\r' | b'\n') => {
                self.content_length = length;
                self.facts = self.facts.with(Facts::LENGTH);
                return Ok(());
            }
            Ok(_) => (HttpError::LengthChar, end),
            Err((error, offset)) => (error, from + offset),
        };
        Err(self.fault(input, error, at))
    }

    fn heed_encoding(&mut self, input: &Input, end: usize) -> Result<(), Fault> {
        let from = self.token_at as usize;
        let strict = input.request && !input.has(Lenient::TRANSFER_ENCODING);
        match value::transfer_encoding(&input.bytes[from..end], strict) {
            Ok(true) => self.pending = Facts::CHUNKED,
            Ok(false) => {}
            Err(comma) => {
                return Err(self.fault_behind(
                    input,
                    HttpError::EncodingAfterChunked,
                    from + comma,
                ));
            }
        }
        // A folded piece is not read as another list.
        self.name = Name::Other;
        Ok(())
    }
}

#[cold]
fn fail(error: HttpError, at: usize) -> Verdict {
    Err(Fault::new(error, at))
}
