//! One thing of a list, by what tells it from the others.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use super::answer;
use super::cards::pick;
use super::collection::Collection;
use super::rows::Chosen;
use super::view::View;
use crate::api::describe::{Operation, Tag};
use crate::app::AppState;
use crate::error::AppError;

/// A list whose things can be had one by one.
pub(crate) trait Single: Collection {
    /// One of them, in words.
    const ONE: &'static str;

    /// The list without filters.
    fn all() -> Self;
    /// Whether that is the one of this name.
    fn is(place: &Self::Place, name: &str) -> bool;
}

/// The handler of one thing.
pub(crate) async fn show<S: Single>(
    State(app): State<AppState>,
    Path(name): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let fields = answer::asked_for_one::<S::Row>(&uri, &headers)?;
    let view = View::of(&app)?;
    // The whole list is made, and counted, before one of it is known.
    let making = tokio::task::spawn_blocking(move || one::<S>(&view, &name));
    let row = making.await.map_err(AppError::internal)??;
    answer::one(&app, &headers, &fields, &row)
}

fn one<S: Single>(view: &View, name: &str) -> Result<S::Row, AppError> {
    let found = S::all().find(view)?.into_iter().find(|place| S::is(place, name));
    let shown: String = name.chars().take(80).collect();
    let none = || AppError::NotFound(format!("There is no {} {shown:?}.", S::ONE));
    found.and_then(|place| S::row(view, &place)).ok_or_else(none)
}

/// What one thing says of itself; `place`: what stands in the path, and what that is.
pub(super) fn described_alone<S: Single>(
    id: &'static str,
    summary: &'static str,
    (place, about): (&'static str, &'static str),
) -> Operation {
    Operation::get(Tag::Resources, id, summary)
        .place(place, about)
        .takes([pick::<S::Row>()])
        .answers::<Chosen<S::Row>>(200, "What is known of it.")
        .conditional()
        .fails(400, "A field is not known.")
        .fails(404, "There is none of that name.")
        .fails(406, "Only JSON can be had.")
}
