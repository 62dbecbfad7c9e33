//! Binding `os`, in Node's shape where lib_js expects it: facts about the machine.

use coring_engine::{Js, ops};
use coring_uring::{Errno, sync};

use crate::Natives;

ops! { os(Natives) {
    slow getHostname();
    /// Version of the C library.
    slow getLibraryVersion();
    slow getOSInformation();
    slow getHomeDirectory();
    slow getLoadAvg();
    slow getUptime();
    slow getTotalMem();
    slow getFreeMem();
    slow getCPUs();
    slow getInterfaceAddresses();
    slow getAvailableParallelism();
    slow getUserInfo();
    slow getPriority(pid: i32);
    slow setPriority(pid: i32, priority: i32);
} }

fn utf8(bytes: &[u8]) -> Js {
    Js::Text(String::from_utf8_lossy(bytes).into_owned())
}

fn failed(errno: Errno) -> Js {
    Js::from(errno.result())
}

#[allow(non_snake_case)]
fn getLibraryVersion(_: &mut Natives) -> Js {
    utf8(&sync::host::library_version())
}

#[allow(non_snake_case)]
fn getHostname(_: &mut Natives) -> Js {
    sync::host::name().map_or_else(failed, |name| utf8(&name))
}

/// [sysname, version, release, machine]
#[allow(non_snake_case)]
fn getOSInformation(_: &mut Natives) -> Js {
    sync::host::uname().map_or_else(failed, |names| {
        let names = [
            &names.system,
            &names.version,
            &names.release,
            &names.machine,
        ];
        Js::List(names.map(|name| utf8(name)).to_vec())
    })
}

#[allow(non_snake_case)]
fn getHomeDirectory(natives: &mut Natives) -> Js {
    if let Some(home) = natives.environment.get("HOME") {
        return Js::Text(home);
    }
    match sync::host::user(sync::process::user_id()) {
        Some(user) => utf8(&user.home),
        None => failed(Errno::ENOENT),
    }
}

#[allow(non_snake_case)]
fn getLoadAvg(_: &mut Natives) -> Js {
    Js::Doubles(sync::host::load_average().to_vec())
}

#[allow(non_snake_case)]
fn getUptime(_: &mut Natives) -> f64 {
    sync::host::uptime()
}

#[allow(non_snake_case)]
fn getTotalMem(_: &mut Natives) -> f64 {
    sync::host::memory().total as f64
}

#[allow(non_snake_case)]
fn getFreeMem(_: &mut Natives) -> f64 {
    sync::host::memory().available as f64
}

/// Flat: model, speed (MHz), user, nice, sys, idle, irq (ms), for each CPU.
#[allow(non_snake_case)]
fn getCPUs(_: &mut Natives) -> Js {
    let mut flat = Vec::new();
    for cpu in sync::host::cpus() {
        flat.push(Js::from(cpu.model));
        flat.push(Js::Number(cpu.speed as f64));
        flat.extend(cpu.times.iter().map(|time| Js::Number(*time as f64)));
    }
    Js::List(flat)
}

/// Flat: name, address, netmask, family, mac, internal, scope id (-1 for IPv4), for each address.
#[allow(non_snake_case)]
fn getInterfaceAddresses(_: &mut Natives) -> Js {
    let mut flat = Vec::new();
    for interface in sync::host::interfaces() {
        flat.push(Js::Text(interface.name));
        flat.push(Js::Text(interface.address.to_string()));
        flat.push(Js::Text(interface.netmask.to_string()));
        let (family, scope) = match interface.address {
            std::net::IpAddr::V4(_) => ("IPv4", -1),
            std::net::IpAddr::V6(_) => ("IPv6", interface.scope_id as i32),
        };
        flat.push(Js::from(family));
        let mac = interface.mac.map(|byte| format!("{byte:02x}")).join(":");
        flat.push(Js::Text(mac));
        flat.push(Js::Bool(interface.internal));
        flat.push(Js::from(scope));
    }
    Js::List(flat)
}

#[allow(non_snake_case)]
fn getAvailableParallelism(_: &mut Natives) -> i32 {
    sync::process::affinity().len().max(1) as i32
}

/// [username, uid, gid, homedir, shell] or -errno.
#[allow(non_snake_case)]
fn getUserInfo(_: &mut Natives) -> Js {
    match sync::host::user(sync::process::user_id()) {
        Some(user) => Js::List(vec![
            utf8(&user.name),
            Js::from(user.uid),
            Js::from(user.gid),
            utf8(&user.home),
            utf8(&user.shell),
        ]),
        None => failed(Errno::ENOENT),
    }
}

#[allow(non_snake_case)]
fn getPriority(_: &mut Natives, pid: i32) -> Js {
    match sync::process::priority(pid) {
        Ok(priority) => Js::from(priority),
        // A priority may be negative itself: errors come as text.
        Err(errno) => Js::from(errno.name()),
    }
}

#[allow(non_snake_case)]
fn setPriority(_: &mut Natives, pid: i32, priority: i32) -> i32 {
    sync::process::set_priority(pid, priority).map_or_else(|errno| errno.result(), |()| 0)
}
