//! rm -r in steps, as long as nothing goes wrong: each refusal ends it, and its caller looks with
//! more care at what is left. Never follows links, and works from open directories, so that nobody
//! who renames one meanwhile leads it elsewhere.

use super::entries::Entries;
use super::{duplicate, remove_directory, statx};
use crate::errno::Errno;
use crate::fd::Fd;
use crate::op::Op;
use crate::sync::call;
use std::ffi::{CStr, CString};
use std::os::fd::{FromRawFd, OwnedFd};

/// Each level holds a descriptor.
const LEVELS_MAX: usize = 32;
const FLAGS: i32 = libc::O_RDONLY | libc::O_DIRECTORY | libc::O_NOFOLLOW | libc::O_CLOEXEC;

pub struct Removal {
    root: CString,
    /// Directories that are being emptied, each with its name in the one before.
    levels: Vec<(CString, Entries)>,
    /// What a step may free, in bytes of files; none: it may take as long as it takes.
    bytes_max: Option<u64>,
    /// In the innermost directory, and too large for any step.
    large: Option<CString>,
}

/// What a step has left.
#[derive(PartialEq, Eq, Debug)]
pub enum Left {
    Nothing,
    Names,
    /// A file whose blocks take long to free, for `Removal::take_large`, and then maybe more.
    Large,
}

impl Removal {
    pub fn new(root: &CStr, bytes_max: Option<u64>) -> Result<Removal, Errno> {
        let entries = open(libc::AT_FDCWD, root)?;
        Ok(Removal {
            root: root.to_owned(),
            levels: vec![(root.to_owned(), entries)],
            bytes_max,
            large: None,
        })
    }

    /// Removes at most so many names.
    pub fn step(&mut self, names_max: usize) -> Result<Left, Errno> {
        let mut bytes_left = self.bytes_max;
        for _ in 0..names_max {
            let depth = self.levels.len();
            let Some((_, entries)) = self.levels.last_mut() else {
                return Ok(Left::Nothing);
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
                Some((name, _)) => {
                    if let (Some(bytes_left), Some(bytes_max)) = (&mut bytes_left, self.bytes_max) {
                        let flags = libc::AT_SYMLINK_NOFOLLOW;
                        let size_bytes = statx(parent.raw(), name, flags)?.size_bytes;
                        if size_bytes > bytes_max {
                            self.large = Some(name.to_owned());
                            return Ok(Left::Large);
                        }
                        *bytes_left = bytes_left.saturating_sub(size_bytes);
                    }
                    call!(unlinkat(parent.raw(), name.as_ptr(), 0))?;
                    if bytes_left == Some(0) {
                        return Ok(Left::Names);
                    }
                }
            }
        }
        Ok(match self.levels.is_empty() {
            true => Left::Nothing,
            false => Left::Names,
        })
    }

    /// How the ring removes the large file that the last step found.
    pub fn take_large(&mut self) -> Result<Op, Errno> {
        let (_, entries) = self.levels.last().ok_or(Errno::ENOENT)?;
        let name = self.large.take().ok_or(Errno::ENOENT)?;
        let directory = duplicate(entries.fd)?;
        // SAFETY: it is open, and nobody else knows it.
        let directory = unsafe { OwnedFd::from_raw_fd(directory.raw()) };
        Ok(Op::UnlinkIn { directory, name })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::file::{as_path, make_temporary_directory};
    use std::fs;
    use std::os::fd::AsRawFd;
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
        let mut removal = Removal::new(&home, None).unwrap();
        let mut steps_count = 0;
        while removal.step(100) == Ok(Left::Names) {
            steps_count += 1;
        }
        assert!(steps_count >= 3 && !path.exists());
        assert!(matches!(Removal::new(&home, None), Err(Errno::ENOENT)));
    }

    #[test]
    fn a_step_frees_so_much_and_no_more() {
        let (home, path) = tree();
        let mut removal = Removal::new(&home, Some(10)).unwrap();
        let mut steps_count = 0;
        while removal.step(1000) == Ok(Left::Names) {
            steps_count += 1;
        }
        assert!(steps_count >= 30 && !path.exists());
    }

    #[test]
    fn what_takes_long_is_left_to_the_ring() {
        let (home, path) = tree();
        fs::write(path.join("large"), [0; 11]).unwrap();
        let mut removal = Removal::new(&home, Some(10)).unwrap();
        let mut left = Ok(Left::Names);
        while left == Ok(Left::Names) {
            left = removal.step(1000);
        }
        assert_eq!(left, Ok(Left::Large));
        let Ok(Op::UnlinkIn { directory, name }) = removal.take_large() else {
            panic!("the step has found it");
        };
        assert!(matches!(removal.take_large(), Err(Errno::ENOENT)));
        let place = format!("/proc/self/fd/{}", directory.as_raw_fd());
        assert_eq!(fs::read_link(place).unwrap(), path);
        assert_eq!(name.as_c_str(), c"large");
        fs::remove_file(path.join("large")).unwrap();
        while removal.step(1000) == Ok(Left::Names) {}
        assert!(!path.exists());
    }
}
