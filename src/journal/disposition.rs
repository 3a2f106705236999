//! How a visit went: the outcomes that a case can have before its interview is complete.

/// The outcome of a visit. That an interview is complete is no outcome of this kind:
/// [`Fact::Finalised`](super::Fact::Finalised) says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Disposition {
    /// Somebody asked to come back another time.
    Postponed,
    /// The interview was broken off and will not go on.
    Partial,
    /// Nobody there wants to take part.
    Refused,
    /// Nobody opened the door.
    NobodyHome,
    /// The household, or the person, is not one that the survey asks.
    NotEligible,
    /// The dwelling could not be reached: a road, a flood, a danger.
    NotAccessible,
    /// Nobody there speaks a language of the interview.
    NoCommonLanguage,
    /// Anything else; the note says what.
    Other,
}

/// One row of the table of dispositions.
struct Row {
    disposition: Disposition,
    name: &'static str,
    is_ended: bool,
    takes_appointment: bool,
}

const fn row(
    disposition: Disposition,
    name: &'static str,
    (is_ended, takes_appointment): (bool, bool),
) -> Row {
    Row { disposition, name, is_ended, takes_appointment }
}

/// The one place that knows dispositions. Names are stored and exported: they never change.
const TABLE: [Row; 8] = [
    row(Disposition::Postponed, "postponed", (false, true)),
    row(Disposition::Partial, "partial", (true, false)),
    row(Disposition::Refused, "refused", (true, false)),
    row(Disposition::NobodyHome, "nobody_home", (false, true)),
    row(Disposition::NotEligible, "not_eligible", (true, false)),
    row(Disposition::NotAccessible, "not_accessible", (false, false)),
    row(Disposition::NoCommonLanguage, "no_common_language", (false, false)),
    row(Disposition::Other, "other", (false, false)),
];

impl Disposition {
    /// All of them, in the order in which lists show them.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.disposition)
    }

    /// The disposition of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.name == name).map(|row| row.disposition)
    }

    fn row(self) -> &'static Row {
        // Every variant has its row, in the order of the enum; a test holds this.
        &TABLE[self as usize]
    }

    /// The name that is stored and typed.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Whether the case is ended by it: nobody is to come again.
    #[must_use]
    pub fn is_ended(self) -> bool {
        self.row().is_ended
    }

    /// Whether an appointment to come again goes with it.
    #[must_use]
    pub fn takes_appointment(self) -> bool {
        self.row().takes_appointment
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_disposition_has_its_own_row_and_name() {
        for (place, disposition) in Disposition::all().enumerate() {
            assert_eq!(disposition as usize, place);
            assert_eq!(Disposition::named(disposition.name()), Some(disposition));
        }
        assert_eq!(Disposition::Other as usize + 1, TABLE.len());
        assert_eq!(Disposition::named("completed"), None);
    }
}
