//! The exact files of a questionnaire as one sequence of bytes, and back.

use std::collections::BTreeMap;

use minicbor::{Decoder, Encoder};

/// The exact files of a questionnaire, by path relative to its folder. What a store keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bundle {
    /// `questionnaire.toml`, `translations/ar.toml`, `districts.csv`, … with `/` on every system.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Bundle {
    /// One sequence of bytes for the whole bundle, the same for the same files: what is hashed.
    /// A CBOR map (RFC 8949, definite lengths) from path to content, in order of the paths.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut encoder = Encoder::new(Vec::new());
        let written: Result<(), minicbor::encode::Error<_>> = (|| {
            encoder.map(self.files.len() as u64)?;
            for (path, content) in &self.files {
                encoder.str(path)?.bytes(content)?;
            }
            Ok(())
        })();
        // Writing to memory cannot fail: its error type has no values.
        match written {
            Ok(()) | Err(_) => encoder.into_writer(),
        }
    }

    /// The bundle of these bytes, if they are exactly what [`Bundle::to_bytes`] gives for one.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut decoder = Decoder::new(bytes);
        let mut files = BTreeMap::new();
        for _ in 0..decoder.map().ok()?? {
            let path = decoder.str().ok()?.to_owned();
            let content = decoder.bytes().ok()?.to_vec();
            files.insert(path, content);
        }
        let bundle = Self { files };
        // One bundle has one form: anything else was not written by us.
        (bundle.to_bytes() == bytes).then_some(bundle)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Bundle;

    proptest! {
        #[test]
        fn bytes_and_back(files in proptest::collection::btree_map(".{0,20}", any::<Vec<u8>>(), 0..5)) {
            let bundle = Bundle { files };
            prop_assert_eq!(Bundle::from_bytes(&bundle.to_bytes()), Some(bundle));
        }

        #[test]
        fn anything_else_is_refused_or_the_only_form(bytes: Vec<u8>) {
            if let Some(bundle) = Bundle::from_bytes(&bytes) {
                prop_assert_eq!(bundle.to_bytes(), bytes);
            }
        }
    }

    #[test]
    fn a_cut_or_longer_sequence_is_refused() {
        let files = [("a.toml".to_owned(), b"format = 1".to_vec())].into();
        let bytes = Bundle { files }.to_bytes();
        assert!(Bundle::from_bytes(&bytes[..bytes.len() - 1]).is_none());
        assert!(Bundle::from_bytes(&[&bytes[..], b"x"].concat()).is_none());
    }
}
