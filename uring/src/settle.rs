//! What an event of the kernel means for its operation: decisions only, no effects (but a look at
//! what was opened).
//!
//! The caller of the ring sees whole sends, endless receives and one last word per flight. The
//! kernel offers short sends, receives that stop when it runs out of buffers or of room in its
//! queue, and descriptors that say "try again". The difference is made up here.

use crate::errno::Errno;
use crate::flight::{Flight, Stage};
use crate::kernel::Event;
use crate::op::Op;
use crate::open::settle_open;

/// What to do about an event.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Next {
    /// Tell the caller; the request goes on by itself.
    Tell(i32),
    /// Tell the caller, then make the request anew.
    TellAndArm(i32),
    /// Make the request anew; the caller need not know.
    Arm,
    /// No buffer was free: make the request anew when one is.
    Starve,
    /// Tell the caller for the last time.
    End(i32),
}

const CANCELED: i32 = Errno::ECANCELED.result();
const AGAIN: i32 = Errno::EAGAIN.result();
const INTERRUPTED: i32 = Errno::EINTR.result();
/// ERESTARTSYS and its kin, which programs never see from a call, but do from a worker whose open
/// of a fifo is cancelled [measured on 6.18].
const RESTARTS: std::ops::RangeInclusive<i32> = -516..=-512;
const NO_BUFFERS: i32 = Errno::ENOBUFS.result();
const INVALID: i32 = Errno::EINVAL.result();
const NOT_POLLABLE: i32 = Errno::EBADFD.result();
const UNSUPPORTED: i32 = Errno::EOPNOTSUPP.result();
const CONNECTION_ABORTED: i32 = Errno::ECONNABORTED.result();
/// An eventfd is read in units of its counter.
const EVENT_BYTES: i32 = 8;

/// Decides, and updates the flight's own state (bytes done, stage, single).
pub(crate) fn settle(flight: &mut Flight, event: &Event) -> Next {
    if flight.stage == Stage::Polling {
        return after_poll(flight, event.result);
    }
    let result = if RESTARTS.contains(&event.result) {
        INTERRUPTED
    } else {
        event.result
    };
    if (result == AGAIN || result == INTERRUPTED)
        && !event.more
        && let Some(next) = try_again(flight, result)
    {
        return next;
    }
    match flight.op {
        Op::RecvMulti { .. } => stream(result, event.more),
        Op::Send { .. } | Op::SendHeld { .. } | Op::Write { .. } | Op::WriteHeld { .. } => {
            whole(flight, result)
        }
        Op::AcceptMulti { .. } => accept(flight, result, event.more),
        Op::ReadMulti { .. } => read(flight, result, event.more),
        Op::PollMulti { .. } if result >= 0 && event.more => Next::Tell(result),
        Op::PollMulti { .. } if result >= 0 => Next::TellAndArm(result),
        Op::Mail => Next::Tell(result),
        Op::OpenAt { .. } => settle_open(flight, result),
        Op::Event { .. } if result == EVENT_BYTES => Next::TellAndArm(1),
        _ => Next::End(result),
    }
}

/// The descriptor was not ready: poll, then ask again. Or a signal came in between: ask again,
/// unless the first try has left its mark (a closed number, a begun connection).
fn try_again(flight: &mut Flight, result: i32) -> Option<Next> {
    if result == INTERRUPTED {
        let is_marked = matches!(flight.op, Op::Close { .. } | Op::Connect { .. });
        return (!is_marked).then_some(Next::Arm);
    }
    flight.op.readiness()?;
    flight.stage = Stage::Polling;
    Some(Next::Arm)
}

fn after_poll(flight: &mut Flight, result: i32) -> Next {
    if result < 0 && result != INTERRUPTED {
        return Next::End(result);
    }
    flight.stage = Stage::Armed;
    Next::Arm
}

/// A receive that goes on until the end of the stream.
fn stream(result: i32, more: bool) -> Next {
    match result {
        1.. if more => Next::Tell(result),
        // The completion queue was full, or the kernel gave others a chance.
        1.. => Next::TellAndArm(result),
        NO_BUFFERS => Next::Starve,
        _ => Next::End(result),
    }
}

fn read(flight: &mut Flight, result: i32, more: bool) -> Next {
    let refused = [INVALID, NOT_POLLABLE, UNSUPPORTED].contains(&result);
    if refused && !flight.single {
        flight.single = true;
        return Next::Arm;
    }
    stream(result, more)
}

fn accept(flight: &mut Flight, result: i32, more: bool) -> Next {
    match result {
        0.. if more => Next::Tell(result),
        0.. => Next::TellAndArm(result),
        // The peer gave up while waiting in the queue; accept(2) says to try again.
        CONNECTION_ABORTED => Next::Arm,
        // A kernel without the multi form; from a socket that does not listen it comes twice.
        INVALID if !flight.single => {
            flight.single = true;
            Next::Arm
        }
        _ => Next::End(result),
    }
}

/// A send or write that must move all its bytes.
fn whole(flight: &mut Flight, result: i32) -> Next {
    if result < 0 {
        let tells_part = matches!(
            flight.op,
            Op::Write {
                tells_part: true,
                ..
            }
        );
        return Next::End(if tells_part && flight.done_bytes > 0 {
            done(flight)
        } else {
            result
        });
    }
    flight.advance(result as u64);
    if flight.remaining_bytes() > 0 && result > 0 {
        return Next::Arm;
    }
    Next::End(done(flight))
}

/// More than fits a result is told as the largest number: the page had it all.
fn done(flight: &Flight) -> i32 {
    i32::try_from(flight.done_bytes).unwrap_or(i32::MAX)
}

/// After a cancel nothing is asked of the kernel any more.
pub(crate) fn without_arming(next: Next) -> (Option<i32>, Next) {
    match next {
        Next::TellAndArm(result) => (Some(result), Next::End(CANCELED)),
        Next::Arm | Next::Starve => (None, Next::End(CANCELED)),
        Next::Tell(_) | Next::End(_) => (None, next),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fd::Fd;
    use crate::probe::Probe;
    use crate::send::SendPage;
    use crate::token::Token;

    const PROBE: Probe = Probe {
        kernel: (6, 18),
        accept_multi: true,
        read_multi: true,
        messages: true,
        wait_id: true,
        truncate: true,
        no_iowait: true,
        no_sq_array: true,
        registered_ring: true,
        restricted: true,
    };

    fn check(op: Op, events: &[(i32, bool, Next)]) {
        let mut flight = Flight::new(op, Token::new(0, 0, 0), &PROBE).unwrap();
        for &(result, more, expected) in events {
            let event = Event {
                key: 0,
                result,
                more,
                buffer: None,
            };
            assert_eq!(
                settle(&mut flight, &event),
                expected,
                "after {result} {more}"
            );
        }
    }

    #[test]
    fn receives() {
        let op = || Op::RecvMulti { fd: Fd::new(3) };
        check(
            op(),
            &[(10, true, Next::Tell(10)), (0, false, Next::End(0))],
        );
        check(
            op(),
            &[
                (10, false, Next::TellAndArm(10)),
                (-104, false, Next::End(-104)),
            ],
        );
        check(op(), &[(NO_BUFFERS, false, Next::Starve)]);
        check(op(), &[(INTERRUPTED, false, Next::Arm)]);
        check(
            op(),
            &[
                (AGAIN, false, Next::Arm),
                (1, false, Next::Arm),
                (5, true, Next::Tell(5)),
            ],
        );
        check(
            op(),
            &[
                (AGAIN, false, Next::Arm),
                (CANCELED, false, Next::End(CANCELED)),
            ],
        );
    }

    #[test]
    fn reads_fall_back_once() {
        let op = || Op::ReadMulti { fd: Fd::new(3) };
        check(
            op(),
            &[
                (NOT_POLLABLE, false, Next::Arm),
                (7, false, Next::TellAndArm(7)),
                (INVALID, false, Next::End(INVALID)),
            ],
        );
    }

    #[test]
    fn accepts() {
        let op = || Op::AcceptMulti { fd: Fd::new(3) };
        check(
            op(),
            &[(9, true, Next::Tell(9)), (10, false, Next::TellAndArm(10))],
        );
        check(
            op(),
            &[
                (INVALID, false, Next::Arm),
                (INVALID, false, Next::End(INVALID)),
            ],
        );
        check(
            op(),
            &[
                (CONNECTION_ABORTED, false, Next::Arm),
                (-24, false, Next::End(-24)),
            ],
        );
    }

    #[test]
    fn sends_are_whole() {
        let page = || SendPage::of(vec![0; 10]);
        let op = || Op::Send {
            fd: Fd::new(3),
            page: page(),
        };
        check(op(), &[(10, false, Next::End(10))]);
        check(op(), &[(4, false, Next::Arm), (6, false, Next::End(10))]);
        check(op(), &[(4, false, Next::Arm), (-32, false, Next::End(-32))]);
        let held = vec![Box::new(&b"abc"[..]) as Box<dyn coring_buf::Stable>];
        let op = Op::SendHeld {
            fd: Fd::new(3),
            page: page(),
            held,
        };
        check(op, &[(11, false, Next::Arm), (2, false, Next::End(13))]);
    }

    #[test]
    fn interruptions() {
        let fd = Fd::new(3);
        check(
            Op::Fsync {
                fd,
                data_only: false,
            },
            &[(-512, false, Next::Arm)],
        );
        check(
            Op::Fsync {
                fd,
                data_only: false,
            },
            &[(AGAIN, false, Next::End(AGAIN))],
        );
        check(
            Op::Close { fd, waits: false },
            &[(-512, false, Next::End(INTERRUPTED))],
        );
    }

    #[test]
    fn cancelled_flights_do_not_arm() {
        assert_eq!(
            without_arming(Next::TellAndArm(5)),
            (Some(5), Next::End(CANCELED))
        );
        assert_eq!(without_arming(Next::Arm), (None, Next::End(CANCELED)));
        assert_eq!(without_arming(Next::Starve), (None, Next::End(CANCELED)));
        assert_eq!(without_arming(Next::Tell(5)), (None, Next::Tell(5)));
        assert_eq!(without_arming(Next::End(0)), (None, Next::End(0)));
    }
}
