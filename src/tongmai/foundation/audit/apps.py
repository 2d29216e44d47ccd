from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "tongmai.foundation.audit"
    label = "audit"
