//! What the command line prints of itself: `--help` and `--completion-bash`.

use coring_bindings::options::{ALIASES, Kind, OPTIONS, OptionSpec};

/// Where the explanations begin.
const LEFT_COLUMNS: usize = 30;

const VARIABLES: &[(&str, &str)] = &[
    (
        "NODE_DEBUG",
        "','-separated list of modules that print debug output",
    ),
    ("NODE_DISABLE_COLORS", "set to 1 to print without colors"),
    (
        "NODE_EXTRA_CA_CERTS",
        "path to additional CA certificates file",
    ),
    ("NODE_NO_WARNINGS", "set to 1 to silence process warnings"),
    ("NODE_OPTIONS", "options as on the command line"),
    (
        "NODE_PATH",
        "':'-separated directories prefixed to the module path",
    ),
    (
        "NODE_PENDING_DEPRECATION",
        "set to 1 to emit pending deprecation warnings",
    ),
    (
        "NODE_PRESERVE_SYMLINKS",
        "set to 1 to preserve symbolic links",
    ),
    (
        "NODE_REDIRECT_WARNINGS",
        "write warnings to this path instead of stderr",
    ),
    (
        "NODE_TLS_REJECT_UNAUTHORIZED",
        "set to 0 to disable TLS certificate validation",
    ),
    (
        "NODE_USE_SYSTEM_CA",
        "set to 1 to trust the system's CA store, too",
    ),
    ("NO_COLOR", "alias for NODE_DISABLE_COLORS"),
    (
        "FORCE_COLOR",
        "print with colors also where stdout is no terminal",
    ),
    ("TZ", "the time zone"),
];

/// The text of `--help`.
pub fn help() -> String {
    let mut text = String::from(
        "Usage: coring [options] [ script.js ] [arguments]\n\nOptions:\n\
         \x20 -                           script read from stdin (default without a file)\n\
         \x20 --                          indicate the end of options\n",
    );
    for spec in OPTIONS.iter().filter(|spec| spec.unbuilt.is_none()) {
        add_row(&mut text, spec);
    }
    text.push_str("\nEnvironment variables:\n");
    for (name, meaning) in VARIABLES {
        text.push_str(&format!("  {name:<28}{meaning}\n"));
    }
    text
}

fn add_row(text: &mut String, spec: &OptionSpec) {
    // What is on already is shown by the word that switches it off.
    let name = match spec.kind {
        Kind::On => format!("--no-{}", &spec.name[2..]),
        _ => spec.name.to_string(),
    };
    let names = spec
        .short
        .map_or(name.clone(), |short| format!("{short}, {name}"));
    let value = match spec.kind {
        Kind::Integer(_) | Kind::Text | Kind::Choice(_) | Kind::List => "=...",
        Kind::Off | Kind::On | Kind::NoOp | Kind::Print => "",
    };
    let left = format!("  {names}{value}");
    let gap = if left.len() < LEFT_COLUMNS {
        String::new()
    } else {
        format!("\n{:LEFT_COLUMNS$}", "")
    };
    let meaning = match spec.idle {
        Some(reason) => format!("no effect: {reason}"),
        None => spec.help.to_string(),
    };
    text.push_str(&format!("{left:<LEFT_COLUMNS$}{gap}{meaning}\n"));
}

/// A script that bash can source, so that it completes options, and files otherwise.
pub fn completion_bash() -> String {
    let mut words: Vec<&str> = OPTIONS.iter().map(|spec| spec.name).collect();
    words.extend(OPTIONS.iter().filter_map(|spec| spec.short));
    words.extend(ALIASES.iter().map(|(name, _)| *name));
    let words = words.join(" ");
    format!(
        "_node_complete() {{\n\
         \x20 local cur_word options\n\
         \x20 cur_word=\"${{COMP_WORDS[COMP_CWORD]}}\"\n\
         \x20 if [[ \"${{cur_word}}\" == -* ]] ; then\n\
         \x20   COMPREPLY=( $(compgen -W '{words}' -- \"${{cur_word}}\") )\n\
         \x20   return 0\n\
         \x20 else\n\
         \x20   COMPREPLY=( $(compgen -f \"${{cur_word}}\") )\n\
         \x20   return 0\n\
         \x20 fi\n\
         }}\n\
         complete -o filenames -o nospace -o bashdefault -F _node_complete node node_g\n"
    )
}
