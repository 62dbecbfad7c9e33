//! `messaging`: structuredClone by V8's serialiser.

use v8::{ValueDeserializerHelper, ValueSerializerHelper};

use super::{Args, Entry, Return, entry, throw_error};
use crate::realm::{self, Root};
use crate::value::js_string;

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        entry("structuredClone", 2, structured_clone),
        entry("setDataCloneError", 1, set_data_clone_error),
    ]
}

/// What V8 refuses to clone becomes a DOMException of lib_js's own making.
struct Refuse;

fn throw_data_clone_error(scope: &mut v8::PinScope, message: v8::Local<v8::String>) {
    match realm::current().root_function(scope, Root::DataCloneError) {
        Some(make) => {
            let receiver = v8::undefined(scope).into();
            if let Some(error) = make.call(scope, receiver, &[message.into()]) {
                scope.throw_exception(error);
            }
        }
        None => {
            let text = message.to_rust_string_lossy(scope);
            throw_error(scope, "ERR_DATA_CLONE", &text);
        }
    }
}

impl v8::ValueSerializerImpl for Refuse {
    fn throw_data_clone_error<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        message: v8::Local<'s, v8::String>,
    ) {
        throw_data_clone_error(scope, message);
    }
}

impl v8::ValueDeserializerImpl for Refuse {}

/// setDataCloneError(make): make(message) gives the DOMException to throw.
fn set_data_clone_error<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    realm::current().set_root(scope, Root::DataCloneError, args.get(0));
}

/// structuredClone(value, transfer: ArrayBuffer[])
fn structured_clone<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let mut buffers: Vec<v8::Local<v8::ArrayBuffer>> = Vec::new();
    if let Ok(list) = args.get(1).try_cast::<v8::Array>() {
        for index in 0..list.length() {
            let item = list.get_index(scope, index);
            let buffer = item.and_then(|item| item.try_cast::<v8::ArrayBuffer>().ok());
            let known = |buffer: &v8::Local<v8::ArrayBuffer>| buffers.contains(buffer);
            match buffer {
                Some(buffer) if buffer.is_detachable() && !known(&buffer) => buffers.push(buffer),
                _ => {
                    let text = "Value not transferable";
                    let message = js_string(scope, text);
                    return throw_data_clone_error(scope, message);
                }
            }
        }
    }
    let context = scope.get_current_context();
    let serializer = v8::ValueSerializer::new(scope, Box::new(Refuse));
    serializer.write_header();
    for (id, buffer) in buffers.iter().enumerate() {
        serializer.transfer_array_buffer(id as u32, *buffer);
    }
    if serializer.write_value(context, args.get(0)) != Some(true) {
        return;
    }
    let bytes = serializer.release();
    let deserializer = v8::ValueDeserializer::new(scope, Box::new(Refuse), &bytes);
    for (id, buffer) in buffers.iter().enumerate() {
        let store = buffer.get_backing_store();
        // The check above makes this succeed: it is detachable and has no key but lib_js's.
        buffer.detach(None);
        let moved = v8::ArrayBuffer::with_backing_store(scope, &store);
        deserializer.transfer_array_buffer(id as u32, moved);
    }
    if deserializer.read_header(context) != Some(true) {
        return;
    }
    if let Some(clone) = deserializer.read_value(context) {
        rv.set(clone);
    }
}
