//! A codebook as XML by DDI-Codebook 2.5 (DDI Alliance), which archives and data catalogues read.
//!
//! The order of elements is that of the standard's schema. It describes the files that `export csv` writes; what stays inside
//! is not in it.

mod variable;
mod xml;

use std::collections::BTreeMap;
use std::io::{self, Write};

use self::xml::Xml;
use super::codebook::Codebook;
use super::{Cell, Plan, PlannedTable, Variable, What};
use crate::dataset::{ROUND, STARTED};

/// What the survey says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Study {
    /// Its name, stable.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How the sample was drawn, in words.
    pub sampling: Option<String>,
    /// How interviews are weighted, in words.
    pub weighting: Option<String>,
}

/// Writes the codebook, and gives in the place of how many characters, which XML cannot hold, a mark stands
/// ([`LOST`](super::LOST)).
///
/// # Errors
/// The writer failed.
pub fn write(book: &Codebook<'_>, study: &Study, to: impl Write) -> io::Result<usize> {
    let mut xml = Xml::new(to)?;
    let language = book.plan.dataset.languages.first().map_or("en", String::as_str);
    let root = [
        ("xmlns", "ddi:codebook:2_5"),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        (
            "xsi:schemaLocation",
            "ddi:codebook:2_5 http://www.ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd",
        ),
        ("version", "2.5"),
        ("xml:lang", language),
    ];
    xml.within("codeBook", &root, |xml| {
        document(book, study, xml)?;
        self::study(book, study, xml)?;
        for (place, table) in book.plan.tables.iter().enumerate() {
            file(place, table, xml)?;
        }
        data(book, xml)
    })?;
    xml.end()
}

/// About this document.
fn document<W: Write>(book: &Codebook<'_>, study: &Study, xml: &mut Xml<W>) -> io::Result<()> {
    xml.within("docDscr", &[], |xml| {
        xml.within("citation", &[], |xml| {
            xml.within("titlStmt", &[], |xml| {
                xml.text("titl", &[], &format!("Codebook: {}", study.title))?;
                xml.text("IDNo", &[], &format!("{}-{}", study.id, book.questionnaire.version))
            })?;
            xml.within("prodStmt", &[], |xml| {
                xml.text("software", &[("version", env!("CARGO_PKG_VERSION"))], "Doorstep")
            })
        })
    })
}

/// About the survey.
fn study<W: Write>(book: &Codebook<'_>, study: &Study, xml: &mut Xml<W>) -> io::Result<()> {
    let languages = &book.questionnaire.languages;
    xml.within("stdyDscr", &[], |xml| {
        xml.within("citation", &[], |xml| {
            xml.within("titlStmt", &[], |xml| {
                xml.text("titl", &[], &study.title)?;
                for (language, tag) in languages.iter().enumerate() {
                    let title = book.questionnaire.title.source(language);
                    let name = if language == 0 { "altTitl" } else { "parTitl" };
                    xml.text(name, &[("xml:lang", tag)], &title)?;
                }
                xml.text("IDNo", &[], &study.id)
            })?;
            xml.within("verStmt", &[], |xml| xml.text("version", &[], &book.questionnaire.version))
        })?;
        xml.within("stdyInfo", &[], |xml| {
            xml.within("sumDscr", &[], |xml| {
                for (round, (first, last)) in days(book.plan) {
                    xml.text("collDate", &[("date", &first), ("event", "start"), ("cycle", &round)], &first)?;
                    xml.text("collDate", &[("date", &last), ("event", "end"), ("cycle", &round)], &last)?;
                }
                xml.text("anlyUnit", &[], "Interviews and, in the files of rosters, their rows")?;
                xml.text("dataKind", &[], "survey data")
            })
        })?;
        xml.within("method", &[], |xml| {
            xml.within("dataColl", &[], |xml| {
                if let Some(sampling) = &study.sampling {
                    xml.text("sampProc", &[], sampling)?;
                }
                xml.text("collMode", &[], "Face-to-face interview, computer-assisted")?;
                let instrument = format!("Questionnaire {} {}", book.questionnaire.id, book.questionnaire.version);
                xml.text("resInstru", &[], &instrument)?;
                match &study.weighting {
                    Some(weighting) => xml.text("weight", &[], weighting),
                    None => Ok(()),
                }
            })
        })?;
        xml.within("dataAccs", &[], |xml| {
            xml.within("useStmt", &[], |xml| {
                let inside = match book.plan.kept_back.len() {
                    0 => "No variable was left out.".to_owned(),
                    n => format!(
                        "{n} questions were left out: those that tell who a respondent is, that could harm, that hold \
                         people's own words, or that were not wanted."
                    ),
                };
                xml.text("restrctn", &[], &inside)
            })
        })
    })
}

/// The first and the last day of the interviews of each round.
fn days(plan: &Plan<'_>) -> BTreeMap<String, (String, String)> {
    let mut days: BTreeMap<String, (String, String)> = BTreeMap::new();
    let Some(table) = plan.tables.first() else { return days };
    let column = |name| table.table.column(name);
    let (Some(rounds), Some(started)) = (column(ROUND), column(STARTED)) else { return days };
    let started = Variable { name: String::new(), column: started, what: What::Value };
    for row in table.rows.iter() {
        let (Some(round), Cell::Moment(moment)) = (rounds.value(row), started.cell(row)) else { continue };
        let day = moment.format("%Y-%m-%d").to_string();
        let known = days.entry(round.to_string()).or_insert_with(|| (day.clone(), day.clone()));
        if day < known.0 {
            known.0 = day;
        } else if day > known.1 {
            known.1 = day;
        }
    }
    days
}

fn file_id(place: usize) -> String {
    format!("F{}", place + 1)
}

/// About the file of a table.
fn file<W: Write>(place: usize, table: &PlannedTable<'_>, xml: &mut Xml<W>) -> io::Result<()> {
    xml.within("fileDscr", &[("ID", &file_id(place))], |xml| {
        xml.within("fileTxt", &[], |xml| {
            xml.text("fileName", &[], &format!("{}.csv", table.name))?;
            let what = match table.table.parent {
                None => "One row for each interview.".to_owned(),
                Some(_) => format!("One row for each row of the roster {}.", table.table.name),
            };
            xml.text("fileCont", &[], &format!("{what} Keys: {}.", table.keys.join(", ")))?;
            xml.within("dimensns", &[], |xml| {
                xml.text("caseQnty", &[], &table.rows.len().to_string())?;
                xml.text("varQnty", &[], &(table.keys.len() + table.variables.len()).to_string())
            })?;
            xml.text("fileType", &[("charset", "UTF-8")], "CSV")
        })
    })
}

/// The groups of variables, and the variables.
fn data<W: Write>(book: &Codebook<'_>, xml: &mut Xml<W>) -> io::Result<()> {
    let numbered = variable::numbered(book);
    xml.within("dataDscr", &[], |xml| {
        variable::groups(book, &numbered, xml)?;
        for variable in &numbered {
            variable.write(book, xml)?;
        }
        Ok(())
    })
}
