//! Time, idleness, and events of other kinds.

use super::*;

#[test]
fn until_waits_as_long_as_told() {
    let mut bench = Bench::new();
    for milliseconds in [0, 1, 5, 30] {
        let wanted = Duration::from_millis(milliseconds);
        let begin = Instant::now();
        bench
            .ring
            .turn(Wait::Until(wanted), &mut bench.told)
            .unwrap();
        let waited = begin.elapsed();
        assert!(waited >= wanted, "{waited:?} < {wanted:?}");
        // A busy machine may be late, but not by the next longer wait of any caller.
        assert!(waited < wanted + Duration::from_millis(500), "{waited:?}");
        assert!(bench.told.is_empty());
    }
}

#[test]
fn timeouts_expire_in_order() {
    let mut bench = Bench::new();
    let begin = Instant::now();
    for milliseconds in [30u8, 10, 20] {
        let duration = Duration::from_millis(u64::from(milliseconds));
        bench.submit(Op::Timeout { duration }, milliseconds);
    }
    for milliseconds in [10u8, 20, 30] {
        let told = bench.expect(|_| true);
        assert_eq!(
            (told.token.kind(), told.result, told.more),
            (milliseconds, -libc::ETIME, false)
        );
        assert!(begin.elapsed() >= Duration::from_millis(u64::from(milliseconds)));
    }
}

#[test]
fn idle_polls_do_not_enter_the_kernel() {
    let mut bench = Bench::new();
    let (fd, _peer) = bench.connection();
    bench.submit(Op::RecvMulti { fd }, 1);
    bench.ring.turn(Wait::Poll, &mut bench.told).unwrap();
    let before = bench.ring.stats().enters;
    for _ in 0..100 {
        bench.ring.turn(Wait::Poll, &mut bench.told).unwrap();
    }
    assert_eq!(bench.ring.stats().enters, before);
    sync::file::close(fd).unwrap();
}

#[test]
fn what_is_begun_needs_no_turn() {
    let mut bench = Bench::new();
    let (fd, mut peer) = bench.connection();
    let before = bench.ring.stats().enters;
    bench.ring.begin().unwrap();
    assert_eq!(bench.ring.stats().enters, before, "nothing was submitted");
    let mut page = bench.ring.page();
    page.extend_from_slice(b"now");
    bench.submit(Op::Send { fd, page }, 1);
    bench.ring.begin().unwrap();
    let mut bytes = [0; 8];
    assert_eq!(std::io::Read::read(&mut peer, &mut bytes).unwrap(), 3);
    assert_eq!(bench.expect(|_| true).result, 3);
    sync::file::close(fd).unwrap();
}

#[test]
fn one_enter_submits_and_waits() {
    let mut bench = Bench::new();
    bench.submit(
        Op::Timeout {
            duration: Duration::from_millis(5),
        },
        1,
    );
    let before = bench.ring.stats().enters;
    bench.ring.turn(Wait::Forever, &mut bench.told).unwrap();
    assert_eq!(bench.ring.stats().enters, before + 1);
    assert_eq!(bench.told.len(), 1);
}

#[test]
fn polls() {
    let mut bench = Bench::new();
    let (out, input) = sync::file::pipe().unwrap();
    let (readable, writable) = (libc::POLLIN as u32, libc::POLLOUT as u32);
    assert_eq!(
        bench
            .run(Op::Poll {
                fd: input,
                events: writable
            })
            .result as u32,
        writable
    );
    let poll = bench.submit(
        Op::PollMulti {
            fd: out,
            events: readable,
        },
        1,
    );
    for _ in 0..3 {
        sync::file::write(input, b"x", None).unwrap();
        let told = bench.expect(|completion| completion.flight == poll);
        assert!(told.more);
        assert_eq!(told.result as u32 & readable, readable);
        sync::file::read(out, &mut [0], None).unwrap();
    }
    bench.ring.cancel(poll);
    bench.last(poll);
    for fd in [out, input] {
        sync::file::close(fd).unwrap();
    }
}

#[test]
fn pipes_are_read_to_their_end() {
    for read_multi in [true, false] {
        for nonblocking in [true, false] {
            let limit = |probe: &mut Probe| probe.read_multi &= read_multi;
            let mut bench = Bench::limited(RingOptions::default(), limit);
            let (out, input) = sync::file::pipe().unwrap();
            sync::file::set_nonblocking(out, nonblocking).unwrap();
            let read = bench.submit(Op::ReadMulti { fd: out }, 1);
            for text in [&b"one"[..], b"two", b"three"] {
                sync::file::write(input, text, None).unwrap();
                let told = bench.expect(|completion| completion.flight == read);
                assert_eq!((bytes_of(&told), told.more), (text, true));
            }
            sync::file::close(input).unwrap();
            assert_eq!(bench.last(read).result, 0);
            sync::file::close(out).unwrap();
        }
    }
}

#[test]
fn files_are_read_to_their_end() {
    let mut bench = Bench::new();
    let fd = sync::file::open(c"/proc/self/status", libc::O_RDONLY, 0).unwrap();
    let read = bench.submit(Op::ReadMulti { fd }, 1);
    let last = bench.last(read);
    assert_eq!(last.result, 0);
    let text: Vec<u8> = bench
        .told
        .drain(..)
        .flat_map(|told| bytes_of(&told).to_vec())
        .collect();
    assert!(text.starts_with(b"Name:"));
    sync::file::close(fd).unwrap();
}

#[test]
fn terminals_are_read() {
    let mut bench = Bench::new();
    let flags = libc::O_RDWR | libc::O_NOCTTY;
    let main = sync::file::open(c"/dev/ptmx", flags, 0).unwrap();
    // A line written by the terminal's user, in cooked mode, is echoed to the user.
    for nonblocking in [false, true] {
        sync::file::set_nonblocking(main, nonblocking).unwrap();
        let read = bench.submit(Op::ReadMulti { fd: main }, 1);
        bench.ring.turn(Wait::Poll, &mut bench.told).unwrap();
        sync::file::write(main, b"typed\n", None).unwrap();
        let told = bench.expect(|completion| completion.flight == read);
        assert!(told.more, "{:?}", told.outcome());
        assert!(bytes_of(&told).starts_with(b"typed"));
        drop(told);
        bench.ring.cancel(read);
        bench.last(read);
        bench.told.clear();
    }
    sync::file::close(main).unwrap();
}

#[test]
fn signals_are_read() {
    let mut bench = Bench::new();
    sync::signal::block(&[libc::SIGUSR1]).unwrap();
    let fd = sync::signal::descriptor(&[libc::SIGUSR1]).unwrap();
    let read = bench.submit(Op::ReadMulti { fd }, 1);
    for _ in 0..3 {
        bench.ring.turn(Wait::Poll, &mut bench.told).unwrap();
        // To this thread: other tests' threads do not block it.
        let thread = std::fs::read_link("/proc/thread-self").unwrap();
        let thread: i32 = thread
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .parse()
            .unwrap();
        // SAFETY: touches no memory; the signal is blocked in this thread.
        let sent =
            unsafe { libc::syscall(libc::SYS_tgkill, std::process::id(), thread, libc::SIGUSR1) };
        assert_eq!(sent, 0);
        let told = bench.expect(|completion| completion.flight == read);
        let signals: Vec<i32> = sync::signal::decode(bytes_of(&told))
            .map(|info| info.signal)
            .collect();
        assert_eq!(signals, [libc::SIGUSR1]);
    }
    sync::file::close(fd).unwrap();
}

#[test]
fn eventfds_stay_armed() {
    let mut bench = Bench::new();
    // SAFETY: touches no memory.
    let fd = Fd::new(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) });
    let event = bench.submit(Op::Event { fd }, 1);
    for _ in 0..3 {
        sync::file::write(fd, &5u64.to_ne_bytes(), None).unwrap();
        let told = bench.expect(|completion| completion.flight == event);
        assert_eq!((told.result, told.more), (1, true));
    }
    bench.ring.cancel(event);
    assert_eq!(bench.last(event).result, -libc::ECANCELED);
    sync::file::close(fd).unwrap();
}
