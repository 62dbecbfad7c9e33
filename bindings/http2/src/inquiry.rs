//! What a session and its streams say about themselves.

use std::ptr::NonNull;

use libnghttp2_sys as sys;

use crate::session::Session;

/// Whose settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Local,
    Remote,
}

/// In Node's order: headerTableSize, enablePush, maxConcurrentStreams, initialWindowSize,
/// maxFrameSize, maxHeaderListSize, enableConnectProtocol.
const SETTINGS: [u32; 7] = [
    sys::NGHTTP2_SETTINGS_HEADER_TABLE_SIZE,
    sys::NGHTTP2_SETTINGS_ENABLE_PUSH,
    sys::NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS,
    sys::NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE,
    sys::NGHTTP2_SETTINGS_MAX_FRAME_SIZE,
    sys::NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE,
    sys::NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionState {
    pub effective_local_window: i32,
    pub effective_received: i32,
    pub next_stream: u32,
    pub local_window: i32,
    pub last_processed_stream: i32,
    pub remote_window: i32,
    pub outbound_queue: usize,
    pub deflate_table_bytes: usize,
    pub inflate_table_bytes: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamState {
    /// nghttp2's number of it: idle 1, open 2 ... closed 7.
    pub state: u32,
    pub weight: i32,
    pub sum_dependency_weight: i32,
    pub is_local_closed: bool,
    pub is_remote_closed: bool,
    pub local_window: i32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counters {
    pub frames_received: u64,
    pub frames_sent: u64,
    pub streams: u64,
    pub streams_at_once_max: usize,
    pub bytes_written: u64,
    pub bytes_read: u64,
    pub queued_bytes: usize,
}

/// Asks nghttp2 for a number.
macro_rules! ask {
    ($question:ident, $($of:expr),+) => {
        // SAFETY: what is asked is alive, and the function changes nothing.
        unsafe { sys::$question($($of),+) }
    };
}

/// # Safety
/// `session` is alive.
pub(crate) unsafe fn remote_settings(session: *mut sys::nghttp2_session) -> [u32; 7] {
    SETTINGS.map(|id| ask!(nghttp2_session_get_remote_settings, session, id))
}

impl Session {
    pub fn wants_read(&self) -> bool {
        ask!(nghttp2_session_want_read, self.as_ptr()) != 0
    }

    pub fn wants_write(&self) -> bool {
        ask!(nghttp2_session_want_write, self.as_ptr()) != 0
    }

    /// nghttp2 has ended the session, since the peer broke the rules.
    pub fn has_given_up(&self) -> bool {
        self.state().has_given_up
    }

    pub(crate) fn local_setting(&self, id: u32) -> u32 {
        ask!(nghttp2_session_get_local_settings, self.as_ptr(), id)
    }

    pub fn settings_of(&self, side: Side) -> [u32; 7] {
        SETTINGS.map(|id| match side {
            Side::Local => self.local_setting(id),
            Side::Remote => ask!(nghttp2_session_get_remote_settings, self.as_ptr(), id),
        })
    }

    pub fn session_state(&self) -> SessionState {
        let raw = self.as_ptr();
        SessionState {
            effective_local_window: ask!(nghttp2_session_get_effective_local_window_size, raw),
            effective_received: ask!(nghttp2_session_get_effective_recv_data_length, raw),
            next_stream: ask!(nghttp2_session_get_next_stream_id, raw),
            local_window: ask!(nghttp2_session_get_local_window_size, raw),
            last_processed_stream: ask!(nghttp2_session_get_last_proc_stream_id, raw),
            remote_window: ask!(nghttp2_session_get_remote_window_size, raw),
            outbound_queue: ask!(nghttp2_session_get_outbound_queue_size, raw),
            deflate_table_bytes: ask!(nghttp2_session_get_hd_deflate_dynamic_table_size, raw),
            inflate_table_bytes: ask!(nghttp2_session_get_hd_inflate_dynamic_table_size, raw),
        }
    }

    /// None: there is no such stream, or it is over.
    pub fn stream_state(&self, stream: i32) -> Option<StreamState> {
        let raw = self.as_ptr();
        let found = NonNull::new(ask!(nghttp2_session_find_stream, raw, stream))?.as_ptr();
        let local_close = ask!(nghttp2_session_get_stream_local_close, raw, stream);
        let remote_close = ask!(nghttp2_session_get_stream_remote_close, raw, stream);
        Some(StreamState {
            state: ask!(nghttp2_stream_get_state, found),
            weight: ask!(nghttp2_stream_get_weight, found),
            sum_dependency_weight: ask!(nghttp2_stream_get_sum_dependency_weight, found),
            is_local_closed: local_close == 1,
            is_remote_closed: remote_close == 1,
            local_window: ask!(nghttp2_session_get_stream_local_window_size, raw, stream),
        })
    }

    pub fn counters(&self) -> Counters {
        let state = self.state();
        let counts = &state.counts;
        Counters {
            frames_received: counts.frames_received,
            frames_sent: counts.frames_sent,
            streams: counts.streams,
            streams_at_once_max: counts.streams_at_once_max,
            bytes_written: counts.bytes_written,
            bytes_read: counts.bytes_read,
            queued_bytes: state.queued_bytes,
        }
    }
}
