//! `async_context`: the value that V8 carries along promise reactions (AsyncLocalStorage).

use super::{Args, Entry, Return, entry};

pub(crate) fn entries() -> Vec<Entry> {
    vec![entry("get", 0, get), entry("set", 1, set)]
}

fn get<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, mut rv: Return<'s>) {
    rv.set(scope.get_continuation_preserved_embedder_data());
}

fn set<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    scope.set_continuation_preserved_embedder_data(args.get(0));
}
