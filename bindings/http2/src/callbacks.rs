//! What nghttp2 calls. Each callback notes an event and returns; none calls out of this crate, and
//! none holds the state while nghttp2 does anything for it but say a number.

use std::cell::{RefCell, RefMut};
use std::ffi::{c_char, c_int, c_void};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::ptr;

use libnghttp2_sys as sys;

use crate::event::Event;
use crate::inquiry;
use crate::session::SEND_BYTES;
use crate::state::{FRAME_HEAD, State, Welcome};

/// The session's table of callbacks.
pub(crate) struct Raw(*mut sys::nghttp2_session_callbacks);

impl Raw {
    /// None: there is no memory.
    pub(crate) fn new() -> Option<Raw> {
        let mut raw = ptr::null_mut();
        // SAFETY: writes the address of a new object, or leaves null when there is no memory.
        unsafe { sys::nghttp2_session_callbacks_new(&mut raw) };
        (!raw.is_null()).then_some(Raw(raw))
    }

    pub(crate) fn as_ptr(&self) -> *const sys::nghttp2_session_callbacks {
        self.0
    }

    pub(crate) fn fill(&mut self, has_padding: bool) {
        macro_rules! set {
            ($($set:ident = $callback:ident;)*) => {
                // SAFETY: the table is alive, and keeps the address of a function.
                $(unsafe { sys::$set(self.0, Some($callback)) };)*
            };
        }
        set! {
            nghttp2_session_callbacks_set_on_begin_headers_callback = on_begin_headers;
            nghttp2_session_callbacks_set_on_header_callback = on_header;
            nghttp2_session_callbacks_set_on_invalid_header_callback = on_invalid_header;
            nghttp2_session_callbacks_set_on_frame_recv_callback = on_frame_recv;
            nghttp2_session_callbacks_set_on_invalid_frame_recv_callback = on_invalid_frame;
            nghttp2_session_callbacks_set_on_data_chunk_recv_callback = on_data;
            nghttp2_session_callbacks_set_on_frame_send_callback = on_frame_send;
            nghttp2_session_callbacks_set_on_frame_not_send_callback = on_frame_not_send;
            nghttp2_session_callbacks_set_on_stream_close_callback = on_stream_close;
            nghttp2_session_callbacks_set_send_data_callback = send_data;
            nghttp2_session_callbacks_set_error_callback2 = on_error;
            nghttp2_session_callbacks_set_rand_callback = random;
        }
        if has_padding {
            set! { nghttp2_session_callbacks_set_select_padding_callback2 = select_padding; }
        }
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // SAFETY: the table came from its `_new` function and is freed once; sessions keep copies.
        unsafe { sys::nghttp2_session_callbacks_del(self.0) };
    }
}

/// # Safety
/// `user_data` is what `Session::open` gave nghttp2: the state, which outlives nghttp2's session.
unsafe fn state<'a>(user_data: *mut c_void) -> &'a RefCell<State> {
    // SAFETY: as the caller says.
    unsafe { &*user_data.cast::<RefCell<State>>() }
}

/// # Safety
/// `count` bytes at `start` are readable for `'a`, or `count` is zero.
unsafe fn bytes<'a>(start: *const u8, count: usize) -> &'a [u8] {
    match start.is_null() || count == 0 {
        true => &[],
        // SAFETY: as the caller says.
        false => unsafe { std::slice::from_raw_parts(start, count) },
    }
}

/// A frame that nghttp2 shows: which member of the union is meant, its type says.
struct Frame<'a>(&'a sys::nghttp2_frame);

impl<'a> Frame<'a> {
    /// # Safety
    /// nghttp2's own frame, for the length of the callback.
    unsafe fn of(frame: *const sys::nghttp2_frame) -> Frame<'a> {
        // SAFETY: as the caller says.
        Frame(unsafe { &*frame })
    }

    fn head(&self) -> sys::nghttp2_frame_hd {
        // SAFETY: every member begins with this head.
        unsafe { self.0.hd }
    }

    fn kind(&self) -> u32 {
        self.head().type_.into()
    }

    fn has_flag(&self, flag: u32) -> bool {
        u32::from(self.head().flags) & flag != 0
    }

    /// The stream whose fields it brings.
    fn fields_stream(&self) -> i32 {
        match self.kind() {
            // SAFETY: the type says that this is the member.
            sys::NGHTTP2_PUSH_PROMISE => unsafe { self.0.push_promise.promised_stream_id },
            _ => self.head().stream_id,
        }
    }

    /// What an extension frame points to; `T` is what its type says.
    ///
    /// # Safety
    /// The frame's type is that of `T`, and nghttp2 was told to read such frames.
    unsafe fn payload<T>(&self) -> Option<&'a T> {
        // SAFETY: the type is that of an extension.
        let payload = unsafe { self.0.ext.payload };
        // SAFETY: as the caller says, or null.
        unsafe { payload.cast::<T>().as_ref() }
    }

    /// What the frame says to the program; the state has the fields.
    fn event(&self, state: &mut State) -> Option<Event> {
        let head = self.head();
        let stream = head.stream_id;
        match self.kind() {
            sys::NGHTTP2_DATA => self
                .has_flag(sys::NGHTTP2_FLAG_END_STREAM)
                .then_some(Event::End { stream }),
            sys::NGHTTP2_HEADERS => Some(Event::Headers {
                stream,
                // SAFETY: the type says that this is the member.
                category: unsafe { self.0.headers.cat },
                flags: head.flags,
                fields: state.end_block(),
            }),
            sys::NGHTTP2_PUSH_PROMISE => Some(Event::PushPromise {
                stream,
                promised: self.fields_stream(),
                flags: head.flags,
                fields: state.end_block(),
            }),
            sys::NGHTTP2_PRIORITY => {
                // SAFETY: the type says that this is the member.
                let priority = unsafe { self.0.priority.pri_spec };
                Some(Event::Priority {
                    stream,
                    parent: priority.stream_id,
                    weight: priority.weight,
                    is_exclusive: priority.exclusive != 0,
                })
            }
            sys::NGHTTP2_SETTINGS if self.has_flag(sys::NGHTTP2_FLAG_ACK) => {
                Some(Event::SettingsAck)
            }
            sys::NGHTTP2_SETTINGS => Some(self.settings()),
            sys::NGHTTP2_PING => {
                // SAFETY: the type says that this is the member.
                let opaque = unsafe { self.0.ping.opaque_data };
                match self.has_flag(sys::NGHTTP2_FLAG_ACK) {
                    true => Some(Event::Pong(opaque)),
                    false => Some(Event::Ping(opaque)),
                }
            }
            sys::NGHTTP2_GOAWAY => Some(self.goaway()),
            sys::NGHTTP2_ALTSVC => self.altsvc(),
            sys::NGHTTP2_ORIGIN => self.origin(),
            _ => None,
        }
    }

    fn settings(&self) -> Event {
        // SAFETY: the type says that this is the member.
        let settings = unsafe { self.0.settings };
        let mut custom = Vec::new();
        for index in 0..settings.niv {
            // SAFETY: there are `niv` entries.
            let entry = unsafe { settings.iv.add(index) };
            // SAFETY: as above.
            let entry = unsafe { *entry };
            if !matches!(entry.settings_id, 1..=6 | 8) {
                custom.push((entry.settings_id as u16, entry.value));
            }
        }
        Event::Settings {
            settings: [0; 7],
            custom,
        }
    }

    fn goaway(&self) -> Event {
        // SAFETY: the type says that this is the member.
        let goaway = unsafe { self.0.goaway };
        // SAFETY: nghttp2's copy of the frame's end.
        let opaque = unsafe { bytes(goaway.opaque_data, goaway.opaque_data_len) };
        Event::Goaway {
            code: goaway.error_code,
            last_stream: goaway.last_stream_id,
            opaque: opaque.to_vec(),
        }
    }

    fn altsvc(&self) -> Option<Event> {
        // SAFETY: the type is ALTSVC, and clients read such frames; nobody else gets them.
        let altsvc = unsafe { self.payload::<sys::nghttp2_ext_altsvc>()? };
        // SAFETY: nghttp2's copy of a part of the frame.
        let origin = unsafe { bytes(altsvc.origin, altsvc.origin_len) };
        // SAFETY: as above.
        let value = unsafe { bytes(altsvc.field_value, altsvc.field_value_len) };
        Some(Event::Altsvc {
            stream: self.head().stream_id,
            origin: origin.to_vec(),
            value: value.to_vec(),
        })
    }

    fn origin(&self) -> Option<Event> {
        // SAFETY: as for ALTSVC.
        let list = unsafe { self.payload::<sys::nghttp2_ext_origin>()? };
        let mut origins = Vec::with_capacity(list.nov);
        for index in 0..list.nov {
            // SAFETY: there are `nov` entries.
            let entry = unsafe { list.ov.add(index) };
            // SAFETY: as above.
            let entry = unsafe { *entry };
            // SAFETY: nghttp2's copy of a part of the frame.
            let origin = unsafe { bytes(entry.origin, entry.origin_len) };
            origins.push(origin.to_vec());
        }
        Some(Event::Origin(origins))
    }
}

/// A frame, and the state to note it in.
///
/// # Safety
/// Both are what nghttp2 called with.
unsafe fn shown<'a>(
    frame: *const sys::nghttp2_frame,
    user_data: *mut c_void,
) -> (Frame<'a>, RefMut<'a, State>) {
    // SAFETY: nghttp2's own, for the length of the callback.
    let frame = unsafe { Frame::of(frame) };
    // SAFETY: what the session was opened with.
    let state = unsafe { state(user_data) };
    (frame, state.borrow_mut())
}

unsafe extern "C" fn on_begin_headers(
    session: *mut sys::nghttp2_session,
    frame: *const sys::nghttp2_frame,
    user_data: *mut c_void,
) -> c_int {
    // SAFETY: nghttp2's own, for the length of the callback.
    let frame = unsafe { Frame::of(frame) };
    // SAFETY: what the session was opened with.
    let state = unsafe { state(user_data) };
    let stream = frame.fields_stream();
    let welcome = state.borrow_mut().begin_block(stream);
    match welcome {
        Welcome::Known => 0,
        // SAFETY: nghttp2's session, which called this.
        Welcome::Refused => unsafe { calm(session, stream) },
        Welcome::Flood => sys::NGHTTP2_ERR_CALLBACK_FAILURE,
    }
}

/// The peer wants too much: its stream ends, and nobody hears of it.
///
/// # Safety
/// `session` is alive.
unsafe fn calm(session: *mut sys::nghttp2_session, stream: i32) -> c_int {
    let code = sys::NGHTTP2_ENHANCE_YOUR_CALM;
    // SAFETY: only queues a frame.
    unsafe { sys::nghttp2_submit_rst_stream(session, 0, stream, code) };
    sys::NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE
}

unsafe extern "C" fn on_header(
    session: *mut sys::nghttp2_session,
    frame: *const sys::nghttp2_frame,
    name: *const u8,
    name_count: usize,
    value: *const u8,
    value_count: usize,
    flags: u8,
    user_data: *mut c_void,
) -> c_int {
    // SAFETY: nghttp2's own, for the length of the callback.
    let frame = unsafe { Frame::of(frame) };
    // SAFETY: as above.
    let name = unsafe { bytes(name, name_count) };
    // SAFETY: as above.
    let value = unsafe { bytes(value, value_count) };
    // SAFETY: what the session was opened with.
    let state = unsafe { state(user_data) };
    let is_sensitive = u32::from(flags) & sys::NGHTTP2_NV_FLAG_NO_INDEX != 0;
    let stream = frame.fields_stream();
    if state.borrow_mut().add_field(name, value, is_sensitive) {
        return 0;
    }
    // SAFETY: nghttp2's session, which called this.
    unsafe { calm(session, stream) }
}

/// Invalid fields are left out, as Node does; without this, nghttp2 would do the same but for those
/// that it takes for attacks, which end the stream either way.
unsafe extern "C" fn on_invalid_header(
    _: *mut sys::nghttp2_session,
    _: *const sys::nghttp2_frame,
    _: *const u8,
    _: usize,
    _: *const u8,
    _: usize,
    _: u8,
    _: *mut c_void,
) -> c_int {
    0
}

unsafe extern "C" fn on_frame_recv(
    session: *mut sys::nghttp2_session,
    frame: *const sys::nghttp2_frame,
    user_data: *mut c_void,
) -> c_int {
    // SAFETY: both are what nghttp2 calls with.
    let (frame, mut state) = unsafe { shown(frame, user_data) };
    state.counts.frames_received += 1;
    let is_empty = frame.kind() == sys::NGHTTP2_DATA
        && frame.head().length == 0
        && !frame.has_flag(sys::NGHTTP2_FLAG_END_STREAM);
    // Frames that bring nothing are free for the peer, so they are counted (CVE-2019-9518).
    if is_empty && !state.count_invalid_frame() {
        return sys::NGHTTP2_ERR_CALLBACK_FAILURE;
    }
    if let Some(mut event) = frame.event(&mut state) {
        if let Event::Settings { settings, .. } = &mut event {
            // SAFETY: nghttp2's session, which called this.
            *settings = unsafe { inquiry::remote_settings(session) };
        }
        state.events.push(event);
    }
    0
}

unsafe extern "C" fn on_invalid_frame(
    _: *mut sys::nghttp2_session,
    frame: *const sys::nghttp2_frame,
    code: c_int,
    user_data: *mut c_void,
) -> c_int {
    // SAFETY: both are what nghttp2 calls with.
    let (frame, mut state) = unsafe { shown(frame, user_data) };
    if !state.count_invalid_frame() {
        return sys::NGHTTP2_ERR_CALLBACK_FAILURE;
    }
    let is_of_session = frame.head().stream_id == 0;
    let fails = match code {
        sys::NGHTTP2_ERR_STREAM_CLOSED | sys::NGHTTP2_ERR_PROTO => true,
        sys::NGHTTP2_ERR_FLOW_CONTROL => is_of_session,
        _ => code < sys::NGHTTP2_ERR_FATAL,
    };
    if fails {
        state.events.push(Event::ProtocolError(code));
    }
    0
}

unsafe extern "C" fn on_data(
    _: *mut sys::nghttp2_session,
    _flags: u8,
    stream: i32,
    data: *const u8,
    count: usize,
    user_data: *mut c_void,
) -> c_int {
    // SAFETY: what the session was opened with.
    let mut state = unsafe { state(user_data) }.borrow_mut();
    state.received_bytes += count;
    state.counts.bytes_read += count as u64;
    let start = data as usize - state.input_address;
    state.events.push(Event::Data {
        stream,
        start,
        count,
    });
    0
}

unsafe extern "C" fn on_frame_send(
    _: *mut sys::nghttp2_session,
    frame: *const sys::nghttp2_frame,
    user_data: *mut c_void,
) -> c_int {
    // SAFETY: both are what nghttp2 calls with.
    let (frame, mut state) = unsafe { shown(frame, user_data) };
    state.counts.frames_sent += 1;
    if frame.kind() == sys::NGHTTP2_GOAWAY {
        state.count_goaway();
    }
    let stream = frame.head().stream_id;
    if frame.kind() == sys::NGHTTP2_DATA
        && let Some(outgoing) = state.stream(stream)
        && std::mem::take(&mut outgoing.is_at_trailers)
    {
        state.events.push(Event::WantTrailers { stream });
    }
    0
}

unsafe extern "C" fn on_frame_not_send(
    _: *mut sys::nghttp2_session,
    frame: *const sys::nghttp2_frame,
    code: c_int,
    user_data: *mut c_void,
) -> c_int {
    let is_closing = matches!(
        code,
        sys::NGHTTP2_ERR_SESSION_CLOSING
            | sys::NGHTTP2_ERR_STREAM_CLOSED
            | sys::NGHTTP2_ERR_STREAM_CLOSING
    );
    if is_closing {
        return 0;
    }
    // SAFETY: both are what nghttp2 calls with.
    let (frame, mut state) = unsafe { shown(frame, user_data) };
    state.events.push(Event::FrameError {
        stream: frame.head().stream_id,
        kind: frame.head().type_,
        code: wire_code(code),
    });
    0
}

/// HTTP/2's code for one of nghttp2's.
fn wire_code(code: c_int) -> u32 {
    match code {
        sys::NGHTTP2_ERR_STREAM_CLOSED => sys::NGHTTP2_STREAM_CLOSED,
        sys::NGHTTP2_ERR_HEADER_COMP => sys::NGHTTP2_COMPRESSION_ERROR,
        sys::NGHTTP2_ERR_FRAME_SIZE_ERROR => sys::NGHTTP2_FRAME_SIZE_ERROR,
        sys::NGHTTP2_ERR_FLOW_CONTROL => sys::NGHTTP2_FLOW_CONTROL_ERROR,
        sys::NGHTTP2_ERR_REFUSED_STREAM => sys::NGHTTP2_REFUSED_STREAM,
        sys::NGHTTP2_ERR_PROTO | sys::NGHTTP2_ERR_HTTP_HEADER | sys::NGHTTP2_ERR_HTTP_MESSAGING => {
            sys::NGHTTP2_PROTOCOL_ERROR
        }
        _ => sys::NGHTTP2_INTERNAL_ERROR,
    }
}

unsafe extern "C" fn on_stream_close(
    _: *mut sys::nghttp2_session,
    stream: i32,
    code: u32,
    user_data: *mut c_void,
) -> c_int {
    // SAFETY: what the session was opened with.
    let state = unsafe { state(user_data) };
    state.borrow_mut().close_stream(stream, code);
    0
}

/// Says how much of a stream goes into the next frame; `send_data` takes it.
pub(crate) unsafe extern "C" fn read_body(
    _: *mut sys::nghttp2_session,
    stream: i32,
    _buffer: *mut u8,
    count_max: usize,
    flags: *mut u32,
    _: *mut sys::nghttp2_data_source,
    user_data: *mut c_void,
) -> sys::nghttp2_ssize {
    // SAFETY: what the session was opened with.
    let mut state = unsafe { state(user_data) }.borrow_mut();
    let Some(outgoing) = state.stream(stream) else {
        return sys::NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE as isize;
    };
    let waiting = outgoing.bytes_count();
    if waiting == 0 && !outgoing.is_ended {
        outgoing.is_deferred = true;
        return sys::NGHTTP2_ERR_DEFERRED as isize;
    }
    let count = waiting.min(count_max);
    let mut said = match count {
        0 => sys::NGHTTP2_DATA_FLAG_NONE,
        _ => sys::NGHTTP2_DATA_FLAG_NO_COPY,
    };
    if count == waiting && outgoing.is_ended {
        said |= sys::NGHTTP2_DATA_FLAG_EOF;
        if outgoing.waits_for_trailers {
            said |= sys::NGHTTP2_DATA_FLAG_NO_END_STREAM;
            outgoing.is_at_trailers = count > 0;
            // nghttp2 makes no frame of nothing, so none will tell that it was sent.
            if count == 0 {
                state.events.push(Event::WantTrailers { stream });
            }
        }
    }
    // SAFETY: nghttp2's own variable, for the length of the callback.
    unsafe { *flags |= said };
    count as isize
}

unsafe extern "C" fn send_data(
    _: *mut sys::nghttp2_session,
    frame: *mut sys::nghttp2_frame,
    head: *const u8,
    count: usize,
    _: *mut sys::nghttp2_data_source,
    user_data: *mut c_void,
) -> c_int {
    // SAFETY: both are what nghttp2 calls with.
    let (frame, mut state) = unsafe { shown(frame, user_data) };
    // SAFETY: the bytes of the frame's head.
    let head = unsafe { bytes(head, FRAME_HEAD) };
    // SAFETY: only frames of DATA come here.
    let padding = unsafe { frame.0.data.padlen };
    if state.out.len() >= SEND_BYTES {
        return sys::NGHTTP2_ERR_WOULDBLOCK;
    }
    state.frame_data(frame.head().stream_id, head, padding, count);
    0
}

unsafe extern "C" fn select_padding(
    _: *mut sys::nghttp2_session,
    frame: *const sys::nghttp2_frame,
    count_max: usize,
    user_data: *mut c_void,
) -> sys::nghttp2_ssize {
    // SAFETY: nghttp2's own, for the length of the callback.
    let frame = unsafe { Frame::of(frame) };
    // SAFETY: what the session was opened with.
    let state = unsafe { state(user_data) };
    state.borrow().padded(frame.head().length, count_max) as isize
}

unsafe extern "C" fn on_error(
    _: *mut sys::nghttp2_session,
    code: c_int,
    _text: *const c_char,
    _: usize,
    user_data: *mut c_void,
) -> c_int {
    // The peer does not speak HTTP/2.
    if code == sys::NGHTTP2_ERR_SETTINGS_EXPECTED {
        // SAFETY: what the session was opened with.
        let state = unsafe { state(user_data) };
        let event = Event::ProtocolError(sys::NGHTTP2_ERR_PROTO);
        state.borrow_mut().events.push(event);
    }
    0
}

/// Seeds nghttp2's tables, so that a peer cannot choose what collides.
unsafe extern "C" fn random(target: *mut u8, count: usize) {
    // SAFETY: nghttp2 wants `count` bytes there.
    let target = unsafe { std::slice::from_raw_parts_mut(target, count) };
    for part in target.chunks_mut(8) {
        let word = RandomState::new().build_hasher().finish().to_ne_bytes();
        part.copy_from_slice(&word[..part.len()]);
    }
}
