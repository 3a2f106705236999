//! Compiled questionnaires: what depends on what, what names mean where, texts, and input that is
//! no questionnaire at all.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::Instant;

use chrono::{DateTime, FixedOffset};
use doorstep::diagnostic::Report;
use doorstep::expression::{Env, Slot};
use doorstep::questionnaire::{self, Bundle, Input, Kind, Questionnaire, Rows, files_named_in};
use doorstep::value::{Missing, Type, Value};
use proptest::prelude::*;

const EVERY_TYPE: &str = include_str!("../../fixtures/every_type.toml");
const TOWNS: &str = "name,code,label,region,label::fr\nalba,1,Alba,north,\"Albe, la belle\"\nbora,2,Bora,,\n";
const FRENCH: &str = "language = \"fr\"\nname = \"Français\"\n[labels]\nworry = \"${consent}, quoi ?\"\n[choices.yes_no]\nyes = \"Oui\"\n";

fn bundle(files: &[(&str, &[u8])]) -> Bundle {
    Bundle { files: files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect() }
}

fn compile(text: &str) -> (Option<Questionnaire>, Report) {
    questionnaire::compile(
        &bundle(&[
            ("questionnaire.toml", text.as_bytes()),
            ("towns.csv", TOWNS.as_bytes()),
            ("translations/fr.toml", FRENCH.as_bytes()),
        ]),
        "",
    )
}

fn every_type() -> Questionnaire {
    let (questionnaire, report) = compile(EVERY_TYPE);
    questionnaire.unwrap_or_else(|| panic!("{}", report.render(false)))
}

/// Answers by slot; labels are the names in capitals.
#[derive(Default)]
struct Answers(HashMap<u32, Value>);

impl Env for Answers {
    fn value(&self, slot: Slot) -> Option<Cow<'_, Value>> {
        self.0.get(&slot.0).map(Cow::Borrowed)
    }
    fn values(&self, _: Slot) -> Vec<Option<Cow<'_, Value>>> {
        Vec::new()
    }
    fn missing(&self, _: Slot) -> Option<Missing> {
        None
    }
    fn position(&self, _: Slot) -> Option<usize> {
        None
    }
    fn label(&self, _: Slot, choice: &str) -> Option<String> {
        Some(choice.to_uppercase())
    }
    fn now(&self) -> DateTime<FixedOffset> {
        DateTime::default()
    }
    fn random(&self) -> f64 {
        0.0
    }
}

fn dependents<'q>(questionnaire: &'q Questionnaire, name: &str) -> Vec<&'q str> {
    let ids = questionnaire.dependents(questionnaire.find(name).unwrap().id);
    ids.iter().map(|id| questionnaire.item(*id).name.as_str()).collect()
}

#[test]
fn items_stand_in_order_with_their_containers() {
    let questionnaire = every_type();
    for (index, item) in questionnaire.items.iter().enumerate() {
        assert_eq!(item.id.0 as usize, index);
        assert!(item.end as usize > index && item.end as usize <= questionnaire.items.len());
        if let Some(parent) = item.parent {
            let parent = questionnaire.item(parent);
            assert!(parent.id < item.id && item.end <= parent.end, "{}", item.name);
            let own = matches!(parent.kind, Kind::Roster(_)).then_some(parent.id);
            assert_eq!(item.rosters, parent.rosters.iter().copied().chain(own).collect::<Vec<_>>());
        }
    }
    assert!(matches!(questionnaire.find("trust").unwrap().kind, Kind::Group));
    let army = questionnaire.find("trust_army").unwrap().question().unwrap();
    assert_eq!(army.missing, [Missing::DontKnow, Missing::Refused]);
    assert!(army.required.is_some() && matches!(army.input, Input::SelectOne { .. }));
    assert!(questionnaire.find("member_name").unwrap().is_identifying());
    let about = questionnaire.find("about").unwrap();
    let Kind::Roster(roster) = &about.kind else { panic!("not a roster") };
    assert!(matches!(roster.rows, Rows::PerChoice(id) if questionnaire.item(id).name == "worry"));
}

#[test]
fn changes_reach_what_depends_on_them() {
    let questionnaire = every_type();
    assert_eq!(dependents(&questionnaire, "consent"), ["main"]);
    assert_eq!(dependents(&questionnaire, "size"), ["members"]);
    assert_eq!(dependents(&questionnaire, "members"), ["member_name", "member_no", "details"]);
    assert_eq!(dependents(&questionnaire, "member_no"), ["details"]);
    assert_eq!(dependents(&questionnaire, "member_age"), ["oldest"]);
    assert_eq!(dependents(&questionnaire, "worry"), ["about"]);
    // A choice filter is looked at when its question is shown.
    assert!(dependents(&questionnaire, "oldest").is_empty());
}

#[test]
fn nothing_stands_before_what_it_reads() {
    let questionnaire = every_type();
    let mut ranks: Vec<u32> = questionnaire.items.iter().map(|item| questionnaire.rank(item.id)).collect();
    for item in &questionnaire.items {
        for dependent in questionnaire.dependents(item.id) {
            assert!(questionnaire.rank(item.id) < questionnaire.rank(*dependent), "{}", item.name);
        }
    }
    ranks.sort_unstable();
    assert_eq!(ranks, (0..questionnaire.items.len() as u32).collect::<Vec<_>>());
}

#[test]
fn calculations_have_the_type_of_what_they_read_wherever_they_stand() {
    let calculation = |name: &str, text: &str| {
        format!(
            "\n  [[sections.questions]]\n  name = \"{name}\"\n  type = \"calculate\"\n  calculation = \"{text}\"\n"
        )
    };
    let text =
        EVERY_TYPE.to_owned() + &calculation("later", "${last}") + &calculation("last", "${income} * 2");
    let questionnaire = compile(&text).0.unwrap();
    let Kind::Calculate(later) = &questionnaire.find("later").unwrap().kind else { panic!("no calculation") };
    assert_eq!(later.ty(), Type::Decimal);
    assert!(
        questionnaire.rank(questionnaire.find("last").unwrap().id)
            < questionnaire.rank(questionnaire.find("later").unwrap().id)
    );
}

#[test]
fn a_row_sees_its_own_answers_and_the_outside_sees_all() {
    let outside = EVERY_TYPE.replace("label = \"Income?\"", "label = \"Income of ${member_name}?\"");
    let report = compile(&outside).1;
    assert_eq!(report.errors(), 1, "{}", report.render(false));
    let found = &report.diagnostics.iter().find(|d| d.code == "X0115").unwrap().span.range;
    assert_eq!(&outside[found.clone()], "${member_name}");
    // From another roster, too.
    let sibling =
        EVERY_TYPE.replace("label = \"Day?\"", "label = \"Day?\"\nrelevant = \"${member_age} > 3\"");
    assert_eq!(compile(&sibling).1.errors(), 1);
    let summed =
        EVERY_TYPE.replace("label = \"Day?\"", "label = \"Day?\"\nrelevant = \"sum(${member_age}) > 3\"");
    assert_eq!(compile(&summed).1.errors(), 0);
}

#[test]
fn columns_of_a_list_have_values_for_choice_filters() {
    let questionnaire = every_type();
    let Input::SelectOne { list, filter: Some(filter) } =
        &questionnaire.find("town").unwrap().question().unwrap().input
    else {
        panic!("no filter")
    };
    let list = questionnaire.list(*list);
    let values = |choice: &str| {
        let choice = list.find(choice).unwrap();
        filter
            .references()
            .iter()
            .map(|r| list.column_value(choice, r.slot).map(Cow::into_owned))
            .collect::<Vec<_>>()
    };
    assert_eq!(values("alba"), [Some(Value::Text("north".into())), Some(Value::Integer(1))]);
    assert_eq!(values("bora"), [None, Some(Value::Integer(2))]);
}

#[test]
fn texts_pipe_answers_and_fall_back_to_the_default_language() {
    let questionnaire = every_type();
    assert_eq!(questionnaire.languages, ["en", "fr"]);
    assert_eq!(questionnaire.language_names, ["en", "Français"]);
    let label = |name: &str| &questionnaire.find(name).unwrap().label;
    let slot = questionnaire.find("consent").unwrap().id.0;
    let mut answers = Answers::default();
    assert_eq!(label("worry").render(0, &answers), "What worries you, ___?");
    answers.0.insert(slot, Value::Choice("yes".into()));
    assert_eq!(label("worry").render(0, &answers), "What worries you, YES?");
    assert_eq!(label("worry").render(1, &answers), "YES, quoi ?");
    assert_eq!(label("worry").source(1), "${consent}, quoi ?");
    assert_eq!(label("hello").render(1, &answers), "Good day. This costs ${5}.");
    assert_eq!(label("details").render(0, &answers), "");
    let slot = questionnaire.find("worry").unwrap().id.0;
    answers.0.insert(slot, Value::Choices(vec!["theft".into(), "floods".into()]));
    assert_eq!(label("worst").render(0, &answers), "Which first of THEFT, FLOODS?");
    let towns = questionnaire.lists.iter().find(|l| l.name == "towns").unwrap();
    assert_eq!(towns.find("alba").unwrap().label.source(1), "Albe, la belle");
    assert_eq!(towns.find("bora").unwrap().label.source(1), "Bora");
}

#[test]
fn a_pattern_matches_the_whole_text() {
    let questionnaire = every_type();
    let Input::Text { pattern: Some(pattern), .. } =
        &questionnaire.find("member_name").unwrap().question().unwrap().input
    else {
        panic!("no pattern")
    };
    assert!(pattern.is_match("Amina") && !pattern.is_match("Amina2"));
    // Two that only go wrong, or only seem right, within the brackets around them.
    for odd in ["(?x)a # b", "a)|(b"] {
        let report = compile(&EVERY_TYPE.replace("[^0-9]+", odd)).1;
        assert_eq!(report.diagnostics.first().map(|d| d.code), Some("Q0306"), "{odd}");
    }
}

#[test]
fn byte_order_marks_and_windows_line_ends_change_nothing() {
    let windows = format!("\u{feff}{}", EVERY_TYPE.replace('\n', "\r\n"));
    let (questionnaire, report) = compile(&windows);
    assert_eq!(questionnaire.unwrap().items.len(), every_type().items.len(), "{}", report.render(false));
    let broken = windows.replace("${consent} = 'yes'", "${cnsent} = 'yes'");
    let report = compile(&broken).1;
    let diagnostic = report.diagnostics.iter().find(|d| d.code == "X0107").unwrap();
    let line = EVERY_TYPE.lines().position(|l| l.contains("${consent} = 'yes'")).unwrap() + 1;
    assert_eq!(report.sources.line_column(&diagnostic.span), (line, 15));
}

#[test]
fn what_is_not_there_is_named() {
    let (questionnaire, report) = questionnaire::compile(&bundle(&[("questionaire.toml", b"")]), "survey/");
    assert!(questionnaire.is_none());
    let drawn = report.render(false);
    assert!(drawn.contains("survey/questionnaire.toml") && drawn.contains("rename it"), "{drawn}");
}

#[test]
fn only_choice_files_in_the_folder_are_named() {
    assert_eq!(files_named_in(EVERY_TYPE.as_bytes()), ["towns.csv"]);
    let escape = b"[lists.a]\nfile = \"../a.csv\"\n[lists.b]\nfile = \"/b.csv\"\n[lists.c]\nfile = \"c\\\\d.csv\"\n[lists.d]\nfile = \"e/f.csv\"\n";
    assert_eq!(files_named_in(escape), ["e/f.csv"]);
    assert!(files_named_in(&[0xff, 0xfe]).is_empty());
}

/// A questionnaire of that many questions, each of which reads the one before.
fn long(questions: usize) -> String {
    let mut text = String::from(
        "format = 1\nid = \"long\"\nversion = \"1\"\nlanguage = \"en\"\ntitle = \"Long\"\n\
         [lists.yes_no]\nchoices = [{ name = \"yes\", code = 1, label = \"Yes\" }, { name = \"no\", code = 2, label = \"No\" }]\n\
         [[sections]]\nname = \"main\"\nlabel = \"Main\"\n",
    );
    for n in 0..questions {
        let (relevant, sum) = match n.checked_sub(1) {
            None => (String::new(), "0".to_owned()),
            Some(b) => (
                format!("relevant = \"${{q{b}}} = 'yes' and selected(${{q{b}}}, 'yes')\"\n"),
                format!("${{c{b}}}"),
            ),
        };
        write!(
            text,
            "[[sections.questions]]\nname = \"q{n}\"\ntype = \"select_one\"\nlist = \"yes_no\"\n\
             label = \"Question {n}?\"\n{relevant}\
             [[sections.questions]]\nname = \"c{n}\"\ntype = \"calculate\"\n\
             calculation = \"if(${{q{n}}} = 'yes', 1, 0) + {sum}\"\n"
        )
        .unwrap();
    }
    text
}

#[test]
fn the_time_grows_with_the_length_and_not_with_its_square() {
    let time = |questions: usize| {
        let text = long(questions);
        (0..3)
            .map(|_| {
                let start = Instant::now();
                let (questionnaire, report) = compile(&text);
                assert_eq!(report.errors(), 0, "{}", report.render(false));
                assert_eq!(questionnaire.unwrap().items.len(), 2 * questions + 1);
                start.elapsed().as_secs_f64()
            })
            .fold(f64::MAX, f64::min)
    };
    let (short, long) = (time(250), time(4000));
    assert!(long / short < 16.0 * 3.0, "250 questions take {short} s, 4,000 take {long} s");
}

#[test]
fn very_long_texts_and_very_many_mistakes_end() {
    let label = "x".repeat(10_000_000);
    let text = EVERY_TYPE.replace("Income?", &label);
    let report = compile(&text).1;
    assert_eq!(report.errors(), 1, "{}", report.render(false));
    assert_eq!(report.diagnostics[0].code, "Q0115");
    assert!(report.diagnostics[0].message.contains("10000000 characters"));
    // As a name, a text, an expression; with the mistake drawn.
    let label = "x".repeat(1_000_000);
    for (what, with) in [("income", &label), ("Income?", &format!("${{{label}}}")), ("'yes'", &label)] {
        let report = compile(&EVERY_TYPE.replace(what, with)).1;
        assert!(report.errors() > 0 && !report.render(false).is_empty());
    }
    let many = long(300).replace("${q", "${r").replace("${c", "${d");
    let report = compile(&many).1;
    assert_eq!(report.errors(), 1197);
    assert!(report.render(false).contains("Did you mean"));
}

#[test]
fn a_hundred_thousand_brackets_are_refused() {
    for bracket in ["[", "{a=", "[[", "a."] {
        let text = format!("format = 1\nid = {}", bracket.repeat(100_000));
        assert!(compile(&text).1.errors() > 0);
    }
    let text = EVERY_TYPE.replace("${consent} = 'yes'", &"(".repeat(100_000));
    assert!(compile(&text).1.errors() > 0);
}

/// One change of a text, at a place between 0 and 1.
#[derive(Debug, Clone)]
enum Change {
    Cut(f64, usize),
    Put(f64, String),
    MoveLine(f64, f64),
    SwapWords(f64, f64),
}

fn change() -> impl Strategy<Value = Change> {
    let pieces = prop::sample::select(vec![
        "\"",
        "'",
        "'''",
        "\"\"\"",
        "[",
        "]",
        "[[",
        "{",
        "}",
        "${",
        "$${",
        "}",
        "=",
        ".",
        ",",
        "\n",
        "\\",
        "#",
        "0",
        "-1",
        "999999999999999999999",
        "true",
        "1.5",
        "2026-01-01",
        "\u{feff}",
        "\u{202e}",
        "é",
        "${members}",
        "${consent}",
        "${main}",
        "\r",
        "\0",
        "[[sections.questions]]\n",
        "type = \"roster\"\n",
        "relevant = \"${size} > 1\"\n",
        "name = \"size\"\n",
    ]);
    prop_oneof![
        (0.0..1.0, 1_usize..40).prop_map(|(at, length)| Change::Cut(at, length)),
        (0.0..1.0, pieces).prop_map(|(at, piece)| Change::Put(at, piece.to_owned())),
        (0.0..1.0, 0.0..1.0).prop_map(|(from, to)| Change::MoveLine(from, to)),
        (0.0..1.0, 0.0..1.0).prop_map(|(a, b)| Change::SwapWords(a, b)),
    ]
}

fn index(length: usize, at: f64) -> usize {
    ((length as f64 * at) as usize).min(length.saturating_sub(1))
}

fn apply(text: &str, change: &Change) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    match change {
        Change::Cut(at, length) => {
            let at = index(characters.len(), *at);
            characters.drain(at..(at + length).min(characters.len()));
        }
        Change::Put(at, piece) => {
            let at = index(characters.len(), *at);
            characters.splice(at..at, piece.chars());
        }
        Change::MoveLine(from, to) => {
            let mut lines: Vec<&str> = text.lines().collect();
            let line = lines.remove(index(lines.len(), *from));
            lines.insert(index(lines.len(), *to), line);
            return lines.join("\n");
        }
        Change::SwapWords(a, b) => {
            let mut words: Vec<&str> = text.split_inclusive(' ').collect();
            let (a, b) = (index(words.len(), *a), index(words.len(), *b));
            words.swap(a, b);
            return words.concat();
        }
    }
    characters.into_iter().collect()
}

fn must_hold(questionnaire: Option<&Questionnaire>, report: &Report) -> Result<(), TestCaseError> {
    prop_assert_eq!(questionnaire.is_some(), report.errors() == 0);
    for diagnostic in &report.diagnostics {
        let source = report.sources.get(diagnostic.span.file);
        prop_assert!(
            source.is_some_and(|s| s.text.get(diagnostic.span.range.clone()).is_some()),
            "{:?}",
            diagnostic
        );
    }
    let _ = report.render(true);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_is_compiled_or_refused(text in "\\PC{0,200}") {
        let (questionnaire, report) = compile(&text);
        must_hold(questionnaire.as_ref(), &report)?;
    }

    #[test]
    fn any_bytes_are_compiled_or_refused(toml: Vec<u8>, csv: Vec<u8>, language: Vec<u8>) {
        let all = bundle(&[("questionnaire.toml", &toml), ("towns.csv", TOWNS.as_bytes())]);
        let (questionnaire, report) = questionnaire::compile(&all, "");
        must_hold(questionnaire.as_ref(), &report)?;
        let some = bundle(&[("questionnaire.toml", EVERY_TYPE.as_bytes()), ("towns.csv", &csv), ("translations/xx.toml", &language)]);
        let (questionnaire, report) = questionnaire::compile(&some, "");
        must_hold(questionnaire.as_ref(), &report)?;
    }

    #[test]
    fn a_changed_questionnaire_is_compiled_or_refused(changes in prop::collection::vec(change(), 1..6)) {
        let text = changes.iter().fold(EVERY_TYPE.to_owned(), |text, change| apply(&text, change));
        let (questionnaire, report) = compile(&text);
        must_hold(questionnaire.as_ref(), &report)?;
    }

    #[test]
    fn changed_side_files_are_compiled_or_refused(changes in prop::collection::vec(change(), 1..6)) {
        let changed = |text: &str| changes.iter().fold(text.to_owned(), |text, change| apply(&text, change));
        let (csv, french) = (changed(TOWNS), changed(FRENCH));
        let all = bundle(&[("questionnaire.toml", EVERY_TYPE.as_bytes()), ("towns.csv", csv.as_bytes()), ("translations/fr.toml", french.as_bytes())]);
        let (questionnaire, report) = questionnaire::compile(&all, "");
        must_hold(questionnaire.as_ref(), &report)?;
    }
}

/// Characters that turn the direction of a line are shown as what they are, in names and in
/// expressions.
#[test]
fn overrides_of_direction_never_reach_the_reader() {
    for (what, with) in
        [("name = \"size\"", "name = \"si\u{202e}ze\""), ("${consent} = 'yes'", "${con\u{202e}sent} = 'yes'")]
    {
        let report = compile(&EVERY_TYPE.replacen(what, with, 1)).1;
        assert!(report.errors() > 0);
        let drawn = report.render(false);
        assert!(!drawn.contains('\u{202e}'), "{drawn}");
    }
}
