from importlib import import_module

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Loads the pages that connect the apps, once all of them are there."""

    name = "tongmai.config"
    label = "config"

    def ready(self) -> None:
        import_module("tongmai.config.subscriptions")
        import_module("tongmai.config.bases")
        import_module("tongmai.config.ecg")
        import_module("tongmai.config.merging")
        import_module("tongmai.config.recognition")
        import_module("tongmai.config.referring")
        import_module("tongmai.config.timeline")
        import_module("tongmai.config.worklists")
