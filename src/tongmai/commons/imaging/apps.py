from django.apps import AppConfig


class ImagingConfig(AppConfig):
    name = "tongmai.commons.imaging"
    label = "imaging"

    def ready(self) -> None:
        from tongmai.commons.imaging.naming import lend
        from tongmai.foundation.audit import wording

        lend(wording)
