//! A Redis that somebody else fills: served at once, value for value, and changed live.

use serde_json::{Value, json};
use t5g_e2e::{Product, run};
use t5g_testkit::Redis;

const SERVED: [&str; 6] = ["cards", "cases", "bugs", "details", "escalations", "issues"];

fn environment(redis: &Redis) -> Vec<(String, String)> {
    [
        ("T5G_DOCUMENTS_URL", redis.url()),
        ("READ_ONLY", "true".to_owned()),
        ("FLASK_LOGIN_DISABLED", "true".to_owned()),
        ("jira_server", "https://jira.example.test".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_of_another_writer_are_served_as_they_are() -> anyhow::Result<()> {
    let redis = Redis::start().await?;
    let home = tempfile::tempdir()?;
    let fake = run(home.path(), &[], &["fake", "-n", "120", "--seed", "5"]).await?;
    assert!(fake.status.success(), "{}", fake.stderr);
    let mut documents: serde_json::Map<String, Value> = serde_json::from_str(&fake.stdout)?;
    for (name, document) in &documents {
        redis.set(name, document.to_string().as_bytes()).await?;
    }

    let product = Product::start(home.path(), &environment(&redis), &["serve"]).await?;
    for name in SERVED {
        assert_eq!(product.json(&format!("/api/{name}")).await?, documents[name], "{name}");
    }

    let cases = documents.get_mut("cases").and_then(Value::as_object_mut).expect("cases");
    cases.insert(
        "99999999".into(),
        json!({ "account": "Written by hand", "status": "Closed", "unknown": [1] }),
    );
    let changed = documents["cases"].clone();
    redis.set("cases", changed.to_string().as_bytes()).await?;
    product.wait_for("/api/cases", "the foreign write", |text| text.contains("Written by hand")).await?;
    assert_eq!(product.json("/api/cases").await?, changed);

    redis.set("cases", b"{\"12345678\": {\"account\":").await?;
    let page = product.wait_for("/readyz", "the torn document", |text| text.contains("cases")).await?;
    println!("{page}");
    assert_eq!(product.json("/api/cases").await?, changed, "the last good document stays");
    Ok(())
}
