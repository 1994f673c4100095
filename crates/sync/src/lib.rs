//! From the upstreams to the documents: fetch, convert, join, store; never good data traded for none.
//!
//! Every source has its folder in `sources`; `tasks` lists what can be started, `refresh` is the frame around
//! each. Knows no page and no command.

mod rules;

pub use rules::{
    CardRules, CardScope, EscalationRules, FieldName, FieldNames, ShrinkRules, SyncRules, usual_statuses,
};
