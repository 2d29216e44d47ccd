from django.apps import AppConfig


class EcgConfig(AppConfig):
    name = "tongmai.commons.ecg"
    label = "ecg"

    def ready(self) -> None:
        from tongmai.commons.ecg.naming import lend
        from tongmai.foundation.audit import wording

        lend(wording)
