from django.apps import AppConfig


class RecognitionConfig(AppConfig):
    name = "tongmai.commons.recognition"
    label = "recognition"

    def ready(self) -> None:
        from tongmai.commons.recognition.naming import lend
        from tongmai.foundation.audit import wording

        lend(wording)
