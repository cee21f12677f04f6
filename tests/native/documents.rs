//! README and docs/ against what is there: commands, flags, settings, make targets, paths, links.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use blender_gsd::native::config::Config;

use super::run;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every document with its text.
fn documents() -> Vec<(PathBuf, String)> {
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = ["README.md", "CONTRIBUTING.md"].map(|name| root().join(name)).into();
    paths.extend(docs.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(&path).unwrap())).collect()
}

/// The lines of fenced blocks, with the fence's language; a line that ends in a backslash goes on in the next.
fn fenced(text: &str) -> Vec<(String, String)> {
    let mut blocks: Vec<(String, String)> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        match (line.trim_start().strip_prefix("```"), is_open) {
            (Some(language), false) => blocks.push((language.trim().to_owned(), String::new())),
            (None, true) => {
                let Some((_, block)) = blocks.last_mut() else { continue };
                match line.strip_suffix('\\') {
                    Some(half) => block.push_str(half),
                    None => block.extend([line, "\n"]),
                }
            }
            _ => {}
        }
        is_open ^= line.trim_start().starts_with("```");
    }
    blocks
}

/// What stands between single backquotes outside of fenced blocks.
fn inline(text: &str) -> Vec<String> {
    let mut is_open = false;
    let mut found = Vec::new();
    let plain: String = text
        .lines()
        .filter(|line| {
            let is_fence = line.trim_start().starts_with("```");
            is_open ^= is_fence;
            !is_open && !is_fence
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    for (number, piece) in plain.split('`').enumerate() {
        if number % 2 == 1 {
            found.push(piece.replace('\n', " "));
        }
    }
    found
}

/// Every place where something could be typed: lines of blocks, and inline code.
fn typed(text: &str) -> Vec<String> {
    let blocks = fenced(text);
    let lines = blocks.iter().flat_map(|(_, block)| block.lines().map(str::to_owned));
    let indented = text.lines().filter(|line| line.starts_with("    ")).map(str::to_owned);
    lines.chain(indented).chain(inline(text)).collect()
}

/// The flags that `--help` of a command names.
fn flags_of(command: &[&str]) -> BTreeSet<String> {
    let help = run(command.iter().copied().chain(["--help"]));
    assert_eq!(help.code, Some(0), "{command:?}: {help:?}");
    flags_in(&help.stdout)
}

fn flags_in(text: &str) -> BTreeSet<String> {
    let is_end = |c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    let begins =
        text.match_indices("--").filter(|(at, _)| !text[..*at].ends_with(|c: char| c == '-' || c.is_alphanumeric()));
    begins
        .map(|(at, _)| text[at..].split(is_end).next().unwrap_or_default().trim_end_matches('-').to_owned())
        .filter(|flag| flag.len() > 2)
        .collect()
}

/// The subcommands that `--help` lists.
fn commands(of: &[&str]) -> BTreeSet<String> {
    let help = run(of.iter().copied().chain(["--help"])).stdout;
    let listed = help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    // What is indented further goes on with what a command is for.
    let names = listed.map_while(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn every_command_and_flag_that_is_documented_exists() {
    let commands = commands(&[]);
    assert!(commands.contains("create-package"), "{commands:?}");
    let mut flags: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut documented = 0;
    for (path, text) in documents() {
        for line in typed(&text) {
            let Some((_, call)) = line.split_once("blender-gsd ") else { continue };
            // What comes after a comment, a pipe or a second command is not ours.
            let call = call.split([';', '|', '#', '&']).next().unwrap_or_default();
            let Some(command) = call.split_whitespace().next() else { continue };
            if !command.starts_with(|c: char| c.is_ascii_lowercase()) {
                continue;
            }
            assert!(commands.contains(command), "{}: there is no command {command:?}: {line}", path.display());
            let known = flags.entry(command.to_owned()).or_insert_with(|| every_flag(command));
            for flag in flags_in(call) {
                assert!(known.contains(&flag), "{}: {command} has no {flag}: {line}", path.display());
                documented += 1;
            }
        }
    }
    assert!(documented > 20, "only {documented} flags were looked at");
}

/// Flags of a command and of the commands below it.
fn every_flag(command: &str) -> BTreeSet<String> {
    let below = commands(&[command]);
    let below = below.iter().filter(|name| *name != "help").flat_map(|name| flags_of(&[command, name]));
    below.chain(flags_of(&[command])).collect()
}

#[test]
fn every_flag_that_stands_alone_is_some_commands() {
    let ours = commands(&[]);
    let mut all: BTreeSet<String> =
        ours.iter().filter(|name| *name != "help").flat_map(|name| every_flag(name)).collect();
    // The benchmarks' own are in their sources.
    for path in ["benches", "scripts"].iter().flat_map(|folder| fs::read_dir(root().join(folder)).unwrap()) {
        all.extend(flags_in(&fs::read_to_string(path.unwrap().path()).unwrap_or_default()));
    }
    for (path, text) in documents() {
        for code in inline(&text).iter().filter(|code| code.starts_with("--")) {
            for flag in flags_in(code) {
                assert!(all.contains(&flag), "{}: nothing has {flag}: `{code}`", path.display());
            }
        }
    }
}

#[test]
fn settings_that_are_documented_are_read() {
    let mut read = 0;
    for (path, text) in documents() {
        for (_, block) in fenced(&text).iter().filter(|(language, _)| language == "toml") {
            if let Err(error) = Config::parse(block) {
                panic!("{}: {error}\n{block}", path.display());
            }
            read += 1;
        }
    }
    assert!(read > 0, "no document shows a gsd.toml");
}

#[test]
fn make_targets_paths_and_links_lead_somewhere() {
    let makefile = fs::read_to_string(root().join("Makefile")).unwrap();
    let targets: BTreeSet<&str> =
        makefile.lines().filter_map(|line| line.split_once(':')).map(|(name, _)| name).collect();
    for (path, text) in documents() {
        for line in typed(&text) {
            let mut words = line.split_whitespace().skip_while(|word| *word != "make");
            if let (Some("make"), Some(target)) = (words.next(), words.next()) {
                let is_target = |c: char| c.is_ascii_lowercase() || c == '-';
                if line.trim_start().starts_with("make ") && target.chars().all(is_target) {
                    assert!(targets.contains(target), "{}: there is no `make {target}`", path.display());
                }
            }
            for word in line.split_whitespace().filter(|word| is_our_path(word)) {
                assert!(root().join(word).exists(), "{}: there is no {word}", path.display());
            }
        }
        for link in links(&text) {
            let target = path.parent().unwrap().join(link);
            assert!(target.exists(), "{}: the link to {link} leads nowhere", path.display());
        }
    }
}

/// A path of the source tree, without a pattern in it.
fn is_our_path(word: &str) -> bool {
    let folders = ["src/", "tests/", "scripts/", "benches/", "docs/", "fuzz/", "schemas/"];
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    folders.iter().any(|folder| word.starts_with(folder)) && word.chars().all(is_plain)
}

/// Targets of links and pictures that are files here.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    targets.filter(|target| !target.is_empty() && !target.contains("://")).collect()
}
