//! Calls `wasi:keyvalue` of a component.
//!
//! Imports wasmtime. The outer error of every call is a trap, the inner one what the component says.

use wasmtime::component::{Component, ResourceAny};
use wasmtime::{Engine, Result, Store};

use crate::runtime::{Permissions, State, linker, store};

mod bindings {
    #![allow(missing_docs, unreachable_pub, clippy::all, reason = "generated")]

    wasmtime::component::bindgen!({
        path: "../../../wit/keyvalue",
        world: "provider",
        exports: { default: async },
        additional_derives: [PartialEq],
    });
}

use bindings::exports::wasi::keyvalue::atomics::CasError;
pub use bindings::exports::wasi::keyvalue::store::Error;

/// What a call gives.
pub type Outcome<T> = Result<Result<T, Error>>;

/// An instance of a component that exports `wasi:keyvalue`.
#[expect(missing_debug_implementations, reason = "its parts have none")]
pub struct KeyValue {
    store: Store<State>,
    provider: bindings::Provider,
}

/// A bucket of an instance.
#[derive(Clone, Copy, Debug)]
pub struct Bucket(ResourceAny);

/// A handle for a swap.
#[derive(Debug)]
pub struct Cas(ResourceAny);

/// How a swap ended.
#[derive(Debug)]
pub enum Swapped {
    /// The value was set.
    Yes,
    /// Somebody else changed the key; a new handle.
    No(Cas),
}

impl KeyValue {
    /// Makes an instance.
    ///
    /// # Errors
    /// The component does not fit this host.
    pub async fn instantiate(
        engine: &Engine,
        component: &Component,
        permissions: &Permissions,
        env: &[(&str, &str)],
    ) -> Result<Self> {
        let mut store = store(engine, permissions, env);
        let provider = bindings::Provider::instantiate_async(&mut store, component, &linker(engine)?).await?;
        Ok(Self { store, provider })
    }

    /// Makes a handle for a swap.
    ///
    /// # Errors
    /// As all calls.
    pub async fn cas(&mut self, bucket: Bucket, key: &str) -> Outcome<Cas> {
        let atomics = self.provider.wasi_keyvalue_atomics();
        Ok(atomics.cas().call_new(&mut self.store, bucket.0, key).await?.map(Cas))
    }

    /// The value that a handle was made with.
    ///
    /// # Errors
    /// As all calls.
    pub async fn current(&mut self, cas: &Cas) -> Outcome<Option<Vec<u8>>> {
        self.provider.wasi_keyvalue_atomics().cas().call_current(&mut self.store, cas.0).await
    }

    /// Swaps.
    ///
    /// # Errors
    /// As all calls.
    pub async fn swap(&mut self, cas: Cas, value: &[u8]) -> Outcome<Swapped> {
        let atomics = self.provider.wasi_keyvalue_atomics();
        Ok(match atomics.call_swap(&mut self.store, cas.0, value).await? {
            Ok(()) => Ok(Swapped::Yes),
            Err(CasError::CasFailed(fresh)) => Ok(Swapped::No(Cas(fresh))),
            Err(CasError::StoreError(error)) => Err(error),
        })
    }

    /// Opens a bucket.
    ///
    /// # Errors
    /// As all calls.
    pub async fn open(&mut self, identifier: &str) -> Outcome<Bucket> {
        let store = self.provider.wasi_keyvalue_store();
        Ok(store.call_open(&mut self.store, identifier).await?.map(Bucket))
    }
}

macro_rules! methods {
    ($($name:ident as $call:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {
        impl KeyValue {
            $(
                /// As in `wit/keyvalue`.
                ///
                /// # Errors
                /// As all calls.
                pub async fn $name(&mut self, bucket: Bucket $(, $argument: $type)*) -> Outcome<$result> {
                    let store = self.provider.wasi_keyvalue_store();
                    store.bucket().$call(&mut self.store, bucket.0 $(, $argument)*).await
                }
            )*
        }
    };
}

methods! {
    get as call_get(key: &str) -> Option<Vec<u8>>;
    set as call_set(key: &str, value: &[u8]) -> ();
    delete as call_delete(key: &str) -> ();
    exists as call_exists(key: &str) -> bool;
}

impl KeyValue {
    /// The keys of a bucket.
    ///
    /// # Errors
    /// As all calls.
    pub async fn list_keys(&mut self, bucket: Bucket) -> Outcome<Vec<String>> {
        let store = self.provider.wasi_keyvalue_store();
        let page = store.bucket().call_list_keys(&mut self.store, bucket.0, None).await?;
        Ok(page.map(|page| page.keys))
    }

    /// Adds to a counter.
    ///
    /// # Errors
    /// As all calls.
    pub async fn increment(&mut self, bucket: Bucket, key: &str, delta: i64) -> Outcome<i64> {
        let atomics = self.provider.wasi_keyvalue_atomics();
        atomics.call_increment(&mut self.store, bucket.0, key, delta).await
    }

    /// Reads many keys.
    ///
    /// # Errors
    /// As all calls.
    pub async fn get_many(
        &mut self,
        bucket: Bucket,
        keys: &[String],
    ) -> Outcome<Vec<Option<(String, Vec<u8>)>>> {
        self.provider.wasi_keyvalue_batch().call_get_many(&mut self.store, bucket.0, keys).await
    }

    /// Sets many keys.
    ///
    /// # Errors
    /// As all calls.
    pub async fn set_many(&mut self, bucket: Bucket, pairs: &[(String, Vec<u8>)]) -> Outcome<()> {
        self.provider.wasi_keyvalue_batch().call_set_many(&mut self.store, bucket.0, pairs).await
    }

    /// Removes many keys.
    ///
    /// # Errors
    /// As all calls.
    pub async fn delete_many(&mut self, bucket: Bucket, keys: &[String]) -> Outcome<()> {
        self.provider.wasi_keyvalue_batch().call_delete_many(&mut self.store, bucket.0, keys).await
    }
}
