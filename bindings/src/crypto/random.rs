//! Random bytes.

use coring_crypto::random;
use coring_engine::{Bytes, Js, ops};

use super::room;
use super::text::hex;
use crate::Natives;
use crate::kinds::entry;

ops! { crypto(Natives) {
    /// Fills count bytes from `at`; null where the generator fails.
    slow randomFill(bytes: Bytes, at: f64, count: f64);
    /// Answers the ticket in the next turn.
    slow answerSoon(ticket: i32);
    /// A Buffer of so many random bytes.
    slow randomBytes(count: f64, ticket: i32);
    /// A list of so many random UUIDs.
    slow uuids(count: i32);
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

fn uuids(natives: &mut Natives, count: i32) -> Js {
    let made = room(f64::from(count.max(0)) * 16.0).and_then(|mut bytes| {
        random::fill(&mut bytes)?;
        let (all, _) = bytes.as_chunks();
        Ok(Js::Texts(
            all.iter().flat_map(|one| uuid(*one)).collect(),
            UUID_CHARS,
        ))
    });
    natives.crypto_answer(made)
}

const UUID_CHARS: usize = 36;

/// RFC 9562, section 5.4: version 4.
fn uuid(mut bytes: [u8; 16]) -> [u8; UUID_CHARS] {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut digits = [0; 32];
    hex(&bytes, &mut digits);
    let mut text = [b'-'; UUID_CHARS];
    // Groups of 8, 4, 4, 4 and 12 digits, the second to the fifth each behind one more dash.
    for (dashes, [start, end]) in [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]]
        .into_iter()
        .enumerate()
    {
        text[start + dashes..end + dashes].copy_from_slice(&digits[start..end]);
    }
    text
}
