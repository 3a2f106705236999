//! Any bytes as `questionnaire.toml`, with a module, a translation and a choice file beside it:
//! compiled or refused, never a panic, and what is refused can be drawn.

#![no_main]

use doorstep::questionnaire::{Bundle, compile, files_named_in};
use libfuzzer_sys::fuzz_target;

const MODULE: &[u8] = include_bytes!("../../fixtures/diagnostics/modules/modules/provider.toml");
const TRANSLATION: &[u8] = include_bytes!("../../fixtures/authoring/old/translations/ar.toml");

fuzz_target!(|bytes: &[u8]| {
    let _ = files_named_in(bytes);
    // A second file behind a form feed, so that modules and translations are reached as well.
    let mut parts = bytes.splitn(3, |byte| *byte == 0x0c);
    let mut part = |default: &[u8]| parts.next().map_or_else(|| default.to_vec(), <[u8]>::to_vec);
    let files = [
        ("questionnaire.toml".to_owned(), part(b"")),
        ("modules/provider.toml".to_owned(), part(MODULE)),
        ("translations/ar.toml".to_owned(), part(TRANSLATION)),
        ("towns.csv".to_owned(), b"name,code,label,region\nalba,1,Alba,north\n".to_vec()),
    ];
    let (questionnaire, report) = compile(&Bundle { files: files.into() }, "");
    assert_eq!(questionnaire.is_some(), report.errors() == 0);
    let _ = report.render(false);
});
