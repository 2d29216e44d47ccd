from django.apps import AppConfig


class SavedViewsConfig(AppConfig):
    name = "tongmai.foundation.saved_views"
    label = "saved_views"
