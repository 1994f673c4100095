//! The cluster's files: every object has the fields of its kind, every file is named by its kustomization, and what one
//! object looks for, another one is.

use std::collections::BTreeSet;

use anyhow::{Context as _, Error, Result};
use serde_json::Value;

use super::image::without_version;
use super::known::{Known, Variables, lines};
use super::labels::match_all;
use super::shape::{self, Shape};
use super::{Files, text, yaml};
use crate::sh;

mod kinds;
mod objects;

const ROOT: &str = "deploy/kubernetes/";
/// Says how the cluster's secret is made.
const MANUAL: &str = "docs/installing.md";

/// Everything that is wrong with them.
pub(super) fn problems(files: &Files, known: &Known<'_>) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let mut all = Vec::new();
    for folder in ["base", "overlays/openshift"] {
        let folder = format!("{ROOT}{folder}/");
        let list = format!("{folder}kustomization.yaml");
        let kustomization = yaml::document(&list, text(files, &list)?).map_err(Error::msg)?;
        wrong.extend(shaped(&list, &kustomization, kinds::KUSTOMIZATION, true));
        wrong.extend(listed(files, &folder, &kustomization));
        for image in yaml::list(&kustomization, "/images") {
            let of = |name: &str| yaml::text(image, name).unwrap_or_default();
            let named = format!("{}:{}", of("/newName"), of("/newTag"));
            wrong.extend(without_version(&named).map(|what| format!("{list}: {what}")));
        }
        let patches: BTreeSet<String> = yaml::list(&kustomization, "/patches")
            .iter()
            .filter_map(|patch| Some(format!("{folder}{}", yaml::text(patch, "/path")?)))
            .collect();
        let of_folder = files.range(folder.clone()..).take_while(|(file, _)| file.starts_with(&folder));
        for (file, text) in of_folder.filter(|(file, _)| super::is_yaml(file) && **file != list) {
            let is_patch = patches.contains(file);
            for object in yaml::documents(file, text).map_err(Error::msg)? {
                wrong.extend(of_its_kind(file, &object, !is_patch));
                if !is_patch {
                    all.push(object);
                }
            }
        }
    }
    let settings = lines(text(files, &format!("{ROOT}base/settings.env"))?);
    let manual = std::fs::read_to_string(sh::root().join(MANUAL))
        .with_context(|| format!("{MANUAL} cannot be read"))?;
    wrong.extend(secrets(&manual, &settings).into_iter().map(|what| format!("{MANUAL}: {what}")));
    wrong.extend(objects::problems(&all, &settings, known).into_iter().map(|what| format!("{ROOT}: {what}")));
    Ok(wrong)
}

/// The secret that is made by hand has exactly the files that the settings name.
fn secrets(manual: &str, settings: &Variables) -> Vec<String> {
    let files = settings.iter().filter(|(name, _)| name.ends_with("_FILE"));
    let named: BTreeSet<&str> = files.filter_map(|(_, path)| path.rsplit('/').next()).collect();
    let given: BTreeSet<&str> = manual
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("--from-file=secrets")?.strip_prefix('/').or(Some("")))
        .collect();
    let missing = named.difference(&given).map(|name| format!("the cluster's secret is made without {name}"));
    missing.chain(given.difference(&named).map(|name| format!("no pod needs secrets/{name}"))).collect()
}

fn shaped(file: &str, object: &Value, shape: Shape, whole: bool) -> Vec<String> {
    shape::problems(object, shape, whole).into_iter().map(|what| format!("{file}: {what}")).collect()
}

fn of_its_kind(file: &str, object: &Value, whole: bool) -> Vec<String> {
    let kind = yaml::text(object, "/kind").unwrap_or_default();
    match kinds::KINDS.iter().find(|(known, ..)| *known == kind) {
        None => vec![format!("{file}: kind {kind:?} is not expected")],
        Some((_, api, _)) if yaml::text(object, "/apiVersion") != Some(*api) => {
            vec![format!("{file}: {kind} is of apiVersion {api}")]
        }
        Some((_, _, shape)) => shaped(file, object, shape, whole),
    }
}

/// Every file is named, and every name is a file.
fn listed(files: &Files, folder: &str, kustomization: &Value) -> Vec<String> {
    let patches = yaml::list(kustomization, "/patches").iter().filter_map(|patch| yaml::text(patch, "/path"));
    let generators = yaml::list(kustomization, "/configMapGenerator");
    let envs = generators.iter().flat_map(|one| yaml::words(one, "/envs"));
    let named: BTreeSet<String> = yaml::words(kustomization, "/resources")
        .into_iter()
        .filter(|name| name != "../../base")
        .chain(patches.map(str::to_owned))
        .chain(envs)
        .map(|name| format!("{folder}{name}"))
        .collect();
    let there: BTreeSet<String> = files
        .keys()
        .filter(|file| file.starts_with(folder) && !file.ends_with("/kustomization.yaml"))
        .cloned()
        .collect();
    let gone = named.difference(&there).map(|file| format!("{file}: named, but not there"));
    gone.chain(there.difference(&named).map(|file| format!("{file}: there, but not named"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_holds_what_pods_need_and_nothing_else() {
        let settings =
            lines("bz_key_FILE=/run/secrets/t5g/bz_key\nsecret_key_FILE=/run/secrets/t5g/secret_key\n");
        let of = |manual: &str| secrets(manual, &settings);
        let good = "create --from-file=secrets/bz_key \\\n --from-file=secrets/secret_key\n";
        assert_eq!(of(good), Vec::<String>::new());
        assert_eq!(of(&good.replace("secrets/bz_key", "secrets/redis_conf")).len(), 2);
        assert_eq!(of("create --from-file=secrets").len(), 3, "a whole folder is too much");
    }
}
