//! Values across the fence: what an op may take (`FromJs`) and give (`IntoJs`).
//! Conversions run no JavaScript of the program: a value of the wrong type becomes zero, empty or
//! absent, since lib_js has checked every argument before.

use crate::held::Held;
use crate::store;
use crate::text::Text;

/// A type that an op may take as an argument.
pub trait FromJs<'s>: Sized {
    fn from_js(scope: &mut v8::PinScope<'s, '_>, value: v8::Local<'s, v8::Value>) -> Self;
}

/// A type that an op may give back.
pub trait IntoJs {
    fn into_js<'s>(self, scope: &mut v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Value>;
}

/// An error for JavaScript to catch, from an op.
#[derive(Debug, Clone)]
pub struct Throw {
    pub class: ErrorClass,
    pub code: &'static str,
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    Error,
    TypeError,
    RangeError,
}

fn number(value: v8::Local<v8::Value>) -> f64 {
    if let Ok(number) = value.try_cast::<v8::Number>() {
        number.value()
    } else if value.is_true() {
        1.0
    } else {
        0.0
    }
}

impl<'s> FromJs<'s> for f64 {
    fn from_js(_: &mut v8::PinScope<'s, '_>, value: v8::Local<'s, v8::Value>) -> Self {
        number(value)
    }
}

impl<'s> FromJs<'s> for i32 {
    fn from_js(_: &mut v8::PinScope<'s, '_>, value: v8::Local<'s, v8::Value>) -> Self {
        match value.try_cast::<v8::Int32>() {
            Ok(integer) => integer.value(),
            Err(_) => number(value) as i64 as i32,
        }
    }
}

impl<'s> FromJs<'s> for u32 {
    fn from_js(_: &mut v8::PinScope<'s, '_>, value: v8::Local<'s, v8::Value>) -> Self {
        number(value) as i64 as u32
    }
}

impl<'s> FromJs<'s> for i64 {
    fn from_js(_: &mut v8::PinScope<'s, '_>, value: v8::Local<'s, v8::Value>) -> Self {
        match value.try_cast::<v8::BigInt>() {
            Ok(big) => big.i64_value().0,
            Err(_) => number(value) as i64,
        }
    }
}

impl<'s> FromJs<'s> for bool {
    fn from_js(scope: &mut v8::PinScope<'s, '_>, value: v8::Local<'s, v8::Value>) -> Self {
        value.boolean_value(scope)
    }
}

impl<'s> FromJs<'s> for Text<'s> {
    fn from_js(scope: &mut v8::PinScope<'s, '_>, value: v8::Local<'s, v8::Value>) -> Self {
        let string = value
            .try_cast()
            .unwrap_or_else(|_| v8::String::empty(scope));
        Text::new(scope, string)
    }
}

impl<'s> FromJs<'s> for String {
    fn from_js(scope: &mut v8::PinScope<'s, '_>, value: v8::Local<'s, v8::Value>) -> Self {
        Text::from_js(scope, value).to_string()
    }
}

impl<'s, T: FromJs<'s>> FromJs<'s> for Option<T> {
    fn from_js(scope: &mut v8::PinScope<'s, '_>, value: v8::Local<'s, v8::Value>) -> Self {
        if value.is_null_or_undefined() {
            None
        } else {
            Some(T::from_js(scope, value))
        }
    }
}

impl<'s, T: FromJs<'s>> FromJs<'s> for Vec<T> {
    fn from_js(scope: &mut v8::PinScope<'s, '_>, value: v8::Local<'s, v8::Value>) -> Self {
        let Ok(array) = value.try_cast::<v8::Array>() else {
            return Vec::new();
        };
        let mut items = Vec::with_capacity(array.length() as usize);
        for index in 0..array.length() {
            // A dense array of lib_js's own making: no accessor runs.
            let Some(item) = array.get_index(scope, index) else {
                break;
            };
            items.push(T::from_js(scope, item));
        }
        items
    }
}

/// The bytes of a typed array, DataView or ArrayBuffer, for the length of one op.
pub struct Bytes<'s> {
    start: *mut u8,
    count: usize,
    owner: Owner<'s>,
}

/// What keeps the bytes.
#[derive(Clone, Copy)]
enum Owner<'s> {
    None,
    View(v8::Local<'s, v8::ArrayBufferView>),
    Buffer(v8::Local<'s, v8::ArrayBuffer>),
}

impl Bytes<'_> {
    const EMPTY: Self = Bytes {
        start: std::ptr::NonNull::dangling().as_ptr(),
        count: 0,
        owner: Owner::None,
    };

    /// The bytes of a view whose address is fixed already. Makes no handles and never allocates.
    pub(crate) fn outside_heap<'s>(view: v8::Local<'s, v8::ArrayBufferView>) -> Option<Bytes<'s>> {
        let mut copy = [0; v8::TYPED_ARRAY_MAX_SIZE_IN_HEAP];
        // SAFETY: V8 copies what is in its heap to `copy`, which has room for all of it; else it
        // only tells the address.
        let (start, count) = unsafe { view.get_contents_raw_parts(&mut copy) };
        if start.is_null() || start == copy.as_mut_ptr() {
            return None;
        }
        let owner = Owner::View(view);
        Some(Bytes {
            start,
            count,
            owner,
        })
    }

    /// The bytes of a view, to be read only: those of V8's heap are copied to `room`. Makes no
    /// handles and never allocates.
    pub(crate) fn to_read<'s>(
        value: v8::Local<'s, v8::Value>,
        room: &'s mut [u8; v8::TYPED_ARRAY_MAX_SIZE_IN_HEAP],
    ) -> Bytes<'s> {
        let Ok(view) = value.try_cast::<v8::ArrayBufferView>() else {
            return Bytes::EMPTY;
        };
        let bytes = view.get_contents(room);
        Bytes {
            start: bytes.as_ptr().cast_mut(),
            count: bytes.len(),
            owner: Owner::None,
        }
    }

    /// Is a byte of one a byte of the other, too? Then only one of them may be taken as a slice
    /// while the other is written to.
    pub fn overlaps(&self, other: &Bytes) -> bool {
        let (start, other_start) = (self.start.addr(), other.start.addr());
        start < other_start + other.count && other_start < start + self.count
    }

    /// The bytes from `from` on, for longer than the op; None if that cannot be.
    pub fn hold(&self, from: usize) -> Option<Held> {
        let count = self.count.checked_sub(from)?;
        let start = self.as_slice()[from..].as_ptr();
        let store = match self.owner {
            Owner::None => return None,
            Owner::View(view) => view.get_backing_store()?,
            Owner::Buffer(buffer) => buffer.get_backing_store(),
        };
        Held::new(store, start, count)
    }

    pub fn as_slice(&self) -> &[u8] {
        // SAFETY: JavaScript does not run while the op has this value, so the buffer is neither
        // detached nor resized, and `count` bytes at `start` stay readable.
        unsafe { std::slice::from_raw_parts(self.start, self.count) }
    }

    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        // SAFETY: as above; ops take each view once, so nothing else in Rust refers to it.
        unsafe { std::slice::from_raw_parts_mut(self.start, self.count) }
    }
}

impl<'s> FromJs<'s> for Bytes<'s> {
    fn from_js(scope: &mut v8::PinScope<'s, '_>, value: v8::Local<'s, v8::Value>) -> Self {
        let (buffer, offset, count) = if let Ok(view) = value.try_cast::<v8::ArrayBufferView>() {
            if let Some(bytes) = Bytes::outside_heap(view) {
                return bytes;
            }
            let count = view.byte_length();
            // `buffer` moves a small array out of V8's heap, so that its address is fixed.
            let Some(buffer) = view.buffer(scope) else {
                return Bytes::EMPTY;
            };
            (buffer, view.byte_offset(), count)
        } else if let Ok(buffer) = value.try_cast::<v8::ArrayBuffer>() {
            (buffer, 0, buffer.byte_length())
        } else {
            return Bytes::EMPTY;
        };
        match buffer.data() {
            Some(data) if count > 0 => {
                // SAFETY: `offset` lies inside the buffer's allocation.
                let start = unsafe { data.as_ptr().cast::<u8>().add(offset) };
                Bytes {
                    start,
                    count,
                    owner: Owner::Buffer(buffer),
                }
            }
            _ => Bytes::EMPTY,
        }
    }
}

/// The bytes of a typed array, DataView or ArrayBuffer, copied.
pub struct Copied(pub Vec<u8>);

impl<'s> FromJs<'s> for Copied {
    fn from_js(scope: &mut v8::PinScope<'s, '_>, value: v8::Local<'s, v8::Value>) -> Self {
        Copied(Bytes::from_js(scope, value).as_slice().to_vec())
    }
}

/// A body or chunk: what JavaScript hands over to be written.
pub enum Data<'s> {
    None,
    Text(Text<'s>),
    Bytes(Bytes<'s>),
}

impl<'s> FromJs<'s> for Data<'s> {
    fn from_js(scope: &mut v8::PinScope<'s, '_>, value: v8::Local<'s, v8::Value>) -> Self {
        if value.is_string() {
            Data::Text(Text::from_js(scope, value))
        } else if value.is_null_or_undefined() {
            Data::None
        } else {
            Data::Bytes(Bytes::from_js(scope, value))
        }
    }
}

/// A result of a shape known only at run time.
#[derive(Debug, Clone)]
pub enum Js {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    Latin1(Vec<u8>),
    /// Becomes a Buffer.
    Bytes(Vec<u8>),
    /// Becomes an ArrayBuffer, of which JavaScript makes a Buffer faster than we do.
    Memory(Vec<u8>),
    /// Becomes a Uint8Array.
    Octets(Vec<u8>),
    List(Vec<Js>),
    /// A list of Latin-1 texts, each of so many bytes.
    Texts(Vec<u8>, usize),
    Object(Vec<(String, Js)>),
    BigInt(i64),
    Doubles(Vec<f64>),
    Pairs(TextPairs),
    Rows(Rows),
}

/// The longest text of a `Short`: a digest of 64 bytes in hexadecimal.
pub const SHORT_MAX: usize = 128;

/// What is mostly a short text: that needs no memory of its own on its way.
pub enum Short {
    Latin1([u8; SHORT_MAX], usize),
    Other(Js),
}

impl IntoJs for Short {
    fn into_js<'s>(self, scope: &mut v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Value> {
        match self {
            Short::Latin1(bytes, count) => js_latin1(scope, &bytes[..count]).into(),
            Short::Other(js) => js.into_js(scope),
        }
    }
}

impl From<i32> for Js {
    fn from(value: i32) -> Js {
        Js::Number(value.into())
    }
}

impl From<u32> for Js {
    fn from(value: u32) -> Js {
        Js::Number(value.into())
    }
}

impl From<f64> for Js {
    fn from(value: f64) -> Js {
        Js::Number(value)
    }
}

impl From<bool> for Js {
    fn from(value: bool) -> Js {
        Js::Bool(value)
    }
}

impl From<&str> for Js {
    fn from(value: &str) -> Js {
        Js::Text(value.to_owned())
    }
}

impl From<String> for Js {
    fn from(value: String) -> Js {
        Js::Text(value)
    }
}

impl From<Vec<u8>> for Js {
    fn from(value: Vec<u8>) -> Js {
        Js::Bytes(value)
    }
}

impl From<Vec<Js>> for Js {
    fn from(value: Vec<Js>) -> Js {
        Js::List(value)
    }
}

pub(crate) fn js_string<'s>(scope: &v8::PinScope<'s, '_>, text: &str) -> v8::Local<'s, v8::String> {
    v8::String::new(scope, text).unwrap_or_else(|| v8::String::empty(scope))
}

pub(crate) fn js_latin1<'s>(
    scope: &v8::PinScope<'s, '_>,
    bytes: &[u8],
) -> v8::Local<'s, v8::String> {
    v8::String::new_from_one_byte(scope, bytes, v8::NewStringType::Normal)
        .unwrap_or_else(|| v8::String::empty(scope))
}

/// A Buffer that owns `bytes`.
pub(crate) fn js_buffer<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    bytes: Vec<u8>,
) -> v8::Local<'s, v8::Value> {
    let count = bytes.len();
    let buffer = store::array_buffer(scope, bytes);
    let array = v8::Uint8Array::new(scope, buffer, 0, count).expect("the view fits its buffer");
    if let Some(prototype) = crate::builtin::buffer_prototype(scope) {
        array.set_prototype(scope, prototype);
    }
    array.into()
}

/// All at once: property by property V8 would make a hidden class for each.
fn js_object<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    fields: Vec<(String, Js)>,
) -> v8::Local<'s, v8::Value> {
    let mut names: Vec<v8::Local<v8::Name>> = Vec::with_capacity(fields.len());
    let mut values = Vec::with_capacity(fields.len());
    for (name, value) in fields {
        names.push(js_string(scope, &name).into());
        values.push(value.into_js(scope));
    }
    let plain = v8::Object::new(scope);
    let Some(prototype) = plain.get_prototype(scope) else {
        return plain.into();
    };
    v8::Object::with_prototype_and_properties(scope, prototype, &names, &values).into()
}

impl IntoJs for Js {
    fn into_js<'s>(self, scope: &mut v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Value> {
        match self {
            Js::Undefined => v8::undefined(scope).into(),
            Js::Null => v8::null(scope).into(),
            Js::Bool(value) => v8::Boolean::new(scope, value).into(),
            Js::Number(value) => v8::Number::new(scope, value).into(),
            Js::Text(text) => js_string(scope, &text).into(),
            Js::Latin1(bytes) => js_latin1(scope, &bytes).into(),
            Js::Bytes(bytes) => js_buffer(scope, bytes),
            Js::Octets(bytes) => {
                let count = bytes.len();
                let buffer = store::array_buffer(scope, bytes);
                let view = v8::Uint8Array::new(scope, buffer, 0, count);
                view.expect("the view fits its buffer").into()
            }
            Js::Rows(rows) => rows.into_js(scope),
            Js::Memory(bytes) => store::array_buffer(scope, bytes).into(),
            Js::BigInt(value) => v8::BigInt::new_from_i64(scope, value).into(),
            Js::List(items) => {
                let items: Vec<_> = items.into_iter().map(|item| item.into_js(scope)).collect();
                v8::Array::new_with_elements(scope, &items).into()
            }
            Js::Texts(bytes, each) => {
                let texts = bytes.chunks(each);
                let items: Vec<_> = texts.map(|text| js_latin1(scope, text).into()).collect();
                v8::Array::new_with_elements(scope, &items).into()
            }
            Js::Object(fields) => js_object(scope, fields),
            Js::Pairs(pairs) => pairs.into_js(scope),
            Js::Doubles(values) => {
                let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_ne_bytes()).collect();
                let buffer = store::array_buffer(scope, bytes);
                v8::Float64Array::new(scope, buffer, 0, values.len())
                    .expect("it fits")
                    .into()
            }
        }
    }
}

/// Pairs of Latin-1 slices of one text: becomes the flat array [name, value, name, value, ...].
/// Names are internalised, since they become keys. A value may lie where one before it does, and
/// becomes the same string.
#[derive(Debug, Clone)]
pub struct TextPairs {
    pub text: Vec<u8>,
    /// Start and end of name and value, in bytes of `text`.
    pub spans: Vec<[u32; 4]>,
}

impl IntoJs for TextPairs {
    fn into_js<'s>(self, scope: &mut v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Value> {
        let mut items: Vec<v8::Local<v8::Value>> = Vec::with_capacity(self.spans.len() * 2);
        for (at, &[name, name_end, value, value_end]) in self.spans.iter().enumerate() {
            let is_repeated = value < name;
            let name = &self.text[name as usize..name_end as usize];
            let kind = v8::NewStringType::Internalized;
            let name = v8::String::new_from_one_byte(scope, name, kind);
            items.push(name.unwrap_or_else(|| v8::String::empty(scope)).into());
            if is_repeated {
                let mut earlier = self.spans[..at].iter();
                if let Some(same) = earlier.rposition(|span| span[2..] == [value, value_end]) {
                    items.push(items[2 * same + 1]);
                    continue;
                }
            }
            let value = &self.text[value as usize..value_end as usize];
            items.push(js_latin1(scope, value).into());
        }
        v8::Array::new_with_elements(scope, &items).into()
    }
}

/// Rows of a table: becomes an array of objects without a prototype, or the first of them.
#[derive(Debug, Clone)]
pub struct Rows {
    pub names: Vec<String>,
    /// One value for each name; undefined where there are fewer.
    pub rows: Vec<Vec<Js>>,
    pub is_lone: bool,
}

impl IntoJs for Rows {
    fn into_js<'s>(self, scope: &mut v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Value> {
        let names = self.names.iter();
        let names: Vec<_> = names
            .map(|name| {
                let kind = v8::NewStringType::Internalized;
                let name = v8::String::new_from_utf8(scope, name.as_bytes(), kind);
                name.unwrap_or_else(|| v8::String::empty(scope)).into()
            })
            .collect();
        let null: v8::Local<v8::Value> = v8::null(scope).into();
        let mut objects = Vec::with_capacity(self.rows.len());
        for mut row in self.rows {
            row.resize(names.len(), Js::Undefined);
            let values: Vec<_> = row.into_iter().map(|value| value.into_js(scope)).collect();
            let object = v8::Object::with_prototype_and_properties(scope, null, &names, &values);
            objects.push(object.into());
        }
        match self.is_lone {
            true => objects.pop().unwrap_or_else(|| v8::undefined(scope).into()),
            false => v8::Array::new_with_elements(scope, &objects).into(),
        }
    }
}

impl IntoJs for () {
    fn into_js<'s>(self, scope: &mut v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Value> {
        v8::undefined(scope).into()
    }
}

impl IntoJs for i32 {
    fn into_js<'s>(self, scope: &mut v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Value> {
        v8::Integer::new(scope, self).into()
    }
}

macro_rules! into_js_by_enum {
    ($($kind:ty),*) => {$(
        impl IntoJs for $kind {
            fn into_js<'s>(self, scope: &mut v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Value> {
                Js::from(self).into_js(scope)
            }
        }
    )*};
}
into_js_by_enum!(u32, f64, bool, &str, String, Vec<u8>, Vec<Js>);

impl<T: IntoJs> IntoJs for Option<T> {
    fn into_js<'s>(self, scope: &mut v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Value> {
        match self {
            Some(value) => value.into_js(scope),
            None => v8::undefined(scope).into(),
        }
    }
}

impl<T: IntoJs> IntoJs for Result<T, Throw> {
    fn into_js<'s>(self, scope: &mut v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Value> {
        match self {
            Ok(value) => value.into_js(scope),
            Err(throw) => {
                crate::error::throw(scope, &throw);
                v8::undefined(scope).into()
            }
        }
    }
}
