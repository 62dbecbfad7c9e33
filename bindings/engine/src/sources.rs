//! Where the JavaScript library comes from: built into the program, or a folder on disk for
//! those who work on it.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// The library's files by id: `node/fs`, `internal/errors`, `boot/realm`.
#[derive(Clone)]
pub enum Sources {
    /// Sorted by id.
    Embedded(&'static [(&'static str, &'static str)]),
    /// The folder `lib_js` itself.
    Folder(PathBuf),
}

impl Sources {
    pub(crate) fn get(&self, id: &str) -> Option<Cow<'static, str>> {
        match self {
            Sources::Embedded(files) => {
                let index = files.binary_search_by(|(name, _)| (*name).cmp(id)).ok()?;
                Some(Cow::Borrowed(files[index].1))
            }
            Sources::Folder(root) => {
                if id.split('/').any(|part| part.is_empty() || part == "." || part == "..") {
                    return None;
                }
                std::fs::read_to_string(root.join(format!("{id}.js"))).ok().map(Cow::Owned)
            }
        }
    }

    /// All ids, sorted.
    pub fn ids(&self) -> Vec<String> {
        match self {
            Sources::Embedded(files) => files.iter().map(|(id, _)| (*id).to_owned()).collect(),
            Sources::Folder(root) => library_ids(root),
        }
    }
}

/// The ids of the library files below `root`, sorted; tests (`*.test.js`) are no library files.
pub fn library_ids(root: &Path) -> Vec<String> {
    let mut ids = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let Some(id) = path.strip_prefix(root).ok().and_then(|path| path.to_str()) else {
                continue;
            };
            match id.strip_suffix(".js") {
                Some(id) if !id.ends_with(".test") => ids.push(id.to_owned()),
                _ => {}
            }
        }
    }
    ids.sort();
    ids
}

/// The name of a library file in stack traces, as Node has it: `node:fs`, `node:internal/errors`.
pub(crate) fn script_name(id: &str) -> String {
    match (id.strip_prefix("node/"), id.strip_prefix("coring/")) {
        (Some(public), _) => format!("node:{public}"),
        (_, Some(ours)) => format!("coring:{ours}"),
        _ if id.starts_with("internal/") => format!("node:{id}"),
        _ => format!("node:internal/{id}"),
    }
}

const PARAMETERS: [&str; 6] =
    ["exports", "require", "module", "process", "internalBinding", "primordials"];

/// Compiles a library file into its wrapper function. None: no such file, or an exception waits.
pub(crate) fn compile<'s>(
    scope: &v8::PinScope<'s, '_>,
    sources: &Sources,
    id: &str,
) -> Option<v8::Local<'s, v8::Function>> {
    compile_with(scope, sources, id, &PARAMETERS)
}

/// As [`compile`], with other parameter names.
pub(crate) fn compile_with<'s>(
    scope: &v8::PinScope<'s, '_>,
    sources: &Sources,
    id: &str,
    parameters: &[&str],
) -> Option<v8::Local<'s, v8::Function>> {
    let text = sources.get(id)?;
    let code = match text {
        Cow::Borrowed(text) if text.is_ascii() => {
            v8::String::new_external_onebyte_static(scope, text.as_bytes())?
        }
        text => v8::String::new(scope, &text)?,
    };
    let name = v8::String::new(scope, &script_name(id))?;
    let origin = v8::ScriptOrigin::new(
        scope, name.into(), 0, 0, false, 0, None, false, false, false, None,
    );
    let mut source = v8::script_compiler::Source::new(code, Some(&origin));
    let parameters: Vec<_> =
        parameters.iter().filter_map(|name| v8::String::new(scope, name)).collect();
    v8::script_compiler::compile_function(
        scope,
        &mut source,
        &parameters,
        &[],
        v8::script_compiler::CompileOptions::NoCompileOptions,
        v8::script_compiler::NoCacheReason::NoReason,
    )
}
