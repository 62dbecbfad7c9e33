//! Sends and writes are whole, whatever the kernel takes at a time.

use super::*;
use coring_uring::SendPage;
use std::io::Read;

type Piece = Box<dyn coring_buf::Stable>;

/// Reads everything, slowly at first, on another thread.
fn reader(mut from: impl Read + Send + 'static, count: usize) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut all = vec![0; count];
        for step in all.chunks_mut(count.div_ceil(64).max(1)) {
            from.read_exact(step).unwrap();
        }
        all
    })
}

fn pieces(text: &[u8], bytes: usize) -> Vec<Piece> {
    text.chunks(bytes)
        .map(|chunk| Box::new(Box::<[u8]>::from(chunk)) as Piece)
        .collect()
}

#[test]
fn large_page_through_a_small_socket() {
    let mut bench = Bench::new();
    let (fd, peer) = bench.connection();
    sync::socket::set_send_buffer_bytes(fd, 2048).unwrap();
    let text = pattern(3_000_000);
    let there = reader(peer, text.len());
    let mut page = bench.ring.page();
    page.extend_from_slice(&text);
    let last = bench.run(Op::Send { fd, page });
    assert_eq!(last.result as usize, text.len());
    assert!(there.join().unwrap() == text);
    sync::file::close(fd).unwrap();
}

#[test]
fn held_pieces_follow_the_page() {
    let mut bench = Bench::new();
    // More pieces than the kernel takes in one call, through a socket that takes few bytes.
    let (fd, peer) = bench.connection();
    sync::socket::set_send_buffer_bytes(fd, 2048).unwrap();
    let text = pattern(500_000);
    let there = reader(peer, text.len());
    let mut page = bench.ring.page();
    page.extend_from_slice(&text[..1000]);
    let held = pieces(&text[1000..], 150);
    assert!(held.len() > 1024);
    let last = bench.run(Op::SendHeld { fd, page, held });
    assert_eq!(last.result as usize, text.len());
    assert!(there.join().unwrap() == text);
    sync::file::close(fd).unwrap();
}

#[test]
fn write_fills_a_pipe_many_times() {
    let mut bench = Bench::new();
    let text = pattern(1_000_000);
    for nonblocking in [false, true] {
        let (out, input) = sync::file::pipe().unwrap();
        sync::file::set_nonblocking(input, nonblocking).unwrap();
        let there = reader(FdReader(out), 2 * text.len());
        let page = SendPage::of(text.clone());
        let last = bench.run(Op::Write {
            fd: input,
            page,
            offset: None,
            tells_part: false,
        });
        assert_eq!(last.result as usize, text.len());
        let held = pieces(&text, 100_000);
        let last = bench.run(Op::WriteHeld {
            fd: input,
            held,
            offset: None,
        });
        assert_eq!(last.result as usize, text.len());
        assert!(there.join().unwrap() == [&text[..], &text[..]].concat());
        sync::file::close(input).unwrap();
    }
}

struct FdReader(Fd);

impl Read for FdReader {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        sync::file::read(self.0, bytes, None)
            .map_err(|errno| std::io::Error::from_raw_os_error(errno.0))
    }
}

impl Drop for FdReader {
    fn drop(&mut self) {
        sync::file::close(self.0).unwrap();
    }
}

#[test]
fn blocked_send_can_be_cancelled() {
    let mut bench = Bench::new();
    let (fd, _peer) = bench.connection();
    let page = SendPage::of(pattern(20_000_000));
    let send = bench.submit(Op::Send { fd, page }, 1);
    bench.stays_silent();
    bench.ring.cancel(send);
    assert_eq!(bench.last(send).result, -libc::ECANCELED);
    sync::file::close(fd).unwrap();
}

#[test]
fn empty_sends() {
    let mut bench = Bench::new();
    let (fd, _peer) = bench.connection();
    let page = bench.ring.page();
    assert_eq!(bench.run(Op::Send { fd, page }).result, 0);
    let held = Op::SendHeld {
        fd,
        page: SendPage::empty(),
        held: Vec::new(),
    };
    assert_eq!(bench.run(held).result, 0);
    sync::file::close(fd).unwrap();
}

#[test]
fn one_shot_receives_bring_the_buffer_back() {
    let mut bench = Bench::new();
    let (fd, mut peer) = bench.connection();
    std::io::Write::write_all(&mut peer, b"world").unwrap();
    let mut buffer = Vec::with_capacity(64);
    buffer.extend_from_slice(b"hello ");
    let last = bench.run(Op::Recv { fd, buffer });
    assert_eq!((last.result, bytes_of(&last)), (5, &b"hello world"[..]));
    drop(peer);
    let last = bench.run(Op::Recv {
        fd,
        buffer: Vec::with_capacity(1),
    });
    assert_eq!(last.result, 0);
    let last = bench.run(Op::Recv {
        fd: Fd::new(100_000),
        buffer: Vec::with_capacity(7),
    });
    assert_eq!(last.result, -libc::EBADF);
    let Payload::Bytes(buffer) = last.payload else {
        panic!("the buffer comes back")
    };
    assert_eq!(buffer.capacity(), 7);
    sync::file::close(fd).unwrap();
}

#[test]
fn datagrams_know_their_sender() {
    let mut bench = Bench::new();
    let any = SocketAddress::V4("127.0.0.1:0".parse().unwrap());
    let ends: Vec<(Fd, SocketAddress)> = (0..2)
        .map(|_| {
            let fd = sync::socket::datagram_socket(&any).unwrap();
            sync::socket::bind(fd, &any).unwrap();
            (fd, sync::socket::local_address(fd).unwrap())
        })
        .collect();
    let (here, there) = (ends[0].clone(), ends[1].clone());
    let receive = Op::RecvFrom {
        fd: there.0,
        buffer: Vec::with_capacity(2000),
    };
    let receive = bench.submit(receive, 1);
    let page = SendPage::of(pattern(1400));
    let sent = bench.run(Op::SendTo {
        fd: here.0,
        address: there.1,
        page,
    });
    assert_eq!(sent.result, 1400);
    let last = bench.last(receive);
    assert_eq!((last.result, bytes_of(&last)), (1400, &pattern(1400)[..]));
    let Payload::Datagram(_, Some(from)) = last.payload else {
        panic!("no sender")
    };
    assert_eq!(*from, here.1);
    for (fd, _) in ends {
        sync::file::close(fd).unwrap();
    }
}
