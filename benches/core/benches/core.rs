//! Times the cases: `cargo bench --package aerospike-bench`.
#![allow(clippy::expect_used, missing_docs, reason = "a benchmark that cannot begin stops")]

use aerospike_bench::{case, names};

fn main() {
    divan::main();
}

#[divan::bench(args = names())]
fn operation(bencher: divan::Bencher<'_, '_>, name: &str) {
    let mut case = case(name).expect("the case is known");
    bencher.bench_local(|| (case.run)());
}
