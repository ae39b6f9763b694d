//! Kafka without ZooKeeper, as a person meets it: presets and the choice in the form, a second design on
//! KRaft or on newer versions, the way of a running cluster, and a bundle that comes back.

use kafka_cluster_designer::design::{Design, identity};
use kafka_cluster_designer::text::Lang;
use kafka_cluster_designer::upgrade::{self, Versions};
use kafka_cluster_designer::{bundle, design, evaluate, migrate, presets};
use serde_json::json;

use super::session::Browser;
use super::{downloaded, journey, pictures};

const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const DOWN: &str = "\u{e015}";
const CONTROL_Z: &str = "\u{e009}z\u{e000}";

/// Chooses something from a list, as a person does.
const CHOOSE: &str = "
    const select = document.getElementById(arguments[0]);
    select.value = arguments[1];
    select.dispatchEvent(new Event('change', { bubbles: true }));";

/// The design that the page has.
async fn design_of(browser: &Browser) -> Design {
    let document = browser.read_file("design.yaml").await;
    design::read(&document).expect("a design")
}

async fn focus(browser: &Browser, id: &str) {
    let script = "document.getElementById(arguments[0]).focus()";
    browser.run(script, json!([id])).await;
}

/// Waits until a script's expression is true.
async fn until(browser: &Browser, what: &str, expression: &str) {
    browser.until(what, &format!("return {expression}")).await;
}

const NO_DIALOG: &str = "!document.querySelector('dialog[open]')";

/// The sections of the form.
const SECTIONS: &str =
    "[...document.querySelectorAll('.rail [data-section]')].map(one => one.dataset.section)";

/// Waits for the dialog with one of its ways chosen.
async fn until_course(browser: &Browser, course: &str) {
    let chosen = format!(
        "document.querySelector('#course-dialog[open] #course-{course}')?.checked === true"
    );
    until(browser, course, &chosen).await;
}

#[test]
fn presets_without_zookeeper_are_chosen_and_edited() {
    journey("kraft-presets", async |browser, _| {
        for (name, own) in [("kraft", false), ("kraft-production", true)] {
            browser.click("#presets").await;
            browser.click(&format!("[data-preset='{name}']")).await;
            until(
                browser,
                "no ensemble",
                &format!("!{SECTIONS}.includes('zookeeper') && {SECTIONS}.includes('controllers')"),
            )
            .await;
            let files = browser.files().await;
            let has = |path: &str| files.iter().any(|file| file == path);
            assert_eq!(has("20-controllers/statefulset.yaml"), own, "{files:?}");
            assert!(!has("20-zookeeper/statefulset.yaml"), "{files:?}");
            // Its ids are made by the browser, and it has no errors.
            let made = design_of(browser).await;
            let preset = presets::preset(name).expect("a preset").design();
            for id in ["kraft.cluster_id", "kraft.directory_ids"] {
                assert!(made.get(&id.into()).is_some(), "{name}: {id}");
                assert!(preset.get(&id.into()).is_none(), "{name}: {id}");
            }
            assert_eq!(made, identity::of_the_same_cluster(preset, &made), "{name}");
            assert_eq!(evaluate(&made).counts()[0], 0, "{name}");
        }

        // Five controllers in their own form, and the quorum follows.
        browser.click("[data-section='controllers']").await;
        browser.type_into("controllers.count", "4").await;
        until(
            browser,
            "that four are too many or too few",
            "!!document.querySelector('.found[data-rule=KRF022]')",
        )
        .await;
        browser.type_into("controllers.count", "5").await;
        until(
            browser,
            "nothing is wrong with five",
            "!document.querySelector('.found[data-rule=KRF022]')",
        )
        .await;
        let set = browser.read_file("20-controllers/statefulset.yaml").await;
        assert!(set.contains("replicas: 5"), "{set}");
    });
}

#[test]
fn the_form_of_the_ensemble_gives_way_to_that_of_the_controllers() {
    journey("kraft-form", async |browser, _| {
        // By keyboard: from ZooKeeper past combined to controllers of their own.
        browser.click("[data-section='cluster']").await;
        focus(browser, "field-cluster.coordination-zookeeper").await;
        browser.press("\u{e014}").await;
        until(
            browser,
            "combined",
            "document.activeElement.id === 'field-cluster.coordination-kraft-combined'",
        )
        .await;
        until(
            browser,
            "no drawing of an ensemble",
            "!document.querySelector('.topology [data-part^=server-]')?.textContent.includes('zk')",
        )
        .await;
        browser.press("\u{e014}").await;
        until(
            browser,
            "dedicated",
            "document.activeElement.id === 'field-cluster.coordination-kraft-dedicated'",
        )
        .await;

        // Sections, files, drawing.
        until(browser, "the sections", &format!("!{SECTIONS}.some(one => one.startsWith('zookeeper')) && {SECTIONS}.includes('controllers')")).await;
        until(
            browser,
            "the files of the controllers",
            "!!document.querySelector('[data-file^=\"20-controllers/\"]')",
        )
        .await;
        let files = browser.files().await;
        assert!(
            !files.iter().any(|file| file.starts_with("20-zookeeper/")),
            "{files:?}"
        );
        until(browser, "controllers in the drawing", "document.querySelectorAll('.topology [data-part^=server-]:not([data-part*=disk], [data-part*=heap])').length === 3").await;

        // The ids are there once, and stay when the choice goes back and forth.
        let id = "kraft.cluster_id";
        let first = design_of(browser).await;
        let first = first.get(&id.into()).expect("an id");
        browser.click("[data-section='cluster']").await;
        focus(browser, "field-cluster.coordination-kraft-dedicated").await;
        browser.press("\u{e012}").await;
        until(
            browser,
            "combined again",
            "document.activeElement.id === 'field-cluster.coordination-kraft-combined'",
        )
        .await;
        assert_eq!(design_of(browser).await.get(&id.into()), Some(first));
        focus(browser, "field-cluster.coordination-kraft-combined").await;
        browser.press("\u{e014}").await;

        // Options: those of KRaft, and none of ZooKeeper's.
        browser.click("[data-section='kafka-options']").await;
        let found = async |text: &str, name: &str, is_there: bool| {
            browser.click("#option-search").await;
            browser.press("\u{e009}a\u{e000}").await;
            browser.press(text).await;
            let row = format!(
                "!!document.querySelector(\".option-row[data-option='{name}']\") === {is_there} && document.getElementById('option-search').value === '{text}'"
            );
            until(browser, name, &row).await;
        };
        found("metadata.log", "metadata.log.segment.bytes", true).await;
        found("zookeeper.conn", "zookeeper.connect", false).await;

        // What if: controllers are lost.
        browser.click("#what-if").await;
        for (at, quorum) in [("0", "2 of 3"), ("1", "1 of 3")] {
            let node = format!("[data-part='server-{at}']");
            browser
                .run(
                    "document.querySelector(arguments[0]).focus()",
                    json!([node]),
                )
                .await;
            browser.press(ENTER).await;
            until(browser, "the quorum", &format!("(document.querySelector('#losses [data-effect=quorum] dd')?.textContent ?? '').startsWith('{quorum} controllers run')")).await;
        }
        browser.click("#what-if").await;

        // What a client is told, and the checks of KRaft in the place of ZooKeeper's.
        browser.click("[data-learn-page='learn-clients']").await;
        until(
            browser,
            "the client inside",
            "document.querySelectorAll('[data-standpoint=Inside] tbody tr').length === 3",
        )
        .await;
        browser.click("[data-section='controllers']").await;
        browser.type_into("kraft.cluster_id", "kafka").await;
        until(browser, "what an id is", "!!document.querySelector(\"[data-field='kraft.cluster_id'] .found[data-rule=KRF035]\")").await;
        let open = browser.run("return [...document.querySelectorAll('#problems .problem')].map(one => one.dataset.rule ?? '')", json!([])).await;
        assert!(!open.to_string().contains("\"ZK"), "{open}");
    });
}

/// Keeps the design beside, compares, takes it over and goes back; gives what was taken.
async fn keep_compare_take(browser: &Browser, before: &Design, name: &str) -> Design {
    // Kept beside the present one, under the name that is offered.
    browser.click("#course-keep").await;
    until(browser, "it is kept", &format!("(document.querySelector('#course-dialog .design-name p').textContent).includes('{name}')")).await;

    // Compared, and back in the dialog.
    browser.click("#course-compare").await;
    until(
        browser,
        "the files that differ",
        "!!document.querySelector('#compare-dialog[open] [data-difference] .comes')",
    )
    .await;
    let swapped = "return document.getElementById('compare-swap').ariaPressed ?? document.getElementById('compare-swap').getAttribute('aria-pressed')";
    assert_eq!(
        browser.run(swapped, json!([])).await,
        "true",
        "from this to that"
    );
    browser.press(ESCAPE).await;
    until(browser, "the dialog", "!document.querySelector('#compare-dialog[open]') && !!document.querySelector('#course-dialog[open]')").await;

    // Taken, as one step.
    focus(browser, "course-take").await;
    browser.press(ENTER).await;
    until(browser, "the page", NO_DIALOG).await;
    let taken = design_of(browser).await;
    assert_ne!(&taken, before);
    browser.press(CONTROL_Z).await;
    assert_eq!(&design_of(browser).await, before);
    browser.click("#redo").await;
    assert_eq!(design_of(browser).await, taken);

    // And the one that was kept is the same.
    browser.click("#presets").await;
    until(browser, "it among the kept ones", &format!("[...document.querySelectorAll('.designs-open strong')].some(one => one.textContent === '{name}')")).await;
    browser.press(ESCAPE).await;
    taken
}

#[test]
fn a_design_moves_to_kraft_and_its_versions_are_raised() {
    journey("kraft-move", async |browser, _| {
        browser.click("[data-section='brokers']").await;
        browser.type_into("kafka.groups[main].brokers", "5").await;
        browser.click("[data-section='zookeeper']").await;
        browser.type_into("zookeeper.servers", "5").await;
        let before = design_of(browser).await;

        // From the field where a person looks for it.
        browser.click("[data-section='cluster']").await;
        browser
            .click("[data-field='cluster.coordination'] [data-course='to-kraft']")
            .await;
        until_course(browser, "to-kraft").await;
        pictures(browser, "course-to-kraft-").await;
        let step = "document.querySelector('#course-dialog [data-kind=step]')?.textContent ?? ''";
        until(
            browser,
            "what a running cluster needs",
            &format!("({step}).includes('3000')"),
        )
        .await;
        until(browser, "what goes", "document.querySelector('#course-dialog [data-kind=removed]').textContent.includes('of the ensemble')").await;
        browser
            .click("label:has(#course-controllers-kraft-combined)")
            .await;
        until(
            browser,
            "combined",
            &format!("({step}).includes('Every broker')"),
        )
        .await;
        focus(browser, "course-controllers-kraft-combined").await;
        browser.press("\u{e013}").await;
        until(
            browser,
            "dedicated again",
            &format!("({step}).includes('3000')"),
        )
        .await;
        let taken = keep_compare_take(browser, &before, "Production · KRaft").await;
        // The ids are the browser's, all else is the engine's.
        let expected = upgrade::to_kraft(&before, true, || [7; 16])
            .expect("a way")
            .design;
        assert_eq!(
            taken,
            identity::of_the_same_cluster(expected.clone(), &taken)
        );
        assert_ne!(
            taken.get(&"kraft.cluster_id".into()),
            expected.get(&"kraft.cluster_id".into())
        );

        // On to Kafka 4, found by the search and by the keyboard alone.
        browser.press("/").await;
        browser.press("Raise vers").await;
        until(browser, "the hit", "/Raise versions/.test(document.querySelector('#search-hits [aria-selected=true]')?.textContent)").await;
        browser.press(ENTER).await;
        until(
            browser,
            "the versions",
            "!!document.querySelector('#course-dialog[open] .course-versions')",
        )
        .await;
        // Without ZooKeeper there is nothing else to choose.
        assert_eq!(
            browser
                .run(
                    "return document.querySelectorAll('#course-dialog input[type=radio]').length",
                    json!([])
                )
                .await,
            0
        );
        focus(browser, "course-kubernetes.version").await;
        browser.press(DOWN).await;
        let newest = upgrade::newest(&taken);
        until(browser, "what Kafka 4 changes", "document.querySelector('#course-dialog [data-kind=default]')?.textContent.includes('num.recovery.threads.per.data.dir')").await;
        pictures(browser, "course-raise-").await;
        let chosen = browser.run("return ['kafka', 'kubernetes'].map(one => document.getElementById(`course-${one}.version`).value)", json!([])).await;
        let kubernetes = chosen[1].as_str().and_then(|text| text.parse().ok());
        assert_eq!(chosen[0], newest.to_string());
        assert!(kubernetes.is_some(), "{chosen}");
        let name = format!(
            "Production · Kafka {newest} · Kubernetes {}",
            chosen[1].as_str().expect("a version")
        );
        let raised = keep_compare_take(browser, &taken, &name).await;
        let versions = Versions {
            kafka: Some(newest),
            kubernetes,
            ..Versions::default()
        };
        assert_eq!(
            raised,
            upgrade::raise(&taken, versions, || [7; 16])
                .expect("newer")
                .design
        );

        // A bundle of it comes back with every id.
        let zip = browser.downloads().join("kraft.zip");
        std::fs::write(&zip, bundle::zip("kafka", &evaluate(&raised).files)).expect("a file");
        browser.click("#presets").await;
        browser.click("[data-preset='single-node']").await;
        super::import::choose(browser, &zip).await;
        until(
            browser,
            "what the zip holds",
            "document.activeElement.id === 'import-take'",
        )
        .await;
        browser.click("#import-take").await;
        assert_eq!(design_of(browser).await, raised);
    });
}

#[test]
fn the_ensemble_is_raised_too() {
    journey("kraft-ensemble", async |browser, _| {
        browser.click("[data-section='zookeeper']").await;
        let version = json!(["field-zookeeper.version", "3.7.2"]);
        browser.run(CHOOSE, version).await;
        let before = design_of(browser).await;
        browser.press("u").await;
        until_course(browser, "to-kraft").await;
        focus(browser, "course-to-kraft").await;
        browser.press(DOWN).await;
        until_course(browser, "raise").await;
        browser
            .run(CHOOSE, json!(["course-zookeeper.version", "3.9.5"]))
            .await;
        until(browser, "its log", "document.querySelector('#course-dialog [data-kind=value]')?.textContent.includes('logback.xml')").await;
        browser
            .run(CHOOSE, json!(["course-kafka.version", ""]))
            .await;
        until(
            browser,
            "only the ensemble",
            "document.getElementById('course-name').value.endsWith('· ZooKeeper 3.9.5')",
        )
        .await;
        browser.click("#course-take").await;
        until(browser, "the page", NO_DIALOG).await;
        let versions = Versions {
            zookeeper: Some("3.9.5".parse().expect("a version")),
            ..Versions::default()
        };
        let expected = upgrade::raise(&before, versions, || [7; 16])
            .expect("newer")
            .design;
        assert_eq!(design_of(browser).await, expected);
    });
}

#[test]
fn the_way_of_a_running_cluster_is_shown_and_downloaded() {
    journey("kraft-migrate", async |browser, _| {
        let id = "-BNj1xnyRAm5z7W8h5GzWg";
        let design = design_of(browser).await;
        let way = migrate::migration(&design, Some(id)).expect("a way");
        browser.click("[data-section='cluster']").await;
        browser
            .click("[data-field='cluster.coordination'] [data-course='migrate']")
            .await;
        until_course(browser, "migrate").await;
        pictures(browser, "course-migrate-").await;

        // Every step in its order, and where nothing leads back.
        let kinds: Vec<&str> = way.steps.iter().map(|step| step.kind.id()).collect();
        let shown = browser.run("return [...document.querySelectorAll('.course-steps > li')].map(one => one.querySelector('[data-step]')?.dataset.step ?? '')", json!([])).await;
        let mut expected = kinds.clone();
        let last = kinds
            .iter()
            .position(|kind| *kind == "finalize")
            .expect("a last step");
        expected.insert(last, "");
        assert_eq!(shown, json!(expected));
        browser.click("[data-step='metadata'] > summary").await;
        let words = browser
            .run(
                "return document.querySelector('[data-step=metadata]').innerText",
                json!([]),
            )
            .await;
        let words = words.as_str().expect("words");
        let guide = way.guide(way.step(migrate::StepKind::Metadata).expect("a step"));
        for part in &guide.parts {
            for piece in &part.pieces {
                let lines = match piece {
                    migrate::Piece::Say(sentence) => {
                        vec![sentence.words(Lang::En).replace(['`', '*'], "")]
                    }
                    migrate::Piece::Code(lines) => lines.clone(),
                };
                for line in lines {
                    assert!(words.contains(&line), "{line} in {words}");
                }
            }
        }
        pictures(browser, "course-step-").await;

        // Without an id, and with a wrong one, it says so and hands nothing over.
        browser.click("#course-migration").await;
        let wrong = "document.getElementById('course-id-wrong').textContent";
        until(browser, "that it needs an id", &format!("{wrong}.includes('Enter the id') && document.activeElement.id === 'course-cluster-id'")).await;
        browser.press("my-cluster").await;
        until(
            browser,
            "what an id is",
            &format!(
                "{wrong}.includes('22 letters') && document.activeElement.ariaInvalid !== 'false'"
            ),
        )
        .await;
        browser.press(ENTER).await;
        assert_eq!(
            std::fs::read_dir(browser.downloads())
                .expect("the folder")
                .count(),
            0
        );
        browser.press("\u{e009}a\u{e000}").await;
        browser.press(id).await;
        until(browser, "nothing is wrong", &format!("{wrong} === ''")).await;
        browser.press(ENTER).await;

        // The same bytes as the engine gives, and the command line with it.
        let zip = downloaded(browser, "zip").await;
        let name = way.bundle_name();
        assert_eq!(
            zip.file_name().and_then(|name| name.to_str()),
            Some(bundle::zip_name(&name).as_str())
        );
        let bytes = std::fs::read(&zip).expect("the zip");
        assert!(bytes == bundle::zip(&name, &way.files()), "the zip differs");

        // What cannot go the way says why.
        browser.press(ESCAPE).await;
        browser.click("#presets").await;
        browser.click("[data-preset='article']").await;
        until(browser, "the page", NO_DIALOG).await;
        browser.click("#course").await;
        until_course(browser, "to-kraft").await;
        browser.click("label:has(#course-migrate)").await;
        until(browser, "why not", "document.querySelector('#course-dialog .course-refused')?.textContent.includes('3.4.10')").await;
    });
}
