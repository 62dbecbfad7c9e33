//! Where the JavaScript library comes from: built into the program, or a folder on disk for
//! those who work on it.

use std::path::{Path, PathBuf};

use crate::library_code::{self, LibraryCode};

/// One library file inside the program.
pub struct LibraryFile {
    /// `node/fs`, `internal/errors`, `boot/realm`.
    pub id: &'static str,
    text: &'static str,
    /// The text as V8 can use it in place; None when it is not all ASCII.
    in_place: Option<v8::OneByteConst>,
    /// What V8 compiled of it before, by `Isolate::library_code`; empty: nothing.
    code: &'static [u8],
}

impl LibraryFile {
    pub const fn new(id: &'static str, text: &'static str, code: &'static [u8]) -> LibraryFile {
        let in_place = match is_ascii(text.as_bytes()) {
            true => {
                // SAFETY: it was just found to be all ASCII.
                Some(unsafe {
                    v8::String::create_external_onebyte_const_unchecked(text.as_bytes())
                })
            }
            false => None,
        };
        LibraryFile {
            id,
            text,
            in_place,
            code,
        }
    }
}

/// Eight bytes at a time: the compiler evaluates it over the whole library.
const fn is_ascii(bytes: &[u8]) -> bool {
    const HIGH_BITS: u64 = 0x8080_8080_8080_8080;
    let (words, rest) = bytes.as_chunks::<8>();
    let mut index = 0;
    while index < words.len() {
        if u64::from_ne_bytes(words[index]) & HIGH_BITS != 0 {
            return false;
        }
        index += 1;
    }
    rest.is_ascii()
}

/// The library's files.
#[derive(Clone)]
pub enum Sources {
    /// Sorted by id. V8 uses the texts in place, also from the snapshot, which therefore holds
    /// only their addresses.
    Embedded(&'static [LibraryFile]),
    /// The folder `lib_js` itself, read at each use; packages from npm are the built-in ones.
    Folder(PathBuf, &'static [LibraryFile]),
}

impl Sources {
    /// Reads files (id and path, sorted by id) once and keeps them for the rest of the process,
    /// with what was compiled of them before: what the build uses.
    pub fn load(files: &[(String, PathBuf)], mut code: LibraryCode) -> Sources {
        let files = files.iter().map(|(id, path)| {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            let code = Vec::leak(code.remove(id).unwrap_or_default());
            LibraryFile::new(String::leak(id.clone()), String::leak(text), code)
        });
        Sources::Embedded(Vec::leak(files.collect()))
    }

    fn find(&self, id: &str) -> Option<&'static LibraryFile> {
        let (Sources::Embedded(files) | Sources::Folder(_, files)) = self;
        if matches!(self, Sources::Folder(..)) && !id.starts_with(PACKAGES) {
            return None;
        }
        let index = files.binary_search_by(|file| file.id.cmp(id)).ok()?;
        Some(&files[index])
    }

    /// What was compiled of the file before; empty: nothing.
    fn code(&self, id: &str) -> &'static [u8] {
        self.find(id).map_or(&[], |file| file.code)
    }

    /// Addresses that a snapshot refers to.
    pub(crate) fn in_place(&self) -> Vec<&'static v8::OneByteConst> {
        match self {
            Sources::Embedded(files) => files.iter().filter_map(|f| f.in_place.as_ref()).collect(),
            Sources::Folder(..) => Vec::new(),
        }
    }

    fn string<'s>(
        &self,
        scope: &v8::PinScope<'s, '_>,
        id: &str,
    ) -> Option<v8::Local<'s, v8::String>> {
        if let Some(file) = self.find(id) {
            return match &file.in_place {
                Some(text) => v8::String::new_from_onebyte_const(scope, text),
                None => v8::String::new(scope, file.text),
            };
        }
        let Sources::Folder(root, _) = self else {
            return None;
        };
        if id
            .split('/')
            .any(|part| part.is_empty() || part == "." || part == "..")
        {
            return None;
        }
        let text = std::fs::read_to_string(root.join(format!("{id}.js"))).ok()?;
        v8::String::new(scope, &text)
    }

    /// All ids, sorted.
    pub fn ids(&self) -> Vec<String> {
        match self {
            Sources::Embedded(files) => files.iter().map(|file| file.id.to_owned()).collect(),
            Sources::Folder(root, files) => {
                let ours = library_files(root).into_iter().map(|(id, _)| id);
                let packages = files.iter().map(|file| file.id);
                let packages = packages.filter(|id| id.starts_with(PACKAGES));
                ours.chain(packages.map(str::to_owned)).collect()
            }
        }
    }
}

/// Ids of files that come from npm.
const PACKAGES: &str = "npm/";

/// Ids and paths of the library files below `root`, sorted; tests (`*.test.js`) are none.
pub fn library_files(root: &Path) -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let Some(id) = path.strip_prefix(root).ok().and_then(|path| path.to_str()) else {
                continue;
            };
            match id.strip_suffix(".js") {
                Some(id) if !id.ends_with(".test") => files.push((id.to_owned(), path)),
                _ => {}
            }
        }
    }
    files.sort();
    files
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

const PARAMETERS: [&str; 6] = [
    "exports",
    "require",
    "module",
    "process",
    "internalBinding",
    "primordials",
];

/// Files of packages see no more than in npm; by the last name undici knows that it is Node's own.
const PACKAGE_PARAMETERS: [&str; 4] = ["exports", "require", "module", "__UNDICI_IS_NODE__"];

/// Compiles a library file into its wrapper function. None: no such file, or an exception waits.
pub(crate) fn compile<'s>(
    scope: &v8::PinScope<'s, '_>,
    sources: &Sources,
    id: &str,
) -> Option<v8::Local<'s, v8::Function>> {
    let parameters = match id.starts_with(PACKAGES) {
        true => &PACKAGE_PARAMETERS[..],
        false => &PARAMETERS[..],
    };
    compile_with(scope, sources, id, parameters)
}

/// As [`compile`], with other parameter names.
pub(crate) fn compile_with<'s>(
    scope: &v8::PinScope<'s, '_>,
    sources: &Sources,
    id: &str,
    parameters: &[&str],
) -> Option<v8::Local<'s, v8::Function>> {
    let code = sources.string(scope, id)?;
    let name = v8::String::new(scope, &script_name(id))?;
    let origin = v8::ScriptOrigin::new(
        scope,
        name.into(),
        0,
        0,
        false,
        0,
        None,
        false,
        false,
        false,
        None,
    );
    let (mut source, how) = library_code::source(code, &origin, sources.code(id));
    let parameters: Vec<_> = parameters
        .iter()
        .filter_map(|name| v8::String::new(scope, name))
        .collect();
    let function = v8::script_compiler::compile_function(
        scope,
        &mut source,
        &parameters,
        &[],
        how,
        v8::script_compiler::NoCacheReason::NoReason,
    )?;
    library_code::note(scope, id, function);
    Some(function)
}
