//! JSON (RFC 8259), as much as files of options and of single executables need: an object keeps its
//! members in order and twice if they stand there twice.

#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    /// As it is written.
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// Deeper than this is no file of options.
const DEPTH_MAX: usize = 32;

/// None: the text is not JSON, or too deep.
pub fn parse(text: &str) -> Option<Json> {
    let mut reader = Reader {
        rest: text.strip_prefix('\u{feff}').unwrap_or(text),
    };
    let value = reader.value(0)?;
    reader.skip_space();
    reader.rest.is_empty().then_some(value)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    /// Skips space and takes `mark`, if it is next.
    fn take(&mut self, mark: &str) -> bool {
        self.skip_space();
        let rest = self.rest.strip_prefix(mark);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        self.skip_space();
        match self.rest.chars().next()? {
            '{' if depth < DEPTH_MAX => self.object(depth + 1),
            '[' if depth < DEPTH_MAX => self.list(depth + 1),
            '"' => self.text().map(Json::Text),
            't' => self.take("true").then_some(Json::Bool(true)),
            'f' => self.take("false").then_some(Json::Bool(false)),
            'n' => self.take("null").then_some(Json::Null),
            _ => self.number(),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Json> {
        self.take("{");
        let mut members = Vec::new();
        if self.take("}") {
            return Some(Json::Object(members));
        }
        loop {
            self.skip_space();
            let name = self.text()?;
            if !self.take(":") {
                return None;
            }
            members.push((name, self.value(depth)?));
            if self.take("}") {
                return Some(Json::Object(members));
            }
            if !self.take(",") {
                return None;
            }
        }
    }

    fn list(&mut self, depth: usize) -> Option<Json> {
        self.take("[");
        let mut items = Vec::new();
        if self.take("]") {
            return Some(Json::List(items));
        }
        loop {
            items.push(self.value(depth)?);
            if self.take("]") {
                return Some(Json::List(items));
            }
            if !self.take(",") {
                return None;
            }
        }
    }

    fn text(&mut self) -> Option<String> {
        let mut rest = self.rest.strip_prefix('"')?.chars();
        let mut text = String::new();
        loop {
            match rest.next()? {
                '"' => break,
                '\\' => text.push(escaped(&mut rest)?),
                control if control < ' ' => return None,
                letter => text.push(letter),
            }
        }
        self.rest = rest.as_str();
        Some(text)
    }

    fn number(&mut self) -> Option<Json> {
        let is_part = |letter: char| letter.is_ascii_digit() || "+-.eE".contains(letter);
        let end = self.rest.find(|letter| !is_part(letter));
        let (number, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        let digits = number.strip_prefix('-').unwrap_or(number);
        let starts_well = digits.starts_with(|first: char| first.is_ascii_digit());
        let has_zero = digits.len() > 1
            && digits.starts_with('0')
            && digits[1..].starts_with(|next: char| next.is_ascii_digit());
        if !starts_well || has_zero || digits.ends_with('.') || number.parse::<f64>().is_err() {
            return None;
        }
        self.rest = rest;
        Some(Json::Number(number.to_owned()))
    }
}

/// What stands behind a backslash.
fn escaped(rest: &mut std::str::Chars) -> Option<char> {
    Some(match rest.next()? {
        letter @ ('"' | '\\' | '/') => letter,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return unit(rest),
        _ => return None,
    })
}

/// A character of one UTF-16 unit, or of two that belong together.
fn unit(rest: &mut std::str::Chars) -> Option<char> {
    let first = hexadecimal(rest)?;
    if !(0xd800..0xdc00).contains(&first) {
        return char::from_u32(first);
    }
    if rest.next()? != '\\' || rest.next()? != 'u' {
        return None;
    }
    let second = hexadecimal(rest)?.checked_sub(0xdc00)?;
    char::from_u32(0x10000 + ((first - 0xd800) << 10) + second).filter(|_| second < 0x400)
}

fn hexadecimal(rest: &mut std::str::Chars) -> Option<u32> {
    (0..4).try_fold(0, |value, _| Some(value * 16 + rest.next()?.to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_read() {
        let check = |text: &str, expect: Option<Json>| assert_eq!(parse(text), expect, "{text}");
        let number = |text: &str| Json::Number(text.into());
        check(" null ", Some(Json::Null));
        check("\u{feff}true", Some(Json::Bool(true)));
        check("-1.5e3", Some(number("-1.5e3")));
        check("[]", Some(Json::List(vec![])));
        check("[1, 2]", Some(Json::List(vec![number("1"), number("2")])));
        let text = |text: &str| Some(Json::Text(text.into()));
        check(
            r#""a\"\\\/\n\u00e9\ud83d\ude00""#,
            text("a\"\\/\n\u{e9}\u{1f600}"),
        );
        let twice = vec![("a".into(), number("0")), ("a".into(), Json::Bool(false))];
        check(r#"{"a":0 ,"a" : false}"#, Some(Json::Object(twice)));
        check(
            r#"{"":{}}"#,
            Some(Json::Object(vec![("".into(), Json::Object(vec![]))])),
        );
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in [
            "",
            " ",
            "{",
            "[1,]",
            "{\"a\"}",
            "{\"a\":1,}",
            "{a:1}",
            "[1 2]",
            "1 2",
            "01",
            "+1",
            ".5",
            "1.",
            "tru",
            "\"a",
            "\"\\x\"",
            "\"\\ud800\"",
            "\"\\ud800\\u0041\"",
            "\"\n\"",
            "-",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
        let deep = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(&deep(DEPTH_MAX)).is_some());
        assert!(parse(&deep(DEPTH_MAX + 1)).is_none());
    }
}
