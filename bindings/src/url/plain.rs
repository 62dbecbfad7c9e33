//! URLs that are written as they are serialised, apart from dot segments: most are. They are told
//! by one look at each character, without the parser; any doubt leaves them to it.

/// As ada's `components`, in Node's order; `ABSENT` for what is not there.
pub(super) type Words = [u32; 9];
pub(super) const ABSENT: u32 = u32::MAX;

const USERNAME_END: usize = 1;
const HOST_START: usize = 2;
const HOST_END: usize = 3;
const PORT: usize = 4;
const PATH_START: usize = 5;
const SEARCH_START: usize = 6;
const HASH_START: usize = 7;

/// Scheme, its number in ada::scheme::type, its own port.
const SCHEMES: [(&[u8], u32, u32); 4] = [
    (b"https://", 2, 443),
    (b"http://", 0, 80),
    (b"wss://", 5, 443),
    (b"ws://", 3, 80),
];

/// Longer ones are rare, and offsets stay far from `ABSENT`.
const BYTES_MAX: usize = 8192;

const USERINFO: u8 = 1;
const PATH: u8 = 2;
const QUERY: u8 = 4;
const FRAGMENT: u8 = 8;
const HOST: u8 = 16;

/// Where a character stands for itself. `%` is one where it is left alone; in a path it may stand
/// for a dot.
const PLACES: [u8; 128] = {
    let mut places = [0; 128];
    let mut code = 0x21;
    while code < 0x7f {
        let character = code as u8;
        places[code] = match character {
            b'a'..=b'z' | b'0'..=b'9' | b'-' => USERINFO | PATH | QUERY | FRAGMENT | HOST,
            b'.' => USERINFO | PATH | QUERY | FRAGMENT | HOST,
            b'A'..=b'Z' | b'_' | b'~' | b'!' | b'$' | b'&' | b'(' | b')' | b'*' | b'+' | b',' => {
                USERINFO | PATH | QUERY | FRAGMENT
            }
            b'/' | b':' | b';' | b'=' | b'@' => PATH | QUERY | FRAGMENT,
            b'?' => QUERY | FRAGMENT,
            b'%' => USERINFO | QUERY | FRAGMENT,
            _ => 0,
        };
        code += 1;
    }
    places
};

fn all_stand(text: &[u8], place: u8) -> bool {
    text.iter().all(|byte| {
        PLACES
            .get(usize::from(*byte))
            .is_some_and(|at| at & place != 0)
    })
}

/// The href and the components of an absolute URL.
pub(super) fn absolute(input: &[u8]) -> Option<(Vec<u8>, Words)> {
    if input.len() > BYTES_MAX {
        return None;
    }
    let (scheme, kind, own_port) = SCHEMES
        .into_iter()
        .find(|(scheme, ..)| input.starts_with(scheme))?;
    let begin = scheme.len();
    let rest = &input[begin..];
    let end = rest
        .iter()
        .position(|byte| matches!(byte, b'/' | b'?' | b'#'));
    let (authority, rest) = rest.split_at(end.unwrap_or(rest.len()));
    let mut words = [ABSENT; 9];
    words[0] = begin as u32 - 2;
    words[8] = kind;
    let host = credentials(authority, begin, &mut words)?;
    let host_at = begin + authority.len() - host.len();
    let host = match host.iter().position(|byte| *byte == b':') {
        Some(colon) => {
            words[PORT] = port(&host[colon + 1..]).filter(|port| *port != own_port)?;
            &host[..colon]
        }
        None => host,
    };
    is_plain_host(host).then_some(())?;
    words[HOST_END] = (host_at + host.len()) as u32;
    let mut href = Vec::with_capacity(input.len() + 1);
    href.extend_from_slice(&input[..begin + authority.len()]);
    put_path(&mut href, rest, &mut words)?;
    Some((href, words))
}

/// A path with its query and fragment, resolved against the href and components of a base.
pub(super) fn relative(input: &[u8], base: &[u8], base_words: &Words) -> Option<(Vec<u8>, Words)> {
    let [b'/', second @ ..] = input else {
        return None;
    };
    if second.first() == Some(&b'/') || input.len() + base.len() > BYTES_MAX {
        return None;
    }
    let origin = &base[..base_words[PATH_START] as usize];
    let mut words = *base_words;
    let mut href = Vec::with_capacity(origin.len() + input.len());
    href.extend_from_slice(origin);
    put_path(&mut href, input, &mut words)?;
    Some((href, words))
}

/// Might it be a base for `relative`? Others need not be parsed to know.
pub(super) fn may_be_base(given: &[u8]) -> bool {
    given.len() <= BYTES_MAX && SCHEMES.iter().any(|(scheme, ..)| given.starts_with(scheme))
}

/// May a path be resolved against this by `relative`?
pub(super) fn is_plain_base(words: &Words) -> bool {
    SCHEMES.iter().any(|(_, kind, _)| *kind == words[8]) && words[PATH_START] != ABSENT
}

/// Marks user name and password, and gives what follows them.
fn credentials<'a>(authority: &'a [u8], begin: usize, words: &mut Words) -> Option<&'a [u8]> {
    let Some(at) = authority.iter().rposition(|byte| *byte == b'@') else {
        words[USERNAME_END] = begin as u32;
        words[HOST_START] = begin as u32;
        return Some(authority);
    };
    let (given, host) = (&authority[..at], &authority[at + 1..]);
    let colon = given.iter().position(|byte| *byte == b':');
    let (name, password) = match colon {
        Some(colon) => (&given[..colon], &given[colon + 1..]),
        None => (given, &b"x"[..]),
    };
    if name.is_empty() || password.is_empty() {
        return None;
    }
    (all_stand(name, USERINFO) && all_stand(password, USERINFO)).then_some(())?;
    words[USERNAME_END] = (begin + name.len()) as u32;
    words[HOST_START] = (begin + at) as u32;
    Some(host)
}

fn port(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 5 || digits[0] == b'0' {
        return None;
    }
    let add = |sum: u32, byte: &u8| {
        byte.is_ascii_digit()
            .then(|| sum * 10 + u32::from(byte - b'0'))
    };
    let port = digits.iter().try_fold(0, add)?;
    (port <= 65535).then_some(port)
}

/// A name that no rule of IDNA or of IPv4 concerns, or four plain decimal numbers.
fn is_plain_host(host: &[u8]) -> bool {
    if host.is_empty() || !all_stand(host, HOST) || host.windows(2).any(|pair| pair == b"--") {
        return false;
    }
    let last = host.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    match last.first() {
        Some(first) if first.is_ascii_lowercase() => host
            .split(|byte| *byte == b'.')
            .all(|label| !label.is_empty()),
        Some(_) => is_plain_address(host),
        None => false,
    }
}

fn is_plain_address(host: &[u8]) -> bool {
    let mut numbers = host.split(|byte| *byte == b'.');
    let is_plain = |number: &[u8]| match number {
        [b'0'] => true,
        [b'0', ..] => false,
        _ => number.len() <= 3 && port(number).is_some_and(|number| number <= 255),
    };
    numbers.clone().count() == 4 && numbers.all(is_plain)
}

/// Appends path, query and fragment, and says where they begin.
fn put_path(href: &mut Vec<u8>, rest: &[u8], words: &mut Words) -> Option<()> {
    words[PATH_START] = href.len() as u32;
    let end = rest.iter().position(|byte| matches!(byte, b'?' | b'#'));
    let (path, rest) = rest.split_at(end.unwrap_or(rest.len()));
    all_stand(path, PATH).then_some(())?;
    match path {
        [] => href.push(b'/'),
        path if path.windows(2).any(|pair| pair == b"/.") => put_segments(href, path),
        path => href.extend_from_slice(path),
    }
    let hash = rest.iter().position(|byte| *byte == b'#');
    let (query, fragment) = rest.split_at(hash.unwrap_or(rest.len()));
    let begin = href.len() as u32;
    words[SEARCH_START] = ABSENT;
    words[HASH_START] = ABSENT;
    if let [_, characters @ ..] = query {
        all_stand(characters, QUERY).then_some(())?;
        words[SEARCH_START] = begin;
        href.extend_from_slice(query);
    }
    if let [_, characters @ ..] = fragment {
        all_stand(characters, FRAGMENT).then_some(())?;
        words[HASH_START] = begin + query.len() as u32;
        href.extend_from_slice(fragment);
    }
    Some(())
}

/// Appends a path without its segments `.` and `..`.
fn put_segments(href: &mut Vec<u8>, path: &[u8]) {
    let root = href.len();
    let mut segments = path[1..].split(|byte| *byte == b'/').peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            b"." | b".." => {
                if segment == b".." {
                    let end = href[root..].iter().rposition(|byte| *byte == b'/');
                    href.truncate(root + end.unwrap_or(0));
                }
                if is_last {
                    href.push(b'/');
                }
            }
            segment => {
                href.push(b'/');
                href.extend_from_slice(segment);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::url::words_of;

    fn by_ada(input: &str, base: Option<&str>) -> Option<(Vec<u8>, Words)> {
        let url = ada_url::Url::parse(input, base).ok()?;
        Some((url.href().as_bytes().to_vec(), words_of(&url)))
    }

    const AUTHORITIES: [&str; 34] = [
        "a",
        "a.b",
        "example.org",
        "localhost",
        "EXAMPLE.org",
        "a.",
        ".a",
        "a..b",
        "xn--a",
        "a--b",
        "1.2.3.4",
        "1.2.3",
        "01.2.3.4",
        "256.1.1.1",
        "1.2.3.4.5",
        "a.1",
        "a.0x1",
        "1a",
        "0x1.b",
        "a_b",
        "a:80",
        "a:443",
        "a:8080",
        "a:0",
        "a:080",
        "a:65536",
        "a:",
        "u@a",
        "u:p@a:1",
        "u:@a",
        ":p@a",
        "@a",
        "u:p@q@a",
        "u%41:p@a",
    ];
    const PATHS: [&str; 24] = [
        "",
        "/",
        "/a",
        "/a/b",
        "//",
        "/a//b",
        "/.",
        "/..",
        "/a/.",
        "/a/..",
        "/a/./b",
        "/a/../b",
        "/../a",
        "/a/b/../../../c/",
        "/.a",
        "/a.",
        "/..a/b",
        "/a..",
        "/%2e/a",
        "/a b",
        "/a\\b",
        "/a'b",
        "/{a}",
        "/A;b=c,d:e@f",
    ];
    const TAILS: [&str; 14] = [
        "", "?", "#", "?#", "?a=b&c", "#top", "?a#b", "?a'b", "?a\"b", "?%20+", "#a`b", "#a b",
        "?a?b", "#a#b",
    ];

    #[test]
    fn what_is_plain_is_what_the_parser_makes_of_it() {
        let mut plain_count = 0;
        let schemes = [
            "http://", "https://", "ws://", "wss://", "HTTP://", "ftp://", "http:/",
        ];
        for scheme in schemes {
            for authority in AUTHORITIES {
                for path in PATHS {
                    for tail in TAILS {
                        let input = format!("{scheme}{authority}{path}{tail}");
                        let Some(plain) = absolute(input.as_bytes()) else {
                            continue;
                        };
                        assert_eq!(Some(plain), by_ada(&input, None), "{input}");
                        plain_count += 1;
                    }
                }
            }
        }
        assert!(plain_count > 5_000, "{plain_count}");
    }

    #[test]
    fn paths_are_resolved_as_the_parser_resolves_them() {
        for base in [
            "http://a",
            "https://u:p@h.b:8/x/y?z#f",
            "ws://1.2.3.4/a",
            "file:///x",
            "x:y",
        ] {
            let (href, words) = by_ada(base, None).expect("a URL");
            if !is_plain_base(&words) {
                assert!(!may_be_base(base.as_bytes()), "{base}");
                continue;
            }
            assert!(may_be_base(base.as_bytes()), "{base}");
            for path in PATHS {
                for tail in TAILS {
                    let input = format!("{path}{tail}");
                    let Some(plain) = relative(input.as_bytes(), &href, &words) else {
                        continue;
                    };
                    assert_eq!(Some(plain), by_ada(&input, Some(base)), "{input} on {base}");
                }
            }
        }
    }
}
