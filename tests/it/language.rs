//! The page on the language and the table of functions say the same.

use doorstep::expression::{CODES, functions};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/language.md");

/// Replaces what stands between the markers of a generated part.
fn with_part(page: &str, name: &str, part: &str) -> String {
    let (begin, end) = (format!("<!-- begin {name} -->"), format!("<!-- end {name} -->"));
    let (before, rest) = page.split_once(&begin).unwrap_or_else(|| panic!("no {begin} in {PAGE}"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("no {end} in {PAGE}"));
    format!("{before}{begin}\n\n{}\n\n{end}{after}", part.trim())
}

#[test]
fn the_language_page_is_what_the_tables_say() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let codes: Vec<_> = CODES.iter().map(|(code, title)| format!("| {code} | {title} |")).collect();
    let codes = codes.join("\n");
    let fresh = with_part(&page, "functions", &functions::reference());
    let fresh = with_part(&fresh, "codes", &format!("| code | mistake |\n| --- | --- |\n{codes}"));
    if std::env::var_os("UPDATE_DOCS").is_some_and(|v| v == "1") {
        std::fs::write(PAGE, &fresh).unwrap();
    } else {
        assert!(page == fresh, "docs/language.md is stale; run: UPDATE_DOCS=1 cargo test language");
    }
}
