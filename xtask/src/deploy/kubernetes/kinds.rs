//! The fields that objects of each kind may have, as far as ours have any: a field that is missing here is a mistake, or
//! is added here.

use super::Shape;

/// A kind, its apiVersion, its fields.
type Kind = (&'static str, &'static str, Shape);

/// Labels of an object.
const NAMED: &str = "name! labels namespace annotations";

/// Every kind that is used.
pub(super) const KINDS: &[Kind] = &[
    (
        "ServiceAccount",
        "v1",
        &[
            ("", "apiVersion! kind! metadata! automountServiceAccountToken!"),
            ("metadata", NAMED),
            ("metadata.labels", "*"),
        ],
    ),
    (
        "Service",
        "v1",
        &[
            ("", "apiVersion! kind! metadata! spec!"),
            ("metadata", NAMED),
            ("metadata.labels", "*"),
            ("spec", "selector! ports! clusterIP publishNotReadyAddresses"),
            ("spec.selector", "*"),
            ("spec.ports", "name! port! targetPort! protocol"),
        ],
    ),
    ("Deployment", "apps/v1", DEPLOYMENT),
    (
        "PodDisruptionBudget",
        "policy/v1",
        &[
            ("", "apiVersion! kind! metadata! spec!"),
            ("metadata", NAMED),
            ("metadata.labels", "*"),
            ("spec", "minAvailable! selector! unhealthyPodEvictionPolicy"),
            ("spec.selector", "matchLabels!"),
            ("spec.selector.matchLabels", "*"),
        ],
    ),
    (
        "NetworkPolicy",
        "networking.k8s.io/v1",
        &[
            ("", "apiVersion! kind! metadata! spec!"),
            ("metadata", NAMED),
            ("metadata.labels", "*"),
            ("spec", "podSelector! policyTypes! ingress egress"),
            ("spec.podSelector", "matchLabels!"),
            ("spec.podSelector.matchLabels", "*"),
            ("spec.ingress", "from! ports!"),
            ("spec.ingress.from", "namespaceSelector!"),
            ("spec.ingress.from.namespaceSelector", "matchLabels!"),
            ("spec.ingress.from.namespaceSelector.matchLabels", "*"),
            ("spec.ingress.ports", "protocol! port!"),
            ("spec.egress", "ports!"),
            ("spec.egress.ports", "protocol! port!"),
        ],
    ),
    (
        "Ingress",
        "networking.k8s.io/v1",
        &[
            ("", "apiVersion! kind! metadata! spec! $patch"),
            ("metadata", NAMED),
            ("metadata.labels", "*"),
            ("spec", "tls! rules!"),
            ("spec.tls", "hosts! secretName!"),
            ("spec.rules", "host! http!"),
            ("spec.rules.http", "paths!"),
            ("spec.rules.http.paths", "path! pathType! backend!"),
            ("spec.rules.http.paths.backend", "service!"),
            ("spec.rules.http.paths.backend.service", "name! port!"),
            ("spec.rules.http.paths.backend.service.port", "name!"),
        ],
    ),
    (
        "Route",
        "route.openshift.io/v1",
        &[
            ("", "apiVersion! kind! metadata! spec!"),
            ("metadata", NAMED),
            ("metadata.labels", "*"),
            ("metadata.annotations", "*"),
            ("spec", "host! to! port! tls!"),
            ("spec.to", "kind! name! weight"),
            ("spec.port", "targetPort!"),
            ("spec.tls", "termination! insecureEdgeTerminationPolicy!"),
        ],
    ),
    (
        "ServiceMonitor",
        "monitoring.coreos.com/v1",
        &[
            ("", "apiVersion! kind! metadata! spec!"),
            ("metadata", NAMED),
            ("metadata.labels", "*"),
            ("spec", "selector! endpoints!"),
            ("spec.selector", "matchLabels!"),
            ("spec.selector.matchLabels", "*"),
            ("spec.endpoints", "port! path! interval"),
        ],
    ),
    (
        "PrometheusRule",
        "monitoring.coreos.com/v1",
        &[
            ("", "apiVersion! kind! metadata! spec!"),
            ("metadata", NAMED),
            ("metadata.labels", "*"),
            ("spec", "groups!"),
            ("spec.groups", "name! rules!"),
            ("spec.groups.rules", "alert! expr! for labels! annotations!"),
            ("spec.groups.rules.labels", "*"),
            ("spec.groups.rules.annotations", "*"),
        ],
    ),
];

/// The list of what belongs together.
pub(super) const KUSTOMIZATION: Shape = &[
    ("", "apiVersion! kind! namespace! resources! images configMapGenerator patches"),
    ("images", "name! newName! newTag!"),
    ("configMapGenerator", "name! envs!"),
    ("patches", "path!"),
];

const DEPLOYMENT: Shape = &[
    ("", "apiVersion! kind! metadata! spec!"),
    ("metadata", NAMED),
    ("metadata.labels", "*"),
    ("spec", "replicas! strategy! selector! template!"),
    ("spec.strategy", "type! rollingUpdate!"),
    ("spec.strategy.rollingUpdate", "maxSurge! maxUnavailable!"),
    ("spec.selector", "matchLabels!"),
    ("spec.selector.matchLabels", "*"),
    ("spec.template", "metadata! spec!"),
    ("spec.template.metadata", "labels! annotations"),
    ("spec.template.metadata.labels", "*"),
    (
        "spec.template.spec",
        "serviceAccountName! automountServiceAccountToken! terminationGracePeriodSeconds! securityContext! \
         topologySpreadConstraints! containers! volumes!",
    ),
    ("spec.template.spec.securityContext", "runAsNonRoot! seccompProfile!"),
    ("spec.template.spec.securityContext.seccompProfile", "type!"),
    (
        "spec.template.spec.topologySpreadConstraints",
        "maxSkew! topologyKey! whenUnsatisfiable! labelSelector!",
    ),
    ("spec.template.spec.topologySpreadConstraints.labelSelector", "matchLabels!"),
    ("spec.template.spec.topologySpreadConstraints.labelSelector.matchLabels", "*"),
    (
        "spec.template.spec.containers",
        "name! image! args! envFrom! ports! startupProbe! livenessProbe! readinessProbe! resources! securityContext! \
         volumeMounts! lifecycle",
    ),
    ("spec.template.spec.containers.envFrom", "configMapRef!"),
    ("spec.template.spec.containers.envFrom.configMapRef", "name!"),
    ("spec.template.spec.containers.ports", "name! containerPort!"),
    (
        "spec.template.spec.containers.startupProbe",
        "httpGet! periodSeconds! failureThreshold! timeoutSeconds",
    ),
    ("spec.template.spec.containers.startupProbe.httpGet", "path! port!"),
    (
        "spec.template.spec.containers.livenessProbe",
        "httpGet! periodSeconds! failureThreshold! timeoutSeconds!",
    ),
    ("spec.template.spec.containers.livenessProbe.httpGet", "path! port!"),
    (
        "spec.template.spec.containers.readinessProbe",
        "httpGet! periodSeconds! failureThreshold! timeoutSeconds!",
    ),
    ("spec.template.spec.containers.readinessProbe.httpGet", "path! port!"),
    ("spec.template.spec.containers.lifecycle", "preStop!"),
    ("spec.template.spec.containers.lifecycle.preStop", "sleep!"),
    ("spec.template.spec.containers.lifecycle.preStop.sleep", "seconds!"),
    ("spec.template.spec.containers.resources", "requests! limits!"),
    ("spec.template.spec.containers.resources.requests", "cpu! memory!"),
    ("spec.template.spec.containers.resources.limits", "memory! cpu"),
    (
        "spec.template.spec.containers.securityContext",
        "allowPrivilegeEscalation! readOnlyRootFilesystem! capabilities!",
    ),
    ("spec.template.spec.containers.securityContext.capabilities", "drop!"),
    ("spec.template.spec.containers.volumeMounts", "name! mountPath! readOnly!"),
    ("spec.template.spec.volumes", "name! secret!"),
    ("spec.template.spec.volumes.secret", "secretName!"),
];
