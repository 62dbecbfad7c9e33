//! What the kernel says about processes: processor time, memory, and where they may run.
//! Reads /proc and asks `taskset`; nothing here is known to a server that is measured.

use std::fs;
use std::io::{Error, Result};
use std::process::{Command, Stdio};

/// Processor time that a process and all its descendants have used so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CpuTime {
    pub user_us: f64,
    pub system_us: f64,
    /// From the scheduler, in nanoseconds, of threads that still live. 0 if not kept.
    pub scheduled_us: f64,
}

impl CpuTime {
    /// The scheduler's nanoseconds, unless they miss threads that ended: then the ticks.
    pub fn total_us(&self) -> f64 {
        let ticks = self.user_us + self.system_us;
        if self.scheduled_us > 0.0 && self.scheduled_us + 2.0 * TICK_US >= ticks {
            self.scheduled_us
        } else {
            ticks
        }
    }

    pub fn since(&self, before: &CpuTime) -> CpuTime {
        CpuTime {
            user_us: self.user_us - before.user_us,
            system_us: self.system_us - before.system_us,
            scheduled_us: self.scheduled_us - before.scheduled_us,
        }
    }
}

/// Microseconds of one tick of /proc/PID/stat. The kernel's interface to user space has had
/// 100 ticks a second on every architecture we run on; `getconf CLK_TCK` agrees.
pub const TICK_US: f64 = 10_000.0;

/// A process and all its descendants, as they are now.
pub fn tree(root: u32) -> Vec<u32> {
    let mut parents: Vec<(u32, u32)> = Vec::new();
    let numbers = fs::read_dir("/proc").into_iter().flatten().flatten();
    for pid in numbers.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()) {
        if let Some(parent) = stat(pid).and_then(|fields| fields[1].parse().ok()) {
            parents.push((pid, parent));
        }
    }
    let mut found = vec![root];
    let mut at = 0;
    while at < found.len() {
        let parent = found[at];
        found.extend(
            parents
                .iter()
                .filter(|(_, p)| *p == parent)
                .map(|(pid, _)| *pid),
        );
        at += 1;
    }
    found
}

/// The fields of /proc/PID/stat after the name, which may hold anything: field 3 of the man
/// page (state) is index 0 here.
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    fields_after_name(&text)
}

fn fields_after_name(stat: &str) -> Option<Vec<String>> {
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<String> = rest.split_whitespace().map(str::to_string).collect();
    (fields.len() > 20).then_some(fields)
}

/// Time used by these processes: all their threads, dead ones included, and children that
/// were waited for.
pub fn cpu_time(pids: &[u32]) -> CpuTime {
    let mut sum = CpuTime::default();
    for &pid in pids {
        let Some(fields) = stat(pid) else { continue };
        let ticks = |index: usize| fields[index].parse::<f64>().unwrap_or(0.0) * TICK_US;
        // proc_pid_stat(5): utime 14, stime 15, cutime 16, cstime 17, counted from 1.
        sum.user_us += ticks(11) + ticks(13);
        sum.system_us += ticks(12) + ticks(14);
        sum.scheduled_us += scheduled_us(pid);
    }
    sum
}

fn scheduled_us(pid: u32) -> f64 {
    threads(&[pid]).iter().map(|thread| thread.ran_us).sum()
}

/// What the scheduler has given a thread so far, and for how long it was ready and had to wait.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Thread {
    id: u64,
    pub ran_us: f64,
    pub waited_us: f64,
}

pub fn threads(pids: &[u32]) -> Vec<Thread> {
    let folders = pids.iter().map(|pid| format!("/proc/{pid}/task"));
    let tasks = folders.flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten());
    let read = |task: fs::DirEntry| {
        let id = task.file_name().to_str()?.parse().ok()?;
        let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
        Some(thread(id, &text))
    };
    tasks.filter_map(read).collect()
}

pub fn own_thread() -> Thread {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    thread(0, &text)
}

/// Nanoseconds on a processor, nanoseconds of waiting for one, and how often.
fn thread(id: u64, schedstat: &str) -> Thread {
    let mut us = schedstat
        .split(' ')
        .map(|word| word.parse::<f64>().unwrap_or(0.0) / 1000.0);
    Thread {
        id,
        ran_us: us.next().unwrap_or(0.0),
        waited_us: us.next().unwrap_or(0.0),
    }
}

/// How long at least strangers had a processor that the busiest of these threads was ready for:
/// what it waited, less what the others of its program ran meanwhile.
pub fn crowded_us(before: &[Thread], after: &[Thread]) -> f64 {
    let ran = |thread: &Thread| {
        let same = before.iter().find(|former| former.id == thread.id);
        let former = same.copied().unwrap_or_default();
        (
            thread.ran_us - former.ran_us,
            thread.waited_us - former.waited_us,
        )
    };
    let shares: Vec<(f64, f64)> = after.iter().map(ran).collect();
    let total: f64 = shares.iter().map(|(ran, _)| ran).sum();
    let busiest = shares.into_iter().max_by(|a, b| a.0.total_cmp(&b.0));
    busiest.map_or(0.0, |(ran, waited)| (waited - (total - ran)).max(0.0))
}

/// How often threads gave up their processor, and lost it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Switches {
    pub voluntary: u64,
    pub involuntary: u64,
}

impl Switches {
    pub fn total(&self) -> u64 {
        self.voluntary + self.involuntary
    }

    /// Threads that ended meanwhile took their counts with them.
    pub fn since(&self, before: &Switches) -> Switches {
        Switches {
            voluntary: self.voluntary.saturating_sub(before.voluntary),
            involuntary: self.involuntary.saturating_sub(before.involuntary),
        }
    }
}

pub fn switches(pids: &[u32]) -> Switches {
    let mut sum = Switches::default();
    for pid in pids {
        let tasks = fs::read_dir(format!("/proc/{pid}/task"));
        for task in tasks.into_iter().flatten().flatten() {
            let text = fs::read_to_string(task.path().join("status")).unwrap_or_default();
            sum.voluntary += status_number(&text, "voluntary_ctxt_switches:");
            sum.involuntary += status_number(&text, "nonvoluntary_ctxt_switches:");
        }
    }
    sum
}

/// A number of /proc/PID/status; 0 if it is not there.
fn status_number(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let word = line.and_then(|line| line.split_whitespace().next());
    word.and_then(|word| word.parse().ok()).unwrap_or(0)
}

pub fn open_descriptors(pids: &[u32]) -> usize {
    let count = |pid: &u32| fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count);
    pids.iter().map(count).sum()
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    pub resident_bytes: u64,
    pub resident_peak_bytes: u64,
    pub threads: u64,
}

pub fn memory(pids: &[u32]) -> Memory {
    let mut sum = Memory::default();
    for pid in pids {
        let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        sum.resident_bytes += status_number(&text, "VmRSS:") * 1024;
        sum.resident_peak_bytes += status_number(&text, "VmHWM:") * 1024;
        sum.threads += status_number(&text, "Threads:");
    }
    sum
}

/// Time that the hypervisor took from processor `cpu` so far, in microseconds.
pub fn stolen_us(cpu: u32) -> f64 {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let name = format!("cpu{cpu} ");
    let line = text.lines().find_map(|line| line.strip_prefix(&name));
    let steal = line.and_then(|line| line.split_whitespace().nth(7)?.parse::<f64>().ok());
    steal.unwrap_or(0.0) * TICK_US
}

/// Keeps the calling thread, and what it starts from now on, on one processor.
pub fn pin_this_thread(cpu: u32) -> Result<()> {
    let link = fs::read_link("/proc/thread-self")?;
    let thread = link
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let thread = thread.ok_or_else(|| Error::other("/proc/thread-self names no thread"))?;
    let mut command = Command::new("taskset");
    command
        .args(["-c", "-p", &cpu.to_string(), &thread])
        .stdout(Stdio::null());
    let status = command.status()?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::other("taskset failed"))
    }
}

/// How many files this process may have open.
pub fn open_files_max() -> usize {
    let text = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(1024)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn names_with_brackets_do_not_confuse() {
        let tail = (0..30)
            .map(|number| format!(" {number}"))
            .collect::<String>();
        let fields = fields_after_name(&format!("12 (a) b) S{tail}")).expect("it is long enough");
        assert_eq!(fields[0], "S");
        assert_eq!(fields[1], "0");
        assert_eq!(fields_after_name("12 (a) S 1"), None);
    }

    #[test]
    fn strangers_are_told_from_helpers() {
        let at = |id: u64, ran_us: f64, waited_us: f64| Thread {
            id,
            ran_us,
            waited_us,
        };
        let before = [at(1, 100.0, 10.0), at(2, 0.0, 0.0)];
        let after = [at(2, 30.0, 500.0), at(1, 1100.0, 60.0), at(3, 5.0, 0.0)];
        // It waited 50, and for 35 of these its own helpers ran.
        assert_eq!(crowded_us(&before, &after), 15.0);
        assert_eq!(crowded_us(&after, &after), 0.0);
        assert_eq!(crowded_us(&[], &[]), 0.0);
        assert_eq!(thread(7, "2000 1000 9\n"), at(7, 2.0, 1.0));
    }

    #[test]
    fn own_time_grows_and_children_are_found() {
        let own = std::process::id();
        let before = cpu_time(&[own]);
        let start = Instant::now();
        // Others may have the processor meanwhile.
        let used = || cpu_time(&[own]).since(&before).total_us();
        while used() < 2.0 * TICK_US {
            assert!(start.elapsed() < Duration::from_secs(30));
        }
        let mut child = Command::new("sleep")
            .arg("5")
            .spawn()
            .expect("sleep exists");
        assert!(tree(own).contains(&child.id()));
        child
            .kill()
            .and_then(|()| child.wait())
            .expect("the child is ours");
        assert!(memory(&[own]).resident_bytes > 100_000);
        assert!(switches(&[own]).total() > 0);
        assert!(open_descriptors(&[own]) >= 3);
        assert!(open_files_max() >= 64);
    }
}
