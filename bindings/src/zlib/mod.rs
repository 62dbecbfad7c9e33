//! Binding `zlib`: compression in steps, each synchronous on the core's own thread. JavaScript
//! bounds a step by the room that it gives for output (lib_js/internal/zlib/stream.js).

mod brotli;
mod deflate;
mod inflate;
mod zstd;

use coring_engine::{Bytes, Data, Js, ops};

use crate::Natives;
use crate::slots::{Handle, Slots};

/// Compressors and decompressors by handle.
#[derive(Default)]
pub struct State {
    codecs: Slots<Box<dyn Codec>>,
}

/// One stream of bytes being made smaller or larger.
trait Codec {
    fn step(&mut self, flush: i32, input: &[u8], output: &mut [u8]) -> Step;

    /// Forgets the stream and begins another with the same settings.
    fn reset(&mut self) -> Result<(), Failure>;

    /// Of deflate only.
    fn set_params(&mut self, _level: i32, _strategy: i32) -> Result<(), Failure> {
        Ok(())
    }
}

/// What a step took, what it gave, and how it ended.
struct Step {
    consumed: usize,
    written: usize,
    result: Result<(), Failure>,
}

impl Step {
    /// It ended before anything was taken or given.
    fn failed(failure: Failure) -> Step {
        Step {
            consumed: 0,
            written: 0,
            result: Err(failure),
        }
    }
}

/// What JavaScript makes an error of.
struct Failure {
    message: String,
    errno: i32,
    code: String,
}

impl Failure {
    fn new(message: &str, errno: i32, code: &str) -> Failure {
        Failure {
            message: message.to_owned(),
            errno,
            code: code.to_owned(),
        }
    }

    fn into_js(self) -> Js {
        Js::List(vec![
            self.message.into(),
            self.errno.into(),
            self.code.into(),
        ])
    }
}

/// zlib's numbers of what can go wrong.
mod fault {
    pub const NEED_DICT: i32 = 2;
    pub const STREAM: i32 = -2;
    pub const DATA: i32 = -3;
    pub const MEMORY: i32 = -4;
    pub const BUFFER: i32 = -5;
}

fn zlib_failure(message: &str, errno: i32) -> Failure {
    let code = match errno {
        fault::NEED_DICT => "Z_NEED_DICT",
        fault::STREAM => "Z_STREAM_ERROR",
        fault::DATA => "Z_DATA_ERROR",
        fault::MEMORY => "Z_MEM_ERROR",
        fault::BUFFER => "Z_BUF_ERROR",
        _ => "Z_ERRNO",
    };
    Failure::new(message, errno, code)
}

/// A stream that is told to finish, and has room, must end.
fn truncated() -> Failure {
    zlib_failure("unexpected end of file", fault::BUFFER)
}

ops! { zlib(Natives) {
    /// Each opens a stream: its handle, or [message, errno, code].
    slow openDeflate(mode: i32, numbers: Numbers, dictionary: Bytes);
    /// settings: a Uint32Array by number of the parameter, 0xffffffff where nothing is wanted.
    slow openBrotli(mode: i32, settings: Bytes, dictionary: Bytes);
    slow openZstd(mode: i32, settings: Bytes, pledged: f64, dictionary: Bytes);
    /// Takes from input, fills output, leaves in `left` (Uint32Array) the room left in output and
    /// the bytes left of input. `spans`: where input and output start, and their lengths.
    /// -> undefined, [message, errno, code], or OUT_OF_BOUNDS.
    slow write(handle: i32, flush: i32, input: Bytes, output: Bytes, spans: Numbers, left: Bytes);
    slow params(handle: i32, level: i32, strategy: i32);
    slow reset(handle: i32);
    slow close(handle: i32);
    slow crc32(data: Data, value: u32);
} }

/// A list of numbers, from an array.
type Numbers = Vec<f64>;

/// The numbers of constants that tell the kinds of streams apart.
mod mode {
    pub const DEFLATE: i32 = 1;
    pub const INFLATE: i32 = 2;
    pub const GZIP: i32 = 3;
    pub const GUNZIP: i32 = 4;
    pub const DEFLATERAW: i32 = 5;
    pub const INFLATERAW: i32 = 6;
    pub const BROTLI_ENCODE: i32 = 9;
    pub const ZSTD_COMPRESS: i32 = 10;
}

fn opened(natives: &mut Natives, codec: Result<Box<dyn Codec>, Failure>) -> Js {
    let codec = match codec {
        Ok(codec) => codec,
        Err(failure) => return failure.into_js(),
    };
    match natives.zlib.codecs.insert(codec) {
        Ok(handle) => handle.to_js().into(),
        Err(_) => Failure::new("Too many compression streams", -4, "Z_MEM_ERROR").into_js(),
    }
}

/// numbers: level, windowBits, memLevel, strategy, and 1 where gzip has one member only.
#[allow(non_snake_case)]
fn openDeflate(natives: &mut Natives, mode: i32, numbers: Numbers, dictionary: Bytes) -> Js {
    let number = |at: usize| numbers.get(at).map_or(0, |&number| number as i32);
    let dictionary = dictionary.as_slice().to_vec();
    let codec: Box<dyn Codec> = match mode {
        mode::DEFLATE | mode::GZIP | mode::DEFLATERAW => {
            let settings = deflate::Settings::new(mode, number(0), number(1), number(2), number(3));
            Box::new(deflate::Deflater::new(settings, dictionary))
        }
        _ => {
            let is_one_member = number(4) != 0;
            Box::new(inflate::Inflater::new(
                mode,
                number(1),
                is_one_member,
                dictionary,
            ))
        }
    };
    opened(natives, Ok(codec))
}

/// Numbers of parameters and the values wanted.
fn wanted(settings: &Bytes) -> Vec<(usize, u32)> {
    let words = settings.as_slice().chunks_exact(4).enumerate();
    let words =
        words.map(|(at, word)| (at, u32::from_ne_bytes(word.try_into().unwrap_or([255; 4]))));
    words.filter(|&(_, word)| word != u32::MAX).collect()
}

#[allow(non_snake_case)]
fn openBrotli(natives: &mut Natives, mode: i32, settings: Bytes, dictionary: Bytes) -> Js {
    let (settings, dictionary) = (wanted(&settings), dictionary.as_slice().to_vec());
    let codec = if mode == mode::BROTLI_ENCODE {
        brotli::open_encoder(settings, dictionary)
    } else {
        brotli::Decoder::open(settings, dictionary).map(|codec| Box::new(codec) as _)
    };
    opened(natives, codec)
}

#[allow(non_snake_case)]
fn openZstd(
    natives: &mut Natives,
    mode: i32,
    settings: Bytes,
    pledged_size: f64,
    dictionary: Bytes,
) -> Js {
    let settings = wanted(&settings);
    let codec = if mode == mode::ZSTD_COMPRESS {
        let pledged_size = (pledged_size >= 0.0).then_some(pledged_size as u64);
        zstd::Compressor::open(&settings, pledged_size, dictionary.as_slice())
            .map(|codec| Box::new(codec) as _)
    } else {
        zstd::Decompressor::open(&settings, dictionary.as_slice()).map(|codec| Box::new(codec) as _)
    };
    opened(natives, codec)
}

/// What JavaScript gets when a span does not lie in its buffer.
const OUT_OF_BOUNDS: i32 = -1;

/// None: it does not lie in a buffer of `count` bytes.
fn range(count: usize, numbers: &[f64]) -> Option<std::ops::Range<usize>> {
    let [at, length] = *numbers else {
        return None;
    };
    let is_inside = at >= 0.0 && length >= 0.0 && at + length <= count as f64;
    is_inside.then(|| at as usize..at as usize + length as usize)
}

fn write(
    natives: &mut Natives,
    handle: i32,
    flush: i32,
    input: Bytes,
    mut output: Bytes,
    spans: Numbers,
    mut left: Bytes,
) -> Js {
    let Some(codec) = natives.zlib.codecs.get_mut(Handle::from_js(handle)) else {
        return Failure::new("The stream is closed", -2, "Z_STREAM_ERROR").into_js();
    };
    let (taken, room) = spans.split_at(spans.len().min(2));
    let taken = range(input.as_slice().len(), taken);
    let (Some(taken), Some(room)) = (taken, range(output.as_slice().len(), room)) else {
        return OUT_OF_BOUNDS.into();
    };
    // Programs that call the handle themselves may give two places in one buffer.
    let copied = input
        .overlaps(&output)
        .then(|| input.as_slice()[taken.clone()].to_vec());
    let input = copied
        .as_deref()
        .unwrap_or_else(|| &input.as_slice()[taken]);
    let output = &mut output.as_mut_slice()[room];
    let step = codec.step(flush, input, output);
    let words = [output.len() - step.written, input.len() - step.consumed];
    for (slot, word) in left.as_mut_slice().chunks_exact_mut(4).zip(words) {
        slot.copy_from_slice(&(word as u32).to_ne_bytes());
    }
    answer(step.result)
}

fn answer(result: Result<(), Failure>) -> Js {
    result.map_or_else(Failure::into_js, |()| Js::Undefined)
}

fn params(natives: &mut Natives, handle: i32, level: i32, strategy: i32) -> Js {
    match natives.zlib.codecs.get_mut(Handle::from_js(handle)) {
        Some(codec) => answer(codec.set_params(level, strategy)),
        None => Js::Undefined,
    }
}

fn reset(natives: &mut Natives, handle: i32) -> Js {
    match natives.zlib.codecs.get_mut(Handle::from_js(handle)) {
        Some(codec) => answer(codec.reset()),
        None => Js::Undefined,
    }
}

fn close(natives: &mut Natives, handle: i32) {
    natives.zlib.codecs.remove(Handle::from_js(handle));
}

fn crc32(_: &mut Natives, data: Data, value: u32) -> u32 {
    match data {
        Data::None => value,
        Data::Text(text) => text.with_utf8(|bytes| zlib_rs::crc32::crc32(value, bytes)),
        Data::Bytes(bytes) => zlib_rs::crc32::crc32(value, bytes.as_slice()),
    }
}
