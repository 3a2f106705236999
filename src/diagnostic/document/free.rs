//! Values whose shape the reader does not know beforehand, such as the answers of a test case.

use std::collections::HashMap;

use serde_json::{Map, Number, Value as Json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Entries, FINITE, Reader};
use crate::diagnostic::Span;

/// A value as JSON, with the places of everything that has a name in it. Dates and times are text.
#[derive(Debug, Clone)]
pub struct Free {
    /// The value.
    pub json: Json,
    /// Where it stands.
    pub span: Span,
    /// Path -> place of the key, place of the value.
    places: HashMap<String, (Span, Span)>,
}

impl Free {
    /// Where the key of that path stands (`members[1].member_age`, rows from 1); the whole where
    /// there is no such key.
    #[must_use]
    pub fn key(&self, path: &str) -> Span {
        self.places.get(path).map_or_else(|| self.span.clone(), |(key, _)| key.clone())
    }

    /// Where the value under the key of that path stands; the whole where there is no such key.
    #[must_use]
    pub fn value(&self, path: &str) -> Span {
        self.places.get(path).map_or_else(|| self.span.clone(), |(_, value)| value.clone())
    }

    /// The keys of the table and their values, in the order of the file; none where it is no table.
    #[must_use]
    pub fn entries(&self) -> Vec<(&str, &Json)> {
        let mut entries: Vec<_> =
            self.json.as_object().into_iter().flatten().map(|(k, v)| (k.as_str(), v)).collect();
        entries.sort_by_key(|(key, _)| self.key(key).range.start);
        entries
    }
}

impl Reader<'_> {
    /// A value of any shape, or nothing where the key is left out.
    pub fn free(&mut self, entries: &mut Entries<'_>, key: &'static str) -> Option<Free> {
        let value = entries.get(key)?;
        let mut places = HashMap::new();
        let json = self.as_json(value, key, "", &mut places);
        Some(Free { json, span: self.span(value), places })
    }

    /// A table of any keys, or nothing where the key is left out.
    pub fn free_table(&mut self, entries: &mut Entries<'_>, key: &'static str) -> Option<Free> {
        let value = entries.get(key)?;
        if value.get_ref().as_table().is_none() {
            self.wrong_type(value, key, "a table");
            return None;
        }
        self.free(entries, key)
    }

    fn as_json(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        key: &str,
        path: &str,
        places: &mut HashMap<String, (Span, Span)>,
    ) -> Json {
        let number = match value.get_ref() {
            DeValue::String(text) => return Json::String(text.to_string()),
            DeValue::Boolean(yes) => return Json::Bool(*yes),
            DeValue::Datetime(moment) => return Json::String(moment.to_string()),
            DeValue::Array(array) => {
                let rows = array.iter().enumerate();
                let rows = rows.map(|(n, row)| self.as_json(row, key, &format!("{path}[{}]", n + 1), places));
                return Json::Array(rows.collect());
            }
            DeValue::Table(table) => return self.table_as_json(table, path, places),
            DeValue::Integer(i) => i64::from_str_radix(i.as_str(), i.radix()).ok().map(Number::from),
            DeValue::Float(f) => f.as_str().parse().ok().and_then(Number::from_f64),
        };
        if number.is_none() {
            self.wrong_type(value, key, FINITE);
        }
        number.map_or(Json::Null, Json::Number)
    }

    fn table_as_json(
        &mut self,
        table: &DeTable<'_>,
        path: &str,
        places: &mut HashMap<String, (Span, Span)>,
    ) -> Json {
        let mut object = Map::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            let json = self.as_json(value, name, &path, places);
            places.insert(path, (Span::new(self.file, key.span()), self.span(value)));
            object.insert(name.to_owned(), json);
        }
        Json::Object(object)
    }
}
