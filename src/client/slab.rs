//! Slots that are reused, each use under an id of its own.
//!
//! Imports `ids` through its users. In steady state inserting and removing allocate nothing.

use alloc::vec::Vec;

use crate::ids::{CommandId, ConnId, SLOT_BITS};

/// An id made of a slot and how often the slot was reused.
pub(super) trait SlotId: Copy + Eq {
    fn make(slot: usize, reuse: u32) -> Self;
    fn slot(self) -> usize;
    fn reuse(self) -> u32;
}

impl SlotId for CommandId {
    fn make(slot: usize, reuse: u32) -> Self {
        Self::new(slot, reuse)
    }
    fn slot(self) -> usize {
        Self::slot(self)
    }
    fn reuse(self) -> u32 {
        self.0 >> SLOT_BITS
    }
}

impl SlotId for ConnId {
    fn make(slot: usize, reuse: u32) -> Self {
        Self::new(slot, reuse)
    }
    fn slot(self) -> usize {
        Self::slot(self)
    }
    fn reuse(self) -> u32 {
        self.0 >> SLOT_BITS
    }
}

/// Most slots there can be.
pub(super) const MAX_SLOTS: usize = 1 << SLOT_BITS;
const MAX_REUSE: u32 = (1 << (32 - SLOT_BITS)) - 1;

#[derive(Debug)]
struct Slot<I, T> {
    id: I,
    value: Option<T>,
}

#[derive(Debug)]
pub(super) struct Slab<I, T> {
    slots: Vec<Slot<I, T>>,
    free: Vec<u32>,
    len: usize,
}

impl<I: SlotId, T> Slab<I, T> {
    pub(super) const fn new() -> Self {
        Self { slots: Vec::new(), free: Vec::new(), len: 0 }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Puts a value into a free slot; `None` when all are taken.
    pub(super) fn insert(&mut self, value: T) -> Option<I> {
        if let Some(slot) = self.free.pop() {
            let slot = self.slots.get_mut(slot as usize)?;
            slot.value = Some(value);
            self.len += 1;
            return Some(slot.id);
        }
        if self.slots.len() >= MAX_SLOTS {
            return None;
        }
        let id = I::make(self.slots.len(), 0);
        self.slots.push(Slot { id, value: Some(value) });
        self.len += 1;
        Some(id)
    }

    pub(super) fn get(&self, id: I) -> Option<&T> {
        self.slots.get(id.slot()).filter(|slot| slot.id == id)?.value.as_ref()
    }

    pub(super) fn get_mut(&mut self, id: I) -> Option<&mut T> {
        self.slots.get_mut(id.slot()).filter(|slot| slot.id == id)?.value.as_mut()
    }

    /// Takes a value out; its id will not be used again until 4,096 others had its slot.
    pub(super) fn remove(&mut self, id: I) -> Option<T> {
        let value = self.take(id)?;
        self.free(id);
        Some(value)
    }

    /// Takes a value out, but keeps its slot from being used again until [`Slab::free`].
    pub(super) fn take(&mut self, id: I) -> Option<T> {
        let slot = self.slots.get_mut(id.slot()).filter(|slot| slot.id == id)?;
        let value = slot.value.take()?;
        slot.id = I::make(id.slot(), (id.reuse() + 1) & MAX_REUSE);
        self.len -= 1;
        Some(value)
    }

    /// Gives the slot of a value that was taken to the next one.
    pub(super) fn free(&mut self, id: I) {
        self.free.push(id.slot() as u32);
    }

    /// The id that is in use in a slot, if any.
    pub(super) fn id_at(&self, slot: usize) -> Option<I> {
        self.slots.get(slot).filter(|slot| slot.value.is_some()).map(|slot| slot.id)
    }

    /// All ids in use, in the order of their slots.
    pub(super) fn ids(&self) -> impl Iterator<Item = I> + '_ {
        self.slots.iter().filter(|slot| slot.value.is_some()).map(|slot| slot.id)
    }
}
