from django.apps import AppConfig


class CriticalValuesConfig(AppConfig):
    name = "tongmai.care.critical_values"
    label = "critical_values"
