//! An application written for the standard interface `wasi:keyvalue` alone. Composed with the component
//! `aerospike-keyvalue.wasm` it keeps its data in an Aerospike cluster:
//!
//! ```text
//! wac plug keyvalue-app.wasm --plug aerospike-keyvalue.wasm -o app.wasm
//! wasmtime run -S tcp,inherit-network,allow-ip-name-lookup --env AEROSPIKE_HOSTS=127.0.0.1:3000 app.wasm test/users tour
//! ```
//!
//! Without the command it prints how it is used.

mod tour;

use std::process::ExitCode;

mod bindings {
    #![allow(missing_docs, unreachable_pub, clippy::all, reason = "generated")]
    wit_bindgen::generate!({
        path: "../../../wit/keyvalue",
        world: "imports",
        generate_all,
    });
}

use bindings::wasi::keyvalue::{atomics, store};

const USAGE: &str = "\
usage: keyvalue-app BUCKET COMMAND

  get KEY            print the value of a key
  set KEY VALUE      set it
  delete KEY         remove it
  count KEY [BY]     add to a counter and print it
  keys               list the keys
  tour               try everything
";

/// What went wrong, in words.
type Problem = String;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<(), Problem> {
    let [bucket, command @ ..] = arguments else { return Err(USAGE.into()) };
    let bucket = store::open(bucket).map_err(describe)?;
    match command {
        ["get", key] => match bucket.get(key).map_err(describe)? {
            Some(value) => println!("{}", String::from_utf8_lossy(&value)),
            None => println!("(no such key)"),
        },
        ["set", key, value] => bucket.set(key, value.as_bytes()).map_err(describe)?,
        ["delete", key] => bucket.delete(key).map_err(describe)?,
        ["count", key] => println!("{}", atomics::increment(&bucket, key, 1).map_err(describe)?),
        ["count", key, by] => {
            let by = by.parse().map_err(|_| format!("'{by}' is not a whole number"))?;
            println!("{}", atomics::increment(&bucket, key, by).map_err(describe)?);
        }
        ["keys"] => list(&bucket)?,
        ["tour"] => tour::run(&bucket)?,
        _ => return Err(USAGE.into()),
    }
    Ok(())
}

fn list(bucket: &store::Bucket) -> Result<(), Problem> {
    let mut cursor = None;
    loop {
        let page = bucket.list_keys(cursor.as_deref()).map_err(describe)?;
        page.keys.iter().for_each(|key| println!("{key}"));
        cursor = page.cursor;
        if cursor.is_none() {
            return Ok(());
        }
    }
}

fn describe(error: store::Error) -> Problem {
    match error {
        store::Error::NoSuchStore => "there is no such bucket".into(),
        store::Error::AccessDenied => "access to the bucket is denied".into(),
        store::Error::Other(text) => text,
    }
}
