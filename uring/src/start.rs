//! Why a ring could not be made, in words that name the cure.

use crate::errno::Errno;

const DISABLED_PATH: &str = "/proc/sys/kernel/io_uring_disabled";
/// DEFER_TASKRUN came with it.
pub(crate) const KERNEL_MIN: (u16, u16) = (6, 1);

/// A ring that could not be made. `Display` says why, and what the operator can do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StartError {
    step: &'static str,
    errno: Errno,
    kernel: (u16, u16),
    /// The text of the sysctl that switches io_uring off, if there is one.
    disabled: Option<String>,
    memory_locked_bytes_max: Option<u64>,
}

impl StartError {
    /// Takes note of the machine's state at the moment of failure.
    pub(crate) fn now(step: &'static str, errno: Errno) -> StartError {
        let disabled = std::fs::read_to_string(DISABLED_PATH).ok();
        StartError {
            step,
            errno,
            kernel: crate::probe::kernel_version(),
            disabled: disabled.map(|text| text.trim().to_owned()),
            memory_locked_bytes_max: crate::sync::process::memory_lock_limit(),
        }
    }

    /// The kernel's answer.
    pub fn errno(&self) -> Errno {
        self.errno
    }

    fn cause(&self) -> String {
        let (major, minor) = self.kernel;
        if self.kernel < KERNEL_MIN && self.kernel != (0, 0) {
            return format!(
                "this kernel is {major}.{minor}, and coring needs Linux {}.{} or newer",
                KERNEL_MIN.0, KERNEL_MIN.1
            );
        }
        let disabled = self.disabled.as_deref();
        match self.errno {
            Errno::EPERM if disabled == Some("2") => {
                "io_uring is switched off for everybody (sysctl kernel.io_uring_disabled = 2); \
                 as root run `sysctl kernel.io_uring_disabled=0`"
                    .to_owned()
            }
            Errno::EPERM if disabled == Some("1") => {
                "io_uring is kept for root and one group (sysctl kernel.io_uring_disabled = 1); \
                 add this user to the group of sysctl kernel.io_uring_group, \
                 or as root run `sysctl kernel.io_uring_disabled=0`"
                    .to_owned()
            }
            Errno::EPERM | Errno::EACCES => format!(
                "a security policy forbids io_uring (sysctl kernel.io_uring_disabled = {}), most \
                 likely the seccomp profile of the container: allow the calls io_uring_setup, \
                 io_uring_enter and io_uring_register, for example with \
                 `docker run --security-opt seccomp=profile.json`",
                disabled.unwrap_or("absent")
            ),
            Errno::ENOSYS => {
                "this kernel has no io_uring, or a sandbox (gVisor, a seccomp profile) \
                 hides it: allow the calls io_uring_setup, io_uring_enter and io_uring_register"
                    .to_owned()
            }
            Errno::ENOMEM => format!(
                "no memory for the ring; raise the limit of locked memory ({}) with \
                 `ulimit -l unlimited` or LimitMEMLOCK=infinity, or the memory limit of the \
                 container",
                match self.memory_locked_bytes_max {
                    Some(bytes) => format!("now {} KiB", bytes / 1024),
                    None => "now unlimited".to_owned(),
                }
            ),
            Errno::EMFILE | Errno::ENFILE => {
                "too many open files; raise the limit with `ulimit -n`".to_owned()
            }
            Errno::EINVAL => format!(
                "kernel {major}.{minor} refuses what every kernel from {}.{} on offers; is it \
                 emulated?",
                KERNEL_MIN.0, KERNEL_MIN.1
            ),
            other => format!("the kernel says {other}"),
        }
    }
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "cannot start io_uring ({}: {}): {}",
            self.step,
            self.errno.name(),
            self.cause()
        )
    }
}

impl std::error::Error for StartError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(errno: Errno, kernel: (u16, u16), disabled: Option<&str>) -> String {
        StartError {
            step: "io_uring_setup",
            errno,
            kernel,
            disabled: disabled.map(str::to_owned),
            memory_locked_bytes_max: Some(65536),
        }
        .to_string()
    }

    #[test]
    fn every_cause_names_its_cure() {
        for (errno, kernel, disabled, expected) in [
            (
                Errno::EPERM,
                (6, 18),
                Some("2"),
                "sysctl kernel.io_uring_disabled=0",
            ),
            (Errno::EPERM, (6, 18), Some("1"), "kernel.io_uring_group"),
            (Errno::EPERM, (6, 18), Some("0"), "seccomp"),
            (Errno::EPERM, (6, 1), None, "io_uring_disabled = absent"),
            (Errno::ENOSYS, (6, 18), None, "gVisor"),
            (Errno::ENOMEM, (6, 18), Some("0"), "now 64 KiB"),
            (Errno::EMFILE, (6, 18), Some("0"), "ulimit -n"),
            (Errno::EINVAL, (5, 15), None, "needs Linux 6.1"),
            (Errno::EINVAL, (6, 18), Some("0"), "emulated"),
            (Errno::EIO, (6, 18), Some("0"), "EIO: i/o error"),
        ] {
            let message = text(errno, kernel, disabled);
            assert!(message.contains(expected), "{message:?} lacks {expected:?}");
            assert!(message.starts_with("cannot start io_uring (io_uring_setup: E"));
        }
    }
}
