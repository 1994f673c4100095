//! Whether engineering takes a case's bug or issue as seriously as the case is.

use crate::names::Severity;

/// How engineering's severity differs from the case's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeverityGap {
    /// Engineering takes it less seriously: somebody should talk to them.
    Lower,
    /// Engineering takes it more seriously.
    Higher,
}

/// The difference; `None` where there is none, or either severity is a word that means nothing.
pub fn severity_gap(case: &Severity, engineering: Option<&str>) -> Option<SeverityGap> {
    let theirs = Severity::of_engineering(engineering?)?;
    match case {
        Severity::Other(_) => None,
        case if theirs > *case => Some(SeverityGap::Lower),
        case if theirs < *case => Some(SeverityGap::Higher),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_severities_can_differ() {
        let gap = |case: &str, theirs| severity_gap(&case.parse().unwrap(), theirs);
        assert_eq!(gap("1 (Urgent)", Some("Moderate")), Some(SeverityGap::Lower));
        assert_eq!(gap("Low", Some("Important")), Some(SeverityGap::Higher));
        assert_eq!(gap("High", Some("Important")), None);
        assert_eq!(gap("High", None), None);
        assert_eq!(gap("High", Some("unspecified")), None);
        assert_eq!(gap("5 (Cosmic)", Some("Low")), None);
    }
}
