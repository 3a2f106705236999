//! What to show: the current stop, and the review before finalising.

use chrono::{DateTime, FixedOffset};

use super::env::At;
use super::walk::Walk;
use super::{Interview, Place, Remark, Stop};
use crate::journal::RowKey;
use crate::questionnaire::{Input, Item, ItemId, Kind, Roster, Rows};
use crate::value::{Answer, Missing, Value};

/// What to show at the current stop, in the current language.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Where.
    pub stop: Stop,
    /// Headings of the sections, groups and roster rows that this stop is in, outermost first.
    pub headings: Vec<String>,
    /// Notes between the stop before and this one that belong to what is left with it, such as the
    /// end of a section or of a roster's row: they come before the headings.
    pub parting: Vec<String>,
    /// The other notes between the stop before and this one.
    pub notes: Vec<String>,
    /// The question.
    pub label: String,
    /// Help under it.
    pub hint: Option<String>,
    /// For the enumerator only.
    pub note_to_enumerator: Option<String>,
    /// How it is answered.
    pub field: Field,
    /// What is recorded already.
    pub current: Option<Answer>,
    /// The default that [`Intent::Next`](super::Intent::Next) would record.
    pub offered: Option<Value>,
    /// Reasons for a missing answer that are offered.
    pub missing: Vec<Missing>,
    /// Whether it must be answered.
    pub required: bool,
    /// The answer could harm the respondent if it leaked: not echoed in lists.
    pub sensitive: bool,
    /// The number of this question, as in the review, and how many there are as known now.
    pub progress: (usize, usize),
    /// The questions that stand on one screen with this one, itself included, in their order; none
    /// where it stands alone.
    pub together: Vec<ReviewLine>,
    /// The current language.
    pub language: String,
}

/// How the current stop is answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    /// One of these.
    One(Vec<Offer>),
    /// Several of these: at least, at most.
    Several(Vec<Offer>, Option<u32>, Option<u32>),
    /// So many of these, best first.
    Rank(Vec<Offer>, u32),
    /// A number from, to, with labels of both ends.
    Scale(i64, i64, String, String),
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// Text; whether of several lines.
    Text(bool),
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A moment.
    DateTime,
    /// A point on the map.
    GeoPoint,
    /// What a scanner reads.
    Barcode,
    /// A file, whose name may end so; anyhow, if empty.
    File(Vec<String>),
    /// Yes or no.
    YesNo,
    /// Nothing to answer: the end.
    Review,
}

/// A choice on offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What is stored.
    pub name: String,
    /// What is shown.
    pub label: String,
    /// Goes with no other.
    pub exclusive: bool,
}

/// A line of the review before finalising.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewLine {
    /// The question.
    pub place: Place,
    /// Its name in the questionnaire.
    pub name: String,
    /// Its label, with the roster row before it.
    pub label: String,
    /// The value that is recorded, in words; `None` where there is none.
    pub answer: Option<String>,
    /// The value itself, where it is a day or a moment: languages write those in their own ways.
    pub moment: Option<Value>,
    /// Why there is no value, where a reason is recorded.
    pub missing: Option<Missing>,
    /// Two devices answered differently, and nobody has decided.
    pub in_conflict: bool,
    /// The answer could harm the respondent if it leaked.
    pub sensitive: bool,
    /// Must still be answered.
    pub due: bool,
    /// Remarks and overridden checks.
    pub remarks: Vec<String>,
}

impl Interview {
    /// What to show now.
    #[must_use]
    pub fn view(&self) -> View {
        let stop = self.stop();
        let language = self.questionnaire.languages.get(self.state.language).cloned().unwrap_or_default();
        let (passed, progress) = self.approach(&stop);
        let (notes, parting) =
            passed.into_iter().partition::<Vec<Place>, _>(|note| self.is_around(note, &stop));
        let read = |notes: Vec<Place>| notes.iter().flat_map(|note| self.note(note)).collect();
        let mut view = View {
            headings: Vec::new(),
            parting: read(parting),
            notes: read(notes),
            label: String::new(),
            hint: None,
            note_to_enumerator: None,
            field: self.field_at(&stop),
            current: None,
            offered: None,
            missing: Vec::new(),
            required: false,
            sensitive: false,
            progress,
            together: Vec::new(),
            language,
            stop,
        };
        let (Stop::Question(place) | Stop::MoreRows(place)) = &view.stop else { return view };
        let item = self.questionnaire.item(place.item);
        let here = At::new(&self.state, &self.questionnaire, item, &place.rows);
        let words = self.state.language;
        view.headings = self.headings(place);
        view.together = self.together(place);
        view.label = item.label.render(words, &here);
        view.hint = item.hint.as_ref().map(|t| t.render(words, &here));
        if let Kind::Question(question) = &item.kind {
            view.note_to_enumerator = question.note_to_enumerator.as_ref().map(|t| t.render(words, &here));
            view.current = if question.read_only {
                self.state.value(place.item, &place.rows).cloned().map(Answer::Value)
            } else {
                self.state.recorded(place.item, &place.rows).filter(|_| !self.is_set_aside(place)).cloned()
            };
            if view.current.is_none() {
                view.offered = self.offered_default(place, item, question);
            }
            view.missing.clone_from(&question.missing);
            view.required = self.is_required(place, item, question);
            view.sensitive = item.is_sensitive();
        }
        view
    }

    /// How the current stop is answered.
    #[must_use]
    pub fn field(&self) -> Field {
        self.field_at(&self.stop())
    }

    fn field_at(&self, stop: &Stop) -> Field {
        let place = match stop {
            Stop::Question(place) => place,
            Stop::MoreRows(_) => return Field::YesNo,
            Stop::Review => return Field::Review,
        };
        let Some((item, question)) = self.question(place) else { return Field::Review };
        let offers = || {
            self.presented(place, item, question)
                .into_iter()
                .map(|c| Offer {
                    name: c.name.clone(),
                    label: self.label(place, item, c),
                    exclusive: c.exclusive,
                })
                .collect()
        };
        match &question.input {
            Input::SelectOne { .. } => Field::One(offers()),
            Input::SelectMultiple { min, max, .. } => Field::Several(offers(), *min, *max),
            Input::Rank { top, .. } => Field::Rank(offers(), *top),
            Input::Scale { from, to, low, high } => {
                let here = At::new(&self.state, &self.questionnaire, item, &place.rows);
                let words = self.state.language;
                Field::Scale(*from, *to, low.render(words, &here), high.render(words, &here))
            }
            Input::Integer => Field::Integer,
            Input::Decimal => Field::Decimal,
            Input::Text { multiline, .. } => Field::Text(*multiline),
            Input::Date => Field::Date,
            Input::Time => Field::Time,
            Input::DateTime => Field::DateTime,
            Input::GeoPoint => Field::GeoPoint,
            Input::Barcode { .. } => Field::Barcode,
            Input::File { endings } => Field::File(endings.clone()),
        }
    }

    /// The rows of a roster as they stand: each as the address of the row, what it is called, and the
    /// first question in it.
    #[must_use]
    pub fn roster_rows(&self, roster: &Place) -> Vec<(Place, String, Option<Place>)> {
        let item = self.questionnaire.item(roster.item);
        let keys = self.rows(roster).iter();
        keys.map(|key| {
            let row = Place {
                item: roster.item,
                rows: [roster.rows.as_slice(), std::slice::from_ref(key)].concat(),
            };
            let mut walk = Walk::into_row(&self.state, &self.questionnaire, roster, key.clone());
            let first = match walk.next() {
                Some(Stop::Question(place)) if place.rows.starts_with(&row.rows) => Some(place),
                _ => None,
            };
            let label = self.row_label(item, &row);
            (row, label, first)
        })
        .collect()
    }

    /// Labels of what a place is in, outermost first; a roster's row by its own label.
    #[must_use]
    pub fn headings(&self, place: &Place) -> Vec<String> {
        let mut headings = Vec::new();
        let mut parent = self.questionnaire.item(place.item).parent;
        while let Some(id) = parent {
            let container = self.questionnaire.item(id);
            let heading = if let Kind::Roster(_) = &container.kind {
                self.row_label(container, place)
            } else {
                let depth = container.rosters.len().min(place.rows.len());
                let here = At::new(&self.state, &self.questionnaire, container, &place.rows[..depth]);
                container.label.render(self.state.language, &here)
            };
            if !heading.trim().is_empty() {
                headings.push(heading);
                if let Some(hint) = self.hint_of(container, place)
                    && let Some(heading) = headings.last_mut()
                {
                    *heading = format!("{heading}\n{hint}");
                }
            }
            parent = container.parent;
        }
        headings.reverse();
        headings
    }

    /// What the row of a roster that `place` lies in is called.
    fn row_label(&self, roster: &Item, place: &Place) -> String {
        let depth = roster.rosters.len();
        let Some(outer) = place.rows.get(..depth) else { return String::new() };
        let number = place
            .rows
            .get(depth)
            .and_then(|key| self.state.rows(roster.id, outer).iter().position(|k| k == key))
            .map_or(0, |p| p + 1);
        let language = self.state.language;
        let own = match (&roster.kind, place.rows.get(..=depth)) {
            (Kind::Roster(r), Some(row)) => r.row_label.as_ref().map(|text| {
                // Seen from inside the row: from its first item, which has the roster's rows.
                let inside =
                    self.questionnaire.item(ItemId((roster.id.0 + 1).min(roster.end.saturating_sub(1))));
                text.render(language, &At::new(&self.state, &self.questionnaire, inside, row))
            }),
            _ => None,
        };
        let here = At::new(&self.state, &self.questionnaire, roster, outer);
        let name = roster.label.render(language, &here);
        let own = own.or_else(|| self.choice_of_row(roster, place));
        match own {
            // A name that is not known yet is no name.
            Some(own) if !own.trim_matches(['_', ' ']).is_empty() => format!("{name} {number}: {own}"),
            _ => format!("{name} {number}"),
        }
    }

    /// The label of the choice that the row of a roster is about, where it is about one.
    fn choice_of_row(&self, roster: &Item, place: &Place) -> Option<String> {
        use crate::expression::{Env, Slot};
        let mut source = roster;
        while let Kind::Roster(Roster { rows: Rows::PerRow(other), .. }) = &source.kind {
            source = self.questionnaire.item(*other);
        }
        let Kind::Roster(Roster { rows: Rows::PerChoice(question), .. }) = &source.kind else { return None };
        let RowKey::Choice(choice) = place.rows.get(roster.rosters.len())? else { return None };
        let here = At::new(&self.state, &self.questionnaire, roster, &place.rows);
        here.label(Slot(question.0), choice)
    }

    /// The hint of what a place is in; a roster's only in its first row.
    fn hint_of(&self, container: &Item, place: &Place) -> Option<String> {
        let depth = container.rosters.len();
        let outer = place.rows.get(..depth)?;
        if matches!(container.kind, Kind::Roster(_))
            && self.state.rows(container.id, outer).first() != place.rows.get(depth)
        {
            return None;
        }
        let here = At::new(&self.state, &self.questionnaire, container, outer);
        container.hint.as_ref().map(|hint| hint.render(self.state.language, &here))
    }

    /// The questions of the grid, or of the group on one screen, that a place stands in.
    fn together(&self, place: &Place) -> Vec<ReviewLine> {
        let item = self.questionnaire.item(place.item);
        let parent = item.parent.map(|id| self.questionnaire.item(id)).filter(|p| p.on_one_screen);
        let Some(parent) = parent else { return Vec::new() };
        let order = self.state.order_in(&self.questionnaire, parent, &place.rows);
        let places = order.into_iter().map(|item| Place { item, rows: place.rows.clone() });
        places.filter(|at| self.is_relevant(at)).filter_map(|at| self.review_line(at)).collect()
    }

    /// The notes between the stop before and this one, the number of a stop among the questions
    /// (the last at the review), and how many questions there are.
    fn approach(&self, here: &Stop) -> (Vec<Place>, (usize, usize)) {
        let (mut notes, mut number, mut all) = (Vec::new(), None, 0);
        let mut walk = self.walk();
        loop {
            let stop = walk.next();
            all += usize::from(matches!(stop, Some(Stop::Question(_))));
            if stop.as_ref().unwrap_or(&Stop::Review) == here {
                number = Some(all);
                notes.clone_from(&walk.notes);
            }
            if stop.is_none() {
                return (notes, (number.unwrap_or(all), all));
            }
        }
    }

    /// Whether what a note stands in is also around a stop.
    fn is_around(&self, note: &Place, stop: &Stop) -> bool {
        let (Stop::Question(place) | Stop::MoreRows(place)) = stop else { return true };
        let mut container = Some(place.item);
        let parent = self.questionnaire.item(note.item).parent;
        while let Some(id) = container.filter(|id| Some(*id) != parent) {
            container = self.questionnaire.item(id).parent;
        }
        container.is_some() && place.rows.starts_with(&note.rows)
    }

    /// A note, and the hint under it.
    fn note(&self, place: &Place) -> Vec<String> {
        let item = self.questionnaire.item(place.item);
        let here = At::new(&self.state, &self.questionnaire, item, &place.rows);
        let texts = [Some(&item.label), item.hint.as_ref()];
        texts.into_iter().flatten().map(|text| text.render(self.state.language, &here)).collect()
    }

    /// All questions of the interview with what is recorded, in order.
    #[must_use]
    pub fn review(&self) -> Vec<ReviewLine> {
        self.walk()
            .filter_map(|stop| match stop {
                Stop::Question(place) => self.review_line(place),
                _ => None,
            })
            .collect()
    }

    fn review_line(&self, place: Place) -> Option<ReviewLine> {
        let (item, _) = self.question(&place)?;
        let here = At::new(&self.state, &self.questionnaire, item, &place.rows);
        let label = item.label.render(self.state.language, &here);
        let rows = item.rosters.iter().map(|roster| self.row_label(self.questionnaire.item(*roster), &place));
        let row = rows.collect::<Vec<_>>().join(" > ");
        let in_conflict = self.is_set_aside(&place);
        let recorded = self.state.recorded(place.item, &place.rows).filter(|_| !in_conflict);
        let value = recorded.and_then(Answer::value).or_else(|| self.state.value(place.item, &place.rows));
        let answer = value.map(|v| self.words(&place, &Answer::Value(v.clone())));
        let moment = value.filter(|v| matches!(v, Value::Date(_) | Value::DateTime(_))).cloned();
        let missing = recorded.and_then(Answer::missing);
        let remarks = self
            .remarks
            .iter()
            .filter(|(at, _)| *at == place)
            .map(|(_, remark)| match remark {
                Remark::Comment(text) => text.clone(),
                Remark::Override { check, reason } => {
                    format!("{} {reason}", self.warning(&place, check))
                }
            })
            .collect();
        Some(ReviewLine {
            name: item.name.clone(),
            label: if row.is_empty() { label } else { format!("{row}: {label}") },
            answer,
            moment,
            missing,
            in_conflict,
            sensitive: item.is_sensitive(),
            due: self.is_due(&place),
            remarks,
            place,
        })
    }

    /// When it began.
    #[must_use]
    pub fn began(&self) -> DateTime<FixedOffset> {
        self.state.now
    }

    /// What a soft check says at a place, in the current language; its condition where this version
    /// does not have the check any more.
    #[must_use]
    pub fn warning(&self, place: &Place, check: &str) -> String {
        let item = self.questionnaire.item(place.item);
        let checks = item.question().map_or(&[][..], |question| &question.checks);
        let here = At::new(&self.state, &self.questionnaire, item, &place.rows);
        let own = checks.iter().find(|own| own.when.text() == check);
        own.map_or_else(|| format!("{check}:"), |own| own.message.render(self.state.language, &here))
    }

    /// Where a respondent can turn for help, in the current language.
    #[must_use]
    pub fn referral(&self) -> Option<String> {
        let here = At::new(&self.state, &self.questionnaire, self.questionnaire.items.first()?, &[]);
        Some(self.questionnaire.referral.as_ref()?.render(self.state.language, &here))
    }

    /// An answer in words, in the current language: choices by their labels. A missing answer is
    /// its stored name; how that is worded is the front end's business.
    #[must_use]
    pub fn words(&self, place: &Place, answer: &Answer) -> String {
        let here = |item| At::new(&self.state, &self.questionnaire, item, &place.rows);
        let label = |name: &str| {
            use crate::expression::{Env, Slot};
            here(self.questionnaire.item(place.item))
                .label(Slot(place.item.0), name)
                .unwrap_or_else(|| name.to_owned())
        };
        match answer {
            Answer::Missing(reason) => reason.name().to_owned(),
            Answer::Value(Value::Choice(name)) => label(name),
            Answer::Value(Value::Choices(names)) => {
                names.iter().map(|n| label(n)).collect::<Vec<_>>().join(", ")
            }
            Answer::Value(Value::Text(name)) if self.is_file(place) => in_short(name),
            Answer::Value(value) => value.to_string(),
        }
    }

    fn is_file(&self, place: &Place) -> bool {
        self.question(place).is_some_and(|(_, question)| matches!(question.input, Input::File { .. }))
    }
}

/// The name of a file without most of its hash: enough to tell it from others.
fn in_short(name: &str) -> String {
    let (hash, ending) = name.split_once('.').map_or((name, String::new()), |(h, e)| (h, format!(".{e}")));
    format!("{}…{ending}", hash.chars().take(8).collect::<String>())
}
