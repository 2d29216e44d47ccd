from django.apps import AppConfig


class DiagnosticsConfig(AppConfig):
    name = "tongmai.care.diagnostics"
    label = "diagnostics"
