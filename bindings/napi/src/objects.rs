//! Objects and arrays: made, and their properties one by one.

use crate::boundary::AUTO_LENGTH;
use crate::boundary::{Many, Out, Text, Value, check, handles};
use crate::status::Status;

/// `napi_key_collection_mode`, `napi_key_filter` and `napi_key_conversion`.
mod keys {
    pub const INCLUDE_PROTOTYPES: i32 = 0;
    pub const OWN_ONLY: i32 = 1;
    pub const WRITABLE: u32 = 1;
    pub const ENUMERABLE: u32 = 1 << 1;
    pub const CONFIGURABLE: u32 = 1 << 2;
    pub const SKIP_STRINGS: u32 = 1 << 3;
    pub const SKIP_SYMBOLS: u32 = 1 << 4;
    pub const KEEP_NUMBERS: i32 = 0;
    pub const NUMBERS_TO_STRINGS: i32 = 1;
}

fn filter_of(bits: u32) -> v8::PropertyFilter {
    let filters = [
        (keys::WRITABLE, v8::PropertyFilter::ONLY_WRITABLE),
        (keys::ENUMERABLE, v8::PropertyFilter::ONLY_ENUMERABLE),
        (keys::CONFIGURABLE, v8::PropertyFilter::ONLY_CONFIGURABLE),
        (keys::SKIP_STRINGS, v8::PropertyFilter::SKIP_STRINGS),
        (keys::SKIP_SYMBOLS, v8::PropertyFilter::SKIP_SYMBOLS),
    ];
    let chosen = filters.into_iter().filter(|(bit, _)| bits & bit != 0);
    chosen.fold(v8::PropertyFilter::ALL_PROPERTIES, |all, (_, filter)| {
        all | filter
    })
}

/// Names of properties.
fn names_of<'s>(
    scope: &v8::PinScope<'s, '_>,
    object: v8::Local<v8::Object>,
    mode: i32,
    filter: u32,
    conversion: i32,
) -> Result<v8::Local<'s, v8::Array>, crate::status::Failure> {
    let mode = match mode {
        keys::INCLUDE_PROTOTYPES => v8::KeyCollectionMode::IncludePrototypes,
        keys::OWN_ONLY => v8::KeyCollectionMode::OwnOnly,
        _ => return Err(Status::InvalidArg.into()),
    };
    let conversion = match conversion {
        keys::KEEP_NUMBERS => v8::KeyConversionMode::KeepNumbers,
        keys::NUMBERS_TO_STRINGS => v8::KeyConversionMode::ConvertToString,
        _ => return Err(Status::InvalidArg.into()),
    };
    let wish = v8::GetPropertyNamesArgsBuilder::new()
        .mode(mode)
        .property_filter(filter_of(filter))
        .index_filter(v8::IndexFilter::IncludeIndices)
        .key_conversion(conversion)
        .build();
    let names = object.get_property_names(scope, wish);
    names.ok_or(Status::GenericFailure.or_exception())
}

exports! {
    /// `{}`
    plain fn napi_create_object(result: Out<Value>) |_env, scope| {
        result.required()?.put(v8::Object::new(scope));
        Ok(())
    };

    /// An object with a prototype and plain properties.
    plain fn node_api_create_object_with_properties(
        prototype: Value,
        names: Many<Value>,
        values: Many<Value>,
        count: usize,
        result: Out<Value>,
    ) |_env, scope| {
        let result = result.required()?;
        let (names, values) = (names.slice(count)?, values.slice(count)?);
        let prototype = prototype.get(scope).unwrap_or_else(|| v8::null(scope).into());
        check(prototype.is_null() || prototype.is_object(), Status::ObjectExpected)?;
        let names = handles(names, scope)?.iter().map(|name| name.try_cast::<v8::Name>());
        let names: Result<Vec<v8::Local<v8::Name>>, _> = names.collect();
        let names = names.map_err(|_| Status::NameExpected)?;
        let values = handles(values, scope)?;
        result.put(v8::Object::with_prototype_and_properties(scope, prototype, &names, values));
        Ok(())
    };

    /// `[]`
    plain fn napi_create_array(result: Out<Value>) |_env, scope| {
        result.required()?.put(v8::Array::new(scope, 0));
        Ok(())
    };

    /// `new Array(length)`
    plain fn napi_create_array_with_length(length: usize, result: Out<Value>) |_env, scope| {
        let result = result.required()?;
        // V8 counts with an int, and makes what is below zero none, as in Node.
        result.put(v8::Array::new(scope, length as i32));
        Ok(())
    };

    /// `Array.isArray(value)`
    plain fn napi_is_array(value: Value, result: Out<bool>) |_env, scope| {
        let value = value.required(scope)?;
        result.required()?.set(value.is_array());
        Ok(())
    };

    /// An array's length.
    guarded fn napi_get_array_length(value: Value, result: Out<u32>) |_env, scope| {
        let value = value.required(scope)?;
        let result = result.required()?;
        let array = value.try_cast::<v8::Array>().map_err(|_| Status::ArrayExpected)?;
        result.set(array.length());
        Ok(())
    };

    /// The prototype; a proxy's handler is not asked.
    guarded fn napi_get_prototype(object: Value, result: Out<Value>) |_env, scope| {
        let result = result.required()?;
        let object = object.to_object(scope)?;
        let prototype = object.get_prototype(scope);
        result.put(prototype.ok_or(Status::GenericFailure.or_exception())?);
        Ok(())
    };

    /// Sets the prototype.
    guarded fn node_api_set_prototype(object: Value, prototype: Value) |_env, scope| {
        let prototype = prototype.required(scope)?;
        let object = object.to_object(scope)?;
        let was_set = object.set_prototype(scope, prototype);
        was_set.filter(|was_set| *was_set).ok_or(Status::GenericFailure.or_exception())?;
        Ok(())
    };

    /// Names that `for (name in object)` finds.
    guarded fn napi_get_property_names(object: Value, result: Out<Value>) |_env, scope| {
        let result = result.required()?;
        let object = object.to_object(scope)?;
        let filter = keys::ENUMERABLE | keys::SKIP_SYMBOLS;
        let (mode, conversion) = (keys::INCLUDE_PROTOTYPES, keys::NUMBERS_TO_STRINGS);
        result.put(names_of(scope, object, mode, filter, conversion)?);
        Ok(())
    };

    /// Names of properties, as asked for.
    guarded fn napi_get_all_property_names(
        object: Value,
        mode: i32,
        filter: u32,
        conversion: i32,
        result: Out<Value>,
    ) |_env, scope| {
        let result = result.required()?;
        let object = object.to_object(scope)?;
        result.put(names_of(scope, object, mode, filter, conversion)?);
        Ok(())
    };

    /// `object[key] = value`
    guarded fn napi_set_property(object: Value, key: Value, value: Value) |_env, scope| {
        let (key, value) = (key.required(scope)?, value.required(scope)?);
        let object = object.to_object(scope)?;
        let was_set = object.set(scope, key, value);
        was_set.ok_or(Status::GenericFailure.or_exception())?;
        Ok(())
    };

    /// `key in object`
    guarded fn napi_has_property(object: Value, key: Value, result: Out<bool>) |_env, scope| {
        let result = result.required()?;
        let key = key.required(scope)?;
        let object = object.to_object(scope)?;
        result.set(object.has(scope, key).ok_or(Status::GenericFailure.or_exception())?);
        Ok(())
    };

    /// `object[key]`
    guarded fn napi_get_property(object: Value, key: Value, result: Out<Value>) |_env, scope| {
        let key = key.required(scope)?;
        let result = result.required()?;
        let object = object.to_object(scope)?;
        result.put(object.get(scope, key).ok_or(Status::GenericFailure.or_exception())?);
        Ok(())
    };

    /// `delete object[key]`
    guarded fn napi_delete_property(object: Value, key: Value, result: Out<bool>) |_env, scope| {
        let key = key.required(scope)?;
        let object = object.to_object(scope)?;
        result.set(object.delete(scope, key).ok_or(Status::GenericFailure.or_exception())?);
        Ok(())
    };

    /// `Object.hasOwn(object, key)`; the key is a string or a symbol.
    guarded fn napi_has_own_property(object: Value, key: Value, result: Out<bool>) |_env, scope| {
        let key = key.required(scope)?;
        let result = result.required()?;
        let object = object.to_object(scope)?;
        let key = key.try_cast::<v8::Name>().map_err(|_| Status::NameExpected)?;
        let has = object.has_own_property(scope, key);
        result.set(has.ok_or(Status::GenericFailure.or_exception())?);
        Ok(())
    };

    /// `object[name] = value`
    guarded fn napi_set_named_property(object: Value, name: Text, value: Value) |_env, scope| {
        let value = value.required(scope)?;
        let object = object.to_object(scope)?;
        let key = name.name(scope, AUTO_LENGTH)?.into();
        let was_set = object.set(scope, key, value);
        was_set.ok_or(Status::GenericFailure.or_exception())?;
        Ok(())
    };

    /// `name in object`
    guarded fn napi_has_named_property(
        object: Value,
        name: Text,
        result: Out<bool>,
    ) |_env, scope| {
        let result = result.required()?;
        let object = object.to_object(scope)?;
        let key = name.name(scope, AUTO_LENGTH)?.into();
        result.set(object.has(scope, key).ok_or(Status::GenericFailure.or_exception())?);
        Ok(())
    };

    /// `object[name]`
    guarded fn napi_get_named_property(
        object: Value,
        name: Text,
        result: Out<Value>,
    ) |_env, scope| {
        let result = result.required()?;
        let key = name.name(scope, AUTO_LENGTH)?.into();
        let object = object.to_object(scope)?;
        result.put(object.get(scope, key).ok_or(Status::GenericFailure.or_exception())?);
        Ok(())
    };

    /// `object[index] = value`
    guarded fn napi_set_element(object: Value, index: u32, value: Value) |_env, scope| {
        let value = value.required(scope)?;
        let object = object.to_object(scope)?;
        let was_set = object.set_index(scope, index, value);
        was_set.ok_or(Status::GenericFailure.or_exception())?;
        Ok(())
    };

    /// `index in object`
    guarded fn napi_has_element(object: Value, index: u32, result: Out<bool>) |_env, scope| {
        let result = result.required()?;
        let object = object.to_object(scope)?;
        let has = object.has_index(scope, index);
        result.set(has.ok_or(Status::GenericFailure.or_exception())?);
        Ok(())
    };

    /// `object[index]`
    guarded fn napi_get_element(object: Value, index: u32, result: Out<Value>) |_env, scope| {
        let result = result.required()?;
        let object = object.to_object(scope)?;
        let value = object.get_index(scope, index);
        result.put(value.ok_or(Status::GenericFailure.or_exception())?);
        Ok(())
    };

    /// `delete object[index]`
    guarded fn napi_delete_element(object: Value, index: u32, result: Out<bool>) |_env, scope| {
        let object = object.to_object(scope)?;
        let was_deleted = object.delete_index(scope, index);
        result.set(was_deleted.ok_or(Status::GenericFailure.or_exception())?);
        Ok(())
    };

    /// `Object.freeze(object)`
    guarded fn napi_object_freeze(object: Value) |_env, scope| {
        let object = object.to_object(scope)?;
        let done = object.set_integrity_level(scope, v8::IntegrityLevel::Frozen);
        done.ok_or(Status::GenericFailure.or_exception())?;
        Ok(())
    };

    /// `Object.seal(object)`
    guarded fn napi_object_seal(object: Value) |_env, scope| {
        let object = object.to_object(scope)?;
        let done = object.set_integrity_level(scope, v8::IntegrityLevel::Sealed);
        done.ok_or(Status::GenericFailure.or_exception())?;
        Ok(())
    };
}
