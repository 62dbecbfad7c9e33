//! Socket addresses, between Rust's types and the kernel's bytes.
//!
//! ```text
//! sockaddr_in   family:2  port:2 (big endian)  address:4
//! sockaddr_in6  family:2  port:2 (big endian)  flow:4 (big endian)  address:16  scope:4
//! sockaddr_un   family:2  path: up to 108, abstract names start with a zero byte
//! ```

use crate::errno::Errno;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

const PATH_START: usize = 2;
/// sun_path of unix(7), without room for a terminator: Linux takes an unterminated one.
const PATH_BYTES_MAX: usize = 108;
const RAW_BYTES: usize = size_of::<libc::sockaddr_storage>();
const _: () = assert!(PATH_START + PATH_BYTES_MAX <= RAW_BYTES);
const _: () = assert!(size_of::<libc::sockaddr_in>() == 16);
const _: () = assert!(size_of::<libc::sockaddr_in6>() == 28);

/// Where a socket is or points to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SocketAddress {
    V4(SocketAddrV4),
    /// With the scope id of link-local addresses.
    V6(SocketAddrV6),
    /// Path bytes. Empty is an unnamed socket, a leading zero byte an abstract name.
    Unix(Vec<u8>),
}

impl From<SocketAddr> for SocketAddress {
    fn from(address: SocketAddr) -> SocketAddress {
        match address {
            SocketAddr::V4(v4) => SocketAddress::V4(v4),
            SocketAddr::V6(v6) => SocketAddress::V6(v6),
        }
    }
}

impl SocketAddress {
    pub(crate) fn family(&self) -> libc::c_int {
        match self {
            SocketAddress::V4(_) => libc::AF_INET,
            SocketAddress::V6(_) => libc::AF_INET6,
            SocketAddress::Unix(_) => libc::AF_UNIX,
        }
    }
}

/// An address in the kernel's layout, large enough for any family.
#[repr(C, align(8))]
#[derive(Clone)]
pub(crate) struct RawAddress {
    bytes: [u8; RAW_BYTES],
    pub(crate) count: libc::socklen_t,
}

impl RawAddress {
    /// Room for the kernel to write any address into.
    pub(crate) fn empty() -> RawAddress {
        RawAddress {
            bytes: [0; RAW_BYTES],
            count: RAW_BYTES as libc::socklen_t,
        }
    }

    pub(crate) fn new(address: &SocketAddress) -> Result<RawAddress, Errno> {
        let mut raw = RawAddress::empty();
        raw.bytes[..2].copy_from_slice(&(address.family() as u16).to_ne_bytes());
        let count = match address {
            SocketAddress::V4(v4) => {
                raw.bytes[2..4].copy_from_slice(&v4.port().to_be_bytes());
                raw.bytes[4..8].copy_from_slice(&v4.ip().octets());
                size_of::<libc::sockaddr_in>()
            }
            SocketAddress::V6(v6) => {
                raw.bytes[2..4].copy_from_slice(&v6.port().to_be_bytes());
                raw.bytes[4..8].copy_from_slice(&v6.flowinfo().to_be_bytes());
                raw.bytes[8..24].copy_from_slice(&v6.ip().octets());
                raw.bytes[24..28].copy_from_slice(&v6.scope_id().to_ne_bytes());
                size_of::<libc::sockaddr_in6>()
            }
            SocketAddress::Unix(path) => {
                if path.len() > PATH_BYTES_MAX {
                    return Err(Errno::ENAMETOOLONG);
                }
                raw.bytes[PATH_START..PATH_START + path.len()].copy_from_slice(path);
                PATH_START + path.len()
            }
        };
        raw.count = count as libc::socklen_t;
        Ok(raw)
    }

    pub(crate) fn pointer(&self) -> *const libc::sockaddr {
        self.bytes.as_ptr().cast()
    }

    pub(crate) fn pointer_mut(&mut self) -> *mut libc::sockaddr {
        self.bytes.as_mut_ptr().cast()
    }

    /// Reads back what the kernel wrote; families other than ours are -EAFNOSUPPORT.
    pub(crate) fn decode(&self) -> Result<SocketAddress, Errno> {
        let count = (self.count as usize).min(RAW_BYTES);
        let bytes = &self.bytes[..];
        if count < PATH_START {
            return Ok(SocketAddress::Unix(Vec::new()));
        }
        let port = u16::from_be_bytes([bytes[2], bytes[3]]);
        match i32::from(u16::from_ne_bytes([bytes[0], bytes[1]])) {
            libc::AF_INET => {
                let ip: [u8; 4] = bytes[4..8].try_into().expect("4 bytes");
                Ok(SocketAddress::V4(SocketAddrV4::new(
                    Ipv4Addr::from(ip),
                    port,
                )))
            }
            libc::AF_INET6 => {
                let flow = u32::from_be_bytes(bytes[4..8].try_into().expect("4 bytes"));
                let ip: [u8; 16] = bytes[8..24].try_into().expect("16 bytes");
                let scope = u32::from_ne_bytes(bytes[24..28].try_into().expect("4 bytes"));
                Ok(SocketAddress::V6(SocketAddrV6::new(
                    Ipv6Addr::from(ip),
                    port,
                    flow,
                    scope,
                )))
            }
            libc::AF_UNIX => {
                let path = &bytes[PATH_START..count];
                // Only a path ends at the first zero: an abstract name may hold zeros.
                let is_abstract = path.first() == Some(&0);
                let end = path
                    .iter()
                    .position(|&byte| byte == 0)
                    .unwrap_or(path.len());
                let path = if is_abstract { path } else { &path[..end] };
                Ok(SocketAddress::Unix(path.to_vec()))
            }
            _ => Err(Errno::EAFNOSUPPORT),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_survive_the_kernel_layout() {
        let v6 = SocketAddrV6::new("fe80::1".parse().unwrap(), 8080, 7, 3);
        for address in [
            SocketAddress::V4("127.0.0.1:80".parse().unwrap()),
            SocketAddress::V6(v6),
            SocketAddress::Unix(b"/run/a.sock".to_vec()),
            SocketAddress::Unix(b"\0abstract\0name".to_vec()),
            SocketAddress::Unix(Vec::new()),
        ] {
            assert_eq!(RawAddress::new(&address).unwrap().decode(), Ok(address));
        }
        let longest = SocketAddress::Unix(vec![b'x'; PATH_BYTES_MAX]);
        assert_eq!(RawAddress::new(&longest).unwrap().decode(), Ok(longest));
        let too_long = SocketAddress::Unix(vec![b'x'; PATH_BYTES_MAX + 1]);
        assert_eq!(RawAddress::new(&too_long).err(), Some(Errno::ENAMETOOLONG));
    }
}
