//! Directories.

use super::entries::{Entries, Record, kind_of_type};
use super::{as_path, open};
use crate::errno::Errno;
use crate::sync::call;
use std::ffi::{CStr, CString};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::FileTypeExt;

/// One name in a directory.
#[derive(Clone, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub struct DirectoryEntry {
    pub name: Vec<u8>,
    /// Node's number: 0 unknown, 1 file, 2 directory, 3 link, 4 fifo, 5 socket, 6 character
    /// device, 7 block device.
    pub kind: u8,
}

/// Names of a whole directory: each followed by a zero byte, and what each is.
#[derive(Default)]
pub struct Names {
    pub names: Vec<u8>,
    /// Bytes of each, without the zero.
    pub lengths: Vec<u16>,
    /// As `DirectoryEntry::kind`.
    pub kinds: Vec<u8>,
}

/// All names but `.` and `..`, sorted by bytes as Node gives them.
pub fn read_directory(path: &CStr) -> Result<Names, Errno> {
    let flags = libc::O_RDONLY | libc::O_DIRECTORY;
    let records = Entries::new(open(path, flags, 0)?).all()?;
    let places = sorted(&records);
    let mut names = Vec::with_capacity(records.len());
    for place in &places {
        names.extend_from_slice(place.name(&records));
        names.push(0);
    }
    Ok(Names {
        names,
        lengths: places.iter().map(|place| place.length).collect(),
        kinds: places.iter().map(|place| place.kind).collect(),
    })
}

/// Where a name lies among the records.
struct Place {
    /// Most names are sorted by this alone; see `head_of`.
    head: u64,
    /// In bytes; `Entries::all` gives no more than that counts.
    start: u32,
    length: u16,
    /// As `DirectoryEntry::kind`.
    kind: u8,
}

impl Place {
    fn name<'a>(&self, records: &'a [u8]) -> &'a [u8] {
        let start = self.start as usize;
        &records[start..start + usize::from(self.length)]
    }
}

/// All names in their order.
fn sorted(records: &[u8]) -> Vec<Place> {
    let mut places = Vec::with_capacity(records.len() / 32);
    let mut at = 0;
    while at < records.len() {
        let record = Record::at(records, at);
        if !record.is_dots() {
            places.push(Place {
                head: head_of(record.name),
                start: record.name_at as u32,
                length: record.name.len() as u16,
                kind: kind_of_type(record.kind),
            });
        }
        at = record.end;
    }
    places.sort_unstable_by_key(|place| place.head);
    for alike in places.chunk_by_mut(|one, other| one.head == other.head) {
        alike.sort_unstable_by_key(|place| place.name(records));
    }
    places
}

/// The first bytes as a number that sorts as they do: mostly it decides. Shorter names have zeroes,
/// which no name has.
fn head_of(name: &[u8]) -> u64 {
    if let Some(head) = name.first_chunk() {
        return u64::from_be_bytes(*head);
    }
    let mut head = [0; 8];
    head[..name.len()].copy_from_slice(name);
    u64::from_be_bytes(head)
}

/// A directory read in steps, in the file system's own order.
pub struct Directory(std::fs::ReadDir);

impl Directory {
    pub fn open(path: &CStr) -> Result<Directory, Errno> {
        std::fs::read_dir(as_path(path))
            .map(Directory)
            .map_err(|error| Errno::of(&error))
    }

    /// The next names, at most so many; fewer means the end.
    pub fn next(&mut self, entries_max: usize) -> Result<Vec<DirectoryEntry>, Errno> {
        let mut entries = Vec::new();
        while entries.len() < entries_max {
            let Some(entry) = self.0.next() else { break };
            let entry = entry.map_err(|error| Errno::of(&error))?;
            let kind = entry.file_type().map_or(0, kind);
            entries.push(DirectoryEntry {
                name: entry.file_name().into_vec(),
                kind,
            });
        }
        Ok(entries)
    }
}

fn kind(kind: std::fs::FileType) -> u8 {
    let kinds = [
        kind.is_file(),
        kind.is_dir(),
        kind.is_symlink(),
        kind.is_fifo(),
        kind.is_socket(),
        kind.is_char_device(),
        kind.is_block_device(),
    ];
    kinds
        .iter()
        .position(|&is| is)
        .map_or(0, |index| index as u8 + 1)
}

pub fn make_directory(path: &CStr, mode: u32) -> Result<(), Errno> {
    call!(mkdir(path.as_ptr(), mode)).map(|_| ())
}

pub fn remove_directory(path: &CStr) -> Result<(), Errno> {
    call!(rmdir(path.as_ptr())).map(|_| ())
}

/// Makes a directory of a new name: the prefix and six random characters. Returns its path.
pub fn make_temporary_directory(prefix: &CStr) -> Result<Vec<u8>, Errno> {
    let mut template = prefix.to_bytes().to_vec();
    template.extend_from_slice(b"XXXXXX");
    let template = CString::new(template)
        .expect("the prefix had no zero byte")
        .into_raw();
    // SAFETY: terminated bytes of our own, which the call changes in place and does not keep.
    let made = unsafe { libc::mkdtemp(template) };
    let errno = Errno::last();
    // SAFETY: the pointer came from into_raw above, and the length has not changed.
    let template = unsafe { CString::from_raw(template) };
    if made.is_null() {
        Err(errno)
    } else {
        Ok(template.into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_typed() {
        let mut prefix = std::env::temp_dir().into_os_string().into_vec();
        prefix.extend_from_slice(b"/coring-directory-");
        let home = make_temporary_directory(&CString::new(prefix).unwrap()).unwrap();
        let path = |name: &str| {
            let mut path = home.clone();
            path.extend_from_slice(name.as_bytes());
            CString::new(path).unwrap()
        };
        make_directory(&path("/b"), 0o755).unwrap();
        crate::sync::file::symlink(c"b", &path("/c")).unwrap();
        let flags = libc::O_CREAT | libc::O_WRONLY;
        let fd = crate::sync::file::open(&path("/a"), flags, 0o600).unwrap();
        crate::sync::file::close(fd).unwrap();

        let found = read_directory(&path("")).unwrap();
        assert_eq!(found.names, b"a\0b\0c\0");
        assert_eq!(found.kinds, [1, 2, 3]);
        assert_eq!(found.lengths, [1, 1, 1]);
        let mut directory = Directory::open(&path("")).unwrap();
        assert_eq!(directory.next(2).unwrap().len(), 2);
        assert_eq!(directory.next(2).unwrap().len(), 1);

        assert_eq!(remove_directory(&path("")), Err(Errno::ENOTEMPTY));
        assert_eq!(make_directory(&path("/b"), 0o755), Err(Errno::EEXIST));
        let refusal = |name| read_directory(&path(name)).err();
        assert_eq!(refusal("/none"), Some(Errno::ENOENT));
        assert_eq!(refusal("/a"), Some(Errno::ENOTDIR));
        std::fs::remove_dir_all(as_path(&path(""))).unwrap();
    }

    #[test]
    fn more_names_than_one_call_gives_are_sorted_by_all_their_bytes() {
        let prefix = std::env::temp_dir().into_os_string().into_vec();
        let prefix = CString::new([&prefix[..], b"/coring-directory-"].concat()).unwrap();
        let home = CString::new(make_temporary_directory(&prefix).unwrap()).unwrap();
        let long = "x".repeat(247);
        let mut names: Vec<String> = (0..300)
            .map(|index| format!("{long}{}", index * 7919 % 1000))
            .chain((0..300).map(|index| format!("{index:b}")))
            .chain(["\u{e9}".into(), "...".into(), ".a".into()])
            .collect();
        for name in &names {
            std::fs::write(as_path(&home).join(name), "").unwrap();
        }
        names.sort();
        let found = read_directory(&home).unwrap();
        let all: Vec<u8> = names
            .iter()
            .flat_map(|name| [name.as_bytes(), b"\0"].concat())
            .collect();
        assert!(found.names == all && found.kinds == vec![1; names.len()]);
        assert!(names.iter().map(|name| name.len() as u16).eq(found.lengths));
        std::fs::remove_dir_all(as_path(&home)).unwrap();
    }
}
