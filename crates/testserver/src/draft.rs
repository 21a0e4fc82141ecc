//! A record while a write command changes it: every change can be taken back.
//!
//! Imports records. Invariant: after [`Draft::roll_back`] the record is what it was before the draft, whatever
//! happened in between; so a command whose last operation fails leaves nothing behind and nothing was copied.

use aerospike_wasm::wire::ResultCode;

use crate::particle::{Particle, Stored};
use crate::record::{Bin, BinName, Record};

/// How to take one change back.
#[derive(Debug)]
enum Undo {
    Replaced(usize, Particle),
    Inserted,
    Removed(usize, Bin),
    Emptied(Vec<Bin>),
}

/// A record in change.
#[derive(Debug)]
pub(crate) struct Draft<'r> {
    record: &'r mut Record,
    undo: Vec<Undo>,
    void_time: u32,
    ttl: u32,
    had_key: bool,
}

impl<'r> Draft<'r> {
    pub(crate) const fn new(record: &'r mut Record) -> Self {
        let (void_time, ttl, had_key) = (record.void_time, record.ttl, record.user_key.is_some());
        Self { record, undo: Vec::new(), void_time, ttl, had_key }
    }

    /// The record as changed so far.
    pub(crate) const fn record(&self) -> &Record {
        self.record
    }

    /// Sets a bin: a new one comes last.
    pub(crate) fn set(&mut self, name: &[u8], value: Particle) -> Result<(), ResultCode> {
        if let Some(at) = self.record.position(name) {
            let old = core::mem::replace(&mut self.record.bins[at].value, value);
            self.undo.push(Undo::Replaced(at, old));
        } else {
            self.record.bins.push(Bin { name: BinName::new(name)?, value });
            self.undo.push(Undo::Inserted);
        }
        Ok(())
    }

    /// Removes a bin, if it is there.
    pub(crate) fn remove(&mut self, name: &[u8]) {
        if let Some(at) = self.record.position(name) {
            self.undo.push(Undo::Removed(at, self.record.bins.remove(at)));
        }
    }

    /// Removes all bins.
    pub(crate) fn clear(&mut self) {
        self.undo.push(Undo::Emptied(core::mem::take(&mut self.record.bins)));
    }

    /// Does to a bin what an operation says.
    pub(crate) fn store(&mut self, name: &[u8], stored: Stored) -> Result<(), ResultCode> {
        match stored {
            Stored::Unchanged => Ok(()),
            Stored::Set(value) => self.set(name, value),
            Stored::Removed => {
                self.remove(name);
                Ok(())
            }
        }
    }

    /// Sets void time and the TTL it came from.
    pub(crate) const fn set_expiry(&mut self, void_time: u32, ttl: u32) {
        self.record.void_time = void_time;
        self.record.ttl = ttl;
    }

    /// Stores a user key where none is.
    pub(crate) fn set_key(&mut self, user_key: Option<&[u8]>) {
        if self.record.user_key.is_none() {
            self.record.user_key = user_key.map(Into::into);
        }
    }

    /// Takes all changes back.
    pub(crate) fn roll_back(self) {
        let bins = &mut self.record.bins;
        for undo in self.undo.into_iter().rev() {
            match undo {
                Undo::Replaced(at, old) => bins[at].value = old,
                Undo::Inserted => drop(bins.pop()),
                Undo::Removed(at, bin) => bins.insert(at, bin),
                Undo::Emptied(old) => *bins = old,
            }
        }
        self.record.void_time = self.void_time;
        self.record.ttl = self.ttl;
        if !self.had_key {
            self.record.user_key = None;
        }
    }
}
