//! Where Node's tests lie, and which they are.

use super::header::Header;
use super::status;
use super::suites::{SUITES, Suite, Verdict};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub const VARIABLE: &str = "CORING_NODE_TESTS";

/// One test file.
#[derive(Debug)]
pub struct Test {
    /// `suite/file`, its name everywhere.
    pub name: String,
    pub suite: &'static Suite,
    pub header: Header,
    /// Node's status files call it flaky.
    pub is_flaky: bool,
}

impl Test {
    /// The one of this name at `path`, with what it and the suite's status file say of it.
    pub fn read(suite: &'static Suite, name: String, path: &Path, rules: &[status::Rule]) -> Test {
        let source = fs::read(path).unwrap_or_default();
        Test {
            header: Header::parse(&String::from_utf8_lossy(&source)),
            is_flaky: status::gives(rules, &name, "FLAKY"),
            name,
            suite,
        }
    }

    pub fn file(&self) -> &str {
        &self.name[self.suite.name.len() + 1..]
    }
}

/// The folder that holds `test/`. `given` is that folder, an archive of it, or a folder in which
/// such an archive lies; archives are unpacked once, below `target`.
pub fn locate(given: Option<&Path>, target: &Path) -> Result<PathBuf, String> {
    let from_variable = std::env::var_os(VARIABLE).map(PathBuf::from);
    let Some(place) = given.map(Path::to_path_buf).or(from_variable) else {
        return Err(format!(
            "no tests: name them by --tests FOLDER or by the variable {VARIABLE}.\n{WHERE}"
        ));
    };
    let place = fs::canonicalize(&place).map_err(|error| {
        format!(
            "no tests: {} cannot be read ({error}).\n{WHERE}",
            place.display()
        )
    })?;
    if is_root(&place) {
        return Ok(place);
    }
    let archive = if place.is_file() {
        Some(place.clone())
    } else {
        archive_in(&place)
    };
    match archive {
        Some(archive) => unpack(&archive, target),
        None => Err(format!(
            "no tests: {0} has neither test/common/index.js nor a node-v*-tests.tar.xz.\n{WHERE}",
            place.display()
        )),
    }
}

const WHERE: &str = "\
They are the folders `test` and `tools` of the Node.js source release v24.21.0 (its archive is \
at https://nodejs.org/dist/v24.21.0/); give the folder that holds both, or a .tar.xz of them.";

fn is_root(folder: &Path) -> bool {
    folder.join("test/common/index.js").is_file()
}

fn archive_in(folder: &Path) -> Option<PathBuf> {
    let is_archive = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("node-v") && name.ends_with("-tests.tar.xz")
    };
    let entries = fs::read_dir(folder).ok()?.flatten();
    entries.map(|entry| entry.path()).filter(is_archive).max()
}

/// Unpacks beside its place and moves it there, so that half an archive never counts as one.
fn unpack(archive: &Path, target: &Path) -> Result<PathBuf, String> {
    let stem = archive.file_name().unwrap_or_default().to_string_lossy();
    let place = target
        .join("node-tests")
        .join(stem.trim_end_matches(".tar.xz"));
    if is_root(&place) {
        return Ok(place);
    }
    let fail = |what: &str, error: String| format!("cannot {what} {}: {error}", archive.display());
    let half = place.with_extension("half");
    // What is left of a run that was ended; usually there is nothing.
    let _ = fs::remove_dir_all(&half);
    fs::create_dir_all(&half).map_err(|error| fail("unpack", error.to_string()))?;
    let mut tar = Command::new("tar");
    tar.arg("-xf").arg(archive).arg("-C").arg(&half);
    let status = tar
        .status()
        .map_err(|error| fail("unpack", error.to_string()))?;
    if !status.success() || !is_root(&half) {
        return Err(fail(
            "use",
            "it holds no test/common/index.js, or is broken".into(),
        ));
    }
    fs::rename(&half, &place).map_err(|error| fail("unpack", error.to_string()))?;
    Ok(place)
}

/// All tests of the default suites, sorted by name, without those that Node skips on Linux.
pub fn list(root: &Path) -> Vec<Test> {
    let read = |path: PathBuf| fs::read_to_string(path).unwrap_or_default();
    let general = read(root.join("test/root.status"));
    let mut tests = Vec::new();
    for suite in SUITES {
        let folder = root.join("test").join(suite.name);
        let own = read(folder.join(format!("{}.status", suite.name)));
        let rules: Vec<_> = [&own, &general]
            .iter()
            .flat_map(|text| status::parse(text))
            .collect();
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let file = entry.file_name().to_string_lossy().into_owned();
            let name = format!("{}/{file}", suite.name);
            let skipped = status::gives(&rules, &name, "SKIP");
            if skipped || !suite.takes(&file) || !has_what_it_needs(suite, root, &entry.path()) {
                continue;
            }
            tests.push(Test::read(suite, name, &entry.path(), &rules));
        }
    }
    tests.sort_by(|a, b| a.name.cmp(&b.name));
    tests
}

fn has_what_it_needs(suite: &Suite, root: &Path, file: &Path) -> bool {
    let has_output = || file.with_extension("out").is_file();
    match suite.verdict {
        Verdict::ExitCode | Verdict::MustFail => true,
        Verdict::Output => has_output(),
        Verdict::Terminal => has_output() && root.join("tools/pseudo-tty.py").is_file(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_place_is_told_with_what_was_tried() {
        let told = locate(Some(Path::new("/nowhere/at/all")), Path::new("/nowhere"));
        let told = told.expect_err("there is no such folder");
        assert!(told.contains("/nowhere/at/all") && told.contains("v24.21.0"));
        let told = locate(Some(Path::new("/")), Path::new("/nowhere")).expect_err("not the tests");
        assert!(told.contains("test/common/index.js"));
    }

    #[test]
    fn tests_are_listed_by_the_rules() {
        let root = std::env::temp_dir().join(format!("coring-ci-corpus-{}", std::process::id()));
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().expect("it has a folder")).expect("made");
            fs::write(path, text).expect("written");
        };
        write("test/common/index.js", "");
        write("test/parallel/test-b.js", "// Flags: --x\n");
        write("test/parallel/test-a.mjs", "");
        write("test/parallel/test-gone.js", "");
        write("test/parallel/helper.js", "");
        write(
            "test/parallel/parallel.status",
            "prefix parallel\n[true]\ntest-gone: SKIP\ntest-b: PASS,FLAKY\n",
        );
        write("test/message/with.js", "");
        write("test/message/with.out", "");
        write("test/message/without.js", "");
        assert_eq!(
            locate(Some(&root), Path::new("/nowhere")),
            Ok(root.canonicalize().expect("it is there"))
        );
        let tests = list(&root);
        let names: Vec<&str> = tests.iter().map(|test| test.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "message/with.js",
                "parallel/test-a.mjs",
                "parallel/test-b.js"
            ]
        );
        assert_eq!(tests[2].header.flags, ["--x"]);
        assert!(tests[2].is_flaky && !tests[1].is_flaky);
        assert_eq!(tests[2].file(), "test-b.js");
        fs::remove_dir_all(&root).expect("removed");
    }
}
