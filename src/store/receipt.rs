//! What came of merging one source.

use std::fmt;

use serde::Serialize;

use super::{Result, Store, StoreError};

/// What came of merging one source: `segments_in = new + duplicate + quarantined`, always.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The file that was merged.
    pub source: String,
    /// Segments in it.
    pub segments_in: u64,
    /// Those that were not here yet, or only damaged.
    pub new: u64,
    /// Those that were here already, or belong to an interview whose consent was withdrawn.
    pub duplicate: u64,
    /// Those that are damaged, or differ from what is here under the same name, and were put aside.
    pub quarantined: u64,
    /// Interviews that were not here at all.
    pub interviews_new: u64,
    /// Interviews that gained something.
    pub interviews_changed: u64,
    /// Answers of unfinished interviews that were not here yet, carried over as they are.
    pub open_events_new: u64,
    /// Events of unfinished interviews that are damaged and stayed behind.
    pub open_events_damaged: u64,
    /// Interviews touched by this merge in which answers are in conflict.
    pub interviews_in_conflict: u64,
    /// Interviews whose consent was withdrawn and whose content was destroyed here by this merge.
    pub withdrawn: u64,
    /// Segments beside which the same device closed another one under the same number: the laptop,
    /// or its disk, was copied.
    pub forks: u64,
    /// Segments that the source's office says it has, and that this store did not know of.
    pub acknowledged: u64,
    /// Questionnaires that were not here yet.
    pub questionnaires_new: u64,
    /// Files given as answers that were not here yet.
    pub attachments_new: u64,
    /// Such files, questionnaires and the like that are damaged and stayed behind.
    pub attachments_damaged: u64,
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "   {}: {} segments in = {} new + {} duplicate + {} quarantined; interviews: {} new, {} changed",
            self.source,
            self.segments_in,
            self.new,
            self.duplicate,
            self.quarantined,
            self.interviews_new,
            self.interviews_changed - self.interviews_new
        )?;
        for (count, one, many) in [
            (self.open_events_new, "event of an unfinished interview", "events of unfinished interviews"),
            (self.attachments_new, "new file", "new files"),
            (self.attachments_damaged, "damaged file left behind", "damaged files left behind"),
            (self.open_events_damaged, "damaged event left behind", "damaged events left behind"),
            (
                self.interviews_in_conflict,
                "interview with answers in conflict",
                "interviews with answers in conflict",
            ),
            (
                self.withdrawn,
                "interview destroyed: its consent was withdrawn",
                "interviews destroyed: their consent was withdrawn",
            ),
            (
                self.forks,
                "segment of a copied laptop: both are kept",
                "segments of a copied laptop: both are kept",
            ),
            (self.acknowledged, "segment that the office has", "segments that the office has"),
        ] {
            match count {
                0 => {}
                1 => write!(f, "; 1 {one}")?,
                _ => write!(f, "; {count} {many}")?,
            }
        }
        Ok(())
    }
}

impl Store {
    /// The receipts of all merges, oldest first, as they were kept.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn receipts(&self) -> Result<Vec<String>> {
        let sql = |e| StoreError::sql(self.path(), e);
        let mut statement = self.connection.prepare("SELECT body FROM receipt ORDER BY id").map_err(sql)?;
        let rows = statement.query_map([], |row| row.get(0)).map_err(sql)?;
        rows.collect::<rusqlite::Result<_>>().map_err(sql)
    }
}
