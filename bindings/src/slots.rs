//! Slots with generations: what JavaScript and the kernel hold instead of pointers.
//!
//! ```text
//! handle (30 bits, a Smi)   generation:10 | slot:20
//! ```

use std::fmt;

const SLOT_BITS: u32 = 20;
const SLOT_MASK: u32 = (1 << SLOT_BITS) - 1;
const GENERATION_MASK: u32 = (1 << 10) - 1;

/// Most things of one kind that a core can have open.
pub const SLOTS_MAX: usize = 1 << SLOT_BITS;

/// JavaScript's name for a native thing. Stale handles find nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Handle(u32);

impl Handle {
    pub fn new(slot: u32, generation: u32) -> Handle {
        assert!(slot <= SLOT_MASK);
        Handle(((generation & GENERATION_MASK) << SLOT_BITS) | slot)
    }

    pub fn from_js(value: i32) -> Handle {
        Handle(value as u32 & 0x3fff_ffff)
    }

    pub fn to_js(self) -> i32 {
        self.0 as i32
    }

    pub fn slot(self) -> u32 {
        self.0 & SLOT_MASK
    }

    pub fn generation(self) -> u32 {
        self.0 >> SLOT_BITS
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Handle({}.{})", self.slot(), self.generation())
    }
}

struct Slot<T> {
    generation: u32,
    value: Option<T>,
}

/// A table of `T` by handle.
pub struct Slots<T> {
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Slots {
            slots: Vec::new(),
            free: Vec::new(),
        }
    }
}

impl<T> Slots<T> {
    /// Err: the table is full, and `value` comes back.
    pub fn insert(&mut self, value: T) -> Result<Handle, T> {
        if let Some(slot) = self.free.pop() {
            let entry = &mut self.slots[slot as usize];
            assert!(entry.value.is_none());
            entry.value = Some(value);
            return Ok(Handle::new(slot, entry.generation));
        }
        if self.slots.len() == SLOTS_MAX {
            return Err(value);
        }
        let slot = self.slots.len() as u32;
        self.slots.push(Slot {
            generation: 1,
            value: Some(value),
        });
        Ok(Handle::new(slot, 1))
    }

    pub fn get(&self, handle: Handle) -> Option<&T> {
        let slot = self.slots.get(handle.slot() as usize)?;
        if slot.generation & GENERATION_MASK != handle.generation() {
            return None;
        }
        slot.value.as_ref()
    }

    pub fn get_mut(&mut self, handle: Handle) -> Option<&mut T> {
        let slot = self.slots.get_mut(handle.slot() as usize)?;
        if slot.generation & GENERATION_MASK != handle.generation() {
            return None;
        }
        slot.value.as_mut()
    }

    pub fn remove(&mut self, handle: Handle) -> Option<T> {
        let slot = self.slots.get_mut(handle.slot() as usize)?;
        if slot.generation & GENERATION_MASK != handle.generation() {
            return None;
        }
        let value = slot.value.take()?;
        slot.generation = (slot.generation + 1) & GENERATION_MASK;
        self.free.push(handle.slot());
        Some(value)
    }

    pub fn iter(&self) -> impl Iterator<Item = (Handle, &T)> {
        self.slots.iter().enumerate().filter_map(|(slot, entry)| {
            let value = entry.value.as_ref()?;
            Some((Handle::new(slot as u32, entry.generation), value))
        })
    }

    pub fn handles(&self) -> Vec<Handle> {
        self.iter().map(|(handle, _)| handle).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_handle_finds_nothing() {
        let mut slots = Slots::default();
        let first = slots.insert("one").expect("there is room");
        assert_eq!(slots.remove(first), Some("one"));
        let second = slots.insert("two").expect("there is room");
        assert_eq!(first.slot(), second.slot());
        assert_eq!(slots.get(first), None);
        assert_eq!(slots.remove(first), None);
        assert_eq!(slots.get(second), Some(&"two"));
    }

    #[test]
    fn generations_wrap_within_a_smi() {
        let mut slots = Slots::default();
        for _ in 0..3000 {
            let handle = slots.insert(()).expect("there is room");
            assert!(handle.to_js() >= 0 && handle.to_js() < 1 << 30);
            assert_eq!(slots.get(Handle::from_js(handle.to_js())), Some(&()));
            slots.remove(handle);
        }
    }
}
