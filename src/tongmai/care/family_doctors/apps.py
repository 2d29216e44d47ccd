from django.apps import AppConfig


class FamilyDoctorsConfig(AppConfig):
    name = "tongmai.care.family_doctors"
    label = "family_doctors"
