//! Scripts that declare the sampling design.

use std::fs;

use super::readers::r;
use super::{done, survey};

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
        script
            .contains("merge m:1 _interview using \"interviews.dta\", keepusing(_stratum _psu _weight _fpc)"),
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
