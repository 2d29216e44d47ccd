from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "tongmai.commons.residents"
    label = "residents"
