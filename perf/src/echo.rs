//! The smallest server there is: it answers every request head with the same bytes. The ceiling
//! of the generator is measured against it, and the generator is tested against it. It is a
//! thread of this process, so it is no peer and no baseline.

use crate::process;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const REPLY: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\
    Date: Thu, 01 Jan 1970 00:00:00 GMT\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\
    Content-Length: 11\r\n\r\nHello World";
pub const BODY_BYTES: u64 = 11;

pub struct Echo {
    pub address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Echo {
    /// Starts on a free port. With a stall, the server does nothing for that time, once, 100 ms
    /// after its first request.
    #[cfg(test)]
    pub fn start(stall: Option<Duration>) -> std::io::Result<Echo> {
        Echo::start_with(move |listener, stop| serve(listener, stall, stop))
    }

    /// Starts on a free port, with its thread on one processor.
    pub fn start_on(cpu: u32) -> std::io::Result<Echo> {
        Echo::start_with(move |listener, stop| match process::pin_this_thread(cpu) {
            Ok(()) => serve(listener, None, stop),
            Err(error) => eprintln!("echo: cannot stay on processor {cpu}: {error}"),
        })
    }

    fn start_with<F>(body: F) -> std::io::Result<Echo>
    where
        F: FnOnce(&TcpListener, &AtomicBool) + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || body(&listener, &stopped));
        Ok(Echo {
            address,
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the server does not panic");
        }
    }
}

fn serve(listener: &TcpListener, mut stall: Option<Duration>, stop: &AtomicBool) {
    let mut streams: Vec<TcpStream> = Vec::new();
    let mut scratch = [0; 4096];
    let mut first_request = None;
    while !stop.load(Ordering::Relaxed) {
        if let Ok((stream, _)) = listener.accept() {
            let ready = stream
                .set_nodelay(true)
                .and_then(|()| stream.set_nonblocking(true));
            if ready.is_ok() {
                streams.push(stream);
            }
        }
        for _ in 0..16 {
            streams.retain_mut(|stream| match stream.read(&mut scratch) {
                Ok(0) => false,
                Ok(_) => {
                    first_request.get_or_insert_with(Instant::now);
                    stream.write_all(REPLY).is_ok()
                }
                Err(error) => error.kind() == ErrorKind::WouldBlock,
            });
        }
        let due = first_request.is_some_and(|at: Instant| at.elapsed().as_millis() >= 100);
        if due && let Some(pause) = stall.take() {
            std::thread::sleep(pause);
        }
        std::thread::yield_now();
    }
}
