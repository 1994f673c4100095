//! What the addresses of plans and of the journal say of themselves.

use t5g_store::ledger::JOURNAL_PAGE;

use super::{Decided, LedgerPage};
use crate::api::accept::Format;
use crate::api::describe::{Kind, Operation, Parameter, Shape, Tag, schema_of};
use crate::api::v1::cards::pick;
use crate::api::v1::rows::{Chosen, Row, WritePlan, WritePlanInFull, WriteStep};

const PLAN: (&str, &str) = ("id", "The plan's id.");
const NO_PLAN: &str = "There is no such plan.";

fn list<R: Row>(id: &'static str, summary: &'static str, filters: Vec<Parameter>) -> Operation {
    let content = vec![
        (Format::Json.media(), Some(schema_of::<LedgerPage<Chosen<R>>> as Shape)),
        (Format::Lines.media(), Some(schema_of::<Chosen<R>> as Shape)),
        (Format::Csv.media(), None),
    ];
    Operation::get(Tag::Writing, id, summary)
        .about(
            "Newest first, in pages, whatever the form. As NDJSON each line is one row; as CSV the first line names the \
             columns.",
        )
        .takes(filters)
        .takes([
            Parameter::new("limit", Kind::Number(1, JOURNAL_PAGE), "Rows of a page; without it, 100."),
            Parameter::new("cursor", Kind::Text, "Where the page begins: `cursor` of the page before."),
            pick::<R>(),
        ])
        .answer(200, "A page of rows.", content)
        .with_header("Link", "The address of the next page, `rel=\"next\"`, if there may be one.")
        .conditional()
        .fails(400, "A parameter, a field or the cursor is not understood; says what would be.")
        .fails(406, "None of the forms that the client accepts; lists what there is.")
}

/// What the list of plans says of itself.
pub(crate) fn plans() -> Vec<Operation> {
    let filters = vec![
        Parameter::new("kind", Kind::Text, "`cards`, `priorities`, `tags`, `watchers` or `undo`."),
        Parameter::new(
            "state",
            Kind::Text,
            "`held` (waits for a person), `released`, `done`, `partial`, `rejected` or `superseded`.",
        ),
    ];
    vec![list::<WritePlan>("listPlans", "Plans of what is written to other services", filters)]
}

/// What the journal says of itself.
pub(crate) fn journal() -> Vec<Operation> {
    let filters = vec![
        Parameter::new(
            "service",
            Kind::Text,
            "`portal`, `jira`, `bugzilla`, `mail`, `slack` or `documents`.",
        ),
        Parameter::new("deliveries", Kind::Flag, "Only messages to people."),
        Parameter::new(
            "state",
            Kind::Text,
            "`planned`, `begun`, `done`, `failed`, `doubtful` (nobody can tell) or `skipped`.",
        ),
        Parameter::new(
            "about",
            Kind::Text,
            "A case's number, a card's or an issue's key, `bug 12`. A card stands for its case too, a case for its \
             cards.",
        ),
        Parameter::new("from", Kind::Day, "The first day that is wanted."),
        Parameter::new("until", Kind::Day, "The last day that is wanted."),
    ];
    vec![list::<WriteStep>("listWrites", "What was written to other services", filters)]
}

/// What a plan says of itself.
pub(crate) fn plan() -> Vec<Operation> {
    let one = Operation::get(Tag::Writing, "getPlan", "One plan with all its steps")
        .place(PLAN.0, PLAN.1)
        .takes([pick::<WritePlanInFull>()])
        .answers::<Chosen<WritePlanInFull>>(200, "The plan.")
        .conditional();
    let one = one.fails(400, "A parameter or field is not known.").fails(404, NO_PLAN);
    vec![one.fails(406, "Only JSON can be had.")]
}

/// What releasing a plan says of itself.
pub(crate) fn release() -> Vec<Operation> {
    let one = Operation::post(Tag::Writing, "releasePlan", "Have a plan done that waits for a person")
        .about("Exactly what it says is done, at once. One that was rejected can still be released.")
        .place(PLAN.0, PLAN.1)
        .answers::<Decided>(202, "It is being done.");
    vec![one.fails(404, NO_PLAN).fails(409, "It does not wait for a decision, or nothing is written here.")]
}

/// What rejecting a plan says of itself.
pub(crate) fn reject() -> Vec<Operation> {
    let one = Operation::post(Tag::Writing, "rejectPlan", "Say that a plan is not to be done")
        .about("Its cases stay without cards until it is released after all.")
        .place(PLAN.0, PLAN.1)
        .answers::<Decided>(200, "It will not be done.");
    vec![one.fails(404, NO_PLAN).fails(409, "It does not wait for a decision.")]
}
