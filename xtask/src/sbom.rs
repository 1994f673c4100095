//! What is in the program, as a CycloneDX document: crates by cargo's own reckoning and lock file, npm packages of the
//! front end by theirs. The same sources give the same text.

#![expect(clippy::indexing_slicing, reason = "a member that JSON lacks reads as null")]

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::sh;

/// Where it is written if nobody says.
const USUAL: &str = "t5g.cdx.json";
/// The system that the image is for.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// `cargo xtask sbom [FILE]`
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let metadata = sh::output(sh::command("cargo").args([
        "metadata",
        "--format-version=1",
        "--locked",
        "--filter-platform",
        TARGET,
    ]))?;
    let read = |file: &str| {
        std::fs::read_to_string(sh::root().join(file)).with_context(|| format!("{file} cannot be read"))
    };
    let document = document(
        &serde_json::from_str(&metadata).context("what cargo metadata says")?,
        &checksums(&read("Cargo.lock")?),
        &serde_json::from_str(&read("frontend/package-lock.json")?).context("frontend/package-lock.json")?,
    )?;
    consistent(&document)?;
    let file = arguments.first().map_or_else(|| sh::target().join(USUAL), Into::into);
    std::fs::write(&file, serde_json::to_string_pretty(&document)? + "\n")
        .with_context(|| format!("{} cannot be written", file.display()))?;
    let count = document["components"].as_array().map_or(0, Vec::len);
    eprintln!("wrote {} ({count} components)", file.display());
    Ok(())
}

/// The checksum of each crate, by name and version.
fn checksums(lock: &str) -> BTreeMap<(String, String), String> {
    let field = |package: &str, name: &str| {
        let line = package.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \""));
        line.map(|rest| rest.trim_end_matches('"').to_owned())
    };
    let package =
        |text: &str| Some(((field(text, "name")?, field(text, "version")?), field(text, "checksum")?));
    lock.split("[[package]]").filter_map(package).collect()
}

fn document(metadata: &Value, checksums: &BTreeMap<(String, String), String>, npm: &Value) -> Result<Value> {
    let packages: BTreeMap<&str, &Value> =
        array(metadata, "packages").filter_map(|one| Some((one["id"].as_str()?, one))).collect();
    let nodes: BTreeMap<&str, &Value> = metadata["resolve"]["nodes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| Some((one["id"].as_str()?, one)))
        .collect();
    let root = packages
        .iter()
        .find(|(_, package)| package["name"] == "t5g" && package["source"].is_null())
        .map(|(id, _)| *id)
        .context("cargo knows no package t5g")?;
    let needed = reachable(root, &nodes);
    let mut components = Vec::new();
    let mut dependencies = Vec::new();
    for id in &needed {
        let Some(package) = packages.get(id) else { continue };
        if *id != root {
            components.push(of_crate(package, checksums));
        }
        let inner: BTreeSet<String> = needs(nodes.get(id).copied())
            .filter_map(|id| packages.get(id).map(|package| crate_url(package)))
            .collect();
        dependencies.push(json!({ "ref": crate_url(package), "dependsOn": inner }));
    }
    components.extend(npm["packages"].as_object().into_iter().flatten().filter_map(of_npm));
    let product = packages.get(root).context("cargo knows no package t5g")?;
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": crate_url(product),
                "name": product["name"],
                "version": product["version"],
                "licenses": [{ "expression": product["license"] }],
            },
        },
        "components": components,
        "dependencies": dependencies,
    }))
}

/// What the format asks for and its schema cannot say: each name is one component's, and whatever is needed is one.
fn consistent(document: &Value) -> Result<()> {
    let mut known = BTreeSet::new();
    let components = array(document, "components").chain([&document["metadata"]["component"]]);
    for name in components.map(|one| one["bom-ref"].as_str()) {
        let name = name.context("a component has no name to refer to")?;
        ensure!(known.insert(name), "two components are called {name}");
    }
    for one in array(document, "dependencies") {
        let named = array(one, "dependsOn").chain([&one["ref"]]).filter_map(Value::as_str);
        let gone: Vec<&str> = named.filter(|name| !known.contains(name)).collect();
        ensure!(gone.is_empty(), "needed, but no component: {}", gone.join(", "));
    }
    Ok(())
}

fn array<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

/// What a package needs to be built or to run; not what only its tests need.
fn needs(node: Option<&Value>) -> impl Iterator<Item = &str> {
    let all = node.map(|node| array(node, "deps")).into_iter().flatten();
    all.filter(|dep| array(dep, "dep_kinds").any(|kind| kind["kind"] != "dev"))
        .filter_map(|dep| dep["pkg"].as_str())
}

fn reachable<'a>(root: &'a str, nodes: &BTreeMap<&str, &'a Value>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::from([root]);
    let mut ahead = vec![root];
    while let Some(id) = ahead.pop() {
        for next in needs(nodes.get(id).copied()) {
            if found.insert(next) {
                ahead.push(next);
            }
        }
    }
    found
}

fn crate_url(package: &Value) -> String {
    let text = |name: &str| package[name].as_str().unwrap_or_default().to_owned();
    format!("pkg:cargo/{}@{}", text("name"), text("version"))
}

fn of_crate(package: &Value, checksums: &BTreeMap<(String, String), String>) -> Value {
    let text = |name: &str| package[name].as_str().unwrap_or_default().to_owned();
    let mut component = json!({
        "type": "library",
        "bom-ref": crate_url(package),
        "purl": crate_url(package),
        "name": package["name"],
        "version": package["version"],
    });
    if let Some(licence) = package["license"].as_str() {
        // Older crates write a slash where the language of licences has OR.
        component["licenses"] = json!([{ "expression": licence.replace('/', " OR ") }]);
    }
    if let Some(sum) = checksums.get(&(text("name"), text("version"))) {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": sum }]);
    }
    component
}

/// All of the front end's packages: the bundle is made with them, and of most of them.
fn of_npm((path, package): (&String, &Value)) -> Option<Value> {
    let name = path.rsplit_once("node_modules/")?.1;
    if package["optional"] == true {
        // For other systems than the one at hand.
        return None;
    }
    let url = format!("pkg:npm/{}@{}", name.replace('@', "%40"), package["version"].as_str()?);
    let mut component = json!({
        "type": "library", "bom-ref": url, "purl": url, "name": name, "version": package["version"],
    });
    if let Some(licence) = package["license"].as_str() {
        component["licenses"] = json!([{ "expression": licence }]);
    }
    let sum =
        package["integrity"].as_str().and_then(|text| STANDARD.decode(text.strip_prefix("sha512-")?).ok());
    if let Some(sum) = sum {
        let digits = sum.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let text: String = digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect();
        component["hashes"] = json!([{ "alg": "SHA-512", "content": text }]);
    }
    Some(component)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_in_is_listed_and_what_tests_need_is_not() {
        let package = |name: &str, source: Value| json!({ "id": name, "name": name, "version": "1.0.0", "license": "MIT/Apache-2.0", "source": source });
        let dep = |name: &str, kind: Value| json!({ "pkg": name, "dep_kinds": [{ "kind": kind }] });
        let metadata = json!({
            "packages": [package("t5g", Value::Null), package("a", "r".into()), package("b", "r".into()), package("t", "r".into())],
            "resolve": { "nodes": [
                { "id": "t5g", "deps": [dep("a", Value::Null), dep("t", "dev".into())] },
                { "id": "a", "deps": [dep("b", "build".into())] },
                { "id": "b", "deps": [] },
                { "id": "t", "deps": [] },
            ] },
        });
        let lock = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nchecksum = \"ab\"\n";
        let npm = json!({ "packages": {
            "": { "name": "front" },
            "node_modules/@x/y": { "version": "2.0.0", "license": "ISC", "integrity": "sha512-/w==" },
            "node_modules/@x/other-system": { "version": "2.0.0", "optional": true },
        } });
        let made = document(&metadata, &checksums(lock), &npm).unwrap();
        let urls: Vec<&str> =
            made["components"].as_array().unwrap().iter().map(|one| one["purl"].as_str().unwrap()).collect();
        assert_eq!(urls, ["pkg:cargo/a@1.0.0", "pkg:cargo/b@1.0.0", "pkg:npm/%40x/y@2.0.0"]);
        assert_eq!(made["components"][0]["hashes"][0]["content"], "ab");
        assert_eq!(made["components"][0]["licenses"][0]["expression"], "MIT OR Apache-2.0");
        assert_eq!(made["components"][2]["hashes"][0]["content"], "ff");
        let own = &made["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["ref"] == "pkg:cargo/t5g@1.0.0")
            .unwrap()["dependsOn"];
        assert_eq!(*own, json!(["pkg:cargo/a@1.0.0"]));
        consistent(&made).unwrap();
    }

    #[test]
    fn what_refers_to_nothing_is_found() {
        let one = |name: &str| json!({ "bom-ref": name });
        let of = |components: Value, needs: Value| {
            consistent(&json!({
                "metadata": { "component": one("root") },
                "components": components,
                "dependencies": [{ "ref": "root", "dependsOn": needs }],
            }))
        };
        of(json!([one("a"), one("b")]), json!(["a"])).unwrap();
        assert!(of(json!([one("a"), one("a")]), json!(["a"])).is_err());
        assert!(of(json!([one("a")]), json!(["b"])).is_err());
        assert!(of(json!([{ "name": "a" }]), json!([])).is_err());
    }
}
