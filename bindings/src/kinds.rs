//! The two closed lists that tie native to its neighbours: kinds of page entries (to lib_js, see
//! lib_js/boot/turn.js) and kinds of tokens (to the ring).

/// Entries of the page. The meaning of a and b stands beside each.
pub mod entry {
    /// handle = listener; a = new stream handle or -errno
    pub const ACCEPT: u8 = 1;
    /// a = bytes (value = Buffer), 0 end of stream, -errno
    pub const READ: u8 = 2;
    /// a = 0 or -errno: all that was written has been sent
    pub const DRAINED: u8 = 3;
    /// a = 0 or -errno
    pub const CONNECT: u8 = 4;
    /// the slot is free
    pub const CLOSED: u8 = 5;
    /// a = 0 or -errno
    pub const SHUTDOWN: u8 = 6;
    /// a = flags, b = content length; value = head
    pub const HTTP_REQUEST: u8 = 7;
    /// value = chunk
    pub const HTTP_BODY: u8 = 8;
    /// value = trailers or undefined
    pub const HTTP_BODY_END: u8 = 9;
    /// a = 0 or -errno: the output queue is empty
    pub const HTTP_DRAIN: u8 = 10;
    /// a = 0 or -errno: native or the peer ended the connection
    pub const HTTP_GONE: u8 = 11;
    /// a = index of the parse error; b = good bytes before it; value = the chunk at fault
    pub const HTTP_ERROR: u8 = 12;
    /// a = listener handle
    pub const HTTP_ACCEPT: u8 = 14;
    /// a = 0: head or request took too long; 1: idle; 2: no further request came
    pub const HTTP_TIMEOUT: u8 = 15;
    /// handle = ticket; a = result
    pub const TICKET: u8 = 20;
    /// a = signal number
    pub const SIGNAL: u8 = 21;
    /// a = exit code, b = signal or 0: the child has ended
    pub const CHILD: u8 = 22;
    /// a = bytes (value = Buffer), 0 end of the channel, -errno
    pub const CHANNEL_READ: u8 = 23;
    /// a = 0 or -errno: the oldest message that had to wait is sent
    pub const CHANNEL_SENT: u8 = 24;
    /// the slot is free
    pub const CHANNEL_CLOSED: u8 = 25;
    /// handle = port that has messages
    pub const PORT: u8 = 28;
    /// handle = worker that has answers or has ended
    pub const WORKER: u8 = 29;
    /// handle = datagram socket; a = bytes or -errno, b = port * 2 + (1: IPv6);
    /// value = the datagram with the sender's address as text behind it
    pub const UDP_MESSAGE: u8 = 30;
    /// the slot is free
    pub const UDP_CLOSED: u8 = 31;
    /// handle = id of a lock's request; a = 1 granted, 0 stolen
    pub const LOCK: u8 = 27;
    /// the garbage collector has done something
    pub const COLLECTIONS: u8 = 26;
    /// another thread has left something for an addon
    pub const ADDON: u8 = 16;
}

/// Tokens: whose completion it is. Sockets are named by slot and generation.
pub mod token {
    pub const ACCEPT: u8 = 1;
    pub const RECV: u8 = 2;
    pub const SEND: u8 = 3;
    pub const CONNECT: u8 = 4;
    pub const CLOSE: u8 = 5;
    pub const SIGNAL: u8 = 6;
    pub const MAIL: u8 = 7;
    /// A file operation; index = ticket.
    pub const TICKET: u8 = 9;
    /// Descriptors of connections that had no slot: closed, nobody waits.
    pub const FORGET: u8 = 8;
    /// The end of a child process.
    pub const CHILD: u8 = 10;
    /// Something to read on a channel of messages, room to write there.
    pub const CHANNEL_IN: u8 = 11;
    pub const CHANNEL_OUT: u8 = 12;
    pub const UDP_IN: u8 = 13;
    pub const UDP_CLOSE: u8 = 14;
    /// A datagram that waits for room; index = its number.
    pub const UDP_OUT: u8 = 15;
}
