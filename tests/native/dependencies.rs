//! Dependencies against deny.toml, as far as that can be told without cargo-deny: one registry, licences that are allowed,
//! and no crate twice that is not allowed to be.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> toml::Table {
    fs::read_to_string(root().join(name)).unwrap().parse().unwrap()
}

/// A list of deny.toml.
fn listed(table: &str, list: &str) -> BTreeSet<String> {
    let names = read("deny.toml")[table][list].as_array().unwrap().clone();
    names.iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_crate_is_from_the_registry_and_there_once() {
    let mut versions: BTreeMap<String, u32> = BTreeMap::new();
    for package in read("Cargo.lock")["package"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap().to_owned();
        if name == env!("CARGO_PKG_NAME") {
            continue;
        }
        let source = package.get("source").map_or("", |source| source.as_str().unwrap());
        assert!(source.starts_with("registry+") && source.ends_with("/crates.io-index"), "{name}: {source}");
        assert!(package.get("checksum").is_some(), "{name}");
        *versions.entry(name).or_default() += 1;
    }
    let twice: BTreeSet<String> =
        versions.iter().filter(|(_, count)| **count > 1).map(|(name, _)| name.clone()).collect();
    assert_eq!(twice, listed("bans", "skip"), "deny.toml says which crates may be there in two versions, and why");
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Of the crates that this machine builds: cargo has no others at hand.
#[test]
fn every_licence_is_allowed() {
    let about = output("rustc", &["-vV"]);
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let arguments = ["metadata", "--offline", "--locked", "--format-version", "1", "--filter-platform", host];
    let metadata: serde_json::Value = serde_json::from_str(&output(env!("CARGO"), &arguments)).unwrap();
    let allowed = listed("licenses", "allow");
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100);
    for package in packages {
        let licence = package["license"].as_str().unwrap_or_default().replace('/', " OR ");
        // Every "AND" asks for one of its "OR"s.
        let is_allowed = licence.split(" AND ").all(|all| {
            all.split(" OR ").any(|one| allowed.contains(one.trim_matches(|c| matches!(c, '(' | ')' | ' '))))
        });
        assert!(is_allowed, "{} has the licence {licence:?}", package["name"]);
    }
}
