from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "tongmai.portal"
    label = "portal"
