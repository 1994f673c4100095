//! The Python dashboard's environment file, as it is, starts this software.

use serde_json::Value;
use t5g_e2e::{Product, World};

/// Names that the Python dashboard knows; every other variable is ours.
fn is_old(name: &str) -> bool {
    !name.starts_with("T5G_")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_environment_file_starts_it() -> anyhow::Result<()> {
    let world = World::start(9, 60).await?;
    // The old file has quotes around its values, and only what the old system had fixed needs our names.
    let environment: Vec<(String, String)> = world
        .environment()
        .into_iter()
        .map(|(name, value)| {
            let quoted = is_old(&name) && !value.contains(['"', '\'']);
            (name, if quoted { format!("\"{value}\"") } else { value })
        })
        .collect();
    assert!(environment.iter().any(|(name, value)| name == "READ_ONLY" && value.contains("true")));
    let home = tempfile::tempdir()?;
    let product = Product::start(home.path(), &environment, &["up"]).await?;
    product
        .wait_for("/api/cards", "cards", |text| {
            serde_json::from_str::<Value>(text)
                .is_ok_and(|value| value.as_object().is_some_and(|map| !map.is_empty()))
        })
        .await?;
    assert_eq!(world.ask("state").await?["writes"], 0, "READ_ONLY: nothing may be written upstream");
    assert!(product.terminate().await?.success());
    Ok(())
}
