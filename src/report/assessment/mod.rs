//! The assessment pack: what a community security programme takes into the meetings in which problems are identified and
//! put in order.
//!
//! Every table begins with the columns of a [`Row`] and adds its own; `docs/assessment.md` describes them. Whatever is
//! derived here (ranks, overlaps, gaps) comes from published numbers alone, so that it gives nothing away that disclosure
//! control has taken out.

mod groups;
mod overlap;
mod providers;
mod ranked;
mod table;

use std::collections::HashMap;

pub use self::groups::{Gap, gaps};
pub use self::table::{INDEX, Table};
use crate::indicators::{
    About, Category, Cell, Contrasts, Definitions, Error, Options, Row, Sampling, Topic, compute,
};

/// A round's interviews, with what is the same for all its results.
#[derive(Debug)]
pub struct Round<'r> {
    /// The design of the interviews that count.
    pub sampling: &'r Sampling,
    /// The round's name, the level of intervals, the language of labels.
    pub options: Options,
}

/// The tables of a pack, the index first.
///
/// # Errors
/// The design of a round does not allow any estimate.
pub fn assess(definitions: &Definitions<'_>, rounds: &[Round<'_>]) -> Result<Vec<Table>, Error> {
    let mut tables = table::all();
    for round in rounds {
        let rows = compute(definitions, round.sampling, &round.options)?;
        let mut contrasts = Contrasts::new(definitions, round.sampling, &round.options)?;
        let view = View::new(definitions, &rows, &round.options);
        ranked::fill(&view, &mut tables);
        overlap::fill(&view, &mut tables);
        providers::fill(&view, &mut contrasts, &mut tables)?;
        groups::fill(&view, &mut contrasts, &mut tables)?;
        plain(&view, &mut tables);
    }
    let names: Vec<&str> = rounds.iter().map(|round| round.options.round.as_str()).collect();
    tables.insert(0, table::index(&tables, &names));
    Ok(tables)
}

/// One round's numbers with what they are about.
struct View<'v> {
    rows: &'v [Row],
    definitions: &'v Definitions<'v>,
    about: HashMap<&'v str, About<'v>>,
    categories: HashMap<&'v str, Vec<Category>>,
}

impl<'v> View<'v> {
    fn new(definitions: &'v Definitions<'_>, rows: &'v [Row], options: &Options) -> Self {
        let about: HashMap<&str, About<'_>> = definitions.about().map(|about| (about.id, about)).collect();
        let categories = about.keys().map(|id| (*id, definitions.categories(id, options.language))).collect();
        Self { rows, definitions, about, categories }
    }

    fn topic(&self, row: &Row) -> Option<Topic> {
        self.about.get(row.indicator.as_str())?.topic
    }

    fn category(&self, row: &Row) -> Option<&Category> {
        self.categories.get(row.indicator.as_str())?.iter().find(|category| category.name == row.category)
    }

    /// Rows of a topic, group by group: those of one indicator and one domain stand together.
    fn groups(&self, topic: Topic) -> impl Iterator<Item = &'v [Row]> {
        let of_topic = move |rows: &&[Row]| rows.first().is_some_and(|row| self.topic(row) == Some(topic));
        self.rows.chunk_by(is_of_one_group).filter(of_topic)
    }

    /// The cells that every table begins with.
    fn cells(&self, row: &Row) -> Vec<String> {
        let about = self.about.get(row.indicator.as_str());
        let mut cells: Vec<String> = row.cells().iter().map(Cell::shown).collect();
        cells.push(about.and_then(|about| about.topic).map_or("", Topic::name).to_owned());
        cells.push(self.source(row).unwrap_or_default().to_owned());
        cells.push(self.category(row).map_or("", |category| category.label.as_str()).to_owned());
        cells
    }

    /// Where the definition of a row's indicator comes from.
    fn source(&self, row: &Row) -> Option<&'v str> {
        self.about.get(row.indicator.as_str())?.source
    }
}

fn is_of_one_group(one: &Row, other: &Row) -> bool {
    one.indicator == other.indicator
        && one.disaggregation == other.disaggregation
        && one.domain == other.domain
}

/// The tables that only arrange rows: change, voice, and the baseline of everything.
fn plain(view: &View<'_>, tables: &mut [Table]) {
    for row in view.rows {
        let topic = view.topic(row);
        if topic == Some(Topic::Change) {
            let mut cells = view.cells(row);
            cells.push(direction(row).to_owned());
            table::push(tables, "change.csv", cells);
        }
        if topic == Some(Topic::Voice) {
            table::push(tables, "voice.csv", view.cells(row));
        }
        let mut cells = view.cells(row);
        let provider = providers::provider_of(view, row);
        cells.push(provider.map_or("", |provider| provider.name.as_str()).to_owned());
        table::push(tables, "baseline.csv", cells);
    }
}

/// What a net balance says, by its interval.
fn direction(row: &Row) -> &'static str {
    if row.kind != "net_balance" {
        return "";
    }
    match (row.ci_low, row.ci_high) {
        (Some(low), _) if low > 0.0 => "better",
        (_, Some(high)) if high < 0.0 => "worse",
        (Some(_), Some(_)) => "unclear",
        _ => "",
    }
}
