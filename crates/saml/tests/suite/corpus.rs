//! All cases together.

use std::collections::BTreeSet;

use t5g_saml::Reason;

use crate::{context, encrypted, hostile, logout, signatures};

/// Each reason for a refusal is one that some message gets; a check that nothing can fail would be found here.
#[test]
fn every_reason_has_a_message_that_is_refused_for_it() {
    let logins = [signatures::cases(), context::cases(), encrypted::cases(), hostile::cases()];
    let mut seen: BTreeSet<Reason> = logins.iter().flatten().filter_map(|case| case.want).collect();
    seen.extend(logout::cases().iter().filter_map(|case| case.want));
    // Signing our own answer fails only with a broken key, which the settings do not let in.
    seen.insert(Reason::Answer);
    let missing: Vec<&Reason> = Reason::ALL.iter().filter(|reason| !seen.contains(reason)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn names_of_reasons_are_their_own() {
    let names: BTreeSet<&str> = Reason::ALL.iter().map(|reason| reason.code()).collect();
    assert_eq!(names.len(), Reason::ALL.len());
    let plain =
        |name: &&str| name.chars().all(|one| one.is_ascii_lowercase() || one == '_' || one.is_ascii_digit());
    assert!(names.iter().all(plain));
}
