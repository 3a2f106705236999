//! Names that other programs take.
//!
//! A questionnaire's names are small letters, digits and `_`, at most 64 of them; choices and sampling frames bring others,
//! and every program has limits of its own. A name is changed as little as possible and always in the same way: what it
//! becomes depends on the name alone, so that it is the same in every export and in every version of the questionnaire. Only
//! where two names would become one does the later of them get a mark.

use std::collections::HashSet;

use crate::value::Hash;

/// What a program takes for a name.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// The program, for people.
    pub program: &'static str,
    /// The most that a name may have.
    pub longest: Length,
    /// What a name may begin with.
    pub first: fn(char) -> bool,
    /// What may follow.
    pub rest: fn(char) -> bool,
    /// What stands before a name that begins with something else; in place of it, where that is `_`.
    pub lead: &'static str,
    /// Words that are no names, in small letters.
    pub reserved: &'static [&'static str],
    /// Whether small and large letters are the same.
    pub folds_case: bool,
}

/// How long a name may be.
#[derive(Debug, Clone, Copy)]
pub enum Length {
    /// So many characters.
    Characters(usize),
    /// So many bytes of UTF-8.
    Bytes(usize),
}

/// Stata 14 and later: letters of every script, 32 characters (User's Guide 11.3 "Naming conventions").
pub const STATA: Rules = Rules {
    program: "Stata",
    longest: Length::Characters(32),
    first: |c| c.is_alphabetic() || c == '_',
    rest: |c| c.is_alphanumeric() || c == '_',
    lead: "_",
    reserved: &[
        "_all", "_b", "_coef", "_cons", "_n", "_pi", "_pred", "_rc", "_se", "_skip", "byte", "double",
        "float", "if", "in", "int", "long", "str", "strl", "using", "with",
    ],
    folds_case: false,
};

/// SPSS: letters of every script, 64 bytes, large letters as small (Command Syntax Reference, "Variable Names"). A name that
/// begins with `_` begins with `d_`: an underscore may not come first.
pub const SPSS: Rules = Rules {
    program: "SPSS",
    longest: Length::Bytes(64),
    first: |c| c.is_alphabetic() || c == '@',
    rest: |c| c.is_alphanumeric() || matches!(c, '_' | '@' | '#' | '$'),
    lead: "d_",
    reserved: &["all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"],
    folds_case: true,
};

/// A name that had to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renamed {
    /// What it was.
    pub from: String,
    /// What it is called in the program.
    pub to: String,
}

/// These names (each of them once) as the program takes them, in their order: all different, for the program too.
#[must_use]
pub fn valid(names: &[&str], rules: &Rules) -> Vec<String> {
    let folded = |name: &str| if rules.folds_case { name.to_lowercase() } else { name.to_owned() };
    // A name that is valid as it stands is never given to another.
    let mut taken: HashSet<String> =
        names.iter().filter(|name| one(name, rules) == **name).map(|name| folded(name)).collect();
    let mut kept = HashSet::new();
    names
        .iter()
        .map(|name| {
            let plain = one(name, rules);
            let is_own = plain == **name && kept.insert(folded(&plain));
            if is_own || taken.insert(folded(&plain)) {
                return plain;
            }
            let marked = |marks: usize| marked(&plain, name, marks, rules);
            // More and more of the mark, until it tells the names apart: marks of different names differ at the end.
            let free = (MARK..=WHOLE_MARK).map(marked).find(|name| taken.insert(folded(name)));
            free.unwrap_or_else(|| marked(WHOLE_MARK))
        })
        .collect()
}

/// How much of a name's hash marks it.
const MARK: usize = 5;
const WHOLE_MARK: usize = 16;

/// A name by itself as the program takes it.
fn one(name: &str, rules: &Rules) -> String {
    let mut valid: String = name.chars().map(|c| if (rules.rest)(c) { c } else { '_' }).collect();
    if !valid.starts_with(rules.first) {
        valid = format!("{}{}", rules.lead, valid.strip_prefix('_').unwrap_or(&valid));
    }
    let folded = valid.to_lowercase();
    let is_string_type = rules.reserved.contains(&"str")
        && folded.strip_prefix("str").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    if rules.reserved.contains(&folded.as_str()) || is_string_type {
        valid.push('_');
    }
    if is_too_long(&valid, rules) { marked(&valid, name, MARK, rules) } else { valid }
}

fn is_too_long(name: &str, rules: &Rules) -> bool {
    match rules.longest {
        Length::Characters(most) => name.chars().count() > most,
        Length::Bytes(most) => name.len() > most,
    }
}

/// The beginning of a name, and a mark that is made from the whole of the original.
fn marked(valid: &str, original: &str, marks: usize, rules: &Rules) -> String {
    let hash = Hash::of(original.as_bytes()).to_string();
    let mark = hash.get(..marks).unwrap_or(&hash);
    let mut begin = valid.to_owned();
    while is_too_long(&format!("{begin}_{mark}"), rules) && begin.pop().is_some() {}
    format!("{}_{mark}", begin.trim_end_matches('_'))
}

#[cfg(test)]
mod tests {
    use super::{SPSS, STATA, valid};

    #[test]
    fn names_change_as_little_as_they_must() {
        let names = ["age", "int", "str12", "_weight", "worries__a-b.c", "1st", "größe", "with"];
        assert_eq!(
            valid(&names, &STATA),
            ["age", "int_", "str12_", "_weight", "worries__a_b_c", "_1st", "größe", "with_"]
        );
        assert_eq!(
            valid(&names, &SPSS),
            ["age", "int", "str12", "d_weight", "worries__a_b_c", "d_1st", "größe", "with_"]
        );
    }

    #[test]
    fn long_names_are_told_apart_and_do_not_depend_on_their_neighbours() {
        let long = "trust_in_the_police_of_the_district_after_dark";
        let other = "trust_in_the_police_of_the_district_by_day";
        let both = valid(&[long, other], &STATA);
        assert!(both[0] != both[1] && both.iter().all(|name| name.len() == 32), "{both:?}");
        assert_eq!(valid(&[other], &STATA)[0], both[1]);
        assert_eq!(valid(&[other, long], &STATA)[1], both[0]);
    }

    #[test]
    fn a_name_that_is_valid_is_never_given_away() {
        assert_eq!(valid(&["int", "int_"], &STATA)[1], "int_");
        let names = valid(&["a-b", "a.b", "a_b"], &STATA);
        assert!(names[2] == "a_b" && names[0].starts_with("a_b_") && names[0] != names[1], "{names:?}");
        let names = valid(&["Age", "age", "AGE"], &SPSS);
        assert_eq!(names[0], "Age");
        let folded: std::collections::HashSet<String> =
            names.iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(folded.len(), 3, "{names:?}");
        assert_eq!(valid(&["Age", "age"], &STATA), ["Age", "age"]);
    }
}
