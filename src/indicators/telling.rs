//! What a design tells of respondents: a stratum or a weight that is made from an answer is that answer.

use super::calibration;
use super::design::{DesignTexts, SamplingPlan};
use super::scope;
use crate::diagnostic::{Diagnostic, Report};
use crate::expression::Expression;

impl SamplingPlan<'_> {
    /// Whether the names of strata, and those of PSUs, are made from an answer that is sensitive or tells who somebody is, or from
    /// what leads back to one.
    #[must_use]
    pub fn names_tell(&self) -> [bool; 2] {
        [&self.stratum, &self.psu]
            .map(|part| part.as_ref().is_some_and(|part| scope::tells(part, self.dataset)))
    }

    /// Whether any part of the design reads a sensitive answer. Then all places in it may tell that answer, by what they are
    /// or by being empty: an interview that one part leaves out has none of them.
    #[must_use]
    pub fn is_sensitive(&self) -> bool {
        let parts = [&self.respondent, &self.stratum, &self.psu, &self.weight, &self.fpc];
        let margins = self.calibration.iter().flat_map(calibration::Plan::variables);
        parts.into_iter().flatten().chain(margins).any(|part| self.reads_sensitive(part))
    }

    fn reads_sensitive(&self, part: &Expression) -> bool {
        part.references().iter().any(|reference| scope::is_sensitive(self.dataset, reference))
    }

    /// Warns of the parts that read a sensitive answer, in the texts that the plan was compiled from.
    pub fn warn_of_sensitive(&self, texts: &DesignTexts<'_>, report: &mut Report) {
        let parts = [
            (&self.respondent, texts.respondent),
            (&self.stratum, texts.stratum),
            (&self.psu, texts.psu),
            (&self.weight, texts.weight),
            (&self.fpc, texts.fpc),
        ];
        let parts = parts.into_iter().filter_map(|(part, text)| Some((part.as_ref()?, text?)));
        let margins = self.calibration.iter().flat_map(calibration::Plan::variables);
        let margins = margins.zip(texts.calibration.margins.iter().map(|margin| &margin.of));
        for (_, text) in parts.chain(margins).filter(|(part, _)| self.reads_sensitive(part)) {
            report.push(
                Diagnostic::warning("I0206", text.span.clone(), "The design reads a sensitive answer")
                    .note("A place in the design then tells the answer, so all columns of the design stay inside of exports.")
                    .help("Where it can be, read something else: what is known of the place, or of the whole household."),
            );
        }
    }
}
