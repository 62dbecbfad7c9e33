//! Why a certificate is not trusted, in OpenSSL's words, which programs know.

use aws_lc_sys::*;

pub struct Verdict {
    /// libcrypto's number, which is OpenSSL's.
    pub number: i64,
    /// The constant's name without X509_V_ERR_, as far as Node names it.
    pub code: &'static str,
    pub text: String,
}

const UNNAMED: &str = "UNSPECIFIED";

/// Number, name, and OpenSSL's text.
const ROWS: &[(i32, &str, &str)] = &[
    (
        X509_V_ERR_UNSPECIFIED,
        UNNAMED,
        "unspecified certificate verification error",
    ),
    (
        X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
        "UNABLE_TO_GET_ISSUER_CERT",
        "unable to get issuer certificate",
    ),
    (
        X509_V_ERR_UNABLE_TO_GET_CRL,
        "UNABLE_TO_GET_CRL",
        "unable to get certificate CRL",
    ),
    (
        X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE,
        "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
        "unable to decrypt certificate's signature",
    ),
    (
        X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE,
        "UNABLE_TO_DECRYPT_CRL_SIGNATURE",
        "unable to decrypt CRL's signature",
    ),
    (
        X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY,
        "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
        "unable to decode issuer public key",
    ),
    (
        X509_V_ERR_CERT_SIGNATURE_FAILURE,
        "CERT_SIGNATURE_FAILURE",
        "certificate signature failure",
    ),
    (
        X509_V_ERR_CRL_SIGNATURE_FAILURE,
        "CRL_SIGNATURE_FAILURE",
        "CRL signature failure",
    ),
    (
        X509_V_ERR_CERT_NOT_YET_VALID,
        "CERT_NOT_YET_VALID",
        "certificate is not yet valid",
    ),
    (
        X509_V_ERR_CERT_HAS_EXPIRED,
        "CERT_HAS_EXPIRED",
        "certificate has expired",
    ),
    (
        X509_V_ERR_CRL_NOT_YET_VALID,
        "CRL_NOT_YET_VALID",
        "CRL is not yet valid",
    ),
    (
        X509_V_ERR_CRL_HAS_EXPIRED,
        "CRL_HAS_EXPIRED",
        "CRL has expired",
    ),
    (
        X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD,
        "ERROR_IN_CERT_NOT_BEFORE_FIELD",
        "format error in certificate's notBefore field",
    ),
    (
        X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD,
        "ERROR_IN_CERT_NOT_AFTER_FIELD",
        "format error in certificate's notAfter field",
    ),
    (
        X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD,
        "ERROR_IN_CRL_LAST_UPDATE_FIELD",
        "format error in CRL's lastUpdate field",
    ),
    (
        X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD,
        "ERROR_IN_CRL_NEXT_UPDATE_FIELD",
        "format error in CRL's nextUpdate field",
    ),
    (X509_V_ERR_OUT_OF_MEM, "OUT_OF_MEM", "out of memory"),
    (
        X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
        "DEPTH_ZERO_SELF_SIGNED_CERT",
        "self-signed certificate",
    ),
    (
        X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
        "SELF_SIGNED_CERT_IN_CHAIN",
        "self-signed certificate in certificate chain",
    ),
    (
        X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
        "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
        "unable to get local issuer certificate",
    ),
    (
        X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
        "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        "unable to verify the first certificate",
    ),
    (
        X509_V_ERR_CERT_CHAIN_TOO_LONG,
        "CERT_CHAIN_TOO_LONG",
        "certificate chain too long",
    ),
    (
        X509_V_ERR_CERT_REVOKED,
        "CERT_REVOKED",
        "certificate revoked",
    ),
    (
        X509_V_ERR_INVALID_CA,
        "INVALID_CA",
        "invalid CA certificate",
    ),
    (
        X509_V_ERR_PATH_LENGTH_EXCEEDED,
        "PATH_LENGTH_EXCEEDED",
        "path length constraint exceeded",
    ),
    (
        X509_V_ERR_INVALID_PURPOSE,
        "INVALID_PURPOSE",
        "unsuitable certificate purpose",
    ),
    (
        X509_V_ERR_CERT_UNTRUSTED,
        "CERT_UNTRUSTED",
        "certificate not trusted",
    ),
    (
        X509_V_ERR_CERT_REJECTED,
        "CERT_REJECTED",
        "certificate rejected",
    ),
    (
        X509_V_ERR_HOSTNAME_MISMATCH,
        "HOSTNAME_MISMATCH",
        "hostname mismatch",
    ),
];

impl Verdict {
    /// None: nothing is wrong.
    pub(super) fn of(number: i64) -> Option<Verdict> {
        if number == i64::from(X509_V_OK) {
            return None;
        }
        let row = ROWS.iter().find(|row| i64::from(row.0) == number);
        let (code, text) = match row {
            Some(row) => (row.1, row.2.to_owned()),
            None => {
                // SAFETY: gives a constant.
                let text = unsafe { X509_verify_cert_error_string(number) };
                (UNNAMED, super::ffi::text(text).unwrap_or_default())
            }
        };
        Some(Verdict { number, code, text })
    }

    /// There is no certificate, and nothing stands for it.
    pub(super) fn missing() -> Option<Verdict> {
        Verdict::of(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT.into())
    }
}
