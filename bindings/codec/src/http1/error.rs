//! Everything that can be wrong with a message: one variant for each pair of llhttp's code and
//! reason, because Node shows both to programs.

use std::fmt;

/// What was wrong, and where in the slice that was passed: the offset is llhttp's, which Node
/// shows as `bytesParsed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    pub error: HttpError,
    pub at: u32,
}

/// The name by which heads speak of their faults.
pub type HeadError = Fault;

impl Fault {
    #[cold]
    pub(crate) fn new(error: HttpError, at: usize) -> Fault {
        assert!(at <= u32::MAX as usize);
        Fault {
            error,
            at: at as u32,
        }
    }
}

macro_rules! errors {
    ($($variant:ident $code:literal $reason:literal,)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum HttpError { $($variant,)* }

        impl HttpError {
            pub const ALL: [HttpError; ERRORS_COUNT] = [$(HttpError::$variant,)*];

            /// Node's `error.code`.
            pub const fn code(self) -> &'static str {
                match self { $(HttpError::$variant => concat!("HPE_", $code),)* }
            }

            /// Node's `error.reason`; its message is `Parse Error: ` and this.
            pub const fn reason(self) -> &'static str {
                match self { $(HttpError::$variant => $reason,)* }
            }
        }
    };
}

const ERRORS_COUNT: usize = 63;

errors! {
    // The stream.
    ClosedConnection "CLOSED_CONNECTION" "Data after `Connection: close`",
    InvalidEofState "INVALID_EOF_STATE" "Invalid EOF state",
    HeaderOverflow "HEADER_OVERFLOW" "Header overflow",
    // The request line.
    InvalidMethod "INVALID_METHOD" "Invalid method encountered",
    SpaceAfterMethod "INVALID_METHOD" "Expected space after method",
    UrlStart "INVALID_URL" "Unexpected start char in url",
    UrlSchema "INVALID_URL" "Unexpected char in url schema",
    UrlServer "INVALID_URL" "Unexpected char in url server",
    UrlDoubleAt "INVALID_URL" "Double @ in url",
    UrlPath "INVALID_URL" "Invalid char in url path",
    UrlQuery "INVALID_URL" "Invalid char in url query",
    UrlFragment "INVALID_URL" "Invalid char in url fragment start",
    UrlCharacters "INVALID_URL" "Invalid characters in url",
    UrlCrlf "INVALID_URL" "Expected CRLF",
    Protocol "INVALID_CONSTANT" "Expected HTTP/, RTSP/ or ICE/",
    MethodForHttp "INVALID_CONSTANT" "Invalid method for HTTP/x.x request",
    MethodForRtsp "INVALID_CONSTANT" "Invalid method for RTSP/x.x request",
    MethodForIce "INVALID_CONSTANT" "Expected SOURCE method for ICE/x.x request",
    VersionMajor "INVALID_VERSION" "Invalid major version",
    VersionDot "INVALID_VERSION" "Expected dot",
    VersionMinor "INVALID_VERSION" "Invalid minor version",
    Version "INVALID_VERSION" "Invalid HTTP version",
    VersionCrlf "INVALID_VERSION" "Expected CRLF after version",
    VersionCrlfStrict "STRICT" "Expected CRLF after version",
    Http2Preface "INVALID_VERSION" "Expected HTTP/2 Connection Preface",
    Http2Upgrade "PAUSED_H2_UPGRADE" "Pause on PRI/Upgrade",
    // The status line.
    SpaceAfterVersion "INVALID_VERSION" "Expected space after version",
    StatusCode "INVALID_STATUS" "Invalid status code",
    StatusEnd "INVALID_STATUS" "Invalid response status",
    StatusLineCr "CR_EXPECTED" "Missing expected CR after response line",
    LfAfterCr "STRICT" "Expected LF after CR",
    // Header and trailer lines.
    SpaceAfterStartLine "UNEXPECTED_SPACE" "Unexpected space after start line",
    HeaderName "INVALID_HEADER_TOKEN" "Invalid header token",
    HeaderNameChar "INVALID_HEADER_TOKEN" "Invalid header field char",
    HeaderValueChar "INVALID_HEADER_TOKEN" "Invalid header value char",
    HeaderFold "INVALID_HEADER_TOKEN" "Unexpected whitespace after header value",
    HeaderValueCr "CR_EXPECTED" "Missing expected CR after header value",
    HeaderValueLf "LF_EXPECTED" "Missing expected LF after header value",
    HeadersLf "STRICT" "Expected LF after headers",
    // Framing.
    LengthWithEncoding "INVALID_CONTENT_LENGTH"
        "Content-Length can't be present with Transfer-Encoding",
    LengthEmpty "INVALID_CONTENT_LENGTH" "Empty Content-Length",
    LengthOverflow "INVALID_CONTENT_LENGTH" "Content-Length overflow",
    LengthChar "INVALID_CONTENT_LENGTH" "Invalid character in Content-Length",
    LengthTwice "UNEXPECTED_CONTENT_LENGTH" "Duplicate Content-Length",
    EncodingWithLength "INVALID_TRANSFER_ENCODING"
        "Transfer-Encoding can't be present with Content-Length",
    EncodingEmpty "INVALID_TRANSFER_ENCODING" "Empty Transfer-Encoding",
    EncodingAfterChunked "INVALID_TRANSFER_ENCODING" "Invalid `Transfer-Encoding` header value",
    EncodingNotChunked "INVALID_TRANSFER_ENCODING" "Request has invalid `Transfer-Encoding`",
    // Chunks.
    ChunkSizeChar "INVALID_CHUNK_SIZE" "Invalid character in chunk size",
    ChunkSizeOverflow "INVALID_CHUNK_SIZE" "Chunk size overflow",
    ChunkSizeCr "CR_EXPECTED" "Missing expected CR after chunk size",
    ChunkSizeLf "STRICT" "Expected LF after chunk size",
    ChunkDataCr "CR_EXPECTED" "Missing expected CR after chunk data",
    ChunkDataLf "STRICT" "Expected LF after chunk data",
    ExtensionChar "STRICT" "Invalid character in chunk extensions",
    ExtensionNameChar "STRICT" "Invalid character in chunk extensions name",
    ExtensionNameCr "CR_EXPECTED" "Missing expected CR after chunk extension name",
    ExtensionValueChar "STRICT" "Invalid character in chunk extensions value",
    ExtensionValueCr "CR_EXPECTED" "Missing expected CR after chunk extension value",
    ExtensionQuotedChar "STRICT" "Invalid character in chunk extensions quoted value",
    ExtensionQuotedPair "STRICT" "Invalid quoted-pair in chunk extensions quoted value",
    ExtensionQuotedEnd "STRICT" "Invalid character in chunk extensions quote value",
    ExtensionOverflow "CHUNK_EXTENSIONS_OVERFLOW" "Chunk extensions overflow",
}

impl HttpError {
    /// The place in `ALL`; small enough for a page entry.
    pub const fn index(self) -> u8 {
        self as u8
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Parse Error: {} ({})", self.reason(), self.code())
    }
}

impl std::error::Error for HttpError {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_error_is_its_own() {
        let mut seen = HashSet::new();
        for (index, error) in HttpError::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(error.index()), index);
            assert!(error.code().starts_with("HPE_"));
            assert!(
                seen.insert((error.code(), error.reason())),
                "{error} is there twice"
            );
        }
    }
}
