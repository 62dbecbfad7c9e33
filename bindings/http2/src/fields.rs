//! Header fields on their way down: one text, cut into nghttp2's pairs.

use libnghttp2_sys as sys;

/// nghttp2's pairs, which point into the text that they were cut from.
pub(crate) struct Pairs<'a> {
    pairs: Vec<sys::nghttp2_nv>,
    _text: std::marker::PhantomData<&'a [u8]>,
}

impl<'a> Pairs<'a> {
    /// `text` is, for each of `count` fields: name, 0, value, 0, flag. None: it holds another
    /// number of them, or a flag that is none.
    pub(crate) fn cut(text: &'a [u8], count: usize) -> Option<Pairs<'a>> {
        let mut pairs = Vec::with_capacity(count.min(text.len()));
        let mut rest = text;
        while !rest.is_empty() {
            let (name, after) = split(rest)?;
            let (value, after) = split(after)?;
            let (&flag, after) = after.split_first()?;
            if flag > sys::NGHTTP2_NV_FLAG_NO_INDEX as u8 {
                return None;
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
            _text: std::marker::PhantomData,
        })
    }

    pub(crate) fn as_ptr(&self) -> *const sys::nghttp2_nv {
        self.pairs.as_ptr()
    }

    pub(crate) fn len(&self) -> usize {
        self.pairs.len()
    }
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
