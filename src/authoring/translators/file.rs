//! Translations put into the text of a translation file, whose other lines stay as they are.

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table as TomlTable, TomlError, Value};

use super::Key;

/// The text of `translations/<tag>.toml` with these translations in it. Without an earlier text, a
/// new one is begun, as a draft.
///
/// # Errors
/// If the earlier text is not TOML.
pub fn merged(earlier: Option<&str>, tag: &str, changes: &[(Key, String)]) -> Result<String, TomlError> {
    let mut document = if let Some(text) = earlier {
        text.trim_start_matches('\u{feff}').parse::<DocumentMut>()?
    } else {
        let mut new = DocumentMut::new();
        new["language"] = toml_edit::value(tag);
        new["name"] = toml_edit::value(tag);
        new["status"] = toml_edit::value("draft");
        new
    };
    for (key, text) in changes {
        put(&mut document, key, text);
    }
    Ok(document.to_string())
}

fn put(document: &mut DocumentMut, key: &Key, text: &str) {
    match key {
        Key::Title => document["title"] = toml_edit::value(text),
        Key::Referral => document["referral"] = toml_edit::value(text),
        Key::Of(table, name) => {
            if let Some(table) = table_in(document.as_table_mut(), table.names().0) {
                set(table, name, text.into());
            }
        }
        Key::Choice(list, name) => {
            let Some(choices) = table_in(document.as_table_mut(), "choices") else { return };
            // `[choices.yes_no]` says it all; `[choices]` above it would only be in the way.
            choices.set_implicit(true);
            if let Some(list) = table_in(choices, list) {
                set(list, name, text.into());
            }
        }
        Key::Check(name, index) => {
            let Some(checks) = table_in(document.as_table_mut(), "checks") else { return };
            let mut messages = checks.get(name).and_then(Item::as_array).cloned().unwrap_or_else(Array::new);
            while messages.len() <= *index {
                messages.push("");
            }
            messages.replace(*index, text);
            set(checks, name, Value::Array(messages));
        }
        Key::Scale(name, low) => {
            let Some(scales) = table_in(document.as_table_mut(), "scales") else { return };
            let ends = scales.get(name).and_then(Item::as_inline_table).cloned();
            let mut ends = ends.unwrap_or_else(InlineTable::new);
            ends.insert(if *low { "low" } else { "high" }, text.into());
            set(scales, name, Value::InlineTable(ends));
        }
    }
}

/// Sets a value; what stands before and behind an earlier one stays.
fn set(table: &mut TomlTable, name: &str, mut value: Value) {
    if let Some(Item::Value(earlier)) = table.get(name) {
        *value.decor_mut() = earlier.decor().clone();
    }
    table[name] = Item::Value(value);
}

/// A table by name, made if there is none; `None` where something else has the name.
fn table_in<'t>(tables: &'t mut TomlTable, name: &str) -> Option<&'t mut TomlTable> {
    let entry = tables.entry(name).or_insert_with(|| Item::Table(TomlTable::new()));
    entry.as_table_mut()
}
