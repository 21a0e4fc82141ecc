//! An allocator that counts, for tests that say how often the core allocates.
//!
//! The one place in the project with unsafe code: an allocator cannot be written without. It adds a number to the
//! system's allocator and changes nothing else.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
    static LIVE: Cell<i64> = const { Cell::new(0) };
    static ASKED: Cell<u64> = const { Cell::new(0) };
}

/// Counts the allocations of each thread. Make it the `#[global_allocator]` of a test.
#[derive(Debug)]
pub struct Counting;

impl Counting {
    /// How often this thread has allocated or grown an allocation.
    #[must_use]
    pub fn count() -> u64 {
        COUNT.with(Cell::get)
    }

    /// How many bytes this thread has allocated and not freed; what one thread allocates and another frees makes it
    /// negative there.
    #[must_use]
    pub fn live() -> i64 {
        LIVE.with(Cell::get)
    }

    /// How many bytes this thread has asked for in all, freed or not.
    #[must_use]
    pub fn asked() -> u64 {
        ASKED.with(Cell::get)
    }
}

// SAFETY: every call goes to the system's allocator with the caller's own arguments.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(0, layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        LIVE.with(|live| live.set(live.get() - layout.size() as i64));
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(layout.size(), size);
        unsafe { System.realloc(place, layout, size) }
    }
}

fn count(before: usize, after: usize) {
    COUNT.with(|count| count.set(count.get() + 1));
    ASKED.with(|asked| asked.set(asked.get() + after as u64));
    LIVE.with(|live| live.set(live.get() + after as i64 - before as i64));
}
