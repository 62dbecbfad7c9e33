//! What the library takes from npm, as Node does: the packages of `lib_js/npm/package-lock.json`.
//! npm fetches them and checks them against the lock's hashes; nothing of them is kept in the
//! repository.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The files that the library asks for; what these ask for comes along.
const ENTRIES: &[&str] = &["undici/index-fetch.js", "amaro/dist/index.js"];

/// Files of JSON that the library asks for, whose text is what they export.
const TEXTS: &[&str] = &["devtools-protocol/json/js_protocol"];

/// Names a `node_modules` folder to use instead, for machines without a network.
const FOLDER: &str = "CORING_NPM_FOLDER";
const DEFINITIONS: [&str; 2] = ["package.json", "package-lock.json"];

/// Installs what is needed below `out`; gives its files as (id, path): `npm/undici/index-fetch`.
pub fn files(root: &Path, out: &Path) -> Result<Vec<(String, PathBuf)>, String> {
    println!("cargo:rerun-if-env-changed={FOLDER}");
    let packages = match env::var_os(FOLDER) {
        Some(folder) => PathBuf::from(folder),
        None => install(&root.join("lib_js/npm"), &out.join("npm"))?,
    };
    let mut found = BTreeSet::new();
    for entry in ENTRIES {
        collect(&packages.join(entry), &mut found)?;
    }
    let named = found.into_iter().map(|path| {
        let inside = path.strip_prefix(&packages);
        let inside = inside.map_err(|_| format!("{} is in no package", path.display()))?;
        Ok((format!("npm/{}", inside.with_extension("").display()), path))
    });
    let mut files: Vec<(String, PathBuf)> = named.collect::<Result<_, String>>()?;
    for text in TEXTS {
        let path = packages.join(text).with_extension("json");
        let module = out.join(text.replace('/', "-")).with_extension("js");
        wrap(&path, &module).map_err(|error| format!("{}: {error}", path.display()))?;
        files.push((format!("npm/{text}"), module));
    }
    Ok(files)
}

/// Makes a module of a file of JSON, without the blanks between its words.
fn wrap(json: &Path, module: &Path) -> std::io::Result<()> {
    let json = fs::read_to_string(json)?;
    let lines: Vec<&str> = json.lines().map(str::trim).collect();
    // Lines of JSON end between its words only.
    let text = lines.concat().replace("\": ", "\":");
    let literal = text.replace('\\', "\\\\").replace('\'', "\\'");
    let ascii: String = literal
        .chars()
        .map(|letter| if letter.is_ascii() { letter } else { '?' })
        .collect();
    fs::write(
        module,
        format!("'use strict';\nmodule.exports = '{ascii}';\n"),
    )
}

/// Has npm install what `definitions` names into `folder`, unless it has already.
fn install(definitions: &Path, folder: &Path) -> Result<PathBuf, String> {
    let packages = folder.join("node_modules");
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    // npm writes this file last.
    let is_done = packages.join(".package-lock.json").exists();
    if is_done
        && DEFINITIONS
            .iter()
            .all(|name| is_same(&definitions.join(name), &folder.join(name)))
    {
        return Ok(packages);
    }
    fs::create_dir_all(folder).map_err(failed)?;
    for name in DEFINITIONS {
        fs::copy(definitions.join(name), folder.join(name)).map_err(failed)?;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    let cure = format!(
        "The library takes some packages from npm. Install npm, or name in {FOLDER} a \
         node_modules folder made elsewhere by `npm ci` in lib_js/npm."
    );
    let output = npm.current_dir(folder).output();
    let output = output.map_err(|error| format!("npm: {error}\n{cure}"))?;
    match output.status.success() {
        true => Ok(packages),
        false => Err(format!("{}{cure}", String::from_utf8_lossy(&output.stderr))),
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((fs::read(one), fs::read(other)), (Ok(one), Ok(other)) if one == other)
}

/// Adds a file and whatever it requires by a relative name.
fn collect(file: &Path, into: &mut BTreeSet<PathBuf>) -> Result<(), String> {
    if !into.insert(file.to_owned()) {
        return Ok(());
    }
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    for request in relative_requests(&text) {
        let mut path = file.to_owned();
        path.pop();
        for part in Path::new(request).components() {
            match part {
                Component::ParentDir => drop(path.pop()),
                Component::Normal(name) => path.push(name),
                _ => {}
            }
        }
        let names = [
            path.clone(),
            path.with_extension("js"),
            path.join("index.js"),
        ];
        let found = names.iter().find(|name| name.is_file());
        let found = found.ok_or_else(|| format!("{}: no {request}", file.display()))?;
        collect(found, into)?;
    }
    Ok(())
}

/// What stands in `require('./...')` and `require("../...")`, outside of comments.
fn relative_requests(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().map(str::trim_start);
    let code = lines.filter(|line| !line.starts_with("//") && !line.starts_with('*'));
    code.flat_map(|line| line.split("require(").skip(1))
        .filter_map(|rest| rest.split(['\'', '"']).nth(1))
        .filter(|request| request.starts_with('.'))
}
