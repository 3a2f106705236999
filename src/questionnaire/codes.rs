//! The codes of a questionnaire's diagnostics: one table, which `docs/diagnostics.md` is made from.

macro_rules! codes {
    ($($(#[$meta:meta])* $name:ident = $code:literal, $title:literal;)*) => {
        $(pub(super) const $name: &str = $code;)*

        /// Every code with its title, in order.
        pub const CODES: &[(&str, &str)] = &[$(($code, $title)),*];
    };
}

codes! {
    SYNTAX = "Q0101", "The file is not valid TOML";
    ENCODING = "Q0102", "The file is not UTF-8 text";
    UNKNOWN_KEY = "Q0103", "A key that means nothing here";
    WRONG_TYPE = "Q0104", "A value of the wrong type";
    MISSING_KEY = "Q0105", "A key that is required here is missing";
    FORMAT = "Q0106", "A format that this version does not read";
    NESTING = "Q0107", "Groups and rosters nested too deeply";
    NO_FILE = "Q0108", "A file that is not in the questionnaire's folder";
    CSV = "Q0109", "A choice file that cannot be read as CSV";
    TEMPLATE = "Q0110", "A ${…} in a text that is not complete";
    EMPTY = "Q0111", "A questionnaire, section, group or roster without anything in it";
    MANY = "Q0112", "More mistakes of one kind than are shown";
    INCLUDE = "Q0113", "A module that cannot be included";
    PARAMETER = "Q0114", "A module's parameter that is missing or unknown";
    TOO_LONG = "Q0115", "A text that is too long";
    BAD_NAME = "Q0201", "A name with letters that names may not have";
    DUPLICATE_NAME = "Q0202", "Two items with one name";
    DUPLICATE_CHOICE = "Q0203", "Two choices of a list with one name";
    DUPLICATE_CODE = "Q0204", "Two choices of a list with one code";
    UNKNOWN_TYPE = "Q0205", "A question type that does not exist";
    UNKNOWN_LIST = "Q0206", "A choice list that does not exist";
    UNKNOWN_MISSING = "Q0207", "A reason for a missing answer that does not exist";
    DUPLICATE_LIST = "Q0208", "Two choice lists with one name";
    ROWS_FROM = "Q0301", "A roster whose rows are taken from something that gives none";
    EMPTY_LIST = "Q0302", "A choice list without choices";
    UNUSED_LIST = "Q0303", "A choice list that no question uses";
    LIMITS = "Q0304", "Limits that contradict each other or the list";
    MISSING_AS_CHOICE = "Q0305", "A missing answer written by hand as a choice";
    BAD_PATTERN = "Q0306", "A pattern that is not a regular expression";
    DEFAULT_TYPE = "Q0307", "A default that is not an answer to its question";
    CYCLE = "Q0401", "Items that depend on each other in a circle";
    OWN_COUNT = "Q0402", "A roster that decides its own number of rows";
    INSIDE_ITSELF = "Q0403", "A condition on something inside what it switches off";
    LONE_MESSAGE = "Q0404", "A constraint message without a constraint";
    TWO_COUNTS = "Q0405", "A roster with two rules for its rows";
    NEVER_SET = "Q0406", "A read-only question that never gets an answer";
    UNTRANSLATED = "Q0501", "Texts without a translation";
    LANGUAGE = "Q0502", "A language that does not fit its file";
    TRANSLATES_NOTHING = "Q0503", "A translation of something that does not exist";
    SUPERFLUOUS = "Q0504", "Translations of texts that the questionnaire does not have";
    LOST_PIPE = "Q0505", "A translation that does not show the same answers as the text";
    NEVER_HOLDS = "Q0601", "A condition that never holds";
    ALWAYS_HOLDS = "Q0602", "A condition that always holds";
    UNREACHABLE = "Q0603", "A question, section, group or roster that nobody can reach";
    IMPOSSIBLE = "Q0604", "A constraint that no answer meets";
    NO_CHOICE_LEFT = "Q0605", "A choice filter that can leave no choice";
    NO_PRIVACY_CHECK = "Q0606", "A sensitive question without a privacy check before it";
    GIVES_AWAY = "Q0607", "A question that gives away a sensitive answer";
}

#[cfg(test)]
mod tests {
    use super::CODES;

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(CODES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
