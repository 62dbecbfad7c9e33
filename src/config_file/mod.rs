//! --experimental-config-file: options from a file of JSON, as the words that the command line
//! would have. In Node's order: the file, NODE_OPTIONS, the command line. Messages are Node's.

use coring_bindings::options::{Kind, OPTIONS, OptionSpec};

use crate::cli::{self, CliError, Config};
use crate::json::{self, Json};

const NODE_OPTIONS: &str = "nodeOptions";

pub fn read(path: &str) -> Result<Config, CliError> {
    let text = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
    let text = String::from_utf8_lossy(&text);
    let config = parse(&text, path).map_err(|message| {
        let mut error = CliError::new(vec![format!("{path}: invalid content")]);
        error.preface = message + "\n";
        error
    })?;
    check_count(&config)?;
    Ok(config)
}

fn unreadable(path: &str, error: &std::io::Error) -> CliError {
    let reason = match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::IsADirectory => "illegal operation on a directory".to_owned(),
        _ => error.to_string(),
    };
    let mut error = CliError::new(vec![format!("{path}: not found")]);
    error.preface = format!("Cannot read configuration from {path}: {reason}\n");
    error
}

/// An option with a space in it would be two words of NODE_OPTIONS.
fn check_count(config: &Config) -> Result<(), CliError> {
    let words = cli::split_node_options(&config.node_options.join(" "))?;
    if words.len() == config.node_options.len() {
        return Ok(());
    }
    Err(CliError::new(vec![
        "The number of NODE_OPTIONS doesn't match the number of flags in the config file".into(),
    ]))
}

fn parse(text: &str, path: &str) -> Result<Config, String> {
    let json = json::parse(text).ok_or_else(|| format!("Can't parse {path}"))?;
    let Json::Object(groups) = json else {
        return Err(format!("Root value unexpected not an object for {path}\n"));
    };
    let mut config = Config::default();
    let mut seen = Vec::new();
    for (group, value) in groups {
        match group.as_str() {
            "$schema" => continue,
            "testRunner" => {
                let message =
                    "the \"testRunner\" namespace has been removed. Use \"test\" instead.";
                return Err(message.to_owned());
            }
            NODE_OPTIONS | "test" | "watch" | "permission" => {}
            _ => return Err(format!("Unknown namespace {group}")),
        }
        let Json::Object(members) = value else {
            let place = format!("\"{group}\" value unexpected for {path}");
            return Err(place + " (should be an object)");
        };
        let words = match group.as_str() {
            NODE_OPTIONS => &mut config.node_options,
            _ => &mut config.grouped,
        };
        for (name, value) in members {
            let spec = spec_of(&group, &name)?;
            if seen.contains(&spec.name) {
                return Err(format!("Option {} is already defined", spec.name));
            }
            seen.push(spec.name);
            add_words(words, spec, value)?;
        }
    }
    Ok(config)
}

fn belongs(group: &str, spec: &OptionSpec) -> bool {
    let begins = |beginnings: &[&str]| beginnings.iter().any(|each| spec.name.starts_with(each));
    match group {
        NODE_OPTIONS => spec.env_allowed,
        "test" => spec.name == "--test" || begins(&["--test-", "--experimental-test-"]),
        "watch" => spec.name == "--watch" || begins(&["--watch-"]),
        _ => begins(&["--allow-"]),
    }
}

fn spec_of(group: &str, name: &str) -> Result<&'static OptionSpec, String> {
    let full = format!("--{name}");
    let found = OPTIONS.iter().find(|spec| spec.name == full);
    let found = found.filter(|spec| belongs(group, spec));
    found.ok_or_else(|| format!("Unknown or not allowed option {name} for namespace {group}"))
}

fn add_words(words: &mut Vec<String>, spec: &OptionSpec, value: Json) -> Result<(), String> {
    let name = spec.name;
    let invalid = || Err(format!("Invalid value for {name}"));
    if spec.kind == Kind::NoOp {
        return Err(format!("No-op flag {name} is currently not supported"));
    }
    // This one is V8's in Node, and here the library's own.
    if spec.v8 || name == "--abort-on-uncaught-exception" {
        return Err(format!("V8 flag {name} is currently not supported"));
    }
    match (spec.kind, value) {
        (Kind::Off | Kind::On, Json::Bool(true)) => words.push(name.to_owned()),
        (Kind::Off | Kind::On, Json::Bool(false)) => {
            words.push(name.replacen("--", "--no-", 1));
        }
        (Kind::Integer(_), Json::Number(number)) => match number.parse::<u64>() {
            Ok(number) => words.push(format!("{name}={number}")),
            Err(_) => return invalid(),
        },
        (Kind::Text, Json::Number(number)) if name == "--inspect-port" => {
            words.push(format!("{name}={number}"));
        }
        (Kind::Text | Kind::Choice(_) | Kind::List, Json::Text(text)) => {
            words.push(format!("{name}={text}"));
        }
        (Kind::List, Json::List(items)) => {
            for item in items {
                let Json::Text(text) = item else {
                    return invalid();
                };
                words.push(format!("{name}={text}"));
            }
        }
        _ => return invalid(),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_file() {
        let text = r#"{"$schema": "x", "nodeOptions": {"import": ["a", "b"], "warnings": false,
            "max-http-header-size": 10, "title": "t",
            "inspect-port": 65535}, "test": {"test-isolation": "none",
            "test-only": true}, "permission": {"allow-fs-read": "*"}, "watch": {}}"#;
        let config = parse(text, "f").expect("it is right");
        let expect = [
            "--import=a",
            "--import=b",
            "--no-warnings",
            "--max-http-header-size=10",
            "--title=t",
            "--inspect-port=65535",
        ];
        assert_eq!(config.node_options, expect);
        let expect = ["--test-isolation=none", "--test-only", "--allow-fs-read=*"];
        assert_eq!(config.grouped, expect);
    }

    #[test]
    fn what_is_wrong_is_said_as_node_does() {
        let check = |text: &str, expect: &str| {
            assert_eq!(parse(text, "f"), Err(expect.to_owned()), "{text}");
        };
        check("", "Can't parse f");
        check("[]", "Root value unexpected not an object for f\n");
        check(r#"{"a": {}}"#, "Unknown namespace a");
        check(
            r#"{"test": 5}"#,
            "\"test\" value unexpected for f (should be an object)",
        );
        let unknown = "Unknown or not allowed option test for namespace nodeOptions";
        check(r#"{"nodeOptions": {"test": true}}"#, unknown);
        let invalid = "Invalid value for --max-http-header-size";
        for value in ["-1", "1.5", "\"5\"", "true", "[1]"] {
            let text = format!(r#"{{"nodeOptions": {{"max-http-header-size": {value}}}}}"#);
            check(&text, invalid);
        }
        let twice = r#"{"nodeOptions": {"test-isolation": "none"},
            "test": {"test-isolation": "none"}}"#;
        check(twice, "Option --test-isolation is already defined");
    }

    #[test]
    fn no_option_is_two() {
        let config = Config {
            node_options: vec!["--import=a --b".into()],
            grouped: Vec::new(),
        };
        assert!(check_count(&config).is_err());
        assert!(check_count(&Config::default()).is_ok());
    }
}
