//! Every option of the command line, as data. src/cli.rs parses by this table, `--help` prints it,
//! and lib_js/internal/options.js reads the values under each option's camelCase name.
//!
//! The rule for a row: coring honours the option, or ignoring it cannot change what a program sees
//! (`Kind::Accept`, with the reason in `help`). An option that would silently lie has no row and is
//! refused as a bad option, as Node refuses options that it does not know.

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Off unless given; `--no-x` takes it back.
    Boolean,
    /// The row is named `--no-x`; `--x` takes it back.
    BooleanNegatable,
    /// The number is the default.
    Integer(i64),
    String,
    /// One of the listed words. Checked after NODE_OPTIONS and the command line were read.
    Choice(&'static [&'static str]),
    StringList,
    /// Taken without effect; `help` says why that is no lie.
    Accept,
    /// Prints something and exits.
    Print,
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct OptionSpec {
    pub name: &'static str,
    pub short: Option<&'static str>,
    pub kind: Kind,
    /// May stand in NODE_OPTIONS.
    pub env_allowed: bool,
    /// V8 takes it too; its value must follow after `=`.
    pub v8: bool,
    pub help: &'static str,
}

const fn row(name: &'static str, kind: Kind, help: &'static str) -> OptionSpec {
    OptionSpec {
        name,
        short: None,
        kind,
        env_allowed: true,
        v8: false,
        help,
    }
}

const fn command(name: &'static str, kind: Kind, help: &'static str) -> OptionSpec {
    OptionSpec {
        name,
        short: None,
        kind,
        env_allowed: false,
        v8: false,
        help,
    }
}

const fn short(short: &'static str, spec: OptionSpec) -> OptionSpec {
    OptionSpec {
        short: Some(short),
        ..spec
    }
}

const fn v8(name: &'static str, kind: Kind, help: &'static str) -> OptionSpec {
    OptionSpec {
        name,
        short: None,
        kind,
        env_allowed: true,
        v8: true,
        help,
    }
}

use Kind::{Accept, Boolean, BooleanNegatable, Choice, Integer, Print, StringList};

const OBSOLETE: &str = "has no effect in Node either";

#[rustfmt::skip]
pub static OPTIONS: &[OptionSpec] = &[
    // What to run. None of these may come from the environment.
    short("-c", command("--check", Boolean, "syntax check script without executing")),
    short("-e", command("--eval", Kind::String, "evaluate script")),
    short("-p", command("--print", Boolean, "evaluate script and print result")),
    short("-h", command("--help", Print, "print command line options")),
    short("-v", command("--version", Print, "print Node.js version")),
    command("--v8-options", Print, "print V8 command line options"),
    command("--env-file", StringList, "set environment variables from supplied file"),
    command("--env-file-if-exists", StringList, "set environment variables from supplied file"),
    command("--expose-internals", Boolean, "let require() reach the library's own files"),
    short("-j", command("--jobs", Kind::String, "cores to run on: a number or 'auto'")),

    // Modules.
    short("-r", row("--require", StringList, "CommonJS module to preload (can be repeated)")),
    row("--import", StringList, "ES module to preload (can be repeated)"),
    row("--input-type",
        Choice(&["module", "commonjs"]), "set module type for string input"),
    short("-C", row("--conditions", StringList, "additional conditions for exports and imports")),
    row("--entry-url", Boolean, "treat the entrypoint as a URL"),
    row("--preserve-symlinks", Boolean, "preserve symbolic links when resolving"),
    row("--preserve-symlinks-main", Boolean,
        "preserve symbolic links when resolving the main module"),
    row("--no-addons", BooleanNegatable, "disable loading native addons"),
    row("--no-global-search-paths", BooleanNegatable, "disable global module search paths"),
    row("--no-require-module", BooleanNegatable, "refuse ES modules in require()"),
    row("--no-experimental-detect-module", BooleanNegatable,
        "do not run typeless files with ES module syntax as ES modules"),
    row("--trace-require-module", Kind::String,
        "print uses of require(esm): 'all' or 'no-node-modules'"),
    row("--experimental-import-meta-resolve", Boolean,
        "allow the parent argument of import.meta.resolve()"),
    row("--experimental-vm-modules", Boolean, "vm.Module, vm.SourceTextModule, vm.SyntheticModule"),
    row("--experimental-loader", StringList, "ES module with loader hooks (can be repeated)"),
    row("--experimental-import-text", Boolean, "import with { type: 'text' }"),
    row("--experimental-print-required-tla", Boolean,
        "print the top-level awaits that keep require() from loading an ES module"),

    // Warnings and errors.
    row("--no-deprecation", BooleanNegatable, "silence deprecation warnings"),
    row("--no-warnings", BooleanNegatable, "silence all process warnings"),
    row("--disable-warning", StringList, "silence specific process warnings"),
    row("--pending-deprecation", Boolean, "emit pending deprecation warnings"),
    row("--redirect-warnings", Kind::String, "write warnings to file instead of stderr"),
    row("--throw-deprecation", Boolean, "throw an exception on deprecations"),
    row("--trace-deprecation", Boolean, "show stack traces on deprecations"),
    row("--enable-source-maps", Boolean, "show places of the original sources in stacks"),
    row("--trace-uncaught", Boolean, "show stack traces for the throw behind uncaught exceptions"),
    row("--trace-warnings", Boolean, "show stack traces on process warnings"),
    row("--unhandled-rejections",
        Choice(&["warn-with-error-code", "throw", "strict", "warn", "none"]),
        "define unhandled rejections behavior (default: throw)"),
    row("--no-extra-info-on-fatal-exception", BooleanNegatable,
        "hide extra information on fatal exception that causes exit"),

    // Process and network.
    row("--title", Kind::String, "the process title to use on startup"),
    row("--disable-proto", Choice(&["delete", "throw"]), "disable Object.prototype.__proto__"),
    row("--no-experimental-global-navigator", BooleanNegatable, "remove navigator"),
    row("--zero-fill-buffers", Boolean, "zero-fill all newly allocated Buffer instances"),
    row("--dns-result-order", Kind::String,
        "order of dns.lookup() results: 'verbatim', 'ipv4first' or 'ipv6first'"),
    row("--no-network-family-autoselection", BooleanNegatable,
        "disable network address family autodetection"),
    row("--network-family-autoselection-attempt-timeout", Integer(500),
        "default timeout of an attempt in milliseconds"),
    row("--insecure-http-parser", Boolean, "use an insecure HTTP parser"),
    row("--max-http-header-size", Integer(16 * 1024), "maximum size of HTTP headers in bytes"),

    // Tests.
    command("--test", Boolean, "launch test runner on startup"),
    command("--test-concurrency", Integer(0), "specify test runner concurrency"),
    command("--test-force-exit", Boolean, "force test runner to exit upon completion"),
    command("--test-timeout", Integer(0), "specify test runner timeout"),
    command("--test-update-snapshots", Boolean, "regenerate test snapshots"),
    command("--experimental-test-module-mocks", Boolean,
        "enable module mocking in the test runner"),
    command("--experimental-test-tag-filter", StringList, "run tests that have the given tag"),
    row("--test-global-setup", Kind::String, "specifies the path to the global setup file"),
    row("--test-isolation", Choice(&["process", "none"]),
        "configures the type of test isolation used in the test runner"),
    row("--test-name-pattern", StringList, "run tests whose name matches this regular expression"),
    row("--test-only", Boolean, "run tests with 'only' option set"),
    row("--test-random-seed", Kind::String, "seed used to randomize test execution order"),
    row("--test-randomize", Boolean, "run tests in a random order"),
    row("--test-reporter", StringList, "report test output using the given reporter"),
    row("--test-reporter-destination", StringList, "report given reporter to the given destination"),
    row("--test-rerun-failures", Kind::String, "specifies the path to the rerun state file"),
    row("--test-shard", Kind::String, "run test at specific shard"),
    row("--test-skip-pattern", StringList,
        "run tests whose name does not match this regular expression"),

    // V8's, listed because NODE_OPTIONS may hold them. All others are V8's word to take or refuse.
    v8("--abort-on-uncaught-exception", Boolean, "abort instead of exiting: leaves a core file"),
    v8("--disallow-code-generation-from-strings", Boolean, "disallow eval and friends"),
    v8("--expose-gc", Boolean, "expose gc extension"),
    v8("--interpreted-frames-native-stack", Boolean, "help profilers to see interpreted frames"),
    v8("--jitless", Boolean, "disable runtime allocation of executable memory"),
    v8("--max-heap-size", Integer(0), "maximum heap size in MiB"),
    v8("--max-old-space-size", Integer(0), "maximum size of the old space in MiB"),
    v8("--max-semi-space-size", Integer(0), "maximum size of a semi-space in MiB"),
    v8("--perf-basic-prof", Boolean, "write a map of code for perf"),
    v8("--perf-basic-prof-only-functions", Boolean, "write a map of functions for perf"),
    v8("--perf-prof", Boolean, "write a code log for perf"),
    v8("--perf-prof-unwinding-info", Boolean, "write unwinding information for perf"),
    v8("--stack-trace-limit", Integer(10), "number of frames in error stacks"),

    // Taken without effect.
    row("--async-context-frame", Accept, "always on: there is no other implementation"),
    row("--force-context-aware", Accept, "no other addons could be loaded"),
    row("--force-node-api-uncaught-exceptions-policy", Accept, "addons are not loaded yet"),
    row("--node-snapshot", Accept, "always on"),
    row("--disable-wasm-trap-handler", Accept, "changes speed only"),
    row("--disable-sigusr1", Accept, "no inspector listens for SIGUSR1"),
    row("--no-verify-base-objects", Accept, "always off"),
    row("--es-module-specifier-resolution", Kind::String, OBSOLETE),
    row("--experimental-abortcontroller", Accept, OBSOLETE),
    row("--experimental-fetch", Accept, OBSOLETE),
    row("--experimental-global-customevent", Accept, OBSOLETE),
    row("--experimental-global-webcrypto", Accept, OBSOLETE),
    row("--experimental-json-modules", Accept, OBSOLETE),
    row("--experimental-modules", Accept, OBSOLETE),
    row("--experimental-report", Accept, OBSOLETE),
    row("--experimental-top-level-await", Accept, OBSOLETE),
    row("--experimental-wasm-modules", Accept, OBSOLETE),
    row("--experimental-worker", Accept, OBSOLETE),
    row("--napi-modules", Accept, OBSOLETE),
];

/// Other spellings, without what `short` already says. A name ending in ` <arg>` stands for the
/// option followed by something that is no option.
pub static ALIASES: &[(&str, &[&str])] = &[
    ("-pe", &["--print", "--eval"]),
    ("--print <arg>", &["--print", "--eval"]),
    ("--cores", &["--jobs"]),
    (
        "--enable-network-family-autoselection",
        &["--network-family-autoselection"],
    ),
    ("--experimental-require-module", &["--require-module"]),
    ("--loader", &["--experimental-loader"]),
    ("--experimental-test-isolation", &["--test-isolation"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_and_well_formed() {
        let mut seen = HashSet::new();
        for spec in OPTIONS {
            assert!(spec.name.starts_with("--"), "{}", spec.name);
            assert!(!spec.name.contains('_'), "{}", spec.name);
            assert!(seen.insert(spec.name), "{} twice", spec.name);
            if let Some(short) = spec.short {
                assert_eq!(short.len(), 2);
                assert!(seen.insert(short), "{short} twice");
            }
            if spec.kind == Kind::BooleanNegatable {
                assert!(spec.name.starts_with("--no-"), "{}", spec.name);
            }
        }
    }

    #[test]
    fn aliases_lead_to_rows() {
        for (_, targets) in ALIASES {
            for target in *targets {
                let base = &target[2..];
                let known =
                    |spec: &OptionSpec| spec.name == *target || spec.name == format!("--no-{base}");
                assert!(OPTIONS.iter().any(known), "{target}");
            }
        }
    }
}
