//! Node's `*.status` files: which tests it skips or calls flaky on which system.

use super::pattern::wildcard;

/// One line that holds on this machine: a test name (with `*`), and its outcomes.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    name: String,
    outcomes: Vec<String>,
}

/// The rules of one file that hold for Linux on this machine's processor, release mode.
pub fn parse(text: &str) -> Vec<Rule> {
    let mut prefix = String::new();
    let mut holds = true;
    let mut rules = Vec::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or("").trim();
        if let Some(name) = line.strip_prefix("prefix ") {
            prefix = format!("{}/", name.trim());
        } else if let Some(condition) = line.strip_prefix('[') {
            holds = condition_holds(condition.trim_end_matches(']'));
        } else if let Some((name, outcomes)) = line.split_once(':').filter(|_| holds) {
            rules.push(Rule {
                name: format!("{prefix}{}", name.trim().trim_end_matches(".js")),
                outcomes: outcomes.split(',').map(|o| o.trim().to_string()).collect(),
            });
        }
    }
    rules
}

/// Whether a rule gives `outcome` to the test `suite/file`.
pub fn gives(rules: &[Rule], test: &str, outcome: &str) -> bool {
    let stem = test.rsplit_once('.').map_or(test, |(stem, _)| stem);
    let says = |rule: &Rule| rule.outcomes.iter().any(|each| each == outcome);
    rules
        .iter()
        .any(|rule| says(rule) && wildcard(&rule.name, stem))
}

fn condition_holds(condition: &str) -> bool {
    let term = |term: &str| match term.trim() {
        "true" => true,
        "$system==linux" | "$mode==release" => true,
        "$arch==x64" => cfg!(target_arch = "x86_64"),
        "$arch==arm64" => cfg!(target_arch = "aarch64"),
        _ => false,
    };
    condition
        .split("||")
        .any(|every| every.split("&&").all(term))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_holds_here() {
        let text = "prefix parallel\n[true] # all\n# c\na-b: SKIP\n[$system==win32]\nc: SKIP\n\
                    [$system==linux || $system==macos]\nd*: PASS,FLAKY\n\
                    [$system==linux && $arch==s390x]\ne: SKIP\n";
        let rules = parse(text);
        let check = |test, outcome, expect| assert_eq!(gives(&rules, test, outcome), expect);
        check("parallel/a-b.js", "SKIP", true);
        check("parallel/a-b.mjs", "SKIP", true);
        check("parallel/a-bc.js", "SKIP", false);
        check("sequential/a-b.js", "SKIP", false);
        check("parallel/c.js", "SKIP", false);
        check("parallel/dx.js", "FLAKY", true);
        check("parallel/dx.js", "SKIP", false);
        check("parallel/e.js", "SKIP", false);
    }

    #[test]
    fn without_a_prefix_the_suite_is_in_the_name() {
        let rules = parse("[$mode==debug]\nparallel/a: SLOW\n[true]\nparallel/b: SKIP\n");
        assert!(!gives(&rules, "parallel/a.js", "SLOW"));
        assert!(gives(&rules, "parallel/b.js", "SKIP"));
    }
}
