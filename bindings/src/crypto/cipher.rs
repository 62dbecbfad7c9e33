//! Ciphers: Node's rules of lengths and tags over libcrypto's.

use coring_crypto::cipher::{self, Algorithm, Cipher, Mode, PIECE_BYTES_MAX, TAG_BYTES_MAX};
use coring_crypto::{Failure, Result};
use coring_engine::{Bytes, Data, Js, ops};

use super::handle;
use super::text::with_bytes;
use crate::Natives;

ops! { crypto(Natives) {
    /// Every listed name of a cipher.
    slow cipherNames();
    /// Of a name, or (empty name) of libcrypto's number: see `info`; undefined: there is none.
    slow cipherOf(name: String, nid: i32);
    /// Does it take keys (-1: not asked) and initialization vectors of these lengths?
    slow cipherTakes(number: i32, key_bytes: i32, iv_bytes: i32);
    /// A handle. key: bytes, text, or the handle of a secret key; iv: null where there is none;
    /// tag_bytes: -1 where nothing was said. name: as the program gave it.
    slow cipherOpen(encrypts: bool, name: String, key: Data, key_handle: i32, iv: Data,
        tag_bytes: f64);
    /// A Buffer.
    slow cipherUpdate(handle: i32, data: Data, encoding: i32);
    /// Ends it and frees the handle: a Buffer, or [Buffer, the tag].
    slow cipherFinal(handle: i32);
    /// false: not now; null: not at all.
    slow cipherSetTag(handle: i32, tag: Bytes);
    /// plain_bytes: -1 where nothing was said.
    slow cipherSetAad(handle: i32, bytes: Bytes, plain_bytes: f64);
    slow cipherSetPadding(handle: i32, padded: bool);
    slow cipherClose(handle: i32);
} }

/// Where deciphering stands with the tag that its bytes must have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    Unknown,
    Known,
    /// libcrypto has it.
    Passed,
}

/// One Cipheriv or Decipheriv.
pub struct Session {
    cipher: Cipher,
    /// None: nothing was said, and nothing had to be.
    tag_bytes: Option<usize>,
    tag: Vec<u8>,
    tag_state: Tag,
    /// Of CCM.
    message_bytes_max: usize,
    /// Of CCM: the bytes did not have their tag, or came in pieces, which `finish` tells.
    is_forged: bool,
    /// Of CCM: how long the message will be has been told.
    is_announced: bool,
    /// Of CCM: the message, which comes in one piece, has come.
    has_message: bool,
}

fn invalid_iv() -> Failure {
    Failure::plain("ERR_CRYPTO_INVALID_IV", "Invalid initialization vector")
}

fn invalid_tag_length(count: f64) -> Failure {
    let message = format!("Invalid authentication tag length: {count}");
    Failure::plain("ERR_CRYPTO_INVALID_AUTH_TAG", &message)
}

fn unsupported() -> Failure {
    Failure::plain("", "Trying to add data in unsupported state")
}

/// NIST SP 800-38D, section 5.2.1.2.
fn is_gcm_tag_length(count: usize) -> bool {
    matches!(count, 4 | 8 | 12..=16)
}

/// Of ChaCha20-Poly1305, which takes shorter ones too: RFC 8439, section 2.8.
const CHACHA_IV_BYTES_MAX: usize = 12;

impl Session {
    fn open(
        encrypts: bool,
        name: &str,
        key: &[u8],
        iv: Option<&[u8]>,
        tag_bytes: Option<f64>,
    ) -> Result<Session> {
        let algorithm = Algorithm::by_name(name)
            .ok_or_else(|| Failure::plain("ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher"))?;
        let iv = iv.filter(|iv| !iv.is_empty());
        let iv_count = iv.map_or(0, <[u8]>::len);
        let is_other = iv_count != algorithm.iv_bytes();
        if is_other && (iv.is_none() || !algorithm.is_authenticated()) {
            return Err(invalid_iv());
        }
        if algorithm.is_chacha20_poly1305() && iv_count > CHACHA_IV_BYTES_MAX {
            return Err(invalid_iv());
        }
        let mut session = Session {
            cipher: Cipher::new(algorithm, encrypts)?,
            tag_bytes: None,
            tag: Vec::new(),
            tag_state: Tag::Unknown,
            message_bytes_max: PIECE_BYTES_MAX,
            is_forged: false,
            is_announced: false,
            has_message: false,
        };
        if algorithm.is_authenticated() {
            session.set_lengths(name, iv_count, tag_bytes)?;
        }
        if !session.cipher.set_key_bytes(key.len()) {
            return Err(Failure::plain(
                "ERR_CRYPTO_INVALID_KEYLEN",
                "Invalid key length",
            ));
        }
        session.cipher.set_key(key, iv)?;
        Ok(session)
    }

    fn set_lengths(&mut self, name: &str, iv_bytes: usize, tag_bytes: Option<f64>) -> Result<()> {
        if !self.cipher.set_iv_bytes(iv_bytes) {
            return Err(invalid_iv());
        }
        let algorithm = self.cipher.algorithm();
        if algorithm.mode() == Mode::Gcm {
            if let Some(count) = tag_bytes {
                if !is_gcm_tag_length(count as usize) {
                    return Err(invalid_tag_length(count));
                }
                self.tag_bytes = Some(count as usize);
            }
            return Ok(());
        }
        let count = match tag_bytes {
            Some(count) => count,
            None if algorithm.is_chacha20_poly1305() => TAG_BYTES_MAX as f64,
            None => {
                let message = format!("authTagLength required for {name}");
                return Err(Failure::plain("ERR_CRYPTO_INVALID_AUTH_TAG", &message));
            }
        };
        let is_length = (1.0..=TAG_BYTES_MAX as f64).contains(&count);
        // Of ChaCha20-Poly1305 libcrypto takes tags only.
        let mut is_told =
            || algorithm.is_chacha20_poly1305() || self.cipher.set_tag_bytes(count as usize);
        if !is_length || !is_told() {
            return Err(invalid_tag_length(count));
        }
        self.tag_bytes = Some(count as usize);
        if algorithm.mode() == Mode::Ccm {
            // RFC 3610, section 2.1: what the vector leaves of 15 bytes counts the message.
            self.message_bytes_max = match iv_bytes {
                12 => (1 << 24) - 1,
                13 => (1 << 16) - 1,
                _ => PIECE_BYTES_MAX,
            };
        }
        Ok(())
    }

    fn is_authenticated(&self) -> bool {
        self.cipher.algorithm().is_authenticated()
    }

    fn is_ccm(&self) -> bool {
        self.cipher.algorithm().mode() == Mode::Ccm
    }

    fn check_message_bytes(&self, count: usize) -> Result<()> {
        match count <= self.message_bytes_max {
            true => Ok(()),
            false => Err(Failure::plain(
                "ERR_CRYPTO_INVALID_MESSAGELEN",
                "Invalid message length",
            )),
        }
    }

    /// False: not the time for it.
    fn set_tag(&mut self, tag: &[u8]) -> Result<bool> {
        let is_time = self.is_authenticated()
            && !self.cipher.is_encrypting()
            && self.tag_state == Tag::Unknown;
        if !is_time {
            return Ok(false);
        }
        let is_said = self.tag_bytes.is_none_or(|count| count == tag.len());
        let is_gcm = self.cipher.algorithm().mode() == Mode::Gcm;
        if !is_said || (is_gcm && !is_gcm_tag_length(tag.len())) {
            return Err(invalid_tag_length(tag.len() as f64));
        }
        self.tag_bytes = Some(tag.len());
        self.tag = tag.to_vec();
        self.tag_state = Tag::Known;
        Ok(true)
    }

    fn pass_tag(&mut self) -> bool {
        if self.tag_state != Tag::Known {
            return true;
        }
        self.tag_state = Tag::Passed;
        self.cipher.set_tag(&self.tag)
    }

    /// False: not the time for it.
    fn set_aad(&mut self, bytes: &[u8], plain_bytes: Option<usize>) -> Result<bool> {
        if !self.is_authenticated() {
            return Ok(false);
        }
        if self.is_ccm() {
            let Some(count) = plain_bytes else {
                let message = "options.plaintextLength required for CCM mode with AAD";
                return Err(Failure::plain("ERR_MISSING_ARGS", message));
            };
            self.check_message_bytes(count)?;
            if !self.cipher.is_encrypting() && !self.pass_tag() {
                return Ok(false);
            }
            self.is_announced = true;
            if !self.cipher.announce(count) {
                return Ok(false);
            }
        }
        Ok(self.cipher.authenticate(bytes))
    }

    fn update(&mut self, bytes: &[u8]) -> Result<Vec<u8>> {
        if self.is_ccm() {
            self.check_message_bytes(bytes.len())?;
            if std::mem::replace(&mut self.has_message, true) {
                self.is_forged = true;
                return Err(unsupported());
            }
        }
        let is_decrypting = !self.cipher.is_encrypting();
        if is_decrypting && !self.pass_tag() {
            return Err(unsupported());
        }
        if self.is_ccm() && !self.is_announced && !self.cipher.announce(bytes.len()) {
            return Err(unsupported());
        }
        match self.cipher.update(bytes) {
            // What CCM deciphers comes at once, and is authentic or does not come at all.
            Err(_) if is_decrypting && self.is_ccm() => {
                self.is_forged = true;
                Ok(Vec::new())
            }
            result => result,
        }
    }

    /// The last bytes, and the tag of what was enciphered.
    fn finish(mut self) -> Result<(Vec<u8>, Option<Vec<u8>>)> {
        let refusal = match self.is_authenticated() {
            true => "Unsupported state or unable to authenticate data",
            false => "Unsupported state",
        };
        let refused = || Failure::plain("", refusal);
        if !self.cipher.is_encrypting() && self.is_authenticated() {
            let has_tag = self.pass_tag() && self.tag_state == Tag::Passed;
            if !has_tag || self.is_forged {
                return Err(refused());
            }
            if self.is_ccm() {
                return Ok((Vec::new(), None));
            }
        }
        if self.is_forged {
            return Err(refused());
        }
        let last = match self.cipher.finish() {
            Ok(last) => last,
            Err(Failure::Plain { .. }) => return Err(refused()),
            // A forged message has no reason but that.
            Err(_) if self.is_authenticated() => return Err(refused()),
            Err(failure) => return Err(failure),
        };
        if !self.cipher.is_encrypting() || !self.is_authenticated() {
            return Ok((last, None));
        }
        let count = self.tag_bytes.unwrap_or(TAG_BYTES_MAX);
        let tag = self.cipher.tag(count).ok_or_else(refused)?;
        Ok((last, Some(tag)))
    }
}

#[allow(non_snake_case)]
fn cipherNames(_: &mut Natives) -> Js {
    Js::List(cipher::names().into_iter().map(Js::from).collect())
}

fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Stream => "stream",
        Mode::Ecb => "ecb",
        Mode::Cbc => "cbc",
        Mode::Cfb => "cfb",
        Mode::Ofb => "ofb",
        Mode::Ctr => "ctr",
        Mode::Gcm => "gcm",
        Mode::Xts => "xts",
        Mode::Ccm => "ccm",
        Mode::Wrap => "wrap",
    }
}

/// [number, mode, name, nid, bytes of block, initialization vector and key]
#[allow(non_snake_case)]
fn cipherOf(_: &mut Natives, name: String, nid: i32) -> Js {
    let found = match name.is_empty() {
        true => Algorithm::by_nid(nid),
        false => Algorithm::by_name(&name),
    };
    let Some(algorithm) = found else {
        return Js::Undefined;
    };
    Js::List(vec![
        (algorithm.index() as u32).into(),
        mode_name(algorithm.mode()).into(),
        algorithm.name().to_ascii_lowercase().into(),
        algorithm.nid().into(),
        (algorithm.block_bytes() as u32).into(),
        (algorithm.iv_bytes() as u32).into(),
        (algorithm.key_bytes() as u32).into(),
    ])
}

#[allow(non_snake_case)]
fn cipherTakes(_: &mut Natives, number: i32, key_bytes: i32, iv_bytes: i32) -> bool {
    let algorithm = usize::try_from(number).ok().and_then(Algorithm::by_index);
    let Some(Ok(mut cipher)) = algorithm.map(|algorithm| Cipher::new(algorithm, true)) else {
        return false;
    };
    let algorithm = cipher.algorithm();
    let takes_key = usize::try_from(key_bytes).map_or(true, |count| cipher.set_key_bytes(count));
    let takes_iv = usize::try_from(iv_bytes).map_or(true, |count| match algorithm.mode() {
        // Any would do in the end, and Node says so.
        Mode::Gcm => true,
        Mode::Ccm => (7..=13).contains(&count),
        Mode::Stream => count <= CHACHA_IV_BYTES_MAX,
        Mode::Ecb | Mode::Cbc | Mode::Cfb | Mode::Ofb | Mode::Ctr | Mode::Xts | Mode::Wrap => {
            count == algorithm.iv_bytes()
        }
    });
    takes_key && takes_iv
}

#[allow(non_snake_case)]
fn cipherOpen(
    natives: &mut Natives,
    encrypts: bool,
    name: String,
    key: Data,
    key_handle: i32,
    iv: Data,
    tag_bytes: f64,
) -> Js {
    let tag_bytes = (tag_bytes >= 0.0).then_some(tag_bytes);
    let opened = natives.with_secret(&key, key_handle, |key| match &iv {
        Data::None => Session::open(encrypts, &name, key, None, tag_bytes),
        iv => with_bytes(iv, super::text::encoding::UTF8, |iv| {
            Session::open(encrypts, &name, key, Some(iv), tag_bytes)
        }),
    });
    natives.crypto_keep(|state| &mut state.ciphers, opened)
}

impl Natives {
    /// False where the handle is stale.
    fn with_session(&mut self, number: i32, act: impl FnOnce(&mut Session) -> Result<bool>) -> Js {
        let session = self.crypto.ciphers.get_mut(handle(number));
        let result = session.map_or(Ok(false), act);
        self.crypto_answer(result)
    }
}

#[allow(non_snake_case)]
fn cipherUpdate(natives: &mut Natives, number: i32, data: Data, encoding: i32) -> Js {
    natives.crypto_with(
        |state| &mut state.ciphers,
        number,
        unsupported,
        |session| with_bytes(&data, encoding, |bytes| session.update(bytes)).map(Js::Bytes),
    )
}

#[allow(non_snake_case)]
fn cipherFinal(natives: &mut Natives, number: i32) -> Js {
    let result = match natives.crypto.ciphers.remove(handle(number)) {
        Some(session) => session.finish(),
        None => Err(Failure::plain("ERR_CRYPTO_INVALID_STATE", "Invalid state")),
    };
    natives.crypto_answer(result.map(|(last, tag)| match tag {
        Some(tag) => Js::List(vec![last.into(), tag.into()]),
        None => last.into(),
    }))
}

#[allow(non_snake_case)]
fn cipherSetTag(natives: &mut Natives, number: i32, tag: Bytes) -> Js {
    natives.with_session(number, |session| session.set_tag(tag.as_slice()))
}

#[allow(non_snake_case)]
fn cipherSetAad(natives: &mut Natives, number: i32, bytes: Bytes, plain_bytes: f64) -> Js {
    let plain_bytes = (plain_bytes >= 0.0).then_some(plain_bytes as usize);
    natives.with_session(number, |session| {
        session.set_aad(bytes.as_slice(), plain_bytes)
    })
}

#[allow(non_snake_case)]
fn cipherSetPadding(natives: &mut Natives, number: i32, padded: bool) -> Js {
    natives.with_session(number, |session| Ok(session.cipher.set_padding(padded)))
}

#[allow(non_snake_case)]
fn cipherClose(natives: &mut Natives, number: i32) {
    natives.crypto.ciphers.remove(handle(number));
}
