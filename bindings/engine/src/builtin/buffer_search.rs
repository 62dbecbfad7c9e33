//! `buffer`: indexOf and lastIndexOf.

use memchr::memmem;

use super::{Args, Entry, Return, entry};
use crate::text::Text;
use crate::value::{Bytes, FromJs};

pub(super) fn entries() -> Vec<Entry> {
    vec![
        entry("indexOfString", 5, index_of_string),
        entry("indexOfBuffer", 6, index_of_buffer),
        entry("indexOfNumber", 5, index_of_number),
    ]
}

/// Node's numbers for encodings.
const UCS2: i32 = 3;
const LATIN1: i32 = 4;

/// Where a search begins: offsets may be negative (from the end) or beyond the end. None: the
/// search fails at once. Lengths and offsets in bytes.
fn begin(length: usize, offset: f64, needle: usize, forward: bool) -> Option<usize> {
    let (length, needle) = (length as f64, needle as f64);
    let at = if offset < 0.0 {
        match offset + length {
            at if at >= 0.0 => at,
            _ if forward || needle == 0.0 => 0.0,
            _ => return None,
        }
    } else if offset + needle <= length {
        offset
    } else if needle == 0.0 {
        length
    } else if forward {
        return None;
    } else {
        length - 1.0
    };
    Some(at as usize)
}

/// The byte index of `needle`, or -1. `unit` 2: only at even places of UTF-16.
fn search(hay: &[u8], needle: &[u8], offset: f64, forward: bool, unit: usize) -> f64 {
    let Some(at) = begin(hay.len(), offset, needle.len(), forward) else {
        return -1.0;
    };
    if needle.is_empty() {
        return at as f64;
    }
    if needle.len() > hay.len() || (forward && at + needle.len() > hay.len()) {
        return -1.0;
    }
    if unit == 2 && (hay.len() < 2 || needle.len() < 2) {
        return -1.0;
    }
    let found = match forward {
        true => find_aligned(hay, needle, at, unit),
        false => {
            let end = (at + needle.len()).min(hay.len());
            rfind_aligned(&hay[..end], needle, unit)
        }
    };
    found.map_or(-1.0, |index| index as f64)
}

fn find_aligned(hay: &[u8], needle: &[u8], mut at: usize, unit: usize) -> Option<usize> {
    let finder = memmem::Finder::new(needle);
    loop {
        let found = at + finder.find(hay.get(at..)?)?;
        if found.is_multiple_of(unit) {
            return Some(found);
        }
        at = found + 1;
    }
}

fn rfind_aligned(hay: &[u8], needle: &[u8], unit: usize) -> Option<usize> {
    let mut end = hay.len();
    loop {
        let found = memmem::rfind(&hay[..end], needle)?;
        if found.is_multiple_of(unit) {
            return Some(found);
        }
        end = found + needle.len() - 1;
    }
}

/// indexOfString(buffer, text, offset, encoding, forward)
fn index_of_string<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let hay = Bytes::from_js(scope, args.get(0));
    let text = Text::from_js(scope, args.get(1));
    let offset = f64::from_js(scope, args.get(2));
    let encoding = i32::from_js(scope, args.get(3));
    let forward = args.get(4).is_true();
    let index = match encoding {
        UCS2 => search(hay.as_slice(), &text.to_utf16(), offset, forward, 2),
        LATIN1 | 0 => text.with_latin1(|needle| search(hay.as_slice(), needle, offset, forward, 1)),
        _ => text.with_utf8(|needle| search(hay.as_slice(), needle, offset, forward, 1)),
    };
    rv.set_double(index);
}

/// The buffer up to an optional `end` argument.
fn until<'a, 's>(
    scope: &mut v8::PinScope<'s, '_>,
    args: &Args<'s>,
    at: i32,
    bytes: &'a [u8],
) -> &'a [u8] {
    let end = args.get(at);
    if !end.is_number() {
        return bytes;
    }
    let end = f64::from_js(scope, end).max(0.0) as usize;
    &bytes[..end.min(bytes.len())]
}

/// indexOfBuffer(buffer, needle, offset, encoding, forward, end)
fn index_of_buffer<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let hay = Bytes::from_js(scope, args.get(0));
    let needle = Bytes::from_js(scope, args.get(1));
    let offset = f64::from_js(scope, args.get(2));
    let unit = if i32::from_js(scope, args.get(3)) == UCS2 {
        2
    } else {
        1
    };
    let forward = args.get(4).is_true();
    let hay = until(scope, &args, 5, hay.as_slice());
    rv.set_double(search(hay, needle.as_slice(), offset, forward, unit));
}

/// indexOfNumber(buffer, byte, offset, forward, end)
fn index_of_number<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let hay = Bytes::from_js(scope, args.get(0));
    let byte = i32::from_js(scope, args.get(1)) as u8;
    let offset = f64::from_js(scope, args.get(2));
    let forward = args.get(3).is_true();
    let hay = until(scope, &args, 4, hay.as_slice());
    let found = match begin(hay.len(), offset, 1, forward) {
        Some(at) if at >= hay.len() => None,
        Some(at) if forward => memchr::memchr(byte, &hay[at..]).map(|index| at + index),
        Some(at) => memchr::memrchr(byte, &hay[..=at]),
        None => None,
    };
    rv.set_double(found.map_or(-1.0, |index| index as f64));
}

#[cfg(test)]
mod tests {
    use super::search;

    #[test]
    fn offsets_count_from_either_end() {
        let hay = b"abcabc";
        for (needle, offset, forward, found) in [
            ("b", 0.0, true, 1.0),
            ("b", 2.0, true, 4.0),
            ("b", -2.0, true, 4.0),
            ("b", -100.0, true, 1.0),
            ("b", 100.0, true, -1.0),
            ("b", 3.0, false, 1.0),
            ("b", 100.0, false, 4.0),
            ("b", -100.0, false, -1.0),
            ("", 100.0, true, 6.0),
            ("abcabcd", 0.0, true, -1.0),
        ] {
            assert_eq!(
                search(hay, needle.as_bytes(), offset, forward, 1),
                found,
                "{needle}"
            );
        }
    }

    #[test]
    fn utf16_is_found_at_even_places_only() {
        assert_eq!(search(&[0, 1, 0, 1, 0, 2], &[1, 0], 0.0, true, 2), -1.0);
        assert_eq!(search(&[9, 0, 1, 0], &[1, 0], 0.0, true, 2), 2.0);
    }
}
