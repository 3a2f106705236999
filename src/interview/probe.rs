//! What those who try out a questionnaire look at, beside what an enumerator sees.

use super::env::At;
use super::{Interview, Place};
use crate::journal::RowKey;
use crate::questionnaire::ItemId;

impl Interview {
    /// The label at a place as it reads now, in the current language.
    #[must_use]
    pub fn label_of(&self, place: &Place) -> String {
        let item = self.questionnaire.item(place.item);
        item.label.render(self.state.language, &At::new(&self.state, &self.questionnaire, item, &place.rows))
    }

    /// The rows of every instance of an item, in order: one without any outside rosters.
    #[must_use]
    pub fn instances(&self, item: ItemId) -> Vec<Vec<RowKey>> {
        self.state.instances(self.questionnaire.item(item), &[])
    }
}
