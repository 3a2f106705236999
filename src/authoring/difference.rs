//! What changed from one version of a questionnaire to another, seen from the data.

use std::collections::HashMap;

use crate::expression::Expression;
use crate::outline::flat;
use crate::questionnaire::{ChoiceList, Input, Item, ItemId, Kind, Question, Questionnaire, Rows, Text};

/// What a change does to data that were collected before and after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// The same column no longer means the same, or is gone.
    Breaks,
    /// Other people are asked, or other answers are accepted.
    Logic,
    /// The same question in other words.
    Wording,
    /// Only there from now on.
    New,
    /// Neither the data nor the words change.
    Other,
}

/// Which part of an item, list or questionnaire changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What people are asked, who is asked, in which order, and which answers there are.
    Question,
    /// What stands beside that and is not asked: hints, messages, notes to the enumerator, the labels of a roster's rows.
    Aside,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it does to the data.
    pub effect: Effect,
    /// What it is a change of.
    pub part: Part,
    /// The item, list or language that changed, by its name now (or before, where it is gone).
    pub name: String,
    /// What changed, in words.
    pub what: String,
    /// What was there before.
    pub old: Option<String>,
    /// What is there now.
    pub new: Option<String>,
}

/// Labels that are as like as this belong to one question that was renamed.
const ALIKE: f64 = 0.85;

/// All changes, those first that matter most to the data, else in the order of the new version.
#[must_use]
pub fn compare(old: &Questionnaire, new: &Questionnaire) -> Vec<Change> {
    let renamed = renamed(old, new);
    let mut comparison = Comparison { old, new, renamed, changes: Vec::new() };
    comparison.whole();
    comparison.items();
    comparison.lists();
    let mut changes = comparison.changes;
    changes.sort_by_key(|change| change.effect);
    changes
}

/// Items that are gone with those that came in their place: old name to new.
fn renamed(old: &Questionnaire, new: &Questionnaire) -> HashMap<String, String> {
    let mut added: Vec<&Item> = new.items.iter().filter(|item| old.find(&item.name).is_none()).collect();
    let mut renamed = HashMap::new();
    for gone in old.items.iter().filter(|item| new.find(&item.name).is_none()) {
        let alike = |item: &&Item| {
            let (before, now) = (gone.label.source(0), item.label.source(0));
            if kind_of(old, gone) != kind_of(new, item) {
                return 0.0;
            }
            match (before.is_empty(), before == now) {
                (true, _) => 0.0,
                (false, true) => 1.0,
                // Long texts are compared exactly: what is nearly alike takes long to find out.
                (false, false) if before.len().max(now.len()) > 400 => 0.0,
                (false, false) => strsim::normalized_levenshtein(&before, &now),
            }
        };
        let best = added.iter().enumerate().map(|(at, item)| (alike(item), at));
        let best =
            best.filter(|(alike, _)| *alike >= ALIKE).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        if let Some((_, at)) = best {
            renamed.insert(gone.name.clone(), added.remove(at).name.clone());
        }
    }
    renamed
}

/// What an item is, as the data see it.
fn kind_of(questionnaire: &Questionnaire, item: &Item) -> String {
    crate::outline::what(questionnaire, item)
}

struct Comparison<'q> {
    old: &'q Questionnaire,
    new: &'q Questionnaire,
    renamed: HashMap<String, String>,
    changes: Vec<Change>,
}

impl Comparison<'_> {
    fn push(
        &mut self,
        effect: Effect,
        name: &str,
        what: impl Into<String>,
        old: Option<String>,
        new: Option<String>,
    ) {
        let (part, name) = (Part::Question, name.to_owned());
        self.changes.push(Change { effect, part, name, what: what.into(), old, new });
    }

    /// A change of something that has a text before and after.
    fn differ(&mut self, effect: Effect, name: &str, what: &str, old: String, new: String) {
        if old != new {
            let shown = |text: String| (!text.is_empty()).then_some(text);
            self.push(effect, name, what, shown(old), shown(new));
        }
    }

    fn whole(&mut self) {
        let (old, new) = (self.old, self.new);
        self.differ(Effect::Breaks, "questionnaire", "id", old.id.clone(), new.id.clone());
        self.differ(Effect::Other, "questionnaire", "version", old.version.clone(), new.version.clone());
        self.wording("questionnaire", "title", Some(&old.title), Some(&new.title));
        self.wording("questionnaire", "referral", old.referral.as_ref(), new.referral.as_ref());
        for tag in old.languages.iter().filter(|tag| new.language(tag).is_none()) {
            self.push(Effect::Wording, tag, "language removed", None, None);
        }
        for tag in new.languages.iter().filter(|tag| old.language(tag).is_none()) {
            self.push(Effect::New, tag, "language added", None, None);
        }
    }

    fn items(&mut self) {
        let (old, new) = (self.old, self.new);
        for item in &old.items {
            if new.find(&item.name).is_none() && !self.renamed.contains_key(&item.name) {
                let effect = if is_data(item) { Effect::Breaks } else { Effect::Other };
                let label = flat(&item.label.source(0));
                self.push(effect, &item.name, format!("{} removed", kind_of(old, item)), Some(label), None);
            }
        }
        let before: HashMap<String, String> =
            self.renamed.iter().map(|(old, new)| (new.clone(), old.clone())).collect();
        for item in &new.items {
            let was = before.get(&item.name).unwrap_or(&item.name);
            let Some(earlier) = old.find(was) else {
                let label = flat(&item.label.source(0));
                self.push(
                    Effect::New,
                    &item.name,
                    format!("{} added", kind_of(new, item)),
                    None,
                    Some(label),
                );
                continue;
            };
            if earlier.name != item.name {
                let effect = if is_data(item) { Effect::Breaks } else { Effect::Other };
                self.push(effect, &item.name, "renamed", Some(earlier.name.clone()), Some(item.name.clone()));
            }
            self.item(earlier, item);
        }
        self.order();
    }

    fn item(&mut self, old: &Item, new: &Item) {
        let name = new.name.as_str();
        let types = (kind_without_list(old), kind_without_list(new));
        self.differ(Effect::Breaks, name, "type", types.0.to_owned(), types.1.to_owned());
        let rosters = |questionnaire: &Questionnaire, item: &Item| {
            let names: Vec<&str> =
                item.rosters.iter().map(|id| questionnaire.item(*id).name.as_str()).collect();
            names.join(" > ")
        };
        let rows = (self.in_new_names(&rosters(self.old, old)), rosters(self.new, new));
        self.differ(Effect::Breaks, name, "asked in roster", rows.0, rows.1);
        self.expression(Effect::Logic, name, "asked only if", old.relevant.as_ref(), new.relevant.as_ref());
        self.wording(name, "label", Some(&old.label), Some(&new.label));
        self.aside(name, "hint", old.hint.as_ref(), new.hint.as_ref());
        let flag = |set: bool| if set { "yes" } else { "no" }.to_owned();
        self.differ(Effect::Logic, name, "random order", flag(old.shuffled), flag(new.shuffled));
        self.differ(Effect::Other, name, "sensitive", flag(old.is_sensitive()), flag(new.is_sensitive()));
        self.differ(
            Effect::Other,
            name,
            "identifying",
            flag(old.is_identifying()),
            flag(new.is_identifying()),
        );
        match (&old.kind, &new.kind) {
            (Kind::Calculate(old), Kind::Calculate(new)) => {
                self.expression(Effect::Breaks, name, "calculation", Some(old), Some(new));
            }
            (Kind::Roster(old), Kind::Roster(new)) => {
                let rows = (rows_of(self.old, &old.rows), rows_of(self.new, &new.rows));
                let before = self.in_new_names(&rows.0);
                self.differ(Effect::Logic, name, "rows", before, rows.1);
                self.aside(name, "row label", old.row_label.as_ref(), new.row_label.as_ref());
            }
            (Kind::Question(old), Kind::Question(new)) => self.question(name, old, new),
            _ => {}
        }
    }

    fn question(&mut self, name: &str, old: &Question, new: &Question) {
        self.input(name, &old.input, &new.input);
        self.expression(Effect::Logic, name, "choice filter", old.input.filter(), new.input.filter());
        self.expression(Effect::Logic, name, "required", old.required.as_ref(), new.required.as_ref());
        let what = if old.read_only || new.read_only { Effect::Breaks } else { Effect::Logic };
        self.expression(what, name, "default", old.default.as_ref(), new.default.as_ref());
        let condition = |q: &Question| q.constraint.as_ref().map(|c| c.condition.clone());
        self.expression(Effect::Logic, name, "constraint", condition(old).as_ref(), condition(new).as_ref());
        let message = |q: &'_ Question| q.constraint.as_ref().and_then(|c| c.message.clone());
        self.aside(name, "constraint message", message(old).as_ref(), message(new).as_ref());
        let checks =
            |q: &Question| q.checks.iter().map(|c| flat(c.when.text())).collect::<Vec<_>>().join("; ");
        let before = self.in_new_names(&checks(old));
        self.differ(Effect::Logic, name, "checks", before, checks(new));
        for (before, now) in old.checks.iter().zip(&new.checks) {
            self.aside(name, "message of a check", Some(&before.message), Some(&now.message));
        }
        let missing = |q: &Question| q.missing.iter().map(|m| m.name()).collect::<Vec<_>>().join(", ");
        self.differ(Effect::Logic, name, "reasons for no answer", missing(old), missing(new));
        self.aside(
            name,
            "note to the enumerator",
            old.note_to_enumerator.as_ref(),
            new.note_to_enumerator.as_ref(),
        );
        let flag = |set: bool| if set { "yes" } else { "no" }.to_owned();
        self.differ(Effect::Logic, name, "read only", flag(old.read_only), flag(new.read_only));
        self.differ(Effect::Logic, name, "choices in random order", flag(old.shuffled), flag(new.shuffled));
    }

    fn input(&mut self, name: &str, old: &Input, new: &Input) {
        if let (Some(before), Some(now)) = (old.list(), new.list()) {
            let (before, now) = (self.old.list(before), self.new.list(now));
            if before.name != now.name {
                let same = before.choices.len() == now.choices.len()
                    && before
                        .choices
                        .iter()
                        .zip(&now.choices)
                        .all(|(a, b)| a.name == b.name && a.code == b.code);
                let effect = if same { Effect::Other } else { Effect::Breaks };
                self.differ(effect, name, "list", before.name.clone(), now.name.clone());
            }
        }
        let limit = |n: &Option<u32>| n.map(|n| n.to_string()).unwrap_or_default();
        match (old, new) {
            (Input::SelectMultiple { min, max, .. }, Input::SelectMultiple { min: least, max: most, .. }) => {
                self.differ(Effect::Logic, name, "min", limit(min), limit(least));
                self.differ(Effect::Logic, name, "max", limit(max), limit(most));
            }
            (Input::Rank { top, .. }, Input::Rank { top: now, .. }) => {
                self.differ(Effect::Breaks, name, "top", top.to_string(), now.to_string());
            }
            (Input::Scale { from, to, low, high }, Input::Scale { from: f, to: t, low: l, high: h }) => {
                self.differ(Effect::Breaks, name, "scale", format!("{from} to {to}"), format!("{f} to {t}"));
                self.wording(name, "low end of the scale", Some(low), Some(l));
                self.wording(name, "high end of the scale", Some(high), Some(h));
            }
            (
                Input::Text { pattern, .. } | Input::Barcode { pattern },
                Input::Text { pattern: now, .. } | Input::Barcode { pattern: now },
            ) => {
                let text =
                    |p: &Option<regex::Regex>| p.as_ref().map(|p| p.as_str().to_owned()).unwrap_or_default();
                self.differ(Effect::Logic, name, "pattern", text(pattern), text(now));
            }
            _ => {}
        }
    }

    fn expression(
        &mut self,
        effect: Effect,
        name: &str,
        what: &str,
        old: Option<&Expression>,
        new: Option<&Expression>,
    ) {
        let text = |e: Option<&Expression>| e.map(|e| flat(e.text())).unwrap_or_default();
        let before = self.in_new_names(&text(old));
        self.differ(effect, name, what, before, text(new));
    }

    /// An expression with the names that questions have now: a renaming is told once.
    fn in_new_names(&self, text: &str) -> String {
        let mut now = text.to_owned();
        for (old, new) in &self.renamed {
            now = now.replace(&format!("${{{old}}}"), &format!("${{{new}}}"));
        }
        now
    }

    /// Changes of a text that stands beside what is asked.
    fn aside(&mut self, name: &str, what: &str, old: Option<&Text>, new: Option<&Text>) {
        let before = self.changes.len();
        self.wording(name, what, old, new);
        self.changes.iter_mut().skip(before).for_each(|change| change.part = Part::Aside);
    }

    /// Changes of a text in any language that both versions have.
    fn wording(&mut self, name: &str, what: &str, old: Option<&Text>, new: Option<&Text>) {
        let languages: Vec<(usize, usize, String)> = self
            .new
            .languages
            .iter()
            .enumerate()
            .filter_map(|(now, tag)| Some((self.old.language(tag)?, now, tag.clone())))
            .collect();
        for (before, now, tag) in languages {
            let text = |text: Option<&Text>, at: usize| text.map(|t| flat(&t.source(at))).unwrap_or_default();
            let (before_text, now_text) = (self.in_new_names(&text(old, before)), text(new, now));
            let untranslated =
                now > 0 && before_text == self.in_new_names(&text(old, 0)) && now_text == text(new, 0);
            if before_text != now_text && !untranslated {
                let what = if now == 0 { what.to_owned() } else { format!("{what} ({tag})") };
                self.differ(Effect::Wording, name, &what, before_text, now_text);
            }
        }
    }

    fn lists(&mut self) {
        let (old, new) = (self.old, self.new);
        for list in old.lists.iter().filter(|list| new.find_list(&list.name).is_none()) {
            self.push(Effect::Other, &list.name, "list removed", None, None);
        }
        for list in &new.lists {
            match old.find_list(&list.name) {
                Some(before) => self.list(before, list),
                None => self.push(Effect::New, &list.name, "list added", None, None),
            }
        }
    }

    fn list(&mut self, old: &ChoiceList, new: &ChoiceList) {
        let name = new.name.as_str();
        for gone in old.choices.iter().filter(|choice| new.find(&choice.name).is_none()) {
            let heir = new.choices.iter().find(|choice| {
                old.find(&choice.name).is_none() && choice.label.source(0) == gone.label.source(0)
            });
            match heir {
                Some(heir) => self.push(
                    Effect::Breaks,
                    name,
                    "choice renamed",
                    Some(gone.name.clone()),
                    Some(heir.name.clone()),
                ),
                None => self.push(Effect::Breaks, name, "choice removed", Some(gone.name.clone()), None),
            }
        }
        for choice in &new.choices {
            let Some(before) = old.find(&choice.name) else {
                let is_heir = old.choices.iter().any(|gone| {
                    new.find(&gone.name).is_none() && gone.label.source(0) == choice.label.source(0)
                });
                if !is_heir {
                    self.push(Effect::Logic, name, "choice added", None, Some(choice.name.clone()));
                }
                continue;
            };
            let what = |property: &str| format!("{property} of choice `{}`", choice.name);
            let codes = (before.code.to_string(), choice.code.to_string());
            self.differ(Effect::Breaks, name, &what("code"), codes.0, codes.1);
            self.wording(name, &what("label"), Some(&before.label), Some(&choice.label));
            let alone = |exclusive: bool| if exclusive { "yes" } else { "no" }.to_owned();
            let exclusive = (alone(before.exclusive), alone(choice.exclusive));
            self.differ(Effect::Logic, name, &what("exclusiveness"), exclusive.0, exclusive.1);
            if old.columns == new.columns && before.columns != choice.columns {
                self.differ(
                    Effect::Logic,
                    name,
                    &what("columns"),
                    before.columns.join(", "),
                    choice.columns.join(", "),
                );
            }
        }
        self.order_of_choices(old, new);
    }

    /// Choices that both have, in another order: that in which they are heard.
    fn order_of_choices(&mut self, old: &ChoiceList, new: &ChoiceList) {
        let before = old.choices.iter().filter(|choice| new.find(&choice.name).is_some());
        let now = new.choices.iter().filter(|choice| old.find(&choice.name).is_some());
        if before.zip(now).any(|(before, now)| before.name != now.name) {
            self.push(Effect::Logic, &new.name, "choices in another order", None, None);
        }
    }

    /// Questions that both have, in another order: the order can change how people answer.
    fn order(&mut self) {
        let name_now = |item: &Item| self.renamed.get(&item.name).unwrap_or(&item.name).clone();
        let asked = |item: &&Item| matches!(item.kind, Kind::Question(_));
        let before: Vec<String> = self.old.items.iter().filter(asked).map(name_now).collect();
        let before: Vec<String> = before.into_iter().filter(|name| self.new.find(name).is_some()).collect();
        let place: HashMap<&str, usize> =
            before.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
        let now: Vec<&str> = self.new.items.iter().filter(asked).map(|item| item.name.as_str()).collect();
        let places: Vec<(&str, usize)> =
            now.into_iter().filter_map(|name| Some((name, *place.get(name)?))).collect();
        let kept = longest_rising(&places.iter().map(|(_, at)| *at).collect::<Vec<_>>());
        let moved: Vec<String> = places
            .iter()
            .enumerate()
            .filter(|(at, _)| !kept.contains(at))
            .map(|(_, (name, _))| (*name).to_owned())
            .collect();
        for name in moved {
            self.push(Effect::Logic, &name, "asked at another place in the interview", None, None);
        }
    }
}

/// The positions of a longest run of rising numbers: what kept its order.
fn longest_rising(numbers: &[usize]) -> Vec<usize> {
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; numbers.len()];
    for (at, number) in numbers.iter().enumerate() {
        let length = ends.partition_point(|end| numbers[*end] < *number);
        before[at] = length.checked_sub(1).map(|length| ends[length]);
        if length == ends.len() {
            ends.push(at);
        } else {
            ends[length] = at;
        }
    }
    let mut kept = Vec::new();
    let mut next = ends.last().copied();
    while let Some(at) = next {
        kept.push(at);
        next = before[at];
    }
    kept
}

/// Whether an item gives a column of the data.
fn is_data(item: &Item) -> bool {
    matches!(item.kind, Kind::Question(_) | Kind::Calculate(_) | Kind::Roster(_))
}

fn kind_without_list(item: &Item) -> &'static str {
    match &item.kind {
        Kind::Section => "section",
        Kind::Group => "group",
        Kind::Roster(_) => "roster",
        Kind::Note => "note",
        Kind::Calculate(_) => "calculate",
        Kind::Question(question) => question.input.type_name(),
    }
}

fn rows_of(questionnaire: &Questionnaire, rows: &Rows) -> String {
    let name = |id: ItemId| questionnaire.item(id).name.clone();
    match rows {
        Rows::Count(count) => format!("as many as {}", flat(count.text())),
        Rows::PerChoice(of) => format!("one for each choice of ${{{}}}", name(*of)),
        Rows::PerRow(of) => format!("one for each row of ${{{}}}", name(*of)),
        Rows::Open => "until there are no more".to_owned(),
    }
}
