//! Rows of words and what they mean, checked against Node 24.21 by running it.

use super::*;

fn parse_with(words: &[&str], node_options: &str) -> Result<Cli, CliError> {
    let words: Vec<String> = words.iter().map(|word| word.to_string()).collect();
    let environment = |name: &str| {
        (name == "NODE_OPTIONS" && !node_options.is_empty()).then(|| node_options.to_string())
    };
    let is_v8 = |word: &str| {
        let name = word
            .split('=')
            .next()
            .expect("split gives one part")
            .replace('_', "-");
        [
            "--stack-size",
            "--no-opt",
            "--expose-gc",
            "--max-old-space-size",
        ]
        .contains(&name.as_str())
    };
    parse(&words, &Config::default(), &environment, &is_v8)
}

fn good(words: &[&str]) -> Cli {
    parse_with(words, "").expect("a good command line")
}

const BAD_JOBS: &str = "--jobs must be a number from 1 to 1024 or 'auto'";

fn bad(words: &[&str]) -> Vec<String> {
    parse_with(words, "")
        .expect_err("a bad command line")
        .messages
}

fn text(value: &str) -> Value {
    Value::Text(value.to_string())
}

fn list(items: &[&str]) -> Value {
    Value::List(items.iter().map(|item| item.to_string()).collect())
}

#[test]
fn exec_argv_and_arguments() {
    // words, execArgv, arguments
    let rows: &[(&[&str], &[&str], &[&str])] = &[
        (&[], &[], &[]),
        (&["a.js", "--x"], &[], &["a.js", "--x"]),
        (
            &[
                "--title=a",
                "--title",
                "b",
                "a.js",
                "--title",
                "q",
                "--",
                "r",
            ],
            &["--title=a", "--title", "b"],
            &["a.js", "--title", "q", "--", "r"],
        ),
        (
            &["--no_warnings", "--", "a.js", "--x"],
            &["--no_warnings"],
            &["a.js", "--x"],
        ),
        (&["--", "--x.js"], &[], &["--x.js"]),
        (&["-e", "1", "--", "a", "b"], &["-e", "1"], &["a", "b"]),
        (
            &["-e", "1", "a", "--", "b", "--c"],
            &["-e", "1"],
            &["a", "--", "b", "--c"],
        ),
        (
            &["-e", "1", "-r", "fs", "a"],
            &["-e", "1", "-r", "fs"],
            &["a"],
        ),
        (&["-p", "3", "4"], &["-p", "3"], &["4"]),
        (&["-p", "--", "5"], &["-p"], &["5"]),
        (&["-", "a"], &[], &["-", "a"]),
        (&["--require", "a.js"], &["--require", "a.js"], &[]),
        (
            &["--stack_size=900", "--expose_gc", "a.js"],
            &["--stack_size=900", "--expose_gc"],
            &["a.js"],
        ),
        (
            &["--title", "\\-x", "a.js"],
            &["--title", "\\-x"],
            &["a.js"],
        ),
        (&["-j", "4", "a.js"], &["-j", "4"], &["a.js"]),
    ];
    for (words, exec_argv, arguments) in rows {
        let cli = good(words);
        assert_eq!(cli.exec_argv, *exec_argv, "{words:?}");
        assert_eq!(cli.arguments, *arguments, "{words:?}");
    }
}

#[test]
fn values() {
    let rows: &[(&[&str], &str, Value)] = &[
        (&["-pe", "1+1"], "--eval", text("1+1")),
        (&["-pe", "1+1"], "--print", Value::Boolean(true)),
        (&["-p", "1"], "--eval", text("1")),
        (&["-p"], "--eval", Value::Absent),
        (&["-p"], "--print", Value::Boolean(true)),
        (&["-p", "-e", "2"], "--eval", text("2")),
        (&["--print", "2"], "--eval", text("2")),
        (&["--eval=1"], "--eval", text("1")),
        (&["-e", "\\-1"], "--eval", text("-1")),
        (&["-e", ""], "--eval", text("")),
        (&["--title", "\\-x"], "--title", text("-x")),
        (&["--title=-x"], "--title", text("-x")),
        (
            &["--trace_warnings"],
            "--trace-warnings",
            Value::Boolean(true),
        ),
        (
            &["--trace-warnings", "--no-trace-warnings"],
            "--trace-warnings",
            Value::Boolean(false),
        ),
        (&["--no-warnings"], "--warnings", Value::Boolean(false)),
        (
            &["--no-warnings", "--warnings"],
            "--warnings",
            Value::Boolean(true),
        ),
        (&["--warnings=1"], "--warnings", Value::Boolean(true)),
        (&["-r", "a", "--require=b"], "--require", list(&["a", "b"])),
        (
            &["-C", "a", "--conditions=b"],
            "--conditions",
            list(&["a", "b"]),
        ),
        (
            &["--max-http-header-size=12x"],
            "--max-http-header-size",
            Value::Integer(12),
        ),
        (
            &["--max-http-header-size=abc"],
            "--max-http-header-size",
            Value::Integer(0),
        ),
        (&[], "--max-http-header-size", Value::Integer(16384)),
        (
            &["--stack-trace-limit=3"],
            "--stack-trace-limit",
            Value::Integer(3),
        ),
        (
            &["--no-experimental-require-module"],
            "--require-module",
            Value::Boolean(false),
        ),
        (
            &["--enable-network-family-autoselection"],
            "--network-family-autoselection",
            Value::Boolean(true),
        ),
        (&["-c", "a.js"], "--check", Value::Boolean(true)),
    ];
    for (words, name, value) in rows {
        assert_eq!(good(words).get(name), value, "{words:?}");
    }
}

#[test]
fn errors() {
    let rows: &[(&[&str], &str)] = &[
        (&["--foo"], "bad option: --foo"),
        (&["--foo=3", "x.js"], "bad option: --foo=3"),
        (&["--no-"], "bad option: --no-"),
        (&["-ep", "1"], "bad option: -ep"),
        (&["-e=1"], "bad option: -e=1"),
        (&["-ce", "1"], "bad option: -ce"),
        (&["-rfs"], "bad option: -rfs"),
        (&["-p", "-1"], "bad option: -1"),
        (&["-é"], "bad option: -é"),
        (&["-C=c"], "bad option: -C=c"),
        (
            &["--inspect=80", "a.js"],
            "must be 0 or in range 1024 to 65535.",
        ),
        (
            &["--no-napi-modules"],
            "--no-napi-modules is an invalid negation because it is not a boolean option",
        ),
        (
            &["--use-openssl-ca", "--use-system-ca"],
            "either --use-openssl-ca or --use-system-ca can be used, not both",
        ),
        (&["--secure-heap=3"], "--secure-heap must be a power of 2"),
        (
            &["--max-old-space-size-percentage=101"],
            "--max-old-space-size-percentage must be greater than 0 and up to 100. Got: 101",
        ),
        (
            &["--security-revert=CVE-1"],
            "Error: Attempt to revert an unknown CVE [CVE-1]",
        ),
        (&["-e"], "-e requires an argument"),
        (&["-r"], "-r requires an argument"),
        (&["-e", "-1"], "-e requires an argument"),
        (&["-pe"], "--eval requires an argument"),
        (&["--eval"], "--eval requires an argument"),
        (&["--require=", "a.js"], "--require= requires an argument"),
        (&["--title", "-x", "a.js"], "--title requires an argument"),
        (
            &["--max-http-header-size="],
            "--max-http-header-size= requires an argument",
        ),
        (
            &["--no-title"],
            "--no-title is an invalid negation because it is not a boolean option",
        ),
        (
            &["--unhandled-rejections=foo"],
            "invalid value for --unhandled-rejections",
        ),
        (
            &["-c", "-e", "1"],
            "either --check or --eval can be used, not both",
        ),
        (&["-j", "0"], BAD_JOBS),
        (&["-j", "1025"], BAD_JOBS),
        (&["--cores=x"], BAD_JOBS),
    ];
    for (words, message) in rows {
        assert_eq!(bad(words), [*message], "{words:?}");
    }
    assert_eq!(
        bad(&["--a", "--b", "x"]),
        ["bad option: --a", "bad option: --b"]
    );
    let error = CliError::new(vec!["bad option: --foo".to_string()]);
    assert_eq!(error.text("coring"), "coring: bad option: --foo\n");
}

#[test]
fn node_options() {
    let refused = [
        ("--foo", "--foo is not allowed in NODE_OPTIONS"),
        ("-pe 1", "-pe is not allowed in NODE_OPTIONS"),
        ("-e 1", "-e is not allowed in NODE_OPTIONS"),
        (
            "--stack-size=100",
            "--stack-size= is not allowed in NODE_OPTIONS",
        ),
        (
            "--expose_internals",
            "--expose_internals is not allowed in NODE_OPTIONS",
        ),
        ("-v", "-v is not allowed in NODE_OPTIONS"),
        ("-- a", "-- is not allowed in NODE_OPTIONS"),
        ("--title", "--title requires an argument"),
        (
            "--title \"a b",
            "invalid value for NODE_OPTIONS (unterminated string)\n",
        ),
        ("\"a\\", "invalid value for NODE_OPTIONS (invalid escape)\n"),
    ];
    for (options, message) in refused {
        let error = parse_with(&["a.js"], options).expect_err("refused");
        assert_eq!(error.messages, [message], "{options}");
    }
    let titles = [
        ("--title \"a b\"", "a b"),
        ("--title  x   --title=y", "y"),
        ("--title \"a \\\"b\"", "a \"b"),
        ("--title \"a \\\\b\"", "a \\b"),
        ("--title='a b'", "'a"),
        ("--title=c\\ d", "c\\"),
    ];
    for (options, title) in titles {
        assert_eq!(
            parse_with(&[], options).expect(options).get("--title"),
            &text(title)
        );
    }
    let cli = parse_with(&["-r", "c", "a.js"], "-r a --require b --expose-gc x").expect("good");
    assert_eq!(cli.get("--require"), &list(&["a", "b", "c"]));
    assert_eq!(cli.exec_argv, ["-r", "c"]);
    assert_eq!(cli.arguments, ["a.js"]);
    assert_eq!(cli.v8_flags, ["--expose-gc"]);
}

#[test]
fn switches_jobs_and_prints() {
    let environment = |name: &str| match name {
        "NODE_PENDING_DEPRECATION" => Some("1".to_string()),
        "NODE_PRESERVE_SYMLINKS" => Some("0".to_string()),
        "NODE_REDIRECT_WARNINGS" => Some("w.log".to_string()),
        _ => None,
    };
    let cli = parse(&[], &Config::default(), &environment, &|_| false).expect("good");
    assert_eq!(cli.get("--pending-deprecation"), &Value::Boolean(true));
    assert_eq!(cli.get("--preserve-symlinks"), &Value::Boolean(false));
    assert_eq!(cli.get("--redirect-warnings"), &text("w.log"));
    assert_eq!(good(&[]).jobs, Jobs::Count(1));
    assert_eq!(good(&["-j", "3"]).jobs, Jobs::Count(3));
    assert_eq!(good(&["--cores", "auto"]).jobs, Jobs::Auto);
    assert_eq!(good(&["-h", "-v"]).print, Some(Print::Version));
    assert_eq!(good(&["-v", "-h"]).print, Some(Print::Version));
    assert_eq!(good(&["--help"]).print, Some(Print::Help));
    assert_eq!(good(&["--v8-options"]).print, Some(Print::V8Options));
}

#[test]
fn flags_for_node_options() {
    let flags = coring_bindings::options::environment_spellings();
    for flag in [
        "--require",
        "-r",
        "--warnings",
        "--no-warnings",
        "--expose-gc",
        "--loader",
    ] {
        assert!(flags.iter().any(|known| known == flag), "{flag}");
        let with_value = format!("{flag} x");
        assert!(
            flag == "-r" || parse_with(&[], &with_value).is_ok(),
            "{flag}"
        );
    }
    let absent = ["--eval", "--no-expose-gc", "--inspect-brk-node"];
    assert!(!flags.iter().any(|flag| absent.contains(&flag.as_str())));
}

#[test]
fn env_files_keep_their_order() {
    let words = [
        "--env-file-if-exists",
        "a",
        "--env-file=b",
        "--env-file-if-exists=c",
    ];
    assert_eq!(good(&words).env_files, ["?a", "=b", "?c"]);
}

#[test]
fn only_changed_options_are_told() {
    let words = [
        "-e",
        "1",
        "--no-deprecation",
        "--no-trace-warnings",
        "--title=t",
    ];
    let changed = good(&words).changed_options();
    let deprecation = ("--deprecation", Value::Boolean(false));
    let rest = [("--eval", text("1")), ("--title", text("t"))];
    assert_eq!(changed[0], deprecation);
    assert_eq!(changed[1..], rest);
    assert!(
        crate::cli_print::help()
            .lines()
            .all(|line| line.len() < 120)
    );
}

#[test]
fn implied_options() {
    let cli = good(&["--report-signal=SIGINT"]);
    assert_eq!(cli.get("--report-on-signal"), &Value::Boolean(true));
}

#[test]
fn a_file_of_options_comes_first() {
    let words = |words: &[&str]| words.iter().map(|word| word.to_string()).collect();
    let parse_all = |typed: &[&str], node_options: &str| {
        let config = Config {
            node_options: words(&["--title=file", "--no-warnings"]),
            grouped: words(&["--test-isolation=none", "--allow-fs-read=file"]),
        };
        let environment = |name: &str| (name == "NODE_OPTIONS").then(|| node_options.to_string());
        parse(&words(typed), &config, &environment, &|_| false).expect("good")
    };
    let cli = parse_all(&["--allow-fs-read=typed", "a.js"], "");
    assert_eq!(cli.get("--title"), &text("file"));
    assert_eq!(cli.get("--test-isolation"), &text("none"));
    assert_eq!(cli.get("--allow-fs-read"), &list(&["file", "typed"]));
    assert!(!cli.is_on("--warnings"));
    assert_eq!(cli.exec_argv, ["--allow-fs-read=typed"]);
    let cli = parse_all(&["--test-isolation=process"], "--title=variable --warnings");
    assert_eq!(cli.get("--title"), &text("variable"));
    assert_eq!(cli.get("--test-isolation"), &text("process"));
    assert!(cli.is_on("--warnings"));
    assert_eq!(
        good(&["--experimental-config-file", "a.js"]).text(CONFIG_FILE),
        "node.config.json"
    );
    assert_eq!(
        good(&["--experimental-config-file=b"]).text(CONFIG_FILE),
        "b"
    );
    let empty = "--experimental-config-file= requires an argument";
    assert_eq!(bad(&["--experimental-config-file="]), [empty]);
    let given = "--experimental-default-config-file does not take an argument";
    assert_eq!(bad(&["--experimental-default-config-file=b"]), [given]);
}
