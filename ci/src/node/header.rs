//! What a test file says about its own run, read as Node's test.py reads it: the first
//! `// Flags:`, `// Env:` and `// RLIMIT_AS:` anywhere in the text, and whether it names node:test.

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    pub flags: Vec<String>,
    pub env: Vec<(String, String)>,
    pub address_space_bytes: Option<u64>,
    pub uses_node_test: bool,
}

impl Header {
    pub fn parse(source: &str) -> Header {
        let words = |key| after(source, key).unwrap_or("").split_whitespace();
        let pair = |word: &str| {
            let (name, value) = word.split_once('=')?;
            Some((name.to_string(), value.to_string()))
        };
        Header {
            flags: words("Flags:").map(str::to_string).collect(),
            env: words("Env:").filter_map(pair).collect(),
            address_space_bytes: words("RLIMIT_AS:").next().and_then(|n| n.parse().ok()),
            uses_node_test: ["'", "\"", "`"]
                .iter()
                .any(|quote| source.contains(&format!("{quote}node:test{quote}"))),
        }
    }

    /// Reaches into Node's own library: counted apart, since it says little about programs.
    pub fn needs_internals(&self) -> bool {
        let is_it = |flag: &String| matches!(flag.as_str(), "--expose-internals");
        self.flags.iter().any(|flag| is_it(&flag.replace('_', "-")))
    }
}

/// The rest of the line behind the first `//`, white space, `key`.
fn after<'a>(source: &'a str, key: &str) -> Option<&'a str> {
    let mut from = 0;
    while let Some(found) = source[from..].find("//") {
        // Three slashes hold two more.
        from += found + 1;
        let rest = &source[from + 1..];
        let text = rest.trim_start();
        if text.len() < rest.len() && text.starts_with(key) {
            return text[key.len()..].lines().next();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(source: &str) -> Vec<String> {
        Header::parse(source).flags
    }

    #[test]
    fn the_first_flags_count() {
        let check = |source: &str, expect: &[&str]| assert_eq!(flags(source), expect, "{source:?}");
        check("'use strict';\n", &[]);
        check("// Flags: --expose-gc --a=b\nx", &["--expose-gc", "--a=b"]);
        check("x; //   Flags: -a\n// Flags: -b\n", &["-a"]);
        check("//Flags: -a", &[]);
        check("/// Flags: -a", &["-a"]);
        check("// Flags:", &[]);
        check("//\n Flags: -a", &["-a"]);
    }

    #[test]
    fn environment_limits_and_node_test() {
        let header = Header::parse("// Env: A=1 B=x=y C\n// RLIMIT_AS: 3221225472\n");
        let env = [("A", "1"), ("B", "x=y")].map(|(a, b)| (a.to_string(), b.to_string()));
        assert_eq!(header.env, env);
        assert_eq!(header.address_space_bytes, Some(3_221_225_472));
        assert!(!header.uses_node_test);
        assert!(Header::parse("require('node:test')").uses_node_test);
        assert!(!Header::parse("require('node:test\")").uses_node_test);
    }

    #[test]
    fn inner_modules_are_named_either_way() {
        assert!(Header::parse("// Flags: --expose_internals").needs_internals());
        assert!(Header::parse("// Flags: --expose-gc --expose-internals").needs_internals());
        assert!(!Header::parse("// Flags: --expose-gc").needs_internals());
    }
}
