//! Natives that need V8 itself, under the names Node gives its internal bindings. Everything that
//! needs no V8 type stands in crate coring-bindings instead.

pub(crate) mod answers;
pub(crate) mod async_context;
mod buffer;
mod buffer_codec;
mod buffer_search;
mod buffer_write;
mod buffer_write_fast;
pub(crate) mod devtools;
pub(crate) mod devtools_remote;
mod encoding;
mod errors;
pub(crate) mod gc;
mod gc_profile;
mod heap_statistics;
mod inspector;
mod ipc_serdes;
pub(crate) mod lazy;
mod messaging;
mod profiler;
mod serdes;
mod time_zone;
mod turn;
mod types;
mod util;
pub(crate) mod wasm_web_api;

use crate::op::Binding;
use crate::realm::Root;
use crate::value::{ErrorClass, IntoJs, Throw, js_string};
use crate::{contextify, module, realm, sources};

/// One native function of an engine binding.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) arguments_count: i32,
    pub(crate) callback: v8::FunctionCallback,
    /// The entry that optimised code calls directly.
    pub(crate) fast: Option<&'static [v8::fast_api::CFunction]>,
}

/// The arguments and the result slot of a native.
pub(crate) type Args<'s> = v8::FunctionCallbackArguments<'s>;
pub(crate) type Return<'s> = v8::ReturnValue<'s, v8::Value>;

pub(crate) fn entry(
    name: &'static str,
    arguments_count: i32,
    function: impl v8::MapFnTo<v8::FunctionCallback>,
) -> Entry {
    Entry {
        name,
        arguments_count,
        callback: function.map_fn_to(),
        fast: None,
    }
}

/// The same with an entry for optimised code beside it. Both give a result of the same type: that
/// code traps when the ordinary entry gives another.
pub(crate) fn fast_entry(
    name: &'static str,
    arguments_count: i32,
    function: impl v8::MapFnTo<v8::FunctionCallback>,
    fast: &'static [v8::fast_api::CFunction],
) -> Entry {
    Entry {
        fast: Some(fast),
        ..entry(name, arguments_count, function)
    }
}

/// All engine bindings, in the order that the snapshot depends on.
pub(crate) fn tables() -> Vec<(&'static str, Vec<Entry>)> {
    vec![
        ("turn", turn::entries()),
        ("util", util::entries()),
        ("types", types::entries()),
        ("buffer", buffer::entries()),
        ("encoding_binding", encoding::entries()),
        ("errors", errors::entries()),
        ("async_context", async_context::entries()),
        ("contextify", contextify::entries()),
        (
            "modules",
            merge(module::entries(), contextify::module_entries()),
        ),
        ("messaging", messaging::entries()),
        ("time_zone", time_zone::entries()),
        ("ipc_serdes", ipc_serdes::entries()),
        ("v8", heap_statistics::entries()),
        ("serdes", serdes::entries()),
        ("performance", gc::entries()),
        ("profiler", profiler::entries()),
        ("wasm_web_api", wasm_web_api::entries()),
        ("gc_profile", gc_profile::entries()),
        ("sqlite", answers::entries()),
        ("inspector", inspector::entries()),
        (
            "realm",
            vec![
                entry("getInternalBinding", 1, get_binding),
                entry("compileBuiltin", 1, compile_builtin),
            ],
        ),
    ]
}

fn merge(mut one: Vec<Entry>, other: Vec<Entry>) -> Vec<Entry> {
    one.extend(other);
    one
}

/// Makes the binding `name`: natives of this crate, ops of `bindings`, or both in one object.
/// None: there is no such binding.
fn make_binding<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    bindings: &[Binding],
    name: &str,
) -> Option<v8::Local<'s, v8::Object>> {
    let object = v8::Object::new(scope);
    let mut found = false;
    for (_, entries) in tables().into_iter().filter(|(table, _)| *table == name) {
        found = true;
        for entry in entries {
            let template = template(scope, entry.callback, entry.arguments_count, entry.fast);
            put_function(scope, object, entry.name, template)?;
        }
    }
    match name {
        "buffer" => buffer::put_constants(scope, object),
        "util" => util::put_constants(scope, object),
        "async_context" => async_context::put_accessors(scope, object)?,
        _ => {}
    }
    for binding in bindings.iter().filter(|binding| binding.name == name) {
        found = true;
        put_ops(scope, object, binding)?;
    }
    found.then_some(object)
}

fn template<'s>(
    scope: &v8::PinScope<'s, '_>,
    callback: v8::FunctionCallback,
    arguments_count: i32,
    fast: Option<&'static [v8::fast_api::CFunction]>,
) -> v8::Local<'s, v8::FunctionTemplate> {
    let builder = v8::FunctionTemplate::builder_raw(callback).length(arguments_count);
    match fast {
        Some(overloads) => builder.build_fast(scope, overloads),
        None => builder
            .constructor_behavior(v8::ConstructorBehavior::Throw)
            .build(scope),
    }
}

fn put_ops(
    scope: &mut v8::PinScope,
    object: v8::Local<v8::Object>,
    binding: &Binding,
) -> Option<()> {
    for op in binding.ops {
        let template = template(scope, op.callback, op.arguments_count, op.fast);
        put_function(scope, object, op.name.trim_start_matches("r#"), template)?;
    }
    for (name, value) in (binding.constants)() {
        let value = value.into_js(scope);
        put(scope, object, name, value);
    }
    Some(())
}

fn put_function(
    scope: &mut v8::PinScope,
    object: v8::Local<v8::Object>,
    name: &str,
    template: v8::Local<v8::FunctionTemplate>,
) -> Option<()> {
    let name = js_string(scope, name);
    template.remove_prototype();
    let function = template.get_function(scope)?;
    function.set_name(name);
    object.create_data_property(scope, name.into(), function.into())?;
    Some(())
}

/// The function `getInternalBinding(name)`. Bindings are made when the library first asks for
/// them: the snapshot holds those that its own files use.
pub(crate) fn binding_getter<'s>(
    scope: &mut v8::PinScope<'s, '_>,
) -> Option<v8::Local<'s, v8::Function>> {
    v8::Function::builder_raw(realm_callback("getInternalBinding"))
        .length(1)
        .build(scope)
}

/// The callback as `tables` has it: taken anew from the function, its address may differ, and the
/// snapshot would not know it.
fn realm_callback(name: &str) -> v8::FunctionCallback {
    let tables = tables();
    let (_, entries) = tables.last().expect("binding `realm` is the last");
    entries
        .iter()
        .find(|entry| entry.name == name)
        .expect("an entry of `realm`")
        .callback
}

/// The library keeps what it got (boot/realm.js) and asks once for each name.
fn get_binding<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let name = args.get(0).to_rust_string_lossy(scope);
    match make_binding(scope, realm::current().bindings, &name) {
        Some(binding) => rv.set(binding.into()),
        None => throw_error(
            scope,
            "ERR_INVALID_MODULE",
            &format!("No such binding: {name}"),
        ),
    }
}

/// The function `compileBuiltin(id)`.
pub(crate) fn compile_function<'s>(
    scope: &mut v8::PinScope<'s, '_>,
) -> Option<v8::Local<'s, v8::Function>> {
    v8::Function::builder_raw(realm_callback("compileBuiltin"))
        .length(1)
        .build(scope)
}

fn compile_builtin<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let id = args.get(0).to_rust_string_lossy(scope);
    v8::tc_scope!(let catch, scope);
    match sources::compile(catch, &realm::current().sources, &id) {
        Some(function) => rv.set(function.into()),
        None if catch.has_caught() => {
            catch.rethrow();
        }
        None => throw_error(
            catch,
            "ERR_UNKNOWN_BUILTIN_MODULE",
            &format!("No such file: {id}"),
        ),
    }
}

/// `Buffer.prototype`; loads the module when nobody has yet. It tells its prototype itself.
pub(crate) fn buffer_prototype<'s>(
    scope: &v8::PinScope<'s, '_>,
) -> Option<v8::Local<'s, v8::Value>> {
    let realm = realm::current();
    if let Some(prototype) = realm.root(scope, Root::BufferPrototype) {
        return Some(prototype);
    }
    let require = realm.root_function(scope, Root::Require)?;
    let id = js_string(scope, "buffer").into();
    require.call(scope, v8::undefined(scope).into(), &[id])?;
    realm.root(scope, Root::BufferPrototype)
}

pub(crate) fn throw_type_error(scope: &v8::PinScope, message: &str) {
    let message = js_string(scope, message);
    let error = v8::Exception::type_error(scope, message);
    scope.throw_exception(error);
}

pub(crate) fn throw_error(scope: &mut v8::PinScope, code: &'static str, message: &str) {
    let message = message.to_owned();
    crate::error::throw(
        scope,
        &Throw {
            class: ErrorClass::Error,
            code,
            message,
        },
    );
}

pub(crate) use devtools::{ask as ask_profiler, close as close_profiler, open as open_profiler};
pub(crate) use heap_statistics::{heap_figures, heap_space_rows};
pub(crate) use turn::{arm_termination, current_handle, terminate_current};

/// Sets `object[name] = value`.
pub(crate) fn put<'s>(
    scope: &v8::PinScope<'s, '_>,
    object: v8::Local<'s, v8::Object>,
    name: &str,
    value: v8::Local<'s, v8::Value>,
) {
    let key = js_string(scope, name).into();
    object.create_data_property(scope, key, value);
}

/// Before the isolate ends: what holds on to it from this thread.
pub(crate) fn close_all() {
    serdes::close_all();
    devtools::close_all();
    wasm_web_api::close_all();
}
