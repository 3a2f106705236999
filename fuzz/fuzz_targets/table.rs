//! Any bytes as a translator's table that comes back: read or refused.

#![no_main]

use doorstep::authoring::translators::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = read(bytes);
});
