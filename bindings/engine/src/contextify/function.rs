//! `vm.compileFunction`: source text as the body of a function.

use super::context::context_of;
use super::{is_rejected, put_cached_data, source_and_origin, source_with_cache};
use crate::builtin::{Args, Return, put};
use crate::error;
use crate::value::{Bytes, FromJs};

/// compileFunction(source, filename, lineOffset, columnOffset, hostSymbol, cachedData,
/// produceCachedData, parsingContext, contextExtensions, params) ->
/// { function, sourceURL, sourceMapURL, cachedDataRejected?, cachedData? }
pub(super) fn compile_function<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    mut rv: Return<'s>,
) {
    let context = context_of(scope, args.get(7)).unwrap_or_else(|| scope.get_current_context());
    let cached = Bytes::from_js(scope, args.get(5));
    let result = v8::Object::new(scope);
    let parameters = list_of::<v8::String>(scope, args.get(9));
    let extensions = list_of::<v8::Object>(scope, args.get(8));
    let scope = &mut v8::ContextScope::new(scope, context);
    let Some((code, origin)) = source_and_origin(scope, &args) else {
        return;
    };
    let (mut source, options) = source_with_cache(code, &origin, cached.as_slice());
    v8::tc_scope!(let catch, scope);
    let function = v8::script_compiler::compile_function(
        catch,
        &mut source,
        &parameters,
        &extensions,
        options,
        v8::script_compiler::NoCacheReason::NoReason,
    );
    let Some(function) = function else {
        error::decorate_caught(catch);
        catch.rethrow();
        return;
    };
    put(catch, result, "function", function.into());
    let undefined: v8::Local<v8::Value> = v8::undefined(catch).into();
    let map = function.get_script_origin(catch).source_map_url();
    put(catch, result, "sourceMapURL", map.unwrap_or(undefined));
    let rejected = (!args.get(5).is_undefined()).then(|| is_rejected(&source));
    let produced = args.get(6).is_true().then(|| function.create_code_cache());
    put_cached_data(catch, result, rejected, produced.flatten());
    rv.set(result.into());
}

/// The items of an array that are of one kind.
fn list_of<'s, T>(
    scope: &v8::PinScope<'s, '_>,
    value: v8::Local<'s, v8::Value>,
) -> Vec<v8::Local<'s, T>>
where
    v8::Local<'s, T>: TryFrom<v8::Local<'s, v8::Value>>,
{
    let Ok(list) = value.try_cast::<v8::Array>() else {
        return Vec::new();
    };
    (0..list.length())
        .filter_map(|index| v8::Local::<T>::try_from(list.get_index(scope, index)?).ok())
        .collect()
}
