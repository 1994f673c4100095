//! A response and what has to become of it.

use serde_json::Value;
use t5g_saml::{Login, Options, Reason, Refusal};
use t5g_testkit::saml::{Assertion, Response, field};

use crate::world::{REQUEST, World, a_response, an_assertion, now, provider, world};

pub(crate) struct Case {
    pub(crate) name: String,
    field: String,
    request: &'static str,
    /// `None`: it has to be believed.
    pub(crate) want: Option<Reason>,
    settings: Value,
    options: Options,
}

impl Case {
    pub(crate) fn good(name: impl Into<String>, xml: &str) -> Self {
        let (settings, options) = (world().settings(), Options::default());
        Self { name: name.into(), field: field(xml), request: REQUEST, want: None, settings, options }
    }

    pub(crate) fn bad(name: impl Into<String>, reason: Reason, xml: &str) -> Self {
        Self { want: Some(reason), ..Self::good(name, xml) }
    }

    /// With the form field as it is.
    pub(crate) fn raw(name: &str, reason: Option<Reason>, field: String) -> Self {
        Self { field, want: reason, ..Self::good(name, "") }
    }

    /// With `value` at the pointer `path` of the settings.
    pub(crate) fn setting(mut self, path: &str, value: impl Into<Value>) -> Self {
        let mut place = &mut self.settings;
        for key in path.split('.') {
            if place.is_null() {
                *place = Value::Object(serde_json::Map::new());
            }
            place = &mut place[key];
        }
        *place = value.into();
        self
    }

    pub(crate) fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    pub(crate) fn request(mut self, request: &'static str) -> Self {
        self.request = request;
        self
    }

    pub(crate) fn run(&self) -> Result<Login, Refusal> {
        provider(&self.settings, self.options.clone()).finish(&self.field, self.request, now())
    }
}

/// Runs all and tells all that went wrong, so that one change shows everything that it breaks.
pub(crate) fn check(cases: &[Case]) {
    let mut wrong = Vec::new();
    for case in cases {
        let outcome = case.run();
        let found = outcome.as_ref().err().map(Refusal::reason);
        if found != case.want {
            let detail = outcome.map_or_else(|refusal| refusal.to_string(), |_| "believed".to_owned());
            wrong.push(format!("{}: wanted {:?}, found {found:?}: {detail}", case.name, case.want));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// A response with a signed assertion, after `change`.
pub(crate) fn changed(change: impl FnOnce(&mut Response, &mut Assertion)) -> String {
    let world: &World = world();
    let (mut response, mut assertion) = (a_response(), an_assertion());
    change(&mut response, &mut assertion);
    world.assertion_signed(&response, &assertion)
}

/// A signed response, after `change`.
pub(crate) fn response_changed(change: impl FnOnce(&mut Response, &mut Assertion)) -> String {
    let world: &World = world();
    let (mut response, mut assertion) = (a_response(), an_assertion());
    change(&mut response, &mut assertion);
    world.response_signed(&response, &assertion.xml())
}

/// One text for each of the first `count` numbers, joined.
pub(crate) fn numbered(count: usize, text: impl FnMut(usize) -> String) -> String {
    (0..count).map(text).collect::<Vec<_>>().concat()
}
