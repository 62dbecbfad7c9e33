//! Byte classes, and how far a run of one class reaches. Eight bytes are looked at at once; the
//! tests compare every byte at every place with the plain definition.

const WORD_BYTES: usize = 8;
const ONES: u64 = 0x0101_0101_0101_0101;
const TOPS: u64 = 0x8080_8080_8080_8080;

/// RFC 9110, 5.6.2: tchar.
const TOKEN: [bool; 256] = class(b"!#$%&'*+-.^_`|~", true);
/// What llhttp takes in the authority part of a url, besides `@`, `/` and `?`.
const AUTHORITY: [bool; 256] = class(b"-_.!~*'()%;:&=+$,[]", true);

const fn class(marks: &[u8], alphanumeric: bool) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = alphanumeric && (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut index = 0;
    while index < marks.len() {
        table[marks[index] as usize] = true;
        index += 1;
    }
    table
}

pub(crate) const fn is_token(byte: u8) -> bool {
    TOKEN[byte as usize]
}

pub(crate) const fn is_authority(byte: u8) -> bool {
    AUTHORITY[byte as usize]
}

/// HTAB, SP, VCHAR and obs-text: what a header value may hold.
pub(crate) const fn is_value(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7f)
}

/// What a url may hold once its authority is over. Everything printable: the characters that
/// llhttp refuses in one part, `?` and `#`, begin the next.
pub(crate) const fn is_url(byte: u8) -> bool {
    byte > b' ' && byte < 0x7f
}

/// The first place at or after `from` whose byte cannot be part of a name.
#[inline]
pub(crate) fn skip_token(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(word) = word_at(bytes, at) {
        match first(not_letter_or_dash(word)) {
            WORD_BYTES => at += WORD_BYTES,
            // Digits and underscores are rare enough to be asked one by one.
            index if is_token(bytes[at + index]) => at += index + 1,
            index => return at + index,
        }
    }
    skip_each(bytes, at, is_token)
}

/// The first place at or after `from` whose byte cannot be part of a header value.
#[inline]
pub(crate) fn skip_value(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(word) = word_at(bytes, at) {
        match first(control(word)) {
            WORD_BYTES => at += WORD_BYTES,
            index if bytes[at + index] == b'\t' => at += index + 1,
            index => return at + index,
        }
    }
    skip_each(bytes, at, is_value)
}

/// The first place at or after `from` whose byte cannot be part of a path, query or fragment.
#[inline]
pub(crate) fn skip_url(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(word) = word_at(bytes, at) {
        match first(not_url(word)) {
            WORD_BYTES => at += WORD_BYTES,
            index => return at + index,
        }
    }
    skip_each(bytes, at, is_url)
}

#[inline]
pub(crate) fn skip_each(bytes: &[u8], from: usize, class: impl Fn(u8) -> bool) -> usize {
    let mut at = from;
    while at < bytes.len() && class(bytes[at]) {
        at += 1;
    }
    at
}

#[inline]
fn word_at(bytes: &[u8], at: usize) -> Option<u64> {
    let eight = bytes.get(at..)?.first_chunk::<WORD_BYTES>()?;
    Some(u64::from_le_bytes(*eight))
}

/// The index of the first byte whose top bit is set, 8 if there is none.
#[inline]
fn first(marks: u64) -> usize {
    (marks.trailing_zeros() / 8) as usize
}

// In each of these the lowest marked byte is right; bytes above it may be marked wrongly, because
// a subtraction borrows from its neighbour.

/// Marks bytes below 0x20 and 0x7f.
#[inline]
fn control(word: u64) -> u64 {
    let delete = word ^ (ONES * 0x7f);
    let low = word.wrapping_sub(ONES * 0x20) & !word;
    let seventh = delete.wrapping_sub(ONES) & !delete;
    (low | seventh) & TOPS
}

/// Marks bytes below 0x21 and above 0x7e.
#[inline]
fn not_url(word: u64) -> u64 {
    let low = word.wrapping_sub(ONES * 0x21) & !word;
    let high = (word & !TOPS).wrapping_add(ONES) | word;
    (low | high) & TOPS
}

/// Marks everything but letters and `-`. No byte disturbs another: the sums stay within a byte.
#[inline]
fn not_letter_or_dash(word: u64) -> u64 {
    let low_seven = word & !TOPS;
    let lower = low_seven | (ONES * 0x20);
    let from_a = lower + ONES * (0x80 - b'a' as u64);
    let past_z = lower + ONES * (0x80 - (b'z' as u64 + 1));
    let letter = from_a & !past_z;
    let not_dash = (low_seven ^ (ONES * b'-' as u64)) + ONES * 0x7f;
    ((!letter & not_dash) | word) & TOPS
}

#[cfg(test)]
mod tests {
    //! Every byte at every place of a line, against one-by-one definitions.
    use super::*;

    type Skip = fn(&[u8], usize) -> usize;

    fn check(skip: Skip, class: fn(u8) -> bool, fillers: &[u8]) {
        for &filler in fillers {
            for length in 0..28 {
                for place in 0..length {
                    for byte in 0..=255 {
                        let mut line = vec![filler; length];
                        line[place] = byte;
                        if place > 0 {
                            line[place - 1] = byte.wrapping_add(1);
                        }
                        let expect = skip_each(&line, 0, class);
                        assert_eq!(skip(&line, 0), expect, "{line:x?}");
                        let expect = skip_each(&line, place, class);
                        assert_eq!(skip(&line, place), expect, "{line:x?} from {place}");
                    }
                }
            }
        }
    }

    #[test]
    fn names() {
        check(skip_token, is_token, b"a-Z_");
    }

    #[test]
    fn values() {
        check(skip_value, is_value, b" a\t\xff");
    }

    #[test]
    fn urls() {
        check(skip_url, is_url, b"a!~");
    }

    #[test]
    fn classes_are_the_rfcs() {
        let token = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        for byte in 0..=255u8 {
            assert_eq!(is_token(byte), token.as_bytes().contains(&byte), "{byte:x}");
            assert_eq!(is_url(byte), byte.is_ascii_graphic(), "{byte:x}");
        }
        for byte in [0, 8, 10, 13, 31, 127] {
            assert!(!is_value(byte));
        }
        for byte in [9, 32, 126, 128, 255] {
            assert!(is_value(byte));
        }
    }
}
