//! What a turn has for JavaScript, gathered while the natives are borrowed.

use crate::store;
use crate::value::{IntoJs, Js, js_buffer, js_latin1, js_string};

/// Pieces of a stream are joined to this many bytes, as many as Node reads at once.
const PIECES_BYTES_MAX: usize = 64 << 10;

/// The last entry's bytes, as long as more of the same stream may follow.
struct Gathered {
    kind: u8,
    handle: i32,
    bytes: Vec<u8>,
}

/// Entries for the page, each with an optional value.
pub struct Delivery<'a, 's, 'i> {
    scope: &'a mut v8::PinScope<'s, 'i>,
    entries: Vec<[i32; 4]>,
    values: Vec<v8::Local<'s, v8::Value>>,
    gathered: Option<Gathered>,
}

impl<'a, 's, 'i> Delivery<'a, 's, 'i> {
    pub(crate) fn new(scope: &'a mut v8::PinScope<'s, 'i>) -> Self {
        Delivery {
            scope,
            entries: Vec::new(),
            values: Vec::new(),
            gathered: None,
        }
    }

    pub(crate) fn finish(mut self) -> (Vec<[i32; 4]>, Vec<v8::Local<'s, v8::Value>>) {
        self.seal();
        (self.entries, self.values)
    }

    fn begin(&mut self, kind: u8, handle: i32, a: i32, b: i32) {
        self.seal();
        self.entries.push([kind.into(), handle, a, b]);
    }

    /// Makes an ArrayBuffer of what was gathered.
    fn seal(&mut self) {
        let Some(Gathered { bytes, .. }) = self.gathered.take() else {
            return;
        };
        let entry = self.entries.last_mut().expect("it was pushed for them");
        entry[2] = bytes.len() as i32;
        self.values
            .push(store::array_buffer(self.scope, bytes).into());
    }

    /// An entry with an ArrayBuffer: JavaScript makes a Buffer of it faster than we do.
    pub fn push_memory(&mut self, kind: u8, handle: i32, a: i32, b: i32, bytes: Vec<u8>) {
        self.begin(kind, handle, a, b);
        self.values
            .push(store::array_buffer(self.scope, bytes).into());
    }

    /// Bytes of a stream, as an ArrayBuffer: those that follow each other become one entry, and `a`
    /// is their count.
    pub fn push_piece(&mut self, kind: u8, handle: i32, bytes: &[u8]) {
        if let Some(last) = &mut self.gathered
            && (last.kind, last.handle) == (kind, handle)
            && last.bytes.len() + bytes.len() <= PIECES_BYTES_MAX
        {
            if last.bytes.capacity() - last.bytes.len() < bytes.len() {
                // Where two come, there are likely more.
                let most = PIECES_BYTES_MAX - last.bytes.len();
                let more = (last.bytes.len() * 3).clamp(bytes.len(), most);
                last.bytes.reserve_exact(more);
            }
            last.bytes.extend_from_slice(bytes);
            return;
        }
        self.begin(kind, handle, 0, 0);
        let bytes = bytes.to_vec();
        self.gathered = Some(Gathered {
            kind,
            handle,
            bytes,
        });
    }

    /// Takes what is gathered for the stream, to be lengthened by about `more` bytes and given back
    /// to `gather` before anything is pushed; empty: nothing is, or it is full.
    pub fn take_gathered(&mut self, kind: u8, handle: i32, more: usize) -> Vec<u8> {
        match &mut self.gathered {
            Some(last)
                if (last.kind, last.handle) == (kind, handle)
                    && last.bytes.len() + more <= PIECES_BYTES_MAX =>
            {
                std::mem::take(&mut last.bytes)
            }
            _ => Vec::new(),
        }
    }

    /// As `push_piece`, of bytes that need no copy: those that were taken, with more behind them,
    /// or others.
    pub fn gather(&mut self, kind: u8, handle: i32, bytes: Vec<u8>) {
        if let Some(last) = &mut self.gathered
            && (last.kind, last.handle) == (kind, handle)
            && last.bytes.is_empty()
        {
            last.bytes = bytes;
        } else if !bytes.is_empty() {
            self.begin(kind, handle, 0, 0);
            self.gathered = Some(Gathered {
                kind,
                handle,
                bytes,
            });
        }
    }

    /// An entry without a value. The meaning of `a` and `b` belongs to the kind.
    pub fn push(&mut self, kind: u8, handle: i32, a: i32, b: i32) {
        self.begin(kind, handle, a, b);
        self.values.push(v8::undefined(self.scope).into());
    }

    /// An entry with a string of Latin-1 characters, copied from `bytes`.
    pub fn push_latin1(&mut self, kind: u8, handle: i32, a: i32, b: i32, bytes: &[u8]) {
        self.begin(kind, handle, a, b);
        self.values.push(js_latin1(self.scope, bytes).into());
    }

    /// An entry with a Buffer that owns a copy of `bytes`.
    pub fn push_bytes(&mut self, kind: u8, handle: i32, a: i32, b: i32, bytes: &[u8]) {
        self.push_buffer(kind, handle, a, b, bytes.to_vec());
    }

    /// An entry with a Buffer that owns `bytes`: no copy.
    pub fn push_buffer(&mut self, kind: u8, handle: i32, a: i32, b: i32, bytes: Vec<u8>) {
        self.begin(kind, handle, a, b);
        self.values.push(js_buffer(self.scope, bytes));
    }

    /// An entry with a string.
    pub fn push_text(&mut self, kind: u8, handle: i32, a: i32, b: i32, text: &str) {
        self.begin(kind, handle, a, b);
        self.values.push(js_string(self.scope, text).into());
    }

    /// An entry with a value of any shape.
    pub fn push_value(&mut self, kind: u8, handle: i32, a: i32, b: i32, value: Js) {
        self.begin(kind, handle, a, b);
        self.values.push(value.into_js(self.scope));
    }
}
