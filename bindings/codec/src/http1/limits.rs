//! What a peer may ask of a parser, and which of llhttp's rules the user has switched off.

/// `http.maxHeaderSize` of Node: bytes of url, names and values together.
const HEAD_BYTES_MAX: u32 = 16 * 1024;
/// Node's documentation says 2000; its array of names and values ends at 2000, that is 1000 lines.
const HEADERS_COUNT_MAX: u32 = 1000;
/// Node's limit for the extensions of one chunk.
const CHUNK_EXTENSION_BYTES_MAX: u32 = 16 * 1024;
/// What a header line has besides name and value: colon, one space, CR, LF.
const LINE_OVERHEAD_BYTES: usize = 4;
/// Room for the method, the version and some empty lines.
const START_LINE_BYTES: usize = 256;
/// No head may be so large that its offsets leave 32 bits.
const BUFFER_BYTES_MAX: usize = 1 << 30;

/// Bounds of one parser. `Default` is Node's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A head (or trailer block) whose url, names and values reach this many bytes is refused.
    pub head_bytes_max: u32,
    /// Header lines allowed in a block; 0 means no bound, as in Node.
    pub headers_count_max: u32,
    /// Bytes of names and values in the extensions of one chunk.
    pub chunk_extension_bytes_max: u32,
    pub lenient: Lenient,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            head_bytes_max: HEAD_BYTES_MAX,
            headers_count_max: HEADERS_COUNT_MAX,
            chunk_extension_bytes_max: CHUNK_EXTENSION_BYTES_MAX,
            lenient: Lenient::NONE,
        }
    }
}

impl Limits {
    /// The largest block that is ever waited for, blank lines and white space included. A block
    /// that is unfinished at this size is refused, so no buffer needs to be larger.
    pub const fn head_buffer_bytes_max(&self) -> usize {
        let counted = self.head_bytes_max as usize;
        let lines = match self.headers_count_max as usize {
            0 => counted,
            count if count < counted => count,
            _ => counted,
        };
        let bytes = counted + lines * LINE_OVERHEAD_BYTES + START_LINE_BYTES;
        if bytes < BUFFER_BYTES_MAX {
            bytes
        } else {
            BUFFER_BYTES_MAX
        }
    }
}

/// llhttp's leniency bits, by Node's names and values (`HTTPParser.kLenient*`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lenient(u16);

impl Lenient {
    pub const NONE: Lenient = Lenient(0);
    pub const HEADERS: Lenient = Lenient(1);
    pub const CHUNKED_LENGTH: Lenient = Lenient(1 << 1);
    pub const KEEP_ALIVE: Lenient = Lenient(1 << 2);
    pub const TRANSFER_ENCODING: Lenient = Lenient(1 << 3);
    pub const VERSION: Lenient = Lenient(1 << 4);
    pub const DATA_AFTER_CLOSE: Lenient = Lenient(1 << 5);
    pub const OPTIONAL_LF_AFTER_CR: Lenient = Lenient(1 << 6);
    pub const OPTIONAL_CRLF_AFTER_CHUNK: Lenient = Lenient(1 << 7);
    pub const OPTIONAL_CR_BEFORE_LF: Lenient = Lenient(1 << 8);
    pub const SPACES_AFTER_CHUNK_SIZE: Lenient = Lenient(1 << 9);
    pub const HEADER_VALUE_RELAXED: Lenient = Lenient(1 << 10);
    /// Node's `kLenientAll`, which `insecureHTTPParser` sets. It lacks `HEADER_VALUE_RELAXED`,
    /// because `HEADERS` allows more.
    pub const ALL: Lenient = Lenient(1023);

    /// Bits that llhttp does not know are dropped.
    pub const fn from_bits(bits: u32) -> Lenient {
        Lenient((bits & 2047) as u16)
    }

    pub const fn bits(self) -> u16 {
        self.0
    }

    pub const fn has(self, one: Lenient) -> bool {
        self.0 & one.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_are_bounded_for_every_limit() {
        assert_eq!(
            Limits::default().head_buffer_bytes_max(),
            16_384 + 4_000 + 256
        );
        let endless = Limits {
            headers_count_max: 0,
            ..Limits::default()
        };
        assert_eq!(endless.head_buffer_bytes_max(), 5 * 16_384 + 256);
        let huge = Limits {
            head_bytes_max: u32::MAX,
            headers_count_max: 0,
            ..endless
        };
        assert_eq!(huge.head_buffer_bytes_max(), BUFFER_BYTES_MAX);
    }

    #[test]
    fn unknown_bits_are_dropped() {
        assert_eq!(Lenient::from_bits(u32::MAX).bits(), 2047);
        assert!(Lenient::ALL.has(Lenient::SPACES_AFTER_CHUNK_SIZE));
        assert!(!Lenient::ALL.has(Lenient::HEADER_VALUE_RELAXED));
        assert!(!Lenient::NONE.has(Lenient::HEADERS));
    }
}
