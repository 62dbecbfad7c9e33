//! The machine: its name, load, processors, network interfaces and users.

use crate::errno::Errno;
use crate::sync::call;
use std::ffi::CStr;

mod memory;
mod mounts;
mod network;

pub use memory::{Memory, cpu_quota, memory, usable_memory};
pub use mounts::Mounts;
pub use network::{Interface, interface_index, interface_name, interfaces};

/// Clock ticks a second in which /proc/stat counts: 100 on every Linux that reports to programs.
const TICK_MILLISECONDS: u64 = 10;
/// Bytes for the texts of one user; grown on demand up to the limit.
const USER_BYTES: usize = 2048;
const USER_BYTES_MAX: usize = 1 << 20;

/// uname(2).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Uname {
    pub system: Vec<u8>,
    pub host: Vec<u8>,
    pub release: Vec<u8>,
    pub version: Vec<u8>,
    pub machine: Vec<u8>,
}

pub fn uname() -> Result<Uname, Errno> {
    // SAFETY: plain bytes, for which zero is valid.
    let mut raw: libc::utsname = unsafe { std::mem::zeroed() };
    call!(uname(&raw mut raw))?;
    let text = |bytes: &[libc::c_char]| -> Vec<u8> {
        bytes
            .iter()
            .map(|&byte| byte as u8)
            .take_while(|&byte| byte != 0)
            .collect()
    };
    Ok(Uname {
        system: text(&raw.sysname),
        host: text(&raw.nodename),
        release: text(&raw.release),
        version: text(&raw.version),
        machine: text(&raw.machine),
    })
}

/// The machine's own name for itself.
pub fn name() -> Result<Vec<u8>, Errno> {
    uname().map(|uname| uname.host)
}

/// Version of the C library, e.g. `2.36`.
pub fn library_version() -> Vec<u8> {
    // SAFETY: takes nothing and gives a text that stays for the process's life.
    text(unsafe { libc::gnu_get_libc_version() })
}

/// Load over one, five and fifteen minutes.
pub fn load_average() -> [f64; 3] {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let mut fields = text.split(' ').map(|field| field.parse().unwrap_or(0.0));
    std::array::from_fn(|_| fields.next().unwrap_or(0.0))
}

/// Seconds since the machine started, sleep included.
pub fn uptime() -> f64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let asked = call!(clock_gettime(libc::CLOCK_BOOTTIME, &raw mut time));
    asked.expect("every Linux has this clock");
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// One processor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cpu {
    pub model: String,
    /// In MHz; 0 if unknown.
    pub speed: u64,
    /// Milliseconds in user, nice, sys, idle, irq.
    pub times: [u64; 5],
}

/// All processors that are on, in order of their numbers; none where /proc is missing.
pub fn cpus() -> Vec<Cpu> {
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let [stat, info] = ["/proc/stat", "/proc/cpuinfo"].map(|path| read(path).unwrap_or_default());
    let mut cpus = parse_cpus(&stat, &info);
    for (number, cpu) in &mut cpus {
        let path = format!("/sys/devices/system/cpu/cpu{number}/cpufreq/scaling_cur_freq");
        let kilohertz = read(&path).and_then(|text| text.trim().parse::<u64>().ok());
        cpu.speed = kilohertz.map_or(cpu.speed, |khz| khz / 1000);
    }
    cpus.into_iter().map(|(_, cpu)| cpu).collect()
}

fn parse_cpus(stat: &str, info: &str) -> Vec<(usize, Cpu)> {
    let lines = stat.lines().filter_map(|line| {
        let (number, rest) = line.strip_prefix("cpu")?.split_once(' ')?;
        let number: usize = number.parse().ok()?;
        let ticks: Vec<u64> = rest
            .split(' ')
            .filter_map(|field| field.parse().ok())
            .collect();
        Some((number, ticks))
    });
    let mut cpus: Vec<(usize, Cpu)> = lines
        .map(|(number, ticks)| {
            // user nice system idle iowait irq: waiting for disks is nobody's.
            let time = |index: usize| {
                ticks
                    .get(index)
                    .map_or(0, |ticks| ticks * TICK_MILLISECONDS)
            };
            let times = [time(0), time(1), time(2), time(3), time(5)];
            (
                number,
                Cpu {
                    model: "unknown".to_owned(),
                    speed: 0,
                    times,
                },
            )
        })
        .collect();
    let mut current = None;
    for line in info.lines() {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        let value = value.trim();
        match name.trim() {
            "processor" => {
                let number = value.parse().ok();
                current = cpus.iter().position(|(cpu, _)| Some(*cpu) == number);
            }
            "model name" | "Model" => {
                current
                    .into_iter()
                    .for_each(|at: usize| cpus[at].1.model = value.to_owned());
            }
            "cpu MHz" => {
                let speed = value.parse::<f64>().map_or(0, |mhz| mhz as u64);
                current
                    .into_iter()
                    .for_each(|at: usize| cpus[at].1.speed = speed);
            }
            _ => {}
        }
    }
    cpus
}

/// One entry of the user database.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct User {
    pub name: Vec<u8>,
    pub uid: u32,
    pub gid: u32,
    pub home: Vec<u8>,
    pub shell: Vec<u8>,
}

/// The user of that number, if the database has one.
pub fn user(id: u32) -> Option<User> {
    // SAFETY: numbers and pointers, for which zero is valid.
    let mut raw: libc::passwd = unsafe { std::mem::zeroed() };
    let mut found = std::ptr::null_mut();
    let mut texts = vec![0; USER_BYTES];
    loop {
        let (bytes, count) = (texts.as_mut_ptr(), texts.len());
        // SAFETY: all four are ours; the texts of `raw` will point into `texts`.
        let result = unsafe { libc::getpwuid_r(id, &raw mut raw, bytes, count, &raw mut found) };
        match Errno(result) {
            Errno(0) => break,
            Errno::ERANGE if count < USER_BYTES_MAX => texts.resize(count * 2, 0),
            Errno::EINTR => {}
            // Databases name a missing user in many ways; to Node all are ENOENT.
            _ => return None,
        }
    }
    if found.is_null() {
        return None;
    }
    Some(User {
        name: text(raw.pw_name),
        uid: raw.pw_uid,
        gid: raw.pw_gid,
        home: text(raw.pw_dir),
        shell: text(raw.pw_shell),
    })
}

fn text(pointer: *const libc::c_char) -> Vec<u8> {
    if pointer.is_null() {
        return Vec::new();
    }
    // SAFETY: a terminated text in memory of the caller, which outlives this call.
    unsafe { CStr::from_ptr(pointer) }.to_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine() {
        assert_eq!(uname().unwrap().system, b"Linux");
        assert!(uptime() > 0.0);
        assert!(load_average().iter().all(|load| *load >= 0.0));
        assert!(!cpus().is_empty());
        assert_eq!(user(0).unwrap().name, b"root");
        assert_eq!(user(u32::MAX - 7), None);
    }

    #[test]
    fn processors_are_parsed() {
        let stat = "cpu  9 9 9 9\ncpu0 1 2 3 4 5 6 7\ncpu2 10 0 0 0\nintr 5\n";
        let info = "processor\t: 0\nmodel name\t: Fast One\ncpu MHz\t\t: 2499.998\n\n\
                    processor\t: 2\nmodel name\t: Slow One\n";
        let cpus = parse_cpus(stat, info);
        assert_eq!(cpus.len(), 2);
        assert_eq!(cpus[0].1.model, "Fast One");
        assert_eq!(
            (cpus[0].1.speed, cpus[0].1.times),
            (2499, [10, 20, 30, 40, 60])
        );
        assert_eq!((cpus[1].0, cpus[1].1.model.as_str()), (2, "Slow One"));
    }
}
