//! System calls of a server, counted by Linux perf in a short run of their own: counting costs
//! time, so no other figure is taken meanwhile.

use crate::load::{self, Plan};
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const EVENT: &str = "raw_syscalls:sys_enter";
/// Until perf has attached to all threads.
const ATTACH: Duration = Duration::from_millis(300);

/// None where perf is missing or may not.
pub fn for_each_request(pids: &[u32], plan: &Plan) -> Option<f64> {
    let pids: Vec<String> = pids.iter().map(u32::to_string).collect();
    let perf = Command::new("perf")
        .args(["stat", "-x", ",", "-e", EVENT, "-p", &pids.join(",")])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let mut perf = Ended(perf);
    std::thread::sleep(ATTACH);
    if perf.0.try_wait().ok()?.is_some() {
        return None;
    }
    let outcome = load::run(plan, &mut |_| {}).ok()?;
    let text = perf.interrupt()?;
    let count = calls(&text)?;
    (outcome.answered > 0).then(|| count / outcome.answered as f64)
}

/// The count of a line of `perf stat -x ,`.
fn calls(text: &str) -> Option<f64> {
    let line = text.lines().find(|line| line.contains(EVENT))?;
    line.split(',').next()?.parse().ok()
}

struct Ended(Child);

impl Ended {
    /// perf prints what it has counted when it is interrupted.
    fn interrupt(&mut self) -> Option<String> {
        let pid = self.0.id().to_string();
        let status = Command::new("kill").args(["-INT", &pid]).status().ok()?;
        let end = Instant::now() + Duration::from_secs(5);
        while status.success() && self.0.try_wait().ok()?.is_none() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(5));
        }
        let mut text = String::new();
        self.0.stderr.take()?.read_to_string(&mut text).ok()?;
        Some(text)
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        // It has ended as a rule; then there is nothing to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read() {
        let text = "12345,,raw_syscalls:sys_enter,1000,100.00,,\n";
        assert_eq!(calls(text), Some(12345.0));
        assert_eq!(
            calls("<not counted>,,raw_syscalls:sys_enter,0,0.00,,\n"),
            None
        );
        assert_eq!(calls("Error: no permission\n"), None);
    }
}
