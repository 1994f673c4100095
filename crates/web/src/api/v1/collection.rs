//! The engine of all lists: filters, order, pages, members, forms. A kind of thing says what it has to find; how it is
//! answered is the same for all.

use std::cmp::Ordering;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Response};
use t5g_store::documents::Fingerprint;
use url::form_urlencoded;

use super::answer::Head;
use super::cursor::{Cursor, Key};
use super::fields::{Fields, Picked};
use super::parameters::{Parameters, bad};
use super::rows::{Chosen, Page, Row};
use super::stream;
use super::view::View;
use crate::api::accept::Format;
use crate::api::describe::{Kind, Operation, Parameter, Shape, Tag, schema_of};
use crate::app::AppState;
use crate::error::AppError;

/// Rows of a page of JSON, if nothing is said.
const USUAL: usize = 100;
/// The most rows of a page.
const MOST: u32 = 1_000;

/// What rows are sorted by: its name, and each row's key.
pub(crate) type Sort<P> = (&'static str, fn(&View, &P) -> Key);

/// A kind of thing that is listed.
pub(crate) trait Collection: Sized + Send + 'static {
    /// Tells where a row's data are: small.
    type Place: Send + Sync + 'static;
    /// What is answered of each.
    type Row: Row;

    /// Its name in the address.
    const NAME: &'static str;
    /// What the address can say beside order, page and members.
    const FILTERS: &'static [Parameter];
    /// What rows can be sorted by.
    const SORTS: &'static [Sort<Self::Place>];

    /// Whether nothing can be said before the store was read.
    const NEEDS_DATA: bool = true;

    /// Reads the filters.
    fn read(parameters: &mut Parameters) -> Result<Self, AppError>;
    /// Tells states with different rows apart.
    fn version(view: &View) -> String {
        view.live.version().to_owned()
    }
    /// The rows that pass the filters, in any order.
    fn find(&self, view: &View) -> Result<Vec<Self::Place>, AppError>;
    /// What tells a row apart, in the form that orders rows of equal keys.
    fn id(view: &View, place: &Self::Place) -> String;
    /// The row; `None` if there is none at that place.
    fn row(view: &View, place: &Self::Place) -> Option<Self::Row>;
}

/// What every list takes beside its filters.
static COMMON: [Parameter; 5] = [
    Parameter::new(
        "sort",
        Kind::Text,
        "Names to sort by, with commas; `-` before one turns its order round.",
    ),
    Parameter::new(
        "limit",
        Kind::Number(1, MOST),
        "Rows of a page. Without it, 100 as JSON, and all there are as NDJSON or CSV.",
    ),
    Parameter::new("cursor", Kind::Text, "Where the page begins: `cursor` of the page before."),
    Parameter::new("fields", Kind::Text, "The members that are wanted, with commas; without it, all."),
    Parameter::new(
        "format",
        Kind::OneOf(Format::NAMES),
        "The form of the answer, for who cannot say `Accept`, such as a link; it counts before that.",
    ),
];

/// What to sort by, and whether that is turned round.
type Turned<C> = (Sort<<C as Collection>::Place>, bool);

/// What a request says.
struct Asked<C: Collection> {
    filters: C,
    sorts: Vec<Turned<C>>,
    limit: Option<usize>,
    after: Option<Cursor>,
    fields: Fields,
    format: Format,
    /// Tells lists, filters and orders apart.
    of: String,
}

/// The rows of a page, in order, and what is around it.
struct Found<C: Collection> {
    places: Vec<C::Place>,
    total: usize,
    cursor: Option<String>,
}

impl<C: Collection> Asked<C> {
    fn read(uri: &Uri, headers: &HeaderMap) -> Result<Self, AppError> {
        let mut parameters = Parameters::read(uri)?;
        let format = format(parameters.take("format").as_deref(), headers)?;
        let cursor = parameters.take("cursor");
        let fields = Fields::read::<C::Row>(parameters.take("fields").as_deref())?;
        let limit = parameters.take_parsed::<u32>("limit", "a number")?;
        if limit.is_some_and(|limit| !(1..=MOST).contains(&limit)) {
            return Err(bad("limit", &format!("takes a number from 1 to {MOST}")));
        }
        let usual = (format == Format::Json).then_some(USUAL);
        let limit = limit.map(|limit| limit as usize).or(usual);
        let said = serde_json::to_string(&parameters.rest()).map_err(AppError::internal)?;
        let of: String =
            Fingerprint::of(format!("{} {said}", C::NAME).as_bytes()).to_string().chars().take(12).collect();
        let sorts = sorts::<C>(parameters.take("sort").as_deref())?;
        let filters = C::read(&mut parameters)?;
        let known = C::FILTERS.iter().chain(&COMMON).map(|one| one.name);
        parameters.finish(&known.collect::<Vec<_>>())?;
        let after = cursor.map(|text| Cursor::read(&text, &of, sorts.len())).transpose()?;
        Ok(Self { filters, sorts, limit, after, fields, format, of })
    }

    /// Finds, sorts and cuts. Takes tens of milliseconds at 20,000 rows.
    fn find(&self, view: &View) -> Result<Found<C>, AppError> {
        let mut rows: Vec<(Vec<Key>, String, C::Place)> = Vec::new();
        for place in self.filters.find(view)? {
            let keys = self.sorts.iter().map(|((_, key), _)| key(view, &place)).collect();
            rows.push((keys, C::id(view, &place), place));
        }
        rows.sort_unstable_by(|a, b| self.compare((&a.0, a.1.as_str()), (&b.0, b.1.as_str())));
        let total = rows.len();
        let begin = self.after.as_ref().map_or(0, |after| {
            rows.partition_point(|row| {
                self.compare((&row.0, &row.1), (&after.keys, &after.id)) != Ordering::Greater
            })
        });
        let end = self.limit.map_or(total, |limit| begin.saturating_add(limit).min(total));
        let cursor = match rows.get(end.saturating_sub(1)) {
            Some((keys, id, _)) if end < total => {
                Some(Cursor { of: self.of.clone(), keys: keys.clone(), id: id.clone() }.write()?)
            }
            _ => None,
        };
        let page = rows.into_iter().take(end).skip(begin);
        Ok(Found { places: page.map(|(_, _, place)| place).collect(), total, cursor })
    }

    fn compare(&self, a: (&[Key], &str), b: (&[Key], &str)) -> Ordering {
        let keys = a.0.iter().zip(b.0).zip(&self.sorts);
        let by_keys = keys.map(|((a, b), (_, descending))| a.compare(b, *descending));
        by_keys.fold(Ordering::Equal, Ordering::then).then_with(|| a.1.cmp(b.1))
    }
}

fn sorts<C: Collection>(text: Option<&str>) -> Result<Vec<Turned<C>>, AppError> {
    let mut sorts: Vec<Turned<C>> = Vec::new();
    for name in text.unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let (bare, descending) = name.strip_prefix('-').map_or((name, false), |bare| (bare, true));
        let known = C::SORTS.iter().find(|(known, _)| *known == bare).ok_or_else(|| {
            let all = sort_names::<C>();
            bad(
                "sort",
                &format!(
                    "takes names among: {}; with - before one that is to be turned round",
                    all.join(", ")
                ),
            )
        })?;
        if !sorts.iter().any(|((name, _), _)| name == &bare) {
            sorts.push((*known, descending));
        }
    }
    Ok(sorts)
}

/// The form that is asked for, by name or by what the client accepts.
fn format(name: Option<&str>, headers: &HeaderMap) -> Result<Format, AppError> {
    let known = || bad("format", &format!("takes one of: {}", Format::NAMES.join(", ")));
    match name {
        Some(name) => Format::by_name(name).ok_or_else(known),
        None => Format::wanted(headers, Format::OF_LISTS),
    }
}

/// The handler of a list.
pub(crate) async fn list<C: Collection>(
    State(app): State<AppState>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let asked = Asked::<C>::read(&uri, &headers)?;
    let format = asked.format;
    let view = View::now(&app);
    if C::NEEDS_DATA {
        view.live.usable()?;
    }
    let head = Head::of(&app, format, &[C::NAME, &C::version(&view), uri.query().unwrap_or_default()])?;
    if let Some(same) = head.not_modified(&headers) {
        return Ok(same);
    }
    let finding = tokio::task::spawn_blocking(move || {
        let found = asked.find(&view)?;
        let next = found.cursor.as_deref().map(|cursor| address(&uri, cursor));
        answer(head.with_next(next.clone()), format, view, asked.fields, found, next)
    });
    finding.await.map_err(AppError::internal)?
}

fn answer<C: Collection>(
    head: Head,
    format: Format,
    view: View,
    fields: Fields,
    found: Found<C>,
    next: Option<String>,
) -> Result<Response, AppError> {
    if format != Format::Json {
        return head.with(stream::body::<C>(format, view, fields, found.places));
    }
    let rows: Vec<C::Row> = found.places.iter().filter_map(|place| C::row(&view, place)).collect();
    let items = rows.iter().map(|row| Picked { row, fields: &fields }).collect();
    let page = Page { items, total: found.total, cursor: found.cursor, next };
    head.with(Json(page).into_response().into_body())
}

/// The same address from that cursor on.
fn address(uri: &Uri, cursor: &str) -> String {
    let said = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let kept = said.filter(|(name, value)| name != "cursor" && !value.is_empty());
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(kept).append_pair("cursor", cursor);
    format!("{}?{}", uri.path(), query.finish())
}

/// What can be sorted by.
fn sort_names<C: Collection>() -> Vec<&'static str> {
    C::SORTS.iter().map(|(name, _)| *name).collect()
}

/// What a list says of itself.
pub(crate) fn described<C: Collection>(id: &'static str, summary: &'static str) -> Operation {
    let content = vec![
        (Format::Json.media(), Some(schema_of::<Page<Chosen<C::Row>>> as Shape)),
        (Format::Lines.media(), Some(schema_of::<Chosen<C::Row>> as Shape)),
        (Format::Csv.media(), None),
    ];
    let parameters = C::FILTERS.iter().chain(&COMMON).map(|one| match one.name {
        "sort" => Parameter { kind: Kind::Sorts(sort_names::<C>), ..*one },
        "fields" => Parameter { kind: Kind::Members(C::Row::fields), ..*one },
        _ => *one,
    });
    Operation::get(Tag::Resources, id, summary)
        .about(
            "In pages that stay right while data change: no row that stays is missed or comes twice. As NDJSON each \
             line is one row; as CSV the first line names the columns, and lists are joined with `; `.",
        )
        .takes(parameters)
        .answer(200, "A page of rows.", content)
        .with_header("Link", "The address of the next page, `rel=\"next\"`, if there is one.")
        .conditional()
        .fails(400, "A parameter, a field, the filter or the cursor is not understood; says what would be.")
        .fails(406, "None of the forms that the client accepts; lists what there is.")
}
