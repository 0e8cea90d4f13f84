//! Any bytes as an uploaded file: gzip, byte-order marks, UTF-16.

#![no_main]

use connectors::{Input, InputLimits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let limits = InputLimits {
        file_bytes_max: 1 << 20,
        ..InputLimits::default()
    };
    if let Ok(input) = Input::decode("a.json", data.to_vec(), &limits) {
        assert!(input.bytes.len() as u64 <= limits.file_bytes_max * 2);
    }
});
