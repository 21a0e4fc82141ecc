//! Hands the fuzzer's bytes to [`aerospike_testkit::fuzz::merged_reply`].
#![no_main]

use aerospike_testkit::{Counting, fuzz};

#[global_allocator]
static COUNTING: Counting = Counting;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::merged_reply(bytes));
