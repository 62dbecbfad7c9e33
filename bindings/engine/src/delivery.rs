//! What a turn has for JavaScript, gathered while the natives are borrowed.

use crate::page::SMALL_BYTES_MAX;
use crate::store;
use crate::value::{IntoJs, Js, js_buffer, js_latin1, js_string};

/// Pieces of a stream are joined to this many bytes, as many as Node reads at once.
const PIECES_BYTES_MAX: usize = 64 << 10;

/// Bytes so few that JavaScript makes a Buffer of them in V8's own heap, where nothing has to be
/// allocated apart: they lie in the page.
#[derive(Default)]
pub(crate) struct Small {
    /// Of which entry, and where in `bytes` they begin and end.
    places: Vec<[usize; 3]>,
    bytes: Vec<u8>,
}

impl Small {
    fn push(&mut self, entry: usize, bytes: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        self.places.push([entry, start, self.bytes.len()]);
    }

    /// Entry and bytes, in the order of the entries.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let bytes = |[entry, start, end]: &[usize; 3]| (*entry, &self.bytes[*start..*end]);
        self.places.iter().map(bytes)
    }
}

/// What a delivery has gathered.
pub(crate) struct Load<'s> {
    pub(crate) entries: Vec<[i32; 4]>,
    pub(crate) values: Vec<v8::Local<'s, v8::Value>>,
    pub(crate) small: Small,
}

/// Entries for the page, each with an optional value.
pub struct Delivery<'a, 's, 'i> {
    scope: &'a mut v8::PinScope<'s, 'i>,
    load: Load<'s>,
    /// Kind and handle of the last entry, as long as more of the same stream may follow.
    gathered: Option<(u8, i32)>,
    gathered_bytes: Vec<u8>,
}

impl<'a, 's, 'i> Delivery<'a, 's, 'i> {
    pub(crate) fn new(scope: &'a mut v8::PinScope<'s, 'i>) -> Self {
        Delivery {
            scope,
            load: Load {
                entries: Vec::new(),
                values: Vec::new(),
                small: Small::default(),
            },
            gathered: None,
            gathered_bytes: Vec::new(),
        }
    }

    pub(crate) fn finish(mut self) -> Load<'s> {
        self.seal();
        self.load
    }

    fn begin(&mut self, kind: u8, handle: i32, a: i32, b: i32) {
        self.seal();
        self.load.entries.push([kind.into(), handle, a, b]);
    }

    fn value(&mut self, value: v8::Local<'s, v8::Value>) {
        self.load.values.push(value);
    }

    /// Ends what was gathered.
    fn seal(&mut self) {
        if self.gathered.take().is_none() {
            return;
        }
        let mut bytes = std::mem::take(&mut self.gathered_bytes);
        let entry = self.load.entries.last_mut();
        entry.expect("it was pushed for them")[2] = bytes.len() as i32;
        if bytes.len() > SMALL_BYTES_MAX {
            return self.put(bytes);
        }
        self.put_small(&bytes);
        bytes.clear();
        self.gathered_bytes = bytes;
    }

    /// The last entry's value is an ArrayBuffer.
    fn put(&mut self, bytes: Vec<u8>) {
        let buffer = store::array_buffer(self.scope, bytes);
        self.value(buffer.into());
    }

    /// The last entry's value is a count of bytes.
    fn put_small(&mut self, bytes: &[u8]) {
        self.load.small.push(self.load.entries.len() - 1, bytes);
        let count = v8::Integer::new(self.scope, bytes.len() as i32);
        self.value(count.into());
    }

    /// An entry with an ArrayBuffer: JavaScript makes a Buffer of it faster than we do.
    pub fn push_memory(&mut self, kind: u8, handle: i32, a: i32, b: i32, bytes: Vec<u8>) {
        self.begin(kind, handle, a, b);
        self.put(bytes);
    }

    /// An entry with bytes for `received()` of boot/turn.js.
    pub fn push_received(&mut self, kind: u8, handle: i32, a: i32, b: i32, bytes: &[u8]) {
        self.begin(kind, handle, a, b);
        match bytes.len() > SMALL_BYTES_MAX {
            true => self.put(bytes.to_vec()),
            false => self.put_small(bytes),
        }
    }

    /// Bytes of a stream, for `received()`: those that follow each other become one entry, and `a`
    /// is their count.
    pub fn push_piece(&mut self, kind: u8, handle: i32, bytes: &[u8]) {
        let room = PIECES_BYTES_MAX.checked_sub(self.gathered_bytes.len() + bytes.len());
        if self.gathered == Some((kind, handle)) && room.is_some() {
            let gathered = &mut self.gathered_bytes;
            if gathered.capacity() - gathered.len() < bytes.len() {
                // Where two come, there are likely more.
                let most = PIECES_BYTES_MAX - gathered.len();
                gathered.reserve_exact((gathered.len() * 3).clamp(bytes.len(), most));
            }
            return gathered.extend_from_slice(bytes);
        }
        self.begin(kind, handle, 0, 0);
        self.gathered = Some((kind, handle));
        self.gathered_bytes.reserve_exact(bytes.len());
        self.gathered_bytes.extend_from_slice(bytes);
    }

    /// An entry without a value. The meaning of `a` and `b` belongs to the kind.
    pub fn push(&mut self, kind: u8, handle: i32, a: i32, b: i32) {
        self.begin(kind, handle, a, b);
        let nothing = v8::undefined(self.scope);
        self.value(nothing.into());
    }

    /// An entry with a string of Latin-1 characters, copied from `bytes`.
    pub fn push_latin1(&mut self, kind: u8, handle: i32, a: i32, b: i32, bytes: &[u8]) {
        self.begin(kind, handle, a, b);
        let text = js_latin1(self.scope, bytes);
        self.value(text.into());
    }

    /// An entry with a Buffer that owns a copy of `bytes`.
    pub fn push_bytes(&mut self, kind: u8, handle: i32, a: i32, b: i32, bytes: &[u8]) {
        self.push_buffer(kind, handle, a, b, bytes.to_vec());
    }

    /// An entry with a Buffer that owns `bytes`: no copy.
    pub fn push_buffer(&mut self, kind: u8, handle: i32, a: i32, b: i32, bytes: Vec<u8>) {
        self.begin(kind, handle, a, b);
        let buffer = js_buffer(self.scope, bytes);
        self.value(buffer);
    }

    /// An entry with a string.
    pub fn push_text(&mut self, kind: u8, handle: i32, a: i32, b: i32, text: &str) {
        self.begin(kind, handle, a, b);
        let text = js_string(self.scope, text);
        self.value(text.into());
    }

    /// An entry with a value of any shape.
    pub fn push_value(&mut self, kind: u8, handle: i32, a: i32, b: i32, value: Js) {
        self.begin(kind, handle, a, b);
        let value = value.into_js(self.scope);
        self.value(value);
    }
}
