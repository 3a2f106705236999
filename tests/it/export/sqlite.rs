//! A relational database.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::done;
use super::types::{Rows, TABLES, as_csv, types};

#[test]
fn a_database_read_back_is_the_same_table_and_its_keys_hold() {
    let folder = types();
    let folder = folder.path();
    let csv = as_csv(folder);
    done(folder, &["export", "sqlite", "--with", "remark", "--out", "out.db"]);
    let database = Connection::open(folder.join("out.db")).unwrap();
    let text = |sql: &str| -> String { database.query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(text("PRAGMA integrity_check"), "ok");
    let broken = database.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap();
    assert!(!broken, "every key has its row");
    let codes = BTreeMap::from([("safe", "1"), ("unsafe", "2"), ("theft", "1"), ("dogs", "7")]);
    for table in TABLES {
        let read = query(&database, &format!("SELECT * FROM {table}"));
        assert_eq!(read.len(), csv[table].len());
        for (read, written) in read.iter().zip(&csv[table]) {
            for (name, cell) in read {
                let written = written[name].as_str();
                let is_code = ["safe", "first__1", "first__2"].contains(&name.as_str());
                assert_eq!(cell, if is_code { codes.get(written).unwrap_or(&"") } else { written }, "{name}");
            }
        }
    }
    // What was chosen, in its order; and labels in place of codes.
    let chosen = "SELECT group_concat(name, ' ') FROM (SELECT l.name FROM chosen_first c JOIN list_worries l USING (code)
                  JOIN interviews i USING (_interview) WHERE i._enumerator = 'amina' ORDER BY c.rank)";
    assert_eq!(text(chosen), "dogs theft");
    let labels = query(&database, "SELECT * FROM interviews_labels_en");
    assert_eq!((labels[0]["safe"].as_str(), labels[0]["worries"].as_str()), ("Not safe", "Theft; Dogs"));
    assert!(!labels[1]["safe__missing"].is_empty());
    let joined = "SELECT count(*) FROM people JOIN houses USING (_interview, houses) JOIN interviews USING (_interview)";
    assert_eq!(database.query_row(joined, [], |row| row.get::<_, i64>(0)).unwrap(), 4);
}

pub fn query(database: &Connection, sql: &str) -> Rows {
    use rusqlite::types::ValueRef;
    let mut statement = database.prepare(sql).unwrap();
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut read = statement.query([]).unwrap();
    let mut rows = Rows::new();
    while let Some(row) = read.next().unwrap() {
        let cell = |place: usize| match row.get_ref(place).unwrap() {
            ValueRef::Null => String::new(),
            ValueRef::Integer(number) => number.to_string(),
            ValueRef::Real(number) => number.to_string(),
            ValueRef::Text(text) | ValueRef::Blob(text) => String::from_utf8(text.to_vec()).unwrap(),
        };
        rows.push(names.iter().cloned().enumerate().map(|(place, name)| (name, cell(place))).collect());
    }
    rows
}
