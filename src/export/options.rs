//! What is wanted of an export.

use crate::value::Missing;

/// How choices are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// By their names in the questionnaire.
    Names,
    /// By their numbers.
    Codes,
    /// By their labels, in the language of the export.
    Labels,
}

/// How questions with several choices are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Multiple {
    /// One variable of 0 and 1 for each choice; for a ranking one for each place.
    Split,
    /// One variable with the choices, spaces between them.
    Joined,
    /// Both.
    Both,
}

/// Where the reason goes why there is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missings {
    /// Into a variable beside, named with `__missing`.
    Beside,
    /// Into the cell itself, as these words; reasons without one leave the cell empty.
    Coded(Vec<(Missing, String)>),
    /// Into the cell itself in the format's own way; a variable beside only where the cell is text.
    Within,
}

impl Missings {
    /// The code that stands in a cell for a reason.
    #[must_use]
    pub fn code(&self, reason: Missing) -> Option<&str> {
        let Self::Coded(codes) = self else { return None };
        codes.iter().find(|(coded, _)| *coded == reason).map(|(_, code)| code.as_str())
    }
}

/// Doorstep's own words in one language, for labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// For 1.
    pub yes: String,
    /// For 0.
    pub no: String,
    /// For each reason, in the order of [`Missing::ALL`].
    pub reasons: [String; Missing::ALL.len()],
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Also interviews that are not finalised.
    pub unfinished: bool,
    /// Only interviews of this round.
    pub round: Option<String>,
    /// Variables that go out although they would stay inside: names, patterns with `*`, or `sensitive`, `identifying`, `text`
    /// for all that stay inside for that reason.
    pub with: Vec<String>,
    /// Variables that stay inside, written in the same ways.
    pub without: Vec<String>,
    /// The only questions that go out, written in the same ways; all where there are none. Data about the interview and its
    /// place in the design go out all the same.
    pub only: Vec<String>,
    /// How choices are written.
    pub shown: Shown,
    /// The language of labels, by its place in the questionnaire's languages.
    pub language: usize,
    /// Whether names begin with the names of the sections and groups that a question is in: `household-members-age`.
    pub group_names: bool,
    /// How questions with several choices are written.
    pub multiple: Multiple,
    /// Where reasons for no value go.
    pub missings: Missings,
    /// Doorstep's own words, by the place of the language in the questionnaire's languages.
    pub wording: Vec<Wording>,
}
