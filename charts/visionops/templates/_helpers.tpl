{{- define "visionops.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- (contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name)) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "visionops.operator" -}}
{{ include "visionops.fullname" . }}-operator
{{- end -}}

{{- define "visionops.telemetry" -}}
{{ include "visionops.fullname" . }}-telemetry
{{- end -}}

{{- define "visionops.selector" -}}
app.kubernetes.io/name: visionops
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end -}}

{{- define "visionops.labels" -}}
{{ include "visionops.selector" . }}
app.kubernetes.io/part-of: visionops
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "visionops.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "visionops.operator" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- required "serviceAccount.name is needed when serviceAccount.create is false" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* (dict "root" $ "image" {repository, tag, digest}) -> registry/repository:tag or @digest */}}
{{- define "visionops.image" -}}
{{- $root := .root -}}
{{- with $root.Values.image.registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- .image.repository -}}
{{- if .image.digest }}@{{ .image.digest }}{{ else }}:{{ default $root.Chart.AppVersion .image.tag }}{{ end -}}
{{- end -}}

{{- define "visionops.tlsSecret" -}}
{{- default (printf "%s-tls" (include "visionops.telemetry" .)) .Values.telemetry.tls.existingSecret -}}
{{- end -}}

{{/* The names by which Pods of any namespace reach the telemetry Service, as JSON. */}}
{{- define "visionops.telemetryNames" -}}
{{- $service := include "visionops.telemetry" . -}}
{{- $ns := .Release.Namespace -}}
{{- list (printf "%s.%s.svc" $service $ns) (printf "%s.%s.svc.cluster.local" $service $ns) (printf "%s.%s" $service $ns) $service | toJson -}}
{{- end -}}

{{- /* A mapping as JSON without the members that say nothing: the operator takes those as absent anyway, and refuses an
       empty name. */}}
{{- define "visionops.compact" }}
{{- $out := dict }}
{{- range $key, $value := . }}{{ if $value }}{{ $_ := set $out $key $value }}{{ end }}{{ end }}
{{- toJson $out }}
{{- end }}
