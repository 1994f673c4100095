//! Which fields an answer shows, and what this installation's custom fields are called.

/// This installation's custom fields: number, name.
pub(super) const CUSTOM: &[(u32, &str)] = &[
    (CONTRIBUTORS, "Contributors"),
    (QA_CONTACT, "QA Contact"),
    (SEVERITY, "Severity"),
    (CASE_LINKS, "SFDC Cases Links"),
    (KEYWORDS, "Private Keywords"),
    (WHITEBOARD, "Internal Whiteboard"),
    (TRACKING, "Ticket Tracking"),
    (SPRINT_FIELD, "Sprint"),
];
pub(super) const CONTRIBUTORS: u32 = 10_466;
pub(super) const QA_CONTACT: u32 = 10_470;
pub(super) const SEVERITY: u32 = 10_840;
pub(super) const CASE_LINKS: u32 = 10_979;
pub(super) const KEYWORDS: u32 = 11_087;
pub(super) const WHITEBOARD: u32 = 11_004;
pub(super) const TRACKING: u32 = 10_783;
pub(super) const SPRINT_FIELD: u32 = 10_020;

/// Jira's own fields: id, name.
pub(super) const SYSTEM: &[(&str, &str)] = &[
    ("summary", "Summary"),
    ("status", "Status"),
    ("priority", "Priority"),
    ("labels", "Labels"),
    ("assignee", "Assignee"),
    ("reporter", "Reporter"),
    ("creator", "Creator"),
    ("issuetype", "Issue Type"),
    ("project", "Project"),
    ("created", "Created"),
    ("updated", "Updated"),
    ("components", "Components"),
    ("description", "Description"),
    ("comment", "Comment"),
    ("fixVersions", "Fix versions"),
    ("resolution", "Resolution"),
    ("duedate", "Due date"),
];

/// A custom field's id.
pub(super) fn custom(number: u32) -> String {
    format!("customfield_{number}")
}

/// What an answer is to show.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    names: Vec<String>,
    unwanted: Vec<String>,
    everything: bool,
    navigable: bool,
    pub(super) rendered: bool,
}

impl Wanted {
    /// Reads field names (`*all`, `*navigable`, `name`, `-name`) and what to expand.
    pub(super) fn read(names: &[&str], expand: &str) -> Self {
        let mut wanted = Self {
            rendered: expand.split(',').any(|part| part.trim() == "renderedFields"),
            ..Self::default()
        };
        for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
            match name {
                "*all" => wanted.everything = true,
                "*navigable" => wanted.navigable = true,
                _ => match name.strip_prefix('-') {
                    Some(name) => wanted.unwanted.push(name.to_owned()),
                    None => wanted.names.push(name.to_owned()),
                },
            }
        }
        wanted
    }

    fn says_nothing(&self) -> bool {
        self.names.is_empty() && !self.everything && !self.navigable
    }

    /// The default where an issue is asked for by name.
    pub(super) fn or_all(mut self) -> Self {
        self.everything |= self.says_nothing();
        self
    }

    /// The default of Data Center's search.
    pub(super) fn or_navigable(mut self) -> Self {
        self.navigable |= self.says_nothing();
        self
    }

    /// Whether more than the name is shown.
    pub(super) fn needs_fields(&self) -> bool {
        self.everything || self.navigable || self.names.iter().any(|name| name != "id" && name != "key")
    }

    pub(super) fn has(&self, name: &str) -> bool {
        let listed = self.everything
            || (self.navigable && name != "comment")
            || self.names.iter().any(|known| known == name);
        listed && !self.unwanted.iter().any(|known| known == name)
    }
}
