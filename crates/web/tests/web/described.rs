//! Holds every answer that a test gets from the API against the API's description: status, media type and body must be
//! among what is described, and the body may have no member that is not.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::LazyLock;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use boon::{Compiler, Draft, SchemaIndex, Schemas};
use serde_json::{Value, json};

use crate::common::Answer;

/// What was asked.
pub(crate) struct Asked {
    method: Method,
    path: String,
    for_people: bool,
    of_another_site: bool,
}

impl Asked {
    pub(crate) fn of(request: &Request<Body>) -> Self {
        let accept = request.headers().get("accept").map_or("", |value| value.to_str().unwrap());
        Self {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            for_people: accept.contains("text/html"),
            of_another_site: request.headers().get("sec-fetch-site").is_some_and(|site| site == "cross-site"),
        }
    }
}

const PLACE: &str = "http://t5g.example/openapi.json";

/// The description, its objects closed: what they do not name is a fault.
pub(crate) static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| {
    let mut description = t5g_web::openapi();
    close(&mut description);
    description
});

fn close(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            let is_object = members.get("type").is_some_and(|kind| kind == "object");
            if is_object && members.contains_key("properties") {
                members.entry("additionalProperties").or_insert(json!(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

struct Checker {
    compiler: Compiler,
    schemas: Schemas,
    known: HashMap<String, SchemaIndex>,
}

thread_local! {
    static CHECKER: RefCell<Checker> = RefCell::new(Checker::new());
}

impl Checker {
    fn new() -> Self {
        let mut compiler = Compiler::new();
        compiler.set_default_draft(Draft::V2020_12);
        compiler.enable_format_assertions();
        compiler.add_resource(PLACE, DESCRIPTION.clone()).unwrap();
        Self { compiler, schemas: Schemas::new(), known: HashMap::new() }
    }

    /// What is wrong with the value, in the eyes of the schema at that place in the description.
    fn faults(&mut self, pointer: &[&str], value: &Value) -> Option<String> {
        let parts = pointer.iter().map(|part| part.replace('~', "~0").replace('/', "~1"));
        let fragment =
            parts.map(|part| part.replace('{', "%7B").replace('}', "%7D")).collect::<Vec<_>>().join("/");
        let address = format!("{PLACE}#/{fragment}");
        let index = self.known.get(&address).copied().unwrap_or_else(|| {
            let index = self.compiler.compile(&address, &mut self.schemas).unwrap();
            self.known.insert(address, index);
            index
        });
        self.schemas.validate(value, index).err().map(|error| format!("{error:#}"))
    }
}

/// The path's template in the description; literal ones before those with names.
fn template(path: &str) -> Option<&'static str> {
    let fits = |template: &str| {
        let (mut a, mut b) = (template.split('/'), path.split('/'));
        loop {
            match (a.next(), b.next()) {
                (None, None) => return true,
                (Some(a), Some(b)) if a == b || (a.starts_with('{') && !b.is_empty()) => {}
                _ => return false,
            }
        }
    };
    let paths = DESCRIPTION["paths"].as_object().unwrap();
    let all = paths.keys().map(String::as_str).filter(|template| fits(template));
    all.min_by_key(|template| template.matches('{').count())
}

/// Fails the test if the answer is not as described.
pub(crate) fn check(asked: &Asked, answer: &Answer) {
    let Some(path) = template(&asked.path) else { return };
    let method = asked.method.as_str().to_lowercase();
    let what = format!("{method} {} answered {}", asked.path, answer.status);
    let led_to_login = answer.status == StatusCode::SEE_OTHER && asked.for_people;
    let packed = !answer.header("content-encoding").is_empty();
    if led_to_login || packed || method == "head" {
        return;
    }
    let kind = answer.header("content-type").split(';').next().unwrap_or_default();
    let operation = &DESCRIPTION["paths"][path][&method];
    if operation.is_null() {
        // What another site's page sends is refused before anybody looks at the method.
        let refused =
            if asked.of_another_site { StatusCode::FORBIDDEN } else { StatusCode::METHOD_NOT_ALLOWED };
        assert_eq!(answer.status, refused, "{what}, and is not described");
        return;
    }
    let status = answer.status.as_u16().to_string();
    let known = operation["responses"].get(&status).is_some();
    let status = if known { status } else { "default".to_owned() };
    assert!(known || !answer.status.is_success(), "{what}, which is not described");
    let content = &operation["responses"][&status]["content"];
    if content.is_null() {
        assert!(answer.bytes.is_empty(), "{what} with a body, and none is described: {}", answer.text());
        return;
    }
    assert!(content.get(kind).is_some(), "{what} as {kind:?}, which is not described: {}", answer.text());
    let pointer = ["paths", path, &method, "responses", &status, "content", kind, "schema"];
    let bodies = match kind {
        "application/json" | "application/problem+json" => vec![answer.json()],
        "application/x-ndjson" => {
            answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        }
        _ => return,
    };
    for body in &bodies {
        let faults = CHECKER.with_borrow_mut(|checker| checker.faults(&pointer, body));
        if let Some(faults) = faults {
            panic!("{what} with what is not described:\n{faults}\n{body:#}");
        }
    }
}

/// Whether a piece of news is as described.
pub(crate) fn check_news(news: &Value) {
    let pointer =
        ["paths", "/api/v1/events", "get", "responses", "200", "content", "text/event-stream", "schema"];
    let faults = CHECKER.with_borrow_mut(|checker| checker.faults(&pointer, news));
    assert_eq!(faults, None, "{news}");
}
