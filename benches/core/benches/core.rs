//! Times the cases: `cargo bench --package aerospike-bench`.

use aerospike_bench::cases;

fn main() {
    divan::main();
}

#[divan::bench(args = 0..cases().len())]
fn case(bencher: divan::Bencher<'_, '_>, index: usize) {
    let mut case = cases().swap_remove(index);
    bencher.bench_local(|| (case.run)());
}
