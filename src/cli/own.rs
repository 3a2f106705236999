//! What a survey lives from, which no result ever replaces, not even with `--force`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::failure::{Failure, Kind};
use super::folder::{Folder, Form};
use crate::questionnaire::Bundle;

/// Refuses a place for results that is one of the survey's own files or lies in its data folder.
pub fn refuse(folder: &Folder, path: &Path) -> Result<()> {
    let questionnaire = folder.path(&folder.survey.questionnaire);
    refuse_of(&folder.root, &questionnaire, &folder.bundle, path)
}

/// The same where there may be no survey yet: `folder` is that of the questionnaire or of a survey.
pub fn refuse_for(folder: &Path, form: &Form, path: &Path) -> Result<()> {
    refuse_of(folder, &form.root, &form.bundle, path)
}

fn refuse_of(root: &Path, questionnaire: &Path, bundle: &Bundle, path: &Path) -> Result<()> {
    let Some(there) = real(path) else { return Ok(()) };
    let named = named_in(&root.join("survey.toml"));
    let files = bundle.files.keys().map(|name| questionnaire.join(name));
    let own: Vec<PathBuf> = named.iter().map(|name| root.join(name)).chain(files).collect();
    let is_own = own.iter().filter_map(|own| own.canonicalize().ok()).any(|own| own == there);
    // Titles in other languages stand beside `indicators.toml`, under names that no file tells.
    let is_source = there.extension().is_some_and(|extension| extension == "toml") && there.exists();
    if is_own || is_source || (path.exists() && !there.is_file()) || is_data(root, &there) {
        return Err(Failure::new(Kind::Usage, format!("{} is not a place for results", path.display()))
            .help("Name a new file outside the survey's own files and its data folder.")
            .into());
    }
    Ok(())
}

/// Where a path really leads, whether there is a file yet or not.
fn real(path: &Path) -> Option<PathBuf> {
    if let Ok(real) = path.canonicalize() {
        return Some(real);
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Some(parent.canonicalize().ok()?.join(path.file_name()?))
}

/// Whether a place is among the data: the store's folder, or, where that is the survey's own, what is named as what
/// belongs to a store.
fn is_data(root: &Path, there: &Path) -> bool {
    let Some(store) = store_of(root) else { return false };
    let Some(parent) = store.parent().and_then(|parent| parent.canonicalize().ok()) else { return false };
    if root.canonicalize().is_ok_and(|root| root != parent) {
        return there.starts_with(parent);
    }
    let name =
        |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (store, there_name) = (name(&store), name(there));
    there.parent() == Some(parent.as_path())
        && (there_name.starts_with(&store)
            || ["device.key", "secrets.age", "secrets.office.age"].contains(&there_name.as_str()))
}

fn store_of(root: &Path) -> Option<PathBuf> {
    let text = fs::read_to_string(root.join("survey.toml")).ok()?;
    let table: toml::Table = text.parse().ok()?;
    table.get("store")?.as_str().map(|store| root.join(store))
}

/// Every text in a file that could name another file.
fn named_in(path: &Path) -> Vec<String> {
    fn collect(value: &toml::Value, found: &mut Vec<String>) {
        match value {
            toml::Value::String(text) => found.push(text.clone()),
            toml::Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
            toml::Value::Table(table) => table.values().for_each(|value| collect(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    if let Some(table) = fs::read_to_string(path).ok().and_then(|text| text.parse::<toml::Table>().ok()) {
        table.values().for_each(|value| collect(value, &mut found));
    }
    found
}
