//! What a help ends with: an example, the exit codes, where the options of every command are.

use clap::Command;

/// The exit codes of a command that checks nothing, and of one that does.
const CODES: &str = "Exit codes: 0 done; 1 failed; 2 wrong usage";
const CHECKS: &[(&str, &str)] = &[
    ("migrate", "3 schema.rs does not fit (--locked-schema, --verify)"),
    ("status", "3 something is pending (--check)"),
    ("baseline", "3 the database differs"),
    ("check", "3 something is found"),
    ("docs", "3 they are stale (--check)"),
];

/// What to type after the program's name.
const EXAMPLES: &[(&str, &str)] = &[
    ("migrate", "migrate --to 14"),
    ("status", "status --check"),
    ("new", "new AddLeadScore --test"),
    ("print-schema", "print-schema --only-tables users leads > src/schema.rs"),
    ("snapshot", "snapshot > schema.txt"),
    ("docs", "docs --check"),
    ("forget", "forget 004_AddLeadScore"),
    ("create", "database create"),
    ("drop", "database drop --yes outreach_test"),
    ("reset", "database reset"),
    ("wait", "database wait --timeout 30"),
    ("redo", "redo"),
    ("adopt", "adopt diesel old/migrations --migrations-dir migrations --dry-run"),
    ("baseline", "baseline --to 12 --accept 'table spatial_ref_sys'"),
    ("squash", "squash --to 120 --name UpTo2025"),
    ("renumber", "renumber 004_AddLeadScore 17"),
    ("server", "server psql -c 'SELECT 1'"),
    ("completions", "completions zsh > ~/.zfunc/_PROGRAM"),
];

/// `program` with the helps of its commands short: the options of every command are in its own.
pub(crate) fn folded(mut program: Command, name: &'static str) -> Command {
    // Hands the options of every command down to the commands, where they can be hidden.
    program.build();
    program
        .after_help(format!("{CODES}; 3 a check found something"))
        .mut_subcommands(|command| folded_command(command, name))
}

fn folded_command(command: Command, name: &'static str) -> Command {
    let ending = ending(command.get_name(), name);
    let hide = |arg: clap::Arg| {
        let is_global = arg.is_global_set();
        arg.hide(is_global)
    };
    command
        .mut_args(hide)
        .after_help(ending)
        .mut_subcommands(|command| folded_command(command, name))
}

fn ending(command: &str, name: &str) -> String {
    let of = |table: &[(&str, &'static str)]| {
        table.iter().find(|(of, _)| *of == command).map(|(_, text)| *text)
    };
    let example = of(EXAMPLES).map(|text| format!("Example: {name} {text}\n\n"));
    let example = example.unwrap_or_default().replace("PROGRAM", name);
    let check = of(CHECKS).map(|text| format!("; {text}")).unwrap_or_default();
    format!(
        "{example}{CODES}{check}\n\
         Options of every command (--database-url, --format json, -q, …): {name} --help"
    )
}
