from django.apps import AppConfig


class TerminologyConfig(AppConfig):
    name = "tongmai.foundation.terminology"
    label = "terminology"

    def ready(self) -> None:
        from tongmai.foundation.audit import wording
        from tongmai.foundation.terminology.naming import lend

        lend(wording)
