//! Random bytes.

use coring_crypto::random;
use coring_engine::{Bytes, Js, ops};

use super::room;
use crate::Natives;
use crate::kinds::entry;

ops! { crypto(Natives) {
    /// Fills count bytes from `at`; null where the generator fails.
    slow randomFill(bytes: Bytes, at: f64, count: f64);
    /// Answers the ticket in the next turn.
    slow answerSoon(ticket: i32);
    /// A Buffer of so many random bytes.
    slow randomBytes(count: f64, ticket: i32);
} }

#[allow(non_snake_case)]
fn randomFill(natives: &mut Natives, mut bytes: Bytes, at: f64, count: f64) -> Js {
    let (at, count) = (at as usize, count as usize);
    let target = bytes.as_mut_slice().get_mut(at..at.saturating_add(count));
    let result = target.map_or(Ok(()), random::fill);
    natives.crypto_answer(result)
}

#[allow(non_snake_case)]
fn answerSoon(natives: &mut Natives, ticket: i32) {
    natives.answers.push((entry::TICKET, [ticket, 0, 0]));
}

#[allow(non_snake_case)]
fn randomBytes(natives: &mut Natives, count: f64, ticket: i32) -> Js {
    natives.crypto_job(ticket, move || {
        let mut bytes = room(count)?;
        random::fill(&mut bytes)?;
        Ok(bytes)
    })
}
