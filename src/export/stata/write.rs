//! A data set from its beginning to its end.

use std::io::{self, Seek, SeekFrom, Write};

use super::field::{Field, fields};
use super::labels::{Set, Sets};
use super::rows;
use crate::export::shorten::{self, How, IN_CODEBOOK, Shortened};
use crate::export::{ExportError, Plan, PlannedTable};

/// How many characters of a label Stata keeps.
const LONGEST_LABEL: usize = 80;

/// How many bytes a note has room for.
const LONGEST_NOTE: usize = 67_784;
/// How many variables a data set has room for, in any edition of Stata.
const MOST_VARIABLES: usize = 32_767;

/// Writes a table, whose names must be valid in Stata ([`STATA`](crate::export::names::STATA)).
///
/// # Errors
/// The table has more variables than Stata takes, or the writer failed.
pub fn write(
    plan: &Plan<'_>,
    table: &PlannedTable<'_>,
    to: impl Write + Seek,
) -> Result<Vec<Shortened>, ExportError> {
    let fields = fields(table);
    if fields.len() > MOST_VARIABLES {
        return Err(ExportError::refused(
            format!(
                "the table `{}` has {} variables, and Stata takes {MOST_VARIABLES}",
                table.name,
                fields.len()
            ),
            "Choose variables with `--only`, write `--multiple joined`, or export CSV or Parquet.",
        ));
    }
    let mut shortened = Vec::new();
    let sets = Sets::new(plan, &fields, &mut shortened);
    let mut out = Parts { to, map: vec![0], at: 0 };
    let label = format!("{} {}, {}", plan.dataset.questionnaire, plan.dataset.version, table.name);
    out.put(&header(fields.len(), table.rows.len(), &label))?;
    let map_at = out.begin("map")?;
    out.put(&[0; 14 * 8])?;
    out.end("map")?;
    out.part(
        "variable_types",
        &fields.iter().flat_map(|f| f.storage.code().to_le_bytes()).collect::<Vec<_>>(),
    )?;
    out.part("varnames", &fields.iter().flat_map(|f| fixed(f.name, 129)).collect::<Vec<_>>())?;
    out.part("sortlist", &vec![0; 2 * (fields.len() + 1)])?;
    out.part("formats", &fields.iter().flat_map(|f| fixed(&f.format(), 57)).collect::<Vec<_>>())?;
    let language = plan.options.language;
    let of_field = |n: usize| fixed(sets.name_of(n, language), 129);
    out.part("value_label_names", &(0..fields.len()).flat_map(of_field).collect::<Vec<_>>())?;
    let mut labels = Vec::new();
    for field in &fields {
        let whole = field.source.label(table, language);
        let is_cut = |language| field.source.label(table, language).chars().count() > LONGEST_LABEL;
        if (0..plan.dataset.languages.len()).any(is_cut) {
            shortened.push(Shortened {
                what: "labels of variables",
                how: How::Cut("80 characters"),
                whole: IN_CODEBOOK,
                name: field.name.to_owned(),
            });
        }
        labels.extend(fixed(&shorten::characters(&whole, LONGEST_LABEL).unwrap_or(whole), 321));
    }
    out.part("variable_labels", &labels)?;
    out.part("characteristics", &characteristics(plan, table, &fields, &sets))?;
    out.begin("data")?;
    rows::write(table, &fields, &mut out)?;
    out.end("data")?;
    out.begin("strls")?;
    rows::write_long_texts(table, &fields, &mut out)?;
    out.end("strls")?;
    out.part("value_labels", &sets.all().flat_map(value_labels).collect::<Vec<_>>())?;
    out.map.push(out.at);
    out.put(b"</stata_dta>")?;
    out.map.push(out.at);
    // Where each part begins is known only now.
    let map: Vec<u8> = out.map.iter().flat_map(|at| at.to_le_bytes()).collect();
    out.to.seek(SeekFrom::Start(map_at))?;
    out.to.write_all(&map)?;
    out.to.seek(SeekFrom::End(0))?;
    out.to.flush()?;
    Ok(shortened)
}

/// The parts of a data set, and where they began.
struct Parts<W> {
    to: W,
    map: Vec<u64>,
    at: u64,
}

impl<W: Write> Parts<W> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    /// Opens a part, and gives where its content begins.
    fn begin(&mut self, name: &str) -> io::Result<u64> {
        self.map.push(self.at);
        self.put(format!("<{name}>").as_bytes())?;
        Ok(self.at)
    }

    fn end(&mut self, name: &str) -> io::Result<()> {
        self.put(format!("</{name}>").as_bytes())
    }

    fn part(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        self.begin(name)?;
        self.put(content)?;
        self.end(name)
    }
}

impl<W: Write> Write for Parts<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.at += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Small numbers first; no time, so that the same data give the same bytes.
fn header(variables: usize, rows: usize, label: &str) -> Vec<u8> {
    let label = shorten::characters(label, LONGEST_LABEL).unwrap_or_else(|| label.to_owned());
    let mut header = b"<stata_dta><header><release>118</release><byteorder>LSF</byteorder><K>".to_vec();
    header.extend((variables as u16).to_le_bytes());
    header.extend(b"</K><N>");
    header.extend((rows as u64).to_le_bytes());
    header.extend(b"</N><label>");
    header.extend((label.len() as u16).to_le_bytes());
    header.extend(label.as_bytes());
    header.extend(b"</label><timestamp>\0</timestamp></header>");
    header
}

/// A text in so many bytes, with zeros after it.
fn fixed(text: &str, width: usize) -> Vec<u8> {
    let mut bytes = text.as_bytes()[..text.floor_char_boundary(width - 1)].to_vec();
    bytes.resize(width, 0);
    bytes
}

/// Notes, and the labels of the other languages as `label language` keeps them.
fn characteristics(
    plan: &Plan<'_>,
    table: &PlannedTable<'_>,
    fields: &[Field<'_, '_>],
    sets: &Sets,
) -> Vec<u8> {
    let mut all = Vec::new();
    let mut put = |variable: &str, name: &str, content: &str| {
        all.extend(b"<ch>");
        all.extend((2 * 129 + content.len() as u32 + 1).to_le_bytes());
        all.extend(fixed(variable, 129));
        all.extend(fixed(name, 129));
        all.extend(content.as_bytes());
        all.extend(b"\0</ch>");
    };
    let data = plan.dataset;
    let languages: Vec<String> = data.languages.iter().map(|tag| tag.replace('-', "_")).collect();
    let current = plan.options.language;
    let notes = [
        format!("Doorstep: questionnaire {}, version {}, table {}", data.questionnaire, data.version, table.name),
        format!("Keys: {}", table.keys.join(" ")),
        "Why there is no answer: .a don't know, .b refused, .c does not apply, .d not alone, .e not asked, .f not reached"
            .to_owned(),
    ];
    put("_dta", "note0", &notes.len().to_string());
    for (number, note) in (1..).zip(&notes) {
        put("_dta", &format!("note{number}"), note);
    }
    put("_dta", "_lang_list", &languages.join(" "));
    put("_dta", "_lang_c", languages.get(current).map_or("default", String::as_str));
    for (place, field) in fields.iter().enumerate() {
        let whole = field.source.label(table, current);
        if whole.chars().count() > LONGEST_LABEL {
            put(field.name, "note0", "1");
            put(field.name, "note1", &shorten::bytes(&whole, LONGEST_NOTE).unwrap_or(whole));
        }
        for (language, tag) in languages.iter().enumerate().filter(|(language, _)| *language != current) {
            let label = field.source.label(table, language);
            let label = shorten::characters(&label, LONGEST_LABEL).unwrap_or(label);
            if !label.is_empty() {
                put(field.name, &format!("_lang_v_{tag}"), &label);
            }
            let values = sets.name_of(place, language);
            if !values.is_empty() {
                put(field.name, &format!("_lang_l_{tag}"), values);
            }
        }
    }
    all
}

/// The labels of values under one name.
fn value_labels(set: &Set) -> Vec<u8> {
    let mut texts = Vec::new();
    let mut offsets: Vec<u8> = Vec::new();
    for (_, label) in &set.labels {
        offsets.extend((texts.len() as u32).to_le_bytes());
        texts.extend(label.as_bytes());
        texts.push(0);
    }
    let mut table = Vec::new();
    table.extend((set.labels.len() as u32).to_le_bytes());
    table.extend((texts.len() as u32).to_le_bytes());
    table.extend(offsets);
    table.extend(set.labels.iter().flat_map(|(value, _)| value.to_le_bytes()));
    table.extend(texts);
    let mut record = b"<lbl>".to_vec();
    record.extend((table.len() as u32).to_le_bytes());
    record.extend(fixed(&set.name, 129));
    record.extend([0; 3]);
    record.extend(table);
    record.extend(b"</lbl>");
    record
}
