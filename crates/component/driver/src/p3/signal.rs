//! Something one task tells another: set any number of times, heard once.
//!
//! Imports `core`.

use core::cell::{Cell, RefCell};
use core::future::poll_fn;
use core::task::{Poll, Waker};

/// A flag that one task waits for.
#[derive(Debug, Default)]
pub(super) struct Signal {
    set: Cell<bool>,
    waiting: RefCell<Option<Waker>>,
}

impl Signal {
    /// Sets the flag and wakes who waits for it.
    pub(super) fn set(&self) {
        if !self.set.replace(true)
            && let Some(waker) = self.waiting.take()
        {
            waker.wake();
        }
    }

    /// Waits until the flag is set, and takes it back.
    pub(super) async fn heard(&self) {
        poll_fn(|context| {
            if self.set.take() {
                return Poll::Ready(());
            }
            self.waiting.replace(Some(context.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}
