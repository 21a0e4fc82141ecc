//! `wasi:keyvalue/store`: buckets, and single keys of them.
//!
//! Imports its neighbours and the core's public API.

use std::rc::Rc;

use aerospike_wasm::data::{KeyRef, UserKeyRef, ValueRef};
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::{Action, Bins, Operation, Policy};

use crate::Component;
use crate::bindings::exports::wasi::keyvalue::store::{self, Error, Guest, GuestBucket, KeyResponse};
use crate::connection::Connection;
use crate::failure::Failure;
use crate::location::Location;
use crate::value::value;

/// The resource `bucket`.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    pub(crate) connection: Rc<Connection>,
    location: Location,
}

/// What a key had when it was read.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) value: Option<Vec<u8>>,
    /// The record's generation; `None` if there is no record.
    pub(crate) generation: Option<u32>,
}

impl Guest for Component {
    type Bucket = Bucket;

    fn open(identifier: String) -> Result<store::Bucket, Error> {
        let connection = Connection::shared()?;
        let default = connection.settings.namespace.as_deref();
        let location = Location::parse(&identifier, default).ok_or(Error::NoSuchStore)?;
        connection.check_namespace(&location)?;
        Ok(store::Bucket::new(Bucket { connection, location }))
    }
}

impl Bucket {
    /// The record of a key.
    pub(crate) fn key<'a>(&'a self, key: &'a str) -> KeyRef<'a> {
        KeyRef::new(&self.location.namespace, &self.location.set, UserKeyRef::String(key))
    }

    /// The bin that holds values.
    pub(crate) fn bin(&self) -> &str {
        &self.connection.settings.bin
    }

    /// What an error message says of an operation on a key.
    pub(crate) fn describe(&self, operation: &str, key: &str) -> String {
        let Location { namespace, set } = &self.location;
        let short: String = key.chars().take(64).collect();
        let more = if short.len() < key.len() { "…" } else { "" };
        format!("{operation} {namespace}/{set} '{short}{more}'")
    }

    /// Reads a key, for the operation of that name.
    pub(crate) fn read(&self, operation: &str, key: &str) -> Result<Held, Failure> {
        let what = self.describe(operation, key);
        let names = [self.bin()];
        let action = Action::Read { key: self.key(key), bins: Bins::Named(&names) };
        let read = self.connection.run(&what, action, &self.connection.settings.read, &mut |reply| {
            Ok(Held { value: value(reply, self.bin())?, generation: Some(reply.generation()) })
        });
        match read {
            Err(failure) if failure.is_any(&[ResultCode::RECORD_NOT_FOUND]) => {
                Ok(Held { value: None, generation: None })
            }
            other => other,
        }
    }

    /// Writes a value, for the operation of that name.
    pub(crate) fn write(
        &self,
        operation: &str,
        key: &str,
        value: ValueRef<'_>,
        policy: &Policy,
    ) -> Result<(), Failure> {
        let what = self.describe(operation, key);
        let ops = [Operation::write(self.bin(), value)];
        let action = Action::Operate { key: self.key(key), ops: &ops };
        self.connection.run(&what, action, policy, &mut |_| Ok(()))
    }
}

impl GuestBucket for Bucket {
    fn get(&self, key: String) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.read("get", &key)?.value)
    }

    fn set(&self, key: String, value: Vec<u8>) -> Result<(), Error> {
        Ok(self.write("set", &key, ValueRef::Blob(&value), &self.connection.settings.write)?)
    }

    fn delete(&self, key: String) -> Result<(), Error> {
        let what = self.describe("delete", &key);
        let action = Action::Remove { key: self.key(&key) };
        match self.connection.run(&what, action, &self.connection.settings.write, &mut |_| Ok(())) {
            Err(failure) if !failure.is_any(&[ResultCode::RECORD_NOT_FOUND]) => Err(failure.into()),
            _ => Ok(()),
        }
    }

    fn exists(&self, key: String) -> Result<bool, Error> {
        let what = self.describe("exists", &key);
        let action = Action::Read { key: self.key(&key), bins: Bins::None };
        match self.connection.run(&what, action, &self.connection.settings.read, &mut |_| Ok(())) {
            Ok(()) => Ok(true),
            Err(failure) if failure.is_any(&[ResultCode::RECORD_NOT_FOUND]) => Ok(false),
            Err(failure) => Err(failure.into()),
        }
    }

    fn list_keys(&self, _cursor: Option<String>) -> Result<KeyResponse, Error> {
        Err(Error::Other("list-keys: not supported: this provider does not scan".into()))
    }
}
