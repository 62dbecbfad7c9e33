//! Linking: which module each request of a module leads to, and instantiating the graph.

use super::{
    Args, LINKED, MODULE, Return, SOURCE, URL, as_wrap, context_of_wrap, field, module_of,
};
use crate::builtin::{throw_error, throw_type_error};
use crate::realm;

/// link(wrap, wraps): one wrap for each of the module's requests, in their order.
pub(super) fn link<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let Some((_, wrap)) = module_of(scope, args.get(0)) else {
        return;
    };
    let Ok(wraps) = args.get(1).try_cast::<v8::Array>() else {
        return throw_type_error(scope, "modules must be an array");
    };
    let all_are_wraps = (0..wraps.length()).all(|at| {
        wraps
            .get_index(scope, at)
            .is_some_and(|value| as_wrap(scope, value).is_some())
    });
    if !all_are_wraps {
        return throw_type_error(scope, "a linked value is not a module");
    }
    wrap.set_internal_field(LINKED, wraps.into());
}

pub(super) fn instantiate<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let Some((module, wrap)) = module_of(scope, args.get(0)) else {
        return;
    };
    let context = context_of_wrap(scope, wrap);
    let scope = &mut v8::ContextScope::new(scope, context);
    v8::tc_scope!(let catch, scope);
    if module
        .instantiate_module2(catch, resolve_linked, resolve_source)
        .is_none()
    {
        crate::error::attach_arrow_caught(catch);
        catch.rethrow();
    }
}

/// The wrap that `referrer`'s request for `specifier` was linked to. Throws when there is none.
fn linked_wrap<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    specifier: v8::Local<'s, v8::String>,
    attributes: v8::Local<'s, v8::FixedArray>,
    referrer: v8::Local<'s, v8::Module>,
) -> Option<v8::Local<'s, v8::Object>> {
    let wrap = realm::current().modules.borrow().wrap_of(scope, referrer);
    let linked = wrap.and_then(|wrap| field::<v8::Array>(scope, wrap, LINKED));
    let Some(linked) = linked else {
        let url = wrap.and_then(|wrap| field::<v8::String>(scope, wrap, URL));
        let url = url.map_or_else(String::new, |url| url.to_rust_string_lossy(scope));
        let request = specifier.to_rust_string_lossy(scope);
        let message = format!(
            "request for '{request}' can not be resolved on module '{url}' that is not linked"
        );
        throw_error(scope, "ERR_VM_MODULE_LINK_FAILURE", &message);
        return None;
    };
    let requests = referrer.get_module_requests();
    let wanted = (0..requests.length()).find(|at| {
        let request = requests.get(scope, *at).and_then(|r| r.try_cast().ok());
        let Some(request): Option<v8::Local<v8::ModuleRequest>> = request else {
            return false;
        };
        request.get_specifier().strict_equals(specifier.into())
            && same_attributes(scope, request.get_import_attributes(), attributes)
    });
    let found = wanted
        .and_then(|wanted| linked.get_index(scope, wanted as u32))
        .and_then(|value| as_wrap(scope, value));
    if found.is_none() {
        let request = specifier.to_rust_string_lossy(scope);
        let message = format!("request for '{request}' is not yet fulfilled");
        throw_error(scope, "ERR_VM_MODULE_LINK_FAILURE", &message);
    }
    found.map(|(_, wrap)| wrap)
}

fn resolve_linked<'s>(
    context: v8::Local<'s, v8::Context>,
    specifier: v8::Local<'s, v8::String>,
    attributes: v8::Local<'s, v8::FixedArray>,
    referrer: v8::Local<'s, v8::Module>,
) -> Option<v8::Local<'s, v8::Module>> {
    v8::callback_scope!(unsafe scope, context);
    let wrap = linked_wrap(scope, specifier, attributes, referrer)?;
    field(scope, wrap, MODULE)
}

fn resolve_source<'s>(
    context: v8::Local<'s, v8::Context>,
    specifier: v8::Local<'s, v8::String>,
    attributes: v8::Local<'s, v8::FixedArray>,
    referrer: v8::Local<'s, v8::Module>,
) -> Option<v8::Local<'s, v8::Object>> {
    v8::callback_scope!(unsafe scope, context);
    let wrap = linked_wrap(scope, specifier, attributes, referrer)?;
    source_of(scope, wrap)
}

/// What `import source` of this module gives. Throws when there is nothing.
pub(super) fn source_of<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    wrap: v8::Local<'s, v8::Object>,
) -> Option<v8::Local<'s, v8::Object>> {
    let source = field::<v8::Object>(scope, wrap, SOURCE);
    if source.is_none() {
        let url = field::<v8::String>(scope, wrap, URL);
        let url = url.map_or_else(String::new, |url| url.to_rust_string_lossy(scope));
        let message = format!("Source phase import object is not defined for module '{url}'");
        crate::error::throw_syntax_error(scope, "ERR_SOURCE_PHASE_NOT_DEFINED", &message);
    }
    source
}

fn same_attributes(
    scope: &v8::PinScope,
    one: v8::Local<v8::FixedArray>,
    other: v8::Local<v8::FixedArray>,
) -> bool {
    // Three values each; the third is a place in the source.
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
