from django.apps import AppConfig


class EncountersConfig(AppConfig):
    name = "tongmai.commons.encounters"
    label = "encounters"
