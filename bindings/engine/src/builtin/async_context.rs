//! `async_context`: the value that V8 carries along promise reactions (AsyncLocalStorage), and V8's
//! hooks into the lives of promises.

use super::{Args, Entry, Return, entry, put};
use crate::realm;
use crate::value::js_string;

pub(crate) fn entries() -> Vec<Entry> {
    vec![entry("setPromiseHooks", 4, set_promise_hooks)]
}

/// V8's own functions for the value, which its optimising compiler turns into a load and a store.
pub(super) fn put_accessors<'s>(
    scope: &v8::PinScope<'s, '_>,
    binding: v8::Local<'s, v8::Object>,
) -> Option<()> {
    let context = scope.get_current_context();
    let extras = context.get_extras_binding_object(scope);
    for (name, function) in [
        ("get", "getContinuationPreservedEmbedderData"),
        ("set", "setContinuationPreservedEmbedderData"),
    ] {
        let key = js_string(scope, function);
        put(scope, binding, name, extras.get(scope, key.into())?);
    }
    Some(())
}

/// V8's hooks into promises, and the contexts of vm, each of which has hooks of its own.
#[derive(Default)]
pub(crate) struct PromiseHooks {
    /// init, before, after, resolve.
    functions: [Option<v8::Global<v8::Function>>; 4],
    contexts: Vec<v8::Weak<v8::Context>>,
    /// The list is looked through when it has grown to this length.
    look_at: usize,
}

const LOOK_AT_MIN: usize = 64;

/// setPromiseHooks(init, before, after, resolve): what is no function is no hook.
fn set_promise_hooks<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let hooks = &realm::current().promise_hooks;
    hooks.borrow_mut().functions = [0, 1, 2, 3].map(|index| {
        let function = args.get(index).try_cast::<v8::Function>().ok()?;
        Some(v8::Global::new(scope, function))
    });
    let main = realm::current().context.borrow().clone();
    let main = main.map(|main| v8::Local::new(scope, main));
    let others: Vec<_> = {
        let hooks = hooks.borrow();
        let alive = hooks
            .contexts
            .iter()
            .filter_map(|weak| weak.to_local(scope));
        main.into_iter().chain(alive).collect()
    };
    for context in others {
        install(scope, context);
    }
}

/// A new context of vm gets the hooks of now, and later ones as long as it lives.
pub(crate) fn cover(scope: &mut v8::PinScope, context: v8::Local<v8::Context>) {
    {
        let weak = v8::Weak::new(scope, context);
        let mut hooks = realm::current().promise_hooks.borrow_mut();
        if hooks.contexts.len() >= hooks.look_at {
            hooks.contexts.retain(|weak| !weak.is_empty());
            hooks.look_at = LOOK_AT_MIN.max(2 * hooks.contexts.len());
        }
        hooks.contexts.push(weak);
        if hooks.functions.iter().all(Option::is_none) {
            return;
        }
    }
    install(scope, context);
}

fn install(scope: &mut v8::PinScope, context: v8::Local<v8::Context>) {
    let scope = &mut v8::ContextScope::new(scope, context);
    let hooks = realm::current().promise_hooks.borrow();
    let hook = |index: usize| {
        let function = hooks.functions[index].as_ref()?;
        Some(v8::Local::new(scope, function))
    };
    let [init, before, after, resolve] = [0, 1, 2, 3].map(hook);
    scope.set_promise_hooks(init, before, after, resolve);
}
