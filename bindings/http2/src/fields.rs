//! Header fields on their way down: one text, cut into nghttp2's pairs.

use libnghttp2_sys as sys;

/// nghttp2's pairs, which point into the text that they were cut from.
pub(crate) struct Pairs<'a> {
    pairs: Vec<sys::nghttp2_nv>,
    content_length: Option<&'a [u8]>,
    has_bad_pseudo_field: bool,
}

impl<'a> Pairs<'a> {
    /// `text` is, for each of `count` fields: name, 0, value, 0, flag. None: it holds another
    /// number of them, or a flag that is none.
    pub(crate) fn cut(text: &'a [u8], count: usize) -> Option<Pairs<'a>> {
        let mut pairs = Vec::with_capacity(count.min(text.len()));
        let mut content_length = None;
        let mut has_bad_pseudo_field = false;
        let mut rest = text;
        while !rest.is_empty() {
            let (name, after) = split(rest)?;
            let (value, after) = split(after)?;
            let (&flag, after) = after.split_first()?;
            if flag > sys::NGHTTP2_NV_FLAG_NO_INDEX as u8 {
                return None;
            }
            match name {
                [b':', ..] => has_bad_pseudo_field |= !is_good_pseudo_field(name, value),
                b"content-length" => content_length = Some(value),
                _ => {}
            }
            pairs.push(sys::nghttp2_nv {
                name: name.as_ptr().cast_mut(),
                value: value.as_ptr().cast_mut(),
                namelen: name.len(),
                valuelen: value.len(),
                flags: flag,
            });
            rest = after;
        }
        let is_whole = pairs.len() == count;
        is_whole.then_some(Pairs {
            pairs,
            content_length,
            has_bad_pseudo_field,
        })
    }

    /// Every peer has to take such a request for malformed (RFC 9113, 8.1.1), and nghttp2 1.68 ends
    /// the whole session for it.
    pub(crate) fn are_malformed(&self, ends: bool) -> bool {
        let is_zero = |count: &[u8]| count.iter().all(|&digit| digit == b'0');
        self.has_bad_pseudo_field || ends && !self.content_length.is_none_or(is_zero)
    }

    pub(crate) fn as_ptr(&self) -> *const sys::nghttp2_nv {
        self.pairs.as_ptr()
    }

    pub(crate) fn len(&self) -> usize {
        self.pairs.len()
    }
}

/// By nghttp2's own rules for what it receives.
fn is_good_pseudo_field(name: &[u8], value: &[u8]) -> bool {
    let check = match name {
        b":path" => sys::nghttp2_check_path,
        b":method" => sys::nghttp2_check_method,
        b":authority" => sys::nghttp2_check_authority,
        _ => return true,
    };
    // SAFETY: reads the value's bytes during the call.
    unsafe { check(value.as_ptr(), value.len()) != 0 }
}

/// What stands before the first zero, and behind it.
fn split(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|&byte| byte == 0)?;
    Some((&text[..at], &text[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_that_no_peer_may_take_are_known() {
        let check = |fields: &[&str], ends, expect| {
            let text: String = fields
                .chunks(2)
                .map(|pair| format!("{}\0{}\0\0", pair[0], pair[1]))
                .collect();
            let pairs = Pairs::cut(text.as_bytes(), fields.len() / 2).expect("it is whole");
            assert_eq!(pairs.are_malformed(ends), expect, "{fields:?} {ends}");
        };
        check(&[":path", "/a?b=\u{e4}", ":method", "GET"], true, false);
        check(&[":path", "*", ":authority", "[::1]:80"], true, false);
        check(&["x", "a b", "content-length", "0"], true, false);
        for path in ["/a b", "/a\tb", "/\u{1}", "/a\r\nx: y", "/\u{7f}"] {
            check(&[":path", path], false, true);
        }
        check(&[":method", "G T"], false, true);
        check(&[":authority", "a b"], false, true);
        check(&["content-length", "1"], false, false);
        check(&["content-length", "1"], true, true);
    }

    #[test]
    fn a_zero_in_a_value_smuggles_nothing_in() {
        let check = |text: &str, count, expect| {
            let pairs = Pairs::cut(text.as_bytes(), count);
            assert_eq!(pairs.map(|pairs| pairs.len()), expect, "{text:?} {count}");
        };
        check("", 0, Some(0));
        check("a\0b\0\0", 1, Some(1));
        check("a\0b\0\0c\0\0\u{1}", 2, Some(2));
        check("a\0b\0\0c\0d\0\0", 1, None);
        check("a\0b\0\0", 2, None);
        check("a\0b\0", 1, None);
        check("a\0b", 1, None);
        check("a", 1, None);
        check("a\0b\0\u{2}", 1, None);
        check("a\0b\0\0x", 1, None);
    }
}
