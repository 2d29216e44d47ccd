from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "tongmai.foundation.orgs"
    label = "orgs"
