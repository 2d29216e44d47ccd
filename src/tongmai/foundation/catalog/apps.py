from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "tongmai.foundation.catalog"
    label = "catalog"
