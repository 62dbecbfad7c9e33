//! One run of one program: its folder for temporary files, its environment, its clock.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const SECONDS_MAX: u64 = 60;
const POLL: Duration = Duration::from_millis(4);

/// Node or coring; children find it as `node` in a folder of its own at the head of the PATH.
pub struct Runtime {
    name: &'static str,
    program: PathBuf,
    path: String,
}

/// How a run ended. No code: by the clock.
pub struct Ended {
    pub code: Option<i32>,
    pub output: String,
    pub errors: String,
    pub seconds: f64,
}

impl Ended {
    /// Why it did not end well: the line that names the error.
    pub fn how(&self) -> String {
        let Some(code) = self.code else {
            return format!("still running after {SECONDS_MAX} s");
        };
        let is_error = |line: &&str| {
            let head = line.split_once(':').map_or("", |(head, _)| head);
            let head = head.split(' ').next().unwrap_or("");
            head.ends_with("Error")
        };
        match self.errors.lines().find(is_error) {
            Some(line) => line.to_string(),
            None => format!("exit code {code}"),
        }
    }
}

impl Runtime {
    pub fn make(name: &'static str, program: &Path, folder: &Path) -> Result<Runtime, String> {
        let failed = |error: std::io::Error| format!("{}: {error}", program.display());
        let program = program.canonicalize().map_err(failed)?;
        let place = folder.join("bin").join(name);
        fs::create_dir_all(&place).map_err(failed)?;
        let link = place.join("node");
        if link.symlink_metadata().is_ok() {
            fs::remove_file(&link).map_err(failed)?;
        }
        symlink(&program, &link).map_err(failed)?;
        let place = place.canonicalize().map_err(failed)?;
        let rest = std::env::var("PATH").unwrap_or_default();
        let path = format!("{}:{rest}", place.display());
        Ok(Runtime {
            name,
            program,
            path,
        })
    }

    /// Runs `programs/FILE`; what it printed stays in `out/FILE.NAME.out` and `.err`.
    pub fn run(&self, folder: &Path, file: &str) -> Ended {
        let start = Instant::now();
        let place = |ending: &str| {
            folder
                .join("out")
                .join(format!("{file}.{}{ending}", self.name))
        };
        let ended = self.start(folder, file, place).and_then(wait);
        let read = |ending: &str| {
            let bytes = fs::read(place(ending)).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        // Nothing reads a program's temporary files when it has ended.
        let _ = fs::remove_dir_all(place(".tmp"));
        let (code, errors) = match ended {
            Ok(Some(status)) => (Some(code_of(status)), read(".err")),
            Ok(None) => (None, read(".err")),
            Err(error) => (Some(-1), format!("Error: {error}")),
        };
        Ended {
            code,
            output: read(".out"),
            errors,
            seconds: start.elapsed().as_secs_f64(),
        }
    }

    fn start(
        &self,
        folder: &Path,
        file: &str,
        place: impl Fn(&str) -> PathBuf,
    ) -> std::io::Result<Child> {
        let home = folder.join("home");
        fs::create_dir_all(&home)?;
        fs::create_dir_all(folder.join("out"))?;
        fs::create_dir_all(place(".tmp"))?;
        let programs = folder.join("programs");
        let mut command = Command::new(&self.program);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("npm_") || text.starts_with("NODE_") || text == "NO_COLOR" {
                command.env_remove(&name);
            }
        }
        command
            .arg(programs.join(file))
            .current_dir(&programs)
            .env("PATH", &self.path)
            .env("HOME", home)
            .env("TMPDIR", place(".tmp").canonicalize()?)
            .env("TZ", "UTC")
            .env("LANG", "C.UTF-8")
            .stdin(Stdio::null())
            .stdout(File::create(place(".out"))?)
            .stderr(File::create(place(".err"))?)
            .process_group(0)
            .spawn()
    }
}

/// That of a signal is the one that a shell would show.
fn code_of(status: ExitStatus) -> i32 {
    let by_signal = || 128 + status.signal().unwrap_or(0);
    status.code().unwrap_or_else(by_signal)
}

/// None: it was still running when its time was over. What it left behind ends with it.
fn wait(mut child: Child) -> std::io::Result<Option<ExitStatus>> {
    let end = Instant::now() + Duration::from_secs(SECONDS_MAX);
    let status = loop {
        match child.try_wait()? {
            Some(status) => break Some(status),
            None if Instant::now() >= end => break None,
            None => thread::sleep(POLL),
        }
    };
    let group = format!("-{}", child.id());
    let mut kill = Command::new("kill");
    // It says so when nobody is left, which is how it should be.
    kill.args(["-KILL", "--", &group]).stderr(Stdio::null());
    kill.status()?;
    if status.is_none() {
        child.wait()?;
    }
    Ok(status)
}

/// The programs in `folder`: its own .js and .mjs files, not those of folders within.
pub fn names(folder: &Path) -> Result<Vec<String>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let name = entry
            .map_err(failed)?
            .file_name()
            .to_string_lossy()
            .into_owned();
        if name.ends_with(".js") || name.ends_with(".mjs") {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
