//! Network interfaces, from getifaddrs(3).

use super::text;
use crate::address::{RawAddress, SocketAddress};
use crate::sync::call;
use std::ffi::{CStr, CString};
use std::net::IpAddr;

/// sll_addr of struct sockaddr_ll starts here.
const HARDWARE_OFFSET: usize = std::mem::offset_of!(libc::sockaddr_ll, sll_addr);

/// One address of one interface that is up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Interface {
    pub name: String,
    pub address: IpAddr,
    pub netmask: IpAddr,
    /// Of IPv6 addresses; else 0.
    pub scope_id: u32,
    /// The hardware address.
    pub mac: [u8; 6],
    /// The loopback.
    pub internal: bool,
}

/// The number by which link-local addresses name an interface.
pub fn interface_index(name: &str) -> Option<u32> {
    let name = CString::new(name).ok()?;
    // SAFETY: a terminated text, which the call does not keep.
    let index = unsafe { libc::if_nametoindex(name.as_ptr()) };
    (index > 0).then_some(index)
}

/// The name of the interface with this number.
pub fn interface_name(index: u32) -> Option<String> {
    let mut name = [0u8; libc::IF_NAMESIZE];
    // SAFETY: the call writes a terminated name of at most IF_NAMESIZE bytes, or nothing.
    let found = unsafe { libc::if_indextoname(index, name.as_mut_ptr().cast()) };
    if found.is_null() {
        return None;
    }
    let name = CStr::from_bytes_until_nul(&name).ok()?;
    Some(name.to_string_lossy().into_owned())
}

/// All addresses of interfaces that are up and running; none if the kernel does not tell.
pub fn interfaces() -> Vec<Interface> {
    let mut first: *mut libc::ifaddrs = std::ptr::null_mut();
    if call!(getifaddrs(&raw mut first)).is_err() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut hardware = Vec::new();
    let mut at = first;
    while !at.is_null() {
        // SAFETY: an element of the list, which is freed below only.
        let element = unsafe { &*at };
        read(element, &mut found, &mut hardware);
        at = element.ifa_next;
    }
    // SAFETY: the list that getifaddrs made; nothing points into it any more.
    unsafe { libc::freeifaddrs(first) };
    for interface in &mut found {
        let own = hardware.iter().find(|(name, _)| *name == interface.name);
        interface.mac = own.map_or([0; 6], |(_, address)| *address);
    }
    found
}

fn read(
    element: &libc::ifaddrs,
    found: &mut Vec<Interface>,
    hardware: &mut Vec<(String, [u8; 6])>,
) {
    let is = |flag: i32| element.ifa_flags & flag as u32 != 0;
    if !is(libc::IFF_UP) || !is(libc::IFF_RUNNING) || element.ifa_addr.is_null() {
        return;
    }
    let name = String::from_utf8_lossy(&text(element.ifa_name)).into_owned();
    // SAFETY: every address starts with its family.
    let family = i32::from(unsafe { (*element.ifa_addr).sa_family });
    if family == libc::AF_PACKET {
        let start = element.ifa_addr.cast::<u8>().wrapping_add(HARDWARE_OFFSET);
        // SAFETY: of this family it is a struct sockaddr_ll, with 8 bytes at that place.
        hardware.push((name, unsafe { start.cast::<[u8; 6]>().read_unaligned() }));
        return;
    }
    let bytes = match family {
        libc::AF_INET => size_of::<libc::sockaddr_in>(),
        libc::AF_INET6 => size_of::<libc::sockaddr_in6>(),
        _ => return,
    };
    let Some((address, scope_id)) = ip(element.ifa_addr, bytes) else {
        return;
    };
    let Some((netmask, _)) = ip(element.ifa_netmask, bytes) else {
        return;
    };
    let internal = is(libc::IFF_LOOPBACK);
    found.push(Interface {
        name,
        address,
        netmask,
        scope_id,
        mac: [0; 6],
        internal,
    });
}

fn ip(address: *const libc::sockaddr, bytes: usize) -> Option<(IpAddr, u32)> {
    if address.is_null() {
        return None;
    }
    let mut raw = RawAddress::empty();
    // SAFETY: the family said that it is so many bytes long, and they fit any RawAddress.
    unsafe {
        address
            .cast::<u8>()
            .copy_to_nonoverlapping(raw.pointer_mut().cast(), bytes)
    };
    raw.count = bytes as libc::socklen_t;
    match raw.decode() {
        Ok(SocketAddress::V4(v4)) => Some((IpAddr::V4(*v4.ip()), 0)),
        Ok(SocketAddress::V6(v6)) => Some((IpAddr::V6(*v6.ip()), v6.scope_id())),
        Ok(SocketAddress::Unix(_)) | Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_there() {
        let all = interfaces();
        let loopback = all.iter().find(|interface| interface.name == "lo").unwrap();
        assert!(loopback.internal);
        assert_eq!(loopback.address, "127.0.0.1".parse::<IpAddr>().unwrap());
        assert_eq!(loopback.netmask, "255.0.0.0".parse::<IpAddr>().unwrap());
        assert_eq!(loopback.mac, [0; 6]);
        assert_eq!(interface_index("lo"), Some(1));
        assert_eq!(interface_index("none"), None);
    }
}
