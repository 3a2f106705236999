//! How the interviews of each enumerator go.

use std::collections::HashMap;
use std::io;

use anyhow::Result;
use serde_json::{Value as Json, json};

use crate::cli::folder::Folder;
use crate::cli::pictures::{Pictures, pad, put_row};
use crate::cli::say::put;
use crate::dataset::{Dataset, ENUMERATOR, Origin, STATUS};
use crate::fieldwork::median;
use crate::value::Missing;

/// From so many interviews on, somebody's shares are held against those of all.
const ENOUGH: usize = 10;
/// So much more than all others, in parts of answers, is worth a look.
const MORE: f64 = 0.05;

/// How one enumerator's interviews go.
pub(super) struct Work {
    enumerator: String,
    interviews: usize,
    finalised: usize,
    /// Minutes from the beginning to the last event, of each finalised interview; pauses count.
    minutes: Vec<i64>,
    /// Questions that were asked in them, and how many of these were don't know and refused.
    asked: usize,
    dont_know: usize,
    refused: usize,
}

/// How many minutes each interview took, from its beginning to its last event, by its key.
pub(super) fn minutes(folder: &Folder) -> Result<HashMap<String, i64>> {
    let Some(store) = folder.store_to_read()? else { return Ok(HashMap::new()) };
    let took =
        |i: crate::store::Summary| (i.id.to_string(), (i.last.wall - i.started.timestamp_millis()) / 60_000);
    Ok(store.interviews()?.into_iter().map(took).collect())
}

pub(super) fn works(dataset: &Dataset, rows: &[usize], minutes: &HashMap<String, i64>) -> Vec<Work> {
    let interviews = dataset.interviews();
    let mut works: Vec<Work> = Vec::new();
    for row in rows {
        let name = interviews.column(ENUMERATOR).and_then(|column| column.value(*row));
        let name = name.map(|name| name.to_string()).unwrap_or_default();
        let place = works.iter().position(|work| work.enumerator == name).unwrap_or_else(|| {
            works.push(Work {
                enumerator: name,
                interviews: 0,
                finalised: 0,
                minutes: Vec::new(),
                asked: 0,
                dont_know: 0,
                refused: 0,
            });
            works.len() - 1
        });
        let Some(work) = works.get_mut(place) else { continue };
        work.interviews += 1;
        if !dataset.interviews().has(STATUS, *row, "finalised") {
            continue;
        }
        work.finalised += 1;
        work.minutes.extend(minutes.get(interviews.key(*row)));
        for column in interviews.columns().iter().filter(|column| column.origin == Origin::Question) {
            match column.missing(*row) {
                Some(Missing::NotAsked | Missing::NotReached) => continue,
                Some(Missing::DontKnow) => work.dont_know += 1,
                Some(Missing::Refused) => work.refused += 1,
                _ => {}
            }
            work.asked += 1;
        }
    }
    works.sort_by(|a, b| a.enumerator.cmp(&b.enumerator));
    works
}

impl Work {
    fn share(&self, n: usize) -> Option<f64> {
        (self.asked > 0).then(|| n as f64 / self.asked as f64)
    }

    fn median(&self) -> Option<f64> {
        median(&mut self.minutes.iter().map(|minutes| *minutes as f64).collect::<Vec<_>>())
    }

    /// As programs read it.
    pub(super) fn as_json(&self) -> Json {
        json!({
            "enumerator": self.enumerator,
            "interviews": self.interviews,
            "finalised": self.finalised,
            "median_minutes": self.median(),
            "dont_know": self.share(self.dont_know),
            "refused": self.share(self.refused),
        })
    }

    /// What is worth a look, held against all together.
    fn flags(&self, all: &Self) -> Vec<&'static str> {
        let is_more = |own: Option<f64>, of_all: Option<f64>| {
            own.zip(of_all).is_some_and(|(own, of_all)| own > 2.0 * of_all && own > of_all + MORE)
        };
        let is_short =
            self.median().zip(all.median()).is_some_and(|(own, of_all)| of_all > 4.0 && 2.0 * own < of_all);
        let mut flags = Vec::new();
        if self.finalised >= ENOUGH {
            flags.extend(is_short.then_some("short interviews"));
            let dont_know = (self.share(self.dont_know), all.share(all.dont_know));
            flags.extend(is_more(dont_know.0, dont_know.1).then_some("many don't know"));
            let refused = (self.share(self.refused), all.share(all.refused));
            flags.extend(is_more(refused.0, refused.1).then_some("many refused"));
        }
        flags
    }

    /// All together.
    fn sum(works: &[Self]) -> Self {
        let add = |of: fn(&Self) -> usize| works.iter().map(of).sum();
        Self {
            enumerator: "all".to_owned(),
            interviews: add(|work| work.interviews),
            finalised: add(|work| work.finalised),
            minutes: works.iter().flat_map(|work| work.minutes.iter().copied()).collect(),
            asked: add(|work| work.asked),
            dont_know: add(|work| work.dont_know),
            refused: add(|work| work.refused),
        }
    }
}

pub(super) fn print_works(pictures: &Pictures, works: &[Work]) -> io::Result<()> {
    let all = Work::sum(works);
    put(format!(
        "{}  {:>10} {:>9} {:>8} {:>10} {:>8}",
        pad("enumerator", 16),
        "interviews",
        "finalised",
        "minutes",
        "don't know",
        "refused"
    ))?;
    let is_several = works.len() > 1;
    for work in works.iter().chain(is_several.then_some(&all)) {
        let percent = |n: usize| {
            work.share(n).map_or_else(|| pictures.none().to_owned(), |share| format!("{:.1}%", 100.0 * share))
        };
        let rest = format!(
            "{:>10} {:>9} {:>8} {:>10} {:>8}  {}",
            work.interviews,
            work.finalised,
            work.median().map_or_else(|| pictures.none().to_owned(), |minutes| minutes.to_string()),
            percent(work.dont_know),
            percent(work.refused),
            if is_several { work.flags(&all).join(", ") } else { String::new() }
        );
        put_row(&work.enumerator, (0, 16), &rest)?;
    }
    put("Minutes: the median of finalised interviews, pauses included.")
}

#[cfg(test)]
mod tests {
    use super::Work;

    #[test]
    fn of_two_interviews_the_middle_lies_between() {
        let work = |minutes: &[i64]| Work {
            enumerator: String::from("amina"),
            interviews: minutes.len(),
            finalised: minutes.len(),
            minutes: minutes.to_vec(),
            asked: 0,
            dont_know: 0,
            refused: 0,
        };
        let medians = [&[][..], &[21], &[40, 10], &[40, 10, 21]].map(|minutes| work(minutes).median());
        assert_eq!(medians, [None, Some(21.0), Some(25.0), Some(21.0)]);
    }
}
