//! What the components have in place of the standard library's runtime: the C library's allocator, which that has too, and
//! panics that trap without a word.
//!
//! Imports `core` and, on WASI, the C library. A component that names this crate must do without `std`. As no panic is
//! ever told, no text of one, nor the code that puts it together, is in a component: an eighth of its size. Invariant of
//! the components: nothing that comes from outside panics, so a trap is a defect, and its backtrace says where.
#![no_std]

// Elsewhere components are only looked at by lints and tests.
#[cfg(not(target_os = "wasi"))]
extern crate std;

/// Frees what the host had made by `cabi_realloc`.
///
/// # Safety
/// Nothing points there any more.
pub unsafe fn free(pointer: *mut u8) {
    #[cfg(target_os = "wasi")]
    // SAFETY: the caller's promise; the allocator does not look at the layout.
    unsafe {
        wasi::free(pointer.cast());
    }
    #[cfg(not(target_os = "wasi"))]
    let _ = pointer;
}

#[cfg(target_os = "wasi")]
mod wasi {
    use core::alloc::{GlobalAlloc, Layout};
    use core::ffi::c_void;
    use core::panic::PanicInfo;

    #[link(name = "c")]
    unsafe extern "C" {
        fn malloc(size: usize) -> *mut c_void;
        fn aligned_alloc(align: usize, size: usize) -> *mut c_void;
        fn realloc(pointer: *mut c_void, size: usize) -> *mut c_void;
        pub(crate) fn free(pointer: *mut c_void);
    }

    /// What `malloc` aligns to.
    const ALIGNED: usize = 8;

    struct Allocator;

    // SAFETY: the C library keeps the contract of `GlobalAlloc`; larger alignments go to the function for them, whose size
    // must be a multiple of the alignment.
    unsafe impl GlobalAlloc for Allocator {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            let pointer = if layout.align() <= ALIGNED {
                // SAFETY: `malloc` takes any size.
                unsafe { malloc(layout.size()) }
            } else {
                // SAFETY: an alignment is a power of two, and the padded size a multiple of it.
                unsafe { aligned_alloc(layout.align(), layout.pad_to_align().size()) }
            };
            pointer.cast()
        }

        unsafe fn dealloc(&self, pointer: *mut u8, _layout: Layout) {
            // SAFETY: the caller got it from `alloc` or `realloc`.
            unsafe { free(pointer.cast()) }
        }

        unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
            if layout.align() <= ALIGNED {
                // SAFETY: as for `dealloc`.
                return unsafe { realloc(pointer.cast(), size) }.cast();
            }
            // SAFETY: the caller promises that the size, rounded up to the alignment, does not overflow.
            let moved = unsafe { self.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
            if !moved.is_null() {
                // SAFETY: both are valid for the smaller of the two sizes, and apart.
                unsafe {
                    core::ptr::copy_nonoverlapping(pointer, moved, size.min(layout.size()));
                    self.dealloc(pointer, layout);
                }
            }
            moved
        }
    }

    /// How the host makes room for what it hands in; the standard library brings it elsewhere.
    ///
    /// # Safety
    /// `pointer` came from here, with that size and alignment, or `old_size` is 0.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn cabi_realloc(
        pointer: *mut u8,
        old_size: usize,
        align: usize,
        new_size: usize,
    ) -> *mut u8 {
        if new_size == 0 {
            return core::ptr::without_provenance_mut(align);
        }
        // SAFETY: the component model gives alignments that are powers of two and sizes below the memory's.
        let made = unsafe {
            if old_size == 0 {
                ALLOCATOR.alloc(Layout::from_size_align_unchecked(new_size, align))
            } else {
                ALLOCATOR.realloc(pointer, Layout::from_size_align_unchecked(old_size, align), new_size)
            }
        };
        if made.is_null() {
            core::arch::wasm32::unreachable();
        }
        made
    }

    #[global_allocator]
    static ALLOCATOR: Allocator = Allocator;

    #[panic_handler]
    fn panic(_: &PanicInfo<'_>) -> ! {
        core::arch::wasm32::unreachable()
    }
}
