//! The line in front of a chunk: its size in hexadecimal, and extensions that nobody reads but
//! that must be well formed (RFC 9112, 7.1.1). One byte is enough to go on.

use super::error::{Fault, HttpError};
use super::field::Input;
use super::limits::Lenient;
use super::scan::is_token;
use super::value::is_space;

/// Where in the line the reading stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    FirstDigit,
    Digits,
    /// In spaces behind the size (lenient).
    Spaces,
    /// Behind a semicolon.
    Extension,
    Name,
    Value,
    Quoted,
    /// Behind a backslash.
    QuotedPair,
    QuotedEnd,
    Lf,
    Over,
}

/// The reading of one such line.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ChunkLine {
    pub(crate) size: u64,
    extension_bytes: u32,
    place: Place,
}

impl ChunkLine {
    /// Reads on at `from`; `Some` is the place behind the line.
    pub(crate) fn read(&mut self, input: &Input, from: usize) -> Result<Option<usize>, Fault> {
        let mut at = from;
        while let Some(&byte) = input.bytes.get(at) {
            match self.place {
                Place::FirstDigit | Place::Digits | Place::Spaces => self.size(input, at, byte)?,
                Place::Extension | Place::Name | Place::Value => self.extension(input, at, byte)?,
                Place::Quoted | Place::QuotedPair | Place::QuotedEnd => {
                    self.quoted(input, at, byte)?;
                }
                Place::Lf if byte == b'\n' => self.place = Place::Over,
                Place::Lf if input.has(Lenient::OPTIONAL_LF_AFTER_CR) => return Ok(Some(at)),
                Place::Lf => return Err(Fault::new(HttpError::ChunkSizeLf, at)),
                Place::Over => return Ok(Some(at)),
            }
            at += 1;
        }
        Ok((self.place == Place::Over).then_some(at))
    }

    fn size(&mut self, input: &Input, at: usize, byte: u8) -> Result<(), Fault> {
        let fail = |error, at| Err(Fault::new(error, at));
        if self.place != Place::Spaces
            && let Some(digit) = (byte as char).to_digit(16)
        {
            if self.size >> 60 != 0 {
                return fail(HttpError::ChunkSizeOverflow, at + 1);
            }
            self.size = self.size << 4 | u64::from(digit);
            self.place = Place::Digits;
            return Ok(());
        }
        self.place = match byte {
            _ if self.place == Place::FirstDigit => return fail(HttpError::ChunkSizeChar, at),
            b' ' | b'\t' if input.has(Lenient::SPACES_AFTER_CHUNK_SIZE) => Place::Spaces,
            b' ' | b'\t' => return fail(HttpError::ChunkSizeChar, at + 1),
            b'\r' => Place::Lf,
            // A lenient parser takes it for the CR and still looks for an LF, as llhttp does.
            b'\n' if input.has(Lenient::OPTIONAL_CR_BEFORE_LF) => Place::Lf,
            b'\n' => return fail(HttpError::ChunkSizeCr, at + 1),
            b';' => Place::Extension,
            _ => return fail(HttpError::ChunkSizeChar, at),
        };
        Ok(())
    }

    fn extension(&mut self, input: &Input, at: usize, byte: u8) -> Result<(), Fault> {
        let fail = |error, at| Err(Fault::new(error, at));
        let in_value = self.place == Place::Value;
        if self.place == Place::Extension {
            if matches!(byte, b' ' | b'\r') {
                return fail(HttpError::ExtensionChar, at + 1);
            }
            self.place = Place::Name;
            if byte == b';' {
                // An empty name weighs something too, or a line of them would have no bound.
                self.count(input, at)?;
            }
        }
        self.place = match byte {
            _ if is_token(byte) => return self.count(input, at),
            b'"' if in_value => {
                self.count(input, at)?;
                Place::Quoted
            }
            b'=' if !in_value => Place::Value,
            b';' => Place::Extension,
            b'\r' => Place::Lf,
            b'\n' => return self.bare_lf(input, at, in_value),
            _ if in_value => return fail(HttpError::ExtensionValueChar, at + 1),
            _ => return fail(HttpError::ExtensionNameChar, at + 1),
        };
        Ok(())
    }

    fn quoted(&mut self, input: &Input, at: usize, byte: u8) -> Result<(), Fault> {
        let fail = |error, at| Err(Fault::new(error, at));
        let is_text = is_space(byte) || byte > b' ' && byte != 0x7f;
        self.place = match (self.place, byte) {
            (Place::QuotedEnd, b';') => Place::Extension,
            (Place::QuotedEnd, b'\r') => Place::Lf,
            (Place::QuotedEnd, b'\n') => return self.bare_lf(input, at, true),
            (Place::QuotedEnd, _) => return fail(HttpError::ExtensionQuotedEnd, at),
            (Place::QuotedPair, _) if !is_text => {
                return fail(HttpError::ExtensionQuotedPair, at + 1);
            }
            (Place::QuotedPair, _) => Place::Quoted,
            (_, b'"') => Place::QuotedEnd,
            (_, b'\\') => Place::QuotedPair,
            _ if !is_text => return fail(HttpError::ExtensionQuotedChar, at + 1),
            _ => Place::Quoted,
        };
        if self.place == Place::Extension || self.place == Place::Lf {
            return Ok(());
        }
        self.count(input, at)
    }

    /// An LF without CR behind an extension.
    fn bare_lf(&mut self, input: &Input, at: usize, in_value: bool) -> Result<(), Fault> {
        if input.has(Lenient::OPTIONAL_CR_BEFORE_LF) {
            self.place = Place::Over;
            return Ok(());
        }
        let error = if in_value {
            HttpError::ExtensionValueCr
        } else {
            HttpError::ExtensionNameCr
        };
        Err(Fault::new(error, at))
    }

    fn count(&mut self, input: &Input, at: usize) -> Result<(), Fault> {
        self.extension_bytes += 1;
        if self.extension_bytes > input.limits.chunk_extension_bytes_max {
            return Err(Fault::new(HttpError::ExtensionOverflow, at + 1));
        }
        Ok(())
    }
}
