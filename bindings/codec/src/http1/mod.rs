//! HTTP/1 as llhttp 9.4 reads it in strict mode, written anew in safe Rust. `head` reads start
//! lines and header blocks, `body` the bytes that follow, `stream` puts the two together for
//! callers that want a whole connection, `write` makes responses.

pub mod body;
mod chunk;
pub mod error;
mod field;
pub mod head;
pub mod headers;
pub mod limits;
pub mod method;
mod scan;
mod start;
pub mod stream;
mod url;
mod value;
pub mod write;

pub use body::{Body, Step};
pub use error::{Fault, HttpError};
pub use head::{
    Framing, HeadScan, RequestHead, ResponseHead, blank_prefix, parse_request_head,
    parse_response_head, resume_request_head, resume_response_head,
};
pub use headers::{Header, Headers, headers};
pub use limits::{Lenient, Limits};
pub use method::Method;
pub use stream::{Event, Stream};
