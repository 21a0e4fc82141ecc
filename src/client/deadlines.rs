//! Who wants to be woken when: a binary heap that also knows where each slot's entry is.
//!
//! Imports `time`. One entry per slot; setting, moving and clearing take logarithmic time, and none in the common case
//! of a new latest deadline. In steady state nothing is allocated.

use alloc::vec::Vec;

use crate::time::Timestamp;

const NOWHERE: u32 = u32::MAX;

#[derive(Debug, Default)]
pub(super) struct Deadlines {
    heap: Vec<(Timestamp, u32)>,
    places: Vec<u32>,
}

impl Deadlines {
    /// The earliest deadline.
    pub(super) fn next(&self) -> Timestamp {
        self.heap.first().map_or(Timestamp::NEVER, |(at, _)| *at)
    }

    /// Takes out a slot whose deadline has come.
    pub(super) fn pop_due(&mut self, now: Timestamp) -> Option<usize> {
        let (at, slot) = *self.heap.first()?;
        if at > now {
            return None;
        }
        self.clear(slot as usize);
        Some(slot as usize)
    }

    /// Sets a slot's deadline; [`Timestamp::NEVER`] clears it.
    pub(super) fn set(&mut self, slot: usize, at: Timestamp) {
        if at == Timestamp::NEVER {
            return self.clear(slot);
        }
        if slot >= self.places.len() {
            self.places.resize(slot + 1, NOWHERE);
        }
        let place = self.places[slot];
        if place == NOWHERE {
            self.heap.push((at, slot as u32));
            self.sift_up(self.heap.len() - 1);
            return;
        }
        let place = place as usize;
        let earlier = at < self.heap[place].0;
        self.heap[place].0 = at;
        if earlier { self.sift_up(place) } else { self.sift_down(place) }
    }

    /// Clears a slot's deadline.
    pub(super) fn clear(&mut self, slot: usize) {
        let Some(place) = self.places.get(slot).copied().filter(|place| *place != NOWHERE) else { return };
        let place = place as usize;
        self.places[slot] = NOWHERE;
        let Some(last) = self.heap.pop() else { return };
        if place < self.heap.len() {
            self.heap[place] = last;
            self.places[last.1 as usize] = place as u32;
            self.sift_down(place);
            self.sift_up(place);
        }
    }

    fn sift_up(&mut self, mut place: usize) {
        while place > 0 {
            let parent = (place - 1) / 2;
            if self.heap[parent].0 <= self.heap[place].0 {
                break;
            }
            self.swap(parent, place);
            place = parent;
        }
        self.places[self.heap[place].1 as usize] = place as u32;
    }

    fn sift_down(&mut self, mut place: usize) {
        loop {
            let left = place * 2 + 1;
            let right = left + 1;
            let mut least = place;
            if left < self.heap.len() && self.heap[left].0 < self.heap[least].0 {
                least = left;
            }
            if right < self.heap.len() && self.heap[right].0 < self.heap[least].0 {
                least = right;
            }
            if least == place {
                break;
            }
            self.swap(least, place);
            place = least;
        }
        self.places[self.heap[place].1 as usize] = place as u32;
    }

    fn swap(&mut self, a: usize, b: usize) {
        self.heap.swap(a, b);
        self.places[self.heap[a].1 as usize] = a as u32;
        self.places[self.heap[b].1 as usize] = b as u32;
    }
}
