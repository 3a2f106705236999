//! One column: its cells, and what is known of it.

use std::borrow::Cow;
use std::sync::Arc;

use super::offers::Offers;
use super::{Data, List};
use crate::value::{Missing, Type, Value};

/// A named column of a table.
#[derive(Debug)]
pub struct Column {
    /// Its name: the question's, or one that begins with `_` for data about the interview.
    pub name: String,
    /// What it holds, in words, one per language.
    pub labels: Vec<String>,
    /// The sections and groups that the question is in, outermost first.
    pub groups: Vec<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// The answers could harm respondents if they leaked.
    pub sensitive: bool,
    /// The answers tell who the respondent is.
    pub identifying: bool,
    /// Where a value leads back to an answer that tells who the respondent is: a column of the frame that names the village.
    pub leads_back: bool,
    /// The answers are in somebody's own words.
    pub own_words: bool,
    data: Data,
    /// Nothing where every row was offered all choices.
    offers: Option<Box<Offers>>,
}

/// Where a column comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Asked.
    Question,
    /// Calculated by the questionnaire.
    Calculated,
    /// Known about the interview.
    Metadata,
    /// Added from elsewhere, such as the sampling frame.
    Attached,
}

impl Column {
    pub(super) fn new(name: &str, labels: Vec<String>, origin: Origin, data: Data) -> Self {
        Self {
            name: name.to_owned(),
            labels,
            groups: Vec::new(),
            origin,
            sensitive: false,
            identifying: false,
            leads_back: false,
            own_words: false,
            data,
            offers: None,
        }
    }

    /// A column without a choice list: choices are kept as text.
    pub(super) fn plain(name: &str, labels: Vec<String>, origin: Origin, ty: Type) -> Self {
        Self::new(name, labels, origin, Data::of(ty))
    }

    /// The same column without cells.
    pub(super) fn emptied(&self) -> Self {
        Self {
            name: self.name.clone(),
            labels: self.labels.clone(),
            groups: self.groups.clone(),
            data: self.data.emptied(),
            offers: None,
            ..*self
        }
    }

    /// Adds a cell. Whether the column can hold the value; the cell is not reached otherwise.
    pub(super) fn push(&mut self, answer: Result<&Value, Missing>) -> bool {
        self.data.push(answer)
    }

    /// Notes that the row that was added last was not offered these choices: its version did not have them.
    pub(super) fn lack(&mut self, choices: &[u32]) {
        if let Some(row) = self.len().checked_sub(1) {
            self.offers.get_or_insert_default().lack(row, choices);
        }
    }

    /// Adds a choice by its place in the list; not reached where there is none.
    pub(super) fn push_choice(&mut self, place: Option<u32>) {
        match (&mut self.data, place) {
            (Data::Choice(list, cells), Some(place)) if (place as usize) < list.names.len() => {
                cells.push(Ok(place.into()));
            }
            (data, _) => data.push_missing(Missing::NotReached),
        }
    }

    /// Adds the cells of another column of the same name and type.
    pub(super) fn append(&mut self, other: Self) {
        if let Some(theirs) = &other.offers {
            let rows = self.len();
            self.offers.get_or_insert_default().append(rows, theirs);
        }
        self.data.append(other.data);
    }

    /// The cells.
    #[must_use]
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// The type of its values.
    #[must_use]
    pub fn ty(&self) -> Type {
        self.data.ty()
    }

    /// The choice list, if it has one.
    #[must_use]
    pub fn list(&self) -> Option<&Arc<List>> {
        match &self.data {
            Data::Choice(list, _) | Data::Choices(list, ..) => Some(list),
            _ => None,
        }
    }

    /// How many cells there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// Whether there is no cell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Why the cell of a row is missing; `None` where it has a value.
    #[must_use]
    pub fn missing(&self, row: usize) -> Option<Missing> {
        self.data.missing(row)
    }

    /// The value in a row.
    #[must_use]
    pub fn value(&self, row: usize) -> Option<Cow<'_, Value>> {
        self.data.value(row)
    }

    /// The least and the greatest whole number, where numbers are whole and there are any.
    #[must_use]
    pub fn range(&self) -> Option<(i64, i64)> {
        let Data::Integer(cells) = &self.data else { return None };
        cells.iter().filter_map(Result::ok).fold(None, |range, number| {
            let (least, greatest) = range.unwrap_or((number, number));
            Some((number.min(least), number.max(greatest)))
        })
    }

    /// How far from nothing the numbers with a point reach, where numbers have one and there are any.
    #[must_use]
    pub fn magnitude(&self) -> Option<f64> {
        let Data::Decimal(numbers) = &self.data else { return None };
        numbers.magnitude()
    }

    /// The text in a row, where texts are kept.
    #[must_use]
    pub fn text(&self, row: usize) -> Option<&str> {
        match &self.data {
            Data::Text(texts) => texts.get(row),
            _ => None,
        }
    }

    /// The place in its list of the choice in a row.
    #[must_use]
    pub fn choice(&self, row: usize) -> Option<u32> {
        match &self.data {
            Data::Choice(_, cells) => cells.number(row).map(|place| place as u32),
            _ => None,
        }
    }

    /// Whether a row was offered a choice, by its place in the list: a version of the questionnaire may not have had it.
    #[must_use]
    pub fn is_offered(&self, row: usize, choice: u32) -> bool {
        self.offers().is_none_or(|offers| offers.has(offers.kind(row), choice))
    }

    /// What rows were not offered; nothing where all were offered all choices.
    #[must_use]
    pub fn offers(&self) -> Option<&Offers> {
        self.offers.as_deref()
    }

    /// The places in their list of the choices in a row: in list order, or best first.
    #[must_use]
    pub fn choices(&self, row: usize) -> Option<&[u32]> {
        match &self.data {
            Data::Choices(_, sets, _) => sets.places(row),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::sync::Arc;

    use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime};
    use proptest::prelude::*;

    use super::super::coded::Texts;
    use super::{Column, Data, Origin};
    use crate::dataset::List;
    use crate::value::{Answer, Missing, Type, Value};

    const NAMES: [&str; 3] = ["one", "two", "three"];

    fn list() -> Arc<List> {
        let names: Arc<[String]> = NAMES.map(str::to_owned).into();
        Arc::new(List::new("list", names, vec![1, 2, 3], vec![Vec::new(); NAMES.len()]))
    }

    /// A value of the kind of that number, as a column gives it back.
    fn value(kind: usize) -> BoxedStrategy<Value> {
        let names = || prop::sample::subsequence(NAMES.map(str::to_owned).to_vec(), 0..=NAMES.len());
        match kind {
            0 => any::<bool>().prop_map(Value::Boolean).boxed(),
            1 => prop_oneof![(-3_i64..300), any::<i64>()].prop_map(Value::Integer).boxed(),
            2 => prop_oneof![(-40_i32..40).prop_map(|n| f64::from(n) / 8.0), -1e300..1e300_f64]
                .prop_map(Value::Decimal)
                .boxed(),
            3 => prop_oneof!["[ab😟]{0,3}", ".{0,40}"].prop_map(Value::Text).boxed(),
            4 => (-400_000..400_000_i32)
                .prop_filter_map("a day", NaiveDate::from_num_days_from_ce_opt)
                .prop_map(Value::Date)
                .boxed(),
            5 => (0..86_400_u32, prop_oneof![Just(0), 0..2_000_000_000_u32])
                .prop_filter_map("a time", |(s, n)| NaiveTime::from_num_seconds_from_midnight_opt(s, n))
                .prop_map(Value::Time)
                .boxed(),
            6 => (
                -9_000_000_000..9_000_000_000_i64,
                prop_oneof![Just(0), 0..1_000_000_000_u32],
                -50_000..50_000_i32,
            )
                .prop_map(|(seconds, nanoseconds, offset)| {
                    let moment = DateTime::from_timestamp(seconds, nanoseconds).unwrap();
                    Value::DateTime(moment.with_timezone(&FixedOffset::east_opt(offset).unwrap()))
                })
                .boxed(),
            7 => prop::sample::select(NAMES.map(str::to_owned).to_vec()).prop_map(Value::Choice).boxed(),
            8 => names().prop_map(Value::Choices).boxed(),
            _ => names().prop_shuffle().prop_map(Value::Choices).boxed(),
        }
    }

    fn data(kind: usize) -> Data {
        let types =
            [Type::Boolean, Type::Integer, Type::Decimal, Type::Text, Type::Date, Type::Time, Type::DateTime];
        match (types.get(kind), kind) {
            (Some(ty), _) => Data::of(*ty),
            (None, 7) => Data::Choice(list(), crate::dataset::cells::Cells::default()),
            (None, 8) => Data::Choices(list(), crate::dataset::data::Sets::default(), None),
            _ => Data::Choices(list(), crate::dataset::data::Sets::default(), Some(3)),
        }
    }

    fn answers(kind: usize) -> impl Strategy<Value = Vec<Answer>> {
        let missing = prop::sample::select(Missing::ALL.to_vec()).prop_map(Answer::Missing);
        let answer = prop_oneof![4 => value(kind).prop_map(Answer::Value), 1 => missing];
        prop::collection::vec(answer, 0..40)
    }

    fn read(column: &Column) -> Vec<Answer> {
        let cell = |row| match (column.value(row), column.missing(row)) {
            (Some(value), None) => Answer::Value(value.into_owned()),
            (None, Some(reason)) => Answer::Missing(reason),
            both => panic!("{both:?}"),
        };
        (0..column.len()).map(cell).collect()
    }

    proptest! {
        #[test]
        fn what_is_pushed_comes_back(
            (kind, pushed, cuts) in (0..10_usize).prop_flat_map(|kind| {
                (Just(kind), answers(kind), prop::collection::vec(0..40_usize, 0..4))
            })
        ) {
            let mut whole = Column::new("column", Vec::new(), Origin::Question, data(kind));
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(pushed.len())).collect();
            cuts.extend([0, pushed.len()]);
            cuts.sort_unstable();
            for part in cuts.windows(2) {
                let mut column = whole.emptied();
                for answer in &pushed[part[0]..part[1]] {
                    prop_assert!(column.push(answer.found()));
                }
                whole.append(column);
            }
            prop_assert_eq!(read(&whole), pushed.clone());
            prop_assert_eq!(whole.value(pushed.len()), None);
            prop_assert_eq!(whole.missing(pushed.len()), None);
            for (row, answer) in pushed.iter().enumerate() {
                let names = |places: &[u32]| places.iter().map(|place| NAMES[*place as usize].to_owned()).collect();
                let chosen = whole.choices(row).map(|places| Value::Choices(names(places)));
                match answer.value() {
                    Some(Value::Text(text)) => prop_assert_eq!(whole.text(row), Some(text.as_str())),
                    Some(Value::Choice(name)) => {
                        prop_assert_eq!(whole.choice(row).map(|place| NAMES[place as usize]), Some(name.as_str()));
                    }
                    Some(value @ Value::Choices(_)) => {
                        prop_assert_eq!(chosen.as_ref(), Some(value));
                    }
                    Some(_) => {}
                    None => prop_assert_eq!((whole.text(row), whole.choice(row), whole.choices(row)), (None, None, None)),
                }
            }
        }
    }

    #[test]
    fn many_numbers_are_kept_as_well_as_few() {
        let number = |n: u32| if n.is_multiple_of(7) { None } else { Some(f64::from(n) / 3.0) };
        let mut whole = Column::plain("column", Vec::new(), Origin::Question, Type::Decimal);
        for part in 0..4 {
            let mut column = whole.emptied();
            for n in part * 9_000..(part + 1) * 9_000 {
                let answer =
                    number(n).map_or(Answer::Missing(Missing::Refused), |n| Answer::Value(Value::Decimal(n)));
                assert!(column.push(answer.found()));
            }
            whole.append(column);
        }
        for n in 0..36_000 {
            assert_eq!(whole.value(n as usize).map(Cow::into_owned), number(n).map(Value::Decimal));
            assert_eq!(whole.missing(n as usize).is_some(), number(n).is_none());
        }
    }

    #[test]
    fn equal_texts_have_equal_numbers_and_keys_their_rows() {
        let mut texts = Texts::new();
        for text in ["b", "a", "b"] {
            texts.push(Ok(text));
        }
        texts.push(Err(Missing::Refused));
        assert_eq!([0, 1, 2, 3].map(|row| texts.code(row)), [Some(0), Some(1), Some(0), None]);
        assert_eq!(texts.distinct().collect::<Vec<_>>(), [(0, "b"), (1, "a")]);
        let (mut keys, mut others) = (Texts::keys(), Texts::keys());
        keys.push(Ok("k1"));
        others.push(Ok("k2"));
        keys.append(&others);
        assert_eq!((keys.code(1), keys.get(1), keys.get(2)), (Some(1), Some("k2"), None));
    }

    #[test]
    fn what_a_column_cannot_hold_is_not_reached() {
        let mut column = Column::new("column", Vec::new(), Origin::Question, data(8));
        let unknown = Value::Choices(vec!["one".to_owned(), "four".to_owned()]);
        assert!(!column.push(Ok(&unknown)));
        assert_eq!(column.missing(0), Some(Missing::NotReached));
    }
}
