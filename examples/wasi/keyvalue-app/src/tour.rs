//! Everything that the interface has, shown on a bucket of users.

use crate::bindings::wasi::keyvalue::{atomics, batch, store};
use crate::{Problem, describe};

/// Uses keys that begin with `tour:` and removes them in the end.
pub(crate) fn run(bucket: &store::Bucket) -> Result<(), Problem> {
    single(bucket)?;
    counter(bucket)?;
    compare_and_swap(bucket)?;
    many(bucket)
}

fn single(bucket: &store::Bucket) -> Result<(), Problem> {
    let key = "tour:alice";
    println!("before:    {}", show(bucket.get(key).map_err(describe)?.as_deref()));
    bucket.set(key, b"engineer").map_err(describe)?;
    println!("set:       {}", show(bucket.get(key).map_err(describe)?.as_deref()));
    bucket.set(key, &[0, 159, 146, 150, 255]).map_err(describe)?;
    println!("any bytes: {}", show(bucket.get(key).map_err(describe)?.as_deref()));
    bucket.set(key, b"").map_err(describe)?;
    println!("no bytes:  {}", show(bucket.get(key).map_err(describe)?.as_deref()));
    println!("exists:    {}", bucket.exists(key).map_err(describe)?);
    bucket.delete(key).map_err(describe)?;
    bucket.delete(key).map_err(describe)?;
    println!("deleted:   {}", bucket.exists(key).map_err(describe)?);
    Ok(())
}

fn counter(bucket: &store::Bucket) -> Result<(), Problem> {
    let key = "tour:visits";
    for delta in [1, 1, 40, -50] {
        println!(
            "visits:    {:+} gives {}",
            delta,
            atomics::increment(bucket, key, delta).map_err(describe)?
        );
    }
    println!("as value:  {}", show(bucket.get(key).map_err(describe)?.as_deref()));
    bucket.set(key, b"100").map_err(describe)?;
    println!("set, +1:   {}", atomics::increment(bucket, key, 1).map_err(describe)?);
    bucket.delete(key).map_err(describe)
}

/// Two writers add a name to the same list; the second must not lose what the first wrote.
fn compare_and_swap(bucket: &store::Bucket) -> Result<(), Problem> {
    let key = "tour:guests";
    let first = atomics::Cas::new(bucket, key).map_err(describe)?;
    let second = atomics::Cas::new(bucket, key).map_err(describe)?;
    add_guest(first, "Ann")?;
    add_guest(second, "Bob")?;
    println!("guests:    {}", show(bucket.get(key).map_err(describe)?.as_deref()));
    bucket.delete(key).map_err(describe)
}

fn add_guest(mut cas: atomics::Cas, name: &str) -> Result<(), Problem> {
    loop {
        let mut guests = cas.current().map_err(describe)?.unwrap_or_default();
        if !guests.is_empty() {
            guests.push(b' ');
        }
        guests.extend_from_slice(name.as_bytes());
        match atomics::swap(cas, &guests) {
            Ok(()) => return Ok(()),
            Err(atomics::CasError::StoreError(error)) => return Err(describe(error)),
            Err(atomics::CasError::CasFailed(fresh)) => {
                println!("swap:      {name} was too late and tries again");
                cas = fresh;
            }
        }
    }
}

fn many(bucket: &store::Bucket) -> Result<(), Problem> {
    let pairs = [("tour:a", "one"), ("tour:b", "two"), ("tour:c", "three")];
    let set = pairs.map(|(key, value)| (key.to_string(), value.as_bytes().to_vec()));
    batch::set_many(bucket, &set).map_err(describe)?;
    let keys = ["tour:a", "tour:nobody", "tour:c"].map(String::from);
    let found = batch::get_many(bucket, &keys).map_err(describe)?;
    let show_pair = |pair: &Option<(String, Vec<u8>)>| match pair {
        Some((key, value)) => format!("{key} = {}", show(Some(value.as_slice()))),
        None => "nothing".into(),
    };
    println!("get-many:  {}", found.iter().map(show_pair).collect::<Vec<_>>().join(", "));
    batch::delete_many(bucket, &pairs.map(|(key, _)| key.into())).map_err(describe)?;
    println!("deleted:   {}", batch::get_many(bucket, &keys).map_err(describe)?.iter().all(Option::is_none));
    Ok(())
}

fn show(value: Option<&[u8]>) -> String {
    match value.map(std::str::from_utf8) {
        None => "nothing".into(),
        Some(Ok(text)) => format!("'{text}'"),
        Some(Err(_)) => format!("{:02x?}", value.unwrap_or_default()),
    }
}
