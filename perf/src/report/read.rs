//! Reads JSON, the records that `json.rs` has written.

use super::json::Json;

const DEPTH_MAX: u32 = 32;

pub fn parse(text: &str) -> Result<Json, String> {
    let mut rest = text.trim_start();
    let value = value(&mut rest, 0)?;
    match rest.trim() {
        "" => Ok(value),
        more => Err(format!("bytes behind the value: {}", start(more))),
    }
}

fn start(text: &str) -> String {
    text.chars().take(20).collect()
}

fn value(rest: &mut &str, depth: u32) -> Result<Json, String> {
    if depth > DEPTH_MAX {
        return Err("too deep".into());
    }
    *rest = rest.trim_start();
    match rest.chars().next() {
        Some('"') => Ok(Json::Text(text(rest)?)),
        Some('[') => Ok(Json::List(items(rest, [']', '['], |rest| {
            value(rest, depth + 1)
        })?)),
        Some('{') => {
            let pair = |rest: &mut &str| {
                *rest = rest.trim_start();
                let name = text(rest)?;
                expect(rest, ':')?;
                Ok((name, value(rest, depth + 1)?))
            };
            Ok(Json::Map(items(rest, ['}', '{'], pair)?))
        }
        // What is no number is written as null.
        Some('n') if rest.starts_with("null") => {
            *rest = &rest[4..];
            Ok(Json::Number(f64::NAN))
        }
        _ => number(rest),
    }
}

fn expect(rest: &mut &str, wanted: char) -> Result<(), String> {
    let trimmed = rest.trim_start();
    let Some(after) = trimmed.strip_prefix(wanted) else {
        return Err(format!("`{wanted}` wanted before {}", start(trimmed)));
    };
    *rest = after;
    Ok(())
}

fn items<T>(
    rest: &mut &str,
    [close, open]: [char; 2],
    mut item: impl FnMut(&mut &str) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    expect(rest, open)?;
    let mut list = Vec::new();
    if expect(rest, close).is_ok() {
        return Ok(list);
    }
    loop {
        list.push(item(rest)?);
        if expect(rest, close).is_ok() {
            return Ok(list);
        }
        expect(rest, ',')?;
    }
}

fn number(rest: &mut &str) -> Result<Json, String> {
    let is_part = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
    let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    let (digits, after) = rest.split_at(end);
    let parsed = digits.parse();
    let number = parsed.map_err(|_| format!("no value before {}", start(rest)))?;
    *rest = after;
    Ok(Json::Number(number))
}

fn text(rest: &mut &str) -> Result<String, String> {
    expect(rest, '"')?;
    let mut out = String::new();
    let mut chars = rest.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                *rest = &rest[at + 1..];
                return Ok(out);
            }
            '\\' => match chars.next().map(|(_, escaped)| escaped) {
                Some('u') => {
                    let digits = rest.get(at + 2..at + 6).unwrap_or_default();
                    let code = u32::from_str_radix(digits, 16).ok();
                    out.push(code.and_then(char::from_u32).ok_or("a bad escape")?);
                    chars.nth(3);
                }
                Some(escaped @ ('"' | '\\')) => out.push(escaped),
                Some(_) | None => return Err("a bad escape".into()),
            },
            c => out.push(c),
        }
    }
    Err("a text without an end".into())
}

#[cfg(test)]
mod tests {
    use super::super::json::map;
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let json = map([
            ("a", 1.5.into()),
            (
                "b\"\\\n",
                Json::List(vec![Json::from(-2.0), "x y".into(), Json::List(vec![])]),
            ),
            ("c", map([("d", Json::Map(vec![]))])),
        ]);
        assert_eq!(parse(&json.pretty()), Ok(json));
        let Ok(Json::Number(missing)) = parse(" null ") else {
            panic!("null is a number that is none");
        };
        assert!(missing.is_nan());
    }

    #[test]
    fn nonsense_is_refused() {
        let deep = "[".repeat(100);
        for text in [
            "", "x", "[1", "[1 2]", "{\"a\"}", "\"a", "1 2", "\"\\x\"", "\"\\u00", &deep,
        ] {
            assert!(parse(text).is_err(), "for {text}");
        }
    }
}
