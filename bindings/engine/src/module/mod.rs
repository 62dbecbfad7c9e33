//! ECMAScript modules: compile, link, instantiate and evaluate, driven by lib_js's loader and
//! `vm.Module`. JavaScript holds a *wrap*: an object that has the module in its internal fields. It
//! was made in the module's context, and lives as long as JavaScript holds it.

mod hooks;
mod link;
mod ops;

use std::collections::HashMap;

use crate::builtin::{Entry, entry, throw_type_error};
use crate::realm;

pub(crate) use hooks::{import_dynamically, import_with_phase, initialize_import_meta};

/// Internal fields of a wrap.
const MODULE: usize = 0;
/// Array of the wraps that the module's requests lead to.
const LINKED: usize = 1;
/// The function that runs a synthetic module.
const EVALUATE: usize = 2;
const URL: usize = 3;
/// What `import source` gives: a WebAssembly.Module.
const SOURCE: usize = 4;
const FIELDS_COUNT: usize = 5;

/// Dead entries are swept when there are so many more entries than at the last sweep.
const SWEEP_STEP: usize = 1024;

#[derive(Default)]
pub(crate) struct Modules {
    /// V8's identity hash of a module, for finding its wrap from a callback.
    by_hash: HashMap<i32, Vec<v8::Weak<v8::Object>>>,
    entries_count: usize,
    sweep_at: usize,
}

impl Modules {
    pub(crate) fn clear(&mut self) {
        *self = Modules::default();
    }

    fn insert(&mut self, hash: i32, wrap: v8::Weak<v8::Object>) {
        if self.entries_count >= self.sweep_at {
            self.by_hash.retain(|_, wraps| {
                wraps.retain(|wrap| !wrap.is_empty());
                !wraps.is_empty()
            });
            self.entries_count = self.by_hash.values().map(Vec::len).sum();
            self.sweep_at = self.entries_count + SWEEP_STEP;
        }
        self.entries_count += 1;
        self.by_hash.entry(hash).or_default().push(wrap);
    }

    fn wrap_of<'s>(
        &self,
        scope: &v8::PinScope<'s, '_>,
        module: v8::Local<'s, v8::Module>,
    ) -> Option<v8::Local<'s, v8::Object>> {
        let candidates = self.by_hash.get(&module.get_identity_hash().get())?;
        candidates
            .iter()
            .filter_map(|wrap| wrap.to_local(scope))
            .find(|wrap| field::<v8::Module>(scope, *wrap, MODULE) == Some(module))
    }
}

type Args<'s> = v8::FunctionCallbackArguments<'s>;
type Return<'s> = v8::ReturnValue<'s, v8::Value>;

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        entry("createSourceText", 7, ops::create_source_text),
        entry("createSynthetic", 4, ops::create_synthetic),
        entry("createCachedData", 1, ops::create_cached_data),
        entry("getModuleRequests", 1, ops::module_requests),
        entry("link", 2, link::link),
        entry("instantiate", 1, link::instantiate),
        entry("evaluate", 2, ops::evaluate),
        entry("getStatus", 1, ops::status),
        entry("getError", 1, ops::module_error),
        entry("getNamespace", 1, ops::namespace),
        entry("setExport", 3, ops::set_export),
        entry("setSource", 2, ops::set_source),
        entry("getSource", 1, ops::get_source),
        entry("isGraphAsync", 1, ops::is_graph_async),
        entry("hasTopLevelAwait", 1, ops::has_top_level_await),
        entry("sourceMapURL", 1, ops::source_map_url),
        entry("url", 1, ops::url),
        entry("stalledAwait", 1, ops::stalled_await),
        entry(
            "setImportModuleDynamically",
            1,
            hooks::set_import_dynamically,
        ),
        entry("setInitializeImportMeta", 1, hooks::set_import_meta),
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

fn field<'s, T>(
    scope: &v8::PinScope<'s, '_>,
    wrap: v8::Local<'s, v8::Object>,
    index: usize,
) -> Option<v8::Local<'s, T>>
where
    v8::Local<'s, T>: TryFrom<v8::Local<'s, v8::Data>>,
{
    let data = wrap.get_internal_field(scope, index)?;
    v8::Local::<T>::try_from(data).ok()
}

/// Makes the wrap of a module that was compiled in the current context.
fn register<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    module: v8::Local<'s, v8::Module>,
    url: v8::Local<'s, v8::Value>,
    evaluate: Option<v8::Local<'s, v8::Function>>,
) -> Option<v8::Local<'s, v8::Object>> {
    let template = realm::current().template(scope, "module", |_, template| {
        template.set_internal_field_count(FIELDS_COUNT);
    });
    let wrap = template.new_instance(scope)?;
    wrap.set_internal_field(MODULE, module.into());
    wrap.set_internal_field(URL, url.into());
    if let Some(evaluate) = evaluate {
        wrap.set_internal_field(EVALUATE, evaluate.into());
    }
    let weak = v8::Weak::new(scope, wrap);
    let hash = module.get_identity_hash().get();
    realm::current().modules.borrow_mut().insert(hash, weak);
    Some(wrap)
}

/// The module of a wrap, and the wrap itself. Throws for anything else.
fn module_of<'s>(
    scope: &v8::PinScope<'s, '_>,
    value: v8::Local<'s, v8::Value>,
) -> Option<(v8::Local<'s, v8::Module>, v8::Local<'s, v8::Object>)> {
    let found = as_wrap(scope, value);
    if found.is_none() {
        throw_type_error(scope, "not a module");
    }
    found
}

fn as_wrap<'s>(
    scope: &v8::PinScope<'s, '_>,
    value: v8::Local<'s, v8::Value>,
) -> Option<(v8::Local<'s, v8::Module>, v8::Local<'s, v8::Object>)> {
    let wrap = value
        .try_cast::<v8::Object>()
        .ok()
        .filter(|object| object.internal_field_count() == FIELDS_COUNT)?;
    Some((field(scope, wrap, MODULE)?, wrap))
}

/// The context that a wrap's module belongs to.
fn context_of_wrap<'s>(
    scope: &v8::PinScope<'s, '_>,
    wrap: v8::Local<'s, v8::Object>,
) -> v8::Local<'s, v8::Context> {
    wrap.get_creation_context(scope)
        .unwrap_or_else(|| scope.get_current_context())
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
