//! One operation of the API: what it is called, what it takes, what it answers.

use schemars::{JsonSchema, Schema, SchemaGenerator};

/// An HTTP method that the API uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Reads.
    Get,
    /// Starts or changes something.
    Post,
}

impl Verb {
    /// As OpenAPI writes it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
        }
    }
}

/// The part of the API that an operation belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    /// `/api/v1`.
    Resources,
    /// `/api/v1/events`.
    Live,
    /// `/api/v1/plans` and `/api/v1/journal`.
    Writing,
    /// The Python dashboard's addresses.
    Old,
    /// `/api/monitor`.
    Work,
    /// The description itself.
    About,
}

impl Tag {
    /// In the order of the description.
    pub(crate) const ALL: [Self; 6] =
        [Self::Resources, Self::Live, Self::Writing, Self::Work, Self::Old, Self::About];

    /// Name, and what is in it.
    pub(crate) const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Resources => ("Resources", "What the dashboard shows, as lists and single entries."),
            Self::Live => ("Live", "News, as server-sent events."),
            Self::Writing => {
                ("Writing", "Plans of what is written to other services, and what became of it.")
            }
            Self::Work => ("Background work", "Tasks, their runs, queues and workers."),
            Self::Old => {
                ("As before", "The Python dashboard's addresses and JSON, kept for scripts that use them.")
            }
            Self::About => ("About", "This description."),
        }
    }
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Any text.
    Text,
    /// `true` or `false`.
    Flag,
    /// Names of what can be sorted by, with commas.
    Sorts(fn() -> Vec<&'static str>),
    /// Names of members, with commas.
    Members(fn() -> Vec<&'static str>),
    /// A whole number between these.
    Number(u32, u32),
    /// `YYYY-MM-DD`.
    Day,
    /// One of these words.
    OneOf(&'static [&'static str]),
}

/// A parameter in the address after the question mark, or a header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameter {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it takes.
    pub(crate) kind: Kind,
    /// What it means.
    pub(crate) about: &'static str,
    /// Whether it is a header.
    pub(crate) header: bool,
}

impl Parameter {
    /// One in the address.
    pub(crate) const fn new(name: &'static str, kind: Kind, about: &'static str) -> Self {
        Self { name, kind, about, header: false }
    }

    /// A header.
    pub(crate) const fn header(name: &'static str, about: &'static str) -> Self {
        Self { name, kind: Kind::Text, about, header: true }
    }
}

/// Makes a type's schema.
pub(crate) type Shape = fn(&mut SchemaGenerator) -> Schema;

/// An answer that is no error.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) about: &'static str,
    /// Media types, each with its schema if it has one.
    pub(crate) content: Vec<(&'static str, Option<Shape>)>,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
}

/// One method of one route.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) verb: Verb,
    pub(crate) id: &'static str,
    pub(crate) tag: Tag,
    pub(crate) summary: &'static str,
    pub(crate) about: &'static str,
    pub(crate) parameters: Vec<Parameter>,
    /// Names in the path, and what they mean.
    pub(crate) places: Vec<(&'static str, &'static str)>,
    pub(crate) body: Option<(Shape, &'static str)>,
    pub(crate) answers: Vec<Answer>,
    /// Statuses of errors that a caller should expect, each with the reason.
    pub(crate) errors: Vec<(u16, &'static str)>,
}

impl Operation {
    fn new(verb: Verb, tag: Tag, id: &'static str, summary: &'static str) -> Self {
        Self {
            verb,
            id,
            tag,
            summary,
            about: "",
            parameters: Vec::new(),
            places: Vec::new(),
            body: None,
            answers: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// One that reads.
    pub(crate) fn get(tag: Tag, id: &'static str, summary: &'static str) -> Self {
        Self::new(Verb::Get, tag, id, summary)
    }

    /// One that starts or changes something.
    pub(crate) fn post(tag: Tag, id: &'static str, summary: &'static str) -> Self {
        Self::new(Verb::Post, tag, id, summary)
    }

    /// More than fits into the summary.
    pub(crate) fn about(mut self, about: &'static str) -> Self {
        self.about = about;
        self
    }

    /// What can stand in the address.
    pub(crate) fn takes(mut self, parameters: impl IntoIterator<Item = Parameter>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    /// What the name in the path stands for.
    pub(crate) fn place(mut self, name: &'static str, about: &'static str) -> Self {
        self.places.push((name, about));
        self
    }

    /// What the body holds.
    pub(crate) fn body<T: JsonSchema>(mut self, about: &'static str) -> Self {
        self.body = Some((schema_of::<T> as Shape, about));
        self
    }

    /// What it answers as JSON.
    pub(crate) fn answers<T: JsonSchema>(self, status: u16, about: &'static str) -> Self {
        self.answer(status, about, vec![("application/json", Some(schema_of::<T> as Shape))])
    }

    /// What it answers, in these media types.
    pub(crate) fn answer(
        mut self,
        status: u16,
        about: &'static str,
        content: Vec<(&'static str, Option<Shape>)>,
    ) -> Self {
        self.answers.push(Answer { status, about, content, headers: Vec::new() });
        self
    }

    /// A header of the answer that was described last.
    pub(crate) fn with_header(mut self, name: &'static str, about: &'static str) -> Self {
        if let Some(answer) = self.answers.last_mut() {
            answer.headers.push((name, about));
        }
        self
    }

    /// That a client which has the answer already is told so.
    pub(crate) fn conditional(self) -> Self {
        self.takes([Parameter::header("If-None-Match", "The `ETag` of an answer that you have.")])
            .with_header("ETag", "Names this answer; send it as `If-None-Match` next time.")
            .answer(304, "You have this answer already.", Vec::new())
            .with_header("ETag", "The same.")
    }

    /// An error to expect.
    pub(crate) fn fails(mut self, status: u16, about: &'static str) -> Self {
        self.errors.push((status, about));
        self
    }
}

/// The type's schema, by reference if it has a name.
pub(crate) fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}
