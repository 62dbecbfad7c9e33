//! Two small matchers: `*` wildcards of Node's files, and the regular expressions of the command
//! line and of reasons.txt (literals, `.`, `*`, `+`, `?`, `^`, `$`, `\x`, and `|` between whole
//! expressions). The crate takes no dependency, and more than that no one types here.

/// Whether the whole of `text` fits `pattern`, in which `*` stands for anything.
pub fn wildcard(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    true
}

/// Whether `text` holds something that fits the regular expression.
pub fn regular(expression: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let found = |branch: &str| {
        let branch: Vec<char> = branch.chars().collect();
        match branch.strip_prefix(&['^']) {
            Some(rest) => here(rest, &text),
            None => (0..=text.len()).any(|at| here(&branch, &text[at..])),
        }
    };
    expression.split('|').any(found)
}

fn here(pattern: &[char], text: &[char]) -> bool {
    let (unit, rest) = match pattern {
        [] => return true,
        ['$'] => return text.is_empty(),
        ['\\', _, rest @ ..] => (&pattern[..2], rest),
        [_, rest @ ..] => (&pattern[..1], rest),
    };
    let fits = |c: &char| match unit {
        ['.'] => true,
        ['\\', other] | [other] => other == c,
        _ => false,
    };
    let run = || text.iter().take_while(|c| fits(c)).count();
    let (least, most, rest) = match rest {
        ['*', rest @ ..] => (0, run(), rest),
        ['+', rest @ ..] => (1, run(), rest),
        ['?', rest @ ..] => (0, run().min(1), rest),
        rest => (1, run().min(1), rest),
    };
    most >= least && (least..=most).any(|count| here(rest, &text[count..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_cover_the_whole_text() {
        let check = |pattern, text, expect| {
            assert_eq!(wildcard(pattern, text), expect, "{pattern} {text}");
        };
        check("abc", "abc", true);
        check("abc", "abcd", false);
        check("*", "", true);
        check("a*", "abc", true);
        check("*c", "abc", true);
        check("a*c*e", "abcde", true);
        check("a*c*e", "abcdef", false);
        check("a*a", "a", false);
        check("*at *:*", "    at file:1:2", true);
        check("(a.b)", "(axb)", false);
    }

    #[test]
    fn regular_expressions_are_searched() {
        let check = |pattern, text, expect| {
            assert_eq!(regular(pattern, text), expect, "{pattern} {text}");
        };
        check("test-fs-.*", "parallel/test-fs-read.js", true);
        check("^test", "parallel/test-fs.js", false);
        check("^parallel/test-fs-[x]", "parallel/test-fs-x.js", false);
        check("fs|net", "parallel/test-net.js", true);
        check("a+b?c$", "xaac", true);
        check("a+b?c$", "xaacd", false);
        check("\\.mjs$", "a.mjs", true);
        check("\\.mjs$", "axmjs", false);
        check("", "anything", true);
    }
}
