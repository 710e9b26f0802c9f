//! The command `handover`.

fn main() -> std::process::ExitCode {
    handover::cli::main()
}
