//! Binding `url`: WHATWG URLs by ada, the parser that Node uses.

mod plain;

use plain::Words;

use coring_engine::{Bytes, Js, Text, ops};

use crate::Natives;

ops! { url(Natives) {
    /// parse(input, base, components: Uint32Array(9)) -> href, or undefined when it is no URL.
    slow parse(input: Text, base: Option<Text>, components: Bytes);
    slow canParse(input: Text, base: Option<Text>);
    /// update(href, action, value, components) -> href, or undefined when the setter refused.
    slow update(href: String, action: i32, value: String, components: Bytes);
    slow format(href: String, hash: bool, unicode: bool, search: bool, auth: bool);
    slow domainToASCII(domain: String);
    slow domainToUnicode(domain: String);
} }

/// In Node's order: protocol_end, username_end, host_start, host_end, port, pathname_start,
/// search_start, hash_start, scheme_type. An absent part is 0xffffffff.
fn words_of(url: &ada_url::Url) -> Words {
    let parts = url.components();
    [
        parts.protocol_end,
        parts.username_end,
        parts.host_start,
        parts.host_end,
        parts.port.unwrap_or(plain::ABSENT),
        parts.pathname_start.unwrap_or(plain::ABSENT),
        parts.search_start.unwrap_or(plain::ABSENT),
        parts.hash_start.unwrap_or(plain::ABSENT),
        url.scheme_type() as u32,
    ]
}

fn put_words(words: &Words, components: &mut Bytes) {
    let (slots, _) = components.as_mut_slice().as_chunks_mut::<4>();
    for (slot, word) in slots.iter_mut().zip(words) {
        *slot = word.to_ne_bytes();
    }
}

fn put_components(url: &ada_url::Url, components: &mut Bytes) {
    put_words(&words_of(url), components);
}

/// The base that was given last: servers resolve each request's path against the same one.
#[derive(Default)]
pub(crate) struct Base {
    given: Vec<u8>,
    href: Vec<u8>,
    words: Words,
}

/// What needs no parser. None: that has to see.
fn parse_plainly(
    natives: &mut Natives,
    input: &Text,
    base: Option<&Text>,
) -> Option<(Vec<u8>, Words)> {
    let Some(base) = base else {
        return input.with_utf8(plain::absolute);
    };
    let last = &mut natives.url_base;
    base.with_utf8(|given| {
        if last.given != given {
            let (href, words) = match plain::absolute(given) {
                Some(plain) => plain,
                None if !plain::may_be_base(given) => return None,
                None => {
                    let url = ada_url::Url::parse(std::str::from_utf8(given).ok()?, None).ok()?;
                    (url.href().as_bytes().to_vec(), words_of(&url))
                }
            };
            if !plain::is_plain_base(&words) {
                return None;
            }
            *last = Base {
                given: given.to_vec(),
                href,
                words,
            };
        }
        input.with_utf8(|input| plain::relative(input, &last.href, &last.words))
    })
}

/// Runs `act` with both as UTF-8: ASCII, as most URLs are, is read in place.
fn with_both<R>(input: &Text, base: Option<&Text>, act: impl FnOnce(&str, Option<&str>) -> R) -> R {
    fn text(bytes: &[u8]) -> &str {
        // Text gives UTF-8 whatever the string holds.
        std::str::from_utf8(bytes).unwrap_or("")
    }
    match base {
        None => input.with_utf8(|input| act(text(input), None)),
        Some(base) => {
            input.with_utf8(|input| base.with_utf8(|base| act(text(input), Some(text(base)))))
        }
    }
}

fn parse(natives: &mut Natives, input: Text, base: Option<Text>, mut components: Bytes) -> Js {
    if let Some((href, words)) = parse_plainly(natives, &input, base.as_ref()) {
        put_words(&words, &mut components);
        return Js::Latin1(href);
    }
    let url = with_both(&input, base.as_ref(), |input, base| {
        ada_url::Url::parse(input, base).ok()
    });
    let Some(url) = url else {
        return Js::Undefined;
    };
    put_components(&url, &mut components);
    // A serialised URL is ASCII.
    Js::Latin1(url.href().as_bytes().to_vec())
}

#[allow(non_snake_case)]
fn canParse(_: &mut Natives, input: Text, base: Option<Text>) -> bool {
    with_both(&input, base.as_ref(), ada_url::Url::can_parse)
}

fn update(
    _: &mut Natives,
    href: String,
    action: i32,
    value: String,
    mut components: Bytes,
) -> Option<String> {
    let mut url = ada_url::Url::parse(&href, None).ok()?;
    let given = Some(value.as_str()).filter(|value| !value.is_empty());
    let accepted = match action {
        0 => url.set_protocol(&value).is_ok(),
        1 => url.set_host(given).is_ok(),
        2 => url.set_hostname(given).is_ok(),
        3 => url.set_port(given).is_ok(),
        4 => url.set_username(given).is_ok(),
        5 => url.set_password(given).is_ok(),
        6 => url.set_pathname(given).is_ok(),
        7 => {
            url.set_search(given);
            true
        }
        8 => {
            url.set_hash(given);
            true
        }
        9 => url.set_href(&value).is_ok(),
        _ => false,
    };
    // Only a refused href is an error; other setters keep what was there.
    if action == 9 && !accepted {
        return None;
    }
    put_components(&url, &mut components);
    Some(url.href().to_owned())
}

fn format(
    _: &mut Natives,
    href: String,
    hash: bool,
    unicode: bool,
    search: bool,
    auth: bool,
) -> Option<String> {
    let mut url = ada_url::Url::parse(&href, None).ok()?;
    if !hash {
        url.set_hash(None);
    }
    if !search {
        url.set_search(None);
    }
    if !auth {
        // A URL without credentials refuses to have them cleared; nothing is to be done then.
        let _ = url.set_username(None);
        let _ = url.set_password(None);
    }
    if !unicode || !url.has_hostname() {
        return Some(url.href().to_owned());
    }
    let ascii = url.hostname().to_owned();
    let shown = ada_url::Idna::unicode(&ascii);
    Some(url.href().replacen(&ascii, &shown, 1))
}

#[allow(non_snake_case)]
fn domainToASCII(_: &mut Natives, domain: String) -> String {
    let as_host = |domain: &str| -> Option<String> {
        let url = ada_url::Url::parse(&std::format!("ws://{domain}"), None).ok()?;
        Some(url.hostname().to_owned())
    };
    as_host(&domain).unwrap_or_default()
}

#[allow(non_snake_case)]
fn domainToUnicode(natives: &mut Natives, domain: String) -> String {
    ada_url::Idna::unicode(&domainToASCII(natives, domain))
}
