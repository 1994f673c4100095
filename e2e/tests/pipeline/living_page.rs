//! The promise of the demo: a page with cases that came over HTTP, and new ones without a restart.

use serde_json::json;
use t5g_e2e::{Product, World};

#[tokio::test(flavor = "multi_thread")]
async fn new_cases_reach_the_page_without_a_restart() -> anyhow::Result<()> {
    let world = World::start(3, 80).await?;
    let home = tempfile::tempdir()?;
    let product = Product::start(home.path(), &world.environment(), &["up"]).await?;
    product
        .wait_for("/api/cases", "the first sync", |text| {
            serde_json::from_str::<serde_json::Value>(text)
                .is_ok_and(|v| v.as_object().is_some_and(|m| m.len() >= 80))
        })
        .await?;
    let before = product.json("/api/cases").await?;

    world.control("advance", &json!({ "days": 2 })).await?;
    let refresh = product.post("/api/refresh/cases").await?;
    assert_eq!(refresh.status(), 200, "{}", refresh.text().await?);
    let had = before.as_object().map_or(0, serde_json::Map::len);
    let after = product
        .wait_for("/api/cases", "the cases of the new days", |text| {
            serde_json::from_str::<serde_json::Value>(text)
                .is_ok_and(|v| v.as_object().is_some_and(|m| m.len() > had))
        })
        .await?;
    let after: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&after)?;
    let new = after.keys().find(|number| before.get(number.as_str()).is_none()).cloned().unwrap_or_default();
    product.wait_for("/home", "the new case on the home page", |page| page.contains(&new)).await?;
    assert!(product.terminate().await?.success());
    Ok(())
}
