//! Walking through what the last edit touched.

use std::sync::Arc;

use leptos::prelude::*;

use super::State;
use super::marks::Touched;
use crate::app::browser;
use crate::app::words::say_with;
use crate::args;
use crate::render::File;

/// A file, and the line of it at which a run of touched lines begins.
pub(super) type Stop = (String, usize);

impl State {
    /// Shows the next place that the last edit touched, or the one before; a place is a run of lines.
    pub fn go_to_change(self, forward: bool) {
        let files = self.report_now().files;
        let stops = self
            .touched
            .with_untracked(|touched| stops(&files, touched));
        let shown = self.shown_file_untracked();
        let order = |file: &str| files.iter().position(|one| one.path == file);
        // From the last stop on, while its file is still the one that is shown.
        let last = self.stop.with_value(Clone::clone);
        let last = last.filter(|(file, _)| *file == shown);
        let here = (order(&shown), last.map(|(_, line)| line));
        let at = |stop: &&Stop| (order(&stop.0), Some(stop.1));
        let next = if forward {
            stops.iter().find(|stop| at(stop) > here).or(stops.first())
        } else {
            let before = stops.iter().rev().find(|stop| at(stop) < here);
            before.or(stops.last())
        };
        if let Some((file, line)) = next.cloned() {
            let place = format!("{file}:{}", line + 1);
            let number = 1 + stops
                .iter()
                .position(|stop| *stop == (file.clone(), line))
                .unwrap_or(0);
            self.go_to_line(&file, Some(line));
            self.stop.set_value(Some((file, line)));
            let stops = stops.len();
            browser::focus::announce(&say_with("page.change-at", args![number, stops, place]));
        }
    }
}

/// Where touched lines begin, file by file.
fn stops(files: &[Arc<File>], touched: &Touched) -> Vec<Stop> {
    let of_file = |file: &Arc<File>| {
        let lines = touched.get(&file.path).map_or(&[][..], Vec::as_slice);
        let begins = |at: &usize| *at == 0 || lines[at - 1] + 1 < lines[*at];
        let starts = (0..lines.len()).filter(begins);
        let stops = starts.map(|at| (file.path.clone(), lines[at]));
        stops.collect::<Vec<Stop>>()
    };
    files.iter().flat_map(of_file).collect()
}
