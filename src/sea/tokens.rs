//! The configuration's JSON in pieces, as simdjson hands them to Node: what is wrong with a member
//! is noticed when the member is looked at, and what nobody looks at may be anything.

/// A piece of the text: one of `{}[]:,`, a string with its quotes, or a run of anything else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Token<'a> {
    Mark(char),
    Text(&'a str),
    Other(&'a str),
}

/// The pieces of one object, checked as a whole only so far as Node does.
///
/// # Errors
/// simdjson's message.
pub fn split(text: &[u8]) -> Result<Vec<Token<'_>>, &'static str> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let text = std::str::from_utf8(text);
    let mut rest = text.map_err(|_| "UTF8_ERROR: The input is not valid UTF-8")?;
    let mut tokens = Vec::new();
    loop {
        rest = rest.trim_start_matches(is_space);
        let Some(first) = rest.chars().next() else {
            break;
        };
        let length = match first {
            '"' => text_length(rest)?,
            first if is_mark(first) => 1,
            _ => rest.find(ends_other).unwrap_or(rest.len()),
        };
        let (piece, behind) = rest.split_at(length);
        tokens.push(match first {
            '"' => Token::Text(piece),
            first if is_mark(first) => Token::Mark(first),
            _ => Token::Other(piece),
        });
        rest = behind;
    }
    check_object(&tokens)?;
    Ok(tokens)
}

fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r')
}

fn is_mark(letter: char) -> bool {
    "{}[]:,".contains(letter)
}

fn ends_other(letter: char) -> bool {
    is_space(letter) || is_mark(letter) || letter == '"'
}

/// How long the string is that `text` begins with, quotes and all.
fn text_length(text: &str) -> Result<usize, &'static str> {
    let mut is_escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if letter < ' ' => {
                return Err(
                    "UNESCAPED_CHARS: Within strings, some characters must be escaped, \
                            we found unescaped characters",
                );
            }
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return Ok(at + 1),
            _ => {}
        }
    }
    Err("UNCLOSED_STRING: A string is opened, but never closed.")
}

/// Brackets are counted, whatever their kind.
fn check_object(tokens: &[Token]) -> Result<(), &'static str> {
    match tokens.first() {
        None => return Err("EMPTY: no JSON found"),
        Some(Token::Mark('{')) => {}
        Some(_) => {
            return Err("INCORRECT_TYPE: The JSON element does not have the requested type.");
        }
    }
    let incomplete = "INCOMPLETE_ARRAY_OR_OBJECT: JSON document ended early in the middle of an \
                      object or array. This is a fatal and unrecoverable error.";
    if tokens.last() != Some(&Token::Mark('}')) {
        return Err(incomplete);
    }
    match value_length(tokens) {
        Some(length) if length < tokens.len() => {
            Err("TRAILING_CONTENT: Unexpected trailing content in the JSON input.")
        }
        Some(_) | None => Ok(()),
    }
}

/// How many pieces the value has that `tokens` begins with; None: it does not end.
pub fn value_length(tokens: &[Token]) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark('{' | '[') => depth += 1,
            Token::Mark('}' | ']') => depth = depth.checked_sub(1)?,
            Token::Mark(_) | Token::Text(_) | Token::Other(_) => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_pieces() {
        let expect = vec![
            Token::Mark('{'),
            Token::Text(r#""a\"}""#),
            Token::Mark(':'),
            Token::Mark('['),
            Token::Other("tru"),
            Token::Mark(','),
            Token::Other("-1.5e3"),
            Token::Mark(']'),
            Token::Mark('}'),
        ];
        let text = b"\xef\xbb\xbf {\"a\\\"}\":\n[tru , -1.5e3]\t}\r\n";
        assert_eq!(split(text), Ok(expect));
    }

    #[test]
    fn what_is_no_object_is_told() {
        let check = |text: &[u8], expect: &str| {
            let error = split(text).expect_err("it is no object");
            let text = String::from_utf8_lossy(text);
            assert_eq!(error.split(':').next(), Some(expect), "{text}");
        };
        check(b"", "EMPTY");
        check(b" \n", "EMPTY");
        check(b"[]", "INCORRECT_TYPE");
        check(b"null", "INCORRECT_TYPE");
        check(b"}", "INCORRECT_TYPE");
        check(b"{", "INCOMPLETE_ARRAY_OR_OBJECT");
        check(b"\n{\n\"main\"", "INCOMPLETE_ARRAY_OR_OBJECT");
        check(b"{} x", "INCOMPLETE_ARRAY_OR_OBJECT");
        check(b"{}{}", "TRAILING_CONTENT");
        check(b"{\"a\":[}]}}", "TRAILING_CONTENT");
        check(b"{\"a", "UNCLOSED_STRING");
        check(b"{\"a\\\"}", "UNCLOSED_STRING");
        check(b"{\"a\nb\"}", "UNESCAPED_CHARS");
        check(b"{\"\xff\"}", "UTF8_ERROR");
    }
}
