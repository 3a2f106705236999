//! The fold's state: what is recorded, what follows from it, and what must be looked at again
//! when something changes.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, FixedOffset};

use super::Place;
use super::chance::Chance;
use super::env::At;
use crate::journal::{DeviceId, RowKey};
use crate::questionnaire::{Item, ItemId, Kind, Questionnaire, Rows};
use crate::value::{Answer, Missing, Value};

/// Rows beyond this are not made: a household of thousands is a typing mistake, and the
/// questionnaire's constraint should have said so.
const MOST_ROWS: i64 = 500;

/// How many numbers of rows a device has to itself.
const ROWS_A_DEVICE: u32 = 1 << 12;

/// Where the numbers of the rows begin that a device adds to an interview which began elsewhere.
/// Where it began they are 1, 2, 3.
pub(super) fn row_base(device: DeviceId) -> u32 {
    let [a, b, c, ..] = device.0;
    (u32::from_le_bytes([a, b, c, 0]) & 0xF_FFFF).max(1) * ROWS_A_DEVICE
}

/// One instance of an item.
#[derive(Debug, Clone, Default, PartialEq)]
struct Cell {
    relevant: bool,
    recorded: Option<Answer>,
    /// What a calculation, or a read-only question's default, gives.
    derived: Option<Value>,
    /// A roster's rows; none while it is not relevant.
    rows: Vec<RowKey>,
}

/// All instances of one item: one, or one for each row.
#[derive(Debug, Clone, Default, PartialEq)]
struct Cells {
    single: Cell,
    by_row: BTreeMap<Vec<RowKey>, Cell>,
}

/// Rows that the enumerator added to an open roster.
#[derive(Debug, Clone, Default, PartialEq)]
struct OpenRows {
    keys: Vec<RowKey>,
    /// The numbers of all rows that there ever were.
    given: Vec<u32>,
}

/// What is recorded, and what follows from it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct State {
    cells: Vec<Cells>,
    open: HashMap<Place, OpenRows>,
    set_aside: HashSet<Place>,
    pub(super) now: DateTime<FixedOffset>,
    pub(super) seed: u64,
    pub(super) enumerator: String,
    pub(super) language: usize,
    /// Numbers of rows that are added here are above this.
    pub(super) row_base: u32,
}

/// Instances to look at again, those first that nothing later feeds.
type Work = BTreeSet<(u32, ItemId, Vec<RowKey>)>;

impl State {
    pub(super) fn new(questionnaire: &Questionnaire) -> Self {
        Self {
            cells: std::iter::repeat_with(Cells::default).take(questionnaire.items.len()).collect(),
            open: HashMap::new(),
            set_aside: HashSet::new(),
            now: DateTime::default(),
            seed: 0,
            enumerator: String::new(),
            row_base: 0,
            language: 0,
        }
    }

    fn cell(&self, item: ItemId, rows: &[RowKey]) -> Option<&Cell> {
        let cells = self.cells.get(item.0 as usize)?;
        if rows.is_empty() { Some(&cells.single) } else { cells.by_row.get(rows) }
    }

    fn cell_mut(&mut self, item: ItemId, rows: &[RowKey]) -> &mut Cell {
        let cells = &mut self.cells[item.0 as usize];
        if rows.is_empty() { &mut cells.single } else { cells.by_row.entry(rows.to_vec()).or_default() }
    }

    pub(super) fn relevant(&self, item: ItemId, rows: &[RowKey]) -> bool {
        self.cell(item, rows).is_some_and(|c| c.relevant)
    }

    pub(super) fn recorded(&self, item: ItemId, rows: &[RowKey]) -> Option<&Answer> {
        self.cell(item, rows).and_then(|c| c.recorded.as_ref())
    }

    /// What expressions see.
    pub(super) fn value(&self, item: ItemId, rows: &[RowKey]) -> Option<&Value> {
        let cell = self.cell(item, rows).filter(|c| c.relevant)?;
        cell.derived.as_ref().or_else(|| match &cell.recorded {
            Some(Answer::Value(v)) if !self.in_conflict(item, rows) => Some(v),
            _ => None,
        })
    }

    /// The recorded reason for a missing answer; *not asked* where it is not relevant.
    pub(super) fn missing(&self, item: ItemId, rows: &[RowKey]) -> Option<Missing> {
        let Some(cell) = self.cell(item, rows).filter(|c| c.relevant) else { return Some(Missing::NotAsked) };
        cell.recorded.as_ref().and_then(Answer::missing).filter(|_| !self.in_conflict(item, rows))
    }

    pub(super) fn rows(&self, roster: ItemId, rows: &[RowKey]) -> &[RowKey] {
        self.cell(roster, rows).map_or(&[], |c| c.rows.as_slice())
    }

    pub(super) fn in_conflict(&self, item: ItemId, rows: &[RowKey]) -> bool {
        !self.set_aside.is_empty() && self.set_aside.contains(&Place { item, rows: rows.to_vec() })
    }

    /// The key that the next row of an open roster gets.
    pub(super) fn next_row(&self, roster: &Place) -> RowKey {
        let own = self.row_base..self.row_base.saturating_add(ROWS_A_DEVICE);
        let given = self.open.get(roster).map_or(&[][..], |open| &open.given);
        let last = given.iter().copied().filter(|number| own.contains(number)).max();
        RowKey::Number(last.unwrap_or(self.row_base).saturating_add(1))
    }

    /// What stands directly in a section or group, in the order in which it is asked.
    pub(super) fn order_in(
        &self,
        questionnaire: &Questionnaire,
        container: &Item,
        rows: &[RowKey],
    ) -> Vec<ItemId> {
        let mut children = Vec::new();
        let mut next = container.id.0 + 1;
        while next < container.end {
            children.push(ItemId(next));
            next = questionnaire.item(ItemId(next)).end;
        }
        if container.shuffled {
            Chance::of_order(self.seed, &container.name, rows).shuffle(&mut children);
        }
        children
    }

    /// Every instance of an item whose rows begin with `prefix`, in order.
    pub(super) fn instances(&self, item: &Item, prefix: &[RowKey]) -> Vec<Vec<RowKey>> {
        let mut found = vec![prefix.to_vec()];
        for roster in item.rosters.iter().skip(prefix.len()) {
            found = found
                .into_iter()
                .flat_map(|rows| {
                    let keys = self.rows(*roster, &rows);
                    keys.iter()
                        .map(move |k| [rows.as_slice(), std::slice::from_ref(k)].concat())
                        .collect::<Vec<_>>()
                })
                .collect();
        }
        found
    }

    // Changes. Each records one thing; `settle` or `settle_all` then brings the rest in line.

    /// Whoever answers anew has decided, so the place is no longer set aside.
    pub(super) fn record(&mut self, place: &Place, answer: Option<Answer>) {
        // Hardly ever is anything set aside, and this is done for every answer.
        if !self.set_aside.is_empty() {
            self.set_aside.remove(place);
        }
        self.cell_mut(place.item, &place.rows).recorded = answer;
    }

    pub(super) fn set_aside(&mut self, place: Place) {
        self.set_aside.insert(place);
    }

    pub(super) fn add_row(&mut self, roster: &Place, key: RowKey) {
        let open = self.open.entry(roster.clone()).or_default();
        if let RowKey::Number(n) = key {
            open.given.push(n);
        }
        if !open.keys.contains(&key) {
            open.keys.push(key);
        }
    }

    pub(super) fn remove_row(&mut self, roster: &Place, key: &RowKey) {
        if let Some(open) = self.open.get_mut(roster) {
            open.keys.retain(|k| k != key);
        }
    }

    /// Brings everything in line that depends on one place.
    pub(super) fn settle(&mut self, questionnaire: &Questionnaire, place: &Place) {
        let mut work = Work::new();
        let item = questionnaire.item(place.item);
        if matches!(item.kind, Kind::Question(_)) {
            self.push_dependents(questionnaire, item, &place.rows, &mut work);
        }
        work.insert((questionnaire.rank(place.item), place.item, place.rows.clone()));
        self.work_off(questionnaire, work);
    }

    /// Brings everything in line, each instance once: nothing stands before what it reads.
    pub(super) fn settle_all(&mut self, questionnaire: &Questionnaire) {
        for id in questionnaire.order() {
            let item = questionnaire.item(*id);
            if item.rosters.is_empty() {
                self.renew(questionnaire, item, &[]);
                continue;
            }
            for rows in self.instances(item, &[]) {
                self.renew(questionnaire, item, &rows);
            }
        }
    }

    /// Computes an instance anew from what it reads. The rows that it had before, if anything changed.
    fn renew(&mut self, questionnaire: &Questionnaire, item: &Item, rows: &[RowKey]) -> Option<Vec<RowKey>> {
        let relevant = self.compute_relevance(questionnaire, item, rows);
        let derived = if relevant { self.compute_value(questionnaire, item, rows) } else { None };
        let keys = if relevant { self.compute_rows(questionnaire, item, rows) } else { Vec::new() };
        let cell = self.cell_mut(item.id, rows);
        if cell.relevant == relevant && cell.derived == derived && cell.rows == keys {
            return None;
        }
        cell.relevant = relevant;
        cell.derived = derived;
        let before = std::mem::replace(&mut cell.rows, keys);
        for gone in
            before.iter().filter(|key| !self.rows(item.id, rows).contains(key)).cloned().collect::<Vec<_>>()
        {
            self.forget_row(item, &[rows, &[gone]].concat());
        }
        Some(before)
    }

    fn work_off(&mut self, questionnaire: &Questionnaire, mut work: Work) {
        while let Some((_, id, rows)) = work.pop_first() {
            let item = questionnaire.item(id);
            let Some(before) = self.renew(questionnaire, item, &rows) else { continue };
            self.push_dependents(questionnaire, item, &rows, &mut work);
            if before != self.rows(id, &rows) {
                self.push_rows(questionnaire, item, &rows, &before, &mut work);
            }
        }
    }

    fn push_dependents(&self, questionnaire: &Questionnaire, item: &Item, rows: &[RowKey], work: &mut Work) {
        for id in questionnaire.dependents(item.id) {
            let dependent = questionnaire.item(*id);
            let shared = questionnaire.shared_rosters(item, dependent).min(rows.len());
            for instance in self.instances(dependent, &rows[..shared]) {
                work.insert((questionnaire.rank(*id), *id, instance));
            }
        }
    }

    /// A roster's rows changed: its new rows' items are due, and so is whatever adds up its items.
    fn push_rows(
        &self,
        questionnaire: &Questionnaire,
        roster: &Item,
        rows: &[RowKey],
        before: &[RowKey],
        work: &mut Work,
    ) {
        for index in roster.id.0 + 1..roster.end {
            let inner = questionnaire.item(ItemId(index));
            for key in self.rows(roster.id, rows).iter().filter(|k| !before.contains(k)) {
                let row = [rows, std::slice::from_ref(key)].concat();
                for instance in self.instances(inner, &row) {
                    work.insert((questionnaire.rank(inner.id), inner.id, instance));
                }
            }
            self.push_dependents(questionnaire, inner, rows, work);
        }
    }

    /// A row that is not there any more has no relevant items; what is recorded in it stays.
    fn forget_row(&mut self, roster: &Item, row: &[RowKey]) {
        for cells in &mut self.cells[roster.id.0 as usize + 1..roster.end as usize] {
            let inside = cells.by_row.iter_mut().filter(|(rows, _)| rows.starts_with(row));
            inside.for_each(|(_, cell)| {
                cell.relevant = false;
                cell.derived = None;
                cell.rows.clear();
            });
        }
    }

    fn compute_relevance(&self, questionnaire: &Questionnaire, item: &Item, rows: &[RowKey]) -> bool {
        if let Some(parent) = item.parent {
            let parent = questionnaire.item(parent);
            let (outer, inner) = rows.split_at(parent.rosters.len().min(rows.len()));
            let exists = inner.first().is_none_or(|key| self.rows(parent.id, outer).contains(key));
            if !exists || !self.relevant(parent.id, outer) {
                return false;
            }
        }
        item.relevant
            .as_ref()
            .is_none_or(|condition| condition.holds(&At::new(self, questionnaire, item, rows)))
    }

    fn compute_value(&self, questionnaire: &Questionnaire, item: &Item, rows: &[RowKey]) -> Option<Value> {
        let expression = match &item.kind {
            Kind::Calculate(expression) => expression,
            Kind::Question(q) if q.read_only => q.default.as_ref()?,
            _ => return None,
        };
        expression.evaluate(&At::new(self, questionnaire, item, rows))
    }

    fn compute_rows(&self, questionnaire: &Questionnaire, item: &Item, rows: &[RowKey]) -> Vec<RowKey> {
        let Kind::Roster(roster) = &item.kind else { return Vec::new() };
        match &roster.rows {
            Rows::Count(expression) => {
                let count = match expression.evaluate(&At::new(self, questionnaire, item, rows)) {
                    Some(Value::Integer(n)) => n.clamp(0, MOST_ROWS),
                    Some(Value::Decimal(d)) => (d as i64).clamp(0, MOST_ROWS),
                    _ => 0,
                };
                (1..=count as u32).map(RowKey::Number).collect()
            }
            Rows::PerChoice(question) => {
                let depth = questionnaire.item(*question).rosters.len().min(rows.len());
                match self.value(*question, &rows[..depth]) {
                    Some(Value::Choices(names)) => names.iter().cloned().map(RowKey::Choice).collect(),
                    Some(Value::Choice(name)) => vec![RowKey::Choice(name.clone())],
                    _ => Vec::new(),
                }
            }
            Rows::PerRow(other) => {
                let depth = questionnaire.item(*other).rosters.len().min(rows.len());
                self.rows(*other, &rows[..depth]).to_vec()
            }
            Rows::Open => self
                .open
                .get(&Place { item: item.id, rows: rows.to_vec() })
                .map_or_else(Vec::new, |o| o.keys.clone()),
        }
    }
}
