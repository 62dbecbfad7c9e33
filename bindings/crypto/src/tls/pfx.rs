//! PKCS#12: key, certificate and authorities in one file behind a passphrase.

use std::ffi::CString;

use aws_lc_sys as ffi;

use crate::owned::{Owned, release};
use crate::{Certificate, Failure, PKey, Result, failure};

release!(PKCS12, PKCS12_free);

pub struct Content {
    pub key: PKey,
    pub certificate: Certificate,
    pub others: Vec<Certificate>,
}

/// The certificates of a list, which ends here. Null is none.
fn taken(list: *mut ffi::stack_st_X509) -> Result<Vec<Certificate>> {
    let list: *mut ffi::OPENSSL_STACK = list.cast();
    let mut all = Vec::new();
    loop {
        // SAFETY: the caller gives the list away with what is in it.
        let object = unsafe { ffi::OPENSSL_sk_pop(list) };
        if object.is_null() {
            break;
        }
        all.push(Certificate::of_counted(object.cast()));
    }
    // SAFETY: as above; it is given back once.
    unsafe { ffi::OPENSSL_sk_free(list) };
    all.reverse();
    all.into_iter().collect()
}

/// In the words of OpenSSL, which programs look for. libcrypto has numbers without texts here.
fn reworded(packed: u32) -> Option<&'static str> {
    let of_pfx = [ffi::ERR_LIB_PKCS12, ffi::ERR_LIB_PKCS8];
    if !of_pfx.contains(&ffi::ERR_GET_LIB(packed)) {
        return None;
    }
    match ffi::ERR_GET_REASON(packed) {
        ffi::PKCS8_R_INCORRECT_PASSWORD => Some("mac verify failure"),
        ffi::PKCS8_R_BAD_PKCS12_DATA | ffi::PKCS8_R_DECODE_ERROR => Some("not enough data"),
        _ => None,
    }
}

pub fn open(der: &[u8], passphrase: Option<&[u8]>) -> Result<Content> {
    failure::forget();
    let content = parse(der, passphrase);
    content.map_err(|refusal| match refusal {
        Refusal::Known(text) => Failure::plain("", text),
        Refusal::Other(failure) => failure,
    })
}

enum Refusal {
    Known(&'static str),
    Other(Failure),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Refusal {
        Refusal::Other(failure)
    }
}

/// What the queue says now.
fn refusal(message: &str) -> Refusal {
    // SAFETY: takes no argument; the queue is this thread's own.
    let packed = unsafe { ffi::ERR_peek_last_error() };
    match reworded(packed) {
        Some(text) => {
            failure::forget();
            Refusal::Known(text)
        }
        None => Refusal::Other(Failure::of_queue(message)),
    }
}

fn parse(der: &[u8], passphrase: Option<&[u8]>) -> std::result::Result<Content, Refusal> {
    let refused = "Unable to load PFX certificate";
    let passphrase = CString::new(passphrase.unwrap_or_default())
        .map_err(|_| Refusal::Known("mac verify failure"))?;
    let mut at = der.as_ptr();
    // SAFETY: reads within the slice; what it gives is ours.
    let file = unsafe { ffi::d2i_PKCS12(std::ptr::null_mut(), &mut at, der.len()) };
    if file.is_null() {
        return Err(refusal("not enough data"));
    }
    let file = Owned::of(file)?;
    let (mut key, mut leaf, mut others) = (
        std::ptr::null_mut(),
        std::ptr::null_mut(),
        std::ptr::null_mut(),
    );
    // SAFETY: the file is alive, the passphrase ends with a zero; what is written is ours.
    let done = unsafe {
        ffi::PKCS12_parse(
            file.as_ptr(),
            passphrase.as_ptr(),
            &mut key,
            &mut leaf,
            &mut others,
        )
    };
    // At once: certificates of a list that nobody takes would stay for good.
    let others = taken(others);
    let key = (!key.is_null()).then(|| PKey::of(key, true, refused));
    let leaf = (!leaf.is_null()).then(|| Certificate::of_counted(leaf));
    if done != 1 {
        return Err(refusal(refused));
    }
    let missing = || Failure::plain("", refused);
    Ok(Content {
        key: key.ok_or_else(missing)??,
        certificate: leaf.ok_or_else(missing)??,
        others: others?,
    })
}
