//! A real store with some of its bytes changed: opened or refused, looked over, merged or refused.

#![no_main]

use doorstep::store::{Access, Mode, Store};
use libfuzzer_sys::fuzz_target;

const WHOLE: &[u8] = include_bytes!("../../fixtures/stores/format-1/store.db");

fuzz_target!(|changes: Vec<(u32, u8)>| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let mut bytes = WHOLE.to_vec();
    for (at, byte) in changes.iter().take(64) {
        let at = *at as usize % bytes.len();
        bytes[at] = *byte;
    }
    std::fs::write(&path, bytes).unwrap();
    let mut office = Store::create(&folder.path().join("office.db"), "visit", "fuzz").unwrap();
    if let Ok(receipt) = office.merge_from(&path, 0, Mode::Keep) {
        assert_eq!(receipt.segments_in, receipt.new + receipt.duplicate + receipt.quarantined);
    }
    if let Ok(store) = Store::open(&path, Access::Write, "fuzz") {
        let _ = store.examine_deeply(|| {});
        for summary in store.interviews().unwrap_or_default() {
            let _ = store.history(summary.id);
        }
    }
});
