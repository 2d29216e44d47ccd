from django.apps import AppConfig


class ImagingConfig(AppConfig):
    name = "tongmai.commons.imaging"
    label = "imaging"
