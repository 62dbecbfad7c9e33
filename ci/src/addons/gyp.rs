//! Reads binding.gyp: a literal of Python, of which as much is understood as such files use: lists,
//! maps, texts in either quote, comments, a comma behind the last.

use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Text(String),
    List(Vec<Value>),
    Map(BTreeMap<String, Value>),
}

/// One addon to be built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    pub name: String,
    pub sources: Vec<String>,
    pub defines: Vec<String>,
    pub include_dirs: Vec<String>,
    pub cflags_cc: Vec<String>,
}

/// What such a file says of its targets.
///
/// # Errors
/// Where the text is none of these literals, or has no targets.
pub fn targets(text: &str) -> Result<Vec<Target>, String> {
    let mut reader = Reader { rest: text };
    let Value::Map(file) = reader.value()? else {
        return Err("no map".to_string());
    };
    let Some(Value::List(targets)) = file.get("targets") else {
        return Err("no targets".to_string());
    };
    targets.iter().map(target).collect()
}

fn target(value: &Value) -> Result<Target, String> {
    let Value::Map(map) = value else {
        return Err("a target is no map".to_string());
    };
    let texts = |key: &str| match map.get(key) {
        Some(Value::List(items)) => items.iter().filter_map(text).collect(),
        _ => Vec::new(),
    };
    let name = map.get("target_name").and_then(text);
    Ok(Target {
        name: name.ok_or("a target has no name")?,
        sources: texts("sources"),
        defines: texts("defines"),
        include_dirs: texts("include_dirs"),
        cflags_cc: texts("cflags_cc"),
    })
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::List(_) | Value::Map(_) => None,
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Value, String> {
        match self.next() {
            Some('{') => self.map(),
            Some('[') => self.list(),
            Some(quote @ ('"' | '\'')) => self.text(quote).map(Value::Text),
            other => Err(format!("no value: {other:?}")),
        }
    }

    fn map(&mut self) -> Result<Value, String> {
        let mut map = BTreeMap::new();
        while !self.takes('}') {
            let Value::Text(key) = self.value()? else {
                return Err("a key is no text".to_string());
            };
            if !self.takes(':') {
                return Err(format!("no colon behind {key}"));
            }
            map.insert(key, self.value()?);
            self.takes(',');
        }
        Ok(Value::Map(map))
    }

    fn list(&mut self) -> Result<Value, String> {
        let mut items = Vec::new();
        while !self.takes(']') {
            items.push(self.value()?);
            self.takes(',');
        }
        Ok(Value::List(items))
    }

    fn text(&mut self, quote: char) -> Result<String, String> {
        let (text, rest) = self.rest.split_once(quote).ok_or("a text has no end")?;
        self.rest = rest;
        Ok(text.to_string())
    }

    fn skip(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            if !self.rest.starts_with('#') {
                return;
            }
            self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
        }
    }

    fn next(&mut self) -> Option<char> {
        self.skip();
        let next = self.rest.chars().next()?;
        self.rest = &self.rest[next.len_utf8()..];
        Some(next)
    }

    fn takes(&mut self, wanted: char) -> bool {
        self.skip();
        let rest = self.rest.strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read() {
        let text = "{\n  'targets': [\n    { # one\n      \"target_name\": \"a\",\n\
                    'sources': ['a.c', 'b.cc',],\n 'cflags!': [ '-x' ],\n\
                    'defines': [ 'X=1' ],\n 'cflags_cc': ['--std=c++20'],\n    },\n  ]\n}\n";
        let expect = Target {
            name: "a".to_string(),
            sources: vec!["a.c".to_string(), "b.cc".to_string()],
            defines: vec!["X=1".to_string()],
            include_dirs: Vec::new(),
            cflags_cc: vec!["--std=c++20".to_string()],
        };
        assert_eq!(targets(text), Ok(vec![expect]));
    }

    #[test]
    fn what_is_broken_is_told() {
        for text in [
            "",
            "{",
            "[]",
            "{'targets': {}}",
            "{'targets': [{}]}",
            "{'a' 'b'}",
            "{'a",
        ] {
            assert!(targets(text).is_err(), "{text}");
        }
    }
}
