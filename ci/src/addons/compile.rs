//! Compiles the addons of Node's tests, as node-gyp would: with the headers of Node itself, each
//! into `build/Release/NAME.node` of its folder, and only where something has changed.

use super::gyp::{self, Target};
use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;
use std::time::SystemTime;

/// One addon with its folder.
struct Job {
    folder: PathBuf,
    target: Target,
}

/// Builds all addons of these folders; gives what the compiler said of those that failed.
///
/// # Errors
/// A binding.gyp that cannot be understood.
pub fn all(folders: &[PathBuf], headers: &Path) -> Result<Vec<String>, String> {
    let mut jobs = VecDeque::new();
    for folder in folders {
        let path = folder.join("binding.gyp");
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        let targets = gyp::targets(&text);
        for target in targets.map_err(|error| format!("{}: {error}", path.display()))? {
            let folder = folder.clone();
            jobs.push_back(Job { folder, target });
        }
    }
    let (jobs, failures) = (Mutex::new(jobs), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, |count| count.get()) {
            scope.spawn(|| {
                loop {
                    let next = jobs.lock().expect("no lane panicked").pop_front();
                    let Some(job) = next else { return };
                    if let Err(error) = build(&job, headers) {
                        failures.lock().expect("no lane panicked").push(error);
                    }
                }
            });
        }
    });
    Ok(failures.into_inner().expect("no lane panicked"))
}

fn build(job: &Job, headers: &Path) -> Result<(), String> {
    let wrong = |error: std::io::Error| format!("{}: {error}", job.folder.display());
    let place = job.folder.join("build/Release");
    let output = place.join(format!("{}.node", job.target.name));
    if is_fresh(&job.folder, &output) {
        return Ok(());
    }
    fs::create_dir_all(&place).map_err(wrong)?;
    let mut objects = Vec::new();
    for source in job
        .target
        .sources
        .iter()
        .filter(|name| !name.ends_with(".h"))
    {
        let object = place.join(format!(
            "{}.{}.o",
            job.target.name,
            source.replace('/', "_")
        ));
        finish(
            compiler(job, headers, source)
                .arg("-c")
                .arg(source)
                .arg("-o")
                .arg(&object),
        )?;
        objects.push(object);
    }
    // By the compiler of C++: what is C alone takes no harm of its library.
    let mut linker = Command::new("c++");
    linker
        .args(["-shared", "-pthread", "-o"])
        .arg(&output)
        .args(&objects);
    finish(&mut linker)
}

fn compiler(job: &Job, headers: &Path, source: &str) -> Command {
    let target = &job.target;
    let is_c = source.ends_with(".c");
    let mut command = Command::new(if is_c { "cc" } else { "c++" });
    command
        .current_dir(&job.folder)
        .args(["-O1", "-g", "-fPIC", "-pthread", "-w"]);
    command.arg(format!("-DNODE_GYP_MODULE_NAME={}", target.name));
    command.arg("-DBUILDING_NODE_EXTENSION");
    command.args(target.defines.iter().map(|name| format!("-D{name}")));
    command.args(target.include_dirs.iter().map(|path| format!("-I{path}")));
    command.arg(format!("-I{}", headers.display()));
    if !is_c {
        command.arg("-std=gnu++20").args(&target.cflags_cc);
    }
    command
}

fn finish(command: &mut Command) -> Result<(), String> {
    let ended = command.output();
    let ended = ended.map_err(|error| format!("{:?}: {error}", command.get_program()))?;
    match ended.status.success() {
        true => Ok(()),
        false => Err(format!(
            "{command:?}\n{}",
            String::from_utf8_lossy(&ended.stderr)
        )),
    }
}

/// Is what was built younger than all it was made of?
fn is_fresh(folder: &Path, output: &Path) -> bool {
    let made = |path: &Path| fs::metadata(path).and_then(|data| data.modified()).ok();
    let youngest = |folder: &Path| -> Option<SystemTime> {
        let entries = fs::read_dir(folder).ok()?.flatten();
        let files = entries.map(|entry| entry.path());
        let sources =
            files.filter(|path| path.is_file() && path.extension() != Some("js".as_ref()));
        sources.filter_map(|path| made(&path)).max()
    };
    let Some(built) = made(output) else {
        return false;
    };
    let common = folder.parent().and_then(youngest);
    [youngest(folder), common]
        .into_iter()
        .flatten()
        .all(|time| time < built)
}
