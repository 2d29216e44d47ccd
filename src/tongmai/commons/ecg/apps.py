from django.apps import AppConfig


class EcgConfig(AppConfig):
    name = "tongmai.commons.ecg"
    label = "ecg"
