//! Why libcrypto refused: its queue of errors as text, in the form in which Node decorates its own.

use std::ffi::{CStr, c_char};

use aws_lc_sys as ffi;

/// One error of libcrypto's queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// `error:0900006e:PEM routines:OPENSSL_internal:NO_START_LINE`
    pub message: String,
    pub library: Option<String>,
    pub function: Option<String>,
    pub reason: Option<String>,
    /// `ERR_OSSL_PEM_NO_START_LINE`
    pub code: Option<String>,
}

impl Entry {
    fn is_of_tls(&self) -> bool {
        self.code == self.reason.as_deref().map(code_of_tls)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// What libcrypto said: the first error, and those that followed, the newest last.
    Library { first: Box<Entry>, rest: Vec<Entry> },
    /// libcrypto said nothing, or was not asked. `code` is one of Node's, or empty.
    Plain { code: &'static str, message: String },
}

impl Failure {
    /// Takes all errors of this thread's queue; `message` where there are none.
    pub fn of_queue(message: &str) -> Failure {
        let mut entries = std::iter::from_fn(|| {
            // SAFETY: takes no argument; the queue is this thread's own.
            let packed = unsafe { ffi::ERR_get_error() };
            (packed != 0).then(|| entry(packed))
        });
        match entries.next() {
            Some(first) => Failure::Library {
                first: Box::new(first),
                rest: entries.collect(),
            },
            None => Failure::plain("", message),
        }
    }

    /// As `of_queue`, of libssl, as Node tells it: alone, and always as an error of TLS. libcrypto
    /// says before libssl why a record, a signature or a key is none; the word is libssl's.
    pub(crate) fn of_tls(message: &str) -> Failure {
        match Failure::of_queue(message) {
            Failure::Library { first, rest } => {
                let mut all = std::iter::once(*first.clone()).chain(rest);
                let mut told = all.find(Entry::is_of_tls).unwrap_or(*first);
                told.code = told.reason.as_deref().map(code_of_tls);
                let (first, rest) = (Box::new(told), Vec::new());
                Failure::Library { first, rest }
            }
            plain @ Failure::Plain { .. } => plain,
        }
    }

    pub fn plain(code: &'static str, message: &str) -> Failure {
        Failure::Plain {
            code,
            message: message.to_owned(),
        }
    }
}

/// Empties this thread's queue, so that what is found there later belongs to the next call.
pub(crate) fn forget() {
    // SAFETY: takes no argument; the queue is this thread's own.
    unsafe { ffi::ERR_clear_error() };
}

/// What libcrypto itself would say for this reason.
pub(crate) fn of_reason(library: i32, reason: i32) -> Failure {
    forget();
    // SAFETY: the file's name is a constant.
    unsafe { ffi::ERR_put_error(library, 0, reason, c"".as_ptr(), 0) };
    Failure::of_queue("")
}

/// `done` as most functions of libcrypto say it: 1.
pub(crate) fn check(done: i32, message: &str) -> crate::Result<()> {
    match done {
        1 => Ok(()),
        _ => Err(Failure::of_queue(message)),
    }
}

/// Longest message that OpenSSL itself makes.
const MESSAGE_BYTES: usize = 256;

fn entry(packed: u32) -> Entry {
    let mut message = [0; MESSAGE_BYTES];
    // SAFETY: the buffer has the length that is told; the text ends with a zero within it.
    unsafe { ffi::ERR_error_string_n(packed, message.as_mut_ptr(), MESSAGE_BYTES) };
    let bytes: Vec<u8> = message.iter().map(|&c| c as u8).collect();
    let text = CStr::from_bytes_until_nul(&bytes).map_or_else(
        |_| String::new(),
        |text| text.to_string_lossy().into_owned(),
    );
    // SAFETY: gives a text that lives as long as the program, or null.
    let library = text_of(unsafe { ffi::ERR_lib_error_string(packed) });
    // SAFETY: as above.
    let function = text_of(unsafe { ffi::ERR_func_error_string(packed) });
    // SAFETY: as above.
    let reason = text_of(unsafe { ffi::ERR_reason_error_string(packed) });
    let code = reason
        .as_deref()
        .map(|reason| code_of(ffi::ERR_GET_LIB(packed), reason));
    Entry {
        message: text,
        library,
        function,
        reason,
        code,
    }
}

/// A constant of libcrypto's, or null.
pub(crate) fn text_of(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: names and error texts of libcrypto's are constants that end with a zero.
    let text = unsafe { CStr::from_ptr(text) };
    Some(text.to_string_lossy().into_owned())
}

/// As Node makes codes of reasons; libraries that Node does not know leave no trace in them.
fn code_of(library: i32, reason: &str) -> String {
    let name = match library {
        ffi::ERR_LIB_SSL => return code_of_tls(reason),
        ffi::ERR_LIB_SYS => "SYS_",
        ffi::ERR_LIB_BN => "BN_",
        ffi::ERR_LIB_RSA => "RSA_",
        ffi::ERR_LIB_DH => "DH_",
        ffi::ERR_LIB_EVP => "EVP_",
        ffi::ERR_LIB_BUF => "BUF_",
        ffi::ERR_LIB_OBJ => "OBJ_",
        ffi::ERR_LIB_PEM => "PEM_",
        ffi::ERR_LIB_DSA => "DSA_",
        ffi::ERR_LIB_X509 => "X509_",
        ffi::ERR_LIB_ASN1 => "ASN1_",
        ffi::ERR_LIB_CONF => "CONF_",
        ffi::ERR_LIB_CRYPTO => "CRYPTO_",
        ffi::ERR_LIB_EC => "EC_",
        ffi::ERR_LIB_BIO => "BIO_",
        ffi::ERR_LIB_PKCS7 => "PKCS7_",
        ffi::ERR_LIB_X509V3 => "X509V3_",
        ffi::ERR_LIB_PKCS12 => "PKCS12_",
        ffi::ERR_LIB_RAND => "RAND_",
        ffi::ERR_LIB_ENGINE => "ENGINE_",
        ffi::ERR_LIB_OCSP => "OCSP_",
        ffi::ERR_LIB_UI => "UI_",
        ffi::ERR_LIB_COMP => "COMP_",
        ffi::ERR_LIB_ECDSA => "ECDSA_",
        ffi::ERR_LIB_ECDH => "ECDH_",
        ffi::ERR_LIB_HMAC => "HMAC_",
        ffi::ERR_LIB_USER => "USER_",
        _ => "",
    };
    format!("ERR_OSSL_{name}{}", shout(reason))
}

fn code_of_tls(reason: &str) -> String {
    format!("ERR_SSL_{}", shout(reason))
}

fn shout(reason: &str) -> String {
    reason.to_ascii_uppercase().replace(' ', "_")
}
