//! The OpenAPI 3.1 description, made from the route table: paths and who may from the routes, the rest from what
//! each says of itself.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use t5g_model::names::Scope;

use super::operation::{Kind, Operation, Parameter, Tag};
use crate::access::Access;
use crate::layers::errors::Problem;
use crate::routes;

const ABOUT: &str = "Cases, cards, bugs and issues of a field support team, its statistics, how fresh all of it is, \
    and the background work that keeps it so. Programs send an API token, which people make at `/tokens`. Lists take \
    the same filter language as the table of cards, come in pages, and also as CSV and NDJSON. Errors are \
    `application/problem+json` (RFC 9457). A guide with examples is `docs/api.md` in the repository.";

/// One operation with its place in the route table.
pub(crate) struct Listed {
    /// The path's template.
    pub(crate) path: &'static str,
    /// Who may use it.
    pub(crate) access: Access,
    /// What it says of itself.
    pub(crate) operation: Operation,
}

/// Every operation that describes itself, by tag, then as in the route table.
pub(crate) fn listed() -> Vec<Listed> {
    let mut all: Vec<Listed> = Vec::new();
    for route in routes::table() {
        let operations = route.about.map(|about| about()).unwrap_or_default();
        let (path, access) = (route.path, route.access);
        all.extend(operations.into_iter().map(|operation| Listed { path, access, operation }));
    }
    all.sort_by_key(|one| Tag::ALL.iter().position(|tag| *tag == one.operation.tag));
    all
}

/// The description.
pub fn openapi() -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .for_serialize()
        .with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        })
        .into_generator();
    let problem = generator.subschema_for::<Problem<'static>>();
    let mut paths = Map::new();
    for one in listed() {
        let place = paths.entry(one.path.to_owned()).or_insert_with(|| json!({}));
        if let Value::Object(methods) = place {
            let described = operation(&one, &mut generator, &problem);
            methods.insert(one.operation.verb.name().to_owned(), described);
        }
    }
    let tags: Vec<_> =
        Tag::ALL.iter().map(|tag| json!({ "name": tag.names().0, "description": tag.names().1 })).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "T5G",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API token, `t5g_…`, made at `/tokens`; the scopes that it needs are listed.",
                },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-sid",
                    "description": "A browser's session. Requests that change something must come from our own pages.",
                },
            },
        },
    })
}

fn operation(one: &Listed, generator: &mut SchemaGenerator, problem: &schemars::Schema) -> Value {
    let operation = &one.operation;
    let mut described = Map::new();
    described.insert("operationId".to_owned(), operation.id.into());
    described.insert("tags".to_owned(), json!([operation.tag.names().0]));
    described.insert("summary".to_owned(), operation.summary.into());
    let who = who(one.access);
    let about = [operation.about, who.as_str()].join(if operation.about.is_empty() { "" } else { "\n\n" });
    described.insert("description".to_owned(), about.into());
    described.insert("security".to_owned(), security(one.access));
    let places = names_in(one.path).map(|name| path_parameter(name, operation));
    let parameters: Vec<Value> = places.chain(operation.parameters.iter().map(parameter)).collect();
    if !parameters.is_empty() {
        described.insert("parameters".to_owned(), parameters.into());
    }
    if let Some((shape, about)) = operation.body {
        let content = json!({ "application/json": { "schema": shape(generator) } });
        described.insert(
            "requestBody".to_owned(),
            json!({ "description": about, "required": false, "content": content }),
        );
    }
    described.insert("responses".to_owned(), responses(one, generator, problem));
    Value::Object(described)
}

fn responses(one: &Listed, generator: &mut SchemaGenerator, problem: &schemars::Schema) -> Value {
    let operation = &one.operation;
    let mut responses = Map::new();
    for answer in &operation.answers {
        let mut described = json!({ "description": answer.about });
        let content: Map<String, Value> = answer
            .content
            .iter()
            .map(|(kind, shape)| {
                let schema =
                    shape.map_or_else(|| json!({ "type": "string" }), |shape| shape(generator).to_value());
                ((*kind).to_owned(), json!({ "schema": schema }))
            })
            .collect();
        let headers: Map<String, Value> = answer
            .headers
            .iter()
            .map(|(name, about)| {
                ((*name).to_owned(), json!({ "description": about, "schema": { "type": "string" } }))
            })
            .collect();
        if let Value::Object(members) = &mut described {
            if !content.is_empty() {
                members.insert("content".to_owned(), content.into());
            }
            if !headers.is_empty() {
                members.insert("headers".to_owned(), headers.into());
            }
        }
        responses.insert(answer.status.to_string(), described);
    }
    let mut content = Map::new();
    content.insert("application/problem+json".to_owned(), json!({ "schema": problem }));
    // Outside of `/api/`, errors are for people unless the client asks for JSON.
    if !one.path.starts_with("/api") {
        content.insert("text/html".to_owned(), json!({ "schema": { "type": "string" } }));
    }
    let failure = |about: &str| json!({ "description": about, "content": content });
    for (status, about) in &operation.errors {
        responses.entry(status.to_string()).or_insert_with(|| failure(about));
    }
    let other = "Any other error, such as 401 without a good token, 403 with one that may not, 429 when it asks too \
        often (`Retry-After` says for how long), 503 while the data are not loaded.";
    responses.insert("default".to_owned(), failure(other));
    Value::Object(responses)
}

fn parameter(one: &Parameter) -> Value {
    let schema = match one.kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Sorts(names) => names_with_commas(&format!("-?({})", names().join("|"))),
        Kind::Members(names) => names_with_commas(&format!("({})", names().join("|"))),
        Kind::Number(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Kind::Day => json!({ "type": "string", "format": "date" }),
        Kind::OneOf(words) => json!({ "type": "string", "enum": words }),
    };
    let place = if one.header { "header" } else { "query" };
    json!({ "name": one.name, "in": place, "required": false, "description": one.about, "schema": schema })
}

fn names_with_commas(one: &str) -> Value {
    json!({ "type": "string", "pattern": format!("^{one}(,{one})*$") })
}

fn path_parameter(name: &str, operation: &Operation) -> Value {
    let about = operation.places.iter().find(|(known, _)| *known == name).map_or("", |(_, about)| about);
    json!({ "name": name, "in": "path", "required": true, "description": about, "schema": { "type": "string" } })
}

/// The names in a path's template.
fn names_in(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('{').skip(1).filter_map(|rest| rest.split('}').next())
}

fn security(access: Access) -> Value {
    match (access, access.scope()) {
        (_, Some(scope)) => json!([{ "token": [scope.as_str()] }, { "session": [] }]),
        (Access::Person(_), None) => json!([{ "session": [] }]),
        (_, None) => json!([]),
    }
}

/// Who may, in words.
fn who(access: Access) -> String {
    let Some(scope) = access.scope() else { return "For everybody.".to_owned() };
    let role = match scope {
        Scope::Refresh => "whoever may refresh".to_owned(),
        other => format!("the role {}", other.role(false)),
    };
    format!("Needs {role}; a token needs the scope `{scope}`.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_a_path_is_explained() {
        for one in listed() {
            let known = &one.operation.places;
            let names: Vec<_> = names_in(one.path).collect();
            assert!(names.iter().all(|name| known.iter().any(|(place, _)| place == name)), "{}", one.path);
            assert_eq!(names.len(), known.len(), "{}", one.path);
        }
    }

    #[test]
    fn no_two_operations_share_an_id() {
        let mut ids: Vec<_> = listed().iter().map(|one| one.operation.id).collect();
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count);
        assert!(count > 30, "{count}");
    }
}
