//! Stores of earlier formats: forwards only, in one transaction, after a backup that was read back.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::key::At;
use super::open::{FORMAT, beside, connect, sync_folder};
use super::packing::Packing;
use super::summary::summarise_all;
use super::tables::Tables;
use super::{Result, StoreError};

/// Brings a store up to this format. `connection` is open for writing, and nobody else has it.
pub(super) fn migrate(at: At<'_>, connection: &mut Connection, found: i64) -> Result<()> {
    let path = at.path;
    let sql = |e| StoreError::sql(path, e);
    back_up(at, connection, found)?;
    // Tables that refer to each other change their names.
    connection.pragma_update(None, "foreign_keys", "OFF").map_err(sql)?;
    connection.pragma_update(None, "legacy_alter_table", "ON").map_err(sql)?;
    let t = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sql)?;
    for step in [
        include_str!("sql/format_2_before.sql"),
        include_str!("sql/schema.sql"),
        include_str!("sql/format_2_rows.sql"),
    ] {
        t.execute_batch(step).map_err(sql)?;
    }
    summarise_all(Tables::new(&t, &Packing::default())).map_err(sql)?;
    t.pragma_update(None, "user_version", FORMAT).map_err(sql)?;
    t.commit().map_err(sql)?;
    connection.pragma_update(None, "legacy_alter_table", "OFF").map_err(sql)?;
    connection.pragma_update(None, "foreign_keys", "ON").map_err(sql)
}

/// Where the store is kept as it was before a format.
pub(super) fn backup_path(path: &Path, found: i64) -> PathBuf {
    beside(path, &format!(".format-{found}"))
}

/// Copies the store, and reads the copy back: whole, and with the same segments.
fn back_up(at: At<'_>, connection: &Connection, found: i64) -> Result<()> {
    let path = at.path;
    let to = backup_path(path, found);
    let part = beside(path, ".backup.part");
    let io = |e| StoreError::io(&part, e);
    fs::copy(path, &part).map_err(io)?;
    fs::File::open(&part).and_then(|file| file.sync_all()).map_err(io)?;
    {
        let copy = connect(At::new(&part, at.key), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let ask = |connection: &Connection, question: &str| {
            connection
                .query_row(question, [], |row| row.get::<_, String>(0))
                .map_err(|e| StoreError::sql(&part, e))
        };
        let segments = "SELECT count(*) || ' ' || coalesce(group_concat(hex(id), ''), '') FROM (SELECT id FROM segment ORDER BY id)";
        let is_whole = ask(&copy, "PRAGMA integrity_check(1)")? == "ok";
        if !is_whole || ask(&copy, segments)? != ask(connection, segments)? {
            return Err(StoreError::NotAStore {
                path: part.clone(),
                why: "the backup is not what was copied".into(),
            });
        }
    }
    fs::rename(&part, &to).map_err(|e| StoreError::io(&to, e))?;
    sync_folder(path).map_err(|e| StoreError::io(path, e))
}
