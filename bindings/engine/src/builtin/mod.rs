//! Natives that need V8 itself, under the names Node gives its internal bindings. Everything that
//! needs no V8 type stands in crate coring-bindings instead.

mod async_context;
mod buffer;
mod buffer_search;
mod buffer_write;
mod encoding;
mod errors;
mod heap_statistics;
mod messaging;
mod time_zone;
mod turn;
mod types;
mod util;

use crate::op::Binding;
use crate::realm::Root;
use crate::value::{ErrorClass, IntoJs, Throw, js_string};
use crate::{contextify, module, realm, sources};

/// One native function of an engine binding.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) arguments_count: i32,
    pub(crate) callback: v8::FunctionCallback,
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
        ("v8", heap_statistics::entries()),
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

/// Makes `{ name: { op: function } }` with every binding of both crates; a binding that both
/// have is one object.
pub(crate) fn bindings_object<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    bindings: &[Binding],
) -> Option<v8::Local<'s, v8::Object>> {
    let all = v8::Object::new(scope);
    for (name, entries) in tables() {
        let object = binding_object(scope, all, name)?;
        for entry in entries {
            let template = v8::FunctionTemplate::builder_raw(entry.callback)
                .length(entry.arguments_count)
                .constructor_behavior(v8::ConstructorBehavior::Throw)
                .build(scope);
            put_function(scope, object, entry.name, template)?;
        }
    }
    let object = binding_object(scope, all, "buffer")?;
    buffer::put_constants(scope, object);
    let object = binding_object(scope, all, "util")?;
    util::put_constants(scope, object);
    for binding in bindings {
        let object = binding_object(scope, all, binding.name)?;
        for op in binding.ops {
            let builder = v8::FunctionTemplate::builder_raw(op.callback).length(op.arguments_count);
            let template = match op.fast {
                Some(overloads) => builder.build_fast(scope, overloads),
                None => builder
                    .constructor_behavior(v8::ConstructorBehavior::Throw)
                    .build(scope),
            };
            put_function(scope, object, op.name.trim_start_matches("r#"), template)?;
        }
        for (name, value) in (binding.constants)() {
            let value = value.into_js(scope);
            put(scope, object, name, value);
        }
    }
    Some(all)
}

fn binding_object<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    all: v8::Local<'s, v8::Object>,
    name: &str,
) -> Option<v8::Local<'s, v8::Object>> {
    let key = js_string(scope, name);
    if let Ok(object) = all.get(scope, key.into())?.try_cast::<v8::Object>() {
        return Some(object);
    }
    let object = v8::Object::new(scope);
    all.create_data_property(scope, key.into(), object.into())?;
    Some(object)
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

/// The function `getInternalBinding(name)` over the object of all bindings.
pub(crate) fn binding_getter<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    all: v8::Local<'s, v8::Object>,
) -> Option<v8::Local<'s, v8::Function>> {
    // Not as the function's data: V8 would serialise a template's data apart from the context
    // that the object belongs to, and crash.
    realm::current().set_root(scope, Root::Bindings, all.into());
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

fn get_binding<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let binding = realm::current()
        .root(scope, Root::Bindings)
        .and_then(|all| all.try_cast::<v8::Object>().ok())
        .and_then(|all| all.get(scope, args.get(0)))
        .filter(|binding| binding.is_object());
    match binding {
        Some(binding) => rv.set(binding),
        None => {
            let name = args.get(0).to_rust_string_lossy(scope);
            throw_error(
                scope,
                "ERR_INVALID_MODULE",
                &format!("No such binding: {name}"),
            );
        }
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

pub(crate) use heap_statistics::heap_figures;
pub(crate) use turn::{arm_termination, terminate_current};

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
