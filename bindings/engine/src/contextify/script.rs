//! `vm.Script`: compiled once, run in any context.

use super::context::{context_of, run_own_microtasks};
use super::{
    Watchdog, is_rejected, put_cached_data, source_and_origin, source_with_cache, throw_if_fired,
};
use crate::builtin::{Args, Return, put, throw_error, throw_type_error};
use crate::error;
use crate::realm;
use crate::value::{Bytes, FromJs, js_buffer};

/// compileScript(source, filename, lineOffset, columnOffset, hostSymbol, cachedData,
/// produceCachedData, parsingContext) ->
/// { script, sourceURL, sourceMapURL, cachedDataRejected?, cachedData? }
pub(super) fn compile_script<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    mut rv: Return<'s>,
) {
    let context = context_of(scope, args.get(7)).unwrap_or_else(|| scope.get_current_context());
    let cached = Bytes::from_js(scope, args.get(5));
    let result = v8::Object::new(scope);
    let scope = &mut v8::ContextScope::new(scope, context);
    let Some((code, origin)) = source_and_origin(scope, &args) else {
        return;
    };
    let (mut source, options) = source_with_cache(code, &origin, cached.as_slice());
    v8::tc_scope!(let catch, scope);
    let reason = v8::script_compiler::NoCacheReason::NoReason;
    let script = v8::script_compiler::compile_unbound_script(catch, &mut source, options, reason);
    let Some(script) = script else {
        error::decorate_caught(catch);
        catch.rethrow();
        return;
    };
    let holder = realm::current().template(catch, "script", |_, template| {
        template.set_internal_field_count(1);
    });
    let Some(object) = holder.new_instance(catch) else {
        return;
    };
    object.set_internal_field(0, script.into());
    put(catch, result, "script", object.into());
    let url = script.get_source_url(catch);
    put(catch, result, "sourceURL", url);
    let url = script.get_source_mapping_url(catch);
    put(catch, result, "sourceMapURL", url);
    let rejected = (!args.get(5).is_undefined()).then(|| is_rejected(&source));
    let produced = args.get(6).is_true().then(|| script.create_code_cache());
    put_cached_data(catch, result, rejected, produced.flatten());
    rv.set(result.into());
}

fn unbound_script<'s>(
    scope: &v8::PinScope<'s, '_>,
    value: v8::Local<'s, v8::Value>,
) -> Option<v8::Local<'s, v8::UnboundScript>> {
    let script = value
        .try_cast::<v8::Object>()
        .ok()
        .filter(|object| object.internal_field_count() == 1)
        .and_then(|object| object.get_internal_field(scope, 0))
        .map(|data| {
            // SAFETY: objects with one internal field reach JavaScript only from compileScript,
            // which puts an UnboundScript there.
            unsafe { v8::Local::<v8::UnboundScript>::cast_unchecked(data) }
        });
    if script.is_none() {
        throw_type_error(scope, "not a script");
    }
    script
}

/// runScript(script, contextified | null, timeout | -1, displayErrors, breakOnSigint)
pub(super) fn run_script<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Some(script) = unbound_script(scope, args.get(0)) else {
        return;
    };
    let context = context_of(scope, args.get(1)).unwrap_or_else(|| scope.get_current_context());
    let timeout_ms = f64::from_js(scope, args.get(2));
    let scope = &mut v8::ContextScope::new(scope, context);
    v8::tc_scope!(let catch, scope);
    let script = script.bind_to_current_context(catch);
    let handle = catch.thread_safe_handle();
    let Some(watchdog) = Watchdog::start(&handle, timeout_ms, args.get(4).is_true()) else {
        throw_cannot_watch(catch);
        catch.rethrow();
        return;
    };
    let result = script.run(catch);
    if result.is_some() {
        run_own_microtasks(catch, context);
    }
    if throw_if_fired(catch, watchdog.stop(), timeout_ms) {
        return;
    }
    if catch.has_caught() {
        if args.get(3).is_true() && !catch.has_terminated() {
            error::decorate_caught(catch);
        }
        catch.rethrow();
        return;
    }
    if let Some(result) = result {
        rv.set(result);
    }
}

pub(crate) fn throw_cannot_watch(scope: &mut v8::PinScope) {
    throw_error(
        scope,
        "ERR_CANNOT_WATCH_SIGINT",
        "Cannot watch for SIGINT signals",
    );
}

/// createCachedData(script) -> Buffer
pub(super) fn create_cached_data<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    mut rv: Return<'s>,
) {
    let Some(script) = unbound_script(scope, args.get(0)) else {
        return;
    };
    let bytes = script.create_code_cache().map(|data| data.to_vec());
    rv.set(js_buffer(scope, bytes.unwrap_or_default()));
}
