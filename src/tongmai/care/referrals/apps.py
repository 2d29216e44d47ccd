from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "tongmai.care.referrals"
    label = "referrals"

    def ready(self) -> None:
        from tongmai.care.referrals import naming
        from tongmai.foundation.audit import wording

        naming.lend(wording)
