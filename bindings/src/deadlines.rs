//! Deadlines of connections, in coarse steps: a connection is listed once and looked at when its
//! step comes; one whose deadline moved on meanwhile is listed again. A busy keep-alive connection
//! therefore costs nothing per request.

use std::collections::BTreeMap;

use crate::limits::DEADLINE_STEP_MS;
use crate::slots::Handle;

#[derive(Default)]
pub struct Deadlines {
    /// Step number -> who is to be looked at when it is over.
    steps: BTreeMap<u64, Vec<Handle>>,
}

impl Deadlines {
    /// Lists `handle` for `due_ms`; gives the time at which it will be looked at.
    pub fn list(&mut self, handle: Handle, due_ms: u64) -> u64 {
        let step = due_ms / DEADLINE_STEP_MS + 1;
        self.steps.entry(step).or_default().push(handle);
        step * DEADLINE_STEP_MS
    }

    pub fn next_ms(&self) -> Option<u64> {
        self.steps.keys().next().map(|step| step * DEADLINE_STEP_MS)
    }

    /// Those whose step is over, with the time they were listed for.
    pub fn take_due(&mut self, now_ms: u64) -> Vec<(Handle, u64)> {
        let mut due = Vec::new();
        while let Some(entry) = self.steps.first_entry() {
            let listed_ms = entry.key() * DEADLINE_STEP_MS;
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
        let listed_ms = deadlines.list(handle, 1000);
        assert!(listed_ms > 1000 && listed_ms <= 1000 + DEADLINE_STEP_MS);
        assert_eq!(deadlines.next_ms(), Some(listed_ms));
        assert_eq!(deadlines.take_due(listed_ms - 1), vec![]);
        assert_eq!(deadlines.take_due(listed_ms), vec![(handle, listed_ms)]);
        assert_eq!(deadlines.next_ms(), None);
    }
}
