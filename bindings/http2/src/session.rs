//! One session of HTTP/2, server or client: bytes in, events and bytes out.

use std::cell::RefCell;
use std::ptr::{self, NonNull};
use std::rc::Rc;

use libnghttp2_sys as sys;

use crate::callbacks;
use crate::event::Event;
use crate::fields::Pairs;
use crate::options::{self, Options, Padding};
use crate::outgoing::Outgoing;
use crate::state::State;

/// About how much `send` gives at once.
pub(crate) const SEND_BYTES: usize = 64 * 1024;

/// How a list of fields and the data behind it end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// The fields are all there is.
    pub at_fields: bool,
    /// Trailers follow the data.
    pub by_trailers: bool,
}

/// Answers are nghttp2's: 0 or a number of a stream, or a negative code.
pub struct Session {
    raw: NonNull<sys::nghttp2_session>,
    /// Shared with nghttp2, which gives its address to the callbacks.
    state: Rc<RefCell<State>>,
}

impl Session {
    /// None: there is no memory.
    pub fn open(options: &Options) -> Option<Session> {
        let mut callbacks = callbacks::Raw::new()?;
        callbacks.fill(options.padding != Padding::None);
        let mut raw_options = options::Raw::new()?;
        raw_options.apply(options);
        let state = Rc::new(RefCell::new(State::new(options)));
        let user_data = Rc::as_ptr(&state).cast_mut().cast();
        let mut raw = ptr::null_mut();
        let open = match options.is_server {
            true => sys::nghttp2_session_server_new3,
            false => sys::nghttp2_session_client_new3,
        };
        let (table, option) = (callbacks.as_ptr(), raw_options.as_ptr());
        // SAFETY: nghttp2 copies table and options. `user_data` stays where it is until the
        // session, which owns it, is dropped, and that ends nghttp2's session first.
        unsafe { open(&mut raw, table, user_data, option, ptr::null_mut()) };
        let raw = NonNull::new(raw)?;
        Some(Session { raw, state })
    }

    /// nghttp2's session, for one call.
    pub(crate) fn as_ptr(&self) -> *mut sys::nghttp2_session {
        self.raw.as_ptr()
    }

    pub(crate) fn state(&self) -> std::cell::Ref<'_, State> {
        self.state.borrow()
    }

    /// What happened since the last time.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.state.borrow_mut().events)
    }

    /// Takes bytes of the transport. How many: all, unless the session has ended or failed.
    pub fn receive(&mut self, input: &[u8]) -> Result<usize, i32> {
        let [streams_max, fields_max] = [
            sys::NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS,
            sys::NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE,
        ]
        .map(|id| self.local_setting(id));
        {
            let mut state = self.state.borrow_mut();
            state.set_limits(streams_max, fields_max);
            state.input_address = input.as_ptr() as usize;
            state.received_bytes = 0;
        }
        // SAFETY: the bytes are read during the call only.
        let taken =
            unsafe { sys::nghttp2_session_mem_recv2(self.as_ptr(), input.as_ptr(), input.len()) };
        let received = self.state.borrow().received_bytes;
        if received > 0 {
            // The session's own window does not wait for programs: a stream that nobody reads shall
            // not stop the others. Each stream's window does.
            // SAFETY: takes two numbers.
            unsafe { sys::nghttp2_session_consume_connection(self.as_ptr(), received) };
        }
        usize::try_from(taken).map_err(|_| taken as i32)
    }

    /// `receive` failed since the peer has sent too many invalid frames.
    pub fn is_over_invalid_frames(&self) -> bool {
        self.state.borrow().is_over_invalid_frames
    }

    /// What is to go to the peer, or nothing. Bytes made before a failure are given with it.
    pub fn send(&mut self) -> (Vec<u8>, Result<(), i32>) {
        let mut result = Ok(());
        while self.state.borrow().out.len() < SEND_BYTES {
            let mut start = ptr::null();
            // SAFETY: writes where the bytes are, which stay there until the next call.
            let count = unsafe { sys::nghttp2_session_mem_send2(self.as_ptr(), &mut start) };
            let Ok(count) = usize::try_from(count) else {
                result = Err(count as i32);
                break;
            };
            if count == 0 {
                break;
            }
            // SAFETY: as above.
            let bytes = unsafe { std::slice::from_raw_parts(start, count) };
            self.state.borrow_mut().out.extend_from_slice(bytes);
        }
        (std::mem::take(&mut self.state.borrow_mut().out), result)
    }

    /// A client asks: the new stream. -531 for what every peer would refuse.
    pub fn request(&mut self, text: &[u8], count: usize, ending: Ending) -> i32 {
        let pairs = Pairs::cut(text, count);
        let Some(pairs) = pairs.filter(|pairs| !pairs.are_malformed(ending.at_fields)) else {
            return sys::NGHTTP2_ERR_HTTP_HEADER;
        };
        let provider = provider();
        let source = source(&provider, ending);
        // SAFETY: nghttp2 copies fields and provider.
        let stream = unsafe {
            sys::nghttp2_submit_request2(
                self.as_ptr(),
                ptr::null(),
                pairs.as_ptr(),
                pairs.len(),
                source,
                ptr::null_mut(),
            )
        };
        if stream > 0 {
            let mut state = self.state.borrow_mut();
            start(state.add_stream(stream), ending);
        }
        stream
    }

    /// A server answers.
    pub fn respond(&mut self, stream: i32, text: &[u8], count: usize, ending: Ending) -> i32 {
        let Some(pairs) = Pairs::cut(text, count) else {
            return sys::NGHTTP2_ERR_INVALID_ARGUMENT;
        };
        if self.state.borrow_mut().stream(stream).is_none() {
            return sys::NGHTTP2_ERR_STREAM_CLOSED;
        }
        let provider = provider();
        let source = source(&provider, ending);
        let (pairs, count) = (pairs.as_ptr(), pairs.len());
        // SAFETY: nghttp2 copies fields and provider.
        let code =
            unsafe { sys::nghttp2_submit_response2(self.as_ptr(), stream, pairs, count, source) };
        if code == 0
            && let Some(outgoing) = self.state.borrow_mut().stream(stream)
        {
            start(outgoing, ending);
        }
        code
    }

    /// 1xx.
    pub fn info(&mut self, stream: i32, text: &[u8], count: usize) -> i32 {
        let Some(pairs) = Pairs::cut(text, count) else {
            return sys::NGHTTP2_ERR_INVALID_ARGUMENT;
        };
        // SAFETY: nghttp2 copies the fields.
        unsafe {
            sys::nghttp2_submit_headers(
                self.as_ptr(),
                0,
                stream,
                ptr::null(),
                pairs.as_ptr(),
                pairs.len(),
                ptr::null_mut(),
            )
        }
    }

    /// A server promises an answer: the promised stream.
    pub fn push(&mut self, stream: i32, text: &[u8], count: usize) -> i32 {
        let Some(pairs) = Pairs::cut(text, count) else {
            return sys::NGHTTP2_ERR_INVALID_ARGUMENT;
        };
        let (pairs, count) = (pairs.as_ptr(), pairs.len());
        // SAFETY: nghttp2 copies the fields.
        let promised = unsafe {
            sys::nghttp2_submit_push_promise(
                self.as_ptr(),
                0,
                stream,
                pairs,
                count,
                ptr::null_mut(),
            )
        };
        if promised > 0 {
            self.state.borrow_mut().add_stream(promised);
        }
        promised
    }

    /// After `WantTrailers`. No fields: an empty frame of DATA ends the stream, since browsers do
    /// not like trailers without fields.
    pub fn trailers(&mut self, stream: i32, text: &[u8], count: usize) -> i32 {
        let Some(pairs) = Pairs::cut(text, count) else {
            return sys::NGHTTP2_ERR_INVALID_ARGUMENT;
        };
        {
            let mut state = self.state.borrow_mut();
            let Some(outgoing) = state.stream(stream) else {
                return sys::NGHTTP2_ERR_STREAM_CLOSED;
            };
            outgoing.waits_for_trailers = false;
            outgoing.is_ended = true;
        }
        if pairs.len() == 0 {
            let (provider, flag) = (provider(), sys::NGHTTP2_FLAG_END_STREAM as u8);
            // SAFETY: nghttp2 copies the provider.
            return unsafe { sys::nghttp2_submit_data2(self.as_ptr(), flag, stream, &provider) };
        }
        let (pairs, count) = (pairs.as_ptr(), pairs.len());
        // SAFETY: nghttp2 copies the fields.
        unsafe { sys::nghttp2_submit_trailer(self.as_ptr(), stream, pairs, count) }
    }

    /// Queues bytes of a stream; `Written` tells when they are in frames.
    pub fn write(&mut self, stream: i32, bytes: Vec<u8>) -> i32 {
        let is_open = {
            let mut state = self.state.borrow_mut();
            matches!(state.stream(stream), Some(outgoing) if !outgoing.is_ended)
        };
        if !is_open {
            return sys::NGHTTP2_ERR_STREAM_CLOSED;
        }
        self.state.borrow_mut().queue(stream, bytes);
        self.resume(stream)
    }

    /// Nothing more will be written.
    pub fn end(&mut self, stream: i32) -> i32 {
        match self.state.borrow_mut().stream(stream) {
            Some(outgoing) => outgoing.is_ended = true,
            None => return sys::NGHTTP2_ERR_STREAM_CLOSED,
        }
        self.resume(stream)
    }

    /// nghttp2 asks again for data of a stream that had none.
    fn resume(&mut self, stream: i32) -> i32 {
        let is_deferred = {
            let mut state = self.state.borrow_mut();
            let outgoing = state.stream(stream);
            outgoing.is_some_and(|outgoing| std::mem::take(&mut outgoing.is_deferred))
        };
        match is_deferred {
            // SAFETY: takes a number.
            true => unsafe { sys::nghttp2_session_resume_data(self.as_ptr(), stream) },
            false => 0,
        }
    }

    pub fn rst(&mut self, stream: i32, code: u32) -> i32 {
        // SAFETY: takes numbers.
        unsafe { sys::nghttp2_submit_rst_stream(self.as_ptr(), 0, stream, code) }
    }

    /// The program took so many bytes of a stream's data: the peer may send as many more.
    pub fn consume(&mut self, stream: i32, count: usize) -> i32 {
        // SAFETY: takes numbers.
        unsafe { sys::nghttp2_session_consume_stream(self.as_ptr(), stream, count) }
    }

    pub fn settings(&mut self, entries: &[(u16, u32)]) -> i32 {
        let entry = |&(id, value): &(u16, u32)| sys::nghttp2_settings_entry {
            settings_id: id.into(),
            value,
        };
        let entries: Vec<_> = entries.iter().map(entry).collect();
        // SAFETY: nghttp2 copies the entries.
        unsafe { sys::nghttp2_submit_settings(self.as_ptr(), 0, entries.as_ptr(), entries.len()) }
    }

    pub fn ping(&mut self, opaque: &[u8; 8]) -> i32 {
        // SAFETY: reads eight bytes.
        unsafe { sys::nghttp2_submit_ping(self.as_ptr(), 0, opaque.as_ptr()) }
    }

    /// `last_stream` 0 or less: the last one that was processed.
    pub fn goaway(&mut self, code: u32, last_stream: i32, opaque: &[u8]) -> i32 {
        let last_stream = match last_stream {
            1.. => last_stream,
            // SAFETY: asks for a number.
            _ => unsafe { sys::nghttp2_session_get_last_proc_stream_id(self.as_ptr()) },
        };
        let (start, count) = (opaque.as_ptr(), opaque.len());
        // SAFETY: nghttp2 copies the bytes.
        let done = unsafe {
            sys::nghttp2_submit_goaway(self.as_ptr(), 0, last_stream, code, start, count)
        };
        // One that is refused never goes out.
        self.state.borrow_mut().goaways_asked += u32::from(done == 0);
        done
    }

    /// Says goodbye, and takes nothing in from then on.
    pub fn terminate(&mut self, code: u32) -> i32 {
        self.state.borrow_mut().goaways_asked += 1;
        // SAFETY: takes a number.
        unsafe { sys::nghttp2_session_terminate_session(self.as_ptr(), code) }
    }

    pub fn altsvc(&mut self, stream: i32, origin: &[u8], value: &[u8]) -> i32 {
        // SAFETY: nghttp2 copies the bytes.
        unsafe {
            sys::nghttp2_submit_altsvc(
                self.as_ptr(),
                0,
                stream,
                origin.as_ptr(),
                origin.len(),
                value.as_ptr(),
                value.len(),
            )
        }
    }

    pub fn origin(&mut self, origins: &[Vec<u8>]) -> i32 {
        let entry = |origin: &Vec<u8>| sys::nghttp2_origin_entry {
            origin: origin.as_ptr().cast_mut(),
            origin_len: origin.len(),
        };
        let entries: Vec<_> = origins.iter().map(entry).collect();
        // SAFETY: nghttp2 copies the entries and what they point to, and writes to neither.
        unsafe { sys::nghttp2_submit_origin(self.as_ptr(), 0, entries.as_ptr(), entries.len()) }
    }

    pub fn set_next_stream(&mut self, stream: i32) -> i32 {
        // SAFETY: takes a number.
        unsafe { sys::nghttp2_session_set_next_stream_id(self.as_ptr(), stream) }
    }

    /// The session's own window.
    pub fn set_local_window(&mut self, bytes: i32) -> i32 {
        // SAFETY: takes numbers.
        unsafe { sys::nghttp2_session_set_local_window_size(self.as_ptr(), 0, 0, bytes) }
    }
}

/// Where nghttp2 asks for the data of a stream.
fn provider() -> sys::nghttp2_data_provider2 {
    sys::nghttp2_data_provider2 {
        source: sys::nghttp2_data_source {
            ptr: ptr::null_mut(),
        },
        read_callback: Some(callbacks::read_body),
    }
}

fn source(
    provider: &sys::nghttp2_data_provider2,
    ending: Ending,
) -> *const sys::nghttp2_data_provider2 {
    match ending.at_fields {
        true => ptr::null(),
        false => provider,
    }
}

fn start(outgoing: &mut Outgoing, ending: Ending) {
    outgoing.is_ended = ending.at_fields;
    outgoing.waits_for_trailers = ending.by_trailers;
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: the session came from its `_new` function and is freed once; the state, which its
        // callbacks would use, is alive.
        unsafe { sys::nghttp2_session_del(self.as_ptr()) };
    }
}
