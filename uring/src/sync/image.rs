//! The program's own file as the loader has mapped it: notes that were put into it after it was
//! linked. elf(5), dl_iterate_phdr(3).

use std::ffi::{c_int, c_void};

/// Of Elf64_Nhdr: bytes of the name, bytes of the description, type.
const HEADER_BYTES: usize = 3 * size_of::<u32>();

/// Names and descriptions of notes end at multiples of this.
const NOTE_ALIGN: usize = 4;

/// The description of the note `name` in the program's file; it is there as long as the process.
pub fn note(name: &str) -> Option<&'static [u8]> {
    let mut image = Image {
        base: 0,
        headers: &[],
    };
    let data: *mut Image = &mut image;
    // SAFETY: `keep` has the type that is asked for, and `data` is alive and its alone until the
    // call returns.
    unsafe { libc::dl_iterate_phdr(Some(keep), data.cast()) };
    let mut notes = image.headers.iter();
    notes.find_map(|header| find_note(image.segment(header)?, name))
}

/// Where the program is, and its program headers.
struct Image {
    base: usize,
    headers: &'static [libc::Elf64_Phdr],
}

impl Image {
    /// The bytes of a note segment, if the loader has mapped them to be read and no more.
    fn segment(&self, header: &libc::Elf64_Phdr) -> Option<&'static [u8]> {
        if header.p_type != libc::PT_NOTE {
            return None;
        }
        let end = header.p_vaddr.checked_add(header.p_filesz)?;
        let is_mapped = |load: &libc::Elf64_Phdr| {
            load.p_type == libc::PT_LOAD
                && load.p_flags & (libc::PF_R | libc::PF_W) == libc::PF_R
                && load.p_vaddr <= header.p_vaddr
                && load.p_vaddr.checked_add(load.p_filesz) >= Some(end)
        };
        if !self.headers.iter().any(is_mapped) {
            return None;
        }
        let start = self.base.checked_add(header.p_vaddr as usize)? as *mut u8;
        let start = std::ptr::NonNull::new(start)?.as_ptr();
        // SAFETY: it lies in a segment that the loader has mapped to be read and not written, as
        // was just seen, and that is there until the process ends.
        Some(unsafe { std::slice::from_raw_parts(start, header.p_filesz as usize) })
    }
}

/// Called with the program itself first; there it ends.
unsafe extern "C" fn keep(
    info: *mut libc::dl_phdr_info,
    _bytes: libc::size_t,
    data: *mut c_void,
) -> c_int {
    // SAFETY: the loader's record is valid during the call.
    let info = unsafe { &*info };
    // SAFETY: `note` passes its own `Image`, and nobody else has it meanwhile.
    let image = unsafe { &mut *data.cast::<Image>() };
    image.base = info.dlpi_addr as usize;
    if !info.dlpi_phdr.is_null() {
        // SAFETY: the program's headers are so many, and as long-lived as the program.
        image.headers =
            unsafe { std::slice::from_raw_parts(info.dlpi_phdr, info.dlpi_phnum.into()) };
    }
    1
}

/// Reads the notes of a segment up to the one that is wanted, or to what is no note.
fn find_note<'a>(mut segment: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let word = |bytes: &[u8], at: usize| {
        let bytes = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_ne_bytes(bytes) as usize)
    };
    while segment.len() >= HEADER_BYTES {
        let (name_bytes, bytes) = (word(segment, 0)?, word(segment, 4)?);
        let name_end = HEADER_BYTES.checked_add(name_bytes)?;
        let start = name_end.checked_next_multiple_of(NOTE_ALIGN)?;
        let end = start.checked_add(bytes)?;
        let found = segment.get(HEADER_BYTES..name_end)?;
        let description = segment.get(start..end)?;
        if found.strip_suffix(b"\0").unwrap_or(found) == name.as_bytes() {
            return Some(description);
        }
        segment = segment.get(end.checked_next_multiple_of(NOTE_ALIGN)?..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(name: &[u8], description: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for count in [name.len(), description.len(), 1] {
            bytes.extend((count as u32).to_ne_bytes());
        }
        for part in [name, description] {
            bytes.extend(part);
            bytes.resize(bytes.len().next_multiple_of(NOTE_ALIGN), 0);
        }
        bytes
    }

    #[test]
    fn notes_are_found_by_their_whole_name() {
        let mut segment = written(b"GNU\0", b"ten bytes.");
        segment.extend(written(b"NODE_SEA_\0", b"no"));
        segment.extend(written(b"NODE_SEA_BLOB", b"yes"));
        let check = |name: &str, expect: Option<&[u8]>| {
            assert_eq!(find_note(&segment, name), expect, "{name}");
        };
        check("GNU", Some(b"ten bytes."));
        check("NODE_SEA_", Some(b"no"));
        check("NODE_SEA_BLOB", Some(b"yes"));
        check("NODE_SEA", None);
        check("", None);
    }

    #[test]
    fn what_is_cut_off_is_no_note() {
        let whole = written(b"A\0", b"12345678");
        for length in 0..whole.len() {
            assert_eq!(find_note(&whole[..length], "A"), None, "{length}");
        }
        let huge = [u32::MAX.to_ne_bytes(), u32::MAX.to_ne_bytes(), [0; 4]];
        assert_eq!(find_note(&huge.concat(), ""), None);
    }

    #[test]
    fn the_linkers_own_note_is_there() {
        assert!(note("GNU").is_some_and(|description| !description.is_empty()));
        assert_eq!(note("nobody has this"), None);
    }
}
