//! `ipc_serdes`: messages between parent and child in V8's serialisation (`advanced`), with the
//! frames and tags that Node writes, so that a child may be either.
//!
//! ```text
//! frame   length (4 bytes, big endian), then V8's bytes
//! view    host object, 0, type, bytes count, bytes
//! other   host object, 1, its own properties as a plain object
//! ```

use v8::{ValueDeserializerHelper, ValueSerializerHelper};

use super::{Args, Entry, Return, entry, throw_error};
use crate::value::{js_buffer, js_string};

const LENGTH_BYTES: usize = 4;
const TAG_VIEW: u32 = 0;
const TAG_OBJECT: u32 = 1;
const TYPE_DATA_VIEW: u32 = 9;
const TYPE_BUFFER: u32 = 10;
/// Elements of a typed array, by the number that names its type.
const ELEMENT_BYTES: [usize; 14] = [1, 1, 1, 2, 2, 4, 4, 4, 8, 1, 1, 8, 8, 2];

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        entry("serialize", 2, serialize),
        entry("deserialize", 1, deserialize),
    ]
}

fn throw_text(scope: &mut v8::PinScope, text: v8::Local<v8::String>) {
    let error = v8::Exception::error(scope, text);
    scope.throw_exception(error);
}

struct Writer {
    /// The class Buffer: what says that it is its constructor arrives as a Buffer.
    buffer_class: v8::Global<v8::Value>,
}

impl Writer {
    fn view_type<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        view: v8::Local<'s, v8::ArrayBufferView>,
    ) -> Option<u32> {
        let is: [fn(&v8::Value) -> bool; 14] = [
            v8::Value::is_int8_array,
            v8::Value::is_uint8_array,
            v8::Value::is_uint8_clamped_array,
            v8::Value::is_int16_array,
            v8::Value::is_uint16_array,
            v8::Value::is_int32_array,
            v8::Value::is_uint32_array,
            v8::Value::is_float32_array,
            v8::Value::is_float64_array,
            v8::Value::is_data_view,
            |_| false,
            v8::Value::is_big_int64_array,
            v8::Value::is_big_uint64_array,
            v8::Value::is_float16_array,
        ];
        let kind = is.iter().position(|is| is(&view))? as u32;
        if !view.is_uint8_array() {
            return Some(kind);
        }
        let key = js_string(scope, "constructor").into();
        let object: v8::Local<v8::Object> = view.into();
        let class = object.get(scope, key)?;
        let buffer_class = v8::Local::new(scope, &self.buffer_class);
        match class.strict_equals(buffer_class) {
            true => Some(TYPE_BUFFER),
            false => Some(kind),
        }
    }
}

impl v8::ValueSerializerImpl for Writer {
    fn throw_data_clone_error<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        message: v8::Local<'s, v8::String>,
    ) {
        throw_text(scope, message);
    }

    fn get_shared_array_buffer_id<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        _: v8::Local<'s, v8::SharedArrayBuffer>,
    ) -> Option<u32> {
        let text = js_string(scope, "#<SharedArrayBuffer> could not be cloned.");
        throw_text(scope, text);
        None
    }

    fn write_host_object<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        object: v8::Local<'s, v8::Object>,
        serializer: &dyn v8::ValueSerializerHelper,
    ) -> Option<bool> {
        let context = scope.get_current_context();
        let Ok(view) = object.try_cast::<v8::ArrayBufferView>() else {
            serializer.write_uint32(TAG_OBJECT);
            let plain = own_properties(scope, object)?;
            return serializer.write_value(context, plain.into());
        };
        let kind = self.view_type(scope, view)?;
        let mut bytes = vec![0; view.byte_length()];
        view.copy_contents(&mut bytes);
        serializer.write_uint32(TAG_VIEW);
        serializer.write_uint32(kind);
        serializer.write_uint32(u32::try_from(bytes.len()).ok()?);
        serializer.write_raw_bytes(&bytes);
        Some(true)
    }
}

/// `{ ...object }`
fn own_properties<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    object: v8::Local<'s, v8::Object>,
) -> Option<v8::Local<'s, v8::Object>> {
    let plain = v8::Object::new(scope);
    let names = object.get_own_property_names(scope, v8::GetPropertyNamesArgs::default())?;
    for index in 0..names.length() {
        let name = names.get_index(scope, index)?;
        let value = object.get(scope, name)?;
        let name = name.try_cast::<v8::Name>().ok()?;
        plain.create_data_property(scope, name, value)?;
    }
    Some(plain)
}

/// serialize(message, Buffer): the whole frame.
fn serialize<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let context = scope.get_current_context();
    let buffer_class = v8::Global::new(scope, args.get(1));
    let serializer = v8::ValueSerializer::new(scope, Box::new(Writer { buffer_class }));
    serializer.set_treat_array_buffer_views_as_host_objects(true);
    serializer.write_raw_bytes(&[0; LENGTH_BYTES]);
    serializer.write_header();
    if serializer.write_value(context, args.get(0)) != Some(true) {
        return;
    }
    let mut bytes = serializer.release();
    let Ok(count) = u32::try_from(bytes.len() - LENGTH_BYTES) else {
        return throw_error(scope, "ERR_OUT_OF_RANGE", "The message is too long");
    };
    bytes[..LENGTH_BYTES].copy_from_slice(&count.to_be_bytes());
    rv.set(js_buffer(scope, bytes));
}

struct Reader;

impl v8::ValueDeserializerImpl for Reader {
    fn read_host_object<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        deserializer: &dyn v8::ValueDeserializerHelper,
    ) -> Option<v8::Local<'s, v8::Object>> {
        let mut tag = 0;
        deserializer.read_uint32(&mut tag).then_some(())?;
        match tag {
            TAG_VIEW => read_view(scope, deserializer),
            TAG_OBJECT => {
                let context = scope.get_current_context();
                deserializer.read_value(context)?.try_cast().ok()
            }
            _ => {
                throw_error(
                    scope,
                    "ERR_INVALID_STATE",
                    "Invalid state: Unknown host object tag",
                );
                None
            }
        }
    }
}

fn read_view<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    deserializer: &dyn v8::ValueDeserializerHelper,
) -> Option<v8::Local<'s, v8::Object>> {
    let (mut kind, mut count) = (0, 0);
    let is_read = deserializer.read_uint32(&mut kind) && deserializer.read_uint32(&mut count);
    is_read.then_some(())?;
    let bytes = match count {
        0 => Vec::new(),
        count => deserializer.read_raw_bytes(count as usize)?.to_vec(),
    };
    let count = bytes.len();
    let element_bytes = *ELEMENT_BYTES.get(kind as usize)?;
    if kind == TYPE_BUFFER {
        return js_buffer(scope, bytes).try_cast().ok();
    }
    let buffer = crate::store::array_buffer(scope, bytes);
    if kind == TYPE_DATA_VIEW {
        return Some(v8::DataView::new(scope, buffer, 0, count).into());
    }
    let length = count / element_bytes;
    Some(match kind {
        0 => v8::Int8Array::new(scope, buffer, 0, length)?.into(),
        1 => v8::Uint8Array::new(scope, buffer, 0, length)?.into(),
        2 => v8::Uint8ClampedArray::new(scope, buffer, 0, length)?.into(),
        3 => v8::Int16Array::new(scope, buffer, 0, length)?.into(),
        4 => v8::Uint16Array::new(scope, buffer, 0, length)?.into(),
        5 => v8::Int32Array::new(scope, buffer, 0, length)?.into(),
        6 => v8::Uint32Array::new(scope, buffer, 0, length)?.into(),
        7 => v8::Float32Array::new(scope, buffer, 0, length)?.into(),
        8 => v8::Float64Array::new(scope, buffer, 0, length)?.into(),
        11 => v8::BigInt64Array::new(scope, buffer, 0, length)?.into(),
        12 => v8::BigUint64Array::new(scope, buffer, 0, length)?.into(),
        // The crate knows no other way up from this class.
        _ => v8::Float16Array::new(scope, buffer, 0, length)?.to_object(scope)?,
    })
}

/// deserialize(bytes): the message of a frame, without its length.
fn deserialize<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Ok(view) = args.get(0).try_cast::<v8::ArrayBufferView>() else {
        return throw_error(scope, "ERR_INVALID_ARG_TYPE", "The message must be bytes");
    };
    let mut bytes = vec![0; view.byte_length()];
    view.copy_contents(&mut bytes);
    let context = scope.get_current_context();
    let deserializer = v8::ValueDeserializer::new(scope, Box::new(Reader), &bytes);
    if deserializer.read_header(context) != Some(true) {
        return;
    }
    if let Some(value) = deserializer.read_value(context) {
        rv.set(value);
    }
}
