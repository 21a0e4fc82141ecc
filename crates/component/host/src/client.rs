//! Calls the interface `aerospike:client` of a component, of either version.
//!
//! Imports wasmtime and the interface's types. A client of version 0.2 answers one call after another. For a client of
//! version 0.3 a task runs the store's event loop, and calls go there, so that any number may be in flight. Work that makes
//! many calls can go there as a whole, see [`Client::inside`].

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::rc::Rc;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::sync::{Mutex, mpsc, oneshot};
use wasmtime::component::{Accessor, ComponentNamedList, Instance, Lift, Lower, ResourceAny, TypedFunc};
use wasmtime::{AsContextMut, Engine, Error, Result, Store};

use crate::runtime::{Permissions, State, component, linker, store};
use crate::types::{
    self, AdminPolicy, BatchPolicy, BatchReadPolicy, BatchRecord, BatchRemoveRow, BatchWriteRow, Bin,
    InfoNodeResult, Key, Number, OperatePolicy, Operation, ReadPolicy, Record, RecordMeta, Statistics,
    TextOrBlob, Ttl, WriteMeta, WritePolicy,
};

/// What a call of the interface gives.
pub type Outcome<T> = Result<T, types::Error>;

/// Which version of the interface.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Version {
    /// WASI 0.2: calls are synchronous.
    Sync,
    /// WASI 0.3: calls are asynchronous.
    Async,
}

impl Version {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sync, Self::Async];

    /// The file of the component.
    #[must_use]
    pub const fn file(self) -> &'static str {
        match self {
            Self::Sync => "aerospike.wasm",
            Self::Async => "aerospike-async.wasm",
        }
    }

    const fn interface(self) -> &'static str {
        match self {
            Self::Sync => "aerospike:client/client@0.2.0",
            Self::Async => "aerospike:client/client@0.3.0",
        }
    }
}

type LocalFuture<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;
type Job = Box<dyn for<'a> FnOnce(&'a Accessor<State>) -> LocalFuture<'a>>;

enum Runner {
    Sync(Mutex<Store<State>>),
    Async(mpsc::UnboundedSender<Job>),
}

/// What the clients of an instance have in common.
#[expect(missing_debug_implementations, reason = "its parts have none")]
pub struct Shared {
    version: Version,
    instance: Instance,
    runner: Runner,
    /// Functions that were called before, by the name of the method here: looking one up takes longer than calling it.
    functions: RefCell<BTreeMap<&'static str, Box<dyn Any>>>,
}

/// An instance of a component that exports the interface. Use it within a `LocalSet`.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "its parts have none")]
pub struct Provider {
    shared: Rc<Shared>,
}

/// A resource `client` of an instance.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "its parts have none")]
pub struct Client<P = Outside> {
    shared: Rc<Shared>,
    resource: ResourceAny,
    place: P,
}

/// Where a client's calls come from.
pub trait Place {
    /// Makes a call.
    #[doc(hidden)]
    fn call<P, R>(
        &self,
        shared: &Rc<Shared>,
        name: &'static str,
        params: P,
    ) -> impl Future<Output = Result<R>>
    where
        P: ComponentNamedList + Lower + Send + Sync + 'static,
        R: ComponentNamedList + Lift + Send + Sync + 'static;
}

/// Any task: calls are handed to who has the store.
#[derive(Clone, Copy, Debug)]
pub struct Outside;

/// The event loop of a store of version 0.3.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "its parts have none")]
pub struct Inside<'a>(&'a Accessor<State>);

impl Provider {
    /// Makes an instance of the component of that version.
    ///
    /// # Errors
    /// It is not built, or does not fit this host.
    pub async fn instantiate(engine: &Engine, version: Version, permissions: &Permissions) -> Result<Self> {
        let component = component(engine, version.file())?;
        let mut store = store(engine, permissions, &[]);
        let instance = linker(engine)?.instantiate_async(&mut store, &component).await?;
        let runner = match version {
            Version::Sync => Runner::Sync(Mutex::new(store)),
            Version::Async => Runner::Async(run(store)),
        };
        Ok(Self { shared: Rc::new(Shared { version, instance, runner, functions: RefCell::default() }) })
    }

    /// Connects a client.
    ///
    /// # Errors
    /// The outer: a trap. The inner: what the component says.
    pub async fn connect(&self, config: types::Config) -> Result<Result<Client, types::Error>> {
        let (client,): (Result<ResourceAny, types::Error>,) =
            Outside.call(&self.shared, CONNECT, (config,)).await?;
        Ok(client.map(|resource| Client { shared: Rc::clone(&self.shared), resource, place: Outside }))
    }

    /// Which version it is of.
    #[must_use]
    pub fn version(&self) -> Version {
        self.shared.version
    }
}

/// Runs the event loop of a store until nobody can send calls any more.
fn run(mut store: Store<State>) -> mpsc::UnboundedSender<Job> {
    let (sender, mut jobs) = mpsc::unbounded_channel::<Job>();
    tokio::task::spawn_local(async move {
        let ended = store
            .run_concurrent(async |accessor| {
                let mut running = FuturesUnordered::new();
                loop {
                    tokio::select! {
                        job = jobs.recv() => match job {
                            Some(job) => running.push(job(accessor)),
                            None => return,
                        },
                        Some(()) = running.next(), if !running.is_empty() => {}
                    }
                }
            })
            .await;
        if let Err(error) = ended {
            eprintln!("the instance ended: {error:?}");
        }
    });
    sender
}

impl Place for Outside {
    async fn call<P, R>(&self, shared: &Rc<Shared>, name: &'static str, params: P) -> Result<R>
    where
        P: ComponentNamedList + Lower + Send + Sync + 'static,
        R: ComponentNamedList + Lift + Send + Sync + 'static,
    {
        match &shared.runner {
            Runner::Sync(store) => {
                let mut store = store.lock().await;
                let function: TypedFunc<P, R> = shared.function(&mut *store, name)?;
                function.call_async(&mut *store, params).await
            }
            Runner::Async(jobs) => {
                let shared = Rc::clone(shared);
                hand_over(jobs, async move |accessor: &Accessor<State>| {
                    let function = accessor.with(|access| shared.function::<P, R>(access, name));
                    // The store is to end with the last who can call, not with the last call.
                    drop(shared);
                    function?.call_concurrent(accessor, params).await
                })
                .await?
            }
        }
    }
}

impl Place for Inside<'_> {
    async fn call<P, R>(&self, shared: &Rc<Shared>, name: &'static str, params: P) -> Result<R>
    where
        P: ComponentNamedList + Lower + Send + Sync + 'static,
        R: ComponentNamedList + Lift + Send + Sync + 'static,
    {
        let function: TypedFunc<P, R> = self.0.with(|access| shared.function(access, name))?;
        function.call_concurrent(self.0, params).await
    }
}

/// Has the event loop of a store do something, and waits for what it gives.
async fn hand_over<R: 'static>(
    jobs: &mpsc::UnboundedSender<Job>,
    work: impl for<'a> AsyncFnOnce(&'a Accessor<State>) -> R + 'static,
) -> Result<R> {
    let (sender, answer) = oneshot::channel();
    let job: Job = Box::new(move |accessor| {
        Box::pin(async move {
            // Whoever asked may have stopped waiting.
            sender.send(work(accessor).await).ok();
        })
    });
    jobs.send(job).map_err(|_| Error::msg("the instance has ended"))?;
    answer.await.map_err(|_| Error::msg("the instance has ended"))
}

impl Shared {
    fn function<P, R>(
        &self,
        mut store: impl AsContextMut<Data = State>,
        name: &'static str,
    ) -> Result<TypedFunc<P, R>>
    where
        P: ComponentNamedList + Lower + 'static,
        R: ComponentNamedList + Lift + 'static,
    {
        if let Some(known) = self.functions.borrow().get(name).and_then(|known| known.downcast_ref()) {
            return Ok(TypedFunc::clone(known));
        }
        let exported = exported_name(name);
        let missing = || Error::msg(format!("the component exports no {exported}"));
        let interface = self.instance.get_export_index(&mut store, None, self.version.interface());
        let index =
            self.instance.get_export_index(&mut store, interface.as_ref(), &exported).ok_or_else(missing)?;
        let function: TypedFunc<P, R> = self.instance.get_typed_func(&mut store, index)?;
        self.functions.borrow_mut().insert(name, Box::new(function));
        Ok(function)
    }
}

const CONNECT: &str = "connect";

/// What the component calls what has this name here.
fn exported_name(name: &str) -> String {
    let kind = if name == CONNECT { "static" } else { "method" };
    format!("[{kind}]client.{}", name.replace('_', "-"))
}

macro_rules! calls {
    ($($name:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {
        impl<P: Place> Client<P> {
            $(
                /// As in `wit/0.2/client.wit`; the outer error is a trap.
                ///
                /// # Errors
                /// A trap.
                pub async fn $name(&self $(, $argument: $type)*) -> Result<$result> {
                    let parameters = (self.resource, $($argument,)*);
                    let (result,): ($result,) =
                        self.place.call(&self.shared, stringify!($name), parameters).await?;
                    Ok(result)
                }
            )*
        }
    };
}

impl Client {
    /// Which version its component is of.
    #[must_use]
    pub fn version(&self) -> Version {
        self.shared.version
    }

    /// Closes all connections.
    ///
    /// # Errors
    /// A trap.
    pub async fn close(&self) -> Result<()> {
        self.place.call(&self.shared, "close", (self.resource,)).await
    }

    /// Does work that makes calls where the store is, as a host does whose own loop runs in the store's: no call has to
    /// be handed over. Version 0.3 only.
    ///
    /// # Errors
    /// The instance has ended, or is of version 0.2, which has no event loop.
    pub async fn inside<R: 'static>(
        &self,
        work: impl for<'a> AsyncFnOnce(Client<Inside<'a>>) -> R + 'static,
    ) -> Result<R> {
        let Runner::Async(jobs) = &self.shared.runner else {
            return Err(Error::msg("the instance has no event loop"));
        };
        let (shared, resource) = (Rc::clone(&self.shared), self.resource);
        hand_over(jobs, async move |accessor: &Accessor<State>| {
            work(Client { shared, resource, place: Inside(accessor) }).await
        })
        .await
    }
}

calls! {
    is_connected() -> bool;
    node_names() -> Vec<String>;
    statistics() -> Statistics;
    put(key: Key, bins: Vec<Bin>, meta: Option<WriteMeta>, policy: Option<WritePolicy>) -> Outcome<()>;
    get(key: Key, policy: Option<ReadPolicy>) -> Outcome<Record>;
    select(key: Key, bins: Vec<String>, policy: Option<ReadPolicy>) -> Outcome<Record>;
    exists(key: Key, policy: Option<ReadPolicy>) -> Outcome<Option<RecordMeta>>;
    touch(key: Key, ttl: Option<Ttl>, meta: Option<WriteMeta>, policy: Option<WritePolicy>) -> Outcome<()>;
    increment(key: Key, bin: String, offset: Number, meta: Option<WriteMeta>, policy: Option<WritePolicy>) -> Outcome<()>;
    append(key: Key, bin: String, val: TextOrBlob, meta: Option<WriteMeta>, policy: Option<WritePolicy>) -> Outcome<()>;
    prepend(key: Key, bin: String, val: TextOrBlob, meta: Option<WriteMeta>, policy: Option<WritePolicy>) -> Outcome<()>;
    remove(key: Key, meta: Option<WriteMeta>, policy: Option<WritePolicy>) -> Outcome<()>;
    remove_bin(key: Key, bins: Vec<String>, meta: Option<WriteMeta>, policy: Option<WritePolicy>) -> Outcome<()>;
    operate(key: Key, ops: Vec<Operation>, meta: Option<WriteMeta>, policy: Option<OperatePolicy>) -> Outcome<Record>;
    operate_ordered(key: Key, ops: Vec<Operation>, meta: Option<WriteMeta>, policy: Option<OperatePolicy>) -> Outcome<Record>;
    batch_read(keys: Vec<Key>, bins: Option<Vec<String>>, policy: Option<BatchReadPolicy>) -> Outcome<Vec<BatchRecord>>;
    batch_write(rows: Vec<BatchWriteRow>, meta: Option<WriteMeta>, policy: Option<BatchPolicy>) -> Outcome<Vec<BatchRecord>>;
    batch_operate(keys: Vec<Key>, ops: Vec<Operation>, meta: Option<WriteMeta>, policy: Option<BatchPolicy>) -> Outcome<Vec<BatchRecord>>;
    batch_remove(rows: Vec<BatchRemoveRow>, meta: Option<WriteMeta>, policy: Option<BatchPolicy>) -> Outcome<Vec<BatchRecord>>;
    info_all(command: String, policy: Option<AdminPolicy>) -> Outcome<Vec<InfoNodeResult>>;
    info_random_node(command: String, policy: Option<AdminPolicy>) -> Outcome<String>;
}
