//! Google's encoder in C, through the safe calls of crate `brotlic`. It knows no operation for
//! metadata, so those blocks are written here: they stand behind a flush, at the begin of a byte.

use brotlic::{
    BlockSize, BrotliEncoder, BrotliEncoderOptions, CompressionMode, Quality, WindowSize,
    encode::BrotliOperation,
};

use super::super::{Codec, Failure, Step};
use super::{EMIT_METADATA, FINISH, FLUSH, Settings, compression_failed, refused};

/// RFC 7932, section 9.2: three bytes count them.
const METADATA_BYTES_MAX: usize = 1 << 24;

/// Settings that this encoder has safe calls for.
pub struct Wanted(BrotliEncoderOptions);

impl Wanted {
    /// None: it has not for all of them.
    pub fn of(settings: &Settings) -> Option<Wanted> {
        let mut options = BrotliEncoderOptions::new();
        for &(number, value) in settings {
            let between = |least: u32, most: u32| value.clamp(least, most) as u8;
            match (number, value) {
                (0, 0) => options.mode(CompressionMode::Generic),
                (0, 1) => options.mode(CompressionMode::Text),
                (0, 2) => options.mode(CompressionMode::Font),
                (1, _) => options.quality(Quality::new(between(0, 11)).ok()?),
                (2, _) => options.window_size(WindowSize::new(between(10, 24)).ok()?),
                // The encoder chooses.
                (3, 0) => &mut options,
                (3, _) => options.block_size(BlockSize::new(between(16, 24)).ok()?),
                (4, 0 | 1) => options.disable_context_modeling(value == 1),
                (5, _) => options.size_hint(value),
                (6..=8, 0) => &mut options,
                _ => return None,
            };
        }
        Some(Wanted(options))
    }

    fn build(&self) -> Result<BrotliEncoder, Failure> {
        self.0.build().map_err(|_| refused())
    }
}

/// A block of metadata on its way out.
struct Metadata {
    bytes: Vec<u8>,
    given: usize,
}

pub struct Encoder {
    inner: BrotliEncoder,
    wanted: Wanted,
    metadata: Option<Metadata>,
}

impl Encoder {
    pub fn open(wanted: Wanted) -> Result<Encoder, Failure> {
        Ok(Encoder {
            inner: wanted.build()?,
            wanted,
            metadata: None,
        })
    }

    /// Flushes, and then gives the input as a block that decoders skip.
    fn emit_metadata(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        if input.len() > METADATA_BYTES_MAX {
            return Step::failed(compression_failed());
        }
        let mut step = Step {
            consumed: 0,
            written: 0,
            result: Ok(()),
        };
        if self.metadata.is_none() {
            match self.inner.compress(&[], output, BrotliOperation::Flush) {
                Ok(done) => step.written = done.bytes_written,
                Err(_) => return Step::failed(compression_failed()),
            }
            if self.inner.has_output() {
                return step;
            }
            step.consumed = input.len();
        }
        let metadata = self.metadata.get_or_insert_with(|| Metadata {
            bytes: metadata_block(input),
            given: 0,
        });
        let left = &metadata.bytes[metadata.given..];
        let room = &mut output[step.written..];
        let count = left.len().min(room.len());
        room[..count].copy_from_slice(&left[..count]);
        metadata.given += count;
        step.written += count;
        if metadata.given == metadata.bytes.len() {
            self.metadata = None;
        }
        step
    }
}

/// RFC 7932, section 9.2: not the last (1 bit), MNIBBLES of 0 by 3 (2), a reserved bit, the bytes
/// of the count (2), the count less one, and from the next byte on what is skipped.
fn metadata_block(skipped: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(skipped.len() + 4);
    let Some(highest) = skipped.len().checked_sub(1) else {
        return vec![0b0000_0110];
    };
    let count_bytes = 1 + usize::from(highest > 0xff) + usize::from(highest > 0xffff);
    let head = 0b0000_0110 | count_bytes << 4 | highest << 6;
    bytes.extend_from_slice(&head.to_le_bytes()[..=count_bytes]);
    bytes.extend_from_slice(skipped);
    bytes
}

impl Codec for Encoder {
    fn step(&mut self, flush: i32, input: &[u8], output: &mut [u8]) -> Step {
        let operation = match flush {
            FLUSH => BrotliOperation::Flush,
            FINISH => BrotliOperation::Finish,
            EMIT_METADATA => return self.emit_metadata(input, output),
            _ => BrotliOperation::Process,
        };
        match self.inner.compress(input, output, operation) {
            Ok(done) => Step {
                consumed: done.bytes_read,
                written: done.bytes_written,
                result: Ok(()),
            },
            Err(_) => Step::failed(compression_failed()),
        }
    }

    fn reset(&mut self) -> Result<(), Failure> {
        self.inner = self.wanted.build()?;
        self.metadata = None;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_metadata_say_how_long_they_are() {
        assert_eq!(metadata_block(b""), [0x06]);
        for (count, head) in [
            (1, &[0x16, 0][..]),
            (256, &[0xd6, 0x3f]),
            (257, &[0x26, 0x40, 0]),
            (65_537, &[0x36, 0, 0x40, 0]),
        ] {
            let block = metadata_block(&vec![7; count]);
            assert_eq!(&block[..block.len() - count], head, "{count}");
        }
    }

    #[test]
    fn what_has_no_safe_call_is_left_to_the_port() {
        for (settings, expect) in [
            (vec![], true),
            (vec![(1, 4), (2, 22), (5, 1000), (6, 0)], true),
            (vec![(1, 99), (2, 0), (3, 99)], true),
            (vec![(0, 3)], false),
            (vec![(4, 2)], false),
            (vec![(6, 1)], false),
            (vec![(7, 1)], false),
            (vec![(9, 0)], false),
        ] {
            assert_eq!(Wanted::of(&settings).is_some(), expect, "{settings:?}");
        }
    }
}
