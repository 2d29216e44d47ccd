from django.apps import AppConfig


class CapacityConfig(AppConfig):
    name = "tongmai.commons.capacity"
    label = "capacity"
