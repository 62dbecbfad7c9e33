//! Inflating what deflate made, in its three wrappings, by zlib-rs.

use zlib_rs::{Inflate, InflateError, InflateFlush, Status};

use super::{Codec, Failure, Step, fault, mode, truncated, zlib_failure};

const FINISH: i32 = 4;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

pub struct Inflater {
    /// Made by the first step: it is large, and not every stream is written to.
    inner: Option<Inflate>,
    mode: i32,
    window_bits: u8,
    /// What follows the first member is garbage.
    is_one_member: bool,
    dictionary: Vec<u8>,
    /// How many bytes of the magic number of gzip have been seen; None: it is something else.
    magic_seen: Option<usize>,
}

fn new_inflate(mode: i32, window_bits: u8) -> Inflate {
    match mode {
        mode::INFLATE => Inflate::new(true, window_bits),
        mode::GUNZIP => Inflate::new(true, window_bits + 16),
        mode::INFLATERAW => Inflate::new(false, window_bits.max(8)),
        _ => Inflate::new(true, window_bits + 32),
    }
}

impl Inflater {
    pub fn new(mode: i32, window_bits: i32, is_one_member: bool, dictionary: Vec<u8>) -> Inflater {
        // 0: the header tells.
        let window_bits = match window_bits {
            0 => 0,
            bits => bits.clamp(8, 15) as u8,
        };
        Inflater {
            inner: None,
            mode,
            window_bits,
            is_one_member,
            dictionary,
            magic_seen: Some(0),
        }
    }

    /// A raw stream has no header that would ask for a dictionary.
    fn new_inner(&self) -> Result<Inflate, Failure> {
        let mut inner = new_inflate(self.mode, self.window_bits);
        if self.mode == mode::INFLATERAW && !self.dictionary.is_empty() {
            let set = inner.set_dictionary(&self.dictionary);
            set.map_err(|error| zlib_failure("Failed to set dictionary", error_number(error)))?;
        }
        Ok(inner)
    }

    /// Unzip takes further members only after a gzip header.
    fn takes_members(&mut self, input: &[u8]) -> bool {
        for &byte in input {
            match self.magic_seen {
                Some(seen) if seen < GZIP_MAGIC.len() => {
                    self.magic_seen = (byte == GZIP_MAGIC[seen]).then_some(seen + 1);
                }
                _ => break,
            }
        }
        let is_gzip = self.mode == mode::GUNZIP
            || (self.mode > mode::INFLATERAW && self.magic_seen == Some(GZIP_MAGIC.len()));
        is_gzip && !self.is_one_member
    }

    fn failure_of(&self, inner: &Inflate, error: InflateError) -> Failure {
        match error {
            InflateError::NeedDict { .. } if self.dictionary.is_empty() => {
                zlib_failure("Missing dictionary", fault::NEED_DICT)
            }
            InflateError::NeedDict { .. } => zlib_failure("Bad dictionary", fault::NEED_DICT),
            error => {
                let message = inner.error_message().unwrap_or("Zlib error");
                zlib_failure(message, error_number(error))
            }
        }
    }
}

fn error_number(error: InflateError) -> i32 {
    match error {
        InflateError::NeedDict { .. } => fault::NEED_DICT,
        InflateError::StreamError => fault::STREAM,
        InflateError::DataError => fault::DATA,
        InflateError::MemError => fault::MEMORY,
    }
}

impl Codec for Inflater {
    fn step(&mut self, flush: i32, input: &[u8], output: &mut [u8]) -> Step {
        let how = match flush {
            // Inflating knows no partial or full flush: both mean as much output as there is.
            1 | 3 => InflateFlush::SyncFlush,
            flush => InflateFlush::try_from(flush).unwrap_or_default(),
        };
        let mut inner = match self.inner.take().map_or_else(|| self.new_inner(), Ok) {
            Ok(inner) => inner,
            Err(failure) => return Step::failed(failure),
        };
        let takes_members = self.takes_members(input);
        let (mut consumed, mut written) = (0, 0);
        let mut given_dictionary = false;
        let result = loop {
            let (in_before, out_before) = (inner.total_in(), inner.total_out());
            let result = inner.decompress(&input[consumed..], &mut output[written..], how);
            consumed += (inner.total_in() - in_before) as usize;
            written += (inner.total_out() - out_before) as usize;
            match result {
                // Zeroes between members, or behind the last, are padding.
                Ok(Status::StreamEnd)
                    if takes_members && input.get(consumed).is_some_and(|&byte| byte != 0) =>
                {
                    inner = new_inflate(mode::GUNZIP, self.window_bits);
                }
                Ok(status) => {
                    let must_end = flush == FINISH && written < output.len();
                    let is_cut = must_end && status != Status::StreamEnd;
                    break if is_cut { Err(truncated()) } else { Ok(()) };
                }
                Err(error @ InflateError::NeedDict { .. }) => {
                    let is_wanted = !self.dictionary.is_empty() && !given_dictionary;
                    if !is_wanted || inner.set_dictionary(&self.dictionary).is_err() {
                        break Err(self.failure_of(&inner, error));
                    }
                    given_dictionary = true;
                }
                Err(error) => break Err(self.failure_of(&inner, error)),
            }
        };
        self.inner = Some(inner);
        Step {
            consumed,
            written,
            result,
        }
    }

    fn reset(&mut self) -> Result<(), Failure> {
        self.inner = None;
        self.magic_seen = Some(0);
        Ok(())
    }
}
