//! Family K8S.

use super::{Example, broken, design};

/// Objects that fit each other: a set of brokers with its Service, its budget and a list.
const SOUND: &str = r"kind: StatefulSet
metadata: {name: kafka, namespace: kafka, labels: {app.kubernetes.io/name: k, app.kubernetes.io/instance: i}}
spec:
  serviceName: hs
  replicas: 3
  selector: {matchLabels: {app: k}}
  template:
    metadata: {labels: {app: k}}
    spec:
      enableServiceLinks: false
      priorityClassName: high
      affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {matchLabels: {app: k}}, topologyKey: kubernetes.io/hostname}]}}
      containers:
      - name: kafka
        ports: [{name: client, containerPort: 9092}]
        command: [sh, -c, 'echo $$(hostname); exec kafka-server-start.sh x']
        env: [{name: hostname, value: k}]
        resources: {requests: {memory: 1Gi, cpu: 500m}, limits: {memory: 1Gi}}
  minReadySeconds: 30
---
kind: Service
metadata: {name: hs, namespace: kafka}
spec: {clusterIP: None, selector: {app: k}, ports: [{port: 1, targetPort: client}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: b, namespace: kafka}
spec: {maxUnavailable: 1, unhealthyPodEvictionPolicy: AlwaysAllow, selector: {matchLabels: {app: k}}}
---
kind: Namespace
metadata: {name: kafka}
---
kind: Kustomization
resources: []
";

/// A set beside a Service that is called like the variables of Kafka's image.
const NAMED_KAFKA: &str = r"kind: StatefulSet
metadata: {name: kafka, namespace: kafka}
spec: {template: {spec: {enableServiceLinks: false}}}
---
kind: Service
metadata: {name: kafka, namespace: kafka}
";

/// The same of two kinds of pods in two namespaces.
const NEIGHBOURS: &str = r"kind: StatefulSet
metadata: {name: kafka, namespace: kafka}
spec:
  template:
    metadata: {labels: {app: k}}
    spec: {affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{namespaces: [zk], labelSelector: {matchExpressions: [{key: app, operator: In, values: [zk]}]}}]}}}
---
kind: StatefulSet
metadata: {name: zk, namespace: zk}
spec: {template: {metadata: {labels: {app: zk}}, spec: {containers: []}}}
";

/// A set with claims, and a list that labels nothing.
const CLAIMS: &str = r"kind: StatefulSet
metadata: {name: kafka}
spec: {volumeClaimTemplates: [{metadata: {name: data}}]}
---
kind: Kustomization
resources: []
";

/// A small configuration.
const SMALL_CONFIG: &str = "kind: ConfigMap\nmetadata: {name: c}\ndata: {a: short}\n";

static LETTERS: [u8; 256 * 1024] = [b'x'; 256 * 1024];

/// A text of 256 KiB.
const LARGE: &str = match std::str::from_utf8(&LETTERS) {
    Ok(text) => text,
    Err(_) => "",
};

pub const EXAMPLES: &[Example] = &[
    broken("K8S001", &[], SOUND, ("- name: kafka", "- name: Kafka")),
    broken("K8S002", &[], SOUND, ("name: hs", "name: 1hs")),
    broken("K8S003", &[], SOUND, ("{name: kafka,", "{name: ka_fka,")),
    broken(
        "K8S004",
        &[],
        SOUND,
        (
            "{name: kafka,",
            "{name: kafka5678901234567890123456789012345678901234567890123,",
        ),
    ),
    broken("K8S007", &[], SOUND, ("name: k,", "name: 'k k',")),
    broken(
        "K8S008",
        &[],
        SOUND,
        ("{name: client", "{name: client-of-the-brokers"),
    ),
    broken(
        "K8S009",
        &[],
        SOUND,
        (
            "containerPort: 9092}",
            "containerPort: 9092}, {name: client, containerPort: 1}",
        ),
    ),
    broken(
        "K8S010",
        &[],
        SOUND,
        (
            "selector: {matchLabels: {app: k}}\n  template",
            "selector: {matchLabels: {app: z}}\n  template",
        ),
    ),
    broken(
        "K8S011",
        &[],
        SOUND,
        (
            "selector: {matchLabels: {app: k}}\n  template",
            "selector: {}\n  template",
        ),
    ),
    broken(
        "K8S012",
        &[],
        SOUND,
        (
            "priorityClassName",
            "restartPolicy: Never\n      priorityClassName",
        ),
    ),
    broken(
        "K8S013",
        &[],
        SOUND,
        ("replicas: 3", "podManagementPolicy: Sequential"),
    ),
    broken(
        "K8S014",
        &[],
        SOUND,
        ("serviceName: hs", "serviceName: other"),
    ),
    broken("K8S014", &[], SOUND, ("clusterIP: None, ", "")),
    broken(
        "K8S015",
        &[],
        SOUND,
        (
            "clusterIP: None, selector: {app: k}",
            "clusterIP: None, selector: {app: z}",
        ),
    ),
    broken(
        "K8S016",
        &[],
        SOUND,
        (
            "name: hs, namespace: kafka}\nspec: {clusterIP: None, selector: {app: k}",
            "name: z, namespace: kafka}\nspec: {selector: {app: z}",
        ),
    ),
    broken(
        "K8S017",
        &[],
        SOUND,
        ("targetPort: client", "targetPort: 9093"),
    ),
    broken(
        "K8S017",
        &[],
        SOUND,
        ("targetPort: client", "targetPort: inner"),
    ),
    broken(
        "K8S018",
        &[],
        SOUND,
        (
            "targetPort: client}",
            "targetPort: client}, {name: b, port: 2, targetPort: 9092}",
        ),
    ),
    broken(
        "K8S022",
        &[],
        NAMED_KAFKA,
        ("enableServiceLinks: false", "restartPolicy: Always"),
    ),
    broken(
        "K8S023",
        &[],
        SOUND,
        ("      enableServiceLinks: false\n", ""),
    ),
    broken(
        "K8S024",
        &[("kubernetes.version", "1.25")],
        SOUND,
        ("policy/v1", "policy/v1beta1"),
    ),
    broken(
        "K8S025",
        &[("kubernetes.version", "1.24")],
        SOUND,
        ("policy/v1", "policy/v1beta1"),
    ),
    broken(
        "K8S027",
        &[],
        SOUND,
        ("maxUnavailable: 1", "maxUnavailable: 1, minAvailable: 2"),
    ),
    broken("K8S027", &[], SOUND, ("maxUnavailable: 1, ", "")),
    broken(
        "K8S028",
        &[],
        SOUND,
        ("maxUnavailable: 1", "maxUnavailable: 0"),
    ),
    broken(
        "K8S028",
        &[],
        SOUND,
        ("maxUnavailable: 1", "minAvailable: '100%'"),
    ),
    broken(
        "K8S029",
        &[],
        SOUND,
        ("maxUnavailable: 1", "maxUnavailable: 3"),
    ),
    broken(
        "K8S030",
        &[],
        SOUND,
        ("kind: PodDisruptionBudget", "kind: ConfigMap"),
    ),
    broken(
        "K8S031",
        &[],
        SOUND,
        (
            "AlwaysAllow, selector: {matchLabels: {app: k}}",
            "AlwaysAllow, selector: {matchLabels: {app: z}}",
        ),
    ),
    broken(
        "K8S031",
        &[],
        SOUND,
        (
            "selector: {matchLabels: {app: k}}}\n---\nkind: Namespace",
            "selector: {}}\n---\nkind: Deployment\nmetadata: {name: d, namespace: kafka}\nspec: {template: {spec: {}}}\n---\nkind: Namespace",
        ),
    ),
    broken(
        "K8S032",
        &[],
        SOUND,
        ("maxUnavailable: 1", "maxUnavailable: 2"),
    ),
    broken(
        "K8S033",
        &[],
        SOUND,
        ("unhealthyPodEvictionPolicy: AlwaysAllow, ", ""),
    ),
    broken("K8S035", &[], SOUND, ("podAntiAffinity", "podAffinity")),
    design(
        "K8S035",
        &[("kafka.anti_affinity", "none")],
        &[("kafka.anti_affinity", "preferred")],
    ),
    broken("K8S036", &[], NEIGHBOURS, ("namespaces: [zk], ", "")),
    design(
        "K8S037",
        &[("kafka.near_zookeeper", "true")],
        &[("kafka.near_zookeeper", "false")],
    ),
    design(
        "K8S038",
        &[("nodes.zones", "a, b"), ("kafka.spread_zones", "false")],
        &[("kafka.spread_zones", "true")],
    ),
    broken(
        "K8S039",
        &[],
        SOUND,
        (
            "metadata: {name: hs, namespace: kafka}",
            "metadata: {name: hs}",
        ),
    ),
    broken("K8S040", &[], SOUND, ("kind: Namespace", "kind: ConfigMap")),
    broken(
        "K8S041",
        &[],
        SOUND,
        (
            "priorityClassName",
            "serviceAccountName: none\n      priorityClassName",
        ),
    ),
    broken(
        "K8S041",
        &[],
        SOUND,
        (
            "priorityClassName",
            "volumes: [{name: v, configMap: {name: none}}]\n      priorityClassName",
        ),
    ),
    broken(
        "K8S042",
        &[],
        SOUND,
        ("limits: {memory: 1Gi}", "limits: {memory: 1GB}"),
    ),
    broken(
        "K8S043",
        &[],
        SOUND,
        ("limits: {memory: 1Gi}", "limits: {memory: 900m}"),
    ),
    design(
        "K8S044",
        &[("kafka.memory_limit", "6Gi")],
        &[("kafka.memory_limit", "8Gi")],
    ),
    design(
        "K8S044",
        &[("zookeeper.cpu_limit", "100m")],
        &[("zookeeper.cpu_limit", "500m")],
    ),
    broken(
        "K8S045",
        &[],
        SOUND,
        ("limits: {memory: 1Gi}", "limits: {}"),
    ),
    broken("K8S046", &[], SOUND, ("cpu: 500m", "storage: 1")),
    broken(
        "K8S047",
        &[],
        SOUND,
        ("limits: {memory: 1Gi}", "limits: {memory: 1Gi, cpu: 1}"),
    ),
    broken(
        "K8S048",
        &[],
        SOUND,
        ("limits: {memory: 1Gi}", "limits: {memory: 2Gi}"),
    ),
    design(
        "K8S049",
        &[("kafka.grace_period", "30")],
        &[("kafka.grace_period", "60")],
    ),
    broken(
        "K8S050",
        &[],
        SOUND,
        ("exec kafka-server-start.sh", "kafka-server-start.sh"),
    ),
    broken(
        "K8S051",
        &[],
        SOUND,
        ("minReadySeconds: 30", "minReadySeconds: 0"),
    ),
    broken(
        "K8S052",
        &[],
        SOUND,
        (
            "minReadySeconds: 30",
            "persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}",
        ),
    ),
    broken(
        "K8S053",
        &[],
        SOUND,
        ("replicas: 3", "updateStrategy: {type: OnDelete}"),
    ),
    broken(
        "K8S054",
        &[],
        SOUND,
        ("replicas: 3", "revisionHistoryLimit: 1"),
    ),
    broken(
        "K8S055",
        &[],
        SOUND,
        (
            "priorityClassName",
            "volumes: [{name: v, configMap: {name: conf}}]\n      priorityClassName",
        ),
    ),
    broken("K8S056", &[], SMALL_CONFIG, ("short", LARGE)),
    broken(
        "K8S057",
        &[],
        SOUND,
        (
            "        ports: [{name: client",
            "        volumeMounts: [{name: none, mountPath: /x}]\n        ports: [{name: client",
        ),
    ),
    broken(
        "K8S057",
        &[],
        SOUND,
        (
            "minReadySeconds: 30",
            "volumeClaimTemplates: [{metadata: {name: idle}}]",
        ),
    ),
    broken(
        "K8S058",
        &[],
        SOUND,
        (
            "env: [{name: hostname, value: k}]",
            "env: [{name: A, value: b}, {name: A, value: c}]",
        ),
    ),
    broken(
        "K8S059",
        &[],
        SOUND,
        ("echo $$(hostname)", "echo $(hostname)"),
    ),
    broken(
        "K8S060",
        &[],
        SOUND,
        ("priorityClassName: high", "hostNetwork: false"),
    ),
    design("K8S060", &[], &[("cluster.profile", "staging")]),
    broken(
        "K8S061",
        &[],
        SOUND,
        ("app.kubernetes.io/instance", "instance"),
    ),
    design(
        "K8S062",
        &[("kubernetes.version", "1.34")],
        &[("kubernetes.version", "1.35")],
    ),
    broken(
        "K8S063",
        &[],
        CLAIMS,
        ("resources: []", "commonLabels: {a: b}"),
    ),
    broken(
        "K8S064",
        &[],
        SOUND,
        (
            "resources: []\n",
            "namespace: one\n---\nkind: Namespace\nmetadata: {name: kafka}\n",
        ),
    ),
];
