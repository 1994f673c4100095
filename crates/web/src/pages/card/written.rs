//! What this program wrote about a card and its case. Everybody who sees the card sees that; the plans behind it are
//! for operators.

use serde::Serialize;
use t5g_model::board::Board;
use t5g_model::writing::{Effect, Subject};
use t5g_store::ledger::StepRecord;

use crate::access::Caller;
use crate::app::AppState;
use crate::settings::WebSettings;
use crate::view::badge::or_dash;
use crate::view::writing::{Eyes, StepLine, samples};
use crate::writing::address::{JournalQuery, subjects};

/// Steps that are shown; the journal has all.
const SHOWN: usize = 40;
/// Steps among which those that were begun are looked for.
const LOOKED_AT: u32 = 200;

/// The section.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Written {
    /// `None`: it cannot be told now.
    lines: Option<Vec<StepLine>>,
    /// Why the card was given to whom it was given.
    reason: Option<String>,
    /// Where all of it is, for who sees the journal.
    all: Option<String>,
}

impl Written {
    /// While it cannot be told.
    pub(super) const fn unknown() -> Self {
        Self { lines: None, reason: None, all: None }
    }

    /// Read from the ledger; a ledger that cannot be read is no reason to show no card.
    pub(super) async fn read(app: &AppState, caller: &Caller, board: &Board, key: &str) -> Self {
        let about: Vec<Subject> = subjects(key, board).unwrap_or_default();
        let eyes = Eyes::of(app, caller);
        match app.ledger().steps_about(&about, LOOKED_AT).await {
            Ok(steps) => Self::of(&steps, key, &eyes),
            Err(error) => {
                tracing::warn!(%error, "what was written about a card cannot be read");
                Self::unknown()
            }
        }
    }

    fn of(steps: &[StepRecord], key: &str, eyes: &Eyes<'_>) -> Self {
        let mut begun: Vec<&StepRecord> = steps.iter().filter(|step| step.at().is_some()).collect();
        begun.sort_by_key(|step| std::cmp::Reverse((step.at(), step.place.plan, step.place.seq)));
        let made = begun.iter().find(|step| matches!(step.effect, Effect::CreateCard { .. }));
        let query = JournalQuery { about: key.to_owned(), ..JournalQuery::default() };
        Self {
            reason: made.map(|step| or_dash(&step.reason)),
            all: (eyes.operator && !begun.is_empty()).then(|| query.link()),
            lines: Some(begun.into_iter().take(SHOWN).map(|step| StepLine::of(step, eyes)).collect()),
        }
    }

    pub(super) fn sample() -> Result<Self, serde_json::Error> {
        let settings = WebSettings::default();
        Ok(Self::of(&samples::steps()?, "ABC-1", &samples::eyes(&settings)))
    }
}
