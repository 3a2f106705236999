//! `survey.toml`: which questionnaire, rounds, sampling design and disclosure rules.

use super::margin::{Margin, margin};
use crate::diagnostic::document::{self, Codes, Entries, Located, Reader};
use crate::diagnostic::{Diagnostic, Report, nearest};
use crate::journal::Disposition;

const CODES: Codes =
    Codes { syntax: "S0001", unknown_key: "S0002", missing_key: "S0003", wrong_type: "S0004" };

/// A survey as its folder's `survey.toml` describes it. Paths are relative to that folder.
#[derive(Debug, Clone)]
pub struct Survey {
    /// Stable name.
    pub id: String,
    /// Title.
    pub title: String,
    /// The questionnaire's folder.
    pub questionnaire: String,
    /// The file of indicator definitions, if there is one.
    pub indicators: Option<String>,
    /// The store.
    pub store: String,
    /// The round that interviews belong to now.
    pub round: String,
    /// All rounds, in the order of the file.
    pub rounds: Vec<Round>,
    /// How the sample was drawn.
    pub design: Design,
    /// The questions whose answers say in lists which case an interview is about; the frame's key,
    /// if absent.
    pub case_label: Option<Vec<Located>>,
    /// How finalised interviews without a respondent ended: the first condition that holds.
    pub outcomes: Vec<(Disposition, Located)>,
    /// What may be published.
    pub disclosure: Disclosure,
    /// The public keys that packages are sealed to; packages are not sealed where there are none.
    pub recipients: Vec<String>,
    /// Whether the stores of laptops are to be encrypted.
    pub encrypted: bool,
}

/// A round of the survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// Its name, as interviews carry it.
    pub id: String,
    /// What people call it.
    pub label: String,
}

/// How the sample was drawn. Expressions are over the questionnaire's variables and the frame's
/// columns; what is left out is: every interview a respondent's, one stratum, every interview its
/// own PSU, equal weights, a population too large to matter.
#[derive(Debug, Clone, Default)]
pub struct Design {
    /// Where the sampling frame is.
    pub frame: Option<FrameSource>,
    /// Whether an interview has a respondent; all have, if absent.
    pub respondent: Option<Located>,
    /// The stratum of an interview.
    pub stratum: Option<Located>,
    /// The primary sampling unit of an interview.
    pub psu: Option<Located>,
    /// The weight of an interview.
    pub weight: Option<Located>,
    /// How many PSUs the interview's stratum has in the population.
    pub fpc: Option<Located>,
    /// Whether names of PSUs start again in every stratum.
    pub nest: bool,
    /// What to do with a stratum of one PSU.
    pub lonely_psu: Option<Located>,
    /// What is known of the population, which weights are calibrated to.
    pub margins: Vec<Margin>,
    /// How weights are calibrated; raked, if absent.
    pub calibration: Option<Located>,
    /// Between which factors calibration moves weights.
    pub calibration_bounds: Option<(f64, f64)>,
}

/// A sampling frame on disk.
#[derive(Debug, Clone)]
pub struct FrameSource {
    /// The CSV file.
    pub file: Located,
    /// The question whose answer names a row of the frame, and the frame's column of that name.
    pub key: Located,
}

/// What may be published, and how sure intervals are.
#[derive(Debug, Clone, PartialEq)]
pub struct Disclosure {
    /// Numbers from fewer respondents are blanked.
    pub minimum_cell: usize,
    /// The level of confidence intervals, between 0 and 1.
    pub ci_level: f64,
    /// How intervals of shares are made; `logit`, if absent.
    pub ci_method: Option<Located>,
    /// A standard error above this share of its estimate is noted.
    pub imprecise: f64,
    /// A number with a standard error above this share of it is not given.
    pub too_imprecise: Option<f64>,
}

impl Default for Disclosure {
    fn default() -> Self {
        Self { minimum_cell: 5, ci_level: 0.95, ci_method: None, imprecise: 0.3, too_imprecise: None }
    }
}

impl Survey {
    /// Reads a `survey.toml`. The survey is there unless the report gained an error.
    pub fn read(text: &str, name: &str, report: &mut Report) -> Option<Self> {
        let before = report.errors();
        let survey = document::read(name, text, CODES, report, survey);
        survey.filter(|_| report.errors() == before)
    }
}

fn survey(reader: &mut Reader<'_>, mut top: Entries<'_>) -> Option<Survey> {
    reader.format(&mut top, 1);
    let id = reader.required_text(&mut top, "id", "\"my-survey\"");
    if let Some(id) = &id
        && !is_id(&id.text)
    {
        reader.report.push(
            Diagnostic::error("S0101", id.span.clone(), format!("`{}` cannot be a survey's id", id.text))
                .note("The id names files and columns of results, so it stays the same for ever.")
                .help("Use small letters, digits and hyphens, such as `community-security`."),
        );
    }
    let title = reader.required_text(&mut top, "title", "\"What people call the survey\"");
    let questionnaire = reader.required_text(&mut top, "questionnaire", "\"questionnaire\"");
    let indicators = reader.text(&mut top, "indicators");
    let store = reader.required_text(&mut top, "store", "\"data/store.db\"");
    let round = reader.required_text(&mut top, "round", "\"baseline\"");
    let rounds = rounds(reader, &mut top);
    if let Some(round) = &round
        && !rounds.iter().any(|r| r.id == round.text)
    {
        let unknown =
            Diagnostic::error("S0102", round.span.clone(), format!("There is no round `{}`", round.text));
        reader.report.push(match nearest(&round.text, rounds.iter().map(|r| r.id.as_str())) {
            Some(near) => unknown.label(format!("did you mean `{near}`?")),
            None => unknown.help(format!("Describe it: `[rounds.{}]` with a `label`.", round.text)),
        });
    }
    let design = design(reader, &mut top);
    let case_label = case_label(reader, &mut top);
    let outcomes = outcomes(reader, &mut top);
    let disclosure = disclosure(reader, &mut top);
    let recipients = recipients(reader, &mut top);
    let encrypted = reader.boolean(&mut top, "encrypted");
    top.finish(reader);
    Some(Survey {
        id: id?.text,
        title: title?.text,
        questionnaire: questionnaire?.text,
        indicators: indicators.map(|i| i.text),
        store: store?.text,
        round: round?.text,
        rounds,
        design,
        case_label,
        outcomes,
        disclosure,
        recipients,
        encrypted: encrypted.is_some_and(|(wanted, _)| wanted),
    })
}

fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn rounds(reader: &mut Reader<'_>, top: &mut Entries<'_>) -> Vec<Round> {
    let Some(table) = reader.table(top, "rounds", "`rounds`") else { return Vec::new() };
    let mut rounds = Vec::new();
    for (id, _) in table.keys(reader.file) {
        let label = reader.named_table(&table, id, "a round").and_then(|mut round| {
            let label = reader.required_text(&mut round, "label", "\"Baseline 2026\"");
            round.finish(reader);
            label
        });
        rounds.push(Round { id: id.to_owned(), label: label.map_or_else(|| id.to_owned(), |l| l.text) });
    }
    rounds
}

fn design(reader: &mut Reader<'_>, top: &mut Entries<'_>) -> Design {
    let Some(mut table) = reader.table(top, "design", "`design`") else { return Design::default() };
    let file = reader.text(&mut table, "frame");
    let key = reader.text(&mut table, "key");
    let (stratum, psu) = (reader.text(&mut table, "stratum"), reader.text(&mut table, "psu"));
    let nest = reader.boolean(&mut table, "nest");
    if let Some((true, span)) = &nest
        && (stratum.is_none() || psu.is_none())
    {
        let idle = Diagnostic::error("S0109", span.clone(), "`nest` needs a `stratum` and a `psu`");
        reader.report.push(idle.help(
            "It says that names of PSUs start again in every stratum. Add what is missing, or remove it.",
        ));
    }
    let design = Design {
        respondent: reader.text(&mut table, "respondent"),
        stratum,
        psu,
        nest: nest.is_some_and(|(nest, _)| nest),
        weight: reader.text(&mut table, "weight"),
        fpc: reader.text(&mut table, "fpc"),
        lonely_psu: reader.text(&mut table, "lonely_psu"),
        margins: reader
            .tables(&mut table, "calibrate", "a margin")
            .into_iter()
            .filter_map(|table| margin(reader, table))
            .collect(),
        calibration: reader.text(&mut table, "calibration"),
        calibration_bounds: bounds(reader, &mut table),
        frame: match (file, key) {
            (Some(file), Some(key)) => Some(FrameSource { file, key }),
            (Some(file), None) => {
                reader.report.push(
                    Diagnostic::error("S0103", file.span, "A frame needs a key")
                        .note("The key is the question whose answer names a row of the frame.")
                        .help("Add `key = \"cluster\"`, with the question and column of your survey."),
                );
                None
            }
            (None, Some(key)) => {
                reader.report.push(
                    Diagnostic::error("S0103", key.span, "A key needs a frame")
                        .help("Add `frame = \"frame.csv\"`, or remove the key."),
                );
                None
            }
            (None, None) => None,
        },
    };
    table.finish(reader);
    design
}

fn case_label(reader: &mut Reader<'_>, top: &mut Entries<'_>) -> Option<Vec<Located>> {
    let mut table = reader.table(top, "cases", "`cases`")?;
    let label = reader.texts(&mut table, "label");
    table.finish(reader);
    label
}

/// In the order of the dispositions, so that the order of the file decides nothing.
fn outcomes(reader: &mut Reader<'_>, top: &mut Entries<'_>) -> Vec<(Disposition, Located)> {
    let Some(mut table) = reader.table(top, "outcomes", "`outcomes`") else { return Vec::new() };
    let outcomes = Disposition::all()
        .filter_map(|disposition| Some((disposition, reader.text(&mut table, disposition.name())?)))
        .collect();
    table.finish(reader);
    outcomes
}

fn bounds(reader: &mut Reader<'_>, table: &mut Entries<'_>) -> Option<(f64, f64)> {
    let written = reader.numbers(table, "calibration_bounds")?;
    if let [(low, _), (high, _)] = written.as_slice()
        && *low >= 0.0
        && *low < 1.0
        && *high > 1.0
    {
        return Some((*low, *high));
    }
    let place = written.first().map_or_else(|| table.place().clone(), |(_, span)| span.clone());
    reader.report.push(
        Diagnostic::error("S0104", place, "`calibration_bounds` are a factor below 1 and one above 1").help(
            "Write `calibration_bounds = [0.3, 3]`: a weight moves to between 0.3 and 3 times what it was.",
        ),
    );
    None
}

fn recipients(reader: &mut Reader<'_>, top: &mut Entries<'_>) -> Vec<String> {
    let Some(mut table) = reader.table(top, "package", "`package`") else { return Vec::new() };
    let recipients = reader.texts(&mut table, "recipients").unwrap_or_default();
    table.finish(reader);
    recipients.into_iter().map(|recipient| recipient.text).collect()
}

fn disclosure(reader: &mut Reader<'_>, top: &mut Entries<'_>) -> Disclosure {
    let mut disclosure = Disclosure::default();
    let Some(mut table) = reader.table(top, "disclosure", "`disclosure`") else { return disclosure };
    if let Some((cell, span)) = reader.integer(&mut table, "minimum_cell") {
        match usize::try_from(cell) {
            Ok(cell) if cell >= 1 => disclosure.minimum_cell = cell,
            _ => reader.report.push(
                Diagnostic::error("S0104", span, "`minimum_cell` must be at least 1")
                    .help("5 is customary; 1 publishes every number."),
            ),
        }
    }
    disclosure.ci_method = reader.text(&mut table, "ci_method");
    for key in ["imprecise", "too_imprecise"] {
        let Some((share, span)) = reader.number(&mut table, key) else { continue };
        if share <= 0.0 {
            reader.report.push(
                Diagnostic::error("S0104", span, format!("`{key}` must be above 0"))
                    .help("0.3 notes a standard error above 30% of the estimate."),
            );
        } else if key == "imprecise" {
            disclosure.imprecise = share;
        } else {
            disclosure.too_imprecise = Some(share);
        }
    }
    if let Some((level, span)) = reader.number(&mut table, "ci_level") {
        if level > 0.0 && level < 1.0 {
            disclosure.ci_level = level;
        } else {
            let wrong = Diagnostic::error("S0104", span, "`ci_level` must lie between 0 and 1");
            reader.report.push(if level > 1.0 && level < 100.0 {
                wrong.help(format!("For {level} per cent write {}.", level / 100.0))
            } else {
                wrong.help("0.95 is customary.")
            });
        }
    }
    table.finish(reader);
    disclosure
}
