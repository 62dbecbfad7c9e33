//! Ciphers by name, and bytes going through one.

use aws_lc_sys as ffi;

use crate::owned::{Owned, release};
use crate::wrap::{wrap, wrap_padded};
use crate::{Failure, Result, Secret, failure};

release!(EVP_CIPHER_CTX, EVP_CIPHER_CTX_free);

/// Longest tag of an authenticated cipher.
pub const TAG_BYTES_MAX: usize = 16;

/// Most bytes that libcrypto counts in one call.
pub const PIECE_BYTES_MAX: usize = i32::MAX as usize;

const UNSUPPORTED: &str = "Trying to add data in unsupported state";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Stream,
    Ecb,
    Cbc,
    Cfb,
    Ofb,
    Ctr,
    Gcm,
    Xts,
    Ccm,
    Wrap,
}

/// One cipher algorithm.
#[derive(Clone, Copy)]
pub struct Algorithm {
    row: &'static Row,
}

/// How it is done.
enum Kind {
    /// By libcrypto, piece by piece.
    Pieces(unsafe extern "C" fn() -> *const ffi::EVP_CIPHER),
    /// Whole keys at once.
    Wrap {
        key_bytes: usize,
        is_padded: bool,
        nid: i32,
    },
}

struct Row {
    kind: Kind,
    mode: Mode,
    /// The first name is the algorithm's own.
    names: &'static [&'static str],
}

macro_rules! row {
    ($make:ident, $mode:ident, $($name:literal),*) => {
        Row { kind: Kind::Pieces(ffi::$make), mode: Mode::$mode, names: &[$($name),*] }
    };
    (wrap $key_bytes:literal, $is_padded:literal, $nid:literal, $($name:literal),*) => {
        Row {
            kind: Kind::Wrap { key_bytes: $key_bytes, is_padded: $is_padded, nid: $nid },
            mode: Mode::Wrap,
            names: &[$($name),*],
        }
    };
}

static ROWS: &[Row] = &[
    row!(EVP_aes_128_cbc, Cbc, "aes-128-cbc", "aes128"),
    row!(EVP_aes_192_cbc, Cbc, "aes-192-cbc", "aes192"),
    row!(EVP_aes_256_cbc, Cbc, "aes-256-cbc", "aes256"),
    row!(EVP_aes_128_ecb, Ecb, "aes-128-ecb"),
    row!(EVP_aes_192_ecb, Ecb, "aes-192-ecb"),
    row!(EVP_aes_256_ecb, Ecb, "aes-256-ecb"),
    row!(EVP_aes_128_ctr, Ctr, "aes-128-ctr"),
    row!(EVP_aes_192_ctr, Ctr, "aes-192-ctr"),
    row!(EVP_aes_256_ctr, Ctr, "aes-256-ctr"),
    row!(EVP_aes_128_ofb, Ofb, "aes-128-ofb"),
    row!(EVP_aes_192_ofb, Ofb, "aes-192-ofb"),
    row!(EVP_aes_256_ofb, Ofb, "aes-256-ofb"),
    row!(EVP_aes_128_cfb128, Cfb, "aes-128-cfb"),
    row!(EVP_aes_192_cfb128, Cfb, "aes-192-cfb"),
    row!(EVP_aes_256_cfb128, Cfb, "aes-256-cfb"),
    row!(EVP_aes_128_cfb1, Cfb, "aes-128-cfb1"),
    row!(EVP_aes_192_cfb1, Cfb, "aes-192-cfb1"),
    row!(EVP_aes_256_cfb1, Cfb, "aes-256-cfb1"),
    row!(EVP_aes_128_cfb8, Cfb, "aes-128-cfb8"),
    row!(EVP_aes_192_cfb8, Cfb, "aes-192-cfb8"),
    row!(EVP_aes_256_cfb8, Cfb, "aes-256-cfb8"),
    row!(EVP_aes_128_gcm, Gcm, "id-aes128-GCM", "aes-128-gcm"),
    row!(EVP_aes_192_gcm, Gcm, "id-aes192-GCM", "aes-192-gcm"),
    row!(EVP_aes_256_gcm, Gcm, "id-aes256-GCM", "aes-256-gcm"),
    row!(EVP_aes_128_ccm, Ccm, "id-aes128-CCM", "aes-128-ccm"),
    row!(EVP_aes_192_ccm, Ccm, "id-aes192-CCM", "aes-192-ccm"),
    row!(EVP_aes_256_ccm, Ccm, "id-aes256-CCM", "aes-256-ccm"),
    row!(EVP_aes_256_xts, Xts, "aes-256-xts"),
    row!(EVP_chacha20_poly1305, Stream, "chacha20-poly1305"),
    row!(EVP_des_ede, Ecb, "des-ede", "des-ede-ecb"),
    row!(EVP_des_ede_cbc, Cbc, "des-ede-cbc"),
    row!(EVP_des_ede3, Ecb, "des-ede3", "des-ede3-ecb"),
    row!(EVP_des_ede3_cbc, Cbc, "des-ede3-cbc", "des3"),
    row!(wrap 16, false, 788, "id-aes128-wrap", "aes128-wrap"),
    row!(wrap 24, false, 789, "id-aes192-wrap", "aes192-wrap"),
    row!(wrap 32, false, 790, "id-aes256-wrap", "aes256-wrap"),
    row!(wrap 16, true, 897, "id-aes128-wrap-pad", "aes128-wrap-pad"),
    row!(wrap 24, true, 900, "id-aes192-wrap-pad", "aes192-wrap-pad"),
    row!(wrap 32, true, 903, "id-aes256-wrap-pad", "aes256-wrap-pad"),
];

impl Algorithm {
    pub fn by_name(name: &str) -> Option<Algorithm> {
        let is_named = |row: &&Row| {
            let mut names = row.names.iter();
            names.any(|known| known.eq_ignore_ascii_case(name))
        };
        ROWS.iter().find(is_named).map(|row| Algorithm { row })
    }

    /// By libcrypto's own number of it, which is OpenSSL's.
    pub fn by_nid(nid: i32) -> Option<Algorithm> {
        let mut all = ROWS.iter().map(|row| Algorithm { row });
        all.find(|algorithm| algorithm.nid() == nid)
    }

    /// By what `index` gave.
    pub fn by_index(index: usize) -> Option<Algorithm> {
        ROWS.get(index).map(|row| Algorithm { row })
    }

    pub fn index(self) -> usize {
        let at = ROWS.iter().position(|row| std::ptr::eq(row, self.row));
        at.expect("every algorithm has a row")
    }

    pub fn name(self) -> &'static str {
        self.row.names[0]
    }

    pub fn mode(self) -> Mode {
        self.row.mode
    }

    pub fn is_chacha20_poly1305(self) -> bool {
        self.row.mode == Mode::Stream
    }

    /// Does it give a tag beside what it enciphers?
    pub fn is_authenticated(self) -> bool {
        matches!(self.row.mode, Mode::Gcm | Mode::Ccm) || self.is_chacha20_poly1305()
    }

    /// OpenSSL's number of it.
    pub fn nid(self) -> i32 {
        match self.row.kind {
            Kind::Wrap { nid, .. } => nid,
            // AWS-LC gives it another number than OpenSSL.
            Kind::Pieces(_) if self.is_chacha20_poly1305() => 1018,
            Kind::Pieces(make) => {
                let algorithm = constant(make);
                // SAFETY: reads a constant of libcrypto.
                unsafe { ffi::EVP_CIPHER_nid(algorithm) }
            }
        }
    }

    pub fn key_bytes(self) -> usize {
        match self.row.kind {
            Kind::Wrap { key_bytes, .. } => key_bytes,
            Kind::Pieces(make) => {
                let algorithm = constant(make);
                // SAFETY: reads a constant of libcrypto.
                unsafe { ffi::EVP_CIPHER_key_length(algorithm) as usize }
            }
        }
    }

    /// Of an authenticated one: unless another length is told.
    pub fn iv_bytes(self) -> usize {
        match self.row.kind {
            Kind::Wrap { is_padded, .. } => match is_padded {
                true => 4,
                false => 8,
            },
            // AWS-LC's default is another than OpenSSL's; the length is always told.
            Kind::Pieces(_) if self.row.mode == Mode::Ccm => 12,
            Kind::Pieces(make) => {
                let algorithm = constant(make);
                // SAFETY: reads a constant of libcrypto.
                unsafe { ffi::EVP_CIPHER_iv_length(algorithm) as usize }
            }
        }
    }

    pub fn block_bytes(self) -> usize {
        match self.row.kind {
            Kind::Wrap { .. } => 8,
            Kind::Pieces(make) => {
                let algorithm = constant(make);
                // SAFETY: reads a constant of libcrypto.
                unsafe { ffi::EVP_CIPHER_block_size(algorithm) as usize }
            }
        }
    }
}

fn constant(make: unsafe extern "C" fn() -> *const ffi::EVP_CIPHER) -> *const ffi::EVP_CIPHER {
    // SAFETY: takes no argument, gives a constant that lives as long as the program.
    unsafe { make() }
}

/// Every listed name, sorted by their bytes.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = ROWS.iter().flat_map(|row| row.names).copied().collect();
    names.sort_unstable();
    names
}

enum State {
    Pieces(Owned<ffi::EVP_CIPHER_CTX>),
    /// Key and vector.
    Wrap {
        key: Secret,
        iv: Vec<u8>,
        is_padded: bool,
    },
}

/// Bytes on their way through a cipher: first `new`, lengths, `set_key`, then the bytes.
pub struct Cipher {
    state: State,
    algorithm: Algorithm,
    is_encrypting: bool,
    key_bytes: usize,
    iv_bytes: usize,
    is_ready: bool,
}

impl Cipher {
    pub fn new(algorithm: Algorithm, is_encrypting: bool) -> Result<Cipher> {
        let state = match algorithm.row.kind {
            // SAFETY: takes no argument; what it gives is ours.
            Kind::Pieces(_) => State::Pieces(Owned::of(unsafe { ffi::EVP_CIPHER_CTX_new() })?),
            Kind::Wrap { is_padded, .. } => State::Wrap {
                key: Secret::new(Vec::new()),
                iv: Vec::new(),
                is_padded,
            },
        };
        let mut cipher = Cipher {
            state,
            algorithm,
            is_encrypting,
            key_bytes: algorithm.key_bytes(),
            iv_bytes: algorithm.iv_bytes(),
            is_ready: false,
        };
        if let Kind::Pieces(make) = algorithm.row.kind {
            let none = std::ptr::null();
            cipher.init(constant(make), none, none)?;
        }
        Ok(cipher)
    }

    /// libcrypto's state, of all but those that wrap keys.
    fn pieces(&mut self) -> *mut ffi::EVP_CIPHER_CTX {
        match &mut self.state {
            State::Pieces(state) => state.as_mut_ptr(),
            State::Wrap { .. } => unreachable!("its callers have looked"),
        }
    }

    fn init(
        &mut self,
        algorithm: *const ffi::EVP_CIPHER,
        key: *const u8,
        iv: *const u8,
    ) -> Result<()> {
        let state = self.pieces();
        // SAFETY: the state is live; `algorithm` is null or a constant; key and iv are null or have
        // the lengths that the state was told before.
        let done = unsafe {
            ffi::EVP_CipherInit_ex(
                state,
                algorithm,
                std::ptr::null_mut(),
                key,
                iv,
                i32::from(self.is_encrypting),
            )
        };
        failure::check(done, "Failed to initialize cipher")
    }

    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub fn is_encrypting(&self) -> bool {
        self.is_encrypting
    }

    /// Of authenticated ciphers. False: there is no such length.
    pub fn set_iv_bytes(&mut self, count: usize) -> bool {
        assert!(self.algorithm.is_authenticated());
        let done = i32::try_from(count).is_ok_and(|count| {
            self.control(ffi::EVP_CTRL_AEAD_SET_IVLEN, count, std::ptr::null_mut())
        });
        if done {
            self.iv_bytes = count;
        }
        done
    }

    /// Of CCM, before the key; others would read a tag. False: there is no such length.
    pub fn set_tag_bytes(&mut self, count: usize) -> bool {
        assert_eq!(self.algorithm.mode(), Mode::Ccm);
        let Ok(count) = i32::try_from(count) else {
            return false;
        };
        self.control(ffi::EVP_CTRL_AEAD_SET_TAG, count, std::ptr::null_mut())
    }

    /// `command` of `count` bytes: `memory` is null or has as many.
    fn control(&mut self, command: i32, count: i32, memory: *mut u8) -> bool {
        let state = self.pieces();
        // SAFETY: the state is live; the commands read or write `count` bytes of `memory`, or none.
        let done = unsafe { ffi::EVP_CIPHER_CTX_ctrl(state, command, count, memory.cast()) };
        failure::check(done, "").is_ok()
    }

    /// False: the cipher takes no key of this length.
    pub fn set_key_bytes(&mut self, count: usize) -> bool {
        if matches!(self.state, State::Wrap { .. }) {
            return count == self.key_bytes;
        }
        let Ok(number) = u32::try_from(count) else {
            return false;
        };
        let state = self.pieces();
        // SAFETY: the state is live.
        let done = unsafe { ffi::EVP_CIPHER_CTX_set_key_length(state, number) };
        let done = failure::check(done, "").is_ok();
        if done {
            self.key_bytes = count;
        }
        done
    }

    /// The key has the length that was told; the iv too, or the algorithm's own.
    pub fn set_key(&mut self, key: &[u8], iv: Option<&[u8]>) -> Result<()> {
        assert_eq!(key.len(), self.key_bytes);
        assert!(iv.is_none_or(|iv| iv.len() == self.iv_bytes));
        if let State::Wrap {
            key: kept,
            iv: vector,
            ..
        } = &mut self.state
        {
            *kept = Secret::from(key);
            *vector = iv.unwrap_or_default().to_vec();
            self.is_ready = true;
            return Ok(());
        }
        let iv = iv.map_or(std::ptr::null(), <[u8]>::as_ptr);
        self.init(std::ptr::null(), key.as_ptr(), iv)?;
        self.is_ready = true;
        Ok(())
    }

    pub fn set_padding(&mut self, is_padded: bool) -> bool {
        if matches!(self.state, State::Wrap { .. }) {
            return true;
        }
        let state = self.pieces();
        // SAFETY: the state is live.
        let done = unsafe { ffi::EVP_CIPHER_CTX_set_padding(state, i32::from(is_padded)) };
        done == 1
    }

    /// Of deciphering: the tag that the bytes must have.
    pub fn set_tag(&mut self, tag: &[u8]) -> bool {
        assert!(self.algorithm.is_authenticated() && tag.len() <= TAG_BYTES_MAX);
        let mut copy = [0; TAG_BYTES_MAX];
        copy[..tag.len()].copy_from_slice(tag);
        self.control(
            ffi::EVP_CTRL_AEAD_SET_TAG,
            tag.len() as i32,
            copy.as_mut_ptr(),
        )
    }

    /// Of enciphering, behind the end: the tag.
    pub fn tag(&mut self, count: usize) -> Option<Vec<u8>> {
        assert!(self.algorithm.is_authenticated() && count <= TAG_BYTES_MAX);
        let mut tag = vec![0; count];
        self.control(ffi::EVP_CTRL_AEAD_GET_TAG, count as i32, tag.as_mut_ptr())
            .then_some(tag)
    }

    /// Of CCM, before anything else: how many bytes there will be.
    pub fn announce(&mut self, count: usize) -> bool {
        assert_eq!(self.algorithm.mode(), Mode::Ccm);
        self.pass(std::ptr::null(), count, std::ptr::null_mut())
            .is_ok()
    }

    /// Bytes that are authenticated and not enciphered.
    pub fn authenticate(&mut self, bytes: &[u8]) -> bool {
        assert!(self.algorithm.is_authenticated());
        self.pass(bytes.as_ptr(), bytes.len(), std::ptr::null_mut())
            .is_ok()
    }

    pub fn update(&mut self, bytes: &[u8]) -> Result<Vec<u8>> {
        if let State::Wrap { key, iv, is_padded } = &self.state {
            assert!(self.is_ready);
            let key = key.as_slice();
            let wrapped = match is_padded {
                true => wrap_padded(key, iv, bytes, self.is_encrypting)?,
                false => wrap(key, iv, bytes, self.is_encrypting)?,
            };
            return wrapped.ok_or_else(|| Failure::of_queue(UNSUPPORTED));
        }
        let mut out = Vec::with_capacity(bytes.len() + self.algorithm.block_bytes());
        let count = self.pass(bytes.as_ptr(), bytes.len(), out.as_mut_ptr())?;
        assert!(count <= out.capacity());
        // SAFETY: libcrypto has written so many bytes from the first on.
        unsafe { out.set_len(count) };
        Ok(out)
    }

    /// `bytes`: `count` of them, or null; `out`: null, or room for them and one block.
    fn pass(&mut self, bytes: *const u8, count: usize, out: *mut u8) -> Result<usize> {
        assert!(self.is_ready);
        let count = i32::try_from(count).map_err(|_| Failure::plain("", UNSUPPORTED))?;
        let mut written = 0;
        let state = self.pieces();
        // SAFETY: the state is live; the caller says that the memory is as long as is told.
        let done = unsafe { ffi::EVP_CipherUpdate(state, out, &mut written, bytes, count) };
        failure::check(done, UNSUPPORTED)?;
        Ok(written as usize)
    }

    /// The last bytes. The state takes no more.
    pub fn finish(&mut self) -> Result<Vec<u8>> {
        assert!(self.is_ready);
        if matches!(self.state, State::Wrap { .. }) {
            return Ok(Vec::new());
        }
        let mut out = vec![0; self.algorithm.block_bytes().max(TAG_BYTES_MAX)];
        let mut written = 0;
        let state = self.pieces();
        // SAFETY: the state is live, and `out` has room for a block.
        let done = unsafe { ffi::EVP_CipherFinal_ex(state, out.as_mut_ptr(), &mut written) };
        failure::check(done, "")?;
        out.truncate(written as usize);
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CVE-2026-48933 of Node: libcrypto counts with 32 bits.
    #[test]
    fn lengths_do_not_overflow() {
        let algorithm = Algorithm::by_name("aes-128-cbc").expect("a cipher");
        for (count, is_fine) in [(32, true), (i32::MAX as usize, false), (1 << 31, false)] {
            let mut cipher = Cipher::new(algorithm, true).expect("begins");
            cipher
                .set_key(&[1; 16], Some(&[2; 16]))
                .expect("takes its key");
            // Never written to, so it takes no memory.
            let bytes = vec![0; count];
            assert_eq!(cipher.update(&bytes).is_ok(), is_fine, "{count}");
        }
    }

    fn through(name: &str, is_encrypting: bool, key: &[u8], iv: &[u8], bytes: &[u8]) -> Vec<u8> {
        let algorithm = Algorithm::by_name(name).expect("an algorithm");
        let mut cipher = Cipher::new(algorithm, is_encrypting).expect("a cipher");
        cipher.set_key(key, Some(iv)).expect("a key");
        let mut out = cipher.update(bytes).expect("bytes");
        out.extend(cipher.finish().expect("an end"));
        out
    }

    #[test]
    fn what_goes_in_comes_back() {
        for name in ["aes-128-cbc", "aes-128-ctr", "aes-128-cfb8"] {
            let secret = through(name, true, &[1; 16], &[2; 16], b"some bytes to be hidden");
            assert_ne!(secret, b"some bytes to be hidden");
            let plain = through(name, false, &[1; 16], &[2; 16], &secret);
            assert_eq!(plain, b"some bytes to be hidden");
        }
    }

    #[test]
    fn rows_agree_with_libcrypto() {
        for (index, row) in ROWS.iter().enumerate() {
            let algorithm = Algorithm { row };
            assert_eq!(algorithm.index(), index);
            assert!(algorithm.key_bytes() > 0, "{}", algorithm.name());
            let cipher = Cipher::new(algorithm, true);
            assert!(cipher.is_ok(), "{}", algorithm.name());
        }
    }

    #[test]
    fn a_wrong_tag_is_noticed() {
        let algorithm = Algorithm::by_name("aes-128-gcm").expect("an algorithm");
        let mut cipher = Cipher::new(algorithm, true).expect("a cipher");
        cipher.set_key(&[1; 16], Some(&[2; 12])).expect("a key");
        let secret = cipher.update(b"bytes").expect("bytes");
        cipher.finish().expect("an end");
        let tag = cipher.tag(16).expect("a tag");
        for (tag, expect) in [(tag.clone(), true), (vec![0; 16], false)] {
            let mut cipher = Cipher::new(algorithm, false).expect("a cipher");
            cipher.set_key(&[1; 16], Some(&[2; 12])).expect("a key");
            cipher.update(&secret).expect("bytes");
            assert!(cipher.set_tag(&tag));
            assert_eq!(cipher.finish().is_ok(), expect);
        }
    }
}
