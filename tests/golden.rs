//! Every file of some whole designs, word for word.
//!
//! A change shows here as a difference to read; `cargo insta accept` takes it over.

use kafka_cluster_designer::plan::Plan;
use kafka_cluster_designer::render::OUTPUTS;
use kafka_cluster_designer::{design, evaluate};

#[test]
fn whole_designs_give_these_files() {
    insta::glob!("designs/*.yaml", |path| {
        let text = std::fs::read_to_string(path).expect("a design");
        let design = design::read(&text).expect("a design document");
        let report = evaluate(&design);
        assert_eq!(report.plan.problems, [], "the design is understood");
        let files: String = report
            .files
            .iter()
            // Sums of what stands here anyway.
            .filter(|file| file.path != "SHA256SUMS")
            .fold(String::new(), |files, file| {
                files + "=== " + &file.path + "\n" + &file.text() + "\n"
            });
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(files);
        });
    });
}

/// A mark that matches nothing is a line that does not know its field.
#[test]
fn no_mark_misses_its_line() {
    // Not with `insta::glob!`, which two tests at the same time would share.
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/designs");
    for file in std::fs::read_dir(folder).expect("designs") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("a design");
        let plan = Plan::of(&design::read(&text).expect("a design document"));
        for output in OUTPUTS.iter().filter(|output| (output.wanted)(&plan)) {
            for object in (output.render)(&plan).objects {
                let dangling = object.dangling();
                assert!(dangling.is_empty(), "{}: {dangling:?}", output.path);
            }
        }
    }
}
