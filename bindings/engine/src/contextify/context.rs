//! `vm.createContext`: contexts of their own, and how a contextified object leads to its context.
//!
//! The contextified object has the context's global proxy under a private key, and the context has
//! the object in its embedder data: a cycle within V8's heap, which V8 collects.

use super::interceptors;
use crate::builtin::{Args, Return};
use crate::value::{FromJs, js_string};

/// Embedder data of a contextified context: the object that its global forwards to.
const SANDBOX: i32 = 0;

/// What native keeps about a context that `vm` made.
pub(super) struct Contextified {
    /// False for DONT_CONTEXTIFY: the global is an ordinary one.
    is_forwarding: bool,
    allows_wasm: bool,
    has_own_queue: bool,
}

fn context_key<'s>(scope: &v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Private> {
    let name = js_string(scope, "coring:context");
    v8::Private::for_api(scope, Some(name))
}

fn host_symbol_key<'s>(scope: &v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Private> {
    let name = js_string(scope, "coring:host_symbol");
    v8::Private::for_api(scope, Some(name))
}

/// The context behind a contextified object or an object of DONT_CONTEXTIFY.
pub(crate) fn context_of<'s>(
    scope: &v8::PinScope<'s, '_>,
    value: v8::Local<'s, v8::Value>,
) -> Option<v8::Local<'s, v8::Context>> {
    let object = value.try_cast::<v8::Object>().ok()?;
    let key = context_key(scope);
    let global = object.get_private(scope, key)?;
    global
        .try_cast::<v8::Object>()
        .ok()?
        .get_creation_context(scope)
}

/// The contextified object of the context that `global` is of; None while V8 still builds it.
pub(super) fn sandbox_of<'s>(
    scope: &v8::PinScope<'s, '_>,
    global: v8::Local<'s, v8::Object>,
) -> Option<(v8::Local<'s, v8::Object>, v8::Local<'s, v8::Object>)> {
    let context = global.get_creation_context(scope)?;
    let contextified = context.get_slot::<Contextified>()?;
    if !contextified.is_forwarding {
        return None;
    }
    let sandbox = context.get_embedder_data(scope, SANDBOX)?;
    Some((sandbox.try_cast().ok()?, context.global(scope)))
}

/// The host symbol for code of this context that brought none of its own, such as `eval`.
pub(crate) fn host_symbol_of<'s>(
    scope: &v8::PinScope<'s, '_>,
    context: v8::Local<'s, v8::Context>,
) -> Option<v8::Local<'s, v8::Value>> {
    context.get_slot::<Contextified>()?;
    let key = host_symbol_key(scope);
    let global = context.global(scope);
    global
        .get_private(scope, key)
        .filter(|symbol| symbol.is_symbol())
}

/// Was the context made with microtaskMode: 'afterEvaluate'?
pub(crate) fn has_own_microtasks(context: v8::Local<v8::Context>) -> bool {
    let contextified = context.get_slot::<Contextified>();
    contextified.is_some_and(|contextified| contextified.has_own_queue)
}

/// Runs the microtasks of a context that has a queue of its own.
pub(crate) fn run_own_microtasks(scope: &mut v8::PinScope, context: v8::Local<v8::Context>) {
    if has_own_microtasks(context)
        && let Some(queue) = context.get_microtask_queue()
    {
        queue.perform_checkpoint(scope);
    }
}

/// isContext(object)
pub(super) fn is_context<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    rv.set_bool(context_of(scope, args.get(0)).is_some());
}

/// makeContext(object | undefined, strings, wasm, ownMicrotaskQueue, hostSymbol): contextifies the
/// object, or gives the global of a new ordinary context.
pub(super) fn make_context<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    mut rv: Return<'s>,
) {
    let sandbox = args.get(0).try_cast::<v8::Object>().ok();
    let allows_wasm = args.get(2).is_true();
    let queue = args
        .get(3)
        .is_true()
        .then(|| v8::MicrotaskQueue::new(scope, v8::MicrotasksPolicy::Explicit));
    let main = scope.get_current_context();
    let mut options = v8::ContextOptions::default();
    if sandbox.is_some() {
        options.global_template = Some(interceptors::global_template(scope));
    }
    if let Some(queue) = &queue {
        options.microtask_queue = Some(std::ptr::from_ref(queue.as_ref()).cast_mut());
    }
    let context = v8::Context::new(scope, options);
    context.set_security_token(main.get_security_token(scope));
    context.set_allow_generation_from_strings(args.get(1).is_true());
    if !allows_wasm {
        scope.set_allow_wasm_code_generation_callback(is_wasm_allowed);
    }
    let global = context.global(scope);
    drop_break_iterator(scope, global);
    let key = host_symbol_key(scope);
    global.set_private(scope, key, args.get(4));
    let holder = sandbox.unwrap_or(global);
    context.set_embedder_data(SANDBOX, holder.into());
    // From here on the interceptors forward.
    context.set_slot(std::rc::Rc::new(Contextified {
        is_forwarding: sandbox.is_some(),
        allows_wasm,
        has_own_queue: queue.is_some(),
    }));
    let key = context_key(scope);
    holder.set_private(scope, key, global.into());
    crate::builtin::async_context::cover(scope, context);
    if crate::builtin::devtools::is_prepared() {
        let name = String::from_js(scope, args.get(5));
        crate::builtin::devtools::tell_of_context(context, &name);
    }
    rv.set(global.into());
}

/// Marks the context of a ShadowRealm.
struct Shadow;

/// V8 asks for the context of a new ShadowRealm: a bare one.
pub(crate) fn make_shadow_context<'s>(
    scope: &mut v8::PinScope<'s, '_>,
) -> Option<v8::Local<'s, v8::Context>> {
    let main = scope.get_current_context();
    let context = v8::Context::new(scope, v8::ContextOptions::default());
    context.set_security_token(main.get_security_token(scope));
    drop_break_iterator(scope, context.global(scope));
    context.set_slot(std::rc::Rc::new(Shadow));
    crate::builtin::async_context::cover(scope, context);
    Some(context)
}

pub(crate) fn is_shadow_context(context: v8::Local<v8::Context>) -> bool {
    context.get_slot::<Shadow>().is_some()
}

/// V8 adds it to the language's Intl; Node shows no context with it.
fn drop_break_iterator<'s>(scope: &v8::PinScope<'s, '_>, global: v8::Local<'s, v8::Object>) {
    let name = js_string(scope, "Intl").into();
    let intl = global.get(scope, name);
    if let Some(Ok(intl)) = intl.map(|intl| intl.try_cast::<v8::Object>()) {
        let name = js_string(scope, "v8BreakIterator").into();
        intl.delete(scope, name);
    }
}

/// V8 asks before it compiles WebAssembly, in any context.
unsafe extern "C" fn is_wasm_allowed(
    context: v8::Local<v8::Context>,
    _source: v8::Local<v8::String>,
) -> bool {
    context
        .get_slot::<Contextified>()
        .is_none_or(|contextified| contextified.allows_wasm)
}
