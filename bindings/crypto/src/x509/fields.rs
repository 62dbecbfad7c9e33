//! What a certificate says.

use aws_lc_sys as ffi;

use super::Certificate;
use super::names::{self, dotted, known_names, print_name, push_general_name};
use crate::der::{self, Reader};
use crate::pkey::collect;
use crate::{Failure, Result, failure};

/// What a certificate says, as Node gives it.
pub struct Fields {
    pub subject: Option<String>,
    pub issuer: Option<String>,
    pub subject_entries: Vec<(String, String)>,
    pub issuer_entries: Vec<(String, String)>,
    pub subject_alt_name: Option<String>,
    pub info_access: Option<String>,
    pub valid_from: String,
    pub valid_to: String,
    /// Seconds since 1970.
    pub valid_from_seconds: i64,
    pub valid_to_seconds: i64,
    /// Object identifiers.
    pub key_usage: Option<Vec<String>>,
    pub serial_number: String,
    pub signature_algorithm: Option<String>,
    pub signature_algorithm_oid: String,
}

/// Content of identifiers of extensions.
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 17];
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 37];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];
const INFO_ACCESS: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 1, 1];

/// Parts of a certificate's DER that are read here.
struct Parts<'a> {
    serial: &'a [u8],
    signature: &'a [u8],
    issuer: &'a [u8],
    subject: &'a [u8],
    public_key_info: &'a [u8],
    extensions: Reader<'a>,
}

impl Certificate {
    pub fn fields(&self) -> Result<Fields> {
        let parts = self.parts()?;
        let extension = |oid| find_extension(parts.extensions, oid);
        let (valid_from, valid_from_seconds) = self.time(false)?;
        let (valid_to, valid_to_seconds) = self.time(true)?;
        Ok(Fields {
            subject: print_name(parts.subject, names::LINES)?,
            issuer: print_name(parts.issuer, names::LINES)?,
            subject_entries: names::entries(parts.subject)?,
            issuer_entries: names::entries(parts.issuer)?,
            subject_alt_name: extension(SUBJECT_ALT_NAME).and_then(|der| alt_names(der).ok()),
            info_access: extension(INFO_ACCESS).and_then(|der| accesses(der).ok()),
            valid_from,
            valid_to,
            valid_from_seconds,
            valid_to_seconds,
            key_usage: extension(EXTENDED_KEY_USAGE).and_then(|der| usages(der).ok()),
            serial_number: hex(der::trimmed(parts.serial)),
            signature_algorithm: known_names(parts.signature).map(|names| names.1),
            signature_algorithm_oid: dotted(parts.signature),
        })
    }

    /// Refuses what libcrypto takes and nobody can read, a name that is no sequence for one.
    pub(super) fn legible(self) -> Result<Certificate> {
        match self.fields() {
            Ok(_) => Ok(self),
            Err(_) => Err(Failure::of_queue("Invalid certificate")),
        }
    }

    pub(super) fn has_basic_constraints(&self) -> bool {
        self.parts()
            .is_ok_and(|parts| find_extension(parts.extensions, BASIC_CONSTRAINTS).is_some())
    }

    pub(super) fn public_key_info(&self) -> Result<&[u8]> {
        Ok(self.parts()?.public_key_info)
    }

    fn parts(&self) -> Result<Parts<'_>> {
        let mut certificate = Reader::new(self.der()).sequence()?;
        let mut body = certificate.sequence()?;
        let signature = certificate.sequence()?.expect(der::OID)?;
        if body.peek() == Some(der::tagged(0)) {
            body.next()?;
        }
        let serial = body.expect(der::INTEGER)?;
        body.next()?;
        let issuer = body.whole()?;
        body.next()?;
        let subject = body.whole()?;
        let public_key_info = body.whole()?;
        let mut extensions = Reader::new(&[]);
        while !body.is_empty() {
            let (tag, content) = body.next()?;
            if tag == der::tagged(3) {
                extensions = Reader::new(content).sequence()?;
            }
        }
        Ok(Parts {
            serial,
            signature,
            issuer,
            subject,
            public_key_info,
            extensions,
        })
    }

    /// When it begins, or ends, to be valid: text and seconds.
    fn time(&self, is_end: bool) -> Result<(String, i64)> {
        let object = self.object.as_ptr();
        let time = match is_end {
            // SAFETY: the certificate is alive; what is given lives as long as it.
            true => unsafe { ffi::X509_get0_notAfter(object) },
            // SAFETY: the certificate is alive; what is given lives as long as it.
            false => unsafe { ffi::X509_get0_notBefore(object) },
        };
        let text = collect("Failed to print a time", |bio| {
            // SAFETY: writer and time are alive.
            unsafe { ffi::ASN1_TIME_print(bio, time) }
        })?;
        let mut seconds = 0;
        // SAFETY: the time is alive; one number is written.
        let done = unsafe { ffi::ASN1_TIME_to_posix(time, &mut seconds) };
        failure::check(done, "Failed to read a time")?;
        Ok((String::from_utf8_lossy(&text).into_owned(), seconds))
    }

    pub fn to_pem(&self) -> Result<Vec<u8>> {
        crate::pkey::armor("CERTIFICATE", self.der())
    }
}

fn hex(bytes: &[u8]) -> String {
    match bytes {
        [] => "00".to_owned(),
        _ => bytes.iter().map(|byte| format!("{byte:02X}")).collect(),
    }
}

/// What an extension contains.
fn find_extension<'a>(mut extensions: Reader<'a>, wanted: &[u8]) -> Option<&'a [u8]> {
    while !extensions.is_empty() {
        let mut extension = extensions.sequence().ok()?;
        let oid = extension.expect(der::OID).ok()?;
        let (mut tag, mut content) = extension.next().ok()?;
        if tag != der::OCTET_STRING {
            // Whether it is critical.
            (tag, content) = extension.next().ok()?;
        }
        if oid == wanted && tag == der::OCTET_STRING {
            return Some(content);
        }
    }
    None
}

fn alt_names(bytes: &[u8]) -> Result<String> {
    let mut list = Reader::new(bytes).sequence()?;
    let mut out = String::new();
    while !list.is_empty() {
        let (tag, content) = list.next()?;
        if !out.is_empty() {
            out.push_str(", ");
        }
        push_general_name(&mut out, tag, content);
    }
    Ok(out)
}

fn accesses(bytes: &[u8]) -> Result<String> {
    let mut list = Reader::new(bytes).sequence()?;
    let mut out = String::new();
    while !list.is_empty() {
        let mut access = list.sequence()?;
        let oid = access.expect(der::OID)?;
        let (tag, content) = access.next()?;
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&known_names(oid).map_or_else(|| dotted(oid), |names| names.1));
        out.push_str(" - ");
        push_general_name(&mut out, tag, content);
    }
    Ok(out)
}

fn usages(bytes: &[u8]) -> Result<Vec<String>> {
    let mut list = Reader::new(bytes).sequence()?;
    let mut usages = Vec::new();
    while !list.is_empty() {
        usages.push(dotted(list.expect(der::OID)?));
    }
    Ok(usages)
}
