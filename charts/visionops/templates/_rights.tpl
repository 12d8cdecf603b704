{{- /* Written by visionops-crds from the table of kinds (operator/cluster/kinds.h); do not edit. */ -}}
{{- define "visionops.kinds" -}}
[datasets, pipelines, trainingjobs]
{{- end -}}
{{- define "visionops.kindRules" -}}
- apiGroups: [visionops.dev]
  resources: [datasets, pipelines, trainingjobs]
  verbs: [get, list, watch, patch]
- apiGroups: [visionops.dev]
  resources: [datasets]
  verbs: [create]
- apiGroups: [visionops.dev]
  resources: [datasets/status, pipelines/status, trainingjobs/status]
  verbs: [patch, update]
- apiGroups: [visionops.dev]
  resources: [datasets/finalizers, pipelines/finalizers, trainingjobs/finalizers]
  verbs: [update]
- apiGroups: [batch]
  resources: [jobs]
  verbs: [get, list, watch, create, delete]
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch]
- apiGroups: [""]
  resources: [services]
  verbs: [get, create]
{{- if .Values.kueue }}
- apiGroups: [kueue.x-k8s.io]
  resources: [workloads]
  verbs: [list, watch]
{{- end }}
{{- end -}}
