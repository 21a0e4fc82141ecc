//! The client linked into a program for WASI 0.2, without composition: the crates `aerospike-wasm` (the protocol) and
//! `aerospike-wasi` (sockets and clock).
//!
//! ```text
//! cargo build --release --target wasm32-wasip2 --package embedded-client
//! wasmtime run -S tcp,inherit-network,allow-ip-name-lookup --env AEROSPIKE_HOSTS=127.0.0.1:3000 \
//!     target/wasm32-wasip2/release/embedded-client.wasm
//! ```

use std::process::ExitCode;

use aerospike_wasi::p2::Driver;
use aerospike_wasi::{Told, endpoint};
use aerospike_wasm::data::{KeyRef, List, UserKeyRef, Value, ValueRef};
use aerospike_wasm::{Action, BatchRow, Bins, Command, Config, Operation, Policy, Reply, RowAction};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let hosts = std::env::var("AEROSPIKE_HOSTS").unwrap_or_else(|_| "127.0.0.1:3000".into());
    let address = |host: &str| endpoint(host).ok_or_else(|| format!("'{host}' is not an address"));
    let seeds = hosts.split(',').map(address).collect::<Result<_, _>>()?;
    let mut driver =
        Driver::connect(Config { seeds, ..Config::default() }).map_err(|failure| failure.to_string())?;
    println!("connected to {} node(s)", driver.client().node_names().count());

    // A put: operations that write.
    let alice = KeyRef::new("test", "embedded", UserKeyRef::String("alice"));
    let tags = ["new", "friendly"].map(|tag| Value::String(tag.into()));
    let tags = Value::List(List { items: tags.into(), ..List::default() });
    let put = [
        Operation::write("name", ValueRef::String("Alice")),
        Operation::write("age", ValueRef::Integer(30)),
        Operation::write("tags", tags.as_ref()),
    ];
    call(&mut driver, Action::Operate { key: alice, ops: &put }, &Policy::write())?;
    println!("put: {}", call(&mut driver, Action::Read { key: alice, bins: Bins::All }, &Policy::read())?);

    // Several operations on one record, as one.
    let birthday = [
        Operation::increment("age", ValueRef::Integer(1)),
        Operation::append("name", ValueRef::String(" Smith")),
        Operation::read("age"),
        Operation::read("name"),
    ];
    println!(
        "operate: {}",
        call(&mut driver, Action::Operate { key: alice, ops: &birthday }, &Policy::write())?
    );

    batch(&mut driver)?;
    call(&mut driver, Action::Remove { key: alice }, &Policy::write())?;
    match call(&mut driver, Action::Read { key: alice, bins: Bins::All }, &Policy::read()) {
        Err(error) => println!("removed: {error}"),
        Ok(record) => return Err(format!("still there: {record}")),
    }
    driver.close();
    Ok(())
}

/// Runs a command on one record and gives its answer as text, or its error.
fn call(driver: &mut Driver, action: Action<'_>, policy: &Policy) -> Result<String, String> {
    let command = Command { action, policy, filter: None };
    let id = driver.submit(&command).map_err(|error| error.to_string())?;
    let mut outcome = Err(String::new());
    driver.run(&mut |told| match told {
        Told::Finished { id: ended, result } if ended == id => {
            outcome = result.map(|reply| show(&reply)).map_err(|failed| failed.error.to_string());
            true
        }
        _ => false,
    });
    outcome
}

/// Writes a hundred records and reads them back, in one request to each node.
fn batch(driver: &mut Driver) -> Result<(), String> {
    let values: Vec<i64> = (0..100).collect();
    let key = |number: &i64| KeyRef::new("test", "embedded", UserKeyRef::Integer(*number));
    let ops: Vec<_> = values
        .iter()
        .map(|number| [Operation::write("square", ValueRef::Integer(number * number))])
        .collect();
    let write =
        |(number, ops)| BatchRow { key: key(number), action: RowAction::Operate(ops, Policy::write().row) };
    let pairs = values.iter().zip(ops.iter().map(|ops| ops.as_slice()));
    let written = rows(driver, &pairs.map(write).collect::<Vec<_>>(), &Policy::write())?;
    let read = |number| BatchRow { key: key(number), action: RowAction::Read(Bins::All) };
    let found = rows(driver, &values.iter().map(read).collect::<Vec<_>>(), &Policy::read())?;
    println!("batch: {} written, the last one is {}", written.len(), found[99]);
    let remove = |number| BatchRow { key: key(number), action: RowAction::Remove(Policy::write().row) };
    rows(driver, &values.iter().map(remove).collect::<Vec<_>>(), &Policy::write()).map(drop)
}

/// Runs a batch whose rows must all succeed, and gives their answers in order.
fn rows(driver: &mut Driver, rows: &[BatchRow<'_>], policy: &Policy) -> Result<Vec<String>, String> {
    let command = Command { action: Action::Batch { rows }, policy, filter: None };
    let id = driver.submit(&command).map_err(|error| error.to_string())?;
    let mut answers = vec![Err("no answer".to_string()); rows.len()];
    let mut outcome = Ok(());
    driver.run(&mut |told| match told {
        Told::Row { id: of, index, result } if of == id => {
            answers[index as usize] =
                result.map(|reply| show(&reply)).map_err(|failed| failed.error.to_string());
            false
        }
        Told::Finished { id: ended, result } if ended == id => {
            outcome = result.map(drop).map_err(|failed| failed.error.to_string());
            true
        }
        _ => false,
    });
    outcome?;
    answers.into_iter().collect()
}

fn show(reply: &Reply<'_>) -> String {
    let bin = |answer: aerospike_wasm::Answer<'_>| {
        let value = match answer.value {
            ValueRef::Packed(..) => {
                answer.value.to_value().map_or_else(|_| "?".into(), |value| format!("{value:?}"))
            }
            other => format!("{other:?}"),
        };
        format!("{}: {value}", String::from_utf8_lossy(answer.bin))
    };
    let answers = reply.answers().filter(|answer| answer.value != ValueRef::Nil);
    answers.map(bin).collect::<Vec<_>>().join(", ")
}
