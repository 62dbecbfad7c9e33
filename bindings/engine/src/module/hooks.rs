//! V8's hooks: `import()` and `import.meta` ask lib_js's loader.

use super::{Args, Return, attributes_object};
use crate::builtin::throw_error;
use crate::contextify::{host_symbol_of, is_shadow_context};
use crate::realm::{self, Root};

pub(super) fn set_import_dynamically<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    _: Return<'s>,
) {
    realm::current().set_root(scope, Root::ImportDynamically, args.get(0));
}

pub(super) fn set_import_meta<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    realm::current().set_root(scope, Root::ImportMeta, args.get(0));
}

/// `import(specifier)`: answers with a promise.
pub(crate) fn import_dynamically<'s, 'i>(
    scope: &mut v8::PinScope<'s, 'i>,
    host_options: v8::Local<'s, v8::Data>,
    resource: v8::Local<'s, v8::Value>,
    specifier: v8::Local<'s, v8::String>,
    attributes: v8::Local<'s, v8::FixedArray>,
) -> Option<v8::Local<'s, v8::Promise>> {
    let phase = v8::ModuleImportPhase::kEvaluation;
    import_with_phase(scope, host_options, resource, specifier, phase, attributes)
}

/// `import.source(specifier)`
pub(crate) fn import_with_phase<'s, 'i>(
    scope: &mut v8::PinScope<'s, 'i>,
    host_options: v8::Local<'s, v8::Data>,
    resource: v8::Local<'s, v8::Value>,
    specifier: v8::Local<'s, v8::String>,
    phase: v8::ModuleImportPhase,
    attributes: v8::Local<'s, v8::FixedArray>,
) -> Option<v8::Local<'s, v8::Promise>> {
    if is_shadow_context(scope.get_current_context()) {
        // The loader's modules are those of the main realm, and would be shared with it.
        let message = "Modules cannot be imported in a ShadowRealm yet";
        throw_error(scope, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", message);
        return None;
    }
    let function = realm::current().root_function(scope, Root::ImportDynamically)?;
    let mut referrer = resource;
    // SAFETY: every origin with host options is made by `origin`, with a PrimitiveArray; V8 itself
    // passes an empty one for code without.
    let options = unsafe { v8::Local::<v8::PrimitiveArray>::cast_unchecked(host_options) };
    if options.length() > 0 {
        let host: v8::Local<v8::Value> = options.get(scope, 0).into();
        if !host.is_undefined() {
            referrer = host;
        }
    } else if let Some(host) = host_symbol_of(scope, scope.get_current_context()) {
        referrer = host;
    } else if resource.is_null_or_undefined()
        && let Some(name) = calling_script(scope)
    {
        referrer = name.into();
    }
    let attributes = attributes_object(scope, attributes, 2).into();
    let phase = v8::Integer::new(scope, phase as i32).into();
    let receiver = v8::undefined(scope).into();
    let arguments = [referrer, specifier.into(), attributes, phase];
    let result = function.call(scope, receiver, &arguments)?;
    // The program gets a promise of the context that it imports in.
    let here = scope.get_current_context();
    if let Ok(promise) = result.try_cast::<v8::Promise>()
        && promise.get_creation_context(scope) == Some(here)
    {
        return Some(promise);
    }
    let resolver = v8::PromiseResolver::new(scope)?;
    resolver.resolve(scope, result)?;
    Some(resolver.get_promise(scope))
}

/// The file whose function called an indirect `eval`: the text of the call stands there, though V8
/// does not say so.
fn calling_script<'s>(scope: &v8::PinScope<'s, '_>) -> Option<v8::Local<'s, v8::String>> {
    const FRAMES_MAX: usize = 8;
    let trace = v8::StackTrace::current_stack_trace(scope, FRAMES_MAX)?;
    (0..trace.get_frame_count())
        .filter_map(|index| trace.get_frame(scope, index)?.get_script_name(scope))
        .find(|name| name.length() > 0)
        .filter(|name| !name.to_rust_string_lossy(scope).starts_with("node:"))
}

/// `import.meta`
pub(crate) unsafe extern "C" fn initialize_import_meta(
    context: v8::Local<v8::Context>,
    module: v8::Local<v8::Module>,
    meta: v8::Local<v8::Object>,
) {
    v8::callback_scope!(unsafe scope, context);
    let Some(function) = realm::current().root_function(scope, Root::ImportMeta) else {
        return;
    };
    let Some(wrap) = realm::current().modules.borrow().wrap_of(scope, module) else {
        return;
    };
    let receiver = v8::undefined(scope).into();
    // None means that an exception is on its way to the reader of `import.meta` already.
    let _ = function.call(scope, receiver, &[meta.into(), wrap.into()]);
}
