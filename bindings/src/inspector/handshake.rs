//! What is asked of the port by HTTP, and the answers: lists of what can be debugged, and the
//! handshake of WebSocket (RFC 6455, section 4.2). No I/O.

use std::net::{Ipv4Addr, Ipv6Addr};

use coring_crypto::{Digest, Hash};

use crate::crypto::text::base64;

/// Longest head of a request, as Node's own servers.
pub const HEAD_BYTES_MAX: usize = 16 << 10;

/// RFC 6455, section 1.3.
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const FAVICON: &str = "https://nodejs.org/static/images/favicons/favicon.ico";

/// What is debugged, as lists show it.
pub struct Target {
    pub id: String,
    pub title: String,
    pub url: String,
    /// `node.js/v24.0.0`
    pub browser: String,
}

/// A request, as far as it matters here.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub host: String,
    pub key: String,
    pub is_upgrade: bool,
}

/// What is to be done about a request.
#[derive(Debug, PartialEq, Eq)]
pub enum Reply {
    /// Sent, and the connection stays.
    Answer(String),
    /// Sent, and the connection ends.
    Refusal(String),
    /// Sent, and the connection is a debugger's from then on.
    Switch(String),
}

/// Where the head in `bytes` ends: behind its empty line.
pub fn head_end(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    end.map(|end| end + 4)
}

/// Reads a head; None: it is none.
pub fn read(head: &[u8]) -> Option<Request> {
    let head = std::str::from_utf8(head).ok()?;
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let mut request = Request {
        method: words.next()?.to_owned(),
        path: words.next()?.to_owned(),
        ..Request::default()
    };
    if !words.next()?.starts_with("HTTP/1.") || words.next().is_some() {
        return None;
    }
    let (mut has_upgrade, mut is_asked) = (false, false);
    for line in lines.take_while(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':')?;
        let value = value.trim_matches([' ', '\t']);
        match name.to_ascii_lowercase().as_str() {
            "host" => request.host = value.to_owned(),
            "sec-websocket-key" => request.key = value.to_owned(),
            "upgrade" => has_upgrade = true,
            "connection" => {
                let mut options = value.split(',').map(str::trim);
                is_asked = options.any(|option| option.eq_ignore_ascii_case("upgrade"));
            }
            _ => {}
        }
    }
    request.is_upgrade = has_upgrade && is_asked;
    Some(request)
}

/// A page of the web may have its own name lead here: only names that cannot are answered.
fn is_allowed_host(host: &str) -> bool {
    let host = without_port(host);
    if host.is_empty()
        || ["localhost", "localhost6"]
            .iter()
            .any(|name| host.eq_ignore_ascii_case(name))
    {
        return true;
    }
    if let Some(inner) = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        return inner.parse::<Ipv6Addr>().is_ok();
    }
    // Other addresses of "this network" (RFC 1122) lead to nobody; resolvers may take them for
    // names.
    host.parse::<Ipv4Addr>()
        .is_ok_and(|address| address.octets()[0] != 0 || address.is_unspecified())
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => name,
        _ => host,
    }
}

/// The rest of a path behind a first segment.
fn behind<'a>(path: &'a str, segment: &str) -> Option<&'a str> {
    let (first, rest) = path.split_at_checked(segment.len())?;
    if !first.eq_ignore_ascii_case(segment) {
        return None;
    }
    match rest.strip_prefix('/') {
        Some(rest) => Some(rest),
        None => rest.is_empty().then_some(rest),
    }
}

/// Answers a request. `here`: this end's address with the port, for clients that name no host;
/// `is_listed`: who can connect may ask what there is.
pub fn answer(request: &Request, target: &Target, here: &str, is_listed: bool) -> Reply {
    if !is_allowed_host(&request.host) || request.method != "GET" {
        return refusal();
    }
    if request.is_upgrade {
        let is_target = request.path.strip_prefix('/') == Some(target.id.as_str());
        return match (is_target, accept(&request.key)) {
            (true, Some(accept)) if !request.key.is_empty() => Reply::Switch(format!(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
                 Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
            )),
            _ => refusal(),
        };
    }
    if !is_listed {
        return response(404, "");
    }
    let Some(command) = behind(&request.path, "/json") else {
        return refusal();
    };
    if command.is_empty() || behind(command, "list").is_some() {
        let host = match request.host.as_str() {
            "" => here,
            host => host,
        };
        return response(200, &list(target, host));
    }
    if behind(command, "version").is_some() {
        let rows = [
            ("Browser", target.browser.as_str()),
            ("Protocol-Version", "1.1"),
        ];
        return response(200, &object(&rows));
    }
    refusal()
}

pub fn refusal() -> Reply {
    Reply::Refusal(
        "HTTP/1.0 400 Bad Request\r\nContent-Type: text/html; charset=UTF-8\r\n\r\n\
         WebSockets request was expected\r\n"
            .to_owned(),
    )
}

fn response(code: u32, body: &str) -> Reply {
    Reply::Answer(format!(
        "HTTP/1.0 {code} OK\r\nContent-Type: application/json; charset=UTF-8\r\n\
         Cache-Control: no-cache\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}

/// None: libcrypto refuses.
fn accept(key: &str) -> Option<String> {
    let digest = Digest::by_name("sha1")?;
    let mut hash = Hash::new(digest).ok()?;
    hash.update(key.as_bytes()).ok()?;
    hash.update(GUID.as_bytes()).ok()?;
    let mut bytes = [0; 20];
    hash.finish_into(&mut bytes).ok()?;
    let mut text = [0; 28];
    let length = base64(&bytes, true, &mut text);
    Some(String::from_utf8_lossy(&text[..length]).into_owned())
}

fn list(target: &Target, host: &str) -> String {
    let address = format!("{host}/{}", target.id);
    let page = |file: &str| {
        format!("devtools://devtools/bundled/{file}.html?experiments=true&v8only=true&ws={address}")
    };
    let rows = [
        ("description", "node.js instance"),
        ("devtoolsFrontendUrl", &page("js_app")),
        ("devtoolsFrontendUrlCompat", &page("inspector")),
        ("faviconUrl", FAVICON),
        ("id", &target.id),
        ("title", &target.title),
        ("type", "node"),
        ("url", &target.url),
        ("webSocketDebuggerUrl", &format!("ws://{address}")),
    ];
    format!("[ {}]\n\n", object(&rows))
}

fn object(rows: &[(&str, &str)]) -> String {
    let rows: Vec<String> = rows
        .iter()
        .map(|(name, value)| format!("  \"{name}\": \"{}\"", escaped(value)))
        .collect();
    format!("{{\n{}\n}} ", rows.join(",\n"))
}

/// As Node, which writes no escapes: what would need one is an underscore.
fn escaped(text: &str) -> String {
    let replaced = |letter: char| matches!(letter, '"' | '\\') || letter.is_control();
    text.replace(replaced, "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target() -> Target {
        Target {
            id: "0f2c".to_owned(),
            title: "a\"b".to_owned(),
            url: "file:///a".to_owned(),
            browser: "node.js/v1".to_owned(),
        }
    }

    fn ask(text: &str) -> Option<Reply> {
        let request = read(text.as_bytes())?;
        Some(answer(&request, &target(), "127.0.0.1:9229", true))
    }

    #[test]
    fn hosts_are_checked() {
        for (host, expect) in [
            ("", true),
            ("localhost", true),
            ("LocalHost:9229", true),
            ("localhost6:1", true),
            ("127.0.0.1:9229", true),
            ("10.0.0.1", true),
            ("[::1]", true),
            ("[::1]:9229", true),
            ("0.0.0.0:9229", true),
            ("0.0.0.1", false),
            ("127.0.0.1.", false),
            ("127.1", false),
            ("0177.0.0.1", false),
            ("1.2.3.400", false),
            ("example.com", false),
            ("localhost.example.com:9229", false),
            ("[example.com]", false),
            ("[::1", false),
        ] {
            assert_eq!(is_allowed_host(host), expect, "{host}");
        }
    }

    #[test]
    fn the_handshake_is_the_standards() {
        // RFC 6455, section 1.3.
        let reply = ask(
            "GET /0f2c HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\
             Connection: keep-alive, Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        );
        let Some(Reply::Switch(text)) = reply else {
            panic!("{reply:?}");
        };
        assert!(text.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    }

    #[test]
    fn what_is_no_handshake_is_refused() {
        let head = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
        for text in [
            format!("GET /other HTTP/1.1\r\n{head}Sec-WebSocket-Key: x\r\n\r\n"),
            format!("GET /0f2c HTTP/1.1\r\n{head}\r\n"),
            format!("GET /0f2c HTTP/1.1\r\nHost: evil\r\n{head}Sec-WebSocket-Key: x\r\n\r\n"),
            "POST /json HTTP/1.1\r\n\r\n".to_owned(),
            "GET /json/activate HTTP/1.1\r\n\r\n".to_owned(),
            "GET /jsonx HTTP/1.1\r\n\r\n".to_owned(),
            "GET / HTTP/1.1\r\n\r\n".to_owned(),
        ] {
            assert_eq!(ask(&text), Some(refusal()), "{text}");
        }
        for text in [
            "",
            "GET\r\n\r\n",
            "GET / HTTP/2\r\n\r\n",
            "GET / x HTTP/1.1\r\n\r\n",
        ] {
            assert_eq!(ask(text), None, "{text}");
        }
    }

    #[test]
    fn lists_are_told() {
        for path in ["/json", "/json/", "/JSON/list", "/json/list/"] {
            let Some(Reply::Answer(text)) = ask(&format!("GET {path} HTTP/1.1\r\n\r\n")) else {
                panic!("{path}");
            };
            assert!(text.contains("\"title\": \"a_b\""), "{text}");
            assert!(text.contains("\"webSocketDebuggerUrl\": \"ws://127.0.0.1:9229/0f2c\""));
        }
        let Some(Reply::Answer(text)) = ask("GET /json/version HTTP/1.1\r\n\r\n") else {
            panic!("no version");
        };
        assert!(
            text.ends_with(
                "{\n  \"Browser\": \"node.js/v1\",\n  \"Protocol-Version\": \"1.1\"\n} "
            )
        );
        let request = read(b"GET /json HTTP/1.1\r\n\r\n").unwrap();
        let Reply::Answer(text) = answer(&request, &target(), "", false) else {
            panic!("not listed");
        };
        assert!(text.starts_with("HTTP/1.0 404 "));
    }
}
