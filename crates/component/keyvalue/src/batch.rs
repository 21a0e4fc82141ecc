//! `wasi:keyvalue/batch`: many keys in one command.
//!
//! Imports its neighbours and the core's public API. A key that fails fails the call, after all keys have been tried;
//! the first such key is the one that is named.

use aerospike_wasm::data::{UserKeyRef, ValueRef};
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::{BatchRow, Bins, Operation, Policy, Reply, RowAction};

use crate::Component;
use crate::bindings::exports::wasi::keyvalue::batch::{BucketBorrow, Guest};
use crate::bindings::exports::wasi::keyvalue::store::Error;
use crate::failure::Failure;
use crate::store::Bucket;
use crate::value::value;

impl Guest for Component {
    fn get_many(
        bucket: BucketBorrow<'_>,
        keys: Vec<String>,
    ) -> Result<Vec<Option<(String, Vec<u8>)>>, Error> {
        let bucket: &Bucket = bucket.get();
        let names = [bucket.bin()];
        let mut values = Vec::new();
        values.resize_with(keys.len(), || None);
        let row = |key| BatchRow { key: bucket.key(key), action: RowAction::Read(Bins::Named(&names)) };
        let rows: Vec<_> = keys.iter().map(|key| row(key.as_str())).collect();
        bucket.run_rows("get-many", &rows, &bucket.connection.settings.read, &mut |index, reply| {
            if let Some(place) = values.get_mut(index) {
                *place = value(reply, bucket.bin())?;
            }
            Ok(())
        })?;
        let pair = |(key, value): (String, Option<Vec<u8>>)| value.map(|value| (key, value));
        Ok(keys.into_iter().zip(values).map(pair).collect())
    }

    fn set_many(bucket: BucketBorrow<'_>, key_values: Vec<(String, Vec<u8>)>) -> Result<(), Error> {
        let bucket: &Bucket = bucket.get();
        let policy = &bucket.connection.settings.write;
        let write = |value| [Operation::write(bucket.bin(), ValueRef::Blob(value))];
        let ops: Vec<_> = key_values.iter().map(|(_, value)| write(value.as_slice())).collect();
        let pairs = key_values.iter().zip(&ops);
        let rows: Vec<_> = pairs
            .map(|((key, _), ops)| BatchRow {
                key: bucket.key(key),
                action: RowAction::Operate(ops, policy.row),
            })
            .collect();
        bucket.run_rows("set-many", &rows, policy, &mut |_, _| Ok(()))
    }

    fn delete_many(bucket: BucketBorrow<'_>, keys: Vec<String>) -> Result<(), Error> {
        let bucket: &Bucket = bucket.get();
        let policy = &bucket.connection.settings.write;
        let row = |key| BatchRow { key: bucket.key(key), action: RowAction::Remove(policy.row) };
        let rows: Vec<_> = keys.iter().map(|key| row(key.as_str())).collect();
        bucket.run_rows("delete-many", &rows, policy, &mut |_, _| Ok(()))
    }
}

impl Bucket {
    /// Runs rows as one batch and gives the answers of those that are there to `take`.
    fn run_rows(
        &self,
        operation: &str,
        rows: &[BatchRow<'_>],
        policy: &Policy,
        take: &mut dyn FnMut(usize, &Reply<'_>) -> Result<(), String>,
    ) -> Result<(), Error> {
        if rows.is_empty() {
            return Ok(());
        }
        let what = |index: usize| match rows.get(index).and_then(|row| row.key.user_key) {
            Some(UserKeyRef::String(key)) => self.describe(operation, key),
            _ => operation.to_string(),
        };
        let mut first: Option<(usize, Failure)> = None;
        let whole = format!("{operation} of {} keys", rows.len());
        self.connection.run_batch(&whole, rows, policy, &mut |index, result| {
            let failure = match result {
                Ok(reply) => take(index, &reply)
                    .err()
                    .map(|problem| Failure::other(format!("{}: {problem}", what(index)))),
                Err(failed) => Some(Failure::ended(&failed, &what(index)))
                    .filter(|failure| !failure.is_any(&[ResultCode::RECORD_NOT_FOUND])),
            };
            if let Some(failure) = failure
                && first.as_ref().is_none_or(|(at, _)| index < *at)
            {
                first = Some((index, failure));
            }
        })?;
        first.map_or(Ok(()), |(_, failure)| Err(failure.into()))
    }
}
