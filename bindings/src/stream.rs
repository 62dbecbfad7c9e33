//! Moves bytes between sockets and the ring: arms receives, sends what a turn wrote, closes in the
//! right order.

use coring_engine::Delivery;
use coring_uring::{Completion, Errno, Op, Payload, SendPage, Shutdown, Token, sync};

use crate::Natives;
use crate::kinds::{entry, token};
use crate::limits;
use crate::slots::Handle;
use crate::socket::{Closing, Ending, Farewell, Output, Role, Socket};

/// poll(2)
const POLLIN: u32 = 1;

pub fn socket_token(kind: u8, handle: Handle) -> Token {
    Token::new(kind, handle.slot(), handle.generation())
}

pub fn token_handle(token: Token) -> Handle {
    Handle::new(token.index(), token.generation())
}

impl Socket {
    /// May bytes still be written?
    pub fn is_writable(&self) -> bool {
        self.closing == Closing::Open && self.ending == Ending::Open
    }

    /// Should more be taken from the kernel?
    pub fn wants_input(&self) -> bool {
        self.wants_recv() && self.inbox_end.is_none()
    }

    fn wants_recv(&self) -> bool {
        match &self.role {
            Role::Listener(_) => false,
            Role::Stream => self.reading && self.inbox.is_empty(),
            Role::Http(conn) if self.intake.is_bulk() => !conn.is_full() && !conn.is_waiting(),
            Role::Http(conn) => !conn.is_full(),
        }
    }
}

fn send_op(socket: &Socket, output: Output) -> Op {
    let fd = socket.fd;
    match (output, socket.is_socket) {
        (Output::Page(page), true) => Op::Send { fd, page },
        (Output::Page(page), false) => Op::Write {
            fd,
            page,
            offset: None,
            tells_part: false,
        },
        (Output::Pieces(held), true) => Op::SendHeld {
            fd,
            page: SendPage::empty(),
            held,
        },
        (Output::Pieces(held), false) => Op::WriteHeld {
            fd,
            held,
            offset: None,
        },
    }
}

impl Natives {
    /// Has the socket looked at before the next wait.
    pub fn touch(&mut self, handle: Handle) {
        if let Some(socket) = self.sockets.get_mut(handle)
            && !socket.dirty
        {
            socket.dirty = true;
            self.dirty.push(handle);
        }
    }

    /// Has the socket's input looked at in the next poll phase, which then does not wait.
    pub fn look_again(&mut self, handle: Handle) {
        if let Some(socket) = self.sockets.get_mut(handle)
            && !socket.soon
        {
            socket.soon = true;
            self.soon.push(handle);
        }
    }

    /// Turns what the turn left behind into operations: one send per socket.
    pub fn flush(&mut self) {
        self.flush_datagrams();
        // Settling may mark a socket anew: what shuts down is closed next.
        let mut next = 0;
        while let Some(handle) = self.dirty.get(next).copied() {
            self.settle(handle);
            next += 1;
        }
        self.dirty.clear();
    }

    fn settle(&mut self, handle: Handle) {
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        socket.dirty = false;
        if matches!(socket.closing, Closing::Begun | Closing::Done) {
            return;
        }
        if socket.closing == Closing::Wanted {
            return self.settle_closing(handle);
        }
        if socket.connecting {
            return;
        }
        self.settle_recv(handle);
        self.settle_send(handle);
    }

    fn settle_closing(&mut self, handle: Handle) {
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        if socket.flights_count == 0 {
            socket.closing = Closing::Begun;
            let op = Op::Close {
                fd: socket.fd,
                waits: false,
            };
            self.ring.submit(op, socket_token(token::CLOSE, handle));
        } else if socket.recv_armed && !socket.recv_cancelled {
            socket.recv_cancelled = true;
            self.ring.cancel(socket.recv);
        }
    }

    fn settle_recv(&mut self, handle: Handle) {
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        let wanted = socket.wants_input();
        if wanted && !socket.recv_armed {
            if socket.intake.is_ready() {
                return self.list_ready(handle);
            }
            socket.recv_armed = true;
            socket.recv_cancelled = false;
            socket.flights_count += 1;
            let (fd, is_poll) = (socket.fd, socket.is_fifo || socket.intake.is_bulk());
            socket.intake.is_taking = !socket.intake.is_bulk();
            let op = match (socket.is_socket, is_poll) {
                (_, true) => Op::Poll { fd, events: POLLIN },
                (true, false) => Op::RecvMulti { fd },
                (false, false) => Op::ReadMulti { fd },
            };
            socket.recv = self.ring.submit(op, socket_token(token::RECV, handle));
        } else if socket.recv_armed
            && !socket.recv_cancelled
            && !matches!(socket.role, Role::Listener(_))
            && socket.intake.is_to_be_cancelled(wanted)
        {
            socket.recv_cancelled = true;
            self.ring.cancel(socket.recv);
        }
    }

    fn settle_send(&mut self, handle: Handle) {
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        if socket.sending {
            return;
        }
        if let Some(output) = self.take_wire(handle) {
            let socket = self.sockets.get_mut(handle).expect("it was there");
            socket.sending = true;
            socket.sending_bytes = output.bytes_count();
            socket.flights_count += 1;
            let op = send_op(socket, output);
            self.ring.submit(op, socket_token(token::SEND, handle));
            return;
        }
        self.tell_drained(handle, 0);
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        if socket.ending == Ending::Wanted {
            socket.ending = Ending::Begun;
            // The ring's SHUTDOWN goes to a kernel worker (ten times the plain call's cost), and
            // the plain call never blocks.
            let result = match sync::socket::shutdown(socket.fd, Shutdown::Write) {
                Err(errno) if socket.is_socket => errno.result(),
                // A pipe or a terminal has no half to close.
                Ok(()) | Err(_) => 0,
            };
            let goes_on = match &socket.role {
                Role::Stream => true,
                Role::Http(conn) => conn.is_half_ended,
                Role::Listener(_) => false,
            };
            if goes_on {
                self.answers
                    .push((entry::SHUTDOWN, [handle.to_js(), result, 0]));
            } else {
                self.close_now(handle);
            }
        }
    }

    /// Answers a wish for "all sent" (result 0) or tells of a failed send.
    fn tell_drained(&mut self, handle: Handle, result: i32) {
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        if !socket.drain_wanted && result == 0 {
            return;
        }
        socket.drain_wanted = false;
        let kind = match socket.role {
            Role::Http(_) => entry::HTTP_DRAIN,
            Role::Listener(_) | Role::Stream => entry::DRAINED,
        };
        self.answers.push((kind, [handle.to_js(), result, 0]));
    }

    /// A new socket in the table, or its descriptor closed when the table is full.
    pub fn adopt(&mut self, socket: Socket) -> Result<Handle, Errno> {
        self.sockets.insert(socket).map_err(|socket| {
            self.ring.submit(
                Op::Close {
                    fd: socket.fd,
                    waits: false,
                },
                Token::new(token::FORGET, 0, 0),
            );
            Errno::EMFILE
        })
    }

    /// One try to send what is queued, without waiting: for sockets that are closed at once.
    pub fn send_now(&mut self, handle: Handle) {
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        if socket.sending || socket.connecting {
            return;
        }
        let output = self.take_wire(handle);
        let socket = self.sockets.get_mut(handle).expect("it was there");
        match output {
            Some(Output::Page(page)) => {
                let sent = match socket.is_socket {
                    true => sync::socket::send_now(socket.fd, &page),
                    false => sync::file::write(socket.fd, &page, None),
                };
                socket.bytes_written += sent.unwrap_or(0) as u64;
            }
            Some(Output::Pieces(pieces)) => {
                socket.bytes_written += sync::socket::send_pieces_now(socket.fd, pieces);
            }
            None => {}
        }
    }

    /// Closes now: what is queued gets one try, then the descriptor goes.
    pub fn close(&mut self, handle: Handle, farewell: Farewell) {
        self.send_now(handle);
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        if socket.closing != Closing::Open {
            return;
        }
        socket.farewell = farewell;
        self.close_now(handle);
    }

    fn close_now(&mut self, handle: Handle) {
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        if socket.closing != Closing::Open {
            return;
        }
        socket.closing = Closing::Wanted;
        if let Role::Listener(listener) = &mut socket.role {
            if !listener.shared {
                // Nobody is let in from here on, though the accept in flight ends later.
                let _ = sync::socket::shutdown(socket.fd, Shutdown::Both);
            }
            if let Some(path) = listener.unix_path.take() {
                sync::socket::remove_path(&path);
            }
        }
        socket.inbox.clear();
        if let Role::Http(conn) = &mut socket.role {
            conn.stop();
        }
        if socket.sending || socket.connecting {
            // A peer that does not read must not hold the descriptor: this ends the flight.
            let _ = sync::socket::shutdown(socket.fd, Shutdown::Both);
        }
        self.touch(handle);
    }

    /// Sends what is queued, ends the stream, then closes.
    pub fn close_gracefully(&mut self, handle: Handle, farewell: Farewell) {
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        let half_ended = socket.conn().is_some_and(|conn| conn.is_half_ended);
        if socket.closing != Closing::Open || (socket.ending != Ending::Open && !half_ended) {
            return;
        }
        socket.farewell = farewell;
        if let Some(conn) = socket.conn() {
            conn.is_half_ended = false;
        }
        if socket.ending == Ending::Begun {
            return self.close_now(handle); // All is sent.
        }
        socket.ending = Ending::Wanted;
        self.touch(handle);
    }

    pub(crate) fn on_send(&mut self, completion: &Completion) {
        let handle = token_handle(completion.token);
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        socket.flights_count -= 1;
        socket.sending = false;
        socket.sending_bytes = 0;
        if completion.result >= 0 {
            socket.bytes_written += completion.result as u64;
            if let Role::Http(conn) = &mut socket.role {
                conn.active_ms = self.clock.now_ms();
                if std::mem::take(&mut conn.output_full) {
                    self.look_again(handle);
                }
            }
        } else if socket.closing == Closing::Open {
            socket.drop_output();
            let result = completion.result;
            match socket.role {
                Role::Http(_) => self.close(handle, Farewell::Gone(result)),
                Role::Listener(_) | Role::Stream => self.tell_drained(handle, result),
            }
        }
        let socket = self.sockets.get_mut(handle).expect("still open");
        let quiet = socket.out.is_none()
            && socket.tls.as_ref().is_none_or(|tls| tls.wire_bytes() == 0)
            && socket.before.is_empty()
            && !socket.drain_wanted
            && socket.ending != Ending::Wanted
            && socket.closing == Closing::Open;
        if !quiet {
            self.touch(handle);
        }
    }

    pub(crate) fn on_recv(&mut self, completion: Completion, out: &mut Delivery) {
        let handle = token_handle(completion.token);
        let now_ms = self.clock.now_ms();
        let lease_bytes_max = self.ring.lease_bytes_max();
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        if !completion.more {
            socket.recv_armed = false;
            socket.flights_count -= 1;
        }
        if socket.closing != Closing::Open {
            return self.touch(handle);
        }
        match (completion.result, &completion.payload) {
            (1.., _) if socket.is_fifo => self.read_fifo(handle, now_ms, out),
            (1.., Payload::Lease(bytes)) => {
                if socket.is_socket {
                    socket.intake.note_lease(bytes.len(), lease_bytes_max);
                }
                self.on_bytes(handle, bytes, now_ms, out);
            }
            (1.., _) => self.receive_bulk(handle, now_ms, out),
            (result, _) if result == Errno::ECANCELED.result() => {}
            (result, _) => self.on_end(handle, result, out),
        }
        let Some(socket) = self.sockets.get(handle) else {
            return;
        };
        let is_as_wanted =
            socket.recv_armed == socket.wants_recv() && !socket.intake.is_to_be_cancelled(true);
        if !completion.more || !is_as_wanted {
            self.touch(handle);
        }
    }

    /// A FIFO that is readable, or that all writers have left. The kernel's own reads never tell
    /// the latter: a FIFO takes no reads without waiting, unlike the pipes of pipe(2).
    fn read_fifo(&mut self, handle: Handle, now_ms: u64, out: &mut Delivery) {
        let Some(socket) = self.sockets.get(handle) else {
            return;
        };
        let mut bytes = vec![0; limits::FIFO_READ_BYTES];
        match sync::file::read(socket.fd, &mut bytes, None) {
            Ok(0) => self.on_end(handle, 0, out),
            Ok(count) => self.on_bytes(handle, &bytes[..count], now_ms, out),
            Err(errno) => self.on_end(handle, errno.result(), out),
        }
    }

    pub(crate) fn on_bytes(
        &mut self,
        handle: Handle,
        bytes: &[u8],
        now_ms: u64,
        out: &mut Delivery,
    ) {
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        socket.bytes_read += bytes.len() as u64;
        match socket.tls {
            Some(_) => self.on_sealed(handle, bytes, now_ms, out),
            None => self.on_plain(handle, bytes, now_ms, out),
        }
    }

    /// Bytes as the protocol on the socket knows them.
    pub(crate) fn on_plain(
        &mut self,
        handle: Handle,
        bytes: &[u8],
        now_ms: u64,
        out: &mut Delivery,
    ) {
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        let output_full = socket.is_output_full();
        match &mut socket.role {
            Role::Http(conn) => {
                conn.output_full = output_full;
                conn.receive(bytes, now_ms, handle, out);
                conn.show_bytes(bytes, handle, out);
                let is_interrupted = conn.is_interrupted();
                if conn.due_ms < conn.listed_ms {
                    self.list_deadline(handle);
                }
                if is_interrupted {
                    self.look_again(handle);
                }
            }
            Role::Stream if socket.reading && socket.inbox.is_empty() => {
                out.push_piece(entry::READ, handle.to_js(), bytes);
            }
            Role::Stream => socket.inbox.push_back(bytes.to_vec()),
            Role::Listener(_) => {}
        }
    }

    /// End of stream (0) or a failed receive (-errno).
    pub(crate) fn on_end(&mut self, handle: Handle, result: i32, out: &mut Delivery) {
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        match &mut socket.role {
            Role::Stream if socket.reading && socket.inbox.is_empty() => {
                socket.reading = false;
                out.push(entry::READ, handle.to_js(), result, 0);
            }
            Role::Stream => socket.inbox_end = Some(result),
            Role::Http(_) if result < 0 => self.close(handle, Farewell::Gone(result)),
            Role::Http(_) => {
                // The requests in front of it are answered first: it is looked at when they ran.
                socket.inbox_end = Some(result);
                self.look_again(handle);
            }
            Role::Listener(_) => {}
        }
    }

    /// Gives JavaScript what came while it did not read.
    pub(crate) fn deliver_inbox(&mut self, handle: Handle, out: &mut Delivery) {
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        if !socket.reading || !socket.is_stream() {
            return;
        }
        while let Some(bytes) = socket.inbox.pop_front() {
            out.push_memory(entry::READ, handle.to_js(), bytes.len() as i32, 0, bytes);
        }
        if let Some(result) = socket.inbox_end {
            socket.reading = false;
            out.push(entry::READ, handle.to_js(), result, 0);
        }
        self.touch(handle);
    }

    pub(crate) fn on_connect(&mut self, completion: &Completion, out: &mut Delivery) {
        let handle = token_handle(completion.token);
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        socket.flights_count -= 1;
        socket.connecting = false;
        if socket.closing == Closing::Open {
            out.push(entry::CONNECT, handle.to_js(), completion.result.min(0), 0);
        }
        self.touch(handle);
    }

    pub(crate) fn on_close(&mut self, completion: &Completion) {
        let handle = token_handle(completion.token);
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        socket.closing = Closing::Done;
        self.farewells.push((handle, socket.farewell));
        self.accept_again();
    }
}
