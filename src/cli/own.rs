//! What a survey lives from, which no result ever replaces, not even with `--force`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::device;
use super::failure::{Failure, Kind};
use super::folder::{Folder, Form};
use crate::questionnaire::Bundle;
use crate::store::SECRETS;

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
    let survey = fs::read_to_string(root.join("survey.toml")).unwrap_or_default();
    // A survey whose file cannot be read is refused elsewhere.
    let survey: toml::Table = survey.parse().unwrap_or_default();
    let mut named = Vec::new();
    survey.values().for_each(|value| texts_in(value, &mut named));
    let files = bundle.files.keys().map(|name| questionnaire.join(name));
    let mut own = named.iter().map(|name| root.join(name)).chain(files);
    let is_own = own.any(|own| own.canonicalize().is_ok_and(|own| own == there));
    // Titles in other languages stand beside `indicators.toml`, under names that no file tells.
    let is_source = there.extension().is_some_and(|extension| extension == "toml") && there.exists();
    let store = survey.get("store").and_then(toml::Value::as_str).map(|store| root.join(store));
    let is_data = store.is_some_and(|store| is_data(root, &store, &there));
    if is_own || is_source || is_data || (path.exists() && !there.is_file()) {
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

/// Whether a place is among the data: in the store's folder, or, where that is the survey's own, named as what belongs to a
/// store.
fn is_data(root: &Path, store: &Path, there: &Path) -> bool {
    let Some(parent) = store.parent().and_then(|parent| parent.canonicalize().ok()) else { return false };
    if root.canonicalize().is_ok_and(|root| root != parent) {
        return there.starts_with(parent);
    }
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let there_name = name(there);
    there.parent() == Some(parent.as_path())
        && (there_name.starts_with(&name(store))
            || there_name == device::FILE
            || SECRETS.contains(&there_name.as_str()))
}

/// Every text in a file, each of which may name another file.
fn texts_in(value: &toml::Value, found: &mut Vec<String>) {
    match value {
        toml::Value::String(text) => found.push(text.clone()),
        toml::Value::Array(values) => values.iter().for_each(|value| texts_in(value, found)),
        toml::Value::Table(table) => table.values().for_each(|value| texts_in(value, found)),
        _ => {}
    }
}
