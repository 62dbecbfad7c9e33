//! The encoder of crate `brotli`, a port to Rust: slower, and for what the other has no safe call
//! for (dictionaries, large windows, codes of distances).

use brotli::enc::StandardAlloc;
use brotli::enc::backward_references::BrotliEncoderMode;
use brotli::enc::encode::{BrotliEncoderOperation, BrotliEncoderStateStruct};

use super::super::{Codec, Failure, Step};
use super::{EMIT_METADATA, FINISH, FLUSH, Settings, compression_failed, refused};

/// Above it the encoder makes copies that begin in a dictionary and go on in the text, which no
/// decoder takes.
const DICTIONARY_QUALITY_MAX: i32 = 9;

pub struct Encoder {
    inner: Box<BrotliEncoderStateStruct<StandardAlloc>>,
    settings: Settings,
    dictionary: Vec<u8>,
}

/// None: one of the settings is not the encoder's.
fn new_encoder(
    settings: &Settings,
    dictionary: &[u8],
) -> Option<Box<BrotliEncoderStateStruct<StandardAlloc>>> {
    let mut encoder = Box::new(BrotliEncoderStateStruct::new(StandardAlloc::default()));
    let params = &mut encoder.params;
    for &(number, value) in settings {
        let number_within = |highest: u32| i32::try_from(value.min(highest)).unwrap_or(0);
        match number {
            0 => {
                params.mode = match value {
                    1 => BrotliEncoderMode::BROTLI_MODE_TEXT,
                    2 => BrotliEncoderMode::BROTLI_MODE_FONT,
                    _ => BrotliEncoderMode::BROTLI_MODE_GENERIC,
                }
            }
            1 => params.quality = number_within(11),
            // The encoder shifts by it before it looks whether it is in range.
            2 => params.lgwin = number_within(30).max(10),
            3 => params.lgblock = number_within(24),
            4 if value > 1 => return None,
            4 => params.disable_literal_context_modeling = number_within(1),
            5 => params.size_hint = value as usize,
            6 => params.large_window = value != 0,
            7 => params.dist.distance_postfix_bits = value,
            8 => params.dist.num_direct_distance_codes = value,
            _ => return None,
        }
    }
    if !params.large_window {
        params.lgwin = params.lgwin.min(24);
    }
    if !dictionary.is_empty() {
        encoder.params.quality = encoder.params.quality.min(DICTIONARY_QUALITY_MAX);
        encoder.set_custom_dictionary(dictionary.len(), dictionary);
    }
    Some(encoder)
}

impl Encoder {
    pub fn open(settings: Settings, dictionary: Vec<u8>) -> Result<Encoder, Failure> {
        let inner = new_encoder(&settings, &dictionary).ok_or_else(refused)?;
        Ok(Encoder {
            inner,
            settings,
            dictionary,
        })
    }
}

impl Codec for Encoder {
    fn step(&mut self, flush: i32, input: &[u8], output: &mut [u8]) -> Step {
        let operation = match flush {
            FLUSH => BrotliEncoderOperation::BROTLI_OPERATION_FLUSH,
            FINISH => BrotliEncoderOperation::BROTLI_OPERATION_FINISH,
            EMIT_METADATA => BrotliEncoderOperation::BROTLI_OPERATION_EMIT_METADATA,
            _ => BrotliEncoderOperation::BROTLI_OPERATION_PROCESS,
        };
        let (mut in_left, mut consumed) = (input.len(), 0);
        let (mut out_left, mut written) = (output.len(), 0);
        let is_fine = self.inner.compress_stream(
            operation,
            &mut in_left,
            input,
            &mut consumed,
            &mut out_left,
            output,
            &mut written,
            &mut None,
            &mut |_, _, _, _| (),
        );
        Step {
            consumed,
            written,
            result: is_fine.then_some(()).ok_or_else(compression_failed),
        }
    }

    fn reset(&mut self) -> Result<(), Failure> {
        self.inner = new_encoder(&self.settings, &self.dictionary).ok_or_else(refused)?;
        Ok(())
    }
}
