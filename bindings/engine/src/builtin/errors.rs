//! `errors`: hooks of V8's error machinery.

use super::{Args, Entry, Return, entry};
use crate::realm::{self, Root};

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        entry("setPrepareStackTraceCallback", 1, set_prepare_stack_trace),
        entry("triggerUncaughtException", 2, trigger_uncaught),
        entry("noSideEffectsToString", 1, no_side_effects_to_string),
    ]
}

fn set_prepare_stack_trace<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    realm::current().set_root(scope, Root::PrepareStackTrace, args.get(0));
}

/// triggerUncaughtException(error, fromPromise): as if `error` had left the outermost callback.
fn trigger_uncaught<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let exception = args.get(0);
    let from_promise = args.get(1).is_true();
    let message = v8::Exception::create_message(scope, exception);
    let realm = realm::current();
    if crate::error::uncaught(scope, realm, exception, Some(message), from_promise).is_err() {
        scope.terminate_execution();
    }
}

fn no_side_effects_to_string<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    mut rv: Return<'s>,
) {
    if let Some(text) = args.get(0).to_detail_string(scope) {
        rv.set(text.into());
    }
}
