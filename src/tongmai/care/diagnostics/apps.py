from django.apps import AppConfig


class DiagnosticsConfig(AppConfig):
    name = "tongmai.care.diagnostics"
    label = "diagnostics"

    def ready(self) -> None:
        from tongmai.care.diagnostics import naming
        from tongmai.foundation.audit import wording

        naming.lend(wording)
