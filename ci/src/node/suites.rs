//! The suites of Node's default run, and how each decides.

/// What makes a test of a suite pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Exit code 0.
    ExitCode,
    /// A known bug of Node: any exit code but 0.
    MustFail,
    /// The output is that of the `.out` file; every script counts that has one.
    Output,
    /// The same, on a pseudo terminal, with the `.in` file as what is typed.
    Terminal,
}

#[derive(Debug)]
pub struct Suite {
    pub name: &'static str,
    pub verdict: Verdict,
    /// Others may run at the same time. Such tests may not use fixed ports.
    pub is_parallel: bool,
    pub timeout_factor: u32,
    /// They end by a signal on purpose, and would fill the disk with core files.
    pub forbids_core_files: bool,
}

const fn suite(name: &'static str, verdict: Verdict, is_parallel: bool) -> Suite {
    Suite {
        name,
        verdict,
        is_parallel,
        timeout_factor: 1,
        forbids_core_files: false,
    }
}

/// As test/*/testcfg.py has them. What needs a compiler, the internet or a quiet machine for
/// hours (addons, node-api, internet, pummel, benchmark) is not part of Node's default run.
pub const SUITES: &[Suite] = &[
    Suite {
        forbids_core_files: true,
        ..suite("abort", Verdict::ExitCode, true)
    },
    suite("async-hooks", Verdict::ExitCode, true),
    suite("client-proxy", Verdict::ExitCode, true),
    suite("es-module", Verdict::ExitCode, true),
    suite("known_issues", Verdict::MustFail, false),
    suite("message", Verdict::Output, true),
    suite("module-hooks", Verdict::ExitCode, true),
    suite("parallel", Verdict::ExitCode, true),
    suite("pseudo-tty", Verdict::Terminal, true),
    suite("report", Verdict::ExitCode, true),
    suite("sea", Verdict::ExitCode, true),
    suite("sequential", Verdict::ExitCode, false),
    suite("test-runner", Verdict::ExitCode, true),
    suite("test426", Verdict::ExitCode, true),
    suite("wasi", Verdict::ExitCode, true),
    suite("wasm-allocation", Verdict::ExitCode, false),
    Suite {
        timeout_factor: 12,
        ..suite("wpt", Verdict::ExitCode, false)
    },
];

/// The suites of addons, which `cargo ci addons` compiles first.
pub const ADDON_SUITES: &[Suite] = &[
    suite("js-native-api", Verdict::ExitCode, false),
    suite("node-api", Verdict::ExitCode, false),
];

impl Suite {
    /// Whether a file of the suite's folder is a test; the others are what tests load.
    pub fn takes(&self, file: &str) -> bool {
        match self.verdict {
            Verdict::ExitCode | Verdict::MustFail => {
                file.starts_with("test-") && (file.ends_with(".js") || file.ends_with(".mjs"))
            }
            Verdict::Output => file.ends_with(".js") || file.ends_with(".mjs"),
            Verdict::Terminal => file.ends_with(".js"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixtures_are_not_tests() {
        let takes = |name: &str, file: &str| {
            let suite = SUITES.iter().find(|suite| suite.name == name);
            suite.expect("it is in the list").takes(file)
        };
        assert!(takes("parallel", "test-fs.js") && takes("es-module", "test-esm.mjs"));
        assert!(!takes("parallel", "test-fs.cjs") && !takes("parallel", "test-fs.ts"));
        assert!(!takes("parallel", "fixture.js") && !takes("parallel", "test-fs.js.out"));
        assert!(takes("message", "console_assert.js") && !takes("message", "a.out"));
        assert!(takes("pseudo-tty", "no_dropped_stdio.js") && !takes("pseudo-tty", "a.mjs"));
    }
}
