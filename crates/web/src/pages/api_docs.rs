//! `/api/docs`: the description of the API for people, with a form for each operation to try it. Made from the same
//! description that programs get; the requests are sent by the page's script, as whoever looks at it.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Html;
use serde::Serialize;

use crate::access::Caller;
use crate::api::describe::{Kind, Listed, Operation, Parameter, Tag, Verb, listed};
use crate::app::AppState;
use crate::error::AppError;
use crate::templates::Page;
use crate::view::chrome::Chrome;

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ApiDocsPage {
    version: &'static str,
    parts: Vec<Part>,
}

/// Words with code among them: what stands between backticks.
#[derive(Debug, Clone, Serialize)]
struct Words(Vec<Bit>);

#[derive(Debug, Clone, Serialize)]
struct Bit {
    text: String,
    code: bool,
}

impl Words {
    /// Names that follow each other stand in one piece of code: dozens of pieces a list would double the page.
    fn of(text: &str) -> Self {
        let joined = text.replace("`, `", ", ");
        let bits = joined.split('`').enumerate().filter(|(_, text)| !text.is_empty());
        Self(bits.map(|(at, text)| Bit { text: text.to_owned(), code: at % 2 == 1 }).collect())
    }
}

#[derive(Debug, Clone, Serialize)]
struct Part {
    anchor: String,
    name: &'static str,
    about: &'static str,
    operations: Vec<View>,
}

#[derive(Debug, Clone, Serialize)]
struct View {
    id: &'static str,
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    about: Words,
    /// What a token needs.
    scope: Option<&'static str>,
    /// Whether a form does the same without a script: nothing in the path has to be filled in.
    plain: bool,
    inputs: Vec<Input>,
    headers: Vec<Header>,
    body: Option<Words>,
    /// Media types that can be asked for, if there is a choice.
    forms: Vec<&'static str>,
    answers: Vec<Reply>,
}

#[derive(Debug, Clone, Serialize)]
struct Input {
    name: String,
    about: Words,
    in_path: bool,
    kind: &'static str,
    options: Vec<&'static str>,
    least: Option<u32>,
    most: Option<u32>,
}

#[derive(Debug, Clone, Serialize)]
struct Header {
    name: &'static str,
    about: Words,
}

#[derive(Debug, Clone, Serialize)]
struct Reply {
    status: u16,
    about: Words,
}

impl ApiDocsPage {
    fn of(all: Vec<Listed>) -> Self {
        let mut parts: Vec<Part> = Tag::ALL.iter().map(|tag| Part::of(*tag)).collect();
        for one in all {
            let name = one.operation.tag.names().0;
            if let Some(part) = parts.iter_mut().find(|part| part.name == name) {
                part.operations.push(View::of(one));
            }
        }
        Self { version: env!("CARGO_PKG_VERSION"), parts }
    }
}

impl Part {
    fn of(tag: Tag) -> Self {
        let (name, about) = tag.names();
        Self { anchor: name.to_lowercase().replace(' ', "-"), name, about, operations: Vec::new() }
    }
}

impl View {
    fn of(one: Listed) -> Self {
        let Listed { path, access, operation } = one;
        let in_path = operation.places.iter().map(|(name, about)| Input::in_path(name, about));
        let queries = operation.parameters.iter().filter(|one| !one.header).map(Input::of);
        let headers = operation.parameters.iter().filter(|one| one.header);
        Self {
            id: operation.id,
            method: match operation.verb {
                Verb::Get => "GET",
                Verb::Post => "POST",
            },
            path,
            summary: operation.summary,
            about: Words::of(operation.about),
            scope: access.scope().map(t5g_model::names::Scope::as_str),
            plain: operation.places.is_empty(),
            inputs: in_path.chain(queries).collect(),
            headers: headers.map(|one| Header { name: one.name, about: Words::of(one.about) }).collect(),
            body: operation.body.map(|(_, about)| Words::of(about)),
            forms: forms(&operation),
            answers: replies(&operation),
        }
    }
}

/// The media types among which a client can choose.
fn forms(operation: &Operation) -> Vec<&'static str> {
    let good = operation.answers.iter().find(|answer| answer.status == 200);
    let all: Vec<_> = good.into_iter().flat_map(|answer| &answer.content).map(|(media, _)| *media).collect();
    if all.len() > 1 { all } else { Vec::new() }
}

fn replies(operation: &Operation) -> Vec<Reply> {
    let good = operation.answers.iter().map(|answer| (answer.status, answer.about));
    let mut all: Vec<_> = good.chain(operation.errors.iter().copied()).collect();
    all.sort_by_key(|(status, _)| *status);
    all.into_iter().map(|(status, about)| Reply { status, about: Words::of(about) }).collect()
}

impl Input {
    fn in_path(name: &str, about: &str) -> Self {
        Self {
            name: name.to_owned(),
            about: Words::of(about),
            in_path: true,
            kind: "text",
            options: Vec::new(),
            least: None,
            most: None,
        }
    }

    fn of(one: &Parameter) -> Self {
        let mut input = Self { in_path: false, ..Self::in_path(one.name, one.about) };
        match one.kind {
            Kind::Text => {}
            Kind::Flag => (input.kind, input.options) = ("choice", vec!["true", "false"]),
            Kind::Sorts(names) | Kind::Members(names) => {
                input.about = Words::of(&format!("{} Names: `{}`.", one.about, names().join("`, `")));
            }
            Kind::Number(least, most) => {
                (input.kind, input.least, input.most) = ("number", Some(least), Some(most));
            }
            Kind::Day => input.kind = "date",
            Kind::OneOf(words) => (input.kind, input.options) = ("choice", words.to_vec()),
        }
        input
    }
}

impl Page for ApiDocsPage {
    const TEMPLATE: &'static str = "pages/api_docs.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        Ok(vec![Self::of(listed()), Self::of(Vec::new())])
    }
}

/// The handler.
pub(crate) async fn show(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Html<String>, AppError> {
    let html = app.templates().render(&ApiDocsPage::of(listed()), &Chrome::of(&app, &caller, &headers));
    Ok(Html(html.map_err(AppError::internal)?))
}

/// What the page says of itself.
pub(crate) fn about() -> Vec<Operation> {
    let one = Operation::get(Tag::About, "getDocumentation", "A page to read and try all of this");
    vec![one.answer(200, "A page.", vec![("text/html", None)])]
}
