//! Writes hostile streams of requests with the answers of the test server to them: `streams OUT`.
//!
//! The streams come from the corpus of the fuzz target `server`, every input that once broke something, and values
//! that nest too deep. For stream N there are the files `N.in` and `N.out`; the first byte of `N.out` is 1 if the server
//! keeps the connection. A module of the server for another machine must answer the same.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use aerospike_testkit::fuzz::{deep_streams, server_answer, server_stream};

fn main() -> ExitCode {
    let Some(out) = std::env::args().nth(1) else {
        eprintln!("usage: streams OUT");
        return ExitCode::from(2);
    };
    match write(Path::new(&out)) {
        Ok(count) => {
            println!("{count} streams");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("streams: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(out: &Path) -> std::io::Result<usize> {
    let mut streams = deep_streams();
    for kind in ["corpus", "crashes"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz").join(kind).join("server");
        if !folder.exists() {
            continue;
        }
        let mut files =
            fs::read_dir(folder)?.map(|file| Ok(file?.path())).collect::<std::io::Result<Vec<_>>>()?;
        files.sort();
        for file in files {
            streams.push(server_stream(&fs::read(file)?));
        }
    }
    fs::create_dir_all(out)?;
    for (index, stream) in streams.iter().enumerate() {
        let (answer, is_open) = server_answer(stream);
        fs::write(out.join(format!("{index}.in")), stream)?;
        fs::write(out.join(format!("{index}.out")), [&[u8::from(is_open)], &answer[..]].concat())?;
    }
    Ok(streams.len())
}
