//! What a function answers, and what it keeps of its last failure.

use std::ffi::{CStr, c_char, c_void};
use std::io::Write as _;

/// `napi_status`.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    Ok,
    InvalidArg,
    ObjectExpected,
    StringExpected,
    NameExpected,
    FunctionExpected,
    NumberExpected,
    BooleanExpected,
    ArrayExpected,
    GenericFailure,
    PendingException,
    Cancelled,
    EscapeCalledTwice,
    HandleScopeMismatch,
    CallbackScopeMismatch,
    QueueFull,
    Closing,
    BigintExpected,
    DateExpected,
    ArraybufferExpected,
    DetachableArraybufferExpected,
    WouldDeadlock,
    NoExternalBuffersAllowed,
    CannotRunJs,
}

/// Node's texts, by status.
const MESSAGES: [Option<&CStr>; 24] = [
    None,
    Some(c"Invalid argument"),
    Some(c"An object was expected"),
    Some(c"A string was expected"),
    Some(c"A string or symbol was expected"),
    Some(c"A function was expected"),
    Some(c"A number was expected"),
    Some(c"A boolean was expected"),
    Some(c"An array was expected"),
    Some(c"Unknown failure"),
    Some(c"An exception is pending"),
    Some(c"The async work item was cancelled"),
    Some(c"napi_escape_handle already called on scope"),
    Some(c"Invalid handle scope usage"),
    Some(c"Invalid callback scope usage"),
    Some(c"Thread-safe function queue is full"),
    Some(c"Thread-safe function handle is closing"),
    Some(c"A bigint was expected"),
    Some(c"A date was expected"),
    Some(c"An arraybuffer was expected"),
    Some(c"A detachable arraybuffer was expected"),
    Some(c"Main thread would deadlock"),
    Some(c"External buffers are not allowed"),
    Some(c"Cannot run JavaScript"),
];

/// `napi_extended_error_info`.
#[repr(C)]
pub struct ErrorInfo {
    message: *const c_char,
    engine_reserved: *mut c_void,
    engine_error_code: u32,
    code: Status,
}

impl ErrorInfo {
    pub const fn new() -> ErrorInfo {
        ErrorInfo {
            message: std::ptr::null(),
            engine_reserved: std::ptr::null_mut(),
            engine_error_code: 0,
            code: Status::Ok,
        }
    }

    pub fn set(&mut self, code: Status) {
        self.code = code;
        self.engine_error_code = 0;
        self.engine_reserved = std::ptr::null_mut();
    }

    /// The message is looked up only when somebody asks.
    pub fn explain(&mut self) {
        let message = MESSAGES[self.code as usize];
        self.message = message.map_or(std::ptr::null(), CStr::as_ptr);
    }
}

/// Why a function did not do what it was asked.
#[derive(Clone, Copy, Debug)]
pub struct Failure {
    pub status: Status,
    /// An exception that JavaScript threw meanwhile counts for more.
    pub yields_to_exception: bool,
}

impl From<Status> for Failure {
    fn from(status: Status) -> Failure {
        Failure {
            status,
            yields_to_exception: false,
        }
    }
}

impl Status {
    /// This status, or `PendingException` when JavaScript has thrown.
    pub fn or_exception(self) -> Failure {
        Failure {
            status: self,
            yields_to_exception: true,
        }
    }
}

/// What the body of a function gives.
pub type Outcome = Result<(), Failure>;

/// As Node: tells why, and ends the process.
pub fn fatal(location: Option<&str>, message: &str) -> ! {
    let location = location.map_or_else(String::new, |location| format!("{location} "));
    let text = format!("FATAL ERROR: {location}{message}\n");
    // Where it cannot be written there is nobody to tell.
    let _ = std::io::stderr().write_all(text.as_bytes());
    std::process::abort();
}
