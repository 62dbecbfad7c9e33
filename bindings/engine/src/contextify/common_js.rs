//! The CommonJS wrapper, and telling CommonJS from ES modules by their text.

use crate::builtin::{Args, Entry, Return, entry, put, throw_type_error};
use crate::module::origin;
use crate::value::{Bytes, FromJs, js_buffer, js_string};

use super::{is_rejected, source_with_cache};

const CJS_PARAMETERS: [&str; 5] = ["exports", "require", "module", "__filename", "__dirname"];

pub(crate) fn module_entries() -> Vec<Entry> {
    vec![
        entry("compileFunctionForCJSLoader", 5, compile_for_cjs),
        entry("containsModuleSyntax", 4, contains_module_syntax),
        entry("functionCachedData", 1, function_cached_data),
        entry("checksum", 1, checksum),
    ]
}

/// functionCachedData(function) -> Buffer for compileFunctionForCJSLoader in another process
fn function_cached_data<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    if let Ok(function) = args.get(0).try_cast::<v8::Function>() {
        let bytes = function.create_code_cache().map(|data| data.to_vec());
        rv.set(js_buffer(scope, bytes.unwrap_or_default()));
    }
}

/// checksum(text | bytes): 32 bits of FNV-1a, which tells edited files from cached ones.
fn checksum<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let fold = |bytes: &[u8]| {
        bytes.iter().fold(0x811c_9dc5_u32, |sum, byte| {
            (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
        })
    };
    let sum = if args.get(0).is_string() {
        fold(String::from_js(scope, args.get(0)).as_bytes())
    } else {
        fold(Bytes::from_js(scope, args.get(0)).as_slice())
    };
    rv.set_uint32(sum);
}

fn compile<'s>(
    scope: &v8::PinScope<'s, '_>,
    code: v8::Local<'s, v8::String>,
    origin: &v8::ScriptOrigin<'s>,
    parameters: &[v8::Local<'s, v8::String>],
    cached: &[u8],
) -> (Option<v8::Local<'s, v8::Function>>, bool) {
    let (mut source, options) = source_with_cache(code, origin, cached);
    let function = v8::script_compiler::compile_function(
        scope,
        &mut source,
        parameters,
        &[],
        options,
        v8::script_compiler::NoCacheReason::NoReason,
    );
    (function, is_rejected(&source))
}

/// compileFunctionForCJSLoader(source, filename, isMain, detectModule, cachedData) ->
/// { function, canParseAsESM, sourceMapURL, cachedDataRejected }. With detectModule a text that
/// parses only as a module gives canParseAsESM and no function, instead of the SyntaxError.
fn compile_for_cjs<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Ok(code) = args.get(0).try_cast::<v8::String>() else {
        return throw_type_error(scope, "source must be a string");
    };
    let name = args.get(1);
    let parameters = CJS_PARAMETERS.map(|parameter| js_string(scope, parameter));
    v8::tc_scope!(let catch, scope);
    let script_origin = origin(catch, name, (0, 0), name, false);
    let cached = Bytes::from_js(catch, args.get(4));
    let (function, is_rejected) =
        compile(catch, code, &script_origin, &parameters, cached.as_slice());
    let mut as_module = false;
    if function.is_none() {
        as_module = args.get(3).is_true() && failure_hints_module(catch, code, name);
        if !as_module {
            crate::error::decorate_caught(catch);
            catch.rethrow();
            return;
        }
        catch.reset();
    }
    let result = v8::Object::new(catch);
    let as_module = v8::Boolean::new(catch, as_module).into();
    put(catch, result, "canParseAsESM", as_module);
    let is_rejected = v8::Boolean::new(catch, is_rejected).into();
    put(catch, result, "cachedDataRejected", is_rejected);
    let undefined: v8::Local<v8::Value> = v8::undefined(catch).into();
    let map = function.and_then(|function| function.get_script_origin(catch).source_map_url());
    put(catch, result, "sourceMapURL", map.unwrap_or(undefined));
    put(
        catch,
        result,
        "function",
        function.map_or(undefined, |function| function.into()),
    );
    rv.set(result.into());
}

/// V8's code of a script as the body of a CommonJS wrapper, for compileFunctionForCJSLoader in
/// another process.
///
/// # Errors
/// The text of the exception, if it does not compile.
pub(crate) fn code_cache(
    scope: &mut v8::PinScope,
    source: &str,
    name: &str,
) -> Result<Vec<u8>, String> {
    let code = js_string(scope, source);
    let parameters = CJS_PARAMETERS.map(|parameter| js_string(scope, parameter));
    let name = js_string(scope, name).into();
    v8::tc_scope!(let catch, scope);
    let script_origin = origin(catch, name, (0, 0), name, false);
    let (function, _) = compile(catch, code, &script_origin, &parameters, &[]);
    if let Some(function) = function {
        let code = function.create_code_cache();
        return Ok(code.map_or_else(Vec::new, |code| code.to_vec()));
    }
    crate::error::decorate_caught(catch);
    let message = catch.message();
    Err(match catch.exception() {
        Some(exception) => crate::error::describe(catch, exception, message),
        None => String::new(),
    })
}

/// Messages of V8 for what only a module may say.
const MODULE_ONLY: [&str; 3] = [
    "Cannot use import statement outside a module",
    "Unexpected token 'export'",
    "Cannot use 'import.meta' outside a module",
];

/// Messages for what a module may say and a CommonJS wrapper refuses for its own parameters, or
/// for `await` at the top level.
const MODULE_MAYBE: [&str; 6] = [
    "Identifier '__filename' has already been declared",
    "Identifier '__dirname' has already been declared",
    "Identifier 'exports' has already been declared",
    "Identifier 'module' has already been declared",
    "Identifier 'require' has already been declared",
    "await is only valid in async functions and the top level bodies of modules",
];

fn failure_hints_module(
    catch: &mut v8::PinnedRef<'_, v8::TryCatch<'_, '_, v8::HandleScope<'_>>>,
    code: v8::Local<v8::String>,
    name: v8::Local<v8::Value>,
) -> bool {
    let Some(message) = catch.message() else {
        return false;
    };
    let text = message.get(catch).to_rust_string_lossy(catch);
    if MODULE_ONLY.iter().any(|hint| text.contains(hint)) {
        return true;
    }
    // `await x` in a sloppy script fails with a message of its own kind: try it as a module.
    let awaited = text.contains("missing ) after argument list")
        || text.contains("Unexpected identifier")
        || text.contains("Unexpected reserved word");
    if !awaited && !MODULE_MAYBE.iter().any(|hint| text.contains(hint)) {
        return false;
    }
    v8::tc_scope!(let inner, catch);
    let host = v8::undefined(inner).into();
    let module_origin = origin(inner, name, (0, 0), host, true);
    let mut source = v8::script_compiler::Source::new(code, Some(&module_origin));
    v8::script_compiler::compile_module(inner, &mut source).is_some()
}

/// containsModuleSyntax(source, filename, url, withoutWrapper): would CommonJS refuse it and a
/// module take it? withoutWrapper: there are no wrapper variables to collide with (`-e`, stdin).
fn contains_module_syntax<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    mut rv: Return<'s>,
) {
    let Ok(code) = args.get(0).try_cast::<v8::String>() else {
        return throw_type_error(scope, "source must be a string");
    };
    let parameters = CJS_PARAMETERS.map(|parameter| js_string(scope, parameter));
    let parameters = if args.get(3).is_true() {
        &[]
    } else {
        &parameters[..]
    };
    v8::tc_scope!(let catch, scope);
    let script_origin = origin(catch, args.get(1), (0, 0), args.get(1), false);
    let (function, _) = compile(catch, code, &script_origin, parameters, &[]);
    let found = function.is_none() && failure_hints_module(catch, code, args.get(1));
    catch.reset();
    rv.set_bool(found);
}
