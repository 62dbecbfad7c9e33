//! Asymmetric keys from and to bytes.

use coring_crypto::pkey::{Curve, Detail, Encoding, Kind, Locked, PointForm, RsaParts, RsaPrimes};
use coring_crypto::{Failure, PKey, Secret};
use coring_engine::{Bytes, Js, ops};

use super::keys::Key;
use super::{Outcome, handle};
use crate::Natives;

ops! { crypto(Natives) {
    /// A handle. format: 0 PEM, 1 DER; encoding: see `encoding_of`.
    slow keyOfPrivate(bytes: Bytes, format: i32, encoding: i32, passphrase: Option<Bytes>);
    /// A handle of the public half of whatever stands there.
    slow keyOfPublic(bytes: Bytes, format: i32, encoding: i32, passphrase: Option<Bytes>);
    slow keyToPublic(handle: i32);
    /// Text of PEM, a Buffer of DER.
    slow keyExport(
        handle: i32,
        format: i32,
        encoding: i32,
        cipher: Option<String>,
        passphrase: Option<Bytes>,
    );
    /// Node's name of the kind.
    slow keyKind(handle: i32);
    /// Details by name: numbers, texts, and the exponent as a Buffer.
    slow keyDetail(handle: i32);
    /// Numbers of an RSA key, n and e, of a private one also d, p, q, dp, dq, qi.
    slow keyRsaParts(handle: i32);
    slow keyOfRsaParts(parts: Vec<Bytes>);
    slow keyOfPoint(curve: String, point: Bytes);
    slow keyOfScalar(curve: String, scalar: Bytes, point: Option<Bytes>);
    slow keyPoint(handle: i32, is_compressed: bool);
    slow keyScalar(handle: i32);
    /// which: 0 public, 1 private, 2 seed.
    slow keyRaw(handle: i32, which: i32);
    slow keyOfRaw(kind: String, which: i32, bytes: Bytes);
    /// [name, JWK's name, bytes of a coordinate, bits], or undefined.
    slow curveOf(name: String);
    /// Sorted.
    slow curveNames();
} }

impl Outcome for PKey {
    fn into_js(self, natives: &mut Natives) -> Js {
        natives.crypto_keep(|state| &mut state.keys, Ok(Key::Asymmetric(self)))
    }
}

/// Of a handle that is stale, or of a secret key.
fn no_key() -> Failure {
    Failure::plain("ERR_INVALID_ARG_VALUE", "Not an asymmetric key")
}

pub(super) fn key_of(natives: &Natives, number: i32) -> coring_crypto::Result<PKey> {
    let key = natives.crypto.keys.get(handle(number));
    key.and_then(Key::asymmetric).cloned().ok_or_else(no_key)
}

const PEM: i32 = 0;

/// Numbers are shared with lib_js/internal/crypto/key_encoding.js.
fn encoding_of(number: i32, default: Encoding) -> Encoding {
    match number {
        0 => Encoding::Pkcs1,
        1 => Encoding::Pkcs8,
        2 => Encoding::Spki,
        3 => Encoding::Sec1,
        _ => default,
    }
}

#[allow(non_snake_case)]
fn keyOfPrivate(
    natives: &mut Natives,
    bytes: Bytes,
    format: i32,
    encoding: i32,
    passphrase: Option<Bytes>,
) -> Js {
    let (bytes, passphrase) = (bytes.as_slice(), passphrase.as_ref().map(Bytes::as_slice));
    let encoding = encoding_of(encoding, Encoding::Pkcs8);
    natives.crypto_answer(match format {
        PEM => PKey::private_from_pem(bytes, passphrase),
        _ => PKey::private_from_der(bytes, encoding, passphrase),
    })
}

#[allow(non_snake_case)]
fn keyOfPublic(
    natives: &mut Natives,
    bytes: Bytes,
    format: i32,
    encoding: i32,
    passphrase: Option<Bytes>,
) -> Js {
    let (bytes, passphrase) = (bytes.as_slice(), passphrase.as_ref().map(Bytes::as_slice));
    let encoding = encoding_of(encoding, Encoding::Spki);
    natives.crypto_answer(match format {
        PEM => PKey::public_from_pem(bytes, passphrase),
        _ => PKey::public_from_der(bytes, encoding, passphrase),
    })
}

#[allow(non_snake_case)]
fn keyToPublic(natives: &mut Natives, number: i32) -> Js {
    let key = key_of(natives, number).and_then(|key| key.to_public());
    natives.crypto_answer(key)
}

#[allow(non_snake_case)]
fn keyExport(
    natives: &mut Natives,
    number: i32,
    format: i32,
    encoding: i32,
    cipher: Option<String>,
    passphrase: Option<Bytes>,
) -> Js {
    let locked = cipher.map(|cipher| Locked {
        cipher,
        passphrase: Secret::from(passphrase.as_ref().map_or(&[][..], Bytes::as_slice)),
    });
    let written = key_of(natives, number).and_then(|key| {
        if !key.is_private() {
            let encoding = encoding_of(encoding, Encoding::Spki);
            return match format {
                PEM => key.to_public_pem(encoding),
                _ => key.to_public_der(encoding),
            };
        }
        let encoding = encoding_of(encoding, Encoding::Pkcs8);
        match format {
            PEM => key.to_private_pem(encoding, locked.as_ref()),
            _ => key.to_private_der(encoding, locked.as_ref()),
        }
    });
    match format {
        PEM => natives.crypto_answer(written.map(Js::Latin1)),
        _ => natives.crypto_answer(written),
    }
}

#[allow(non_snake_case)]
fn keyKind(natives: &mut Natives, number: i32) -> Js {
    let kind = key_of(natives, number).ok().and_then(|key| key.kind());
    kind.map_or(Js::Undefined, |kind| kind.name().into())
}

#[allow(non_snake_case)]
fn keyDetail(natives: &mut Natives, number: i32) -> Js {
    let detail = key_of(natives, number).and_then(|key| key.detail());
    natives.crypto_answer(detail.map(|detail| Js::Object(fields_of(detail))))
}

fn fields_of(detail: Detail) -> Vec<(String, Js)> {
    let field = |name: &str, value: Js| (name.to_owned(), value);
    match detail {
        Detail::Rsa {
            bits,
            exponent,
            pss,
        } => {
            let mut fields = vec![
                field("modulusLength", bits.into()),
                field("publicExponent", Js::Bytes(exponent)),
            ];
            if let Some(pss) = pss {
                fields.push(field("hashAlgorithm", pss.hash.into()));
                fields.push(field("mgf1HashAlgorithm", pss.mask_hash.into()));
                fields.push(field("saltLength", pss.salt_count.into()));
            }
            fields
        }
        Detail::Dsa { bits, divisor_bits } => vec![
            field("modulusLength", bits.into()),
            field("divisorLength", divisor_bits.into()),
        ],
        Detail::Ec { curve } => vec![field("namedCurve", curve.into())],
        Detail::None => Vec::new(),
    }
}

#[allow(non_snake_case)]
fn keyRsaParts(natives: &mut Natives, number: i32) -> Js {
    let parts = key_of(natives, number).and_then(|key| match key.is_private() {
        true => key.rsa_private(),
        false => key.rsa_public(),
    });
    natives.crypto_answer(parts.map(|parts| {
        let mut list = vec![parts.modulus, parts.exponent];
        if let Some(primes) = parts.primes {
            let primes = [
                primes.d, primes.p, primes.q, primes.dp, primes.dq, primes.qi,
            ];
            list.extend(primes.map(Secret::into_vec));
        }
        Js::List(list.into_iter().map(Js::Bytes).collect())
    }))
}

#[allow(non_snake_case)]
fn keyOfRsaParts(natives: &mut Natives, parts: Vec<Bytes>) -> Js {
    let part = |at: usize| Secret::from(parts.get(at).map_or(&[][..], Bytes::as_slice));
    let primes = (parts.len() > 2).then(|| RsaPrimes {
        d: part(2),
        p: part(3),
        q: part(4),
        dp: part(5),
        dq: part(6),
        qi: part(7),
    });
    let key = PKey::from_rsa(&RsaParts {
        modulus: part(0).into_vec(),
        exponent: part(1).into_vec(),
        primes,
    });
    natives.crypto_answer(key)
}

fn curve_of(name: &str) -> coring_crypto::Result<&'static Curve> {
    Curve::by_name(name)
        .ok_or_else(|| Failure::plain("ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name"))
}

#[allow(non_snake_case)]
fn keyOfPoint(natives: &mut Natives, curve: String, point: Bytes) -> Js {
    let key = curve_of(&curve).and_then(|curve| PKey::from_point(curve, point.as_slice()));
    natives.crypto_answer(key)
}

#[allow(non_snake_case)]
fn keyOfScalar(natives: &mut Natives, curve: String, scalar: Bytes, point: Option<Bytes>) -> Js {
    let point = point.as_ref().map(Bytes::as_slice);
    let key = curve_of(&curve).and_then(|curve| PKey::from_scalar(curve, scalar.as_slice(), point));
    natives.crypto_answer(key)
}

#[allow(non_snake_case)]
fn keyPoint(natives: &mut Natives, number: i32, is_compressed: bool) -> Js {
    let form = match is_compressed {
        true => PointForm::Compressed,
        false => PointForm::Uncompressed,
    };
    let point = key_of(natives, number).and_then(|key| key.point(form));
    natives.crypto_answer(point)
}

#[allow(non_snake_case)]
fn keyScalar(natives: &mut Natives, number: i32) -> Js {
    let scalar = key_of(natives, number).and_then(|key| key.scalar());
    natives.crypto_answer(scalar)
}

#[allow(non_snake_case)]
fn keyRaw(natives: &mut Natives, number: i32, which: i32) -> Js {
    let bytes = key_of(natives, number).and_then(|key| match which {
        0 => key.raw_public(),
        1 => key.raw_private(),
        _ => key.raw_seed(),
    });
    natives.crypto_answer(bytes)
}

#[allow(non_snake_case)]
fn keyOfRaw(natives: &mut Natives, kind: String, which: i32, bytes: Bytes) -> Js {
    let bytes = bytes.as_slice();
    let kind = Kind::by_name(&kind).ok_or_else(no_key);
    let key = kind.and_then(|kind| match which {
        0 => PKey::from_raw_public(kind, bytes),
        1 => PKey::from_raw_private(kind, bytes),
        _ => PKey::from_seed(kind, bytes),
    });
    natives.crypto_answer(key)
}

#[allow(non_snake_case)]
fn curveOf(_: &mut Natives, name: String) -> Js {
    match Curve::by_name(&name) {
        Some(curve) => Js::List(vec![
            curve.name.into(),
            curve.jwk.into(),
            (curve.bytes() as u32).into(),
            (curve.bits() as u32).into(),
        ]),
        None => Js::Undefined,
    }
}

#[allow(non_snake_case)]
fn curveNames(_: &mut Natives) -> Js {
    let names = coring_crypto::pkey::curve_names();
    Js::List(names.into_iter().map(Js::from).collect())
}
