from django.apps import AppConfig


class RecognitionConfig(AppConfig):
    name = "tongmai.commons.recognition"
    label = "recognition"
