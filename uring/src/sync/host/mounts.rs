//! What is mounted: file systems of which each call may have to ask a network or another program.

use std::fs;

/// File systems whose calls ask nobody: on a disk of this machine, or in memory. Whatever is not
/// here is taken to be slow. (autofs only mounts others, and nothing that is remembered asks it.)
const LOCAL: &[&str] = &[
    "apparmorfs",
    "autofs",
    "bcachefs",
    "binfmt_misc",
    "bpf",
    "btrfs",
    "cgroup",
    "cgroup2",
    "configfs",
    "debugfs",
    "devpts",
    "devtmpfs",
    "efivarfs",
    "erofs",
    "exfat",
    "ext2",
    "ext3",
    "ext4",
    "f2fs",
    "fusectl",
    "hugetlbfs",
    "iso9660",
    "jfs",
    "mqueue",
    "nsfs",
    "nvram",
    "overlay",
    "proc",
    "pstore",
    "ramfs",
    "rpc_pipefs",
    "securityfs",
    "selinuxfs",
    "smackfs",
    "squashfs",
    "sysfs",
    "tmpfs",
    "tracefs",
    "udf",
    "vfat",
    "xfs",
    "zfs",
];

/// What this process sees mounted, at one moment.
#[derive(Default)]
pub struct Mounts {
    are_all_local: bool,
    /// Numbers of mounts, as statx(2) tells them.
    local: Vec<u64>,
}

impl Mounts {
    /// If it cannot be told, nothing is local.
    pub fn now() -> Mounts {
        let text = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        Mounts::of(&text)
    }

    fn of(text: &str) -> Mounts {
        let local = text.lines().filter(|line| is_local(line));
        Mounts {
            are_all_local: !text.is_empty() && text.lines().all(is_local),
            local: local.filter_map(number).collect(),
        }
    }

    pub fn are_all_local(&self) -> bool {
        self.are_all_local
    }

    pub fn is_local(&self, mount: u64) -> bool {
        self.local.contains(&mount)
    }
}

fn number(line: &str) -> Option<u64> {
    line.split(' ').next()?.parse().ok()
}

/// A line of /proc/self/mountinfo: the type stands behind " - ".
fn is_local(line: &str) -> bool {
    let rest = line.split_once(" - ").map(|(_, rest)| rest);
    let kind = rest.and_then(|rest| rest.split(' ').next());
    kind.is_some_and(|kind| LOCAL.contains(&kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let check = |kind: &str, local: bool| {
            let line = format!("36 35 98:0 / /mnt rw,noatime master:1 - {kind} /dev/root rw");
            assert_eq!(is_local(&line), local, "{kind}");
        };
        for kind in ["ext4", "tmpfs", "overlay", "proc"] {
            check(kind, true);
        }
        for kind in [
            "nfs4",
            "cifs",
            "fuse",
            "fuse.sshfs",
            "9p",
            "virtiofs",
            "new",
        ] {
            check(kind, false);
        }
        assert!(!is_local("") && !is_local("36 35 - "));
        let line = |id: u64, kind: &str| format!("{id} 35 98:0 / /m rw - {kind} /dev/root rw\n");
        let both = Mounts::of(&(line(36, "ext4") + &line(37, "nfs4")));
        assert!(!both.are_all_local() && both.is_local(36) && !both.is_local(37));
        assert!(Mounts::of(&line(36, "ext4")).are_all_local());
        assert!(!Mounts::of("").are_all_local());
    }
}
