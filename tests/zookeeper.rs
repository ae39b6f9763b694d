//! What the ensemble's objects promise: ids, addresses, claims with their volumes, namespaces.

use kafka_cluster_designer::design::Design;
use kafka_cluster_designer::{Report, evaluate};
use serde_yaml::Value;

fn objects(report: &Report, path: &str) -> Vec<Value> {
    let file = report
        .file(path)
        .unwrap_or_else(|| panic!("{path} is there"));
    serde_yaml::Deserializer::from_str(&file.text())
        .map(|document| serde::Deserialize::deserialize(document).expect("YAML"))
        .collect()
}

fn text<'v>(value: &'v Value, path: &str) -> &'v str {
    let found = path.split('.').fold(value, |value, step| {
        step.parse::<usize>()
            .map_or_else(|_| &value[step], |at| &value[at])
    });
    found
        .as_str()
        .unwrap_or_else(|| panic!("{path} is a text in {value:?}"))
}

#[test]
fn a_server_writes_the_id_that_the_list_gives_to_its_name() {
    let report = evaluate(&Design::default());
    let set = &objects(&report, "20-zookeeper/statefulset.yaml")[0];
    // Kubernetes takes `$((` as it is.
    let script = text(set, "spec.template.spec.containers.0.command.2");
    let folder = std::env::temp_dir().join(format!("zookeeper-id-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let script = script
        .replace("/data", &folder.join("data").display().to_string())
        .replace("exec zkServer.sh", "exec echo");
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .env("HOSTNAME", "zk-2")
        .output()
        .expect("a shell");
    let id = std::fs::read_to_string(folder.join("data/myid")).expect("the script wrote it");
    std::fs::remove_dir_all(&folder).expect("a temporary folder");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "start-foreground\n"
    );
    let map = &objects(&report, "20-zookeeper/configmap.yaml")[0];
    let line = format!("\nserver.{}=zk-2.zk-hs.", id.trim());
    assert!(map["data"]["zoo.cfg"].as_str().unwrap().contains(&line));
}

#[test]
fn every_claim_of_a_set_has_one_local_volume_and_a_pods_volumes_share_a_node() {
    let design = Design::default()
        .with("storage.kind", "local")
        .with("nodes.names", "n1,n2");
    let report = evaluate(&design);
    let mut claims = Vec::new();
    for path in ["20-zookeeper/statefulset.yaml", "30-kafka/statefulset.yaml"] {
        for set in objects(&report, path) {
            for template in set["spec"]["volumeClaimTemplates"].as_sequence().unwrap() {
                for ordinal in 0..set["spec"]["replicas"].as_u64().unwrap() {
                    claims.push(format!(
                        "{}-{}-{ordinal}",
                        text(template, "metadata.name"),
                        text(&set, "metadata.name")
                    ));
                }
            }
        }
    }
    let volumes = objects(&report, "10-storage/volumes.yaml");
    let mut reserved: Vec<String> = volumes
        .iter()
        .map(|volume| text(volume, "spec.claimRef.name").to_owned())
        .collect();
    claims.sort_unstable();
    reserved.sort_unstable();
    assert_eq!(reserved, claims);
    let node = |claim: &str| {
        let volume = volumes
            .iter()
            .find(|volume| text(volume, "spec.claimRef.name") == claim);
        text(
            volume.expect("a volume"),
            "spec.nodeAffinity.required.nodeSelectorTerms.0.matchExpressions.0.values.0",
        )
        .to_owned()
    };
    assert_eq!(node("data-zk-1"), node("log-zk-1"));
    assert_ne!(node("data-zk-0"), node("data-zk-1"));
    let unknown = evaluate(&design.with("nodes.names", ""));
    assert!(unknown.file("10-storage/volumes.yaml").is_none());
}

#[test]
fn namespaces_that_every_cluster_has_are_not_rendered() {
    let design = Design::default().with("kafka.namespace", "default");
    let path = "00-namespaces/namespaces.yaml";
    assert!(evaluate(&design).file(path).is_none());
    let nfs = evaluate(&design.with("storage.kind", "nfs"));
    let [namespace] = &objects(&nfs, path)[..] else {
        panic!("only the provisioner's is rendered");
    };
    assert_eq!(text(namespace, "metadata.name"), "nfs-provisioner");
    let level = &namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"];
    assert_eq!(
        level, "baseline",
        "the provisioner mounts the export itself"
    );
}

#[test]
fn a_configuration_edit_replaces_the_pods() {
    let sum = |design: &Design| {
        let set = objects(&evaluate(design), "20-zookeeper/statefulset.yaml").remove(0);
        set["spec"]["template"]["metadata"]["annotations"]["checksum/config"].clone()
    };
    let design = Design::default();
    assert_ne!(
        sum(&design),
        sum(&design.clone().with("zookeeper.log_level", "WARN"))
    );
    assert_eq!(
        sum(&design),
        sum(&design.clone().with("zookeeper.data_size", "20Gi"))
    );
}
