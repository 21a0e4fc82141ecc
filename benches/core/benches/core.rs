//! Times the cases: `cargo bench --package aerospike-bench`.
#![allow(clippy::expect_used, missing_docs, reason = "a benchmark that cannot begin stops")]

use aerospike_bench::{Case, case, parts, wholes};
use divan::Bencher;

fn main() {
    divan::main();
}

fn known(name: &str) -> Case {
    case(name).expect("the case is known")
}

#[divan::bench(args = wholes())]
fn operation(bencher: Bencher<'_, '_>, name: &str) {
    let mut case = known(name);
    bencher.bench_local(|| case.run());
}

// One run per sample, as the other part comes between two.
#[divan::bench(args = parts(), sample_size = 1, sample_count = 2_000)]
fn part(bencher: Bencher<'_, '_>, name: &str) {
    let case = std::cell::RefCell::new(known(name));
    bencher.with_inputs(|| case.borrow_mut().arrange()).bench_local_values(|()| case.borrow_mut().run());
}
