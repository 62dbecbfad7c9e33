//! The smallest name server there is: every name has the address 127.0.0.1 and no other.

use crate::process;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

const HEAD_BYTES: usize = 12;
const TYPE_A: [u8; 2] = [0, 1];

pub struct Names {
    pub address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Names {
    pub fn start(cpu: u32) -> std::io::Result<Names> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.set_read_timeout(Some(Duration::from_millis(100)))?;
        let address = socket.local_addr()?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || match process::pin_this_thread(cpu) {
            Ok(()) => serve(&socket, &stopped),
            Err(error) => eprintln!("names: cannot stay on processor {cpu}: {error}"),
        });
        Ok(Names {
            address,
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the name server does not panic");
        }
    }
}

fn serve(socket: &UdpSocket, stop: &AtomicBool) {
    let mut scratch = [0; 512];
    while !stop.load(Ordering::Relaxed) {
        // Nothing came in time: the flag is looked at.
        let Ok((count, from)) = socket.recv_from(&mut scratch) else {
            continue;
        };
        if let Some(reply) = answer(&scratch[..count]) {
            // Who does not get it asks again.
            let _ = socket.send_to(&reply, from);
        }
    }
}

/// RFC 1035, 4.1: the head with our flags, the question as it came, and an address.
fn answer(question: &[u8]) -> Option<Vec<u8>> {
    let name = question
        .get(HEAD_BYTES..)?
        .iter()
        .position(|&byte| byte == 0)?;
    let end = HEAD_BYTES + name + 5;
    let asked = question.get(end - 4..end - 2)?;
    let count = u8::from(asked == TYPE_A);
    let mut reply = question.get(..end)?.to_vec();
    // A response, recursion desired and available; one question, `count` answers, nothing else.
    reply[2..HEAD_BYTES].copy_from_slice(&[0x81, 0x80, 0, 1, 0, count, 0, 0, 0, 0]);
    if count == 1 {
        // The name again by pointer, type and class, one minute, four bytes.
        reply.extend([
            0xc0,
            HEAD_BYTES as u8,
            0,
            1,
            0,
            1,
            0,
            0,
            0,
            60,
            0,
            4,
            127,
            0,
            0,
            1,
        ]);
    }
    Some(reply)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_answered() {
        let mut question = vec![7, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        question.extend(b"\x01a\x03org\x00\x00\x01\x00\x01");
        let reply = answer(&question).expect("a question");
        assert_eq!(reply[..8], [7, 9, 0x81, 0x80, 0, 1, 0, 1]);
        assert_eq!(reply[reply.len() - 4..], [127, 0, 0, 1]);
        let at = question.len() - 3;
        question[at] = 28;
        let reply = answer(&question).expect("a question");
        assert_eq!((reply[7], reply.len()), (0, question.len()));
        assert_eq!(answer(&question[..14]), None);
        assert_eq!(answer(&[]), None);
    }
}
