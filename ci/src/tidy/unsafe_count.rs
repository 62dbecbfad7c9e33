//! The ratchet of ci/unsafe.txt: how often each file says `unsafe`. A count may fall freely and
//! rises only with a changed line of that list, which is then read in review.

use super::{Finding, Source, Tree};
use crate::mask;
use std::fmt::Write;

fn count(file: &Source) -> usize {
    mask::find_words(&file.masked, "unsafe").len()
}

fn allowed(tree: &Tree, path: &str) -> usize {
    let listed = tree.unsafe_counts.iter().find(|(listed, _)| listed == path);
    listed.map_or(0, |(_, count)| *count)
}

pub fn ratchet(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        let (now, allowed) = (count(file), allowed(tree, &file.path));
        if now > allowed {
            let message = format!("says unsafe {now} times, ci/unsafe.txt allows {allowed}");
            findings.push(Finding::new(file, 0, "unsafe", message));
        }
    }
    findings
}

/// The list as it could be: counts lowered to what stands, files without unsafe left out.
pub fn tightened(tree: &Tree) -> String {
    let mut text = String::from(
        "# How often each file says `unsafe`. A count may fall freely (`cargo ci tidy --tighten`\n\
         # rewrites this list); it rises only by a changed line here, with its reason in the\n\
         # commit.\n",
    );
    let mut total = 0;
    for (path, listed) in &tree.unsafe_counts {
        let file = tree.files.iter().find(|file| file.path == *path);
        let now = file.map_or(0, count).min(*listed);
        total += now;
        if now > 0 {
            writeln!(text, "{path} {now}").expect("a String takes what is written");
        }
    }
    writeln!(text, "# total {total}").expect("a String takes what is written");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tightening_only_lowers() {
        let text = "unsafe fn f() {}\n// unsafe\n";
        let files = [("uring/src/a.rs", text), ("uring/src/b.rs", text)];
        let tree = Tree::of(&files, "", "uring/src/a.rs 5\nuring/src/gone.rs 2\n");
        let list = tightened(&tree);
        let lines: Vec<&str> = list.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(lines, ["uring/src/a.rs 1"]);
    }
}
