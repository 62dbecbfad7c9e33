//! The command line: words and NODE_OPTIONS to one `Cli`, in Node's grammar. Called once by main.
//! Pure: it reads no environment, prints nothing and exits nowhere; the caller does.
//!
//! The grammar, as Node has it:
//! - options end at the first word that is `-`, does not begin with `-`, or follows `--`;
//! - `--x=y` or `--x y`; a value that begins with `-` is written `\-` or after `=`;
//! - underscores in a long name equal dashes; `--no-x` negates a boolean; a boolean ignores `=y`;
//! - short options stand alone (`-pe` is an alias, not a bundle);
//! - a word that no row knows goes to V8, and if V8 does not know it, it is a bad option.

use std::collections::VecDeque;

use coring_bindings::options::{ALIASES, IMPLIED, Kind, OPTIONS, OptionSpec};

pub const CONFIG_FILE: &str = "--experimental-config-file";
const INSPECT_PORT: &str = "--inspect-port";
const DEFAULT_CONFIG_FILE: &str = "--experimental-default-config-file";

/// How many cores to run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jobs {
    Count(u32),
    Auto,
}

/// What an option was set to. `Absent` reads as `undefined` in JavaScript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Absent,
    Boolean(bool),
    Integer(i64),
    Text(String),
    List(Vec<String>),
}

/// Something to print instead of running a program. The last one given wins, as in Node, where
/// version is looked at before help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Print {
    Version,
    Help,
    V8Options,
    CompletionBash,
}

/// Words from a file of options (src/config_file/).
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// What NODE_OPTIONS could hold.
    pub node_options: Vec<String>,
    /// What stands in groups that have a name of their own.
    pub grouped: Vec<String>,
}

/// Messages without the program's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CliError {
    /// Lines that stand before the messages, as they are.
    pub preface: String,
    pub messages: Vec<String>,
    pub exit_code: i32,
}

impl CliError {
    /// Node's code for a bad command line.
    pub const BAD_ARGUMENTS: i32 = 9;

    fn one(message: String) -> Self {
        CliError::new(vec![message])
    }

    pub fn new(messages: Vec<String>) -> Self {
        CliError {
            preface: String::new(),
            messages,
            exit_code: CliError::BAD_ARGUMENTS,
        }
    }

    /// One line per message, each behind the name the program was started by.
    pub fn text(&self, argv0: &str) -> String {
        let messages = self.messages.iter();
        let lines = messages.map(|message| format!("{argv0}: {message}\n"));
        self.preface.clone() + &lines.collect::<String>()
    }
}

/// A parsed command line.
#[derive(Clone, Debug)]
pub struct Cli {
    pub print: Option<Print>,
    pub jobs: Jobs,
    /// process.execArgv: the words before the script, `--` excepted.
    pub exec_argv: Vec<String>,
    /// The script (or `-`) and its arguments; with --eval only arguments.
    pub arguments: Vec<String>,
    /// Words for V8, in order.
    pub v8_flags: Vec<String>,
    /// --env-file as `=path`, --env-file-if-exists as `?path`, in the order given.
    pub env_files: Vec<String>,
    values: Vec<Value>,
}

impl Cli {
    /// The options whose value is not their default: JavaScript knows the defaults.
    pub fn changed_options(&self) -> Vec<(&'static str, Value)> {
        let named = OPTIONS.iter().zip(&self.values);
        named
            .filter(|(spec, value)| **value != default_value(spec))
            .map(|(spec, value)| (spec.name, value.clone()))
            .collect()
    }

    /// The value of a row by its name in the table.
    pub fn get(&self, name: &str) -> &Value {
        let index = OPTIONS
            .iter()
            .position(|spec| spec.name == name)
            .expect("a row of OPTIONS");
        &self.values[index]
    }

    pub fn is_on(&self, name: &str) -> bool {
        *self.get(name) == Value::Boolean(true)
    }

    pub fn text(&self, name: &str) -> &str {
        match self.get(name) {
            Value::Text(text) => text,
            Value::Absent | Value::Boolean(_) | Value::Integer(_) | Value::List(_) => "",
        }
    }
}

/// Where words come from: it decides what is allowed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    CommandLine,
    NodeOptions,
}

/// Reads `config`, then `environment` for NODE_OPTIONS and its relatives, then `arguments` (without
/// argv[0]): the last word wins. `is_v8_option` is asked about whole words that no row knows.
pub fn parse(
    arguments: &[String],
    config: &Config,
    environment: &dyn Fn(&str) -> Option<String>,
    is_v8_option: &dyn Fn(&str) -> bool,
) -> Result<Cli, CliError> {
    let mut cli = Cli {
        print: None,
        jobs: Jobs::Count(1),
        exec_argv: Vec::new(),
        arguments: Vec::new(),
        v8_flags: Vec::new(),
        env_files: Vec::new(),
        values: OPTIONS.iter().map(default_value).collect(),
    };
    let mut words = config.node_options.clone();
    if let Some(node_options) = environment("NODE_OPTIONS") {
        words.extend(split_node_options(&node_options)?);
    }
    read_words(&mut cli, words.into(), Source::NodeOptions, is_v8_option)?;
    read_switches(&mut cli, environment);
    let words = config.grouped.clone().into();
    read_words(&mut cli, words, Source::CommandLine, is_v8_option)?;
    let rest = read_words(
        &mut cli,
        arguments.to_vec().into(),
        Source::CommandLine,
        is_v8_option,
    )?;
    cli.exec_argv = exec_argv(arguments, rest.len());
    cli.arguments = rest.into();
    cli.jobs = parse_jobs(cli.text("--jobs"))?;
    crate::cli_check::check(&cli)?;
    Ok(cli)
}

/// Variables that switch one option on.
fn read_switches(cli: &mut Cli, environment: &dyn Fn(&str) -> Option<String>) {
    let switches = [
        ("NODE_PENDING_DEPRECATION", "--pending-deprecation"),
        ("NODE_PRESERVE_SYMLINKS", "--preserve-symlinks"),
        ("NODE_PRESERVE_SYMLINKS_MAIN", "--preserve-symlinks-main"),
        ("NODE_USE_ENV_PROXY", "--use-env-proxy"),
        ("NODE_USE_SYSTEM_CA", "--use-system-ca"),
    ];
    for (variable, option) in switches {
        if environment(variable).as_deref() == Some("1") {
            set(cli, option, Value::Boolean(true));
        }
    }
    if let Some(path) = environment("NODE_REDIRECT_WARNINGS").filter(|path| !path.is_empty())
        && cli.text("--redirect-warnings").is_empty()
    {
        set(cli, "--redirect-warnings", Value::Text(path));
    }
}

/// Takes options from the front of `words`; returns what is left.
fn read_words(
    cli: &mut Cli,
    mut words: VecDeque<String>,
    source: Source,
    is_v8_option: &dyn Fn(&str) -> bool,
) -> Result<VecDeque<String>, CliError> {
    let mut refused = Vec::new();
    // What was typed stays the name in messages while its long name is looked up.
    let mut shown: Option<String> = None;
    while let Some(word) = words.pop_front() {
        if source == Source::NodeOptions && word == "--" {
            return Err(not_allowed("--"));
        }
        if word == "--" {
            break;
        }
        if word.len() <= 1 || !word.starts_with('-') {
            words.push_front(word);
            break;
        }
        let mut option = Word::read(&word);
        if let Some(typed) = shown.take() {
            option.typed = typed;
        }
        if option.name == DEFAULT_CONFIG_FILE && option.value.is_some() {
            let message = format!("{} does not take an argument", option.typed);
            return Err(CliError::one(message));
        }
        if let Some(targets) = alias(&option, words.front()) {
            let valued = valued_target(targets);
            for (index, target) in targets.iter().enumerate().rev() {
                words.push_front(option.respell(target, index == valued));
            }
            shown = Some(option.typed);
            continue;
        }
        match lookup(&option)? {
            Some((index, spec)) => {
                if source == Source::NodeOptions && !spec.env_allowed {
                    return Err(not_allowed(&option.original()));
                }
                apply(cli, index, spec, &option, &mut words)?;
                if spec.v8 {
                    cli.v8_flags.push(word);
                }
            }
            None if source == Source::NodeOptions => return Err(not_allowed(&option.original())),
            None if is_v8_option(&word) => cli.v8_flags.push(word),
            None => refused.push(format!("bad option: {word}")),
        }
    }
    if refused.is_empty() {
        Ok(words)
    } else {
        Err(CliError::new(refused))
    }
}

fn not_allowed(name: &str) -> CliError {
    CliError::one(format!("{name} is not allowed in NODE_OPTIONS"))
}

/// One word taken apart: `--no_x=y` is name `--x`, negated, value `y`.
struct Word {
    typed: String,
    name: String,
    negated: bool,
    value: Option<String>,
}

impl Word {
    fn read(word: &str) -> Word {
        let long = word.starts_with("--");
        let (typed, value) = match word.split_once('=') {
            Some((name, value)) if long => (name, Some(value.to_string())),
            Some(_) | None => (word, None),
        };
        let plain = if long {
            typed.replace('_', "-")
        } else {
            typed.to_string()
        };
        let (name, negated) = match plain.strip_prefix("--no-") {
            Some(base) => (format!("--{base}"), true),
            None => (plain, false),
        };
        Word {
            typed: typed.to_string(),
            name,
            negated,
            value,
        }
    }

    /// As Node names it in messages: with the equals sign, without the value.
    fn original(&self) -> String {
        format!(
            "{}{}",
            self.typed,
            if self.value.is_some() { "=" } else { "" }
        )
    }

    /// This word under another name; one word of an alias keeps the value.
    fn respell(&self, target: &str, has_value: bool) -> String {
        let name = match target.strip_prefix("--") {
            Some(base) if self.negated => format!("--no-{base}"),
            Some(_) | None => target.to_string(),
        };
        match &self.value {
            Some(value) if has_value => format!("{name}={value}"),
            Some(_) | None => name,
        }
    }
}

/// Which of an alias's words has its value: the first that takes one.
fn valued_target(targets: &[&str]) -> usize {
    let takes = |target: &&str| {
        let row = OPTIONS.iter().find(|spec| spec.name == *target);
        row.is_some_and(|spec| !spec.is_boolean())
    };
    let last = targets.len().saturating_sub(1);
    targets.iter().position(takes).unwrap_or(last)
}

/// Expansion of an alias, if the word is one. `following` is the next word.
fn alias(word: &Word, following: Option<&String>) -> Option<&'static [&'static str]> {
    if !word.negated {
        if word.name == "--print" || word.name == "-p" {
            let has_argument = following.is_some_and(|next| !next.starts_with('-'));
            let found = ALIASES.iter().find(|(name, _)| *name == "--print <arg>");
            return found.filter(|_| has_argument).map(|(_, targets)| *targets);
        }
        if let Some(spec) = OPTIONS
            .iter()
            .find(|spec| spec.short == Some(word.name.as_str()))
        {
            return Some(std::slice::from_ref(&spec.name));
        }
    }
    let has_value = word.value.is_some() && !word.negated;
    ALIASES
        .iter()
        .find(|(name, _)| match name.strip_suffix('=') {
            Some(name) => has_value && name == word.name,
            None => *name == word.name,
        })
        .map(|(_, targets)| *targets)
}

/// The row a word means. `Err` for the negation of something that is not a boolean.
fn lookup(word: &Word) -> Result<Option<(usize, &'static OptionSpec)>, CliError> {
    let by_name = |name: &str| {
        OPTIONS
            .iter()
            .enumerate()
            .find(|(_, spec)| spec.name == name)
    };
    if word.name == "-p" {
        return Ok(by_name("--print"));
    }
    let Some(found) = by_name(&word.name) else {
        return Ok(None);
    };
    let spec = found.1;
    if word.negated && spec.v8 {
        return Ok(None);
    }
    if word.negated && !spec.is_boolean() && spec.kind != Kind::Print {
        let message = "is an invalid negation because it is not a boolean option";
        return Err(CliError::one(format!("{} {message}", word.original())));
    }
    Ok(Some(found))
}

/// Stores what a word says.
fn apply(
    cli: &mut Cli,
    index: usize,
    spec: &OptionSpec,
    word: &Word,
    words: &mut VecDeque<String>,
) -> Result<(), CliError> {
    // What is wrong with the word itself is told first.
    if let (Some(reason), false) = (spec.unbuilt, word.negated) {
        if !spec.is_boolean() {
            argument(word, words)?;
        }
        let message = format!("{} is not available: {reason}", word.typed);
        return Err(CliError::one(message));
    }
    let value = match spec.kind {
        Kind::NoOp => return Ok(()),
        Kind::Print => {
            if !word.negated {
                note_print(cli, spec.name);
            }
            return Ok(());
        }
        Kind::Off | Kind::On => Value::Boolean(!word.negated),
        Kind::Integer(_) if spec.v8 => Value::Integer(leading_integer(word.value.as_deref())),
        Kind::Integer(_) => Value::Integer(leading_integer(Some(&argument(word, words)?))),
        // Its value never stands in a word of its own.
        Kind::Text if spec.name == CONFIG_FILE && word.value.is_none() => {
            Value::Text("node.config.json".to_owned())
        }
        Kind::Text if spec.name == INSPECT_PORT => {
            let given = argument(word, words)?;
            Value::Text(with_former_place(cli.text(INSPECT_PORT), given))
        }
        Kind::Text | Kind::Choice(_) => Value::Text(argument(word, words)?),
        Kind::List => {
            let item = argument(word, words)?;
            match spec.name {
                "--env-file" => cli.env_files.push(format!("={item}")),
                "--env-file-if-exists" => cli.env_files.push(format!("?{item}")),
                _ => {}
            }
            let Value::List(list) = &mut cli.values[index] else {
                unreachable!("a List row starts as a list");
            };
            list.push(item);
            return Ok(());
        }
    };
    cli.values[index] = value;
    if !word.negated {
        for (_, implied) in IMPLIED.iter().filter(|(name, _)| *name == spec.name) {
            set(cli, implied, Value::Boolean(true));
        }
    }
    Ok(())
}

/// A place for debuggers without a host, or without a port, has that of the place given before.
fn with_former_place(former: &str, given: String) -> String {
    let cut = (
        crate::cli_check::host_port(former),
        crate::cli_check::host_port(&given),
    );
    let (Some((former_host, former_port)), Some((host, port))) = cut else {
        return given;
    };
    let host = if host.is_empty() { former_host } else { host };
    match (host, port.or(former_port)) {
        ("", None) => given,
        ("", Some(port)) => port.to_string(),
        (host, None) => format!("[{host}]"),
        (host, Some(port)) => format!("[{host}]:{port}"),
    }
}

/// Node looks for --version first, then for --help, and so on in this order.
fn note_print(cli: &mut Cli, name: &str) {
    let order = [
        ("--version", Print::Version),
        ("--help", Print::Help),
        ("--completion-bash", Print::CompletionBash),
        ("--v8-options", Print::V8Options),
    ];
    let place = |wanted: Print| order.iter().position(|(_, print)| *print == wanted);
    let found = order.iter().position(|(known, _)| *known == name);
    let found = found.expect("every Print row stands in the order");
    if cli.print.is_none_or(|print| place(print) > Some(found)) {
        cli.print = Some(order[found].1);
    }
}

/// The value of an option that needs one: after `=`, or the next word.
fn argument(word: &Word, words: &mut VecDeque<String>) -> Result<String, CliError> {
    let missing = || CliError::one(format!("{} requires an argument", word.original()));
    if let Some(value) = &word.value {
        return if value.is_empty() {
            Err(missing())
        } else {
            Ok(value.clone())
        };
    }
    if words.front().is_none_or(|next| next.starts_with('-')) {
        return Err(missing());
    }
    let value = words.pop_front().expect("front() was some");
    Ok(value
        .strip_prefix('\\')
        .filter(|rest| rest.starts_with('-'))
        .map_or_else(|| value.clone(), str::to_string))
}

/// C's strtoll: digits at the front, else 0.
fn leading_integer(text: Option<&str>) -> i64 {
    let text = text.unwrap_or("").trim_start();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = digits
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(digits.len());
    digits[..end]
        .parse::<i64>()
        .map_or(0, |number| sign * number)
}

fn set(cli: &mut Cli, name: &str, value: Value) {
    let index = OPTIONS
        .iter()
        .position(|spec| spec.name == name)
        .expect("a row of OPTIONS");
    cli.values[index] = value;
}

fn default_value(spec: &OptionSpec) -> Value {
    match spec.kind {
        Kind::Off => Value::Boolean(false),
        Kind::On => Value::Boolean(true),
        Kind::Integer(default) => Value::Integer(default),
        Kind::Text if spec.name == "--eval" => Value::Absent,
        Kind::Text | Kind::Choice(_) => Value::Text(String::new()),
        Kind::List => Value::List(Vec::new()),
        Kind::NoOp | Kind::Print => Value::Absent,
    }
}

/// The words that were options: all but the last `rest_count`, and but the `--` that ended them.
fn exec_argv(arguments: &[String], rest_count: usize) -> Vec<String> {
    let mut taken = arguments[..arguments.len() - rest_count].to_vec();
    if taken.last().is_some_and(|word| word == "--") {
        taken.pop();
    }
    taken
}

/// As many processors as a mask of CPUs has places for (CPU_SETSIZE of sched_setaffinity(2)).
const JOBS_MAX: u32 = 1024;

fn parse_jobs(text: &str) -> Result<Jobs, CliError> {
    if text.is_empty() {
        return Ok(Jobs::Count(1));
    }
    if text == "auto" {
        return Ok(Jobs::Auto);
    }
    match text.parse::<u32>() {
        Ok(count) if (1..=JOBS_MAX).contains(&count) => Ok(Jobs::Count(count)),
        Ok(_) | Err(_) => Err(CliError::one(format!(
            "--jobs must be a number from 1 to {JOBS_MAX} or 'auto'"
        ))),
    }
}

/// NODE_OPTIONS is split at spaces; double quotes join, and a backslash inside them escapes.
pub fn split_node_options(text: &str) -> Result<Vec<String>, CliError> {
    match split_words(text) {
        (words, None) => Ok(words),
        (_, Some(fault)) => {
            let message = format!("invalid value for NODE_OPTIONS ({fault})\n");
            Err(CliError::one(message))
        }
    }
}

/// The words of `text` as far as it goes, and what is wrong with it.
pub fn split_words(text: &str) -> (Vec<String>, Option<&'static str>) {
    let mut words: Vec<String> = Vec::new();
    let mut quoted = false;
    let mut at_start = true;
    let mut letters = text.chars();
    while let Some(mut letter) = letters.next() {
        if letter == '\\' && quoted {
            match letters.next() {
                Some(next) => letter = next,
                None => return (words, Some("invalid escape")),
            }
        } else if letter == ' ' && !quoted {
            at_start = true;
            continue;
        } else if letter == '"' {
            quoted = !quoted;
            continue;
        }
        if at_start {
            words.push(String::new());
            at_start = false;
        }
        words
            .last_mut()
            .expect("pushed at the start of the word")
            .push(letter);
    }
    (words, quoted.then_some("unterminated string"))
}

#[cfg(test)]
#[path = "cli_test.rs"]
mod tests;
