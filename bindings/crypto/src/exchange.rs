//! Diffie-Hellman over numbers: groups, keys, shared secrets.

use aws_lc_sys as ffi;

use crate::number::{Number, bytes_of};
use crate::owned::{Owned, release};
use crate::{Failure, Result, failure};

release!(DH, DH_free);

/// One side of an exchange.
pub struct Exchange(Owned<ffi::DH>);

/// What is wrong with a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicKeyFault {
    TooSmall,
    TooLarge,
    Other,
}

/// RFC 2409, section 6.1.
const MODP1: &str = "\
    ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22\
    514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6\
    f44c42e9a63a3620ffffffffffffffff";

/// RFC 2409, section 6.2.
const MODP2: &str = "\
    ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22\
    514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6\
    f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381\
    ffffffffffffffff";

/// Every group of RFC 2409 and RFC 3526 has this generator.
const GROUP_GENERATOR: u64 = 2;

fn of_hex(digits: &str) -> Vec<u8> {
    let digit = |byte: u8| (byte as char).to_digit(16).unwrap_or(0) as u8;
    let pairs = digits.as_bytes().chunks_exact(2);
    pairs
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect()
}

/// The prime of a group by its name, `modp1` to `modp18`.
fn group_prime(name: &str) -> Result<Option<Number>> {
    type Make = unsafe extern "C" fn(*mut ffi::BIGNUM) -> *mut ffi::BIGNUM;
    let make: Make = match name.to_ascii_lowercase().as_str() {
        "modp1" => return Number::new(&of_hex(MODP1)).map(Some),
        "modp2" => return Number::new(&of_hex(MODP2)).map(Some),
        "modp5" => ffi::BN_get_rfc3526_prime_1536,
        "modp14" => ffi::BN_get_rfc3526_prime_2048,
        "modp15" => ffi::BN_get_rfc3526_prime_3072,
        "modp16" => ffi::BN_get_rfc3526_prime_4096,
        "modp17" => ffi::BN_get_rfc3526_prime_6144,
        "modp18" => ffi::BN_get_rfc3526_prime_8192,
        _ => return Ok(None),
    };
    // SAFETY: null asks for a new number, which is ours.
    Owned::of(unsafe { make(std::ptr::null_mut()) }).map(|number| Some(Number(number)))
}

/// Smallest generator there is.
const GENERATOR_MIN: u64 = 2;

impl Exchange {
    /// None: there is no such group.
    pub fn of_group(name: &str) -> Result<Option<Exchange>> {
        let Some(prime) = group_prime(name)? else {
            return Ok(None);
        };
        Exchange::of_numbers(prime, Number::of_u64(GROUP_GENERATOR)?).map(Some)
    }

    pub fn new(prime: &[u8], generator: &[u8]) -> Result<Exchange> {
        let generator = Number::new(generator)?;
        if generator < Number::of_u64(GENERATOR_MIN)? {
            return Err(bad_generator());
        }
        Exchange::of_numbers(Number::new(prime)?, generator)
    }

    pub(crate) fn of_numbers(prime: Number, generator: Number) -> Result<Exchange> {
        let mut exchange = Exchange::empty()?;
        let (p, g) = (prime.into_raw(), generator.into_raw());
        // SAFETY: the numbers become the exchange's own; it has none before, so this does not fail.
        let done = unsafe { ffi::DH_set0_pqg(exchange.0.as_mut_ptr(), p, std::ptr::null_mut(), g) };
        failure::check(done, "Invalid DH parameters")?;
        Ok(exchange)
    }

    /// A new safe prime of so many bits. May take very long.
    pub fn generate(bits: i32, generator: i32) -> Result<Exchange> {
        if bits < 2 {
            return Err(failure::of_reason(
                ffi::ERR_LIB_BN,
                ffi::BN_R_BITS_TOO_SMALL,
            ));
        }
        if generator < GENERATOR_MIN as i32 {
            return Err(bad_generator());
        }
        let mut exchange = Exchange::empty()?;
        // SAFETY: the exchange is live; there is no callback.
        let done = unsafe {
            ffi::DH_generate_parameters_ex(
                exchange.0.as_mut_ptr(),
                bits,
                generator,
                std::ptr::null_mut(),
            )
        };
        failure::check(done, "Invalid DH parameters")?;
        Ok(exchange)
    }

    fn empty() -> Result<Exchange> {
        // SAFETY: takes no argument; what it gives is ours.
        Owned::of(unsafe { ffi::DH_new() }).map(Exchange)
    }

    /// For functions that take the exchange.
    pub(crate) fn into_raw(self) -> *mut ffi::DH {
        self.0.into_raw()
    }

    /// What is wrong with prime and generator, in the bits of OpenSSL's DH_check.
    pub fn check(&self) -> Result<i32> {
        let mut flags = 0;
        // SAFETY: reads a live exchange.
        let done = unsafe { ffi::DH_check(self.0.as_ptr(), &mut flags) };
        failure::check(done, "Checking DH parameters failed")?;
        Ok(flags)
    }

    pub fn generate_key(&mut self) -> Result<()> {
        // SAFETY: the exchange is live, and has its numbers.
        let done = unsafe { ffi::DH_generate_key(self.0.as_mut_ptr()) };
        failure::check(done, "Key generation failed")
    }

    fn group(&self) -> (*const ffi::BIGNUM, *const ffi::BIGNUM) {
        let (mut p, mut g) = (std::ptr::null(), std::ptr::null());
        // SAFETY: the exchange is live, and so are its numbers.
        unsafe { ffi::DH_get0_pqg(self.0.as_ptr(), &mut p, std::ptr::null_mut(), &mut g) };
        (p, g)
    }

    fn key(&self) -> (*const ffi::BIGNUM, *const ffi::BIGNUM) {
        let (mut public, mut private) = (std::ptr::null(), std::ptr::null());
        // SAFETY: as above.
        unsafe { ffi::DH_get0_key(self.0.as_ptr(), &mut public, &mut private) };
        (public, private)
    }

    pub fn prime(&self) -> Vec<u8> {
        bytes_of(self.group().0)
    }

    pub fn generator(&self) -> Vec<u8> {
        bytes_of(self.group().1)
    }

    pub fn public_key(&self) -> Option<Vec<u8>> {
        let number = self.key().0;
        (!number.is_null()).then(|| bytes_of(number))
    }

    pub fn private_key(&self) -> Option<Vec<u8>> {
        let number = self.key().1;
        (!number.is_null()).then(|| bytes_of(number))
    }

    pub fn set_public_key(&mut self, bytes: &[u8]) -> Result<()> {
        let number = Number::new(bytes)?.into_raw();
        // SAFETY: the number becomes the exchange's own.
        let done = unsafe { ffi::DH_set0_key(self.0.as_mut_ptr(), number, std::ptr::null_mut()) };
        failure::check(done, "Failed to set the public key")
    }

    pub fn set_private_key(&mut self, bytes: &[u8]) -> Result<()> {
        let number = Number::new(bytes)?.into_raw();
        // SAFETY: the number becomes the exchange's own.
        let done = unsafe { ffi::DH_set0_key(self.0.as_mut_ptr(), std::ptr::null_mut(), number) };
        failure::check(done, "Failed to set the private key")
    }

    /// None: the other's key will do.
    pub fn fault_of(&self, other: &Number) -> Option<PublicKeyFault> {
        let mut flags = 0;
        // SAFETY: reads a live exchange and a live number.
        let done = unsafe { ffi::DH_check_pub_key(self.0.as_ptr(), other.as_ptr(), &mut flags) };
        if failure::check(done, "").is_err() {
            return Some(PublicKeyFault::Other);
        }
        match flags {
            0 => None,
            flags if flags & ffi::DH_CHECK_PUBKEY_TOO_SMALL != 0 => Some(PublicKeyFault::TooSmall),
            flags if flags & ffi::DH_CHECK_PUBKEY_TOO_LARGE != 0 => Some(PublicKeyFault::TooLarge),
            _ => Some(PublicKeyFault::Other),
        }
    }

    /// As many bytes as the prime has.
    pub fn secret(&mut self, other: &Number) -> Result<Vec<u8>> {
        // SAFETY: reads a live exchange.
        let count = unsafe { ffi::DH_size(self.0.as_ptr()) };
        let mut secret = vec![0; usize::try_from(count).unwrap_or(0)];
        // SAFETY: both are live, and the secret has room for as many bytes as the prime.
        let count = unsafe {
            ffi::DH_compute_key_padded(secret.as_mut_ptr(), other.as_ptr(), self.0.as_mut_ptr())
        };
        match usize::try_from(count) {
            Ok(count) => {
                secret.truncate(count);
                Ok(secret)
            }
            Err(_) => Err(Failure::of_queue("Failed to compute shared secret")),
        }
    }
}

fn bad_generator() -> Failure {
    failure::of_reason(ffi::ERR_LIB_DH, ffi::DH_R_BAD_GENERATOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_have_the_same_secret() {
        for name in ["modp1", "modp2", "modp5", "MODP14"] {
            let side = || Exchange::of_group(name).expect("numbers").expect("a group");
            let (mut one, mut other) = (side(), side());
            assert_eq!(one.check(), Ok(0), "{name}");
            one.generate_key().expect("a key");
            other.generate_key().expect("a key");
            let public =
                |side: &Exchange| Number::new(&side.public_key().expect("a key")).expect("bytes");
            let (of_one, of_other) = (public(&one), public(&other));
            assert_eq!(one.fault_of(&of_other), None);
            assert_eq!(one.secret(&of_other), other.secret(&of_one));
        }
        assert!(Exchange::of_group("modp3").expect("no failure").is_none());
    }

    #[test]
    fn keys_out_of_range_are_told() {
        let one = Exchange::of_group("modp5")
            .expect("numbers")
            .expect("a group");
        let fault = |bytes: &[u8]| one.fault_of(&Number::new(bytes).expect("a number"));
        assert_eq!(fault(&[1]), Some(PublicKeyFault::TooSmall));
        assert_eq!(fault(&[255; 200]), Some(PublicKeyFault::TooLarge));
        assert!(Exchange::new(&[23], &[1]).is_err());
        assert!(Exchange::generate(1, 2).is_err());
    }
}
