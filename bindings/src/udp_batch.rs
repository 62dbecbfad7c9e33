//! A batch of datagrams of one socket, which the kernel takes with one call: those to one place and
//! of one length as one message, which it cuts. `udp_sends` fills and sends it; it makes no system
//! calls of its own.

use coring_uring::sync::datagram::Message;
use coring_uring::{Errno, SocketAddress};

/// UDP_MAX_SEGMENTS of kernels before 6.9.
const COUNT_MAX: usize = 64;
const _: () = assert!(COUNT_MAX <= u64::BITS as usize);

/// A message is one datagram to the kernel until it cuts it: its length must fit the IP header's.
const BYTES_MAX: usize = 65_000;

/// Datagrams above this never find company.
pub const EACH_BYTES_MAX: usize = BYTES_MAX / 2;

/// Numbers are indexes of tokens, too. So many are never on their way.
const NUMBERS_COUNT: u32 = 1 << 24;

/// Datagrams of one length to one place, but the last one, which may be shorter.
struct Group {
    to: Option<SocketAddress>,
    start: usize,
    end: usize,
    each_bytes: usize,
    count: usize,
}

#[derive(Default)]
pub struct Batch {
    bytes: Vec<u8>,
    groups: Vec<Group>,
    pub count: usize,
    /// The number of the first.
    number: u32,
    /// A bit for each: JavaScript asks what became of it.
    pub asked: u64,
}

/// What became of a batch that did not go as it should.
#[derive(Default, Debug, PartialEq)]
pub struct Outcome {
    /// Why the kernel does not take datagrams of such a length together.
    pub refusal: Option<(Errno, usize)>,
    /// Which datagrams.
    pub failed: Vec<(usize, Errno)>,
}

impl Group {
    fn takes(&self, bytes_count: usize, to: Option<&SocketAddress>) -> bool {
        let is_even = self.end - self.start == self.count * self.each_bytes;
        is_even && (1..=self.each_bytes).contains(&bytes_count) && self.to.as_ref() == to
    }
}

impl Batch {
    pub fn fits(&self, bytes_count: usize) -> bool {
        self.count < COUNT_MAX && self.bytes.len() + bytes_count <= BYTES_MAX
    }

    /// Its number. `merges`: it may become one message with others.
    pub fn push(
        &mut self,
        bytes: &[u8],
        to: Option<SocketAddress>,
        merges: bool,
        is_asked: bool,
    ) -> u32 {
        assert!(self.fits(bytes.len()));
        let number = self.number_of(self.count);
        self.asked |= u64::from(is_asked) << self.count;
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        self.count += 1;
        let end = self.bytes.len();
        match self.groups.last_mut() {
            Some(group) if merges && group.takes(bytes.len(), to.as_ref()) => {
                group.end = end;
                group.count += 1;
            }
            _ => self.groups.push(Group {
                to,
                start,
                end,
                each_bytes: bytes.len(),
                count: 1,
            }),
        }
        number
    }

    pub fn number_of(&self, index: usize) -> u32 {
        (self.number + index as u32) % NUMBERS_COUNT
    }

    pub fn has(&self, number: u32) -> bool {
        let index = (number + NUMBERS_COUNT - self.number) % NUMBERS_COUNT;
        (index as usize) < self.count
    }

    /// The datagrams one by one.
    pub fn datagrams(&self) -> impl Iterator<Item = (&[u8], Option<&SocketAddress>)> {
        self.groups.iter().flat_map(|group| {
            (0..group.count).map(|nth| (self.datagram(group, nth), group.to.as_ref()))
        })
    }

    fn datagram(&self, group: &Group, nth: usize) -> &[u8] {
        let start = group.start + nth * group.each_bytes;
        &self.bytes[start..group.end.min(start + group.each_bytes)]
    }

    fn message<'a>(&'a self, group: &'a Group) -> Message<'a> {
        Message {
            bytes: &self.bytes[group.start..group.end],
            each_bytes: (group.count > 1).then_some(group.each_bytes),
            to: group.to.as_ref(),
        }
    }

    /// A number for one that does not go with it.
    pub fn take_number(&mut self) -> u32 {
        assert!(self.count == 0);
        let number = self.number;
        self.number = self.number_of(1);
        number
    }

    /// Empties it and keeps its memory.
    pub fn clear(&mut self) {
        self.number = self.number_of(self.count);
        (self.count, self.asked) = (0, 0);
        self.bytes.clear();
        self.groups.clear();
    }

    /// Sends it by `many`, which tells how many messages went, and what cannot go so by `alone`, in
    /// order. Behind one that must wait (-EAGAIN) all wait.
    pub fn send(
        &self,
        mut many: impl FnMut(&[Message<'_>]) -> Result<usize, Errno>,
        mut alone: impl FnMut(&[u8], Option<&SocketAddress>) -> Result<(), Errno>,
    ) -> Outcome {
        let mut outcome = Outcome::default();
        let messages: Vec<_> = self
            .groups
            .iter()
            .map(|group| self.message(group))
            .collect();
        let (mut at, mut index, mut waits) = (0, 0, false);
        while let Some(group) = self.groups.get(at) {
            // What one message comes back with must not be lost behind another (sendmmsg(2)): only
            // connected sockets hear of what became of earlier ones.
            let next = match group.to {
                Some(_) => &messages[at..],
                None => &messages[at..=at],
            };
            let sent = if waits {
                Err(Errno::EAGAIN)
            } else {
                many(next)
            };
            match sent {
                Ok(count) => {
                    let gone = &self.groups[at..at + count];
                    index += gone.iter().map(|group| group.count).sum::<usize>();
                    at += count;
                }
                Err(errno) => {
                    waits |= self.send_apart(group, index, errno, waits, &mut alone, &mut outcome);
                    index += group.count;
                    at += 1;
                }
            }
        }
        outcome
    }

    /// A group that failed as one message; its first datagram has that index. Must the next wait?
    fn send_apart(
        &self,
        group: &Group,
        index: usize,
        errno: Errno,
        mut waits: bool,
        alone: &mut impl FnMut(&[u8], Option<&SocketAddress>) -> Result<(), Errno>,
        outcome: &mut Outcome,
    ) -> bool {
        let is_full = matches!(errno, Errno::EAGAIN | Errno::ENOBUFS | Errno::ENOMEM);
        // Longer than the path takes whole, no checksums by the device, or IPsec on it.
        let is_refusal = matches!(errno, Errno::EINVAL | Errno::EMSGSIZE | Errno::EIO);
        let mut first = 0;
        if group.count == 1 && is_full {
            waits = true;
        } else if group.count == 1 || !(is_full || is_refusal) {
            // The first would have met it: what an earlier one came back with, or all would.
            outcome.failed.push((index, errno));
            first = 1;
        }
        let failed_count = outcome.failed.len();
        for nth in first..group.count {
            let sent = match waits {
                true => Err(Errno::EAGAIN),
                false => alone(self.datagram(group, nth), group.to.as_ref()),
            };
            if let Err(errno) = sent {
                waits |= errno == Errno::EAGAIN;
                outcome.failed.push((index + nth, errno));
            }
        }
        if is_refusal && outcome.failed.len() - failed_count < group.count - first {
            outcome.refusal = Some((errno, group.each_bytes));
        }
        waits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(port: u16) -> Option<SocketAddress> {
        let address = std::net::SocketAddr::from(([127, 0, 0, 1], port));
        (port != 0).then(|| address.into())
    }

    /// A port (0: connected) and lengths each.
    fn batch(groups: &[(u16, &[usize])]) -> Batch {
        let mut batch = Batch::default();
        for (port, lengths) in groups {
            for length in *lengths {
                batch.push(&vec![*length as u8; *length], place(*port), true, false);
            }
        }
        batch
    }

    /// Sends it where one message of them all meets an error, and some tries alone do. Gives the
    /// outcome, the lengths of messages that went, and those that went alone.
    fn sent(
        batch: &Batch,
        (nth, errno): (usize, Errno),
        refused: &[(usize, Errno)],
    ) -> (Outcome, Vec<usize>, Vec<usize>) {
        let (mut went, mut tries, mut alone) = (Vec::new(), 0, Vec::new());
        let (mut at, mut is_told) = (0, false);
        let outcome = batch.send(
            |messages| {
                if at == nth && !is_told {
                    (is_told, at) = (true, at + 1);
                    return Err(errno);
                }
                let count = messages
                    .len()
                    .min(nth.checked_sub(at).unwrap_or(usize::MAX));
                went.extend(messages[..count].iter().map(|message| message.bytes.len()));
                at += count;
                Ok(count)
            },
            |bytes, _| {
                assert!(bytes.iter().all(|byte| usize::from(*byte) == bytes.len()));
                tries += 1;
                if let Some((_, errno)) = refused.iter().find(|(nth, _)| *nth == tries) {
                    return Err(*errno);
                }
                alone.push(bytes.len());
                Ok(())
            },
        );
        (outcome, went, alone)
    }

    fn outcome(refusal: Option<(Errno, usize)>, failed: &[(usize, Errno)]) -> Outcome {
        let failed = failed.to_vec();
        Outcome { refusal, failed }
    }

    #[test]
    fn datagrams_of_a_length_to_a_place_are_one_message() {
        let batch = batch(&[(1, &[9, 9, 4, 9, 9]), (2, &[9, 0, 0, 9, 12]), (1, &[5])]);
        let (result, went, alone) = sent(&batch, (99, Errno::EIO), &[]);
        assert_eq!((result, alone), (outcome(None, &[]), vec![]));
        assert_eq!(went, [22, 18, 9, 0, 0, 9, 12, 5]);
        let lengths: Vec<_> = batch.datagrams().map(|(bytes, _)| bytes.len()).collect();
        assert_eq!(lengths, [9, 9, 4, 9, 9, 9, 0, 0, 9, 12, 5]);
    }

    #[test]
    fn a_message_that_is_refused_goes_one_by_one() {
        let batch = batch(&[(1, &[7]), (2, &[9, 9, 9, 4]), (3, &[8])]);
        for errno in [Errno::EINVAL, Errno::EMSGSIZE, Errno::EIO] {
            let (result, went, alone) = sent(&batch, (1, errno), &[]);
            assert_eq!(result, outcome(Some((errno, 9)), &[]));
            assert_eq!((went, alone), (vec![7, 8], vec![9, 9, 9, 4]));
        }
        // It was no matter of being together.
        let all = [1, 2, 3, 4].map(|nth| (nth, Errno::EINVAL));
        let (result, ..) = sent(&batch, (1, Errno::EINVAL), &all);
        assert_eq!(result, outcome(None, &all));
        // One alone has its own error, and those behind it go.
        let (result, went, _) = sent(&batch, (0, Errno::EMSGSIZE), &[]);
        assert_eq!(result, outcome(None, &[(0, Errno::EMSGSIZE)]));
        assert_eq!(went, [34 - 3, 8]);
    }

    #[test]
    fn behind_one_that_waits_all_wait() {
        let batch = batch(&[(1, &[7]), (2, &[9, 9, 9]), (3, &[8])]);
        let waiting = |from: usize| {
            (from..5)
                .map(|nth| (nth, Errno::EAGAIN))
                .collect::<Vec<_>>()
        };
        let (result, went, alone) = sent(&batch, (1, Errno::EAGAIN), &[(2, Errno::EAGAIN)]);
        assert_eq!(result, outcome(None, &waiting(2)));
        assert_eq!((went, alone), (vec![7], vec![9]));
        let (result, went, alone) = sent(&batch, (0, Errno::ENOBUFS), &[]);
        assert_eq!(
            (result, went, alone),
            (outcome(None, &waiting(0)), vec![], vec![])
        );
    }

    #[test]
    fn what_comes_back_is_the_first_ones() {
        let batch = batch(&[(0, &[9, 9, 9, 4, 12])]);
        let refused = [(2, Errno::ECONNREFUSED)];
        let (result, went, alone) = sent(&batch, (0, Errno::ECONNREFUSED), &refused);
        let failed = [0, 2].map(|nth| (nth, Errno::ECONNREFUSED));
        assert_eq!(result, outcome(None, &failed));
        assert_eq!((went, alone), (vec![12], vec![9, 4]));
    }

    #[test]
    fn a_batch_has_bounds() {
        let mut batch = Batch::default();
        for nth in 0..COUNT_MAX {
            assert!(batch.fits(8), "{nth}");
            batch.push(&[0; 8], None, true, nth == 1);
        }
        assert!(!batch.fits(0));
        assert_eq!(batch.asked, 0b10);
        batch.clear();
        for _ in 0..2 {
            assert!(batch.fits(EACH_BYTES_MAX));
            batch.push(&[0; EACH_BYTES_MAX], None, true, false);
        }
        assert!(batch.fits(0) && !batch.fits(1));
    }

    #[test]
    fn numbers_go_round() {
        let mut batch = Batch {
            number: NUMBERS_COUNT - 1,
            ..Batch::default()
        };
        assert!(!batch.has(NUMBERS_COUNT - 1));
        assert_eq!(batch.push(b"a", None, true, false), NUMBERS_COUNT - 1);
        assert_eq!(batch.push(b"b", None, true, false), 0);
        assert!(batch.has(NUMBERS_COUNT - 1) && batch.has(0) && !batch.has(1));
        batch.clear();
        assert!(!batch.has(0));
        assert_eq!(batch.push(b"c", None, true, false), 1);
    }
}
