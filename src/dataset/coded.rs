//! Values of which each distinct one is kept once, and texts, which stand one after another in one piece of memory.

use std::hash::{BuildHasher, Hash};

use hashbrown::{DefaultHashBuilder, HashMap, HashTable};

use super::cells::Cells;
use crate::value::Missing;

/// Values, each distinct one kept once. Numbers of values are given in the order of their appearance.
#[derive(Debug)]
pub struct Coded<T> {
    cells: Cells,
    kinds: Vec<T>,
    index: HashMap<T, u32>,
}

impl<T> Default for Coded<T> {
    fn default() -> Self {
        Self { cells: Cells::default(), kinds: Vec::new(), index: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash> Coded<T> {
    pub(super) fn push(&mut self, value: Result<T, Missing>) {
        let cell = value.map(|value| self.number(value).into());
        self.cells.push(cell);
    }

    fn number(&mut self, value: T) -> u32 {
        let next = self.kinds.len() as u32;
        let kinds = &mut self.kinds;
        *self.index.entry(value).or_insert_with_key(|value| {
            kinds.push(value.clone());
            next
        })
    }

    pub(super) fn append(&mut self, other: Self) {
        let here: Vec<u32> = other.kinds.into_iter().map(|value| self.number(value)).collect();
        self.cells.append_renumbered(&other.cells, &here);
    }

    /// The numbers of the values in the rows.
    pub(super) fn cells(&self) -> &Cells {
        &self.cells
    }

    /// The distinct values.
    pub(super) fn kinds(&self) -> &[T] {
        &self.kinds
    }

    /// The value in a row.
    pub(super) fn get(&self, row: usize) -> Option<&T> {
        self.kinds.get(self.cells.number(row)? as usize)
    }
}

/// Texts one after another, without anything between them.
#[derive(Debug, Default)]
struct Shelf {
    all: String,
    /// Where each of them ends.
    ends: Cells,
}

impl Shelf {
    fn len(&self) -> usize {
        self.ends.len()
    }

    fn push(&mut self, text: &str) {
        self.all.push_str(text);
        self.ends.push(Ok(self.all.len() as i64));
    }

    fn get(&self, place: usize) -> Option<&str> {
        let begin = place.checked_sub(1).map_or(Some(0), |before| self.ends.number(before))?;
        self.all.get(begin as usize..self.ends.number(place)? as usize)
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|place| self.get(place))
    }
}

/// Texts, each distinct one kept once.
#[derive(Debug)]
pub struct Texts {
    distinct: Shelf,
    /// None where every row has a text of its own, whose number is that of the row.
    coded: Option<Numbers>,
}

/// Which of the distinct texts stands in which row.
#[derive(Debug, Default)]
struct Numbers {
    cells: Cells,
    /// The numbers of the texts, found by their texts.
    index: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Texts {
    pub(super) fn new() -> Self {
        Self { distinct: Shelf::default(), coded: Some(Numbers::default()) }
    }

    /// Texts of which no two are the same and none is missing: keys.
    pub(super) fn keys() -> Self {
        Self { distinct: Shelf::default(), coded: None }
    }

    /// Others of the same kind, none yet.
    pub(super) fn emptied(&self) -> Self {
        if self.coded.is_some() { Self::new() } else { Self::keys() }
    }

    pub(super) fn push(&mut self, text: Result<&str, Missing>) {
        let Some(coded) = &mut self.coded else { return self.distinct.push(text.unwrap_or_default()) };
        let number = text.map(|text| coded.number(text, &mut self.distinct).into());
        coded.cells.push(number);
    }

    pub(super) fn append(&mut self, other: &Self) {
        match (&mut self.coded, &other.coded) {
            (Some(coded), Some(theirs)) => {
                let number = |text| coded.number(text, &mut self.distinct);
                let here: Vec<u32> = other.distinct.iter().map(number).collect();
                coded.cells.append_renumbered(&theirs.cells, &here);
            }
            // Keys: as many as rows.
            _ => other.distinct.iter().for_each(|text| self.push(Ok(text))),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.coded.as_ref().map_or(self.distinct.len(), |coded| coded.cells.len())
    }

    /// The text in a row.
    pub(super) fn get(&self, row: usize) -> Option<&str> {
        self.distinct.get(self.code(row)? as usize)
    }

    /// The numbers of the texts in the rows; none where they are the rows' own.
    pub(super) fn codes(&self) -> Option<&Cells> {
        self.coded.as_ref().map(|coded| &coded.cells)
    }

    /// The number of the text in a row: equal texts have equal numbers, in order of appearance.
    #[must_use]
    pub fn code(&self, row: usize) -> Option<u32> {
        match &self.coded {
            Some(coded) => coded.cells.number(row).map(|number| number as u32),
            None => (row < self.distinct.len()).then_some(row as u32),
        }
    }

    /// How many distinct texts there are.
    #[must_use]
    pub fn kinds(&self) -> usize {
        self.distinct.len()
    }

    /// Each distinct text with its number.
    pub fn distinct(&self) -> impl Iterator<Item = (u32, &str)> {
        (0..).zip(self.distinct.iter())
    }
}

impl Numbers {
    /// The number of a text, a new one where it is new.
    fn number(&mut self, text: &str, distinct: &mut Shelf) -> u32 {
        let hash = |text: &str| self.hasher.hash_one(text);
        let text_of = |number: u32| distinct.get(number as usize).unwrap_or_default();
        if let Some(known) = self.index.find(hash(text), |number| text_of(*number) == text) {
            return *known;
        }
        let new = distinct.len() as u32;
        self.index.insert_unique(hash(text), new, |number| hash(text_of(*number)));
        distinct.push(text);
        new
    }
}
