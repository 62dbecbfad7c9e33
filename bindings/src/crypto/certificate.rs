//! X.509 certificates. JavaScript holds their DER; each op reads it again, which takes
//! microseconds.

use coring_crypto::Certificate;
use coring_crypto::x509::{Fields, Subject};
use coring_engine::{Bytes, Js, ops};

use super::key_wire::key_of;
use crate::Natives;

ops! { crypto(Natives) {
    /// The DER of what is PEM or DER.
    slow certificateRead(bytes: Bytes);
    /// What it says, by name; names of subject and issuer as lists of [key, value].
    slow certificateFields(der: Bytes);
    slow certificatePem(der: Bytes);
    /// A handle.
    slow certificateKey(der: Bytes);
    slow certificateIsAuthority(der: Bytes);
    slow certificateIsIssuedBy(der: Bytes, issuer: Bytes);
    slow certificateIsOfKey(der: Bytes, handle: i32);
    slow certificateIsSignedBy(der: Bytes, handle: i32);
    /// what: 0 host, 1 mail address, 2 IP address. The name that matches, or undefined.
    slow certificateCheck(der: Bytes, what: i32, name: String, flags: u32);
} }

fn read(der: &Bytes) -> coring_crypto::Result<Certificate> {
    Certificate::from_der(der.as_slice())
}

#[allow(non_snake_case)]
fn certificateRead(natives: &mut Natives, bytes: Bytes) -> Js {
    let certificate = Certificate::from_any(bytes.as_slice());
    natives.crypto_answer(certificate.map(|certificate| certificate.der().to_vec()))
}

fn optional(text: Option<String>) -> Js {
    text.map_or(Js::Undefined, Js::Text)
}

fn pairs(entries: Vec<(String, String)>) -> Js {
    let pair = |(key, value)| Js::List(vec![Js::Text(key), Js::Text(value)]);
    Js::List(entries.into_iter().map(pair).collect())
}

fn fields_js(fields: Fields) -> Js {
    let key_usage = fields.key_usage.map_or(Js::Undefined, |list| {
        Js::List(list.into_iter().map(Js::Text).collect())
    });
    let list = [
        ("subject", optional(fields.subject)),
        ("issuer", optional(fields.issuer)),
        ("subjectEntries", pairs(fields.subject_entries)),
        ("issuerEntries", pairs(fields.issuer_entries)),
        ("subjectAltName", optional(fields.subject_alt_name)),
        ("infoAccess", optional(fields.info_access)),
        ("validFrom", Js::Text(fields.valid_from)),
        ("validTo", Js::Text(fields.valid_to)),
        (
            "validFromSeconds",
            Js::Number(fields.valid_from_seconds as f64),
        ),
        ("validToSeconds", Js::Number(fields.valid_to_seconds as f64)),
        ("keyUsage", key_usage),
        ("serialNumber", Js::Text(fields.serial_number)),
        ("signatureAlgorithm", optional(fields.signature_algorithm)),
        (
            "signatureAlgorithmOid",
            Js::Text(fields.signature_algorithm_oid),
        ),
    ];
    Js::Object(
        list.into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

#[allow(non_snake_case)]
fn certificateFields(natives: &mut Natives, der: Bytes) -> Js {
    let fields = read(&der).and_then(|certificate| certificate.fields());
    natives.crypto_answer(fields.map(fields_js))
}

#[allow(non_snake_case)]
fn certificatePem(natives: &mut Natives, der: Bytes) -> Js {
    let pem = read(&der).and_then(|certificate| certificate.to_pem());
    natives.crypto_answer(pem.map(Js::Latin1))
}

#[allow(non_snake_case)]
fn certificateKey(natives: &mut Natives, der: Bytes) -> Js {
    let key = read(&der).and_then(|certificate| certificate.public_key());
    natives.crypto_answer(key)
}

#[allow(non_snake_case)]
fn certificateIsAuthority(_: &mut Natives, der: Bytes) -> bool {
    read(&der).is_ok_and(|certificate| certificate.is_authority())
}

#[allow(non_snake_case)]
fn certificateIsIssuedBy(_: &mut Natives, der: Bytes, issuer: Bytes) -> bool {
    match (read(&der), read(&issuer)) {
        (Ok(certificate), Ok(issuer)) => certificate.is_issued_by(&issuer),
        _ => false,
    }
}

#[allow(non_snake_case)]
fn certificateIsOfKey(natives: &mut Natives, der: Bytes, handle: i32) -> bool {
    match (read(&der), key_of(natives, handle)) {
        (Ok(certificate), Ok(key)) => certificate.is_of_key(&key),
        _ => false,
    }
}

#[allow(non_snake_case)]
fn certificateIsSignedBy(natives: &mut Natives, der: Bytes, handle: i32) -> bool {
    match (read(&der), key_of(natives, handle)) {
        (Ok(certificate), Ok(key)) => certificate.is_signed_by(&key),
        _ => false,
    }
}

#[allow(non_snake_case)]
fn certificateCheck(natives: &mut Natives, der: Bytes, what: i32, name: String, flags: u32) -> Js {
    let subject = match what {
        0 => Subject::Host,
        1 => Subject::Email,
        _ => Subject::Ip,
    };
    let checked = read(&der).and_then(|certificate| certificate.check(subject, &name, flags));
    natives.crypto_answer(checked.map(optional))
}
