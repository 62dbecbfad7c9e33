//! Compiled code of library files: made once by the build, after a rehearsal, so that a start
//! compiles nothing that the rehearsal ran.

use std::collections::BTreeMap;

use crate::realm;
use crate::sources::{self, Sources};

/// Compiled code by library id, as V8 wrote it. It is good for this build of V8, its flags and the
/// snapshot that was running when it was made; otherwise V8 ignores it and compiles.
pub type LibraryCode = BTreeMap<String, Vec<u8>>;

/// The outermost functions of the library files that an isolate compiled.
pub(crate) type Compiled = BTreeMap<String, v8::Global<v8::Function>>;

/// The text with its compiled code, if there is some, and how to compile it.
pub(crate) fn source(
    text: v8::Local<v8::String>,
    origin: &v8::ScriptOrigin,
    code: &[u8],
) -> (
    v8::script_compiler::Source,
    v8::script_compiler::CompileOptions,
) {
    use v8::script_compiler::{CachedData, CompileOptions, Source};
    if code.is_empty() {
        let source = Source::new(text, Some(origin));
        return (source, CompileOptions::NoCompileOptions);
    }
    let source = Source::new_with_cached_data(text, Some(origin), CachedData::new(code));
    (source, CompileOptions::ConsumeCodeCache)
}

/// Remembers what a rehearsal compiled.
pub(crate) fn note(scope: &v8::PinScope, id: &str, function: v8::Local<v8::Function>) {
    if let Some(compiled) = realm::current().compiled.borrow_mut().as_mut() {
        compiled.insert(id.to_owned(), v8::Global::new(scope, function));
    }
}

/// All functions that ran since [`note`] was switched on; of files that were not loaded, the
/// outermost function.
pub(crate) fn collect(scope: &mut v8::PinScope, sources: &Sources) -> LibraryCode {
    let is_loaded = |id: &str| {
        let compiled = realm::current().compiled.borrow();
        compiled
            .as_ref()
            .is_some_and(|files| files.contains_key(id))
    };
    for id in sources.ids() {
        if !is_loaded(&id) {
            v8::tc_scope!(let catch, scope);
            // A file that does not compile has no code; whoever loads it learns why.
            let _ = sources::compile(catch, sources, &id);
        }
    }
    let compiled = realm::current().compiled.take().unwrap_or_default();
    let code = compiled.into_iter().filter_map(|(id, function)| {
        let code = v8::Local::new(scope, function).create_code_cache()?;
        Some((id, code.to_vec()))
    });
    code.collect()
}
