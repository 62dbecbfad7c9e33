//! What a turn has for JavaScript, gathered while the natives are borrowed.

use crate::value::{IntoJs, Js, js_buffer, js_latin1, js_string};

/// Entries for the page, each with an optional value.
pub struct Delivery<'a, 's, 'i> {
    scope: &'a mut v8::PinScope<'s, 'i>,
    entries: Vec<[i32; 4]>,
    values: Vec<v8::Local<'s, v8::Value>>,
}

impl<'a, 's, 'i> Delivery<'a, 's, 'i> {
    pub(crate) fn new(scope: &'a mut v8::PinScope<'s, 'i>) -> Self {
        Delivery {
            scope,
            entries: Vec::new(),
            values: Vec::new(),
        }
    }

    pub(crate) fn finish(self) -> (Vec<[i32; 4]>, Vec<v8::Local<'s, v8::Value>>) {
        (self.entries, self.values)
    }

    /// An entry without a value. The meaning of `a` and `b` belongs to the kind.
    pub fn push(&mut self, kind: u8, handle: i32, a: i32, b: i32) {
        self.entries.push([kind.into(), handle, a, b]);
        self.values.push(v8::undefined(self.scope).into());
    }

    /// An entry with a string of Latin-1 characters, copied from `bytes`.
    pub fn push_latin1(&mut self, kind: u8, handle: i32, a: i32, b: i32, bytes: &[u8]) {
        self.entries.push([kind.into(), handle, a, b]);
        self.values.push(js_latin1(self.scope, bytes).into());
    }

    /// An entry with a Buffer that owns a copy of `bytes`.
    pub fn push_bytes(&mut self, kind: u8, handle: i32, a: i32, b: i32, bytes: &[u8]) {
        self.push_buffer(kind, handle, a, b, bytes.to_vec());
    }

    /// An entry with a Buffer that owns `bytes`: no copy.
    pub fn push_buffer(&mut self, kind: u8, handle: i32, a: i32, b: i32, bytes: Vec<u8>) {
        self.entries.push([kind.into(), handle, a, b]);
        self.values.push(js_buffer(self.scope, bytes));
    }

    /// An entry with a string.
    pub fn push_text(&mut self, kind: u8, handle: i32, a: i32, b: i32, text: &str) {
        self.entries.push([kind.into(), handle, a, b]);
        self.values.push(js_string(self.scope, text).into());
    }

    /// An entry with a value of any shape.
    pub fn push_value(&mut self, kind: u8, handle: i32, a: i32, b: i32, value: Js) {
        self.entries.push([kind.into(), handle, a, b]);
        self.values.push(value.into_js(self.scope));
    }
}
