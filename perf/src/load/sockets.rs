//! The sockets of the generator, all on one ring. A socket belongs to a connection, or to nobody:
//! then it is closed once the kernel has let go of it. Called by the engine; knows no protocol.

use super::{Answer, Body, Plan, Transport};
use coring_uring::sync::{file, socket};
use coring_uring::{
    Completion, Errno, Fd, FlightId, Lease, Op, Payload, Ring, RingOptions, SendPage, Stable,
    Token, Wait,
};
use std::net::SocketAddr;
use std::rc::Rc;

const KIND_CONNECT: u8 = 1;
const KIND_RECEIVE: u8 = 2;
const KIND_SEND: u8 = 3;
const KIND_CLOSE: u8 = 4;

/// Longer sendings are not copied into a page: the kernel reads what all connections share.
const COPIED_BYTES_MAX: usize = 4096;
/// Answers above this are read in large pieces.
const SHORT_ANSWER_BYTES_MAX: u64 = 16 << 10;
const SMALL_BUFFER_BYTES: u32 = 4 << 10;
const LARGE_BUFFER_BYTES: u32 = 64 << 10;

/// What came of a socket, for the connection that it belongs to.
pub enum Event {
    Connected,
    Refused(Errno),
    /// The last sending is the kernel's.
    Sent,
    Bytes(Lease),
    End,
    Broken(Errno),
}

struct Socket {
    fd: Fd,
    owner: Option<usize>,
    flights: u32,
    receive: FlightId,
}

/// The place of a socket, until it is let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(u32);

pub struct Sockets {
    // Dropped before the descriptors are closed: it waits for its flights.
    ring: Ring,
    slots: Slots,
    told: Vec<Completion>,
    local: SocketAddr,
}

impl Sockets {
    pub fn new(plan: &Plan) -> Result<Sockets, String> {
        let connections = plan.connections.max(1) as u32;
        let (buffer_bytes, most) = match answer_bytes(&plan.answer) {
            Some(bytes) if bytes > SHORT_ANSWER_BYTES_MAX => (LARGE_BUFFER_BYTES, 256),
            Some(_) | None => (SMALL_BUFFER_BYTES, 4096),
        };
        let ring = Ring::new(RingOptions {
            cq_entries: (connections * 4).next_power_of_two().clamp(4096, 1 << 16),
            buffer_bytes,
            buffers_count: (connections * 2).next_power_of_two().clamp(64, most) as u16,
            pages_max: plan.connections.max(256),
            ..RingOptions::default()
        });
        let ring = ring.map_err(|error| format!("the generator has no ring: {error}"))?;
        let local = if plan.address.is_ipv4() {
            "0.0.0.0:0"
        } else {
            "[::]:0"
        };
        Ok(Sockets {
            ring,
            slots: Slots::default(),
            told: Vec::new(),
            local: local.parse().expect("a constant address"),
        })
    }

    /// Begins a connection; `Connected` or `Refused` follows.
    pub fn open(&mut self, owner: usize, plan: &Plan) -> Result<Place, Errno> {
        let address = plan.address.into();
        let fd = match plan.transport {
            Transport::Tcp => socket::stream_socket(&address)?,
            Transport::Udp => socket::datagram_socket(&address)?,
        };
        let place = self.slots.insert(Socket {
            fd,
            owner: Some(owner),
            flights: 0,
            receive: FlightId::NONE,
        });
        let ready = match plan.transport {
            Transport::Tcp => socket::set_no_delay(fd, true),
            Transport::Udp => socket::bind(fd, &self.local.into()),
        };
        if let Err(errno) = ready {
            self.retire(place);
            return Err(errno);
        }
        self.submit(place, KIND_CONNECT, Op::Connect { fd, address });
        Ok(place)
    }

    /// From now on every piece that comes is told.
    pub fn receive(&mut self, place: Place) {
        let fd = self.slots.at(place).fd;
        let flight = self.submit(place, KIND_RECEIVE, Op::RecvMulti { fd });
        self.slots.at(place).receive = flight;
    }

    /// Sends all of these bytes. Never while a sending is under way.
    pub fn send(&mut self, place: Place, wire: &Rc<[u8]>) {
        let fd = self.slots.at(place).fd;
        let op = if wire.len() <= COPIED_BYTES_MAX {
            let mut page = self.ring.page();
            page.extend_from_slice(wire);
            Op::Send { fd, page }
        } else {
            let held: Vec<Box<dyn Stable>> = vec![Box::new(Rc::clone(wire))];
            let page = SendPage::empty();
            Op::SendHeld { fd, page, held }
        };
        self.submit(place, KIND_SEND, op);
    }

    /// Nobody's from now on. It is closed when its last flight is over.
    pub fn retire(&mut self, place: Place) {
        let socket = self.slots.at(place);
        socket.owner = None;
        let (flights, receive, fd) = (socket.flights, socket.receive, socket.fd);
        if flights == 0 {
            return self.close(place);
        }
        self.ring.cancel(receive);
        // Whatever else is under way ends when there is no stream any more. A socket that is not
        // connected has none, which is as good.
        let _ = socket::shutdown(fd, coring_uring::Shutdown::Both);
    }

    fn close(&mut self, place: Place) {
        let fd = self.slots.remove(place).fd;
        // No place: of this one nothing is told.
        self.ring
            .submit(Op::Close { fd, waits: false }, Token::new(KIND_CLOSE, 0, 0));
    }

    fn submit(&mut self, place: Place, kind: u8, op: Op) -> FlightId {
        self.slots.at(place).flights += 1;
        self.ring.submit(op, Token::new(kind, place.0, 0))
    }

    /// Has the kernel begin what was asked, waits as told, and appends what came.
    pub fn turn(&mut self, wait: Wait, events: &mut Vec<(usize, Event)>) -> Result<(), Errno> {
        let mut told = std::mem::take(&mut self.told);
        self.ring.turn(wait, &mut told)?;
        for completion in told.drain(..) {
            self.settle(completion, events);
        }
        self.told = told;
        Ok(())
    }

    fn settle(&mut self, completion: Completion, events: &mut Vec<(usize, Event)>) {
        let kind = completion.token.kind();
        if kind == KIND_CLOSE {
            return;
        }
        let place = Place(completion.token.index());
        let socket = self.slots.at(place);
        socket.flights -= u32::from(!completion.more);
        let Some(owner) = socket.owner else {
            if socket.flights == 0 {
                self.close(place);
            }
            return;
        };
        if kind == KIND_RECEIVE && !completion.more {
            socket.receive = FlightId::NONE;
        }
        let failure = Errno::split(completion.result).err().unwrap_or(Errno::EIO);
        let event = match (kind, completion.result, completion.payload) {
            (KIND_CONNECT, 0, _) => Event::Connected,
            (KIND_CONNECT, _, _) => Event::Refused(failure),
            (KIND_SEND, 0.., _) => Event::Sent,
            (KIND_RECEIVE, 1.., Payload::Lease(lease)) => Event::Bytes(lease),
            (KIND_RECEIVE, 0, _) => Event::End,
            (_, _, _) => Event::Broken(failure),
        };
        events.push((owner, event));
    }
}

/// How long an answer is, where it is known.
fn answer_bytes(answer: &Answer) -> Option<u64> {
    match answer {
        Answer::Http(Body::Any) => None,
        Answer::Http(Body::Long(bytes)) => Some(*bytes),
        Answer::Http(Body::Is(bytes)) | Answer::Bytes(bytes) => Some(bytes.len() as u64),
    }
}

/// The sockets by their places. What is left at the end is closed.
#[derive(Default)]
struct Slots {
    list: Vec<Option<Socket>>,
    free: Vec<u32>,
}

impl Slots {
    fn insert(&mut self, socket: Socket) -> Place {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.list.push(None);
            self.list.len() as u32 - 1
        });
        self.list[slot as usize] = Some(socket);
        Place(slot)
    }

    fn at(&mut self, place: Place) -> &mut Socket {
        let socket = self.list[place.0 as usize].as_mut();
        socket.expect("a place is let go once, and named no more")
    }

    fn remove(&mut self, place: Place) -> Socket {
        let socket = self.list[place.0 as usize].take();
        self.free.push(place.0);
        socket.expect("a place is let go once")
    }
}

impl Drop for Slots {
    fn drop(&mut self) {
        for socket in self.list.iter().flatten() {
            // The process ends its descriptors in any case.
            let _ = file::close(socket.fd);
        }
    }
}
