//! Repeats one case, for a profiler: `valgrind --tool=callgrind target/release/examples/repeat "get of 4 bins" 1000`.

fn main() {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let times: usize = arguments.next().and_then(|times| times.parse().ok()).unwrap_or(1_000);
    let Some(mut case) = aerospike_bench::case(&name) else {
        eprintln!("no case '{name}'; there are: {:?}", aerospike_bench::names());
        std::process::exit(1);
    };
    (0..times).for_each(|_| (case.run)());
}
