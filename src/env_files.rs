//! --env-file and --env-file-if-exists, read before anything else: a file may hold NODE_OPTIONS.

use std::collections::BTreeMap;

use coring_bindings::dotenv;
use coring_uring::sync::tell;

use crate::cli::CliError;

/// `files` in the order given: `=path` must exist, `?path` may be missing. A later file wins over
/// an earlier one.
pub fn read(files: &[String]) -> Result<BTreeMap<String, String>, CliError> {
    let mut variables = BTreeMap::new();
    for file in files {
        let (kind, path) = file.split_at(1);
        match std::fs::read(path) {
            Ok(bytes) => variables.extend(dotenv::entries(&String::from_utf8_lossy(&bytes))),
            Err(_) if kind == "?" => {
                tell(&format!("{path} not found. Continuing without it.\n"));
            }
            Err(_) => return Err(CliError::new(vec![format!("{path}: not found")])),
        }
    }
    Ok(variables)
}
