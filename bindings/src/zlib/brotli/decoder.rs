//! Decompression, where bytes of anybody come in: safe Rust, by the crate `brotli-decompressor`.

use brotli::enc::StandardAlloc;
use brotli_decompressor::{
    BrotliDecoderParameter, BrotliDecompressStreamWithDictionary, BrotliResult, BrotliState,
};

use super::super::{Codec, Failure, Step};
use super::{FINISH, Settings, refused};

const BUF_ERROR: i32 = -5;

type State = BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>;

pub struct Decoder {
    inner: Box<State>,
    settings: Settings,
    dictionary: Vec<u8>,
}

fn new_decoder(settings: &Settings, dictionary: &[u8]) -> Option<Box<State>> {
    let alloc = StandardAlloc::default;
    let mut decoder = Box::new(State::new_strict(alloc(), alloc(), alloc()));
    for &(number, value) in settings {
        let parameter = match number {
            0 => BrotliDecoderParameter::BROTLI_DECODER_PARAM_DISABLE_RING_BUFFER_REALLOCATION,
            1 => BrotliDecoderParameter::BROTLI_DECODER_PARAM_LARGE_WINDOW,
            _ => return None,
        };
        if !decoder.set_parameter(parameter, value) {
            return None;
        }
    }
    let is_attached = dictionary.is_empty() || decoder.attach_external_dictionary(dictionary.len());
    is_attached.then_some(decoder)
}

impl Decoder {
    pub fn open(settings: Settings, dictionary: Vec<u8>) -> Result<Decoder, Failure> {
        let inner = new_decoder(&settings, &dictionary).ok_or_else(refused)?;
        Ok(Decoder {
            inner,
            settings,
            dictionary,
        })
    }

    fn failure(&self) -> Failure {
        let error = self.inner.error_code;
        let name = format!("{error:?}");
        let name = name.strip_prefix("BROTLI_DECODER").unwrap_or(&name);
        let code = format!("ERR_{name}");
        Failure::new("Decompression failed", error as i32, &code)
    }
}

impl Codec for Decoder {
    fn step(&mut self, flush: i32, input: &[u8], output: &mut [u8]) -> Step {
        let (mut in_left, mut consumed) = (input.len(), 0);
        let (mut out_left, mut written) = (output.len(), 0);
        let result = BrotliDecompressStreamWithDictionary(
            &mut in_left,
            &mut consumed,
            input,
            &mut out_left,
            &mut written,
            output,
            &mut 0,
            &self.dictionary,
            &mut self.inner,
        );
        let result = match result {
            BrotliResult::ResultFailure => Err(self.failure()),
            BrotliResult::NeedsMoreInput if flush == FINISH => Err(Failure::new(
                "unexpected end of file",
                BUF_ERROR,
                "Z_BUF_ERROR",
            )),
            _ => Ok(()),
        };
        Step {
            consumed,
            written,
            result,
        }
    }

    fn reset(&mut self) -> Result<(), Failure> {
        self.inner = new_decoder(&self.settings, &self.dictionary).ok_or_else(refused)?;
        Ok(())
    }
}
