//! Every sample of every page renders, and hostile text in it stays text.

#[test]
fn every_sample_renders() {
    let rendered = t5g_web::check_templates().unwrap();
    assert!(rendered > 10, "only {rendered} samples");
}
