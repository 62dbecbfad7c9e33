//! The global object of a contextified context: properties are looked up in the sandbox first, and
//! what the program sets goes to the sandbox as well. What Node does in each case is specified by
//! its tests (test-vm-global-*, test-vm-context-property-forwarding, ...).
//!
//! Each handler gives `No` to let V8 act on the global object itself, too.

use super::context::sandbox_of;
use crate::realm;
use v8::Intercepted::{kNo as No, kYes as Yes};

type Scope<'a, 's, 'i> = &'a mut v8::PinScope<'s, 'i>;
type Name<'s> = v8::Local<'s, v8::Name>;
type Arguments<'s> = v8::PropertyCallbackArguments<'s>;

/// The template for the globals of new contexts.
pub(super) fn global_template<'s>(
    scope: &v8::PinScope<'s, '_>,
) -> v8::Local<'s, v8::ObjectTemplate> {
    realm::current().template(scope, "global", add_handlers)
}

fn add_handlers<'s>(_: &v8::PinScope<'s, '_>, template: v8::Local<'s, v8::ObjectTemplate>) {
    template.set_named_property_handler(
        v8::NamedPropertyHandlerConfiguration::new()
            .getter(get)
            .setter(set)
            .query(query)
            .deleter(delete)
            .enumerator(enumerate)
            .definer(define)
            .descriptor(describe)
            .flags(v8::PropertyHandlerFlags::HAS_NO_SIDE_EFFECT),
    );
    template.set_indexed_property_handler(
        v8::IndexedPropertyHandlerConfiguration::new()
            .getter(get_index)
            .setter(set_index)
            .query(query_index)
            .deleter(delete_index)
            .enumerator(enumerate_indices)
            .definer(define_index)
            .descriptor(describe_index)
            .flags(v8::PropertyHandlerFlags::HAS_NO_SIDE_EFFECT),
    );
}

fn query<'s>(
    scope: Scope<'_, 's, '_>,
    key: Name<'s>,
    args: Arguments<'s>,
    mut rv: v8::ReturnValue<v8::Integer>,
) -> v8::Intercepted {
    let Some((sandbox, global)) = sandbox_of(scope, args.holder()) else {
        return No;
    };
    for object in [sandbox, global] {
        match object.has_real_named_property(scope, key) {
            Some(true) => {
                let Some(attributes) = object.get_real_named_property_attributes(scope, key) else {
                    return No;
                };
                rv.set_uint32(attributes.as_u32());
                return Yes;
            }
            Some(false) => {}
            None => return No,
        }
    }
    No
}

fn get<'s>(
    scope: Scope<'_, 's, '_>,
    key: Name<'s>,
    args: Arguments<'s>,
    mut rv: v8::ReturnValue<v8::Value>,
) -> v8::Intercepted {
    let Some((sandbox, global)) = sandbox_of(scope, args.holder()) else {
        return No;
    };
    v8::tc_scope!(let catch, scope);
    let found = sandbox
        .get_real_named_property(catch, key)
        .or_else(|| match catch.has_caught() {
            true => None,
            false => global.get_real_named_property(catch, key),
        });
    if catch.has_caught() && !catch.has_terminated() {
        catch.rethrow();
        return Yes;
    }
    match found {
        // The sandbox inside is the global.
        Some(value) if value == sandbox => rv.set(global.into()),
        Some(value) => rv.set(value),
        None => return No,
    }
    Yes
}

fn attributes_of(
    scope: &v8::PinScope,
    object: v8::Local<v8::Object>,
    key: Name,
) -> Option<v8::PropertyAttribute> {
    match object.has_real_named_property(scope, key) {
        Some(true) => object.get_real_named_property_attributes(scope, key),
        _ => None,
    }
}

fn set<'s>(
    scope: Scope<'_, 's, '_>,
    key: Name<'s>,
    value: v8::Local<'s, v8::Value>,
    args: Arguments<'s>,
    mut rv: v8::ReturnValue<v8::Boolean>,
) -> v8::Intercepted {
    let Some((sandbox, global)) = sandbox_of(scope, args.holder()) else {
        return No;
    };
    let on_global = attributes_of(scope, global, key);
    let on_sandbox = attributes_of(scope, sandbox, key);
    let is_read_only = |attributes: &v8::PropertyAttribute| attributes.is_read_only();
    if on_global.as_ref().is_some_and(is_read_only) || on_sandbox.as_ref().is_some_and(is_read_only)
    {
        return No;
    }
    if sandbox.set(scope, key.into(), value).is_none() {
        // An exception is on its way.
        return Yes;
    }
    // An accessor of the sandbox has done all there is to do.
    if on_sandbox.is_some() && is_accessor(scope, sandbox, key) {
        rv.set_bool(true);
        return Yes;
    }
    No
}

fn is_accessor<'s>(
    scope: &v8::PinScope<'s, '_>,
    object: v8::Local<'s, v8::Object>,
    key: Name<'s>,
) -> bool {
    let descriptor = object
        .get_own_property_descriptor(scope, key)
        .and_then(|descriptor| descriptor.try_cast::<v8::Object>().ok());
    descriptor.is_some_and(|descriptor| {
        ["get", "set"].into_iter().any(|name| {
            let name = crate::value::js_string(scope, name).into();
            descriptor.has_own_property(scope, name) == Some(true)
        })
    })
}

fn describe<'s>(
    scope: Scope<'_, 's, '_>,
    key: Name<'s>,
    args: Arguments<'s>,
    mut rv: v8::ReturnValue<v8::Value>,
) -> v8::Intercepted {
    let Some((sandbox, _)) = sandbox_of(scope, args.holder()) else {
        return No;
    };
    if sandbox.has_own_property(scope, key) == Some(true)
        && let Some(descriptor) = sandbox.get_own_property_descriptor(scope, key)
    {
        rv.set(descriptor);
        return Yes;
    }
    No
}

fn define<'s>(
    scope: Scope<'_, 's, '_>,
    key: Name<'s>,
    given: &v8::PropertyDescriptor,
    args: Arguments<'s>,
    _: v8::ReturnValue<v8::Boolean>,
) -> v8::Intercepted {
    let Some((sandbox, global)) = sandbox_of(scope, args.holder()) else {
        return No;
    };
    // What is fixed on the global stays as it is in both.
    let is_fixed = |attributes: v8::PropertyAttribute| {
        attributes.is_read_only() && attributes.is_dont_delete()
    };
    if attributes_of(scope, global, key).is_some_and(is_fixed) {
        return No;
    }
    let undefined: v8::Local<v8::Value> = v8::undefined(scope).into();
    let mut wanted = if given.has_get() || given.has_set() {
        v8::PropertyDescriptor::new_from_get_set(
            if given.has_get() {
                given.get()
            } else {
                undefined
            },
            if given.has_set() {
                given.set()
            } else {
                undefined
            },
        )
    } else {
        let value = if given.has_value() {
            given.value()
        } else {
            undefined
        };
        match given.has_writable() {
            true => v8::PropertyDescriptor::new_from_value_writable(value, given.writable()),
            false => v8::PropertyDescriptor::new_from_value(value),
        }
    };
    if given.has_enumerable() {
        wanted.set_enumerable(given.enumerable());
    }
    if given.has_configurable() {
        wanted.set_configurable(given.configurable());
    }
    sandbox.define_property(scope, key, &wanted);
    No
}

fn delete<'s>(
    scope: Scope<'_, 's, '_>,
    key: Name<'s>,
    args: Arguments<'s>,
    mut rv: v8::ReturnValue<v8::Boolean>,
) -> v8::Intercepted {
    let Some((sandbox, _)) = sandbox_of(scope, args.holder()) else {
        return No;
    };
    if sandbox.delete(scope, key.into()) == Some(true) {
        return No;
    }
    // What the sandbox keeps, the global keeps.
    rv.set_bool(false);
    Yes
}

fn own_keys<'s>(
    scope: &v8::PinScope<'s, '_>,
    sandbox: v8::Local<'s, v8::Object>,
    indices: v8::IndexFilter,
) -> Option<v8::Local<'s, v8::Array>> {
    let wanted = v8::GetPropertyNamesArgsBuilder::new()
        .mode(v8::KeyCollectionMode::OwnOnly)
        .property_filter(v8::PropertyFilter::ALL_PROPERTIES)
        .index_filter(indices)
        .build();
    sandbox.get_property_names(scope, wanted)
}

fn enumerate<'s>(
    scope: Scope<'_, 's, '_>,
    args: Arguments<'s>,
    mut rv: v8::ReturnValue<v8::Array>,
) {
    if let Some((sandbox, _)) = sandbox_of(scope, args.holder())
        && let Some(keys) = own_keys(scope, sandbox, v8::IndexFilter::SkipIndices)
    {
        rv.set(keys);
    }
}

fn enumerate_indices<'s>(
    scope: Scope<'_, 's, '_>,
    args: Arguments<'s>,
    mut rv: v8::ReturnValue<v8::Array>,
) {
    let Some((sandbox, _)) = sandbox_of(scope, args.holder()) else {
        return;
    };
    let Some(keys) = own_keys(scope, sandbox, v8::IndexFilter::IncludeIndices) else {
        return;
    };
    let indices: Vec<v8::Local<v8::Value>> = (0..keys.length())
        .filter_map(|at| keys.get_index(scope, at))
        .filter(|key| key.is_uint32())
        .collect();
    rv.set(v8::Array::new_with_elements(scope, &indices));
}

fn name_of<'s>(scope: &v8::PinScope<'s, '_>, index: u32) -> Name<'s> {
    crate::value::js_string(scope, &index.to_string()).into()
}

fn query_index<'s>(
    scope: Scope<'_, 's, '_>,
    index: u32,
    args: Arguments<'s>,
    rv: v8::ReturnValue<v8::Integer>,
) -> v8::Intercepted {
    let key = name_of(scope, index);
    query(scope, key, args, rv)
}

fn get_index<'s>(
    scope: Scope<'_, 's, '_>,
    index: u32,
    args: Arguments<'s>,
    rv: v8::ReturnValue<v8::Value>,
) -> v8::Intercepted {
    let key = name_of(scope, index);
    get(scope, key, args, rv)
}

fn set_index<'s>(
    scope: Scope<'_, 's, '_>,
    index: u32,
    value: v8::Local<'s, v8::Value>,
    args: Arguments<'s>,
    rv: v8::ReturnValue<v8::Boolean>,
) -> v8::Intercepted {
    let key = name_of(scope, index);
    set(scope, key, value, args, rv)
}

fn describe_index<'s>(
    scope: Scope<'_, 's, '_>,
    index: u32,
    args: Arguments<'s>,
    rv: v8::ReturnValue<v8::Value>,
) -> v8::Intercepted {
    let key = name_of(scope, index);
    describe(scope, key, args, rv)
}

fn define_index<'s>(
    scope: Scope<'_, 's, '_>,
    index: u32,
    given: &v8::PropertyDescriptor,
    args: Arguments<'s>,
    rv: v8::ReturnValue<v8::Boolean>,
) -> v8::Intercepted {
    let key = name_of(scope, index);
    define(scope, key, given, args, rv)
}

fn delete_index<'s>(
    scope: Scope<'_, 's, '_>,
    index: u32,
    args: Arguments<'s>,
    rv: v8::ReturnValue<v8::Boolean>,
) -> v8::Intercepted {
    let key = name_of(scope, index);
    delete(scope, key, args, rv)
}
