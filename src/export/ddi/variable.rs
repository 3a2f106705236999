//! Variables, and the groups that they belong to.

use std::io::{self, Write};

use super::file_id;
use super::xml::Xml;
use crate::dataset::List;
use crate::dataset::design::WEIGHT;
use crate::export::codebook::{Codebook, Entry};
use crate::export::{Kind, Missings, Variable, What};
use crate::questionnaire::Input;
use crate::value::Missing;

/// A variable with its identifier in the document.
pub(super) struct Numbered<'b> {
    id: String,
    file: String,
    name: &'b str,
    /// What is known of it; nothing of keys.
    about: Option<(&'b Entry<'b>, &'b Variable<'b>)>,
}

/// All variables in the order of their files.
pub(super) fn numbered<'b>(book: &'b Codebook<'b>) -> Vec<Numbered<'b>> {
    let mut numbered: Vec<Numbered<'b>> = Vec::new();
    for (place, table) in book.plan.tables.iter().enumerate() {
        let entries = book.entries.iter().filter(|entry| std::ptr::eq(entry.table.table, table.table));
        let variables =
            entries.flat_map(|entry| entry.variables.iter().map(move |variable| (entry, *variable)));
        let keys = table.keys.iter().map(|key| (key.as_str(), None));
        for (name, about) in keys.chain(variables.map(|about| (about.1.name.as_str(), Some(about)))) {
            numbered.push(Numbered {
                id: format!("V{}", numbered.len() + 1),
                file: file_id(place),
                name,
                about,
            });
        }
    }
    numbered
}

/// The sections of the questionnaire, and the questions with several choices.
pub(super) fn groups<W: Write>(
    book: &Codebook<'_>,
    numbered: &[Numbered<'_>],
    xml: &mut Xml<W>,
) -> io::Result<()> {
    let languages = &book.questionnaire.languages;
    let mut groups: Vec<(&str, &[String], Vec<&str>)> = Vec::new();
    for variable in numbered {
        let Some((entry, _)) = variable.about.filter(|(entry, _)| !entry.section.is_empty()) else {
            continue;
        };
        match groups.iter_mut().find(|(_, labels, _)| *labels == entry.section.as_slice()) {
            Some((.., ids)) => ids.push(&variable.id),
            None => groups.push(("section", &entry.section, vec![&variable.id])),
        }
    }
    for variable in numbered {
        let Some((entry, part)) = variable.about else { continue };
        if !matches!(part.what, What::Has(_) | What::Ranked(_)) {
            continue;
        }
        match groups
            .last_mut()
            .filter(|(kind, labels, _)| *kind == "multipleResp" && *labels == entry.column.labels)
        {
            Some((.., ids)) => ids.push(&variable.id),
            None => groups.push(("multipleResp", &entry.column.labels, vec![&variable.id])),
        }
    }
    for (number, (kind, labels, ids)) in groups.iter().enumerate() {
        let id = format!("G{}", number + 1);
        xml.within("varGrp", &[("ID", &id), ("type", kind), ("var", &ids.join(" "))], |xml| {
            in_all("labl", labels, languages, xml)
        })?;
    }
    Ok(())
}

impl Numbered<'_> {
    /// Writes it, its parts in the order that the schema wants.
    pub fn write<W: Write>(&self, book: &Codebook<'_>, xml: &mut Xml<W>) -> io::Result<()> {
        let kind = self.about.map_or(Kind::Text, |(_, variable)| variable.kind());
        let interval = if matches!(kind, Kind::Integer | Kind::Decimal) { "contin" } else { "discrete" };
        let is_weight = self.about.is_some_and(|(entry, _)| entry.column.name == WEIGHT);
        let mut attributes = vec![("ID", self.id.as_str()), ("name", self.name)];
        if is_weight {
            attributes.push(("wgt", "wgt"));
        }
        attributes.extend([
            ("files", self.file.as_str()),
            ("intrvl", interval),
            ("representationType", representation(kind)),
        ]);
        xml.within("var", &attributes, |xml| {
            match self.about {
                Some((entry, variable)) => describe(entry, variable, book, xml)?,
                None => xml.text("labl", &[], "Key")?,
            }
            let character = !matches!(kind, Kind::Flag | Kind::Integer | Kind::Decimal);
            let category = match kind {
                Kind::Date | Kind::Moment => "date",
                Kind::Time => "time",
                _ => "other",
            };
            let ty = if character { "character" } else { "numeric" };
            xml.empty("varFormat", &[("type", ty), ("schema", "ISO"), ("category", category)])
        })
    }
}

fn describe<W: Write>(
    entry: &Entry<'_>,
    variable: &Variable<'_>,
    book: &Codebook<'_>,
    xml: &mut Xml<W>,
) -> io::Result<()> {
    let languages = &book.questionnaire.languages;
    let is_reason = variable.what == What::Missing;
    for (language, tag) in languages.iter().enumerate() {
        xml.text("labl", &[("xml:lang", tag)], &variable.label(language))?;
    }
    if let Some(class) = entry.class {
        xml.text("security", &[], class)?;
    }
    if entry.number.is_some() && !is_reason {
        let number = entry.number.as_deref().unwrap_or_default();
        xml.within("qstn", &[("seqNo", number)], |xml| {
            in_all("qstnLit", &entry.column.labels, languages, xml)?;
            in_all("ivuInstr", &entry.hint, languages, xml)
        })?;
    }
    let item = book.questionnaire.find(&entry.column.name);
    if let Some(Input::Scale { from, to, .. }) = item.and_then(|item| Some(&item.question()?.input))
        && !is_reason
    {
        xml.within("valrng", &[], |xml| {
            xml.empty("range", &[("min", &from.to_string()), ("max", &to.to_string())])
        })?;
    }
    in_all("universe", &entry.asked_if, languages, xml)?;
    if let Some((valid, invalid)) = entry.filled(variable) {
        xml.text("sumStat", &[("type", "vald")], &valid.to_string())?;
        xml.text("sumStat", &[("type", "invd")], &invalid.to_string())?;
    }
    in_all("txt", &entry.must_meet, languages, xml)?;
    categories(variable, book, xml)?;
    for version in &entry.versions {
        xml.within("verStmt", &[], |xml| xml.text("version", &[], version))?;
    }
    if let Some(calculation) = &entry.calculation {
        xml.within("derivation", &[], |xml| xml.text("drvcmd", &[("syntax", "XLSForm")], calculation))?;
    }
    Ok(())
}

/// The values that a variable may have, those for no value marked as missing.
fn categories<W: Write>(variable: &Variable<'_>, book: &Codebook<'_>, xml: &mut Xml<W>) -> io::Result<()> {
    let languages = &book.questionnaire.languages;
    let options = &book.plan.options;
    let reason_words = |reason: Missing| -> Vec<String> {
        let of = |language: usize| options.wording.get(language)?.reasons.get(reason as usize).cloned();
        (0..languages.len())
            .map(|language| of(language).unwrap_or_else(|| reason.name().to_owned()))
            .collect()
    };
    let list: Option<&List> = match variable.what {
        What::Missing => {
            for reason in Missing::ALL {
                category(reason.name(), &reason_words(reason), false, languages, xml)?;
            }
            return Ok(());
        }
        What::Has(_) => {
            for (value, word) in [("1", true), ("0", false)] {
                let words: Vec<String> = options
                    .wording
                    .iter()
                    .map(|wording| if word { wording.yes.clone() } else { wording.no.clone() })
                    .collect();
                category(value, &words, false, languages, xml)?;
            }
            None
        }
        What::Value | What::Ranked(_) => variable.column.list().map(AsRef::as_ref),
    };
    if let Some(list) = list {
        for (place, name) in list.names.iter().enumerate() {
            let labels: Vec<String> =
                (0..languages.len()).map(|language| list.label(place, language).to_owned()).collect();
            let code = list.codes.get(place).map(ToString::to_string).unwrap_or_default();
            let value = if options.shown == crate::export::Shown::Codes { &code } else { name };
            category(value, &labels, false, languages, xml)?;
        }
    }
    if let Missings::Coded(codes) = &options.missings {
        for (reason, code) in codes {
            category(code, &reason_words(*reason), true, languages, xml)?;
        }
    }
    Ok(())
}

fn category<W: Write>(
    value: &str,
    labels: &[String],
    missing: bool,
    languages: &[String],
    xml: &mut Xml<W>,
) -> io::Result<()> {
    let attributes: &[(&str, &str)] = if missing { &[("missing", "Y")] } else { &[] };
    xml.within("catgry", attributes, |xml| {
        xml.text("catValu", &[], value)?;
        in_all("labl", labels, languages, xml)
    })
}

/// An element for each language that has a text.
fn in_all<W: Write>(name: &str, texts: &[String], languages: &[String], xml: &mut Xml<W>) -> io::Result<()> {
    for (text, tag) in texts.iter().zip(languages).filter(|(text, _)| !text.is_empty()) {
        xml.text(name, &[("xml:lang", tag)], text)?;
    }
    Ok(())
}

fn representation(kind: Kind) -> &'static str {
    match kind {
        Kind::Flag | Kind::Choice | Kind::Choices | Kind::Reason => "code",
        Kind::Integer | Kind::Decimal => "numeric",
        Kind::Date | Kind::Time | Kind::Moment => "datetime",
        Kind::Text => "text",
    }
}
