//! The tables of a pack: their columns, and what they are for.

use std::io::Write;

use crate::indicators::Row;
use crate::value::not_a_formula;

/// The file that says what is where.
pub const INDEX: &str = "index.csv";

/// One file of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub file: &'static str,
    /// The question that it answers.
    pub answers: &'static str,
    /// How it is read.
    pub reading: &'static str,
    /// What gives it rows.
    needs: &'static str,
    columns: Vec<&'static str>,
    records: Vec<Vec<String>>,
}

impl Table {
    /// How many rows it has.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.records.len()
    }

    /// Writes it as CSV with a header: UTF-8, commas, lines end with `\n`; each cell as [`not_a_formula`].
    ///
    /// # Errors
    /// The writer failed.
    pub fn write(&self, writer: impl Write) -> csv::Result<()> {
        let mut csv = csv::Writer::from_writer(writer);
        csv.write_record(&self.columns)?;
        for record in &self.records {
            csv.write_record(record.iter().map(|cell| not_a_formula(cell).into_owned()))?;
        }
        csv.flush()?;
        Ok(())
    }
}

/// Added to those of a row in every table.
const ABOUT: [&str; 3] = ["topic", "source", "category_label"];
/// Of a number among its like.
pub(super) const RANK: [&str; 4] = ["rank", "rank_low", "rank_high", "tied_with"];
const TOP: [&str; 3] = ["top_three", "top_three_overall", "shared_with_overall"];
const PROVIDER: [&str; 4] = ["provider", "provider_label", "provider_type", "measure"];
const GAP: [&str; 13] = [
    "against_indicator",
    "against_category",
    "against_domain",
    "against_domain_label",
    "against_estimate",
    "gap",
    "gap_std_error",
    "gap_ci_low",
    "gap_ci_high",
    "p_value",
    "p_holm",
    "p_bh",
    "certainty",
];
const OVERLAP: [&str; 18] = [
    "survey",
    "round",
    "questionnaire_version",
    "indicator",
    "title",
    "topic",
    "source",
    "disaggregation",
    "domain",
    "domain_label",
    "against_domain",
    "against_domain_label",
    "top_three",
    "against_top_three",
    "shared",
    "n_shared",
    "n_shared_at_least",
    "n_shared_at_most",
];

fn of_rows(
    file: &'static str,
    answers: &'static str,
    reading: &'static str,
    needs: &'static str,
    own: &[&'static str],
) -> Table {
    let columns = Row::COLUMNS.iter().chain(&ABOUT).chain(own).copied().collect();
    Table { file, answers, reading, needs, columns, records: Vec::new() }
}

/// The tables of a pack, without rows, in the order of a meeting.
pub(super) fn all() -> Vec<Table> {
    let ranked = [&RANK[..], &TOP[..]].concat();
    let mut overlap = of_rows(
        "concerns_overlap.csv",
        "Which of the three most frequent concerns and unsafe places do groups share?",
        "shared lists what is in the top three of both by rank; with ties, they share between n_shared_at_least and \
             n_shared_at_most.",
        "indicators with the topic concerns or places, split by groups",
        &[],
    );
    overlap.columns = OVERLAP.to_vec();
    vec![
        of_rows(
            "concerns.csv",
            "What worries people most, in each group and place?",
            "Sort by rank within a domain. rank_low to rank_high is what the intervals allow; tied_with names what cannot be \
             told apart.",
            "indicators with the topic concerns",
            &ranked,
        ),
        overlap,
        of_rows(
            "places.csv",
            "Where and when do people not feel free to go?",
            "As concerns.csv; numbers about one place or limit have no rank.",
            "indicators with the topic places",
            &ranked,
        ),
        of_rows(
            "providers.csv",
            "Whom do people trust, and to whom do they turn, among formal and informal providers?",
            "Ranks are among providers of the same measure and domain. Rows about all formal or all informal providers are \
             averages of trust and sums of access.",
            "indicators with the topic trust, access or justice and a provider",
            &[&PROVIDER[..], &RANK[..]].concat(),
        ),
        of_rows(
            "provider_gaps.csv",
            "Who is trusted but not turned to, and do formal or informal providers lead?",
            "gap is the estimate less against_estimate. certain holds when all gaps of the same measure are looked at \
             together; likely holds for this gap alone.",
            "indicators of trust and of access about the same providers",
            &[&PROVIDER[..], &GAP[..]].concat(),
        ),
        of_rows(
            "group_gaps.csv",
            "Where do groups differ?",
            "gap is this group less the other one, or less everybody where there are more than two groups. certain holds \
             when all gaps of the indicator are looked at together; likely holds for this gap alone.",
            "indicators that are split by groups",
            &GAP,
        ),
        of_rows(
            "change.csv",
            "Did it become better or worse, and what is expected?",
            "A net balance is the share that says better less the share that says worse, between -1 and 1. direction is \
             unclear where the interval holds 0.",
            "indicators with the topic change",
            &["direction"],
        ),
        of_rows(
            "voice.csv",
            "Who listens to people, and who takes part?",
            "One row for each number.",
            "indicators with the topic voice",
            &[],
        ),
        of_rows(
            "baseline.csv",
            "All numbers, round by round.",
            "One row for each number and round. What changed, and how certain that is: doorstep compare.",
            "any indicator",
            &["provider"],
        ),
    ]
}

/// Adds a record to a table.
pub(super) fn push(tables: &mut [Table], file: &str, record: Vec<String>) {
    if let Some(table) = tables.iter_mut().find(|table| table.file == file) {
        debug_assert_eq!(table.columns.len(), record.len(), "{file}");
        table.records.push(record);
    }
}

/// What is where.
pub(super) fn index(tables: &[Table], rounds: &[&str]) -> Table {
    let record = |table: &Table| {
        let reading = match table.records.len() {
            0 => format!("Empty: it needs {}.", table.needs),
            _ => table.reading.to_owned(),
        };
        let rows = table.records.len().to_string();
        vec![table.file.to_owned(), rows, rounds.join(" "), table.answers.to_owned(), reading]
    };
    Table {
        file: INDEX,
        answers: "What is where?",
        reading: "",
        needs: "",
        columns: vec!["file", "rows", "rounds", "answers", "how_to_read"],
        records: tables.iter().map(record).collect(),
    }
}
