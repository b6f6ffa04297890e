//! Parses, runs, prints a fatal error, exits. The only file that may end the process.

use std::process::ExitCode;

use clerk_audit::cli::Cli;
use clerk_audit::run;

fn main() -> ExitCode {
    ExitCode::from(run::main(&Cli::typed().unwrap_or_else(|e| e.exit())).code())
}
