//! Errors, sorted by who is at fault.
//!
//! Every error says what is wrong, where, and (where there is something to do) what to do next. Findings about a
//! picture are not errors: they are data, see [`crate::qc`].

use std::fmt;

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, by who can mend it. The words are boxed: errors are rare, and results travel by value.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input is damaged, or holds something that is not read (yet).
    #[error("{0}")]
    Input(InputError),
    /// What was asked for does not fit: an option, a name, a setting. Carries the allowed values.
    #[error("{0}")]
    Spec(Box<Fault>),
    /// Another program failed.
    #[error("{0}")]
    Tool(Box<Fault>),
    /// The operating system refused to read or write.
    #[error("{fault}: {source}")]
    Io {
        /// What was tried, and where.
        fault: Box<Fault>,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The input may be sound, but is larger than the limits in force.
    #[error("{0}")]
    Limit(Box<Fault>),
}

/// One fault in words: where, what, and what to do about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fault {
    /// Where it happened.
    pub place: Place,
    /// What is wrong, one clause without a full stop.
    pub what: String,
    /// What to do next, a sentence; empty when there is nothing to do.
    pub next: String,
}

/// Why an input cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputError {
    /// The kind of trouble, for code that branches on it.
    pub cause: InputCause,
    /// The same in words.
    pub fault: Box<Fault>,
}

/// The kinds of trouble an input can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputCause {
    /// It is another kind of file, or none.
    WrongKind,
    /// It ends before it should.
    Truncated,
    /// Its contents contradict themselves or the format.
    Malformed,
    /// It is valid and uses a feature that is not read.
    Unsupported(Feature),
}

/// Features of valid files that are refused by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature {
    /// Deep samples (several per pixel).
    Deep,
    /// Channels with fewer samples than pixels (luminance/chroma files).
    Subsampled,
    /// High-throughput JPEG 2000 compression.
    Htj2k,
    /// A compression number that no known version defines.
    Compression,
    /// A newer file format version.
    Version,
    /// A movie's codec or layout whose tags are not written.
    Movie,
}

/// A place inside an input, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// File name as the user gave it.
    pub file: Option<String>,
    /// Part of a multi-part file, from 0.
    pub part: Option<usize>,
    /// Chunk (scan line block or tile) of that part, from 0.
    pub chunk: Option<usize>,
    /// Line of a text file, from 1.
    pub line: Option<usize>,
    /// Byte offset from the start of the file.
    pub offset: Option<u64>,
}

impl Place {
    /// A place known by its byte offset only.
    pub fn at(offset: u64) -> Self {
        Self { offset: Some(offset), ..Self::default() }
    }

    /// A place known by its line only, counted from 1.
    pub fn at_line(line: usize) -> Self {
        Self { line: Some(line), ..Self::default() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        let mut item = |f: &mut fmt::Formatter<'_>, text: fmt::Arguments<'_>| {
            let written = write!(f, "{separator}{text}");
            separator = ", ";
            written
        };
        if let Some(file) = &self.file {
            item(f, format_args!("{file}"))?;
        }
        if let Some(part) = self.part {
            item(f, format_args!("part {part}"))?;
        }
        if let Some(chunk) = self.chunk {
            item(f, format_args!("chunk {chunk}"))?;
        }
        if let Some(line) = self.line {
            item(f, format_args!("line {line}"))?;
        }
        if let Some(offset) = self.offset {
            item(f, format_args!("byte {offset}"))?;
        }
        Ok(())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place != Place::default() {
            write!(f, "{}: ", self.place)?;
        }
        write!(f, "{}", self.what)?;
        if !self.next.is_empty() {
            write!(f, ". {}", self.next)?;
        }
        Ok(())
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(f)
    }
}

impl Error {
    /// An input that contradicts itself or its format.
    pub fn malformed(place: Place, what: impl Into<String>) -> Self {
        Self::input(InputCause::Malformed, place, what)
    }

    /// An input that ends too early.
    pub fn truncated(place: Place, what: impl Into<String>) -> Self {
        Self::input(InputCause::Truncated, place, what)
    }

    /// A valid input that uses `feature`.
    pub fn unsupported(feature: Feature, place: Place, what: impl Into<String>) -> Self {
        Self::input(InputCause::Unsupported(feature), place, what)
    }

    /// An input of another kind than expected.
    pub fn wrong_kind(what: impl Into<String>) -> Self {
        Self::input(InputCause::WrongKind, Place::default(), what)
    }

    /// Something asked for that does not fit; `next` gives the allowed values.
    pub fn spec(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self::Spec(Box::new(Fault { what: what.into(), next: next.into(), ..Fault::default() }))
    }

    /// Another program that failed or is not there; `what` has its last words, `next` how to see more or to get it.
    pub fn tool(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self::Tool(Box::new(Fault { what: what.into(), next: next.into(), ..Fault::default() }))
    }

    /// An input larger than a limit; `next` says how to raise it or do with less.
    pub fn limit(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self::Limit(Box::new(Fault { what: what.into(), next: next.into(), ..Fault::default() }))
    }

    /// The system's refusal while doing `what` to `file`.
    pub fn io(what: impl Into<String>, file: impl fmt::Display, source: std::io::Error) -> Self {
        let place = Place { file: Some(file.to_string()), ..Place::default() };
        Self::Io { fault: Box::new(Fault { place, what: what.into(), next: String::new() }), source }
    }

    /// The system's refusal to take what was written; whoever knows the file adds it ([`Self::in_file`]).
    pub fn unwritten(source: std::io::Error) -> Self {
        Self::Io { fault: Box::new(Fault { what: "cannot be written".into(), ..Fault::default() }), source }
    }

    /// The same error with what to do about it.
    pub fn with_next(mut self, next: impl Into<String>) -> Self {
        self.fault_mut().next = next.into();
        self
    }

    /// The same error with the name of the file it is about, where none is given yet.
    pub fn in_file(mut self, file: impl fmt::Display) -> Self {
        self.fault_mut().place.file.get_or_insert_with(|| file.to_string());
        self
    }

    /// The same error with the part it is about.
    pub fn in_part(mut self, part: usize) -> Self {
        self.fault_mut().place.part.get_or_insert(part);
        self
    }

    /// The same error with the chunk it is about.
    pub fn in_chunk(mut self, chunk: usize) -> Self {
        self.fault_mut().place.chunk.get_or_insert(chunk);
        self
    }

    /// Where, what and what next.
    pub fn fault(&self) -> &Fault {
        match self {
            Self::Input(input) => &input.fault,
            Self::Spec(fault) | Self::Tool(fault) | Self::Limit(fault) => fault,
            Self::Io { fault, .. } => fault,
        }
    }

    /// Who is at fault, as one word that code and pages can rely on.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Input(_) => "input",
            Self::Spec(_) => "spec",
            Self::Tool(_) => "tool",
            Self::Io { .. } => "io",
            Self::Limit(_) => "limit",
        }
    }

    fn input(cause: InputCause, place: Place, what: impl Into<String>) -> Self {
        let fault = Box::new(Fault { place, what: what.into(), next: String::new() });
        Self::Input(InputError { cause, fault })
    }

    fn fault_mut(&mut self) -> &mut Fault {
        match self {
            Self::Input(input) => &mut input.fault,
            Self::Spec(fault) | Self::Tool(fault) | Self::Limit(fault) => fault,
            Self::Io { fault, .. } => fault,
        }
    }
}

/// What a message quotes of a file: the first 40 characters, since a damaged file may have no others.
pub(crate) fn shorten(text: &str) -> &str {
    text.char_indices().nth(40).map_or(text, |(end, _)| text.get(..end).unwrap_or_default())
}
