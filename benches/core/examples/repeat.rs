//! Repeats one case, for a profiler: `valgrind --tool=callgrind target/release/examples/repeat "get of 4 bins" 1000`.

use aerospike_bench::{case, parts, wholes};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let times: usize = arguments.next().and_then(|times| times.parse().ok()).unwrap_or(1_000);
    let Some(mut case) = case(&name) else {
        let known: Vec<_> = wholes().chain(parts()).collect();
        eprintln!("no case '{name}'; there are: {known:?}");
        std::process::exit(1);
    };
    for _ in 0..times {
        case.arrange();
        case.run();
    }
}
