//! Verdicts on llhttp's own test messages and on ours must be Node's, or be listed with a reason
//! in vectors.txt. Each message is read in one piece, byte by byte, and cut in two at every place.

#![forbid(unsafe_code)]

mod transcript;

use coring_codec::http1::{Lenient, Limits};
use transcript::{Vector, transcript, vectors};

fn limits(vector: &Vector) -> Limits {
    Limits {
        lenient: Lenient::from_bits(vector.lenient_bits),
        ..Limits::default()
    }
}

fn expected(vector: &Vector) -> &[&'static str] {
    if vector.has_reason {
        &vector.ours
    } else {
        &vector.node
    }
}

#[test]
fn verdicts_are_nodes() {
    let vectors = vectors();
    assert!(vectors.len() > 390);
    let mut wrong = Vec::new();
    for vector in &vectors {
        let ours = transcript(vector.kind, &limits(vector), &vector.input, |rest| rest);
        if ours != expected(vector) {
            let ours = ours.join("\n  ");
            let expected = expected(vector).join("\n  ");
            wrong.push(format!(
                "# {}\n  {expected}\nours:\n  {ours}\n",
                vector.title
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\n{} of {}",
        wrong.join("\n"),
        wrong.len(),
        vectors.len()
    );
}

#[test]
fn differences_differ() {
    let vectors = vectors();
    for vector in vectors
        .iter()
        .filter(|vector| vector.has_reason || !vector.ours.is_empty())
    {
        assert!(vector.has_reason, "{}: why?", vector.title);
        assert_ne!(vector.node, vector.ours, "{}", vector.title);
    }
}

#[test]
fn byte_by_byte_nothing_changes() {
    for vector in vectors() {
        let ours = transcript(vector.kind, &limits(&vector), &vector.input, |_| 1);
        assert_eq!(ours, expected(&vector), "{}", vector.title);
    }
}

#[test]
fn cut_in_two_nothing_changes() {
    for vector in vectors() {
        for cut in 1..vector.input.len() {
            let mut first = true;
            let piece = |rest| {
                if std::mem::take(&mut first) {
                    cut
                } else {
                    rest
                }
            };
            let ours = transcript(vector.kind, &limits(&vector), &vector.input, piece);
            assert_eq!(ours, expected(&vector), "{} cut at {cut}", vector.title);
        }
    }
}
