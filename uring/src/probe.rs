//! What this kernel can do, asked once when the ring is made.

/// Abilities that decide between two ways of doing the same thing. Everything else that the ring
/// needs has been there since Linux 6.1, which [`Ring::new`](crate::Ring::new) insists on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Major and minor number of the running kernel.
    pub kernel: (u16, u16),
    /// Accepting many connections by one request. Else one request each.
    pub accept_multi: bool,
    /// Reading pipes and terminals again and again by one request (6.7). Else one request each.
    pub read_multi: bool,
    /// Waiting for children (6.7). Else through a pidfd.
    pub wait_id: bool,
    /// Truncating an open file (6.9). Else by a plain call, which may block.
    pub truncate: bool,
    /// Waking a ring by a completion put into its queue (6.13). Else by an eventfd.
    pub messages: bool,
    /// Idle waits do not count as waiting for disks (6.15).
    pub no_iowait: bool,
    /// Requests without the indirection array (6.6).
    pub no_sq_array: bool,
    /// The ring is entered by a registered index instead of a descriptor.
    pub registered_ring: bool,
    /// The ring accepts only the operations that this crate knows.
    pub restricted: bool,
}

/// The running kernel's version, or (0, 0) if it hides it.
pub(crate) fn kernel_version() -> (u16, u16) {
    let release = crate::sync::host::uname()
        .map(|uname| uname.release)
        .unwrap_or_default();
    parse_version(&String::from_utf8_lossy(&release))
}

fn parse_version(release: &str) -> (u16, u16) {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit());
    let mut next = || {
        numbers
            .next()
            .and_then(|number| number.parse().ok())
            .unwrap_or(0)
    };
    (next(), next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for (release, expected) in [
            ("6.18.44-fc-v669", (6, 18)),
            ("6.1.0", (6, 1)),
            ("5.15", (5, 15)),
            ("7-rc1", (7, 0)),
            ("", (0, 0)),
        ] {
            assert_eq!(parse_version(release), expected, "{release}");
        }
    }
}
