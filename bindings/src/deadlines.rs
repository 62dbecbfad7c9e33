//! Deadlines of connections, in coarse steps: a connection is listed once and looked at when its
//! step comes; one whose deadline moved on meanwhile is listed again. A busy keep-alive connection
//! therefore costs nothing per request. Steps are finer for what is due soon: nobody is looked at
//! later than by a sixteenth of the time, which is 250 ms of the usual 5 s, and 1 ms of 16.

use std::collections::BTreeMap;

use crate::limits::DEADLINE_STEP_MS;
use crate::slots::Handle;

/// As many steps lie between now and a deadline, unless they would be longer than the longest.
const STEPS_COUNT: u64 = 16;

#[derive(Default)]
pub struct Deadlines {
    /// Millisecond -> who is to be looked at then.
    steps: BTreeMap<u64, Vec<Handle>>,
}

impl Deadlines {
    /// Lists `handle` for `due_ms`; gives the time at which it will be looked at.
    pub fn list(&mut self, handle: Handle, due_ms: u64, now_ms: u64) -> u64 {
        let step_ms = (due_ms.saturating_sub(now_ms) / STEPS_COUNT).clamp(1, DEADLINE_STEP_MS);
        let listed_ms = due_ms.next_multiple_of(step_ms);
        self.steps.entry(listed_ms).or_default().push(handle);
        listed_ms
    }

    pub fn next_ms(&self) -> Option<u64> {
        self.steps.keys().next().copied()
    }

    /// Those whose step is over, with the time they were listed for.
    pub fn take_due(&mut self, now_ms: u64) -> Vec<(Handle, u64)> {
        let mut due = Vec::new();
        while let Some(entry) = self.steps.first_entry() {
            let listed_ms = *entry.key();
            if listed_ms > now_ms {
                break;
            }
            due.extend(entry.remove().into_iter().map(|handle| (handle, listed_ms)));
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_due_after_its_time_and_not_before() {
        let mut deadlines = Deadlines::default();
        let handle = Handle::new(3, 1);
        let listed_ms = deadlines.list(handle, 100_001, 0);
        assert!((100_001..=100_001 + DEADLINE_STEP_MS).contains(&listed_ms));
        assert_eq!(deadlines.next_ms(), Some(listed_ms));
        assert_eq!(deadlines.take_due(listed_ms - 1), vec![]);
        assert_eq!(deadlines.take_due(listed_ms), vec![(handle, listed_ms)]);
        assert_eq!(deadlines.next_ms(), None);
    }

    #[test]
    fn what_is_due_soon_is_late_by_a_sixteenth_at_most() {
        let mut deadlines = Deadlines::default();
        for (due_ms, latest_ms) in [(0, 0), (1, 1), (3, 3), (31, 31), (33, 35), (1601, 1700)] {
            let now_ms = 9_999;
            let listed_ms = deadlines.list(Handle::new(3, 1), now_ms + due_ms, now_ms) - now_ms;
            assert!(
                (due_ms..=latest_ms).contains(&listed_ms),
                "{due_ms}: {listed_ms}"
            );
        }
        // The past is now.
        assert_eq!(deadlines.list(Handle::new(3, 1), 5, 9), 5);
    }
}
