{{- define "netral.labels" -}}
app.kubernetes.io/name: netral
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}
{{- define "netral.name" -}}
{{ .Release.Name }}-worker
{{- end -}}
