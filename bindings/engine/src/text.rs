//! JavaScript strings as ops see them: flattened once, then read in place without a copy.

use std::borrow::Cow;

/// A string argument of an op. Its characters stay in V8's heap; the accessors look at them in
/// place, which is sound because nothing allocates in that heap while an op runs.
pub struct Text<'s> {
    string: v8::Local<'s, v8::String>,
    isolate: v8::UnsafeRawIsolatePtr,
}

impl<'s> Text<'s> {
    pub(crate) fn new(scope: &mut v8::PinScope<'s, '_>, string: v8::Local<'s, v8::String>) -> Self {
        // A rope is flattened here, where allocation is allowed; later views allocate nothing.
        drop(v8::ValueView::new(scope, string));
        // SAFETY: reads the pointer of a live isolate.
        let isolate = unsafe { scope.as_raw_isolate_ptr() };
        Text { string, isolate }
    }

    fn view(&self) -> v8::ValueView<'s> {
        let mut pointer = self.isolate;
        // SAFETY: the op runs inside this isolate, and `'s` is its scope.
        let isolate = unsafe { v8::Isolate::ref_from_raw_isolate_ptr_mut(&mut pointer) };
        v8::ValueView::new(isolate, self.string)
    }

    /// Length in UTF-16 code units.
    pub fn units(&self) -> usize {
        self.string.length()
    }

    /// The characters as UTF-8; lone surrogates become U+FFFD.
    pub fn with_utf8<R>(&self, act: impl FnOnce(&[u8]) -> R) -> R {
        let view = self.view();
        match view.data() {
            v8::ValueViewData::OneByte(bytes) if v8::simdutf::validate_ascii(bytes) => act(bytes),
            data => act(&utf8_of(&data)),
        }
    }

    /// The same in memory of its own.
    pub(crate) fn to_utf8(&self) -> Vec<u8> {
        match self.view().data() {
            v8::ValueViewData::OneByte(bytes) if v8::simdutf::validate_ascii(bytes) => {
                bytes.to_vec()
            }
            data => utf8_of(&data),
        }
    }

    /// The low byte of each code unit, as Node's `latin1`.
    pub fn with_latin1<R>(&self, act: impl FnOnce(&[u8]) -> R) -> R {
        match self.view().data() {
            v8::ValueViewData::OneByte(bytes) => act(bytes),
            v8::ValueViewData::TwoByte(units) => {
                let bytes: Vec<u8> = units.iter().map(|unit| *unit as u8).collect();
                act(&bytes)
            }
        }
    }

    /// The code units in little-endian order, as Node's `ucs2`.
    pub fn to_utf16(&self) -> Vec<u8> {
        match self.view().data() {
            v8::ValueViewData::OneByte(bytes) => bytes.iter().flat_map(|b| [*b, 0]).collect(),
            v8::ValueViewData::TwoByte(units) => {
                units.iter().flat_map(|unit| unit.to_le_bytes()).collect()
            }
        }
    }

    /// Writes the UTF-8 form if all of it fits, and no surrogate stands alone. Gives its length.
    pub(crate) fn write_utf8(&self, target: &mut [u8]) -> Option<usize> {
        use v8::simdutf;
        match self.view().data() {
            v8::ValueViewData::OneByte(bytes) => {
                if simdutf::utf8_length_from_latin1(bytes) > target.len() {
                    return None;
                }
                // SAFETY: `target` has room for all of it, as was just asked.
                Some(unsafe { simdutf::convert_latin1_to_utf8(bytes, target) })
            }
            v8::ValueViewData::TwoByte(units) => {
                if simdutf::utf8_length_from_utf16le(units) > target.len() {
                    return None;
                }
                // SAFETY: `target` has room for all of them if they are valid, and else for those
                // before the first that is not.
                match unsafe { simdutf::convert_utf16le_to_utf8(units, target) } {
                    0 if !units.is_empty() => None,
                    count => Some(count),
                }
            }
        }
    }

    /// Length of the UTF-8 form in bytes.
    pub fn utf8_bytes(&self) -> usize {
        match self.view().data() {
            v8::ValueViewData::OneByte(bytes) if bytes.is_ascii() => bytes.len(),
            v8::ValueViewData::OneByte(bytes) => v8::simdutf::utf8_length_from_latin1(bytes),
            v8::ValueViewData::TwoByte(units) if v8::simdutf::validate_utf16le(units) => {
                v8::simdutf::utf8_length_from_utf16le(units)
            }
            v8::ValueViewData::TwoByte(_) => self.with_utf8(<[u8]>::len),
        }
    }
}

/// Memory for a result of known length.
pub(crate) fn room(count: usize) -> Vec<u8> {
    crate::store::unwritten(count).expect("memory for a text that is there")
}

fn utf8_of(data: &v8::ValueViewData) -> Vec<u8> {
    match data {
        v8::ValueViewData::OneByte(bytes) => {
            let mut utf8 = room(v8::simdutf::utf8_length_from_latin1(bytes));
            // SAFETY: the length above is exact.
            unsafe { v8::simdutf::convert_latin1_to_utf8(bytes, &mut utf8) };
            utf8
        }
        v8::ValueViewData::TwoByte(units) => {
            let mut utf8 = room(v8::simdutf::utf8_length_from_utf16le(units));
            // SAFETY: the length above is exact for valid text, and other text ends it before.
            match unsafe { v8::simdutf::convert_utf16le_to_utf8(units, &mut utf8) } {
                count if count == utf8.len() => utf8,
                _ => String::from_utf16_lossy(units).into_bytes(),
            }
        }
    }
}

impl std::fmt::Display for Text<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let view = self.view();
        let text: Cow<str> = view.to_cow_lossy();
        out.write_str(&text)
    }
}
