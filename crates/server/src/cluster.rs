//! Making a server's data folder.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::ServerError;
use crate::folder::Folder;
use crate::process::{DATABASE, as_server};
use crate::programs::{Programs, tail};

/// Makes the data folder, whole or not at all. What runs for it has `log` open, so that the server
/// counts as alive until the last of it has ended.
pub(crate) fn initialise(
    programs: &Programs,
    folder: &Folder,
    log: &File,
) -> Result<(), ServerError> {
    let unfinished = folder.state().join("new");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(ServerError::io("remove", &unfinished))?;
    }
    folder.make_servers(&unfinished)?;
    let mut initdb = as_server(&programs.path("initdb"), folder);
    initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale"]);
    initdb.args(["--no-sync", "--no-instructions", "--pgdata"]).arg(&unfinished);
    run(&mut initdb, "", folder, log)?;
    let mut single = as_server(&programs.path("postgres"), folder);
    single.args(["--single", "-F", "-j", "-D"]).arg(&unfinished).arg("postgres");
    run(&mut single, &format!("CREATE DATABASE {DATABASE};\n\n"), folder, log)?;
    fs::rename(&unfinished, folder.data()).map_err(ServerError::io("rename", &unfinished))
}

pub(crate) fn run(
    command: &mut Command,
    input: &str,
    folder: &Folder,
    log: &File,
) -> Result<(), ServerError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let fail = |source| ServerError::io("run", Path::new(&program))(source);
    let [out, errors] = [log.try_clone(), log.try_clone()];
    command.stdin(Stdio::piped()).stdout(out.map_err(fail)?).stderr(errors.map_err(fail)?);
    let mut child = command.spawn().map_err(fail)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ends without reading says why in its output.
        let _ = stdin.write_all(input.as_bytes());
    }
    let status = child.wait().map_err(fail)?;
    if status.success() { Ok(()) } else { Err(failed(program, folder)) }
}

/// What a program that has failed wrote to the log.
pub(crate) fn failed(program: String, folder: &Folder) -> ServerError {
    let output = fs::read(folder.log()).unwrap_or_default();
    ServerError::Failed { program, output: tail(&String::from_utf8_lossy(&output)) }
}
