//! Responses: from the ops of binding `http` to bytes on the connection's send page.

use coring_codec::http1::write;
use coring_engine::{Data, Text};
use coring_uring::SendPage;

use crate::Natives;
use crate::slots::Handle;
use crate::socket::Socket;

/// Flags of reply, writeHead, write and end.
pub mod flag {
    pub const DATE: i32 = 1;
    pub const KEEP_ALIVE: i32 = 2;
    pub const CLOSE: i32 = 4;
    pub const CONTENT_LENGTH: i32 = 8;
    pub const LATIN1: i32 = 16;
    pub const MUTE_BODY: i32 = 32;
    pub const CLOSE_AFTER: i32 = 64;
    pub const TELL_DRAIN: i32 = 128;
    pub const CHUNKED: i32 = 256;
    pub const CHUNKED_HEADER: i32 = 512;
    pub const NO_KEEP_ALIVE_LINE: i32 = 1024;
    pub const HEAD_UTF8: i32 = 2048;
}

const NOT_OPEN: i32 = -9;

/// Appends the bytes of a body or chunk; a string as UTF-8, or Latin-1 with the flag.
fn append(socket: &mut Socket, data: &Data, flags: i32) {
    match data {
        Data::None => {}
        Data::Bytes(bytes) => socket.put(bytes.as_slice(), |from| bytes.hold(from)),
        Data::Text(text) if flags & flag::LATIN1 != 0 => {
            text.with_latin1(|bytes| socket.put(bytes, |_| None));
        }
        Data::Text(text) => text.with_utf8(|bytes| socket.put(bytes, |_| None)),
    }
}

/// The page of a socket that `open_page` has given one.
fn page_of(socket: &mut Socket) -> &mut SendPage {
    socket.out.as_mut().expect("open_page makes one")
}

fn data_bytes(data: &Data, flags: i32) -> usize {
    match data {
        Data::None => 0,
        Data::Bytes(bytes) => bytes.as_slice().len(),
        Data::Text(text) if flags & flag::LATIN1 != 0 => text.units(),
        Data::Text(text) => text.utf8_bytes(),
    }
}

fn append_chunk(socket: &mut Socket, data: &Data, flags: i32) {
    let count = data_bytes(data, flags);
    if count == 0 {
        return;
    }
    let page = page_of(socket);
    page.extend_from_slice(write::Digits::hex(count as u64).as_bytes());
    page.extend_from_slice(b"\r\n");
    append(socket, data, flags);
    page_of(socket).extend_from_slice(b"\r\n");
}

impl Natives {
    /// The lines that native adds behind JavaScript's: Date, Connection, Keep-Alive.
    fn append_standard_lines(&mut self, handle: Handle, flags: i32) {
        let mut lines = std::mem::take(&mut self.scratch);
        lines.clear();
        if flags & flag::DATE != 0 {
            let seconds = self.clock.unix_seconds();
            write::date(&mut lines, self.date.at(seconds));
        }
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        let Some(conn) = socket.conn() else { return };
        if flags & flag::KEEP_ALIVE != 0 {
            let values = conn.settings.get();
            let seconds = (values.keep_alive_timeout_ms / 1000) as u32;
            let max = Some(values.requests_max).filter(|max| *max > 0);
            if flags & flag::NO_KEEP_ALIVE_LINE != 0 {
                lines.extend_from_slice(b"Connection: keep-alive\r\n");
            } else {
                write::connection_keep_alive(&mut lines, seconds, max);
            }
        } else if flags & flag::CLOSE != 0 {
            write::connection_close(&mut lines);
        }
        if flags & flag::CHUNKED_HEADER != 0 {
            write::transfer_encoding_chunked(&mut lines);
        }
        if let Some(page) = &mut socket.out {
            page.extend_from_slice(&lines);
        }
        self.scratch = lines;
    }

    /// The open connection behind `handle`, with a page to write to.
    fn open_page(&mut self, handle: Handle) -> Option<&mut Socket> {
        let socket = self.sockets.get_mut(handle)?;
        if !socket.is_writable() || socket.conn().is_none() {
            return None;
        }
        if socket.out.is_none() {
            socket.out = Some(self.ring.page());
        }
        Some(socket)
    }

    fn append_head(&mut self, handle: Handle, head: &Text, flags: i32, as_utf8: bool) -> bool {
        let Some(socket) = self.open_page(handle) else {
            return false;
        };
        let page = socket.out.as_mut().expect("open_page makes one");
        if as_utf8 {
            head.with_utf8(|bytes| page.extend_from_slice(bytes));
        } else {
            head.with_latin1(|bytes| page.extend_from_slice(bytes));
        }
        let conn = socket.conn().expect("open_page checks the role");
        conn.chunked = flags & flag::CHUNKED != 0;
        conn.body_muted = flags & flag::MUTE_BODY != 0;
        conn.close_after |= flags & flag::CLOSE_AFTER != 0;
        self.append_standard_lines(handle, flags);
        true
    }

    fn end_response(&mut self, handle: Handle, flags: i32) {
        let now_ms = self.clock.now_ms();
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        socket.drain_wanted |= flags & flag::TELL_DRAIN != 0;
        let output_full = socket.is_output_full();
        let conn = socket.conn().expect("checked by the caller");
        conn.close_after |= flags & flag::CLOSE_AFTER != 0;
        conn.output_full = output_full;
        let goes_on = conn.end_response(now_ms);
        let has_work = conn.has_work();
        if !goes_on {
            self.close_gracefully(handle, crate::socket::Farewell::Gone(0));
        } else if has_work {
            self.look_again(handle);
        }
        self.list_deadline(handle);
        self.touch(handle);
    }
}

/// reply(conn, head, body, flags): a whole response.
pub fn reply(natives: &mut Natives, conn: i32, head: Text, body: Data, flags: i32) -> i32 {
    let handle = Handle::from_js(conn);
    let as_utf8 = flags & (flag::LATIN1 | flag::CHUNKED) == 0 && matches!(body, Data::Text(_));
    if !natives.append_head(handle, &head, flags, as_utf8) {
        return NOT_OPEN;
    }
    let socket = natives
        .sockets
        .get_mut(handle)
        .expect("append_head found it");
    let page = socket.out.as_mut().expect("append_head made one");
    if flags & flag::CONTENT_LENGTH != 0 {
        let count = data_bytes(&body, flags) as u64;
        page.extend_from_slice(b"Content-Length: ");
        page.extend_from_slice(write::Digits::decimal(count).as_bytes());
        page.extend_from_slice(b"\r\n");
    }
    page.extend_from_slice(b"\r\n");
    if flags & flag::MUTE_BODY == 0 {
        if flags & flag::CHUNKED != 0 {
            append_chunk(socket, &body, flags);
            page_of(socket).extend_from_slice(b"0\r\n\r\n");
        } else {
            append(socket, &body, flags);
        }
    }
    natives.end_response(handle, flags);
    0
}

/// writeHead(conn, head, flags): the response stays open.
pub fn write_head(natives: &mut Natives, conn: i32, head: Text, flags: i32) -> i32 {
    let handle = Handle::from_js(conn);
    let as_utf8 = flags & flag::HEAD_UTF8 != 0;
    if !natives.append_head(handle, &head, flags, as_utf8) {
        return NOT_OPEN;
    }
    let socket = natives
        .sockets
        .get_mut(handle)
        .expect("append_head found it");
    socket
        .out
        .as_mut()
        .expect("append_head made one")
        .extend_from_slice(b"\r\n");
    natives.touch(handle);
    0
}

/// write(conn, data, flags) -> bytes queued and not yet taken by the kernel. What the kernel takes
/// at once counts too: as in Node, a chunk as large as the high-water mark makes its writer wait.
pub fn write_body(natives: &mut Natives, conn: i32, data: Data, flags: i32) -> i32 {
    let handle = Handle::from_js(conn);
    let Some(socket) = natives.open_page(handle) else {
        return NOT_OPEN;
    };
    let conn = socket.conn().expect("open_page checks the role");
    let (chunked, muted) = (conn.chunked, conn.body_muted);
    let written_before = socket.bytes_written;
    match (muted, chunked) {
        (true, _) => {}
        (false, true) => append_chunk(socket, &data, flags),
        (false, false) => append(socket, &data, flags),
    }
    let taken = (socket.bytes_written - written_before) as usize;
    let queued = socket.queued_bytes() + taken;
    natives.touch(handle);
    i32::try_from(queued).unwrap_or(i32::MAX)
}

/// end(conn, data, trailers, flags): the last chunk and what closes the message.
pub fn end(
    natives: &mut Natives,
    conn: i32,
    data: Data,
    trailers: Option<Text>,
    flags: i32,
) -> i32 {
    let handle = Handle::from_js(conn);
    let Some(socket) = natives.open_page(handle) else {
        return NOT_OPEN;
    };
    let conn = socket.conn().expect("open_page checks the role");
    let (chunked, muted) = (conn.chunked, conn.body_muted);
    if !muted && chunked {
        append_chunk(socket, &data, flags);
        let page = page_of(socket);
        page.extend_from_slice(b"0\r\n");
        if let Some(trailers) = trailers {
            trailers.with_latin1(|bytes| page.extend_from_slice(bytes));
        }
        page.extend_from_slice(b"\r\n");
    } else if !muted {
        append(socket, &data, flags);
    }
    natives.end_response(handle, flags);
    0
}

/// answered(conn, flags): a response that went out by writeRaw is over, what frames it included.
pub fn answered(natives: &mut Natives, conn: i32, flags: i32) -> i32 {
    let handle = Handle::from_js(conn);
    let Some(socket) = natives.sockets.get_mut(handle) else {
        return NOT_OPEN;
    };
    if !socket.is_writable() || socket.conn().is_none() {
        return NOT_OPEN;
    }
    natives.end_response(handle, flags);
    0
}

/// writeRaw(conn, data, flags) -> bytes queued: bytes as they are, in order with the rest.
pub fn write_raw(natives: &mut Natives, conn: i32, data: Data, flags: i32) -> i32 {
    let handle = Handle::from_js(conn);
    let Some(socket) = natives.open_page(handle) else {
        return NOT_OPEN;
    };
    append(socket, &data, flags);
    let queued = socket.queued_bytes();
    natives.touch(handle);
    i32::try_from(queued).unwrap_or(i32::MAX)
}

/// writeContinue(conn)
pub fn write_continue(natives: &mut Natives, conn: i32) -> i32 {
    let handle = Handle::from_js(conn);
    let Some(socket) = natives.open_page(handle) else {
        return NOT_OPEN;
    };
    socket
        .out
        .as_mut()
        .expect("open_page makes one")
        .extend_from_slice(write::CONTINUE);
    natives.touch(handle);
    0
}
