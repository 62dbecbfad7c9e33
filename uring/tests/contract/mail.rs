//! Messages between threads, by both doorbells.

use super::*;
use coring_uring::PostError;

const MAIL: u8 = 9;

/// A ring that is woken by a completion put into it if the kernel can, and one by an eventfd.
fn both() -> [fn() -> Bench; 2] {
    let by_eventfd = || Bench::limited(RingOptions::default(), |probe| probe.messages = false);
    [Bench::new, by_eventfd]
}

#[test]
fn messages_wake_a_sleeping_ring_in_order() {
    both().into_iter().for_each(wake_in_order);
}

fn wake_in_order(bench: fn() -> Bench) {
    const MESSAGES_COUNT: u32 = 1000;
    let mut bench = bench();
    let mut mailbox = bench.ring.mailbox(Token::new(MAIL, 0, 0), 4096).unwrap();
    let senders: Vec<_> = (0..2u8)
        .map(|sender| {
            let post = mailbox.post();
            std::thread::spawn(move || {
                for number in 0..MESSAGES_COUNT {
                    let mut message = vec![sender];
                    message.extend_from_slice(&number.to_le_bytes());
                    post.send(message).unwrap();
                }
            })
        })
        .collect();
    let mut all = Vec::new();
    while all.len() < 2 * MESSAGES_COUNT as usize {
        let told = bench.expect(|completion| completion.token.kind() == MAIL);
        assert!(told.more && mailbox.owns(&told));
        mailbox.take(&mut all);
    }
    for sender in senders {
        sender.join().unwrap();
    }
    for sender in 0..2u8 {
        let own = all.iter().filter(|message| message[0] == sender);
        for (number, message) in own.enumerate() {
            assert_eq!(message[1..], (number as u32).to_le_bytes());
        }
    }
}

#[test]
fn two_rings_talk() {
    both().into_iter().for_each(talk);
}

fn talk(bench: fn() -> Bench) {
    let (to_other, from_main) = std::sync::mpsc::channel();
    let (to_main, from_other) = std::sync::mpsc::channel();
    let other = std::thread::spawn(move || {
        let mut bench = bench();
        let mut mailbox = bench.ring.mailbox(Token::new(MAIL, 1, 0), 8).unwrap();
        to_main.send(mailbox.post()).unwrap();
        let post: coring_uring::Post = from_main.recv().unwrap();
        let mut messages = Vec::new();
        loop {
            bench.expect(|completion| completion.token.kind() == MAIL);
            mailbox.take(&mut messages);
            for message in messages.drain(..) {
                if message.is_empty() {
                    return;
                }
                post.send(message).unwrap();
            }
        }
    });
    let mut bench = bench();
    let mut mailbox = bench.ring.mailbox(Token::new(MAIL, 0, 0), 8).unwrap();
    to_other.send(mailbox.post()).unwrap();
    let post = from_other.recv().unwrap();
    let mut messages = Vec::new();
    for number in 1..=100u8 {
        post.send(vec![number]).unwrap();
        while messages.is_empty() {
            bench.expect(|completion| completion.token.kind() == MAIL);
            mailbox.take(&mut messages);
        }
        assert_eq!(messages.pop(), Some(vec![number]));
    }
    post.send(Vec::new()).unwrap();
    other.join().unwrap();
    assert_eq!(post.send(vec![1]), Err(PostError::Closed(vec![1])));
}

#[test]
fn full_and_closed_mailboxes_give_the_message_back() {
    both().into_iter().for_each(give_back);
}

fn give_back(bench: fn() -> Bench) {
    let mut bench = bench();
    let mut mailbox = bench.ring.mailbox(Token::new(MAIL, 0, 0), 2).unwrap();
    let post = mailbox.post();
    assert_eq!(post.send(vec![1]), Ok(()));
    assert_eq!(post.send(vec![2]), Ok(()));
    assert_eq!(post.send(vec![3]), Err(PostError::Full(vec![3])));
    let mut messages = Vec::new();
    mailbox.take(&mut messages);
    assert_eq!(messages, [vec![1], vec![2]]);
    assert_eq!(post.send(vec![4]), Ok(()));
    bench.ring.close_mailbox(mailbox);
    assert_eq!(post.send(vec![5]), Err(PostError::Closed(vec![5])));
    bench.expect(|completion| completion.token.kind() == MAIL && !completion.more);
    assert_eq!(bench.ring.in_flight(), 0);
    assert_eq!(bench.ring.stats().stale, 0);
}
