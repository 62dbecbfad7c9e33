//! Changed keys (`crate::fuzz`): whatever comes is refused, or is a key that is written and read
//! again as the same.

use super::{Curve, Encoding, Kind, Locked, PKey, PointForm, Recipe, RsaParts, RsaPrimes};
use crate::fuzz::{Dice, each_seed};
use crate::{Certificate, Secret};

const PASSPHRASE: &[u8] = b"x";

fn curve(name: &str) -> &'static Curve {
    Curve::by_name(name).expect("a curve")
}

/// Keys of each kind, and how often: those of the last are tried once in as many inputs, since
/// libcrypto takes longest to see whether their halves fit.
fn keys() -> (Vec<PKey>, Vec<PKey>) {
    let rsa = Recipe::Rsa {
        bits: 512,
        exponent: 65537,
    };
    let pss = Recipe::RsaPss {
        bits: 512,
        exponent: 65537,
        hash: None,
        mask_hash: None,
        salt_count: None,
    };
    let dsa = Recipe::Dsa {
        bits: 1024,
        divisor_bits: None,
    };
    let make = |recipe: &Recipe| recipe.make().expect("a key");
    let quick = [
        rsa,
        pss,
        Recipe::Ec(curve("prime256v1")),
        Recipe::Plain(Kind::Ed25519),
        Recipe::Plain(Kind::X25519),
    ];
    let slow = [
        dsa,
        Recipe::Ec(curve("secp521r1")),
        Recipe::Plain(Kind::MlDsa44),
        Recipe::Plain(Kind::MlKem768),
    ];
    (
        quick.iter().map(make).collect(),
        slow.iter().map(make).collect(),
    )
}

const SLOW_ONE_IN: usize = 64;

/// One of the quick ones, or seldom a slow one.
fn pick<'a, T>(dice: &mut Dice, (quick, slow): &'a (Vec<T>, Vec<T>)) -> &'a T {
    match dice.below(SLOW_ONE_IN) {
        0 => &slow[dice.below(slow.len())],
        _ => &quick[dice.below(quick.len())],
    }
}

fn encodings(kind: Option<Kind>) -> &'static [Encoding] {
    match kind {
        Some(Kind::Rsa) => &[Encoding::Pkcs8, Encoding::Pkcs1],
        Some(Kind::Ec) => &[Encoding::Pkcs8, Encoding::Sec1],
        _ => &[Encoding::Pkcs8],
    }
}

type Form = (Vec<u8>, Encoding);

fn der_of(key: &PKey) -> Vec<Form> {
    let mut forms = vec![(key.to_spki().expect("DER"), Encoding::Spki)];
    for &encoding in encodings(key.kind()) {
        let bytes = key.to_private_der(encoding, None).expect("DER");
        forms.push((bytes, encoding));
    }
    if key.kind() == Some(Kind::Rsa) {
        let bytes = key.to_public_der(Encoding::Pkcs1).expect("DER");
        forms.push((bytes, Encoding::Pkcs1));
    }
    forms
}

fn both<T>(of: impl Fn(&PKey) -> Vec<T>) -> (Vec<T>, Vec<T>) {
    let (quick, slow) = keys();
    (
        quick.iter().flat_map(&of).collect(),
        slow.iter().flat_map(&of).collect(),
    )
}

/// What was taken in comes out, and in again as the same. A private key whose halves do not fit may
/// be taken and not be given.
fn check(key: &crate::Result<PKey>, seed: u64) -> bool {
    let Ok(key) = key else {
        return false;
    };
    let (given, back) = if key.is_private() {
        let Ok(given) = key.to_pkcs8() else {
            return true;
        };
        let back = PKey::from_pkcs8(&given).and_then(|key| key.to_pkcs8());
        (given.to_vec(), back.map(Secret::into_vec))
    } else {
        let Ok(given) = key.to_spki() else {
            return true;
        };
        let back = PKey::from_spki(&given).and_then(|key| key.to_spki());
        (given, back)
    };
    assert!(back.is_err() || back == Ok(given), "seed {seed}");
    true
}

#[test]
fn keys_as_der() {
    let forms = both(der_of);
    each_seed("keys as DER", |seed, mut dice| {
        let (bytes, encoding) = pick(&mut dice, &forms);
        let bytes = dice.changed(bytes);
        let public = PKey::public_from_der(&bytes, *encoding, None);
        let private = PKey::private_from_der(&bytes, *encoding, Some(PASSPHRASE));
        check(&public, seed) | check(&private, seed)
    });
}

/// Text around good bytes, and good text around changed ones.
#[test]
fn keys_as_pem() {
    let forms = both(|key| {
        let private = encodings(key.kind())
            .iter()
            .map(|&encoding| key.to_private_pem(encoding, None));
        let public = std::iter::once(key.to_public_pem(Encoding::Spki));
        public
            .chain(private)
            .collect::<crate::Result<Vec<_>>>()
            .expect("PEM")
    });
    each_seed("keys as PEM", |seed, mut dice| {
        let good: &Vec<u8> = pick(&mut dice, &forms);
        let text = dice.changed(good);
        let public = PKey::public_from_pem(&text, None);
        let private = PKey::private_from_pem(&text, Some(PASSPHRASE));
        check(&public, seed) | check(&private, seed)
    });
}

/// Both ways of locking: PKCS#8, and the old one of PEM.
#[test]
fn locked_keys() {
    let key = Recipe::Ec(curve("prime256v1")).make().expect("a key");
    let locked = Locked {
        cipher: "aes-128-cbc".to_owned(),
        passphrase: Secret::from(PASSPHRASE),
    };
    let old = key
        .to_private_pem(Encoding::Sec1, Some(&locked))
        .expect("PEM");
    let new = key
        .to_private_pem(Encoding::Pkcs8, Some(&locked))
        .expect("PEM");
    each_seed("locked keys", |seed, mut dice| {
        // Two thousand rounds of a digest stand before the new ones.
        let is_new = dice.below(SLOW_ONE_IN) == 0;
        let text = dice.changed(if is_new { &new } else { &old });
        check(&PKey::private_from_pem(&text, Some(PASSPHRASE)), seed)
    });
}

/// The numbers that JWK brings.
#[test]
fn keys_as_numbers() {
    let rsa = Recipe::Rsa {
        bits: 512,
        exponent: 65537,
    };
    let rsa = rsa.make().expect("a key").rsa_private().expect("numbers");
    let curves = [curve("prime256v1"), curve("secp384r1")];
    let points = curves.map(|curve| {
        let key = Recipe::Ec(curve).make().expect("a key");
        let point = key.point(PointForm::Uncompressed).expect("a point");
        (curve, point, key.scalar().expect("a scalar").to_vec())
    });
    each_seed("keys as numbers", |seed, mut dice| match dice.below(8) {
        0 => check(&changed_raw(&mut dice), seed),
        1..4 => {
            let (curve, point, scalar) = &points[dice.below(points.len())];
            let (point, scalar) = match dice.below(2) {
                0 => (dice.changed(point), scalar.clone()),
                _ => (point.clone(), dice.changed(scalar)),
            };
            let public = PKey::from_point(curve, &point);
            let private = PKey::from_scalar(curve, &scalar, Some(&point));
            check(&public, seed) | check(&private, seed)
        }
        _ => check(&PKey::from_rsa(&changed_rsa(&mut dice, &rsa)), seed),
    });
}

fn changed_raw(dice: &mut Dice) -> crate::Result<PKey> {
    let kind = [Kind::Ed25519, Kind::X25519][dice.below(2)];
    let bytes = dice.changed(&[7; 32]);
    match dice.below(2) {
        0 => PKey::from_raw_public(kind, &bytes),
        _ => PKey::from_raw_private(kind, &bytes),
    }
}

fn changed_rsa(dice: &mut Dice, good: &RsaParts) -> RsaParts {
    let primes = good.primes.as_ref().expect("it is private");
    let mut numbers = [
        good.modulus.clone(),
        good.exponent.clone(),
        primes.d.to_vec(),
        primes.p.to_vec(),
        primes.q.to_vec(),
        primes.dp.to_vec(),
        primes.dq.to_vec(),
        primes.qi.to_vec(),
    ];
    let is_public = dice.below(3) == 0;
    let which = dice.below(if is_public { 2 } else { numbers.len() });
    numbers[which] = dice.changed(&numbers[which]);
    let [modulus, exponent, d, p, q, dp, dq, qi] = numbers;
    let primes = (!is_public).then(|| RsaPrimes {
        d: Secret::new(d),
        p: Secret::new(p),
        q: Secret::new(q),
        dp: Secret::new(dp),
        dq: Secret::new(dq),
        qi: Secret::new(qi),
    });
    RsaParts {
        modulus,
        exponent,
        primes,
    }
}

#[test]
fn certificates() {
    let pem = include_bytes!("../tls/fixtures/server.pem");
    let good = Certificate::from_any(pem)
        .expect("a certificate")
        .der()
        .to_vec();
    each_seed("certificates", |seed, mut dice| {
        let Ok(found) = Certificate::from_der(&dice.changed(&good)) else {
            return false;
        };
        let back = Certificate::from_der(found.der()).expect("it was one");
        assert!(back.der() == found.der(), "seed {seed}");
        // Either may be refused.
        check(&found.public_key(), seed) | found.fields().is_ok()
    });
}
