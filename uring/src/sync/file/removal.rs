//! rm -r in steps, as long as nothing goes wrong: each refusal ends it, and its caller looks with
//! more care at what is left. Never follows links, and works from open directories, so that nobody
//! who renames one meanwhile leads it elsewhere.

use super::entries::Entries;
use super::{remove_directory, statx};
use crate::errno::Errno;
use crate::fd::Fd;
use crate::sync::call;
use std::ffi::{CStr, CString};

/// Each level holds a descriptor.
const LEVELS_MAX: usize = 32;
const FLAGS: i32 = libc::O_RDONLY | libc::O_DIRECTORY | libc::O_NOFOLLOW | libc::O_CLOEXEC;

pub struct Removal {
    root: CString,
    /// Directories that are being emptied, each with its name in the one before.
    levels: Vec<(CString, Entries)>,
}

impl Removal {
    pub fn new(root: &CStr) -> Result<Removal, Errno> {
        let entries = open(libc::AT_FDCWD, root)?;
        Ok(Removal {
            root: root.to_owned(),
            levels: vec![(root.to_owned(), entries)],
        })
    }

    /// Removes at most so many names; says whether nothing is left. A file that is larger than
    /// `bytes_max` is refused with EFBIG: it takes long.
    pub fn step(&mut self, names_max: usize, bytes_max: u64) -> Result<bool, Errno> {
        for _ in 0..names_max {
            let depth = self.levels.len();
            let Some((_, entries)) = self.levels.last_mut() else {
                return Ok(true);
            };
            let parent = entries.fd;
            match entries.next()? {
                None => self.leave()?,
                Some((name, libc::DT_DIR)) if depth < LEVELS_MAX => {
                    let name = name.to_owned();
                    let entries = open(parent.raw(), &name)?;
                    self.levels.push((name, entries));
                }
                Some((_, libc::DT_DIR)) => return Err(Errno::ELOOP),
                Some((name, _)) => unlink(parent, name, bytes_max)?,
            }
        }
        Ok(self.levels.is_empty())
    }

    /// The innermost directory is empty, and goes.
    fn leave(&mut self) -> Result<(), Errno> {
        let Some((name, entries)) = self.levels.pop() else {
            return Ok(());
        };
        drop(entries);
        match self.levels.last() {
            Some((_, parent)) => {
                let (parent, flags) = (parent.fd.raw(), libc::AT_REMOVEDIR);
                call!(unlinkat(parent, name.as_ptr(), flags)).map(|_| ())
            }
            None => remove_directory(&self.root),
        }
    }
}

fn open(parent: i32, name: &CStr) -> Result<Entries, Errno> {
    call!(openat(parent, name.as_ptr(), FLAGS)).map(|fd| Entries::new(Fd::new(fd)))
}

fn unlink(parent: Fd, name: &CStr, bytes_max: u64) -> Result<(), Errno> {
    let facts = statx(parent.raw(), name, libc::AT_SYMLINK_NOFOLLOW)?;
    if facts.size_bytes > bytes_max {
        return Err(Errno::EFBIG);
    }
    call!(unlinkat(parent.raw(), name.as_ptr(), 0)).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::file::{as_path, make_temporary_directory};
    use std::fs;
    use std::os::unix::fs::symlink;

    fn tree() -> (CString, std::path::PathBuf) {
        let prefix = format!("{}/coring-removal-", std::env::temp_dir().display());
        let home = make_temporary_directory(&CString::new(prefix).unwrap()).unwrap();
        let home = CString::new(home).unwrap();
        let path = as_path(&home).to_path_buf();
        fs::create_dir_all(path.join("a/b/c")).unwrap();
        for index in 0..300 {
            fs::write(path.join(format!("a/b/{index}")), "x").unwrap();
        }
        symlink("/", path.join("a/link")).unwrap();
        (home, path)
    }

    #[test]
    fn everything_goes_step_by_step() {
        let (home, path) = tree();
        let mut removal = Removal::new(&home).unwrap();
        let mut steps_count = 0;
        while !removal.step(100, 10).unwrap() {
            steps_count += 1;
        }
        assert!(steps_count >= 3 && !path.exists());
        assert!(matches!(Removal::new(&home), Err(Errno::ENOENT)));
    }

    #[test]
    fn what_takes_long_is_refused() {
        let (home, path) = tree();
        fs::write(path.join("large"), [0; 11]).unwrap();
        let mut removal = Removal::new(&home).unwrap();
        assert_eq!(removal.step(1000, 10), Err(Errno::EFBIG));
        assert!(path.join("large").exists());
        fs::remove_dir_all(path).unwrap();
    }
}
