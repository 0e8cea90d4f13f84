//! `isogloss watch`: sources are read again when they change.

use std::time::Duration;

use isogloss::Isogloss;

use crate::arguments::Watch;
use crate::commands::ingest::{commit_line, render_report};
use crate::commands::{Outcome, open_or_create};
use crate::config::{Config, set_merge_rules};
use crate::failure::{Failure, FailureKind};
use crate::watch::{Reading, Watcher};
use crate::{clock, output};

pub(super) fn run(options: &Watch) -> Outcome {
    let config = Config::read(&options.config)?;
    let mut watcher = Watcher::new(&config)?;
    let pause = config.watch.pause()?;
    let mesh = open_or_create(&options.data.data, config.history.retention())?;
    set_merge_rules(&mesh, &config)?;
    if options.once {
        let readings = watcher.look(&mesh, clock::now());
        let failed = readings.iter().filter(|it| it.outcome.is_err()).count();
        readings.iter().for_each(tell);
        if failed > 0 {
            let message = format!("{failed} of {} sources could not be read", readings.len());
            return Err(Failure::new(FailureKind::Input, message));
        }
        return Ok(());
    }
    follow(&mesh, watcher, pause)
}

/// Looks at the sources again and again.
pub(super) fn follow(mesh: &Isogloss, mut watcher: Watcher, pause: Duration) -> Outcome {
    loop {
        watcher.look(mesh, clock::now()).iter().for_each(tell);
        std::thread::sleep(pause);
    }
}

/// Tells what came of reading a source.
pub(super) fn tell(reading: &Reading) {
    let name = &reading.source;
    match &reading.outcome {
        Ok(ingested) => {
            let line = commit_line(ingested.receipt.as_ref());
            let report = render_report(&ingested.report);
            output::note(&format!("{name}: {line}\n{}", report.trim_end()));
        }
        Err(failure) => output::note(&format!("{name}: {failure}")),
    }
}
