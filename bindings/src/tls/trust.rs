//! Roots of trust: those that come with the program, those of the machine, those of a file.

use std::ffi::CString;

use coring_crypto::tls::{Roots, bundled_der};
use coring_crypto::{Certificate, Failure};
use coring_engine::{Bytes, Js, ops};
use coring_uring::Errno;
use coring_uring::sync::file;

use crate::Natives;
use crate::crypto::failure_js;

ops! { tls(Natives) {
    /// roots: a list of PEM texts as bytes; undefined: those that come with the program.
    slow addRoots(context: i32, roots: Option<Vec<Bytes>>);
    /// A list of PEM texts, as all below.
    slow rootCertificates();
    /// Where the environment says: a file, folders with a colon between them; or undefined.
    slow systemCertificates(file: Option<String>, folders: Option<String>);
    /// The list, and why there are no more: undefined, or a failure in OpenSSL's words.
    slow extraCertificates(path: String);
} }

/// Where distributions keep them all in one file; the first that is there counts.
const FILES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

#[allow(non_snake_case)]
fn addRoots(natives: &mut Natives, context: i32, roots: Option<Vec<Bytes>>) -> Js {
    natives.with_context(context, |context| {
        let roots = match &roots {
            None => Roots::bundled()?,
            Some(texts) => {
                let texts: Vec<_> = texts.iter().map(Bytes::as_slice).collect();
                Roots::of_texts(&texts)?
            }
        };
        context.add_roots(roots)
    })
}

fn pem_list(certificates: impl Iterator<Item = Certificate>) -> coring_crypto::Result<Js> {
    let texts: coring_crypto::Result<Vec<Js>> = certificates
        .map(|certificate| Ok(Js::Latin1(certificate.to_pem()?)))
        .collect();
    Ok(Js::List(texts?))
}

#[allow(non_snake_case)]
fn rootCertificates(natives: &mut Natives) -> Js {
    let texts: coring_crypto::Result<Vec<Js>> = bundled_der()
        .map(|der| {
            let mut pem = Certificate::from_der(der)?.to_pem()?;
            // Node's own list has no line behind the last.
            pem.truncate(pem.trim_ascii_end().len());
            Ok(Js::Latin1(pem))
        })
        .collect();
    natives.crypto_answer(texts.map(Js::List))
}

fn read(path: &str) -> Result<Vec<u8>, Errno> {
    let name = CString::new(path).map_err(|_| Errno::ENOENT)?;
    file::read_whole(&name)
}

/// OpenSSL's words for what the system has refused.
fn system_failure(errno: Errno) -> String {
    let number = -errno.result();
    let words = std::io::Error::from_raw_os_error(number).to_string();
    let words = words.split(" (os error").next().unwrap_or_default();
    format!(
        "error:{:08x}:system library::{words}",
        0x8000_0000 | number.unsigned_abs()
    )
}

#[allow(non_snake_case)]
fn systemCertificates(natives: &mut Natives, file: Option<String>, folders: Option<String>) -> Js {
    let mut texts = Vec::new();
    match (&file, &folders) {
        (Some(path), _) => texts.extend(read(path)),
        (None, Some(_)) => {}
        (None, None) => texts.extend(FILES.iter().find_map(|path| read(path).ok())),
    }
    for folder in folders.iter().flat_map(|folders| folders.split(':')) {
        texts.extend(folder_texts(folder));
    }
    let mut seen = std::collections::HashSet::new();
    // Certificates that cannot be read do not hide the others.
    let all = texts
        .iter()
        .flat_map(|text| Certificate::all_from_pem(text).0);
    let each = all.filter(|certificate| seen.insert(certificate.der().to_vec()));
    let list = pem_list(each);
    natives.crypto_answer(list)
}

fn folder_texts(folder: &str) -> Vec<Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let texts = paths.iter().filter_map(|path| read(path.to_str()?).ok());
    texts.collect()
}

#[allow(non_snake_case)]
fn extraCertificates(natives: &mut Natives, path: String) -> Js {
    let (all, failure) = match read(&path) {
        Ok(text) => Certificate::all_from_pem(&text),
        Err(errno) => {
            let text = system_failure(errno);
            (Vec::new(), Some(Failure::plain("", &text)))
        }
    };
    let list = pem_list(all.into_iter());
    let failure = failure.as_ref().map_or(Js::Undefined, failure_js);
    natives.crypto_answer(list.map(|list| Js::List(vec![list, failure])))
}
