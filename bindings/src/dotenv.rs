//! The grammar of .env files, as Node's `--env-file` and `util.parseEnv` understand it. The
//! program asks before it reads its command line, since a file may hold NODE_OPTIONS; binding
//! `dotenv` gives the same to JavaScript.

use std::collections::BTreeMap;

use coring_engine::{Js, ops};

use crate::Natives;

ops! { dotenv(Natives) {
    /// [name, value, name, value, ...], sorted by name.
    slow parse(content: String);
} }

/// Only these count as space here.
const SPACES: [char; 3] = [' ', '\t', '\n'];

fn trim(text: &str) -> &str {
    text.trim_matches(SPACES)
}

/// The first line, and what stands behind its newline.
fn split_line(text: &str) -> (&str, &str) {
    text.split_once('\n').unwrap_or((text, ""))
}

/// The value that `text` begins with, and what follows it.
fn parse_value(text: &str) -> (String, &str) {
    let mark = text.chars().next().filter(|mark| "\"'`".contains(*mark));
    if let Some(mark) = mark {
        if let Some(end) = text[1..].find(mark) {
            let value = &text[1..=end];
            let (_, rest) = split_line(&text[end + 2..]);
            let value = if mark == '"' {
                value.replace("\\n", "\n")
            } else {
                value.to_owned()
            };
            return (value, rest);
        }
        // A quote that never closes is part of the value, and so is a `#` behind it.
        let (line, rest) = split_line(text);
        return (line.to_owned(), trim(rest));
    }
    let (line, rest) = split_line(text);
    let value = line.split_once('#').map_or(line, |(value, _)| value);
    (trim(value).to_owned(), trim(rest))
}

/// Later lines win over earlier ones.
pub fn entries(content: &str) -> BTreeMap<String, String> {
    let content = content.replace('\r', "");
    let mut found = BTreeMap::new();
    let mut rest = trim(&content);
    while !rest.is_empty() {
        if rest.starts_with(['\n', '#']) {
            rest = split_line(rest).1;
            continue;
        }
        let (line, after) = split_line(rest);
        let Some((key, _)) = line.split_once('=') else {
            rest = trim(after);
            continue;
        };
        rest = &rest[key.len() + 1..];
        let mut key = trim(key);
        if rest.is_empty() || rest.starts_with('\n') {
            found.insert(key.to_owned(), String::new());
            rest = rest.strip_prefix('\n').unwrap_or(rest);
            continue;
        }
        rest = trim(rest);
        if key.is_empty() {
            continue; // As in Node, what follows is taken for a key.
        }
        // Node looks for the prefix only where there is a value.
        if let Some(name) = key.strip_prefix("export ") {
            key = trim(name);
        }
        let (value, after) = parse_value(rest);
        found.insert(key.to_owned(), value);
        rest = after;
    }
    found
}

fn parse(_: &mut Natives, content: String) -> Js {
    let pairs = entries(&content).into_iter();
    Js::List(
        pairs
            .flat_map(|(name, value)| [Js::Text(name), Js::Text(value)])
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows() {
        let check = |content: &str, expect: &[(&str, &str)]| {
            let found = entries(content);
            let found: Vec<(&str, &str)> = found
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            assert_eq!(found, expect, "{content:?}");
        };
        check("", &[]);
        check("A=1\r\nB = 2 # two\n", &[("A", "1"), ("B", "2")]);
        check("A=\nB=2", &[("A", ""), ("B", "2")]);
        check(
            "export A='x # y'\nB=\"p\\nq\"",
            &[("A", "x # y"), ("B", "p\nq")],
        );
        check(
            "A=\"one\ntwo\" # rest\nB=`t`",
            &[("A", "one\ntwo"), ("B", "t")],
        );
        check("A=\"open # not\nB=2", &[("A", "\"open # not"), ("B", "2")]);
        check("# A=1\nnothing\nB=ä", &[("B", "ä")]);
        check("A=1\nA=2", &[("A", "2")]);
    }
}
