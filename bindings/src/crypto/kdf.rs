//! Keys from passwords and other keys; primes. All of it may go through the compute lane.

use coring_crypto::argon::{self, Argon2Cost, Argon2Input};
use coring_crypto::kdf::{self, ScryptCost};
use coring_crypto::{Failure, Number, Secret};
use coring_engine::{Bytes, Js, ops};
use coring_uring::sync::host;

use super::hash::{digest, no_digest};
use super::room;
use crate::Natives;

ops! { crypto(Natives) {
    /// Each: a Buffer.
    slow pbkdf2(password: Bytes, salt: Bytes, iterations: f64, count: f64, digest: i32,
        ticket: i32);
    /// cost: N, r, p, most bytes of memory.
    slow scrypt(password: Bytes, salt: Bytes, cost: Numbers, count: f64, ticket: i32);
    /// undefined, or null: the cost is too much.
    slow scryptCheck(cost: Numbers);
    slow hkdf(digest: i32, secret: Bytes, salt: Bytes, info: Bytes, count: f64, ticket: i32);
    /// kind: 0 argon2d, 1 argon2i, 2 argon2id; cost: parallelism, memory in KiB, passes.
    slow argon2(kind: i32, message: Bytes, nonce: Bytes, cost: Numbers, count: f64, secret: Bytes,
        associated: Bytes, ticket: i32);
    /// add and rem: big-endian numbers, empty where there is none.
    slow primeMake(bits: i32, safe: bool, add: Bytes, rem: Bytes, ticket: i32);
    slow primeCheck(candidate: Bytes, checks: i32, ticket: i32);
} }

/// A list of numbers, from an array.
type Numbers = Vec<f64>;

fn pbkdf2(
    natives: &mut Natives,
    password: Bytes,
    salt: Bytes,
    iterations: f64,
    count: f64,
    number: i32,
    ticket: i32,
) -> Js {
    let password = Secret::from(password.as_slice());
    let salt = salt.as_slice().to_vec();
    natives.crypto_job(ticket, move || {
        let digest = digest(number).ok_or_else(no_digest)?;
        check_count(count)?;
        let mut out = room(count)?;
        let iterations = iterations as u32;
        kdf::pbkdf2(digest, password.as_slice(), &salt, iterations, &mut out)?;
        Ok(out)
    })
}

/// Node's library makes no key of no bytes.
fn check_count(count: f64) -> Result<(), Failure> {
    match count > 0.0 {
        true => Ok(()),
        false => Err(Failure::plain("", "Deriving bits failed")),
    }
}

/// What takes less is not looked at: to look costs some file reads.
const LOOKED_AT_BYTES: u64 = 256 << 20;

/// Refuses what the machine, or the control group, has not got. The allocator would promise it, and
/// the process be killed when it is written to.
fn check_memory(bytes: u64) -> Result<(), Failure> {
    if bytes < LOOKED_AT_BYTES {
        return Ok(());
    }
    let usable = host::usable_memory();
    match 0 < usable && usable < bytes {
        true => Err(Failure::plain("", "malloc failure")),
        false => Ok(()),
    }
}

fn cost_of(numbers: &[f64]) -> ScryptCost {
    let number = |at: usize| numbers.get(at).copied().unwrap_or(0.0);
    ScryptCost {
        n: number(0) as u64,
        r: number(1) as u64,
        p: number(2) as u64,
        memory_max: number(3) as usize,
    }
}

fn scrypt(
    natives: &mut Natives,
    password: Bytes,
    salt: Bytes,
    cost: Numbers,
    count: f64,
    ticket: i32,
) -> Js {
    let password = Secret::from(password.as_slice());
    let salt = salt.as_slice().to_vec();
    let cost = cost_of(&cost);
    natives.crypto_job(ticket, move || {
        check_memory(cost.bytes())?;
        let mut out = room(count)?;
        kdf::scrypt(password.as_slice(), &salt, cost, &mut out)?;
        Ok(out)
    })
}

#[allow(non_snake_case)]
fn scryptCheck(natives: &mut Natives, cost: Numbers) -> Js {
    let result = kdf::check_scrypt(cost_of(&cost)).map_err(|failure| {
        let reason = match failure {
            Failure::Library { first, .. } => first.message,
            Failure::Plain { message, .. } => message,
        };
        let message = format!("Invalid scrypt params: {reason}");
        Failure::plain("ERR_CRYPTO_INVALID_SCRYPT_PARAMS", &message)
    });
    natives.crypto_answer(result)
}

fn hkdf(
    natives: &mut Natives,
    number: i32,
    secret: Bytes,
    salt: Bytes,
    info: Bytes,
    count: f64,
    ticket: i32,
) -> Js {
    let secret = Secret::from(secret.as_slice());
    let (salt, info) = (salt.as_slice().to_vec(), info.as_slice().to_vec());
    natives.crypto_job(ticket, move || {
        let digest = digest(number).ok_or_else(no_digest)?;
        check_count(count)?;
        let mut out = room(count)?;
        kdf::hkdf(digest, secret.as_slice(), &salt, &info, &mut out)?;
        Ok(out)
    })
}

#[allow(clippy::too_many_arguments, reason = "as many as Node's parameters")]
fn argon2(
    natives: &mut Natives,
    kind: i32,
    message: Bytes,
    nonce: Bytes,
    cost: Numbers,
    count: f64,
    secret: Bytes,
    associated: Bytes,
    ticket: i32,
) -> Js {
    let number = |at: usize| cost.get(at).map_or(0, |&number| number as u32);
    let cost = Argon2Cost {
        parallelism: number(0),
        memory_kib: number(1),
        passes: number(2),
    };
    let (message, secret) = (
        Secret::from(message.as_slice()),
        Secret::from(secret.as_slice()),
    );
    let (nonce, associated) = (nonce.as_slice().to_vec(), associated.as_slice().to_vec());
    natives.crypto_job(ticket, move || {
        check_memory(u64::from(cost.memory_kib) << 10)?;
        let mut out = room(count)?;
        let input = Argon2Input {
            message: message.as_slice(),
            nonce: &nonce,
            secret: secret.as_slice(),
            associated: &associated,
        };
        argon::derive(kind, input, cost, &mut out)?;
        Ok(out)
    })
}

#[allow(non_snake_case)]
fn primeMake(
    natives: &mut Natives,
    bits: i32,
    safe: bool,
    add: Bytes,
    rem: Bytes,
    ticket: i32,
) -> Js {
    let bytes = |bytes: Bytes| Some(bytes.as_slice().to_vec()).filter(|bytes| !bytes.is_empty());
    let (add, rem) = (bytes(add), bytes(rem));
    natives.crypto_job(ticket, move || {
        let number = |bytes: Option<Vec<u8>>| bytes.map(|bytes| Number::new(&bytes)).transpose();
        let (add, rem) = (number(add)?, number(rem)?);
        let prime = Number::random_prime(bits, safe, add.as_ref(), rem.as_ref())?;
        let bytes = prime.to_bytes();
        // As many bytes as were asked for.
        let mut whole = vec![0; (bits as usize).div_ceil(8).saturating_sub(bytes.len())];
        whole.extend(bytes);
        Ok(whole)
    })
}

#[allow(non_snake_case)]
fn primeCheck(natives: &mut Natives, candidate: Bytes, checks: i32, ticket: i32) -> Js {
    // A number that is too long is told at once, whatever the ticket.
    match Number::new(candidate.as_slice()) {
        Ok(candidate) => natives.crypto_job(ticket, move || candidate.is_prime(checks)),
        Err(failure) => natives.crypto_refuse(failure),
    }
}
