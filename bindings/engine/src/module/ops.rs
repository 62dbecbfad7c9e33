//! What JavaScript does with one module: make it, run it, look at it.

use super::{
    Args, EVALUATE, Return, SOURCE, URL, attributes_object, context_of_wrap, field, module_of,
    origin, register,
};
use crate::builtin::{put, throw_error, throw_type_error};
use crate::contextify::{
    Watchdog, context_of, has_own_microtasks, run_own_microtasks, throw_cannot_watch,
    throw_if_fired,
};
use crate::realm;
use crate::value::{Bytes, FromJs, js_buffer, js_string};

/// createSourceText(url, source, hostSymbol, contextified, lineOffset, columnOffset, cachedData)
/// -> wrap; with cachedData it has the property `cachedDataRejected`.
pub(super) fn create_source_text<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    mut rv: Return<'s>,
) {
    use v8::script_compiler::{CachedData, CompileOptions, NoCacheReason, Source, compile_module2};
    let url = args.get(0);
    let Ok(code) = args.get(1).try_cast::<v8::String>() else {
        return throw_type_error(scope, "source must be a string");
    };
    let context = context_of(scope, args.get(3)).unwrap_or_else(|| scope.get_current_context());
    let offsets = (
        i32::from_js(scope, args.get(4)),
        i32::from_js(scope, args.get(5)),
    );
    let cached = Bytes::from_js(scope, args.get(6));
    let scope = &mut v8::ContextScope::new(scope, context);
    let origin = origin(scope, url, offsets, args.get(2), true);
    let (mut source, options) = match cached.as_slice() {
        [] => (
            Source::new(code, Some(&origin)),
            CompileOptions::NoCompileOptions,
        ),
        bytes => {
            let data = CachedData::new(bytes);
            let source = Source::new_with_cached_data(code, Some(&origin), data);
            (source, CompileOptions::ConsumeCodeCache)
        }
    };
    v8::tc_scope!(let catch, scope);
    let module = compile_module2(catch, &mut source, options, NoCacheReason::NoReason);
    let Some(module) = module else {
        crate::error::attach_arrow_caught(catch);
        catch.rethrow();
        return;
    };
    let Some(wrap) = register(catch, module, url, None) else {
        return;
    };
    if !args.get(6).is_undefined() {
        let rejected = source.get_cached_data().is_none_or(|data| data.rejected());
        let rejected = v8::Boolean::new(catch, rejected).into();
        put(catch, wrap, "cachedDataRejected", rejected);
    }
    rv.set(wrap.into());
}

/// createSynthetic(url, exportNames, evaluate, contextified) -> wrap
pub(super) fn create_synthetic<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    mut rv: Return<'s>,
) {
    let Ok(names) = args.get(1).try_cast::<v8::Array>() else {
        return throw_type_error(scope, "export names must be an array");
    };
    let Ok(evaluate) = args.get(2).try_cast::<v8::Function>() else {
        return throw_type_error(scope, "evaluate must be a function");
    };
    let names: Vec<v8::Local<v8::String>> = (0..names.length())
        .filter_map(|index| names.get_index(scope, index)?.try_cast().ok())
        .collect();
    let Ok(url) = args.get(0).try_cast::<v8::String>() else {
        return throw_type_error(scope, "url must be a string");
    };
    let context = context_of(scope, args.get(3)).unwrap_or_else(|| scope.get_current_context());
    let scope = &mut v8::ContextScope::new(scope, context);
    let module = v8::Module::create_synthetic_module(scope, url, &names, evaluate_synthetic);
    if let Some(wrap) = register(scope, module, url.into(), Some(evaluate)) {
        rv.set(wrap.into());
    }
}

fn evaluate_synthetic<'s>(
    context: v8::Local<'s, v8::Context>,
    module: v8::Local<'s, v8::Module>,
) -> Option<v8::Local<'s, v8::Value>> {
    v8::callback_scope!(unsafe scope, context);
    let wrap = realm::current().modules.borrow().wrap_of(scope, module)?;
    let function = field::<v8::Function>(scope, wrap, EVALUATE)?;
    let receiver = v8::undefined(scope).into();
    function.call(scope, receiver, &[wrap.into()])?;
    let resolver = v8::PromiseResolver::new(scope)?;
    let undefined = v8::undefined(scope).into();
    resolver.resolve(scope, undefined)?;
    Some(resolver.get_promise(scope).into())
}

/// [[specifier, attributes, phase], ...]
pub(super) fn module_requests<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    mut rv: Return<'s>,
) {
    let Some((module, _)) = module_of(scope, args.get(0)) else {
        return;
    };
    let requests = module.get_module_requests();
    let mut items: Vec<v8::Local<v8::Value>> = Vec::with_capacity(requests.length());
    for index in 0..requests.length() {
        let Some(request) = requests.get(scope, index) else {
            continue;
        };
        let Ok(request) = request.try_cast::<v8::ModuleRequest>() else {
            continue;
        };
        let attributes = attributes_object(scope, request.get_import_attributes(), 3);
        let phase = v8::Integer::new(scope, request.get_phase() as i32).into();
        let item = [request.get_specifier().into(), attributes.into(), phase];
        items.push(v8::Array::new_with_elements(scope, &item).into());
    }
    rv.set(v8::Array::new_with_elements(scope, &items).into());
}

/// evaluate(wrap, timeout | undefined, breakOnSigint) -> promise
pub(super) fn evaluate<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Some((module, wrap)) = module_of(scope, args.get(0)) else {
        return;
    };
    let timeout_ms = match args.get(1).is_number() {
        true => f64::from_js(scope, args.get(1)),
        false => -1.0,
    };
    let context = context_of_wrap(scope, wrap);
    // Settling a promise of a context with its own queue would wait for that queue, which nobody
    // runs later: the caller gets a promise of its own context.
    let outer = match has_own_microtasks(context) {
        true => v8::PromiseResolver::new(scope),
        false => None,
    };
    let scope = &mut v8::ContextScope::new(scope, context);
    v8::tc_scope!(let catch, scope);
    let handle = catch.thread_safe_handle();
    let Some(watchdog) = Watchdog::start(&handle, timeout_ms, args.get(2).is_true()) else {
        throw_cannot_watch(catch);
        catch.rethrow();
        return;
    };
    let mut result = module.evaluate(catch);
    if let (Some(inner), Some(outer)) = (result, outer) {
        outer.resolve(catch, inner);
        result = Some(outer.get_promise(catch).into());
    }
    if result.is_some() {
        run_own_microtasks(catch, context);
    }
    if throw_if_fired(catch, watchdog.stop(), timeout_ms) {
        return;
    }
    if catch.has_caught() {
        catch.rethrow();
        return;
    }
    if let Some(result) = result {
        rv.set(result);
    }
}

pub(super) fn status<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    if let Some((module, _)) = module_of(scope, args.get(0)) {
        rv.set_int32(module.get_status() as i32);
    }
}

pub(super) fn module_error<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    mut rv: Return<'s>,
) {
    let Some((module, _)) = module_of(scope, args.get(0)) else {
        return;
    };
    if module.get_status() == v8::ModuleStatus::Errored {
        rv.set(module.get_exception());
    }
}

pub(super) fn namespace<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Some((module, _)) = module_of(scope, args.get(0)) else {
        return;
    };
    match module.get_status() {
        v8::ModuleStatus::Uninstantiated | v8::ModuleStatus::Instantiating => {
            throw_error(
                scope,
                "ERR_MODULE_NOT_INSTANTIATED",
                "cannot get namespace, module has not been instantiated",
            );
        }
        _ => rv.set(module.get_module_namespace()),
    }
}

pub(super) fn set_export<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let Some((module, _)) = module_of(scope, args.get(0)) else {
        return;
    };
    let Ok(name) = args.get(1).try_cast::<v8::String>() else {
        return throw_type_error(scope, "export name must be a string");
    };
    // None means that an exception is on its way to the caller already.
    let _ = module.set_synthetic_module_export(scope, name, args.get(2));
}

/// setSource(wrap, WebAssembly.Module): what `import source` of this module gives.
pub(super) fn set_source<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    if let Some((_, wrap)) = module_of(scope, args.get(0)) {
        wrap.set_internal_field(SOURCE, args.get(1).into());
    }
}

/// getSource(wrap): throws a SyntaxError for a module that has none.
pub(super) fn get_source<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    if let Some((_, wrap)) = module_of(scope, args.get(0))
        && let Some(source) = super::link::source_of(scope, wrap)
    {
        rv.set(source.into());
    }
}

pub(super) fn is_graph_async<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    mut rv: Return<'s>,
) {
    let Some((module, _)) = module_of(scope, args.get(0)) else {
        return;
    };
    let ready = !matches!(
        module.get_status(),
        v8::ModuleStatus::Uninstantiated | v8::ModuleStatus::Instantiating
    );
    rv.set_bool(ready && module.is_graph_async());
}

pub(super) fn has_top_level_await<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    mut rv: Return<'s>,
) {
    if let Some((module, _)) = module_of(scope, args.get(0)) {
        rv.set_bool(module.is_source_text_module() && module.has_top_level_await());
    }
}

pub(super) fn source_map_url<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    mut rv: Return<'s>,
) {
    if let Some((module, _)) = module_of(scope, args.get(0))
        && module.is_source_text_module()
    {
        let script = module.get_unbound_module_script(scope);
        rv.set(script.get_source_mapping_url(scope));
    }
}

pub(super) fn create_cached_data<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    mut rv: Return<'s>,
) {
    if let Some((module, _)) = module_of(scope, args.get(0))
        && module.is_source_text_module()
    {
        let script = module.get_unbound_module_script(scope);
        let bytes = script.create_code_cache().map(|data| data.to_vec());
        rv.set(js_buffer(scope, bytes.unwrap_or_default()));
    }
}

pub(super) fn url<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    if let Some((_, wrap)) = module_of(scope, args.get(0))
        && let Some(url) = field::<v8::Value>(scope, wrap, URL)
    {
        rv.set(url);
    }
}

/// Where top-level await is stuck below this module, in Node's words.
pub(super) fn stalled_await<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    mut rv: Return<'s>,
) {
    let Some((module, _)) = module_of(scope, args.get(0)) else {
        return;
    };
    let mut lines: Vec<v8::Local<v8::Value>> = Vec::new();
    for (_, message) in module.get_stalled_top_level_await_message(scope) {
        let place = crate::error::arrow(scope, Some(message));
        let text = format!("Warning: Detected unsettled top-level await at {place}");
        lines.push(js_string(scope, &text).into());
    }
    rv.set(v8::Array::new_with_elements(scope, &lines).into());
}
