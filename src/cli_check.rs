//! What is wrong with a command line only as a whole: values outside their words, and options that
//! exclude each other. In Node's words and order.

use coring_bindings::options::{Kind, OPTIONS};

use crate::cli::{Cli, CliError, Value};

/// Node's code for a start that cannot go on.
const STARTUP_FAILED: i32 = 12;

pub fn check(cli: &Cli) -> Result<(), CliError> {
    let mut messages = Vec::new();
    if cli.is_on("--debug") || cli.is_on("--debug-brk") {
        messages.push(
            "[DEP0062]: `node --debug` and `node --debug-brk` are invalid. Please use \
             `node --inspect` and `node --inspect-brk` instead."
                .to_string(),
        );
    }
    check_percentage(cli, &mut messages);
    check_words(cli, &mut messages);
    check_inspector(cli, &mut messages);
    check_exclusions(cli, &mut messages);
    check_watch(cli, &mut messages);
    check_secure_heap(cli, &mut messages);
    check_snapshots(cli, &mut messages);
    check_profiles(cli, &mut messages);
    if !messages.is_empty() {
        return Err(CliError::new(messages));
    }
    let fatal = fatal_message(cli);
    fatal.map_or(Ok(()), |message| {
        Err(CliError {
            preface: String::new(),
            messages: vec![message],
            exit_code: STARTUP_FAILED,
        })
    })
}

/// A port, a host, or both; and where the address is told.
fn check_inspector(cli: &Cli, messages: &mut Vec<String>) {
    let given = cli.text("--inspect-port");
    let is_port = |text: &str| {
        let port = text.parse::<u32>();
        port.is_ok_and(|port| port == 0 || (1024..=65535).contains(&port))
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_good = match given.rsplit_once(':') {
        _ if given.starts_with('[') && given.ends_with(']') => true,
        Some((_, port)) => is_port(port),
        None => given.is_empty() || !is_digits(given) || is_port(given),
    };
    if !is_good {
        messages.push("must be 0 or in range 1024 to 65535.".to_owned());
    }
    let places = cli.text("--inspect-publish-uid").split(',');
    if !places
        .clone()
        .all(|place| matches!(place, "" | "stderr" | "http"))
    {
        messages.push("--inspect-publish-uid destination can be stderr or http".to_owned());
    }
}

fn check_percentage(cli: &Cli, messages: &mut Vec<String>) {
    let given = cli.text("--max-old-space-size-percentage");
    if !given.is_empty() && percentage(given).is_none() {
        messages.push(format!(
            "--max-old-space-size-percentage must be greater than 0 and up to 100. Got: {given}"
        ));
    }
}

/// A number above 0 and up to 100.
pub fn percentage(text: &str) -> Option<f64> {
    let number = text.parse::<f64>().ok()?;
    (number > 0.0 && number <= 100.0).then_some(number)
}

fn check_words(cli: &Cli, messages: &mut Vec<String>) {
    for spec in OPTIONS {
        let Kind::Choice(words) = spec.kind else {
            continue;
        };
        let given = cli.text(spec.name);
        // --disable-proto has a code of its own; --test-isolation is checked by the test runner.
        let elsewhere = ["--disable-proto", "--test-isolation"].contains(&spec.name);
        if given.is_empty() || words.contains(&given) || elsewhere {
            continue;
        }
        messages.push(match spec.name {
            "--input-type" => {
                "--input-type must be \"module\",\"commonjs\", \"module-typescript\" or \
                 \"commonjs-typescript\""
                    .to_string()
            }
            name => format!("invalid value for {name}"),
        });
    }
}

fn check_exclusions(cli: &Cli, messages: &mut Vec<String>) {
    let has_eval = *cli.get("--eval") != Value::Absent;
    let given = |name: &str| match name {
        "--eval" => has_eval,
        name => cli.is_on(name),
    };
    let pairs = [
        ("--check", "--eval"),
        ("--test", "--check"),
        ("--test", "--eval"),
        ("--test", "--interactive"),
        ("--watch", "--check"),
        ("--watch", "--eval"),
        ("--watch", "--interactive"),
        ("--watch", "--test-force-exit"),
        ("--use-openssl-ca", "--use-bundled-ca"),
        ("--use-openssl-ca", "--use-system-ca"),
        ("--tls-min-v1.3", "--tls-max-v1.2"),
    ];
    for (one, other) in pairs {
        if given(one) && given(other) {
            messages.push(format!("either {one} or {other} can be used, not both"));
        }
    }
}

fn check_watch(cli: &Cli, messages: &mut Vec<String>) {
    let has_paths = matches!(cli.get("--watch-path"), Value::List(paths) if !paths.is_empty());
    if cli.is_on("--test") {
        if has_paths {
            messages.push("--watch-path cannot be used in combination with --test".to_string());
        }
    } else if (cli.is_on("--watch") || has_paths)
        && messages.is_empty()
        && cli.arguments.first().is_none_or(String::is_empty)
    {
        messages.push("--watch requires specifying a file".to_string());
    }
}

fn check_snapshots(cli: &Cli, messages: &mut Vec<String>) {
    let name = "--heapsnapshot-near-heap-limit";
    if matches!(cli.get(name), Value::Integer(count) if *count < 0) {
        messages.push(format!("{name} must not be negative"));
    }
}

/// What is said about a profile needs the profile.
fn check_profiles(cli: &Cli, messages: &mut Vec<String>) {
    let changed = cli.changed_options();
    for profile in ["--cpu-prof", "--heap-prof"] {
        if cli.is_on(profile) {
            continue;
        }
        for end in ["-name", "-dir", "-interval"] {
            let name = format!("{profile}{end}");
            if changed.iter().any(|(given, _)| *given == name) {
                messages.push(format!("{name} must be used with {profile}"));
            }
        }
    }
}

fn check_secure_heap(cli: &Cli, messages: &mut Vec<String>) {
    let is_power = |name: &str| match cli.get(name) {
        Value::Integer(number) => *number == 0 || number.unsigned_abs().is_power_of_two(),
        _ => true,
    };
    if *cli.get("--secure-heap") == Value::Integer(0) {
        return;
    }
    for name in ["--secure-heap", "--secure-heap-min"] {
        if !is_power(name) {
            messages.push(format!("{name} must be a power of 2"));
        }
    }
}

fn fatal_message(cli: &Cli) -> Option<String> {
    if let Value::List(fixes) = cli.get("--security-revert")
        && let Some(fix) = fixes.first()
    {
        return Some(format!("Error: Attempt to revert an unknown CVE [{fix}]"));
    }
    let mode = cli.text("--disable-proto");
    (!matches!(mode, "" | "delete" | "throw"))
        .then(|| "invalid mode passed to --disable-proto".to_string())
}
