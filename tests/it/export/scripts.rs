//! Scripts that declare the sampling design.

use std::fs;

use super::readers::r;
use super::{done, survey};
use crate::support;

const DESIGN: &str = "[design]\nstratum = \"if(${change} < 0, 'west', 'east')\"\npsu = \"concat('p', ${change})\"\nweight = \"2.5\"\n\
                      fpc = \"40\"\nlonely_psu = \"adjust\"\n";

#[test]
fn each_table_has_a_script_for_its_program() {
    let folder = survey(super::QUESTIONNAIRE, DESIGN, super::ANSWERS);
    let folder = folder.path();
    done(folder, &["export", "stata", "--out", "dta"]);
    let script = fs::read_to_string(folder.join("dta/interviews.do")).unwrap();
    assert!(
        script.contains("svyset _psu [pweight = _weight], strata(_stratum) fpc(_fpc) singleunit(centered)"),
        "{script}"
    );
    let script = fs::read_to_string(folder.join("dta/people.do")).unwrap();
    assert!(
        script.contains("use _interview _stratum _psu _weight _fpc using \"interviews.dta\", clear\n")
            && script.contains("merge 1:m _interview using \"people.dta\", keep(master match)\n")
            && script.contains("svy, subpop(d_row)"),
        "{script}"
    );
    done(folder, &["export", "spss", "--out", "sav"]);
    let script = fs::read_to_string(folder.join("sav/interviews.sps")).unwrap();
    assert!(
        script.contains(
            "/DESIGN STRATA=d_stratum CLUSTER=d_psu\n  /ESTIMATOR TYPE=EQUAL_WOR\n  /POPSIZE VARIABLE=d_fpc."
        ),
        "{script}"
    );
    let script = fs::read_to_string(folder.join("sav/people.sps")).unwrap();
    assert!(script.contains("MATCH FILES /FILE=* /TABLE=d_design /BY d_interview."), "{script}");
    assert!(
        script.contains("ADD FILES /FILE=* /FILE=d_design.") && script.contains("/SUBPOP TABLE=d_row"),
        "{script}"
    );
}

#[test]
fn a_unit_in_two_strata_is_not_guessed_to_be_two() {
    let design = DESIGN.replace("concat('p', ${change})", "'one'");
    let folder = survey(super::QUESTIONNAIRE, &design, super::ANSWERS);
    for arguments in [&["export", "csv", "--out", "out"][..], &["export", "stata", "--out", "out"]] {
        let output = support::doorstep(folder.path(), arguments, "");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{said}");
        assert!(said.contains("PSU `one` stands in the strata `west` and `east`"), "{said}");
        assert!(said.contains("nest = true"), "{said}");
        assert!(!folder.path().join("out").exists());
    }
    let folder = survey(super::QUESTIONNAIRE, &format!("{design}nest = true\n"), super::ANSWERS);
    done(folder.path(), &["export", "csv", "--out", "out"]);
    let script = fs::read_to_string(folder.path().join("out/interviews.R")).unwrap();
    assert!(script.contains("ids = ~`_psu`") && script.contains("nest = TRUE"), "{script}");
}

#[test]
fn a_design_without_units_or_strata_has_interviews_as_units() {
    let folder = super::folder();
    let folder = folder.path();
    done(folder, &["export", "stata", "--out", "dta"]);
    let script = fs::read_to_string(folder.join("dta/interviews.do")).unwrap();
    assert!(script.contains("svyset _n [pweight = _weight], singleunit(missing)"), "{script}");
    let script = fs::read_to_string(folder.join("dta/people.do")).unwrap();
    assert!(script.contains("egen long d_unit = group(_interview)\n"), "{script}");
    done(folder, &["export", "spss", "--out", "sav"]);
    let script = fs::read_to_string(folder.join("sav/interviews.sps")).unwrap();
    assert!(script.contains("/DESIGN\n  /ESTIMATOR TYPE=WR."), "{script}");
    done(folder, &["export", "csv", "--out", "none", "--without", "_weight"]);
    assert!(!folder.join("none/interviews.R").exists(), "there is nothing to weigh with");
    let folder = survey(super::QUESTIONNAIRE, DESIGN, super::ANSWERS);
    let folder = folder.path();
    done(folder, &["export", "csv", "--out", "other", "--without", "_psu"]);
    assert!(!folder.join("other/interviews.R").exists(), "without its units it would be another design");
}

/// What stands in for R's `survey`: it looks at what a design is made from as `svydesign` does.
const SURVEY: &str = r#"
library <- function(...) invisible(NULL)
svydesign <- function(ids, strata = NULL, weights, fpc = NULL, data, nest) {
  columns <- lapply(list(ids, strata, weights, fpc), function(f) if (is.null(f)) NULL else model.frame(f, data, na.action = na.fail))
  list(n = nrow(data), columns = columns, lonely = getOption("survey.lonely.psu"), nest = nest)
}
subset <- function(design, rows) design
for (table in c("interviews", "people")) {
  source(paste0(table, ".R"), local = TRUE, encoding = "UTF-8")
  cat(table, design$n, design$lonely, unlist(lapply(design$columns, function(c) as.character(c[[1]]))), "\n")
}
"#;

#[test]
fn r_reads_the_files_and_finds_the_design_in_them() {
    let folder = survey(super::QUESTIONNAIRE, DESIGN, super::ANSWERS);
    for (out, more) in [("sheet", ["--all", "--force"]), ("raw", ["--all", "--raw"])] {
        done(folder.path(), &[["export", "csv", "--out", out].as_slice(), &more].concat());
        let Some(printed) = r(&folder.path().join(out), SURVEY) else { return };
        assert!(printed.contains("interviews 2 adjust p-3 p0 west east 2.5 2.5 40 40 \n"), "{printed}");
        assert!(printed.contains("people 4 adjust p-3 p-3 p0 p0 west west east east 2.5"), "{printed}");
    }
}

/// Where R has `survey`, what it estimates from the demo's export is what Doorstep says.
#[test]
fn r_estimates_what_doorstep_does() {
    const SCRIPT: &str = r#"
if (!requireNamespace("survey", quietly = TRUE)) { cat("no survey"); quit() }
source("interviews.R")
valid <- subset(design, safe_after_dark != "")
safe <- svymean(~I(safe_after_dark %in% c("very_safe", "fairly_safe")), valid)
cat(sprintf("%.9f %.9f", safe[[2]], survey::SE(safe)[[2]]))
"#;
    let folder = tempfile::tempdir().unwrap();
    done(folder.path(), &["demo"]);
    done(&folder.path().join("demo"), &["export", "csv", "--out", "csv"]);
    let Some(printed) = r(&folder.path().join("demo/csv"), SCRIPT) else { return };
    let Some(estimate) = printed.lines().last().filter(|last| *last != "no survey") else { return };
    let rows = super::rows(&folder.path().join("demo/indicators.csv"));
    let total =
        rows.iter().find(|row| row["indicator"] == "safe_after_dark" && row["disaggregation"] == "total");
    let said = ["estimate", "std_error"].map(|column| total.unwrap()[column].parse::<f64>().unwrap());
    assert_eq!(estimate, format!("{:.9} {:.9}", said[0], said[1]));
}

/// Interviews of which some have no row in the roster.
const HOUSEHOLDS: &str = r#"
format = 1
id = "households"
version = "1"
language = "en"
title = "Households"

[[sections]]
name = "only"
label = "Only"

[[sections.questions]]
name = "village"
type = "integer"
label = "Village"

[[sections.questions]]
name = "size"
type = "integer"
label = "Size"

[[sections.questions]]
name = "people"
type = "roster"
label = "People"
count = "${size}"
[[sections.questions.questions]]
name = "age"
type = "integer"
label = "Age"
"#;

const VILLAGES: &str = "[design]\nstratum = \"if(${village} > 6, 'hills', 'plain')\"\npsu = \"${village}\"\n\
                        weight = \"1 + ${village} div 10\"\nlonely_psu = \"fail\"\n";

fn households() -> tempfile::TempDir {
    let household = |n: u64| {
        let (village, size) = (n % 12 + 1, if n % 12 < 3 { 0 } else { n * 7 % 4 });
        let people: Vec<_> =
            (0..size).map(|person| serde_json::json!({ "age": (n * 31 + person * 17) % 80 })).collect();
        let answers = serde_json::json!({ "village": village, "size": size, "people": people });
        format!(
            "{}\n",
            serde_json::json!({"enumerator": "a", "started": format!("2026-03-02T09:{n:02}:00+03:00"), "answers": answers})
        )
    };
    let answers: String = (0..60).map(household).collect();
    let folder = survey(HOUSEHOLDS, VILLAGES, &answers);
    let toml = folder.path().join("survey.toml");
    let text = fs::read_to_string(&toml).unwrap();
    fs::write(&toml, text.replacen("store =", "indicators = \"indicators.toml\"\nstore =", 1)).unwrap();
    let indicators = "format = 1\n[[indicators]]\nid = \"age\"\ntitle = \"Age\"\nkind = \"mean\"\nunit = \"people\"\n\
                      of = \"${age}\"\nbase = \"valid\"\n";
    fs::write(folder.path().join("indicators.toml"), indicators).unwrap();
    folder
}

/// Where whole villages have no rows, the design must keep them: what R makes of the script is what Doorstep says.
#[test]
fn interviews_without_rows_stay_in_the_design() {
    const SCRIPT: &str = r#"
if (!requireNamespace("survey", quietly = TRUE)) { cat("no survey"); quit() }
source("people.R")
age <- svymean(~age, design)
cat(sprintf("%.9f %.9f %d", age[[1]], survey::SE(age)[[1]], survey::degf(design)))
"#;
    let survey = households();
    let folder = survey.path();
    done(folder, &["indicators", "--out", "indicators.csv"]);
    done(folder, &["export", "csv", "--out", "csv"]);
    let Some(printed) = r(&folder.join("csv"), SCRIPT) else { return };
    let Some(estimate) = printed.lines().last().filter(|last| *last != "no survey") else { return };
    let row = &super::rows(&folder.join("indicators.csv"))[0];
    let said = ["estimate", "std_error", "df"].map(|column| row[column].parse::<f64>().unwrap());
    let found: Vec<f64> = estimate.split(' ').map(|number| number.parse().unwrap()).collect();
    assert!(said.iter().zip(&found).all(|(said, found)| (said - found).abs() < 2e-8), "{said:?} {found:?}");
}
