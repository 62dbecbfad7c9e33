//! A client's hello: what a server asks its program about before it goes on.

use super::ffi::{self, SSL_CLIENT_HELLO};

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Hello {
    pub session_id: Vec<u8>,
    pub servername: Option<String>,
    pub has_ticket: bool,
    pub wants_ocsp: bool,
    /// Protocols, each behind its length.
    pub alpn: Option<Vec<u8>>,
    /// What the hello itself says; TLS 1.3 stands in an extension.
    pub version: u16,
}

const SERVER_NAME: u16 = 0;
const STATUS_REQUEST: u16 = 5;
const ALPN: u16 = 16;
const SESSION_TICKET: u16 = 35;

impl Hello {
    /// `hello` is libssl's, alive for the length of this call.
    pub(super) fn read(hello: &SSL_CLIENT_HELLO) -> Hello {
        let name = extension(hello, SERVER_NAME);
        let ticket = extension(hello, SESSION_TICKET);
        let alpn = extension(hello, ALPN);
        Hello {
            session_id: ffi::copied(hello.session_id, hello.session_id_len),
            servername: name.as_deref().and_then(host_of),
            has_ticket: ticket.is_some_and(|ticket| !ticket.is_empty()),
            wants_ocsp: extension(hello, STATUS_REQUEST).is_some(),
            alpn: alpn.as_deref().and_then(sized).map(<[u8]>::to_vec),
            version: hello.version,
        }
    }
}

fn extension(hello: &SSL_CLIENT_HELLO, kind: u16) -> Option<Vec<u8>> {
    let (mut start, mut count) = (std::ptr::null(), 0);
    // SAFETY: the hello is libssl's own and alive; two values are written.
    let found =
        unsafe { ffi::SSL_early_callback_ctx_extension_get(hello, kind, &mut start, &mut count) };
    (found == 1).then(|| ffi::copied(start, count))
}

/// What stands behind its length of two bytes, and nothing after it.
fn sized(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    (usize::from(u16::from_be_bytes(*length)) == rest.len()).then_some(rest)
}

/// RFC 6066, section 3: a list of names, of which there is one kind.
fn host_of(bytes: &[u8]) -> Option<String> {
    let (kind, name) = sized(bytes)?.split_first()?;
    let name = sized(name)?;
    let is_name = *kind == 0 && !name.is_empty() && !name.contains(&0);
    is_name.then(|| String::from_utf8_lossy(name).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names() {
        let check = |bytes: &[u8], expect: Option<&str>| {
            assert_eq!(host_of(bytes).as_deref(), expect, "{bytes:?}");
        };
        check(b"\0\x05\0\0\x02ab", Some("ab"));
        check(b"\0\x05\x01\0\x02ab", None);
        check(b"\0\x05\0\0\x03ab", None);
        check(b"\0\x06\0\0\x02ab", None);
        check(b"\0\x03\0\0\0", None);
        check(b"\0\x05\0\0\x02a\0", None);
        check(b"", None);
    }
}
