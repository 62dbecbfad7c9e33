//! `serdes`: V8's serialiser piece by piece, for `v8.Serializer` and `v8.Deserializer`. JavaScript
//! holds numbers; what the serialisers ask goes to methods of the object they were made for.

use std::cell::RefCell;
use std::rc::Rc;

use v8::{ValueDeserializerHelper, ValueSerializerHelper};

use super::{Args, Entry, Return, entry};
use crate::value::{FromJs, IntoJs, js_buffer, js_string};

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        entry("openSerializer", 1, open_serializer),
        entry("closeSerializer", 1, close_serializer),
        entry("writeHeader", 1, write_header),
        entry("writeValue", 2, write_value),
        entry("releaseBuffer", 1, release_buffer),
        entry("transferOut", 3, transfer_out),
        entry("writeUint32", 2, write_uint32),
        entry("writeUint64", 3, write_uint64),
        entry("writeDouble", 2, write_double),
        entry("writeRawBytes", 2, write_raw_bytes),
        entry("treatViewsAsHostObjects", 2, treat_views_as_host_objects),
        entry("openDeserializer", 2, open_deserializer),
        entry("closeDeserializer", 1, close_deserializer),
        entry("readHeader", 1, read_header),
        entry("readValue", 1, read_value),
        entry("wireFormatVersion", 1, wire_format_version),
        entry("transferIn", 3, transfer_in),
        entry("readUint32", 1, read_uint32),
        entry("readUint64", 1, read_uint64),
        entry("readDouble", 1, read_double),
        entry("readRawBytes", 2, read_raw_bytes),
    ]
}

type Writer = v8::ValueSerializer<'static>;

struct Reader {
    v8: v8::ValueDeserializer<'static>,
    /// What `v8` reads, for as long as it does.
    bytes: Box<[u8]>,
}

thread_local! {
    // An isolate has its thread for itself. Dropped by finalisers, or with the isolate.
    static WRITERS: RefCell<Vec<Option<Rc<Writer>>>> = const { RefCell::new(Vec::new()) };
    static READERS: RefCell<Vec<Option<Rc<Reader>>>> = const { RefCell::new(Vec::new()) };
}

/// Before the isolate ends: V8's parts must not outlive it.
pub(crate) fn close_all() {
    WRITERS.with_borrow_mut(Vec::clear);
    READERS.with_borrow_mut(Vec::clear);
}

fn put<T>(list: &mut Vec<Option<Rc<T>>>, item: T) -> i32 {
    let item = Some(Rc::new(item));
    match list.iter().position(Option::is_none) {
        Some(index) => {
            list[index] = item;
            index as i32
        }
        None => {
            list.push(item);
            list.len() as i32 - 1
        }
    }
}

fn index<'s>(scope: &mut v8::PinScope<'s, '_>, args: &Args<'s>) -> usize {
    u32::from_js(scope, args.get(0)) as usize
}

fn writer<'s>(scope: &mut v8::PinScope<'s, '_>, args: &Args<'s>) -> Option<Rc<Writer>> {
    let index = index(scope, args);
    WRITERS.with_borrow(|list| list.get(index).cloned().flatten())
}

fn reader<'s>(scope: &mut v8::PinScope<'s, '_>, args: &Args<'s>) -> Option<Rc<Reader>> {
    let index = index(scope, args);
    READERS.with_borrow(|list| list.get(index).cloned().flatten())
}

/// The JavaScript object that a serialiser asks. Weak: the object owns the serialiser.
struct Owner(v8::Weak<v8::Object>);

impl Owner {
    fn new(scope: &mut v8::PinScope, object: v8::Local<v8::Object>) -> Box<Owner> {
        Box::new(Owner(v8::Weak::new(scope, object)))
    }

    /// None: there is no such method, or it threw.
    fn call<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        name: &str,
        arguments: &[v8::Local<'s, v8::Value>],
    ) -> Option<Option<v8::Local<'s, v8::Value>>> {
        let object = self.0.to_local(scope)?;
        let key = js_string(scope, name).into();
        let method: v8::Local<v8::Function> = object.get(scope, key)?.try_cast().ok()?;
        Some(method.call(scope, object.into(), arguments))
    }

    fn refuse<'s>(&self, scope: &mut v8::PinScope<'s, '_>, message: v8::Local<'s, v8::String>) {
        if let Some(Some(error)) = self.call(scope, "_getDataCloneError", &[message.into()]) {
            scope.throw_exception(error);
        }
    }

    fn refuse_text(&self, scope: &mut v8::PinScope, text: &str) {
        let message = js_string(scope, text);
        self.refuse(scope, message);
    }
}

impl v8::ValueSerializerImpl for Owner {
    fn throw_data_clone_error<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        message: v8::Local<'s, v8::String>,
    ) {
        self.refuse(scope, message);
    }

    fn write_host_object<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        object: v8::Local<'s, v8::Object>,
        _: &dyn v8::ValueSerializerHelper,
    ) -> Option<bool> {
        match self.call(scope, "_writeHostObject", &[object.into()]) {
            Some(answer) => answer.map(|_| true),
            None => {
                let name = object.get_constructor_name().to_rust_string_lossy(scope);
                self.refuse_text(scope, &format!("#<{name}> could not be cloned."));
                None
            }
        }
    }

    fn get_shared_array_buffer_id<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        buffer: v8::Local<'s, v8::SharedArrayBuffer>,
    ) -> Option<u32> {
        match self.call(scope, "_getSharedArrayBufferId", &[buffer.into()]) {
            Some(answer) => answer.map(|id| u32::from_js(scope, id)),
            None => {
                self.refuse_text(scope, "#<SharedArrayBuffer> could not be cloned.");
                None
            }
        }
    }

    fn get_wasm_module_transfer_id(
        &self,
        scope: &mut v8::PinScope<'_, '_>,
        _: v8::Local<v8::WasmModuleObject>,
    ) -> Option<u32> {
        self.refuse_text(scope, "#<Module> could not be cloned.");
        None
    }
}

impl v8::ValueDeserializerImpl for Owner {
    fn read_host_object<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        _: &dyn v8::ValueDeserializerHelper,
    ) -> Option<v8::Local<'s, v8::Object>> {
        // V8 forbids JavaScript while it reads, save where its embedder allows it.
        v8::allow_javascript_execution_scope!(let scope, scope);
        let Some(answer) = self.call(scope, "_readHostObject", &[]) else {
            throw(scope, "Unable to deserialize cloned data.");
            return None;
        };
        let object = answer?.try_cast::<v8::Object>();
        if object.is_err() {
            super::throw_type_error(scope, "readHostObject must return an object");
        }
        object.ok()
    }

    fn get_shared_array_buffer_from_id<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        id: u32,
    ) -> Option<v8::Local<'s, v8::SharedArrayBuffer>> {
        let id = v8::Integer::new_from_unsigned(scope, id).into();
        let answer = self.call(scope, "_getSharedArrayBufferFromId", &[id]);
        let buffer = answer.flatten().and_then(|value| value.try_cast().ok());
        if buffer.is_none() {
            throw(scope, "Unable to deserialize cloned data.");
        }
        buffer
    }
}

fn throw(scope: &v8::PinScope, text: &str) {
    let message = js_string(scope, text);
    let error = v8::Exception::error(scope, message);
    scope.throw_exception(error);
}

// ---- writing

fn open_serializer<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Ok(object) = args.get(0).try_cast::<v8::Object>() else {
        return;
    };
    let owner = Owner::new(scope, object);
    let serializer = v8::ValueSerializer::new(scope, owner);
    rv.set_int32(WRITERS.with_borrow_mut(|list| put(list, serializer)));
}

fn close_serializer<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let index = index(scope, &args);
    let closed = WRITERS.with_borrow_mut(|list| list.get_mut(index).and_then(Option::take));
    drop(closed);
}

fn write_header<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    if let Some(writer) = writer(scope, &args) {
        writer.write_header();
    }
}

fn write_value<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let context = scope.get_current_context();
    let Some(writer) = writer(scope, &args) else {
        return;
    };
    if let Some(done) = ValueSerializerHelper::write_value(&*writer, context, args.get(1)) {
        rv.set_bool(done);
    }
}

fn release_buffer<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    if let Some(writer) = writer(scope, &args) {
        rv.set(js_buffer(scope, writer.release()));
    }
}

fn transfer_out<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let id = u32::from_js(scope, args.get(1));
    if let (Some(writer), Ok(buffer)) = (writer(scope, &args), args.get(2).try_cast()) {
        writer.transfer_array_buffer(id, buffer);
    }
}

fn write_uint32<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let number = args.get(1).uint32_value(scope);
    if let (Some(writer), Some(number)) = (writer(scope, &args), number) {
        writer.write_uint32(number);
    }
}

fn write_uint64<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let high = args.get(1).uint32_value(scope);
    let low = args.get(2).uint32_value(scope);
    if let (Some(writer), Some(high), Some(low)) = (writer(scope, &args), high, low) {
        writer.write_uint64((u64::from(high) << 32) | u64::from(low));
    }
}

fn write_double<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let number = args.get(1).number_value(scope);
    if let (Some(writer), Some(number)) = (writer(scope, &args), number) {
        writer.write_double(number);
    }
}

fn write_raw_bytes<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let bytes = crate::Bytes::from_js(scope, args.get(1));
    if let Some(writer) = writer(scope, &args) {
        writer.write_raw_bytes(bytes.as_slice());
    }
}

fn treat_views_as_host_objects<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    _: Return<'s>,
) {
    if let Some(writer) = writer(scope, &args) {
        writer.set_treat_array_buffer_views_as_host_objects(args.get(1).boolean_value(scope));
    }
}

// ---- reading

fn open_deserializer<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Ok(object) = args.get(0).try_cast::<v8::Object>() else {
        return;
    };
    let bytes: Box<[u8]> = crate::Bytes::from_js(scope, args.get(1)).as_slice().into();
    let owner = Owner::new(scope, object);
    let v8 = v8::ValueDeserializer::new(scope, owner, &bytes);
    v8.set_supports_legacy_wire_format(true);
    let reader = Reader { v8, bytes };
    rv.set_int32(READERS.with_borrow_mut(|list| put(list, reader)));
}

fn close_deserializer<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let index = index(scope, &args);
    let closed = READERS.with_borrow_mut(|list| list.get_mut(index).and_then(Option::take));
    drop(closed);
}

fn read_header<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let context = scope.get_current_context();
    let Some(reader) = reader(scope, &args) else {
        return;
    };
    if let Some(done) = reader.v8.read_header(context) {
        rv.set_bool(done);
    }
}

fn read_value<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let context = scope.get_current_context();
    let Some(reader) = reader(scope, &args) else {
        return;
    };
    if let Some(value) = reader.v8.read_value(context) {
        rv.set(value);
    }
}

fn wire_format_version<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    if let Some(reader) = reader(scope, &args) {
        rv.set_uint32(reader.v8.get_wire_format_version());
    }
}

fn transfer_in<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let id = u32::from_js(scope, args.get(1));
    let Some(reader) = reader(scope, &args) else {
        return;
    };
    if let Ok(buffer) = args.get(2).try_cast::<v8::ArrayBuffer>() {
        reader.v8.transfer_array_buffer(id, buffer);
    } else if let Ok(buffer) = args.get(2).try_cast::<v8::SharedArrayBuffer>() {
        reader.v8.transfer_shared_array_buffer(id, buffer);
    }
}

/// undefined when the bytes are at their end, as in what follows.
fn read_uint32<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let mut number = 0;
    if reader(scope, &args).is_some_and(|reader| reader.v8.read_uint32(&mut number)) {
        rv.set_uint32(number);
    }
}

/// [high, low]
fn read_uint64<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let mut number = 0;
    if reader(scope, &args).is_some_and(|reader| reader.v8.read_uint64(&mut number)) {
        let halves = [(number >> 32) as u32, number as u32];
        let halves = halves.map(|half| half.into_js(scope));
        rv.set(v8::Array::new_with_elements(scope, &halves).into());
    }
}

fn read_double<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let mut number = 0.0;
    if reader(scope, &args).is_some_and(|reader| reader.v8.read_double(&mut number)) {
        rv.set_double(number);
    }
}

/// Where in the bytes the next `count` begin.
fn read_raw_bytes<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let count = f64::from_js(scope, args.get(1)) as usize;
    let Some(reader) = reader(scope, &args) else {
        return;
    };
    if count == 0 {
        return rv.set_int32(0);
    }
    if let Some(found) = reader.v8.read_raw_bytes(count) {
        let offset = found.as_ptr().addr() - reader.bytes.as_ptr().addr();
        rv.set_double(offset as f64);
    }
}
