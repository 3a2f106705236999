//! What people are told about mistakes in `survey.toml`, `indicators.toml` and the frame.
//! `UPDATE_GOLDEN=1` rewrites the expected texts.

use std::fs;
use std::path::PathBuf;

use doorstep::dataset::Dataset;
use doorstep::diagnostic::{Report, Span};
use doorstep::fieldwork::{Frame, Survey};
use doorstep::indicators::{self, Sector, Topic};

use crate::support;

fn fixtures(folder: &str) -> PathBuf {
    support::root().join("fixtures").join(folder)
}

/// Compares what every file of a folder with this extension gives with the text beside it.
fn golden(folder: &str, extension: &str, diagnose: impl Fn(&str, &str) -> Report) {
    let mut seen = 0;
    let mut wrong = Vec::new();
    let mut files: Vec<PathBuf> =
        fs::read_dir(fixtures(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == extension)) {
        seen += 1;
        let text = fs::read_to_string(file).unwrap();
        let mut report = diagnose(file.file_name().unwrap().to_str().unwrap(), &text);
        report.sort();
        let drawn = report.render(false);
        let expected = file.with_extension("txt");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&expected, &drawn).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != drawn {
            wrong.push(format!("{}:\n{drawn}", file.display()));
        }
    }
    assert!(seen > 0, "no .{extension} in {folder}");
    assert!(wrong.is_empty(), "UPDATE_GOLDEN=1 rewrites these:\n{}", wrong.join("\n"));
}

#[test]
fn mistakes_in_survey_toml() {
    golden("diagnostics-survey", "toml", |name, text| {
        let mut report = Report::default();
        assert!(Survey::read(text, name, &mut report).is_none(), "{name} was accepted");
        report
    });
}

/// A right `survey.toml` with a frame.
const SURVEY: &str = "format = 1\nid = \"s\"\ntitle = \"S\"\nquestionnaire = \"q\"\nstore = \"s.db\"\n\
                      round = \"r\"\nrounds.r.label = \"R\"\n\
                      design = { frame = \"frame.csv\", key = \"cluster\" }\n";

#[test]
fn mistakes_in_the_frame() {
    golden("diagnostics-survey", "csv", |name, text| {
        let mut report = Report::default();
        let survey = Survey::read(SURVEY, "survey.toml", &mut report).expect("the survey is right");
        let source = survey.design.frame.expect("it has a frame");
        assert!(Frame::read(text, name, &source.key, &mut report).is_none(), "{name} was accepted");
        report
    });
}

#[test]
fn mistakes_in_indicators_toml() {
    let questionnaire =
        support::compiled(&support::bundle(&fixtures("diagnostics-indicators/questionnaire")));
    golden("diagnostics-indicators", "toml", |name, text| {
        let dataset = Dataset::new(&questionnaire);
        let mut report = Report::default();
        let definitions = indicators::compile(text, name, &dataset, &mut report);
        assert!(definitions.is_none(), "{name} was accepted");
        report
    });
}

#[test]
fn the_shipped_indicators_have_no_mistakes() {
    let folder = support::root().join("questionnaires/community-security");
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let mut dataset = Dataset::new(&support::community_security());
    let mut report = Report::default();
    let source = Survey::read(SURVEY, "survey.toml", &mut report).unwrap().design.frame.unwrap();
    let frame = Frame::read(&read("frame.csv"), "frame.csv", &source.key, &mut report).unwrap();
    assert!(frame.attach(&mut dataset, &mut report).is_some());
    let definitions = indicators::compile(&read("indicators.toml"), "indicators.toml", &dataset, &mut report);
    assert_eq!(report.diagnostics.len(), 0, "{}", report.render(false));
    let mut definitions = definitions.unwrap();
    assert!(!definitions.is_empty());
    // Reports and assessments find every number, and name where it truly comes from.
    for about in definitions.about() {
        assert!(about.topic.is_some() && about.source.is_some(), "{}", about.id);
        let trusts = about.topic == Some(Topic::Trust);
        assert_eq!(trusts, about.provider.is_some(), "{}", about.id);
    }
    let police = definitions.about().find(|about| about.id == "trust_police").unwrap().provider.unwrap();
    assert_eq!((&*police.name, &*police.label, police.sector), ("police", "Police", Sector::Formal));
    let titles = |d: &indicators::Definitions<'_>| d.about().map(|a| a.title.to_owned()).collect::<Vec<_>>();
    let english = titles(&definitions);
    for tag in ["ar", "bn", "sw"] {
        let name = format!("indicators.{tag}.toml");
        definitions.translate(&read(&name), &name, &mut report);
        assert_eq!(report.diagnostics.len(), 0, "{}", report.render(false));
        // Every title is named anew.
        assert!(titles(&definitions).iter().all(|title| !english.contains(title)), "{name}");
    }
}

#[test]
fn a_part_of_escaped_text_points_at_the_whole() {
    let text = "format = 1\nid = \"s\"\ntitle = \"S\"\nquestionnaire = \"q\"\nstore = \"s.db\"\nround = \"r\"\n\
                rounds.r.label = \"R\"\ndesign = { weight = \"\\u0024{w}\", psu = '${psu}' }\n";
    let mut report = Report::default();
    let survey = Survey::read(text, "survey.toml", &mut report).expect("the survey is right");
    let place = |span: Span| text[span.range].to_owned();
    let weight = survey.design.weight.unwrap();
    assert_eq!(weight.text, "${w}");
    assert_eq!(place(weight.part(&(2..3))), "\"\\u0024{w}\"");
    assert_eq!(place(survey.design.psu.unwrap().part(&(2..5))), "psu");
}
