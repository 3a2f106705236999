//! The interview engine: same questionnaire + same facts = same state and same next question.
//!
//! [`Interview`] is a fold of facts. A front end sends an [`Intent`]; [`Interview::decide`]
//! answers with the facts that it means, or a [`Refusal`]; the caller makes them durable and only
//! then lets the interview [`Interview::apply`] them. Nothing here knows a terminal, a clock or a
//! disk.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset};

use self::state::{State, row_base};
use self::walk::Walk;
use crate::journal::{Address, DeviceId, Fact, RowKey};
use crate::questionnaire::{Item, ItemId, Kind, Question, Questionnaire, Rows};
use crate::value::{Answer, Hash, Missing, Value};

pub use crate::journal::Disposition;

pub use self::intent::{Intent, Refusal};
pub use self::view::{Field, Offer, ReviewLine, View};

mod chance;
mod decide;
mod env;
mod geopoint;
mod input;
mod intent;
mod probe;
pub mod script;
mod state;
mod view;
mod walk;

/// Whether a text is a point on the map, in any of the forms that an answer may have.
#[must_use]
pub fn is_point(text: &str) -> bool {
    geopoint::read(text).is_some()
}

/// A text that is a whole number, in the digits of any script that answers may have.
#[must_use]
pub fn number_in(text: &str) -> Option<usize> {
    input::western_digits(text.trim()).parse().ok()
}

/// One instance of an item: the item, and the rows of its enclosing rosters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The item.
    pub item: ItemId,
    /// One key for each enclosing roster, outermost first.
    pub rows: Vec<RowKey>,
}

/// What is known of an interview from its first fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// The questionnaire that is in use: that at the start, or the version it was moved to.
    pub questionnaire: Hash,
    /// Name of the round.
    pub round: String,
    /// Who asked.
    pub enumerator: String,
    /// Language at the start.
    pub language: String,
    /// When it began.
    pub at: DateTime<FixedOffset>,
    /// What random numbers are drawn from.
    pub seed: u64,
}

/// How far an interview is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Being asked, or cut off by a power cut.
    InProgress,
    /// Put aside.
    Paused,
    /// Complete.
    Finalised,
}

/// Where the interview stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// At a question.
    Question(Place),
    /// At the end of an open roster: is there another row?
    MoreRows(Place),
    /// Past the last question.
    Review,
}

/// A remark on a place.
#[derive(Debug, Clone, PartialEq)]
enum Remark {
    Comment(String),
    Override { check: String, reason: String },
}

/// Where the facts left the enumerator; [`Interview::stop`] says what that means now.
#[derive(Debug, Clone, PartialEq)]
enum Cursor {
    Start,
    At(Place),
    After(Place),
    /// In a new row of a roster.
    InRow(Place, RowKey),
    Review,
}

/// One interview.
#[derive(Debug, Clone)]
pub struct Interview {
    questionnaire: Arc<Questionnaire>,
    header: Option<Header>,
    status: Status,
    cursor: Cursor,
    state: State,
    remarks: Vec<(Place, Remark)>,
}

impl Interview {
    /// An interview without any fact yet.
    #[must_use]
    pub fn new(questionnaire: Arc<Questionnaire>) -> Self {
        let state = State::new(&questionnaire);
        Self {
            questionnaire,
            header: None,
            status: Status::InProgress,
            cursor: Cursor::Start,
            state,
            remarks: Vec::new(),
        }
    }

    /// The state after these facts: the same as applying them one by one, but what follows from
    /// them is worked out once, at the end.
    pub fn replay<F: Into<Fact>>(
        questionnaire: Arc<Questionnaire>,
        facts: impl IntoIterator<Item = F>,
    ) -> Self {
        let mut interview = Self::new(questionnaire);
        for fact in facts {
            interview.take_in(fact.into());
        }
        interview.state.settle_all(&interview.questionnaire);
        interview
    }

    /// Takes one fact in. Facts about items that this questionnaire does not have are kept out
    /// of the state (they stay in the journal).
    pub fn apply(&mut self, fact: &Fact) {
        let questionnaire = Arc::clone(&self.questionnaire);
        match (fact, self.take_in(fact.clone())) {
            // Calculations may show labels.
            (Fact::Started { .. } | Fact::LanguageChanged { .. }, _) => self.state.settle_all(&questionnaire),
            (_, Some(place)) => self.state.settle(&questionnaire, &place),
            (_, None) => {}
        }
    }

    /// Records a fact and moves the cursor; gives the place whose dependents are now stale.
    fn take_in(&mut self, fact: Fact) -> Option<Place> {
        match fact {
            Fact::Started { questionnaire, round, enumerator, language, at, seed } => {
                self.state.now = at;
                self.state.seed = seed;
                self.state.enumerator.clone_from(&enumerator);
                self.state.language = self.questionnaire.language(&language).unwrap_or(0);
                self.header = Some(Header { questionnaire, round, enumerator, language, at, seed });
                None
            }
            Fact::Answered { address, answer } => {
                let place = self.question_place(&address)?;
                self.state.record(&place, Some(answer));
                self.go(Cursor::After(place.clone()));
                Some(place)
            }
            Fact::Cleared { address } => {
                let place = self.question_place(&address)?;
                self.state.record(&place, None);
                self.go(Cursor::At(place.clone()));
                Some(place)
            }
            Fact::RowAdded { address } => {
                let (roster, key) = self.row_place(&address)?;
                self.state.add_row(&roster, key.clone());
                self.go(Cursor::InRow(roster.clone(), key));
                Some(roster)
            }
            Fact::RowRemoved { address } => {
                let (roster, key) = self.row_place(&address)?;
                self.state.remove_row(&roster, &key);
                self.go(Cursor::At(roster.clone()));
                Some(roster)
            }
            Fact::Moved { to } => {
                let cursor = if to.is_review() { Cursor::Review } else { Cursor::At(self.place_of(&to)?) };
                self.go(cursor);
                None
            }
            Fact::LanguageChanged { language } => {
                self.state.language = self.questionnaire.language(&language).unwrap_or(0);
                None
            }
            Fact::Commented { address, text } => {
                let place = self.place_of(&address)?;
                self.remarks.push((place, Remark::Comment(text)));
                None
            }
            Fact::Overrode { address, check, reason } => {
                let place = self.place_of(&address)?;
                self.remarks.push((place, Remark::Override { check, reason }));
                None
            }
            Fact::Paused => {
                self.set_status(Status::Paused);
                None
            }
            Fact::Visited { .. } => {
                self.set_status(Status::Paused);
                None
            }
            Fact::Resolved { address, answer, reason } => {
                let place = self.question_place(&address)?;
                self.state.record(&place, answer);
                self.remarks.push((place.clone(), Remark::Comment(reason)));
                Some(place)
            }
            Fact::Reopened { .. } => {
                self.status = Status::InProgress;
                self.cursor = Cursor::Review;
                None
            }
            Fact::Resumed => {
                self.set_status(Status::InProgress);
                None
            }
            Fact::VersionChanged { questionnaire } => {
                if let Some(header) = &mut self.header {
                    header.questionnaire = questionnaire;
                }
                None
            }
            Fact::Finalised => {
                self.status = Status::Finalised;
                self.cursor = Cursor::Review;
                None
            }
        }
    }

    /// Shows texts in a language of the questionnaire, by its place there, whatever the interview is
    /// held in. Records nothing.
    pub fn show_in(&mut self, language: usize) {
        let questionnaire = Arc::clone(&self.questionnaire);
        self.state.language = language.min(questionnaire.languages.len().saturating_sub(1));
        self.state.settle_all(&questionnaire);
    }

    /// From now on the interview goes on elsewhere than where it began: rows that are added there
    /// and here at the same time must not be taken for the same.
    pub fn go_on_elsewhere(&mut self, device: DeviceId) {
        self.state.row_base = row_base(device);
    }

    /// What is finalised stays so until it is reopened: facts of a device that did not know of it
    /// undo nothing.
    fn set_status(&mut self, status: Status) {
        if self.status != Status::Finalised {
            self.status = status;
        }
    }

    fn go(&mut self, cursor: Cursor) {
        self.cursor = cursor;
        self.set_status(Status::InProgress);
    }

    /// The questionnaire.
    #[must_use]
    pub fn questionnaire(&self) -> &Arc<Questionnaire> {
        &self.questionnaire
    }

    /// What the first fact says; `None` before it.
    #[must_use]
    pub fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// How far it is.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// Where it stands.
    #[must_use]
    pub fn stop(&self) -> Stop {
        let (state, questionnaire) = (&self.state, &*self.questionnaire);
        let mut walk = match &self.cursor {
            Cursor::Review => return Stop::Review,
            Cursor::At(place) if self.state.relevant(place.item, &place.rows) => {
                let item = questionnaire.item(place.item);
                match &item.kind {
                    Kind::Roster(roster) if matches!(roster.rows, Rows::Open) => {
                        return Stop::MoreRows(place.clone());
                    }
                    _ => Walk::from(state, questionnaire, place),
                }
            }
            Cursor::Start => Walk::start(state, questionnaire),
            Cursor::At(place) => Walk::from(state, questionnaire, place),
            Cursor::After(place) => Walk::after(state, questionnaire, place),
            Cursor::InRow(roster, key) => Walk::into_row(state, questionnaire, roster, key.clone()),
        };
        walk.next().unwrap_or(Stop::Review)
    }

    /// What counts at a place, for data: the value or calculated value, the recorded reason,
    /// *not asked* where it is not relevant, *not reached* where nothing is recorded. A
    /// calculation without a value is missing for the reason of the first answer that it lacks.
    #[must_use]
    pub fn outcome(&self, place: &Place) -> Answer {
        match self.found(place) {
            Ok(value) => Answer::Value(value.clone()),
            Err(reason) => Answer::Missing(reason),
        }
    }

    /// The same, without a copy of the value.
    ///
    /// # Errors
    /// The reason why there is none.
    pub fn found(&self, place: &Place) -> Result<&Value, Missing> {
        if let Some(value) = self.state.value(place.item, &place.rows) {
            return Ok(value);
        }
        if let Some(reason) = self.state.missing(place.item, &place.rows) {
            return Err(reason);
        }
        let Kind::Calculate(expression) = &self.questionnaire.item(place.item).kind else {
            return Err(Missing::NotReached);
        };
        let lacking = expression.references().iter().filter(|r| !r.many).find_map(|r| {
            let item = self.questionnaire.items.get(r.slot.0 as usize)?;
            let rows = place.rows.get(..item.rosters.len())?.to_vec();
            self.found(&Place { item: item.id, rows }).err()
        });
        Err(lacking.unwrap_or(Missing::NotApplicable))
    }

    /// Whether the item is part of the interview now.
    #[must_use]
    pub fn is_relevant(&self, place: &Place) -> bool {
        self.state.relevant(place.item, &place.rows)
    }

    /// The rows of a roster, in order; none where the roster is not relevant.
    #[must_use]
    pub fn rows(&self, roster: &Place) -> &[RowKey] {
        self.state.rows(roster.item, &roster.rows)
    }

    /// Leaves an answer out of the state because it is in conflict: two devices gave different
    /// ones and nobody has decided.
    pub fn set_aside(&mut self, address: &Address) {
        if let Some(place) = self.question_place(address) {
            self.state.set_aside(place.clone());
            let questionnaire = Arc::clone(&self.questionnaire);
            self.state.settle(&questionnaire, &place);
        }
    }

    /// Whether the answer at this place is in conflict.
    #[must_use]
    pub fn is_set_aside(&self, place: &Place) -> bool {
        self.state.in_conflict(place.item, &place.rows)
    }

    /// Every stop of the interview as it stands, in order, the review not counted.
    fn walk(&self) -> Walk<'_> {
        Walk::start(&self.state, &self.questionnaire)
    }

    /// The question at a place, if there is one.
    fn question(&self, place: &Place) -> Option<(&Item, &Question)> {
        let item = self.questionnaire.items.get(place.item.0 as usize)?;
        match &item.kind {
            Kind::Question(question) => Some((item, question)),
            _ => None,
        }
    }

    /// The address that names a place in the journal.
    #[must_use]
    pub fn address(&self, place: &Place) -> Address {
        Address { name: self.questionnaire.item(place.item).name.clone(), rows: place.rows.clone() }
    }

    /// The place that an address names in this questionnaire.
    #[must_use]
    pub fn place_of(&self, address: &Address) -> Option<Place> {
        let item = self.questionnaire.find(&address.name)?;
        let fits = item.rosters.len() == address.rows.len();
        fits.then(|| Place { item: item.id, rows: address.rows.clone() })
    }

    fn question_place(&self, address: &Address) -> Option<Place> {
        self.place_of(address).filter(|place| self.question(place).is_some())
    }

    /// The roster and the key that the address of a row names.
    fn row_place(&self, address: &Address) -> Option<(Place, RowKey)> {
        let (key, outer) = address.rows.split_last()?;
        let roster = self.place_of(&Address { name: address.name.clone(), rows: outer.to_vec() })?;
        matches!(self.questionnaire.item(roster.item).kind, Kind::Roster(_)).then(|| (roster, key.clone()))
    }
}
