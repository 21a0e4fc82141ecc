//! What a host keeps for each command or connection, found by the slot in its id.
//!
//! Imports the core's public API. Slots are dense and reused, so this is a list; a map would be more code, and slower.

use alloc::vec::Vec;

use aerospike_wasm::{CommandId, ConnId};

/// An id with a slot in it.
pub(crate) trait SlotId: Copy + Eq {
    fn slot(self) -> usize;
}

impl SlotId for CommandId {
    fn slot(self) -> usize {
        Self::slot(self)
    }
}

impl SlotId for ConnId {
    fn slot(self) -> usize {
        Self::slot(self)
    }
}

#[derive(Debug)]
pub(crate) struct Slots<I, T>(Vec<Option<(I, T)>>);

impl<I, T> Default for Slots<I, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<I: SlotId, T> Slots<I, T> {
    pub(crate) fn insert(&mut self, id: I, value: T) {
        let slot = id.slot();
        if self.0.len() <= slot {
            self.0.resize_with(slot + 1, || None);
        }
        self.0[slot] = Some((id, value));
    }

    pub(crate) fn get_mut(&mut self, id: I) -> Option<&mut T> {
        let kept = self.0.get_mut(id.slot())?.as_mut();
        kept.filter(|(of, _)| *of == id).map(|(_, value)| value)
    }

    pub(crate) fn remove(&mut self, id: I) -> Option<T> {
        let kept = self.0.get_mut(id.slot())?;
        kept.take_if(|(of, _)| *of == id).map(|(_, value)| value)
    }

    /// Everything, in the order of the slots.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (I, &T)> {
        self.0.iter().flatten().map(|(id, value)| (*id, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_that_was_reused_is_another_id() {
        let (first, second) = (ConnId(3), ConnId(3 | 1 << 20));
        assert_eq!(first.slot(), second.slot());
        let mut slots = Slots::default();
        assert_eq!(slots.get_mut(first), None);
        assert_eq!(slots.remove(first), None);
        slots.insert(first, 'a');
        assert_eq!(slots.get_mut(second), None);
        assert_eq!(slots.remove(second), None);
        assert_eq!(slots.get_mut(first), Some(&mut 'a'));
        assert_eq!(slots.iter().collect::<Vec<_>>(), [(first, &'a')]);
        slots.insert(second, 'b');
        assert_eq!(slots.remove(first), None);
        assert_eq!(slots.remove(second), Some('b'));
        assert_eq!(slots.iter().count(), 0);
    }
}
