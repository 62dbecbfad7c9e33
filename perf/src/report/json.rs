//! Writes JSON, no more than the records of runs need.

use std::fmt::Write;

#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Map(Vec<(String, Json)>),
}

impl From<f64> for Json {
    fn from(number: f64) -> Json {
        Json::Number(number)
    }
}

impl From<u64> for Json {
    fn from(number: u64) -> Json {
        Json::Number(number as f64)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Json {
        Json::Text(text.into())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Json {
        Json::Text(text)
    }
}

impl From<Vec<Json>> for Json {
    fn from(list: Vec<Json>) -> Json {
        Json::List(list)
    }
}

/// An object, in the order in which it is written down.
pub fn map<const N: usize>(pairs: [(&str, Json); N]) -> Json {
    Json::Map(pairs.map(|(name, value)| (name.to_string(), value)).into())
}

impl Json {
    /// What an object has under a name.
    pub fn get(&self, name: &str) -> Option<&Json> {
        let Json::Map(pairs) = self else { return None };
        let found = pairs.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value)
    }

    /// One entry a line down to the depth where lists of numbers begin.
    pub fn pretty(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, 0);
        out.push('\n');
        out
    }

    fn write(&self, out: &mut String, depth: usize) {
        match self {
            Json::Number(number) => write_number(out, *number),
            Json::Text(text) => write_text(out, text),
            Json::List(list) => {
                let flat = list.iter().all(Json::is_flat);
                let items = list.iter().map(|item| (None, item));
                write_items(out, depth, flat, ['[', ']'], items);
            }
            Json::Map(pairs) => {
                let flat = pairs
                    .iter()
                    .all(|(_, value)| matches!(value, Json::Number(_)));
                let items = pairs
                    .iter()
                    .map(|(name, value)| (Some(name.as_str()), value));
                write_items(out, depth, flat, ['{', '}'], items);
            }
        }
    }

    /// Numbers, and lists of numbers, stay on one line.
    fn is_flat(&self) -> bool {
        match self {
            Json::Number(_) => true,
            Json::List(list) => list.iter().all(|item| matches!(item, Json::Number(_))),
            Json::Text(_) | Json::Map(_) => false,
        }
    }
}

fn write_items<'a>(
    out: &mut String,
    depth: usize,
    flat: bool,
    brackets: [char; 2],
    items: impl Iterator<Item = (Option<&'a str>, &'a Json)>,
) {
    out.push(brackets[0]);
    let mut any = false;
    for (name, value) in items {
        if any {
            out.push(',');
        }
        if !flat {
            out.push('\n');
            out.push_str(&"  ".repeat(depth + 1));
        }
        if let Some(name) = name {
            write_text(out, name);
            out.push_str(": ");
        }
        value.write(out, depth + 1);
        any = true;
    }
    if any && !flat {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    }
    out.push(brackets[1]);
}

/// Three decimals are more than any measurement here deserves. What is no number becomes null.
fn write_number(out: &mut String, number: f64) {
    if !number.is_finite() {
        return out.push_str("null");
    }
    let rounded = (number * 1000.0).round() / 1000.0;
    write!(out, "{rounded}").expect("a String takes what is written");
}

fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' => {
                write!(out, "\\u{:04x}", c as u32).expect("a String takes what is written");
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written() {
        let check = |value: Json, expect: &str| assert_eq!(value.pretty(), format!("{expect}\n"));
        check(Json::from(1.0), "1");
        check(Json::from(1.23456), "1.235");
        check(Json::from(f64::NAN), "null");
        check(Json::from("a\"b\\c\n"), "\"a\\\"b\\\\c\\u000a\"");
        check(Json::List(vec![]), "[]");
        check(Json::List(vec![1.0.into(), 2.0.into()]), "[1,2]");
        check(map([("a", 1.0.into())]), "{\"a\": 1}");
        check(map([("a", "b".into())]), "{\n  \"a\": \"b\"\n}");
    }
}
