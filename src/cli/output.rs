//! Where words go: results to stdout, everything else to stderr.

use std::fmt;
use std::io::{self, ErrorKind, IsTerminal, Write};

use serde::Serialize;

use super::Common;
use super::style::{Style, printable};
use crate::{Error, Result};

/// Both streams, and what the user wants to hear.
#[derive(Debug)]
pub(super) struct Output {
    /// Whether results are JSON.
    pub(super) json: bool,
    /// Colours of stdout.
    pub(super) style: Style,
    /// How much more is to be told.
    pub(super) verbose: u8,
    quiet: bool,
    error_style: Style,
}

impl Output {
    pub(super) fn new(common: &Common) -> Self {
        Self {
            json: common.json,
            style: Style::for_stream(io::stdout().is_terminal()),
            verbose: common.verbose,
            quiet: common.quiet,
            error_style: Style::for_stream(io::stderr().is_terminal()),
        }
    }

    /// Whether a progress bar is welcome.
    pub(super) fn shows_progress(&self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// A result. A reader that has seen enough and closed the pipe is no error.
    pub(super) fn result(&self, text: &str) -> Result<()> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                Err(Error::io("cannot be written", "standard output", error))
            }
            _ => Ok(()),
        }
    }

    /// A result for other programs.
    pub(super) fn result_json(&self, value: &impl Serialize) -> Result<()> {
        let json = serde_json::to_string_pretty(value);
        let json = json.map_err(|error| Error::spec(format!("the result cannot be written as JSON: {error}"), ""))?;
        self.result(&(json + "\n"))
    }

    /// Something the user must know, even where nothing failed.
    pub(super) fn warning(&self, text: impl fmt::Display) {
        self.say(format_args!("{} {}", self.error_style.warning("warning:"), printable(text)));
    }

    /// Something worth knowing.
    pub(super) fn note(&self, text: impl fmt::Display) {
        if !self.quiet {
            self.say(format_args!("{}", printable(text)));
        }
    }

    /// Something for those who asked for more.
    pub(super) fn detail(&self, text: impl fmt::Display) {
        if self.verbose > 0 {
            self.say(format_args!("{}", printable(text)));
        }
    }

    /// What went wrong and what to do about it.
    pub(super) fn error(&self, error: &Error) {
        let fault = error.fault();
        let place = fault.place.to_string();
        let place = if place.is_empty() { place } else { format!("{}: ", printable(place)) };
        let cause = match error {
            Error::Io { source, .. } => format!(": {source}"),
            _ => String::new(),
        };
        let what = printable(format_args!("{}{cause}", fault.what));
        self.say(format_args!("{} {place}{what}", self.error_style.error("error:")));
        if !fault.next.is_empty() {
            self.say(format_args!("{} {}", self.error_style.bold("next:"), printable(&fault.next)));
        }
    }

    /// There is nobody left to tell if stderr is gone.
    fn say(&self, text: fmt::Arguments<'_>) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }
}
