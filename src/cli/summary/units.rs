//! The units of the sampling frame in which nobody was interviewed so far: where to go tomorrow.

use anyhow::Result;
use serde_json::{Value as Json, json};

use crate::cli::folder::Folder;
use crate::cli::pictures::{Pictures, put_row};
use crate::cli::sampling;
use crate::dataset::{Dataset, ROUND};
use crate::diagnostic::Report;

/// So many are named on the screen.
const NAMED: usize = 10;

/// The units of the frame, and those that no interview of a round is of.
pub(super) struct Units {
    /// How many the frame has.
    all: usize,
    /// The keys of those without any interview, whatever its status, in the order of the frame.
    without: Vec<String>,
    /// The question that names them, where its answers stay inside and nobody asked for it.
    kept: Option<String>,
}

impl Units {
    /// Those of a round; none where the survey has no frame. `with` are the questions whose answers are shown although they
    /// could harm, or tell who somebody is: as in exports, a key that does is named where it is asked for.
    pub(super) fn of(
        folder: &Folder,
        dataset: &Dataset,
        round: &str,
        with: &[String],
    ) -> Result<Option<Self>> {
        // Its mistakes were told when the interviews were read.
        let frame = sampling::read_frame(&folder.root, &folder.survey, &mut Report::default())?;
        let interviews = dataset.interviews();
        let Some(frame) = frame else { return Ok(None) };
        let Some(key) = interviews.column(frame.key()) else { return Ok(None) };
        let rows: Vec<usize> =
            (0..interviews.rows()).filter(|row| interviews.has(ROUND, *row, round)).collect();
        let without = frame.without_interview(dataset, &rows).into_iter().map(str::to_owned).collect();
        let is_kept = (key.sensitive || key.identifying) && !with.contains(&key.name);
        Ok(Some(Self { all: frame.units(), without, kept: is_kept.then(|| key.name.clone()) }))
    }

    /// On a line.
    pub(super) fn print(&self, pictures: &Pictures) -> Result<()> {
        let n = self.without.len();
        let names = match &self.kept {
            _ if n == 0 => String::new(),
            Some(key) => format!(" (`--with {key}` names them)"),
            None => {
                let more = match n.saturating_sub(NAMED) {
                    0 => String::new(),
                    more => format!(" and {more} more, which `--json` names"),
                };
                let first: Vec<&str> = self.without.iter().take(NAMED).map(String::as_str).collect();
                format!(": {}{more}", first.join(", "))
            }
        };
        let line = format!("Units of the frame without an interview: {n} of {}{names}.", self.all);
        Ok(put_row(&line, (0, pictures.columns), "")?)
    }

    /// As programs read it.
    pub(super) fn as_json(&self) -> Json {
        let names = self.kept.is_none().then_some(&self.without);
        json!({ "frame_units": self.all, "without_interview": self.without.len(), "units": names })
    }
}
