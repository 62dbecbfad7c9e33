//! Scripts, functions and contexts: `vm`, `-e`, and the CommonJS wrapper.

mod common_js;
mod context;
mod function;
mod interceptors;
mod script;
mod trace_sigint;
mod watchdog;

use crate::builtin::{Args, Entry, entry, put, throw_type_error};
use crate::module::origin;
use crate::value::{FromJs, js_buffer};

pub(crate) use common_js::{code_cache, module_entries};
pub(crate) use context::{context_of, has_own_microtasks, host_symbol_of, run_own_microtasks};
pub(crate) use context::{is_shadow_context, make_shadow_context};
pub(crate) use script::throw_cannot_watch;
pub use watchdog::{InterruptWatch, set_interrupt_watch};
pub(crate) use watchdog::{Watchdog, throw_if_fired};

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        entry("compileFunction", 9, function::compile_function),
        entry("compileScript", 8, script::compile_script),
        entry("runScript", 5, script::run_script),
        entry("createCachedData", 1, script::create_cached_data),
        entry("makeContext", 5, context::make_context),
        entry("isContext", 1, context::is_context),
        entry("traceSigInt", 1, trace_sigint::trace_sigint),
    ]
}

/// What every compile op takes first: (source, filename, lineOffset, columnOffset, hostSymbol).
fn source_and_origin<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: &Args<'s>,
) -> Option<(v8::Local<'s, v8::String>, v8::ScriptOrigin<'s>)> {
    let Ok(code) = args.get(0).try_cast::<v8::String>() else {
        throw_type_error(scope, "source must be a string");
        return None;
    };
    let offsets = (
        i32::from_js(scope, args.get(2)),
        i32::from_js(scope, args.get(3)),
    );
    let origin = origin(scope, args.get(1), offsets, args.get(4), false);
    Some((code, origin))
}

/// V8's options and source for a compilation that may use `cached`.
fn source_with_cache(
    code: v8::Local<v8::String>,
    origin: &v8::ScriptOrigin,
    cached: &[u8],
) -> (
    v8::script_compiler::Source,
    v8::script_compiler::CompileOptions,
) {
    use v8::script_compiler::{CachedData, CompileOptions, Source};
    if cached.is_empty() {
        let source = Source::new(code, Some(origin));
        return (source, CompileOptions::NoCompileOptions);
    }
    let source = Source::new_with_cached_data(code, Some(origin), CachedData::new(cached));
    (source, CompileOptions::ConsumeCodeCache)
}

/// Did V8 refuse the cached data? It also does when it never looked at it.
fn is_rejected(source: &v8::script_compiler::Source) -> bool {
    source.get_cached_data().is_none_or(|data| data.rejected())
}

/// What became of the cached data that was given, and what was made, if either was asked for.
fn put_cached_data(
    scope: &mut v8::PinScope,
    result: v8::Local<v8::Object>,
    rejected: Option<bool>,
    produced: Option<v8::UniqueRef<v8::script_compiler::CachedData<'static>>>,
) {
    if let Some(rejected) = rejected {
        let rejected = v8::Boolean::new(scope, rejected).into();
        put(scope, result, "cachedDataRejected", rejected);
    }
    if let Some(data) = produced {
        let data = js_buffer(scope, data.to_vec());
        put(scope, result, "cachedData", data);
    }
}
