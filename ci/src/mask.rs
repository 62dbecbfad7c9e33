//! Blanks out what is not code, so that rules can look for words without being fooled.
//!
//! Called by tidy. The masked text has the same bytes count and the same lines as the source:
//! comments and the insides of literals become spaces, so a position in one is a position in
//! the other. It is a lexer of the few things that matter here, not a parser.

/// Masks Rust source.
pub fn rust(source: &str) -> String {
    Masker::new(source, Language::Rust).run()
}

/// Masks JavaScript source.
pub fn javascript(source: &str) -> String {
    Masker::new(source, Language::JavaScript).run()
}

#[derive(Clone, Copy, PartialEq)]
enum Language {
    Rust,
    JavaScript,
}

struct Masker<'a> {
    bytes: &'a [u8],
    out: Vec<u8>,
    at: usize,
    language: Language,
    /// Brace depth at which each open `${` of a template ends.
    templates: Vec<u32>,
    depth: u32,
}

impl<'a> Masker<'a> {
    fn new(source: &'a str, language: Language) -> Self {
        let bytes = source.as_bytes();
        let out = Vec::with_capacity(bytes.len());
        Masker {
            bytes,
            out,
            at: 0,
            language,
            templates: Vec::new(),
            depth: 0,
        }
    }

    fn run(mut self) -> String {
        while self.at < self.bytes.len() {
            match self.language {
                Language::Rust => self.step_rust(),
                Language::JavaScript => self.step_javascript(),
            }
        }
        assert_eq!(self.out.len(), self.bytes.len());
        String::from_utf8(self.out).expect("bytes outside ASCII are copied whole or blanked whole")
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn keep(&mut self) {
        self.out.push(self.bytes[self.at]);
        self.at += 1;
    }

    fn blank(&mut self) {
        let byte = self.bytes[self.at];
        self.out.push(if byte == b'\n' { b'\n' } else { b' ' });
        self.at += 1;
    }

    fn blank_count(&mut self, count: usize) {
        for _ in 0..count.min(self.bytes.len() - self.at) {
            self.blank();
        }
    }

    fn line_comment(&mut self) {
        while self.at < self.bytes.len() && self.peek(0) != b'\n' {
            self.blank();
        }
    }

    fn block_comment(&mut self, nests: bool) {
        let mut depth = 0u32;
        while self.at < self.bytes.len() {
            if self.peek(0) == b'/' && self.peek(1) == b'*' && (nests || depth == 0) {
                depth += 1;
                self.blank_count(2);
            } else if self.peek(0) == b'*' && self.peek(1) == b'/' {
                depth -= 1;
                self.blank_count(2);
                if depth == 0 {
                    return;
                }
            } else {
                self.blank();
            }
        }
    }

    /// A literal with backslash escapes; the quotes themselves stay.
    fn quoted(&mut self, quote: u8) {
        self.keep();
        while self.at < self.bytes.len() && self.peek(0) != quote {
            if self.peek(0) == b'\\' {
                self.blank();
            }
            if self.at < self.bytes.len() {
                self.blank();
            }
        }
        if self.at < self.bytes.len() {
            self.keep();
        }
    }

    fn step_rust(&mut self) {
        let (byte, next) = (self.peek(0), self.peek(1));
        match byte {
            b'/' if next == b'/' => self.line_comment(),
            b'/' if next == b'*' => self.block_comment(true),
            b'"' => self.quoted(b'"'),
            b'\'' => self.rust_quote(),
            _ if is_word(byte) => self.rust_word(),
            _ => self.keep(),
        }
    }

    /// `'a'` is a character, `'a` is a lifetime.
    fn rust_quote(&mut self) {
        let escaped = self.peek(1) == b'\\';
        let width = utf8_width(self.peek(1));
        if escaped || self.peek(1 + width) == b'\'' {
            self.quoted(b'\'');
        } else {
            self.keep();
        }
    }

    /// Keeps a word, unless it is the `r`, `br` or `cr` of a raw string.
    fn rust_word(&mut self) {
        let start = self.at;
        while is_word(self.peek(0)) {
            self.keep();
        }
        if !matches!(&self.bytes[start..self.at], b"r" | b"br" | b"cr") {
            return;
        }
        let mut hashes = 0;
        while self.peek(hashes) == b'#' {
            hashes += 1;
        }
        if self.peek(hashes) != b'"' {
            return;
        }
        self.blank_count(hashes + 1);
        while self.at < self.bytes.len() {
            let closes = self.peek(0) == b'"' && (1..=hashes).all(|i| self.peek(i) == b'#');
            self.blank();
            if closes {
                self.blank_count(hashes);
                return;
            }
        }
    }

    fn step_javascript(&mut self) {
        let (byte, next) = (self.peek(0), self.peek(1));
        match byte {
            b'/' if next == b'/' => self.line_comment(),
            b'/' if next == b'*' => self.block_comment(false),
            b'/' if self.regex_may_start() => self.regex(),
            b'"' | b'\'' => self.quoted(byte),
            b'`' => {
                self.keep();
                self.template();
            }
            b'{' => {
                self.depth += 1;
                self.keep();
            }
            b'}' => self.close_brace(),
            _ => self.keep(),
        }
    }

    fn close_brace(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.keep();
        if self.templates.last() == Some(&self.depth) {
            self.templates.pop();
            self.template();
        }
    }

    /// The text part of a template, up to its end or to the next `${`.
    fn template(&mut self) {
        while self.at < self.bytes.len() {
            if self.peek(0) == b'`' {
                return self.keep();
            }
            if self.peek(0) == b'$' && self.peek(1) == b'{' {
                self.templates.push(self.depth);
                self.depth += 1;
                self.blank();
                return self.keep();
            }
            if self.peek(0) == b'\\' {
                self.blank();
            }
            if self.at < self.bytes.len() {
                self.blank();
            }
        }
    }

    /// A slash divides after a value and starts a regular expression after anything else.
    fn regex_may_start(&self) -> bool {
        let end = self
            .out
            .iter()
            .rposition(|byte| !byte.is_ascii_whitespace());
        let Some(end) = end else { return true };
        let last = self.out[end];
        if is_word(last) {
            let start = self.out[..end].iter().rposition(|&byte| !is_word(byte));
            let word = &self.out[start.map_or(0, |index| index + 1)..=end];
            return matches!(
                word,
                b"return" | b"typeof" | b"case" | b"in" | b"of" | b"void" | b"throw" | b"await"
            );
        }
        !matches!(last, b')' | b']' | b'"' | b'\'' | b'`')
    }

    fn regex(&mut self) {
        self.keep();
        let mut in_class = false;
        while self.at < self.bytes.len() && self.peek(0) != b'\n' {
            match self.peek(0) {
                b'\\' => self.blank(),
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => return self.keep(),
                _ => {}
            }
            if self.at < self.bytes.len() {
                self.blank();
            }
        }
    }
}

/// Whether a byte can be part of an identifier. Bytes outside ASCII count, so they stay whole.
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

fn utf8_width(first: u8) -> usize {
    match first {
        0xF0..=0xFF => 4,
        0xE0..=0xEF => 3,
        0xC0..=0xDF => 2,
        _ => 1,
    }
}

/// Positions of `word` in `masked` where it stands as a whole identifier.
pub fn find_words(masked: &str, word: &str) -> Vec<usize> {
    let bytes = masked.as_bytes();
    let whole = |&(at, _): &(usize, &str)| {
        let before = at.checked_sub(1).map(|index| bytes[index]);
        let after = bytes.get(at + word.len()).copied();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    };
    masked
        .match_indices(word)
        .filter(whole)
        .map(|(at, _)| at)
        .collect()
}

/// The line, from 1, that holds byte `at`.
pub fn line_of(text: &str, at: usize) -> usize {
    assert!(at <= text.len());
    1 + text.as_bytes()[..at]
        .iter()
        .filter(|&&byte| byte == b'\n')
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(masker: fn(&str) -> String, input: &str, expect: &str) {
        assert_eq!(masker(input), expect, "for {input}");
    }

    #[test]
    fn rust_keeps_code_only() {
        check(rust, "a // b\nc", "a     \nc");
        check(rust, "a /* b /* c */ d */ e", "a                   e");
        check(rust, r#"f("x\"y", 1)"#, r#"f("    ", 1)"#);
        check(rust, "r#\"a\"b\"# + 1", "r        + 1");
        check(rust, "'a' 'b 'x: '\\''", "' ' 'b 'x: '  '");
        check(rust, "r#type b\"u\"", "r#type b\" \"");
        check(rust, "/* never closed", "               ");
        check(rust, "\"never closed", "\"            ");
        check(rust, "'é' é", "'  ' é");
    }

    #[test]
    fn javascript_keeps_code_only() {
        check(javascript, "a // b\nc", "a     \nc");
        check(javascript, "x = 'a\\'b' + \"c\"", "x = '    ' + \" \"");
        check(javascript, "`a${b + `c${d}`}e` f", "`  {b + `  {d}`} ` f");
        check(javascript, "a = /[/']x\\//g; b", "a = /       /g; b");
        check(javascript, "a / b / c", "a / b / c");
        check(javascript, "return /x'/;", "return /  /;");
        check(javascript, "f(a) / 2 // x", "f(a) / 2     ");
        check(javascript, "`never ${ closed", "`       { closed");
    }

    #[test]
    fn words_are_whole() {
        assert_eq!(find_words("libc libc_x xlibc libc::f", "libc"), vec![0, 18]);
        assert_eq!(find_words("", "libc"), Vec::<usize>::new());
        assert_eq!(line_of("a\nb\nc", 0), 1);
        assert_eq!(line_of("a\nb\nc", 4), 3);
    }
}
