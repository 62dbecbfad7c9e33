//! As much of DER as the encodings of keys need: reading element by element, and writing. What is
//! written is wiped: most of it are keys.

use crate::{Failure, Result, Secret};

pub const INTEGER: u8 = 0x02;
pub const BIT_STRING: u8 = 0x03;
pub const OCTET_STRING: u8 = 0x04;
pub const NULL: u8 = 0x05;
pub const OID: u8 = 0x06;
pub const SEQUENCE: u8 = 0x30;

/// Tag, and a length with its own length.
const HEAD_BYTES_MAX: usize = 2 + size_of::<usize>();

/// A constructed element of the context, `[number]`.
pub const fn tagged(number: u8) -> u8 {
    0xa0 | number
}

/// What is left to read.
#[derive(Clone, Copy)]
pub struct Reader<'a>(&'a [u8]);

fn broken() -> Failure {
    Failure::plain("", "Invalid encoding of a key")
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader(bytes)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was not read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.0
    }

    pub fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The next element: its tag and what it contains.
    pub fn next(&mut self) -> Result<(u8, &'a [u8])> {
        let (&[tag, first], rest) = self.0.split_first_chunk::<2>().ok_or_else(broken)?;
        let (count, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let digits_count = usize::from(first & 0x7f);
            if digits_count == 0 || digits_count > 4 || rest.len() < digits_count {
                return Err(broken());
            }
            let (digits, rest) = rest.split_at(digits_count);
            let count = digits
                .iter()
                .fold(0, |count, &digit| count << 8 | usize::from(digit));
            (count, rest)
        };
        if rest.len() < count {
            return Err(broken());
        }
        let (content, rest) = rest.split_at(count);
        self.0 = rest;
        Ok((tag, content))
    }

    /// The next element, which has to be of this kind.
    pub fn expect(&mut self, tag: u8) -> Result<&'a [u8]> {
        match self.next()? {
            (found, content) if found == tag => Ok(content),
            _ => Err(broken()),
        }
    }

    pub fn sequence(&mut self) -> Result<Reader<'a>> {
        self.expect(SEQUENCE).map(Reader)
    }

    /// A number of 0 or more, without leading zeros.
    pub fn integer(&mut self) -> Result<&'a [u8]> {
        self.expect(INTEGER).map(trimmed)
    }

    /// A bit string of whole bytes.
    pub fn bits(&mut self) -> Result<&'a [u8]> {
        match self.expect(BIT_STRING)? {
            [0, bytes @ ..] => Ok(bytes),
            _ => Err(broken()),
        }
    }

    /// The next element as it stands, with its head.
    pub fn whole(&mut self) -> Result<&'a [u8]> {
        let before = self.0;
        self.next()?;
        Ok(&before[..before.len() - self.0.len()])
    }
}

/// Without zeros in front.
pub fn trimmed(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
    &bytes[zeros..]
}

/// An element around content.
pub fn element(tag: u8, content: &[u8]) -> Secret {
    let count = content.len();
    // Never moved, which would leave a copy behind.
    let mut bytes = Vec::with_capacity(HEAD_BYTES_MAX + count);
    bytes.push(tag);
    match u8::try_from(count) {
        Ok(short @ ..0x80) => bytes.push(short),
        _ => {
            let length = count.to_be_bytes();
            let digits = trimmed(&length);
            bytes.push(0x80 | digits.len() as u8);
            bytes.extend_from_slice(digits);
        }
    }
    bytes.extend_from_slice(content);
    Secret::new(bytes)
}

/// A number of 0 or more.
pub fn integer(bytes: &[u8]) -> Secret {
    let bytes = trimmed(bytes);
    let mut content = Vec::with_capacity(bytes.len() + 1);
    if bytes.first().is_none_or(|&byte| byte >= 0x80) {
        content.push(0);
    }
    content.extend_from_slice(bytes);
    element(INTEGER, &Secret::new(content))
}

pub fn sequence(parts: &[&[u8]]) -> Secret {
    element(SEQUENCE, &Secret::new(parts.concat()))
}

/// A bit string of whole bytes.
pub fn bits(bytes: &[u8]) -> Secret {
    element(BIT_STRING, &Secret::new([&[0], bytes].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for count in [0, 1, 127, 128, 255, 256, 70_000] {
            let content = vec![7; count];
            let bytes = element(OCTET_STRING, &content);
            let mut reader = Reader::new(&bytes);
            assert_eq!(reader.whole().expect("whole"), bytes.as_slice());
            assert!(reader.is_empty());
            let mut reader = Reader::new(&bytes);
            assert_eq!(reader.expect(OCTET_STRING).expect("content"), content);
        }
        assert_eq!(integer(&[]).as_slice(), [2, 1, 0]);
        assert_eq!(integer(&[0, 0, 0x80]).as_slice(), [2, 2, 0, 0x80]);
        assert_eq!(
            Reader::new(&[2, 2, 0, 0x80]).integer().expect("number"),
            [0x80]
        );
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        for bytes in [
            &[][..],
            &[0x30],
            &[0x30, 5, 1],
            &[0x30, 0x82, 1],
            &[0x30, 0x80],
        ] {
            assert!(Reader::new(bytes).next().is_err());
        }
    }
}
