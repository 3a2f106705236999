//! Providers of security and justice: trust, access, and the gaps between them.

use super::View;
use super::groups::Gap;
use super::ranked::rank_cells;
use super::table::{self, Table};
use crate::indicators::{Cell, Contrast, Contrasts, Error, Provider, Row, Sector, Topic, adjust};
use crate::report::ranking::ranks;

/// The topics that speak of providers.
const MEASURES: [Topic; 3] = [Topic::Trust, Topic::Access, Topic::Justice];

/// Whom a row is about: the provider of its indicator, or the one that its category is named as.
pub(super) fn provider_of<'v>(view: &View<'v>, row: &Row) -> Option<&'v Provider> {
    let about = view.about.get(row.indicator.as_str())?;
    let is_measure = about.topic.is_some_and(|topic| MEASURES.contains(&topic));
    let by_name = || view.definitions.providers().iter().find(|provider| provider.name == row.category);
    about.provider.or_else(|| is_measure.then(by_name).flatten())
}

/// Numbers about all providers that are set side by side: the choices of one question, or one indicator for each.
struct Measure<'v> {
    topic: Topic,
    disaggregation: &'v str,
    domain: &'v str,
    /// In the order of the file.
    numbers: Vec<(&'v Row, &'v Provider)>,
    /// Whether they are the choices of one question.
    of_one_question: bool,
}

impl Measure<'_> {
    /// What it is called in the column `measure`: the question, or the topic where each provider has an indicator.
    fn name(&self) -> String {
        match self.numbers.first() {
            Some((row, _)) if self.of_one_question => row.indicator.clone(),
            _ => self.topic.name().to_owned(),
        }
    }

    /// Whether its numbers are shares of respondents, so that others can be taken from them.
    fn is_of_shares(&self) -> bool {
        self.numbers.iter().all(|(row, _)| matches!(row.kind, "proportion" | "distribution" | "mentions"))
    }

    /// What the providers of a sector come to: the sum where a respondent has one of them, else the average. None where
    /// a respondent may have named several, since then neither says anything about respondents.
    fn of_sector(&self, sector: Sector) -> Option<Vec<(f64, &Row)>> {
        let rows: Vec<&Row> =
            self.numbers.iter().filter(|(_, p)| p.sector == sector).map(|(row, _)| *row).collect();
        let coefficient = match rows.first()?.kind {
            "distribution" => 1.0,
            "mentions" => return None,
            kind if rows.iter().all(|row| row.kind == kind) && !self.of_one_question => {
                1.0 / rows.len() as f64
            }
            _ => return None,
        };
        Some(rows.into_iter().map(|row| (coefficient, row)).collect())
    }
}

pub(super) fn fill(
    view: &View<'_>,
    contrasts: &mut Contrasts<'_>,
    tables: &mut [Table],
) -> Result<(), Error> {
    let measures = measures(view);
    for measure in &measures {
        ranked(view, measure, tables);
        sectors(view, measure, contrasts, tables)?;
    }
    gaps(view, &measures, contrasts, tables)
}

/// All of them, in the order in which their first numbers stand.
fn measures<'v>(view: &View<'v>) -> Vec<Measure<'v>> {
    let mut measures: Vec<Measure<'v>> = Vec::new();
    for row in view.rows {
        let (Some(topic), Some(provider)) = (view.topic(row), provider_of(view, row)) else { continue };
        let of_one_question = !row.category.is_empty();
        // The first number of each provider goes with the first of the others, the second with the second.
        let home = measures.iter_mut().find(|measure| {
            measure.topic == topic
                && measure.disaggregation == row.disaggregation
                && measure.domain == row.domain
                && measure.of_one_question == of_one_question
                && measure.numbers.iter().all(|(other, theirs)| {
                    theirs.name != provider.name
                        && other.kind == row.kind
                        && (!of_one_question || other.indicator == row.indicator)
                })
        });
        match home {
            Some(measure) => measure.numbers.push((row, provider)),
            None => measures.push(Measure {
                topic,
                disaggregation: &row.disaggregation,
                domain: &row.domain,
                numbers: vec![(row, provider)],
                of_one_question,
            }),
        }
    }
    measures
}

fn provider_cells(name: &str, label: &str, sector: Sector, measure: &Measure<'_>) -> [String; 4] {
    [name.to_owned(), label.to_owned(), sector.name().to_owned(), measure.name()]
}

fn ranked(view: &View<'_>, measure: &Measure<'_>, tables: &mut [Table]) {
    let rows: Vec<&Row> = measure.numbers.iter().map(|(row, _)| *row).collect();
    let named: Vec<(&Row, &str)> = measure.numbers.iter().map(|(row, p)| (*row, p.name.as_str())).collect();
    for ((row, provider), rank) in measure.numbers.iter().zip(ranks(&rows)) {
        let mut cells = view.cells(row);
        cells.extend(provider_cells(&provider.name, &provider.label, provider.sector, measure));
        cells.extend(rank_cells(row, rank, &named));
        table::push(tables, "providers.csv", cells);
    }
}

/// A row for each sector, and the gap between them.
fn sectors(
    view: &View<'_>,
    measure: &Measure<'_>,
    contrasts: &mut Contrasts<'_>,
    tables: &mut [Table],
) -> Result<(), Error> {
    let parts: Vec<_> =
        Sector::ALL.into_iter().filter_map(|sector| Some((sector, measure.of_sector(sector)?))).collect();
    let mut shown = Vec::new();
    for (sector, parts) in &parts {
        let contrast = contrasts.of(parts)?;
        let Some(row) = sector_row(measure, *sector, parts, contrast) else { continue };
        let label = format!("All {} providers", sector.name());
        let mut cells = sector_cells(view, measure, &row, parts, &label);
        cells.extend(provider_cells(sector.name(), &label, *sector, measure));
        cells.extend(vec![String::new(); table::RANK.len()]);
        table::push(tables, "providers.csv", cells);
        shown.push(row);
    }
    if let ([formal, informal], [(_, plus), (sector, minus)]) = (shown.as_slice(), parts.as_slice()) {
        let minus = minus.iter().map(|(coefficient, row)| (-coefficient, *row));
        let all: Vec<(f64, &Row)> = plus.iter().copied().chain(minus).collect();
        let mut gap = Gap { row: formal, against: informal, contrast: contrasts.of(&all)? };
        // One comparison for each measure and domain: a family of its own.
        adjust(gap.contrast.as_mut().into_iter());
        let label = format!("Formal less {} providers", sector.name());
        let mut cells = sector_cells(view, measure, formal, &all, &label);
        cells.extend(provider_cells(Sector::Formal.name(), &label, Sector::Formal, measure));
        cells.extend(gap.cells());
        table::push(tables, "provider_gaps.csv", cells);
    }
    Ok(())
}

/// The cells that a sector's row begins with: it is of no indicator, but of the topic and the sources of those in it.
fn sector_cells(
    view: &View<'_>,
    measure: &Measure<'_>,
    row: &Row,
    parts: &[(f64, &Row)],
    label: &str,
) -> Vec<String> {
    let mut sources: Vec<&str> = Vec::new();
    for source in parts.iter().filter_map(|(_, row)| view.source(row)) {
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    let category = if measure.of_one_question { label } else { "" };
    let about = [measure.topic.name(), &sources.join("; "), category].map(str::to_owned);
    row.cells().iter().map(Cell::shown).chain(about).collect()
}

/// A sector's number in the shape of a row.
fn sector_row(
    measure: &Measure<'_>,
    sector: Sector,
    parts: &[(f64, &Row)],
    contrast: Option<Contrast>,
) -> Option<Row> {
    let (_, first) = parts.first()?;
    let is_sum = measure.of_one_question;
    let kind = if is_sum { "sum" } else { "average" };
    let hidden = parts.iter().find_map(|(_, row)| row.suppressed);
    let note = match contrast {
        Some(_) => format!("{kind} of {} numbers", parts.len()),
        None => String::from("a number in it is not shown or has no data"),
    };
    Some(Row {
        indicator: measure.name(),
        title: if is_sum { first.title.clone() } else { format!("{kind} of {}", measure.topic.name()) },
        kind,
        category: if is_sum { sector.name().to_owned() } else { String::new() },
        estimate: contrast.map(|c| c.estimate),
        std_error: contrast.and_then(|c| c.std_error),
        ci_low: contrast.and_then(|c| c.interval).map(|(low, _)| low),
        ci_high: contrast.and_then(|c| c.interval).map(|(_, high)| high),
        ci_level: contrast.map_or(first.ci_level, |c| c.level),
        ci_method: if contrast.is_some_and(|c| c.interval.is_some()) { "wald" } else { "" },
        df: contrast.map(|c| c.df),
        deff: None,
        n_unweighted: parts
            .iter()
            .map(|(_, row)| row.n_unweighted)
            .min()
            .flatten()
            .filter(|_| hidden.is_none()),
        weight_sum: None,
        n_dont_know: None,
        n_refused: None,
        n_not_applicable: None,
        n_not_asked: None,
        suppressed: hidden,
        note,
        ..(*first).clone()
    })
}

/// Trust less access, provider by provider.
fn gaps(
    view: &View<'_>,
    measures: &[Measure<'_>],
    contrasts: &mut Contrasts<'_>,
    tables: &mut [Table],
) -> Result<(), Error> {
    let of = |topic: Topic| measures.iter().filter(move |m| m.topic == topic && m.is_of_shares());
    for trust in of(Topic::Trust) {
        let is_beside =
            |m: &&Measure<'_>| m.disaggregation == trust.disaggregation && m.domain == trust.domain;
        for access in of(Topic::Access).filter(is_beside) {
            let mut gaps = Vec::new();
            for (row, provider) in &trust.numbers {
                let other = access.numbers.iter().find(|(_, theirs)| theirs.name == provider.name);
                let Some((against, _)) = other else { continue };
                let contrast = contrasts.of(&[(1.0, row), (-1.0, against)])?;
                gaps.push((*provider, Gap { row, against, contrast }));
            }
            adjust(gaps.iter_mut().filter_map(|(_, gap)| gap.contrast.as_mut()));
            for (provider, gap) in gaps {
                let mut cells = view.cells(gap.row);
                let names = provider_cells(&provider.name, &provider.label, provider.sector, trust);
                cells.extend(names);
                cells.extend(gap.cells());
                table::push(tables, "provider_gaps.csv", cells);
            }
        }
    }
    Ok(())
}
