//! What a session may be told when it is opened, and nghttp2's form of it.

use std::ptr;

use libnghttp2_sys as sys;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Padding {
    None,
    /// Frames end at multiples of eight bytes.
    Aligned,
    Max,
}

/// `None` is nghttp2's own default.
#[derive(Debug, Clone)]
pub struct Options {
    pub is_server: bool,
    pub deflate_table_bytes_max: Option<usize>,
    pub reserved_remote_streams_max: Option<u32>,
    pub send_header_block_bytes_max: Option<usize>,
    pub settings_max: Option<usize>,
    /// Burst, and how many a second after that.
    pub stream_reset_limit: Option<(u64, u64)>,
    pub peer_concurrent_streams_max: u32,
    pub padding: Padding,
    pub session_bytes_max: usize,
    pub header_pairs_max: usize,
    pub invalid_frames_max: u32,
    pub rejected_streams_max: u32,
    pub checks_white_space: bool,
}

impl Options {
    /// Node's defaults.
    pub fn new(is_server: bool) -> Options {
        Options {
            is_server,
            deflate_table_bytes_max: None,
            reserved_remote_streams_max: None,
            send_header_block_bytes_max: None,
            settings_max: None,
            stream_reset_limit: None,
            peer_concurrent_streams_max: 100,
            padding: Padding::None,
            session_bytes_max: 10_000_000,
            header_pairs_max: 128,
            invalid_frames_max: 1000,
            rejected_streams_max: 100,
            checks_white_space: true,
        }
    }
}

/// nghttp2's object of options.
pub(crate) struct Raw(*mut sys::nghttp2_option);

impl Raw {
    /// None: there is no memory.
    pub(crate) fn new() -> Option<Raw> {
        let mut option = ptr::null_mut();
        // SAFETY: writes the address of a new object, or leaves null when there is no memory.
        unsafe { sys::nghttp2_option_new(&mut option) };
        (!option.is_null()).then_some(Raw(option))
    }

    pub(crate) fn as_ptr(&self) -> *const sys::nghttp2_option {
        self.0
    }

    pub(crate) fn apply(&mut self, options: &Options) {
        let raw = self.0;
        // Flow control is in the program's hands, so that a slow reader slows its peer.
        // SAFETY: `raw` is alive; the function, as all that follow, keeps a number.
        unsafe { sys::nghttp2_option_set_no_auto_window_update(raw, 1) };
        // SAFETY: as above. Streams that ended cost no memory.
        unsafe { sys::nghttp2_option_set_no_closed_streams(raw, 1) };
        let peer_max = options.peer_concurrent_streams_max;
        // SAFETY: as above.
        unsafe { sys::nghttp2_option_set_peer_max_concurrent_streams(raw, peer_max) };
        if !options.is_server {
            for kind in [sys::NGHTTP2_ALTSVC, sys::NGHTTP2_ORIGIN] {
                // SAFETY: as above.
                unsafe { sys::nghttp2_option_set_builtin_recv_extension_type(raw, kind as u8) };
            }
        }
        if !options.checks_white_space {
            // SAFETY: as above.
            unsafe {
                sys::nghttp2_option_set_no_rfc9113_leading_and_trailing_ws_validation(raw, 1)
            };
        }
        self.apply_limits(options);
    }

    fn apply_limits(&mut self, options: &Options) {
        let raw = self.0;
        if let Some(count) = options.deflate_table_bytes_max {
            // SAFETY: `raw` is alive, and the function keeps a number.
            unsafe { sys::nghttp2_option_set_max_deflate_dynamic_table_size(raw, count) };
        }
        if let Some(count) = options.reserved_remote_streams_max {
            // SAFETY: as above.
            unsafe { sys::nghttp2_option_set_max_reserved_remote_streams(raw, count) };
        }
        if let Some(count) = options.send_header_block_bytes_max {
            // SAFETY: as above.
            unsafe { sys::nghttp2_option_set_max_send_header_block_length(raw, count) };
        }
        if let Some(count) = options.settings_max {
            // SAFETY: as above.
            unsafe { sys::nghttp2_option_set_max_settings(raw, count) };
        }
        if let Some((burst, rate)) = options.stream_reset_limit {
            // SAFETY: as above.
            unsafe { sys::nghttp2_option_set_stream_reset_rate_limit(raw, burst, rate) };
        }
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // SAFETY: the object came from `nghttp2_option_new` and is freed once; sessions keep copies
        // of what it says.
        unsafe { sys::nghttp2_option_del(self.0) };
    }
}
