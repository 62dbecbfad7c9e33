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

/// Whether all file systems that this process sees are local. If it cannot be told, they are not.
pub fn are_mounts_local() -> bool {
    fs::read_to_string("/proc/self/mountinfo").is_ok_and(|mounts| mounts.lines().all(is_local))
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
    }
}
