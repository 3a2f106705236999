//! The assessment pack: by hand on few respondents, on the demo's data against a golden file, and as people call it.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use chrono::DateTime;
use doorstep::dataset::Dataset;
use doorstep::diagnostic::Report;
use doorstep::indicators::{self, DesignTexts, Options, Row, SamplingPlan};
use doorstep::interview::Interview;
use doorstep::journal::{Address, Fact};
use doorstep::questionnaire::{Bundle, Questionnaire};
use doorstep::report::assessment::{Round, assess};
use doorstep::value::{Answer, Value};

use crate::support;

const QUESTIONNAIRE: &str = r#"
format = 1
id = "hand"
version = "1"
language = "en"
title = "By hand"
lists.sex.choices = [
  { name = "female", code = 1, label = "Female" }, { name = "male", code = 2, label = "Male" },
]
lists.area.choices = [
  { name = "north", code = 1, label = "North" }, { name = "south", code = 2, label = "South" },
  { name = "west", code = 3, label = "West" },
]
lists.yes_no.choices = [{ name = "yes", code = 1, label = "Yes" }, { name = "no", code = 2, label = "No" }]
lists.worries.choices = [
  { name = "theft", code = 1, label = "Theft" }, { name = "land", code = 2, label = "Fights over land" },
  { name = "gangs", code = 3, label = "Gangs" }, { name = "drugs", code = 4, label = "Drugs" },
  { name = "none", code = 9, label = "None", exclusive = true },
]
lists.bodies.choices = [
  { name = "police", code = 1, label = "Police" }, { name = "court", code = 2, label = "Court" },
  { name = "elders", code = 3, label = "Elders" }, { name = "nobody", code = 4, label = "Nobody" },
]
[[sections]]
name = "only"
label = "Only"
questions = [
  { name = "sex", type = "select_one", list = "sex", label = "Sex" },
  { name = "area", type = "select_one", list = "area", label = "Area" },
  { name = "worries", type = "select_multiple", list = "worries", label = "Worries?" },
  { name = "police", type = "select_one", list = "yes_no", label = "Trust the police?" },
  { name = "court", type = "select_one", list = "yes_no", label = "Trust the court?" },
  { name = "elders", type = "select_one", list = "yes_no", label = "Trust elders?" },
  { name = "first", type = "select_one", list = "bodies", label = "To whom first?" },
]
"#;

const INDICATORS: &str = r#"
format = 1
providers = [
  { name = "police", label = "The police", type = "formal" },
  { name = "court", label = "The court", type = "formal" },
  { name = "elders", label = "Elders", type = "informal" },
]
[[indicators]]
id = "worries"
title = "Worries"
topic = "concerns"
source = "after something"
kind = "mentions"
of = "${worries}"
base = "valid"
by = ["sex", "area"]
[[indicators]]
id = "trust_police"
title = "Trust the police"
topic = "trust"
provider = "police"
kind = "proportion"
of = "${police} = 'yes'"
base = "valid"
by = ["sex", "area"]
[[indicators]]
id = "trust_court"
title = "Trust the court"
topic = "trust"
provider = "court"
kind = "proportion"
of = "${court} = 'yes'"
base = "valid"
[[indicators]]
id = "trust_elders"
title = "Trust elders"
topic = "trust"
provider = "elders"
kind = "proportion"
of = "${elders} = 'yes'"
base = "valid"
[[indicators]]
id = "first"
title = "Turn to first"
topic = "access"
kind = "distribution"
of = "${first}"
base = "valid"
by = ["sex"]
[[indicators]]
id = "how_many"
title = "How many trust the police"
kind = "total"
of = "if(${police} = 'yes', 1, 0)"
base = "valid"
by = ["area", "sex"]
"#;

/// One respondent: sex, area, worries, trust in police, court and elders, whom they turn to first.
struct Person(&'static str, &'static str, &'static [&'static str], [bool; 3], &'static str);

fn one(name: &str) -> Answer {
    Answer::Value(Value::Choice(name.to_owned()))
}

fn interview(questionnaire: &Arc<Questionnaire>, round: &str, person: &Person) -> Interview {
    let Person(sex, area, worries, trust, first) = person;
    let worries = Answer::Value(Value::Choices(worries.iter().map(|w| (*w).to_owned()).collect()));
    let yes_no = |yes: bool| one(if yes { "yes" } else { "no" });
    let answers = [
        ("sex", one(sex)),
        ("area", one(area)),
        ("worries", worries),
        ("police", yes_no(trust[0])),
        ("court", yes_no(trust[1])),
        ("elders", yes_no(trust[2])),
        ("first", one(first)),
    ];
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
        interview
            .apply(&Fact::Answered { address: Address { name: name.to_owned(), rows: Vec::new() }, answer });
    }
    interview.apply(&Fact::Finalised);
    interview
}

type Record = HashMap<String, String>;

/// File -> its rows, each by column.
type Pack = BTreeMap<String, Vec<Record>>;

fn records(csv: &[u8]) -> Vec<Record> {
    let mut reader = csv::Reader::from_reader(csv);
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

/// The pack of the rounds of these people: equal weights, every interview its own PSU.
fn pack(rounds: &[(&str, &[Person])]) -> Pack {
    pack_of(rounds, None)
}

/// The same, without numbers whose standard error is above this share of them.
fn pack_of(rounds: &[(&str, &[Person])], too_imprecise: Option<f64>) -> Pack {
    pack_by(INDICATORS, rounds, too_imprecise)
}

/// The same by other definitions.
fn pack_by(definitions: &str, rounds: &[(&str, &[Person])], too_imprecise: Option<f64>) -> Pack {
    let files = BTreeMap::from([(String::from("questionnaire.toml"), QUESTIONNAIRE.as_bytes().to_vec())]);
    let questionnaire = support::compiled(&Bundle { files });
    let interviews: Vec<Interview> = rounds
        .iter()
        .flat_map(|(round, people)| people.iter().map(|person| interview(&questionnaire, round, person)))
        .collect();
    let keyed = interviews.iter().enumerate().map(|(n, interview)| (format!("i{n}"), interview));
    let dataset = Dataset::build(&questionnaire, keyed);
    let mut report = Report::default();
    let definitions = indicators::compile(definitions, "indicators.toml", &dataset, &mut report);
    let plan = SamplingPlan::compile(&DesignTexts::default(), &dataset, &mut report);
    let (Some(definitions), Some(plan)) = (definitions, plan) else { panic!("{}", report.render(false)) };
    let options = |round: &str| Options {
        survey: String::from("s"),
        round: round.to_owned(),
        level: 0.95,
        minimum_cell: 5,
        language: 0,
        method: doorstep::statistics::Method::Logit,
        imprecise: None,
        too_imprecise,
    };
    let samplings: Vec<_> =
        rounds.iter().map(|(round, _)| plan.evaluate(&indicators::counted(&dataset, round)).0).collect();
    let of_rounds: Vec<Round<'_>> = rounds
        .iter()
        .zip(&samplings)
        .map(|((round, _), sampling)| Round { sampling, options: options(round) })
        .collect();
    let tables = assess(&definitions, &of_rounds).unwrap();
    let rows = |table: &doorstep::report::assessment::Table| {
        let mut csv = Vec::new();
        table.write(&mut csv).unwrap();
        (table.file.to_owned(), records(&csv))
    };
    tables.iter().map(rows).collect()
}

/// Forty people: nearly all worry about gangs, women about theft, men about land; three people of the west are too few to be shown.
fn forty() -> Vec<Person> {
    let mut people = Vec::new();
    for n in 0..20 {
        let worries: &[&str] = match n {
            0..=13 => &["theft", "gangs"],
            14..=17 => &["gangs"],
            _ => &["none"],
        };
        let area = if n < 3 { "west" } else { "north" };
        let first = if n < 12 { "elders" } else { "police" };
        people.push(Person("female", area, worries, [n % 4 == 0, n % 2 == 0, n % 5 != 0], first));
    }
    for n in 0..20 {
        let worries: &[&str] = match n {
            0..=15 => &["land", "gangs"],
            16..=17 => &["gangs", "drugs"],
            _ => &["none"],
        };
        let first = if n < 15 { "police" } else { "court" };
        people.push(Person("male", "south", worries, [n % 4 != 0, n % 2 == 1, n % 5 == 0], first));
    }
    people
}

/// The rows that have these cells.
fn find<'p>(rows: &'p [Record], wanted: &[(&str, &str)]) -> Vec<&'p Record> {
    rows.iter().filter(|row| wanted.iter().all(|(column, cell)| row[*column] == *cell)).collect()
}

fn only<'p>(rows: &'p [Record], wanted: &[(&str, &str)]) -> &'p Record {
    let found = find(rows, wanted);
    assert_eq!(found.len(), 1, "{wanted:?}");
    found[0]
}

#[track_caller]
fn close(cell: &str, number: f64) {
    let found: f64 = cell.parse().unwrap_or_else(|_| panic!("`{cell}` is not {number}"));
    assert!((found - number).abs() < 1e-8, "{found} is not {number}");
}

#[test]
fn ranks_ties_and_overlap_by_hand() {
    let pack = pack(&[("baseline", &forty())]);
    let concerns = &pack["concerns.csv"];
    // Of 40: theft 14, land 16, gangs 36, drugs 2, none 4. "None" is no concern and has no rank.
    let ranks = |domain: &str| -> Vec<[String; 6]> {
        find(concerns, &[("domain", domain)])
            .into_iter()
            .map(|row| {
                ["category", "rank", "rank_low", "rank_high", "tied_with", "top_three"]
                    .map(|c| row[c].clone())
            })
            .collect()
    };
    let rows = |text: &[[&str; 6]]| text.iter().map(|row| row.map(str::to_owned)).collect::<Vec<_>>();
    assert_eq!(
        ranks("total"),
        rows(&[
            ["theft", "3", "2", "3", "land", "yes"],
            ["land", "2", "2", "3", "theft", "yes"],
            ["gangs", "1", "1", "1", "", "yes"],
            ["drugs", "4", "4", "4", "", "no"],
            ["none", "", "", "", "", ""],
        ])
    );
    // Of 20 women: theft 14, gangs 18, nobody land or drugs, which tie at the end and are never on top.
    assert_eq!(
        ranks("female"),
        rows(&[
            ["theft", "2", "1", "2", "gangs", "yes"],
            ["land", "3", "3", "4", "drugs", "maybe"],
            ["gangs", "1", "1", "2", "theft", "yes"],
            ["drugs", "3", "3", "4", "land", "maybe"],
            ["none", "", "", "", "", ""],
        ])
    );
    let theft = only(concerns, &[("domain", "female"), ("category", "theft")]);
    assert_eq!((&*theft["top_three_overall"], &*theft["shared_with_overall"]), ("yes", "2"));
    assert_eq!((&*theft["category_label"], &*theft["source"]), ("Theft", "after something"));

    let overlap = &pack["concerns_overlap.csv"];
    let sexes = only(overlap, &[("domain", "female"), ("against_domain", "male")]);
    assert_eq!(sexes["top_three"], "gangs theft");
    assert_eq!(sexes["against_top_three"], "gangs land drugs");
    assert_eq!((&*sexes["shared"], &*sexes["n_shared"]), ("gangs", "1"));
    assert_eq!((&*sexes["n_shared_at_least"], &*sexes["n_shared_at_most"]), ("1", "3"));
}

#[test]
fn what_is_blanked_has_no_rank_no_overlap_and_no_gap() {
    let pack = pack(&[("baseline", &forty())]);
    // West has 3 respondents; the smallest other area, north, protects them.
    for area in ["west", "north"] {
        for row in find(&pack["concerns.csv"], &[("domain", area)]) {
            let cells =
                ["estimate", "rank", "tied_with", "top_three", "shared_with_overall"].map(|c| &*row[c]);
            assert_eq!(cells, [""; 5], "{area}");
            assert!(!row["suppressed"].is_empty());
        }
        let gap = only(&pack["group_gaps.csv"], &[("domain", area), ("indicator", "trust_police")]);
        assert_eq!(["gap", "gap_std_error", "p_value", "certainty"].map(|c| &*gap[c]), [""; 4]);
        for row in find(&pack["concerns_overlap.csv"], &[("domain", area)]) {
            assert_eq!(["top_three", "shared", "n_shared", "n_shared_at_most"].map(|c| &*row[c]), [""; 4]);
        }
    }
    let shown = only(&pack["group_gaps.csv"], &[("domain", "south"), ("indicator", "trust_police")]);
    close(&shown["gap"], 0.75 - 0.5);
}

#[test]
fn what_is_too_imprecise_may_have_any_rank() {
    // Of 40: theft 14, land 16, gangs 36; drugs, 2, has a standard error of 70% of it.
    let pack = pack_of(&[("baseline", &forty())], Some(0.5));
    let of = |domain: &str, category: &str, columns: [&str; 6]| {
        let row = only(&pack["concerns.csv"], &[("domain", domain), ("category", category)]);
        columns.map(|column| row[column].clone())
    };
    let columns = ["rank", "rank_low", "rank_high", "tied_with", "top_three", "suppressed"];
    assert_eq!(of("total", "drugs", columns), ["", "", "", "", "", "precision"]);
    assert_eq!(of("total", "gangs", columns), ["1", "1", "2", "drugs", "yes", ""]);
    assert_eq!(of("total", "theft", columns), ["3", "2", "4", "land drugs", "maybe", ""]);
    assert_eq!(of("total", "land", columns), ["2", "2", "4", "theft drugs", "maybe", ""]);
    // Men: land 16, gangs 18, drugs hidden, nobody theft. It can be among the first three of both.
    let men = only(&pack["concerns_overlap.csv"], &[("domain", "male"), ("against_domain", "total")]);
    assert_eq!(men["top_three"], "gangs land");
    assert_eq!((&*men["shared"], &*men["n_shared_at_most"]), ("gangs land", "3"));
}

#[test]
fn gaps_by_hand() {
    let people = forty();
    let pack = pack(&[("baseline", &people)]);
    // Between groups: 5 of 20 women and 15 of 20 men trust the police. As in a domain of a simple random sample,
    // V = n/(n-1) (p (1-p) / n_women + q (1-q) / n_men).
    let gap = only(&pack["group_gaps.csv"], &[("domain", "female"), ("indicator", "trust_police")]);
    let error = (40.0 / 39.0 * 2.0 * (0.25 * 0.75 / 20.0_f64)).sqrt();
    assert_eq!((&*gap["against_domain"], &*gap["certainty"]), ("male", "certain"));
    close(&gap["gap"], 0.25 - 0.75);
    close(&gap["gap_std_error"], error);
    // Of two groups, only the first is set against the second.
    assert!(find(&pack["group_gaps.csv"], &[("domain", "male"), ("indicator", "trust_police")]).is_empty());

    // A part is less than the whole that it is part of: nothing to test. Two groups may be set against each other.
    let totals = find(&pack["group_gaps.csv"], &[("indicator", "how_many")]);
    assert_eq!(totals.iter().map(|row| &*row["domain"]).collect::<Vec<_>>(), ["female"]);

    // Trust less access: the same respondents answer both, so the error is that of their own differences.
    let gap = only(&pack["provider_gaps.csv"], &[("domain", "total"), ("indicator", "trust_police")]);
    let differences: Vec<f64> =
        people.iter().map(|p| f64::from(u8::from(p.3[0])) - f64::from(u8::from(p.4 == "police"))).collect();
    let mean = differences.iter().sum::<f64>() / 40.0;
    let squares = differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>();
    assert_eq!((&*gap["against_indicator"], &*gap["against_category"]), ("first", "police"));
    close(&gap["gap"], mean);
    close(&gap["gap_std_error"], (40.0 / 39.0 * squares / (40.0 * 40.0)).sqrt());

    // The sectors: the average of trust in police and court, and whoever turns to one of them first.
    let formal = |measure| {
        only(&pack["providers.csv"], &[("provider", "formal"), ("measure", measure), ("domain", "total")])
    };
    close(&formal("trust")["estimate"], 0.5);
    close(&formal("first")["estimate"], (8.0 + 20.0) / 40.0);
    let leads = only(
        &pack["provider_gaps.csv"],
        &[("provider", "formal"), ("measure", "first"), ("domain", "total")],
    );
    close(&leads["gap"], 28.0 / 40.0 - 12.0 / 40.0);
    // Police and elders are named by the choices of the question, court by its indicator, nobody by neither.
    assert!(find(&pack["providers.csv"], &[("category", "nobody")]).is_empty());
}

/// None of eight is no share that is known exactly: the difference has the ranges of both shares, and no standard error.
#[test]
fn a_share_of_nobody_is_not_certain_by_itself() {
    let mut people = forty();
    for (n, person) in people.iter_mut().enumerate() {
        // West: eight people of whom nobody trusts the police; elsewhere five of 32.
        person.1 = if n < 8 { "west" } else { "south" };
        person.3[0] = n >= 35;
    }
    let pack = pack(&[("baseline", &people)]);
    let gap = only(&pack["group_gaps.csv"], &[("domain", "west"), ("indicator", "trust_police")]);
    assert_eq!(
        (&*gap["against_domain"], &*gap["gap_std_error"], &*gap["certainty"]),
        ("total", "", "unclear")
    );
    close(&gap["gap"], -5.0 / 40.0);
    let end = |area: &str, end: &str| {
        let wanted = [("provider", "police"), ("measure", "trust"), ("domain", area)];
        only(&pack["providers.csv"], &wanted)[end].parse::<f64>().unwrap()
    };
    let (west, total) = (end("west", "ci_high"), 5.0 / 40.0 - end("total", "ci_low"));
    close(&gap["gap_ci_high"], -5.0 / 40.0 + (west.powi(2) + total.powi(2)).sqrt());
    assert!(gap["p_value"].parse::<f64>().unwrap() > 0.3, "{}", gap["p_value"]);
    // Nobody of 20 women and 16 of 20 men are another matter.
    let land = &[("domain", "female"), ("indicator", "worries"), ("category", "land")];
    let gap = only(&pack["group_gaps.csv"], land);
    assert_eq!((&*gap["gap_std_error"], &*gap["certainty"]), ("", "certain"));
}

#[test]
fn a_number_of_several_has_the_level_of_its_own_interval() {
    let people = forty();
    let level = |of: &str| {
        let text = INDICATORS.replace(of, &format!("{of}\nci_level = 0.9"));
        let pack = pack_by(&text, &[("baseline", &people)], None);
        let formal = [("provider", "formal"), ("measure", "trust"), ("domain", "total")];
        let row = only(&pack["providers.csv"], &formal).clone();
        let width =
            |row: &Record| row["ci_high"].parse::<f64>().unwrap() - row["ci_low"].parse::<f64>().unwrap();
        (row["ci_level"].clone(), width(&row) / row["std_error"].parse::<f64>().unwrap() / 2.0)
    };
    // The police's at 90% and the court's at 95% make one at the survey's level, t of 39 degrees of freedom.
    let (told, reach) = level("id = \"trust_police\"");
    assert_eq!(told, "0.95");
    assert!((reach - 2.022_690_92).abs() < 1e-6, "{reach}");
}

#[test]
fn rounds_stand_one_after_another() {
    let (all, mut women) = (forty(), forty());
    women.truncate(20);
    let pack = pack(&[("baseline", &all), ("endline", &women)]);
    let trust = |round| {
        let wanted = [("round", round), ("indicator", "trust_police"), ("disaggregation", "total")];
        only(&pack["baseline.csv"], &wanted)["estimate"].clone()
    };
    assert_eq!((&*trust("baseline"), &*trust("endline")), ("0.5", "0.25"));
    assert!(pack["index.csv"].iter().all(|row| row["rounds"] == "baseline endline"));
    // Nobody of the endline is a man: there is nothing to set the women against.
    let gap = only(
        &pack["group_gaps.csv"],
        &[("round", "endline"), ("indicator", "trust_police"), ("domain", "female")],
    );
    assert_eq!((&*gap["gap"], &*gap["certainty"]), ("", ""));
    let change = pack["index.csv"].iter().find(|row| row["file"] == "change.csv").unwrap();
    assert_eq!(
        (&*change["rows"], &*change["how_to_read"]),
        ("0", "Empty: it needs indicators with the topic change.")
    );
}

/// What of the demo's pack stands in the golden file: each table's columns, and of the rows about everybody and about each
/// sex the cells that are the pack's own.
fn summary(files: &[(String, Vec<u8>)]) -> String {
    let mut text = String::new();
    for (name, csv) in files {
        let mut reader = csv::Reader::from_reader(csv.as_slice());
        let columns: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let own = columns.iter().skip_while(|column| Row::COLUMNS.contains(&column.as_str()));
        let own: Vec<&str> = own.map(String::as_str).filter(|column| *column != "source").collect();
        writeln!(text, "# {name}: {}", own.join(", ")).unwrap();
        for row in records(csv) {
            let of = |column: &str| row.get(column).map_or("", String::as_str);
            if !["", "total", "resp_sex"].contains(&of("disaggregation")) || name == "baseline.csv" {
                continue;
            }
            let before = ["indicator", "category", "domain", "estimate"]
                .iter()
                .filter(|c| columns.contains(&(**c).to_owned()));
            let cells: Vec<String> = before.chain(&own).map(|column| short(of(column))).collect();
            writeln!(text, "{}", cells.join(" | ").trim_end()).unwrap();
        }
    }
    text
}

/// Four digits say enough, and are the same on every machine.
fn short(cell: &str) -> String {
    match cell.parse::<f64>() {
        Ok(number) if cell.contains('.') => format!("{number:.4}"),
        _ => cell.to_owned(),
    }
}

#[test]
fn the_demos_pack() {
    let folder = tempfile::tempdir().unwrap();
    assert!(support::doorstep(folder.path(), &["demo"], "").status.success());
    let demo = folder.path().join("demo");
    let run = |arguments: &[&str]| support::doorstep(&demo, arguments, "");
    let output = run(&["assess", "--out", "pack"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read = |name: &str| fs::read(demo.join("pack").join(name)).unwrap();
    let index = records(&read("index.csv"));
    let mut files: Vec<(String, Vec<u8>)> = vec![(String::from("index.csv"), read("index.csv"))];
    for row in &index {
        files.push((row["file"].clone(), read(&row["file"])));
    }
    assert_eq!(fs::read_dir(demo.join("pack")).unwrap().count(), files.len(), "the index lists every file");
    let found = summary(&files);
    let golden = support::root().join("fixtures/assessment/demo.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(golden.parent().unwrap()).unwrap();
        fs::write(&golden, &found).unwrap();
    }
    assert!(
        fs::read_to_string(&golden).unwrap_or_default() == found,
        "UPDATE_GOLDEN=1 rewrites {}",
        golden.display()
    );

    // The baseline begins with the very cells of `doorstep indicators`.
    let numbers = records(&run(&["indicators"]).stdout);
    let baseline = records(&read("baseline.csv"));
    assert_eq!(numbers.len(), baseline.len());
    for (number, row) in numbers.iter().zip(&baseline) {
        assert!(number.iter().all(|(column, cell)| row[column] == *cell), "{}", number["indicator"]);
    }
    // A gap is what the published numbers on its two sides say, and is there only where both are.
    let mut compared = 0;
    for file in ["group_gaps.csv", "provider_gaps.csv"] {
        for row in records(&read(file)) {
            let sides = row["estimate"].parse::<f64>().ok().zip(row["against_estimate"].parse::<f64>().ok());
            assert_eq!(sides.is_some(), !row["gap"].is_empty(), "{file} {}", row["indicator"]);
            if let Some((one, other)) = sides {
                close(&row["gap"], one - other);
                compared += 1;
            }
        }
    }
    assert!(compared > 500);

    // What disclosure control has blanked has no number of any kind, in any file.
    let mut blanked = 0;
    for (name, csv) in &files {
        for row in records(csv) {
            if row.get("suppressed").is_none_or(String::is_empty) {
                continue;
            }
            blanked += 1;
            for column in [
                "estimate",
                "ci_low",
                "n_unweighted",
                "rank",
                "rank_low",
                "tied_with",
                "top_three",
                "gap",
                "p_holm",
            ] {
                assert_eq!(row.get(column).map_or("", String::as_str), "", "{name}: {column}");
            }
        }
    }
    assert!(blanked > 20);

    over_what_it_writes(&demo, &run);
}

/// A pack replaces an earlier pack and nothing else.
fn over_what_it_writes(demo: &Path, run: &dyn Fn(&[&str]) -> std::process::Output) {
    let refused = |arguments: &[&str], why: &str| {
        let output = run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(why) && said.contains("help: "), "{said}");
    };
    let before = fs::read(demo.join("pack/concerns.csv")).unwrap();
    refused(&["assess", "--out", "pack"], "pack exists already");
    let again = run(&["assess", "--out", "pack", "--force", "--language", "ar", "--round", "baseline"]);
    assert!(again.status.success());
    assert_ne!(fs::read(demo.join("pack/concerns.csv")).unwrap(), before, "labels are Arabic now");
    fs::write(demo.join("pack/notes.txt"), "mine").unwrap();
    refused(&["assess", "--out", "pack", "--force"], "also holds notes.txt");
    assert_eq!(fs::read_to_string(demo.join("pack/notes.txt")).unwrap(), "mine");
    refused(&["assess", "--out", "data", "--force"], "holds no earlier assessment pack");
    refused(&["assess", "--out", "survey.toml"], "is not a folder");
    refused(&["assess", "--out", "new", "--round", "basline"], "no round `basline`");
    refused(&["assess", "--out", "new", "--language", "xx"], "no language `xx`");
    assert!(!demo.join("new").exists());
    let left: Vec<_> = fs::read_dir(demo).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".doorstep")), "{left:?}");
}

#[test]
fn without_interviews_there_is_no_pack() {
    let folder = tempfile::tempdir().unwrap();
    assert!(support::doorstep(folder.path(), &["new", "s"], "").status.success());
    let output = support::doorstep(&folder.path().join("s"), &["assess", "--out", "pack"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("there are no interviews"));
    assert!(!folder.path().join("s/pack").exists());
}
