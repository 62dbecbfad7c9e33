//! Zstandard, by zstd-safe.

use zstd_safe::zstd_sys::ZSTD_EndDirective as End;
use zstd_safe::{
    CCtx, CParameter, DCtx, DParameter, InBuffer, OutBuffer, ResetDirective, Strategy,
};

use super::{Codec, Failure, Step};

const END: i32 = 2;
const BUF_ERROR: i32 = -5;
const SRC_SIZE_WRONG: usize = 72;

/// zstd's own names of its errors are private to C: what Node makes codes of.
const ERROR_NAMES: &[(i32, &str)] = &[
    (1, "GENERIC"),
    (10, "prefix_unknown"),
    (12, "version_unsupported"),
    (14, "frameParameter_unsupported"),
    (16, "frameParameter_windowTooLarge"),
    (20, "corruption_detected"),
    (22, "checksum_wrong"),
    (24, "literals_headerWrong"),
    (30, "dictionary_corrupted"),
    (32, "dictionary_wrong"),
    (34, "dictionaryCreation_failed"),
    (40, "parameter_unsupported"),
    (41, "parameter_combination_unsupported"),
    (42, "parameter_outOfBound"),
    (44, "tableLog_tooLarge"),
    (46, "maxSymbolValue_tooLarge"),
    (48, "maxSymbolValue_tooSmall"),
    (50, "stabilityCondition_notRespected"),
    (60, "stage_wrong"),
    (62, "init_missing"),
    (64, "memory_allocation"),
    (66, "workSpace_tooSmall"),
    (70, "dstSize_tooSmall"),
    (72, "srcSize_wrong"),
    (74, "dstBuffer_null"),
    (80, "noForwardProgress_destFull"),
    (82, "noForwardProgress_inputEmpty"),
];

const NOTHING: Step = Step {
    consumed: 0,
    written: 0,
    result: Ok(()),
};

fn failure(message: &str, code: usize) -> Failure {
    // An error is its number below zero.
    let number = code.wrapping_neg() as i32;
    let found = ERROR_NAMES.iter().find(|(known, _)| *known == number);
    let name = found.map_or("GENERIC", |(_, name)| name);
    Failure::new(message, number, &format!("ZSTD_error_{name}"))
}

fn refused(message: &str) -> Failure {
    Failure::new(message, -1, "ERR_ZLIB_INITIALIZATION_FAILED")
}

/// None: zstd has no such parameter, or not with that value.
fn c_parameter(number: usize, value: u32) -> Option<CParameter> {
    const STRATEGIES: [Strategy; 9] = [
        Strategy::ZSTD_fast,
        Strategy::ZSTD_dfast,
        Strategy::ZSTD_greedy,
        Strategy::ZSTD_lazy,
        Strategy::ZSTD_lazy2,
        Strategy::ZSTD_btlazy2,
        Strategy::ZSTD_btopt,
        Strategy::ZSTD_btultra,
        Strategy::ZSTD_btultra2,
    ];
    let is_on = value != 0;
    Some(match number {
        100 => CParameter::CompressionLevel(value as i32),
        101 => CParameter::WindowLog(value),
        102 => CParameter::HashLog(value),
        103 => CParameter::ChainLog(value),
        104 => CParameter::SearchLog(value),
        105 => CParameter::MinMatch(value),
        106 => CParameter::TargetLength(value),
        107 => {
            let at = (value as usize).checked_sub(1)?;
            CParameter::Strategy(*STRATEGIES.get(at)?)
        }
        160 => CParameter::EnableLongDistanceMatching(is_on),
        161 => CParameter::LdmHashLog(value),
        162 => CParameter::LdmMinMatch(value),
        163 => CParameter::LdmBucketSizeLog(value),
        164 => CParameter::LdmHashRateLog(value),
        200 => CParameter::ContentSizeFlag(is_on),
        201 => CParameter::ChecksumFlag(is_on),
        202 => CParameter::DictIdFlag(is_on),
        400 => CParameter::NbWorkers(value),
        401 => CParameter::JobSize(value),
        402 => CParameter::OverlapSizeLog(value),
        _ => return None,
    })
}

pub struct Compressor {
    inner: CCtx<'static>,
    pledged_size: Option<u64>,
    taken: u64,
    /// The frame is complete; one more call would begin another.
    is_ended: bool,
}

impl Compressor {
    pub fn open(
        settings: &[(usize, u32)],
        pledged_size: Option<u64>,
        dictionary: &[u8],
    ) -> Result<Compressor, Failure> {
        let mut inner = CCtx::try_create().ok_or_else(|| refused("Initialization failed"))?;
        for &(number, value) in settings {
            let set = c_parameter(number, value).map(|parameter| inner.set_parameter(parameter));
            if !matches!(set, Some(Ok(_))) {
                return Err(refused("Setting parameter failed"));
            }
        }
        if !dictionary.is_empty() && inner.load_dictionary(dictionary).is_err() {
            return Err(refused("Failed to load zstd dictionary"));
        }
        if inner.set_pledged_src_size(pledged_size).is_err() {
            return Err(refused("Could not set pledged src size"));
        }
        Ok(Compressor {
            inner,
            pledged_size,
            taken: 0,
            is_ended: false,
        })
    }
}

impl Compressor {
    /// zstd itself forgets the pledge when all of the input comes with the end.
    fn is_as_pledged(&self, flush: i32, input: &[u8]) -> bool {
        let total = self.taken + input.len() as u64;
        self.pledged_size
            .is_none_or(|size| total == size || (total < size && flush != END))
    }
}

impl Codec for Compressor {
    fn step(&mut self, flush: i32, input: &[u8], output: &mut [u8]) -> Step {
        let end = match flush {
            1 => End::ZSTD_e_flush,
            END => End::ZSTD_e_end,
            _ => End::ZSTD_e_continue,
        };
        if self.is_ended && input.is_empty() {
            return NOTHING;
        }
        if !self.is_as_pledged(flush, input) {
            let code = SRC_SIZE_WRONG.wrapping_neg();
            return Step {
                result: Err(failure(zstd_safe::get_error_name(code), code)),
                ..NOTHING
            };
        }
        let mut from = InBuffer::around(input);
        let mut to = OutBuffer::around(output);
        let result = self.inner.compress_stream2(&mut to, &mut from, end);
        self.is_ended = flush == END && result == Ok(0);
        self.taken += from.pos() as u64;
        Step {
            consumed: from.pos(),
            written: to.pos(),
            result: match result {
                Ok(_) => Ok(()),
                Err(code) => Err(failure(zstd_safe::get_error_name(code), code)),
            },
        }
    }

    fn reset(&mut self) -> Result<(), Failure> {
        self.is_ended = false;
        self.taken = 0;
        let reset = self.inner.reset(ResetDirective::SessionOnly);
        let reset = reset.and_then(|_| self.inner.set_pledged_src_size(self.pledged_size));
        match reset {
            Ok(_) => Ok(()),
            Err(code) => Err(failure(zstd_safe::get_error_name(code), code)),
        }
    }
}

pub struct Decompressor {
    inner: DCtx<'static>,
    /// The frame is complete: what follows is not ours.
    is_ended: bool,
}

impl Decompressor {
    pub fn open(settings: &[(usize, u32)], dictionary: &[u8]) -> Result<Decompressor, Failure> {
        const WINDOW_LOG_MAX: usize = 100;
        let mut inner = DCtx::try_create().ok_or_else(|| refused("Initialization failed"))?;
        for &(number, value) in settings {
            let is_set = number == WINDOW_LOG_MAX
                && inner.set_parameter(DParameter::WindowLogMax(value)).is_ok();
            if !is_set {
                return Err(refused("Setting parameter failed"));
            }
        }
        if !dictionary.is_empty() && inner.load_dictionary(dictionary).is_err() {
            return Err(refused("Failed to load zstd dictionary"));
        }
        Ok(Decompressor {
            inner,
            is_ended: false,
        })
    }
}

impl Codec for Decompressor {
    fn step(&mut self, flush: i32, input: &[u8], output: &mut [u8]) -> Step {
        if self.is_ended {
            return NOTHING;
        }
        let room = output.len();
        let mut from = InBuffer::around(input);
        let mut to = OutBuffer::around(output);
        let result = self.inner.decompress_stream(&mut to, &mut from);
        let has_room = to.pos() < room;
        let result = match result {
            Ok(hint) => {
                self.is_ended = hint == 0;
                if !self.is_ended && flush == END && has_room {
                    let code = "Z_BUF_ERROR";
                    Err(Failure::new("unexpected end of file", BUF_ERROR, code))
                } else {
                    Ok(())
                }
            }
            Err(code) => Err(failure(zstd_safe::get_error_name(code), code)),
        };
        Step {
            consumed: from.pos(),
            written: to.pos(),
            result,
        }
    }

    fn reset(&mut self) -> Result<(), Failure> {
        self.is_ended = false;
        match self.inner.reset(ResetDirective::SessionOnly) {
            Ok(_) => Ok(()),
            Err(code) => Err(failure(zstd_safe::get_error_name(code), code)),
        }
    }
}
