//! The one connection to the cluster, and commands run on it to their end.
//!
//! Imports the blocking driver. It is made when the first bucket is opened, kept by the buckets and for those that
//! are opened later, and made anew only if it could not be made at all: lost servers are the core's business.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use aerospike_wasi::p2::Driver;
use aerospike_wasi::{Failed, Told};
use aerospike_wasm::data::{KeyRef, UserKeyRef};
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::{Action, BatchRow, Bins, Command, Policy, Reply};

use crate::failure::Failure;
use crate::location::Location;
use crate::settings::Settings;

/// A connection, shared by all buckets.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) settings: Settings,
    driver: RefCell<Driver>,
    /// Namespaces that the cluster is known to have.
    namespaces: RefCell<BTreeSet<String>>,
}

thread_local! {
    /// The interface has no value that outlives a bucket, so what buckets share is here.
    static SHARED: RefCell<Option<Rc<Connection>>> = const { RefCell::new(None) };
}

impl Connection {
    /// The connection of this component.
    ///
    /// # Errors
    /// What is wrong with the configuration, or why no server could be reached.
    pub(crate) fn shared() -> Result<Rc<Self>, Failure> {
        SHARED.with_borrow_mut(|shared| {
            if let Some(connection) = shared {
                return Ok(Rc::clone(connection));
            }
            let connection = Rc::new(Self::connect()?);
            *shared = Some(Rc::clone(&connection));
            Ok(connection)
        })
    }

    fn connect() -> Result<Self, Failure> {
        let read = Settings::read(&|name| std::env::var(name).ok());
        let settings = read.map_err(|problem| Failure::other(format!("open: {problem}")))?;
        let driver = Driver::connect(settings.config.clone())
            .map_err(|failure| Failure::other(format!("open: no server could be reached: {failure}")))?;
        Ok(Self { settings, driver: RefCell::new(driver), namespaces: RefCell::default() })
    }

    /// Makes sure that the cluster has the namespace of a bucket, by a read of a key that nobody has.
    ///
    /// # Errors
    /// It has not, or does not answer.
    pub(crate) fn check_namespace(&self, location: &Location) -> Result<(), Failure> {
        if self.namespaces.borrow().contains(&location.namespace) {
            return Ok(());
        }
        let key = KeyRef::new(&location.namespace, &location.set, UserKeyRef::String(""));
        let action = Action::Read { key, bins: Bins::None };
        match self.run("open", action, &self.settings.read, &mut |_| Ok(())) {
            Err(failure) if !failure.is_any(&[ResultCode::RECORD_NOT_FOUND]) => Err(failure),
            _ => {
                self.namespaces.borrow_mut().insert(location.namespace.clone());
                Ok(())
            }
        }
    }

    /// Runs a command on one record and gives its answer to `take`.
    ///
    /// # Errors
    /// What ended it, or what `take` did not like.
    pub(crate) fn run<T>(
        &self,
        what: &str,
        action: Action<'_>,
        policy: &Policy,
        take: &mut dyn FnMut(&Reply<'_>) -> Result<T, String>,
    ) -> Result<T, Failure> {
        let mut driver = self.driver.borrow_mut();
        let command = Command { action, policy, filter: None };
        let id = driver.submit(&command).map_err(|error| Failure::refused(&error, what))?;
        let mut outcome = None;
        driver.run(&mut |told| match told {
            Told::Finished { id: ended, result } if ended == id => {
                outcome = Some(match result {
                    Ok(reply) => take(&reply).map_err(|problem| Failure::other(format!("{what}: {problem}"))),
                    Err(failed) => Err(Failure::ended(&failed, what)),
                });
                true
            }
            _ => false,
        });
        outcome.unwrap_or_else(|| Err(Failure::other(format!("{what}: not answered"))))
    }

    /// Runs a batch and gives each row's answer to `row`.
    ///
    /// # Errors
    /// What ended it as a whole.
    pub(crate) fn run_batch(
        &self,
        what: &str,
        rows: &[BatchRow<'_>],
        policy: &Policy,
        row: &mut dyn FnMut(usize, Result<Reply<'_>, Failed<'_>>),
    ) -> Result<(), Failure> {
        let mut driver = self.driver.borrow_mut();
        let command = Command { action: Action::Batch { rows }, policy, filter: None };
        let id = driver.submit(&command).map_err(|error| Failure::refused(&error, what))?;
        let mut outcome = Ok(());
        driver.run(&mut |told| match told {
            Told::Row { id: of, index, result } if of == id => {
                row(index as usize, result);
                false
            }
            Told::Finished { id: ended, result } if ended == id => {
                outcome = result.map(|_| ()).map_err(|failed| Failure::ended(&failed, what));
                true
            }
            _ => false,
        });
        outcome
    }
}
