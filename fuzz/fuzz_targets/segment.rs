//! Any bytes as a segment, an event or a withdrawal: read or refused, and what is read gives the same
//! bytes again.

#![no_main]

use doorstep::journal::{Segment, Withdrawal, decode_event, encode_event};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(segment) = Segment::decode(bytes) {
        assert_eq!(segment.bytes(), bytes);
    }
    if let Ok(event) = decode_event(bytes) {
        assert_eq!(encode_event(&event), bytes);
    }
    let _ = Withdrawal::decode(bytes);
    let all = Segment::decode_all(&[bytes, bytes]);
    assert_eq!(all[0].is_ok(), Segment::decode(bytes).is_ok());
});
