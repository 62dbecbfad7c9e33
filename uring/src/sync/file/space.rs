//! How much room a file system has.

use crate::errno::Errno;
use crate::sync::{call, retried};
use std::ffi::CStr;

/// Facts of statfs(2) in the order of Node's `fs.StatFs`: type, block size, fragment size,
/// blocks, free blocks, blocks for anybody, files, free files.
pub fn file_system(path: &CStr) -> Result<[u64; 8], Errno> {
    // SAFETY: plain numbers, for which zero is valid.
    let mut raw: libc::statfs = unsafe { std::mem::zeroed() };
    retried(|| call!(statfs(path.as_ptr(), &raw mut raw)))?;
    Ok([
        raw.f_type as u64,
        raw.f_bsize as u64,
        raw.f_frsize as u64,
        raw.f_blocks,
        raw.f_bfree,
        raw.f_bavail,
        raw.f_files,
        raw.f_ffree,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_has_blocks() {
        let [_, block_bytes, _, blocks, free, ..] = file_system(c"/").unwrap();
        assert!(block_bytes > 0 && blocks > 0 && free <= blocks);
        assert_eq!(file_system(c"/none/such"), Err(Errno::ENOENT));
    }
}
