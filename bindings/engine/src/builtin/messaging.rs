//! `messaging`: values to messages and back, by V8's serialiser. Also structuredClone.
//!
//! Objects with a transfer mode (a private symbol that lib_js sets) are *hosts*: V8 writes their
//! number, lib_js says by `pack(object) -> [kind, data, goods]` what they are, and on the other
//! side makes them anew: `make(kind, goods)` before the value is read, `fill(object, data)` after.
//!
//! ```text
//! header, value, data of host 0, data of host 1, ...      data may hold further hosts
//! ```

use std::cell::RefCell;

use v8::{ValueDeserializerHelper, ValueSerializerHelper};

use super::util::transfer_mode_symbol;
use super::{Args, Entry, Return, entry, throw_error};
use crate::message::{self, Host, Message, Parcel, Store};
use crate::realm::{self, Root};
use crate::value::{FromJs, IntoJs, js_string};

/// Bits of the transfer mode.
const TRANSFERABLE: i32 = 1;
const CLONEABLE: i32 = 2;

const UNSUPPORTED: &str = "Cannot clone object of unsupported type.";
const UNLISTED: &str =
    "Object that needs transfer was found in message but not listed in transferList";

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        entry("serialize", 4, serialize),
        entry("deserialize", 4, deserialize),
        entry("structuredClone", 6, structured_clone),
        entry("isDetachable", 1, is_detachable),
        entry("setDataCloneError", 1, set_data_clone_error),
    ]
}

pub(crate) fn throw_data_clone_error(scope: &mut v8::PinScope, message: v8::Local<v8::String>) {
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

fn refuse(scope: &mut v8::PinScope, text: &str) {
    let message = js_string(scope, text);
    throw_data_clone_error(scope, message);
}

/// setDataCloneError(make): make(message) gives the DOMException to throw.
fn set_data_clone_error<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    realm::current().set_root(scope, Root::DataCloneError, args.get(0));
}

/// isDetachable(buffer): can its memory move?
fn is_detachable<'s>(_: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let buffer = args.get(0).try_cast::<v8::ArrayBuffer>();
    rv.set_bool(buffer.is_ok_and(|buffer| buffer.is_detachable() && !buffer.was_detached()));
}

// ---- writing

/// What V8 met while it wrote a value.
#[derive(Default)]
struct Met {
    hosts: RefCell<Vec<v8::Global<v8::Object>>>,
    shared: RefCell<Vec<v8::Global<v8::SharedArrayBuffer>>>,
    modules: RefCell<Vec<v8::CompiledWasmModule>>,
}

struct Writer<'a> {
    met: &'a Met,
}

impl Writer<'_> {
    fn mode_of(&self, scope: &mut v8::PinScope, object: v8::Local<v8::Object>) -> i32 {
        let symbol = transfer_mode_symbol(scope);
        let mode = object.get_private(scope, symbol);
        mode.map_or(0, |mode| i32::from_js(scope, mode))
    }
}

impl v8::ValueSerializerImpl for Writer<'_> {
    fn throw_data_clone_error<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        message: v8::Local<'s, v8::String>,
    ) {
        throw_data_clone_error(scope, message);
    }

    fn has_custom_host_object(&self, _: &v8::Isolate) -> bool {
        true
    }

    fn is_host_object<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        object: v8::Local<'s, v8::Object>,
    ) -> Option<bool> {
        let symbol = transfer_mode_symbol(scope);
        object.has_private(scope, symbol)
    }

    fn write_host_object<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        object: v8::Local<'s, v8::Object>,
        serializer: &dyn v8::ValueSerializerHelper,
    ) -> Option<bool> {
        let known = self
            .met
            .hosts
            .borrow()
            .iter()
            .position(|host| *host == object);
        if let Some(index) = known {
            serializer.write_uint32(index as u32);
            return Some(true);
        }
        let mode = self.mode_of(scope, object);
        if mode & CLONEABLE == 0 {
            let text = if mode & TRANSFERABLE != 0 {
                UNLISTED
            } else {
                UNSUPPORTED
            };
            refuse(scope, text);
            return None;
        }
        let mut hosts = self.met.hosts.borrow_mut();
        serializer.write_uint32(hosts.len() as u32);
        hosts.push(v8::Global::new(scope, object));
        Some(true)
    }

    fn get_shared_array_buffer_id<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        buffer: v8::Local<'s, v8::SharedArrayBuffer>,
    ) -> Option<u32> {
        let mut shared = self.met.shared.borrow_mut();
        let known = shared.iter().position(|known| *known == buffer);
        let index = known.unwrap_or_else(|| {
            shared.push(v8::Global::new(scope, buffer));
            shared.len() - 1
        });
        Some(index as u32)
    }

    fn get_wasm_module_transfer_id(
        &self,
        _: &mut v8::PinScope<'_, '_>,
        module: v8::Local<v8::WasmModuleObject>,
    ) -> Option<u32> {
        let mut modules = self.met.modules.borrow_mut();
        modules.push(module.get_compiled_module());
        Some(modules.len() as u32 - 1)
    }
}

fn list_of<'s, T>(scope: &mut v8::PinScope<'s, '_>, value: v8::Local<'s, v8::Value>) -> Vec<T>
where
    v8::Local<'s, v8::Value>: TryInto<T>,
{
    let Ok(list) = value.try_cast::<v8::Array>() else {
        return Vec::new();
    };
    let mut items = Vec::new();
    for index in 0..list.length() {
        let item = list.get_index(scope, index);
        items.extend(item.and_then(|item| item.try_into().ok()));
    }
    items
}

/// `pack`'s answer for one host, written behind the value.
fn write_host<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    serializer: &v8::ValueSerializer<'_>,
    pack: v8::Local<'s, v8::Function>,
    object: &v8::Global<v8::Object>,
) -> Option<Host> {
    let object = v8::Local::new(scope, object);
    let receiver = v8::undefined(scope).into();
    let packed = pack.call(scope, receiver, &[object.into()])?;
    let packed: v8::Local<v8::Array> = packed.try_cast().ok()?;
    let kind = packed.get_index(scope, 0)?.to_rust_string_lossy(scope);
    let data = packed.get_index(scope, 1)?;
    let goods = packed.get_index(scope, 2)?;
    let goods = Parcel::from_js(scope, goods);
    let context = scope.get_current_context();
    serializer.write_value(context, data)?;
    Some(Host { kind, goods })
}

/// None: an exception is pending.
fn write_message<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    value: v8::Local<'s, v8::Value>,
    buffers: &[v8::Local<'s, v8::ArrayBuffer>],
    listed: &[v8::Local<'s, v8::Object>],
    pack: v8::Local<'s, v8::Function>,
) -> Option<Message> {
    let met = Met::default();
    for object in listed {
        met.hosts.borrow_mut().push(v8::Global::new(scope, *object));
    }
    let writer = Writer { met: &met };
    let context = scope.get_current_context();
    let serializer = v8::ValueSerializer::new(scope, Box::new(writer));
    serializer.write_header();
    for (id, buffer) in buffers.iter().enumerate() {
        serializer.transfer_array_buffer(id as u32, *buffer);
    }
    serializer.write_value(context, value)?;
    let mut message = Message::default();
    loop {
        let next = met.hosts.borrow().get(message.hosts.len()).cloned();
        let Some(object) = next else { break };
        message
            .hosts
            .push(write_host(scope, &serializer, pack, &object)?);
    }
    message.bytes = serializer.release();
    for buffer in buffers {
        message.moved.push(Store(buffer.get_backing_store()));
        // lib_js has asked: it is detachable and has no key.
        buffer.detach(None);
    }
    for buffer in met.shared.borrow().iter() {
        let buffer = v8::Local::new(scope, buffer);
        message.shared.push(Store(buffer.get_backing_store()));
    }
    message.modules = met.modules.take();
    Some(message)
}

/// serialize(value, buffers: ArrayBuffer[], listed: object[], pack) -> number of the message.
/// `buffers` and `listed` move; lib_js has checked that they can.
fn serialize<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let buffers = list_of(scope, args.get(1));
    let listed = list_of(scope, args.get(2));
    let Ok(pack) = args.get(3).try_cast::<v8::Function>() else {
        return;
    };
    if let Some(message) = write_message(scope, args.get(0), &buffers, &listed, pack) {
        rv.set(Parcel::new(message).into_js(scope));
    }
}

// ---- reading

struct Reader<'a> {
    hosts: &'a [v8::Global<v8::Object>],
    shared: &'a [Store],
    modules: &'a [v8::CompiledWasmModule],
}

impl v8::ValueDeserializerImpl for Reader<'_> {
    fn read_host_object<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        deserializer: &dyn v8::ValueDeserializerHelper,
    ) -> Option<v8::Local<'s, v8::Object>> {
        let mut index = 0;
        let host = deserializer
            .read_uint32(&mut index)
            .then(|| self.hosts.get(index as usize))
            .flatten();
        if host.is_none() {
            refuse(scope, UNSUPPORTED);
        }
        host.map(|host| v8::Local::new(scope, host))
    }

    fn get_shared_array_buffer_from_id<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        id: u32,
    ) -> Option<v8::Local<'s, v8::SharedArrayBuffer>> {
        let store = self.shared.get(id as usize)?;
        Some(v8::SharedArrayBuffer::with_backing_store(scope, &store.0))
    }

    fn get_wasm_module_from_id<'s>(
        &self,
        scope: &mut v8::PinScope<'s, '_>,
        id: u32,
    ) -> Option<v8::Local<'s, v8::WasmModuleObject>> {
        v8::WasmModuleObject::from_compiled_module(scope, self.modules.get(id as usize)?)
    }
}

/// None: an exception is pending.
fn read_message<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    message: Message,
    make: v8::Local<'s, v8::Function>,
    fill: v8::Local<'s, v8::Function>,
) -> Option<v8::Local<'s, v8::Value>> {
    let receiver: v8::Local<v8::Value> = v8::undefined(scope).into();
    let mut hosts = Vec::new();
    for host in message.hosts {
        let kind = js_string(scope, &host.kind).into();
        let goods = v8::Integer::new(scope, message::put(host.goods)).into();
        let object = make.call(scope, receiver, &[kind, goods])?;
        let object: v8::Local<v8::Object> = object.try_cast().ok()?;
        hosts.push(v8::Global::new(scope, object));
    }
    let reader = Reader {
        hosts: &hosts,
        shared: &message.shared,
        modules: &message.modules,
    };
    let context = scope.get_current_context();
    let deserializer = v8::ValueDeserializer::new(scope, Box::new(reader), &message.bytes);
    for (id, store) in message.moved.iter().enumerate() {
        let buffer = v8::ArrayBuffer::with_backing_store(scope, &store.0);
        deserializer.transfer_array_buffer(id as u32, buffer);
    }
    deserializer.read_header(context)?;
    let value = deserializer.read_value(context)?;
    for host in &hosts {
        let data = deserializer.read_value(context)?;
        let object = v8::Local::new(scope, host).into();
        fill.call(scope, receiver, &[object, data])?;
    }
    Some(value)
}

/// deserialize(message, make, fill, target) -> value. The message is used up. The value is made
/// in the context of the object `target`, if there is one.
fn deserialize<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let message = Parcel::from_js(scope, args.get(0)).open::<Message>();
    let make = args.get(1).try_cast::<v8::Function>();
    let fill = args.get(2).try_cast::<v8::Function>();
    let (Some(message), Ok(make), Ok(fill)) = (message, make, fill) else {
        return throw_error(scope, "ERR_INTERNAL_ASSERTION", "not a message");
    };
    let target = args.get(3).try_cast::<v8::Object>().ok();
    let value = match target.and_then(|target| target.get_creation_context(scope)) {
        Some(context) => {
            let scope = &mut v8::ContextScope::new(scope, context);
            read_message(scope, message, make, fill)
        }
        None => read_message(scope, message, make, fill),
    };
    if let Some(value) = value {
        rv.set(value);
    }
}

/// structuredClone(value, buffers, listed, pack, make, fill)
fn structured_clone<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let buffers = list_of(scope, args.get(1));
    let listed = list_of(scope, args.get(2));
    let functions = [3, 4, 5].map(|index| args.get(index).try_cast::<v8::Function>());
    let [Ok(pack), Ok(make), Ok(fill)] = functions else {
        return;
    };
    let message = write_message(scope, args.get(0), &buffers, &listed, pack);
    let value = message.and_then(|message| read_message(scope, message, make, fill));
    if let Some(value) = value {
        rv.set(value);
    }
}
