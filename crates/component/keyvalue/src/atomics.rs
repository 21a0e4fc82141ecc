//! `wasi:keyvalue/atomics`: counters, and swaps that happen only if nothing else did.
//!
//! Imports its neighbours and the core's public API.

use aerospike_wasm::data::ValueRef;
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::{Action, Exists, GenerationPolicy, Operation, Policy};

use crate::Component;
use crate::bindings::exports::wasi::keyvalue::atomics::{self, BucketBorrow, CasError, Guest, GuestCas};
use crate::bindings::exports::wasi::keyvalue::store::Error;
use crate::failure::Failure;
use crate::store::{Bucket, Held};
use crate::value::{decimal, integer};

/// How often a counter kept as text is begun anew when others are changing it.
const MAX_ROUNDS: u32 = 16;

/// What the server says when the record is not as it was.
const CHANGED: [ResultCode; 3] =
    [ResultCode::GENERATION, ResultCode::RECORD_NOT_FOUND, ResultCode::RECORD_EXISTS];

/// The resource `cas`.
#[derive(Debug)]
pub(crate) struct Cas {
    bucket: Bucket,
    key: String,
    held: Held,
}

impl Cas {
    fn read(operation: &str, bucket: Bucket, key: String) -> Result<Self, Failure> {
        let held = bucket.read(operation, &key)?;
        Ok(Self { bucket, key, held })
    }
}

impl GuestCas for Cas {
    fn new(bucket: BucketBorrow<'_>, key: String) -> Result<atomics::Cas, Error> {
        let bucket: &Bucket = bucket.get();
        Ok(atomics::Cas::new(Self::read("cas.new", bucket.clone(), key)?))
    }

    fn current(&self) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.held.value.clone())
    }
}

impl Guest for Component {
    type Cas = Cas;

    fn increment(bucket: BucketBorrow<'_>, key: String, delta: i64) -> Result<i64, Error> {
        let bucket: &Bucket = bucket.get();
        for _ in 0..MAX_ROUNDS {
            match bucket.add(&key, delta) {
                Err(failure) if failure.is_any(&[ResultCode::BIN_TYPE]) => {}
                other => return Ok(other?),
            }
            if let Some(sum) = bucket.add_to_text(&key, delta)? {
                return Ok(sum);
            }
        }
        let what = bucket.describe("increment", &key);
        Err(Error::Other(format!("{what}: the value was changed by others {MAX_ROUNDS} times in a row")))
    }

    fn swap(cas: atomics::Cas, value: Vec<u8>) -> Result<(), CasError> {
        let Cas { bucket, key, held } = cas.into_inner();
        let policy = unchanged(&bucket, held.generation);
        match bucket.write("swap", &key, ValueRef::Blob(&value), &policy) {
            Err(failure) if failure.is_any(&CHANGED) => {
                let fresh = Cas::read("swap", bucket, key).map_err(store_error)?;
                Err(CasError::CasFailed(atomics::Cas::new(fresh)))
            }
            other => other.map_err(store_error),
        }
    }
}

impl Bucket {
    /// Adds to an integer on the server and gives the sum.
    fn add(&self, key: &str, delta: i64) -> Result<i64, Failure> {
        let what = self.describe("increment", key);
        let ops = [Operation::increment(self.bin(), ValueRef::Integer(delta)), Operation::read(self.bin())];
        let action = Action::Operate { key: self.key(key), ops: &ops };
        self.connection.run(&what, action, &self.connection.settings.write, &mut |reply| {
            integer(reply, self.bin()).ok_or_else(|| "the server answered no integer".into())
        })
    }

    /// Turns the digits that were set as a value into an integer, with `delta` added; `None` if somebody was faster.
    fn add_to_text(&self, key: &str, delta: i64) -> Result<Option<i64>, Failure> {
        let wrong = |problem: &str| Failure::other(format!("{}: {problem}", self.describe("increment", key)));
        let held = self.read("increment", key)?;
        let Some(bytes) = held.value else { return Ok(None) };
        let sum = decimal(&bytes)
            .ok_or_else(|| wrong("the value is not an integer in decimal digits"))?
            .checked_add(delta)
            .ok_or_else(|| wrong("the sum does not fit 64 bits"))?;
        let policy = unchanged(self, held.generation);
        match self.write("increment", key, ValueRef::Integer(sum), &policy) {
            Err(failure) if failure.is_any(&CHANGED) => Ok(None),
            other => other.map(|()| Some(sum)),
        }
    }
}

/// A write that succeeds only if the record is as it was.
fn unchanged(bucket: &Bucket, generation: Option<u32>) -> Policy {
    let mut policy = bucket.connection.settings.write;
    match generation {
        None => policy.row.exists = Exists::CreateOnly,
        Some(generation) => {
            policy.row.generation = generation;
            policy.row.generation_policy = GenerationPolicy::Equal;
        }
    }
    policy
}

fn store_error(failure: Failure) -> CasError {
    CasError::StoreError(failure.into())
}
