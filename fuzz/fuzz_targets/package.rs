//! Any payload in a package: read or refused, and merged without harm. The bytes are put between a real
//! header and a real end, which fuzzing would never guess.

#![no_main]

use std::io::Cursor;

use doorstep::journal::DeviceKey;
use doorstep::package::{Header, PackageError, Purpose, Writer, read, verify};
use doorstep::store::{Mode, Store, StoreError};
use libfuzzer_sys::fuzz_target;

enum Stop {
    Store(StoreError),
    Package(PackageError),
}

impl From<PackageError> for Stop {
    fn from(error: PackageError) -> Self {
        Self::Package(error)
    }
}

fuzz_target!(|bytes: &[u8]| {
    // As they are, they are hardly ever a package.
    let _ = verify(&mut Cursor::new(bytes));
    let key = DeviceKey::from_secret([1; 32]);
    let header = Header {
        survey: "fuzz".into(),
        device: key.id(),
        made: 0,
        purpose: Purpose::Interviews,
        set: [0; 16],
        part: 1,
        sealed: false,
    };
    let mut writer = Writer::new(Vec::new(), &header, &[]).unwrap();
    writer.put_bytes(bytes).unwrap();
    let package = writer.finish(&key, true).unwrap();
    let mut file = Cursor::new(&package);
    let verified = verify(&mut file).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::create(&folder.path().join("store.db"), "fuzz", "fuzz").unwrap();
    let merged = store.merge("fuzz", 0, Mode::Keep, |take| {
        read(&mut file, &verified, &[], |parcel| take(parcel).map_err(Stop::Store)).map_err(|stop| match stop {
            Stop::Store(error) => error,
            Stop::Package(error) => StoreError::Source { path: "fuzz".into(), why: error.to_string() },
        })
    });
    if let Ok(receipt) = merged {
        assert_eq!(receipt.segments_in, receipt.new + receipt.duplicate + receipt.quarantined);
    }
    let _ = store.examine_deeply(|| {}).unwrap();
});
