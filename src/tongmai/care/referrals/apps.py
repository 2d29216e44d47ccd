from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "tongmai.care.referrals"
    label = "referrals"
