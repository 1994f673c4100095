//! What every source in Jira needs: custom fields found by name, people.

use std::collections::BTreeSet;

use t5g_clients::jira::{JiraUser, WireIssue};
use t5g_model::documents::Person;

use crate::context::SyncContext;
use crate::rules::FieldName;

/// This Jira's fields: id and name. A name may occur more than once.
#[derive(Debug)]
pub(crate) struct FieldIds {
    named: Vec<(String, String)>,
    /// Those that hold choices of a list.
    choices: BTreeSet<String>,
}

impl FieldIds {
    /// Asks Jira which fields there are.
    pub(crate) async fn resolve(ctx: &SyncContext) -> anyhow::Result<Self> {
        let fields = ctx.jira.fields().await?;
        let choices = fields.iter().filter(|field| field.schema.items == "option");
        let choices = choices.map(|field| field.id.clone()).collect();
        let named = fields.into_iter().map(|field| (field.id, field.name)).collect();
        Ok(Self { named, choices })
    }

    /// Whether the field of that id holds choices of a list.
    pub(crate) fn holds_choices(&self, id: &str) -> bool {
        self.choices.contains(id)
    }

    /// The field's id: as set, else by its name (the usual one if several share it), else the usual one.
    pub(crate) fn of(&self, field: &FieldName) -> String {
        let named =
            || self.named.iter().filter(|(_, name)| name.eq_ignore_ascii_case(field.name)).map(|(id, _)| id);
        let found = named().find(|id| *id == field.usual).or_else(|| named().next());
        field.id.as_ref().or(found).cloned().unwrap_or_else(|| field.usual.to_owned())
    }
}

/// A Jira user: Cloud's account id, or else Data Center's key or name.
pub(crate) fn person(user: JiraUser) -> Person {
    Person {
        display_name: user.display_name,
        account_id: user.account_id.or(user.key).or(user.name),
        email_address: user.email_address,
    }
}

/// The mail address in a user field; the first one's of several.
pub(crate) fn mail(issue: &WireIssue, field: &str) -> Option<String> {
    issue.users(field).into_iter().next()?.email_address
}

/// The names in a list field; `None` where there is no list, or an empty one.
pub(crate) fn names(issue: &WireIssue, field: &str) -> Option<Vec<String>> {
    let names: Vec<String> = issue.names(field)?.into_iter().map(str::to_owned).collect();
    Some(names).filter(|names| !names.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_fields_are_found_by_name_unless_an_id_is_set() {
        let field =
            |id: Option<&str>| FieldName { name: "QA Contact", id: id.map(Into::into), usual: "cf_1" };
        let fields = |list: &[(&str, &str)]| {
            let named = list.iter().map(|(id, name)| ((*id).to_owned(), (*name).to_owned())).collect();
            FieldIds { named, choices: BTreeSet::new() }
        };
        let twice = fields(&[("cf_9", "QA contact"), ("cf_1", "QA Contact"), ("cf_3", "Severity")]);
        assert_eq!(twice.of(&field(None)), "cf_1");
        assert_eq!(twice.of(&field(Some("cf_7"))), "cf_7");
        assert_eq!(fields(&[("cf_9", "qa contact")]).of(&field(None)), "cf_9");
        assert_eq!(fields(&[]).of(&field(None)), "cf_1");
    }
}
