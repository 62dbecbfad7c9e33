//! PEM: text around encoded keys, the old way of locking them included.

use std::convert::Infallible;
use std::ffi::{CStr, CString, c_char, c_void};
use std::ptr::NonNull;

use aws_lc_sys as ffi;

use super::cipher::cipher_of;
use super::{Locked, PKey};
use crate::owned::{Owned, release};
use crate::{Failure, Result, Secret, failure};

release!(BIO, BIO_free);

/// One block of PEM.
pub struct Block {
    pub name: String,
    /// Contents, unlocked.
    pub bytes: Secret,
}

/// Memory that libcrypto allocated for us.
struct Given<T>(NonNull<T>);

impl<T> Given<T> {
    fn of(pointer: *mut T) -> Option<Given<T>> {
        NonNull::new(pointer).map(Given)
    }
}

impl<T> Drop for Given<T> {
    fn drop(&mut self) {
        // SAFETY: came from OPENSSL_malloc and is given back once.
        unsafe { ffi::OPENSSL_free(self.0.as_ptr().cast()) };
    }
}

/// No passphrase was given where one is needed.
pub fn needs_passphrase() -> Failure {
    Failure::plain(
        "ERR_MISSING_PASSPHRASE",
        "Passphrase required for encrypted key",
    )
}

/// Longest passphrase that libcrypto takes, as OpenSSL.
const PASSPHRASE_BYTES_MAX: usize = 1024;

/// There has to be a passphrase, and not too long a one.
pub fn checked(passphrase: Option<&[u8]>) -> Result<&[u8]> {
    let passphrase = passphrase.ok_or_else(needs_passphrase)?;
    if passphrase.len() <= PASSPHRASE_BYTES_MAX {
        return Ok(passphrase);
    }
    Err(failure::of_reason(
        ffi::ERR_LIB_PEM,
        ffi::PEM_R_BAD_PASSWORD_READ,
    ))
}

fn reader(text: &[u8]) -> Result<Owned<ffi::BIO>> {
    // SAFETY: the slice is as long as is told, and outlives the reader, which the caller drops.
    Owned::of(unsafe {
        ffi::BIO_new_mem_buf(text.as_ptr().cast(), text.len() as ffi::ossl_ssize_t)
    })
}

/// A block as libcrypto reads it: its name, header, contents and their length.
type Raw = (String, Given<c_char>, Given<u8>, std::ffi::c_long);

fn read(reader: &mut Owned<ffi::BIO>) -> Result<Raw> {
    let (mut name, mut header, mut data, mut count) = (
        std::ptr::null_mut(),
        std::ptr::null_mut(),
        std::ptr::null_mut(),
        0,
    );
    // SAFETY: the reader is alive; what is given is ours to free.
    let done = unsafe {
        ffi::PEM_read_bio(
            reader.as_mut_ptr(),
            &mut name,
            &mut header,
            &mut data,
            &mut count,
        )
    };
    failure::check(done, "Failed to read PEM")?;
    let given = (Given::of(name), Given::of(header), Given::of(data));
    let (Some(name), Some(header), Some(data)) = given else {
        return Err(Failure::plain("", "Failed to read PEM"));
    };
    Ok((text_of(&name), header, data, count))
}

/// The first block with one of these names.
pub fn find(text: &[u8], names: &[&str], passphrase: Option<&[u8]>) -> Result<Block> {
    failure::forget();
    let mut reader = reader(text)?;
    loop {
        let (name, header, data, count) = read(&mut reader)?;
        if names.contains(&name.as_str()) {
            let bytes = unlocked(header, data, count, passphrase)?;
            return Ok(Block { name, bytes });
        }
    }
}

/// Every block with one of these names up to the first that cannot be read, and what libcrypto
/// says of the rest: as a rule that there is none (`is_absent_pem`).
pub fn all(text: &[u8], names: &[&str]) -> (Vec<Block>, Failure) {
    failure::forget();
    let mut blocks = Vec::new();
    let mut read_all = || -> Result<Infallible> {
        let mut reader = reader(text)?;
        loop {
            let (name, header, data, count) = read(&mut reader)?;
            if names.contains(&name.as_str()) {
                let bytes = unlocked(header, data, count, None)?;
                blocks.push(Block { name, bytes });
            }
        }
    };
    let Err(end) = read_all();
    (blocks, end)
}

fn text_of(text: &Given<c_char>) -> String {
    // SAFETY: PEM_read_bio's texts end with a zero.
    let text = unsafe { CStr::from_ptr(text.0.as_ptr()) };
    text.to_string_lossy().into_owned()
}

/// What stands in a block, by its header locked with a passphrase or not.
fn unlocked(
    header: Given<c_char>,
    data: Given<u8>,
    mut count: std::ffi::c_long,
    passphrase: Option<&[u8]>,
) -> Result<Secret> {
    let mut info = ffi::EVP_CIPHER_INFO {
        cipher: std::ptr::null(),
        iv: [0; 16],
    };
    // SAFETY: the header ends with a zero; `info` is ours.
    let done = unsafe { ffi::PEM_get_EVP_CIPHER_INFO(header.0.as_ptr(), &mut info) };
    failure::check(done, "Failed to read PEM")?;
    if !info.cipher.is_null() {
        // Without one, libcrypto asks at the terminal.
        let passphrase = checked(passphrase)?;
        if passphrase.contains(&0) {
            return Err(Failure::plain("", "Passphrase with a zero byte"));
        }
        let passphrase = Secret::new([passphrase, &[0]].concat());
        let user = passphrase.as_slice().as_ptr().cast_mut().cast::<c_void>();
        // SAFETY: `data` has `count` bytes, which are unlocked in place; the passphrase ends with
        // a zero, and libcrypto's own callback copies it.
        let done =
            unsafe { ffi::PEM_do_header(&mut info, data.0.as_ptr(), &mut count, None, user) };
        failure::check(done, "Failed to unlock PEM")?;
    }
    // SAFETY: `data` has `count` bytes.
    let bytes = unsafe { std::slice::from_raw_parts(data.0.as_ptr(), count as usize) };
    Ok(Secret::from(bytes))
}

fn writer() -> Result<Owned<ffi::BIO>> {
    // SAFETY: gives a constant of libcrypto.
    let kind = unsafe { ffi::BIO_s_mem() };
    // SAFETY: what it gives is ours.
    Owned::of(unsafe { ffi::BIO_new(kind) })
}

fn written(bio: &Owned<ffi::BIO>) -> Result<Vec<u8>> {
    let (mut start, mut count) = (std::ptr::null(), 0);
    // SAFETY: the writer is alive and writes into memory.
    let done = unsafe { ffi::BIO_mem_contents(bio.as_ptr(), &mut start, &mut count) };
    failure::check(done, "Failed to write")?;
    if count == 0 {
        return Ok(Vec::new());
    }
    // SAFETY: the contents live as long as the writer, and are copied here.
    Ok(unsafe { std::slice::from_raw_parts(start, count) }.to_vec())
}

/// What somebody writes, in memory.
pub(crate) fn collect(message: &str, write: impl FnOnce(*mut ffi::BIO) -> i32) -> Result<Vec<u8>> {
    let mut bio = writer()?;
    failure::check(write(bio.as_mut_ptr()), message)?;
    written(&bio)
}

/// A block of PEM around `bytes`.
pub fn armor(name: &str, bytes: &[u8]) -> Result<Vec<u8>> {
    let name = CString::new(name).map_err(|_| Failure::plain("", "Failed to write PEM"))?;
    collect("Failed to write PEM", |bio| {
        // SAFETY: texts end with a zero, the slice is as long as is told.
        let count = unsafe {
            ffi::PEM_write_bio(
                bio,
                name.as_ptr(),
                c"".as_ptr(),
                bytes.as_ptr(),
                bytes.len() as std::ffi::c_long,
            )
        };
        i32::from(count > 0)
    })
}

/// The old way of locking: the kind's own encoding, with the cipher named in the block's header.
pub fn locked_armor(key: &PKey, locked: &Locked) -> Result<Vec<u8>> {
    let cipher = cipher_of(&locked.cipher)?;
    let passphrase = locked.passphrase.as_slice();
    let too_long = |_| Failure::plain("", "Passphrase is too long");
    let count = i32::try_from(passphrase.len()).map_err(too_long)?;
    collect("Failed to encode private key", |bio| {
        // SAFETY: the key is alive, the passphrase as long as is told and only read; no callback is
        // needed.
        unsafe {
            ffi::PEM_write_bio_PrivateKey_traditional(
                bio,
                key.as_mut_ptr(),
                cipher,
                passphrase.as_ptr().cast_mut(),
                count,
                None,
                std::ptr::null_mut(),
            )
        }
    })
}
