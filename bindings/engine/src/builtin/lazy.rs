//! Properties that load their module when somebody first reads them. To JavaScript they are plain
//! data properties from the beginning, as in Node.

use v8::MapFnTo;

use super::{Args, Return};
use crate::realm::{self, Root};

/// V8's call when such a property is read; the snapshot holds its address.
pub(crate) fn getter() -> v8::AccessorNameGetterCallback {
    load.map_fn_to()
}

/// `defineLazyProperties(target, id, keys, enumerable = true)`: `target[key]` is
/// `require(id)[key]` for each of `keys`.
pub(super) fn define<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let (Ok(target), Ok(keys)) = (
        args.get(0).try_cast::<v8::Object>(),
        args.get(2).try_cast::<v8::Array>(),
    ) else {
        return;
    };
    let is_hidden = args.get(3).is_false();
    for index in 0..keys.length() {
        let key = keys.get_index(scope, index);
        let Some(key) = key.and_then(|key| key.try_cast::<v8::Name>().ok()) else {
            continue;
        };
        target.set_lazy_data_property_with_data(
            scope,
            key,
            load,
            args.get(1),
            match is_hidden {
                true => v8::PropertyAttribute::DONT_ENUM,
                false => v8::PropertyAttribute::NONE,
            },
            v8::SideEffectType::HasSideEffect,
            v8::SideEffectType::HasSideEffect,
        );
    }
}

/// An exception of the module goes to the reader, and the property stays as it was.
fn load(
    scope: &mut v8::PinScope,
    key: v8::Local<v8::Name>,
    args: v8::PropertyCallbackArguments,
    mut rv: v8::ReturnValue<v8::Value>,
) {
    let undefined = v8::undefined(scope).into();
    let value = realm::current()
        .root_function(scope, Root::Require)
        .and_then(|require| require.call(scope, undefined, &[args.data()]))
        .and_then(|exports| exports.try_cast::<v8::Object>().ok())
        .and_then(|exports| exports.get(scope, key.into()));
    if let Some(value) = value {
        rv.set(value);
    }
}
