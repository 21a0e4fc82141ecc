//! Runs a call: a future that waits for nothing but another task to wake it.
//!
//! wit-bindgen's runtime can wait for anything, and pays for that in every call: a set of waitables, a stream to be woken by,
//! a list of futures, each made and dropped again by the host. A call waits only until the driver has its answer, so here
//! the set and the stream outlive it and serve the next one, and what is left are a read, a write and an event. Imports
//! wit-bindgen. Invariant: the future spawns nothing and awaits no import; `connect`, which does, stays with wit-bindgen.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::pin::Pin;
use core::ptr;
use core::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

use wit_bindgen::{StreamOps, UnitStreamOps};

/// What the exports find in place of wit-bindgen's runtime: the same, but for how a task is started.
pub(crate) mod runtime {
    pub(crate) use wit_bindgen::rt::*;

    pub(crate) mod async_support {
        pub(crate) use wit_bindgen::rt::async_support::*;

        /// Starts the task of an export, here if that said so by [`super::super::calling`].
        pub(crate) fn start_task(task: impl Future<Output = ()> + 'static) -> i32 {
            // Boxed here, so that what follows is compiled once, not once per export.
            let task: super::super::Boxed = alloc::boxed::Box::pin(task);
            if super::super::LOCAL.calling.take() {
                super::super::start(task)
            } else {
                wit_bindgen::rt::async_support::start_task(task)
            }
        }
    }
}

type Boxed = Pin<Box<dyn Future<Output = ()>>>;

/// The next task that starts is a call.
pub(crate) fn calling() {
    LOCAL.calling.set(true);
}

/// What all calls share; a component has one thread.
struct Local {
    calling: Cell<bool>,
    /// Bells that no call uses.
    idle: RefCell<Vec<&'static Bell>>,
}

// SAFETY: a component has one thread.
unsafe impl Sync for Local {}

static LOCAL: Local = Local { calling: Cell::new(false), idle: RefCell::new(Vec::new()) };

const EVENT_CANCEL: u32 = 6;
const EXIT: u32 = 0;
const WAIT: u32 = 2;

#[derive(Clone, Copy, Eq, PartialEq)]
enum State {
    /// The future is being polled, or is none.
    Awake,
    /// It was woken meanwhile, or the bell was rung.
    Woken,
    Asleep,
}

/// What wakes a call. It is never dropped, and used again by another: waking an earlier one only polls that in vain.
struct Bell {
    set: u32,
    reader: u32,
    writer: u32,
    /// A read is under way: whoever writes ends it.
    reading: Cell<bool>,
    state: Cell<State>,
    future: RefCell<Option<Boxed>>,
}

/// Starts a call and gives its callback code.
fn start(future: Boxed) -> i32 {
    let idle = LOCAL.idle.borrow_mut().pop();
    let bell = idle.unwrap_or_else(Bell::new);
    abi::set_context(ptr::from_ref(bell));
    bell.future.replace(Some(future));
    bell.run() as i32
}

/// Goes on with a call that an event came for, and gives its callback code.
///
/// # Safety
/// The call was begun by [`start`].
pub(crate) unsafe fn callback(event: u32, _waitable: u32, _code: u32) -> u32 {
    // SAFETY: `start` left it there, and bells are never dropped.
    let bell = unsafe { &*abi::context() };
    if event == EVENT_CANCEL {
        bell.cancel();
        return EXIT;
    }
    bell.reading.set(false);
    bell.run()
}

impl Bell {
    fn new() -> &'static Self {
        let ends = UnitStreamOps.new();
        let (reader, writer) = (ends as u32, (ends >> 32) as u32);
        let set = abi::new_set();
        abi::join(reader, set);
        Box::leak(Box::new(Self {
            set,
            reader,
            writer,
            reading: Cell::new(false),
            state: Cell::new(State::Awake),
            future: RefCell::new(None),
        }))
    }

    /// Polls until the future ends or sleeps.
    fn run(&'static self) -> u32 {
        let waker = self.waker();
        let mut context = Context::from_waker(&waker);
        loop {
            self.state.set(State::Awake);
            let mut future = self.future.borrow_mut();
            let Some(polled) = future.as_mut().map(|future| future.as_mut().poll(&mut context)) else {
                return EXIT;
            };
            if polled == Poll::Ready(()) {
                *future = None;
                LOCAL.idle.borrow_mut().push(self);
                return EXIT;
            }
            if self.state.get() == State::Awake {
                self.state.set(State::Asleep);
                self.listen();
                return WAIT | self.set << 4;
            }
        }
    }

    fn listen(&self) {
        if !self.reading.replace(true) {
            // SAFETY: elements of this stream take no memory.
            unsafe { UnitStreamOps.start_read(self.reader, ptr::null_mut(), 1) };
        }
    }

    fn ring(&self) {
        if self.state.replace(State::Woken) == State::Asleep {
            // SAFETY: as for `listen`.
            unsafe { UnitStreamOps.start_write(self.writer, ptr::null(), 1) };
        }
    }

    /// Drops the future. An event that is on its way to it is taken back.
    fn cancel(&'static self) {
        self.state.set(State::Awake);
        *self.future.borrow_mut() = None;
        if self.reading.take() {
            abi::join(self.reader, 0);
            // SAFETY: the read is under way, or its event not delivered.
            unsafe { UnitStreamOps.cancel_read(self.reader) };
            abi::join(self.reader, self.set);
        }
        LOCAL.idle.borrow_mut().push(self);
    }

    fn waker(&'static self) -> Waker {
        // SAFETY: bells are never dropped, and a component has one thread.
        unsafe { Waker::from_raw(raw(ptr::from_ref(self).cast())) }
    }
}

const fn raw(bell: *const ()) -> RawWaker {
    const TABLE: RawWakerVTable = RawWakerVTable::new(raw, ring, ring, |_| {});
    RawWaker::new(bell, &TABLE)
}

/// # Safety
/// `bell` is one.
unsafe fn ring(bell: *const ()) {
    // SAFETY: the caller's promise; bells are never dropped.
    unsafe { &*bell.cast::<Bell>() }.ring();
}

/// What the component model has built in and wit-bindgen keeps to itself.
mod abi {
    use super::Bell;

    pub(super) fn context() -> *const Bell {
        // SAFETY: it only reads.
        unsafe { imports::get_context() }.cast()
    }

    pub(super) fn set_context(bell: *const Bell) {
        // SAFETY: the slot belongs to the task, and it is one of ours.
        unsafe { imports::set_context(bell.cast()) }
    }

    pub(super) fn new_set() -> u32 {
        // SAFETY: it takes nothing.
        unsafe { imports::new_set() }
    }

    /// Puts a waitable into a set, or with 0 into none.
    pub(super) fn join(waitable: u32, set: u32) {
        // SAFETY: the host checks both.
        unsafe { imports::join(waitable, set) }
    }

    #[cfg(target_family = "wasm")]
    mod imports {
        #[link(wasm_import_module = "$root")]
        unsafe extern "C" {
            #[link_name = "[context-get-0]"]
            pub(super) fn get_context() -> *const ();
            #[link_name = "[context-set-0]"]
            pub(super) fn set_context(value: *const ());
            #[link_name = "[waitable-set-new]"]
            pub(super) fn new_set() -> u32;
            #[link_name = "[waitable-join]"]
            pub(super) fn join(waitable: u32, set: u32);
        }
    }

    /// Elsewhere components are only looked at by lints.
    #[cfg(not(target_family = "wasm"))]
    mod imports {
        pub(super) unsafe fn get_context() -> *const () {
            core::ptr::null()
        }

        pub(super) unsafe fn set_context(_: *const ()) {}

        pub(super) unsafe fn new_set() -> u32 {
            0
        }

        pub(super) unsafe fn join(_: u32, _: u32) {}
    }
}
