//! The process as addons see it: its version and its end.

use std::ffi::{CStr, c_char};

use crate::boundary::{Out, Text, Value};
use crate::status::fatal;

/// `napi_node_version`.
#[repr(C)]
pub struct NodeVersion {
    major: u32,
    minor: u32,
    patch: u32,
    release: *const c_char,
}

/// An address of a constant of ours, for any thread.
#[repr(transparent)]
struct Constant(NodeVersion);

// SAFETY: it holds numbers and the address of a text that nobody changes.
unsafe impl Sync for Constant {}

const RELEASE: &CStr = c"node";

/// The Node.js release whose behaviour addons get: `NODE_VERSION` of the program.
static VERSION: Constant = Constant(NodeVersion {
    major: 24,
    minor: 21,
    patch: 0,
    release: RELEASE.as_ptr(),
});

exports! {
    /// Node's version.
    basic fn napi_get_node_version(result: Out<*const NodeVersion>) |_env| {
        result.required()?.set(&raw const VERSION.0);
        Ok(())
    };

    /// The URL of the module's file.
    basic fn node_api_get_module_file_name(result: Out<*const c_char>) |env| {
        result.required()?.set(env.file_url.as_ptr());
        Ok(())
    };

    /// Hands an exception to the program's handlers of uncaught ones.
    guarded fn napi_fatal_exception(error: Value) |_env, scope| {
        let error = error.required(scope)?;
        coring_engine::guest::uncaught(scope, error);
        Ok(())
    };
}

/// Ends the process.
///
/// # Safety
/// As Node-API documents the arguments; on any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn napi_fatal_error(
    location: Text,
    location_length: usize,
    message: Text,
    message_length: usize,
) -> ! {
    let text = |text: Text, length| match text.bytes(length) {
        Ok(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Err(_) => String::new(),
    };
    let location = text(location, location_length);
    fatal(Some(&location), &text(message, message_length));
}
