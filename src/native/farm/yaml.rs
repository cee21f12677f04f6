//! As much YAML as a job template needs: maps, lists, numbers, and texts that are always quoted.

use std::fmt::Write as _;

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Yaml {
    Text(String),
    Number(i64),
    List(Vec<Yaml>),
    /// In the order in which it is written.
    Map(Vec<(&'static str, Yaml)>),
}

impl Yaml {
    pub(super) fn text(text: impl ToString) -> Self {
        Self::Text(text.to_string())
    }

    pub(super) fn map<const N: usize>(fields: [(&'static str, Self); N]) -> Self {
        Self::Map(fields.into())
    }

    /// On the line where its name stands.
    fn inline(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(quoted(text)),
            Self::Number(number) => Some(number.to_string()),
            // What a list of texts holds is read at a glance.
            Self::List(items) if items.iter().all(|item| matches!(item, Self::Text(_))) => {
                let items: Vec<String> = items.iter().filter_map(Self::inline).collect();
                Some(format!("[{}]", items.join(", ")))
            }
            Self::List(_) | Self::Map(_) => None,
        }
    }

    /// On lines of its own, indented; the first line has its indent already.
    fn write(&self, indent: usize, text: &mut String) {
        let gap = |first: &mut bool| if std::mem::take(first) { 0 } else { indent };
        let mut first = true;
        match self {
            Self::Map(fields) => {
                for (name, value) in fields {
                    let _ = write!(text, "{:1$}{name}:", "", gap(&mut first));
                    match value.inline() {
                        Some(inline) => {
                            let _ = writeln!(text, " {inline}");
                        }
                        None => {
                            let _ = write!(text, "\n{:1$}", "", indent + 2);
                            value.write(indent + 2, text);
                        }
                    }
                }
            }
            Self::List(items) => {
                for item in items {
                    let _ = write!(text, "{:1$}- ", "", gap(&mut first));
                    item.write(indent + 2, text);
                }
            }
            Self::Text(_) | Self::Number(_) => {
                let _ = writeln!(text, "{}", self.inline().unwrap_or_default());
            }
        }
    }
}

/// A text as JSON has it, which is YAML too.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A whole document.
pub(super) fn document(root: &Yaml) -> String {
    let mut text = String::new();
    root.write(0, &mut text);
    text
}

#[cfg(test)]
mod tests {
    use super::{Yaml, document};

    #[test]
    fn nodes_stand_below_their_names_and_texts_are_quoted() {
        let inner = Yaml::map([("name", Yaml::text("a: \"b\"\n")), ("count", Yaml::Number(-1))]);
        let root = Yaml::map([
            ("words", Yaml::List(vec![Yaml::text("no"), Yaml::text("1-2")])),
            ("list", Yaml::List(vec![inner.clone(), Yaml::map([("map", inner)])])),
        ]);
        let expected = "words: [\"no\", \"1-2\"]\nlist:\n  - name: \"a: \\\"b\\\"\\n\"\n    count: -1\n  - map:\n      name: \
                        \"a: \\\"b\\\"\\n\"\n      count: -1\n";
        assert_eq!(document(&root), expected);
    }
}
