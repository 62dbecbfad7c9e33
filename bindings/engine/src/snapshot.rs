//! Makes the start-up snapshot: the library, booted, as one blob that later isolates begin from.

use crate::builtin::devtools;
use crate::op::Binding;
use crate::realm::{self, Realm};
use crate::sources::Sources;
use crate::{boot, isolate, store};

/// The place of the library's context in the snapshot.
const MAIN_CONTEXT: usize = 0;

/// The library's context, revived.
pub(crate) fn main_context<'s>(scope: &v8::PinScope<'s, '_, ()>) -> v8::Local<'s, v8::Context> {
    v8::Context::from_snapshot(scope, MAIN_CONTEXT, v8::ContextOptions::default())
        .expect("the snapshot was made by this program's own build")
}

/// Boots the library and serialises the result.
///
/// # Errors
/// The text of the exception that the library threw, or what V8 refused to serialise.
pub fn create(bindings: &'static [Binding], sources: Sources) -> Result<Vec<u8>, String> {
    let references = isolate::external_references(bindings, &sources);
    let params = v8::CreateParams::default().array_buffer_allocator(store::allocator());
    let mut v8 = v8::Isolate::snapshot_creator(Some(references.into()), Some(params));
    isolate::configure(&mut v8);
    let realm = Realm::new(sources, bindings);
    realm::install(&realm);
    let booted = fill(&mut v8, &realm);
    realm.clear();
    realm::uninstall();
    if let Err(text) = booted {
        // A snapshot creator must not be dropped without a blob, and none can be made of a
        // library that failed half way: the build ends here anyway.
        std::mem::forget(v8);
        return Err(text);
    }
    let blob = v8
        .create_blob(v8::FunctionCodeHandling::Keep)
        .ok_or("V8 made no snapshot")?;
    Ok(blob.to_vec())
}

fn fill(v8: &mut v8::OwnedIsolate, realm: &Realm) -> Result<(), String> {
    v8::scope!(let scope, v8);
    // What V8 makes a further context from (`vm.createContext`): the language and nothing else.
    let bare = v8::Context::new(scope, v8::ContextOptions::default());
    scope.set_default_context(bare);
    let context = v8::Context::new(scope, v8::ContextOptions::default());
    let index = scope.add_context(context);
    assert_eq!(index, MAIN_CONTEXT, "the library's context is the first");
    let scope = &mut v8::ContextScope::new(scope, context);
    devtools::number(scope);
    boot::run(scope, realm)?;
    let roots: Vec<v8::Local<v8::Value>> = realm
        .roots
        .borrow()
        .iter()
        .map(|root| match root {
            Some(global) => v8::Local::new(scope, global),
            None => v8::undefined(scope).into(),
        })
        .collect();
    let roots = v8::Array::new_with_elements(scope, &roots);
    let index = scope.add_context_data(context, roots);
    assert_eq!(index, 0, "the roots are the context's first data");
    Ok(())
}
