//! Deflate in its three wrappings. zlib-rs makes the raw stream and we the wrapping: so a stream
//! can change its level and strategy, which zlib-rs cannot once it has begun. It ends one raw
//! stream on a byte's boundary then, and goes on with another that knows the last 32 KiB.

use std::cell::RefCell;

use zlib_rs::adler32::adler32;
use zlib_rs::crc32::crc32;
use zlib_rs::{Deflate, DeflateConfig, DeflateFlush, Method, Status, Strategy};

use super::{Codec, Failure, Step, fault, mode, truncated, zlib_failure};

const FINISH: i32 = 4;
/// As far as deflate can look back.
const WINDOW: usize = 32 * 1024;
const ADLER_START: u32 = 1;

#[derive(Clone, Copy)]
enum Wrapping {
    Raw,
    Zlib,
    Gzip,
}

#[derive(Clone)]
pub struct Settings {
    wrapping: Wrapping,
    level: i32,
    window_bits: i32,
    mem_level: i32,
    strategy: i32,
}

impl Settings {
    /// Takes zlib's numbers; those out of range become the nearest in it.
    pub fn new(mode: i32, level: i32, window_bits: i32, mem_level: i32, strategy: i32) -> Settings {
        let wrapping = match mode {
            mode::GZIP => Wrapping::Gzip,
            mode::DEFLATERAW => Wrapping::Raw,
            _ => Wrapping::Zlib,
        };
        Settings {
            wrapping,
            level: level.clamp(-1, 9),
            // No encoder has a window of 8 bits: zlib takes 9 then, too.
            window_bits: window_bits.clamp(9, 15),
            mem_level: mem_level.clamp(1, 9),
            strategy,
        }
    }

    /// The raw stream's own settings: those of two that are equal give the same bytes.
    fn shape(&self) -> [i32; 4] {
        [self.level, self.window_bits, self.mem_level, self.strategy]
    }

    fn deflate(&self) -> Deflate {
        if let Some(inner) = take_spare(self.shape()) {
            return inner;
        }
        Deflate::new_with_config(DeflateConfig {
            level: self.level,
            method: Method::Deflated,
            window_bits: -self.window_bits,
            mem_level: self.mem_level,
            strategy: match self.strategy {
                1 => Strategy::Filtered,
                2 => Strategy::HuffmanOnly,
                3 => Strategy::Rle,
                4 => Strategy::Fixed,
                _ => Strategy::Default,
            },
        })
    }

    /// zlib's rough idea of how hard the compressor tried.
    fn is_fastest(&self) -> bool {
        self.strategy >= 2 || matches!(self.level, 0 | 1)
    }

    fn header(&self, dictionary: &[u8]) -> Vec<u8> {
        match self.wrapping {
            Wrapping::Raw => Vec::new(),
            Wrapping::Zlib => self.zlib_header(dictionary),
            Wrapping::Gzip => {
                let effort = match self.level {
                    9 => 2,
                    _ if self.is_fastest() => 4,
                    _ => 0,
                };
                const UNIX: u8 = 3;
                vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, effort, UNIX]
            }
        }
    }

    fn zlib_header(&self, dictionary: &[u8]) -> Vec<u8> {
        const HAS_DICTIONARY: u16 = 0x20;
        let effort: u16 = match self.level {
            _ if self.is_fastest() => 0,
            2..6 => 1,
            6 | -1 => 2,
            _ => 3,
        };
        let method = ((self.window_bits - 8) as u16) << 4 | 8;
        let mut word = method << 8 | effort << 6;
        if !dictionary.is_empty() {
            word |= HAS_DICTIONARY;
        }
        word += 31 - word % 31;
        let mut header = word.to_be_bytes().to_vec();
        if !dictionary.is_empty() {
            header.extend(adler32(ADLER_START, dictionary).to_be_bytes());
        }
        header
    }
}

thread_local! {
    /// The raw stream that was done with last. To make one takes twice as long as to compress some
    /// hundred bytes by it: it is 300 KB, which are filled with zeroes.
    static SPARE: RefCell<Option<([i32; 4], Deflate)>> = const { RefCell::new(None) };
}

fn take_spare(shape: [i32; 4]) -> Option<Deflate> {
    SPARE.with_borrow_mut(|spare| match spare {
        Some((its_shape, _)) if *its_shape == shape => spare.take().map(|(_, inner)| inner),
        _ => None,
    })
}

fn keep_spare(shape: [i32; 4], mut inner: Deflate) {
    inner.reset();
    SPARE.with_borrow_mut(|spare| *spare = Some((shape, inner)));
}

pub struct Deflater {
    /// Made by the first step: it is large, and not every stream is written to.
    inner: Option<Deflate>,
    settings: Settings,
    dictionary: Vec<u8>,
    /// Bytes of the wrapping that are still to be written.
    wrapping: Vec<u8>,
    checksum: u32,
    total: u32,
    /// The last bytes that were compressed, WINDOW of them at most.
    recent: Vec<u8>,
    is_begun: bool,
    is_ended: bool,
}

fn set_dictionary(inner: &mut Deflate, dictionary: &[u8]) -> Result<(), Failure> {
    if dictionary.is_empty() {
        return Ok(());
    }
    match inner.set_dictionary(dictionary) {
        Ok(_) => Ok(()),
        Err(error) => Err(zlib_failure("Failed to set dictionary", error as i32)),
    }
}

impl Deflater {
    pub fn new(settings: Settings, dictionary: Vec<u8>) -> Deflater {
        // gzip has no place for one.
        let dictionary = match settings.wrapping {
            Wrapping::Gzip => Vec::new(),
            _ => dictionary,
        };
        let checksum = match settings.wrapping {
            Wrapping::Zlib => ADLER_START,
            _ => 0,
        };
        Deflater {
            inner: None,
            settings,
            recent: Vec::new(),
            dictionary,
            wrapping: Vec::new(),
            checksum,
            total: 0,
            is_begun: false,
            is_ended: false,
        }
    }

    /// The first raw stream, or the one after a change of settings.
    fn new_inner(&self) -> Result<Deflate, Failure> {
        let mut inner = self.settings.deflate();
        let known = if self.recent.is_empty() {
            &self.dictionary
        } else {
            &self.recent
        };
        set_dictionary(&mut inner, known)?;
        Ok(inner)
    }

    /// Keeps what a later change of settings needs; nothing changes once the stream finishes.
    fn remember(&mut self, input: &[u8], flush: i32) {
        self.checksum = match self.settings.wrapping {
            Wrapping::Raw => 0,
            Wrapping::Zlib => adler32(self.checksum, input),
            Wrapping::Gzip => crc32(self.checksum, input),
        };
        self.total = self.total.wrapping_add(input.len() as u32);
        if flush == FINISH {
            return;
        }
        let input = &input[input.len().saturating_sub(WINDOW)..];
        let kept = WINDOW - input.len();
        self.recent.drain(..self.recent.len().saturating_sub(kept));
        self.recent.extend_from_slice(input);
    }

    fn trailer(&self) -> Vec<u8> {
        match self.settings.wrapping {
            Wrapping::Raw => Vec::new(),
            Wrapping::Zlib => self.checksum.to_be_bytes().to_vec(),
            Wrapping::Gzip => [self.checksum.to_le_bytes(), self.total.to_le_bytes()].concat(),
        }
    }

    /// Ends the raw stream.
    fn let_go(&mut self) {
        if let Some(inner) = self.inner.take() {
            keep_spare(self.settings.shape(), inner);
        }
    }

    /// Moves as much of the wrapping as there is room for; how much that was.
    fn write_wrapping(&mut self, output: &mut [u8]) -> usize {
        let count = self.wrapping.len().min(output.len());
        output[..count].copy_from_slice(&self.wrapping[..count]);
        self.wrapping.drain(..count);
        count
    }
}

impl Drop for Deflater {
    fn drop(&mut self) {
        self.let_go();
    }
}

impl Codec for Deflater {
    fn step(&mut self, flush: i32, input: &[u8], output: &mut [u8]) -> Step {
        if !self.is_begun {
            self.is_begun = true;
            self.wrapping = self.settings.header(&self.dictionary);
        }
        let mut written = self.write_wrapping(output);
        let (mut consumed, mut result) = (0, Ok(()));
        if !self.is_ended && written < output.len() {
            let mut inner = match self.inner.take().map_or_else(|| self.new_inner(), Ok) {
                Ok(inner) => inner,
                Err(failure) => return Step::failed(failure),
            };
            let (in_before, out_before) = (inner.total_in(), inner.total_out());
            let how = DeflateFlush::try_from(flush).unwrap_or_default();
            let status = inner.compress(input, &mut output[written..], how);
            consumed = (inner.total_in() - in_before) as usize;
            written += (inner.total_out() - out_before) as usize;
            if let Err(error) = status {
                let message = inner.error_message().unwrap_or("Zlib error");
                result = Err(zlib_failure(message, error as i32));
            }
            self.inner = Some(inner);
            self.remember(&input[..consumed], flush);
            if status == Ok(Status::StreamEnd) {
                self.is_ended = true;
                self.wrapping = self.trailer();
                written += self.write_wrapping(&mut output[written..]);
            }
        } else if self.is_ended && !input.is_empty() {
            result = Err(zlib_failure("stream error", fault::STREAM));
        }
        if result.is_ok() && flush == FINISH && !self.is_ended && written < output.len() {
            result = Err(truncated());
        }
        Step {
            consumed,
            written,
            result,
        }
    }

    fn reset(&mut self) -> Result<(), Failure> {
        let dictionary = std::mem::take(&mut self.dictionary);
        *self = Deflater::new(self.settings.clone(), dictionary);
        Ok(())
    }

    /// JavaScript has flushed: all that was given is out, up to a byte's boundary.
    fn set_params(&mut self, level: i32, strategy: i32) -> Result<(), Failure> {
        // By the settings that it was made with.
        self.let_go();
        self.settings.level = level.clamp(-1, 9);
        self.settings.strategy = strategy;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = &[b'a'; 1000];

    fn ended(level: i32) -> (Deflater, Vec<u8>) {
        let settings = Settings::new(mode::DEFLATERAW, level, 15, 8, 0);
        let mut deflater = Deflater::new(settings, Vec::new());
        let mut output = vec![0; 2 * TEXT.len()];
        let step = deflater.step(FINISH, TEXT, &mut output);
        assert!(step.result.is_ok());
        output.truncate(step.written);
        (deflater, output)
    }

    #[test]
    fn a_spare_is_taken_for_what_it_was_made_as() {
        let (_, stored) = ended(0);
        assert!(stored.len() > TEXT.len());
        let (mut other, small) = ended(9);
        assert!(small.len() < 100);
        assert!(other.set_params(0, 0).is_ok());
        drop(other);
        assert_eq!(ended(0).1, stored);
    }
}
