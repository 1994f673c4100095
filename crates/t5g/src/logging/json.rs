//! Lines of JSON: one flat object each, with the fields of the event and of the spans around it, so that a collector
//! finds `request_id` and `run_id` without looking into lists. An inner span's field wins over an outer one's.

use std::fmt::{self, Debug};
use std::sync::Arc;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{JsonFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormattedFields};
use tracing_subscriber::registry::{LookupSpan, Scope};

use super::guard::Guard;

/// Writes each event as a line.
#[derive(Debug)]
pub(super) struct Lines {
    guard: Arc<Guard>,
}

impl Lines {
    pub(super) fn new(guard: Arc<Guard>) -> Self {
        Self { guard }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> FormatEvent<S, JsonFields> for Lines {
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = Map::new();
        let mut spans = Vec::new();
        for span in context.event_scope().into_iter().flat_map(Scope::from_root) {
            spans.push(Value::from(span.name()));
            let extensions = span.extensions();
            let fields = extensions.get::<FormattedFields<JsonFields>>();
            let read = fields.and_then(|fields| serde_json::from_str::<Map<String, Value>>(fields).ok());
            line.extend(read.unwrap_or_default());
        }
        event.record(&mut Fields(&mut line));
        // Libraries have events of fields alone; who reads lines counts on a message.
        line.entry("message").or_insert_with(|| Value::from(""));
        line.values_mut().for_each(|value| self.clean(value));
        let mut timestamp = String::new();
        SystemTime.format_time(&mut Writer::new(&mut timestamp))?;
        let about = event.metadata();
        // These are the line's own; an event cannot take them.
        for (name, text) in
            [("timestamp", &*timestamp), ("level", about.level().as_str()), ("target", about.target())]
        {
            line.insert(name.to_owned(), Value::from(text));
        }
        if !spans.is_empty() {
            line.insert("spans".to_owned(), Value::Array(spans));
        }
        writeln!(writer, "{}", Value::Object(line))
    }
}

impl Lines {
    fn clean(&self, value: &mut Value) {
        if let Value::String(text) = value
            && let std::borrow::Cow::Owned(clean) = self.guard.json(text)
        {
            *text = clean;
        }
    }
}

/// An event's fields, in their own types where JSON has them.
struct Fields<'a>(&'a mut Map<String, Value>);

impl Fields<'_> {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().trim_start_matches("r#").to_owned(), value.into());
    }
}

impl Visit for Fields<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put(field, format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use t5g_config::Secret;

    use super::super::tests::logged;
    use super::*;

    #[test]
    fn an_event_is_one_flat_object_in_a_line() {
        let guard = Arc::new(Guard::of(&[Secret::new("s3cret-word")]));
        let layer = tracing_subscriber::fmt::layer().json().event_format(Lines::new(guard));
        let log = logged(
            |writer| layer.with_writer(writer),
            || {
                let request = tracing::info_span!("request", request_id = %"abc", route = "/outer");
                let _outer = request.enter();
                let call = tracing::info_span!("call", route = "/inner", status = 200);
                let _inner = call.enter();
                tracing::warn!(level = "forged", well = true, share = 0.5, why = %"\u{9b}\n s3cret-word", "said\nso");
            },
        );
        assert_eq!(log.matches('\n').count(), 1);
        let mut line: Map<String, Value> = serde_json::from_str(&log).unwrap();
        assert!(line.remove("timestamp").is_some_and(|at| at.as_str().is_some_and(|at| at.ends_with('Z'))));
        let wanted = serde_json::json!({
            "level": "WARN", "target": module_path!(), "message": "said\nso", "spans": ["request", "call"],
            "request_id": "abc", "route": "/inner", "status": 200, "well": true, "share": 0.5,
            "why": "\\u{9b}\n ***",
        });
        assert_eq!(Value::Object(line), wanted);
    }

    #[test]
    fn an_event_of_fields_alone_has_an_empty_message() {
        let layer = tracing_subscriber::fmt::layer().json().event_format(Lines::new(Arc::default()));
        let log = logged(|writer| layer.with_writer(writer), || tracing::warn!(rows = 3));
        let line: Map<String, Value> = serde_json::from_str(&log).unwrap();
        assert_eq!((&line["message"], &line["rows"]), (&"".into(), &3.into()));
    }
}
