//! The variables of a data set: how each is kept.

use crate::export::cell::{Kind, is_long};
use crate::export::source::{Source, sources};
use crate::export::{PlannedTable, Variable};

/// The longest text that stands in its row, in bytes; longer ones stand behind the rows.
const LONGEST_TEXT: usize = 2_045;

/// The most digits, with a sign, of a whole number that is kept as a number.
const MOST_DIGITS: usize = 17;

/// A variable of the data set.
pub(super) struct Field<'p, 'd> {
    /// Its name.
    pub name: &'p str,
    /// Where it comes from.
    pub source: Source<'p, 'd>,
    /// How it is kept.
    pub storage: Storage,
}

/// Stata's storage types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Storage {
    /// A text of at most so many bytes.
    Text(usize),
    /// A text of any length, behind the rows.
    LongText,
    /// A whole number of one byte.
    Byte,
    /// A whole number of two bytes.
    Int,
    /// A whole number of four bytes.
    Long,
    /// A number with a point.
    Double,
}

impl Storage {
    /// Its number in the file.
    pub fn code(self) -> u16 {
        match self {
            Self::Text(width) => width as u16,
            Self::LongText => 32_768,
            Self::Double => 65_526,
            Self::Long => 65_528,
            Self::Int => 65_529,
            Self::Byte => 65_530,
        }
    }

    /// The smallest for whole numbers in a range. The upper ends are kept for missing values.
    fn of_range(least: i64, greatest: i64) -> Self {
        let holds = |from: i64, to: i64| from <= least && greatest <= to;
        if holds(-127, 100) {
            Self::Byte
        } else if holds(-32_767, 32_740) {
            Self::Int
        } else if holds(-2_147_483_647, 2_147_483_620) {
            Self::Long
        } else {
            Self::Double
        }
    }
}

impl Field<'_, '_> {
    /// How Stata shows it.
    pub fn format(&self) -> String {
        match (self.storage, self.source.variable().map(Variable::kind)) {
            (Storage::Text(width), _) => format!("%-{}s", width.clamp(9, 40)),
            (Storage::LongText, _) => "%-40s".to_owned(),
            (_, Some(Kind::Date)) => "%td".to_owned(),
            (_, Some(Kind::Moment)) => "%tc".to_owned(),
            (_, Some(Kind::Time)) => "%tcHH:MM:SS".to_owned(),
            // Every digit is shown.
            (Storage::Double, Some(Kind::Integer | Kind::Choice)) => format!("%{MOST_DIGITS}.0f"),
            (Storage::Double, _) => "%10.0g".to_owned(),
            (Storage::Long, _) => "%12.0g".to_owned(),
            _ => "%8.0g".to_owned(),
        }
    }
}

/// The variables of a table's data set.
pub(super) fn fields<'p, 'd>(table: &'p PlannedTable<'d>) -> Vec<Field<'p, 'd>> {
    let field = |(name, source): (&'p str, Source<'p, 'd>)| {
        let storage = match source {
            Source::Key(_) => text(source.longest_text(table)),
            Source::Variable(variable) => storage(table, variable),
        };
        Field { name, source, storage }
    };
    sources(table).map(field).collect()
}

fn text(longest: usize) -> Storage {
    if longest > LONGEST_TEXT { Storage::LongText } else { Storage::Text(longest) }
}

fn storage(table: &PlannedTable<'_>, variable: &Variable<'_>) -> Storage {
    match variable.kind() {
        Kind::Flag | Kind::Reason => Storage::Byte,
        // A number of Stata has too few digits, or is none.
        Kind::Choice | Kind::Integer | Kind::Decimal if is_long(variable.column) => {
            text(Source::Variable(variable).longest_text(table))
        }
        // By the list and not by the answers, so that it is the same in every export.
        Kind::Choice => {
            let codes = || variable.list().into_iter().flat_map(|list| &list.codes).copied();
            Storage::of_range(codes().min().unwrap_or(0), codes().max().unwrap_or(0))
        }
        Kind::Integer => {
            let (least, greatest) = variable.column.range().unwrap_or_default();
            match Storage::of_range(least, greatest) {
                Storage::Double => Storage::Double,
                _ => Storage::Long,
            }
        }
        Kind::Date => Storage::Long,
        Kind::Decimal | Kind::Time | Kind::Moment => Storage::Double,
        Kind::Text | Kind::Choices => text(Source::Variable(variable).longest_text(table)),
    }
}
