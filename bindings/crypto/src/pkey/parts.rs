//! Keys taken to pieces and put together: the numbers that JWK names. Both ways go through the
//! standard encodings, so that libcrypto checks what is put together.

use super::{Curve, PKey};
use crate::der::{self, Reader};
use crate::{Result, Secret};

/// The numbers of an RSA key, big-endian.
pub struct RsaParts {
    pub modulus: Vec<u8>,
    pub exponent: Vec<u8>,
    pub primes: Option<RsaPrimes>,
}

pub struct RsaPrimes {
    pub d: Secret,
    pub p: Secret,
    pub q: Secret,
    pub dp: Secret,
    pub dq: Secret,
    pub qi: Secret,
}

/// Contents of object identifiers.
pub(super) const OID_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
pub(super) const OID_RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10];
pub(super) const OID_MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8];
pub(super) const OID_DSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1];
pub(super) const OID_EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
pub(super) const OID_DH: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 3, 1];

/// Of a SubjectPublicKeyInfo: the key's bytes, and its algorithm's parameters.
pub(super) fn algorithm_of_spki(spki: &[u8]) -> Result<(&[u8], Reader<'_>)> {
    let mut info = Reader::new(spki).sequence()?;
    let mut algorithm = info.sequence()?;
    algorithm.expect(der::OID)?;
    Ok((info.bits()?, algorithm))
}

/// Of a PrivateKeyInfo.
pub(super) struct Private<'a> {
    pub oid: &'a [u8],
    pub parameters: Reader<'a>,
    pub bytes: &'a [u8],
}

pub(super) fn private_of(pkcs8: &[u8]) -> Result<Private<'_>> {
    let mut info = Reader::new(pkcs8).sequence()?;
    info.integer()?;
    let mut parameters = info.sequence()?;
    let oid = parameters.expect(der::OID)?;
    let bytes = info.expect(der::OCTET_STRING)?;
    Ok(Private {
        oid,
        parameters,
        bytes,
    })
}

pub(super) fn spki(oid: &[u8], parameters: &[u8], key: &[u8]) -> Secret {
    let algorithm = der::sequence(&[&der::element(der::OID, oid), parameters]);
    der::sequence(&[&algorithm, &der::bits(key)])
}

pub(super) fn pkcs8(oid: &[u8], parameters: &[u8], key: &[u8]) -> Secret {
    let algorithm = der::sequence(&[&der::element(der::OID, oid), parameters]);
    let key = der::element(der::OCTET_STRING, key);
    der::sequence(&[&der::integer(&[]), &algorithm, &key])
}

pub(super) fn null() -> Secret {
    der::element(der::NULL, &[])
}

impl PKey {
    /// The numbers of an RSA key that everybody may know.
    pub fn rsa_public(&self) -> Result<RsaParts> {
        let spki = self.to_spki()?;
        let (key, _) = algorithm_of_spki(&spki)?;
        let mut numbers = Reader::new(key).sequence()?;
        Ok(RsaParts {
            modulus: numbers.integer()?.to_vec(),
            exponent: numbers.integer()?.to_vec(),
            primes: None,
        })
    }

    /// All numbers of a private RSA key.
    pub fn rsa_private(&self) -> Result<RsaParts> {
        let pkcs8 = self.to_pkcs8()?;
        let mut numbers = Reader::new(private_of(&pkcs8)?.bytes).sequence()?;
        numbers.integer()?;
        let mut next = || numbers.integer().map(<[u8]>::to_vec);
        let (modulus, exponent) = (next()?, next()?);
        let mut next = || numbers.integer().map(Secret::from);
        let (d, p, q) = (next()?, next()?, next()?);
        let (dp, dq, qi) = (next()?, next()?, next()?);
        Ok(RsaParts {
            modulus,
            exponent,
            primes: Some(RsaPrimes {
                d,
                p,
                q,
                dp,
                dq,
                qi,
            }),
        })
    }

    pub fn from_rsa(parts: &RsaParts) -> Result<PKey> {
        let modulus = der::integer(&parts.modulus);
        let exponent = der::integer(&parts.exponent);
        let Some(primes) = &parts.primes else {
            let key = der::sequence(&[&modulus, &exponent]);
            return PKey::from_spki(&spki(OID_RSA, &null(), &key));
        };
        let key = der::sequence(&[
            &der::integer(&[]),
            &modulus,
            &exponent,
            &der::integer(&primes.d),
            &der::integer(&primes.p),
            &der::integer(&primes.q),
            &der::integer(&primes.dp),
            &der::integer(&primes.dq),
            &der::integer(&primes.qi),
        ]);
        PKey::from_pkcs8(&pkcs8(OID_RSA, &null(), &key))
    }

    /// A public key of a curve from a point in either form.
    pub fn from_point(curve: &Curve, point: &[u8]) -> Result<PKey> {
        let parameters = der::element(der::OID, curve.oid);
        PKey::from_spki(&spki(OID_EC, &parameters, point))
    }

    /// A private key of a curve; the point is checked, or made if there is none.
    pub fn from_scalar(curve: &Curve, scalar: &[u8], point: Option<&[u8]>) -> Result<PKey> {
        let public = point.map(|point| der::element(der::tagged(1), &der::bits(point)));
        let key = der::sequence(&[
            &der::integer(&[1]),
            &der::element(der::OCTET_STRING, scalar),
            public.as_deref().unwrap_or_default(),
        ]);
        let parameters = der::element(der::OID, curve.oid);
        PKey::from_pkcs8(&pkcs8(OID_EC, &parameters, &key))
    }

    /// The point as libcrypto writes it: not compressed.
    pub(super) fn point_as_it_is(&self) -> Result<Vec<u8>> {
        let spki = self.to_spki()?;
        algorithm_of_spki(&spki).map(|(point, _)| point.to_vec())
    }
}
