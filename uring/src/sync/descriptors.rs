//! Descriptors that travel between processes: SCM_RIGHTS over a unix stream socket (unix(7)).

use crate::errno::Errno;
use crate::fd::Fd;
use crate::sync::{call, retried};

/// Descriptors taken with one message; a sender that sends more loses the rest.
const DESCRIPTORS_MAX: usize = 64;
const DESCRIPTOR_BYTES: u32 = size_of::<i32>() as u32;
/// cmsghdr is aligned as usize.
const ANCILLARY_WORDS: usize = 40;

type Ancillary = [usize; ANCILLARY_WORDS];

fn space(count: usize) -> usize {
    // SAFETY: arithmetic only.
    unsafe { libc::CMSG_SPACE(count as u32 * DESCRIPTOR_BYTES) as usize }
}

fn header(bytes: &mut libc::iovec, ancillary: &mut Ancillary, count: usize) -> libc::msghdr {
    // SAFETY: plain numbers and pointers, for which zero is valid.
    let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
    header.msg_iov = &raw mut *bytes;
    header.msg_iovlen = 1;
    assert!(space(count) <= size_of::<Ancillary>());
    header.msg_control = ancillary.as_mut_ptr().cast();
    header.msg_controllen = space(count);
    header
}

/// Sends without waiting, and a descriptor with the first byte. EAGAIN: no room, nothing sent.
pub fn send(fd: Fd, bytes: &[u8], descriptor: Option<Fd>) -> Result<usize, Errno> {
    let Some(descriptor) = descriptor else {
        return crate::sync::socket::send_now(fd, bytes);
    };
    let mut piece = libc::iovec {
        iov_base: bytes.as_ptr().cast_mut().cast(),
        iov_len: bytes.len(),
    };
    let mut ancillary: Ancillary = [0; ANCILLARY_WORDS];
    let message = header(&mut piece, &mut ancillary, 1);
    // SAFETY: the header names `ancillary`, which has room for one.
    let entry = unsafe { libc::CMSG_FIRSTHDR(&raw const message) };
    assert!(!entry.is_null());
    // SAFETY: arithmetic only.
    let count = unsafe { libc::CMSG_LEN(DESCRIPTOR_BYTES) };
    let head = libc::cmsghdr {
        cmsg_len: count as usize,
        cmsg_level: libc::SOL_SOCKET,
        cmsg_type: libc::SCM_RIGHTS,
    };
    // SAFETY: entry is the aligned start of `ancillary`.
    unsafe { entry.write(head) };
    // SAFETY: the room behind the header, inside `ancillary`.
    let data = unsafe { libc::CMSG_DATA(entry) };
    // SAFETY: room for one descriptor.
    unsafe { data.cast::<i32>().write_unaligned(descriptor.raw()) };
    let flags = libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT;
    let sent = retried(|| call!(sendmsg(fd.raw(), &raw const message, flags)));
    sent.map(|count| count as usize)
}

/// A descriptor that is readable whenever `fd` is, and does not keep it open: a ring that polls
/// `fd` itself would hold on to it for some milliseconds after the process has ended, and the
/// peer would hear of the end only then.
pub fn watcher(fd: Fd) -> Result<Fd, Errno> {
    let watcher = call!(epoll_create1(libc::EPOLL_CLOEXEC)).map(Fd::new)?;
    let mut event = libc::epoll_event {
        events: libc::EPOLLIN as u32,
        u64: 0,
    };
    let (number, address) = (watcher.raw(), &raw mut event);
    match call!(epoll_ctl(number, libc::EPOLL_CTL_ADD, fd.raw(), address)) {
        Ok(_) => Ok(watcher),
        Err(errno) => {
            crate::flight::close_quietly(watcher);
            Err(errno)
        }
    }
}

/// Receives without waiting; descriptors that came along go to `into` and are the caller's.
/// 0 is the end of the stream, EAGAIN nothing yet.
pub fn receive(fd: Fd, bytes: &mut [u8], into: &mut Vec<Fd>) -> Result<usize, Errno> {
    let mut piece = libc::iovec {
        iov_base: bytes.as_mut_ptr().cast(),
        iov_len: bytes.len(),
    };
    let mut ancillary: Ancillary = [0; ANCILLARY_WORDS];
    let mut message = header(&mut piece, &mut ancillary, DESCRIPTORS_MAX);
    let flags = libc::MSG_DONTWAIT | libc::MSG_CMSG_CLOEXEC;
    let count = retried(|| call!(recvmsg(fd.raw(), &raw mut message, flags)))?;
    // SAFETY: the kernel has written msg_controllen bytes of entries to `ancillary`.
    let mut entry = unsafe { libc::CMSG_FIRSTHDR(&raw const message) };
    while !entry.is_null() {
        // SAFETY: CMSG_FIRSTHDR and CMSG_NXTHDR give whole headers, or null.
        let head = unsafe { entry.read() };
        if (head.cmsg_level, head.cmsg_type) == (libc::SOL_SOCKET, libc::SCM_RIGHTS) {
            // SAFETY: arithmetic only.
            let head_bytes = unsafe { libc::CMSG_LEN(0) } as usize;
            // SAFETY: the data of a whole entry.
            let data = unsafe { libc::CMSG_DATA(entry) }.cast::<i32>();
            for index in 0..(head.cmsg_len - head_bytes) / DESCRIPTOR_BYTES as usize {
                // The kernel wrote that many descriptors.
                let place = data.wrapping_add(index);
                // SAFETY: inside the entry's data.
                let raw = unsafe { place.read_unaligned() };
                into.push(Fd::new(raw));
            }
        }
        // SAFETY: as above.
        entry = unsafe { libc::CMSG_NXTHDR(&raw const message, entry) };
    }
    Ok(count as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::{file, socket};

    #[test]
    fn a_descriptor_travels() {
        let (ours, theirs) = socket::pair().unwrap();
        let (read, write) = file::pipe().unwrap();
        assert_eq!(send(ours, b"no", None), Ok(2));
        assert_eq!(send(ours, b"with", Some(write)), Ok(4));
        assert_eq!(send(ours, b"again", None), Ok(5));
        file::close(write).unwrap();
        let mut bytes = [0; 64];
        let mut taken = Vec::new();
        let mut text = Vec::new();
        while let Ok(count) = receive(theirs, &mut bytes, &mut taken) {
            text.extend_from_slice(&bytes[..count]);
        }
        assert_eq!(text, b"nowithagain");
        assert_eq!(taken.len(), 1);
        file::write(taken[0], b"through", None).unwrap();
        file::close(taken[0]).unwrap();
        assert_eq!(file::read_whole_fd(read).unwrap(), b"through");
        file::close(ours).unwrap();
        assert_eq!(receive(theirs, &mut bytes, &mut taken), Ok(0));
        file::close(theirs).unwrap();
        file::close(read).unwrap();
    }
}
