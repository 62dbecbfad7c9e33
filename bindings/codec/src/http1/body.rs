//! What follows a head: a number of bytes, chunks and trailers, or everything until the peer
//! closes. Works on any split of the input.

use super::chunk::ChunkLine;
use super::error::{Fault, HttpError};
use super::field::{Fields, Input};
use super::head::Framing;
use super::limits::{Lenient, Limits};
use crate::span::Span;

/// Where the reading stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// So many bytes of a body that said its length.
    Length(u64),
    UntilClose,
    /// Nobody knows where it ends.
    Unknown,
    ChunkLine,
    ChunkData(u64),
    /// At the CR behind a chunk's data.
    ChunkCr,
    ChunkLf,
    Trailers,
    #[default]
    Done,
}

/// The reading of one body. The default one has nothing to read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Body {
    place: Place,
    response: bool,
    line: ChunkLine,
    trailers: Fields,
}

/// One step of reading. Go on with `&input[consumed..]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// These bytes of the input belong to the body; never empty.
    Data { consumed: u32, data: Span },
    /// The input has no more to give. What was not consumed is the beginning of a trailer block:
    /// keep it, and pass it again with more behind it.
    NeedMore { consumed: u32 },
    /// The body is over. `trailers` is the block without its blank line; `close` says that the
    /// trailers forbid another message (`Connection: close`), which llhttp heeds.
    Done {
        consumed: u32,
        trailers: Span,
        close: bool,
    },
}

impl Body {
    /// The body of a request.
    pub fn new(framing: Framing) -> Body {
        let place = match framing {
            Framing::None | Framing::Length(0) => Place::Done,
            Framing::Length(bytes) => Place::Length(bytes),
            Framing::Chunked => Place::ChunkLine,
            Framing::UntilClose => Place::UntilClose,
            Framing::Unknown => Place::Unknown,
        };
        Body {
            place,
            ..Body::default()
        }
    }

    /// The body of a response. llhttp lets its trailers name another `Transfer-Encoding`.
    pub fn of_response(framing: Framing) -> Body {
        Body {
            response: true,
            ..Body::new(framing)
        }
    }

    /// How many bytes of it come before anything else may, if that is known.
    pub fn bytes_left(&self) -> Option<u64> {
        match self.place {
            Place::Length(left) if left > 0 => Some(left),
            _ => None,
        }
    }

    /// So many of `bytes_left` were read by somebody else.
    pub fn skip(&mut self, count: u64) {
        let left = self.bytes_left().expect("it was asked for");
        self.place = Place::Length(left.checked_sub(count).expect("not more than are left"));
    }

    /// Has everything been read? Then `decode` consumes nothing and says `Done`.
    pub fn is_done(&self) -> bool {
        matches!(self.place, Place::Done | Place::Length(0))
    }

    /// Are at least the next so many bytes data, and nothing else?
    pub fn has_data(&self, count: u64) -> bool {
        match self.place {
            Place::Length(left) | Place::ChunkData(left) => left >= count,
            Place::UntilClose
            | Place::Unknown
            | Place::ChunkLine
            | Place::ChunkCr
            | Place::ChunkLf
            | Place::Trailers
            | Place::Done => false,
        }
    }

    pub fn decode(&mut self, input: &[u8], limits: &Limits) -> Result<Step, Fault> {
        let bytes = &input[..input.len().min(u32::MAX as usize)];
        let input = &Input {
            bytes,
            limits,
            request: !self.response,
        };
        if self.place == Place::Unknown {
            return Err(Fault::new(HttpError::EncodingNotChunked, 0));
        }
        let mut at = 0;
        loop {
            let Some(&byte) = bytes.get(at) else {
                return Ok(if self.is_done() {
                    done(at)
                } else {
                    need_more(at)
                });
            };
            match self.place {
                Place::Done | Place::Length(0) => {
                    self.place = Place::Done;
                    return Ok(done(at));
                }
                Place::Length(left) => {
                    let (data, left) = take(bytes, at, left);
                    self.place = Place::Length(left);
                    return Ok(Step::Data {
                        consumed: data.end,
                        data,
                    });
                }
                Place::UntilClose => {
                    let data = Span::new(at, bytes.len());
                    return Ok(Step::Data {
                        consumed: data.end,
                        data,
                    });
                }
                Place::ChunkLine => match self.line.read(input, at)? {
                    None => return Ok(need_more(bytes.len())),
                    Some(end) => {
                        at = end;
                        self.chunk_begins();
                    }
                },
                Place::ChunkData(left) => {
                    let (data, left) = take(bytes, at, left);
                    self.place = if left == 0 {
                        Place::ChunkCr
                    } else {
                        Place::ChunkData(left)
                    };
                    return Ok(Step::Data {
                        consumed: data.end,
                        data,
                    });
                }
                Place::ChunkCr | Place::ChunkLf => {
                    at += usize::from(self.chunk_ends(input, at, byte)?);
                }
                Place::Trailers => return self.trailers(input, at),
                Place::Unknown => unreachable!("refused above"),
            }
        }
    }

    /// The peer has closed: is that an end?
    pub fn finish(&mut self) -> Result<(), HttpError> {
        if self.is_done() || self.place == Place::UntilClose {
            self.place = Place::Done;
            return Ok(());
        }
        Err(HttpError::InvalidEofState)
    }

    fn chunk_begins(&mut self) {
        self.place = match self.line.size {
            0 => {
                self.trailers = Fields::trailers();
                Place::Trailers
            }
            size => Place::ChunkData(size),
        };
        self.line = ChunkLine::default();
    }

    /// Reads one byte of the line end behind a chunk. False: the byte belongs to the next line.
    fn chunk_ends(&mut self, input: &Input, at: usize, byte: u8) -> Result<bool, Fault> {
        let after_cr = self.place == Place::ChunkLf;
        self.place = Place::ChunkLine;
        match byte {
            b'\n' if after_cr || input.has(Lenient::OPTIONAL_CR_BEFORE_LF) => Ok(true),
            b'\n' => Err(Fault::new(HttpError::ChunkDataCr, at + 1)),
            b'\r' if !after_cr => {
                self.place = Place::ChunkLf;
                Ok(true)
            }
            _ if input.has(Lenient::OPTIONAL_CRLF_AFTER_CHUNK) => Ok(false),
            _ => Err(Fault::new(HttpError::ChunkDataLf, at)),
        }
    }

    /// Reads the trailer block, which begins at `from` and is consumed as a whole.
    fn trailers(&mut self, input: &Input, from: usize) -> Result<Step, Fault> {
        let block = &input.bytes[from..];
        let block_bytes_max = input.limits.head_buffer_bytes_max();
        let block = &block[..block.len().min(block_bytes_max)];
        let shift = |fault: Fault| Fault::new(fault.error, from + fault.at as usize);
        match self
            .trailers
            .run(&Input {
                bytes: block,
                ..*input
            })
            .map_err(shift)?
        {
            Some(end) => {
                self.place = Place::Done;
                Ok(Step::Done {
                    consumed: (from + end) as u32,
                    trailers: Span::new(from, from + self.trailers.blank_line_at()),
                    close: self.trailers.ends_connection(self.response),
                })
            }
            None if block.len() == block_bytes_max => Err(Fault::new(
                HttpError::HeaderOverflow,
                from + block_bytes_max,
            )),
            None => Ok(need_more(from)),
        }
    }
}

fn done(at: usize) -> Step {
    Step::Done {
        consumed: at as u32,
        trailers: Span::new(at, at),
        close: false,
    }
}

fn need_more(at: usize) -> Step {
    Step::NeedMore {
        consumed: at as u32,
    }
}

/// As much of `left` as is there from `at` on, and what is left then.
fn take(bytes: &[u8], at: usize, left: u64) -> (Span, u64) {
    let there = bytes.len() - at;
    let taken = usize::try_from(left).map_or(there, |left| left.min(there));
    assert!(taken > 0);
    (Span::new(at, at + taken), left - taken as u64)
}
