//! What an indicator is about, for those who arrange results: reports and assessments.

use super::definition::{Definitions, Grouping, Measure};
use crate::dataset::Column;

/// What a number speaks of: the chapters of an assessment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// How safe people feel.
    Safety,
    /// Whether it became, or is expected to become, better or worse.
    Change,
    /// What worries people.
    Concerns,
    /// Whom they trust to keep them safe.
    Trust,
    /// To whom they can and do turn, and how they are served.
    Access,
    /// What they do about a wrong, and whether it is put right.
    Justice,
    /// Where and when they cannot go.
    Places,
    /// Who listens to them, and who takes part.
    Voice,
    /// How groups and neighbours live together.
    Cohesion,
    /// Small arms.
    Weapons,
    /// What has happened to them.
    Experience,
    /// Who answered.
    Background,
}

/// Somebody who provides security or justice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// Stable name. A choice of this name in an indicator of access is this provider.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// Whether the state stands behind it.
    pub sector: Sector,
}

/// Whether the state stands behind a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sector {
    /// Police, army, courts, councils: by law.
    Formal,
    /// Elders, religious leaders, committees, organisations, relatives: by custom or choice.
    Informal,
}

/// One of the categories of an indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// As in [`super::Row::category`].
    pub name: String,
    /// What it is called.
    pub label: String,
    /// It excludes all others: "none of these". It is no item of a list to be ranked.
    pub exclusive: bool,
}

/// What is known of an indicator before anything is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About<'d> {
    /// Its stable name.
    pub id: &'d str,
    /// What people call it.
    pub title: &'d str,
    /// `proportion` and its like.
    pub kind: &'static str,
    /// Where the definition truly comes from, as written.
    pub source: Option<&'d str>,
    /// What it speaks of.
    pub topic: Option<Topic>,
    /// Whom it is about.
    pub provider: Option<&'d Provider>,
}

impl Topic {
    /// All of them, in the order of an assessment.
    pub const ALL: [Self; 12] = [
        Self::Safety,
        Self::Change,
        Self::Concerns,
        Self::Trust,
        Self::Access,
        Self::Justice,
        Self::Places,
        Self::Voice,
        Self::Cohesion,
        Self::Weapons,
        Self::Experience,
        Self::Background,
    ];

    /// The word in `indicators.toml`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Safety => "safety",
            Self::Change => "change",
            Self::Concerns => "concerns",
            Self::Trust => "trust",
            Self::Access => "access",
            Self::Justice => "justice",
            Self::Places => "places",
            Self::Voice => "voice",
            Self::Cohesion => "cohesion",
            Self::Weapons => "weapons",
            Self::Experience => "experience",
            Self::Background => "background",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.name() == name)
    }
}

impl Sector {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Formal, Self::Informal];

    /// The word in `indicators.toml`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Formal => "formal",
            Self::Informal => "informal",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sector| sector.name() == name)
    }
}

impl Definitions<'_> {
    /// What each indicator is about, in the order of the file.
    pub fn about(&self) -> impl Iterator<Item = About<'_>> {
        self.indicators.iter().map(|indicator| About {
            id: &indicator.id,
            title: &indicator.title,
            kind: indicator.measure.kind(),
            source: indicator.source.as_deref(),
            topic: indicator.topic,
            provider: indicator.provider.and_then(|place| self.providers.get(place)),
        })
    }

    /// The categories of an indicator with one number for each choice, labelled in a language by its place; none for
    /// other indicators.
    #[must_use]
    pub fn categories(&self, id: &str, language: usize) -> Vec<Category> {
        let indicator = self.indicators.iter().find(|indicator| indicator.id == id);
        let column = match indicator.map(|indicator| &indicator.measure) {
            Some(Measure::Distribution(Grouping::Variable(variable))) => {
                let categories = self.variables.get(*variable).into_iter().flat_map(|v| &v.categories);
                let category = |c: &super::definition::Category| Category {
                    name: c.name.clone(),
                    label: c.label.clone(),
                    exclusive: false,
                };
                return categories.map(category).collect();
            }
            Some(
                Measure::Distribution(Grouping::Column(column))
                | Measure::Mentions(column)
                | Measure::RankScore { column, .. },
            ) => *column,
            _ => return Vec::new(),
        };
        let Some(list) = column.of(self.dataset).and_then(Column::list) else {
            return Vec::new();
        };
        let category = |place: usize| Category {
            name: list.names.get(place).cloned().unwrap_or_default(),
            label: list.label(place, language).to_owned(),
            exclusive: list.exclusive.get(place).copied().unwrap_or_default(),
        };
        (0..list.names.len()).map(category).collect()
    }

    /// The providers of security and justice, in the order of the file.
    #[must_use]
    pub fn providers(&self) -> &[Provider] {
        &self.providers
    }
}
