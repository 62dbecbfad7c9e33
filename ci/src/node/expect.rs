//! Comparing output with a `.out` file, as the message and pseudo-tty suites do: line by line,
//! `*` for anything, empty lines and lines that begin with `==` or `**` left out.

use super::pattern::wildcard;

/// Nothing if the output is as expected, or the first difference.
pub fn difference(expected: &str, output: &str, file_name: &str) -> Option<String> {
    let patterns: Vec<String> = expected
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.trim().is_empty())
        .map(|line| filled(line, file_name))
        .collect();
    let lines: Vec<&str> = output
        .split('\n')
        .map(str::trim_end)
        .filter(|line| !is_ignored(line))
        .collect();
    let wrong = |(pattern, line): (&String, &&str)| {
        let message = format!("expected {pattern:?}, got {line:?}");
        (!wildcard(pattern, line)).then_some(message)
    };
    let first = patterns.iter().zip(&lines).find_map(wrong);
    let (wanted, got) = (patterns.len(), lines.len());
    let lengths = || (wanted != got).then(|| format!("{got} lines of output, expected {wanted}"));
    first.or_else(lengths)
}

fn is_ignored(line: &str) -> bool {
    line.trim().is_empty() || line.starts_with("==") || line.starts_with("**")
}

/// The patterns are format strings of Python: `%(basename)s` names the file, `%%` is a percent.
fn filled(line: &str, file_name: &str) -> String {
    line.replace("%(basename)s", file_name).replace("%%", "%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_compared_with_wildcards() {
        let fits = |expected, output| difference(expected, output, "a.js").is_none();
        assert!(fits("a\nb *\n", "a\n\nb 12  \n"));
        assert!(fits("", "== valgrind\n** x\n"));
        assert!(fits("%(basename)s 100%%\n", "a.js 100%\n"));
        assert!(!fits("a\n", "a\nb\n"));
        assert!(!fits("a\nb\n", "a\n"));
        assert!(!fits("a\n", "b\n"));
    }

    #[test]
    fn the_first_difference_is_told() {
        let told = difference("a\nb\n", "a\nc\n", "").expect("they differ");
        assert_eq!(told, "expected \"b\", got \"c\"");
    }
}
