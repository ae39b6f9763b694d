//! Family SEC.

use super::{Example, UNSET, Values, broken, design, objects};

const EXPOSURE: &str = "kafka.listeners[external].exposure";
const MAP: &str = "kafka.options[listener.security.protocol.map]";
const AUTHORIZER: &str = "kafka.options[authorizer.class.name]";
const MECHANISM: &str = "kafka.options[sasl.mechanism.inter.broker.protocol]";
const NONE: Values = &[];
const LOGIN: (&str, &str) = (MAP, "INTERNAL:SASL_PLAINTEXT");
const PLAIN: (&str, &str) = (MAP, "INTERNAL:PLAINTEXT");

/// A pod that breaks every rule of the restricted level.
const OPEN: &str = "kind: Namespace
metadata: {name: kafka, labels: {a: b}}
---
kind: StatefulSet
metadata: {name: kafka, namespace: kafka}
spec:
  template:
    spec:
      hostPID: true
      securityContext: {runAsUser: 0}
      containers:
      - {name: kafka, securityContext: {x: y}, env: [{name: ADMIN_PASSWORD, value: x}]}
  volumeClaimTemplates: [{metadata: {name: data}}]
";

pub const EXAMPLES: &[Example] = &[
    design(
        "SEC001",
        &[(EXPOSURE, "load-balancer")],
        &[(EXPOSURE, "none")],
    ),
    design(
        "SEC002",
        &[
            (EXPOSURE, "load-balancer"),
            (MAP, "INTERNAL:PLAINTEXT,EXTERNAL:SASL_PLAINTEXT"),
        ],
        &[(MAP, "INTERNAL:PLAINTEXT,EXTERNAL:SASL_SSL")],
    ),
    design(
        "SEC003",
        &[(MAP, "INTERNAL:SSL")],
        &[("kafka.options[ssl.keystore.location]", "/etc/keys/broker.p12")],
    ),
    design("SEC004", &[LOGIN, (MECHANISM, "PLAIN")], &[(MECHANISM, "GSSAPI")]),
    design(
        "SEC005",
        &[LOGIN],
        &[(
            "kafka.opts",
            "-Djava.security.auth.login.config=/etc/jaas/broker.conf",
        )],
    ),
    broken(
        "SEC006",
        &[
            ("cluster.coordination", "kraft-dedicated"),
            ("kafka.version", "4.1.1"),
        ],
        super::kraft::SOUND,
        (
            "sasl.enabled.mechanisms=PLAIN",
            "sasl.enabled.mechanisms=SCRAM-SHA-512",
        ),
    ),
    design("SEC007", &[LOGIN], &[(AUTHORIZER, "kafka.security.authorizer.AclAuthorizer")]),
    design(
        "SEC008",
        &[
            ("kafka.options[allow.everyone.if.no.acl.found]", "true"),
            (AUTHORIZER, "kafka.security.authorizer.AclAuthorizer"),
        ],
        &[("kafka.options[allow.everyone.if.no.acl.found]", "false")],
    ),
    design("SEC009", &[LOGIN], &[PLAIN]),
    design("SEC010", NONE, &[("cluster.network_policies", "true")]),
    objects("SEC011", NONE, OPEN, ("runAsUser: 0", "runAsUser: 1")),
    objects("SEC012", NONE, OPEN, ("x: y", "allowPrivilegeEscalation: false")),
    objects("SEC013", NONE, OPEN, ("x: y", "capabilities: {drop: [ALL]}")),
    objects("SEC014", NONE, OPEN, ("x: y", "readOnlyRootFilesystem: true")),
    objects("SEC015", NONE, OPEN, ("x: y", "seccompProfile: {type: RuntimeDefault}")),
    objects("SEC016", NONE, OPEN, ("hostPID: true", "automountServiceAccountToken: false")),
    objects("SEC017", NONE, OPEN, ("hostPID: true", "hostPID: false")),
    objects(
        "SEC018",
        NONE,
        "kind: StatefulSet
metadata: {name: kafka, namespace: kafka}
spec: {template: {spec: {securityContext: {runAsUser: 1000}}}, volumeClaimTemplates: [{metadata: {name: data}}]}
",
        ("runAsUser: 1000", "runAsUser: 1000, fsGroup: 1000"),
    ),
    design(
        "SEC019",
        &[("kafka.restricted", "false")],
        &[("cluster.pod_security", "none")],
    ),
    design(
        "SEC020",
        &[("kafka.options[ssl.keystore.password]", "secret")],
        &[("kafka.options[ssl.keystore.password]", UNSET)],
    ),
    objects("SEC021", NONE, OPEN, ("ADMIN_PASSWORD", "ADMIN_PASSWORD_FILE")),
    design(
        "SEC022",
        &[("kafka.options[ssl.endpoint.identification.algorithm]", " ")],
        &[("kafka.options[ssl.endpoint.identification.algorithm]", "https")],
    ),
    design(
        "SEC023",
        &[("kafka.options[ssl.enabled.protocols]", "TLSv1.1,TLSv1.2")],
        &[("kafka.options[ssl.enabled.protocols]", "TLSv1.2,TLSv1.3")],
    ),
    design(
        "SEC025",
        &[(EXPOSURE, "node-port")],
        &[(EXPOSURE, "load-balancer")],
    ),
];
