//! A batch of datagrams that the kernel takes together, or one by one where it does not.
//! `udp_sends` fills and sends it; it makes no system calls of its own.

use coring_uring::Errno;

/// UDP_MAX_SEGMENTS of kernels before 6.9.
const COUNT_MAX: usize = 64;
const _: () = assert!(COUNT_MAX <= u64::BITS as usize);

/// A batch is one datagram to the kernel until it cuts it: its length must fit the IP header's.
const BYTES_MAX: usize = 65_000;

/// Datagrams above this never find company.
pub const EACH_BYTES_MAX: usize = BYTES_MAX / 2;

/// Numbers are indexes of tokens, too. So many are never on their way.
const NUMBERS_COUNT: u32 = 1 << 24;

/// Datagrams of one length, but the last one, which may be shorter.
#[derive(Default)]
pub struct Batch {
    bytes: Vec<u8>,
    pub each_bytes: usize,
    pub count: usize,
    /// The number of the first.
    number: u32,
    /// A bit for each: JavaScript asks what became of it.
    pub asked: u64,
}

/// What became of a batch that did not go as it should.
#[derive(Default, Debug, PartialEq)]
pub struct Outcome {
    /// Why the kernel does not take these together.
    pub refusal: Option<Errno>,
    pub failed: Vec<(usize, Errno)>,
}

impl Batch {
    pub fn fits(&self, bytes_count: usize) -> bool {
        self.count == 0
            || (bytes_count <= self.each_bytes && self.bytes.len() + bytes_count <= BYTES_MAX)
    }

    /// Its number.
    pub fn push(&mut self, bytes: &[u8], is_asked: bool) -> u32 {
        assert!(self.fits(bytes.len()) && !bytes.is_empty());
        if self.count == 0 {
            self.each_bytes = bytes.len();
        }
        let number = self.number_of(self.count);
        self.asked |= u64::from(is_asked) << self.count;
        self.bytes.extend_from_slice(bytes);
        self.count += 1;
        number
    }

    pub fn is_full(&self) -> bool {
        self.count == COUNT_MAX || self.bytes.len() < self.count * self.each_bytes
    }

    pub fn number_of(&self, index: usize) -> u32 {
        (self.number + index as u32) % NUMBERS_COUNT
    }

    pub fn has(&self, number: u32) -> bool {
        let index = (number + NUMBERS_COUNT - self.number) % NUMBERS_COUNT;
        (index as usize) < self.count
    }

    pub fn datagram(&self, index: usize) -> &[u8] {
        let start = index * self.each_bytes;
        &self.bytes[start..self.bytes.len().min(start + self.each_bytes)]
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
    }

    /// Sends it `together`, or what cannot go so `alone`, in order. Behind one that must wait
    /// (-EAGAIN) all wait.
    pub fn send(
        &self,
        together: impl FnOnce(&[u8], usize) -> Result<(), Errno>,
        mut alone: impl FnMut(&[u8]) -> Result<(), Errno>,
    ) -> Outcome {
        let mut outcome = Outcome::default();
        if self.count > 1 {
            match together(&self.bytes, self.each_bytes) {
                Ok(()) => return outcome,
                // Longer than the path takes whole, no checksums by the device, or IPsec on it.
                Err(errno @ (Errno::EINVAL | Errno::EMSGSIZE | Errno::EIO)) => {
                    outcome.refusal = Some(errno);
                }
                Err(Errno::EAGAIN | Errno::ENOBUFS | Errno::ENOMEM) => {}
                // The first would have met it: what an earlier one came back with, or all would.
                Err(errno) => outcome.failed.push((0, errno)),
            }
        }
        let mut waits = false;
        for index in outcome.failed.len()..self.count {
            let sent = match waits {
                true => Err(Errno::EAGAIN),
                false => alone(self.datagram(index)),
            };
            if let Err(errno) = sent {
                waits |= errno == Errno::EAGAIN;
                outcome.failed.push((index, errno));
            }
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends datagrams of these lengths, the kernel taking them together or not, and those of some
    /// indexes alone not. Gives the outcome and the lengths that went alone.
    fn sent(
        lengths: &[usize],
        together: Result<(), Errno>,
        refused: &[(usize, Errno)],
    ) -> (Outcome, Vec<usize>) {
        let mut batch = Batch::default();
        for length in lengths {
            batch.push(&vec![*length as u8; *length], false);
        }
        let (mut tries, mut alone) = (0, Vec::new());
        let outcome = batch.send(
            |bytes, each_bytes| {
                assert_eq!(
                    (bytes.len(), each_bytes),
                    (lengths.iter().sum(), lengths[0])
                );
                together
            },
            |bytes| {
                assert!(bytes.iter().all(|byte| usize::from(*byte) == bytes.len()));
                tries += 1;
                if let Some((_, errno)) = refused.iter().find(|(nth, _)| *nth == tries) {
                    return Err(*errno);
                }
                alone.push(bytes.len());
                Ok(())
            },
        );
        (outcome, alone)
    }

    fn failed(refusal: Option<Errno>, failed: &[(usize, Errno)]) -> Outcome {
        let failed = failed.to_vec();
        Outcome { refusal, failed }
    }

    #[test]
    fn a_batch_goes_together_or_one_by_one() {
        const LENGTHS: &[usize] = &[9, 9, 9, 4];
        assert_eq!(sent(LENGTHS, Ok(()), &[]), (failed(None, &[]), vec![]));
        for errno in [Errno::EINVAL, Errno::EMSGSIZE, Errno::EIO] {
            let (outcome, alone) = sent(LENGTHS, Err(errno), &[]);
            assert_eq!(
                (outcome, alone),
                (failed(Some(errno), &[]), LENGTHS.to_vec())
            );
        }
        // No room for all, and then none behind the second: those that follow do not overtake it.
        let (outcome, alone) = sent(LENGTHS, Err(Errno::EAGAIN), &[(2, Errno::EAGAIN)]);
        let waiting = [1, 2, 3].map(|index| (index, Errno::EAGAIN));
        assert_eq!((outcome, alone), (failed(None, &waiting), vec![9]));
        // A refusal that came back is the first one's; the second is sent, and meets none.
        let (outcome, alone) = sent(
            LENGTHS,
            Err(Errno::ECONNREFUSED),
            &[(2, Errno::ECONNREFUSED)],
        );
        let refused = [0, 2].map(|index| (index, Errno::ECONNREFUSED));
        assert_eq!((outcome, alone), (failed(None, &refused), vec![9, 4]));
        // One alone is not tried together.
        let (outcome, alone) = sent(&[5], Err(Errno::EIO), &[]);
        assert_eq!((outcome, alone), (failed(None, &[]), vec![5]));
    }

    #[test]
    fn a_batch_is_full_behind_a_shorter_one_and_at_its_bounds() {
        let mut batch = Batch::default();
        batch.push(&[0; 8], false);
        assert!(!batch.fits(9) && batch.fits(8) && batch.fits(7) && !batch.is_full());
        batch.push(&[0; 7], true);
        assert!(batch.is_full());
        assert_eq!(batch.asked, 0b10);
        batch.clear();
        for nth in 0..COUNT_MAX {
            assert!(!batch.is_full(), "{nth}");
            batch.push(&[0; 8], false);
        }
        assert!(batch.is_full());
        batch.clear();
        for _ in 0..2 {
            assert!(batch.fits(EACH_BYTES_MAX));
            batch.push(&[0; EACH_BYTES_MAX], false);
        }
        assert!(!batch.fits(1));
    }

    #[test]
    fn numbers_go_round() {
        let mut batch = Batch {
            number: NUMBERS_COUNT - 1,
            ..Batch::default()
        };
        assert!(!batch.has(NUMBERS_COUNT - 1));
        assert_eq!(batch.push(b"a", false), NUMBERS_COUNT - 1);
        assert_eq!(batch.push(b"b", false), 0);
        assert!(batch.has(NUMBERS_COUNT - 1) && batch.has(0) && !batch.has(1));
        batch.clear();
        assert!(!batch.has(0));
        assert_eq!(batch.push(b"c", false), 1);
    }
}
