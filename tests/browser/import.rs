//! Journeys through the import: questions, pieces that are carried along, repairs before they are made,
//! folders and zips, and what changes since the last download.

use fantoccini::Locator;
use kafka_cluster_designer::import::{self, Files, Role};
use kafka_cluster_designer::{bundle, design, evaluate, presets, repair};
use serde_json::json;

use super::session::{self, Browser, Kind};
use super::{downloaded, folder, journey, journey_in, pictures, value_of};

fn fixture(name: &str) -> String {
    let path = session::package().join("tests/fixtures/import").join(name);
    std::fs::read_to_string(path).expect("a fixture")
}

/// Puts a text into the box of the import and reads it.
async fn paste(browser: &Browser, text: &str) {
    browser.click("#import").await;
    let put = "
        const box = document.getElementById('import-text');
        box.value = arguments[0];
        box.dispatchEvent(new InputEvent('input', { bubbles: true }));";
    browser
        .until(
            "the box",
            "return !!document.querySelector('#import-dialog[open] #import-text')",
        )
        .await;
    browser.run(put, json!([text])).await;
    browser.click("#import-read").await;
    browser
        .until(
            "what was read",
            "return document.activeElement.id === 'import-take'",
        )
        .await;
}

#[test]
fn what_the_files_do_not_tell_is_asked_and_pieces_can_be_left_out() {
    journey("import-ask", async |browser, _| {
        let text = fixture("undecided.yaml");
        paste(browser, &text).await;
        let asked = "return [...document.querySelectorAll('[data-ask]')].map(one => one.dataset.ask).join()";
        assert_eq!(
            browser.run(asked, json!([])).await,
            "StatefulSet/bus,StatefulSet/keeper"
        );
        pictures(browser, "import-asks-").await;

        // By the keyboard alone: to the question, and up to the first answer.
        browser
            .run(
                "document.getElementById('ask-StatefulSet/bus-neither').focus()",
                json!([]),
            )
            .await;
        browser.press("\u{e013}").await;
        browser.press("\u{e013}").await;
        let chosen = "return document.activeElement.id === 'ask-StatefulSet/bus-brokers' && document.activeElement.checked";
        browser.until("the answer, with the focus", chosen).await;
        browser
            .click("[id='ask-StatefulSet/keeper-ensemble']")
            .await;
        browser
            .until(
                "both answers",
                "return document.querySelectorAll('[data-ask] input:checked:not([id$=neither])').length === 2",
            )
            .await;

        // A piece that no field knows goes.
        let mut given = Files::one("pasted", &text);
        given
            .roles
            .insert("StatefulSet/bus".to_owned(), Role::Brokers);
        given
            .roles
            .insert("StatefulSet/keeper".to_owned(), Role::Ensemble);
        let mut expected = import::import(&given).design;
        let piece = expected.extras.origins().remove(0);
        browser.click("#import-extras").await;
        browser
            .click(&format!("#import-dialog [data-drop='{piece}']"))
            .await;
        browser
            .until(
                "the piece to go",
                &format!("return !document.querySelector(`#import-dialog [data-drop='{piece}']`) && document.activeElement.id === 'import-extras'"),
            )
            .await;
        assert!(expected.extras.drop(&piece));
        pictures(browser, "import-carried-").await;
        browser.click("#import-take").await;
        let document = browser.read_file("design.yaml").await;
        assert_eq!(design::read(&document), Ok(expected.clone()));

        // And another one later, in a step that can be undone.
        let piece = expected.extras.origins().remove(0);
        browser.click(".tree [data-way='extras']").await;
        browser
            .until(
                "the pieces",
                "return !!document.querySelector('#extras-dialog[open] [data-drop]')",
            )
            .await;
        pictures(browser, "extras-").await;
        browser
            .click(&format!("#extras-dialog [data-drop='{piece}']"))
            .await;
        browser
            .until(
                "the piece to go",
                &format!("return !document.querySelector(`#extras-dialog [data-drop='{piece}']`)"),
            )
            .await;
        browser.press("\u{e00c}").await;
        browser
            .until("the page", "return !document.querySelector('dialog[open]')")
            .await;
        browser.click("#undo").await;
        let document = browser.read_file("design.yaml").await;
        assert_eq!(design::read(&document), Ok(expected));
    });
}

#[test]
fn the_repairs_of_an_import_are_shown_file_by_file_before_they_are_made() {
    journey("import-repaired", async |browser, _| {
        let article = folder(&session::package().join("tests/fixtures/article"));
        let text: Vec<String> = ["zookeeper.yaml", "svc.yaml", "kafka.yaml"]
            .iter()
            .map(|name| article[*name].clone())
            .collect();
        let text = text.join("\n---\n");
        paste(browser, &text).await;
        pictures(browser, "import-read-").await;
        browser.click("#import-repaired > summary").await;
        browser
            .until(
                "the lines that change",
                "return !!document.querySelector('#import-repaired [data-difference=\"30-kafka/statefulset.yaml\"] .goes')",
            )
            .await;
        // Its records lie in the container: even a restart loses them.
        let gravest =
            "return document.querySelector('#import-repaired [data-effect]').dataset.effect";
        assert_eq!(browser.run(gravest, json!([])).await, "abandons-data");
        browser
            .run(
                "document.querySelector('#import-repaired').scrollIntoView()",
                json!([]),
            )
            .await;
        pictures(browser, "import-repaired-").await;
        browser.click("#import-take-repaired").await;
        browser
            .until("the page", "return !document.querySelector('dialog[open]')")
            .await;
        let document = browser.read_file("design.yaml").await;
        let expected =
            repair::all_safe(&import::import(&Files::one("pasted", &text)).design).design;
        assert_eq!(design::read(&document), Ok(expected));
    });
}

/// Opens the dialog, and chooses a file of this machine in it.
pub async fn choose(browser: &Browser, path: &std::path::Path) {
    browser.click("#import").await;
    let opened = "return document.activeElement.id === 'import-choose'";
    browser.until("the dialog", opened).await;
    let files = browser.client.find(Locator::Id("import-files")).await;
    let files = files.expect("the files");
    let path = path.display().to_string();
    files.send_keys(&path).await.expect("a file is chosen");
}

/// Drops files and folders of this machine on the page.
async fn drop_paths(browser: &Browser, paths: &[&std::path::Path]) {
    let paths: Vec<String> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    for kind in ["dragEnter", "dragOver", "drop"] {
        let data = json!({ "items": [], "files": paths, "dragOperationsMask": 1 });
        let event = json!({ "type": kind, "x": 400, "y": 400, "data": data });
        browser.devtools("Input.dispatchDragEvent", event).await;
    }
}

#[test]
fn folders_and_zips_are_dropped() {
    journey_in(&[Kind::Chromium], "import-drop", async |browser, _| {
        let given = browser.downloads().join("given");
        std::fs::create_dir_all(given.join("deep/.hidden")).expect("a folder");
        let design = presets::PRODUCTION.design().with("kafka.heap", "3g");
        for file in evaluate(&design).files {
            let path = given.join("deep").join(&file.path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, file.text()).expect("a file");
        }
        std::fs::write(given.join("deep/.hidden/a.yaml"), "nonsense: [").expect("a file");
        drop_paths(browser, &[&given]).await;
        browser
            .until(
                "what the folder holds",
                "return document.activeElement.id === 'import-take'",
            )
            .await;
        let read = "return document.querySelector('.import-read').textContent";
        let read = browser.run(read, json!([])).await;
        let read = read.as_str().expect("a text");
        assert!(
            read.contains("given/deep/30-kafka/statefulset.yaml") && !read.contains("hidden"),
            "{read}"
        );
        browser.click("#import-take").await;
        let document = browser.read_file("design.yaml").await;
        assert_eq!(design::read(&document), Ok(design.clone()));

        let half = browser.downloads().join("half.zip");
        let whole = bundle::zip("demo", &evaluate(&presets::SINGLE_NODE.design()).files);
        std::fs::write(&half, &whole[..whole.len() / 2]).expect("a file");
        drop_paths(browser, &[&half]).await;
        let refused = "return document.activeElement.id === 'import-again' && !document.getElementById('import-take') && /half\\.zip:1/.test(document.querySelector('.import-remarks').textContent)";
        browser.until("why half a zip is refused", refused).await;
        browser.press("\u{e00c}").await;
        let document = browser.read_file("design.yaml").await;
        assert_eq!(design::read(&document), Ok(design.clone()), "untouched");

        let other = design.with("kafka.heap", "4g");
        let zip = browser.downloads().join("given.zip");
        std::fs::write(&zip, bundle::zip("demo", &evaluate(&other).files)).expect("a file");
        drop_paths(browser, &[&zip]).await;
        browser
            .until(
                "what the zip holds",
                "return document.activeElement.id === 'import-take'",
            )
            .await;
        browser.click("#import-take").await;
        let document = browser.read_file("design.yaml").await;
        assert_eq!(design::read(&document), Ok(other));
    });
}

#[test]
fn the_page_says_what_would_change_since_the_last_download() {
    journey("since", async |browser, _| {
        let open = async || {
            browser.click(".tree [data-way='since']").await;
            browser
                .until(
                    "the dialog",
                    "return !!document.querySelector('#since-dialog[open]')",
                )
                .await;
        };
        open().await;
        browser
            .until(
                "that nothing was downloaded",
                "return !!document.getElementById('since-none')",
            )
            .await;
        pictures(browser, "since-never-").await;
        browser.click("#since-download").await;
        downloaded(browser, "zip").await;
        browser
            .until("the page", "return !document.querySelector('dialog[open]')")
            .await;
        browser.client.refresh().await.expect("the page again");
        browser
            .until(
                "the files",
                "return document.querySelectorAll('#file-view [data-line]').length > 10",
            )
            .await;
        open().await;
        let same =
            "return /Nothing has changed/.test(document.getElementById('since-none')?.textContent)";
        browser.until("that nothing has changed", same).await;
        browser.press("\u{e00c}").await;

        browser.click("[data-section='brokers']").await;
        browser.type_into("kafka.groups[main].brokers", "2").await;
        let brokers = value_of("kafka.groups[main].brokers");
        browser
            .until("two brokers", &format!("return {brokers} === '2'"))
            .await;
        open().await;
        let fewer = "return /3\\s*→\\s*2/.test(document.querySelector('#since-dialog .change[data-effect=procedure]')?.textContent) && !!document.querySelector('#since-dialog [data-difference]')";
        browser.until("what fewer brokers need", fewer).await;
        pictures(browser, "since-").await;
    });
}
