//! From interviews to published numbers: bases, kinds, domains, designs and disclosure.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::DateTime;
use doorstep::dataset::Dataset;
use doorstep::diagnostic::Report;
use doorstep::fieldwork::{Frame, Known, Survey};
use doorstep::indicators::{self, DesignTexts, Flaw, Options, Row, SamplingPlan, Suppressed};
use doorstep::interview::Interview;
use doorstep::journal::{Address, Fact, RowKey};
use doorstep::questionnaire::{Bundle, Questionnaire};
use doorstep::statistics::Method;
use doorstep::value::{Answer, Missing, Value};
use proptest::prelude::*;

use crate::support;

const QUESTIONNAIRE: &str =
    include_str!("../../fixtures/diagnostics-indicators/questionnaire/questionnaire.toml");

fn compiled(text: &str) -> Arc<Questionnaire> {
    let files = BTreeMap::from([(String::from("questionnaire.toml"), text.as_bytes().to_vec())]);
    support::compiled(&Bundle { files })
}

pub fn small() -> Arc<Questionnaire> {
    compiled(QUESTIONNAIRE)
}

pub fn one(name: &str) -> Answer {
    Answer::Value(Value::Choice(name.to_owned()))
}

fn several(names: &[&str]) -> Answer {
    Answer::Value(Value::Choices(names.iter().map(|n| (*n).to_owned()).collect()))
}

pub fn whole(number: i64) -> Answer {
    Answer::Value(Value::Integer(number))
}

fn missing(reason: Missing) -> Answer {
    Answer::Missing(reason)
}

fn begun(questionnaire: &Arc<Questionnaire>, round: &str, answers: &[(&str, Answer)]) -> Interview {
    let mut interview = Interview::new(Arc::clone(questionnaire));
    interview.apply(&Fact::Started {
        questionnaire: questionnaire.hash,
        round: round.to_owned(),
        enumerator: String::from("amina"),
        language: String::from("en"),
        at: DateTime::parse_from_rfc3339("2026-03-31T09:00:00+02:00").unwrap(),
        seed: 7,
    });
    for (name, answer) in answers {
        let address = Address { name: (*name).to_owned(), rows: Vec::new() };
        interview.apply(&Fact::Answered { address, answer: answer.clone() });
    }
    interview
}

pub fn finalised(questionnaire: &Arc<Questionnaire>, answers: &[(&str, Answer)]) -> Interview {
    let mut interview = begun(questionnaire, "baseline", answers);
    interview.apply(&Fact::Finalised);
    interview
}

pub fn dataset(questionnaire: &Questionnaire, interviews: &[Interview]) -> Dataset {
    let keyed = interviews.iter().enumerate().map(|(n, interview)| (format!("i{}", n + 1), interview));
    Dataset::build(questionnaire, keyed)
}

/// One `[[indicators]]` table with these lines.
fn definition(lines: &str) -> String {
    format!("format = 1\n[[indicators]]\nid = \"x\"\ntitle = \"X\"\n{lines}")
}

fn options(minimum_cell: usize) -> Options {
    Options {
        survey: String::from("s"),
        round: String::from("baseline"),
        level: 0.95,
        method: Method::Logit,
        minimum_cell,
        imprecise: None,
        too_imprecise: None,
        language: 0,
    }
}

/// The results of a text without any design: equal weights, every interview its own PSU.
pub fn results(dataset: &Dataset, text: &str, minimum_cell: usize) -> Vec<Row> {
    designed(dataset, text, "", minimum_cell).0
}

/// The results of a text under the `[design]` table of a survey.
fn designed(dataset: &Dataset, text: &str, design: &str, minimum_cell: usize) -> (Vec<Row>, Vec<Flaw>) {
    let (rows, flaws) = attempted(dataset, text, design, minimum_cell);
    (rows.unwrap(), flaws)
}

/// The same, where the design may allow no numbers.
fn attempted(
    dataset: &Dataset,
    text: &str,
    design: &str,
    minimum_cell: usize,
) -> (Result<Vec<Row>, indicators::Error>, Vec<Flaw>) {
    let mut report = Report::default();
    let survey = survey(design, &mut report);
    let definitions = indicators::compile(text, "indicators.toml", dataset, &mut report);
    let texts = DesignTexts {
        respondent: survey.design.respondent.as_ref(),
        stratum: survey.design.stratum.as_ref(),
        psu: survey.design.psu.as_ref(),
        weight: survey.design.weight.as_ref(),
        fpc: survey.design.fpc.as_ref(),
        nest: survey.design.nest,
        lonely_psu: survey.design.lonely_psu.as_ref(),
        ..DesignTexts::default()
    };
    let plan = SamplingPlan::compile(&texts, dataset, &mut report);
    let (Some(definitions), Some(plan)) = (definitions, plan) else { panic!("{}", report.render(false)) };
    let (sampling, flaws) = plan.evaluate(&indicators::counted(dataset, "baseline"));
    (indicators::compute(&definitions, &sampling, &options(minimum_cell)), flaws)
}

fn survey(design: &str, report: &mut Report) -> Survey {
    let text = format!(
        "format = 1\nid = \"s\"\ntitle = \"S\"\nquestionnaire = \"q\"\nstore = \"s.db\"\nround = \"baseline\"\n\
         rounds.baseline.label = \"B\"\n[design]\n{design}"
    );
    Survey::read(&text, "survey.toml", report).unwrap_or_else(|| panic!("{}", report.render(false)))
}

fn estimates(rows: &[Row]) -> Vec<(String, Option<f64>)> {
    rows.iter().map(|r| (format!("{}{}", r.domain, r.category), r.estimate)).collect()
}

fn close(a: Option<f64>, b: f64) -> bool {
    a.is_some_and(|a| (a - b).abs() < 1e-12)
}

#[test]
fn cells_keep_values_and_reasons_and_rosters_their_parents() {
    let questionnaire = small();
    let mut interview = begun(
        &questionnaire,
        "baseline",
        &[
            ("sex", missing(Missing::Refused)),
            ("worry", several(&["violence", "theft"])),
            ("first_worries", several(&["violence", "theft"])),
            ("victim", one("no")),
            ("household_size", whole(2)),
        ],
    );
    interview.apply(&Fact::Answered {
        address: Address { name: String::from("member_age"), rows: vec![RowKey::Number(2)] },
        answer: whole(41),
    });
    let other = begun(&questionnaire, "baseline", &[("household_size", whole(1))]);
    let dataset = dataset(&questionnaire, &[interview, other]);
    let interviews = dataset.interviews();
    let column = |name: &str| interviews.column(name).unwrap();
    assert_eq!(column("sex").missing(0), Some(Missing::Refused));
    assert_eq!(column("reported").missing(0), Some(Missing::NotAsked));
    assert_eq!(column("age").missing(0), Some(Missing::NotReached));
    assert_eq!(column("worry").choices(0), Some(&[0, 1][..]));
    assert_eq!(column("first_worries").choices(0), Some(&[1, 0][..]));
    assert_eq!(column("_status").value(0).unwrap().to_string(), "in_progress");
    assert_eq!(column("_enumerator").value(1).unwrap().to_string(), "amina");
    let members = dataset.tables.iter().find(|t| t.name == "members").unwrap();
    assert_eq!((members.rows(), members.rows_of(0), members.rows_of(1)), (3, 0..2, 2..3));
    assert_eq!((members.key(1), members.parent_row(2)), ("2", 1));
    let age = members.column("member_age").unwrap();
    assert_eq!(age.missing(0), Some(Missing::NotReached));
    assert_eq!(age.value(1).as_deref(), Some(&Value::Integer(41)));
}

#[test]
fn an_older_version_is_mapped_by_name() {
    let older = compiled(
        &QUESTIONNAIRE
            .replace("version = \"1\"", "version = \"0\"")
            .replace("name = \"unsafe\"", "name = \"not_safe\"")
            .replace("name = \"victim\"", "name = \"robbed\"")
            .replace("${victim}", "${robbed}"),
    );
    let old = finalised(&older, &[("safe", one("not_safe")), ("robbed", one("yes")), ("sex", one("male"))]);
    let dataset = dataset(&small(), &[old]);
    let cell = |name: &str| dataset.interviews().column(name).unwrap();
    assert_eq!(cell("sex").value(0).unwrap().to_string(), "male");
    assert_eq!(cell("victim").missing(0), Some(Missing::NotAsked));
    assert_eq!(cell("safe").missing(0), Some(Missing::NotReached));
    let unmapped: Vec<_> = dataset.unmapped.iter().map(|u| (&*u.version, &*u.question, u.answers)).collect();
    assert_eq!(unmapped, [("0", "safe", 1), ("0", "robbed", 1)]);
}

/// A choice that was added later is no answer of those who were never offered it: eight of 20, of whom ten were.
#[test]
fn a_choice_counts_among_those_who_were_offered_it() {
    let questionnaire = |version: &str, more: &str| {
        compiled(&format!(
            "format = 1\nid = \"q\"\nversion = \"{version}\"\nlanguage = \"en\"\ntitle = \"Q\"\n\
             lists.worries.choices = [{{ name = \"theft\", code = 1, label = \"Theft\" }},\
             {{ name = \"land\", code = 2, label = \"Land\" }}{more}]\n\
             [[sections]]\nname = \"s\"\nlabel = \"S\"\nquestions = [\
             {{ name = \"worries\", type = \"select_multiple\", list = \"worries\", label = \"Worries?\" }},\
             {{ name = \"worst\", type = \"select_one\", list = \"worries\", label = \"Worst?\" }}]\n"
        ))
    };
    let old = questionnaire("1", "");
    let new = questionnaire("2", ", { name = \"snakes\", code = 3, label = \"Snakes\" }");
    let say = |questionnaire, names: &[&str], worst| {
        let several = Answer::Value(Value::Choices(names.iter().map(|&name| name.to_owned()).collect()));
        finalised(questionnaire, &[("worries", several), ("worst", one(worst))])
    };
    let mut all: Vec<Interview> = (0..10).map(|_| say(&old, &["theft"], "theft")).collect();
    all.extend((0..10).map(|n| say(&new, if n < 8 { &["theft", "snakes"] } else { &["land"] }, "land")));
    let data = dataset(&new, &all);
    let of = |kind: &str, question: &str, rows: &Dataset| {
        results(
            rows,
            &definition(&format!("kind = \"{kind}\"\nof = \"${{{question}}}\"\nbase = \"valid\"\n")),
            5,
        )
    };
    let worries = of("mentions", "worries", &data);
    let found: Vec<_> = worries.iter().map(|row| (&*row.category, row.estimate, &*row.note)).collect();
    assert_eq!(found[0], ("theft", Some(0.9), ""));
    assert_eq!((found[2].0, found[2].2), ("snakes", "not offered to 10"));
    // A domain of ten among twenty, each its own PSU.
    let error = (20.0 / 19.0 * 0.8 * 0.2 / 10.0_f64).sqrt();
    assert!(close(worries[2].estimate, 0.8) && close(worries[2].std_error, error), "{:?}", worries[2]);
    // Shares that add up stay shares of everybody, with the same word.
    let worst = of("distribution", "worst", &data);
    assert!(close(worst[2].estimate, 0.0) && worst[2].note == "not offered to 10", "{:?}", worst[2]);
    assert!(close(worst.iter().filter_map(|row| row.estimate).sum::<f64>().into(), 1.0));
    // Where nobody was offered it there is no number; where few were, none that could tell of them.
    let none = of("mentions", "worries", &dataset(&new, &all[..10]));
    assert_eq!((none[2].estimate, &*none[2].note), (None, "not offered to anybody"));
    let few = of("mentions", "worries", &dataset(&new, &all[..13]));
    assert_eq!((few[2].estimate, few[2].suppressed), (None, Some(Suppressed::Disclosure)));
    assert_eq!(data.interviews().column("worries").unwrap().offers().unwrap().lacking(), [(2, 10)]);
}

#[test]
fn a_whole_number_that_a_point_would_round_is_listed_and_not_rounded() {
    let now = compiled(
        &QUESTIONNAIRE
            .replace("name = \"age\"\n  type = \"integer\"", "name = \"age\"\n  type = \"decimal\""),
    );
    let kept = 1_i64 << 53;
    for (number, is_kept) in
        [(kept, true), (-kept, true), (kept + 1, false), (i64::MAX, false), (i64::MIN + 1, false)]
    {
        let dataset = dataset(&now, &[finalised(&small(), &[("age", whole(number))])]);
        let age = dataset.interviews().column("age").unwrap();
        let value = is_kept.then_some(Value::Decimal(number as f64));
        assert_eq!(age.value(0).as_deref(), value.as_ref(), "{number}");
        let unmapped: Vec<_> = dataset.unmapped.iter().map(|u| (&*u.question, u.answers)).collect();
        let expected: Vec<_> = (!is_kept).then_some(("age", 1)).into_iter().collect();
        assert_eq!(unmapped, expected);
    }
}

/// Ten respondents: 4 reported, 2 did not, 1 does not know, 1 refused, 2 were no victims.
fn ten() -> Vec<Interview> {
    let questionnaire = small();
    let victim = |answer: Answer| vec![("victim", one("yes")), ("reported", answer)];
    let mut all: Vec<Vec<(&str, Answer)>> = vec![victim(one("yes")); 4];
    all.extend(vec![victim(one("no")); 2]);
    all.push(victim(missing(Missing::DontKnow)));
    all.push(victim(missing(Missing::Refused)));
    all.extend(vec![vec![("victim", one("no"))]; 2]);
    all.iter().map(|answers| finalised(&questionnaire, answers)).collect()
}

#[test]
fn the_base_decides_the_denominator_and_never_the_counts() {
    let dataset = dataset(&small(), &ten());
    for (base, estimate, n) in [("valid", 4.0 / 6.0, 6), ("asked", 0.5, 8), ("all", 0.4, 10)] {
        let text = definition(&format!(
            "kind = \"proportion\"\nof = \"${{reported}} = 'yes'\"\nbase = \"{base}\"\n"
        ));
        let rows = results(&dataset, &text, 1);
        let [row] = rows.as_slice() else { panic!("one row is due, not {}", rows.len()) };
        assert!(close(row.estimate, estimate), "{base}: {:?}", row.estimate);
        assert_eq!(row.n_unweighted, Some(n));
        assert_eq!((row.n_dont_know, row.n_refused), (Some(1), Some(1)));
        assert_eq!((row.n_not_applicable, row.n_not_asked), (Some(0), Some(2)));
        // Linearised for a domain of n among ten interviews, each its own PSU.
        let error = (10.0 / 9.0 * estimate * (1.0 - estimate) / n as f64).sqrt();
        assert!(close(row.std_error, error), "{base}: {:?} is not {error}", row.std_error);
        assert!(row.ci_low.unwrap() < estimate && estimate < row.ci_high.unwrap());
    }
}

#[test]
fn visits_without_a_respondent_count_nowhere_and_need_no_weight() {
    let dataset = dataset(&small(), &ten());
    let text = definition("kind = \"proportion\"\nof = \"${reported} = 'yes'\"\nbase = \"all\"\n");
    let design = "respondent = \"${victim} = 'yes'\"\nweight = \"if(${victim} = 'yes', 3, 0)\"\n";
    let (rows, flaws) = designed(&dataset, &text, design, 1);
    assert_eq!((rows[0].n_unweighted, rows[0].weight_sum, flaws.len()), (Some(8), Some(24.0), 0));
    assert!(close(rows[0].estimate, 0.5));
}

#[test]
fn one_question_can_decide_who_was_asked() {
    let dataset = dataset(&small(), &ten());
    let text = "kind = \"proportion\"\nof = \"${victim} = 'no' or ${reported} = 'yes'\"\nbase = \"valid\"\n";
    let both = &results(&dataset, &definition(text), 1)[0];
    assert_eq!((both.n_unweighted, both.n_not_asked), (Some(6), Some(2)));
    assert!(close(both.estimate, 4.0 / 6.0));
    let decided = &results(&dataset, &definition(&format!("{text}asked_of = \"victim\"\n")), 1)[0];
    assert_eq!((decided.n_unweighted, decided.n_not_asked), (Some(8), Some(0)));
    assert!(close(decided.estimate, 6.0 / 8.0));
}

#[test]
fn each_kind_follows_its_formula() {
    let questionnaire = small();
    let answers = |age: Answer, safe: &str, worry: &[&str], first: &[&str], size| {
        let answers = [
            ("age", age),
            ("safe", one(safe)),
            ("worry", several(worry)),
            ("first_worries", several(first)),
            ("household_size", whole(size)),
        ];
        finalised(&questionnaire, &answers)
    };
    let dataset = dataset(
        &questionnaire,
        &[
            answers(whole(20), "very_safe", &["theft", "violence"], &["violence", "theft"], 2),
            answers(whole(31), "fairly_safe", &["theft"], &["theft", "violence"], 1),
            answers(missing(Missing::DontKnow), "unsafe", &["none"], &["violence"], 3),
            answers(whole(48), "unsafe", &["violence"], &[], 4),
        ],
    );
    let run = |lines: &str| estimates(&results(&dataset, &definition(lines), 1));
    let expect = |lines: &str, expected: &[(&str, f64)]| {
        let found = run(lines);
        assert_eq!(found.len(), expected.len(), "{lines}");
        for ((name, estimate), (category, number)) in found.iter().zip(expected) {
            assert_eq!(*name, format!("total{category}"));
            assert!(close(*estimate, *number), "{category} of {lines}: {estimate:?} is not {number}");
        }
    };
    expect("kind = \"mean\"\nof = \"${age}\"\nbase = \"valid\"\n", &[("", 33.0)]);
    expect("kind = \"mean\"\nof = \"coalesce(${age}, 1)\"\nbase = \"valid\"\n", &[("", 25.0)]);
    expect("kind = \"mean\"\nof = \"count(${members})\"\nbase = \"valid\"\n", &[("", 2.5)]);
    expect(
        "kind = \"distribution\"\nof = \"${safe}\"\nbase = \"valid\"\n",
        &[("very_safe", 0.25), ("fairly_safe", 0.25), ("unsafe", 0.5)],
    );
    expect(
        "kind = \"mentions\"\nof = \"${worry}\"\nbase = \"valid\"\n",
        &[("theft", 0.5), ("violence", 0.5), ("none", 0.25)],
    );
    expect(
        "kind = \"rank_score\"\nof = \"${first_worries}\"\nbase = \"valid\"\n",
        &[("theft", 0.375), ("violence", 0.625), ("none", 0.0)],
    );
    expect(
        "kind = \"net_balance\"\nof = \"${safe}\"\npositive = [\"very_safe\"]\nnegative = [\"unsafe\"]\nbase = \"all\"\n",
        &[("", -0.25)],
    );
}

#[test]
fn totals_and_ratios_leave_out_who_lacks_one_of_their_numbers() {
    let questionnaire = small();
    let answers = [(whole(30), 2), (whole(50), 3), (missing(Missing::Refused), 5)];
    let interviews = answers
        .map(|(age, size)| finalised(&questionnaire, &[("age", age), ("household_size", whole(size))]));
    let dataset = dataset(&questionnaire, &interviews);
    let only = |lines: &str| {
        let mut rows = results(&dataset, &definition(&format!("{lines}\nbase = \"valid\"")), 0);
        assert_eq!(rows.len(), 1);
        rows.remove(0)
    };
    let total = only("kind = \"total\"\nof = \"${age}\"");
    assert!(close(total.estimate, 80.0), "{total:?}");
    let ratio = only("kind = \"ratio\"\nof = \"${age}\"\nper = \"${household_size}\"");
    assert!(close(ratio.estimate, 16.0), "{ratio:?}");
    for row in [&total, &ratio] {
        assert_eq!((row.n_unweighted, row.n_refused, row.ci_method), (Some(2), Some(1), "wald"));
        assert!(row.ci_low.zip(row.estimate).is_some_and(|(low, estimate)| low < estimate), "{row:?}");
    }
    let nothing = only("kind = \"ratio\"\nof = \"${age}\"\nper = \"${household_size} * 0\"");
    assert_eq!((nothing.estimate, nothing.std_error, nothing.ci_low), (None, None, None));
    assert_eq!(nothing.note, "nothing to divide by");
    // One PSU leaves the error unknown, which is not an error of 0.
    let text = definition("kind = \"mean\"\nof = \"${age}\"\nbase = \"valid\"");
    let (one_psu, _) = designed(&dataset, &text, "psu = \"'all'\"\nlonely_psu = \"remove\"", 0);
    let known = one_psu.first().map(|row| (row.estimate, row.std_error, row.df));
    assert_eq!(known, Some((Some(40.0), None, Some(0.0))));
}

#[test]
fn groups_without_respondents_have_no_data_and_people_without_group_are_counted() {
    let questionnaire = small();
    let person = |sex: Answer, area: &str, age| {
        finalised(
            &questionnaire,
            &[("sex", sex), ("area", one(area)), ("age", whole(age)), ("safe", one("unsafe"))],
        )
    };
    let interviews = [
        person(one("female"), "north", 20),
        person(one("female"), "south", 50),
        person(one("male"), "north", 17),
        person(missing(Missing::Refused), "north", 70),
    ];
    let text = "format = 1\n[[variables]]\nname = \"age_group\"\nlabel = \"Age\"\n\
        categories = [{ name = \"young\", label = \"Under 30\", when = \"${age} < 30 and ${age} >= 18\" },\
        { name = \"old\", when = \"${age} >= 30\" }]\n\
        [[indicators]]\nid = \"u\"\ntitle = \"U\"\nkind = \"proportion\"\nof = \"${safe} = 'unsafe'\"\n\
        base = \"valid\"\nby = [\"area\", \"age_group\", \"sex * area\"]\n";
    let rows = results(&dataset(&questionnaire, &interviews), text, 1);
    let shown: Vec<String> = rows
        .iter()
        .map(|r| {
            format!(
                "{}|{}|{}|{}|{}",
                r.disaggregation,
                r.domain,
                r.domain_label,
                r.n_unweighted.unwrap(),
                r.note
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "total|total|Total|4|",
            "area|north|North|3|",
            "area|south|South|1|no interval: too few PSUs",
            "area|west|West|0|no data",
            "age_group|young|Under 30|1|no interval: too few PSUs; without Age: 1",
            "age_group|old|old|2|without Age: 1",
            "sex * area|female * north|Female, North|1|no interval: too few PSUs; without sex or area: 1",
            "sex * area|female * south|Female, South|1|no interval: too few PSUs; without sex or area: 1",
            "sex * area|female * west|Female, West|0|no data; without sex or area: 1",
            "sex * area|male * north|Male, North|1|no interval: too few PSUs; without sex or area: 1",
            "sex * area|male * south|Male, South|0|no data; without sex or area: 1",
            "sex * area|male * west|Male, West|0|no data; without sex or area: 1",
        ]
    );
    assert_eq!(rows[3].estimate, None);
    // Everyone in the group feels unsafe: the interval is still one.
    assert!(close(rows[1].estimate, 1.0));
}

#[test]
fn a_small_group_is_blanked_with_a_partner() {
    let questionnaire = small();
    let mut interviews = Vec::new();
    for (area, n) in [("north", 3), ("south", 9), ("west", 6)] {
        for _ in 0..n {
            interviews.push(finalised(&questionnaire, &[("area", one(area)), ("safe", one("unsafe"))]));
        }
    }
    let text = definition("kind = \"distribution\"\nof = \"${safe}\"\nbase = \"valid\"\nby = [\"area\"]\n");
    let rows = results(&dataset(&questionnaire, &interviews), &text, 5);
    for row in &rows {
        let expected = match row.domain.as_str() {
            "north" | "west" => Some(Suppressed::Disclosure),
            _ => None,
        };
        assert_eq!(row.suppressed, expected, "{}", row.domain);
        let numbers =
            [row.estimate, row.std_error, row.ci_low, row.ci_high, row.df, row.deff, row.weight_sum];
        let counts =
            [row.n_unweighted, row.n_dont_know, row.n_refused, row.n_not_applicable, row.n_not_asked];
        if expected.is_some() {
            assert!(numbers.iter().all(Option::is_none) && counts.iter().all(Option::is_none));
        } else {
            assert!(row.estimate.is_some() && counts.iter().all(Option::is_some));
        }
    }
}

#[test]
fn only_finalised_interviews_of_the_round_count() {
    let questionnaire = small();
    let answers = [("safe", one("unsafe"))];
    let mut other_round = begun(&questionnaire, "endline", &answers);
    other_round.apply(&Fact::Finalised);
    let interviews =
        [finalised(&questionnaire, &answers), begun(&questionnaire, "baseline", &answers), other_round];
    let dataset = dataset(&questionnaire, &interviews);
    assert_eq!(indicators::counted(&dataset, "baseline"), [0]);
    assert_eq!(indicators::counted(&dataset, "endline"), [2]);
}

const FRAME: &str =
    "cluster,stratum,psus,label\n1,north,20,007\n2,north,20,010\n3,south,30,011\n4,south,30,012\n";
const DESIGN: &str = "frame = \"frame.csv\"\nkey = \"cluster\"\nstratum = \"${stratum}\"\npsu = \"${cluster}\"\n\
    weight = \"${household_weight}\"\nfpc = \"${psus}\"\nlonely_psu = \"adjust\"\n";

fn clustered() -> (Arc<Questionnaire>, Vec<Interview>) {
    let questionnaire = small();
    let person = |cluster, weight, safe: &str| {
        let weight = Answer::Value(Value::Decimal(weight));
        finalised(
            &questionnaire,
            &[("cluster", whole(cluster)), ("household_weight", weight), ("safe", one(safe))],
        )
    };
    let mut interviews = Vec::new();
    for (cluster, weight, unsafe_, safe) in [(1, 2.0, 3, 2), (2, 2.0, 1, 4), (3, 5.0, 4, 1), (4, 5.0, 2, 3)] {
        interviews.extend((0..unsafe_).map(|_| person(cluster, weight, "unsafe")));
        interviews.extend((0..safe).map(|_| person(cluster, weight, "very_safe")));
    }
    (questionnaire, interviews)
}

fn with_frame(
    questionnaire: &Questionnaire,
    interviews: &[Interview],
) -> (Dataset, Vec<String>, Vec<String>) {
    let mut report = Report::default();
    let source = survey(DESIGN, &mut report).design.frame.unwrap();
    let frame = Frame::read(FRAME, "frame.csv", &source.key, &mut report).unwrap();
    let mut dataset = dataset(questionnaire, interviews);
    let unmatched = frame.attach(&mut dataset, &mut report).unwrap();
    assert_eq!(report.diagnostics.len(), 0, "{}", report.render(false));
    let unmatched = unmatched.iter().map(|u| format!("{} {:?}", u.interview, u.value)).collect();
    let rows: Vec<usize> = (0..dataset.interviews().rows()).collect();
    let unvisited = frame.without_interview(&dataset, &rows).into_iter().map(str::to_owned).collect();
    (dataset, unmatched, unvisited)
}

#[test]
fn the_frame_never_hides_an_answer_and_its_key_must_be_asked() {
    let questionnaire = small();
    let interviews = [finalised(&questionnaire, &[("cluster", whole(1)), ("area", one("north"))])];
    let mut report = Report::default();
    let source = survey(DESIGN, &mut report).design.frame.unwrap();
    let text = "\u{feff}cluster, area ,share\n1,south,0.5\n2,west,\n";
    let frame = Frame::read(text, "frame.csv", &source.key, &mut report).unwrap();
    let mut dataset = dataset(&questionnaire, &interviews);
    assert_eq!(frame.attach(&mut dataset, &mut report), Some(Vec::new()));
    assert_eq!(frame.without_interview(&dataset, &[0]), ["2"]);
    assert_eq!(frame.without_interview(&dataset, &[]), ["1", "2"]);
    let cell = |name: &str| dataset.interviews().column(name).unwrap().value(0).unwrap().to_string();
    assert_eq!((cell("area"), cell("share")), (String::from("north"), String::from("0.5")));
    assert_eq!((report.errors(), report.diagnostics[0].code), (0, "S0206"));

    let design = "frame = \"frame.csv\"\nkey = \"clusters\"\n";
    let source = survey(design, &mut report).design.frame.unwrap();
    let frame = Frame::read("clusters,psus\n1,20\n", "frame.csv", &source.key, &mut report).unwrap();
    assert_eq!(frame.attach(&mut dataset, &mut report), None);
    assert_eq!(report.diagnostics.last().unwrap().code, "S0205");
}

/// Wards 3.1 and 3.10 are two; so are codes that differ in a digit that no number holds.
#[test]
fn what_would_become_one_number_stays_two_texts() {
    let questionnaire = small();
    let interviews = [1, 2].map(|cluster| finalised(&questionnaire, &[("cluster", whole(cluster))]));
    let mut report = Report::default();
    let source = survey(DESIGN, &mut report).design.frame.unwrap();
    let text = "cluster,ward,code,alone,zero,weight,households\n\
        1,3.1,12345678901234567890,12345678901234567890,0,1.50,9007199254740993\n\
        2,3.10,12345678901234567891,,-0,2.25,9007199254740992\n";
    let frame = Frame::read(text, "frame.csv", &source.key, &mut report).unwrap();
    let mut dataset = dataset(&questionnaire, &interviews);
    frame.attach(&mut dataset, &mut report).unwrap();
    let cell = |name: &str, row| {
        dataset.interviews().column(name).unwrap().value(row).map(std::borrow::Cow::into_owned)
    };
    let both = |name: &str| [cell(name, 0), cell(name, 1)];
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    assert_eq!(both("ward"), [text("3.1"), text("3.10")]);
    assert_eq!(both("code"), [text("12345678901234567890"), text("12345678901234567891")]);
    assert_eq!(both("alone"), [text("12345678901234567890"), None]);
    assert_eq!(both("zero"), [text("0"), text("-0")]);
    assert_eq!(both("weight"), [Some(Value::Decimal(1.5)), Some(Value::Decimal(2.25))]);
    assert_eq!(
        both("households"),
        [9_007_199_254_740_993, 9_007_199_254_740_992].map(|n| Some(Value::Integer(n)))
    );
}

#[test]
fn the_design_comes_from_answers_and_the_frame() {
    let (questionnaire, interviews) = clustered();
    let (dataset, unmatched, unvisited) = with_frame(&questionnaire, &interviews);
    assert_eq!((unmatched.len(), unvisited.len()), (0, 0));
    let column = |name: &str| dataset.interviews().column(name).unwrap();
    assert_eq!(column("psus").value(0).as_deref(), Some(&Value::Integer(20)));
    assert_eq!(column("label").value(0).as_deref(), Some(&Value::Text(String::from("007"))));
    let text = definition(
        "kind = \"proportion\"\nof = \"${safe} = 'unsafe'\"\nbase = \"valid\"\nby = [\"stratum\"]\n",
    );
    let (rows, flaws) = designed(&dataset, &text, DESIGN, 5);
    assert_eq!(flaws, []);
    // 8 of 20 weighted north, 30 of 50 south.
    let p = 38.0 / 70.0;
    assert!(close(rows[0].estimate, p));
    assert!(close(rows[0].weight_sum, 70.0));
    // By hand: scores w (y - p) summed by cluster, two clusters a stratum, so the variance of a
    // stratum's total is (1 - 2/N) (difference)^2.
    let cluster = |weight: f64, unsafe_: f64| weight * (unsafe_ - 5.0 * p) / 70.0;
    let north: f64 = (1.0 - 2.0 / 20.0) * (cluster(2.0, 3.0) - cluster(2.0, 1.0)).powi(2);
    let south: f64 = (1.0 - 2.0 / 30.0) * (cluster(5.0, 4.0) - cluster(5.0, 2.0)).powi(2);
    assert!(close(rows[0].std_error, (north + south).sqrt()), "{:?}", rows[0].std_error);
    assert_eq!(rows[0].df, Some(2.0));
    assert!(close(rows[1].estimate, 0.4) && rows[1].domain == "north");
    assert!(close(rows[2].estimate, 0.6) && rows[2].domain == "south");
}

#[test]
fn interviews_that_the_design_cannot_place_are_named() {
    let (questionnaire, mut interviews) = clustered();
    let weight = |w| ("household_weight", Answer::Value(Value::Decimal(w)));
    let safe = ("safe", one("unsafe"));
    interviews.push(finalised(&questionnaire, &[("cluster", whole(9)), weight(1.0), safe.clone()]));
    interviews.push(finalised(&questionnaire, &[("cluster", whole(1)), weight(0.0), safe.clone()]));
    interviews.push(finalised(&questionnaire, &[("cluster", whole(1)), safe]));
    let (dataset, unmatched, _) = with_frame(&questionnaire, &interviews);
    assert_eq!(unmatched, ["i21 Some(\"9\")"]);
    let text = definition("kind = \"proportion\"\nof = \"${safe} = 'unsafe'\"\nbase = \"valid\"\n");
    let (rows, flaws) = designed(&dataset, &text, DESIGN, 5);
    let shown: Vec<String> =
        flaws.iter().map(|flaw| format!("{}: {}", flaw.message, flaw.interviews.join(" "))).collect();
    assert_eq!(
        shown,
        [
            "These interviews have no stratum: i21",
            "These interviews have a weight that is not above zero: i22",
            "These interviews have no weight: i23",
        ]
    );
    assert_eq!((rows[0].n_unweighted, rows[0].note.as_str()), (Some(20), "left out of the design: 3"));
}

#[test]
fn a_lonely_psu_fails_by_its_stratum_unless_a_rule_is_given() {
    let (questionnaire, mut interviews) = clustered();
    interviews.drain(5..10);
    let (dataset, ..) = with_frame(&questionnaire, &interviews);
    let text = definition("kind = \"proportion\"\nof = \"${safe} = 'unsafe'\"\nbase = \"valid\"\n");
    let (rows, _) = designed(&dataset, &text, DESIGN, 5);
    assert!(rows[0].std_error.is_some_and(|error| error > 0.0));

    let mut report = Report::default();
    let written = survey(&DESIGN.replace("adjust", "fail"), &mut report).design;
    let texts = DesignTexts {
        stratum: written.stratum.as_ref(),
        psu: written.psu.as_ref(),
        lonely_psu: written.lonely_psu.as_ref(),
        ..DesignTexts::default()
    };
    let definitions = indicators::compile(&text, "indicators.toml", &dataset, &mut report).unwrap();
    let plan = SamplingPlan::compile(&texts, &dataset, &mut report).unwrap();
    let (sampling, _) = plan.evaluate(&indicators::counted(&dataset, "baseline"));
    let error = indicators::compute(&definitions, &sampling, &options(5)).unwrap_err();
    assert_eq!(error, indicators::Error::Lonely(String::from("north")));

    let unknown = survey("lonely_psu = \"adjusted\"\n", &mut report).design;
    let texts = DesignTexts { lonely_psu: unknown.lonely_psu.as_ref(), ..DesignTexts::default() };
    assert!(SamplingPlan::compile(&texts, &dataset, &mut report).is_none());
    assert_eq!(report.diagnostics.last().unwrap().code, "I0201");
}

#[test]
fn a_population_smaller_than_the_sample_is_named() {
    let (questionnaire, interviews) = clustered();
    let (dataset, ..) = with_frame(&questionnaire, &interviews);
    let text = definition("kind = \"proportion\"\nof = \"${safe} = 'unsafe'\"\nbase = \"valid\"\n");
    let design = DESIGN.replace("${psus}", "if(${stratum} = 'north', 1, ${cluster} * 10)");
    let (_, flaws) = designed(&dataset, &text, &design, 5);
    let shown: Vec<(&str, usize)> = flaws.iter().map(|f| (f.message.as_str(), f.interviews.len())).collect();
    assert_eq!(
        shown,
        [
            (
                "These interviews are in a stratum with more PSUs in the sample than in the population (fpc)",
                10
            ),
            ("These interviews are in a stratum whose population count (fpc) is not the same everywhere", 10),
        ]
    );
}

#[test]
fn the_csv_is_stable() {
    let (questionnaire, interviews) = clustered();
    let (dataset, ..) = with_frame(&questionnaire, &interviews);
    let text = "format = 1\n[[indicators]]\nid = \"unsafe\"\ntitle = \"Feel unsafe, at times\"\nkind = \"proportion\"\n\
        of = \"${safe} = 'unsafe'\"\nbase = \"valid\"\nby = [\"stratum\", \"sex\"]\n";
    let csv = || {
        let (rows, _) = designed(&dataset, text, DESIGN, 5);
        let mut bytes = Vec::new();
        indicators::write_csv(&rows, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    insta::assert_snapshot!(csv());
    assert_eq!(csv(), csv());
}

fn status() -> impl Strategy<Value = Option<Missing>> {
    prop_oneof![
        3 => Just(None),
        1 => Just(Some(Missing::DontKnow)),
        1 => Just(Some(Missing::Refused)),
        1 => Just(Some(Missing::NotApplicable)),
        1 => Just(Some(Missing::NotAlone)),
        1 => Just(Some(Missing::NotReached)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn every_interview_has_one_status(statuses in proptest::collection::vec((status(), 0_usize..3), 2..40)) {
        let questionnaire = small();
        let areas = ["north", "south", "west"];
        let interviews: Vec<Interview> = statuses
            .iter()
            .map(|(status, area)| {
                let mut answers = vec![("area", one(areas[*area]))];
                match status {
                    None => answers.push(("safe", one("unsafe"))),
                    Some(Missing::NotReached) => {}
                    Some(reason) => answers.push(("safe", missing(*reason))),
                }
                finalised(&questionnaire, &answers)
            })
            .collect();
        let dataset = dataset(&questionnaire, &interviews);
        let mut sizes = Vec::new();
        for base in ["valid", "asked", "all"] {
            let lines = format!("kind = \"proportion\"\nof = \"${{safe}} = 'unsafe'\"\nbase = \"{base}\"\nby = [\"area\"]\n");
            let rows = results(&dataset, &definition(&lines), 1);
            let n = |row: &Row| row.n_unweighted.unwrap();
            prop_assert_eq!(n(&rows[0]), rows[1..].iter().map(n).sum::<usize>());
            for row in &rows[1..] {
                if let Some(estimate) = row.estimate {
                    prop_assert!((0.0..=1.0).contains(&estimate));
                }
            }
            sizes.push(n(&rows[0]));
            if base == "valid" {
                let row = &rows[0];
                let not_alone = statuses.iter().filter(|(s, _)| *s == Some(Missing::NotAlone)).count();
                if let (Some(dk), Some(refused), Some(na), Some(not_asked)) =
                    (row.n_dont_know, row.n_refused, row.n_not_applicable, row.n_not_asked)
                {
                    prop_assert_eq!(n(row) + dk + refused + na + not_asked + not_alone, statuses.len());
                }
            }
        }
        prop_assert!(sizes[0] <= sizes[1] && sizes[1] <= sizes[2]);
        prop_assert_eq!(sizes[2], statuses.len());
    }
}

/// Interviews of people, each of a sex and an area, with an answer.
fn people(of: &[(&str, &str, &str)]) -> Vec<Interview> {
    let questionnaire = small();
    of.iter()
        .map(|(sex, area, safe)| {
            finalised(&questionnaire, &[("sex", one(sex)), ("area", one(area)), ("safe", one(safe))])
        })
        .collect()
}

/// The plan of a design with these margins, and the numbers of `safe = very_safe`.
fn calibrated(of: &[(&str, &str, &str)], design: &str) -> (Result<Vec<Row>, String>, Vec<Flaw>) {
    let dataset = dataset(&small(), &people(of));
    let mut report = Report::default();
    let survey = survey(design, &mut report);
    let margins: Vec<indicators::MarginTexts> = survey
        .design
        .margins
        .iter()
        .map(|margin| indicators::MarginTexts {
            of: margin.of.clone(),
            targets: match &margin.known {
                Known::Counts(counts) => indicators::MarginTargets::Counts(counts.clone()),
                Known::Sum(sum) => indicators::MarginTargets::Sum(*sum),
                Known::File(_) => panic!("no file here"),
            },
        })
        .collect();
    let texts = DesignTexts {
        calibration: indicators::CalibrationTexts {
            method: survey.design.calibration.as_ref(),
            bounds: survey.design.calibration_bounds,
            margins: &margins,
        },
        ..DesignTexts::default()
    };
    let text =
        definition("kind = \"proportion\"\nof = \"${safe} = 'very_safe'\"\nbase = \"valid\"\nby = [\"sex\"]");
    let definitions = indicators::compile(&text, "indicators.toml", &dataset, &mut report);
    let plan = SamplingPlan::compile(&texts, &dataset, &mut report);
    let (Some(definitions), Some(plan)) = (definitions, plan) else {
        return (Err(report.render(false)), Vec::new());
    };
    let (sampling, flaws) = plan.evaluate(&indicators::counted(&dataset, "baseline"));
    let rows = indicators::compute(&definitions, &sampling, &options(0)).map_err(|error| error.to_string());
    (rows, flaws)
}

/// Two of three women and one of three men feel very safe; women live in the north more often.
const SIX: [(&str, &str, &str); 6] = [
    ("female", "north", "very_safe"),
    ("female", "north", "very_safe"),
    ("female", "south", "unsafe"),
    ("male", "north", "unsafe"),
    ("male", "south", "very_safe"),
    ("male", "south", "unsafe"),
];

#[test]
fn weights_are_calibrated_to_known_counts_and_the_error_knows_of_it() {
    let plain = calibrated(&SIX, "").0.unwrap();
    let (rows, flaws) =
        calibrated(&SIX, "calibrate = [{ of = \"${sex}\", totals = { female = 75, male = 25 } }]");
    let rows = rows.unwrap();
    assert_eq!(flaws, []);
    // Three quarters of women's two thirds, a quarter of men's third.
    assert!(close(rows[0].estimate, 0.75 * 2.0 / 3.0 + 0.25 / 3.0), "{:?}", rows[0]);
    assert!((rows[0].weight_sum.unwrap() - 100.0).abs() < 1e-9);
    // What is known of sex does not vary any more: each half's error within is left.
    assert!(close(rows[1].estimate, plain[1].estimate.unwrap()));

    let two = "calibrate = [{ of = \"${sex}\", totals = { female = 60, male = 40 } },\n\
               { of = \"${area}\", totals = { north = 50, south = 50 } }]";
    let raked = calibrated(&SIX, two).0.unwrap();
    assert!((raked[1].weight_sum.unwrap() - 60.0).abs() < 1e-6, "{:?}", raked[1]);
    let linear = calibrated(&SIX, &format!("calibration = \"linear\"\n{two}")).0.unwrap();
    assert!((linear[1].weight_sum.unwrap() - 60.0).abs() < 1e-6, "{:?}", linear[1]);
    assert!((linear[0].estimate.unwrap() - raked[0].estimate.unwrap()).abs() < 0.02);
}

#[test]
fn margins_that_cannot_hold_are_named() {
    let refused = |design: &str| calibrated(&SIX, design).0.unwrap_err();
    let sex = "{ of = \"${sex}\", totals = { female = 60, male = 40 } }";
    // Nobody there, totals that contradict each other, a number where raking wants counts.
    let nobody = refused("calibrate = [{ of = \"${area}\", totals = { north = 5, south = 5, west = 5 } }]");
    assert!(nobody.contains("`west` in ${area}") && nobody.contains("no respondent"), "{nobody}");
    let other = refused(&format!(
        "calibrate = [{sex}, {{ of = \"${{area}}\", totals = {{ north = 50, south = 51 }} }}]"
    ));
    assert!(other.contains("I0203") && other.contains("101"), "{other}");
    let sum = refused(&format!("calibrate = [{sex}, {{ of = \"${{age}}\", total = 4000 }}]"));
    assert!(sum.contains("I0204"), "{sum}");
    let bounds = refused(&format!("calibration = \"logit\"\ncalibrate = [{sex}]"));
    assert!(bounds.contains("I0202"), "{bounds}");
    // A total that asks for negative weights.
    let negative = refused(
        "calibration = \"linear\"\ncalibrate = [{ of = \"${sex}\", totals = { female = 60, male = 40 } },\n\
         { of = \"if(${area} = 'north' and ${sex} = 'female', 1, 0)\", total = 200 }]",
    );
    assert!(negative.contains("weight"), "{negative}");
    // A value without a total keeps its interviews out, by name.
    let (rows, flaws) = calibrated(&SIX, "calibrate = [{ of = \"${area}\", totals = { north = 5 } }]");
    assert_eq!(rows.unwrap()[0].n_unweighted, Some(3));
    assert_eq!(flaws.len(), 1);
    assert!(flaws[0].message.contains("`south` in the margin ${area}"), "{flaws:?}");
    assert_eq!(flaws[0].interviews.len(), 3);
}

#[test]
fn a_psu_in_two_strata_gives_no_numbers_unless_it_is_said_to_be_two() {
    let dataset = dataset(&small(), &people(&SIX));
    let text = definition("kind = \"proportion\"\nof = \"${safe} = 'unsafe'\"\nbase = \"valid\"");
    let design = "stratum = \"${area}\"\npsu = \"${sex}\"\nlonely_psu = \"adjust\"";
    let (refused, flaws) = attempted(&dataset, &text, design, 0);
    let error = refused.unwrap_err().to_string();
    assert!(error.contains("PSU `female` stands in the strata `north` and `south`"), "{error}");
    assert!(error.contains("nest = true"), "{error}");
    let told: Vec<&str> = flaws.iter().map(|flaw| flaw.message.as_str()).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("PSU `female`, which stands in more than one stratum"), "{told:?}");
    assert_eq!(flaws[0].interviews, ["i1", "i2", "i3"]);
    let (rows, flaws) = designed(&dataset, &text, &format!("{design}\nnest = true"), 0);
    assert_eq!((rows[0].df, flaws), (Some(2.0), Vec::new()));
}

#[test]
fn a_weight_below_zero_is_no_weight_and_items_that_nobody_answered_make_no_scale() {
    let (questionnaire, mut interviews) = clustered();
    let weight = ("household_weight", Answer::Value(Value::Decimal(-3.0)));
    interviews.push(finalised(&questionnaire, &[("cluster", whole(1)), weight, ("safe", one("unsafe"))]));
    let (dataset, ..) = with_frame(&questionnaire, &interviews);
    let text = definition("kind = \"proportion\"\nof = \"${safe} = 'unsafe'\"\nbase = \"valid\"\n");
    let (rows, flaws) = designed(&dataset, &text, DESIGN, 5);
    assert_eq!(flaws[0].message, "These interviews have a weight that is not above zero");
    assert_eq!(
        (flaws[0].interviews.as_slice(), rows[0].n_unweighted),
        (&[String::from("i21")][..], Some(20))
    );

    let items = definition(
        "kind = \"index\"\nminimum_answered = 1\nbase = \"valid\"\nitems = [\n\
         { of = \"${safe}\", scale = [\"unsafe\", \"fairly_safe\", \"very_safe\"] },\n\
         { of = \"${age}\", from = 0, to = 100 },\n]\n",
    );
    let rows = results(&dataset, &items, 1);
    assert_eq!(rows[0].note, "no Cronbach's alpha: item 2 has no values here; leave it out of the scale");
    let all = results(&dataset, &items.replace("minimum_answered = 1\n", ""), 1);
    assert_eq!((all[0].estimate, all[0].n_unweighted), (None, Some(0)));
    assert!(all[0].note.starts_with("no data"), "{}", all[0].note);
}

#[test]
fn why_a_few_people_have_no_value_cannot_be_had_from_the_others() {
    let questionnaire = small();
    let person = |sex: &str, safe: Answer| {
        finalised(&questionnaire, &[("sex", one(sex)), ("area", one("north")), ("safe", safe)])
    };
    let women = |n: usize, safe: &Answer| (0..n).map(|_| person("female", safe.clone())).collect::<Vec<_>>();
    let (unsafe_, refused) = (one("unsafe"), missing(Missing::Refused));
    let text = definition(
        "kind = \"proportion\"\nof = \"${safe} = 'unsafe'\"\nbase = \"valid\"\nby = [\"sex\", \"area\"]",
    );
    let counts = |men: usize| {
        let mut all = women(20, &unsafe_);
        all.extend(women(3, &refused));
        all.extend((0..men).map(|_| person("male", refused.clone())));
        let rows = results(&dataset(&questionnaire, &all), &text, 5);
        let of = |domain: &str| {
            let row = rows.iter().find(|row| row.domain == domain).unwrap();
            (row.n_unweighted, row.n_refused, row.suppressed)
        };
        [of("total"), of("female"), of("male"), of("north")]
    };
    // Two men refused, and nobody else: what women refused would tell it.
    let [total, female, male, north] = counts(2);
    assert_eq!((total, north), ((Some(20), Some(5), None), (Some(20), Some(5), None)));
    assert_eq!((female, male), ((Some(20), None, None), (Some(0), None, None)));
    // Of so many, it may be told.
    let [total, female, male, _] = counts(6);
    assert_eq!((total.1, female.1, male.1), (Some(9), Some(3), Some(6)));
}

#[test]
fn no_label_becomes_a_formula() {
    let questionnaire = compiled(&QUESTIONNAIRE.replace("label = \"Female\"", "label = \"=HYPERLINK(1)\""));
    let answers = [("sex", one("female")), ("safe", one("unsafe"))];
    let dataset = dataset(&questionnaire, &[1, 2].map(|_| finalised(&questionnaire, &answers)));
    let text = definition("kind = \"net_balance\"\nof = \"${safe}\"\npositive = [\"very_safe\"]\nnegative = [\"unsafe\"]\nbase = \"valid\"\nby = [\"sex\"]")
        .replace("title = \"X\"", "title = \"+ or -\"");
    let mut bytes = Vec::new();
    indicators::write_csv(&results(&dataset, &text, 0), &mut bytes).unwrap();
    let csv = String::from_utf8(bytes).unwrap();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let column = |name: &str| Row::COLUMNS.iter().position(|column| *column == name).unwrap();
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(&records[1][column("domain_label")], "'=HYPERLINK(1)");
    assert_eq!((&records[0][column("title")], &records[0][column("estimate")]), ("'+ or -", "-1"));
}

#[test]
fn indicators_about_the_same_people_blank_the_same_cells() {
    let mut of = vec![("female", "north", "unsafe"); 9];
    of.extend([("female", "south", "unsafe"); 3]);
    of.extend([("male", "north", "very_safe"); 20]);
    of.extend([("male", "south", "unsafe"); 30]);
    let dataset = dataset(&small(), &people(&of));
    let by = |by: &str| {
        format!(
            "[[indicators]]\nid = \"{}\"\ntitle = \"T\"\nkind = \"proportion\"\nof = \"${{safe}} = 'unsafe'\"\nbase = \"valid\"\nby = [{by}]\n",
            by.len()
        )
    };
    let margins = by("\"area\", \"sex\"");
    let hidden = |rows: &[Row], id: &str| -> Vec<String> {
        let of = rows.iter().filter(|row| row.indicator == id && row.suppressed.is_some());
        of.map(|row| row.domain.clone()).collect()
    };
    let id = "\"area\", \"sex\"".len().to_string();
    let alone = results(&dataset, &format!("format = 1\n{margins}"), 5);
    assert_eq!(hidden(&alone, &id), Vec::<String>::new());
    // Three women of the south: what hides them must not be had from the margins of the other indicator.
    let both = results(&dataset, &format!("format = 1\n{margins}{}", by("\"sex * area\", \"area\"")), 5);
    let crossed = hidden(&both, &"\"sex * area\", \"area\"".len().to_string());
    assert!(crossed.contains(&String::from("female * south")), "{crossed:?}");
    let area = |rows: &[Row], id: &str| -> Vec<bool> {
        let of = rows.iter().filter(|row| row.indicator == id && row.disaggregation == "area");
        of.map(|row| row.suppressed.is_some()).collect()
    };
    assert_eq!(area(&both, &id), area(&both, &"\"sex * area\", \"area\"".len().to_string()));
}

#[test]
fn imprecise_numbers_are_noted_and_hidden_where_the_survey_says_so() {
    let dataset = dataset(&small(), &people(&SIX));
    let text = definition("kind = \"proportion\"\nof = \"${safe} = 'unsafe'\"\nbase = \"valid\"");
    let mut report = Report::default();
    let definitions = indicators::compile(&text, "indicators.toml", &dataset, &mut report).unwrap();
    let plan = SamplingPlan::compile(&DesignTexts::default(), &dataset, &mut report).unwrap();
    let (sampling, _) = plan.evaluate(&indicators::counted(&dataset, "baseline"));
    let with = |imprecise, too_imprecise| {
        let options = Options { imprecise, too_imprecise, ..options(0) };
        indicators::compute(&definitions, &sampling, &options).unwrap().remove(0)
    };
    let plain = with(None, None);
    let relative = plain.std_error.unwrap() / plain.estimate.unwrap();
    assert_eq!(plain.note, "");
    let noted = with(Some(relative - 0.01), None);
    assert_eq!(noted.note, format!("imprecise: relative standard error {:.0}%", 100.0 * relative));
    assert_eq!(noted.estimate, plain.estimate);
    let hidden = with(Some(relative - 0.01), Some(relative - 0.005));
    assert_eq!((hidden.suppressed, hidden.estimate), (Some(Suppressed::Precision), None));
    assert_eq!(hidden.n_unweighted, Some(6));
    // What is hidden is told why, also where the survey notes only larger errors.
    let hidden = with(Some(2.0 * relative), Some(relative - 0.005));
    assert!(hidden.note.starts_with("imprecise: relative standard error"), "{}", hidden.note);
}
