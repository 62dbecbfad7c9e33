//! ECMAScript modules: compile, link, instantiate and evaluate, driven by lib_js's loader.
//! JavaScript holds a plain object whose hidden number is the module's place in the table.

use std::collections::HashMap;

use crate::builtin::{Entry, entry, throw_type_error};
use crate::realm::{self, Root};
use crate::value::js_string;

#[derive(Default)]
pub(crate) struct Modules {
    records: Vec<Record>,
    /// V8's identity hash of a module, for finding its record from a callback.
    by_hash: HashMap<i32, Vec<usize>>,
}

struct Record {
    module: v8::Global<v8::Module>,
    wrap: v8::Global<v8::Object>,
    linked: Vec<usize>,
    evaluate: Option<v8::Global<v8::Function>>,
    url: String,
}

impl Modules {
    pub(crate) fn clear(&mut self) {
        self.records.clear();
        self.by_hash.clear();
    }

    fn index_of(&self, scope: &v8::PinScope, module: v8::Local<v8::Module>) -> Option<usize> {
        let candidates = self.by_hash.get(&module.get_identity_hash().get())?;
        candidates
            .iter()
            .copied()
            .find(|index| v8::Local::new(scope, &self.records[*index].module) == module)
    }
}

type Args<'s> = v8::FunctionCallbackArguments<'s>;
type Return<'s> = v8::ReturnValue<'s, v8::Value>;

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        entry("createSourceText", 3, create_source_text),
        entry("createSynthetic", 3, create_synthetic),
        entry("getModuleRequests", 1, module_requests),
        entry("link", 2, link),
        entry("instantiate", 1, instantiate),
        entry("evaluate", 1, evaluate),
        entry("getStatus", 1, status),
        entry("getError", 1, module_error),
        entry("getNamespace", 1, namespace),
        entry("setExport", 3, set_export),
        entry("isGraphAsync", 1, is_graph_async),
        entry("hasTopLevelAwait", 1, has_top_level_await),
        entry("url", 1, url),
        entry("stalledAwait", 1, stalled_await),
        entry("setImportModuleDynamically", 1, set_import_dynamically),
        entry("setInitializeImportMeta", 1, set_import_meta),
    ]
}

/// Script origin whose host-defined options carry `host` to dynamic imports.
pub(crate) fn origin<'s>(
    scope: &v8::PinScope<'s, '_>,
    name: v8::Local<'s, v8::Value>,
    offsets: (i32, i32),
    host: v8::Local<'s, v8::Value>,
    is_module: bool,
) -> v8::ScriptOrigin<'s> {
    let options = v8::PrimitiveArray::new(scope, 1);
    if let Ok(primitive) = host.try_cast::<v8::Primitive>() {
        options.set(scope, 0, primitive);
    }
    v8::ScriptOrigin::new(
        scope,
        name,
        offsets.0,
        offsets.1,
        false,
        -1,
        None,
        false,
        false,
        is_module,
        Some(options.into()),
    )
}

fn register<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    module: v8::Local<'s, v8::Module>,
    url: String,
    evaluate: Option<v8::Local<'s, v8::Function>>,
) -> v8::Local<'s, v8::Object> {
    let wrap = v8::Object::new(scope);
    let mut modules = realm::current().modules.borrow_mut();
    let index = modules.records.len();
    let key = record_key(scope);
    let number = v8::Integer::new(scope, index as i32).into();
    wrap.set_private(scope, key, number);
    modules
        .by_hash
        .entry(module.get_identity_hash().get())
        .or_default()
        .push(index);
    modules.records.push(Record {
        module: v8::Global::new(scope, module),
        wrap: v8::Global::new(scope, wrap),
        linked: Vec::new(),
        evaluate: evaluate.map(|function| v8::Global::new(scope, function)),
        url,
    });
    wrap
}

fn record_key<'s>(scope: &v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Private> {
    let name = js_string(scope, "coring:module");
    v8::Private::for_api(scope, Some(name))
}

fn index_of_wrap<'s>(
    scope: &v8::PinScope<'s, '_>,
    wrap: v8::Local<'s, v8::Value>,
) -> Option<usize> {
    let object = wrap.try_cast::<v8::Object>().ok()?;
    let key = record_key(scope);
    let number = object
        .get_private(scope, key)?
        .try_cast::<v8::Int32>()
        .ok()?;
    usize::try_from(number.value()).ok()
}

fn module_of<'s>(
    scope: &v8::PinScope<'s, '_>,
    wrap: v8::Local<'s, v8::Value>,
) -> Option<v8::Local<'s, v8::Module>> {
    let index = index_of_wrap(scope, wrap);
    let modules = realm::current().modules.borrow();
    let record = index.and_then(|index| modules.records.get(index));
    match record {
        Some(record) => Some(v8::Local::new(scope, &record.module)),
        None => {
            throw_type_error(scope, "not a module");
            None
        }
    }
}

fn create_source_text<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let url = args.get(0);
    let Ok(code) = args.get(1).try_cast::<v8::String>() else {
        return throw_type_error(scope, "source must be a string");
    };
    let origin = origin(scope, url, (0, 0), args.get(2), true);
    let mut source = v8::script_compiler::Source::new(code, Some(&origin));
    if let Some(module) = v8::script_compiler::compile_module(scope, &mut source) {
        let url = url.to_rust_string_lossy(scope);
        let wrap = register(scope, module, url, None);
        rv.set(wrap.into());
    }
}

fn create_synthetic<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Ok(names) = args.get(1).try_cast::<v8::Array>() else {
        return throw_type_error(scope, "export names must be an array");
    };
    let Ok(evaluate) = args.get(2).try_cast::<v8::Function>() else {
        return throw_type_error(scope, "evaluate must be a function");
    };
    let names: Vec<v8::Local<v8::String>> = (0..names.length())
        .filter_map(|index| names.get_index(scope, index)?.try_cast().ok())
        .collect();
    let url = args.get(0).to_rust_string_lossy(scope);
    let name = js_string(scope, &url);
    let module = v8::Module::create_synthetic_module(scope, name, &names, evaluate_synthetic);
    let wrap = register(scope, module, url, Some(evaluate));
    rv.set(wrap.into());
}

fn evaluate_synthetic<'s>(
    context: v8::Local<'s, v8::Context>,
    module: v8::Local<'s, v8::Module>,
) -> Option<v8::Local<'s, v8::Value>> {
    v8::callback_scope!(unsafe scope, context);
    let (function, wrap) = {
        let modules = realm::current().modules.borrow();
        let index = modules.index_of(scope, module)?;
        let record = &modules.records[index];
        let function = v8::Local::new(scope, record.evaluate.as_ref()?);
        (function, v8::Local::new(scope, &record.wrap))
    };
    let receiver = v8::undefined(scope).into();
    function.call(scope, receiver, &[wrap.into()])?;
    let resolver = v8::PromiseResolver::new(scope)?;
    let undefined = v8::undefined(scope).into();
    resolver.resolve(scope, undefined)?;
    Some(resolver.get_promise(scope).into())
}

fn module_requests<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Some(module) = module_of(scope, args.get(0)) else {
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

/// Import attributes as an object; V8 gives them flat, `stride` values each.
fn attributes_object<'s>(
    scope: &v8::PinScope<'s, '_>,
    flat: v8::Local<'s, v8::FixedArray>,
    stride: usize,
) -> v8::Local<'s, v8::Object> {
    let null = v8::null(scope).into();
    let object = v8::Object::with_prototype_and_properties(scope, null, &[], &[]);
    for index in (0..flat.length()).step_by(stride) {
        let (Some(key), Some(value)) = (flat.get(scope, index), flat.get(scope, index + 1)) else {
            continue;
        };
        if let (Ok(key), Ok(value)) = (key.try_cast::<v8::Value>(), value.try_cast::<v8::Value>()) {
            object.set(scope, key, value);
        }
    }
    object
}

fn link<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let Some(index) = index_of_wrap(scope, args.get(0)) else {
        return throw_type_error(scope, "not a module");
    };
    let Ok(wraps) = args.get(1).try_cast::<v8::Array>() else {
        return throw_type_error(scope, "modules must be an array");
    };
    let linked: Vec<usize> = (0..wraps.length())
        .filter_map(|at| {
            let wrap = wraps.get_index(scope, at)?;
            index_of_wrap(scope, wrap)
        })
        .collect();
    if linked.len() != wraps.length() as usize {
        return throw_type_error(scope, "a linked value is not a module");
    }
    realm::current().modules.borrow_mut().records[index].linked = linked;
}

fn resolve_linked<'s>(
    context: v8::Local<'s, v8::Context>,
    specifier: v8::Local<'s, v8::String>,
    attributes: v8::Local<'s, v8::FixedArray>,
    referrer: v8::Local<'s, v8::Module>,
) -> Option<v8::Local<'s, v8::Module>> {
    v8::callback_scope!(unsafe scope, context);
    let modules = realm::current().modules.borrow();
    let found = modules.index_of(scope, referrer).and_then(|index| {
        let requests = referrer.get_module_requests();
        let wanted = (0..requests.length()).find(|at| {
            let request = requests.get(scope, *at).and_then(|r| r.try_cast().ok());
            let Some(request): Option<v8::Local<v8::ModuleRequest>> = request else {
                return false;
            };
            request.get_specifier().strict_equals(specifier.into())
                && same_attributes(scope, request.get_import_attributes(), attributes)
        })?;
        let linked = *modules.records[index].linked.get(wanted)?;
        Some(v8::Local::new(scope, &modules.records[linked].module))
    });
    if found.is_none() {
        drop(modules);
        let text = specifier.to_rust_string_lossy(scope);
        throw_type_error(scope, &format!("request for '{text}' is not yet linked"));
    }
    found
}

fn same_attributes(
    scope: &v8::PinScope,
    one: v8::Local<v8::FixedArray>,
    other: v8::Local<v8::FixedArray>,
) -> bool {
    one.length() == other.length()
        && (0..one.length())
            .filter(|index| index % 3 != 2)
            .all(|index| {
                let one = one
                    .get(scope, index)
                    .and_then(|data| data.try_cast::<v8::Value>().ok());
                let other = other
                    .get(scope, index)
                    .and_then(|data| data.try_cast::<v8::Value>().ok());
                matches!((one, other), (Some(a), Some(b)) if a.strict_equals(b))
            })
}

fn instantiate<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let Some(module) = module_of(scope, args.get(0)) else {
        return;
    };
    // None means that an exception is on its way to the caller already.
    let _ = module.instantiate_module(scope, resolve_linked);
}

fn evaluate<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Some(module) = module_of(scope, args.get(0)) else {
        return;
    };
    if let Some(result) = module.evaluate(scope) {
        rv.set(result);
    }
}

fn status<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Some(module) = module_of(scope, args.get(0)) else {
        return;
    };
    rv.set_int32(module.get_status() as i32);
}

fn module_error<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Some(module) = module_of(scope, args.get(0)) else {
        return;
    };
    if module.get_status() == v8::ModuleStatus::Errored {
        rv.set(module.get_exception());
    }
}

fn namespace<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Some(module) = module_of(scope, args.get(0)) else {
        return;
    };
    match module.get_status() {
        v8::ModuleStatus::Uninstantiated | v8::ModuleStatus::Instantiating => {
            throw_type_error(
                scope,
                "cannot get namespace, module has not been instantiated",
            );
        }
        _ => rv.set(module.get_module_namespace()),
    }
}

fn set_export<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let Some(module) = module_of(scope, args.get(0)) else {
        return;
    };
    let Ok(name) = args.get(1).try_cast::<v8::String>() else {
        return throw_type_error(scope, "export name must be a string");
    };
    let _ = module.set_synthetic_module_export(scope, name, args.get(2));
}

fn is_graph_async<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Some(module) = module_of(scope, args.get(0)) else {
        return;
    };
    let ready = !matches!(
        module.get_status(),
        v8::ModuleStatus::Uninstantiated | v8::ModuleStatus::Instantiating
    );
    rv.set_bool(ready && module.is_graph_async());
}

fn has_top_level_await<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Some(module) = module_of(scope, args.get(0)) else {
        return;
    };
    rv.set_bool(module.is_source_text_module() && module.has_top_level_await());
}

fn url<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Some(index) = index_of_wrap(scope, args.get(0)) else {
        return;
    };
    let url = realm::current().modules.borrow().records[index].url.clone();
    rv.set(js_string(scope, &url).into());
}

fn stalled_await<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Some(module) = module_of(scope, args.get(0)) else {
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

fn set_import_dynamically<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    realm::current().set_root(scope, Root::ImportDynamically, args.get(0));
}

fn set_import_meta<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    realm::current().set_root(scope, Root::ImportMeta, args.get(0));
}

/// V8's hook for `import()`: asks lib_js's loader, which answers with a promise.
pub(crate) fn import_dynamically<'s, 'i>(
    scope: &mut v8::PinScope<'s, 'i>,
    host_options: v8::Local<'s, v8::Data>,
    resource: v8::Local<'s, v8::Value>,
    specifier: v8::Local<'s, v8::String>,
    attributes: v8::Local<'s, v8::FixedArray>,
) -> Option<v8::Local<'s, v8::Promise>> {
    let function = realm::current().root_function(scope, Root::ImportDynamically)?;
    let mut referrer = resource;
    // SAFETY: every origin with host options is made by `origin` above, with a PrimitiveArray;
    // V8 itself passes an empty one for code without.
    let options = unsafe { v8::Local::<v8::PrimitiveArray>::cast_unchecked(host_options) };
    if options.length() > 0 {
        let host: v8::Local<v8::Value> = options.get(scope, 0).into();
        if !host.is_undefined() {
            referrer = host;
        }
    }
    let attributes = attributes_object(scope, attributes, 2).into();
    let phase = v8::Integer::new(scope, v8::ModuleImportPhase::kEvaluation as i32).into();
    let receiver = v8::undefined(scope).into();
    let result = function.call(
        scope,
        receiver,
        &[referrer, specifier.into(), attributes, phase],
    )?;
    if let Ok(promise) = result.try_cast::<v8::Promise>() {
        return Some(promise);
    }
    let resolver = v8::PromiseResolver::new(scope)?;
    resolver.resolve(scope, result)?;
    Some(resolver.get_promise(scope))
}

/// V8's hook for `import.meta`.
pub(crate) unsafe extern "C" fn initialize_import_meta(
    context: v8::Local<v8::Context>,
    module: v8::Local<v8::Module>,
    meta: v8::Local<v8::Object>,
) {
    v8::callback_scope!(unsafe scope, context);
    let Some(function) = realm::current().root_function(scope, Root::ImportMeta) else {
        return;
    };
    let wrap = {
        let modules = realm::current().modules.borrow();
        let Some(index) = modules.index_of(scope, module) else {
            return;
        };
        v8::Local::new(scope, &modules.records[index].wrap)
    };
    let receiver = v8::undefined(scope).into();
    let _ = function.call(scope, receiver, &[meta.into(), wrap.into()]);
}
