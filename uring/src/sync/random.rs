//! Randomness of the kernel.

use crate::errno::Errno;

/// Fills the bytes with unpredictable ones; waits for the generator early in the machine's boot.
pub fn fill(mut bytes: &mut [u8]) -> Result<(), Errno> {
    while !bytes.is_empty() {
        let (address, count) = (bytes.as_mut_ptr().cast(), bytes.len());
        let filled = super::retried(|| super::call!(getrandom(address, count, 0)))?;
        bytes = &mut bytes[filled as usize..];
    }
    Ok(())
}
