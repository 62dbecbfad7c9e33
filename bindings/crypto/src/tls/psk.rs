//! Keys that were shared beforehand, up to TLS 1.2. libssl asks for the key by a callback that
//! cannot wait, so the gate reads ahead: it passes records on one at a time, and stops before the
//! one that makes libssl ask.

use aws_lc_sys::NID_auth_psk;

use super::ffi;

const CHANGE_CIPHER_SPEC: u8 = 20;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;

const SERVER_HELLO: u8 = 2;
const SERVER_KEY_EXCHANGE: u8 = 12;
const SERVER_HELLO_DONE: u8 = 14;
const CLIENT_KEY_EXCHANGE: u8 = 16;

const RECORD_HEAD_BYTES: usize = 5;
/// As libssl's own bound of a handshake's message.
const MESSAGES_BYTES_MAX: usize = 1 << 17;

pub struct Answer {
    pub identity: Vec<u8>,
    pub key: crate::Secret,
}

/// What the other side has told: a client's identity, a server's hint.
pub type Asked = Option<Vec<u8>>;

#[derive(Default)]
pub struct Gate {
    is_server: bool,
    is_open: bool,
    uses_psk: bool,
    /// Of messages whose end has not come.
    messages: Vec<u8>,
    hint: Option<Vec<u8>>,
    pub asked: Option<Asked>,
    pub answer: Option<Answer>,
}

/// What is to be done with the bytes that are there.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// So many are one record.
    Pass(usize),
    /// The record is not there yet.
    Wait,
    /// The program is to say the key first.
    Ask,
    /// Nothing will be asked any more.
    Open,
}

impl Gate {
    pub fn new(is_server: bool) -> Gate {
        Gate {
            is_server,
            ..Gate::default()
        }
    }

    /// `server_uses_psk`: what libssl has chosen, of a server.
    pub fn step(&mut self, bytes: &[u8], server_uses_psk: bool) -> Step {
        if self.is_open {
            return Step::Open;
        }
        let Some((kind, body, whole)) = record(bytes) else {
            return Step::Wait;
        };
        if self.is_server {
            self.uses_psk = server_uses_psk;
        }
        match kind {
            // Said already; libssl reads it now.
            _ if self.asked.is_some() => {
                self.is_open = true;
                return Step::Open;
            }
            HANDSHAKE => self.messages.extend_from_slice(body),
            CHANGE_CIPHER_SPEC | APPLICATION_DATA => {
                self.is_open = true;
                return Step::Open;
            }
            _ => {}
        }
        if self.messages.len() > MESSAGES_BYTES_MAX {
            self.is_open = true;
            return Step::Open;
        }
        while let Some((kind, body, count)) = message(&self.messages) {
            let asked = look(
                kind,
                body,
                self.is_server,
                &mut self.uses_psk,
                &mut self.hint,
            );
            self.messages.drain(..count);
            if let Some(asked) = asked {
                self.asked = Some(asked);
                return Step::Ask;
            }
        }
        Step::Pass(whole)
    }
}

fn look(
    kind: u8,
    body: &[u8],
    is_server: bool,
    uses_psk: &mut bool,
    hint: &mut Option<Vec<u8>>,
) -> Option<Asked> {
    match (kind, is_server) {
        (SERVER_HELLO, false) => {
            *uses_psk = chosen_cipher(body).is_some_and(is_psk);
            None
        }
        (SERVER_KEY_EXCHANGE, false) if *uses_psk => {
            *hint = prefixed(body)
                .filter(|hint| !hint.is_empty())
                .map(<[u8]>::to_vec);
            None
        }
        (SERVER_HELLO_DONE, false) if *uses_psk => Some(hint.take()),
        (CLIENT_KEY_EXCHANGE, true) if *uses_psk => Some(prefixed(body).map(<[u8]>::to_vec)),
        _ => None,
    }
}

/// Is this cipher's other side known by a key that both had?
pub fn is_psk(value: u16) -> bool {
    // SAFETY: gives a constant of libssl, or null.
    let cipher = unsafe { ffi::SSL_get_cipher_by_value(value) };
    is_psk_cipher(cipher)
}

pub fn is_psk_cipher(cipher: *const ffi::SSL_CIPHER) -> bool {
    // SAFETY: ciphers are constants of libssl.
    !cipher.is_null() && unsafe { ffi::SSL_CIPHER_get_auth_nid(cipher) } == NID_auth_psk
}

/// Kind, body, and the bytes of all.
fn record(bytes: &[u8]) -> Option<(u8, &[u8], usize)> {
    let head = bytes.first_chunk::<RECORD_HEAD_BYTES>()?;
    let whole = RECORD_HEAD_BYTES + usize::from(u16::from_be_bytes([head[3], head[4]]));
    let body = bytes.get(RECORD_HEAD_BYTES..whole)?;
    Some((head[0], body, whole))
}

fn message(bytes: &[u8]) -> Option<(u8, &[u8], usize)> {
    let head = bytes.first_chunk::<4>()?;
    let whole = 4 + u32::from_be_bytes([0, head[1], head[2], head[3]]) as usize;
    let body = bytes.get(4..whole)?;
    Some((head[0], body, whole))
}

fn prefixed(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.get(..usize::from(u16::from_be_bytes(*length)))
}

/// RFC 5246, section 7.4.1.3: version, random, session id, cipher.
fn chosen_cipher(hello: &[u8]) -> Option<u16> {
    let id_bytes = usize::from(*hello.get(34)?);
    let cipher = hello.get(35 + id_bytes..37 + id_bytes)?;
    Some(u16::from_be_bytes([cipher[0], cipher[1]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// TLS_PSK_WITH_AES_128_CBC_SHA
    const PSK_CIPHER: [u8; 2] = [0, 0x8c];

    fn wrap(kind: u8, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![HANDSHAKE, 3, 3];
        bytes.extend(((body.len() + 4) as u16).to_be_bytes());
        bytes.extend([kind, 0, 0, body.len() as u8]);
        bytes.extend(body);
        bytes
    }

    fn server_hello(cipher: [u8; 2]) -> Vec<u8> {
        let mut body = vec![3, 3];
        body.extend([7; 32]);
        body.extend([0, cipher[0], cipher[1], 0]);
        wrap(SERVER_HELLO, &body)
    }

    #[test]
    fn a_client_is_asked_when_the_server_has_said_all() {
        for (cipher, expect) in [(PSK_CIPHER, Step::Ask), ([0xc0, 0x2f], Step::Pass(9))] {
            let mut gate = Gate::new(false);
            let hello = server_hello(cipher);
            assert_eq!(gate.step(&hello[..20], false), Step::Wait);
            assert_eq!(gate.step(&hello, false), Step::Pass(hello.len()));
            let exchange = wrap(SERVER_KEY_EXCHANGE, b"\0\x04hint");
            assert_eq!(gate.step(&exchange, false), Step::Pass(exchange.len()));
            assert_eq!(gate.step(&wrap(SERVER_HELLO_DONE, b""), false), expect);
            if expect == Step::Ask {
                assert_eq!(gate.asked, Some(Some(b"hint".to_vec())));
            }
        }
    }

    #[test]
    fn a_server_is_asked_for_the_key_of_an_identity() {
        let exchange = wrap(CLIENT_KEY_EXCHANGE, b"\0\x02me");
        let mut gate = Gate::new(true);
        assert_eq!(gate.step(&exchange, true), Step::Ask);
        assert_eq!(gate.asked, Some(Some(b"me".to_vec())));
        assert_eq!(gate.step(&exchange, true), Step::Open);
        let mut other = Gate::new(true);
        assert_eq!(other.step(&exchange, false), Step::Pass(exchange.len()));
        assert_eq!(other.step(&[23, 3, 3, 0, 0], false), Step::Open);
    }
}
