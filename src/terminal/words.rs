//! Doorstep's own words in an interview, in one place.

use crate::interview::Field;
use crate::value::Missing;

pub(super) const PROMPT: &str = "> ";
pub(super) const RECORDED: &str = "Recorded:";
pub(super) const OFFERED: &str = "Offered:";
pub(super) const TAKES: &str = "Enter takes it.";
pub(super) const NOT_SHOWN: &str = "(recorded, not shown)";
pub(super) const NOT_ANSWERED: &str = "(not answered)";
pub(super) const IN_CONFLICT: &str = "(two laptops answered differently: answer again)";
pub(super) const NO_TEXT: &str = "What came was not text in UTF-8. Type it again.";
pub(super) const OPTIONAL: &str = "May be left empty: Enter goes on.";
pub(super) const KEEPS: &str = "Enter keeps it.";
pub(super) const FOR_YOU: &str = "For you:";
pub(super) const SEVERAL: &str = "Several answers: numbers with spaces between.";
pub(super) const MANY_LINES: &str = "Several lines; a single full stop ends them.";
pub(super) const PLACE: &str =
    "Latitude and longitude, such as 15.3547 44.2066; north and east have no sign.";
pub(super) const GPS: &str = "gps";
pub(super) const RECEIVER: &str = "Type gps to take the place from the receiver.";
pub(super) const SCAN: &str = "Scan the code, or type it.";
pub(super) const FILE: &str =
    "Type the path of the file, or drag it here; a copy is kept with the interview.";
pub(super) const REVIEW: &str = "Review: all answers of this interview.";
pub(super) const ALL_ANSWERED: &str = "Everything is answered.";
pub(super) const WHY: &str = "Why is it right all the same? Type the reason, or Enter to change the answer.";
pub(super) const ANSWER_ANEW: &str = "Type the answer again.";
pub(super) const SURE: &str = "Finalise? It cannot be changed afterwards. y/n";
pub(super) const NOT_FINALISED: &str = "Not finalised.";
pub(super) const NOTED: &str = "Remark noted.";
pub(super) const WHAT_REMARK: &str = "Type the remark behind it: `:c the dog barked`.";
pub(super) const WHERE_TO: &str = "Type a number of the review or a name behind it: `:j 12`.";
pub(super) const NO_ROW: &str = "This question is in no row that can be removed.";
pub(super) const ONLY_AT_REVIEW: &str = "Finalise at the review: `:v` goes there.";
pub(super) const HELP: &str =
    "Commands, each a colon and a letter; the letter alone does where it cannot be an answer:";
pub(super) const LITERAL_COLON: &str = "An answer that begins with a colon: type it twice.";

/// The reason for a missing answer.
pub(super) fn missing(reason: Missing) -> &'static str {
    match reason {
        Missing::DontKnow => "don't know",
        Missing::Refused => "refused",
        Missing::NotApplicable => "does not apply",
        Missing::NotAlone => "not alone",
        Missing::NotAsked => "not asked",
        Missing::NotReached => "not reached",
    }
}

pub(super) fn another_row(roster: &str) -> String {
    format!("{roster}: is there another one to add? y/n")
}

pub(super) fn best_first(places: u32) -> String {
    format!("{places} numbers, the most important first.")
}

pub(super) fn wrong_ending(endings: &[String]) -> String {
    format!("The name of the file must end in .{}.", endings.join(" or ."))
}

pub(super) fn no_such_command(typed: &str) -> String {
    format!("`{typed}` is no command; `:?` shows all.")
}

pub(super) fn languages(here: &str, all: &[String]) -> String {
    format!("Languages: {}; now {here}. `:l TAG` changes.", all.join(", "))
}

pub(super) fn still_due(count: usize) -> String {
    format!("Still to be answered: {count}, marked with !.")
}

/// Typed text that is no answer to a question of this kind.
pub(super) fn does_not_fit(typed: &str, field: &Field) -> String {
    let expected = match field {
        Field::Integer | Field::Scale(..) => "is not a whole number.",
        Field::Decimal => "is not a number. Type it with a point, such as 2.5.",
        Field::Date => "is not a date. Type year, month and day, such as 2026-03-31.",
        Field::Time => "is not a time of day. Type hours and minutes, such as 14:30.",
        Field::DateTime => "is not a moment. Type a date and a time, such as 2026-03-31 14:30.",
        Field::GeoPoint => "is not a place. Type latitude and longitude, such as 15.3547 44.2066.",
        Field::YesNo => "is neither yes nor no. Type y or n.",
        _ => "does not fit here.",
    };
    format!("`{typed}` {expected}")
}
