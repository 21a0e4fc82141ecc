//! The corpora of the fuzz targets, and every input that once broke a promise, run without a fuzzer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use aerospike_testkit::Counting;
use aerospike_testkit::fuzz::TARGETS;

#[global_allocator]
static COUNTING: Counting = Counting;

/// The files of a target, in order; none if there is no such folder.
fn files(kind: &str, target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(kind).join(target);
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn replay(kind: &str) -> usize {
    let mut count = 0;
    let mut failed = Vec::new();
    for (target, run) in TARGETS {
        for file in files(kind, target) {
            let bytes = fs::read(&file).unwrap();
            count += 1;
            if catch_unwind(AssertUnwindSafe(|| run(&bytes))).is_err() {
                failed.push(file);
            }
        }
    }
    assert!(failed.is_empty(), "to run one again: cargo +nightly fuzz run <target> <file>\n{failed:#?}");
    count
}

#[test]
fn corpora() {
    for (target, _) in TARGETS {
        assert!(!files("corpus", target).is_empty(), "no corpus for {target}");
    }
    assert!(replay("corpus") > TARGETS.len());
}

#[test]
fn inputs_that_broke_something() {
    assert!(replay("crashes") > 0);
}

#[test]
fn every_target_takes_any_bytes() {
    for (_, run) in TARGETS {
        run(&[]);
        (0..=255u8).for_each(|byte| run(&[byte]));
        (0..=255u8).for_each(|byte| run(&[byte, 0, byte, 255]));
    }
}
