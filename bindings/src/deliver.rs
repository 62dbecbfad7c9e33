//! From completions to page entries: the one match over token kinds. JavaScript is entered after
//! all of a turn's completions were looked at, in `coring_engine`'s `deliver`.

use coring_engine::Delivery;
use coring_uring::sync::socket::KeepAlive;
use coring_uring::{Completion, Errno, Fd, Op, Payload, sync};

use crate::Natives;
use crate::fleet;
use crate::http::{Conn, Due, InputEnd};
use crate::inbox::Note;
use crate::kinds::{entry, token};
use crate::limits::ACCEPT_RETRY_MS;
use crate::slots::Handle;
use crate::socket::{Closing, Farewell, Role, Socket};
use crate::stream::{socket_token, token_handle};

impl Natives {
    /// The poll phase: what the kernel completed, what ops left to be answered, what came due.
    pub fn poll_phase(&mut self, completions: &mut Vec<Completion>, out: &mut Delivery) {
        // What completions add to `soon` waits until JavaScript has seen this phase's entries.
        let soon = std::mem::take(&mut self.soon);
        for handle in &soon {
            if let Some(socket) = self.sockets.get_mut(*handle) {
                socket.soon = false;
            }
        }
        // What the last turn has ended (shutdowns, drained queues) comes before what is new.
        self.deliver_answers(out);
        // So that what came in this phase stands behind what JavaScript has seen by now.
        for handle in soon {
            self.go_on(handle, out);
        }
        let mut ended = Vec::new();
        for completion in completions.drain(..) {
            match completion.token.kind() {
                // What a child has said comes before its end, as in Node.
                token::CHILD => ended.push(completion),
                _ => self.complete(completion, out),
            }
        }
        self.receive_ready(out);
        for completion in ended {
            self.complete(completion, out);
        }
        self.deliver_due(out);
        self.deliver_answers(out);
        let mut notes = std::mem::take(&mut self.notes);
        notes.sort_by_key(|note| self.order_of(note));
        for note in notes {
            self.on_note(note, out);
        }
    }

    fn deliver_answers(&mut self, out: &mut Delivery) {
        for (kind, [handle, a, b]) in std::mem::take(&mut self.answers) {
            out.push(kind, handle, a, b);
        }
    }

    /// Ports in the order of their birth, as Node's loop looks at them; the rest behind.
    fn order_of(&self, note: &Note) -> u64 {
        match note {
            Note::Port(handle) => {
                let port = self.ports.get(Handle::from_js(*handle));
                port.map_or(0, |port| port.nth)
            }
            Note::Worker(_) | Note::Lock(..) | Note::Asked => u64::MAX,
            Note::Lane | Note::Addon | Note::Wake => u64::MAX,
        }
    }

    fn on_note(&mut self, note: Note, out: &mut Delivery) {
        match note {
            Note::Port(handle) => out.push(entry::PORT, handle, 0, 0),
            Note::Worker(handle) => out.push(entry::WORKER, handle, 0, 0),
            Note::Lock(id, granted) => out.push(entry::LOCK, id, i32::from(granted), 0),
            Note::Asked => self.is_asked = true,
            Note::Lane => self.deliver_lane(out),
            Note::Addon => {
                for _ in 0..coring_napi::arrivals_count() {
                    out.push(entry::ADDON, 0, 0, 0);
                }
            }
            Note::Wake => {}
        }
    }

    /// The close phase.
    pub fn close_phase(&mut self, out: &mut Delivery) {
        self.gone.clear();
        for (handle, farewell) in std::mem::take(&mut self.farewells) {
            let socket = self.sockets.remove(handle);
            match farewell {
                Farewell::Closed => out.push(entry::CLOSED, handle.to_js(), 0, 0),
                Farewell::Gone(reason) => {
                    let counts = socket.map(|socket| [socket.bytes_read, socket.bytes_written]);
                    self.gone.push((handle, counts.unwrap_or_default()));
                    out.push(entry::HTTP_GONE, handle.to_js(), reason, 0);
                }
                Farewell::Silent => {}
            }
        }
    }

    /// Has anything come for the close phase?
    pub fn has_farewells(&self) -> bool {
        !self.farewells.is_empty()
    }

    /// Would the poll phase have something without a completion?
    pub fn has_answers(&self) -> bool {
        !self.answers.is_empty()
            || !self.notes.is_empty()
            || !self.soon.is_empty()
            || !self.bulk_ready.is_empty()
            || self
                .deadlines
                .next_ms()
                .is_some_and(|due_ms| due_ms <= self.clock.now_ms())
    }

    fn complete(&mut self, completion: Completion, out: &mut Delivery) {
        match completion.token.kind() {
            token::RECV => self.on_recv(completion, out),
            token::SEND => self.on_send(&completion),
            token::ACCEPT => self.on_accept(&completion, out),
            token::CONNECT => self.on_connect(&completion, out),
            token::CLOSE => self.on_close(&completion),
            token::SIGNAL => self.on_signal(&completion, out),
            token::MAIL => self.on_mail(out),
            token::TICKET => self.on_ticket(completion, out),
            token::CHILD => self.on_child(&completion, out),
            token::CHANNEL_IN | token::CHANNEL_OUT => self.on_channel(&completion, out),
            token::UDP_IN => self.on_datagram(completion, out),
            token::UDP_OUT => self.on_late_datagram(&completion, out),
            token::UDP_CLOSE => self.on_udp_closed(&completion, out),
            token::FORGET => {}
            kind => unreachable!("no operation has token kind {kind}"),
        }
    }

    fn on_accept(&mut self, completion: &Completion, out: &mut Delivery) {
        let listener = token_handle(completion.token);
        let accepted = u32::try_from(completion.result).ok();
        let Some(socket) = self.sockets.get_mut(listener) else {
            if let Some(fd) = accepted {
                let _ = sync::file::close(Fd::new(fd as i32));
            }
            return;
        };
        if !completion.more {
            socket.recv_armed = false;
            socket.flights_count -= 1;
        }
        let open = socket.closing == Closing::Open;
        let Role::Listener(role) = &mut socket.role else {
            return;
        };
        let settings = role.http.clone();
        match accepted {
            Some(fd) if open => {
                let is_lane = settings.is_some();
                // A full table has closed it.
                if let Ok(handle) = self.take_connection(listener, Fd::new(fd as i32), settings) {
                    match is_lane {
                        true => out.push(entry::HTTP_ACCEPT, handle.to_js(), listener.to_js(), 0),
                        false => out.push(entry::ACCEPT, listener.to_js(), handle.to_js(), 0),
                    }
                }
            }
            Some(fd) => {
                // The close of the listener found this connection on its way.
                let _ = sync::file::close(Fd::new(fd as i32));
            }
            None if open && completion.result != Errno::ECANCELED.result() => {
                role.starved = true;
                if settings.is_none() {
                    out.push(entry::ACCEPT, listener.to_js(), completion.result, 0);
                }
                let now_ms = self.clock.now_ms();
                self.deadlines
                    .list(listener, now_ms + ACCEPT_RETRY_MS, now_ms);
            }
            None => {}
        }
        if !completion.more {
            self.rearm_accept(listener);
        }
    }

    /// A connection becomes a stream, or one of the fast lane.
    fn take_connection(
        &mut self,
        listener: Handle,
        fd: Fd,
        settings: Option<crate::http::Settings>,
    ) -> Result<Handle, Errno> {
        let Some(settings) = settings else {
            let mut socket = Socket::new(fd, Role::Stream);
            socket.farewell = Farewell::Closed;
            return self.adopt(socket);
        };
        let values = settings.get();
        // Failures here mean the peer is gone already; its end comes by the receive.
        if values.no_delay {
            let _ = sync::socket::set_no_delay(fd, true);
        }
        if values.keep_alive_probe {
            let probes = KeepAlive::after(values.keep_alive_probe_s);
            let _ = sync::socket::set_keep_alive(fd, Some(probes));
        }
        let conn = Conn::new(listener, settings, self.clock.now_ms());
        let handle = self.adopt(Socket::new(fd, Role::Http(Box::new(conn))))?;
        self.list_deadline(handle);
        self.touch(handle);
        Ok(handle)
    }

    /// A connection that another process has accepted for this listener: its handle.
    pub(crate) fn adopt_connection(&mut self, listener: Handle, fd: Fd) -> Result<Handle, Errno> {
        let role = self
            .sockets
            .get(listener)
            .filter(|socket| socket.closing == Closing::Open)
            .map(|socket| &socket.role);
        let Some(Role::Listener(role)) = role else {
            // Nobody is left to serve it.
            let _ = sync::file::close(fd);
            return Err(Errno::EBADF);
        };
        let settings = role.http.clone();
        self.take_connection(listener, fd, settings)
    }

    /// Arms the listener's accept unless it waits for descriptors.
    pub(crate) fn rearm_accept(&mut self, listener: Handle) {
        let Some(socket) = self.sockets.get_mut(listener) else {
            return;
        };
        let Role::Listener(role) = &socket.role else {
            return;
        };
        if socket.closing != Closing::Open {
            return self.touch(listener);
        }
        if !socket.recv_armed && !role.starved && !role.idle {
            socket.recv_armed = true;
            socket.flights_count += 1;
            let op = Op::AcceptMulti { fd: socket.fd };
            socket.recv = self.ring.submit(op, socket_token(token::ACCEPT, listener));
        }
    }

    /// A descriptor became free: listeners that ran out of them accept again.
    pub(crate) fn accept_again(&mut self) {
        let starved: Vec<Handle> = self
            .sockets
            .iter()
            .filter(|(_, socket)| matches!(&socket.role, Role::Listener(role) if role.starved))
            .map(|(handle, _)| handle)
            .collect();
        for handle in starved {
            self.accept_after_starvation(handle);
        }
    }

    fn accept_after_starvation(&mut self, handle: Handle) {
        if let Some(socket) = self.sockets.get_mut(handle)
            && let Role::Listener(role) = &mut socket.role
        {
            role.starved = false;
            self.rearm_accept(handle);
        }
    }

    fn on_signal(&mut self, completion: &Completion, out: &mut Delivery) {
        if let Payload::Lease(bytes) = &completion.payload {
            for info in sync::signal::decode(bytes) {
                out.push(entry::SIGNAL, 0, info.signal, 0);
                let merged = &mut self.turn.signals_merged;
                for signal in merged.extract_if(.., |signal| *signal == info.signal) {
                    out.push(entry::SIGNAL, 0, signal, 0);
                }
            }
        }
        if !completion.more {
            self.turn.signal_ended();
            self.watch_signals();
        }
    }

    fn on_mail(&mut self, out: &mut Delivery) {
        let Some(mailbox) = &mut self.mailbox else {
            return;
        };
        let mut letters = Vec::new();
        mailbox.take(&mut letters);
        if self.fleet.is_draining() {
            self.turn.drain_asked = true;
        }
        for signal in letters.iter().filter_map(|letter| fleet::signal_of(letter)) {
            out.push(entry::SIGNAL, 0, signal, 0);
        }
        if let Some(inbox) = &self.inbox {
            self.notes.extend(inbox.take());
        }
    }

    /// Goes on with a fast-lane connection, or a stream whose inbox is to be emptied.
    fn go_on(&mut self, handle: Handle, out: &mut Delivery) {
        let now_ms = self.clock.now_ms();
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        if socket.closing != Closing::Open {
            return;
        }
        if socket.tls.is_some() && self.on_fed(handle, now_ms, out) {
            return self.look_again(handle);
        }
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        let output_full = socket.is_output_full();
        match &mut socket.role {
            Role::Http(conn) => {
                conn.output_full = output_full;
                let requests_count = conn.requests_count;
                conn.go_on(now_ms, handle, out);
                // What is held back is looked at again when an answer ends or was sent.
                let ended = socket.inbox_end.is_some() && !conn.is_held_back();
                let is_interrupted = conn.is_interrupted();
                match (ended, conn.requests_count == requests_count) {
                    (true, true) => self.end_of_input(handle, out),
                    (true, false) => self.look_again(handle),
                    (false, _) if is_interrupted => self.look_again(handle),
                    (false, _) => {}
                }
                self.list_deadline(handle);
                self.touch(handle);
            }
            Role::Stream => self.deliver_inbox(handle, out),
            Role::Listener(_) => {}
        }
    }

    /// The peer has sent all it will: after a parse error JavaScript answers and closes, otherwise
    /// the connection is over.
    fn end_of_input(&mut self, handle: Handle, out: &mut Delivery) {
        let Some(conn) = self.sockets.get_mut(handle).and_then(Socket::conn) else {
            return;
        };
        match conn.end_of_input(handle, out) {
            InputEnd::Over => self.close_gracefully(handle, Farewell::Gone(0)),
            InputEnd::Unfinished | InputEnd::AnswersOpen | InputEnd::Told => {}
        }
    }

    /// Lists a connection for its present deadline, unless it is listed for an earlier time.
    pub(crate) fn list_deadline(&mut self, handle: Handle) {
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        let Some(conn) = socket.conn() else { return };
        let mut due_ms = if conn.due == Due::Never {
            u64::MAX
        } else {
            conn.due_ms
        };
        if conn.idle_timeout_ms > 0 {
            due_ms = due_ms.min(conn.active_ms + conn.idle_timeout_ms);
        }
        if due_ms < conn.listed_ms {
            conn.listed_ms = self.deadlines.list(handle, due_ms, self.clock.now_ms());
        }
    }

    fn deliver_due(&mut self, out: &mut Delivery) {
        let now_ms = self.clock.now_ms();
        for (handle, listed_ms) in self.deadlines.take_due(now_ms) {
            let Some(socket) = self.sockets.get_mut(handle) else {
                continue;
            };
            if socket.closing != Closing::Open {
                continue;
            }
            let Role::Http(conn) = &mut socket.role else {
                self.accept_after_starvation(handle);
                continue;
            };
            if conn.listed_ms == listed_ms {
                conn.listed_ms = u64::MAX;
                self.check_due(handle, now_ms, out);
            }
        }
    }

    fn check_due(&mut self, handle: Handle, now_ms: u64, out: &mut Delivery) {
        let Some(conn) = self.sockets.get_mut(handle).and_then(Socket::conn) else {
            return;
        };
        if conn.idle_timeout_ms > 0 && now_ms >= conn.active_ms + conn.idle_timeout_ms {
            conn.active_ms = now_ms;
            out.push(entry::HTTP_TIMEOUT, handle.to_js(), 1, 0);
        }
        if now_ms >= conn.due_ms {
            match conn.due {
                Due::Never => {}
                Due::KeepAlive => {
                    conn.due = Due::Never;
                    out.push(entry::HTTP_TIMEOUT, handle.to_js(), 2, 0);
                }
                Due::Headers | Due::Request => {
                    conn.stop();
                    out.push(entry::HTTP_TIMEOUT, handle.to_js(), 0, 0);
                }
            }
        }
        self.list_deadline(handle);
    }
}
