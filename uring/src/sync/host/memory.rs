//! Memory and processor time, of the machine and of the control groups around this process.

use std::fs::File;
use std::io::Read;

const MEMINFO: &str = "/proc/meminfo";
const CGROUP_ROOT: &str = "/sys/fs/cgroup";

/// More than any file here has, usually.
const FILE_BYTES: usize = 4096;

/// Memory in bytes.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct Memory {
    pub total: u64,
    /// What nobody uses at all.
    pub free: u64,
    /// What programs can still get without swapping; Node's `os.freemem()`.
    pub available: u64,
    /// The tightest limit of the control groups around us; `u64::MAX` if they set none, 0 if there
    /// are none (as Node's `process.constrainedMemory()` has it).
    pub constrained: u64,
    /// What this process can still get: `available`, or what its control group has left.
    pub available_here: u64,
}

/// All zero where /proc is missing.
pub fn memory() -> Memory {
    let text = read(MEMINFO).unwrap_or_default();
    let groups = Groups::of_this_process();
    summarize(&text, groups.memory_limit(), groups.memory_used())
}

/// What this process may have at most: the machine's memory, or what its control group allows; 0
/// where nobody says. Asked at every start, so it asks for nothing else.
pub fn usable_memory() -> u64 {
    let total = meminfo_bytes(&read(MEMINFO).unwrap_or_default(), "MemTotal:").unwrap_or(0);
    match Groups::of_this_process().memory_limit() {
        0 => total,
        limit => limit.min(total),
    }
}

fn meminfo_bytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_ascii_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}

fn summarize(meminfo: &str, constrained: u64, used: Option<u64>) -> Memory {
    let bytes = |name: &str| meminfo_bytes(meminfo, name);
    let total = bytes("MemTotal:").unwrap_or(0);
    let free = bytes("MemFree:").unwrap_or(0);
    let available = bytes("MemAvailable:").unwrap_or(free);
    let is_limited = 0 < constrained && constrained <= total;
    let available_here = if is_limited {
        constrained.saturating_sub(used.unwrap_or(0))
    } else {
        available
    };
    Memory {
        total,
        free,
        available,
        constrained,
        available_here,
    }
}

/// Processors' worth of time that the container may use, if that is limited: 1.5 is one and a half.
pub fn cpu_quota() -> Option<f64> {
    Groups::of_this_process().cpu_quota()
}

/// Folders of the control groups that limit this process, innermost first.
struct Groups {
    /// cgroup v2, or the memory controller of v1.
    memory: Vec<String>,
    cpu: Vec<String>,
    unified: bool,
}

/// v1 says "no limit" by the largest multiple of a page.
fn is_limit(bytes: &u64) -> bool {
    *bytes < i64::MAX as u64 & !0xffff
}

impl Groups {
    fn of_this_process() -> Groups {
        Groups::parse(&read("/proc/self/cgroup").unwrap_or_default(), CGROUP_ROOT)
    }

    /// Lines are `id:controllers:path`; v2 has the one line `0::path`.
    fn parse(text: &str, root: &str) -> Groups {
        let lines: Vec<Vec<&str>> = text
            .lines()
            .map(|line| line.splitn(3, ':').collect())
            .collect();
        let v1 = |controller: &str| {
            let has = |line: &&Vec<&str>| {
                line.len() == 3 && line[1].split(',').any(|name| name == controller)
            };
            lines
                .iter()
                .find(has)
                .map(|line| ancestors(&format!("{root}/{controller}"), line[2]))
        };
        let unified = lines.iter().find(|line| line.len() == 3 && line[0] == "0");
        match (unified, v1("memory"), v1("cpu")) {
            (Some(line), None, None) => {
                let folders = ancestors(root, line[2]);
                Groups {
                    memory: folders.clone(),
                    cpu: folders,
                    unified: true,
                }
            }
            (_, memory, cpu) => Groups {
                memory: memory.unwrap_or_default(),
                cpu: cpu.unwrap_or_default(),
                unified: false,
            },
        }
    }

    fn memory_limit(&self) -> u64 {
        let names: &[&str] = if self.unified {
            &["memory.max", "memory.high"]
        } else {
            &["memory.limit_in_bytes"]
        };
        let limits = self.memory.iter().flat_map(|folder| {
            names
                .iter()
                .filter_map(move |name| number(&format!("{folder}/{name}")))
        });
        let none = if self.memory.is_empty() { 0 } else { u64::MAX };
        limits.min().filter(is_limit).unwrap_or(none)
    }

    fn memory_used(&self) -> Option<u64> {
        let name = if self.unified {
            "memory.current"
        } else {
            "memory.usage_in_bytes"
        };
        self.memory
            .iter()
            .find_map(|folder| number(&format!("{folder}/{name}")))
    }

    fn cpu_quota(&self) -> Option<f64> {
        let quotas = self.cpu.iter().filter_map(|folder| {
            if self.unified {
                return quota(&read(&format!("{folder}/cpu.max"))?);
            }
            let quota = number(&format!("{folder}/cpu.cfs_quota_us"))?;
            let period = number(&format!("{folder}/cpu.cfs_period_us"))?;
            (period > 0).then(|| quota as f64 / period as f64)
        });
        quotas.reduce(f64::min)
    }
}

/// `cpu.max`: quota and period in microseconds, or `max` for no quota.
fn quota(text: &str) -> Option<f64> {
    let (quota, period) = text.trim().split_once(' ')?;
    let (quota, period): (f64, f64) = (quota.parse().ok()?, period.parse().ok()?);
    (period > 0.0).then_some(quota / period)
}

/// The folder of a group and of all around it. Inside a container the path may be the host's, of
/// which only the root exists here; missing folders limit nothing.
fn ancestors(root: &str, path: &str) -> Vec<String> {
    let mut folders = Vec::new();
    let mut rest = path.trim_end_matches('/');
    while !rest.is_empty() {
        folders.push(format!("{root}{rest}"));
        rest = rest.rsplit_once('/').map_or("", |(parent, _)| parent);
    }
    folders.push(root.to_owned());
    folders
}

/// A number in a file; none for `max`, -1, or no file.
fn number(path: &str) -> Option<u64> {
    read(path)?.trim().parse().ok()
}

fn read(path: &str) -> Option<String> {
    // The kernel's files do not say how long they are: without room they are read in small pieces.
    let mut text = String::with_capacity(FILE_BYTES);
    File::open(path).ok()?.read_to_string(&mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine() {
        let memory = memory();
        assert!(memory.available <= memory.total);
        assert!(memory.available_here <= memory.total);
        assert!(0 < usable_memory() && usable_memory() <= memory.total);
        assert!(memory.free > 0);
    }

    #[test]
    fn containers_have_less() {
        let text = "MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 500 kB\n";
        let kib = |count: u64| count * 1024;
        let left = |constrained, used| summarize(text, constrained, used).available_here;
        assert_eq!(left(u64::MAX, Some(7)), kib(500));
        assert_eq!(left(0, None), kib(500));
        assert_eq!(left(kib(200), Some(kib(50))), kib(150));
        assert_eq!(left(kib(200), Some(kib(250))), 0);
    }

    #[test]
    fn groups_of_both_versions() {
        let v2 = Groups::parse("0::/a/b\n", "/r");
        assert!(v2.unified);
        assert_eq!(v2.cpu, ["/r/a/b", "/r/a", "/r"]);
        let v1 = Groups::parse("5:cpu,cpuacct:/x\n3:memory:/\n0::/\n", "/r");
        assert!(!v1.unified);
        assert_eq!(
            (v1.cpu, v1.memory),
            (
                vec!["/r/cpu/x".into(), "/r/cpu".into()],
                vec!["/r/memory".to_owned()]
            )
        );
        assert!(Groups::parse("", "/r").memory.is_empty());
    }

    #[test]
    fn limits_are_the_tightest() {
        let root = std::env::temp_dir().join(format!("coring-groups-{}", std::process::id()));
        let inner = root.join("a");
        std::fs::create_dir_all(&inner).unwrap();
        std::fs::write(inner.join("memory.max"), "max\n").unwrap();
        std::fs::write(inner.join("memory.current"), "77\n").unwrap();
        std::fs::write(inner.join("cpu.max"), "150000 100000\n").unwrap();
        std::fs::write(root.join("memory.max"), "1000\n").unwrap();
        std::fs::write(root.join("cpu.max"), "max 100000\n").unwrap();
        let groups = Groups::parse("0::/a", root.to_str().unwrap());
        assert_eq!(groups.memory_limit(), 1000);
        assert_eq!(groups.memory_used(), Some(77));
        assert_eq!(groups.cpu_quota(), Some(1.5));
        std::fs::remove_dir_all(root).unwrap();
    }
}
