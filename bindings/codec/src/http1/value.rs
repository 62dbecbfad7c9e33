//! The few header lines that decide how a message is framed: their names, and what their values
//! say. Everything is read as llhttp reads it, quirks included; pure functions.

use super::error::HttpError;

/// What the lines of one block have said so far: llhttp's flags, and the three that Node's server
/// looks up itself (`Host`, `Expect`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts(u16);

impl Facts {
    pub(crate) const NONE: Facts = Facts(0);
    pub(crate) const KEEP_ALIVE: Facts = Facts(1);
    pub(crate) const CLOSE: Facts = Facts(1 << 1);
    /// `Connection` has the word upgrade.
    pub(crate) const UPGRADE_TOKEN: Facts = Facts(1 << 2);
    /// There is an `Upgrade` with a value.
    pub(crate) const UPGRADE: Facts = Facts(1 << 3);
    pub(crate) const LENGTH: Facts = Facts(1 << 4);
    pub(crate) const ENCODING: Facts = Facts(1 << 5);
    /// The last coding of `Transfer-Encoding` is chunked.
    pub(crate) const CHUNKED: Facts = Facts(1 << 6);
    pub(crate) const HOST: Facts = Facts(1 << 7);
    pub(crate) const EXPECT: Facts = Facts(1 << 8);
    pub(crate) const EXPECT_CONTINUE: Facts = Facts(1 << 9);

    pub(crate) const fn has(self, one: Facts) -> bool {
        self.0 & one.0 != 0
    }

    pub(crate) const fn with(self, more: Facts) -> Facts {
        Facts(self.0 | more.0)
    }

    pub(crate) const fn without(self, less: Facts) -> Facts {
        Facts(self.0 & !less.0)
    }
}

/// Names that matter here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Name {
    #[default]
    Other,
    Host,
    Expect,
    Upgrade,
    Connection,
    ContentLength,
    TransferEncoding,
}

impl Name {
    /// `name` holds token bytes only, so lower case is one bit.
    #[inline]
    pub(crate) fn of(name: &[u8]) -> Name {
        match name.len() {
            4 if is(name, b"host") => Name::Host,
            6 if is(name, b"expect") => Name::Expect,
            7 if is(name, b"upgrade") => Name::Upgrade,
            10 if is(name, b"connection") => Name::Connection,
            14 if is(name, b"content-length") => Name::ContentLength,
            16 if is(name, b"proxy-connection") => Name::Connection,
            17 if is(name, b"transfer-encoding") => Name::TransferEncoding,
            _ => Name::Other,
        }
    }

    /// Those whose values are read here.
    pub(crate) const fn is_heeded(self) -> bool {
        match self {
            Name::Expect | Name::Connection | Name::ContentLength | Name::TransferEncoding => true,
            Name::Other | Name::Host | Name::Upgrade => false,
        }
    }

    /// Those that llhttp recognises; it words one error differently for them.
    pub(crate) const fn is_llhttps(self) -> bool {
        match self {
            Name::Upgrade | Name::Connection | Name::ContentLength | Name::TransferEncoding => true,
            Name::Other | Name::Host | Name::Expect => false,
        }
    }
}

#[inline]
fn is<const N: usize>(name: &[u8], lower: &[u8; N]) -> bool {
    let Ok(name) = <&[u8; N]>::try_from(name) else {
        return false;
    };
    let mut different = 0;
    for index in 0..N {
        different |= (name[index] | 0x20) ^ lower[index];
    }
    different == 0
}

/// What the value of a `Connection` line says. The last element counts at once if a comma ends
/// it, else (the second part) only when the line has ended well.
pub(crate) fn connection(value: &[u8]) -> (Facts, Facts) {
    let (mut said, mut last) = (Facts::NONE, Facts::NONE);
    for element in value.split(|byte| *byte == b',') {
        said = said.with(last);
        let word = trim(element);
        last = if word.eq_ignore_ascii_case(b"keep-alive") {
            Facts::KEEP_ALIVE
        } else if word.eq_ignore_ascii_case(b"close") {
            Facts::CLOSE
        } else if word.eq_ignore_ascii_case(b"upgrade") {
            Facts::UPGRADE_TOKEN
        } else {
            Facts::NONE
        };
    }
    (said, last)
}

/// What an error in a value is, and its offset there.
pub(crate) type ValueFault = (HttpError, usize);

/// The number in a `Content-Length` value: digits, then white space only.
pub(crate) fn content_length(value: &[u8]) -> Result<u64, ValueFault> {
    let mut number: u64 = 0;
    for (index, byte) in value.iter().enumerate() {
        if !byte.is_ascii_digit() {
            let rest = &value[index..];
            return match rest.iter().position(|byte| !is_space(*byte)) {
                None => Ok(number),
                Some(stranger) => Err((HttpError::LengthChar, index + stranger)),
            };
        }
        number = number
            .checked_mul(10)
            .and_then(|tens| tens.checked_add(u64::from(byte - b'0')))
            .ok_or((HttpError::LengthOverflow, index + 1))?;
    }
    Ok(number)
}

/// Is the last coding of a `Transfer-Encoding` value chunked? With `chunked_is_last`, nothing may
/// follow that word in the list (requests): the error is the place of the comma.
///
/// As in llhttp, `chunked` may be followed by spaces but not by a tab or a parameter: then it is
/// some unknown coding.
pub(crate) fn transfer_encoding(value: &[u8], chunked_is_last: bool) -> Result<bool, usize> {
    let mut chunked = false;
    let mut offset = 0;
    for (index, element) in value.split(|byte| *byte == b',').enumerate() {
        if chunked && chunked_is_last {
            return Err(offset - 1);
        }
        // White space before the first element was skipped with the colon (or, when lines are
        // folded, makes the word a stranger).
        let word = if index == 0 || chunked {
            element
        } else {
            trim_start(element)
        };
        let (name, rest) = word.split_at(word.len().min(b"chunked".len()));
        chunked = name.eq_ignore_ascii_case(b"chunked") && rest.iter().all(|byte| *byte == b' ');
        offset += element.len() + 1;
    }
    Ok(chunked)
}

/// Node's `/(?:^|\W)100-continue(?:$|\W)/i`.
pub(crate) fn expects_continue(value: &[u8]) -> bool {
    const WORD: &[u8] = b"100-continue";
    let is_word = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    value.windows(WORD.len()).enumerate().any(|(at, window)| {
        window.eq_ignore_ascii_case(WORD)
            && !is_word(at.checked_sub(1).and_then(|before| value.get(before)))
            && !is_word(value.get(at + WORD.len()))
    })
}

pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn trim_start(bytes: &[u8]) -> &[u8] {
    let start = bytes
        .iter()
        .position(|byte| !is_space(*byte))
        .unwrap_or(bytes.len());
    &bytes[start..]
}

pub(crate) fn trim(bytes: &[u8]) -> &[u8] {
    let end = bytes
        .iter()
        .rposition(|byte| !is_space(*byte))
        .map_or(0, |last| last + 1);
    trim_start(&bytes[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_case_and_no_others() {
        let rows = [
            ("Host", Name::Host),
            ("hOST", Name::Host),
            ("Expect", Name::Expect),
            ("Accept", Name::Other),
            ("UPGRADE", Name::Upgrade),
            ("Referer", Name::Other),
            ("Connection", Name::Connection),
            ("Connectioo", Name::Other),
            ("Proxy-Connection", Name::Connection),
            ("content-length", Name::ContentLength),
            ("Content-Lengt", Name::Other),
            ("Transfer-Encoding", Name::TransferEncoding),
            ("Transfer_Encoding", Name::Other),
            ("", Name::Other),
        ];
        for (text, name) in rows {
            assert_eq!(Name::of(text.as_bytes()), name, "{text}");
        }
    }

    #[test]
    fn connection_words() {
        let none = Facts::NONE;
        let rows = [
            ("close", none, Facts::CLOSE),
            ("keep-alive", none, Facts::KEEP_ALIVE),
            ("Keep-Alive , close\t", Facts::KEEP_ALIVE, Facts::CLOSE),
            (
                "close, upgrade,",
                Facts::CLOSE.with(Facts::UPGRADE_TOKEN),
                none,
            ),
            ("close x", none, none),
            ("closed", none, none),
            (",,", none, none),
            ("", none, none),
        ];
        for (text, said, last) in rows {
            assert_eq!(connection(text.as_bytes()), (said, last), "{text}");
        }
    }

    #[test]
    fn lengths() {
        let rows = [
            ("0", Ok(0)),
            ("18446744073709551615", Ok(u64::MAX)),
            ("18446744073709551616", Err((HttpError::LengthOverflow, 20))),
            (
                "184467440737095516150",
                Err((HttpError::LengthOverflow, 21)),
            ),
            ("007 \t ", Ok(7)),
            ("12a", Err((HttpError::LengthChar, 2))),
            ("1 2", Err((HttpError::LengthChar, 2))),
            ("+1", Err((HttpError::LengthChar, 0))),
            ("-1", Err((HttpError::LengthChar, 0))),
            ("0x1", Err((HttpError::LengthChar, 1))),
            ("1,1", Err((HttpError::LengthChar, 1))),
        ];
        for (text, expect) in rows {
            assert_eq!(content_length(text.as_bytes()), expect, "{text}");
        }
    }

    #[test]
    fn encodings() {
        let rows = [
            ("chunked", Ok(true), Ok(true)),
            ("CHUNKED  ", Ok(true), Ok(true)),
            ("chunked\t", Ok(false), Ok(false)),
            ("chunked;x", Ok(false), Ok(false)),
            ("chunkedd", Ok(false), Ok(false)),
            ("gzip", Ok(false), Ok(false)),
            ("gzip, \tchunked", Ok(true), Ok(true)),
            ("gzip ,chunked", Ok(true), Ok(true)),
            (",chunked", Ok(true), Ok(true)),
            ("chunked, gzip", Err(7), Ok(false)),
            ("chunked ,", Err(8), Ok(false)),
            ("gzip,chunked,chunked", Err(12), Ok(true)),
            ("chun ked", Ok(false), Ok(false)),
        ];
        for (text, request, response) in rows {
            assert_eq!(transfer_encoding(text.as_bytes(), true), request, "{text}");
            assert_eq!(
                transfer_encoding(text.as_bytes(), false),
                response,
                "{text}"
            );
        }
    }

    #[test]
    fn expectations() {
        for text in [
            "100-continue",
            "x,100-Continue",
            " 100-continue;q=1",
            "\"100-continue\"",
        ] {
            assert!(expects_continue(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            "100",
            "100-continues",
            "x100-continue",
            "_100-continue",
            "100-contin",
        ] {
            assert!(!expects_continue(text.as_bytes()), "{text}");
        }
    }
}
