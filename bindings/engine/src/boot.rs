//! Boots the JavaScript library from its sources: at build time into the snapshot, or at start
//! when `lib_js` is read from disk.
//!
//! 1. `boot/primordials` fills the primordials object.
//! 2. `boot/realm` gets (process, getInternalBinding, primordials, compileBuiltin, builtinIds) and
//!    returns the library's `require`.
//! 3. `boot/node` sets the globals and returns `{ start }`, which the main program begins with.

use crate::realm::{Realm, Root};
use crate::value::js_string;
use crate::{builtin, error, sources};

const REALM_PARAMETERS: [&str; 5] = [
    "process",
    "getInternalBinding",
    "primordials",
    "compileBuiltin",
    "builtinIds",
];

/// # Errors
/// The text of the exception that the library threw.
pub(crate) fn run(scope: &mut v8::PinScope, realm: &Realm) -> Result<(), String> {
    v8::tc_scope!(let catch, scope);
    match boot(catch, realm) {
        Some(()) => Ok(()),
        None => {
            let exception = catch.exception();
            let message = catch.message();
            Err(match exception {
                Some(exception) => error::describe(catch, exception, message),
                None => "a library file is missing".to_owned(),
            })
        }
    }
}

fn boot(scope: &mut v8::PinScope, realm: &Realm) -> Option<()> {
    let undefined: v8::Local<v8::Value> = v8::undefined(scope).into();
    let null = v8::null(scope).into();
    let primordials = v8::Object::with_prototype_and_properties(scope, null, &[], &[]);
    let fill = sources::compile(scope, &realm.sources, "boot/primordials")?;
    fill.call(
        scope,
        undefined,
        &[
            undefined,
            undefined,
            undefined,
            undefined,
            undefined,
            primordials.into(),
        ],
    )?;

    let getter = builtin::binding_getter(scope)?;
    let compile = builtin::compile_function(scope)?;
    let ids: Vec<v8::Local<v8::Value>> = realm
        .sources
        .ids()
        .iter()
        .map(|id| js_string(scope, id).into())
        .collect();
    let ids = v8::Array::new_with_elements(scope, &ids);
    let process = v8::Object::new(scope);
    let setup = sources::compile_with(scope, &realm.sources, "boot/realm", &REALM_PARAMETERS)?;
    let require = setup.call(
        scope,
        undefined,
        &[
            process.into(),
            getter.into(),
            primordials.into(),
            compile.into(),
            ids.into(),
        ],
    )?;
    let require: v8::Local<v8::Function> = require.try_cast().ok()?;

    realm.set_root(scope, Root::Require, require.into());
    let id = js_string(scope, "boot/node").into();
    let exports = require.call(scope, undefined, &[id])?;
    let exports: v8::Local<v8::Object> = exports.try_cast().ok()?;
    let start = js_string(scope, "start").into();
    let start = exports.get(scope, start)?;
    realm.set_root(scope, Root::Start, start);
    scope.perform_microtask_checkpoint();
    Some(())
}
