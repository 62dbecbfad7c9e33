//! `types`: what V8 knows of a value's internal type (`util.types`).

use super::{Args, Entry, Return, entry};

macro_rules! type_checks {
    ($($name:literal => $check:ident),* $(,)?) => {
        pub(crate) fn entries() -> Vec<Entry> {
            $(fn $check<'s>(_: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
                rv.set_bool(args.get(0).$check());
            })*
            vec![
                $(entry($name, 1, $check),)*
                entry("isBoxedPrimitive", 1, is_boxed_primitive),
                entry("isAnyArrayBuffer", 1, is_any_array_buffer),
            ]
        }
    };
}

type_checks! {
    "isExternal" => is_external,
    "isDate" => is_date,
    "isArgumentsObject" => is_arguments_object,
    "isBigIntObject" => is_big_int_object,
    "isBooleanObject" => is_boolean_object,
    "isNumberObject" => is_number_object,
    "isStringObject" => is_string_object,
    "isSymbolObject" => is_symbol_object,
    "isNativeError" => is_native_error,
    "isRegExp" => is_reg_exp,
    "isAsyncFunction" => is_async_function,
    "isGeneratorFunction" => is_generator_function,
    "isGeneratorObject" => is_generator_object,
    "isPromise" => is_promise,
    "isMap" => is_map,
    "isSet" => is_set,
    "isMapIterator" => is_map_iterator,
    "isSetIterator" => is_set_iterator,
    "isWeakMap" => is_weak_map,
    "isWeakSet" => is_weak_set,
    "isArrayBuffer" => is_array_buffer,
    "isDataView" => is_data_view,
    "isSharedArrayBuffer" => is_shared_array_buffer,
    "isProxy" => is_proxy,
    "isModuleNamespaceObject" => is_module_namespace_object,
}

fn is_boxed_primitive<'s>(_: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let value = args.get(0);
    rv.set_bool(
        value.is_number_object()
            || value.is_string_object()
            || value.is_boolean_object()
            || value.is_big_int_object()
            || value.is_symbol_object(),
    );
}

fn is_any_array_buffer<'s>(_: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let value = args.get(0);
    rv.set_bool(value.is_array_buffer() || value.is_shared_array_buffer());
}
