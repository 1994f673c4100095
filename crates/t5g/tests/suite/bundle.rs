//! Import and export on the embedded store.

use crate::program::Program;

const BUNDLE: &str = r#"{
"cases": {"01234567": {"owner": "A", "severity": "1 (Urgent)", "account": "Acme \u00e9", "problem": "p", "status": "Closed", "createdate": "2026-01-01T00:00:00Z", "last_update": "2026-01-01T00:00:00Z", "closeddate": "2026-02-01T00:00:00Z", "description": "d", "product": "P 1", "product_version": "1", "unknown": [1.50]}},
"escalations": null
}
"#;

#[test]
fn what_was_imported_is_exported_byte_for_byte() {
    let program = Program::new();
    let imported = program.run_with_input(&["import", "-", "--json"], BUNDLE.as_bytes());
    assert_eq!(imported.code, Some(0), "{}", imported.err);
    assert_eq!(program.run(&["export"]).out, BUNDLE);
    assert_eq!(program.run(&["export", "--only", "escalations"]).out, "{\n\"escalations\": null\n}\n");
    let file = program.path("out.json");
    assert_eq!(program.run(&["export", "-o", &file]).code, Some(0));
    assert_eq!(std::fs::read_to_string(file).unwrap(), BUNDLE);
}

#[test]
fn a_file_with_one_broken_document_changes_nothing() {
    let program = Program::new();
    assert_eq!(program.run_with_input(&["import", "-"], BUNDLE.as_bytes()).code, Some(0));
    let broken = program.run_with_input(&["import", "-"], br#"{"escalations": [], "cases": [1]}"#);
    assert_eq!(broken.code, Some(1));
    assert!(broken.err.contains("cases"), "{}", broken.err);
    assert_eq!(program.run(&["export"]).out, BUNDLE);
}

#[test]
fn members_that_are_no_documents_are_told_and_a_dry_run_writes_nothing() {
    let program = Program::new();
    let dry =
        program.run_with_input(&["import", "-", "--dry-run"], br#"{"mine\u001b[2J": 1, "escalations": []}"#);
    assert_eq!(dry.code, Some(0), "{}", dry.err);
    assert!(dry.err.contains("passed over: \"mine") && !dry.err.contains('\u{1b}'), "{}", dry.err);
    let nothing = program.run(&["export"]);
    assert_eq!(
        (nothing.code, nothing.out.as_str()),
        (Some(1), ""),
        "not even a store was made: {}",
        nothing.err
    );
}
