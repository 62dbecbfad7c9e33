//! The file that `--experimental-sea-config` names. Messages are Node's, and which of them comes
//! first.

use coring_bindings::sea::blob::OptionsFrom;

use crate::json::{self, Json};

use super::tokens::{self, Token};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeaConfig {
    pub main: String,
    pub output: String,
    pub is_silent: bool,
    pub uses_snapshot: bool,
    pub uses_code_cache: bool,
    /// Keys and paths, in order; a key that comes again is not heard.
    pub assets: Vec<(String, String)>,
    pub exec_argv: Vec<String>,
    pub options_from: OptionsFrom,
}

/// Reads the `text` of the file `path`.
///
/// # Errors
/// What to tell the user, without a newline.
pub fn parse(text: &[u8], path: &str) -> Result<SeaConfig, String> {
    let tokens = tokens::split(text);
    let tokens = tokens.map_err(|error| format!("Cannot parse JSON from {path}: {error}"))?;
    let mut config = SeaConfig::default();
    for member in Members::new(&tokens) {
        let (key, value) = member.ok_or_else(|| format!("Cannot read key from {path}"))?;
        let is_kind = |wanted: &str| format!("\"{key}\" field of {path} is not {wanted}");
        apply(&mut config, &key, value).map_err(|fault| match fault {
            Fault::Kind(wanted) => is_kind(wanted),
            Fault::Word => {
                format!("\"{key}\" field of {path} must be one of \"none\", \"env\", or \"cli\"")
            }
        })?;
    }
    for (name, value) in [("main", &config.main), ("output", &config.output)] {
        if value.is_empty() {
            return Err(format!("\"{name}\" field of {path} is not {NAME}"));
        }
    }
    Ok(config)
}

const NAME: &str = "a non-empty string";
const STRINGS: &str = "an array of strings";
const MAP: &str = "a map of strings";

enum Fault {
    Kind(&'static str),
    Word,
}

fn apply(config: &mut SeaConfig, key: &str, value: &[Token]) -> Result<(), Fault> {
    match key {
        "main" => config.main = name(value)?,
        "output" => config.output = name(value)?,
        // What was switched on stays on: Node gathers flags.
        "disableExperimentalSEAWarning" => config.is_silent |= boolean(value)?,
        "useSnapshot" => config.uses_snapshot |= boolean(value)?,
        "useCodeCache" => config.uses_code_cache |= boolean(value)?,
        "assets" => {
            for (key, path) in assets(value).ok_or(Fault::Kind(MAP))? {
                if config.assets.iter().all(|(known, _)| *known != key) {
                    config.assets.push((key, path));
                }
            }
        }
        "execArgv" => {
            let words = strings(value).ok_or(Fault::Kind(STRINGS))?;
            if !words.is_empty() {
                config.exec_argv = words;
            }
        }
        "execArgvExtension" => {
            let word = text(value).ok_or(Fault::Kind("a string"))?;
            config.options_from = match word.as_str() {
                "none" => OptionsFrom::Nowhere,
                "env" => OptionsFrom::NodeOptions,
                "cli" => OptionsFrom::CommandLine,
                _ => return Err(Fault::Word),
            };
        }
        _ => {}
    }
    Ok(())
}

fn text(value: &[Token]) -> Option<String> {
    match value {
        [Token::Text(text)] => match json::parse(text) {
            Some(Json::Text(text)) => Some(text),
            Some(_) | None => None,
        },
        _ => None,
    }
}

fn name(value: &[Token]) -> Result<String, Fault> {
    let name = text(value).filter(|name| !name.is_empty());
    name.ok_or(Fault::Kind(NAME))
}

fn boolean(value: &[Token]) -> Result<bool, Fault> {
    match value {
        [Token::Other("true")] => Ok(true),
        [Token::Other("false")] => Ok(false),
        _ => Err(Fault::Kind("a Boolean")),
    }
}

fn assets(value: &[Token]) -> Option<Vec<(String, String)>> {
    let [Token::Mark('{'), ..] = value else {
        return None;
    };
    let members = Members::new(value);
    let pairs = members.map(|member| {
        let (key, value) = member?;
        Some((key, text(value)?))
    });
    pairs.collect()
}

fn strings(value: &[Token]) -> Option<Vec<String>> {
    let [Token::Mark('['), items @ .., Token::Mark(']')] = value else {
        return None;
    };
    if items.is_empty() {
        return Some(Vec::new());
    }
    let items = items.split(|token| *token == Token::Mark(','));
    items.map(text).collect()
}

const NO_MEMBER: &[Token] = &[Token::Other("")];

/// The members of an object, one after the other; None for one that is none.
struct Members<'a, 'b>(&'b [Token<'a>]);

impl<'a, 'b> Members<'a, 'b> {
    /// `object`: pieces from an opening brace on.
    fn new(object: &'b [Token<'a>]) -> Self {
        match object.get(1) {
            Some(Token::Mark('}')) => Members(&[]),
            _ => Members(object),
        }
    }

    /// Takes the mark before a member, its key and its value.
    fn take(&mut self) -> Option<(String, &'b [Token<'a>])> {
        let [_, key @ Token::Text(_), Token::Mark(':'), rest @ ..] = self.0 else {
            return None;
        };
        let key = text(std::slice::from_ref(key))?;
        let length = match rest.first()? {
            // There is no value: whoever asks for it learns that.
            Token::Mark('}' | ']' | ':' | ',') => 0,
            Token::Mark(_) | Token::Text(_) | Token::Other(_) => tokens::value_length(rest)?,
        };
        let (value, rest) = rest.split_at(length);
        self.0 = match rest.first() {
            Some(Token::Mark(',')) => rest,
            Some(Token::Mark('}')) => &[],
            // The fault is the next member's.
            Some(_) | None => NO_MEMBER,
        };
        Some((key, value))
    }
}

impl<'a, 'b> Iterator for Members<'a, 'b> {
    type Item = Option<(String, &'b [Token<'a>])>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let taken = self.take();
        if taken.is_none() {
            self.0 = &[];
        }
        Some(taken)
    }
}

#[cfg(test)]
#[path = "config_test.rs"]
mod tests;
