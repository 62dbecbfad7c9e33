//! `--experimental-sea-config`: writes the blob that tools put into a copy of coring.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::sync::Arc;

use coring_bindings::sea::blob::{self, Application};
use coring_bindings::{Fleet, Natives, Process};
use coring_engine::IsolateLimits;
use coring_uring::sync::tell;
use coring_uring::{Errno, Ring, RingOptions};

use super::config::{self, SeaConfig};
use crate::core;
use crate::runtime::Variables;

/// Does what the file at `path` says; gives the exit code. V8 has been started.
pub fn prepare(path: &str) -> i32 {
    match try_prepare(path) {
        Ok(output) => {
            tell(&format!(
                "Wrote single executable preparation blob to {output}\n"
            ));
            0
        }
        Err(text) => {
            tell(&format!("{text}\n"));
            1
        }
    }
}

fn try_prepare(path: &str) -> Result<String, String> {
    let text = std::fs::read(path).map_err(|error| {
        let reason = reason(&error);
        format!("Cannot read single executable configuration from {path}: {reason}")
    })?;
    let config = config::parse(&text, path)?;
    if config.uses_snapshot && config.uses_code_cache {
        tell("\"useCodeCache\" is redundant when \"useSnapshot\" is true\n");
    }
    let main = std::fs::read(&config.main);
    let main = main
        .map_err(|error| format!("Cannot read main script {}:{}", config.main, reason(&error)))?;
    if config.uses_snapshot {
        return Err(
            "\"useSnapshot\" is not available: start-up snapshots of programs are not built"
                .to_owned(),
        );
    }
    let code_cache = match config.uses_code_cache {
        true => Some(code_cache(&config.main, &main)?),
        false => None,
    };
    write(&config, &main, code_cache.as_deref())?;
    Ok(config.output)
}

fn write(config: &SeaConfig, main: &[u8], code_cache: Option<&[u8]>) -> Result<(), String> {
    let mut contents = Vec::new();
    for (_, path) in &config.assets {
        let content = std::fs::read(path);
        let told = |error| format!("Cannot read asset {path}: {}", reason(&error));
        contents.push(content.map_err(told)?);
    }
    let keys = config.assets.iter().map(|(key, _)| key.as_str());
    let application = Application {
        is_silent: config.is_silent,
        options_from: config.options_from,
        main_path: &config.main,
        main,
        code_cache,
        exec_argv: config.exec_argv.iter().map(String::as_str).collect(),
        assets: keys.zip(contents.iter().map(Vec::as_slice)).collect(),
    };
    save(&config.output, &blob::write(&application)).map_err(|error| {
        format!(
            "Cannot write output to {}:{}",
            config.output,
            reason(&error)
        )
    })
}

/// Only its owner may read it, as in Node: assets may be secrets.
fn save(path: &str, blob: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    let options = options.write(true).create(true).truncate(true);
    options.mode(0o600).open(path)?.write_all(blob)
}

/// V8's code of the main script, made in an isolate as the application will have.
fn code_cache(path: &str, main: &[u8]) -> Result<Vec<u8>, String> {
    let failed = |text: String| format!("{text}\nCannot generate V8 code cache");
    let ring = Ring::new(RingOptions::default()).map_err(|error| failed(error.to_string()))?;
    let no_workers = |_| Err(std::io::ErrorKind::Unsupported.into());
    let process = Process::new(Box::new(no_workers), Box::new(|_, _| Vec::new()), None);
    let natives = Natives::new(ring, Arc::new(Fleet::new(1, process, Variables::new())), 0);
    let mut isolate = core::boot(natives, IsolateLimits::default()).map_err(failed)?;
    let source = String::from_utf8_lossy(main);
    isolate.code_cache(&source, path).map_err(failed)
}

/// As Node has it.
fn reason(error: &std::io::Error) -> &'static str {
    error
        .raw_os_error()
        .map_or("unknown error", |number| Errno(number).message())
}
