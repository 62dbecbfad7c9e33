//! The command line: words and NODE_OPTIONS to one `Cli`, in Node's grammar. Called once by main.
//! Pure: it reads no environment, prints nothing and exits nowhere; the caller does.
//!
//! The grammar, as Node has it:
//! - options end at the first word that is `-`, does not begin with `-`, or follows `--`;
//! - `--x=y` or `--x y`; a value that begins with `-` is written `\-` or after `=`;
//! - underscores in a long name equal dashes; `--no-x` negates a boolean; a boolean ignores `=y`;
//! - short options stand alone (`-pe` is an alias, not a bundle);
//! - a word that no row knows goes to V8, and if V8 does not know it, it is a bad option.

use crate::options_table::{ALIASES, Kind, OPTIONS, OptionSpec};
use std::collections::VecDeque;

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
}

/// Messages without the program's name; exit code 9.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CliError {
    pub messages: Vec<String>,
}

impl CliError {
    pub const EXIT_CODE: i32 = 9;

    fn one(message: String) -> Self {
        CliError {
            messages: vec![message],
        }
    }

    /// One line per message, each behind the name the program was started by.
    pub fn text(&self, argv0: &str) -> String {
        self.messages
            .iter()
            .map(|message| format!("{argv0}: {message}\n"))
            .collect()
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
    /// Every option with its value, under the name that JavaScript uses, and `envFiles`.
    pub fn options(&self) -> Vec<(String, Value)> {
        let named = OPTIONS.iter().zip(&self.values);
        let mut options: Vec<(String, Value)> = named
            .filter(|(spec, _)| !matches!(spec.kind, Kind::Accept | Kind::Print))
            .map(|(spec, value)| (camel_case(spec.name), value.clone()))
            .collect();
        options.push(("envFiles".to_string(), Value::List(self.env_files.clone())));
        options
    }

    /// The value of a row by its name in the table.
    pub fn get(&self, name: &str) -> &Value {
        let index = OPTIONS
            .iter()
            .position(|spec| spec.name == name)
            .expect("a row of OPTIONS");
        &self.values[index]
    }

    fn is_on(&self, name: &str) -> bool {
        *self.get(name) == Value::Boolean(true)
    }

    fn text(&self, name: &str) -> &str {
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

/// Reads `environment` for NODE_OPTIONS and its relatives, then `arguments` (without argv[0]),
/// which win. `is_v8_option` is asked about whole words that no row knows.
pub fn parse(
    arguments: &[String],
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
    if let Some(node_options) = environment("NODE_OPTIONS") {
        let words = split_node_options(&node_options)?;
        read_words(&mut cli, words.into(), Source::NodeOptions, is_v8_option)?;
    }
    read_switches(&mut cli, environment);
    let rest = read_words(
        &mut cli,
        arguments.to_vec().into(),
        Source::CommandLine,
        is_v8_option,
    )?;
    cli.exec_argv = exec_argv(arguments, rest.len());
    cli.arguments = rest.into();
    cli.jobs = parse_jobs(cli.text("--jobs"))?;
    check(&cli)?;
    Ok(cli)
}

/// Variables that switch one option on.
fn read_switches(cli: &mut Cli, environment: &dyn Fn(&str) -> Option<String>) {
    let switches = [
        ("NODE_PENDING_DEPRECATION", "--pending-deprecation"),
        ("NODE_PRESERVE_SYMLINKS", "--preserve-symlinks"),
        ("NODE_PRESERVE_SYMLINKS_MAIN", "--preserve-symlinks-main"),
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
        if let Some(targets) = alias(&option, words.front()) {
            for (index, target) in targets.iter().enumerate().rev() {
                words.push_front(option.respell(target, index + 1 == targets.len()));
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
        Err(CliError { messages: refused })
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

    /// This word under another name; the last word of an alias keeps the value.
    fn respell(&self, target: &str, last: bool) -> String {
        let name = match target.strip_prefix("--") {
            Some(base) if self.negated => format!("--no-{base}"),
            Some(_) | None => target.to_string(),
        };
        match &self.value {
            Some(value) if last => format!("{name}={value}"),
            Some(_) | None => name,
        }
    }
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
    ALIASES
        .iter()
        .find(|(name, _)| *name == word.name)
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
    let base = word.name.strip_prefix("--").unwrap_or(&word.name);
    let negative = by_name(&format!("--no-{base}"));
    let Some(found) = by_name(&word.name) else {
        // `--x` of a row `--no-x`, or an Accept row that has no positive form.
        return Ok(negative.filter(|(_, spec)| spec.kind != Kind::Accept || word.negated));
    };
    if word.negated && found.1.kind == Kind::Accept {
        return Ok(None);
    }
    if word.negated && found.1.v8 {
        return Ok(None);
    }
    if word.negated && found.1.kind != Kind::Boolean {
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
    let value = match spec.kind {
        Kind::Accept => return Ok(()),
        Kind::Print => {
            let print = match spec.name {
                "--version" => Print::Version,
                "--help" => Print::Help,
                _ => Print::V8Options,
            };
            // Node looks for --version first, then for --help.
            if cli.print != Some(Print::Version) && cli.print != Some(Print::Help)
                || print == Print::Version
            {
                cli.print = Some(print);
            }
            return Ok(());
        }
        Kind::Boolean => Value::Boolean(!word.negated),
        Kind::BooleanNegatable => Value::Boolean(word.negated),
        Kind::Integer(_) if spec.v8 => Value::Integer(leading_integer(word.value.as_deref())),
        Kind::Integer(_) => Value::Integer(leading_integer(Some(&argument(word, words)?))),
        Kind::String | Kind::Choice(_) => Value::Text(argument(word, words)?),
        Kind::StringList => {
            let item = argument(word, words)?;
            match spec.name {
                "--env-file" => cli.env_files.push(format!("={item}")),
                "--env-file-if-exists" => cli.env_files.push(format!("?{item}")),
                _ => {}
            }
            let Value::List(list) = &mut cli.values[index] else {
                unreachable!("a StringList row starts as a list");
            };
            list.push(item);
            return Ok(());
        }
    };
    cli.values[index] = value;
    Ok(())
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
        Kind::Boolean | Kind::BooleanNegatable => Value::Boolean(false),
        Kind::Integer(default) => Value::Integer(default),
        Kind::String | Kind::Choice(_) if spec.name == "--eval" => Value::Absent,
        Kind::String | Kind::Choice(_) => Value::Text(String::new()),
        Kind::StringList => Value::List(Vec::new()),
        Kind::Accept | Kind::Print => Value::Absent,
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

fn parse_jobs(text: &str) -> Result<Jobs, CliError> {
    if text.is_empty() {
        return Ok(Jobs::Count(1));
    }
    if text == "auto" {
        return Ok(Jobs::Auto);
    }
    match text.parse::<u32>() {
        Ok(count) if count >= 1 => Ok(Jobs::Count(count)),
        Ok(_) | Err(_) => Err(CliError::one(
            "--jobs must be a number from 1 or 'auto'".to_string(),
        )),
    }
}

/// What is wrong only as a whole.
fn check(cli: &Cli) -> Result<(), CliError> {
    let mut messages = Vec::new();
    for spec in OPTIONS {
        let Kind::Choice(words) = spec.kind else {
            continue;
        };
        let given = cli.text(spec.name);
        if given.is_empty() || words.contains(&given) {
            continue;
        }
        messages.push(match spec.name {
            "--input-type" => {
                "--input-type must be \"module\",\"commonjs\", \"module-typescript\" or \
                 \"commonjs-typescript\""
                    .to_string()
            }
            "--disable-proto" => "invalid mode passed to --disable-proto".to_string(),
            name => format!("invalid value for {name}"),
        });
    }
    let tracing = cli.text("--trace-require-module");
    if !matches!(tracing, "" | "all" | "no-node-modules") {
        messages.push("invalid value for --trace-require-module".to_string());
    }
    if cli.is_on("--check") && *cli.get("--eval") != Value::Absent {
        messages.push("either --check or --eval can be used, not both".to_string());
    }
    let has_eval = *cli.get("--eval") != Value::Absent;
    for (option, given) in [("check", cli.is_on("--check")), ("eval", has_eval)] {
        if cli.is_on("--test") && given {
            messages.push(format!("either --test or --{option} can be used, not both"));
        }
    }
    if messages.is_empty() {
        Ok(())
    } else {
        Err(CliError { messages })
    }
}

/// NODE_OPTIONS is split at spaces; double quotes join, and a backslash inside them escapes.
fn split_node_options(text: &str) -> Result<Vec<String>, CliError> {
    let mut words: Vec<String> = Vec::new();
    let mut quoted = false;
    let mut at_start = true;
    let mut letters = text.chars();
    while let Some(mut letter) = letters.next() {
        if letter == '\\' && quoted {
            letter = letters.next().ok_or_else(|| {
                CliError::one("invalid value for NODE_OPTIONS (invalid escape)\n".to_string())
            })?;
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
    if quoted {
        let message = "invalid value for NODE_OPTIONS (unterminated string)\n";
        return Err(CliError::one(message.to_string()));
    }
    Ok(words)
}

/// `--no-warnings` to `noWarnings`.
pub fn camel_case(name: &str) -> String {
    let mut result = String::new();
    for (index, part) in name.trim_start_matches('-').split('-').enumerate() {
        let mut letters = part.chars();
        match letters.next() {
            Some(first) if index > 0 => result.extend(first.to_uppercase()),
            Some(first) => result.push(first),
            None => {}
        }
        result.push_str(letters.as_str());
    }
    result
}

/// Every spelling that NODE_OPTIONS may hold, for process.allowedNodeEnvironmentFlags.
pub fn node_options_flags() -> Vec<String> {
    let mut flags = Vec::new();
    for spec in OPTIONS.iter().filter(|spec| spec.env_allowed) {
        let negated = match spec.kind {
            Kind::Boolean if !spec.v8 => Some(format!("--no-{}", &spec.name[2..])),
            Kind::BooleanNegatable => Some(format!("--{}", &spec.name["--no-".len()..])),
            Kind::Boolean | Kind::Integer(_) | Kind::String | Kind::Choice(_) => None,
            Kind::StringList | Kind::Accept | Kind::Print => None,
        };
        flags.push(spec.name.to_string());
        flags.extend(negated);
        flags.extend(spec.short.map(str::to_string));
    }
    flags
}

/// The text of `--help`.
pub fn help() -> String {
    let mut text = String::from(
        "Usage: coring [options] [ script.js ] [arguments]\n\nOptions:\n\
         \x20 -                           script read from stdin (default without a file)\n\
         \x20 --                          indicate the end of options\n",
    );
    for spec in OPTIONS {
        let names = match spec.short {
            Some(short) => format!("{short}, {}", spec.name),
            None => spec.name.to_string(),
        };
        let value = match spec.kind {
            Kind::Integer(_) | Kind::String | Kind::Choice(_) | Kind::StringList => "=...",
            Kind::Boolean | Kind::BooleanNegatable | Kind::Accept | Kind::Print => "",
        };
        let left = format!("  {names}{value}");
        let gap = if left.len() < 30 {
            ""
        } else {
            "\n                              "
        };
        let effect = if spec.kind == Kind::Accept {
            "no effect: "
        } else {
            ""
        };
        text.push_str(&format!("{left:<30}{gap}{effect}{}\n", spec.help));
    }
    text.push_str(
        "\nEnvironment variables:\n\
         \x20 NODE_DEBUG                  ','-separated list of modules that print debug output\n\
         \x20 NODE_NO_WARNINGS            set to 1 to silence process warnings\n\
         \x20 NODE_OPTIONS                options as on the command line\n\
         \x20 NODE_PATH                   ':'-separated directories prefixed to the module path\n\
         \x20 NODE_PENDING_DEPRECATION    set to 1 to emit pending deprecation warnings\n\
         \x20 NODE_PRESERVE_SYMLINKS      set to 1 to preserve symbolic links\n\
         \x20 NODE_REDIRECT_WARNINGS      write warnings to this path instead of stderr\n",
    );
    text
}

#[cfg(test)]
#[path = "cli_test.rs"]
mod tests;
