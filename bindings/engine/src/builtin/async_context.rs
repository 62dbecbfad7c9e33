//! `async_context`: the value that V8 carries along promise reactions (AsyncLocalStorage), and V8's
//! hooks into the lives of promises.

use crate::contextify::context_of;

use super::{Args, Entry, Return, entry};

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        entry("get", 0, get),
        entry("set", 1, set),
        entry("setPromiseHooks", 5, set_promise_hooks),
    ]
}

fn get<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, mut rv: Return<'s>) {
    rv.set(scope.get_continuation_preserved_embedder_data());
}

fn set<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    scope.set_continuation_preserved_embedder_data(args.get(0));
}

/// setPromiseHooks(init, before, after, resolve, contextified?): what is no function is no hook.
fn set_promise_hooks<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let hook = |index| args.get(index).try_cast::<v8::Function>().ok();
    let context = context_of(scope, args.get(4)).unwrap_or_else(|| scope.get_current_context());
    let scope = &mut v8::ContextScope::new(scope, context);
    scope.set_promise_hooks(hook(0), hook(1), hook(2), hook(3));
}
