//! Brotli: Google's encoder in C for what nearly everybody asks for (`encoder`), the port to Rust
//! for the rest of it (`port`); the decoder (`decoder`) is Rust.

mod decoder;
mod encoder;
mod port;

pub use decoder::Decoder;

use super::{Codec, Failure};

/// Numbers of parameters and their values.
type Settings = Vec<(usize, u32)>;

const FLUSH: i32 = 1;
const FINISH: i32 = 2;
const EMIT_METADATA: i32 = 3;

pub fn open_encoder(settings: Settings, dictionary: Vec<u8>) -> Result<Box<dyn Codec>, Failure> {
    match encoder::Wanted::of(&settings) {
        Some(wanted) if dictionary.is_empty() => Ok(Box::new(encoder::Encoder::open(wanted)?)),
        _ => Ok(Box::new(port::Encoder::open(settings, dictionary)?)),
    }
}

fn refused() -> Failure {
    Failure::new(
        "Initialization failed",
        -1,
        "ERR_ZLIB_INITIALIZATION_FAILED",
    )
}

fn compression_failed() -> Failure {
    Failure::new("Compression failed", -1, "ERR_BROTLI_COMPRESSION_FAILED")
}
