//! From the groups that somebody is in to what they may do. Pure, and careful: an entry of the settings means a
//! whole group, a whole part of its name in a directory, or that part's value, never a piece of any of them.

use t5g_model::names::Role;

/// Which groups make somebody what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleGroups {
    /// May look.
    pub viewers: Vec<String>,
    /// May also refresh, run jobs and plan cards.
    pub operators: Vec<String>,
    /// May do everything.
    pub admins: Vec<String>,
}

impl RoleGroups {
    /// The highest role that one of these groups gives; `None`: none of them gives any.
    pub fn role_of(&self, groups: &[String]) -> Option<Role> {
        let member_of = |entries: &[String]| {
            entries.iter().any(|entry| groups.iter().any(|group| is_meant(entry.trim(), group.trim())))
        };
        let lists =
            [(Role::Admin, &self.admins), (Role::Operator, &self.operators), (Role::Viewer, &self.viewers)];
        lists.into_iter().find(|(_, entries)| member_of(entries)).map(|(role, _)| role)
    }

    /// Whether viewers may refresh too: where nobody is named who may do more, as with the Python dashboard.
    pub fn viewers_refresh(&self) -> bool {
        self.operators.is_empty() && self.admins.is_empty()
    }
}

/// Whether an entry of the settings means this group. Upper and lower case are the same.
fn is_meant(entry: &str, group: &str) -> bool {
    if entry.is_empty() {
        return false;
    }
    let entry = folded(entry);
    let group = folded(group);
    if entry == group {
        return true;
    }
    let Some(parts) = directory_name(&group) else { return false };
    if let Some(entry_parts) = directory_name(&entry).filter(|parts| parts.len() > 1) {
        return entry_parts == parts;
    }
    let part = directory_name(&entry).and_then(|mut parts| parts.pop());
    parts.iter().any(|(kind, value)| match &part {
        Some((wanted_kind, wanted)) => wanted_kind == kind && wanted == value,
        None => kind == "cn" && *value == entry,
    })
}

/// In lower case. A letter of another alphabet never becomes one of ours, as the sign for kelvin would a k: the names
/// of groups with these are two.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        if !c.is_ascii() && c.to_lowercase().any(|lower| lower.is_ascii()) {
            folded.push(c);
        } else {
            folded.extend(c.to_lowercase());
        }
    }
    folded
}

/// `cn=field-team,ou=groups` as its parts, escapes resolved; `None` if the text is no directory name. A comma or
/// an equals sign that is escaped belongs to a value: who can choose a part of a name must not become another.
fn directory_name(text: &str) -> Option<Vec<(String, String)>> {
    let mut parts = vec![Part::default()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let part = parts.last_mut()?;
        match (c, part.value.as_mut()) {
            ('=', None) => part.value = Some(String::new()),
            (',', Some(_)) => parts.push(Part::default()),
            // A part of several values has no one value, and quoted text is of an older standard: neither is a
            // name that we read.
            ('+' | '"' | ';', _) => return None,
            ('\\', Some(value)) => {
                value.push(escaped(&mut chars)?);
                part.kept = value.len();
            }
            (c, Some(value)) if c.is_whitespace() => {
                if !value.is_empty() {
                    value.push(c);
                }
            }
            (c, Some(value)) => {
                value.push(c);
                part.kept = value.len();
            }
            (c, None) => part.kind.push(c),
        }
    }
    parts.into_iter().map(Part::read).collect()
}

/// One part of a name, as far as it was read.
#[derive(Default)]
struct Part {
    kind: String,
    /// What stands behind the equals sign, blanks before it left out.
    value: Option<String>,
    /// How much of the value is no blank at its end. A blank that is escaped belongs to the value.
    kept: usize,
}

impl Part {
    fn read(self) -> Option<(String, String)> {
        let kind = self.kind.trim().to_owned();
        let mut value = self.value?;
        value.truncate(self.kept);
        let named =
            !kind.is_empty() && kind.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.');
        (named && !value.is_empty()).then_some((kind, value))
    }
}

/// What follows a backslash: a sign as it is, or two hexadecimal digits of one byte. Longer characters in that
/// form are not read: no group of ours needs them.
fn escaped(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<char> {
    let first = chars.next()?;
    let Some(high) = first.to_digit(16) else { return Some(first) };
    let low = chars.next()?.to_digit(16)?;
    let byte = u8::try_from(high * 16 + low).ok()?;
    byte.is_ascii().then_some(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: &str = "cn=Field-Team,ou=adhoc, ou=managedGroups,dc=example,dc=com";

    #[test]
    fn an_entry_means_a_whole_name_a_whole_part_or_a_whole_value() {
        for entry in [
            "field-team",
            "CN=field-team",
            "ou=adhoc",
            GROUP,
            "cn=field-team,ou=adhoc,ou=managedgroups,dc=example,dc=com",
        ] {
            assert!(is_meant(entry, GROUP), "{entry}");
        }
        assert!(is_meant("field-team", "Field-Team"), "a group without a directory");
        assert!(is_meant("a,b", "a,b") && is_meant("R&D (west)", "cn=R&D (west),dc=x"));
    }

    #[test]
    fn a_piece_of_a_name_means_nothing() {
        for entry in [
            "",
            " ",
            "field",
            "team",
            "field-tea",
            "cn=field",
            "n=field-team",
            "adhoc",
            "com",
            "cn",
            "cn=",
            "field-team,ou=adhoc",
            "cn=field-team,ou=adhoc",
            "*",
            "%",
            "dc=example.com",
        ] {
            assert!(!is_meant(entry, GROUP), "{entry}");
        }
        assert!(!is_meant("field-team", "field-team-guests"));
        assert!(!is_meant("field-team", "cn=guests of field-team,dc=x"));
    }

    #[test]
    fn signs_in_a_value_make_no_other_part() {
        for group in [
            r"cn=guests\,cn=field-team,dc=x",
            r"cn=guests\2ccn=field-team,dc=x",
            r#"cn="guests,cn=field-team",dc=x"#,
            "cn=guests+cn=field-team,dc=x",
            r"cn=guests;cn=field-team,dc=x",
            r"cn=field-team\",
            r"cn=field-team\2",
            "cn=field-team,broken",
        ] {
            assert!(!is_meant("field-team", group), "{group}");
            assert!(!is_meant("cn=field-team", group), "{group}");
        }
        assert!(is_meant("a,b", r"cn=a\,b,dc=x") && is_meant("cn=a=b", "cn=a=b,dc=x"));
        assert!(!is_meant("a=b", "cn=a=b,dc=x"), "an entry with a kind means that kind");
    }

    #[test]
    fn what_only_looks_the_same_is_another_name() {
        for group in [
            r"cn=\20field-team,dc=x",
            r"cn=\ field-team,dc=x",
            r"cn=field-team\20,dc=x",
            "cn=field-team\\ ,dc=x",
        ] {
            assert!(!is_meant("field-team", group) && !is_meant("cn=field-team", group), "{group}");
        }
        assert!(is_meant("field-team", "cn = field-team , dc=x"), "blanks that are not escaped");
        // The sign for kelvin, and a Turkish I with its dot.
        assert!(!is_meant("kernel", "cn=\u{212a}ernel,dc=x") && !is_meant("kernel", "\u{212a}ernel"));
        assert!(!is_meant("field", "f\u{130}eld") && is_meant("öznur", "cn=ÖZNUR,dc=x"));
    }

    #[test]
    fn the_highest_role_counts() {
        let list = |entries: &[&str]| entries.iter().map(ToString::to_string).collect::<Vec<_>>();
        let groups = RoleGroups {
            viewers: list(&["field"]),
            operators: list(&["leads"]),
            admins: list(&["cn=admins"]),
        };
        assert_eq!(groups.role_of(&list(&["cn=field,dc=x"])), Some(Role::Viewer));
        assert_eq!(groups.role_of(&list(&["other", "leads", "field"])), Some(Role::Operator));
        assert_eq!(groups.role_of(&list(&["cn=admins,dc=x", "leads"])), Some(Role::Admin));
        assert_eq!(groups.role_of(&list(&["admins"])), None, "an entry of kind and value needs both");
        assert_eq!(groups.role_of(&[]), None);
        assert!(!groups.viewers_refresh());
        assert!(RoleGroups { viewers: list(&["field"]), ..RoleGroups::default() }.viewers_refresh());
    }
}
