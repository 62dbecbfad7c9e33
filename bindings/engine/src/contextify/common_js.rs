//! The CommonJS wrapper, and telling CommonJS from ES modules by their text.

use crate::builtin::{Args, Entry, Return, entry, put, throw_type_error};
use crate::module::origin;
use crate::value::js_string;

const CJS_PARAMETERS: [&str; 5] = ["exports", "require", "module", "__filename", "__dirname"];

pub(crate) fn module_entries() -> Vec<Entry> {
    vec![
        entry("compileFunctionForCJSLoader", 4, compile_for_cjs),
        entry("containsModuleSyntax", 4, contains_module_syntax),
    ]
}

fn compile<'s>(
    scope: &v8::PinScope<'s, '_>,
    code: v8::Local<'s, v8::String>,
    origin: &v8::ScriptOrigin<'s>,
    parameters: &[v8::Local<'s, v8::String>],
) -> Option<v8::Local<'s, v8::Function>> {
    let mut source = v8::script_compiler::Source::new(code, Some(origin));
    v8::script_compiler::compile_function(
        scope,
        &mut source,
        parameters,
        &[],
        v8::script_compiler::CompileOptions::NoCompileOptions,
        v8::script_compiler::NoCacheReason::NoReason,
    )
}

/// compileFunctionForCJSLoader(source, filename, isMain, detectModule) ->
/// { function, canParseAsESM, sourceMapURL }. With detectModule a text that parses only as a
/// module gives canParseAsESM and no function, instead of the SyntaxError.
fn compile_for_cjs<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Ok(code) = args.get(0).try_cast::<v8::String>() else {
        return throw_type_error(scope, "source must be a string");
    };
    let name = args.get(1);
    let parameters = CJS_PARAMETERS.map(|parameter| js_string(scope, parameter));
    v8::tc_scope!(let catch, scope);
    let script_origin = origin(catch, name, (0, 0), name, false);
    let function = compile(catch, code, &script_origin, &parameters);
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
    let found = compile(catch, code, &script_origin, parameters).is_none()
        && failure_hints_module(catch, code, args.get(1));
    catch.reset();
    rv.set_bool(found);
}
