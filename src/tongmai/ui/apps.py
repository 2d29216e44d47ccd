from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "tongmai.ui"
    label = "ui"
