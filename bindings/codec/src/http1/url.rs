//! The url of a request line: which characters may stand where. Nothing is taken apart; the url
//! class of JavaScript does that. Stops after any byte and goes on from there.

use super::error::{Fault, HttpError};
use super::scan::{is_authority, skip_each, skip_url};

/// Where in the url the reading stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Part {
    #[default]
    Start,
    /// Letters before `://`.
    Schema,
    SlashOne,
    SlashTwo,
    Authority,
    /// Right behind an `@`.
    AuthorityAt,
    /// Path, query and fragment: everything printable.
    Rest,
    /// At the LF that must follow a CR.
    Lf,
}

/// What ended the url.
pub(crate) enum Ended {
    More,
    /// A space at this place.
    Space(usize),
    /// A line end, as HTTP/0.9 has it: the url's end, and the first byte behind the line end.
    Line(usize, usize),
}

impl Part {
    /// A url of CONNECT begins with its authority.
    pub(crate) fn first(connect: bool) -> Part {
        if connect {
            Part::Authority
        } else {
            Part::Start
        }
    }
}

/// Reads on at `at`; the url began at `start`. `at` moves to the first byte not read.
#[inline(always)]
pub(crate) fn read(
    part: &mut Part,
    bytes: &[u8],
    start: usize,
    at: &mut usize,
) -> Result<Ended, Fault> {
    if *part == Part::Start && matches!(bytes.get(*at), Some(b'/' | b'*')) {
        *part = Part::Rest;
        *at += 1;
    }
    loop {
        if *part == Part::Rest {
            *at = skip_url(bytes, *at);
        }
        let Some(&byte) = bytes.get(*at) else {
            return Ok(Ended::More);
        };
        if *part == Part::Rest && byte == b' ' {
            return Ok(Ended::Space(*at));
        }
        if let Some(ended) = step(part, bytes, start, at, byte)? {
            return Ok(ended);
        }
    }
}

/// One byte, off the path that nearly all urls take.
fn step(
    part: &mut Part,
    bytes: &[u8],
    start: usize,
    at: &mut usize,
    byte: u8,
) -> Result<Option<Ended>, Fault> {
    let here = *at;
    let fail = |error| Err(Fault::new(error, here));
    let in_word = matches!(part, Part::Authority | Part::AuthorityAt | Part::Rest);
    *part = match (*part, byte) {
        (Part::Lf, b'\n') => return Ok(Some(Ended::Line(here - 1, here + 1))),
        (Part::Lf, _) => return fail(HttpError::UrlCrlf),
        (Part::SlashTwo, b'/') => Part::Authority,
        (Part::SlashTwo, _) => return fail(HttpError::UrlSchema),
        (_, b'\t' | 0x0c) => return Err(Fault::new(HttpError::UrlCharacters, here + 1)),
        (_, b' ') if in_word => return Ok(Some(Ended::Space(here))),
        (_, b'\r') if in_word => Part::Lf,
        (_, b'\n') if in_word => return Ok(Some(Ended::Line(here, here + 1))),
        (Part::Start | Part::Schema | Part::SlashOne, b' ' | b'\r' | b'\n') => {
            return Err(Fault::new(HttpError::UrlCharacters, here + 1));
        }
        (Part::Start, b'/' | b'*') => Part::Rest,
        (Part::Start | Part::Schema, byte) if byte.is_ascii_alphabetic() => {
            *at = skip_each(bytes, here, |byte| byte.is_ascii_alphabetic()) - 1;
            Part::Schema
        }
        (Part::Start, _) => return fail(HttpError::UrlStart),
        (Part::Schema, b':') => Part::SlashOne,
        (Part::SlashOne, b'/') => Part::SlashTwo,
        (Part::Schema | Part::SlashOne, _) => return fail(HttpError::UrlSchema),
        (Part::Authority | Part::AuthorityAt, b'/' | b'?') => Part::Rest,
        (Part::Authority, b'@') => Part::AuthorityAt,
        (Part::AuthorityAt, b'@') => return Err(Fault::new(HttpError::UrlDoubleAt, here + 1)),
        (Part::Authority | Part::AuthorityAt, byte) if is_authority(byte) => Part::Authority,
        (Part::Authority | Part::AuthorityAt, _) => return fail(HttpError::UrlServer),
        (Part::Rest, _) => return fail(in_rest(&bytes[start..here])),
    };
    *at += 1;
    Ok(None)
}

/// The part that a url was in when a forbidden character came.
fn in_rest(url: &[u8]) -> HttpError {
    if url.contains(&b'#') {
        HttpError::UrlFragment
    } else if url.contains(&b'?') {
        HttpError::UrlQuery
    } else {
        HttpError::UrlPath
    }
}
