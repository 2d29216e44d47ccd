from django.apps import AppConfig


class TextingConfig(AppConfig):
    name = "tongmai.foundation.texting"
    label = "texting"
