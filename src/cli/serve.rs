//! `serve`: the review page on loopback.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::output::Output;
use crate::Result;
use crate::native::server::{DEFAULT_PORT, Server};

const EXAMPLES: &str = "\
Examples:
  blender-gsd serve
  blender-gsd serve output/editorial/SCN-002 --port 0

Nothing but this machine can reach it, and it never writes. With DIR, the page can open the files in it: /files/ lists \
them. Models for text that are installed (`blender-gsd models install`) are offered to the page, so that it reads text. \
Ctrl-C ends it.";

/// Open the review page on loopback
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ServeArguments {
    /// A folder whose files the page may read
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// The port to listen on; 0 picks a free one
    #[arg(long, value_name = "N", default_value_t = DEFAULT_PORT)]
    port: u16,
}

pub(super) fn run(arguments: &ServeArguments, output: &Output) -> Result<ExitCode> {
    let server = Server::bind(arguments.folder.as_deref(), arguments.port)?;
    // The page opens the folder by itself where its address asks for it.
    let url = format!("{}{}", server.url(), if arguments.folder.is_some() { "#files" } else { "" });
    if !server.has_page() {
        output.warning("the review page is not built into this binary: type `make web`, then build again");
    }
    if output.json {
        output.result(&format!("{}\n", serde_json::json!({ "url": url })))?;
    } else {
        output.result(&format!("{url}\n"))?;
    }
    output.note("Ctrl-C ends it");
    server.run()?;
    Ok(ExitCode::SUCCESS)
}
