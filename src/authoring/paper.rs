//! A questionnaire on paper: one self-contained HTML page that prints to A4. Questions have the
//! numbers of the outline, skips are in words.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::expression::{Expression, Slot};
use crate::outline::logic::Logic;
use crate::outline::words::{Words, fill};
use crate::outline::{Outline, flat};
use crate::phrases::is_right_to_left;
use crate::questionnaire::{Choice, ChoiceList, Input, Item, ItemId, Kind, Question, Questionnaire, Rows};

/// A list longer than this is not printed: name and code are written down.
const LONGEST_LIST: usize = 40;

const STYLE: &str = include_str!("paper.css");

/// What a page is made of.
struct Paper<'q> {
    questionnaire: &'q Questionnaire,
    outline: &'q Outline,
    words: &'static Words,
    language: usize,
}

/// The page in a language, by its index.
#[must_use]
pub fn page(questionnaire: &Questionnaire, language: usize) -> String {
    let outline = Outline::new(questionnaire);
    let tag = questionnaire.languages.get(language).map_or("en", String::as_str);
    let paper = Paper { questionnaire, outline: &outline, words: Words::of(tag), language };
    let direction = if is_right_to_left(tag) { "rtl" } else { "ltr" };
    let title = questionnaire.title.source(language);
    let sections = questionnaire.items.iter().filter(|item| item.parent.is_none());
    html! {
        (DOCTYPE)
        html lang=(tag) dir=(direction) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (title) }
                    p class="version" { (questionnaire.id) " · " (questionnaire.version) }
                    div class="head" {
                        @for field in [paper.words.number, paper.words.enumerator, paper.words.place, paper.words.date] {
                            div { span { (field) } span class="line" {} }
                        }
                    }
                }
                main {
                    @for section in sections { (paper.section(section)) }
                }
                @if let Some(referral) = &questionnaire.referral {
                    footer { (paper.text(referral)) }
                }
            }
        }
    }
    .into_string()
}

impl Paper<'_> {
    fn section(&self, section: &Item) -> Markup {
        html! {
            section {
                h2 {
                    span class="number" { (self.outline.number(section.id).unwrap_or_default()) }
                    (self.text(&section.label))
                }
                (self.before(section))
                (self.inside(section))
            }
        }
    }

    /// What stands directly in a section, group or roster.
    fn inside(&self, container: &Item) -> Markup {
        let mut children = Vec::new();
        let mut next = container.id.0 + 1;
        while next < container.end {
            let child = self.questionnaire.item(ItemId(next));
            children.push(child);
            next = child.end;
        }
        if let Some(list) = self.shared_list(&children) {
            return self.grid(&children, list);
        }
        html! { @for child in children { (self.item(child)) } }
    }

    fn item(&self, item: &Item) -> Markup {
        match &item.kind {
            Kind::Question(question) => self.question(item, question),
            Kind::Note => html! { div class="note" { (self.before(item)) p { (self.text(&item.label)) } } },
            Kind::Calculate(_) => self.calculation(item),
            Kind::Section | Kind::Group | Kind::Roster(_) => {
                let label = self.text(&item.label);
                let is_roster = matches!(item.kind, Kind::Roster(_));
                html! {
                    div class=(if is_roster { "roster" } else { "group" }) {
                        @if !label.trim().is_empty() { h3 { (label) } }
                        (self.before(item))
                        @if let Kind::Roster(roster) = &item.kind {
                            p class="skip" { (self.rows(item, &roster.rows)) }
                        }
                        (self.inside(item))
                    }
                }
            }
        }
    }

    /// How often a roster is filled in.
    fn rows(&self, roster: &Item, rows: &Rows) -> String {
        let each = |of: &str| fill(self.words.each_row, &[of]);
        match rows {
            Rows::Count(count) => self.logic(roster).so_often(count.text()),
            Rows::PerChoice(of) => each(self.outline.number(*of).unwrap_or_default()),
            Rows::PerRow(of) => each(&self.text(&self.questionnaire.item(*of).label)),
            Rows::Open => each(&self.text(&roster.label)),
        }
    }

    /// What a skip asks for and nobody answers: the enumerator works it out. What has no label is for the computer.
    fn calculation(&self, item: &Item) -> Markup {
        let label = self.text(&item.label);
        let slot = Slot(item.id.0);
        let asks = |relevant: &Expression| relevant.references().iter().any(|found| found.slot == slot);
        let is_asked = self.questionnaire.items.iter().any(|other| other.relevant.as_ref().is_some_and(asks));
        html! {
            @if is_asked && !label.trim().is_empty() {
                p class="for-you" { (self.words.work_out) " " (label) " " span class="line" {} }
            }
        }
    }

    /// What stands before what is in a section, group or roster, or before a note.
    fn before(&self, item: &Item) -> Markup {
        html! {
            @if let Some(relevant) = &item.relevant { (self.skip(item, relevant)) }
            @if item.shuffled { p class="skip" { (self.words.any_order) } }
            @if let Some(hint) = &item.hint { p class="hint" { (self.text(hint)) } }
        }
    }

    /// Under which condition an item is asked.
    fn skip(&self, item: &Item, relevant: &Expression) -> Markup {
        let condition = self.logic(item).say(&relevant.condition());
        html! { p class="skip" { (fill(self.words.ask_if, &[&condition])) } }
    }

    fn question(&self, item: &Item, question: &Question) -> Markup {
        let logic = self.logic(item);
        html! {
            div class="question" {
                span class="number" { (self.outline.number(item.id).unwrap_or_default()) }
                div {
                    @if let Some(relevant) = &item.relevant { (self.skip(item, relevant)) }
                    p class="label" { (self.text(&item.label)) }
                    @if let Some(hint) = &item.hint { p class="hint" { (self.text(hint)) } }
                    @if let Some(note) = &question.note_to_enumerator {
                        p class="for-you" { (self.words.for_you) " " (self.text(note)) }
                    }
                    (self.answer(question))
                    @if !question.missing.is_empty() {
                        ul class="choices missing" {
                            @for reason in &question.missing { li { span class="box" {} (self.words.missing(*reason)) } }
                        }
                    }
                    @if let Some(constraint) = &question.constraint {
                        p class="rule" {
                            @if let Some(message) = &constraint.message { (self.text(message)) }
                            @else { (fill(self.words.must_meet, &[&logic.say(&constraint.condition.condition())])) }
                        }
                    }
                    @if question.required.is_some() { p class="rule" { (self.words.optional) } }
                }
            }
        }
    }

    /// Where the answer is written.
    fn answer(&self, question: &Question) -> Markup {
        let words = self.words;
        match &question.input {
            Input::SelectOne { list, .. } => {
                self.choices(self.questionnaire.list(*list), words.one_answer, "circle")
            }
            Input::SelectMultiple { list, min, max, .. } => {
                let limit =
                    |phrase, n: Option<u32>| n.map(|n| fill(phrase, &[&n.to_string()])).unwrap_or_default();
                let rule = [
                    words.several_answers.to_owned(),
                    limit(words.at_least_so_many, min.filter(|n| *n > 1)),
                    limit(words.at_most_so_many, *max),
                ];
                let rule: Vec<String> = rule.into_iter().filter(|part| !part.is_empty()).collect();
                self.choices(self.questionnaire.list(*list), &rule.join(" "), "box")
            }
            Input::Rank { list, top, .. } => {
                let rule = fill(words.rank, &[&top.to_string()]);
                self.choices(self.questionnaire.list(*list), &rule, "box wide")
            }
            Input::Scale { from, to, low, high } => html! {
                table class="scale" {
                    tr { @for n in *from..=(*to).min(from.saturating_add(30)) { td { span class="circle" {} br; (n) } } }
                }
                div class="ends" { span { (self.text(low)) } span { (self.text(high)) } }
            },
            Input::Integer => html! { p class="cells" { @for _ in 0..4 { span class="cell" {} } } },
            Input::Decimal => html! {
                p class="cells" { @for _ in 0..5 { span class="cell" {} } span { "." } @for _ in 0..2 { span class="cell" {} } }
            },
            Input::Date => html! { p class="cells" { (blanks(&[4, 2, 2], "–")) } },
            Input::Time => html! { p class="cells" { (blanks(&[2, 2], ":")) } },
            Input::DateTime => {
                html! { p class="cells" { (blanks(&[4, 2, 2], "–")) span { "  " } (blanks(&[2, 2], ":")) } }
            }
            Input::GeoPoint => html! {
                p class="place" { (words.latitude) span class="line" {} (words.longitude) span class="line" {} }
            },
            Input::Text { multiline, .. } => html! {
                @for _ in 0..(if *multiline { 4 } else { 1 }) { p class="line" {} }
            },
            Input::Barcode { .. } | Input::File { .. } => html! { p class="line" {} },
        }
    }

    fn choices(&self, list: &ChoiceList, rule: &str, mark: &str) -> Markup {
        if list.choices.len() > LONGEST_LIST {
            return html! {
                p class="rule" { (fill(self.words.from_list, &[&list.name])) }
                p class="line" {}
            };
        }
        html! {
            p class="rule" { (rule) }
            ul class="choices" {
                @for choice in &list.choices {
                    li { span class=(mark) {} span class="code" { (choice.code) } (self.choice(choice)) }
                }
            }
        }
    }

    fn choice(&self, choice: &Choice) -> String {
        self.text(&choice.label)
    }

    /// The list that all these share, if they are questions that fit into one table.
    fn shared_list(&self, children: &[&Item]) -> Option<&ChoiceList> {
        let mut lists = children.iter().map(|child| match &child.question()?.input {
            Input::SelectOne { list, filter: None } if child.relevant.is_none() && child.hint.is_none() => {
                Some(*list)
            }
            _ => None,
        });
        let first = lists.next()??;
        let list = self.questionnaire.list(first);
        let fits = children.len() > 1 && list.choices.len() <= 8 && lists.all(|list| list == Some(first));
        fits.then_some(list)
    }

    fn grid(&self, children: &[&Item], list: &ChoiceList) -> Markup {
        let missing = children.first().and_then(|c| c.question()).map_or(&[][..], |q| q.missing.as_slice());
        html! {
            table class="grid" {
                thead {
                    tr {
                        td {}
                        @for choice in &list.choices { th { (self.choice(choice)) br; span class="code" { (choice.code) } } }
                        @for reason in missing { th class="missing" { (self.words.missing(*reason)) } }
                    }
                }
                tbody {
                    @for child in children {
                        tr {
                            th {
                                span class="number" { (self.outline.number(child.id).unwrap_or_default()) }
                                (self.text(&child.label))
                            }
                            @for _ in 0..list.choices.len() + missing.len() { td { span class="circle" {} } }
                        }
                    }
                }
            }
        }
    }

    fn logic(&self, item: &Item) -> Logic<'_> {
        Logic {
            questionnaire: self.questionnaire,
            outline: self.outline,
            words: self.words,
            language: self.language,
            this: Some(item.id),
        }
    }

    /// A text for paper: an answer that is piped in is its question's number in brackets.
    fn text(&self, text: &crate::questionnaire::Text) -> String {
        let source = text.source(self.language);
        let mut shown = String::new();
        let mut rest = source.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            shown.push_str(before);
            let Some((name, behind)) = after.split_once('}') else { break };
            let item = self.questionnaire.find(name.trim());
            let number = item.and_then(|item| self.outline.number(item.id));
            let constant = item.and_then(constant).map(str::to_owned);
            shown.push_str(&constant.unwrap_or_else(|| format!("[{}]", number.unwrap_or(&flat(name)))));
            rest = behind;
        }
        shown + rest
    }
}

/// The text that a calculation always gives, if it is nothing but that.
fn constant(item: &Item) -> Option<&str> {
    let Kind::Calculate(expression) = &item.kind else { return None };
    let text = expression.text().trim();
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    (!inner.contains('\'')).then_some(inner)
}

/// Cells for digits, with something between the groups.
fn blanks(groups: &[usize], between: &str) -> Markup {
    html! {
        @for (at, group) in groups.iter().enumerate() {
            @if at > 0 { span { (between) } }
            @for _ in 0..*group { span class="cell" {} }
        }
    }
}
