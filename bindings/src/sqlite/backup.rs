//! Ops over backups, whose steps the lane makes.

use coring_engine::{Copied, Door, Js};
use coring_sqlite::{Backup, Failure};

use super::{MISUSE, full, handle_for, with_connection};
use crate::Natives;
use crate::slots::Handle;

#[allow(non_snake_case)]
pub fn backupOpen(
    door: &Door<Natives>,
    database: i32,
    source: String,
    path: Copied,
    target: String,
) -> Js {
    with_connection(door, database, |connection| {
        let (source, target) = (source.as_bytes(), target.as_bytes());
        let backup = Backup::open(connection, source, &path.0, target)?;
        door.natives(|natives| handle_for(&mut natives.sqlite.backups, Some(backup)))
            .map_err(|_| full())
    })
}

/// Null: the lane cannot take it, or has it.
#[allow(non_snake_case)]
pub fn backupStep(natives: &mut Natives, backup: i32, pages: i32, ticket: i32) -> Js {
    let handle = Handle::from_js(backup);
    let Some(mut backup) = natives
        .sqlite
        .backups
        .get_mut(handle)
        .and_then(Option::take)
    else {
        return natives.sqlite.told(Err(Failure::of(MISUSE)));
    };
    let started = natives.compute("node_sqlite3.BackupJob", ticket, move || {
        let progress = backup.step(pages);
        Box::new(move |natives: &mut Natives| {
            // One that was closed meanwhile ends here.
            if let Some(place) = natives.sqlite.backups.get_mut(handle) {
                *place = Some(backup);
            }
            let numbers = [
                progress.code,
                progress.total_pages,
                progress.remaining_pages,
            ];
            (0, Js::List(numbers.map(Js::from).to_vec()))
        })
    });
    match started {
        Ok(()) => Js::Bool(true),
        Err(_) => natives.sqlite.told(Err(full())),
    }
}

/// One that the lane works at ends behind that step.
#[allow(non_snake_case)]
pub fn backupClose(natives: &mut Natives, backup: i32) {
    let closed = natives.sqlite.backups.remove(Handle::from_js(backup));
    drop(closed);
}
