//! `types`: what V8 knows of a value's internal type (`util.types`).

use super::{Args, Entry, Return, fast_entry};
use v8::fast_api::{CFunction, CFunctionInfo, Int64Representation, Type};

type Value<'a> = v8::Local<'a, v8::Value>;

/// (receiver, value) -> boolean
const INFO: &CFunctionInfo = &CFunctionInfo::new(
    Type::Bool.as_info(),
    &[Type::V8Value.as_info(), Type::V8Value.as_info()],
    Int64Representation::Number,
);

/// Two entries for each: optimised code asks without making handles.
macro_rules! type_checks {
    ($($name:literal => $check:ident: $is:expr),* $(,)?) => {
        pub(crate) fn entries() -> Vec<Entry> {
            vec![$(
                {
                    fn $check<'s>(
                        _: &mut v8::PinScope<'s, '_>,
                        args: Args<'s>,
                        mut rv: Return<'s>,
                    ) {
                        rv.set_bool($is(args.get(0)));
                    }
                    extern "C" fn fast(_receiver: Value, value: Value) -> bool {
                        $is(value)
                    }
                    const FAST: &[CFunction] = &[CFunction::new(fast as *const _, INFO)];
                    fast_entry($name, 1, $check, FAST)
                }
            ),*]
        }
    };
}

type_checks! {
    "isExternal" => is_external: |value: Value| value.is_external(),
    "isDate" => is_date: |value: Value| value.is_date(),
    "isArgumentsObject" => is_arguments_object: |value: Value| value.is_arguments_object(),
    "isBigIntObject" => is_big_int_object: |value: Value| value.is_big_int_object(),
    "isBooleanObject" => is_boolean_object: |value: Value| value.is_boolean_object(),
    "isNumberObject" => is_number_object: |value: Value| value.is_number_object(),
    "isStringObject" => is_string_object: |value: Value| value.is_string_object(),
    "isSymbolObject" => is_symbol_object: |value: Value| value.is_symbol_object(),
    "isNativeError" => is_native_error: |value: Value| value.is_native_error(),
    "isRegExp" => is_reg_exp: |value: Value| value.is_reg_exp(),
    "isAsyncFunction" => is_async_function: |value: Value| value.is_async_function(),
    "isGeneratorFunction" => is_generator_function: |value: Value| value.is_generator_function(),
    "isGeneratorObject" => is_generator_object: |value: Value| value.is_generator_object(),
    "isPromise" => is_promise: |value: Value| value.is_promise(),
    "isMap" => is_map: |value: Value| value.is_map(),
    "isSet" => is_set: |value: Value| value.is_set(),
    "isMapIterator" => is_map_iterator: |value: Value| value.is_map_iterator(),
    "isSetIterator" => is_set_iterator: |value: Value| value.is_set_iterator(),
    "isWeakMap" => is_weak_map: |value: Value| value.is_weak_map(),
    "isWeakSet" => is_weak_set: |value: Value| value.is_weak_set(),
    "isArrayBuffer" => is_array_buffer: |value: Value| value.is_array_buffer(),
    "isDataView" => is_data_view: |value: Value| value.is_data_view(),
    "isSharedArrayBuffer" => is_shared_array_buffer: |value: Value| value.is_shared_array_buffer(),
    "isProxy" => is_proxy: |value: Value| value.is_proxy(),
    "isModuleNamespaceObject" => is_module_namespace_object: is_namespace,
    "isBoxedPrimitive" => boxed_primitive: is_boxed_primitive,
    "isAnyArrayBuffer" => any_array_buffer: is_any_array_buffer,
}

fn is_namespace(value: Value) -> bool {
    value.is_module_namespace_object()
}

fn is_boxed_primitive(value: Value) -> bool {
    value.is_number_object()
        || value.is_string_object()
        || value.is_boolean_object()
        || value.is_big_int_object()
        || value.is_symbol_object()
}

fn is_any_array_buffer(value: Value) -> bool {
    value.is_array_buffer() || value.is_shared_array_buffer()
}
